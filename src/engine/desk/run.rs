//! The desk on a thread of its own: takes what mailboxes bring and what the screen asks for, and
//! tells what it shows when that has changed.

use std::io;
use std::sync::Arc;
use std::thread::Builder;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, after, bounded, never, select_biased};

use crate::diagnosis::Ours;
use crate::listing::{Ask, Health, MessageId, Query, Update};
use crate::mail::SafeText;
use crate::store::{self, HeldMessages, KeptMessage, StaleMessage, StoredDelivery};

use super::windows::Desk;

/// What may wait for the desk.
const WAITING: usize = 16;
/// How long changes wait for others before they are shown.
const WAIT: Duration = Duration::from_millis(40);
/// Making the list anew takes this part of the time at most: one in so many.
const SHARE: u32 = 4;

/// Something for the store. Mailboxes are named by their numbers.
pub(in crate::engine) enum Deposit {
    /// Messages of a mailbox under a validity, judged by that.
    Messages { mailbox: u16, validity: u32, judged_by: i64, messages: Vec<KeptMessage> },
    /// Other rows for a message.
    Rows(MessageId, Vec<StoredDelivery>),
    /// Messages that are gone.
    Gone(u16, Vec<u32>),
    /// Everything of a mailbox is void.
    Reset(u16),
    /// It was learnt from a mailbox who we are.
    Learnt(u16, Arc<Ours>),
    /// What is held of a mailbox, and who we were learnt to be.
    Held(u16, Sender<(HeldMessages, Option<Ours>)>),
    /// Some messages that were judged by other means.
    Stale { mailbox: u16, judged_by: i64, most: u32, to: Sender<Vec<StaleMessage>> },
    /// How a mailbox is doing, which is told behind what it has brought.
    Health(u16, Health),
    /// New verdicts on messages.
    Judged { mailbox: u16, judged_by: i64, judged: Vec<(u32, Vec<StoredDelivery>)> },
}

/// The way to the desk for those who bring something.
pub(in crate::engine) type Deposits = Sender<Deposit>;

/// The way to the desk for those who ask: only the newest question of a kind is answered.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Questions {
    shows: Newest<Ask>,
    completions: Newest<(String, Arc<Query>)>,
}

impl Questions {
    /// Asks for a part of the list.
    pub(in crate::engine) fn show(&self, ask: Ask) {
        self.shows.put(ask);
    }

    /// Asks how the beginning of a filter can go on.
    pub(in crate::engine) fn complete(&self, head: String, query: Arc<Query>) {
        self.completions.put((head, query));
    }
}

/// A place for one value: who puts another in takes the one that nobody took.
#[derive(Clone, Debug)]
struct Newest<T> {
    give: Sender<T>,
    take: Receiver<T>,
}

impl<T> Newest<T> {
    fn new() -> Self {
        let (give, take) = bounded(1);
        Self { give, take }
    }

    fn put(&self, mut value: T) {
        while let Err(TrySendError::Full(again)) = self.give.try_send(value) {
            let _ = self.take.try_recv();
            value = again;
        }
    }
}

/// Gives a desk a thread of its own, which ends when nobody brings anything any more.
///
/// # Errors
/// When the system has no thread left.
pub(in crate::engine) fn begin(
    desk: Desk,
    updates: Sender<Update>,
) -> io::Result<(Deposits, Questions)> {
    let (deposits, brought) = bounded(WAITING);
    let questions = Questions { shows: Newest::new(), completions: Newest::new() };
    let asked = questions.clone();
    let clerk = Clerk { desk, updates, ask: None, due: None, took: Duration::ZERO };
    Builder::new().name("desk".into()).spawn(move || clerk.run(&brought, &asked))?;
    Ok((deposits, questions))
}

/// Who sits at the desk.
struct Clerk {
    desk: Desk,
    updates: Sender<Update>,
    /// What was asked for last.
    ask: Option<Ask>,
    /// When that is to be told again, because something has changed.
    due: Option<Instant>,
    /// How long telling it took the last time.
    took: Duration,
}

/// Nobody listens any more.
struct Deserted;

impl Clerk {
    fn run(mut self, brought: &Receiver<Deposit>, asked: &Questions) {
        loop {
            let alarm = match self.due {
                Some(due) => after(due.saturating_duration_since(Instant::now())),
                None => never(),
            };
            let done = select_biased! {
                recv(asked.shows.take) -> ask => match ask {
                    Ok(ask) => self.show(ask),
                    Err(_) => return,
                },
                recv(asked.completions.take) -> question => match question {
                    Ok((head, query)) => self.complete(head, &query),
                    Err(_) => return,
                },
                recv(alarm) -> _ => self.tell(),
                recv(brought) -> deposit => match deposit {
                    Ok(deposit) => self.take(deposit),
                    // What was brought last is still to be told.
                    Err(_) if self.due.is_some() => self.tell(),
                    Err(_) => return,
                },
            };
            if done.is_err() {
                return;
            }
        }
    }

    fn show(&mut self, ask: Ask) -> Result<(), Deserted> {
        self.ask = Some(ask);
        self.tell()
    }

    /// Tells what was asked for last, as it is now.
    fn tell(&mut self) -> Result<(), Deserted> {
        self.due = None;
        let Some(ask) = &self.ask else { return Ok(()) };
        let begun = Instant::now();
        let update = match self.desk.window(ask) {
            Ok(window) => Update::Window(Box::new(window)),
            Err(error) => notice(&error),
        };
        self.took = begun.elapsed();
        self.say(update)
    }

    fn complete(&mut self, head: String, query: &Query) -> Result<(), Deserted> {
        let update = match self.desk.complete(&head, query) {
            Ok(completion) => Update::Completed(head, completion),
            Err(error) => notice(&error),
        };
        self.say(update)
    }

    fn take(&mut self, deposit: Deposit) -> Result<(), Deserted> {
        if let Deposit::Health(mailbox, health) = deposit {
            if matches!(health, Health::Idle(_)) {
                self.desk.filled(mailbox);
            }
            if self.due.is_some() && !matches!(health, Health::Fetching { .. }) {
                self.tell()?;
            }
            return self.say(Update::Health(mailbox, health));
        }
        match self.enter(deposit) {
            Ok(false) => Ok(()),
            Ok(true) => {
                let wait = WAIT.max(self.took * SHARE);
                self.due.get_or_insert_with(|| Instant::now() + wait);
                Ok(())
            }
            Err(error) => self.say(notice(&error)),
        }
    }

    /// True when what is shown may have changed.
    fn enter(&mut self, deposit: Deposit) -> Result<bool, store::Error> {
        let desk = &mut self.desk;
        match deposit {
            Deposit::Messages { mailbox, validity, judged_by, messages } => {
                desk.put(mailbox, validity, judged_by, &messages)?;
            }
            Deposit::Rows(id, rows) => desk.put_rows(id, &rows)?,
            Deposit::Gone(mailbox, uids) => desk.remove(mailbox, &uids)?,
            Deposit::Reset(mailbox) => desk.reset(mailbox)?,
            Deposit::Judged { mailbox, judged_by, judged } => {
                desk.judge_again(mailbox, judged_by, &judged)?;
            }
            Deposit::Learnt(mailbox, ours) => {
                desk.learn(mailbox, &ours)?;
                return Ok(false);
            }
            Deposit::Health(..) => return Ok(false),
            // Who asked may have ended meanwhile.
            Deposit::Held(mailbox, to) => {
                let _ = to.send((desk.held(mailbox)?, desk.learnt(mailbox)?));
                return Ok(false);
            }
            Deposit::Stale { mailbox, judged_by, most, to } => {
                let _ = to.send(desk.stale(mailbox, judged_by, most)?);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn say(&mut self, update: Update) -> Result<(), Deserted> {
        self.updates.send(update).map_err(|_| Deserted)
    }
}

fn notice(error: &store::Error) -> Update {
    Update::Notice(SafeText::new(&error.to_string()))
}
