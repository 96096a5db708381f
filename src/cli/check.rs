//! `deadletter check`: tries accounts step by step.

use std::io::{self, Write};

use crate::config::{Account, Config};
use crate::credentials;
use crate::source::imap::check;

use super::error::Error;
use super::exit::{FAILED, GOOD};

pub(super) fn run(name: Option<&str>, config: &Config) -> Result<u8, Error> {
    let accounts = config.chosen(name)?;
    let mut good = true;
    for account in accounts {
        good &= one(account)?;
    }
    Ok(if good { GOOD } else { FAILED })
}

/// Tries one account and tells what was found; false when something is wrong.
pub(super) fn one(account: &Account) -> Result<bool, Error> {
    let secret = credentials::obtain(account)?;
    let report = check(account, secret.as_ref());
    write!(io::stdout().lock(), "{report}")?;
    Ok(report.is_good())
}
