//! Mailboxes at work behind the screen: sources are streamed, read and judged on all cores, single
//! messages opened beside that. The screen asks and is told through channels and waits for nothing.
//!
//! [`pipeline`] is the way of messages through all cores, also for `explain`; [`Judge`] turns bytes
//! into verdicts, and survives a fault in one message.

pub mod apply;
mod guard;
mod judge;
mod learning;
mod open;
pub mod pipeline;
mod stream;
mod sync;

use std::io;
use std::thread::Builder;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, unbounded};

use crate::listing::{Request, Update};
use crate::source::{Canceller, Source};

pub use guard::Fault;
pub use judge::{Judge, Understood};
pub use sync::{Synced, Unsynced, judge_again, sync};

use judge::SharedJudge;
use open::{Opener, Wanted, What};
use pipeline::STACK;
use stream::Teller;

/// Updates that may wait for the screen.
const WAITING: usize = 256;

/// The mailboxes at work. Dropped, all their work ends, without waiting for the network.
#[derive(Debug)]
pub struct Engine {
    mailboxes: Vec<Threads>,
}

/// The threads of one mailbox, as the engine holds them.
#[derive(Debug)]
struct Threads {
    orders: Sender<()>,
    wanted: Sender<Wanted>,
    newest: Receiver<Wanted>,
    cancellers: [Canceller; 2],
}

impl Engine {
    /// Starts to work on mailboxes, which are numbered in their order; what they tell comes
    /// through the receiver. Each is judged by a judge of its own, which may learn who we are.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(
        sources: Vec<Box<dyn Source>>,
        judge: &Judge,
    ) -> io::Result<(Self, Receiver<Update>)> {
        let (tell, updates) = bounded(WAITING);
        let mut mailboxes = Vec::new();
        for (number, source) in (0..).zip(sources) {
            let judge = SharedJudge::new(judge.clone());
            mailboxes.push(Threads::start(number, source, judge, &tell)?);
        }
        Ok((Self { mailboxes }, updates))
    }

    /// Asks for something; never waits.
    pub fn ask(&self, request: Request) {
        match request {
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
        number: u16,
        source: Box<dyn Source>,
        judge: SharedJudge,
        updates: &Sender<Update>,
    ) -> io::Result<Self> {
        let (orders, to_do) = unbounded();
        let (wanted, newest) = bounded(1);
        let reader = source.reader();
        let cancellers = [source.canceller(), reader.canceller()];
        let opener = Opener::new(reader, judge.clone());
        let (opening, opened) = (newest.clone(), updates.clone());
        Builder::new()
            .name(format!("open-{number}"))
            .stack_size(STACK)
            .spawn(move || opener.run(&opening, &opened))?;
        let teller = Teller::new(number, judge.clone(), updates.clone());
        Builder::new()
            .name(format!("stream-{number}"))
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
    use crate::listing::Row;
    use crate::listing::{Extent, MessageId};
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
        Engine::start(sources, &judge).expect("threads")
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
        let (_engine, updates) = start(vec![Box::new(source)]);
        let mut rows: Vec<Row> = Vec::new();
        for update in until_learnt(&updates, 1) {
            match update {
                Update::Rows(more) => rows.extend(more),
                Update::Reset(_) => rows.clear(),
                _ => {}
            }
        }
        assert_eq!(rows.len(), 40, "twenty, and again when it was learnt who we are");
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
        let (_engine, updates) = start(vec![Box::new(Stalled { messages, end, ended })]);
        let mut seen = std::collections::BTreeSet::new();
        while seen.len() < 50 {
            match updates.recv_timeout(std::time::Duration::from_secs(10)) {
                Ok(Update::Rows(rows)) => seen.extend(rows.iter().map(|row| row.id.message.uid)),
                Ok(_) => {}
                Err(error) => panic!("{} of {messages} were shown: {error}", seen.len()),
            }
        }
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
        let rows = loop {
            if let Update::Rows(rows) = updates.recv().expect("an update") {
                break rows;
            }
        };
        let Some(more) = rows.iter().find(|row| row.further > 0) else { panic!("{rows:?}") };
        engine.ask(Request::Recipients(more.id.message, more.time));
        let all = loop {
            match updates.recv().expect("an update") {
                Update::Rows(rows) if rows.len() == 300 => break rows,
                _ => {}
            }
        };
        assert!(all.iter().all(|row| row.further == 0 && row.time == more.time));
        assert!(all.iter().any(|row| row.key() == more.key()), "it gives way");
    }
}
