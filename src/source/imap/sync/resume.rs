//! Streaming a mailbox through broken connections: each goes on where the last one was.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded, never};

use crate::mail::SafeText;
use crate::source::{Canceller, Error as SourceError, Event, Sink, State, SyncMark};

use super::super::error::Error;
use super::super::net::cancel::Cancellation;
use super::super::session::access::Access;
use super::super::session::dialogue::Dialogue;
use super::backoff::{Backoff, Pause};
use super::known::{EarlierRun, Known};
use super::window::{Flow, Pass};

/// How often in a row a server may break the protocol, without a message in between.
const STRIKES: u32 = 3;

/// A mailbox that is streamed.
pub(crate) struct Download {
    pub(crate) access: Access,
    cancel: Cancellation,
    /// The connection, while it is of use.
    dialogue: Option<Dialogue>,
    /// Why the connection was given up while nobody asked for anything.
    lost: Option<Error>,
    known: Known,
    rest: Rest,
    /// What is to be told before anything else.
    announced: Vec<SafeText>,
}

/// What happens while nothing is streamed.
#[derive(Debug, Default)]
struct Rest {
    /// Until then the server is not listened to: it told of nothing last time.
    deaf_until: Option<Instant>,
    /// Since when the server tells of changes by itself.
    idle_since: Option<Instant>,
    /// True when the server has told of something that is to be streamed.
    is_called: bool,
}

impl Download {
    /// The mailbox of an account. Nothing is connected yet.
    pub(crate) fn new(access: Access) -> Self {
        let cancel = Cancellation::new();
        let (known, rest) = (Known::default(), Rest::default());
        Self { access, cancel, dialogue: None, lost: None, known, rest, announced: Vec::new() }
    }

    /// What is to be told before anything else.
    pub(crate) fn announce(&mut self, notices: Vec<SafeText>) {
        self.announced = notices;
    }

    /// Messages that are held from an earlier run.
    pub(crate) fn resume(&mut self, validity: u32, uids: Vec<u32>) {
        self.known.is_kept = true;
        self.known.held = Some(EarlierRun { validity, uids, mark: None });
    }

    /// All was held in this state.
    pub(crate) fn resume_from(&mut self, mark: SyncMark) {
        if let Some(held) = &mut self.known.held {
            held.mark = Some(mark).filter(|mark| mark.validity == held.validity);
        }
    }

    /// The state of which all has come.
    pub(crate) fn settled(&self) -> Option<SyncMark> {
        self.known.settled
    }

    /// A handle by which another thread can end [`Download::run`].
    pub(crate) fn canceller(&self) -> Canceller {
        self.cancel.canceller()
    }

    /// Streams until all is there, and tells the sink when it has to give up.
    ///
    /// # Errors
    /// What trying again would not mend, and [`SourceError::Cancelled`].
    pub(crate) fn run(&mut self, sink: &mut dyn Sink) -> Result<(), SourceError> {
        let (is_called, before) = (std::mem::take(&mut self.rest.is_called), self.known.changes);
        self.known.look_again();
        self.known.settled = None;
        let result = self.persist(sink);
        if is_called && self.known.changes == before {
            // It told of what was not so.
            self.rest.deaf_until = Some(Instant::now() + self.access.limits.rest);
        }
        if self.cancel.answer() {
            self.dialogue = None;
            return Err(SourceError::Cancelled);
        }
        match result {
            Ok(_) => Ok(()),
            Err(error) => {
                // It ends here whatever the sink says.
                let why = SafeText::new(&error.to_string());
                let _ = sink.take(Event::State(State::Stopped(why)));
                Err(error.into())
            }
        }
    }

    /// How long the connection may be left alone; none when there is none.
    pub(crate) fn rest(&self) -> Option<Duration> {
        self.dialogue.as_ref()?;
        let rest = self.access.limits.rest;
        match self.rest.deaf_until {
            Some(until) => Some(rest.min(until.saturating_duration_since(Instant::now()))),
            None => Some(rest),
        }
    }

    /// Asks the server to tell of changes by itself, where it can. Something comes through this when
    /// it does. Opening a message has a connection of its own and never waits for that.
    pub(crate) fn news(&mut self) -> Receiver<()> {
        if self.rest.deaf_until.is_some_and(|until| Instant::now() < until) {
            return never();
        }
        self.rest.deaf_until = None;
        let Some(dialogue) = &mut self.dialogue else { return never() };
        match dialogue.begin_idle(&self.access) {
            Ok(true) => {
                self.rest.idle_since = Some(Instant::now());
                dialogue.something_comes()
            }
            Ok(false) => never(),
            // The next look finds it gone, and says why.
            Err(error) => {
                self.dialogue = None;
                self.lost = Some(error);
                let (tell, told) = bounded(1);
                let _ = tell.send(());
                told
            }
        }
    }

    /// Asks a server that was left alone whether it is still there, and hears what it tells. None
    /// when it is gone or has something new: then [`Download::run`] says why and connects anew, or
    /// brings it.
    pub(crate) fn look(&mut self) -> Option<State> {
        let dialogue = self.dialogue.as_mut()?;
        let idle_since = self.rest.idle_since.take();
        let looked = if dialogue.is_idle() {
            dialogue.end_idle(&self.access)
        } else {
            dialogue.pulse(&self.access)
        };
        if let Err(error) = looked {
            self.dialogue = None;
            self.lost = Some(error);
            return None;
        }
        let limits = &self.access.limits;
        if dialogue.has_news() {
            self.rest.is_called = true;
            return None;
        }
        if idle_since.is_some_and(|since| since.elapsed() < limits.rest) {
            // It spoke, of flags perhaps: whoever goes on like that is not always listened to.
            self.rest.deaf_until = Some(Instant::now() + limits.second);
        }
        Some(State::Idle(dialogue.encryption.into()))
    }

    /// Waits and reconnects until all is there.
    fn persist(&mut self, sink: &mut dyn Sink) -> Flow {
        for notice in std::mem::take(&mut self.announced) {
            if sink.take(Event::Notice(notice)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let mut backoff = Backoff::new(self.access.limits);
        if let Some(error) = self.lost.take()
            && self.pause(backoff.pause(), &error, sink).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let mut strikes = 0;
        loop {
            let kept = self.dialogue.is_some();
            let before = self.known.works;
            let error = match self.attempt(sink) {
                Ok(flow) => return Ok(flow),
                Err(error) => error,
            };
            if self.cancel.is_asked() {
                return Ok(ControlFlow::Break(()));
            }
            if self.known.works > before {
                strikes = 0;
                backoff.reset();
            } else {
                strikes += 1;
            }
            if !error.passes() || self.breaks_protocol(&error, strikes) {
                return Err(error);
            }
            // A connection kept from an earlier call may have gone stale in the meantime: no reason
            // to wait.
            if !kept && self.pause(backoff.pause(), &error, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    /// True when the server breaks the protocol again and again. Single messages that it garbles
    /// are set aside; otherwise it is not worth going on after three times in a row.
    fn breaks_protocol(&self, error: &Error, strikes: u32) -> bool {
        let limit = if self.known.bisection.has_suspects() { 3 * STRIKES } else { STRIKES };
        matches!(error, Error::Protocol { .. }) && strikes >= limit
    }

    /// Waits before the next attempt, reporting once a second.
    fn pause(&mut self, pause: Pause, error: &Error, sink: &mut dyn Sink) -> ControlFlow<()> {
        let why = SafeText::new(&error.to_string());
        let mut wait = self.access.limits.second + pause.jitter;
        for seconds in (1..=pause.seconds).rev() {
            sink.take(Event::State(State::Waiting { seconds: seconds.into(), why: why.clone() }))?;
            if self.cancel.wait(wait) {
                return ControlFlow::Break(());
            }
            wait = self.access.limits.second;
        }
        ControlFlow::Continue(())
    }

    /// One attempt: connects if need be, opens the mailbox and fetches what is missing.
    fn attempt(&mut self, sink: &mut dyn Sink) -> Flow {
        let mut dialogue = if let Some(kept) = self.dialogue.take() {
            kept
        } else {
            if sink.take(Event::State(State::Connecting)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            Dialogue::open(&self.access, &self.cancel)?
        };
        dialogue.end_idle(&self.access)?;
        let pass = Pass {
            access: &self.access,
            cancel: &self.cancel,
            dialogue: &mut dialogue,
            known: &mut self.known,
            sink,
            held: 0,
            left: 0,
        };
        let flow = pass.run()?;
        // After a break the rest of an answer may still be on its way: such a connection is of no
        // more use.
        if flow.is_continue() {
            self.dialogue = Some(dialogue);
        }
        Ok(flow)
    }
}
