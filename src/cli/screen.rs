//! The screen over configured accounts, files or the demo mailbox.

use super::Error;
use crate::config::Config;
use std::path::PathBuf;
pub(super) fn run(_paths: &[PathBuf], _config: &Config) -> Result<u8, Error> {
    Err(Error::NoScreen("not yet"))
}
pub(super) fn demo(_config: &Config) -> Result<u8, Error> {
    Err(Error::NoScreen("not yet"))
}
