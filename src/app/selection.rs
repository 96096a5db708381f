//! Which delivery is in the views: it follows the cursor a moment after the last key, and never
//! waits for anything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::diagnosis::Case;
use crate::listing::{DeliveryId, Detail, Extent, MessageId, Request};
use crate::mail::SafeText;

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

/// What following the cursor led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowStep {
    /// The views changed.
    pub changed: bool,
    /// What has to be asked for.
    pub request: Option<Request>,
}

impl FollowStep {
    fn drawn(changed: bool) -> Self {
        Self { changed, request: None }
    }
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

    /// The views turn to a delivery at once and follow: whoever opens one is shown no other, even
    /// if its message is not there yet.
    pub fn turn_to(&mut self, cursor: Option<DeliveryId>, now: Instant) {
        self.hurry(now);
        let Some(id) = cursor else { return };
        if self.shown == cursor {
            return;
        }
        if self.asked.is_some_and(|(message, _)| message != id.message) {
            self.asked = None;
        }
        self.show(id);
    }

    /// The messages of a mailbox were judged again: the one in the views is opened anew.
    pub fn judged_again(&mut self, mailbox: u16, now: Instant) {
        let asked = self.asked.map(|(id, _)| id);
        let shown = self.detail.as_ref().map(|detail| detail.id);
        if [asked, shown].into_iter().flatten().any(|id| id.mailbox == mailbox) {
            self.detail = None;
            self.asked = None;
            self.hurry(now);
        }
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

    /// Follows the cursor if it is time. `extent` is what the view that is open needs of the
    /// message.
    pub fn follow(
        &mut self,
        cursor: Option<DeliveryId>,
        extent: Extent,
        now: Instant,
    ) -> FollowStep {
        if self.follow.is_some_and(|at| at <= now) {
            self.follow = None;
            let Some(id) = cursor else { return FollowStep::drawn(self.clear()) };
            if cursor != self.shown || self.lacks(extent) {
                return self.go_to(id, extent, now);
            }
        }
        FollowStep::drawn(self.lose_patience(cursor, now))
    }

    /// True when the message of the delivery shown is not there, or not enough of it, and nobody
    /// was asked for it.
    fn lacks(&self, extent: Extent) -> bool {
        let there = self.detail().is_some_and(|detail| detail.extent >= extent);
        !there && self.asked.is_none()
    }

    /// Shows a delivery, at once if its message is there.
    fn go_to(&mut self, id: DeliveryId, extent: Extent, now: Instant) -> FollowStep {
        if let Some(detail) = &self.detail
            && detail.id == id.message
            && detail.extent >= extent
        {
            self.show(id);
            return FollowStep::drawn(true);
        }
        self.asked = Some((id.message, Some(now + PATIENCE)));
        FollowStep { changed: false, request: Some(Request::Open(id.message, extent)) }
    }

    /// When a message takes too long, the views show what the list knows until the rest is there;
    /// true when they changed.
    fn lose_patience(&mut self, cursor: Option<DeliveryId>, now: Instant) -> bool {
        let Some((message, Some(late))) = self.asked else { return false };
        if late > now {
            return false;
        }
        self.asked = Some((message, None));
        let Some(id) = cursor else { return false };
        if self.follow.is_some() {
            return false;
        }
        self.show(id);
        true
    }

    /// A message has come; true when the views changed.
    pub fn opened(&mut self, detail: Arc<Detail>, cursor: Option<DeliveryId>) -> bool {
        if self.asked.is_none_or(|(id, _)| id != detail.id) {
            return false;
        }
        self.asked = None;
        let message = detail.id;
        self.detail = Some(detail);
        let Some(cursor) = cursor else { return false };
        if cursor.message != message || self.follow.is_some() {
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
    use crate::engine::Judge;
    use crate::listing::Extent::{Beginning, Whole};

    fn id(uid: u32) -> DeliveryId {
        DeliveryId { message: MessageId { uid, ..MessageId::default() }, recipient: 0 }
    }

    fn detail(uid: u32) -> Arc<Detail> {
        let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::default() };
        let extent = if uid == 3 { Beginning } else { Whole };
        let detail = judge.detail(id(uid).message, b"Subject: x\n\n", extent);
        Arc::new(detail.expect("a harmless message"))
    }

    #[test]
    fn it_follows_once_a_moment_after_the_last_key() {
        let (mut opened, start) = (Opened::default(), Instant::now());
        opened.moved(start);
        assert_eq!(opened.follow(Some(id(1)), Beginning, start), FollowStep::default());
        opened.moved(start + FOLLOW / 2);
        assert_eq!(opened.follow(Some(id(2)), Beginning, start + FOLLOW), FollowStep::default());
        let request = Some(Request::Open(id(2).message, Beginning));
        assert_eq!(
            opened.follow(Some(id(2)), Beginning, start + FOLLOW * 2),
            FollowStep { changed: false, request }
        );
        assert!(!opened.opened(detail(1), Some(id(2))), "nobody asked for this one");
        assert!(opened.opened(detail(2), Some(id(2))));
        assert_eq!((opened.id(), opened.deadline()), (Some(id(2)), None));
    }

    #[test]
    fn a_slow_message_is_waited_for_with_what_is_known() {
        let (mut opened, start) = (Opened::default(), Instant::now());
        opened.hurry(start);
        assert!(opened.follow(Some(id(1)), Beginning, start).request.is_some());
        assert_eq!(opened.deadline(), Some(start + PATIENCE));
        assert_eq!(
            opened.follow(Some(id(1)), Beginning, start + PATIENCE),
            FollowStep::drawn(true)
        );
        assert!(opened.detail().is_none() && opened.id() == Some(id(1)));
        assert!(opened.unopened(id(1).message, "gone".into(), Some(id(1))));
        assert_eq!(opened.failed().map(SafeText::as_str), Some("gone"));
    }

    #[test]
    fn what_could_not_be_had_is_asked_for_when_there_is_a_connection_again() {
        let (mut opened, start) = (Opened::default(), Instant::now());
        opened.retry(start);
        assert_eq!(opened.deadline(), None, "nothing has failed");
        opened.hurry(start);
        opened.follow(Some(id(1)), Beginning, start);
        opened.unopened(id(1).message, "no connection".into(), Some(id(1)));
        assert!(opened.follow(Some(id(1)), Beginning, start).request.is_none(), "not by itself");
        opened.retry(start);
        assert!(opened.follow(Some(id(1)), Beginning, start).request.is_some());
        assert!(opened.opened(detail(1), Some(id(1))));
        assert!(opened.failed().is_none());
    }

    #[test]
    fn what_comes_while_the_cursor_moves_is_kept_and_not_drawn() {
        let (mut opened, start) = (Opened::default(), Instant::now());
        opened.hurry(start);
        opened.follow(Some(id(1)), Beginning, start);
        opened.moved(start);
        assert!(!opened.opened(detail(1), Some(id(2))));
        assert_eq!(opened.id(), None);
        assert!(opened.follow(None, Beginning, start + FOLLOW).request.is_none());
    }

    #[test]
    fn the_source_wants_all_of_a_message() {
        let (mut opened, now) = (Opened::default(), Instant::now());
        opened.hurry(now);
        assert!(opened.follow(Some(id(3)), Beginning, now).request.is_some());
        assert!(opened.opened(detail(3), Some(id(3))), "the beginning has come");
        opened.hurry(now);
        let step = opened.follow(Some(id(3)), Whole, now);
        assert_eq!(step.request, Some(Request::Open(id(3).message, Whole)));
    }
    #[test]
    fn only_a_message_that_was_judged_again_is_opened_anew() {
        let (mut opened, now) = (Opened::default(), Instant::now());
        opened.hurry(now);
        assert!(opened.follow(Some(id(1)), Beginning, now).request.is_some());
        assert!(opened.opened(detail(1), Some(id(1))));
        opened.judged_again(1, now);
        assert!(opened.detail().is_some(), "another mailbox");
        opened.judged_again(0, now);
        assert!(opened.detail().is_none());
        assert!(opened.follow(Some(id(1)), Beginning, now).request.is_some());
    }

    #[test]
    fn who_opens_a_delivery_is_shown_no_other() {
        let (mut opened, now) = (Opened::default(), Instant::now());
        opened.hurry(now);
        opened.follow(Some(id(1)), Beginning, now);
        assert!(opened.opened(detail(1), Some(id(1))));
        opened.turn_to(Some(id(2)), now);
        assert!(opened.id() == Some(id(2)) && opened.detail().is_none());
        let step = opened.follow(Some(id(2)), Beginning, now);
        assert_eq!(step.request, Some(Request::Open(id(2).message, Beginning)));
        assert!(opened.opened(detail(2), Some(id(2))));
        assert!(opened.detail().is_some());
    }
}
