//! How a report begins: it says that a message was not delivered, and names the recipient below.

use std::sync::LazyLock;

use crate::bounce::notice::errors::is_rule;
use crate::bounce::notice::line::Line;
use crate::bounce::notice::phrases::Phrases;
use crate::bounce::notice::text::NoticeText;
use crate::mail::address;

/// Lines above the sentence: a heading, a greeting of the program, the subject of the message.
const ABOVE: usize = 6;
/// Lines between the sentence and the recipient.
const BETWEEN: usize = 8;

/// What the first sentence of a report holds, in lower case.
static UNDELIVERED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "not be delivered to",
        "not been delivered to",
        "not delivered to",
        "n't be delivered to",
        "not deliver your message to",
        "n't deliver your message to",
        "unable to deliver",
        "undeliverable to",
        "delivery has failed to",
        "delivery failed to",
        "delivery to the following",
        "did not reach the following",
        "nicht zugestellt werden",
        "nicht ausgeliefert werden",
        "nicht übermittelt werden",
        "pas pu être remis",
        "pas pu être distribué",
        "pas pu être délivré",
        "non è stato possibile recapitare",
        "non è stato recapitato",
        "non è riuscit",
        "no se pudo entregar",
        "no se ha podido entregar",
        "não pôde ser entregue",
        "não foi possível entregar",
        "nie mogła zostać dostarczona",
        "nie została dostarczona",
        "nie można dostarczyć",
        "kunne ikke leveres til",
        "kan ikke leveres til",
        "kunde inte levereras till",
        "gick inte att leverera",
        "niet worden bezorgd",
        "niet worden afgeleverd",
        "nepodařilo doručit",
        "nebylo možné doručit",
        "не удалось доставить",
        "не может быть доставлено",
        "配信できませんでした",
        "送信できませんでした",
        "无法发送到",
        "無法傳送",
        "전송하지 못했습니다",
    ])
});

/// True when the message begins by saying that something was not delivered, and the sentence ends
/// in a recipient on a line of its own.
#[must_use]
pub(super) fn names_recipient(notice: &NoticeText<'_>) -> bool {
    let mut above = 0;
    for (at, line) in notice.lines.iter().enumerate() {
        let text = line.trimmed();
        if text.is_empty() || is_rule(text) {
            continue;
        }
        if let Some(end) = UNDELIVERED.places(text).map(|(_, place)| place.end).max() {
            return ends_in_recipient(&text[end..], &notice.lines[at + 1..]);
        }
        above += 1;
        if above == ABOVE || text.ends_with(',') {
            return false;
        }
    }
    false
}

/// True when the sentence runs on to a line that is a recipient and nothing else. Below a blank
/// line only fields of the message may stand in front of it.
fn ends_in_recipient(rest: &str, below: &[Line<'_>]) -> bool {
    let end = paragraph_end(below);
    let mut open = !is_end(rest);
    for line in below.iter().take(BETWEEN) {
        let text = line.trimmed();
        if text.is_empty() {
            continue;
        }
        if is_recipient(text) {
            return open;
        }
        let field = text.contains(": ");
        let goes_on = line.start < end;
        open = open && (field || goes_on && !is_end(text));
    }
    false
}

/// Byte where the paragraph ends that goes on in these lines.
fn paragraph_end(lines: &[Line<'_>]) -> usize {
    match lines.iter().find(|line| line.is_blank()) {
        Some(blank) => blank.start,
        None => usize::MAX,
    }
}

/// True for words that end a sentence, or speak of something else.
fn is_end(text: &str) -> bool {
    text.contains('@') || text.trim_end().ends_with(['.', '!', '?', '。', ','])
}

/// A line that is an address, perhaps with a name in front and an error behind.
fn is_recipient(text: &str) -> bool {
    let Some(found) = address::all(text).last() else { return false };
    let before = text[..found.start].trim_end_matches(['"', '\'']);
    let named = before.ends_with(['<', ':', '[']);
    let alone = !before.contains(char::is_alphanumeric);
    let behind = text[found.end()..].trim_start_matches(['>', ']', '"', '\'', ')', ' ']);
    let clear = behind.is_empty() || behind.starts_with([':', '(', '.', ',', ';', '<', '-']);
    (named || alone) && before.split_whitespace().count() <= 6 && clear
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn holds(text: &str) -> bool {
        names_recipient(&NoticeText::new(text, Part::Text))
    }

    #[test]
    fn a_sentence_that_ends_in_a_recipient() {
        for text in [
            "--- Report ---\nThe mail below could not be delivered to the following user:\n\n\"a\" <a@b.example>\n",
            "Your message\n\n  Subject: hello\n\nwas not delivered to:\n\n  a@b.example\n\nbecause:\n",
            "Din meddelelse kunne ikke leveres til:\n\na@b.example\n550 no\n",
        ] {
            assert!(holds(text), "{text}");
        }
    }

    #[test]
    fn other_sentences() {
        for text in [
            "Your message could not be delivered to me, I am away.\nWrite to:\n\na@b.example\n",
            "Dear all,\nmy mail could not be delivered to\n\na@b.example\n",
            "These could not be delivered to you:\n\n1. one\n2. two. Ask a@b.example\n",
            "Your parcel could not be delivered to:\n\nMarta Nowak\nElm Street 5\n\nor write to\na@b.example for help",
        ] {
            assert!(!holds(text), "{text}");
        }
    }
}
