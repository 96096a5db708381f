//! The streaming side of a mailbox: what its source hands over is read and judged on all cores and
//! told to the screen in batches of rows, in order. Who we are is learnt on the way where nobody
//! has said it.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, after, bounded, never, select};
use jiff::Timestamp;

use crate::diagnosis::Ours;
use crate::diagnosis::learn::Lesson;
use crate::listing::{Health, MessageId, Row, Update};
use crate::mail::SafeText;
use crate::source::{Event, Place, Source, State};

use super::guard::Fault;
use super::judge::{Present, SharedJudge};
use super::learning::{Learning, Seen};
use super::pipeline::{self, Batch, Intake, Next, Pace, Results};

/// Rows that go to the screen together.
const ROWS: usize = 256;
/// How long rows wait for others.
const WAIT: Duration = Duration::from_millis(40);
/// How long a message waits for others on its way to those who read it.
const HELD: Duration = Duration::from_millis(200);

/// Streams a mailbox until nobody listens any more: once, and again with every order and whenever
/// its connection is gone.
pub(super) fn run(
    mut source: Box<dyn Source>,
    mut teller: Teller,
    judge: &SharedJudge,
    orders: &Receiver<()>,
) {
    let mailbox = teller.mailbox;
    loop {
        let passed = pipeline::run(
            Pace::Prompt,
            |intake| bring(source.as_mut(), intake),
            |batch| judged(&batch, mailbox, judge),
            |results| teller.take(results),
        );
        match passed {
            Ok(passed) if passed.fed.is_err() => return,
            Ok(_) => {}
            Err(error) => {
                let text = format!("there is no thread left to read mail: {error}");
                teller.tell(Update::Notice(SafeText::new(&text)));
            }
        }
        teller.learn();
        if teller.gone || !rest(source.as_mut(), &mut teller, orders) {
            return;
        }
    }
}

/// Waits until there is something to stream: an order has come, the other side has something new, or
/// the connection is gone. False when nobody listens any more.
fn rest(source: &mut dyn Source, teller: &mut Teller, orders: &Receiver<()>) -> bool {
    while !teller.gone {
        let news = source.news();
        let time = source.rest().map_or_else(never, after);
        let order = select! {
            recv(orders) -> order => Some(order),
            recv(news) -> _ => None,
            recv(time) -> _ => None,
        };
        match order {
            Some(Ok(())) => {
                while orders.try_recv().is_ok() {}
                return true;
            }
            Some(Err(_)) => return false,
            None => match source.look() {
                Some(state) => teller.tell(Update::Health(teller.mailbox, state.into())),
                None => return true,
            },
        }
    }
    false
}

/// Streams a source into the pipeline. What has come goes on even when nothing comes behind it.
fn bring(source: &mut dyn Source, intake: &mut Intake<Handed>) {
    let intake = Mutex::new(intake);
    let (came, to_send) = bounded(1);
    let (end, ended) = bounded(0);
    thread::scope(|scope| {
        let send = || send_on(&intake, &to_send, &ended);
        // Without such a thread it goes on when the next message comes.
        let _ = Builder::new().name("send".into()).spawn_scoped(scope, send);
        let mut sink = |event: Event<'_>| {
            let flow = feed(&mut intake.lock().unwrap_or_else(PoisonError::into_inner), event);
            // Full: it will go on already.
            let _ = came.try_send(());
            flow
        };
        // The source has told why it stopped.
        let _ = source.stream(&mut sink);
        drop((came, end));
    });
}

/// Sends on what has come and waits for others, in time.
fn send_on(intake: &Mutex<&mut Intake<Handed>>, came: &Receiver<()>, ended: &Receiver<Infallible>) {
    while came.recv().is_ok() && ended.recv_timeout(HELD) == Err(RecvTimeoutError::Timeout) {
        // When nobody takes messages any more, the source hears of it with the next.
        let _ = intake.lock().unwrap_or_else(PoisonError::into_inner).flush();
    }
}

/// What a source handed over, on its way through the pipeline; a message's bytes go beside it.
#[derive(Clone)]
enum Handed {
    Message { place: Place, received: Option<Timestamp> },
    State(State),
    Reset,
    Gone(Vec<Place>),
    Notice(SafeText),
}

fn feed(intake: &mut Intake<Handed>, event: Event<'_>) -> ControlFlow<()> {
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
struct Judged {
    entries: Vec<Handled>,
    /// Who we were then.
    ours: Arc<Ours>,
}

/// What came of an entry of a batch.
enum Handled {
    /// Its rows, and what may be learnt of it.
    Message(Vec<Row>, Option<Box<Learnable>>),
    Unreadable(MessageId, Option<Timestamp>),
    Other(Handed),
}

/// A message from which we may learn who we are.
struct Learnable {
    lesson: Lesson,
    seen: Seen,
}

fn judged(batch: &Batch<Handed>, mailbox: u16, judge: &SharedJudge) -> Judged {
    let present = judge.get();
    let mut entries = Vec::new();
    for (entry, bytes) in batch.each() {
        entries.push(match entry {
            Handed::Message { place, received } => {
                message(message_id(mailbox, *place), *received, bytes, &present)
            }
            other => Handled::Other(other.clone()),
        });
    }
    Judged { entries, ours: present.judge.ours }
}

/// Reads and judges a message.
fn message(id: MessageId, received: Option<Timestamp>, bytes: &[u8], present: &Present) -> Handled {
    let Ok((bounce, diagnosis)) = present.judge.understand(bytes) else {
        return Handled::Unreadable(id, received);
    };
    let rows = Row::all(id, received, &bounce, &diagnosis, &present.judge.ours, bytes.len());
    let mut learnable = None;
    if present.learns {
        let lesson = Lesson::of(bytes, &bounce);
        let seen = Seen::new(id, received, bounce, &rows);
        learnable = Some(Box::new(Learnable { lesson, seen }));
    }
    Handled::Message(rows, learnable)
}

/// The end of the pipeline: tells the screen of rows, in order.
pub(super) struct Teller {
    mailbox: u16,
    judge: SharedJudge,
    updates: Sender<Update>,
    rows: Vec<Row>,
    /// Since when the oldest of the rows waits.
    since: Option<Instant>,
    learning: Option<Learning>,
    /// True when nobody listens any more.
    gone: bool,
}

impl Teller {
    pub(super) fn new(mailbox: u16, judge: SharedJudge, updates: Sender<Update>) -> Self {
        let learning = judge.get().learns.then(Learning::default);
        Self { mailbox, judge, updates, rows: Vec::new(), since: None, learning, gone: false }
    }

    /// Takes everything that comes through the pipeline.
    fn take(&mut self, mut results: Results<Judged>) {
        while !self.gone {
            let next = match self.since {
                // Rows wait for others, but not for long.
                Some(since) => results.next_by(since + WAIT),
                None => results.next().map_or(Next::End, Next::Result),
            };
            match next {
                Next::Result(Ok(judged)) => self.batch(judged),
                Next::Result(Err(fault)) => {
                    let text = format!("a batch of messages {fault}");
                    self.tell(Update::Notice(SafeText::new(&text)));
                }
                Next::NotYet => self.flush(),
                Next::End => break,
            }
        }
        self.flush();
    }

    fn batch(&mut self, judged: Judged) {
        let Judged { entries, ours } = judged;
        for entry in entries {
            match entry {
                Handled::Message(rows, None) => self.take_rows(rows),
                Handled::Message(rows, Some(learnable)) => {
                    self.learn_from(rows, *learnable, &ours);
                }
                Handled::Unreadable(id, received) => self.unreadable(id, received),
                Handled::Other(Handed::State(state)) => {
                    self.flush();
                    self.tell(Update::Health(self.mailbox, state.into()));
                }
                Handled::Other(Handed::Reset) => self.reset(),
                Handled::Other(Handed::Gone(places)) => self.forget(&places),
                Handled::Other(Handed::Notice(text)) => self.tell(Update::Notice(text)),
                // Every message was read.
                Handled::Other(Handed::Message { .. }) => {}
            }
        }
    }

    fn take_rows(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
        self.came();
    }

    /// Takes a message that was judged by whom we were `then`: nobody that is known.
    fn learn_from(&mut self, rows: Vec<Row>, learnable: Learnable, then: &Arc<Ours>) {
        let Learnable { lesson, seen } = learnable;
        let judge = self.judge.get().judge;
        if Arc::ptr_eq(then, &judge.ours) {
            self.take_rows(rows);
        } else {
            // It was on its way while we learnt who we are.
            self.take_rows(seen.rows(&judge));
        }
        if let Some(learning) = &mut self.learning
            && learning.add(&lesson, seen)
        {
            self.learn();
        }
    }

    fn unreadable(&mut self, id: MessageId, received: Option<Timestamp>) {
        let text = format!("message {} {Fault}", id.uid);
        self.tell(Update::Notice(SafeText::new(&text)));
        self.take_rows(vec![Row::unreadable(id, received)]);
    }

    /// Rows have come: they wait a moment for others.
    fn came(&mut self) {
        let since = *self.since.get_or_insert_with(Instant::now);
        if self.rows.len() >= ROWS || since.elapsed() >= WAIT {
            self.flush();
        }
    }

    /// The mailbox is another one now: nothing that was seen of it may come back.
    fn reset(&mut self) {
        self.rows.clear();
        self.since = None;
        if let Some(learning) = &mut self.learning {
            *learning = Learning::default();
        }
        self.tell(Update::Reset(self.mailbox));
    }

    /// Messages were taken away: none of them may come back.
    fn forget(&mut self, places: &[Place]) {
        let gone = places.iter().map(|place| message_id(self.mailbox, *place)).collect();
        if let Some(learning) = &mut self.learning {
            learning.forget(&gone);
        }
        self.flush();
        self.tell(Update::Gone(gone));
    }

    /// What was seen is enough to learn from: judges it again with what was learnt.
    fn learn(&mut self) {
        let Some(learning) = self.learning.take() else { return };
        let (ours, seen) = learning.end();
        if ours.is_empty() {
            let known = self.judge.get().judge.ours;
            return self.judge.settle(known);
        }
        self.flush();
        self.judge.settle(ours);
        let judge = self.judge.get().judge;
        for seen in &seen {
            self.rows.extend(seen.rows(&judge));
            if self.rows.len() >= ROWS {
                self.flush();
            }
        }
        self.flush();
        self.tell(Update::Rejudged(self.mailbox));
    }

    fn flush(&mut self) {
        self.since = None;
        if !self.rows.is_empty() {
            let rows = std::mem::take(&mut self.rows);
            self.tell(Update::Rows(rows));
        }
    }

    fn tell(&mut self, update: Update) {
        self.gone |= self.updates.send(update).is_err();
    }
}

/// The identity of a message, from the number of its mailbox and where it lies in it.
fn message_id(mailbox: u16, Place { validity, uid }: Place) -> MessageId {
    MessageId { mailbox, validity, uid }
}

/// How a source is doing, as the screen tells it.
impl From<State> for Health {
    fn from(state: State) -> Self {
        match state {
            State::Connecting => Self::Connecting,
            State::Fetching { done, total } => Self::Fetching { done, total },
            State::Idle(how) => Self::Idle(how),
            State::Waiting { seconds, why } => Self::Waiting { seconds, why },
            State::Stopped(why) => Self::Stopped(why),
        }
    }
}
