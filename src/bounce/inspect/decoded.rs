//! All parts of a message as text, one below the other, each under a heading: transfer codings,
//! character sets and encoded words undone, HTML as the text it shows.

use crate::mail::header::FieldValue;
use crate::mail::{Entity, SafeText, Walk, html};

use super::kept::{LINES_BYTES, beginning};

/// Lines that are kept.
const LINES: usize = 20_000;

/// The parts of a message as text.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The lines.
    pub lines: Vec<SafeText>,
    /// Which of the lines are headings, in order.
    pub headings: Vec<usize>,
    /// True when there is more than is kept here.
    pub cut: bool,
}

impl Decoded {
    /// Decodes a message.
    #[must_use]
    pub fn of(message: &Entity<'_>) -> Self {
        let mut decoder =
            Decoder { walk: Walk::default(), decoded: Self::default(), room: LINES_BYTES };
        decoder.message(message, "");
        decoder.decoded
    }

    /// True for a line that is a heading.
    #[must_use]
    pub fn is_heading(&self, line: usize) -> bool {
        self.headings.binary_search(&line).is_ok()
    }
}

/// A message under way.
struct Decoder {
    /// How far messages inside messages are followed.
    walk: Walk,
    decoded: Decoded,
    /// Bytes that may still be kept.
    room: usize,
}

impl Decoder {
    /// The header of a message, then its parts; `number` is that of the part it stands in.
    fn message(&mut self, message: &Entity<'_>, number: &str) {
        for field in message.headers.fields() {
            let value = field.value.text();
            self.line(&format!("{}: {value}", field.name));
        }
        self.part(message, number);
    }

    fn part(&mut self, part: &Entity<'_>, number: &str) {
        if part.parts.is_empty() {
            return self.leaf(part, number);
        }
        for (at, inner) in (1..).zip(&part.parts) {
            let number = if number.is_empty() { format!("{at}") } else { format!("{number}.{at}") };
            self.part(inner, &number);
        }
    }

    fn leaf(&mut self, part: &Entity<'_>, number: &str) {
        if self.decoded.cut {
            return;
        }
        self.heading(part, number);
        if part.media.is_message() {
            let bytes = part.message();
            if let Some(message) = self.walk.nested(&bytes) {
                return self.message(&message, number);
            }
        }
        if part.is_html() {
            self.text(&html::to_text(&part.text()));
        } else if is_text(part) {
            self.text(&part.text());
        }
    }

    /// What a part is: `2.1  text/plain, iso-8859-1, quoted-printable, 1204 B`.
    fn heading(&mut self, part: &Entity<'_>, number: &str) {
        let mut facts = vec![part.media.essence.to_string()];
        facts.extend(part.media.charset.as_deref().map(str::to_owned));
        let coding = part.headers.get("content-transfer-encoding").map(FieldValue::unfolded);
        facts.extend(coding.map(|coding| coding.to_lowercase()));
        facts.extend(part.media.name.as_deref().map(str::to_owned));
        facts.push(format!("{} B", part.raw().len()));
        facts.retain(|fact| !fact.is_empty());
        let number = if number.is_empty() { "1" } else { number };
        self.line("");
        self.decoded.headings.push(self.decoded.lines.len());
        self.line(&format!("[{number}] {}", facts.join(", ")));
    }

    fn text(&mut self, text: &str) {
        for line in text.trim_end().split('\n') {
            self.line(line);
        }
    }

    fn line(&mut self, line: &str) {
        if self.decoded.lines.len() >= LINES || self.room == 0 {
            self.decoded.cut = true;
            return;
        }
        let beginning = beginning(line);
        self.decoded.cut |= beginning.len() < line.len();
        self.room = self.room.saturating_sub(beginning.len());
        self.decoded.lines.push(SafeText::line(beginning));
    }
}

/// True for a part that can be shown as text.
fn is_text(part: &Entity<'_>) -> bool {
    let essence = &*part.media.essence;
    part.is_readable() || essence.starts_with("message/") || part.media.is_headers()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_text_below_its_heading() {
        let message = b"Subject: =?utf-8?q?Z=C3=BCrich?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPHA+a2F3YTwvcD4=\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nhello \x1b[2J\n--b--\n";
        let decoded = Decoded::of(&Walk::default().message(message));
        let lines: Vec<&str> = decoded.lines.iter().map(SafeText::as_str).collect();
        assert_eq!(
            lines,
            [
                "Subject: Zürich",
                "Content-Type: multipart/mixed; boundary=b",
                "",
                "[1] text/plain, iso-8859-1, quoted-printable, 6 B",
                "café",
                "",
                "[2] text/html, utf-8, base64, 16 B",
                "kawa",
                "",
                "[3] image/png, base64, 4 B",
                "",
                "[4] message/rfc822, 26 B",
                "Subject: inner",
                "",
                "[4] 10 B",
                "hello \\x1b[2J",
            ]
        );
        assert!(decoded.is_heading(3) && !decoded.is_heading(4));
    }

    #[test]
    fn endless_messages_are_cut() {
        let decoded = Decoded::of(&Walk::default().message(&b"\n".repeat(LINES + 10)));
        assert!(decoded.lines.len() <= LINES);
        let long = [b"Subject: x\n\n".to_vec(), b"x\n".repeat(LINES)].concat();
        assert!(Decoded::of(&Walk::default().message(&long)).cut);
    }
}
