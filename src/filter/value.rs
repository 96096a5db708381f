//! A value in a filter: read for its field, written again, held against a row.

use std::fmt;

use jiff::Timestamp;
use regex::{Regex, RegexBuilder};

use crate::diagnosis::ours::is_or_below;
use crate::listing::{ColumnWords, Row};
use crate::mail::address;
use crate::mail::find::{begins, contains};

use super::field::{Field, Matching, RowState};
use super::since::{Since, ago};

/// Bytes a compiled regular expression may take.
const PATTERN_SIZE: usize = 256 * 1024;
/// How deep its groups may be nested.
const PATTERN_DEPTH: u32 = 50;

/// A value in a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FilterValue {
    /// A text, in lower case; of names with `_` for blanks.
    Text(String),
    /// A regular expression.
    Pattern(FilterPattern),
    /// A state.
    State(RowState),
    /// An age or a moment.
    When {
        /// As it was written.
        written: String,
        /// What came after it passes; else what came before.
        after: bool,
        /// The moment.
        since: Since,
    },
}

/// A regular expression: matching takes time in proportion to the text, whatever it is.
#[derive(Clone, Debug)]
pub(super) struct FilterPattern {
    source: String,
    regex: Regex,
}

impl PartialEq for FilterPattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl FilterValue {
    /// The value that a text is for a field, or for all without one.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub(super) fn read(field: Option<Field>, text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("nothing stands between the quotation marks".to_owned());
        }
        let compared = field.map_or(Matching::Part, Field::compared);
        match compared {
            Matching::Same => Ok(Self::Text(folded(text).replace(' ', "_"))),
            Matching::State => match RowState::from_slug(&text.to_lowercase()) {
                Some(state) => Ok(Self::State(state)),
                None => Err(format!("after is: stands one of {}", RowState::names())),
            },
            Matching::Age => age(text),
            Matching::Since | Matching::Before => {
                let since = text.parse::<Since>()?;
                let after = compared == Matching::Since;
                Ok(Self::When { written: text.to_owned(), after, since })
            }
            _ => Ok(Self::Text(folded(text))),
        }
    }

    /// The regular expression that a text is.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub(super) fn pattern(field: Option<Field>, source: &str) -> Result<Self, String> {
        if let Some(field) = field
            && matches!(
                field.compared(),
                Matching::State | Matching::Age | Matching::Since | Matching::Before
            )
        {
            return Err(format!("{field}: takes no regular expression; write {}", field.example()));
        }
        if source.is_empty() {
            return Err("this regular expression is empty".to_owned());
        }
        let mut builder = RegexBuilder::new(source);
        builder.case_insensitive(true).size_limit(PATTERN_SIZE).dfa_size_limit(PATTERN_SIZE);
        match builder.nest_limit(PATTERN_DEPTH).build() {
            Ok(regex) => Ok(Self::Pattern(FilterPattern { source: source.to_owned(), regex })),
            Err(regex::Error::CompiledTooBig(_)) => {
                Err("this regular expression is too large".to_owned())
            }
            Err(error) => {
                let why = error.to_string();
                let why = why.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
                Err(format!("this is no regular expression: {why}"))
            }
        }
    }

    /// True for a row that has this value in the field, or anywhere without one.
    pub(super) fn passes(
        &self,
        field: Option<Field>,
        row: &Row,
        words: &ColumnWords,
        now: Timestamp,
    ) -> bool {
        match (self, field) {
            (Self::State(state), _) => state.holds(row),
            (Self::When { after, since, .. }, _) => match row.time {
                Some(time) => (time >= since.before(now)) == *after,
                None => false,
            },
            (_, None) => {
                stands_in(row, words, |own| !own.is_empty() && self.fits(Matching::Part, own))
            }
            (_, Some(field)) => {
                let own = field.own(row, words);
                own.iter().any(|own| !own.is_empty() && self.fits(field.compared(), own))
            }
        }
    }

    pub(super) fn fits(&self, compared: Matching, own: &str) -> bool {
        match self {
            Self::Text(wanted) if own.is_ascii() => text_fits(compared, own, wanted),
            Self::Text(wanted) => text_fits(compared, &folded(own), wanted),
            Self::Pattern(pattern) => pattern.regex.is_match(own),
            _ => false,
        }
    }

    /// Writes it as it is read again.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::When { written: text, .. } => f.write_str(&quoted(text)),
            Self::Pattern(pattern) => write!(f, "/{}/", pattern.source.replace('/', "\\/")),
            Self::State(state) => f.write_str(state.slug()),
        }
    }
}

/// `<2d` or `>2d`.
fn age(text: &str) -> Result<FilterValue, String> {
    let (after, rest) = match (text.strip_prefix('<'), text.strip_prefix('>')) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err("write age:<2d for younger, age:>2d for older".to_owned()),
    };
    match ago(rest.strip_prefix('=').unwrap_or(rest)) {
        Some(long) => {
            Ok(FilterValue::When { written: text.to_owned(), after, since: Since::Ago(long) })
        }
        None => Err("an age is a number and m, h, d or w: age:<90m, age:>2d".to_owned()),
    }
}

/// A text as it stands in a filter.
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && !text.starts_with(['-', '!', '/', '"'])
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '|' | '(' | ')' | ':'));
    if plain {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The text in lower case, letter by letter: the same letter becomes the same wherever it stands,
/// also a sigma at the end of a word.
pub(super) fn folded(text: &str) -> String {
    let lower: String = text.chars().flat_map(char::to_lowercase).collect();
    lower.replace('ς', "σ")
}

/// `wanted` is in lower case, `own` too where it is more than ASCII.
fn text_fits(compared: Matching, own: &str, wanted: &str) -> bool {
    match compared {
        Matching::Dotted => {
            begins(own, wanted)
                && (own.len() == wanted.len()
                    || wanted.ends_with('.')
                    || own[wanted.len()..].starts_with('.'))
        }
        Matching::Begins => begins(own, wanted),
        Matching::Same => {
            let own = own.chars().flat_map(char::to_lowercase);
            own.map(|c| if c == ' ' { '_' } else { c }).eq(wanted.chars())
        }
        Matching::Domain => is_or_below(own, wanted),
        Matching::Address => begins(own, wanted) || is_or_below(&address::domain(own), wanted),
        _ => contains(own, wanted),
    }
}

/// True when this holds for one of the texts that the list shows of a row, or for a name of them.
fn stands_in(row: &Row, words: &ColumnWords, holds: impl Fn(&str) -> bool) -> bool {
    holds(words.reason(row))
        || holds(words.who(row))
        || holds(row.who())
        || holds(row.recipient.as_deref().unwrap_or(""))
        || holds(row.host.as_deref().unwrap_or(""))
        || holds(row.sender.as_deref().unwrap_or(""))
        || holds(row.queue_id.as_deref().unwrap_or(""))
        || holds(&row.code())
        || holds(row.class.reason.slug())
        || holds(row.class.kind.slug())
}
