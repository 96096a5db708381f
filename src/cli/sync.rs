//! `deadletter sync`: what is kept of the configured mailboxes, brought up to date.

use std::io::{self, Write};
use std::time::Instant;

use serde::Serialize;

use crate::config::{Account, Config};
use crate::credentials;
use crate::engine::{Judge, Synced, Unsynced, judge_again, sync};
use crate::human::count;
use crate::mail::SafeText;
use crate::source::imap::Imap;
use crate::store::{self, MailboxName, Store};

use super::args::SyncFormat;
use super::error::Error;
use super::exit::{FAILED, GOOD};
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
        let begun = Instant::now();
        let mut outcome = one(account, &judge, &mut store);
        if let Err(Error::Unsynced(Unsynced::Store(error))) = outcome {
            store = replaced(store, error)?;
            outcome = one(account, &judge, &mut store);
        }
        match outcome {
            Ok(synced) => {
                say(account, synced, begun.elapsed().as_secs_f64(), format)?;
            }
            // The other accounts have their turn.
            Err(error) => {
                writeln!(io::stderr(), "deadletter: {error}")?;
                code = FAILED;
            }
        }
    }
    Ok(code)
}

/// Another store in the place of a damaged one.
fn replaced(store: Store, error: store::Error) -> Result<Store, Error> {
    if matches!(error, store::Error::Damaged { .. }) {
        return stored::begin_anew(store);
    }
    Err(error.into())
}

fn one(account: &Account, judge: &Judge, store: &mut Store) -> Result<Synced, Error> {
    let secret = credentials::obtain(account)?;
    let mut source = Imap::new(account.clone(), secret);
    let name = MailboxName { account: account.name.clone(), folder: account.mailbox.clone() };
    let mut tell = |text: &SafeText| {
        // There is nowhere else to tell it.
        let _ = writeln!(io::stderr(), "deadletter: {text}");
    };
    Ok(sync(&mut source, judge, store, &name, &mut tell)?)
}

fn say(account: &Account, synced: Synced, seconds: f64, format: SyncFormat) -> io::Result<()> {
    let Synced { messages, new, gone, bytes } = synced;
    let mut out = io::stdout().lock();
    match format {
        SyncFormat::Json => {
            let (account, mailbox) = (account.name.as_str(), account.mailbox.as_str());
            let line = SyncLine { account, mailbox, messages, new, gone, bytes, seconds };
            writeln!(out, "{}", serde_json::to_string(&line)?)
        }
        SyncFormat::Text => {
            let name = SafeText::new(&format!("{} {}", account.name, account.mailbox));
            let count = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX));
            let (messages, new, gone) = (count(messages), count(new), count(gone));
            writeln!(out, "{name}: {messages} messages, {new} new, {gone} gone ({seconds:.1} s)")
        }
    }
}
