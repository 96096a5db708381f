//! How a mailbox is doing, as time goes by.

use std::time::{Duration, Instant};

use crate::listing::Health;
use crate::mail::SafeText;

/// After how long a silence of the other side is told: longer than it is ever left alone.
const QUIET: Duration = Duration::from_secs(12);

/// A mailbox as the header and the status line show it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Its name.
    pub name: SafeText,
    /// How it is doing.
    pub health: Health,
    /// For how many seconds nothing was heard from the other side of a connection; 0 while that is
    /// too short to be worth telling.
    pub silence: u64,
    /// When something was heard last; none where there is no other side, or no connection.
    heard: Option<Instant>,
    /// It has a connection to another machine.
    is_remote: bool,
    /// Why the connection broke last, until there is another.
    broken: Option<SafeText>,
    resumes: Option<Instant>,
    /// When its figures change, if nothing else happens.
    pub(super) counts_at: Option<Instant>,
}

impl Mailbox {
    /// A mailbox of which nothing has been told.
    pub(super) fn new(name: SafeText) -> Self {
        Self {
            name,
            health: Health::Connecting,
            silence: 0,
            heard: None,
            is_remote: false,
            broken: None,
            resumes: None,
            counts_at: None,
        }
    }

    /// Takes what was told of it; true when that changes what is shown.
    pub(super) fn set(&mut self, health: Health, now: Instant) -> bool {
        let changed = health != self.health || self.silence > 0;
        self.resumes = None;
        self.counts_at = None;
        self.heard = None;
        self.silence = 0;
        if let Health::Waiting { seconds, .. } = health {
            self.resumes = Some(now + Duration::from_secs(seconds));
            self.counts_at = Some(now + Duration::from_secs(1));
        }
        // Only what lies on another machine is ever connected to.
        self.is_remote |= health == Health::Connecting;
        self.health = health;
        self.hear(now);
        changed
    }

    /// Something came.
    pub(super) fn hear(&mut self, now: Instant) {
        if self.is_remote && self.health.is_connected() {
            self.heard = Some(now);
            self.silence = 0;
            self.counts_at = Some(now + QUIET);
        }
    }

    /// Counts the seconds of a wait down, and those of a silence up; true when the number changed.
    pub(super) fn count_seconds(&mut self, now: Instant) -> bool {
        let Some(at) = self.counts_at else { return false };
        if at > now {
            return false;
        }
        if let Some(heard) = self.heard {
            self.silence = now.saturating_duration_since(heard).as_secs();
            self.counts_at = Some(now + Duration::from_secs(1));
        }
        if let (Some(resumes), Health::Waiting { seconds, .. }) = (self.resumes, &mut self.health) {
            *seconds = resumes.saturating_duration_since(now).as_secs();
            self.counts_at = (*seconds > 0).then(|| now + Duration::from_secs(1));
        }
        true
    }

    /// What is to be remembered of a change of its health: why a connection broke, each reason
    /// once, and that there is another.
    pub(super) fn news(&mut self, health: &Health) -> Option<String> {
        match health {
            Health::Waiting { why, .. } if self.broken.as_ref() != Some(why) => {
                self.broken = Some(why.clone());
                Some(why.to_string())
            }
            health if health.is_connected() && self.broken.take().is_some() => {
                Some("connected again".to_owned())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(why: &str) -> Health {
        Health::Waiting { seconds: 5, why: why.into() }
    }

    #[test]
    fn nobody_is_said_to_be_there_who_was_not_heard() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut mailbox = Mailbox::new("birch".into());
        mailbox.set(Health::Connecting, start);
        mailbox.set(Health::Idle("TLS 1.3".into()), start);
        assert!(!mailbox.count_seconds(after(11)));
        assert!(mailbox.count_seconds(after(12)));
        assert_eq!(mailbox.silence, 12);
        assert!(mailbox.count_seconds(after(13)));
        assert_eq!((mailbox.silence, mailbox.counts_at), (13, Some(after(14))));
        assert!(mailbox.set(Health::Idle("TLS 1.3".into()), after(14)), "it was heard again");
        assert_eq!(mailbox.silence, 0);
        assert!(!mailbox.set(Health::Idle("TLS 1.3".into()), after(15)), "nothing to show");
        mailbox.set(Health::Fetching { done: 1, total: 2 }, after(20));
        mailbox.hear(after(30));
        assert!(!mailbox.count_seconds(after(41)) && mailbox.count_seconds(after(42)));
    }

    #[test]
    fn files_are_not_waited_for() {
        let start = Instant::now();
        let mut mailbox = Mailbox::new("birch.mbox".into());
        mailbox.set(Health::Fetching { done: 1, total: 2 }, start);
        mailbox.set(Health::Idle("1 file".into()), start);
        assert_eq!((mailbox.silence, mailbox.counts_at), (0, None));
    }

    #[test]
    fn a_reason_is_news_once() {
        let mut mailbox = Mailbox::new("birch".into());
        let connected = Health::Idle("TLS 1.3".into());
        assert_eq!(mailbox.news(&connected), None);
        assert_eq!(mailbox.news(&waiting("it broke")).as_deref(), Some("it broke"));
        assert_eq!(mailbox.news(&waiting("it broke")), None);
        assert_eq!(mailbox.news(&Health::Connecting), None);
        assert_eq!(mailbox.news(&waiting("refused")).as_deref(), Some("refused"));
        assert_eq!(mailbox.news(&connected).as_deref(), Some("connected again"));
        assert_eq!(mailbox.news(&connected), None);
    }
}
