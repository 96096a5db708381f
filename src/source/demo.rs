//! The demo mailbox: bounces written for it, inside the program. Nothing is read from or written to
//! anywhere.

use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::mail::SafeText;

use super::mbox::split;
use super::{Canceller, Error, Event, Fetched, Place, Reader, Sink, Source, State};

macro_rules! mboxes {
    ($($name:literal,)*) => {
        /// The files of the demo mailbox.
        const MBOXES: &[&[u8]] = &[$(include_bytes!(concat!("../../assets/demo/", $name, ".mbox")),)*];
        #[cfg(test)]
        const NAMES: &[&str] = &[$($name,)*];
    };
}

mboxes! {
    "amavis",
    "barracuda",
    "courier",
    "domino",
    "exchange",
    "exchange-online",
    "exim",
    "gmail",
    "groupwise",
    "haraka",
    "hmailserver",
    "mailenable",
    "mdaemon",
    "messagingserver",
    "mimecast",
    "not-bounces",
    "opensmtpd",
    "outlook",
    "postfix",
    "powermta",
    "qmail",
    "sendmail",
    "ses",
    "yahoo",
    "zoho",
}

/// Who "we" are in the demo mailbox: the keys of `[ours]`, as TOML.
pub const OURS: &str = include_str!("../../assets/demo/ours.toml");

/// When the demo takes place: its clock stands still.
#[must_use]
pub fn now() -> Timestamp {
    // 2026-05-04T07:00:00Z
    Timestamp::constant(1_777_878_000, 0)
}

/// The messages with their numbers from 1, in the order of the files.
pub fn each(take: &mut dyn FnMut(u32, &[u8]) -> ControlFlow<()>) {
    let mut uid = 0;
    for mbox in MBOXES {
        let mut flow = ControlFlow::Continue(());
        let read = split(*mbox, &mut |message| {
            uid += 1;
            flow = take(uid, message.bytes);
            flow
        });
        if read.is_err() || flow.is_break() {
            return;
        }
    }
}

/// The demo mailbox.
#[derive(Debug, Default)]
pub struct Demo {
    done: bool,
}

impl Source for Demo {
    fn name(&self) -> SafeText {
        SafeText::new("DEMO postmaster@birch.example INBOX")
    }

    fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let mut flow = ControlFlow::Continue(());
        if !self.done {
            each(&mut |uid, bytes| {
                let place = Place { validity: 0, uid };
                flow = sink.take(Event::Message(Fetched {
                    place,
                    bytes,
                    whole: true,
                    received: None,
                }));
                flow
            });
            self.done = flow.is_continue();
        }
        if flow.is_continue() {
            // Nothing follows whatever the sink says.
            let _ = sink.take(Event::State(State::Idle(SafeText::new("demo"))));
        }
        Ok(())
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(DemoReader)
    }

    fn canceller(&self) -> Canceller {
        // It is done before anybody could cancel it.
        Canceller::new(|| {})
    }
}

struct DemoReader;

impl Reader for DemoReader {
    fn whole(&mut self, place: Place) -> Result<Vec<u8>, Error> {
        let mut found = Err(Error::Gone);
        each(&mut |uid, bytes| {
            if uid == place.uid {
                found = Ok(bytes.to_vec());
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        found
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| {})
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::bounce::{Kind, read};

    #[test]
    fn every_file_of_the_folder_is_in_the_program() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo");
        let found: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the folder")
            .flatten()
            .filter_map(|e| {
                e.file_name().to_string_lossy().strip_suffix(".mbox").map(str::to_owned)
            })
            .collect();
        assert_eq!(found, NAMES.iter().map(|n| (*n).to_owned()).collect());
        assert_eq!(now().to_string(), "2026-05-04T07:00:00Z");
        let ours: crate::diagnosis::Ours = toml::from_str(OURS).expect("valid");
        assert!(!ours.is_empty());
    }

    #[test]
    fn it_is_as_large_and_mixed_as_a_real_one() {
        let (mut messages, mut kinds, mut dialects) = (0, BTreeSet::new(), BTreeSet::new());
        each(&mut |_, bytes| {
            let bounce = read(bytes);
            messages += 1;
            kinds.insert(bounce.kind.slug());
            dialects.insert(bounce.dialect);
            ControlFlow::Continue(())
        });
        assert!(messages >= 150, "{messages}");
        assert!(dialects.len() >= 12, "{dialects:?}");
        let all = [
            Kind::Failure,
            Kind::Delay,
            Kind::Success,
            Kind::AutoReply,
            Kind::Mdn,
            Kind::Arf,
            Kind::DmarcReport,
            Kind::TlsReport,
            Kind::Challenge,
            Kind::Other,
        ];
        assert_eq!(kinds, all.iter().map(|k| k.slug()).collect());
    }
}
