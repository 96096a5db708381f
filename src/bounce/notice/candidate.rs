//! A recipient as far as its line names it, and the lines below that belong to it.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::errors::{is_rule, looks_like_error};
use super::line::Line;
use super::named::{Certainty, Named, came_from, others};
use super::sentences::Phase;
use super::text::NoticeText;
use super::vocabulary::{names_another, names_error, split_label};
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
    /// The error text is one that stands for all.
    pub shared: bool,
    /// Named by a shape that lines of other meaning have too.
    pub weak: bool,
}

impl ReportBlock {
    /// True when its error text holds a code.
    pub(super) fn has_code(&self) -> bool {
        self.said.as_ref().is_some_and(Said::has_codes)
    }
}

/// A line that may name a recipient, and the lines that belong to it.
pub(super) struct Candidate<'t> {
    recipient: String,
    original: Option<String>,
    /// What the line names.
    pub named: Named<'t>,
    /// How far the line is indented.
    indent: usize,
    /// Where it begins.
    pub line: usize,
    /// Where its error text begins and ends.
    from: usize,
    to: usize,
    /// The text so far ends with a colon.
    colon: bool,
    /// The text has ended.
    closed: bool,
    /// A blank line stands between the recipient and the text.
    apart: bool,
}

/// Takes what a line names as candidates.
pub(super) fn open<'t>(found: &mut Vec<Candidate<'t>>, line: &Line<'t>, named: &Named<'t>) {
    let others = others(named.rest);
    let rest = if others.is_empty() { named.rest } else { "" };
    let from = line.end() - if named.told { line.trimmed().len() } else { rest.len() };
    let to = if rest.is_empty() && !named.told { from } else { line.end() };
    let colon = line.text.ends_with(':');
    if let Some(last) = found.last_mut()
        && last.is_empty()
        && last.recipient.eq_ignore_ascii_case(&named.address)
    {
        (last.from, last.to, last.closed, last.colon) = (from, to, false, colon);
        last.named.awaits |= named.awaits;
        return;
    }
    let original = named.original.filter(|from| from.contains('@'));
    let mut recipients = vec![named.address.to_string()];
    recipients.extend(others.into_iter().map(ToOwned::to_owned));
    for recipient in recipients {
        found.push(Candidate {
            recipient,
            original: original.map(ToOwned::to_owned),
            named: named.clone(),
            indent: line.indent(),
            line: line.start,
            from,
            to,
            colon,
            closed: false,
            apart: false,
        });
    }
}

impl Candidate<'_> {
    fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// True for a line that carries the error text on, whatever it begins with: indented deeper than
    /// the recipient, with no blank line between; and for one that tells where the recipient came
    /// from.
    pub(super) fn holds(&self, line: &Line<'_>) -> bool {
        if self.closed || line.is_blank() {
            return false;
        }
        let begun = self.named.awaits || !self.is_empty() && !self.colon;
        begun && line.indent() > self.indent || whence(line.trimmed()).is_some()
    }

    /// True for a line that names somebody within an error text that has begun: the same address
    /// again, an address in an error below the recipient, or a shape that also other lines have.
    pub(super) fn runs_on_in(&self, line: &Line<'_>, named: &Named<'_>) -> bool {
        let told = named.told && !self.named.told;
        if self.closed || self.is_empty() {
            return self.named.awaits
                && !self.apart
                && (told || named.certainty == Certainty::Weak);
        }
        let deeper = line.indent() > self.indent && !named.rest.is_empty();
        let weaker = self.named.certainty == Certainty::Weak;
        let better = weaker && named.certainty == Certainty::Strong && !named.rest.is_empty();
        let again = self.recipient.eq_ignore_ascii_case(&named.address) && !better;
        let same_label = !named.label.is_empty() && named.label == self.named.label;
        let weak = named.certainty == Certainty::Weak && !same_label;
        deeper || again || told || weak
    }

    /// Adds a line below the recipient. A blank line ends a text that has begun; before it, the
    /// next paragraph may be the error text if it looks like one.
    pub(super) fn add(&mut self, line: &Line<'_>, next: Option<&Line<'_>>) {
        if self.closed {
            return;
        }
        let text = line.trimmed();
        if line.is_blank() {
            self.closed = !self.is_empty() && !goes_on(next);
            self.apart |= self.is_empty();
        } else if let Some(from) = whence(text) {
            self.take_origin(from);
        } else if is_rule(text) || self.is_another_field(text) && !self.is_empty() {
            self.closed = true;
        } else if !self.is_empty() {
            self.to = line.end();
            self.colon = text.ends_with(':');
        } else if !is_field(text) && !text.starts_with("----") && !self.is_another_field(text) {
            (self.from, self.to) = (line.end() - text.len(), line.end());
            self.colon = text.ends_with(':');
        }
    }

    /// True for a line of the same record that tells of somebody else: who wrote, whom to ask.
    fn is_another_field(&self, text: &str) -> bool {
        if self.named.label.is_empty() {
            return false;
        }
        let Some((label, _)) = split_label(text) else { return false };
        names_another(label) && !names_error(label)
    }

    /// Where it came from; a pipe or a file belongs to whom it came from.
    fn take_origin(&mut self, from: &str) {
        if self.recipient.is_empty() {
            from.clone_into(&mut self.recipient);
        } else if from.contains('@') {
            self.original.get_or_insert_with(|| from.to_owned());
        }
    }

    /// The block it has become.
    pub(super) fn close(mut self, notice: &NoticeText<'_>) -> ReportBlock {
        let weak = self.named.certainty == Certainty::Weak;
        let mut block = ReportBlock { apart: self.apart, weak, ..ReportBlock::default() };
        if !self.is_empty() {
            self.take_comment(notice);
            block.remote = self.take_dialogue(notice);
            self.take_label(notice);
            let said = notice.passage(self.from, self.to);
            if !self.apart || looks_like_error(&said.text) {
                block.said = Some(said);
            }
        }
        block.original = self.original.filter(|from| !from.eq_ignore_ascii_case(&self.recipient));
        block.recipient = self.recipient;
        block
    }

    /// Takes where the recipient came from off the start of the text, where the comment runs over
    /// several lines.
    fn take_comment(&mut self, notice: &NoticeText<'_>) {
        let text = notice.slice(self.from, self.to);
        if text.starts_with('(')
            && let Some((inside, rest)) = text.split_once(')')
            && let Some(from) = came_from(inside)
        {
            self.from = self.to - rest.trim_start_matches([':', ' ', '\n', '\t']).len();
            self.take_origin(from);
        }
    }

    /// Leaves of a dialogue in the text only the answer; what stands above it names the host.
    fn take_dialogue(&mut self, notice: &NoticeText<'_>) -> Option<Remote> {
        static ANSWER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\n<<< "));
        let text = notice.slice(self.from, self.to);
        let at = ANSWER.find(text.as_bytes())?;
        self.from += at + 1;
        Remote::read(text.trim_start())
    }

    /// Takes a label off the start of the text: `Reason: …`.
    fn take_label(&mut self, notice: &NoticeText<'_>) {
        if let Some((label, rest)) = split_label(notice.slice(self.from, self.to))
            && names_error(label)
            && !rest.is_empty()
            && !self.named.told
        {
            self.from = self.to - rest.len();
        }
    }
}

/// The address in a line that tells only where the recipient above it came from.
fn whence(text: &str) -> Option<&str> {
    if text.starts_with('(') || begins(text, "generated by ") || begins(text, "generated from ") {
        came_from(text)
    } else {
        None
    }
}

/// True when a quoted dialogue goes on behind a blank line.
fn goes_on(next: Option<&Line<'_>>) -> bool {
    let Some(next) = next else { return false };
    next.trimmed().starts_with("<<<") || next.trimmed().starts_with(">>>")
}

/// True for a field of the returned message, as reports list them below a recipient.
fn is_field(text: &str) -> bool {
    const LABELS: [&str; 14] = [
        "from:",
        "to:",
        "cc:",
        "subject:",
        "sent:",
        "date:",
        "size",
        "message-id:",
        "betreff:",
        "temat:",
        "oggetto:",
        "objet:",
        "onderwerp:",
        "emne:",
    ];
    LABELS.iter().any(|label| begins(text, label))
}
