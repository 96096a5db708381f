//! A filter in pieces: parentheses, `-`, `|`, names of fields, texts and regular expressions.

use super::error::Error;
use super::field::Field;

/// A piece of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lexeme {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `-` or `!` before a term.
    Not,
    /// `|`; `tight` where no blank stands beside it.
    Or {
        /// No blank stands beside it.
        tight: bool,
    },
    /// A field and its colon.
    Field(Field),
    /// A word, or what stands in quotation marks.
    Text(String),
    /// What stands between two `/`.
    Pattern(String),
}

/// A piece and where it begins, in characters.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) token: Lexeme,
}

/// What may stand at the place where the lexer is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// A term: a word, a field, a negation.
    Term,
    /// The value of a field, whatever it looks like.
    Value,
    /// Another value of the same field, or another field.
    Further,
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    due: Due,
    /// The value before belongs to a field.
    in_field: bool,
}

/// Takes a filter apart.
pub(super) fn lex(text: &str) -> Result<Vec<Placed>, Error> {
    let chars = text.chars().collect();
    let mut lexer = Lexer { chars, at: 0, due: Due::Term, in_field: false };
    let mut tokens = Vec::new();
    while let Some(c) = lexer.peek() {
        let at = lexer.at;
        if c.is_whitespace() {
            lexer.at += 1;
            (lexer.due, lexer.in_field) = (Due::Term, false);
        } else {
            let token = lexer.token(c)?;
            tokens.push(Placed { at, token });
        }
    }
    Ok(tokens)
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn token(&mut self, c: char) -> Result<Lexeme, Error> {
        let due = std::mem::replace(&mut self.due, Due::Term);
        let sign = match c {
            '(' => Some(Lexeme::Open),
            ')' => Some(Lexeme::Close),
            '-' | '!' if due == Due::Term => Some(Lexeme::Not),
            '|' => return Ok(self.or()),
            _ => None,
        };
        if let Some(sign) = sign {
            self.at += 1;
            self.in_field = false;
            return Ok(sign);
        }
        if due == Due::Term {
            self.in_field = false;
        }
        match c {
            '"' => self.quoted().map(Lexeme::Text),
            '/' => self.pattern().map(Lexeme::Pattern),
            _ => self.word(due),
        }
    }

    fn or(&mut self) -> Lexeme {
        let before = self.at.checked_sub(1).and_then(|at| self.chars.get(at));
        self.at += 1;
        let beside = [before.copied(), self.peek()];
        let tight = beside.iter().all(|c| c.is_some_and(|c| !c.is_whitespace()));
        if tight && self.in_field {
            self.due = Due::Further;
        }
        Lexeme::Or { tight }
    }

    /// What stands between quotation marks; `\` takes the next character as it is.
    fn quoted(&mut self) -> Result<String, Error> {
        self.enclosed(false)
            .map_err(|start| Error::new(start, "this quotation mark has no second one"))
    }

    /// What stands between two `/`; `\/` is a `/` in it.
    fn pattern(&mut self) -> Result<String, Error> {
        let what = "this regular expression has no end: close it with / or begin it with \"";
        self.enclosed(true).map_err(|start| Error::new(start, what))
    }

    /// What stands between the character here and the next like it that has no `\` before it. Where
    /// `keeps` says so, a `\` before any other character stays. An error is where it begins.
    fn enclosed(&mut self, keeps: bool) -> Result<String, usize> {
        let (start, mark) = (self.at, self.peek());
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            if Some(c) == mark {
                return Ok(text);
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            let next = self.peek();
            if keeps && next != mark {
                text.push(c);
            }
            text.extend(next);
            self.at += 1;
        }
        Err(start)
    }

    /// A word, or the name of a field.
    fn word(&mut self, due: Due) -> Result<Lexeme, Error> {
        let start = self.at;
        let mut word = String::new();
        while let Some(c) = self.peek()
            && !c.is_whitespace()
            && !matches!(c, '|' | '(' | ')')
        {
            if c == ':' && due != Due::Value && is_name(&word) {
                if let Some(field) = Field::from_slug(&word.to_lowercase()) {
                    self.at += 1;
                    (self.due, self.in_field) = (Due::Value, true);
                    return Ok(Lexeme::Field(field));
                }
                if due == Due::Term {
                    return Err(unknown_field(start, &word));
                }
            }
            word.push(c);
            self.at += 1;
        }
        Ok(Lexeme::Text(word))
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

fn unknown_field(at: usize, name: &str) -> Error {
    let mut short: String = name.chars().take(20).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    let fields = Field::names();
    Error::new(at, format!("no field {short}; there are {fields}; a text with : stands in \" \""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Lexeme> {
        lex(text).expect("pieces").into_iter().map(|placed| placed.token).collect()
    }

    #[test]
    fn pieces() {
        let text = |text: &str| Lexeme::Text(text.to_owned());
        assert_eq!(tokens("oak  -full"), [text("oak"), Lexeme::Not, text("full")]);
        assert_eq!(
            tokens("a-b a|b"),
            [text("a-b"), text("a"), Lexeme::Or { tight: true }, text("b")]
        );
        assert_eq!(tokens("a |b"), [text("a"), Lexeme::Or { tight: false }, text("b")]);
        assert_eq!(tokens(r#"!"a \"b\"""#), [Lexeme::Not, text("a \"b\"")]);
        assert_eq!(
            tokens(r"host:/mx\d\/x/"),
            [Lexeme::Field(Field::Host), Lexeme::Pattern(r"mx\d/x".to_owned())]
        );
        assert_eq!(
            tokens("host:-a|-b"),
            [Lexeme::Field(Field::Host), text("-a"), Lexeme::Or { tight: true }, text("-b")]
        );
        assert_eq!(
            tokens("host:to:25|who:us 2001:db8::1"),
            [
                Lexeme::Field(Field::Host),
                text("to:25"),
                Lexeme::Or { tight: true },
                Lexeme::Field(Field::Who),
                text("us"),
                text("2001:db8::1"),
            ]
        );
    }

    #[test]
    fn what_has_no_end_or_no_name() {
        for (text, at) in [("a \"b", 2), ("a /b", 2), ("ä nope:b", 2), ("(-nope:b)", 2)] {
            assert_eq!(lex(text).expect_err(text).at, at, "{text}");
        }
        let error = lex("nope:b").expect_err("no field");
        assert!(error.what.contains("status, code, reason"), "{error}");
    }
}
