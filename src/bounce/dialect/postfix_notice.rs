//! Postfix's notices to its own postmaster: the transcript of a session with a client that went
//! wrong.
//!
//! Most are noise about strangers. When Postfix itself failed (a full disk, a broken table: 4.3.x),
//! a message was not accepted through our fault, and that is a failure like any other.

use super::super::notice::blocks::{Block, Grammar};
use super::super::notice::text::NoticeText;
use super::super::status::codes;
use super::layout::{Dialect, GENERIC};
use crate::mail::address;
use crate::mail::find::begins;

/// Postfix's notices to its own postmaster.
pub(super) static POSTFIX_NOTICE: Dialect = Dialect {
    name: "postfix-notice",
    fields: &[("subject", "server: errors from")],
    reader: Some(read),
    notice: true,
    ..GENERIC
};

fn read(notice: &NoticeText<'_>, _: &Grammar) -> Vec<Block> {
    let fault = notice.lines.iter().find(|line| {
        let answer = line.trimmed().strip_prefix("Out:").map(codes).and_then(|codes| codes.status);
        answer.is_some_and(|status| status.class == 4 && status.subject == 3)
    });
    let Some(fault) = fault else { return Vec::new() };
    let said = notice.passage(fault.end() - fault.trimmed()[4..].trim_start().len(), fault.end());
    let commands = notice.lines.iter().filter_map(|line| line.trimmed().strip_prefix("In:"));
    let recipients = commands.map(str::trim_start).filter(|command| begins(command, "rcpt to"));
    let block = |command| {
        Some(Block {
            recipient: address::find(command)?.text.to_owned(),
            said: Some(said.clone()),
            ..Block::default()
        })
    };
    recipients.filter_map(block).collect()
}
