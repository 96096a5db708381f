//! A sink that remembers, and accounts to stream from.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use deadletter::config::{Account, StateFolders, Tls};
use deadletter::credentials::Secret;
use deadletter::source::imap::{Imap, Limits};
use deadletter::source::{Error, Event, Source, State};

/// The password of every test: it must never show up anywhere.
pub(crate) const CANARY: &str = "canary-1b7e";

/// Everything that a source handed over.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// UIDs in the order they came.
    pub(crate) uids: Vec<u32>,
    /// The messages by UID, and whether they were whole.
    pub(crate) messages: BTreeMap<u32, (Vec<u8>, bool)>,
    pub(crate) states: Vec<State>,
    pub(crate) notices: Vec<String>,
    pub(crate) resets: u32,
    pub(crate) validities: Vec<u32>,
}

impl Seen {
    /// Streams until the source returns.
    pub(crate) fn stream(&mut self, source: &mut dyn Source) -> Result<(), Error> {
        self.stream_until(source, |_| false)
    }

    /// Streams until the source returns or `enough` of it was seen.
    pub(crate) fn stream_until(
        &mut self,
        source: &mut dyn Source,
        enough: impl Fn(&Self) -> bool,
    ) -> Result<(), Error> {
        source.stream(&mut |event: Event<'_>| {
            self.take(event);
            if enough(self) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Message(m) => {
                self.uids.push(m.place.uid);
                self.validities.push(m.place.validity);
                self.messages.insert(m.place.uid, (m.bytes.to_vec(), m.whole));
            }
            Event::State(state) => self.states.push(state),
            Event::Reset => self.resets += 1,
            Event::Gone(places) => {
                for place in places {
                    self.uids.retain(|uid| *uid != place.uid);
                }
            }
            Event::Notice(text) => self.notices.push(text.to_string()),
        }
    }

    /// UIDs in ascending order.
    pub(crate) fn sorted(&self) -> Vec<u32> {
        let mut uids = self.uids.clone();
        uids.sort_unstable();
        uids
    }

    /// How often it had to wait before another attempt.
    pub(crate) fn waits(&self) -> usize {
        self.states.iter().filter(|s| matches!(s, State::Waiting { seconds: 1, .. })).count()
    }
}

/// An account on this machine.
pub(crate) fn account(port: u16, tls: Tls, authority: Option<&Path>) -> Account {
    Account {
        name: "lab".to_owned(),
        host: "localhost".to_owned(),
        port: Some(port),
        tls,
        ca_file: authority.map(Path::to_path_buf),
        tls_fingerprint: None,
        tunnel: Vec::new(),
        user: "postmaster".to_owned(),
        password_command: Vec::new(),
        token_command: Vec::new(),
        mailbox: "INBOX".to_owned(),
        trash: None,
        state_folders: StateFolders::default(),
        mailboxes: Vec::new(),
        poll: None,
    }
}

/// Short enough for tests.
pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(10),
        read: Duration::from_secs(20),
        login: Duration::from_secs(20),
        second: Duration::from_millis(5),
        pauses: &[1, 1, 1],
        ..Limits::default()
    }
}

/// A source for an account.
pub(crate) fn imap(account: Account) -> Imap {
    Imap::new(account, Secret::password(CANARY)).within(limits())
}
