//! Gmail and Google Workspace, the old plain text and the new starred headings.

use super::super::notice::blocks::{Grammar, PLAIN, ReportBlock};
use super::super::notice::text::NoticeText;
use super::super::remote::Remote;
use super::layout::{Dialect, GENERIC};
use crate::mail::find::position;

/// Gmail and Google Workspace, the old plain text and the new starred headings.
pub(super) static GMAIL: Dialect = Dialect {
    name: "gmail",
    marks: &[
        "delivery to the following recipient failed permanently",
        "delivery to the following recipients failed permanently",
        "delivery to the following recipient has been delayed",
        "delivery to the following recipients has been delayed",
    ],
    stamps: &[("message-id", "@mx.google.com")],
    fields: &[("from", "mailer-daemon@googlemail.com"), ("from", "mailer-daemon@gmail.com")],
    grammar: Grammar {
        begin: &["delivery to the following"],
        errors: &[
            "the response was",
            "the response from the remote server was",
            "technical details of",
            "dns error",
        ],
        ..PLAIN
    },
    reader: Some(read),
    ..GENERIC
};

fn read(notice: &NoticeText<'_>, grammar: &Grammar) -> Vec<ReportBlock> {
    let remote = remote(notice.own_text());
    let mut blocks = grammar.read(notice);
    for block in &mut blocks {
        block.remote.clone_from(&remote);
    }
    blocks
}

/// The old text names the host in a sentence of its own: "… rejected by the server for the
/// recipient domain x by mx. [ip]."
fn remote(text: &str) -> Option<Remote> {
    const DOMAIN: &str = "recipient domain ";
    const BY: &str = " by ";
    let sentence = &text[position(text, DOMAIN)? + DOMAIN.len()..];
    Remote::read(&sentence[position(sentence, BY)? + BY.len()..])
}
