//! What follows from the end of a FETCH: what is settled, what is set aside, what is an error.

use std::io;
use std::ops::ControlFlow;

use crate::mail::SafeText;

use super::super::error::Error;
use super::super::session::end::End;
use super::arrivals::{Arrivals, FetchWindow};
use super::bisect::Failing;
use super::known::Known;
use super::receive::{Answered, Outcome, WindowEnd};
use super::window::Pass;

impl Pass<'_> {
    /// What follows from the end of a FETCH.
    pub(super) fn conclude(
        &mut self,
        outcome: Outcome,
        window: FetchWindow,
    ) -> Result<ControlFlow<(), WindowEnd>, Error> {
        let Outcome { result, broken, arrivals } = outcome;
        let settled = arrivals.settled(window);
        if arrivals.new > 0 {
            self.known.works += 1;
            self.known.changes += 1;
            self.known.bisection.works();
        }
        if let (Some(done), Err(_) | Ok(Answered::Stopped)) = (settled, &result) {
            self.known.progress.settle(done);
        }
        let told = self.judge(&arrivals, &result, window);
        let end = match result {
            Ok(Answered::End(end)) => end,
            Ok(Answered::Stopped) => return Ok(ControlFlow::Break(())),
            Ok(Answered::Excess) => return Err(self.excess()),
            Ok(Answered::Full) => return Err(self.full()),
            Err(e) => {
                let error = Error::wire(&self.access.at, &e);
                self.suspect(broken, &error, &arrivals, window);
                return Err(error);
            }
        };
        let refused = self.refusal(end)?;
        Ok(match told {
            ControlFlow::Continue(()) => ControlFlow::Continue(WindowEnd { refused, settled }),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        })
    }

    /// What the answer says of single messages: those without text, and the one that was asked for
    /// alone.
    fn judge(
        &mut self,
        arrivals: &Arrivals,
        result: &io::Result<Answered>,
        window: FetchWindow,
    ) -> ControlFlow<()> {
        let Known { progress, bisection, .. } = &mut *self.known;
        let bare = arrivals.bare(result.is_err());
        for &uid in bare {
            bisection.set_aside(uid, Failing::NoText, progress);
        }
        let uid = window.range.low;
        if uid != window.range.high {
            return ControlFlow::Continue(());
        }
        if bare.contains(&uid) {
            return match bisection.fails_alone(uid) {
                Some(given_up) => self.leave_out(given_up),
                None => ControlFlow::Continue(()),
            };
        }
        // It has come, or it is no longer there.
        if progress.has(uid) || matches!(result, Ok(Answered::End(End::Done))) {
            bisection.acquit(uid);
        }
        ControlFlow::Continue(())
    }

    fn excess(&self) -> Error {
        let mailbox = SafeText::new(&self.access.account.mailbox);
        Error::Excess { at: self.access.at.clone(), mailbox, held: self.held }
    }

    fn full(&self) -> Error {
        let mailbox = SafeText::new(&self.access.account.mailbox);
        let read = self.access.limits.messages;
        Error::Full { at: self.access.at.clone(), mailbox, held: self.held, read }
    }

    /// What the server said when it could not send all.
    ///
    /// # Errors
    /// When it cannot send anything now, or did not understand.
    fn refusal(&self, end: End) -> Result<Option<Error>, Error> {
        let at = self.access.at.clone();
        match end {
            End::Done => Ok(None),
            End::Refused(said) => Ok(Some(Error::Refused { at, command: "FETCH", said })),
            End::Later(said) => Err(Error::Busy { at, said }),
            End::Bad(said) => Err(Error::Refused { at, command: "FETCH", said }),
        }
    }

    /// The connection broke: which message it broke at, or in which range.
    fn suspect(
        &mut self,
        broken: Option<u32>,
        error: &Error,
        arrivals: &Arrivals,
        window: FetchWindow,
    ) {
        if self.cancel.is_asked() {
            return;
        }
        let Known { progress, bisection, .. } = &mut *self.known;
        let is_alone = window.range.low == window.range.high;
        let named = broken.or(arrivals.last_bare());
        let named = named.filter(|&uid| window.range.holds(uid) && !progress.has(uid));
        match named {
            Some(uid) if !is_alone => {
                bisection.set_aside(uid, Failing::Failed(error.clone()), progress);
            }
            _ if arrivals.new == 0 => bisection.breaks_in(window.range, error.clone()),
            _ => {}
        }
    }
}
