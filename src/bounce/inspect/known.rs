//! Whether a line of a report says over again what its deliveries tell: the same answer, the same
//! code.

use std::collections::BTreeSet;

use crate::bounce::delivery::Delivery;
use crate::bounce::notice::sentences::answer;

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
    /// Status codes, each with the host that gave it.
    codes: BTreeSet<(String, String)>,
}

impl KnownAnswers {
    pub(super) fn of(deliveries: &[Delivery]) -> Self {
        let mut told = Self::default();
        for delivery in deliveries.iter().take(QUOTED) {
            for said in
                [&delivery.said, &delivery.last_error, &delivery.status_line].into_iter().flatten()
            {
                told.answers.insert(flat(answer(&said.text)));
                told.literals.insert(flat(&said.literal));
            }
            if let Some(status) = delivery.status {
                let host = delivery
                    .remote
                    .as_ref()
                    .and_then(|remote| remote.name.as_deref())
                    .unwrap_or_default();
                told.codes.insert((status.to_string(), host.to_lowercase()));
            }
        }
        told.answers.retain(|answer| answer.len() > SHORT);
        told
    }

    /// True for a line that repeats an answer or a part of it, or names only a code.
    pub(super) fn holds(&self, line: &str) -> bool {
        let line = flat(line);
        let only_code = |(status, host): &(String, String)| {
            line.contains(status.as_str()) && {
                let rest = line.replace(status.as_str(), "");
                let rest = if host.is_empty() { rest } else { rest.replace(host.as_str(), "") };
                rest.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).count()
                    <= NAME
            }
        };
        self.answers.iter().any(|answer| line.contains(answer.as_str()))
            || line.len() > SHORT && self.literals.iter().any(|literal| literal.contains(&line))
            || self.codes.iter().any(only_code)
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
