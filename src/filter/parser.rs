//! A filter, read.
//!
//! ```text
//! any   = all { "|" all }                      with a blank beside the |
//! all   = tight { tight }
//! tight = unary { "|" unary }                  without one
//! unary = ( "-" | "!" ) unary | "(" any ")" | [ field ":" ] value { "|" value }
//! ```

use super::error::Error;
use super::expr::Expr;
use super::field::Field;
use super::lexer::{Lexeme, Placed, lex};
use super::value::FilterValue;

/// Bytes of the longest filter.
const LONGEST: usize = 64 * 1024;
/// How deep parentheses and negations may be nested.
const DEPTH: usize = 50;
/// Regular expressions in a filter.
const PATTERNS: usize = 16;
/// What is said where a term should stand.
const MISSING: &str = "a term is missing here";

/// Reads a filter; None for one that says nothing.
///
/// # Errors
/// What is wrong, and where.
pub(super) fn parse(text: &str) -> Result<Option<Expr>, Error> {
    if text.len() > LONGEST {
        return Err(Error::new(0, format!("a filter has at most {LONGEST} bytes")));
    }
    let tokens = lex(text)?;
    if tokens.is_empty() {
        return Ok(None);
    }
    let end = text.trim_end().chars().count();
    let mut parser = Parser { tokens: &tokens, next: 0, end, depth: 0, patterns: 0 };
    let expr = parser.any()?;
    match parser.peek() {
        Some(_) => Err(parser.wrong("no parenthesis is open here")),
        None => Ok(Some(expr)),
    }
}

struct Parser<'t> {
    tokens: &'t [Placed],
    next: usize,
    end: usize,
    depth: usize,
    patterns: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Lexeme> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    /// Something is wrong with the next piece.
    fn wrong(&self, what: impl Into<String>) -> Error {
        let at = self.tokens.get(self.next).map_or(self.end, |placed| placed.at);
        Error::new(at, what)
    }

    fn any(&mut self) -> Result<Expr, Error> {
        let mut terms = vec![self.all()?];
        while let Some(Lexeme::Or { .. }) = self.peek() {
            self.next += 1;
            terms.push(self.all()?);
        }
        Expr::any(terms).ok_or_else(|| self.wrong(MISSING))
    }

    fn all(&mut self) -> Result<Expr, Error> {
        let mut terms = vec![self.tight()?];
        while !matches!(self.peek(), None | Some(Lexeme::Or { .. } | Lexeme::Close)) {
            terms.push(self.tight()?);
        }
        Expr::all(terms).ok_or_else(|| self.wrong(MISSING))
    }

    fn tight(&mut self) -> Result<Expr, Error> {
        let mut terms = vec![self.unary()?];
        while let Some(Lexeme::Or { tight: true }) = self.peek() {
            self.next += 1;
            terms.push(self.unary()?);
        }
        Expr::any(terms).ok_or_else(|| self.wrong(MISSING))
    }

    fn unary(&mut self) -> Result<Expr, Error> {
        match self.peek() {
            Some(Lexeme::Not) => {
                self.deeper()?;
                let term = self.unary()?;
                self.depth -= 1;
                Ok(Expr::Not(Box::new(term)))
            }
            Some(Lexeme::Open) => self.group(),
            Some(Lexeme::Field(field)) => {
                self.next += 1;
                self.values(Some(*field))
            }
            Some(Lexeme::Text(_) | Lexeme::Pattern(_)) => self.values(None),
            Some(Lexeme::Or { .. }) => Err(self.wrong("something must stand on both sides of |")),
            Some(Lexeme::Close) => Err(self.wrong("something must stand before this parenthesis")),
            None => Err(self.wrong("something is missing at the end")),
        }
    }

    fn group(&mut self) -> Result<Expr, Error> {
        let open = self.next;
        self.deeper()?;
        let expr = self.any()?;
        if self.peek() != Some(&Lexeme::Close) {
            self.next = open;
            return Err(self.wrong("this parenthesis has no second one"));
        }
        self.next += 1;
        self.depth -= 1;
        Ok(expr)
    }

    fn deeper(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.wrong(format!("more than {DEPTH} parentheses or - in each other")));
        }
        self.next += 1;
        Ok(())
    }

    /// The values of a term.
    fn values(&mut self, field: Option<Field>) -> Result<Expr, Error> {
        let mut values = vec![self.value(field)?];
        while let Some(Lexeme::Or { tight: true }) = self.peek()
            && let Some(further) = self.tokens.get(self.next + 1)
            && matches!(further.token, Lexeme::Text(_) | Lexeme::Pattern(_))
        {
            self.next += 1;
            values.push(self.value(field)?);
        }
        Ok(Expr::Term(field, values))
    }

    fn value(&mut self, field: Option<Field>) -> Result<FilterValue, Error> {
        let value = match (self.peek(), field) {
            (Some(Lexeme::Text(text)), _) => FilterValue::read(field, text),
            (Some(Lexeme::Pattern(source)), _) => {
                self.patterns += 1;
                if self.patterns > PATTERNS {
                    return Err(self.wrong(format!("more than {PATTERNS} regular expressions")));
                }
                FilterValue::pattern(field, source)
            }
            (_, Some(field)) => {
                Err(format!("a value is missing after {field}: as in {}", field.example()))
            }
            (_, None) => Err("a word is missing here".to_owned()),
        };
        let value = value.map_err(|what| self.wrong(what))?;
        self.next += 1;
        Ok(value)
    }
}
