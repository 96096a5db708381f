//! What is kept of mailboxes on this machine.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::config::{Config, Paths};
use crate::engine::judge_again;
use crate::export::list::Listed;
use crate::filter::RowCondition;
use crate::human::count;
use crate::mail::SafeText;
use crate::store::{ListedDelivery, OpenedStore, Store, StoredDelivery};

use super::error::{Error, shown};
use super::exit::GOOD;
use super::gather::Gathered;
use super::setup;

/// The folder of the store.
fn folder() -> Result<PathBuf, Error> {
    Ok(Paths::find().ok_or(Error::NoHome)?.data)
}

/// Opens the store; says on standard error when a damaged one was set aside.
pub(super) fn open() -> Result<Store, Error> {
    announce(Store::open(&folder()?)?)
}

/// Opens the store of mailboxes that were brought in.
pub(super) fn open_kept() -> Result<Store, Error> {
    if Store::is_in(&folder()?) { open() } else { Err(Error::NothingKept) }
}

/// Sets aside a store that turned out to be damaged, and opens another.
pub(super) fn begin_anew(store: Store) -> Result<Store, Error> {
    announce(store.begin_anew()?)
}

fn announce(opened: OpenedStore) -> Result<Store, Error> {
    if let Some(aside) = opened.set_aside {
        let aside = shown(&aside);
        writeln!(
            io::stderr(),
            "deadletter: what was kept of mailboxes is damaged and set aside as {aside}; \
             `deadletter sync` reads them anew"
        )?;
    }
    Ok(opened.store)
}

/// The store with everything in it judged by the rules of today.
pub(super) fn open_judged(config: &Config) -> Result<Store, Error> {
    let mut store = open_kept()?;
    let judge = setup::judge(config)?;
    judge_again(&judge, &mut store)?;
    Ok(store)
}

/// All deliveries that are kept, judged by the rules of today, for which this holds.
pub(super) fn gather(
    config: &Config,
    condition: Option<&RowCondition>,
) -> Result<Gathered<Listed>, Error> {
    let mut store = open_judged(config)?;
    let mut gathered = Gathered::default();
    store.deliveries(condition, &mut |kept| gathered.found.push(listed(kept)))?;
    Ok(gathered)
}

fn listed(kept: ListedDelivery) -> Listed {
    let file = label(&kept);
    let StoredDelivery { row, evidence } = kept.delivery;
    Listed::new(file, kept.message_id, row, evidence)
}

/// Where a message lies: its account, folder and number.
pub(super) fn label(kept: &ListedDelivery) -> SafeText {
    let ListedDelivery { mailbox, delivery, .. } = kept;
    let uid = delivery.row.id.message.uid;
    SafeText::new(&format!("{} {}#{uid}", mailbox.account, mailbox.folder))
}

/// `deadletter forget`.
pub(super) fn forget(account: Option<&str>) -> Result<u8, Error> {
    let forgotten = match account {
        _ if !Store::is_in(&folder()?) => 0,
        Some(account) => open()?.forget(account)?,
        None => open()?.delete()?,
    };
    let what = if forgotten == 1 { "message" } else { "messages" };
    writeln!(io::stdout(), "forgot {} {what}", count(forgotten))?;
    Ok(GOOD)
}
