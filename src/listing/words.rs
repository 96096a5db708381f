//! The words of the WHO and REASON columns, in one language.

use crate::bounce::Kind;
use crate::diagnosis::{Backscatter, Language, Party, Reason};
use crate::incident::Cause;

use super::row::Row;
use super::window::GroupTitle;

/// The words of one language, looked up once: a filter asks for them row after row.
#[derive(Clone, Debug)]
pub struct ColumnWords {
    /// The language.
    pub language: Language,
    /// In the order of `Reason::ALL`.
    reasons: Vec<&'static str>,
    /// In the order of `Kind::ALL`.
    kinds: Vec<&'static str>,
    /// In the order of `Party::ALL`.
    parties: Vec<&'static str>,
    not_ours: &'static str,
    mixed: &'static str,
    more: &'static str,
}

impl ColumnWords {
    /// The words of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        let mut words = Self {
            language,
            reasons: Vec::new(),
            kinds: Vec::new(),
            parties: Vec::new(),
            not_ours: language.word("short.not_ours"),
            mixed: language.word("short.mixed"),
            more: language.word("list.more"),
        };
        for reason in Reason::ALL {
            words.reasons.push(language.word(&format!("short.{reason}")));
        }
        for kind in Kind::ALL {
            words.kinds.push(language.word(&format!("short.{kind}")));
        }
        for party in Party::ALL {
            words.parties.push(language.word(&format!("who.{party}")));
        }
        words
    }

    /// The words of the REASON column: the reason of a failure, else the kind.
    #[must_use]
    pub fn reason(&self, row: &Row) -> &'static str {
        if row.class.mixed {
            return self.mixed;
        }
        self.reason_of(row.class.kind, row.class.reason, row.class.origin == Backscatter::Yes)
    }

    /// The same of anything of that kind and reason; `not_ours`: somebody else sent what came back.
    fn reason_of(&self, kind: Kind, reason: Reason, not_ours: bool) -> &'static str {
        match (kind, reason) {
            (Kind::Failure, _) if not_ours => self.not_ours,
            (Kind::Delay, Reason::Unknown | Reason::Deferred | Reason::Expired) => {
                self.kinds[Kind::Delay as usize]
            }
            (Kind::Failure | Kind::Delay, reason) => self.reasons[reason as usize],
            (kind, _) => self.kinds[kind as usize],
        }
    }

    /// An incident of which most deliveries have that reason, in a few words: `ip on blocklist: 192.0.2.25, spamhaus.org`.
    #[must_use]
    pub fn incident(&self, cause: &Cause, reason: Reason) -> String {
        let mut named = Vec::new();
        for part in [&cause.about, &cause.at, &cause.words].into_iter().flatten() {
            named.push(part.as_str());
        }
        let reason = self.reason_of(cause.kind, reason, cause.not_ours);
        if named.is_empty() { reason.to_owned() } else { format!("{reason}: {}", named.join(", ")) }
    }

    /// What deliveries have in common, in a few words; a dash for nothing.
    #[must_use]
    pub fn what(&self, what: &GroupTitle) -> String {
        match what {
            GroupTitle::Cause(cause, reason) => self.incident(cause, *reason),
            GroupTitle::Reason(kind, reason, not_ours) => {
                self.reason_of(*kind, *reason, *not_ours).to_owned()
            }
            GroupTitle::Text(text) => text.to_string(),
            GroupTitle::Day(day) => day.to_string(),
            GroupTitle::Nothing => "-".to_owned(),
        }
    }

    /// What stands for the recipients of a row that stands for many; `n`: how many, in words.
    #[must_use]
    pub fn more(&self, n: &str) -> String {
        self.more.replace("{n}", n)
    }

    /// The word of the WHO column; a dash where there is no question.
    #[must_use]
    pub fn who(&self, row: &Row) -> &'static str {
        if row.class.mixed {
            return "-";
        }
        self.party_of(row.class.kind, row.class.party)
    }

    /// The word for a party.
    #[must_use]
    pub fn party_name(&self, party: Party) -> &'static str {
        self.parties[party as usize]
    }

    /// The same of anything of that kind.
    #[must_use]
    pub fn party_of(&self, kind: Kind, party: Party) -> &'static str {
        match kind {
            Kind::Failure | Kind::Delay => self.parties[party as usize],
            _ => "-",
        }
    }
}

impl Default for ColumnWords {
    fn default() -> Self {
        Self::of(Language::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::width;

    #[test]
    fn every_word_fits_its_column() {
        for language in Language::ALL {
            let words = ColumnWords::of(*language);
            for word in
                words.reasons.iter().chain(&words.kinds).chain([&words.not_ours, &words.mixed])
            {
                assert!((1..=19).contains(&width(word)), "{language}: {word:?}");
            }
            for word in &words.parties {
                assert!((1..=9).contains(&width(word)), "{language}: {word:?}");
            }
        }
    }
}
