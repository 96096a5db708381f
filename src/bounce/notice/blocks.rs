//! Recipients and their error texts in the human part of a report, found by the shape of the lines.
//!
//! Most mail systems print a failed address at the start of a line and the error behind or below
//! it. A dialect says with a [`Grammar`] where it departs from that; the reading itself is the same
//! for all.

use super::errors::{self, is_rule, lines_about, looks_like_error, paragraph_end};
use super::line::Line;
use super::named::{Named, came_from, named};
use super::sentences::Phase;
use super::text::NoticeText;
use crate::bounce::remote::Remote;
use crate::bounce::said::Said;
use crate::mail::find::begins;

/// One failed recipient as the human text names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportBlock {
    /// The failed address; empty where the text tells an error and names nobody.
    pub recipient: String,
    /// The address it was expanded or generated from.
    pub original: Option<String>,
    /// The error text below or behind it.
    pub said: Option<Said>,
    /// The last real error of a message whose time ran out.
    pub last_error: Option<Said>,
    /// The host that said it, where the layout names it apart.
    pub remote: Option<Remote>,
    /// The step of the dialogue in which it was said, where a transcript shows it.
    pub step: Option<Phase>,
    /// The error text stands in a paragraph of its own below the recipient: it may be about
    /// something else.
    pub apart: bool,
}

/// How one mail system's text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// Recipients stand behind the first line that begins with one of these; in the whole text when
    /// none occurs.
    pub begin: &'static [&'static str],
    /// Lines that begin with one of these end the recipients.
    pub end: &'static [&'static str],
    /// Labels in front of a recipient besides the usual ones (lower case, with their colon).
    pub labels: &'static [&'static str],
    /// Labels in front of an error text that stands apart from the recipient (lower case).
    pub errors: &'static [&'static str],
    /// Any line that begins with an address names a recipient, whatever follows in it.
    pub loose: bool,
}

/// The layout of everybody who does nothing special.
pub const PLAIN: Grammar = Grammar { begin: &[], end: &[], labels: &[], errors: &[], loose: false };

impl Grammar {
    /// Reads the recipients of a notice.
    #[must_use]
    pub fn read(&self, notice: &NoticeText<'_>) -> Vec<ReportBlock> {
        let lines = self.region(&notice.lines);
        let mut blocks: Vec<Open> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            if let Some(named) = named(line, self.labels, self.loose) {
                open(&mut blocks, line, named);
            } else if let Some(block) = blocks.last_mut() {
                block.line(line, lines.get(at + 1));
            }
        }
        let mut blocks: Vec<ReportBlock> =
            blocks.into_iter().map(|block| block.close(notice)).collect();
        if blocks.is_empty() && lines.len() < notice.lines.len() {
            blocks.extend(unnamed(notice, lines));
        }
        self.share(notice, &mut blocks);
        blocks
    }

    /// The lines between the marks.
    fn region<'l, 't>(&self, lines: &'l [Line<'t>]) -> &'l [Line<'t>] {
        let from = lines.iter().position(|line| line.begins_with_any(self.begin)).unwrap_or(0);
        let lines = &lines[from..];
        for (at, line) in lines.iter().enumerate().skip(1) {
            if line.begins_with_any(self.end) {
                return &lines[..at];
            }
        }
        lines
    }

    /// Gives recipients without an error text of their own the one that stands for all.
    fn share(&self, notice: &NoticeText<'_>, blocks: &mut [ReportBlock]) {
        if let Some(labelled) = errors::first_behind_label(notice, self.errors) {
            for block in &mut *blocks {
                if block.apart && !block.has_code() {
                    block.said = Some(labelled.clone());
                }
            }
        }
        let all_told = blocks.iter().all(|block| block.said.is_some());
        if all_told && (blocks.len() != 1 || blocks[0].has_code()) {
            return;
        }
        let apart = errors::apart(notice, self.errors);
        if let ([block], Some(apart)) = (&mut *blocks, &apart)
            && apart.has_codes()
        {
            block.said = Some(apart.clone());
        }
        if blocks.iter().all(|block| block.said.is_some()) {
            return;
        }
        let last = blocks.last().and_then(|block| block.said.clone());
        let about = lines_about(notice);
        for block in blocks {
            if block.said.is_none() {
                let own = about.get(&block.recipient.to_ascii_lowercase());
                block.said = own.or(apart.as_ref()).or(last.as_ref()).cloned();
            }
        }
    }
}

impl ReportBlock {
    /// True when its error text holds a code.
    fn has_code(&self) -> bool {
        self.said.as_ref().is_some_and(Said::has_codes)
    }
}

/// A block whose end has not come yet.
struct Open {
    recipient: String,
    original: Option<String>,
    from: usize,
    to: usize,
    closed: bool,
    /// A blank line stands between the recipient and the text.
    apart: bool,
}

fn open(blocks: &mut Vec<Open>, line: &Line<'_>, named: Named<'_>) {
    let from = line.end() - if named.told { line.trimmed().len() } else { named.rest.len() };
    let to = if named.rest.is_empty() && !named.told { from } else { line.end() };
    if let Some(last) = blocks.last_mut()
        && last.is_empty()
        && last.recipient.eq_ignore_ascii_case(named.address)
    {
        (last.from, last.to, last.closed) = (from, to, false);
        return;
    }
    let (recipient, original) = (named.address.to_owned(), named.original.map(ToOwned::to_owned));
    blocks.push(Open { recipient, original, from, to, closed: false, apart: false });
}

impl Open {
    fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// Adds a line below the recipient. A blank line ends a text that has begun; before it, the
    /// next paragraph may be the error text if it looks like one.
    fn line(&mut self, line: &Line<'_>, next: Option<&Line<'_>>) {
        if self.closed {
            return;
        }
        if line.is_blank() {
            self.closed = !self.is_empty() && !goes_on(next);
            self.apart |= self.is_empty();
            return;
        }
        if line.trimmed().starts_with('(')
            && let Some(from) = came_from(line.text)
        {
            self.original.get_or_insert_with(|| from.to_owned());
        } else if !self.is_empty() {
            self.to = line.end();
        } else if is_rule(line.trimmed()) {
            self.closed = true;
        } else {
            (self.from, self.to) = (line.end() - line.trimmed().len(), line.end());
        }
    }

    fn close(self, notice: &NoticeText<'_>) -> ReportBlock {
        let mut block = ReportBlock { apart: self.apart, ..ReportBlock::default() };
        if !self.is_empty() {
            let said = notice.passage(self.from, self.to);
            if !self.apart && !is_field(&said.text) || looks_like_error(&said.text) {
                block.said = Some(said);
            }
        }
        block.original = self.original.filter(|from| !from.eq_ignore_ascii_case(&self.recipient));
        block.recipient = self.recipient;
        block
    }
}

/// True when a quoted dialogue goes on behind a blank line.
fn goes_on(next: Option<&Line<'_>>) -> bool {
    let Some(next) = next else { return false };
    next.trimmed().starts_with("<<<") || next.trimmed().starts_with(">>>")
}

/// True for a field of the returned message, as reports list them below a recipient.
fn is_field(text: &str) -> bool {
    const LABELS: [&str; 7] = ["from:", "to:", "cc:", "subject:", "sent:", "date:", "size"];
    LABELS.iter().any(|label| begins(text, label))
}

/// The paragraph behind the mark, when it names nobody but tells an error.
fn unnamed(notice: &NoticeText<'_>, lines: &[Line<'_>]) -> Option<ReportBlock> {
    let first = lines.iter().skip(1).find(|line| !line.is_blank())?;
    let said = notice.passage(first.start, paragraph_end(notice, first.start));
    if !looks_like_error(&said.text) {
        return None;
    }
    Some(ReportBlock { said: Some(said), ..ReportBlock::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn read(text: &str) -> Vec<(String, Option<String>, String)> {
        let blocks = PLAIN.read(&NoticeText::new(text, Part::Text));
        blocks
            .into_iter()
            .map(|b| {
                (b.recipient, b.original, b.said.map(|s| s.text.to_string()).unwrap_or_default())
            })
            .collect()
    }

    #[test]
    fn the_usual_shapes() {
        let one = |text: &str, recipient: &str, said: &str| {
            assert_eq!(read(text), [(recipient.to_owned(), None, said.to_owned())], "{text}");
        };
        one(
            "<a@b.example>: host mx[192.0.2.1] said: 550\n    no (in reply to RCPT TO command)\n\nbye",
            "a@b.example",
            "host mx[192.0.2.1] said: 550 no (in reply to RCPT TO command)",
        );
        one(
            "failed:\n\n  a@b.example\n    Unrouteable address\n",
            "a@b.example",
            "Unrouteable address",
        );
        one(
            "<a@b.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
            "a@b.example",
            "Sorry, no mailbox here by that name. (#5.1.1)",
        );
        one(
            "Recipient address: a@b.example\nReason: Remote system rejected it: 550 no",
            "a@b.example",
            "Reason: Remote system rejected it: 550 no",
        );
        one(
            "to:\n     a@b.example\n\nThe error that the other server returned was:\n550 5.1.1 none (state 14)\n",
            "a@b.example",
            "The error that the other server returned was: 550 5.1.1 none (state 14)",
        );
        one(
            "Could not be delivered because of\n\n550 5.1.1 User unknown\n\naffected:\n\n   a@b.example\n",
            "a@b.example",
            "550 5.1.1 User unknown",
        );
    }

    #[test]
    fn several_and_where_they_came_from() {
        let text = "<a@b.example> (expanded from <list@b.example>): unknown user: \"a\"\n\n<c@d.example>: mailbox full\n";
        let blocks = read(text);
        assert_eq!(blocks[0].1.as_deref(), Some("list@b.example"));
        assert_eq!(blocks[1].2, "mailbox full");
        let exim =
            read("  a@b.example\n    (generated from list@b.example)\n    mailbox is full\n");
        assert_eq!(
            exim[0],
            ("a@b.example".into(), Some("list@b.example".into()), "mailbox is full".into())
        );
    }

    #[test]
    fn prose_names_nobody() {
        assert_eq!(read("Hello,\nplease write to postmaster@b.example if you need help.\n"), []);
    }
}
