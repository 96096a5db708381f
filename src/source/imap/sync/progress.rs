//! What of a mailbox has come and what is still to be asked for, by UID. Pure bookkeeping.

use std::collections::BTreeMap;

/// How many messages the first window holds: few, so that the first rows come at once.
const FIRST: u32 = 200;
/// How many the second holds.
const SECOND: u32 = 2_000;
/// How many those after it hold: many, because each command costs some servers a scan of the
/// folder.
const LARGE: u32 = 20_000;
/// How many windows there are at most.
const WINDOWS: u32 = 64;

/// UIDs from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UidRange {
    /// The lowest.
    pub(crate) low: u32,
    /// The highest.
    pub(crate) high: u32,
}

impl UidRange {
    /// True when the UID lies in it.
    pub(crate) fn holds(self, uid: u32) -> bool {
        (self.low..=self.high).contains(&uid)
    }

    fn width(self) -> u32 {
        self.high - self.low
    }
}

/// The state of one mailbox of one UIDVALIDITY.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// UIDVALIDITY; 0 before the mailbox was opened.
    pub(crate) validity: u32,
    /// The first UID that nobody has asked about: UIDNEXT as last known.
    horizon: u32,
    /// What is still to be asked for, ascending, without overlaps.
    todo: Vec<UidRange>,
    /// One bit a UID, 64 a block.
    seen: BTreeMap<u32, u64>,
    count: u32,
}

impl Progress {
    /// Of a mailbox of which nothing is known.
    pub(crate) fn new(validity: u32) -> Self {
        Self { validity, horizon: 1, ..Self::default() }
    }

    /// Messages that have come.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// True when nothing has come and nothing was settled.
    pub(crate) fn is_fresh(&self) -> bool {
        self.count == 0 && self.todo.iter().eq(&[self.all()])
    }

    /// Takes note of UIDNEXT: what lies between the last one and this one is still to come.
    pub(crate) fn extend(&mut self, next: u32) {
        if next > self.horizon {
            self.todo.push(UidRange { low: self.horizon, high: next - 1 });
            self.horizon = next;
        }
    }

    /// Takes over what an earlier run has brought: of the messages that are there, those that are
    /// not known are still to be asked for. Both ascending. Returns what is known and no longer
    /// there.
    pub(crate) fn take_over(&mut self, known: &[u32], present: &[u32]) -> Vec<u32> {
        self.todo.clear();
        let mut follows_missing = false;
        for &uid in present {
            let is_missing = known.binary_search(&uid).is_err();
            match self.todo.last_mut() {
                _ if !is_missing => self.mark(uid),
                Some(range) if follows_missing => range.high = uid,
                _ => self.todo.push(UidRange { low: uid, high: uid }),
            }
            follows_missing = is_missing;
        }
        known.iter().copied().filter(|uid| present.binary_search(uid).is_err()).collect()
    }

    /// Takes over what an earlier run has brought, which was all below `next`: what is not known and
    /// lies above is still to be asked for. `known` ascending.
    pub(crate) fn take_over_all(&mut self, known: &[u32], next: u32) {
        self.todo.clear();
        if next < self.horizon {
            self.todo.push(UidRange { low: next.max(1), high: self.horizon - 1 });
        }
        for &uid in known {
            self.mark(uid);
            if uid >= next {
                self.settle(UidRange { low: uid, high: uid });
            }
        }
    }

    /// UIDNEXT as last known.
    pub(crate) fn horizon(&self) -> u32 {
        self.horizon
    }

    /// All UIDs that can be there.
    pub(crate) fn all(&self) -> UidRange {
        UidRange { low: 1, high: self.horizon.saturating_sub(1) }
    }

    /// True when this message has come.
    pub(crate) fn has(&self, uid: u32) -> bool {
        match self.seen.get(&(uid / 64)) {
            Some(block) => block & 1 << (uid % 64) != 0,
            None => false,
        }
    }

    /// Marks a message as come.
    pub(crate) fn mark(&mut self, uid: u32) {
        self.count += u32::from(!self.has(uid));
        *self.seen.entry(uid / 64).or_default() |= 1 << (uid % 64);
    }

    /// All messages that have come, ascending.
    pub(crate) fn come(&self) -> Vec<u32> {
        let mut uids = Vec::with_capacity(self.count as usize);
        for (&block, &bits) in &self.seen {
            for bit in 0..64 {
                if bits & 1 << bit != 0 {
                    uids.push(block * 64 + bit);
                }
            }
        }
        uids
    }

    /// Messages that have come and are no longer there.
    pub(crate) fn forget(&mut self, gone: &[u32]) {
        for &uid in gone {
            self.count -= u32::from(self.has(uid));
            if let Some(block) = self.seen.get_mut(&(uid / 64)) {
                *block &= !(1 << (uid % 64));
                if *block == 0 {
                    self.seen.remove(&(uid / 64));
                }
            }
        }
    }

    /// Nothing of this range needs to be asked for any more.
    pub(crate) fn settle(&mut self, done: UidRange) {
        let mut rest = Vec::with_capacity(self.todo.len() + 1);
        for range in self.todo.drain(..) {
            if range.low < done.low {
                rest.push(UidRange { high: range.high.min(done.low - 1), ..range });
            }
            if range.high > done.high {
                rest.push(UidRange { low: range.low.max(done.high + 1), ..range });
            }
        }
        self.todo = rest;
    }

    /// This range, of which nothing has come, is asked for again after all.
    pub(crate) fn reopen(&mut self, range: UidRange) {
        self.todo.push(range);
        self.todo.sort_unstable_by_key(|r| r.low);
        self.todo.dedup_by(|upper, lower| {
            let adjoins = lower.high.checked_add(1) == Some(upper.low);
            lower.high = if adjoins { upper.high } else { lower.high };
            adjoins
        });
    }

    /// What has not come is asked for again, unless it lies in more than `most` pieces or something
    /// is still to be asked for.
    pub(crate) fn reopen_unseen(&mut self, most: usize) {
        let mut pieces = Vec::new();
        let mut low = 1;
        for (&block, &bits) in &self.seen {
            for bit in 0..64 {
                if bits & 1 << bit == 0 {
                    continue;
                }
                let uid = block * 64 + bit;
                if low < uid {
                    pieces.push(UidRange { low, high: uid - 1 });
                }
                low = uid.saturating_add(1);
            }
            if pieces.len() > most {
                return;
            }
        }
        if low < self.horizon {
            pieces.push(UidRange { low, high: self.horizon - 1 });
        }
        if self.todo.is_empty() && pieces.len() <= most {
            self.todo = pieces;
        }
    }

    /// The newest message that has come.
    pub(crate) fn newest(&self) -> Option<u32> {
        let (block, bits) = self.seen.last_key_value()?;
        Some(block * 64 + bits.checked_ilog2()?)
    }

    /// The newest range that is still to be asked for, cut off below at the highest of `cuts`
    /// inside it.
    pub(crate) fn next(&self, cuts: &[u32]) -> Option<UidRange> {
        let newest = *self.todo.last()?;
        let mut low = newest.low;
        for &cut in cuts {
            if newest.holds(cut) {
                low = low.max(cut);
            }
        }
        Some(UidRange { low, ..newest })
    }

    /// True when so much is left that it should be asked for in several windows.
    pub(crate) fn needs_cuts(&self) -> bool {
        let mut sum = 0u32;
        for range in &self.todo {
            sum = sum.saturating_add(range.width());
        }
        sum > SECOND
    }
}

/// The sequence number with which the first window of a mailbox of so many messages begins.
pub(crate) fn first_window(messages: u32) -> u32 {
    messages.saturating_sub(FIRST - 1).max(1)
}

/// The sequence numbers with which the windows after the first begin, descending: 2,000 messages,
/// then 20,000 each, more in mailboxes of millions.
pub(crate) fn later_windows(messages: u32) -> Vec<u32> {
    let large = LARGE.max(messages / WINDOWS);
    let mut starts = Vec::new();
    let mut start = first_window(messages);
    let mut step = SECOND;
    while start > step + 1 {
        start -= step;
        starts.push(start);
        step = large;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(low: u32, high: u32) -> UidRange {
        UidRange { low, high }
    }

    #[test]
    fn windows_grow_downwards() {
        assert_eq!(
            (first_window(0), first_window(1), first_window(200), first_window(10_000)),
            (1, 1, 1, 9_801)
        );
        assert_eq!(later_windows(200), Vec::<u32>::new());
        assert_eq!(later_windows(10_000), [7_801]);
        assert_eq!(later_windows(100_000), [97_801, 77_801, 57_801, 37_801, 17_801]);
        assert!(later_windows(u32::MAX).len() <= 66);
    }

    #[test]
    fn a_mailbox_is_worked_off_from_the_newest() {
        let mut p = Progress::new(7);
        assert!(!p.is_fresh());
        p.extend(1_001);
        assert!(p.is_fresh());
        assert_eq!(p.next(&[]), Some(range(1, 1_000)));
        assert_eq!(p.next(&[500, 900, 2_000]), Some(range(900, 1_000)));
        p.settle(range(900, 1_000));
        assert!(!p.is_fresh());
        assert_eq!(p.next(&[500, 900]), Some(range(500, 899)));
        // The connection broke after 600; then two more messages arrived.
        p.settle(range(500, 600));
        p.extend(1_003);
        p.extend(1_003);
        assert_eq!(p.next(&[]), Some(range(1_001, 1_002)));
        p.settle(range(1_001, 1_002));
        assert_eq!(p.next(&[]), Some(range(601, 899)));
        p.settle(range(601, 899));
        p.settle(range(1, u32::MAX));
        assert_eq!(p.next(&[]), None);
        p.extend(1_002);
        assert_eq!(p.next(&[]), None);
    }

    #[test]
    fn what_an_earlier_run_has_brought_is_not_asked_for() {
        let mut p = Progress::new(7);
        p.extend(101);
        let gone = p.take_over(&[10, 20, 30, 90], &[5, 7, 10, 20, 40, 50, 90, 100]);
        assert_eq!((gone, p.count()), (vec![30], 3));
        assert_eq!(p.todo, [range(5, 7), range(40, 50), range(100, 100)]);
        p.extend(103);
        assert_eq!(p.next(&[]), Some(range(101, 102)));
    }

    #[test]
    fn messages_count_once() {
        let mut p = Progress::new(7);
        for uid in [1, 64, 63, u32::MAX, 64] {
            p.mark(uid);
        }
        assert_eq!(p.count(), 4);
        assert!(p.has(64) && p.has(u32::MAX) && !p.has(65) && !p.has(0));
        assert_eq!((p.newest(), Progress::new(7).newest()), (Some(u32::MAX), None));
    }

    #[test]
    fn what_has_not_come_can_be_asked_for_again() {
        let mut p = Progress::new(7);
        p.extend(301);
        p.settle(range(1, 300));
        for uid in [1, 2, 64, 65, 299] {
            p.mark(uid);
        }
        p.reopen_unseen(2);
        assert_eq!(p.next(&[]), None, "too many pieces");
        p.reopen_unseen(4);
        let pieces = [range(3, 63), range(66, 298), range(300, 300)];
        assert_eq!(p.todo, pieces);
        p.reopen_unseen(4);
        assert_eq!(p.todo, pieces, "it is asked for already");
    }

    #[test]
    fn only_much_needs_cuts() {
        let mut p = Progress::new(7);
        p.extend(1_500);
        assert!(!p.needs_cuts());
        p.extend(u32::MAX);
        assert!(p.needs_cuts());
    }

    proptest! {
        #[test]
        fn what_is_settled_is_never_asked_for(next in 2u32..300, done in prop::collection::vec((1u32..300, 0u32..50), 0..20)) {
            let mut p = Progress::new(1);
            p.extend(next);
            let mut open: Vec<bool> = (0..400).map(|uid| uid >= 1 && uid < next).collect();
            for (low, width) in done {
                p.settle(range(low, low + width));
                open[low as usize..=(low + width) as usize].fill(false);
            }
            let mut asked = vec![false; 400];
            while let Some(r) = p.next(&[50, 100, 150]) {
                asked[r.low as usize..=r.high as usize].fill(true);
                p.settle(r);
            }
            prop_assert_eq!(asked, open);
        }
    }
}
