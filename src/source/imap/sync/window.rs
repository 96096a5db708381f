//! One pass over a mailbox on one connection: what is new is asked for in windows of UIDs from the
//! newest down, and handed over as it comes.

use std::io;
use std::ops::ControlFlow;

use crate::mail::SafeText;
use crate::source::{Event, Fetched, Place, Sink, State};

use super::super::error::Error;
use super::super::net::cancel::Cancellation;
use super::super::session::access::Access;
use super::super::session::dialogue::{Dialogue, Examined};
use super::super::session::fetch::{Arrived, End, FetchAnswer, Fetching};
use super::arrivals::{Arrivals, FetchWindow};
use super::bisect::{Bisection, GivenUp};
use super::progress::{Progress, UidRange, first_window, later_windows};

/// How many messages may come between two reports of how many have come.
const REPORT: u32 = 100;
/// How many UIDs may come when a few are asked for.
const UIDS: usize = 1_000;
/// How many alerts are remembered as told.
const ALERTS: usize = 100;

/// Whether to go on.
pub(super) type Flow = Result<ControlFlow<()>, Error>;

const STOP: Flow = Ok(ControlFlow::Break(()));
const GO_ON: Flow = Ok(ControlFlow::Continue(()));

/// What is known of a mailbox, whatever becomes of the connections to it.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) progress: Progress,
    pub(super) bisection: Bisection,
    /// Alerts that were handed over.
    told: Vec<SafeText>,
}

/// One pass, on a connection that is logged in.
pub(super) struct Pass<'a> {
    pub(super) access: &'a Access,
    pub(super) cancel: &'a Cancellation,
    pub(super) dialogue: &'a mut Dialogue,
    pub(super) known: &'a mut Known,
    pub(super) sink: &'a mut dyn Sink,
}

/// How the answer to one FETCH ended.
enum Answered {
    /// The server ended it.
    End(End),
    /// Whoever takes the messages wants no more; the rest of the answer was not read.
    Stopped,
    /// The server sent more messages than there are.
    Excess,
}

/// What came of a window that was answered to its end.
struct WindowEnd {
    /// What the server said when it could not send all.
    refused: Option<SafeText>,
    /// The range in which nothing is missing.
    settled: Option<UidRange>,
}

impl Pass<'_> {
    /// Opens the mailbox and fetches what is missing.
    pub(super) fn run(mut self) -> Flow {
        let examined = self.dialogue.examine(self.access)?;
        if self.tell_alerts().is_break() || self.recognise(examined.validity).is_break() {
            return STOP;
        }
        let next = self.next_uid(examined)?;
        self.known.progress.extend(next);
        if examined.messages == 0 {
            self.known.progress.settle(UidRange { low: 1, high: u32::MAX });
        }
        if self.fetch_all(examined.messages)?.is_break() {
            return STOP;
        }
        Ok(self.sink.take(Event::State(State::Idle(self.dialogue.encryption.into()))))
    }

    /// Hands over the server's alerts, each once.
    fn tell_alerts(&mut self) -> ControlFlow<()> {
        let told = &mut self.known.told;
        while let Some(alert) = self.dialogue.next_alert() {
            if told.len() < ALERTS && !told.contains(&alert) {
                let text = format!("{} says: {alert}", self.access.at.server);
                told.push(alert);
                self.sink.take(Event::Notice(SafeText::new(&text)))?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Starts anew when the mailbox is another one than before.
    fn recognise(&mut self, validity: u32) -> ControlFlow<()> {
        let before = self.known.progress.validity;
        if before == validity {
            return ControlFlow::Continue(());
        }
        self.known.progress = Progress::new(validity);
        self.known.bisection = Bisection::default();
        if before == 0 { ControlFlow::Continue(()) } else { self.sink.take(Event::Reset) }
    }

    /// UIDNEXT; where the server does not tell, one more than the UID of the last message.
    fn next_uid(&mut self, examined: Examined) -> Result<u32, Error> {
        if let Some(next) = examined.next {
            return Ok(next);
        }
        if examined.messages == 0 {
            return Ok(1);
        }
        let uids = self.uids(&examined.messages.to_string())?;
        let last = uids.into_iter().max().unwrap_or(0);
        Ok(last.saturating_add(1))
    }

    /// The UIDs of messages that are named by sequence number; none when the server refuses.
    fn uids(&mut self, messages: &str) -> Result<Vec<u32>, Error> {
        match self.try_uids(messages) {
            Ok(uids) if uids.len() <= UIDS => Ok(uids),
            Ok(_) => Err(self.violation("the server sent more than it was asked for")),
            Err(e) => Err(Error::wire(&self.access.at, &e)),
        }
    }

    /// The UIDs, read until there is one too many.
    fn try_uids(&mut self, messages: &str) -> io::Result<Vec<u32>> {
        let mut uids = Vec::new();
        let mut fetching = self.dialogue.fetch(&format!("FETCH {messages} (UID)"), 0)?;
        while let FetchAnswer::Arrived(arrived) = fetching.read_next()? {
            uids.push(arrived.uid);
            if uids.len() > UIDS {
                break;
            }
        }
        Ok(uids)
    }

    /// The server sent what it may not send.
    fn violation(&self, what: &str) -> Error {
        Error::Protocol { at: self.access.at.clone(), what: what.into() }
    }

    fn refused(&self, said: SafeText) -> Error {
        Error::Refused { at: self.access.at.clone(), command: "FETCH", said }
    }

    /// Fetches what is still to come, from the newest window down.
    fn fetch_all(&mut self, total: u32) -> Flow {
        let fresh = self.known.progress.is_fresh() && !self.known.bisection.any();
        if fresh && self.fetch_newest(total)?.is_break() {
            return STOP;
        }
        let cuts = self.cuts(total)?;
        loop {
            let divided = [cuts.as_slice(), &self.known.bisection.cuts].concat();
            let Some(range) = self.known.progress.next(&divided) else { break };
            if self.fetch_range(range, total)?.is_break() || self.tell_alerts().is_break() {
                return STOP;
            }
        }
        match self.known.bisection.end(&mut self.known.progress) {
            Ok(given_up) => Ok(self.leave_out(given_up)),
            Err(said) => Err(self.refused(said)),
        }
    }

    /// Where to divide what is still to come; nowhere when it is little.
    fn cuts(&mut self, total: u32) -> Result<Vec<u32>, Error> {
        if !self.known.progress.needs_cuts() {
            return Ok(Vec::new());
        }
        let starts = later_windows(total);
        if starts.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> = starts.iter().map(u32::to_string).collect();
        self.uids(&names.join(","))
    }

    /// The first window is named by sequence numbers: that spares asking for its UIDs first.
    fn fetch_newest(&mut self, total: u32) -> Flow {
        let first = first_window(total);
        let all = self.known.progress.all();
        let from = if first == 1 { Some(1) } else { None };
        let window = FetchWindow { range: all, from, total };
        let answer = self.fetch(&format!("FETCH {first}:{total}"), window)?;
        let ControlFlow::Continue(end) = answer else { return STOP };
        if let Some(mut done) = end.settled {
            if end.refused.is_none() {
                done.high = all.high;
            }
            self.known.progress.settle(done);
        }
        Ok(self.tell_alerts())
    }

    /// Fetches a range, and finds out more about it when the server refuses it.
    fn fetch_range(&mut self, range: UidRange, total: u32) -> Flow {
        let window = FetchWindow { range, from: Some(range.low), total };
        let answer = self.fetch(&format!("UID FETCH {}:{}", range.low, range.high), window)?;
        let ControlFlow::Continue(end) = answer else { return STOP };
        let Known { progress, bisection, .. } = &mut *self.known;
        match (end.refused, end.settled) {
            (None, _) => progress.settle(range),
            (Some(_), Some(done)) => progress.settle(done),
            (Some(said), None) => {
                if !bisection.refused(range, &said, progress) {
                    return Err(self.refused(said));
                }
            }
        }
        GO_ON
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
        };
        if receiver.report().is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let (result, broken) = match self.dialogue.fetch(&format!("{command} {items}"), keep) {
            Ok(mut fetching) => (receiver.receive(&mut fetching), fetching.broken()),
            Err(e) => (Err(e), None),
        };
        let arrivals = receiver.arrivals;
        self.conclude(result, broken, &arrivals, window)
    }

    /// What follows from the end of a FETCH; `broken` is the message in whose middle it broke off.
    fn conclude(
        &mut self,
        result: io::Result<Answered>,
        broken: Option<u32>,
        arrivals: &Arrivals,
        window: FetchWindow,
    ) -> Result<ControlFlow<(), WindowEnd>, Error> {
        if matches!(result, Ok(Answered::Excess)) {
            let what = "the server sent more messages than the mailbox holds";
            return Err(self.violation(what));
        }
        let settled = arrivals.settled(window);
        let replaced = self.is_replaced();
        if let Some(done) = settled
            && (replaced || !matches!(result, Ok(Answered::End(_))))
        {
            self.known.progress.settle(done);
        }
        if matches!(result, Ok(Answered::Stopped)) {
            return Ok(ControlFlow::Break(()));
        }
        let mut given_up = Vec::new();
        if arrivals.new > 0 {
            given_up = self.known.bisection.works();
        }
        given_up.extend(arrivals.bare_for_good(result.is_err(), &self.known.progress));
        let refused = match result {
            Err(e) => {
                let error = Error::wire(&self.access.at, &e);
                given_up.extend(self.blame(broken, &error, arrivals, window));
                Err(error)
            }
            Ok(_) if replaced => Err(Error::Lost {
                at: self.access.at.clone(),
                reason: "the mailbox was replaced by another".into(),
            }),
            Ok(Answered::End(end)) => self.refusal(end),
            Ok(_) => Ok(None),
        };
        let told = self.leave_out(given_up);
        let refused = refused?;
        Ok(match told {
            ControlFlow::Continue(()) => ControlFlow::Continue(WindowEnd { refused, settled }),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        })
    }

    /// What the server said when it could not send all.
    ///
    /// # Errors
    /// When it cannot send anything now, or did not understand.
    fn refusal(&self, end: End) -> Result<Option<SafeText>, Error> {
        match end {
            End::Done => Ok(None),
            End::Refused(said) => Ok(Some(said)),
            End::Later(said) => Err(Error::Busy { at: self.access.at.clone(), said }),
            End::Bad(said) => Err(self.refused(said)),
        }
    }

    /// True when the server has said another UIDVALIDITY in the meantime.
    fn is_replaced(&self) -> bool {
        let now = self.dialogue.validity();
        now.is_some() && now != Some(self.known.progress.validity)
    }

    /// Which message the connection broke at, if it is to be given up for it.
    fn blame(
        &mut self,
        broken: Option<u32>,
        error: &Error,
        arrivals: &Arrivals,
        window: FetchWindow,
    ) -> Option<GivenUp> {
        if self.cancel.is_asked() {
            return None;
        }
        let Known { progress, bisection, .. } = &mut *self.known;
        let said = SafeText::new(&error.to_string());
        if let Some(uid) = broken.or(arrivals.last_bare()) {
            return if bisection.breaks_at(uid) { Some(GivenUp { uid, said }) } else { None };
        }
        if arrivals.new == 0 {
            bisection.breaks_in(window.range, &said, progress);
        }
        None
    }

    /// Tells of messages that are given up.
    fn leave_out(&mut self, given_up: Vec<GivenUp>) -> ControlFlow<()> {
        let mailbox = &self.access.account.mailbox;
        for GivenUp { uid, said } in given_up {
            self.known.progress.settle(UidRange { low: uid, high: uid });
            let text = format!("message with UID {uid} in {mailbox} is left out: {said}");
            self.sink.take(Event::Notice(SafeText::new(&text)))?;
        }
        ControlFlow::Continue(())
    }
}

/// Takes the messages of one FETCH as they come.
struct Receiver<'a> {
    progress: &'a mut Progress,
    sink: &'a mut dyn Sink,
    window: FetchWindow,
    arrivals: Arrivals,
}

impl Receiver<'_> {
    /// Reads an answer to its end.
    fn receive(&mut self, fetching: &mut Fetching<'_>) -> io::Result<Answered> {
        loop {
            let arrived = match fetching.read_next()? {
                FetchAnswer::Arrived(arrived) => arrived,
                FetchAnswer::End(end) => return Ok(Answered::End(end)),
            };
            if !self.is_new(&arrived) {
                continue;
            }
            if self.arrivals.new == self.window.total {
                return Ok(Answered::Excess);
            }
            if self.hand_over(arrived).is_break() {
                return Ok(Answered::Stopped);
            }
        }
    }

    /// Takes note of a message; true when it was asked for and had not come before.
    fn is_new(&mut self, arrived: &Arrived<'_>) -> bool {
        if !self.window.range.holds(arrived.uid) {
            return false;
        }
        if arrived.bytes.is_none() {
            // What was asked for comes with a date; a flag update comes without.
            if arrived.date.is_some() {
                self.arrivals.note_bare(arrived.uid);
            }
            return false;
        }
        self.arrivals.note(arrived.uid);
        !self.progress.has(arrived.uid)
    }

    fn hand_over(&mut self, arrived: Arrived<'_>) -> ControlFlow<()> {
        let Arrived { uid, bytes: Some(bytes), whole, date: received } = arrived else {
            return ControlFlow::Continue(());
        };
        self.progress.mark(uid);
        self.arrivals.new += 1;
        let place = Place { validity: self.progress.validity, uid };
        self.sink.take(Event::Message(Fetched { place, bytes, whole, received }))?;
        if self.arrivals.new.is_multiple_of(REPORT) {
            return self.report();
        }
        ControlFlow::Continue(())
    }

    /// Tells how many messages have come so far.
    fn report(&mut self) -> ControlFlow<()> {
        let done = self.progress.count();
        let total = self.window.total.max(done);
        self.sink.take(Event::State(State::Fetching { done, total }))
    }
}
