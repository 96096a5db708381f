//! KDDI, au and `EZweb` mobile mail.

use super::super::notice::blocks::{Grammar, ReportBlock};
use super::super::notice::text::NoticeText;
use super::layout::{Dialect, GENERIC};

/// KDDI, au and `EZweb` mobile mail.
pub(super) static KDDI: Dialect = Dialect {
    name: "kddi",
    marks: &[
        "your mail sent on:",
        "the user(s) ",
        "each of the following recipients was rejected by a remote mail server",
    ],
    reader: Some(read),
    ..GENERIC
};

/// The heading tells why ("The user(s) account is disabled."), the line of the recipient only that.
fn read(notice: &NoticeText<'_>, grammar: &Grammar) -> Vec<ReportBlock> {
    let mut blocks = grammar.read(notice);
    if let Some(heading) = notice.lines.iter().find(|line| line.begins("the user(s) ")) {
        for block in &mut blocks {
            if let Some(said) = &block.said {
                block.said = Some(notice.passage(heading.start, said.end.max(heading.end())));
            }
        }
    }
    blocks
}
