//! The mailboxes of the configured accounts, for the commands that read them.

use std::thread;

use crate::config::Account;
use crate::credentials::{self, Secret};
use crate::mail::SafeText;
use crate::source::Error as SourceError;
use crate::source::imap::{Imap, mailboxes};
use crate::store::MailboxName;

use super::error::Error;

/// A mailbox of an account.
pub(super) struct NamedMailbox {
    pub(super) name: MailboxName,
    pub(super) source: Imap,
}

/// The mailboxes of one account.
#[derive(Default)]
pub(super) struct FoundMailboxes {
    /// At least one.
    pub(super) mailboxes: Vec<NamedMailbox>,
    /// What a person should know of them.
    pub(super) notices: Vec<SafeText>,
}

/// The mailboxes of an account. Its secret is asked for, and where it names patterns the server.
pub(super) fn of_account(account: &Account) -> Result<FoundMailboxes, Error> {
    let secret = credentials::obtain(account)?;
    Ok(find(account, secret)?)
}

/// The mailboxes of accounts, of each or why there are none. Programs and prompts for secrets come
/// one after the other; servers are asked together.
pub(super) fn of_accounts(accounts: &[&Account]) -> Vec<Result<FoundMailboxes, Error>> {
    let secrets: Vec<_> = accounts.iter().map(|account| credentials::obtain(account)).collect();
    thread::scope(|scope| {
        let mut asked = Vec::new();
        for (account, secret) in accounts.iter().zip(secrets) {
            let ask = move || Ok(find(account, secret?)?);
            asked.push(scope.spawn(ask));
        }
        let mut found = Vec::new();
        for one in asked {
            let fault = || Err(Error::Source(SourceError::Unread("a part of it failed".into())));
            found.push(one.join().unwrap_or_else(|_| fault()));
        }
        found
    })
}

fn find(account: &Account, secret: Option<Secret>) -> Result<FoundMailboxes, SourceError> {
    let of_account = mailboxes(account, secret)?;
    let mut found = FoundMailboxes { notices: of_account.notices, ..FoundMailboxes::default() };
    for source in of_account.sources {
        let folder = source.mailbox().to_owned();
        let name = MailboxName { account: account.name.clone(), folder };
        found.mailboxes.push(NamedMailbox { name, source });
    }
    Ok(found)
}
