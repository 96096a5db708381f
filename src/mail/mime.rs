//! The parts of a message (RFC 2045, 2046): our own walk with a bounded depth and a bounded number
//! of parts.
//!
//! A message/* part is a leaf here. Whoever wants what is inside asks for its bytes and walks them
//! with one level less to go, so nothing a stranger sends decides how deep we recurse.

use std::borrow::Cow;
use std::iter;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::charset::{self, Transfer};
use super::header::{Headers, split_line};
use super::limits::{Limit, MEDIA_TYPE_BYTES, NESTING, PARTS};
use super::media::MediaType;

/// A message or one part of it.
#[derive(Clone, Debug)]
pub struct Entity<'a> {
    /// Its own header fields.
    pub headers: Headers<'a>,
    /// What its Content-Type says.
    pub media: MediaType,
    /// The parts of a multipart; empty for everything else.
    pub parts: Vec<Entity<'a>>,
    body: &'a [u8],
}

/// How far the walk may still go, and what it had to leave out.
#[derive(Debug)]
pub struct Walk {
    depth: usize,
    parts: usize,
    /// Limits that were reached, each once.
    pub limits: Vec<Limit>,
}

impl Default for Walk {
    fn default() -> Self {
        Self { depth: NESTING, parts: PARTS, limits: Vec::new() }
    }
}

impl Walk {
    /// Reads a message (canonical form: LF line ends) with all its multiparts.
    pub fn message<'a>(&mut self, message: &'a [u8]) -> Entity<'a> {
        let (headers, body) = Headers::read(message);
        self.entity(headers, body, false)
    }

    /// Reads a message that stood inside another: one level of nesting is spent for good. None when
    /// none is left.
    pub fn nested<'a>(&mut self, message: &'a [u8]) -> Option<Entity<'a>> {
        if self.depth <= 1 {
            self.reached(Limit::Nesting);
            return None;
        }
        self.depth -= 1;
        Some(self.message(message))
    }

    fn entity<'a>(&mut self, headers: Headers<'a>, body: &'a [u8], in_digest: bool) -> Entity<'a> {
        let content_type = headers.get("content-type");
        if headers.cut || content_type.is_some_and(|value| value.0.len() > MEDIA_TYPE_BYTES) {
            self.reached(Limit::Header);
        }
        let mut media = content_type.map(MediaType::read).unwrap_or_default();
        if media.essence.is_empty() && in_digest {
            media.essence = "message/rfc822".into();
        }
        let mut parts = Vec::new();
        if media.is_multipart() {
            self.multipart(body, &media, &mut parts);
        }
        Entity { headers, media, parts, body }
    }

    fn multipart<'a>(&mut self, body: &'a [u8], media: &MediaType, parts: &mut Vec<Entity<'a>>) {
        if self.depth == 0 {
            return self.reached(Limit::Nesting);
        }
        let mut found = Vec::new();
        if let Some(boundary) = &media.boundary {
            found = pieces(body, boundary.as_bytes());
        }
        if found.is_empty()
            && let Some(boundary) = guess_boundary(body)
        {
            found = pieces(body, boundary);
        }
        self.depth -= 1;
        let digest = &*media.essence == "multipart/digest";
        for piece in found {
            if self.parts == 0 {
                self.reached(Limit::Parts);
                break;
            }
            self.parts -= 1;
            let (headers, body) = Headers::of_part(piece);
            parts.push(self.entity(headers, body, digest));
        }
        self.depth += 1;
    }

    fn reached(&mut self, limit: Limit) {
        if !self.limits.contains(&limit) {
            self.limits.push(limit);
        }
    }
}

impl<'a> Entity<'a> {
    /// The body with its transfer coding undone.
    #[must_use]
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        match self.headers.get("content-transfer-encoding") {
            Some(coding) => Transfer::named(coding.0).decode(self.body),
            None => Cow::Borrowed(self.body),
        }
    }

    /// The message inside, with LF line ends whatever its transfer coding hid.
    #[must_use]
    pub fn message(&self) -> Cow<'a, [u8]> {
        match self.bytes() {
            Cow::Borrowed(bytes) => Cow::Borrowed(bytes),
            Cow::Owned(bytes) => Cow::Owned(super::canonical::canonical(&bytes).into_owned()),
        }
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        self.text_in(self.media.charset.as_deref())
    }

    /// The body as text, of a part that names no character set: in that of the text beside it.
    #[must_use]
    pub fn text_beside(&self, beside: Option<&str>) -> Cow<'a, str> {
        let charset = self.media.charset.as_deref().or(beside);
        match self.bytes() {
            Cow::Borrowed(bytes) => charset::decode_undeclared(bytes, charset),
            Cow::Owned(_) => self.text_in(charset),
        }
    }

    fn text_in(&self, charset: Option<&str>) -> Cow<'a, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => charset::decode(bytes, charset),
            Cow::Owned(bytes) => {
                Cow::Owned(super::canonical::text(charset::decode(&bytes, charset).into_owned()))
            }
        }
    }

    /// The body as it stands in the message.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.body
    }

    /// True for text a person can read: text/*, no Content-Type at all, or a multipart whose parts
    /// cannot be found.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        let essence = &*self.media.essence;
        self.parts.is_empty()
            && !self.media.is_headers()
            && !self.media.is_delivery_status()
            && (essence.is_empty()
                || essence.starts_with("text/")
                || essence == "text"
                || self.media.is_multipart())
    }

    /// True for HTML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        matches!(&*self.media.essence, "text/html" | "application/xhtml+xml")
    }

    /// All parts that are no multiparts, in order; the message itself when it has no parts.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Entity<'a>> {
        let mut leaves = Vec::with_capacity(4);
        self.collect(&mut leaves);
        leaves
    }

    /// True for a message with the machine-readable part of a delivery report.
    #[must_use]
    pub fn has_status(&self) -> bool {
        self.leaves().iter().any(|leaf| leaf.media.is_delivery_status())
    }

    fn collect<'e>(&'e self, leaves: &mut Vec<&'e Entity<'a>>) {
        if self.parts.is_empty() {
            leaves.push(self);
        }
        for part in &self.parts {
            part.collect(leaves);
        }
    }
}

/// The first line that looks like a delimiter, for a multipart that does not name its boundary.
fn guess_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut rest = body;
    for _ in 0..20 {
        let (line, after) = split_line(rest);
        if let Some(boundary) = line.trim_ascii_end().strip_prefix(b"--")
            && boundary.len() > 5
            && !boundary.contains(&b' ')
        {
            return Some(boundary);
        }
        rest = after;
    }
    None
}

/// Where a line begins that may be a delimiter.
static DASHES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\n--"));

/// What stands between the delimiter lines of a multipart body (RFC 2046 section 5.1.1). A missing
/// last delimiter means that the part runs to the end.
fn pieces<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let delimiter = [b"--", boundary].concat();
    let mut pieces = Vec::new();
    let mut open = None;
    let starts = DASHES.find_iter(body).map(|end| end + 1);
    for at in iter::once(0).chain(starts) {
        if !body[at..].starts_with(&delimiter) {
            continue;
        }
        let (tail, _) = split_line(&body[at + delimiter.len()..]);
        let last = tail.starts_with(b"--") && tail[2..].trim_ascii().is_empty();
        if !last && !tail.trim_ascii().is_empty() {
            continue;
        }
        if let Some(start) = open {
            pieces.push(&body[start..at.saturating_sub(1).max(start)]);
        }
        open = Some((at + delimiter.len() + tail.len() + 1).min(body.len()));
        if last || pieces.len() > PARTS {
            return pieces;
        }
    }
    pieces.extend(open.map(|start| &body[start..]));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(message: &str) -> Entity<'_> {
        Walk::default().message(message.as_bytes())
    }

    #[test]
    fn a_report_in_three_parts() {
        let m = walk(
            "Content-Type: multipart/report; report-type=\"Delivery-Status\";\n boundary=\"=_a b\"\n\npreamble\n--=_a b\n\ntext\n--=_a b \nContent-Type: message/delivery-status\n\nStatus: 5.0.0\n\n--=_a b\nContent-Type: text/rfc822-headers\n\nSubject: x\n--=_a b--\nepilogue",
        );
        let types: Vec<_> = m.leaves().iter().map(|l| l.media.essence.to_string()).collect();
        assert_eq!(types, ["", "message/delivery-status", "text/rfc822-headers"]);
        assert_eq!(m.media.report_type.as_deref(), Some("delivery-status"));
        assert_eq!(&*m.leaves()[0].text(), "text");
        assert_eq!(&*m.leaves()[1].bytes(), b"Status: 5.0.0\n");
    }

    #[test]
    fn boundaries_missing_or_nested_in_name() {
        assert_eq!(
            walk("Content-Type: multipart/mixed\n\n--guessme\n\na\n--guessme--").leaves().len(),
            1
        );
        let m = walk(
            "Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; boundary=abc\n\n--abc\n\n1\n--abc--\n--ab\n\n2\n",
        );
        assert_eq!(m.leaves().len(), 2);
    }

    #[test]
    fn comments_do_not_hide_a_message() {
        for value in
            ["message(x)/(y)rfc822", "message / rfc822", "message\n /rfc822", "MESSAGE/RFC822; a=b"]
        {
            let text = format!("Content-Type: {value}\n\nSubject: inner\n\nbody");
            assert!(walk(&text).media.is_message(), "{value}");
        }
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        use std::fmt::Write;
        let mut deep = String::new();
        for level in 0..1_000 {
            let _ =
                write!(deep, "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n");
        }
        let mut walk = Walk::default();
        assert_eq!(walk.message(deep.as_bytes()).leaves().len(), 1);
        assert_eq!(walk.limits, [Limit::Nesting]);
    }

    #[test]
    fn parts_end_at_the_limit() {
        let many = format!(
            "Content-Type: multipart/mixed; boundary=b\n\n{}",
            "--b\n\nx\n".repeat(PARTS + 500)
        );
        let mut walk = Walk::default();
        assert_eq!(walk.message(many.as_bytes()).parts.len(), PARTS);
        assert_eq!(walk.limits, [Limit::Parts]);
    }
}
