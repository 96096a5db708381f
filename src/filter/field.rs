//! The fields of a filter: one table that says everything about each.

use std::borrow::Cow;

use crate::bounce::Kind;
use crate::diagnosis::Backscatter;
use crate::listing::{ColumnWords, Row};
use crate::mail::address;

names! {
    /// A field that can be named in a filter.
    pub enum Field {
        /// The code in the list.
        Status "status",
        /// The reply code.
        Code "code",
        /// Why.
        Reason "reason",
        /// What kind of message.
        Kind "kind",
        /// Who must act.
        Who "who",
        /// What else holds of it.
        Is "is",
        /// The recipient's domain.
        Domain "domain",
        /// The recipient.
        To "to",
        /// The envelope sender.
        From "from",
        /// The host that refused.
        Host "host",
        /// The id in the queue.
        Queue "queue",
        /// How old.
        Age "age",
        /// Since when.
        Since "since",
        /// Before when.
        Before "before",
    }
}

names! {
    /// What `is:` asks for.
    pub(super) enum RowState {
        /// It was not delivered.
        Failed "failed",
        /// It is not delivered yet.
        Delayed "delayed",
        /// Nobody knows who must act.
        Unknown "unknown",
        /// We sent it.
        Ours "ours",
        /// Others sent it in our name.
        Backscatter "backscatter",
    }
}

impl RowState {
    pub(super) fn holds(self, row: &Row) -> bool {
        match self {
            Self::Failed => row.class.kind == Kind::Failure,
            Self::Delayed => row.class.kind == Kind::Delay,
            Self::Unknown => row.class.is_unknown(),
            Self::Ours => row.class.origin == Backscatter::No,
            Self::Backscatter => row.class.origin == Backscatter::Yes,
        }
    }
}

/// How the value of a filter is held against that of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    /// The row's begins with it.
    Begins,
    /// The same up to a dot.
    Dotted,
    /// A name: the same, blanks written as `_`.
    Same,
    /// The domain, or one below it.
    Domain,
    /// The address from its beginning, or its domain as above.
    Address,
    /// It stands somewhere in the row's.
    Part,
    /// One of the states.
    State,
    /// `<2d` or `>2d`.
    Age,
    /// A moment and what came after it.
    Since,
    /// What came before a moment.
    Before,
}

/// What a row has in a field: as a filter names it, and what it is called otherwise. Empty: nothing.
pub(super) type FieldWords<'a> = [Cow<'a, str>; 3];

/// What is to know of a field.
struct Info {
    about: &'static str,
    example: &'static str,
    compared: Matching,
    own: for<'a> fn(&'a Row, &'a ColumnWords) -> FieldWords<'a>,
}

static TABLE: [Info; 14] = [
    Info {
        about: "codes that begin so",
        example: "status:5.7",
        compared: Matching::Dotted,
        own: |row, _| one(Cow::Owned(row.code())),
    },
    Info {
        about: "reply codes that begin so",
        example: "code:550",
        compared: Matching::Begins,
        own: |row, _| {
            one(Cow::Owned(row.class.reply.map_or_else(String::new, |code| code.to_string())))
        },
    },
    Info {
        about: "a reason (docs/reasons.md)",
        example: "reason:user_unknown",
        compared: Matching::Same,
        own: reason,
    },
    Info {
        about: "failure, delay, auto_reply …",
        example: "kind:delay",
        compared: Matching::Same,
        own: |row, _| one(row.class.kind.slug().into()),
    },
    Info {
        about: "a party; who:their_sys, who:?",
        example: "who:us",
        compared: Matching::Same,
        own: who,
    },
    Info {
        about: "failed, delayed, unknown, ours, backscatter",
        example: "is:failed",
        compared: Matching::State,
        own: |_, _| one("".into()),
    },
    Info {
        about: "the recipient's domain",
        example: "domain:oak.example",
        compared: Matching::Domain,
        own: |row, _| one(domain(row)),
    },
    Info {
        about: "the recipient",
        example: "to:ann@oak.example",
        compared: Matching::Address,
        own: |row, _| one(row.recipient.as_deref().unwrap_or("").into()),
    },
    Info {
        about: "the envelope sender",
        example: "from:birch.example",
        compared: Matching::Address,
        own: |row, _| one(row.sender.as_deref().unwrap_or("").into()),
    },
    Info {
        about: "the host that refused",
        example: "host:mx1",
        compared: Matching::Part,
        own: |row, _| one(row.host.as_deref().unwrap_or("").into()),
    },
    Info {
        about: "ids in the queue that begin so",
        example: "queue:4gX1",
        compared: Matching::Begins,
        own: |row, _| one(row.queue_id.as_deref().unwrap_or("").into()),
    },
    Info {
        about: "younger than that; > older",
        example: "age:<2d",
        compared: Matching::Age,
        own: |_, _| one("".into()),
    },
    Info {
        about: "from then on; since:24h",
        example: "since:2026-05-01",
        compared: Matching::Since,
        own: |_, _| one("".into()),
    },
    Info {
        about: "what came before",
        example: "before:1w",
        compared: Matching::Before,
        own: |_, _| one("".into()),
    },
];

fn one(value: Cow<'_, str>) -> FieldWords<'_> {
    // A dash stands where a row has nothing to say.
    let value = if value == "-" { Cow::Borrowed("") } else { value };
    [value, Cow::Borrowed(""), Cow::Borrowed("")]
}

fn domain(row: &Row) -> Cow<'_, str> {
    Cow::Owned(address::domain(row.recipient.as_deref().unwrap_or("")))
}

fn reason<'a>(row: &'a Row, words: &'a ColumnWords) -> FieldWords<'a> {
    let name =
        if row.class.kind.is_bounce() { row.class.reason.slug() } else { row.class.kind.slug() };
    [name.into(), words.reason(row).into(), Cow::Borrowed("")]
}

fn who<'a>(row: &'a Row, words: &'a ColumnWords) -> FieldWords<'a> {
    if row.who() == "-" {
        return one("".into());
    }
    [words.who(row).into(), row.who().into(), row.class.party.slug().into()]
}

impl Field {
    fn info(self) -> &'static Info {
        &TABLE[self as usize]
    }

    /// What it names, in a few words.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.info().about
    }

    /// A filter by it.
    #[must_use]
    pub fn example(self) -> &'static str {
        self.info().example
    }

    pub(super) fn compared(self) -> Matching {
        self.info().compared
    }

    pub(super) fn own<'a>(self, row: &'a Row, words: &'a ColumnWords) -> FieldWords<'a> {
        (self.info().own)(row, words)
    }

    /// The value a row has in this field, as it is written in a filter.
    #[must_use]
    pub fn of(self, row: &Row, words: &ColumnWords) -> Option<String> {
        let [value, ..] = self.own(row, words);
        let blanks = self.compared() == Matching::Same;
        let value = if blanks { value.replace(' ', "_") } else { value.into_owned() };
        if value.is_empty() { None } else { Some(value) }
    }

    /// The names of all fields, for a sentence.
    pub(super) fn names() -> String {
        Self::SLUGS.join(", ")
    }
}

impl RowState {
    /// The names of all states, for a sentence.
    pub(super) fn names() -> String {
        Self::SLUGS.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields() {
        for (info, field) in TABLE.iter().zip(Field::ALL) {
            assert!(info.example.starts_with(&format!("{field}:")), "{}", info.example);
        }
        assert_eq!(TABLE.len(), Field::ALL.len());
    }
}
