//! Recipients and their error texts in the human part of a report, found by the shape of the lines.
//!
//! Every line whose shape names an address is a candidate. It takes the lines below that carry it
//! on; then the surest candidates are chosen, and each is given its error text: its own, else the
//! one that stands for all. A dialect says with a [`Grammar`] where to look and which labels it
//! has; the reading itself is the same for all.

use std::collections::HashMap;

use super::candidate::{Candidate, open};
use super::errors::{self, lines_about, looks_like_error, paragraph_end};
use super::line::Line;
use super::named::{Certainty, Named};
use super::prose;
use super::shapes::named;
use super::text::NoticeText;
use super::vocabulary::asks_to_write;
use crate::mail::limits::RECIPIENTS_IN_WORDS;

pub use super::candidate::ReportBlock;

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
        let mut found = self.candidates(lines);
        let part = lines.len() < notice.lines.len();
        if found.is_empty() && part {
            found = self.candidates(&notice.lines);
            found.retain(|candidate| candidate.named.certainty == Certainty::Strong);
        }
        let first = found.first().map_or(0, |candidate| candidate.line);
        let mut blocks = merged(chosen(found, notice));
        if blocks.is_empty() && part {
            blocks.extend(unnamed(notice, lines));
        }
        self.share(notice, first, &mut blocks);
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

    /// Everything in these lines that may be a recipient, with the lines that belong to it.
    fn candidates<'t>(&self, lines: &[Line<'t>]) -> Vec<Candidate<'t>> {
        let mut found: Vec<Candidate<'t>> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            // Behind this mark stands a signature; one more than are read shows that there are more.
            if line.text == "--" || found.len() > RECIPIENTS_IN_WORDS {
                break;
            }
            let next = lines.get(at + 1);
            if let Some(open) = found.last_mut()
                && open.holds(line)
            {
                open.add(line, next);
                continue;
            }
            let mut named = named(line, self.labels, self.loose);
            if at > 0 && is_end_of_request(&lines[at - 1], named.as_ref()) {
                named = None;
            }
            match (found.last_mut(), named) {
                (Some(open), Some(named)) if open.runs_on_in(line, &named) => open.add(line, next),
                (_, Some(named)) => open(&mut found, line, &named),
                (Some(open), None) => open.add(line, next),
                (None, None) => {}
            }
        }
        found
    }

    /// Gives recipients without an error text of their own the one that stands for all: behind a
    /// label, below the last recipient, the sentence about them, the paragraph above them, which
    /// end in front of byte `first`.
    fn share(&self, notice: &NoticeText<'_>, first: usize, blocks: &mut [ReportBlock]) {
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
        let told = prose::told(notice);
        let sentences = prose::by_recipient(&told);
        let above = errors::explaining(notice, first);
        for block in blocks.iter_mut().filter(|block| block.said.is_none()) {
            let address = block.recipient.to_ascii_lowercase();
            let own = about.get(&address).or(apart.as_ref()).or(last.as_ref());
            let told = own.or_else(|| sentences.get(&address).copied());
            block.said = told.or(above.as_ref()).cloned();
            block.shared = true;
        }
    }
}

/// The candidates that count: where one is sure, only the sure ones.
fn chosen(found: Vec<Candidate<'_>>, notice: &NoticeText<'_>) -> Vec<ReportBlock> {
    let mut blocks = Vec::with_capacity(found.len());
    for candidate in found {
        let block = candidate.close(notice);
        if !block.recipient.is_empty() {
            blocks.push(block);
        }
    }
    if blocks.iter().any(|block| !block.weak) {
        blocks.retain(|block| !block.weak);
    }
    blocks
}

/// One block for each address: of several texts about it the first with a code, else the first.
fn merged(blocks: Vec<ReportBlock>) -> Vec<ReportBlock> {
    if blocks.len() < 2 {
        return blocks;
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut merged: Vec<ReportBlock> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let place = *places.entry(block.recipient.to_lowercase()).or_insert(merged.len());
        let Some(first) = merged.get_mut(place) else {
            merged.push(block);
            continue;
        };
        if first.said.is_none() || block.has_code() && !first.has_code() {
            (first.said, first.apart) = (block.said, block.apart);
        }
        first.original = first.original.take().or(block.original);
    }
    merged
}

/// True for an address alone in its line that ends the sentence above: "… please write to".
fn is_end_of_request(above: &Line<'_>, named: Option<&Named<'_>>) -> bool {
    let Some(named) = named else { return false };
    let alone = named.rest.is_empty() && named.label.is_empty() && !named.told;
    alone && !above.text.ends_with([':', '.']) && asks_to_write(above.text)
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
            "Remote system rejected it: 550 no",
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
