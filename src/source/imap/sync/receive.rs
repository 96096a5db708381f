//! Taking the messages of one FETCH as they come.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;

use crate::source::{Event, Fetched, Place, Sink, State};

use super::super::error::Error;
use super::super::session::end::End;
use super::super::session::fetch::{Arrived, FetchAnswer, Fetching};
use super::arrivals::{Arrivals, FetchWindow};
use super::progress::{Progress, UidRange};

/// How many messages may come between two reports of how many have come.
const REPORT: u32 = 100;

/// How the answer to one FETCH ended.
pub(super) enum Answered {
    /// The server ended it.
    End(End),
    /// Whoever takes the messages wants no more; the rest of the answer was not read.
    Stopped,
    /// The server sent more messages than there are.
    Excess,
    /// As many messages have come as are read of one mailbox.
    Full,
}

/// What came of one FETCH, however it ended.
pub(super) struct Outcome {
    pub(super) result: io::Result<Answered>,
    /// The message in whose middle it broke off.
    pub(super) broken: Option<u32>,
    pub(super) arrivals: Arrivals,
}

/// What came of a window that was answered to its end.
pub(super) struct WindowEnd {
    /// What the server said when it could not send all.
    pub(super) refused: Option<Error>,
    /// The range in which nothing is missing.
    pub(super) settled: Option<UidRange>,
}

/// Takes the messages of one FETCH.
pub(super) struct Receiver<'a> {
    pub(super) progress: &'a mut Progress,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) window: FetchWindow,
    pub(super) arrivals: Arrivals,
    /// Messages that had come before and came again.
    pub(super) repeated: HashSet<u32>,
    /// New messages that may still come before there are more than the mailbox holds.
    pub(super) left: &'a mut u32,
    /// Messages that are read of one mailbox.
    pub(super) most: u32,
}

impl Receiver<'_> {
    /// Reads an answer to its end.
    pub(super) fn receive(&mut self, fetching: &mut Fetching<'_>) -> io::Result<Answered> {
        loop {
            let arrived = match fetching.read_next()? {
                FetchAnswer::Arrived(arrived) => arrived,
                FetchAnswer::End(end) => return Ok(Answered::End(end)),
            };
            if !self.is_new(&arrived) {
                // What came before may come again, but that is no way to go on for ever.
                let uid = arrived.uid;
                if self.progress.has(uid) && self.repeated.insert(uid) {
                    fetching.accept();
                }
                continue;
            }
            if self.progress.count() >= self.most {
                return Ok(Answered::Full);
            }
            if *self.left == 0 {
                return Ok(Answered::Excess);
            }
            *self.left -= 1;
            if self.hand_over(arrived).is_break() {
                return Ok(Answered::Stopped);
            }
            fetching.accept();
        }
    }

    /// Takes note of a message; true when it was asked for and had not come before.
    fn is_new(&mut self, arrived: &Arrived<'_>) -> bool {
        if !self.window.range.holds(arrived.uid) {
            return false;
        }
        let is_known = self.progress.has(arrived.uid);
        if arrived.bytes.is_none() {
            if arrived.bare && !is_known {
                self.arrivals.note_bare(arrived.uid);
            }
            return false;
        }
        self.arrivals.note(arrived.uid);
        !is_known
    }

    fn hand_over(&mut self, arrived: Arrived<'_>) -> ControlFlow<()> {
        let Arrived { uid, bytes, whole, date: received, .. } = arrived;
        let bytes: Cow<'_, [u8]> = bytes.unwrap_or_default();
        self.progress.mark(uid);
        self.arrivals.new += 1;
        let place = Place { validity: self.progress.validity, uid };
        let message = Fetched { place, bytes: &bytes, whole, received };
        self.sink.take(Event::Message(message))?;
        if self.arrivals.new.is_multiple_of(REPORT) {
            return self.report();
        }
        ControlFlow::Continue(())
    }

    /// Tells how many messages have come so far.
    pub(super) fn report(&mut self) -> ControlFlow<()> {
        let done = self.progress.count();
        let total = self.window.total.max(done);
        self.sink.take(Event::State(State::Fetching { done, total }))
    }
}
