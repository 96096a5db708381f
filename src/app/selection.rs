//! Which delivery is in the views: it follows the cursor a moment after the last key, and never
//! waits for anything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::diagnosis::{Case, Ours};
use crate::listing::{DeliveryId, Detail, MessageId};
use crate::mail::SafeText;

use super::msg::Cmd;

/// How long after the last key the views follow the cursor.
const FOLLOW: Duration = Duration::from_millis(80);
/// How long a message may take before the views say that it is being read.
const PATIENCE: Duration = Duration::from_millis(300);

/// The delivery in the views.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The delivery that is shown.
    shown: Option<DeliveryId>,
    /// Its message, once it is there.
    detail: Option<Arc<Detail>>,
    /// Why its message cannot be had.
    failed: Option<SafeText>,
    /// When to follow the cursor.
    follow: Option<Instant>,
    /// The message that was asked for, and when to say that it takes its time.
    asked: Option<(MessageId, Option<Instant>)>,
}

impl Opened {
    /// The delivery that is shown.
    #[must_use]
    pub fn id(&self) -> Option<DeliveryId> {
        self.shown
    }

    /// The message of the delivery that is shown.
    #[must_use]
    pub fn detail(&self) -> Option<&Arc<Detail>> {
        self.detail.as_ref().filter(|detail| Some(detail.id) == self.shown.map(|id| id.message))
    }

    /// The delivery that is shown; None for messages that name no recipient.
    #[must_use]
    pub fn case(&self) -> Option<Case<'_>> {
        self.detail()?.case(self.shown?.recipient)
    }

    /// Why the message cannot be had.
    #[must_use]
    pub fn failed(&self) -> Option<&SafeText> {
        self.failed.as_ref()
    }

    /// The cursor has moved: the views follow in a moment.
    pub fn moved(&mut self, now: Instant) {
        self.follow = Some(now + FOLLOW);
    }

    /// The views follow at once.
    pub fn hurry(&mut self, now: Instant) {
        self.follow = Some(now);
    }

    /// Forgets the message, so that it is read again.
    pub fn forget(&mut self, now: Instant) {
        self.detail = None;
        self.asked = None;
        self.hurry(now);
    }

    /// There is a connection again: a message that could not be had is asked for once more.
    pub fn retry(&mut self, now: Instant) {
        if self.failed.is_some() {
            self.hurry(now);
        }
    }

    /// When something is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let late = self.asked.and_then(|(_, late)| late);
        [self.follow, late].into_iter().flatten().min()
    }

    /// Follows the cursor if it is time; true when the views changed. `whole`: the beginning of the
    /// message is not enough for the view that is open.
    pub fn follow(
        &mut self,
        cursor: Option<DeliveryId>,
        ours: &Arc<Ours>,
        whole: bool,
        now: Instant,
    ) -> (bool, Option<Cmd>) {
        let due = self.follow.is_some_and(|at| at <= now);
        if due {
            self.follow = None;
            if cursor.is_none() {
                return (self.clear(), None);
            }
        }
        let enough = |detail: &Arc<Detail>| detail.whole || !whole;
        let lacking = !self.detail().is_some_and(enough) && self.asked.is_none();
        if due && (cursor != self.shown || lacking) {
            let id = cursor.unwrap_or_default();
            if self.detail.as_ref().is_some_and(|detail| detail.id == id.message && enough(detail))
            {
                self.show(id);
                return (true, None);
            }
            self.asked = Some((id.message, Some(now + PATIENCE)));
            return (false, Some(Cmd::Open { id: id.message, ours: Arc::clone(ours), whole }));
        }
        let late = self.asked.is_some_and(|(_, late)| late.is_some_and(|at| at <= now));
        if late {
            // The views show what the list knows until the rest is there.
            self.asked = self.asked.map(|(id, _)| (id, None));
            if let Some(id) = cursor.filter(|_| self.follow.is_none()) {
                self.show(id);
                return (true, None);
            }
        }
        (false, None)
    }

    /// A message has come; true when the views changed.
    pub fn opened(&mut self, detail: Arc<Detail>, cursor: Option<DeliveryId>) -> bool {
        if self.asked.is_none_or(|(id, _)| id != detail.id) {
            return false;
        }
        self.asked = None;
        self.detail = Some(detail);
        let (Some(detail), Some(cursor)) = (&self.detail, cursor) else { return false };
        if cursor.message != detail.id || self.follow.is_some() {
            return false;
        }
        self.show(cursor);
        true
    }

    /// A message cannot be had; true when the views changed.
    pub fn unopened(
        &mut self,
        message: MessageId,
        why: SafeText,
        cursor: Option<DeliveryId>,
    ) -> bool {
        if self.asked.is_none_or(|(id, _)| id != message) {
            return false;
        }
        self.asked = None;
        let Some(cursor) = cursor.filter(|cursor| cursor.message == message) else { return false };
        self.show(cursor);
        self.failed = Some(why);
        true
    }

    fn show(&mut self, id: DeliveryId) {
        self.shown = Some(id);
        self.failed = None;
    }

    fn clear(&mut self) -> bool {
        let was = self.shown.is_some();
        *self = Self::default();
        was
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Rules;

    fn id(uid: u32) -> DeliveryId {
        DeliveryId { message: MessageId { uid, ..MessageId::default() }, recipient: 0 }
    }

    fn detail(uid: u32) -> Arc<Detail> {
        let detail = Detail::of(
            id(uid).message,
            b"Subject: x\n\n",
            uid != 3,
            Rules::standard(),
            Arc::default(),
        );
        Arc::new(detail.expect("a harmless message"))
    }

    #[test]
    fn it_follows_once_a_moment_after_the_last_key() {
        let (mut opened, ours, start) = (Opened::default(), Arc::default(), Instant::now());
        opened.moved(start);
        assert_eq!(opened.follow(Some(id(1)), &ours, false, start), (false, None));
        opened.moved(start + FOLLOW / 2);
        assert_eq!(opened.follow(Some(id(2)), &ours, false, start + FOLLOW), (false, None));
        let (dirty, cmd) = opened.follow(Some(id(2)), &ours, false, start + FOLLOW * 2);
        assert_eq!(
            (dirty, cmd),
            (false, Some(Cmd::Open { id: id(2).message, ours: Arc::default(), whole: false }))
        );
        assert!(!opened.opened(detail(1), Some(id(2))), "nobody asked for this one");
        assert!(opened.opened(detail(2), Some(id(2))));
        assert_eq!((opened.id(), opened.deadline()), (Some(id(2)), None));
    }

    #[test]
    fn a_slow_message_is_waited_for_with_what_is_known() {
        let (mut opened, ours, start) = (Opened::default(), Arc::default(), Instant::now());
        opened.hurry(start);
        assert!(opened.follow(Some(id(1)), &ours, false, start).1.is_some());
        assert_eq!(opened.deadline(), Some(start + PATIENCE));
        assert_eq!(opened.follow(Some(id(1)), &ours, false, start + PATIENCE), (true, None));
        assert!(opened.detail().is_none() && opened.id() == Some(id(1)));
        assert!(opened.unopened(id(1).message, "gone".into(), Some(id(1))));
        assert_eq!(opened.failed().map(SafeText::as_str), Some("gone"));
    }

    #[test]
    fn what_could_not_be_had_is_asked_for_when_there_is_a_connection_again() {
        let (mut opened, ours, start) = (Opened::default(), Arc::default(), Instant::now());
        opened.retry(start);
        assert_eq!(opened.deadline(), None, "nothing has failed");
        opened.hurry(start);
        opened.follow(Some(id(1)), &ours, false, start);
        opened.unopened(id(1).message, "no connection".into(), Some(id(1)));
        assert!(opened.follow(Some(id(1)), &ours, false, start).1.is_none(), "not by itself");
        opened.retry(start);
        assert!(opened.follow(Some(id(1)), &ours, false, start).1.is_some());
        assert!(opened.opened(detail(1), Some(id(1))));
        assert!(opened.failed().is_none());
    }

    #[test]
    fn what_comes_while_the_cursor_moves_is_kept_and_not_drawn() {
        let (mut opened, ours, start) = (Opened::default(), Arc::default(), Instant::now());
        opened.hurry(start);
        opened.follow(Some(id(1)), &ours, false, start);
        opened.moved(start);
        assert!(!opened.opened(detail(1), Some(id(2))));
        assert_eq!(opened.id(), None);
        assert!(opened.follow(None, &ours, false, start + FOLLOW).1.is_none());
    }

    #[test]
    fn the_source_wants_all_of_a_message() {
        let (mut opened, ours, now) = (Opened::default(), Arc::default(), Instant::now());
        opened.hurry(now);
        assert!(opened.follow(Some(id(3)), &ours, false, now).1.is_some());
        assert!(opened.opened(detail(3), Some(id(3))), "the beginning has come");
        opened.hurry(now);
        let (_, cmd) = opened.follow(Some(id(3)), &ours, true, now);
        assert_eq!(cmd, Some(Cmd::Open { id: id(3).message, ours, whole: true }));
    }
}
