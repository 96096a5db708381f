//! Media types: what a Content-Type field says (RFC 2045 section 5).

use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

use super::header::FieldValue;
use super::limits::MEDIA_TYPE_BYTES;

/// What a Content-Type field says (RFC 2045 section 5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype` in lower case; empty where the field is absent or unreadable.
    pub essence: Box<str>,
    /// What stands between the parts of a multipart.
    pub(super) boundary: Option<Box<str>>,
    /// `charset` of a text, as written.
    pub charset: Option<Box<str>>,
    /// `report-type` of a multipart/report (RFC 6522), in lower case.
    pub report_type: Option<Box<str>>,
    /// `name` of an attachment.
    pub name: Option<Box<str>>,
}

impl MediaType {
    /// Reads the value of the field.
    pub(super) fn read(value: FieldValue<'_>) -> Self {
        let value = FieldValue(&value.0[..value.0.len().min(MEDIA_TYPE_BYTES)]);
        match Self::plain(value) {
            Some(plain) => plain,
            None => Self::tolerant(value),
        }
    }

    /// Reads what nearly all programs write: a type, and behind it parameters with a value between
    /// quotes or of one word. None for anything else.
    fn plain(value: FieldValue<'_>) -> Option<Self> {
        let text = std::str::from_utf8(value.0.trim_ascii()).ok()?;
        let (essence, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim_matches(BLANKS);
        let (kind, subtype) = essence.split_once('/')?;
        if !is_word(kind) || !is_word(subtype) || text.contains("=?") {
            return None;
        }
        let mut media = Self { essence: essence.to_ascii_lowercase().into(), ..Self::default() };
        rest = rest.trim_start_matches(BLANKS);
        while !rest.is_empty() {
            let (name, written) = rest.split_once('=')?;
            let (value, behind) = parameter(written)?;
            if !is_word(name) {
                return None;
            }
            media.take(name, value);
            rest = behind.trim_start_matches(BLANKS);
        }
        Some(media)
    }

    /// Takes a parameter, of several of one name the first.
    fn take(&mut self, name: &str, value: &str) {
        let slot = match name.to_ascii_lowercase().as_str() {
            "boundary" => &mut self.boundary,
            "charset" => &mut self.charset,
            "report-type" => &mut self.report_type,
            "name" => &mut self.name,
            _ => return,
        };
        slot.get_or_insert_with(|| value.into());
        if let Some(kind) = &mut self.report_type {
            kind.make_ascii_lowercase();
        }
    }

    /// Reads whatever else is written there: comments, values in pieces or coded (RFC 2231).
    fn tolerant(value: FieldValue<'_>) -> Self {
        let line = value.terminated();
        let HeaderValue::ContentType(read) = MessageStream::new(&line).parse_content_type() else {
            return Self::default();
        };
        let mut essence = read.c_type.trim().to_ascii_lowercase();
        if let Some(subtype) = &read.c_subtype {
            essence.push('/');
            essence.push_str(&subtype.trim().to_ascii_lowercase());
        }
        Self {
            boundary: attribute(&read, "boundary"),
            charset: attribute(&read, "charset"),
            report_type: attribute(&read, "report-type").map(|t| t.to_ascii_lowercase().into()),
            name: attribute(&read, "name"),
            essence: essence.into(),
        }
    }

    /// True for `multipart/*`.
    pub(super) fn is_multipart(&self) -> bool {
        self.essence.starts_with("multipart/")
    }

    /// True for a type whose content is a message: `message/rfc822`, `message/global` and their odd
    /// relatives.
    #[must_use]
    pub fn is_message(&self) -> bool {
        matches!(
            &*self.essence,
            "message/rfc822" | "message/global" | "message/news" | "message/rfc2822"
        )
    }

    /// True for returned headers without a body: `text/rfc822-headers`, `message/global-headers`,
    /// and what others call them.
    #[must_use]
    pub fn is_headers(&self) -> bool {
        matches!(
            &*self.essence,
            "text/rfc822-headers"
                | "message/global-headers"
                | "text/rfc822-header"
                | "message/rfc822-headers"
                | "text/rfc822"
        )
    }

    /// True for the machine-readable part of a receipt (RFC 8098, RFC 6533).
    #[must_use]
    pub fn is_disposition(&self) -> bool {
        matches!(
            &*self.essence,
            "message/disposition-notification" | "message/global-disposition-notification"
        )
    }

    /// True for the machine-readable part of a delivery report (RFC 3464, RFC 6533).
    #[must_use]
    pub fn is_delivery_status(&self) -> bool {
        matches!(
            &*self.essence,
            "message/delivery-status" | "message/global-delivery-status" | "text/delivery-status"
        )
    }
}

/// What may stand between parameters.
const BLANKS: [char; 3] = [' ', '\t', '\n'];

/// True for a type, a subtype, the name of a parameter.
fn is_word(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+');
    !text.is_empty() && text.bytes().all(plain)
}

/// The value at the start of a text, and what stands behind the semicolon that ends it.
fn parameter(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, behind) = quoted.split_once('"')?;
        let behind = behind.trim_start_matches(BLANKS);
        let ends = behind.is_empty() || behind.starts_with(';');
        let value = value.trim_matches(' ');
        let plain = value.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'\\');
        return if ends && plain && !value.is_empty() {
            Some((value, behind.trim_start_matches(';')))
        } else {
            None
        };
    }
    let (value, behind) = text.split_once(';').unwrap_or((text, ""));
    let value = value.trim_end_matches(BLANKS);
    let plain = value.bytes().all(|b| b.is_ascii_graphic() && !b"\"(\\".contains(&b));
    if plain && !value.is_empty() { Some((value, behind)) } else { None }
}

fn attribute(read: &ContentType<'_>, name: &str) -> Option<Box<str>> {
    read.attribute(name).map(|value| value.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_fields_are_read_as_all_others_are() {
        for (value, plain) in [
            ("text/plain", true),
            ("TEXT/Plain; CHARSET=UTF-8", true),
            ("text/plain; charset=utf-8;", true),
            ("text/plain ;\n\tcharset=utf-8 ; format=flowed", true),
            ("multipart/report; report-type=\"Delivery-Status\";\n boundary=\"=_a b\"", true),
            ("multipart/mixed; boundary=----=_Part.1/2; boundary=other", true),
            ("application/octet-stream; name=\" a;b(1)'s.xml \"", true),
            ("multipart/mixed; boundary=\"a\";; charset=x", true),
            ("multipart/mixed; boundary=\"a\" charset=x", false),
            ("multipart/mixed; boundary=a\n charset=x", false),
            ("text/plain; name=\"=?utf-8?q?a?=\"", false),
            ("text/plain; name=\"a\\\"b\"", false),
            ("text/plain; name*0=a; name*1=b", false),
            ("text/plain; name=a (comment)", false),
            ("text/plain; name=\"\"; charset=x", false),
            ("text/plain; name=\"a\n b\"", false),
            ("text / plain", false),
            ("text", false),
        ] {
            let field = FieldValue(value.as_bytes());
            let read = MediaType::plain(field);
            assert_eq!(read.is_some(), plain, "{value}");
            assert_eq!(
                read.unwrap_or(MediaType::tolerant(field)),
                MediaType::tolerant(field),
                "{value}"
            );
        }
    }
}
