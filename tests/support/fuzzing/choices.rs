//! Decisions made out of a fuzzer's bytes, one byte each, so that a changed byte changes one thing
//! and what stood behind it stays. Where the bytes are used up, every decision is the first choice.

/// The bytes that have not decided anything yet.
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// All decisions are made out of these bytes.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Any byte; 0 at the end.
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    /// A number below `count`, which is 256 at most.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    /// A number made of two bytes.
    pub(crate) fn number(&mut self) -> usize {
        usize::from(u16::from_be_bytes([self.byte(), self.byte()]))
    }

    /// One of these.
    pub(crate) fn of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }

    /// True once in `times`; false at the end.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// Bytes as they are, at most `most` of them: their number comes first.
    pub(crate) fn bytes(&mut self, most: usize) -> &'a [u8] {
        let count = self.below(256).min(most).min(self.0.len());
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    /// True when nothing is left to decide with.
    pub(crate) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}
