//! Finding the messages that a server cannot send, so that they do not keep the others back.
//!
//! A server may break off, fall silent or say NO at one message, each time. Where that message is
//! known it is set aside, and tried alone when the others have come; where it is not, what is asked
//! for is halved. But a server may also be out of order as a whole. So nothing is put down to a
//! message before the server has sent another one, which came before, once more: a message is left
//! out when it has failed alone twice while others came. It is asked for again the next time.

use std::collections::BTreeMap;

use crate::mail::SafeText;

use super::super::error::Error;
use super::progress::{Progress, UidRange};

/// How many answers may fail in a row where nothing has ever come: enough to find one message among
/// four thousand million.
const BLIND: u32 = 64;
/// How many may fail in a row without a new message, while the server works.
const PROVEN: u32 = 500;
/// How often the connection may break in a range before that counts: networks break too.
const BREAKS: u32 = 2;
/// How often a message must have failed alone.
const ALONE: u32 = 2;

/// A message that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GivenUp {
    /// Its UID.
    pub(crate) uid: u32,
    /// Why.
    pub(crate) said: SafeText,
}

/// Why a message has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failing {
    /// The server refused it, or the connection broke at it.
    Failed(Error),
    /// The server does answer, but without the text.
    NoText,
}

impl Failing {
    fn said(&self) -> SafeText {
        match self {
            Self::Failed(Error::Refused { said, .. }) => said.clone(),
            Self::Failed(error) => SafeText::new(&error.to_string()),
            Self::NoText => "the server sent it without its text".into(),
        }
    }
}

/// An answer that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failed {
    /// What was asked for.
    range: UidRange,
    /// How it failed.
    error: Error,
}

/// A message that is set aside.
#[derive(Clone, Debug)]
struct Suspected {
    /// How it failed last.
    reason: Failing,
    /// How often it failed alone while others came.
    failures: u32,
}

/// What has failed so far.
#[derive(Debug, Default)]
pub(crate) struct Bisection {
    /// UIDs at which ranges are divided.
    pub(crate) cuts: Vec<u32>,
    /// The range in which the connection broke last, and how often in a row.
    broken: Option<(UidRange, u32)>,
    /// What failed last, while it is not clear whether the server works.
    open: Option<Failed>,
    suspects: BTreeMap<u32, Suspected>,
    left_out: BTreeMap<u32, Failing>,
    failures: u32,
}

impl Bisection {
    /// True when an answer has failed and no new message has come since.
    pub(crate) fn any(&self) -> bool {
        self.failures > 0 || self.open.is_some() || self.has_suspects()
    }

    /// True when messages are set aside.
    pub(crate) fn has_suspects(&self) -> bool {
        !self.suspects.is_empty()
    }

    /// True when it is to be found out whether the server works.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// How many messages are left out.
    pub(crate) fn left_out(&self) -> u32 {
        u32::try_from(self.left_out.len()).unwrap_or(u32::MAX)
    }

    /// What was left out is to be tried again, alone; it has to fail once more.
    pub(crate) fn try_again(&mut self, progress: &mut Progress) {
        for (uid, reason) in std::mem::take(&mut self.left_out) {
            progress.settle(UidRange { low: uid, high: uid });
            self.suspects.insert(uid, Suspected { reason, failures: ALONE - 1 });
        }
    }

    /// The connection broke in the middle of this message, or it came without its text: the others
    /// go on.
    pub(crate) fn set_aside(&mut self, uid: u32, reason: Failing, progress: &mut Progress) {
        progress.settle(UidRange { low: uid, high: uid });
        let failures = self.suspects.get(&uid).map_or(0, |suspected| suspected.failures);
        self.suspects.insert(uid, Suspected { reason, failures });
    }

    /// The connection broke before anything of this range had come.
    pub(crate) fn breaks_in(&mut self, range: UidRange, error: Error) {
        let times = match self.broken {
            Some((before, times)) if before == range => times + 1,
            _ => 1,
        };
        self.broken = Some((range, times));
        if times >= BREAKS || range.low == range.high {
            self.fails(range, error);
        }
    }

    /// The server refused this range, or broke off in it again.
    pub(crate) fn fails(&mut self, range: UidRange, error: Error) {
        self.broken = None;
        self.open = Some(Failed { range, error });
    }

    /// The server does not work at all now: what failed was nothing particular.
    pub(crate) fn excuse(&mut self) {
        self.open = None;
    }

    /// The server works: what failed is put down to what was asked for. A message that has now
    /// failed often enough comes back.
    ///
    /// # Errors
    /// The last failure, when too much has failed for single messages to be the reason.
    pub(crate) fn blame(&mut self, progress: &mut Progress) -> Result<Option<GivenUp>, Error> {
        let Some(Failed { range, error }) = self.open.take() else { return Ok(None) };
        self.failures += 1;
        if self.failures > PROVEN {
            self.withdraw(progress);
            return Err(error);
        }
        if range.low < range.high {
            self.halve(range);
            return Ok(None);
        }
        self.set_aside(range.low, Failing::Failed(error), progress);
        Ok(self.fails_alone(range.low))
    }

    /// Nothing has ever come of this mailbox, so no message can be to blame yet; but one may keep
    /// the others back.
    ///
    /// # Errors
    /// The last failure, when everything fails.
    pub(crate) fn grope(&mut self, progress: &mut Progress) -> Result<(), Error> {
        let Some(Failed { range, error }) = self.open.take() else { return Ok(()) };
        self.failures += 1;
        if self.failures > BLIND {
            self.withdraw(progress);
            return Err(error);
        }
        if range.low < range.high {
            self.halve(range);
        } else {
            self.set_aside(range.low, Failing::Failed(error), progress);
        }
        Ok(())
    }

    fn halve(&mut self, range: UidRange) {
        self.cuts.push(range.high - (range.high - range.low) / 2);
    }

    /// A message that is set aside failed alone while others came; it comes back when that is often
    /// enough.
    pub(crate) fn fails_alone(&mut self, uid: u32) -> Option<GivenUp> {
        let suspected = self.suspects.get_mut(&uid)?;
        suspected.failures += 1;
        if suspected.failures < ALONE {
            return None;
        }
        let Suspected { reason, .. } = self.suspects.remove(&uid)?;
        let said = reason.said();
        self.left_out.insert(uid, reason);
        Some(GivenUp { uid, said })
    }

    /// A message that was set aside has come, or is no longer there.
    pub(crate) fn acquit(&mut self, uid: u32) {
        self.suspects.remove(&uid);
    }

    /// A new message has come.
    pub(crate) fn works(&mut self) {
        self.failures = 0;
        self.broken = None;
    }

    /// The next message to be tried alone; `works` says whether the server has ever sent one.
    pub(crate) fn alone(&self, works: bool) -> Option<u32> {
        for (&uid, suspected) in self.suspects.iter().rev() {
            if works || suspected.reason == Failing::NoText {
                return Some(uid);
            }
        }
        None
    }

    /// Nothing is left to ask for.
    ///
    /// # Errors
    /// How it failed, when messages are left of which none could be tried: they are asked for again
    /// the next time.
    pub(crate) fn end(&mut self, progress: &mut Progress) -> Result<(), Error> {
        self.cuts.clear();
        for suspected in self.suspects.values() {
            if let Failing::Failed(error) = suspected.reason.clone() {
                self.withdraw(progress);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Starts over: it was not a matter of single messages.
    fn withdraw(&mut self, progress: &mut Progress) {
        let left_out = std::mem::take(&mut self.left_out);
        for uid in std::mem::take(self).suspects.into_keys() {
            progress.reopen(UidRange { low: uid, high: uid });
        }
        self.left_out = left_out;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::error::Endpoint;
    use super::*;

    fn range(low: u32, high: u32) -> UidRange {
        UidRange { low, high }
    }

    /// A mailbox that is worked off.
    struct Work {
        progress: Progress,
        doubts: Bisection,
        given_up: Vec<u32>,
        asked: u32,
    }

    impl Work {
        fn new(next: u32) -> Self {
            let mut progress = Progress::new(1);
            progress.extend(next);
            Self { progress, doubts: Bisection::default(), given_up: Vec::new(), asked: 0 }
        }

        /// Works it off; `fails` is told how often something was asked for, and what.
        fn run(
            &mut self,
            fails: impl Fn(u32, UidRange) -> bool,
            breaks: bool,
        ) -> Result<(), Error> {
            let at = Endpoint { account: "lab".into(), server: "mx:993".into() };
            let error = Error::Refused { at, command: "FETCH", said: "no".into() };
            loop {
                if self.doubts.is_open() {
                    if self.progress.count() == 0 {
                        self.doubts.grope(&mut self.progress)?;
                        continue;
                    }
                    self.asked += 1;
                    let known = self.progress.newest().expect("one that has come");
                    if fails(self.asked, range(known, known)) {
                        self.doubts.excuse();
                    } else if let Some(given_up) = self.doubts.blame(&mut self.progress)? {
                        self.given_up.push(given_up.uid);
                    }
                    continue;
                }
                let next = match self.progress.next(&self.doubts.cuts) {
                    Some(next) => next,
                    None => match self.doubts.alone(self.progress.count() > 0) {
                        Some(uid) => range(uid, uid),
                        None => return self.doubts.end(&mut self.progress),
                    },
                };
                self.asked += 1;
                assert!(self.asked <= 2_000, "without an end");
                if !fails(self.asked, next) {
                    (next.low..=next.high).for_each(|uid| self.progress.mark(uid));
                    (next.low..=next.high).for_each(|uid| self.doubts.acquit(uid));
                    self.progress.settle(next);
                    self.doubts.works();
                } else if breaks {
                    self.doubts.breaks_in(next, error.clone());
                } else {
                    self.doubts.fails(next, error.clone());
                }
            }
        }
    }

    #[test]
    fn single_messages_are_found() {
        for bad in [1, 37, 512, 1000] {
            for breaks in [false, true] {
                let mut work = Work::new(1001);
                assert_eq!(work.run(|_, r| r.holds(bad), breaks), Ok(()));
                assert_eq!((work.given_up, work.progress.count()), (vec![bad], 999), "{bad}");
                assert!(work.asked < 100, "{}", work.asked);
            }
        }
    }

    #[test]
    fn an_outage_is_blamed_on_no_message() {
        for breaks in [false, true] {
            for (from, to) in [(0, 20), (1, 30), (2, 40), (5, 300), (17, 18)] {
                let mut work = Work::new(1001);
                // One real fault, so that there is something to find while the server is away.
                let outage = |asked| asked > from && asked <= to;
                assert_eq!(work.run(|asked, r| outage(asked) || r.holds(500), breaks), Ok(()));
                assert_eq!((work.given_up, work.progress.count()), (vec![500], 999), "{from}");
            }
        }
    }

    #[test]
    fn what_is_left_out_is_tried_again() {
        let mut work = Work::new(11);
        assert_eq!(work.run(|_, r| r.holds(4), false), Ok(()));
        assert_eq!((work.doubts.left_out(), work.progress.count()), (1, 9));
        work.doubts.try_again(&mut work.progress);
        assert_eq!(work.run(|_, r| r.holds(4), false), Ok(()));
        assert_eq!((work.given_up.as_slice(), work.doubts.left_out()), (&[4, 4][..], 1));
        work.doubts.try_again(&mut work.progress);
        assert_eq!(work.run(|_, _| false, false), Ok(()));
        assert_eq!((work.doubts.left_out(), work.progress.count()), (0, 10));
    }

    #[test]
    fn a_server_that_can_send_nothing_is_not_blamed_on_its_messages() {
        for breaks in [false, true] {
            let mut work = Work::new(1001);
            assert!(work.run(|_, _| true, breaks).is_err());
            assert_eq!((work.given_up, work.progress.next(&[])), (vec![], Some(range(1, 1000))));
            assert!(work.asked < 200, "{}", work.asked);
            let mut work = Work::new(2);
            assert!(work.run(|_, _| true, breaks).is_err());
            assert_eq!((work.given_up, work.progress.next(&[])), (vec![], Some(range(1, 1))));
        }
    }

    #[test]
    fn a_server_that_sends_one_message_and_no_other_is_given_up() {
        let mut work = Work::new(u32::MAX);
        work.progress.mark(u32::MAX - 1);
        work.progress.settle(range(u32::MAX - 1, u32::MAX - 1));
        assert!(work.run(|_, r| r.low < u32::MAX - 1, false).is_err());
        assert!(work.asked < 1_100, "{}", work.asked);
    }
}
