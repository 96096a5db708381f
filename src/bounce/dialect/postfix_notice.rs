//! Postfix's notices to its own postmaster: the transcript of a session with a client that went
//! wrong.
//!
//! Most are noise about strangers. When Postfix itself failed (a full disk, a broken table: 4.3.x),
//! a message was not accepted through our fault, and that is a failure like any other.

use super::super::notice::blocks::{Grammar, ReportBlock};
use super::super::notice::line::Line;
use super::super::notice::text::NoticeText;
use super::super::status::{Status, codes};
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

fn read(notice: &NoticeText<'_>, _: &Grammar) -> Vec<ReportBlock> {
    let Some(fault) = notice.lines.iter().find(|line| is_own_fault(line)) else {
        return Vec::new();
    };
    let answer = fault.trimmed()["Out:".len()..].trim_start();
    let said = notice.passage(fault.end() - answer.len(), fault.end());
    let mut blocks = Vec::new();
    for line in &notice.lines {
        if let Some(command) = line.trimmed().strip_prefix("In:")
            && begins(command.trim_start(), "rcpt to")
            && let Some(found) = address::find(command)
        {
            let recipient = found.text.to_owned();
            blocks.push(ReportBlock {
                recipient,
                said: Some(said.clone()),
                ..ReportBlock::default()
            });
        }
    }
    blocks
}

/// True for an answer of ours that tells of a fault of our own system (4.3.x).
fn is_own_fault(line: &Line<'_>) -> bool {
    let Some(answer) = line.trimmed().strip_prefix("Out:") else { return false };
    matches!(codes(answer).status, Some(Status { class: 4, subject: 3, .. }))
}
