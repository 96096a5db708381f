//! Streaming a mailbox: newest first, in few large commands, through broken connections, each message once.

use std::ops::ControlFlow;

use crate::mail::SafeText;
use crate::source::{Event, Fetched, MessageId, Sink, State};

use super::Imap;
use super::backoff::{Backoff, Pause};
use super::error::Error;
use super::fetch::End;
use super::link::{Link, Opened};
use super::progress::{Progress, Range, first_window, later_windows};

/// How many messages may come between two reports of how many have come.
const REPORT: u32 = 100;
/// How often in a row a server may break the protocol, without a message in between.
const STRIKES: u32 = 3;
/// How many ranges in a row a server may refuse: enough to find the one message that it cannot send.
const REFUSALS: u32 = 64;

type Flow = Result<ControlFlow<()>, Error>;

/// What one FETCH brought.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    low: u32,
    high: u32,
    disordered: bool,
    new: u32,
}

impl Tally {
    fn note(&mut self, uid: u32) {
        self.disordered |= uid < self.high;
        self.low = if self.low == 0 { uid } else { self.low.min(uid) };
        self.high = self.high.max(uid);
    }

    /// The range below which nothing is missing, when the server sent in ascending order from `from` on.
    fn settled(self, from: Option<u32>) -> Option<Range> {
        (self.high > 0 && !self.disordered).then_some(Range { low: from.unwrap_or(self.low), high: self.high })
    }
}

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
            self.link = None;
            if self.stop.is_asked() {
                return Ok(ControlFlow::Break(()));
            }
            strikes = if self.progress.count() > before { 0 } else { strikes + 1 };
            if !error.passes() || (matches!(error, Error::Protocol { .. }) && strikes >= STRIKES) {
                return Err(error);
            }
            if strikes == 0 {
                backoff.reset();
            }
            // A connection kept from an earlier call may have gone stale in the meantime: no reason to wait.
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
        if self.link.is_none() {
            if sink.take(Event::State(State::Connecting)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.link = Some(Link::open(&self.access, &self.stop)?);
        }
        if let Some(mut link) = self.link.take() {
            let flow = self.work(&mut link, sink);
            // After a break the rest of an answer may still be on its way: such a connection is of no more use.
            if matches!(flow, Ok(ControlFlow::Continue(()))) {
                self.link = Some(link);
            }
            return flow;
        }
        Ok(ControlFlow::Continue(()))
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
    fn tell(&mut self, link: &Link, sink: &mut dyn Sink) -> ControlFlow<()> {
        while let Some(alert) = link.next_alert() {
            if !self.told.contains(&alert) && self.told.len() < 100 {
                self.told.push(alert.clone());
                sink.take(Event::Notice(SafeText::new(&format!("{} says: {alert}", self.access.at.server))))?;
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
        self.broken = None;
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
        Ok(self.uids(link, &opened.messages.to_string())?.into_iter().max().map_or(1, |uid| uid.saturating_add(1)))
    }

    /// The UIDs of messages that are named by sequence number; none when the server refuses.
    fn uids(&self, link: &mut Link, messages: &str) -> Result<Vec<u32>, Error> {
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

    fn violation(&self, what: &str) -> Error {
        Error::Protocol { at: self.access.at.clone(), what: what.into() }
    }

    /// Fetches what is still to come, from the newest window down.
    fn fetch_all(&mut self, link: &mut Link, opened: Opened, sink: &mut dyn Sink) -> Flow {
        if self.progress.is_fresh() && self.fetch_newest(link, opened, sink)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let mut cuts = Vec::new();
        if self.progress.needs_cuts() {
            let starts: Vec<String> = later_windows(opened.messages).iter().map(u32::to_string).collect();
            if !starts.is_empty() {
                cuts = self.uids(link, &starts.join(","))?;
            }
        }
        let mut refusals = 0;
        while let Some(range) = self.progress.next(&cuts) {
            let (end, tally) =
                self.fetch(link, &format!("UID FETCH {}:{}", range.low, range.high), range, opened, sink)?;
            match end {
                End::Stopped => return Ok(ControlFlow::Break(())),
                End::Done => {
                    self.progress.settle(range);
                    refusals = 0;
                }
                End::Bad(said) => return Err(self.refused(said)),
                End::Refused(said) => {
                    refusals = if tally.new > 0 { 0 } else { refusals + 1 };
                    if refusals > REFUSALS {
                        return Err(self.refused(said));
                    }
                    match tally.settled(Some(range.low)) {
                        Some(done) => self.progress.settle(done),
                        // Halving the range leads to the message that the server cannot send.
                        None if range.low < range.high => cuts.push(range.high - (range.high - range.low) / 2),
                        None if self.leave_out(range.low, &said, sink).is_break() => return Ok(ControlFlow::Break(())),
                        None => {}
                    }
                }
            }
            if self.tell(link, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn refused(&self, said: SafeText) -> Error {
        Error::Refused { at: self.access.at.clone(), command: "FETCH", said }
    }

    /// The first window is named by sequence numbers: that spares asking for its UIDs first.
    fn fetch_newest(&mut self, link: &mut Link, opened: Opened, sink: &mut dyn Sink) -> Flow {
        let first = first_window(opened.messages);
        let all = Range { low: 1, high: u32::MAX };
        let (end, tally) = self.fetch(link, &format!("FETCH {first}:{}", opened.messages), all, opened, sink)?;
        let from = (first == 1).then_some(1);
        match (end, tally.settled(from)) {
            (End::Stopped, _) => return Ok(ControlFlow::Break(())),
            (End::Done, Some(done)) => self.progress.settle(Range { low: done.low, high: u32::MAX }),
            (_, Some(done)) => self.progress.settle(done),
            _ => {}
        }
        Ok(self.tell(link, sink))
    }

    /// Runs one FETCH and hands over its messages. What arrived stays, also when it breaks off.
    fn fetch(
        &mut self,
        link: &mut Link,
        command: &str,
        range: Range,
        opened: Opened,
        sink: &mut dyn Sink,
    ) -> Result<(End, Tally), Error> {
        let limits = self.access.limits;
        let command = format!("{command} (UID INTERNALDATE BODY.PEEK[]<0.{}>)", limits.keep);
        let mut tally = Tally::default();
        let mut excess = false;
        let (progress, mailbox) = (&mut self.progress, self.mailbox);
        let total = opened.messages;
        let report =
            |progress: &Progress| State::Fetching { done: progress.count(), total: total.max(progress.count()) };
        if sink.take(Event::State(report(progress))).is_break() {
            return Ok((End::Stopped, tally));
        }
        let result = link.fetch(&command, limits.keep, &mut |arrived| {
            let Some(bytes) = arrived.bytes.filter(|_| range.holds(arrived.uid)) else {
                return ControlFlow::Continue(());
            };
            tally.note(arrived.uid);
            if !progress.mark(arrived.uid) {
                return ControlFlow::Continue(());
            }
            tally.new += 1;
            excess = tally.new > total;
            let id = MessageId { mailbox, validity: progress.validity, uid: arrived.uid };
            sink.take(Event::Message(Fetched { id, bytes, whole: arrived.whole, received: arrived.date }))?;
            if tally.new % REPORT == 0 {
                sink.take(Event::State(report(progress)))?;
            }
            if excess { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if excess {
            return Err(self.violation("the server sent more messages than the mailbox holds"));
        }
        if link.validity().is_some_and(|v| v != self.progress.validity) {
            return Err(Error::Lost {
                at: self.access.at.clone(),
                reason: "the mailbox was replaced by another".into(),
            });
        }
        result.map(|end| (end, tally)).map_err(|e| {
            if let Some(done) = tally.settled((range.high < u32::MAX).then_some(range.low)) {
                self.progress.settle(done);
            }
            let error = Error::wire(&self.access.at, &e);
            self.blame(link.broken(), &error, sink);
            error
        })
    }

    /// A message in whose middle the connection broke twice is left out: a server that breaks off there each time would
    /// never let the rest through.
    fn blame(&mut self, uid: Option<u32>, error: &Error, sink: &mut dyn Sink) {
        if uid.is_some() && uid == self.broken && !self.stop.is_asked() {
            let said = SafeText::new(&error.to_string());
            // The connection is lost anyway; whether the sink wants more is asked at the next event.
            let _ = self.leave_out(uid.unwrap_or_default(), &said, sink);
        }
        self.broken = uid;
    }

    fn leave_out(&mut self, uid: u32, said: &SafeText, sink: &mut dyn Sink) -> ControlFlow<()> {
        self.progress.settle(Range { low: uid, high: uid });
        let mailbox = &self.access.account.mailbox;
        sink.take(Event::Notice(SafeText::new(&format!("message with UID {uid} in {mailbox} is left out: {said}"))))
    }
}
