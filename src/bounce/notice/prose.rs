//! Recipients that no line names: in a sentence that tells of the failure, or as the bare names of
//! local users under a heading that does.

use std::collections::HashMap;

use super::errors::{begins_with_reply, is_rule, looks_like_error};
use super::line::Line;
use super::text::NoticeText;
use super::vocabulary::{asks_to_write, names_recipient, says_from, tells_failure};
use crate::bounce::said::Said;
use crate::mail::address;

/// Sentences that are looked at.
const SENTENCES: usize = 2_000;
/// Names that are taken from under a heading.
const NAMES: usize = 200;
/// Lines of a heading.
const HEADING: usize = 8;

/// A recipient and the words that tell of its failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The address, or the name of a local user.
    pub recipient: String,
    /// The sentence or the heading.
    pub said: Said,
}

/// The sentences about each recipient, by the address in lower case.
#[must_use]
pub fn by_recipient(told: &[Told]) -> HashMap<String, &Said> {
    let mut sentences = HashMap::with_capacity(told.len());
    for one in told {
        sentences.entry(one.recipient.to_ascii_lowercase()).or_insert(&one.said);
    }
    sentences
}

/// The addresses in sentences that tell of a failure; where the address ends a sentence, the next
/// one may tell it.
#[must_use]
pub fn told(notice: &NoticeText<'_>) -> Vec<Told> {
    let mut told = Vec::new();
    let sentences = sentences(notice);
    for (at, &(start, end)) in sentences.iter().enumerate() {
        let sentence = notice.slice(start, end);
        let mut until = end;
        if let Some(&(next, next_end)) = sentences.get(at + 1)
            && goes_on(notice.slice(end, next), notice.slice(next, next_end))
        {
            until = next_end;
        }
        let told_below = until > end && ends_with_address(sentence);
        if !told_below && !tells_failure(sentence) && !begins_with_reply(sentence) {
            continue;
        }
        for recipient in recipients(sentence) {
            told.push(Told { recipient: recipient.to_owned(), said: notice.passage(start, until) });
        }
    }
    told
}

/// True for a sentence in the same paragraph that tells more of the failure, and of nobody else.
fn goes_on(between: &str, next: &str) -> bool {
    between.trim().is_empty()
        && !between.contains('\n')
        && !next.contains('@')
        && !asks_to_write(next)
        && looks_like_error(next)
}

/// The addresses in a sentence that did not write the message and cannot be asked about it.
fn recipients(sentence: &str) -> Vec<&str> {
    let mut recipients = Vec::new();
    let (mut from, mut asked) = (0, false);
    for found in address::all(sentence) {
        let before = &sentence[from..found.start];
        let word = before.split_whitespace().next_back().unwrap_or_default();
        asked = asks_to_write(before) || asked && before.split_whitespace().count() <= 2;
        if !asked && !says_from(word) && !is_message_id(before) {
            recipients.push(found.text);
        }
        from = found.end();
    }
    recipients
}

/// True for the words in front of what is no address but the name of a message, or a link.
fn is_message_id(before: &str) -> bool {
    const WORDS: [&str; 6] = ["message", "id", "id:", "nachricht", "wiadomość", "messaggio"];
    let Some(words) = before.strip_suffix('<') else { return before.ends_with("mailto:") };
    let word = words.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    words.ends_with(' ') && WORDS.contains(&word.as_str()) && !words.contains("our message")
}

fn ends_with_address(sentence: &str) -> bool {
    let Some(last) = address::all(sentence).last() else { return false };
    sentence[last.end()..].chars().all(|c| !c.is_alphanumeric())
}

/// Where the sentences of a notice begin and end. Quotes have none; of a list of addresses each
/// line is one.
fn sentences(notice: &NoticeText<'_>) -> Vec<(usize, usize)> {
    let mut sentences = Vec::new();
    for paragraph in notice.lines.split(is_between) {
        let (Some(first), Some(last)) = (paragraph.first(), paragraph.last()) else { continue };
        if paragraph.len() > 1 && paragraph.iter().all(|line| line.text.contains('@')) {
            sentences.extend(paragraph.iter().map(|line| (line.start, line.end())));
            continue;
        }
        let text = notice.slice(first.start, last.end());
        let mut from = 0;
        for (at, mark) in text.char_indices() {
            let end = at + mark.len_utf8();
            if ends_sentence(mark, &text[end..]) {
                sentences.push((first.start + from, first.start + end));
                from = end;
            }
        }
        if !text[from..].trim().is_empty() {
            sentences.push((first.start + from, last.end()));
        }
        if sentences.len() >= SENTENCES {
            break;
        }
    }
    sentences.truncate(SENTENCES);
    sentences
}

/// True for a line that belongs to no sentence: blank, a quote, a rule, an address alone.
fn is_between(line: &Line<'_>) -> bool {
    let text = line.trimmed();
    let word = text.trim_matches(['<', '>', ':']);
    text.is_empty()
        || text.starts_with('>')
        || text.starts_with("----")
        || is_rule(text)
        || !word.contains(' ') && address::is_address(word)
}

fn ends_sentence(mark: char, behind: &str) -> bool {
    match mark {
        '。' | '！' | '？' => true,
        '.' | '!' | '?' => behind.is_empty() || behind.starts_with([' ', '\n', '\t', '\r']),
        _ => false,
    }
}

/// The bare names of local users below a heading that tells of a failure.
#[must_use]
pub fn names_under_heading(notice: &NoticeText<'_>) -> Vec<Told> {
    let mut told = Vec::new();
    let mut begin = 0;
    for (at, line) in notice.lines.iter().enumerate() {
        if line.is_blank() {
            begin = at + 1;
            continue;
        }
        if !line.text.ends_with(':') || at >= begin + HEADING {
            continue;
        }
        let start = notice.lines[begin].start;
        let heading = notice.slice(start, line.end());
        if !tells_failure(heading) || !is_of_recipients(heading) {
            continue;
        }
        for (name, error) in names(&notice.lines[at + 1..]) {
            let said = match error {
                Some(error) => notice.passage(error.start, error.end()),
                None => notice.passage(start, line.end()),
            };
            told.push(Told { recipient: name.to_owned(), said });
        }
        if !told.is_empty() {
            break;
        }
    }
    told
}

/// True for a heading above recipients.
fn is_of_recipients(heading: &str) -> bool {
    const WORDS: [&str; 10] = [
        "user",
        "address",
        "mailbox",
        "benutzer",
        "adres",
        "użytkownik",
        "utent",
        "utilisateur",
        "gebruiker",
        "bruker",
    ];
    let heading = heading.to_lowercase();
    names_recipient(&heading) || WORDS.iter().any(|word| heading.contains(word))
}

/// The names at the start of these lines, one in each, with the line where the error stands behind
/// the name; a blank line may stand above them.
fn names<'t>(lines: &[Line<'t>]) -> Vec<(&'t str, Option<Line<'t>>)> {
    let mut names = Vec::new();
    for line in lines.iter().take(NAMES) {
        let text = line.trimmed().trim_start_matches(['<', '*', '-', ' ']);
        if line.is_blank() && names.is_empty() {
            continue;
        }
        let (name, error) = text.split_once(':').unwrap_or((text, ""));
        let name = name.trim_end_matches(['>', ' ']);
        if !is_name(name) || !error.is_empty() && !looks_like_error(error) {
            break;
        }
        names.push((name, if error.is_empty() { None } else { Some(*line) }));
    }
    names
}

fn is_name(word: &str) -> bool {
    (2..=64).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+'))
        && !word.ends_with('.')
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn read(text: &str) -> Vec<(String, String)> {
        let told = told(&NoticeText::new(text, Part::Text));
        told.into_iter().map(|t| (t.recipient, t.said.text.to_string())).collect()
    }

    #[test]
    fn an_address_and_a_failure_in_one_sentence() {
        for (text, said) in [
            (
                "There was a problem delivering your message to a@b.example. We try again.",
                "There was a problem delivering your message to a@b.example.",
            ),
            (
                "Hello.\nThe message, addressed to 'a@b.example',\nfailed because nobody came for it",
                "The message, addressed to 'a@b.example', failed because nobody came for it",
            ),
            (
                "Ihre Nachricht an a@b.example konnte nicht zugestellt werden.",
                "Ihre Nachricht an a@b.example konnte nicht zugestellt werden.",
            ),
            (
                "We tried to reach a@b.example. The mailbox is full.",
                "We tried to reach a@b.example. The mailbox is full.",
            ),
            ("您发送到 a@b.example 的邮件被退回。谢谢。", "您发送到 a@b.example 的邮件被退回。"),
        ] {
            assert_eq!(read(text), [("a@b.example".to_owned(), said.to_owned())], "{text}");
        }
    }

    #[test]
    fn sentences_that_name_nobody() {
        for text in [
            "If the delivery failed, please contact a@b.example.",
            "We do not accept mail from a@b.example.",
            "> Your message to a@b.example could not be delivered.",
            "Your message to a@b.example was read.",
            "Your mail was rejected; contact a@b.example or c@d.example.",
            "Message <a@b.example> could not be delivered.",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn bare_names_under_a_heading() {
        let text = "Your mail to these users could not be delivered:\n\n\tbert\n\tclara\n\nRegards";
        let told = names_under_heading(&NoticeText::new(text, Part::Text));
        let names: Vec<&str> = told.iter().map(|told| &*told.recipient).collect();
        assert_eq!(names, ["bert", "clara"]);
        let prose = "The following went wrong:\n\nnothing\n";
        assert_eq!(names_under_heading(&NoticeText::new(prose, Part::Text)), []);
    }
}
