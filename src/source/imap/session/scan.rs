//! Stepping through the items of a FETCH response.

use super::raw::Literal;

/// What was read, or what is wrong.
pub(super) type Read<T> = Result<T, &'static str>;

/// The value of an item.
#[derive(Clone, Copy, Debug)]
pub(super) enum ItemValue<'a> {
    /// A word.
    Atom(&'a [u8]),
    /// A quoted string without its quotes, still escaped.
    Quoted(&'a [u8]),
    /// A list in parentheses, with them.
    List(&'a [u8]),
    /// A literal: which of the response.
    Literal(usize),
}

const UNENDED: &str = "a FETCH response that ends too early";

/// Steps through names and values without recursion. Every `{` outside quotes must be the literal
/// that was read there.
pub(super) struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    literals: &'a [Literal],
    /// The literal that comes next.
    next: usize,
}

impl<'a> Scan<'a> {
    /// Begins at a place in the text of a response.
    pub(super) fn new(text: &'a [u8], at: usize, literals: &'a [Literal]) -> Self {
        Self { text, at, literals, next: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// The parenthesis with which the items begin.
    pub(super) fn open(&mut self) -> Read<()> {
        self.skip_blanks();
        if self.peek() != Some(b'(') {
            return Err("a FETCH response without items");
        }
        self.at += 1;
        Ok(())
    }

    /// The parenthesis with which they end; nothing comes after it.
    pub(super) fn close(&mut self) -> Read<()> {
        match self.text[self.at..].trim_ascii() {
            b")" => Ok(()),
            b"" => Err(UNENDED),
            _ => Err("more than a FETCH response holds"),
        }
    }

    /// The next name of an item; blanks inside its brackets belong to it. None at the end of the
    /// list.
    pub(super) fn name(&mut self) -> Read<Option<&'a [u8]>> {
        self.skip_blanks();
        let start = self.at;
        let mut bracket = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'\r' | b'\n' if bracket => return Err(UNENDED),
                b'[' => bracket = true,
                b']' => bracket = false,
                b' ' | b')' | b'(' | b'"' | b'{' | b'\r' | b'\n' if !bracket => break,
                _ => {}
            }
            self.at += 1;
        }
        let name = &self.text[start..self.at];
        let ends = matches!(self.peek(), Some(b')' | b'\r' | b'\n') | None);
        match (name.is_empty(), ends) {
            (true, true) => Ok(None),
            (true, false) => Err("a FETCH response that makes no sense"),
            (false, _) => Ok(Some(name)),
        }
    }

    /// The value that follows a name.
    pub(super) fn value(&mut self) -> Read<ItemValue<'a>> {
        self.skip_blanks();
        match self.peek() {
            Some(b'"') => Ok(ItemValue::Quoted(self.quoted()?)),
            Some(b'(') => self.list(),
            Some(b'~') if self.text.get(self.at + 1) == Some(&b'{') => {
                self.at += 1;
                self.literal()
            }
            Some(b'{') => self.literal(),
            _ => self.atom(),
        }
    }

    fn atom(&mut self) -> Read<ItemValue<'a>> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b')' | b'\r' | b'\n' => break,
                b'(' | b'"' | b'{' => return Err("a FETCH response that makes no sense"),
                _ => self.at += 1,
            }
        }
        if start == self.at {
            return Err("an item without a value");
        }
        Ok(ItemValue::Atom(&self.text[start..self.at]))
    }

    /// A quoted string without its quotes, still escaped.
    fn quoted(&mut self) -> Read<&'a [u8]> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'\r' | b'\n' => return Err("a string without an end"),
                b'"' if !escaped => {
                    let inner = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(inner);
                }
                _ => escaped = byte == b'\\' && !escaped,
            }
            self.at += 1;
        }
        Err(UNENDED)
    }

    /// The literal that opens here.
    fn literal(&mut self) -> Read<ItemValue<'a>> {
        match self.literals.get(self.next) {
            Some(literal) if literal.opens == self.at => {
                self.at = literal.ends;
                self.next += 1;
                Ok(ItemValue::Literal(self.next - 1))
            }
            _ => Err("a literal of no length"),
        }
    }

    /// A list in parentheses with everything in it.
    fn list(&mut self) -> Read<ItemValue<'a>> {
        let start = self.at;
        let mut open = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.quoted()?;
                    continue;
                }
                b'{' => {
                    self.literal()?;
                    continue;
                }
                b'\r' | b'\n' => return Err(UNENDED),
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Ok(ItemValue::List(&self.text[start..self.at]));
            }
        }
        Err(UNENDED)
    }
}
