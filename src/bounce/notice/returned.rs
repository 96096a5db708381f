//! Where the returned message begins in the text of a report, by the shape of its header.

use std::sync::LazyLock;

use super::line::Line;
use super::phrases::Phrases;
use crate::bounce::status;
use crate::mail::find::behind_any;
use crate::mail::header::field_name;

/// Where the returned message begins: the first line that is no longer the report's, and the first
/// line of the message.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub separator: usize,
    pub message: usize,
    /// The header has lost the blanks in front of its folded lines.
    pub unfolded: bool,
}

/// Finds the header of the returned message by its shape; a separator line in any language may
/// stand above it.
pub(super) fn find_returned(lines: &[Line<'_>]) -> Option<Cut> {
    let mut at = 0;
    while at < lines.len() {
        let line = unquoted(lines[at].text);
        if field_name(line.as_bytes()).is_none() || line.starts_with(' ') {
            at += 1;
            continue;
        }
        let separator = separator_above(lines, at);
        let mut run = header_run(&lines[at..], false);
        let unfolded = separator.is_some() && run.fields < 3;
        if unfolded {
            run = header_run(&lines[at..], true);
        }
        let message = run.fields >= 3 && run.transport
            || separator.is_some() && run.fields >= 2 && run.known >= 2;
        if message {
            return Some(Cut {
                separator: match separator {
                    Some(above) if !tells_code(lines[above].text) => above,
                    _ => at,
                },
                message: at,
                unfolded,
            });
        }
        at += run.lines.max(1);
    }
    None
}

/// Words in a rule that announces a copy of the message.
const COPIES: [&str; 22] = [
    "copy of",
    "message follows",
    "text follows",
    "message below",
    "returned message",
    "unsent message",
    "body of message",
    "message body",
    "kopie der",
    "kopie ihrer",
    "kopia wiadomości",
    "treść wiadomości",
    "copia del messaggio",
    "copia de",
    "copie du message",
    "copie de",
    "kopie van",
    "kopi av",
    "kopia av",
    "kopi af",
    "kopie zprávy",
    "копия",
];

/// What such a rule says where it says nothing else.
const NAMES: [&str; 9] = [
    "original message",
    "ursprüngliche nachricht",
    "oryginalna wiadomość",
    "messaggio originale",
    "message original",
    "message d'origine",
    "oorspronkelijk bericht",
    "mensaje original",
    "opprinnelig melding",
];

/// The line that announces a copy of which no header follows: a rule with words in it.
pub(super) fn find_marker(lines: &[Line<'_>]) -> Option<usize> {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(COPIES));
    for (at, line) in lines.iter().enumerate().skip(2) {
        let text = line.trimmed();
        if behind_any(text, &["---", "===", "***"]).is_none() {
            continue;
        }
        let words = text.trim_matches(['-', '=', '*', ' ', '.', ':']).to_lowercase();
        if NAMES.contains(&words.as_str()) || WORDS.occur_in(&words) {
            return Some(at);
        }
    }
    None
}

/// A header whose folding was lost, folded again: lines that are no fields get a blank in front.
pub(super) fn refolded(message: &str) -> String {
    let mut header = true;
    let mut out = String::with_capacity(message.len() + 64);
    for line in message.split_inclusive('\n') {
        header &= !line.trim().is_empty();
        if header && !line.starts_with([' ', '\t']) && field_name(line.as_bytes()).is_none() {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

/// How a run of header lines looks.
struct Run {
    lines: usize,
    fields: usize,
    /// Fields every message has.
    known: usize,
    /// A field that only a message on its way has.
    transport: bool,
}

/// Looks at the fields from the first line on. `unfolded`: lines that are no fields carry the one
/// before on.
fn header_run(lines: &[Line<'_>], unfolded: bool) -> Run {
    let mut run = Run { lines: 0, fields: 0, known: 0, transport: false };
    for line in lines.iter().take(200) {
        let text = unquoted(line.text);
        if text.starts_with([' ', '\t']) && run.lines > 0 && !text.trim().is_empty() {
            run.lines += 1;
            continue;
        }
        let Some((name, _)) = field_name(text.as_bytes()) else {
            if unfolded && run.lines > 0 && !text.trim().is_empty() {
                run.lines += 1;
                continue;
            }
            break;
        };
        if !is_header_name(name) {
            break;
        }
        run.lines += 1;
        run.fields += 1;
        run.known += usize::from(is_one_of(name, &KNOWN));
        run.transport |= is_one_of(name, &TRANSPORT);
    }
    run
}

/// Fields that every message has.
const KNOWN: [&str; 9] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "received",
    "mime-version",
    "content-type",
    "return-path",
];

/// Fields that only a message on its way has.
const TRANSPORT: [&str; 11] = [
    "received",
    "mime-version",
    "return-path",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "x-received",
    "arc-seal",
    "x-mailer",
    "user-agent",
    "delivered-to",
];

/// Fields and labels of a report.
const REPORT: [&str; 15] = [
    "final-recipient",
    "original-recipient",
    "action",
    "status",
    "diagnostic-code",
    "remote-mta",
    "reporting-mta",
    "arrival-date",
    "last-attempt-date",
    "reason",
    "error",
    "recipient",
    "http",
    "https",
    "mailto",
];

/// A header name in the wild: no report field, no label of a report.
fn is_header_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_one_of(name, &REPORT)
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

pub(super) fn unquoted(line: &str) -> &str {
    let Some(bare) = line.strip_prefix('>') else { return line };
    bare.strip_prefix(' ').unwrap_or(bare)
}

/// A line that is more than a separator: Exchange's error line with the next heading glued to it.
fn tells_code(text: &str) -> bool {
    status::statuses(text).next().is_some() || status::replies(text).next().is_some()
}

/// Words that announce a returned message, in the languages reports are written in.
const ANNOUNCING: [&str; 22] = [
    "original",
    "returned",
    "unsent",
    "header",
    "copy of",
    "message follows",
    "message contents",
    "text follows",
    "below is",
    "below this",
    "en-têtes",
    "intestazion",
    "kopfzeile",
    "koptekst",
    "berichtkoppen",
    "meldingshoder",
    "nagłówk",
    "cabeçalho",
    "encabezado",
    "ursprung",
    "заголов",
    "元の",
];

/// The line above a header run that announces it: a rule, a label, anything that names a message,
/// header or copy.
fn separator_above(lines: &[Line<'_>], at: usize) -> Option<usize> {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(ANNOUNCING));
    let above = (at.saturating_sub(3)..at).rev().find(|&i| !lines[i].is_blank())?;
    let text = lines[above].trimmed();
    let ruled = text.starts_with(['-', '=', '*', '|', '+', '_', '#']) && text.len() > 8;
    if ruled || WORDS.occur_in(&text.to_lowercase()) { Some(above) } else { None }
}
