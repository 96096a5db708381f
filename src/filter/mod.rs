//! The `/` filter: words that must all stand somewhere in a row, and `field:value` for one column
//! of it.

use crate::listing::Row;
use crate::mail::address;
use crate::mail::find::position;

/// A filter for rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

/// A column that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The code, from its beginning: `status:5.1`.
    Status,
    /// The reason or the kind: `reason:user_unknown`, `reason:auto_reply`.
    Reason,
    /// Who must act: `who:us`, `who:their_sys`.
    Who,
    /// The recipient's domain and what is below it: `domain:example.org`.
    Domain,
    /// The host that refused: `host:mx.example.org`.
    Host,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 5] = [Self::Status, Self::Reason, Self::Who, Self::Domain, Self::Host];

    /// Its name in a filter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Reason => "reason",
            Self::Who => "who",
            Self::Domain => "domain",
            Self::Host => "host",
        }
    }

    /// The value a row has in this field, as it is written in a filter.
    #[must_use]
    pub fn of(self, row: &Row) -> Option<String> {
        match self {
            Self::Status => Some(row.code()).filter(|code| code != "-"),
            Self::Reason if row.kind.is_bounce() => Some(row.reason.slug().to_owned()),
            Self::Reason => Some(row.kind.slug().to_owned()),
            Self::Who => Some(row.who().replace(' ', "_")).filter(|who| who != "-"),
            Self::Domain => row.recipient.as_deref().map(address::domain).filter(|d| !d.is_empty()),
            Self::Host => row.host.as_ref().map(ToString::to_string),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Text(String),
    Field(Field, String),
}

impl Filter {
    /// Reads a filter. Every text is one: what is no `field:value` is a word to look for.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let term = |word: &str| {
            let named = word.split_once(':').and_then(|(name, value)| {
                Some((Field::ALL.into_iter().find(|field| field.name() == name)?, value.to_owned()))
            });
            named.map_or_else(
                || Term::Text(word.to_owned()),
                |(field, value)| Term::Field(field, value),
            )
        };
        Self { terms: text.to_lowercase().split_whitespace().map(term).collect() }
    }

    /// True for the filter that lets everything pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// True for a row in which every term holds.
    #[must_use]
    pub fn passes(&self, row: &Row) -> bool {
        self.terms.iter().all(|term| match term {
            Term::Text(word) => stands_in(row, word),
            Term::Field(field, value) => {
                field.of(row).is_some_and(|own| holds(*field, &own.to_lowercase(), value))
            }
        })
    }
}

fn holds(field: Field, own: &str, wanted: &str) -> bool {
    match field {
        Field::Status => {
            own == wanted
                || own.starts_with(wanted)
                    && (wanted.ends_with('.') || own[wanted.len()..].starts_with('.'))
        }
        Field::Reason | Field::Who => own == wanted,
        Field::Domain => crate::diagnosis::ours::is_or_below(own, wanted),
        Field::Host => position(own, wanted).is_some(),
    }
}

/// True when the word stands in one of the columns.
fn stands_in(row: &Row, word: &str) -> bool {
    let holds = |text: &str| position(text, word).is_some();
    holds(row.reason_words())
        || holds(row.who())
        || row.recipient.as_deref().is_some_and(holds)
        || row.host.as_deref().is_some_and(holds)
        || holds(&row.code())
        || holds(row.reason.slug())
        || holds(row.kind.slug())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::{Kind, Status};
    use crate::diagnosis::{Backscatter, Confidence, Party, Reason};
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
            origin: Backscatter::No,
        }
    }

    #[test]
    fn words_and_fields() {
        let passes = |text| Filter::read(text).passes(&row());
        for text in
            ["", "oak", "ANN blocklist", "5.7", "status:5.7", "status:5.7.1", "status:5.", "who:us"]
        {
            assert!(passes(text), "{text}");
        }
        for text in [
            "domain:oak.example",
            "domain:sub.oak.example host:mx1 ip_reputation",
            "reason:ip_reputation",
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
            "x:y",
        ] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn what_a_row_has_filters_for_it() {
        for field in Field::ALL {
            let value = field.of(&row()).expect("this row has all of them");
            assert!(Filter::read(&format!("{}:{value}", field.name())).passes(&row()), "{value}");
        }
    }
}
