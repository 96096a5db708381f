//! `deadletter sync`: what is kept of the configured mailboxes, brought up to date.

use std::io::{self, Write};
use std::time::Instant;

use serde::Serialize;

use crate::config::Config;
use crate::engine::{Judge, SyncNews, Synced, Unsynced, judge_again, sync};
use crate::human::count;
use crate::mail::SafeText;
use crate::source::State;
use crate::store::{self, MailboxName, Store};

use super::args::SyncFormat;
use super::error::Error;
use super::exit::{FAILED, GOOD};
use super::mailboxes::{self, NamedMailbox};
use super::{setup, stored};

/// What came of a mailbox. Field names are a public interface.
#[derive(Serialize)]
struct SyncLine<'a> {
    account: &'a str,
    mailbox: &'a str,
    messages: u64,
    new: u64,
    gone: u64,
    bytes: u64,
    seconds: f64,
}

pub(super) fn run(name: Option<&str>, format: SyncFormat, config: &Config) -> Result<u8, Error> {
    let accounts = config.chosen(name)?;
    let judge = setup::judge(config)?;
    let mut store = stored::open()?;
    let whole = store.look_through();
    if let Err(error) = whole.and_then(|()| judge_again(&judge, &mut store)) {
        store = replaced(store, error)?;
    }
    let mut code = GOOD;
    for account in accounts {
        let found = match mailboxes::of_account(account) {
            Ok(found) => found,
            // The other accounts have their turn.
            Err(error) => {
                code = fails(&error)?;
                continue;
            }
        };
        for notice in &found.notices {
            writeln!(io::stderr(), "deadletter: {notice}")?;
        }
        for mut mailbox in found.mailboxes {
            let begun = Instant::now();
            let mut outcome = one(&mut mailbox, &judge, &mut store);
            if let Err(Unsynced::Store(error)) = outcome {
                store = replaced(store, error)?;
                outcome = one(&mut mailbox, &judge, &mut store);
            }
            match outcome {
                Ok(synced) => say(&mailbox.name, synced, begun.elapsed().as_secs_f64(), format)?,
                Err(error) => code = fails(&error.into())?,
            }
        }
    }
    Ok(code)
}

/// Tells of an error that the others survive; returns the exit code.
fn fails(error: &Error) -> io::Result<u8> {
    writeln!(io::stderr(), "deadletter: {error}")?;
    Ok(FAILED)
}

/// Another store in the place of a damaged one.
pub(super) fn replaced(store: Store, error: store::Error) -> Result<Store, Error> {
    if matches!(error, store::Error::Damaged { .. }) {
        return stored::begin_anew(store);
    }
    Err(error.into())
}

fn one(mailbox: &mut NamedMailbox, judge: &Judge, store: &mut Store) -> Result<Synced, Unsynced> {
    let mut tell = |told: SyncNews<'_>| {
        // Why it waits is worth telling; that it works is not.
        let (SyncNews::Notice(text) | SyncNews::State(State::Waiting { why: text, seconds: 1 })) =
            told
        else {
            return;
        };
        // There is nowhere else to tell it.
        let _ = writeln!(io::stderr(), "deadletter: {text}");
    };
    sync(&mut mailbox.source, judge, store, &mailbox.name, &mut tell)
}

fn say(name: &MailboxName, synced: Synced, seconds: f64, format: SyncFormat) -> io::Result<()> {
    let Synced { messages, new, gone, bytes } = synced;
    let (account, mailbox) = (name.account.as_str(), name.folder.as_str());
    let mut out = io::stdout().lock();
    match format {
        SyncFormat::Json => {
            let line = SyncLine { account, mailbox, messages, new, gone, bytes, seconds };
            writeln!(out, "{}", serde_json::to_string(&line)?)
        }
        SyncFormat::Text => {
            let name = SafeText::new(&format!("{account} {mailbox}"));
            let count = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX));
            let (messages, new, gone) = (count(messages), count(new), count(gone));
            writeln!(out, "{name}: {messages} messages, {new} new, {gone} gone ({seconds:.1} s)")
        }
    }
}
