//! Mailboxes at work behind the screen: sources are streamed, read and judged on all cores, single
//! messages opened beside that. The screen asks and is told through channels and waits for nothing.
//!
//! [`pipeline`] is the way of messages through all cores, also for `explain`; [`Judge`] turns bytes
//! into verdicts, and survives a fault in one message.

pub mod apply;
mod desk;
mod follow;
mod guard;
mod handed;
mod judge;
mod learning;
mod open;
pub mod pipeline;
mod stream;
mod sync;
mod teller;
mod verify;

use std::io;
use std::thread::Builder;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use crate::listing::{Request, Update};
use crate::source::{Canceller, Source};
use crate::store::{self, MailboxName, Store};

pub use desk::Desk;
pub use follow::follow;
pub use guard::Fault;
pub use judge::{Arrival, Judge, Understood};
pub use sync::{SyncNews, Synced, Tell, Unsynced, judge_again, judge_of, sync};
pub use verify::{Verified, Verifier};

use desk::{Deposits, Questions};
use judge::SharedJudge;
use open::{Opener, Wanted, What};
use pipeline::STACK;
use teller::Teller;

/// Updates that may wait for the screen.
const WAITING: usize = 256;

/// The mailboxes at work. Dropped, all their work ends, without waiting for the network.
#[derive(Debug)]
pub struct Engine {
    mailboxes: Vec<Threads>,
    questions: Questions,
    /// The desk works as long as somebody could bring something.
    _deposits: Deposits,
}

/// The threads of one mailbox, as the engine holds them.
#[derive(Debug)]
struct Threads {
    orders: Sender<()>,
    wanted: Sender<Wanted>,
    newest: Receiver<Wanted>,
    cancellers: [Canceller; 2],
}

/// A mailbox to work on.
pub struct Worked {
    /// What it is called in the store.
    pub name: MailboxName,
    /// The mailbox.
    pub source: Box<dyn Source>,
}

/// Why an engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// The system has no thread left.
    #[error("cannot start to read: {0}")]
    Threads(#[from] io::Error),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Engine {
    /// Starts to work on mailboxes, which are numbered in their order and kept in a store; what
    /// they tell comes through the receiver. Each is judged by a judge of its own, which may learn
    /// who we are.
    ///
    /// # Errors
    /// When the system has no thread left, or the store fails.
    pub fn start(
        mailboxes: Vec<Worked>,
        judge: &Judge,
        store: Store,
    ) -> Result<(Self, Receiver<Update>), NotStarted> {
        let (tell, updates) = bounded(WAITING);
        let lasts = store.lasts();
        let names: Vec<MailboxName> = mailboxes.iter().map(|one| one.name.clone()).collect();
        let desk = Desk::new(store, &names)?;
        let (deposits, questions) = desk::begin(desk, tell.clone())?;
        let mut threads = Vec::new();
        for (number, mailbox) in (0..).zip(mailboxes) {
            let judge = SharedJudge::new(judge.clone());
            let teller = Teller::new(number, judge.clone(), tell.clone(), deposits.clone(), lasts);
            threads.push(Threads::start(mailbox.source, teller, judge, &tell, &deposits)?);
        }
        Ok((Self { mailboxes: threads, questions, _deposits: deposits }, updates))
    }

    /// Asks for something; never waits.
    pub fn ask(&self, request: Request) {
        match request {
            Request::Show(ask) => self.questions.show(ask),
            Request::Complete(head, query) => self.questions.complete(head, query),
            Request::Open(id, extent) => self.open(Wanted { id, what: What::Detail(extent) }),
            Request::Recipients(id, time) => self.open(Wanted { id, what: What::Rows(time) }),
            Request::Refresh => self.mailboxes.iter().for_each(Threads::refresh),
        }
    }

    fn open(&self, wanted: Wanted) {
        if let Some(mailbox) = self.mailboxes.get(usize::from(wanted.id.mailbox)) {
            mailbox.open(wanted);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for mailbox in &self.mailboxes {
            mailbox.cancellers.iter().for_each(Canceller::cancel);
        }
    }
}

impl Threads {
    fn start(
        source: Box<dyn Source>,
        teller: Teller,
        judge: SharedJudge,
        updates: &Sender<Update>,
        deposits: &Deposits,
    ) -> io::Result<Self> {
        let (orders, to_do) = unbounded();
        let (wanted, newest) = bounded(1);
        let reader = source.reader();
        let cancellers = [source.canceller(), reader.canceller()];
        let opener = Opener::new(reader, judge.clone(), deposits.clone());
        let (opening, opened) = (newest.clone(), updates.clone());
        Builder::new()
            .name("open".into())
            .stack_size(STACK)
            .spawn(move || opener.run(&opening, &opened))?;
        Builder::new()
            .name("stream".into())
            .stack_size(STACK)
            .spawn(move || stream::run(source, teller, &judge, &to_do))?;
        Ok(Self { orders, wanted, newest, cancellers })
    }

    /// Looks for new messages when the present work is done.
    fn refresh(&self) {
        // A thread that has ended has told why.
        let _ = self.orders.send(());
    }

    /// Opens a message; one that was asked for before and not yet begun is forgotten.
    fn open(&self, mut wanted: Wanted) {
        while let Err(TrySendError::Full(again)) = self.wanted.try_send(wanted) {
            let _ = self.newest.try_recv();
            wanted = again;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnosis::Ours;
    use crate::diagnosis::Rules;
    use crate::listing::{Ask, Extent, ListWindow, MessageId, Row, Rows};
    use crate::mail::SafeText;
    use crate::source::{Error, Event, Fetched, Place, Reader, Sink, State};

    /// A mailbox whose bounces are addressed to one domain; it becomes another one `resets` times
    /// while it is streamed.
    #[derive(Clone)]
    struct Scripted {
        domain: &'static str,
        resets: u32,
        recipients: usize,
    }

    impl Scripted {
        fn message(&self) -> Vec<u8> {
            let domain = self.domain;
            [
                format!("Received: from x.example by mx.{domain}; Mon, 4 May 2026 06:57:12 +0000"),
                format!("From: MAILER-DAEMON@mx.{domain}"),
                format!("To: postmaster@{domain}"),
                "Subject: Undelivered Mail Returned to Sender".into(),
                "Content-Type: multipart/report; report-type=delivery-status; boundary=b".into(),
                "\n--b\nContent-Type: message/delivery-status\n".into(),
                format!("Reporting-MTA: dns; mx.{domain}\n"),
                "Final-Recipient: rfc822; u@oak.example\nAction: failed\nStatus: 5.1.1\n\n"
                    .repeat(self.recipients),
                "--b--".into(),
            ]
            .join("\n")
            .into_bytes()
        }
    }

    impl Source for Scripted {
        fn name(&self) -> SafeText {
            self.domain.into()
        }

        fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
            let bytes = self.message();
            for validity in 0..=self.resets {
                for uid in 1..=20 {
                    let place = Place { validity, uid };
                    let message = Fetched { place, bytes: &bytes, whole: true, received: None };
                    let _ = sink.take(Event::Message(message));
                }
                if validity < self.resets {
                    let _ = sink.take(Event::Reset);
                }
            }
            let _ = sink.take(Event::State(State::Idle("here".into())));
            Ok(())
        }

        fn reader(&self) -> Box<dyn Reader> {
            Box::new(self.clone())
        }

        fn canceller(&self) -> Canceller {
            Canceller::new(|| ())
        }
    }

    impl Reader for Scripted {
        fn whole(&mut self, _: Place) -> Result<Vec<u8>, Error> {
            Ok(self.message())
        }

        fn canceller(&self) -> Canceller {
            Canceller::new(|| ())
        }
    }

    fn start(sources: Vec<Box<dyn Source>>) -> (Engine, Receiver<Update>) {
        let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::new(Ours::default()) };
        let mut mailboxes = Vec::new();
        for source in sources {
            let name = MailboxName { account: source.name().to_string(), folder: String::new() };
            mailboxes.push(Worked { name, source });
        }
        Engine::start(mailboxes, &judge, Store::temporary().expect("memory")).expect("threads")
    }

    /// The rows of the list, as soon as they are as wanted.
    fn rows_when(
        engine: &Engine,
        updates: &Receiver<Update>,
        wanted: impl Fn(&[Row]) -> bool,
    ) -> Vec<Row> {
        let mut rows = Vec::new();
        loop {
            engine.ask(Request::Show(Ask { reach: 1_500, ..Ask::default() }));
            let update = match updates.recv_timeout(std::time::Duration::from_secs(10)) {
                Ok(update) => update,
                Err(error) => panic!("{} rows were shown: {error}", rows.len()),
            };
            let Update::Window(window) = update else { continue };
            let ListWindow { rows: Rows::Deliveries(shown), .. } = *window else { continue };
            rows = shown.into_iter().map(|one| one.row).collect();
            if wanted(&rows) {
                return rows;
            }
        }
    }

    /// Everything that is told until each of so many mailboxes has learnt who we are.
    fn until_learnt(updates: &Receiver<Update>, mut mailboxes: usize) -> Vec<Update> {
        let mut told = Vec::new();
        while mailboxes > 0 {
            let update = updates.recv().expect("an update");
            if matches!(update, Update::Rejudged(_)) {
                mailboxes -= 1;
            }
            told.push(update);
        }
        told
    }

    #[test]
    fn what_one_mailbox_learns_judges_no_other() {
        let one = Scripted { domain: "birch.example", resets: 0, recipients: 1 };
        let two = Scripted { domain: "elm.example", resets: 0, recipients: 1 };
        let (engine, updates) = start(vec![Box::new(one), Box::new(two)]);
        until_learnt(&updates, 2);
        for (mailbox, domain) in [(0, "birch.example"), (1, "elm.example"), (0, "birch.example")] {
            let id = MessageId { mailbox, validity: 0, uid: 1 };
            engine.ask(Request::Open(id, Extent::Whole));
            let detail = loop {
                if let Update::Opened(detail) = updates.recv().expect("an update") {
                    break detail;
                }
            };
            assert_eq!((detail.id, &detail.ours.domains), (id, &vec![domain.to_owned()]));
        }
    }

    #[test]
    fn rows_of_a_void_mailbox_never_come_back() {
        let source = Scripted { domain: "birch.example", resets: 1, recipients: 1 };
        let (engine, updates) = start(vec![Box::new(source)]);
        until_learnt(&updates, 1);
        let rows = rows_when(&engine, &updates, |rows| rows.len() >= 20);
        assert_eq!(rows.len(), 20);
        assert!(rows.iter().all(|row| row.id.message.validity == 1));
    }

    /// A mailbox that brings some messages and then stands still until it is called off.
    struct Stalled {
        messages: u32,
        end: Sender<()>,
        ended: Receiver<()>,
    }

    impl Source for Stalled {
        fn name(&self) -> SafeText {
            "birch.example".into()
        }

        fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
            let bytes = Scripted { domain: "birch.example", resets: 0, recipients: 1 }.message();
            for uid in 1..=self.messages {
                let place = Place { validity: 1, uid };
                let message = Fetched { place, bytes: &bytes, whole: true, received: None };
                let _ = sink.take(Event::Message(message));
            }
            let _ = self.ended.recv();
            Ok(())
        }

        fn reader(&self) -> Box<dyn Reader> {
            Box::new(Scripted { domain: "birch.example", resets: 0, recipients: 1 })
        }

        fn canceller(&self) -> Canceller {
            let end = self.end.clone();
            Canceller::new(move || {
                let _ = end.try_send(());
            })
        }
    }

    #[test]
    fn what_has_come_is_shown_though_nothing_comes_behind_it() {
        let (end, ended) = bounded(1);
        let messages = 50;
        let (engine, updates) = start(vec![Box::new(Stalled { messages, end, ended })]);
        rows_when(&engine, &updates, |rows| rows.len() == 50);
    }

    #[test]
    fn an_engine_that_is_dropped_lets_its_threads_end() {
        let source = Scripted { domain: "birch.example", resets: 0, recipients: 1 };
        let (engine, updates) = start(vec![Box::new(source)]);
        drop(engine);
        // It ends when the last thread has hung up.
        assert!(updates.iter().any(|update| matches!(update, Update::Health(0, _))));
    }

    /// The first rows of a mailbox of one message, and those of all its recipients.
    #[test]
    fn what_a_row_stands_for_comes_on_demand() {
        let source = Scripted { domain: "birch.example", resets: 0, recipients: 300 };
        let (engine, updates) = start(vec![Box::new(source)]);
        let rows = rows_when(&engine, &updates, |rows| rows.len() == 20 * 51);
        let more = rows.iter().find(|row| row.further > 0).expect("a row for the others");
        engine.ask(Request::Recipients(more.id.message, more.time));
        let of_it = |rows: &[Row]| -> Vec<Row> {
            let message = more.id.message;
            rows.iter().filter(|row| row.id.message == message).cloned().collect()
        };
        let rows = rows_when(&engine, &updates, |rows| of_it(rows).len() == 300);
        let all = of_it(&rows);
        assert!(all.iter().all(|row| row.further == 0 && row.time == more.time));
        assert!(all.iter().any(|row| row.key() == more.key()), "it gives way");
    }
}
