//! Google Groups, which answers in the sender's language.

use super::super::notice::blocks::{Grammar, ReportBlock};
use super::super::notice::text::NoticeText;
use super::layout::{Dialect, GENERIC};

/// Google Groups, which answers in the sender's language.
pub(super) static GOOGLE_GROUPS: Dialect = Dialect {
    name: "google-groups",
    marks: &[
        "we're writing to let you know that the group you tried to contact",
        "if you have questions related to this or any other google group",
    ],
    fields: &[("from", "mailer-daemon@googlemail.com")],
    needs: &["groups.google."],
    reader: Some(read),
    ..GENERIC
};

/// The sentence that names the group in brackets tells what happened, in every language; the
/// address stands in the header.
fn read(notice: &NoticeText<'_>, _: &Grammar) -> Vec<ReportBlock> {
    for line in &notice.lines {
        if !line.trimmed().starts_with('*') && line.text.chars().count() >= 40 {
            let said = notice.passage(line.start, line.end());
            return vec![ReportBlock { said: Some(said), ..ReportBlock::default() }];
        }
    }
    Vec::new()
}
