//! The `/` filter: words that must all stand somewhere in a row, and `field:value` for one column
//! of it.

use crate::diagnosis::ours::is_or_below;
use crate::listing::{ColumnWords, Row};
use crate::mail::address;
use crate::mail::find::contains;

/// A filter for rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

names! {
    /// A column of a row that can be named.
    pub enum FilterField {
        /// The code, from its beginning: `status:5.1`.
        Status "status" "status",
        /// The reason or the kind: `reason:user_unknown`, `reason:auto_reply`.
        Reason "reason" "reason",
        /// Who must act, in English or as the list says it: `who:us`, `who:their_sys`.
        Who "who" "who",
        /// The recipient's domain and what is below it: `domain:example.org`.
        Domain "domain" "domain",
        /// The host that refused: `host:mx.example.org`.
        Host "host" "host",
        /// The envelope sender, or its end: `from:ann@example.org`, `from:example.org`.
        From "from" "sender",
        /// The queue id, from its beginning: `queue:4gX1`.
        Queue "queue" "queue id",
    }
}

impl FilterField {
    /// The value a row has in this field, as it is written in a filter.
    #[must_use]
    pub fn of(self, row: &Row) -> Option<String> {
        let value = match self {
            Self::Status => row.code(),
            Self::Reason if row.kind.is_bounce() => row.reason.slug().to_owned(),
            Self::Reason => row.kind.slug().to_owned(),
            Self::Who => row.who().replace(' ', "_"),
            Self::Domain => address::domain(row.recipient.as_deref()?),
            Self::Host => row.host.as_deref()?.to_owned(),
            Self::From => row.sender.as_deref()?.to_owned(),
            Self::Queue => row.queue_id.as_deref()?.to_owned(),
        };
        // A dash stands where a row has nothing to say.
        if value.is_empty() || value == "-" { None } else { Some(value) }
    }

    /// True when a row that has the value `own` (in lower case) passes for `wanted`.
    fn passes(self, own: &str, wanted: &str) -> bool {
        match self {
            Self::Status => match own.strip_prefix(wanted) {
                Some(rest) => rest.is_empty() || wanted.ends_with('.') || rest.starts_with('.'),
                None => false,
            },
            Self::Reason | Self::Who => own == wanted,
            Self::Domain => is_or_below(own, wanted),
            Self::Host => contains(own, wanted),
            Self::From => own == wanted || is_or_below(&address::domain(own), wanted),
            Self::Queue => own.starts_with(wanted),
        }
    }
}

/// One word of a filter, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// Stands somewhere in the row.
    Text(String),
    /// Is the value of a field.
    Value(FilterField, String),
}

impl Term {
    fn read(word: &str) -> Self {
        if let Some((name, value)) = word.split_once(':')
            && let Some(field) = FilterField::from_slug(name)
        {
            return Self::Value(field, value.to_owned());
        }
        Self::Text(word.to_owned())
    }

    fn holds(&self, row: &Row, words: &ColumnWords) -> bool {
        match self {
            Self::Text(word) => stands_in(row, words, word),
            Self::Value(FilterField::Who, wanted) if *wanted == shown_party(row, words) => true,
            Self::Value(field, wanted) => match field.of(row) {
                Some(own) => field.passes(&folded(&own), wanted),
                None => false,
            },
        }
    }
}

impl Filter {
    /// Reads a filter. Every text is one: what is no `field:value` is a word to look for.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self { terms: folded(text).split_whitespace().map(Term::read).collect() }
    }

    /// True for the filter that lets everything pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// True for a row in which every term holds, shown with these words.
    #[must_use]
    pub fn passes(&self, row: &Row, words: &ColumnWords) -> bool {
        self.terms.iter().all(|term| term.holds(row, words))
    }
}

/// Who must act as the list says it, written as in a filter; empty where there is no question.
fn shown_party(row: &Row, words: &ColumnWords) -> String {
    folded(words.who(row).trim_matches('-')).replace(' ', "_")
}

/// The text in lower case, letter by letter: the same letter becomes the same wherever it stands,
/// also a sigma at the end of a word.
fn folded(text: &str) -> String {
    let lower: String = text.chars().flat_map(char::to_lowercase).collect();
    lower.replace('ς', "σ")
}

/// True when the word, which is in lower case, stands in the text, whatever the text's case.
fn has(text: &str, word: &str) -> bool {
    if text.is_ascii() { contains(text, word) } else { folded(text).contains(word) }
}

/// True when the word stands in one of the columns.
fn stands_in(row: &Row, words: &ColumnWords, word: &str) -> bool {
    has(words.reason(row), word)
        || has(words.who(row), word)
        || has(row.who(), word)
        || has(row.recipient.as_deref().unwrap_or(""), word)
        || has(row.host.as_deref().unwrap_or(""), word)
        || has(row.sender.as_deref().unwrap_or(""), word)
        || has(row.queue_id.as_deref().unwrap_or(""), word)
        || has(&row.code(), word)
        || has(row.reason.slug(), word)
        || has(row.kind.slug(), word)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::bounce::{Kind, Status};
    use crate::diagnosis::{Backscatter, Confidence, Language, Party, Reason};
    use crate::incident::Cause;
    use crate::listing::DeliveryId;

    fn row() -> Row {
        Row {
            id: DeliveryId::default(),
            time: None,
            kind: Kind::Failure,
            status: Some(Status::new(5, 7, 1)),
            reply: Some(550),
            reason: Reason::IpReputation,
            party: Party::OurSystem,
            confidence: Confidence::High,
            recipient: Some("Ann@Sub.Oak.example".into()),
            host: Some("mx1.oak.example".into()),
            sender: Some("Marta@birch.example".into()),
            queue_id: Some("4gX1yz".into()),
            origin: Backscatter::No,
            further: 0,
            mixed: false,
            cause: Arc::new(Cause::apart(Kind::Failure, Backscatter::No)),
        }
    }

    #[test]
    fn words_and_fields() {
        let passes = |text| Filter::read(text).passes(&row(), &ColumnWords::default());
        for text in
            ["", "oak", "ANN blocklist", "5.7", "status:5.7", "status:5.7.1", "status:5.", "who:us"]
        {
            assert!(passes(text), "{text}");
        }
        for text in [
            "domain:oak.example",
            "domain:sub.oak.example host:mx1 ip_reputation",
            "reason:ip_reputation",
            "4GX1 marta",
            "queue:4gx1 from:birch.example",
            "from:marta@birch.example",
        ] {
            assert!(passes(text), "{text}");
        }
        for text in [
            "elm",
            "oak elm",
            "status:5.7.12",
            "status:5.70",
            "who:sender",
            "domain:ak.example",
            "queue:x1",
            "from:irch.example",
            "x:y",
        ] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn letters_of_every_script_whatever_their_case() {
        let words = ColumnWords::default();
        for recipient in ["ΣΣ@Elm.example", "GRÖSSE@elm.example"] {
            let row = Row { recipient: Some(recipient.into()), ..row() };
            for text in [recipient.to_owned(), recipient.to_lowercase(), "ELM".to_owned()] {
                assert!(Filter::read(&text).passes(&row, &words), "{text} {recipient}");
            }
        }
        let row = Row { queue_id: Some("ΑΣ".into()), host: Some("ΣΣ.example".into()), ..row() };
        for text in ["queue:ΑΣ", "host:ΣΣ.", "ΑΣ x:y"] {
            assert_eq!(Filter::read(text).passes(&row, &words), !text.contains("x:y"), "{text}");
        }
    }

    #[test]
    fn what_a_row_has_filters_for_it() {
        for field in FilterField::ALL {
            let value = field.of(&row()).expect("this row has all of them");
            let filter = Filter::read(&format!("{}:{value}", field.slug()));
            assert!(filter.passes(&row(), &ColumnWords::default()), "{value}");
        }
    }

    #[test]
    fn words_of_the_language_that_is_shown() {
        let (polish, english) = (ColumnWords::of(Language::Pl), ColumnWords::default());
        for text in ["blokad", "who:my", "who:us", "us"] {
            assert!(Filter::read(text).passes(&row(), &polish), "{text}");
        }
        for text in ["blokad", "who:my"] {
            assert!(!Filter::read(text).passes(&row(), &english), "{text}");
        }
        let theirs = Row { party: Party::RecipientSystem, ..row() };
        for text in ["who:their_sys", "who:their_it"] {
            assert!(Filter::read(text).passes(&theirs, &english), "{text}");
        }
    }
}
