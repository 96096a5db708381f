//! The threads of one mailbox: one streams and diagnoses, one opens single messages. Both talk to
//! the screen through channels and are never waited for by it.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use crate::bounce::Bounce;
use crate::diagnosis::learn::{Learner, SAMPLE};
use crate::diagnosis::matcher::Rules;
use crate::diagnosis::{Fault, Ours, diagnose, understand};
use crate::listing::{Detail, MessageId, Row};
use crate::mail::SafeText;

use super::{Canceller, Error, Event, Fetched, Reader, Source, State};

/// Rows that go to the screen together.
const BATCH: usize = 256;
/// How long rows wait for others.
const WAIT: Duration = Duration::from_millis(40);
/// Messages that are kept open behind the one on the screen.
const KEPT: usize = 24;
/// Bytes they may have together.
const KEPT_BYTES: usize = 16 << 20;

/// What a mailbox tells the screen.
#[derive(Clone, Debug)]
pub enum Update {
    /// How it is doing.
    State(State),
    /// Rows that are new or changed.
    Rows(Vec<Row>),
    /// The mailbox is another one now: its rows are void.
    Reset,
    /// Something a person should read.
    Notice(SafeText),
    /// Who we are, as far as it was learnt from the mailbox.
    Learnt(Arc<Ours>),
    /// A message that was asked for.
    Opened(Arc<Detail>),
    /// A message that was asked for cannot be had.
    Unopened(MessageId, SafeText),
}

/// What happens to a mailbox besides streaming.
enum Order {
    Refresh,
}

/// The threads of a mailbox, as the screen holds them.
#[derive(Debug)]
pub struct Worker {
    orders: Sender<Order>,
    wanted: Sender<Wanted>,
    newest: Receiver<Wanted>,
    cancellers: [Canceller; 2],
}

/// A message to open.
#[derive(Clone, Debug)]
struct Wanted {
    id: MessageId,
    ours: Arc<Ours>,
    whole: bool,
}

impl std::fmt::Debug for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Refresh")
    }
}

/// How messages are understood.
#[derive(Clone, Debug)]
pub struct Insight {
    /// The rules.
    pub rules: Arc<Rules>,
    /// Who we are; learnt from the mailbox where it is empty.
    pub ours: Arc<Ours>,
}

impl Worker {
    /// Starts the threads of a mailbox; `updates` gets everything, with the number of the mailbox.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(
        mut source: Box<dyn Source>,
        mailbox: u16,
        insight: Insight,
        updates: Sender<(u16, Update)>,
    ) -> std::io::Result<Self> {
        let (orders, to_do) = unbounded();
        let (wanted, newest) = bounded(1);
        let reader = source.reader();
        let cancellers = [source.canceller(), reader.canceller()];
        let (rules, tell) = (Arc::clone(&insight.rules), updates.clone());
        let opening = newest.clone();
        thread::Builder::new().name(format!("open-{mailbox}")).stack_size(STACK).spawn(
            move || {
                open(reader, mailbox, &rules, &opening, &tell);
            },
        )?;
        thread::Builder::new().name(format!("stream-{mailbox}")).stack_size(STACK).spawn(
            move || {
                let mut stream = Stream::new(mailbox, insight, updates);
                loop {
                    match source.stream(&mut |event: Event<'_>| stream.take(event)) {
                        Ok(()) | Err(Error::Cancelled) => {}
                        // The source has told why it stopped.
                        Err(_) => stream.flush(),
                    }
                    stream.finish();
                    if stream.gone || to_do.recv().is_err() {
                        return;
                    }
                    while to_do.try_recv().is_ok() {}
                }
            },
        )?;
        Ok(Self { orders, wanted, newest, cancellers })
    }

    /// Looks for new messages when the present work is done.
    pub fn refresh(&self) {
        // A thread that has ended has told why.
        let _ = self.orders.send(Order::Refresh);
    }

    /// Opens a message, whole or its beginning; one that was asked for before and not yet begun is
    /// forgotten.
    pub fn open(&self, id: MessageId, ours: Arc<Ours>, whole: bool) {
        let mut wanted = Wanted { id, ours, whole };
        while let Err(TrySendError::Full(again)) = self.wanted.try_send(wanted) {
            let _ = self.newest.try_recv();
            wanted = again;
        }
    }

    /// Ends both threads without waiting for them.
    pub fn stop(&self) {
        self.cancellers.iter().for_each(Canceller::cancel);
    }
}

/// Stack of a worker, in bytes: our own walk needs little; this is the belt.
const STACK: usize = 8 << 20;

/// The sink of the streaming thread: messages become rows.
struct Stream {
    mailbox: u16,
    insight: Insight,
    updates: Sender<(u16, Update)>,
    rows: Vec<Row>,
    since: Option<Instant>,
    learning: Option<Learning>,
    gone: bool,
}

/// Messages of which we may still learn who we are.
#[derive(Default)]
struct Learning {
    learner: Learner,
    seen: Vec<(MessageId, Option<jiff::Timestamp>, Bounce)>,
}

impl Stream {
    fn new(mailbox: u16, insight: Insight, updates: Sender<(u16, Update)>) -> Self {
        let learning = insight.ours.is_empty().then(Learning::default);
        Self { mailbox, insight, updates, rows: Vec::new(), since: None, learning, gone: false }
    }

    fn take(&mut self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Message(message) => self.message(message),
            Event::State(state) => {
                self.flush();
                self.tell(Update::State(state));
            }
            Event::Reset => {
                self.rows.clear();
                self.tell(Update::Reset);
            }
            Event::Notice(text) => self.tell(Update::Notice(text)),
        }
        if self.gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn message(&mut self, message: Fetched<'_>) {
        let Ok((bounce, diagnosis)) =
            understand(message.bytes, &self.insight.rules, &self.insight.ours)
        else {
            self.rows.push(Row::unreadable(message.id, message.received));
            let text = format!("message {} {Fault}", message.id.uid);
            return self.tell(Update::Notice(SafeText::new(&text)));
        };
        self.rows.extend(Row::all(message.id, message.received, &bounce, &diagnosis));
        if let Some(learning) = &mut self.learning {
            learning.learner.add(message.bytes, &bounce);
            learning.seen.push((message.id, message.received, bounce));
            if learning.learner.is_done() || learning.seen.len() >= 2 * SAMPLE {
                self.learn();
            }
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        if self.rows.len() >= BATCH || since.elapsed() >= WAIT {
            self.flush();
        }
    }

    /// Judges again with what was learnt.
    fn learn(&mut self) {
        let Some(learning) = self.learning.take() else { return };
        let ours = Arc::new(learning.learner.ours());
        if ours.is_empty() {
            return;
        }
        self.flush();
        self.insight.ours = Arc::clone(&ours);
        self.tell(Update::Learnt(ours));
        for (id, received, bounce) in &learning.seen {
            let diagnosis = diagnose(bounce, &self.insight.rules, &self.insight.ours);
            self.rows.extend(Row::all(*id, *received, bounce, &diagnosis));
        }
        self.flush();
    }

    /// The end of one pass: what is there is enough to learn from.
    fn finish(&mut self) {
        self.flush();
        self.learn();
    }

    fn flush(&mut self) {
        self.since = None;
        if !self.rows.is_empty() {
            let rows = std::mem::take(&mut self.rows);
            self.tell(Update::Rows(rows));
        }
    }

    fn tell(&mut self, update: Update) {
        self.gone |= self.updates.send((self.mailbox, update)).is_err();
    }
}

/// The opening thread: fetches, reads and diagnoses what is wanted, and keeps the last few.
fn open(
    mut reader: Box<dyn Reader>,
    mailbox: u16,
    rules: &Rules,
    wanted: &Receiver<Wanted>,
    updates: &Sender<(u16, Update)>,
) {
    let mut kept: VecDeque<Arc<Detail>> = VecDeque::new();
    for Wanted { id, ours, whole } in wanted {
        let fits =
            |detail: &Detail| detail.id == id && detail.ours == ours && (detail.whole || !whole);
        let known = kept.iter().find(|detail| fits(detail)).cloned();
        let mut fetched =
            || if whole { reader.whole(id).map(|raw| (raw, true)) } else { reader.beginning(id) };
        let update = match known {
            Some(detail) => Update::Opened(detail),
            None => match fetched() {
                Ok((raw, whole)) => {
                    let Ok(detail) = Detail::of(id, &raw, whole, rules, ours).map(Arc::new) else {
                        let text = SafeText::new(&format!("this message {Fault}"));
                        if updates.send((mailbox, Update::Unopened(id, text))).is_err() {
                            return;
                        }
                        continue;
                    };
                    kept.retain(|other| other.id != id);
                    kept.push_front(Arc::clone(&detail));
                    while kept.len() > KEPT
                        || kept.iter().map(|d| d.size).sum::<usize>() > KEPT_BYTES && kept.len() > 1
                    {
                        kept.pop_back();
                    }
                    Update::Opened(detail)
                }
                Err(Error::Cancelled) => return,
                Err(error) => Update::Unopened(id, SafeText::new(&error.to_string())),
            },
        };
        if updates.send((mailbox, update)).is_err() {
            return;
        }
    }
}
