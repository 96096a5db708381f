//! What a server says unasked: remembered here, with bounds, and kept from a parser that would
//! stumble over it.

use std::collections::VecDeque;

use crate::mail::SafeText;

use super::response::{Condition, StatusResponse, number, shown, trim_end, word};

/// How many alerts wait to be shown; more are dropped.
const ALERTS: usize = 20;
/// How many capabilities are remembered.
const CAPABILITIES: usize = 500;

/// How many ranges of UIDs may be gone.
const RANGES: usize = 100_000;
/// The highest number of a change (RFC 7162 section 7, mod-sequence-value).
const MODSEQ: u64 = i64::MAX as u64;

/// The ranges of a set of UIDs (RFC 3501 section 9, sequence-set); none when it is none, or has too
/// many.
fn ranges(set: &[u8]) -> Option<Vec<(u32, u32)>> {
    let mut ranges = Vec::new();
    for range in set.split(|&b| b == b',') {
        let (one, other) = match memchr::memchr(b':', range) {
            Some(at) => (number::<u32>(&range[..at])?, number(&range[at + 1..])?),
            None => (number(range)?, number(range)?),
        };
        if one == 0 || other == 0 || ranges.len() >= RANGES {
            return None;
        }
        ranges.push((one.min(other), one.max(other)));
    }
    Some(ranges)
}

/// What was heard on a connection besides the answers to commands.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// The capabilities as last said, in upper case; empty when nothing was said.
    pub(crate) capabilities: Vec<String>,
    /// Why the server ends the connection.
    pub(crate) bye: Option<SafeText>,
    /// UIDVALIDITY as last said.
    pub(crate) validity: Option<u32>,
    /// Messages in the mailbox as last said.
    pub(crate) exists: Option<u32>,
    /// UIDNEXT as last said.
    pub(crate) next: Option<u32>,
    /// HIGHESTMODSEQ (RFC 7162) as last said.
    pub(crate) modseq: Option<u64>,
    /// What was gone before the mailbox was opened, from the first UID to the last of each range;
    /// none where it cannot be understood.
    pub(crate) vanished: Option<Vec<(u32, u32)>>,
    /// Messages that others have removed since this was last set to 0; the largest number when they
    /// cannot be counted.
    pub(crate) removed: u32,
    /// Code and text of the last tagged answer, and how it ended.
    pub(crate) answer: Option<(Condition, SafeText)>,
    /// The first word of that code, in upper case.
    pub(crate) answer_code: String,
    alerts: VecDeque<SafeText>,
}

impl Heard {
    /// Nothing holds of another mailbox. Its UIDVALIDITY stays, to be compared.
    pub(crate) fn forget_mailbox(&mut self) {
        (self.exists, self.removed) = (None, 0);
        (self.next, self.modseq, self.vanished) = (None, None, Some(Vec::new()));
    }

    /// Takes the first line of a response; true when nobody else needs to see the response.
    pub(crate) fn take(&mut self, line: &[u8]) -> bool {
        let Some(status) = StatusResponse::read(line) else {
            return self.take_data(trim_end(line));
        };
        self.take_code(&status);
        if status.tag != b"*" {
            self.answer = Some((status.condition, status.shown()));
            self.answer_code = String::from_utf8_lossy(&status.code_name()).into_owned();
            return false;
        }
        if status.condition == Condition::Bye {
            self.bye = Some(status.shown());
        }
        status.condition != Condition::Ok
    }

    /// Of untagged data only what EXAMINE and LIST are asked for is passed on: a parser that knows
    /// no other kinds, or did not expect them, would give up the connection.
    fn take_data(&mut self, line: &[u8]) -> bool {
        let Some(rest) = line.strip_prefix(b"* ") else { return false };
        let (name, rest) = word(rest);
        match name.to_ascii_uppercase().as_slice() {
            b"CAPABILITY" => self.take_capabilities(rest),
            b"FLAGS" | b"LIST" => return false,
            b"VANISHED" => self.take_vanished(rest),
            _ => {
                if rest.eq_ignore_ascii_case(b"EXPUNGE") {
                    self.removed = self.removed.saturating_add(1);
                }
                let held = number(name);
                if rest.eq_ignore_ascii_case(b"EXISTS") && held.is_some() {
                    self.exists = held;
                    return false;
                }
                return !(rest.eq_ignore_ascii_case(b"RECENT") && held.is_some());
            }
        }
        true
    }

    fn take_code(&mut self, status: &StatusResponse<'_>) {
        match status.code_name().as_slice() {
            b"ALERT" if self.alerts.len() < ALERTS => self.alerts.push_back(shown(status.text)),
            b"CAPABILITY" => self.take_capabilities(status.code_value()),
            b"UIDVALIDITY" => self.validity = number(status.code_value()).or(self.validity),
            b"UIDNEXT" => self.next = number(status.code_value()),
            b"HIGHESTMODSEQ" => {
                let modseq = number::<u64>(status.code_value());
                self.modseq = modseq.filter(|n| (1..=MODSEQ).contains(n));
            }
            _ => {}
        }
    }

    /// Takes UIDs that are gone: from before, or since the mailbox was opened.
    fn take_vanished(&mut self, rest: &[u8]) {
        let (word, uids) = word(rest);
        if !word.eq_ignore_ascii_case(b"(EARLIER)") {
            let gone = ranges(word);
            let sum = |sum: u32, &(low, high): &(u32, u32)| {
                sum.saturating_add((high - low).saturating_add(1))
            };
            let count = gone.map_or(u32::MAX, |gone| gone.iter().fold(0, sum));
            self.removed = self.removed.saturating_add(count);
            return;
        }
        let known = self.vanished.take();
        if let (Some(mut vanished), Some(more)) = (known, ranges(uids)) {
            vanished.extend(more);
            self.vanished = Some(vanished).filter(|all| all.len() <= RANGES);
        }
    }

    fn take_capabilities(&mut self, list: &[u8]) {
        self.capabilities.clear();
        for word in list.split(|&b| b == b' ') {
            if !word.is_empty() && self.capabilities.len() < CAPABILITIES {
                self.capabilities.push(shown(word).to_ascii_uppercase());
            }
        }
    }

    /// True when the server said that it can do this; `name` is in upper case.
    pub(crate) fn can(&self, name: &str) -> bool {
        self.capabilities.iter().any(|c| c == name)
    }

    /// The next alert that nobody has seen (RFC 3501 section 7.1: alerts must be shown).
    pub(crate) fn next_alert(&mut self) -> Option<SafeText> {
        self.alerts.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_trip_the_parser_is_kept_from_it() {
        let mut heard = Heard::default();
        for line in [
            "* NO Disk almost full",
            "* BAD what",
            "* BYE going down",
            "* PREAUTH",
            "* CAPABILITY IMAP4rev1 AUTH=plain",
            "* ENABLED QRESYNC",
            "* NAMESPACE NIL NIL NIL",
            "* ESEARCH (TAG \"a\") ALL 1",
            "* 1 FETCH (X-NEW 5)",
            "* SOMETHING new",
            "* x EXISTS",
        ] {
            assert!(heard.take(line.as_bytes()), "{line}");
        }
        for line in [
            "* OK Still here",
            "* 3 EXISTS",
            "* LIST () \"/\" a",
            "a1 NO [ALERT] no",
            "+ go on",
            "",
            "* FLAGS (\\Seen)",
        ] {
            assert!(!heard.take(line.as_bytes()), "{line}");
        }
        assert_eq!(heard.bye.as_deref(), Some("going down"));
        assert!(heard.can("AUTH=PLAIN") && heard.can("IMAP4REV1") && !heard.can("IDLE"));
        assert_eq!(heard.answer, Some((Condition::No, "ALERT: no".into())));
        assert_eq!((heard.next_alert().as_deref(), heard.next_alert()), (Some("no"), None));
    }

    #[test]
    fn what_is_gone_is_understood_or_not_believed() {
        let mut heard = Heard::default();
        heard.forget_mailbox();
        heard.take(b"* VANISHED (EARLIER) 41,43:116,9:7\r\n");
        heard.take(b"* vanished (earlier) 300\r\n");
        assert_eq!(heard.vanished, Some(vec![(41, 41), (43, 116), (7, 9), (300, 300)]));
        assert_eq!(heard.removed, 0);
        heard.take(b"* VANISHED 1:3,9\r\n");
        assert_eq!(heard.removed, 4);
        for wrong in ["", "*", "1:*", "0", "1,,2", "x", "4294967296", "1 2"] {
            heard.forget_mailbox();
            heard.take(format!("* VANISHED (EARLIER) {wrong}\r\n").as_bytes());
            heard.take(b"* VANISHED (EARLIER) 5\r\n");
            assert_eq!(heard.vanished, None, "{wrong}");
        }
        heard.take(b"* VANISHED 1:4294967295,1:4294967295\r\n");
        assert_eq!(heard.removed, u32::MAX);
        for (said, modseq) in [("12345", Some(12_345)), ("0", None), ("9223372036854775808", None)]
        {
            heard.take(format!("* OK [HIGHESTMODSEQ {said}] highest\r\n").as_bytes());
            assert_eq!(heard.modseq, modseq);
        }
    }

    #[test]
    fn alerts_and_capabilities_have_bounds() {
        let mut heard = Heard::default();
        for n in 0..1000 {
            heard.take(format!("* OK [ALERT] {n}").as_bytes());
        }
        assert_eq!(heard.alerts.len(), ALERTS);
        heard.take(format!("* CAPABILITY {}", "X ".repeat(100_000)).as_bytes());
        assert_eq!(heard.capabilities.len(), CAPABILITIES);
    }
}
