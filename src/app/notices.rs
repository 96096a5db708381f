//! What people should read: one line at the bottom, and all of it in the list of messages.

use std::time::{Duration, Instant};

use crate::mail::SafeText;

/// How long a line that needs no attention stays.
const STAY: Duration = Duration::from_secs(4);
/// Messages that are kept.
const KEPT: usize = 200;

/// How much attention a message needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It goes by itself.
    Info,
    /// It stays until a key is pressed.
    Error,
}

/// A message for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What to read.
    pub text: SafeText,
    /// How much attention it needs.
    pub weight: Weight,
}

/// The messages so far, and the one that is shown.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    all: Vec<Notice>,
    shown: Option<(Notice, Option<Instant>)>,
}

impl Notices {
    /// Says something that needs no attention.
    pub fn info(&mut self, text: impl AsRef<str>, now: Instant) {
        self.add(
            Notice { text: SafeText::new(text.as_ref()), weight: Weight::Info },
            Some(now + STAY),
        );
    }

    /// Says something that stays until a key is pressed.
    pub fn error(&mut self, text: impl AsRef<str>) {
        self.add(Notice { text: SafeText::new(text.as_ref()), weight: Weight::Error }, None);
    }

    /// Only remembers something, which the status line shows in other words.
    pub fn note(&mut self, text: impl AsRef<str>) {
        self.keep(Notice { text: SafeText::new(text.as_ref()), weight: Weight::Info });
    }

    fn add(&mut self, notice: Notice, until: Option<Instant>) {
        let standing = matches!(self.shown, Some((Notice { weight: Weight::Error, .. }, _)));
        if notice.weight == Weight::Error || !standing {
            self.shown = Some((notice.clone(), until));
        }
        self.keep(notice);
    }

    fn keep(&mut self, notice: Notice) {
        if self.all.last() != Some(&notice) {
            self.all.push(notice);
        }
        if self.all.len() > KEPT {
            self.all.remove(0);
        }
    }

    /// Refuses a key: a line of the moment that is not kept.
    pub fn refuse(&mut self, text: impl AsRef<str>, now: Instant) {
        let notice = Notice { text: SafeText::new(text.as_ref()), weight: Weight::Info };
        self.shown = Some((notice, Some(now + STAY)));
    }

    /// The line to show.
    #[must_use]
    pub fn shown(&self) -> Option<&Notice> {
        self.shown.as_ref().map(|(notice, _)| notice)
    }

    /// All messages, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Notice] {
        &self.all
    }

    /// Takes the line away; true when there was one.
    pub fn dismiss(&mut self) -> bool {
        self.shown.take().is_some()
    }

    /// When the line goes by itself.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.shown.as_ref().and_then(|(_, until)| *until)
    }

    /// Takes the line away if its time is over; true when it was.
    pub fn expire(&mut self, now: Instant) -> bool {
        self.deadline().is_some_and(|until| until <= now) && self.dismiss()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stay_and_infos_go() {
        let now = Instant::now();
        let mut notices = Notices::default();
        notices.info("copied", now);
        assert!(!notices.expire(now) && notices.expire(now + STAY));
        notices.error("login refused");
        notices.info("copied", now);
        assert_eq!(notices.shown().map(|n| n.text.as_str()), Some("login refused"));
        assert_eq!((notices.deadline(), notices.all().len()), (None, 3));
        assert!(notices.dismiss() && notices.shown().is_none());
        notices.note("the connection broke");
        assert_eq!((notices.shown(), notices.all().len()), (None, 4));
    }
}
