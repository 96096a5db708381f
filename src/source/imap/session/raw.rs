//! One response as it came: its lines, and apart from them the literals.

/// One response. What is made of it lies in it, so that nothing of one response can get into the
/// next: each is read into a new one.
#[derive(Debug, Default)]
pub(super) struct RawResponse {
    /// The lines, with the announcements of literals in them, but without their bytes.
    text: Vec<u8>,
    literals: Vec<Literal>,
    /// What was kept of the literals.
    data: Vec<u8>,
}

/// A literal in a response.
#[derive(Debug)]
pub(super) struct Literal {
    /// Where in the text its brace opens.
    pub(super) opens: usize,
    /// Where in the text its announcement ends.
    pub(super) ends: usize,
    /// Length in bytes, as announced.
    pub(super) length: u64,
    /// Where in the data it begins.
    start: usize,
    /// Where in the data ends what was kept of it.
    end: usize,
}

/// Memory that may wait for the next response.
const WAITING: usize = 1 << 20;

impl RawResponse {
    /// An empty response in the memory of an earlier one.
    pub(super) fn instead_of(earlier: Self) -> Self {
        let Self { mut text, mut literals, mut data } = earlier;
        text.clear();
        literals.clear();
        data.clear();
        text.shrink_to(WAITING);
        data.shrink_to(WAITING);
        Self { text, literals, data }
    }

    /// The lines so far.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The lines so far, to append the next one to.
    pub(super) fn text_mut(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    /// The literals, in their order.
    pub(super) fn literals(&self) -> &[Literal] {
        &self.literals
    }

    /// What was kept of a literal.
    pub(super) fn kept(&self, literal: &Literal) -> &[u8] {
        &self.data[literal.start..literal.end]
    }

    /// Bytes of lines and literals that are held.
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.data.len()
    }

    /// The text announces a literal at its end.
    pub(super) fn begin_literal(&mut self, opens: usize, length: u64) {
        let (ends, start) = (self.text.len(), self.data.len());
        self.literals.push(Literal { opens, ends, length, start, end: start });
    }

    /// Takes bytes of the literal that was begun last, at most `most` of it in all.
    pub(super) fn keep(&mut self, bytes: &[u8], most: usize) {
        let Some(literal) = self.literals.last_mut() else { return };
        let room = most.saturating_sub(literal.end - literal.start);
        self.data.extend_from_slice(&bytes[..bytes.len().min(room)]);
        literal.end = self.data.len();
    }
}
