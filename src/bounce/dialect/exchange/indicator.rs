//! The fix-it owner indicator of the modern report: three columns, sender, service, recipient, one
//! of them red.

use crate::bounce::notice::text::NoticeText;
use crate::mail::find::{begins, position};

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

/// The colour of the red column, in lower case.
const RED: &str = "#c00000";

/// The red column in the HTML, else the place of "Action Required" in the text.
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

/// "Action Required" under the first, second or third column: the other labels of the line tell
/// which.
fn in_text(notice: &NoticeText<'_>) -> Option<FixIt> {
    let line = notice.lines.iter().find(|line| line.text.contains("Action Required"))?.trimmed();
    if begins(line, "action required") {
        return Some(if line.contains("Recipient") { FixIt::Sender } else { return None });
    }
    if !begins(line, "sender") {
        return None;
    }
    Some(if line.contains("Recipient") { FixIt::Service } else { FixIt::Recipient })
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
    }
}
