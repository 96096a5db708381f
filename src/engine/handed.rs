//! What a source hands over on its way through the pipeline: read and judged on all cores.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;

use crate::diagnosis::Ours;
use crate::diagnosis::learn::Lesson;
use crate::mail::SafeText;
use crate::source::{Event, Place, State};
use crate::store::KeptMessage;

use super::judge::{Arrival, Present};
use super::learning::Seen;
use super::pipeline::{Batch, Intake};

/// What a source handed over, on its way through the pipeline; a message's bytes go beside it.
#[derive(Clone)]
pub(super) enum Handed {
    Message { place: Place, received: Option<Timestamp> },
    State(State),
    Reset,
    Gone(Vec<Place>),
    Notice(SafeText),
}

/// Puts into the pipeline what a source hands over.
pub(super) fn feed(intake: &mut Intake<Handed>, event: Event<'_>) -> ControlFlow<()> {
    let entry = match event {
        Event::Message(message) => {
            let entry = Handed::Message { place: message.place, received: message.received };
            return intake.put(entry, message.bytes);
        }
        Event::State(state) => Handed::State(state),
        Event::Reset => Handed::Reset,
        Event::Gone(places) => Handed::Gone(places),
        Event::Notice(text) => Handed::Notice(text),
    };
    // Nobody waits for more mail to hear how the mailbox is doing.
    intake.put(entry, &[])?;
    intake.flush()
}

/// A batch of which every message was read and judged. What it says is gone already: of a small
/// message it may take much memory.
pub(super) struct Judged {
    pub(super) entries: Vec<Handled>,
    /// Who we were then.
    pub(super) ours: Arc<Ours>,
}

/// What came of an entry of a batch.
pub(super) enum Handled {
    /// The message under a validity, and what may be learnt of it.
    Message(u32, Box<KeptMessage>, Option<Box<Learnable>>),
    Unreadable(Place, Option<Timestamp>),
    Other(Handed),
}

/// A message from which we may learn who we are.
pub(super) struct Learnable {
    pub(super) lesson: Lesson,
    pub(super) seen: Seen,
}

/// Reads and judges a batch; `lasts`: what is kept of it is there on another visit too.
pub(super) fn judged(batch: &Batch<Handed>, lasts: bool, present: &Present) -> Judged {
    let mut entries = Vec::new();
    for (entry, bytes) in batch.each() {
        entries.push(match entry {
            Handed::Message { place, received } => {
                message(*place, *received, bytes, present, lasts)
            }
            other => Handled::Other(other.clone()),
        });
    }
    Judged { entries, ours: Arc::clone(&present.judge.ours) }
}

/// Reads and judges a message.
fn message(
    place: Place,
    received: Option<Timestamp>,
    bytes: &[u8],
    present: &Present,
    lasts: bool,
) -> Handled {
    let Ok(understood) = present.judge.understand(bytes) else {
        return Handled::Unreadable(place, received);
    };
    let arrived = Arrival { uid: place.uid, received, size: bytes.len() };
    let kept = present.judge.kept(arrived, &understood, lasts);
    let mut learnable = None;
    if present.learns {
        let (bounce, _) = understood;
        let lesson = Lesson::of(bytes, &bounce);
        let seen = Seen::new(place.uid, received, bounce, &kept.deliveries);
        learnable = Some(Box::new(Learnable { lesson, seen }));
    }
    Handled::Message(place.validity, Box::new(kept), learnable)
}
