//! The fix-it owner indicator of the modern report: three columns, sender, service, recipient, one
//! of them red.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::bounce::notice::text::NoticeText;
use crate::mail::find::position;

names! {
    /// The column that Exchange paints red: where, it thinks, the trouble is to be repaired.
    pub enum FixIt {
        /// The first column: sender, or the sender's administrators.
        Sender "sender" "sender",
        /// The middle column: Office 365.
        Service "service" "service",
        /// The last column: recipient, or the recipient's administrators.
        Recipient "recipient" "recipient",
    }
}

/// The service between sender and recipient, as the report calls it.
const SERVICES: [&str; 2] = ["office 365", "microsoft 365"];
/// Words of the line that names the three.
const NAMES: usize = 12;
/// "Sender" as the label of the first column.
const SENDER: [&str; 9] = [
    "sender",
    "nadawca",
    "mittente",
    "avsender",
    "afsender",
    "avsändare",
    "afzender",
    "absender",
    "expéditeur",
];
/// "Recipient" as the label of the last column.
const RECIPIENT: [&str; 11] = [
    "recipient",
    "odbiorca",
    "adresat",
    "destinatario",
    "mottaker",
    "modtager",
    "mottagare",
    "geadresseerde",
    "ontvanger",
    "empfänger",
    "destinataire",
];
/// The colour of the red column, in lower case.
const RED: &str = "#c00000";

/// The red column in the HTML, else the place of "Action Required" among the labels in the text.
#[must_use]
pub fn read(html: Option<&str>, notice: &NoticeText<'_>) -> Option<FixIt> {
    html.and_then(in_html).or_else(|| in_text(notice))
}

/// Five cells of height 10 and widths 180/4/180/4/180: the red one says it.
fn in_html(html: &str) -> Option<FixIt> {
    let red = position(html, RED)?;
    let lower = html.to_ascii_lowercase();
    let row_start = lower[..red].rfind("<tr")?;
    let row_end = lower[red..].find("</tr").map_or(lower.len(), |i| red + i);
    let (mut columns, mut column) = (0, None);
    for cell in lower[row_start..row_end].split("<td").skip(1) {
        if cell.contains("#ffffff") || !cell.contains("bgcolor") {
            continue;
        }
        if column.is_none() && cell.contains(RED) {
            column = Some(columns);
        }
        columns += 1;
    }
    match (columns, column?) {
        (3, 0) => Some(FixIt::Sender),
        (3, 1) => Some(FixIt::Service),
        (3, 2) => Some(FixIt::Recipient),
        _ => None,
    }
}

/// What stands below the names of the three: the marked one has something to do, the other labels of
/// the line tell which that is.
fn in_text(notice: &NoticeText<'_>) -> Option<FixIt> {
    let line = labels(notice)?.to_lowercase();
    let sender = SENDER.iter().any(|word| line.starts_with(word));
    let recipient = RECIPIENT.iter().any(|word| line.ends_with(word));
    match (sender, recipient) {
        (true, true) => Some(FixIt::Service),
        (true, false) => Some(FixIt::Recipient),
        (false, true) => Some(FixIt::Sender),
        (false, false) => None,
    }
}

/// The line of the labels: in English by its words, else the one below the three names.
fn labels<'t>(notice: &NoticeText<'t>) -> Option<&'t str> {
    static REQUIRED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"Action Required"));
    static NUMBER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"365"));
    let text = notice.own_text().as_bytes();
    if let Some(at) = REQUIRED.find(text) {
        return Some(notice.line_at(at)?.trimmed());
    }
    NUMBER.find(text)?;
    let at = notice.lines.iter().position(|line| names_three(line.trimmed()))?;
    let below = notice.lines[at + 1..].iter().find(|line| !line.is_blank())?;
    Some(below.trimmed())
}

/// True for the names of the three who took part: sender, service, recipient.
#[must_use]
pub fn names_three(text: &str) -> bool {
    if text.ends_with(['.', '!', '?', ':']) || text.split_whitespace().count() > NAMES {
        return false;
    }
    for service in SERVICES {
        if let Some(at) = position(text, service) {
            return at > 0 && text.len() > at + service.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn row(red: usize) -> String {
        let cell = |i: usize| {
            format!(
                "<td width=\"180\" height=\"10\" bgcolor=\"{}\"></td>",
                if i == red { "#c00000" } else { "#cccccc" }
            )
        };
        format!(
            "<table><tr>{}<td width=4 bgcolor=\"#ffffff\"></td>{}<td width=4 bgcolor=\"#ffffff\"></td>{}</tr></table>",
            cell(0),
            cell(1),
            cell(2)
        )
    }

    #[test]
    fn the_red_cell_and_the_words() {
        let empty = NoticeText::new("", Part::Text);
        assert_eq!(read(Some(&row(0)), &empty), Some(FixIt::Sender));
        assert_eq!(read(Some(&row(1)), &empty), Some(FixIt::Service));
        assert_eq!(read(Some(&row(2)), &empty), Some(FixIt::Recipient));
        let text = |line: &str| read(None, &NoticeText::new(line, Part::Text));
        assert_eq!(text("Action Required\t\tRecipient"), Some(FixIt::Sender));
        assert_eq!(text("Sender\t\tAction Required"), Some(FixIt::Recipient));
        assert_eq!(text("Sender Action Required Recipient"), Some(FixIt::Service));
        assert_eq!(text("nothing"), None);
        let polish = "marta\tOffice 365\tann\nNadawca\t\tWymagane działanie\n";
        assert_eq!(text(polish), Some(FixIt::Recipient));
        let dutch = "marta Microsoft 365 ann\n\nActie vereist Geadresseerde\n";
        assert_eq!(text(dutch), Some(FixIt::Sender));
        assert_eq!(text("We use Office 365 here\nActie vereist\n"), None);
    }
}
