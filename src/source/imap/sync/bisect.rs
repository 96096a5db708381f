//! Finding the one message that a server cannot send, so that it does not keep the others back.
//!
//! A server may break off, fall silent or say NO at one message, each time. Where it names the
//! message, that message is given up the third time; where it does not, what is asked for is halved
//! until one message is left. A message is given up only when others have come: a server that can
//! send none is not blamed on its messages.

use crate::mail::SafeText;

use super::progress::{Progress, UidRange};

/// How many answers in a row may fail without a message in between: enough to find one among four
/// thousand million.
const FAILURES: u32 = 64;

/// How often the connection may break at the same place: networks break too.
const TIMES: u32 = 3;

/// A message that is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GivenUp {
    /// Its UID.
    pub(crate) uid: u32,
    /// Why.
    pub(crate) said: SafeText,
}

/// What a broken connection is put down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suspect {
    /// It broke in the middle of this message.
    Message(u32),
    /// It broke before anything of this range had come.
    Within(UidRange),
}

/// What has failed so far.
#[derive(Debug, Default)]
pub(crate) struct Bisection {
    /// UIDs at which ranges are divided.
    pub(crate) cuts: Vec<u32>,
    /// Where the connection broke last, and how often in a row.
    broken: Option<(Suspect, u32)>,
    /// Messages that failed alone, while it is not clear whether others work.
    held: Vec<GivenUp>,
    failures: u32,
}

impl Bisection {
    /// True when an answer has failed and nothing has come since.
    pub(crate) fn any(&self) -> bool {
        self.failures > 0
    }

    /// True when the connection broke at a message that is known.
    pub(crate) fn names_one(&self) -> bool {
        matches!(self.broken, Some((Suspect::Message(_), _)))
    }

    /// How often in a row the connection has now broken there.
    fn count(&mut self, suspect: Suspect) -> u32 {
        let times = match self.broken {
            Some((before, times)) if before == suspect => times + 1,
            _ => 1,
        };
        self.broken = Some((suspect, times));
        times
    }

    /// The connection broke in the middle of a message; true when that message is to be given up.
    pub(crate) fn breaks_at(&mut self, uid: u32) -> bool {
        self.count(Suspect::Message(uid)) >= TIMES
    }

    /// The connection broke before anything of this range had come. In the end that counts as a
    /// refusal.
    pub(crate) fn breaks_in(&mut self, range: UidRange, said: &SafeText, progress: &mut Progress) {
        self.failures += 1;
        if self.count(Suspect::Within(range)) >= TIMES {
            self.narrow(range, said, progress);
        }
        if self.failures > TIMES * FAILURES {
            self.withdraw(progress);
        }
    }

    /// The server refused this range; false when it has refused too often for one message to be the
    /// reason.
    pub(crate) fn refused(
        &mut self,
        range: UidRange,
        said: &SafeText,
        progress: &mut Progress,
    ) -> bool {
        self.failures += 1;
        if self.failures > FAILURES {
            self.withdraw(progress);
            return false;
        }
        self.narrow(range, said, progress);
        true
    }

    /// Halves a range that failed; a single message is held back.
    fn narrow(&mut self, range: UidRange, said: &SafeText, progress: &mut Progress) {
        if range.low < range.high {
            self.cuts.push(range.high - (range.high - range.low) / 2);
        } else {
            progress.settle(range);
            self.held.push(GivenUp { uid: range.low, said: said.clone() });
        }
    }

    /// Messages have come: what failed alone is given up now.
    pub(crate) fn works(&mut self) -> Vec<GivenUp> {
        self.failures = 0;
        self.broken = None;
        std::mem::take(&mut self.held)
    }

    /// Nothing is left to ask for. What was held back is given up if anything ever came; else it is
    /// asked for again next time, and what the server said comes back as the reason.
    pub(crate) fn end(&mut self, progress: &mut Progress) -> Result<Vec<GivenUp>, SafeText> {
        match self.held.first() {
            Some(GivenUp { said, .. }) if progress.count() == 0 => {
                let said = said.clone();
                self.withdraw(progress);
                Err(said)
            }
            _ => {
                self.cuts.clear();
                Ok(self.works())
            }
        }
    }

    /// Starts over: it was not a matter of single messages.
    fn withdraw(&mut self, progress: &mut Progress) {
        for GivenUp { uid, .. } in std::mem::take(self).held {
            progress.reopen(UidRange { low: uid, high: uid });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: u32, high: u32) -> UidRange {
        UidRange { low, high }
    }

    /// Works off a mailbox of which some messages fail, and returns what was given up.
    fn work_off(
        next: u32,
        fails: impl Fn(UidRange) -> bool,
        breaks: bool,
    ) -> (Vec<u32>, Progress, u32) {
        let (mut progress, mut doubts, mut asked) = (Progress::new(1), Bisection::default(), 0);
        progress.extend(next);
        let (said, mut given_up) = (SafeText::new("no"), Vec::new());
        while let Some(r) = progress.next(&doubts.cuts) {
            asked += 1;
            if asked > 1000 {
                return (given_up, progress, asked);
            }
            if !fails(r) {
                (r.low..=r.high).for_each(|uid| progress.mark(uid));
                progress.settle(r);
                given_up.extend(doubts.works().into_iter().map(|given| given.uid));
            } else if breaks {
                doubts.breaks_in(r, &said, &mut progress);
            } else if !doubts.refused(r, &said, &mut progress) {
                return (given_up, progress, asked);
            }
        }
        given_up.extend(
            doubts.end(&mut progress).unwrap_or_default().into_iter().map(|given| given.uid),
        );
        (given_up, progress, asked)
    }

    #[test]
    fn single_messages_are_found() {
        for bad in [1, 37, 512, 1000] {
            for breaks in [false, true] {
                let (given_up, progress, asked) = work_off(1001, |r| r.holds(bad), breaks);
                assert_eq!((given_up, progress.count()), (vec![bad], 999), "{bad}");
                assert!(asked < if breaks { 100 } else { 60 }, "{asked}");
            }
        }
    }

    #[test]
    fn a_server_that_can_send_nothing_is_not_blamed_on_its_messages() {
        let (given_up, progress, _) = work_off(1001, |_| true, false);
        assert_eq!((given_up, progress.next(&[])), (vec![], Some(range(1, 1000))));
        let (given_up, progress, asked) = work_off(1001, |_| true, true);
        assert_eq!((given_up, asked), (vec![], 1001));
        assert!(progress.next(&[]).is_some());
        let (given_up, progress, _) = work_off(2, |_| true, false);
        assert_eq!((given_up, progress.next(&[])), (vec![], Some(range(1, 1))));
    }

    #[test]
    fn a_message_is_blamed_the_third_time_in_a_row() {
        let mut doubts = Bisection::default();
        let blamed = [7, 8, 7, 7, 7, 9].map(|uid| doubts.breaks_at(uid));
        assert_eq!(blamed, [false, false, false, false, true, false]);
        assert!(doubts.names_one());
        doubts.works();
        assert!(!doubts.names_one());
    }
}
