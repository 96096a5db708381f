//! A report that a person forwarded inside the text of a message: its header is a few labelled
//! lines in any language, its words stand below them.

use crate::mail::Headers;

use super::kind::Heading;

/// What mail programs put in front of the subject of what they forward, in lower case.
const PREFIXES: [&str; 14] =
    ["fwd", "fw", "wg", "tr", "i", "doorst", "vs", "vb", "vl", "rv", "enc", "pd", "fwd ", "転送"];
/// Fields of a forwarded header.
const FIELDS: usize = 3;
/// Words and bytes of a label.
const LABEL: (usize, usize) = (3, 24);

/// The report that a message of this subject forwards, as a message of its own: who wrote it, its
/// subject, its words. None where nothing was forwarded, or what was is no report by its header.
#[must_use]
pub fn report_in(subject: &str, text: &str) -> Option<Vec<u8>> {
    let (prefix, subject) = subject.split_once(':')?;
    if !PREFIXES.contains(&prefix.trim().to_lowercase().as_str()) {
        return None;
    }
    let (header, body) = forwarded(text)?;
    for line in header {
        let (_, value) = label(line)?;
        let message = format!("From: {value}\nSubject: {}\n\n", subject.trim());
        let heading = Heading::of(&Headers::read(message.as_bytes()).0);
        if heading.signs.daemon {
            return Some([message, bare(body)].concat().into_bytes());
        }
    }
    None
}

/// The lines of the forwarded header, and what stands below them.
fn forwarded(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut header = Vec::new();
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        if label(line).is_some() {
            header.push(line);
        } else if header.len() >= FIELDS {
            return Some((header, &text[end - line.len()..]));
        } else if !line.trim().is_empty() {
            header.clear();
        }
    }
    None
}

/// Label and value of a line; marks of quotation and of bold type do not count.
fn label(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches(['>', ' ', '*']);
    let (label, value) = line.split_once(':')?;
    let fits = label.len() <= LABEL.1 && label.split_whitespace().count() <= LABEL.0;
    let value = value.trim_matches([' ', '*', '\t']);
    if fits && !label.is_empty() && !value.is_empty() && !label.contains(['<', '@', '.']) {
        Some((label, value))
    } else {
        None
    }
}

/// The words, with the marks of quotation taken away that all lines have.
fn bare(body: &str) -> String {
    let mut lines = body.lines().filter(|line| !line.trim().is_empty());
    if !lines.all(|line| line.starts_with('>')) {
        return body.to_owned();
    }
    let mut bare = String::with_capacity(body.len());
    for line in body.lines() {
        let line = line.strip_prefix('>').unwrap_or(line);
        bare.push_str(line.strip_prefix(' ').unwrap_or(line));
        bare.push('\n');
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(subject: &str, text: &str) -> Option<String> {
        let bytes = report_in(subject, text)?;
        Some(String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn what_a_person_forwards() {
        let text = "Hilfe!\n\n-----Urspr\u{fc}ngliche Nachricht-----\nVon: Mail Delivery System <MAILER-DAEMON@a.example>\nGesendet: Montag\nAn: b@a.example\nBetreff: Failure\n\n> <c@d.example>:\n> no\n";
        assert_eq!(
            report("WG: Failure", text).as_deref(),
            Some(
                "From: Mail Delivery System <MAILER-DAEMON@a.example>\nSubject: Failure\n\n\n<c@d.example>:\nno\n"
            )
        );
        assert_eq!(report("AW: Failure", text), None);
        assert_eq!(
            report("WG: Failure", &text.replace("Mail Delivery System <MAILER-DAEMON", "Ann <ann")),
            None
        );
    }
}
