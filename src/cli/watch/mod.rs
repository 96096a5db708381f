//! `deadletter watch`: keeps up with the configured mailboxes without a screen, and tells what comes
//! as lines of JSON until it is ended.

mod ending;
mod growing;

use std::convert::Infallible;
use std::io::{self, Write};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, select};

use crate::clock::Clock;
use crate::config::{Account, Config};
use crate::engine::{Judge, SyncNews, follow, judge_again};
use crate::export::list::Listed;
use crate::export::watch as lines;
use crate::mail::SafeText;
use crate::source::{Canceller, Source, State};
use crate::store::{KeptMessage, StoredDelivery};

use super::error::Error;
use super::exit::{FAILED, GOOD};
use super::mailboxes::{self, NamedMailbox};
use super::sync::replaced;
use super::{setup, stored};

use growing::Incidents;

/// Events that may wait to be written.
const WAITING: usize = 64;
/// Memory for the thread of a mailbox, in bytes: it reads deeply nested messages.
const STACK: usize = 8 << 20;

/// Something that happened in a mailbox.
enum WatchEvent {
    Came(Vec<Listed>),
    State(State),
    Notice(SafeText),
}

pub(super) fn run(config: &Config) -> Result<u8, Error> {
    let ended = ending::await_end()?;
    let judge = setup::judge(config)?;
    let mut store = stored::open()?;
    if let Err(error) = judge_again(&judge, &mut store) {
        store = replaced(store, error)?;
    }
    let incidents = Incidents::of(&mut store)?;
    drop(store);
    let mut watch = Watch { out: io::stdout(), incidents, states: Vec::new() };
    let (tell, told) = bounded(WAITING);
    let (going, stop) = bounded(0);
    let mut cancellers = Vec::new();
    let accounts = config.chosen(None)?;
    for (account, found) in accounts.iter().zip(mailboxes::of_accounts(&accounts)) {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                watch.fails(account, &error)?;
                continue;
            }
        };
        for notice in found.notices {
            let now = Clock::System.now();
            lines::notice(&account.name, &notice, now, &mut watch.out)?;
        }
        for mailbox in found.mailboxes {
            cancellers.push(mailbox.source.canceller());
            let number = watch.begin(&mailbox);
            let (judge, tell, stop) = (judge.clone(), tell.clone(), stop.clone());
            let work = WatchWork { number, mailbox, judge, tell };
            work.begin(stop)?;
        }
    }
    drop(tell);
    let code = watch.tell_all(&told, &ended);
    drop(going);
    cancellers.iter().for_each(Canceller::cancel);
    code
}

/// A mailbox that is kept up with on a thread of its own.
struct WatchWork {
    number: usize,
    mailbox: NamedMailbox,
    judge: Judge,
    tell: Sender<(usize, WatchEvent)>,
}

impl WatchWork {
    fn begin(self, stop: Receiver<Infallible>) -> io::Result<JoinHandle<()>> {
        let builder = thread::Builder::new().name("watch".into()).stack_size(STACK);
        builder.spawn(move || self.run(&stop))
    }

    fn run(mut self, stop: &Receiver<Infallible>) {
        if let Err(error) = self.follow(stop) {
            let why = SafeText::new(&error.to_string());
            let _ = self.tell.send((self.number, WatchEvent::State(State::Stopped(why))));
        }
    }

    fn follow(&mut self, stop: &Receiver<Infallible>) -> Result<(), Error> {
        let mut store = stored::open()?;
        let Self { number, mailbox, judge, tell } = self;
        let NamedMailbox { name, source } = mailbox;
        let place = format!("{} {}", name.account, name.folder);
        let mut told = |told: SyncNews<'_>| {
            let event = match told {
                SyncNews::Notice(text) => WatchEvent::Notice(text.clone()),
                SyncNews::State(state) => WatchEvent::State(state.clone()),
                SyncNews::Kept(messages) => WatchEvent::Came(listed(&place, messages)),
            };
            // When nobody listens any more everything ends.
            let _ = tell.send((*number, event));
        };
        Ok(follow(source, judge, &mut store, name, stop, &mut told)?)
    }
}

/// The deliveries of messages, as `list` has them.
fn listed(place: &str, messages: &[KeptMessage]) -> Vec<Listed> {
    let mut listed = Vec::new();
    for message in messages {
        let file = SafeText::new(&format!("{place}#{}", message.uid));
        for StoredDelivery { row, evidence } in message.deliveries.clone() {
            listed.push(Listed::new(file.clone(), message.message_id.clone(), row, evidence));
        }
    }
    listed
}

/// What is told, and what was told before.
struct Watch {
    out: io::Stdout,
    incidents: Incidents,
    /// Name of each mailbox, and how it is doing.
    states: Vec<(SafeText, Option<State>)>,
}

impl Watch {
    /// Takes up a mailbox; returns its number.
    fn begin(&mut self, mailbox: &NamedMailbox) -> usize {
        let name = format!("{}/{}", mailbox.name.account, mailbox.name.folder);
        self.states.push((SafeText::new(&name), None));
        self.states.len() - 1
    }

    /// Tells of an account whose mailboxes cannot be opened.
    fn fails(&mut self, account: &Account, error: &Error) -> io::Result<()> {
        let why = SafeText::new(&error.to_string());
        let now = Clock::System.now();
        lines::mailbox_is(&account.name, "stopped", Some(&why), now, &mut self.out)?;
        self.out.flush()
    }

    /// Tells what happens until it is ended, or there is no mailbox left.
    fn tell_all(
        &mut self,
        told: &Receiver<(usize, WatchEvent)>,
        ended: &Receiver<()>,
    ) -> Result<u8, Error> {
        loop {
            select! {
                recv(ended) -> _ => return Ok(GOOD),
                recv(told) -> event => match event {
                    Ok((mailbox, event)) => self.take(mailbox, event)?,
                    Err(_) => return Ok(FAILED),
                },
            }
        }
    }

    fn take(&mut self, number: usize, event: WatchEvent) -> io::Result<()> {
        let now = Clock::System.now();
        let (mailbox, before) = &mut self.states[number];
        match event {
            WatchEvent::Came(entries) => {
                self.incidents.tell(mailbox, entries, &mut self.out)?;
            }
            WatchEvent::Notice(text) => lines::notice(mailbox, &text, now, &mut self.out)?,
            WatchEvent::State(state) => {
                let (name, why) = put(&state);
                if before.as_ref().is_none_or(|before| put(before) != (name, why)) {
                    lines::mailbox_is(mailbox, name, why, now, &mut self.out)?;
                    *before = Some(state);
                }
            }
        }
        self.out.flush()
    }
}

/// A state in a word, and why.
fn put(state: &State) -> (&'static str, Option<&str>) {
    match state {
        State::Connecting => ("connecting", None),
        State::Fetching { .. } => ("fetching", None),
        State::Idle(_) => ("online", None),
        State::Waiting { why, .. } => ("waiting", Some(why)),
        State::Stopped(why) => ("stopped", Some(why)),
    }
}
