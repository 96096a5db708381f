//! Keeping the store up to date with a mailbox for as long as the program runs, without a screen.

use std::convert::Infallible;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvError, after, never, select};

use crate::source::{Error, Source};
use crate::store::{MailboxName, Store};

use super::judge::Judge;
use super::sync::{SyncNews, Tell, Unsynced, pass, resume};

/// After so long a mailbox is tried again that said that trying again would not help: somebody may
/// have mended it.
const AGAIN: Duration = Duration::from_mins(5);

/// Brings the store up to date with a mailbox and keeps it so until `stop` is disconnected and the
/// source called off. What the mailbox says of itself is told; it is tried again.
///
/// # Errors
/// When the store fails.
pub fn follow(
    source: &mut dyn Source,
    judge: &Judge,
    store: &mut Store,
    name: &MailboxName,
    stop: &Receiver<Infallible>,
    tell: Tell<'_>,
) -> Result<(), Unsynced> {
    let mailbox = resume(source, store, name)?;
    loop {
        match pass(source, judge, store, mailbox, tell) {
            Err(Unsynced::Source(Error::Cancelled)) => return Ok(()),
            // It has told why it stopped.
            Ok(_) | Err(Unsynced::Source(_)) => {}
            Err(error) => return Err(error),
        }
        if !rest(source, stop, tell) {
            return Ok(());
        }
    }
}

/// Waits until there is something to bring; false when everything ends.
fn rest(source: &mut dyn Source, stop: &Receiver<Infallible>, tell: Tell<'_>) -> bool {
    loop {
        if wait(source, stop, Some(AGAIN)).is_some() {
            return false;
        }
        match source.look() {
            Some(state) => tell(SyncNews::State(&state)),
            None => return true,
        }
    }
}

/// Waits for an order, or until somebody should look after the source: then none comes. Where the
/// source has nothing to look after that is after so long `otherwise`.
pub(super) fn wait<T>(
    source: &mut dyn Source,
    orders: &Receiver<T>,
    otherwise: Option<Duration>,
) -> Option<Result<T, RecvError>> {
    let news = source.news();
    let time = source.rest().or(otherwise).map_or_else(never, after);
    select! {
        recv(orders) -> order => Some(order),
        recv(news) -> _ => None,
        recv(time) -> _ => None,
    }
}
