//! One pass over a mailbox on one connection: what is new is asked for in windows of UIDs from the
//! newest down, and handed over as it comes.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;

use crate::human::count;
use crate::mail::SafeText;
use crate::source::{Event, Sink, State};

use super::super::error::Error;
use super::super::net::cancel::Cancellation;
use super::super::session::access::Access;
use super::super::session::dialogue::{Dialogue, Examined};
use super::super::session::end::End;
use super::super::session::fetch::FetchAnswer;
use super::arrivals::{Arrivals, FetchWindow};
use super::bisect::GivenUp;
use super::known::Known;
use super::progress::{UidRange, first_window, later_windows};
use super::receive::{Outcome, Receiver, WindowEnd};

/// How many UIDs may come when a few are asked for.
pub(super) const UIDS: usize = 1_000;
/// Bytes of a message that are asked for to see whether the server works.
const PROBE: u32 = 64;

/// Whether to go on.
pub(super) type Flow = Result<ControlFlow<()>, Error>;

pub(super) const STOP: Flow = Ok(ControlFlow::Break(()));
pub(super) const GO_ON: Flow = Ok(ControlFlow::Continue(()));

/// One pass, on a connection that is logged in.
pub(super) struct Pass<'a> {
    pub(super) access: &'a Access,
    pub(super) cancel: &'a Cancellation,
    pub(super) dialogue: &'a mut Dialogue,
    pub(super) known: &'a mut Known,
    pub(super) sink: &'a mut dyn Sink,
    /// Messages in the mailbox, as it was opened.
    pub(super) held: u32,
    /// New messages that may still come before there are more than that.
    pub(super) left: u32,
}

impl Pass<'_> {
    /// Opens the mailbox and fetches what is missing.
    pub(super) fn run(mut self) -> Flow {
        let (examined, changed) = self.open()?;
        self.held = examined.messages;
        self.left = examined.messages;
        if self.tell_alerts().is_break() || self.recognise(examined.validity).is_break() {
            return STOP;
        }
        let next = self.next_uid(examined)?;
        self.known.progress.extend(next);
        if self.take_over(examined.validity, changed)?.is_break() {
            return STOP;
        }
        if self.held > 0 && self.fetch_all()?.is_break() {
            return STOP;
        }
        if self.let_go(examined.validity)?.is_break() || self.sum_up().is_break() {
            return STOP;
        }
        self.settle(examined.validity);
        Ok(self.sink.take(Event::State(State::Idle(self.dialogue.encryption.into()))))
    }

    /// Hands over a text for people, once.
    fn tell(&mut self, text: &str) -> ControlFlow<()> {
        let text = SafeText::new(text);
        if self.known.is_news(&text) {
            return self.sink.take(Event::Notice(text));
        }
        ControlFlow::Continue(())
    }

    /// Hands over the server's alerts, each once.
    fn tell_alerts(&mut self) -> ControlFlow<()> {
        while let Some(alert) = self.dialogue.next_alert() {
            self.tell(&format!("{} says: {alert}", self.access.at.server))?;
        }
        ControlFlow::Continue(())
    }

    /// Tells of messages that did not come and were not told one by one.
    fn sum_up(&mut self) -> ControlFlow<()> {
        let mailbox = &self.access.account.mailbox;
        let place = format!("{mailbox} on {}", self.access.at.server);
        let Known { progress, bisection, nameless, untold, .. } = &*self.known;
        let (nameless, untold) = (*nameless, *untold);
        let expected = self.held.saturating_sub(self.dialogue.removed());
        let accounted = progress.count().saturating_add(bisection.left_out());
        let missing = expected.saturating_sub(accounted.saturating_add(nameless));
        self.known.missing = missing;
        if nameless > 0 {
            let many = messages(nameless);
            self.tell(&format!("{many} of {place} came without a UID and are left out"))?;
        }
        if untold > 0 {
            let many = messages(untold);
            self.tell(&format!("{many} more of {place} are left out, for reasons like those"))?;
        }
        if missing > 0 {
            let held = count(self.held as usize);
            let many = messages(missing);
            let text =
                format!("{many} of the {held} in {place} did not come; r asks for them again");
            self.tell(&text)?;
        }
        ControlFlow::Continue(())
    }

    /// Starts anew when the mailbox is another one than before.
    fn recognise(&mut self, validity: u32) -> ControlFlow<()> {
        let before = self.known.progress.validity;
        if before == validity {
            return ControlFlow::Continue(());
        }
        self.known.begin_anew(validity);
        if before == 0 { ControlFlow::Continue(()) } else { self.sink.take(Event::Reset) }
    }

    /// UIDNEXT; where the server does not tell, or what cannot be, one more than the UID of the
    /// last message.
    fn next_uid(&mut self, examined: Examined) -> Result<u32, Error> {
        let told = examined.next.unwrap_or(0);
        if told > examined.messages {
            return Ok(told);
        }
        if examined.messages == 0 {
            return Ok(1);
        }
        let uids = self.uids(&format!("FETCH {}", examined.messages))?;
        let last = uids.into_iter().max().unwrap_or(0);
        Ok(last.saturating_add(1).max(told))
    }

    /// The UIDs of messages that a FETCH names, or UID FETCH; none when the server refuses.
    pub(super) fn uids(&mut self, messages: &str) -> Result<Vec<u32>, Error> {
        self.uids_among(messages, UIDS)
    }

    /// The same, of at most so many messages.
    pub(super) fn uids_among(&mut self, messages: &str, most: usize) -> Result<Vec<u32>, Error> {
        let at = &self.access.at;
        match self.try_uids(messages, most) {
            Ok(uids) if uids.len() <= most => Ok(uids),
            Ok(_) => {
                let what = "the server sent more than it was asked for".into();
                Err(Error::Protocol { at: at.clone(), what })
            }
            Err(e) => Err(Error::wire(at, &e)),
        }
    }

    /// The UIDs, read until there is one too many.
    fn try_uids(&mut self, messages: &str, most: usize) -> io::Result<Vec<u32>> {
        let mut uids = Vec::new();
        let mut fetching = self.dialogue.fetch(&format!("{messages} (UID)"), 0)?;
        while let FetchAnswer::Arrived(arrived) = fetching.read_next()? {
            uids.push(arrived.uid);
            fetching.accept();
            if uids.len() > most {
                break;
            }
        }
        Ok(uids)
    }

    /// Fetches what is still to come, from the newest window down; what was set aside comes last.
    pub(super) fn fetch_all(&mut self) -> Flow {
        let fresh = self.known.progress.is_fresh() && !self.known.bisection.any();
        if fresh && self.fetch_newest()?.is_break() {
            return STOP;
        }
        let cuts = self.cuts()?;
        loop {
            if self.known.bisection.is_open() && self.find_out()?.is_break() {
                return STOP;
            }
            let divided = [cuts.as_slice(), &self.known.bisection.cuts].concat();
            let flow = if let Some(range) = self.known.progress.next(&divided) {
                self.fetch_range(range)?
            } else if let Some(uid) = self.known.bisection.alone(self.known.progress.count() > 0) {
                self.fetch_alone(uid)?
            } else {
                break;
            };
            if flow.is_break() || self.tell_alerts().is_break() {
                return STOP;
            }
        }
        let Known { progress, bisection, .. } = &mut *self.known;
        bisection.end(progress)?;
        GO_ON
    }

    /// Messages that are to be had.
    pub(super) fn total(&self) -> u32 {
        self.held.min(self.access.limits.messages)
    }

    /// Where to divide what is still to come; nowhere when it is little.
    fn cuts(&mut self) -> Result<Vec<u32>, Error> {
        if !self.known.progress.needs_cuts() {
            return Ok(Vec::new());
        }
        let starts = later_windows(self.held);
        if starts.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> = starts.iter().map(u32::to_string).collect();
        self.uids(&format!("FETCH {}", names.join(",")))
    }

    /// The first window is named by sequence numbers: that spares asking for its UIDs first.
    fn fetch_newest(&mut self) -> Flow {
        let first = first_window(self.held);
        let all = self.known.progress.all();
        let from = if first == 1 { Some(1) } else { None };
        let window = FetchWindow { range: all, from, total: self.total() };
        let answer = self.fetch(&format!("FETCH {first}:{}", self.held), window)?;
        let ControlFlow::Continue(end) = answer else { return STOP };
        if let Some(mut done) = end.settled {
            if end.refused.is_none() {
                done.high = all.high;
            }
            self.known.progress.settle(done);
        }
        Ok(self.tell_alerts())
    }

    /// Fetches a range.
    fn fetch_range(&mut self, range: UidRange) -> Flow {
        let window = FetchWindow { range, from: Some(range.low), total: self.total() };
        let answer = self.fetch(&format!("UID FETCH {}:{}", range.low, range.high), window)?;
        let ControlFlow::Continue(end) = answer else { return STOP };
        let Known { progress, bisection, .. } = &mut *self.known;
        match (end.refused, end.settled) {
            (None, _) => progress.settle(range),
            (Some(_), Some(done)) => progress.settle(done),
            (Some(error), None) => bisection.fails(range, error),
        }
        GO_ON
    }

    /// Fetches a message that was set aside.
    fn fetch_alone(&mut self, uid: u32) -> Flow {
        let range = UidRange { low: uid, high: uid };
        let window = FetchWindow { range, from: None, total: self.total() };
        let answer = self.fetch(&format!("UID FETCH {uid}"), window)?;
        let ControlFlow::Continue(end) = answer else { return STOP };
        let Known { progress, bisection, .. } = &mut *self.known;
        if let (Some(error), false) = (end.refused, progress.has(uid)) {
            bisection.fails(range, error);
        }
        GO_ON
    }

    /// Finds out whether the server works, by a message that has come before; and then puts down
    /// what failed to what was asked for.
    ///
    /// # Errors
    /// When the server does not work, or everything else fails.
    fn find_out(&mut self) -> Flow {
        let Some(uid) = self.known.progress.newest() else {
            let Known { progress, bisection, .. } = &mut *self.known;
            bisection.grope(progress)?;
            return GO_ON;
        };
        if let Err(error) = self.probe(uid) {
            self.known.bisection.excuse();
            return Err(error);
        }
        self.known.works += 1;
        let Known { progress, bisection, .. } = &mut *self.known;
        match bisection.blame(progress)? {
            Some(given_up) => Ok(self.leave_out(given_up)),
            None => GO_ON,
        }
    }

    /// Asks for the beginning of a message that has come before.
    fn probe(&mut self, uid: u32) -> Result<(), Error> {
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{PROBE}>)");
        let at = self.access.at.clone();
        let end = self.dialogue.fetch(&command, PROBE).and_then(|mut fetching| {
            loop {
                if let FetchAnswer::End(end) = fetching.read_next()? {
                    return Ok(end);
                }
            }
        });
        match end {
            Ok(End::Done) => Ok(()),
            Ok(End::Refused(said) | End::Later(said) | End::Bad(said)) => {
                Err(Error::Busy { at, said })
            }
            Err(e) => Err(Error::wire(&at, &e)),
        }
    }

    /// Runs one FETCH and hands over its messages. What arrived stays, also when it breaks off.
    fn fetch(
        &mut self,
        command: &str,
        window: FetchWindow,
    ) -> Result<ControlFlow<(), WindowEnd>, Error> {
        let keep = self.access.limits.keep;
        let items = format!("(UID INTERNALDATE BODY.PEEK[]<0.{keep}>)");
        let mut receiver = Receiver {
            progress: &mut self.known.progress,
            sink: &mut *self.sink,
            window,
            arrivals: Arrivals::default(),
            repeated: HashSet::new(),
            left: &mut self.left,
            most: self.access.limits.messages,
        };
        if receiver.report().is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let (mut broken, mut nameless) = (None, 0);
        let result = match self.dialogue.fetch(&format!("{command} {items}"), keep) {
            Ok(mut fetching) => {
                let result = receiver.receive(&mut fetching);
                (broken, nameless) = (fetching.broken(), fetching.nameless());
                result
            }
            Err(e) => Err(e),
        };
        let arrivals = receiver.arrivals;
        self.known.nameless = self.known.nameless.saturating_add(nameless);
        self.conclude(Outcome { result, broken, arrivals }, window)
    }

    /// Tells of a message that is left out.
    pub(super) fn leave_out(&mut self, GivenUp { uid, said }: GivenUp) -> ControlFlow<()> {
        if !self.known.is_reason(uid, &said) {
            return ControlFlow::Continue(());
        }
        let mailbox = &self.access.account.mailbox;
        let text = format!("message with UID {uid} in {mailbox} is left out: {said}");
        self.sink.take(Event::Notice(SafeText::new(&text)))
    }
}

/// So many messages, in words.
fn messages(number: u32) -> String {
    let what = if number == 1 { "message" } else { "messages" };
    format!("{} {what}", count(number as usize))
}
