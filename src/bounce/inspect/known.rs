//! Whether a line of a report says over again what its deliveries tell: the same answer, the same
//! code.

use std::collections::BTreeSet;

use crate::bounce::delivery::Delivery;
use crate::bounce::remote::Remote;

/// Quotations that are looked through for a line.
const QUOTED: usize = 200;
/// Words around a code that are no more than its name: "Status code:", "host said:".
const NAME: usize = 3;
/// Shorter texts are the same by chance.
const SHORT: usize = 8;

/// What the deliveries of a message tell, in lower case and with single blanks.
#[derive(Debug, Default)]
pub(super) struct KnownAnswers {
    answers: BTreeSet<String>,
    literals: BTreeSet<String>,
    codes: BTreeSet<KnownCode>,
}

/// A status code with the host that gave it, in lower case.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct KnownCode {
    status: String,
    host: String,
}

impl KnownAnswers {
    pub(super) fn of(deliveries: &[Delivery]) -> Self {
        let mut known = Self::default();
        for delivery in deliveries.iter().take(QUOTED) {
            known.add(delivery);
        }
        known.answers.retain(|answer| answer.len() > SHORT);
        known
    }

    fn add(&mut self, delivery: &Delivery) {
        let Delivery { said, last_error, status_line, .. } = delivery;
        for said in [said, last_error, status_line].into_iter().flatten() {
            self.answers.insert(flat(said.answer().words));
            self.literals.insert(flat(&said.literal));
        }
        if let Some(status) = delivery.status {
            let mut host = String::new();
            if let Some(Remote { name: Some(name), .. }) = &delivery.remote {
                host = name.to_lowercase();
            }
            self.codes.insert(KnownCode { status: status.to_string(), host });
        }
    }

    /// True for a line that repeats an answer or a part of it, or names only a code.
    pub(super) fn holds(&self, line: &str) -> bool {
        let line = flat(line);
        self.answers.iter().any(|answer| line.contains(answer.as_str()))
            || line.len() > SHORT && self.literals.iter().any(|literal| literal.contains(&line))
            || self.codes.iter().any(|code| code.is_all_of(&line))
    }
}

impl KnownCode {
    /// True when a line says no more than the code, its name and the host.
    fn is_all_of(&self, line: &str) -> bool {
        if !line.contains(&self.status) {
            return false;
        }
        let mut rest = line.replace(&self.status, "");
        if !self.host.is_empty() {
            rest = rest.replace(&self.host, "");
        }
        let words = rest.split(|c: char| !c.is_alphabetic());
        words.filter(|word| !word.is_empty()).count() <= NAME
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::{Part, Said};
    use crate::bounce::status::codes;

    fn told(said: &str) -> KnownAnswers {
        let status = codes(said).status;
        KnownAnswers::of(&[Delivery {
            said: Some(Said::new(said, Part::Report, 0)),
            status,
            ..Delivery::default()
        }])
    }

    #[test]
    fn what_was_told_is_known_again() {
        let told = told("host mx.a.example said: 550 5.1.1 No such\n user here");
        for line in [
            "Error: 550 5.1.1 no such user  here (end)",
            "5.1.1 No such user",
            "Status code: 550 5.1.1",
        ] {
            assert!(told.holds(line), "{line}");
        }
        for line in
            ["550 5.7.1 odd thing", "5.1.1 the mailbox of that name was deleted", "X-Trace: 88a1"]
        {
            assert!(!told.holds(line), "{line}");
        }
    }
}
