//! Streaming a mailbox: newest first, in few large commands, through broken connections, each
//! message once.

use std::ops::ControlFlow;

use crate::mail::SafeText;
use crate::source::{Event, Sink, State};

use super::Imap;
use super::backoff::{Backoff, Pause};
use super::doubts::Doubts;
use super::error::Error;
use super::fetch::End;
use super::link::{Link, Opened};
use super::progress::{Progress, Range};

/// How often in a row a server may break the protocol, without a message in between.
const STRIKES: u32 = 3;

/// Whether to go on.
pub(super) type Flow = Result<ControlFlow<()>, Error>;

impl Imap {
    /// Streams until all is there, waiting and reconnecting in between.
    ///
    /// # Errors
    /// What trying again would not mend.
    pub(super) fn persist(&mut self, sink: &mut dyn Sink) -> Flow {
        let mut backoff = Backoff::new(self.access.limits);
        let mut strikes = 0;
        loop {
            let kept = self.link.is_some();
            let before = self.progress.count();
            let error = match self.pass(sink) {
                Ok(flow) => return Ok(flow),
                Err(error) => error,
            };
            if self.stop.is_asked() {
                return Ok(ControlFlow::Break(()));
            }
            strikes = if self.progress.count() > before { 0 } else { strikes + 1 };
            // Single messages that a server garbles can be left out; after three in a row it is not
            // worth going on.
            let limit = if self.doubts.names_one() { 3 * STRIKES } else { STRIKES };
            if !error.passes() || (matches!(error, Error::Protocol { .. }) && strikes >= limit) {
                return Err(error);
            }
            if strikes == 0 {
                backoff.reset();
            }
            // A connection kept from an earlier call may have gone stale in the meantime: no reason
            // to wait.
            if !kept && self.pause(backoff.pause(), &error, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    /// Waits before the next attempt, reporting once a second.
    fn pause(&mut self, pause: Pause, error: &Error, sink: &mut dyn Sink) -> ControlFlow<()> {
        let why = SafeText::new(&error.to_string());
        let second = self.access.limits.second;
        let mut jitter = pause.jitter;
        for seconds in (1..=pause.seconds).rev() {
            sink.take(Event::State(State::Waiting { seconds: seconds.into(), why: why.clone() }))?;
            if self.stop.wait(second + std::mem::take(&mut jitter)) {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    /// One attempt: connects if need be, opens the mailbox and fetches what is missing.
    fn pass(&mut self, sink: &mut dyn Sink) -> Flow {
        let mut link = if let Some(kept) = self.link.take() {
            kept
        } else {
            if sink.take(Event::State(State::Connecting)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            Link::open(&self.access, &self.stop)?
        };
        let flow = self.work(&mut link, sink);
        // After a break the rest of an answer may still be on its way: such a connection is of no
        // more use.
        self.link = matches!(flow, Ok(ControlFlow::Continue(()))).then_some(link);
        flow
    }

    fn work(&mut self, link: &mut Link, sink: &mut dyn Sink) -> Flow {
        let opened = link.examine(&self.access)?;
        if self.tell(link, sink).is_break() || self.recognise(opened, sink).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        self.progress.extend(self.next_uid(link, opened)?);
        if opened.messages == 0 {
            self.progress.settle(Range { low: 1, high: u32::MAX });
        }
        if self.fetch_all(link, opened, sink)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(sink.take(Event::State(State::Idle(link.encryption.into()))))
    }

    /// Hands over the server's alerts, each once.
    pub(super) fn tell(&mut self, link: &Link, sink: &mut dyn Sink) -> ControlFlow<()> {
        while let Some(alert) = link.next_alert() {
            if !self.told.contains(&alert) && self.told.len() < 100 {
                self.told.push(alert.clone());
                sink.take(Event::Notice(SafeText::new(&format!(
                    "{} says: {alert}",
                    self.access.at.server
                ))))?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Starts anew when the mailbox is another one than before.
    fn recognise(&mut self, opened: Opened, sink: &mut dyn Sink) -> ControlFlow<()> {
        let before = std::mem::replace(&mut self.progress.validity, opened.validity);
        if before == opened.validity {
            return ControlFlow::Continue(());
        }
        self.progress = Progress::new(opened.validity);
        self.doubts = Doubts::default();
        if before == 0 { ControlFlow::Continue(()) } else { sink.take(Event::Reset) }
    }

    /// UIDNEXT; where the server does not tell, one more than the UID of the last message.
    fn next_uid(&self, link: &mut Link, opened: Opened) -> Result<u32, Error> {
        if let Some(next) = opened.next {
            return Ok(next);
        }
        if opened.messages == 0 {
            return Ok(1);
        }
        Ok(self
            .uids(link, &opened.messages.to_string())?
            .into_iter()
            .max()
            .map_or(1, |uid| uid.saturating_add(1)))
    }

    /// The UIDs of messages that are named by sequence number; none when the server refuses.
    pub(super) fn uids(&self, link: &mut Link, messages: &str) -> Result<Vec<u32>, Error> {
        let mut uids = Vec::new();
        let end = link.fetch(&format!("FETCH {messages} (UID)"), 0, &mut |arrived| {
            uids.push(arrived.uid);
            if uids.len() > 1000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match end {
            Ok(End::Stopped) => Err(self.violation("the server sent more than it was asked for")),
            Ok(_) => Ok(uids),
            Err(e) => Err(Error::wire(&self.access.at, &e)),
        }
    }

    /// The server sent what it may not send.
    pub(super) fn violation(&self, what: &str) -> Error {
        Error::Protocol { at: self.access.at.clone(), what: what.into() }
    }
}
