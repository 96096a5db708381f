//! The fields of a delivery report, one by one: their names, where they stand, and what their values
//! hold (RFC 3464 section 2), with the tolerances real reports demand.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::mail::find::begins;
use crate::mail::header::field_name;
use crate::mail::{SafeText, address};

use super::said::{Part, Said};

/// One field, folded lines included.
pub(super) struct ReportField<'t> {
    /// In lower case.
    pub name: Cow<'static, str>,
    /// Byte where the line begins.
    pub line: usize,
    pub value: &'t str,
    /// Byte where the value begins.
    pub start: usize,
}

/// The text the fields stand in: the text, the part it is of, and where in the part it begins.
#[derive(Clone, Copy)]
pub(super) struct FieldText<'t> {
    pub text: &'t str,
    pub part: Part,
    pub start: usize,
}

impl FieldText<'_> {
    pub(super) fn said(self, from: usize, to: usize) -> Said {
        Said::new(self.text.get(from..to).unwrap_or(""), self.part, self.start + from)
    }
}

impl ReportField<'_> {
    /// Byte where the value ends.
    pub(super) const fn end(&self) -> usize {
        self.start + self.value.len()
    }

    /// The value without anything a terminal obeys.
    pub(super) fn safe(&self) -> SafeText {
        SafeText::new(self.value)
    }

    /// The address behind its type (`rfc822;`, `utf-8;`).
    pub(super) fn address(&self) -> Option<SafeText> {
        let address = SafeText::new(&address::in_report_field(self.value));
        if address.is_empty() { None } else { Some(address) }
    }

    /// The host of an MTA field.
    pub(super) fn host(&self) -> Option<SafeText> {
        host(&self.safe())
    }
}

/// The error text behind the type of a Diagnostic-Code (`smtp;`, `x-unix;`, none at all).
pub(super) fn diagnostic(field: &ReportField<'_>, text: FieldText<'_>) -> Option<Said> {
    let mut start = field.start;
    if let Some((kind, _)) = field.value.split_once(';')
        && is_type(kind)
    {
        start += kind.len() + 1;
    }
    let said = text.said(start, field.end());
    if said.text.is_empty() { None } else { Some(said) }
}

/// True for the type of a Diagnostic-Code; a semicolon may stand in the text too.
fn is_type(kind: &str) -> bool {
    let name = kind.trim();
    !kind.is_empty()
        && name.len() <= 16
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The comment of a Status field, as an error text.
pub(super) fn comment(field: &ReportField<'_>, text: FieldText<'_>) -> Option<Said> {
    let open = field.value.find('(')?;
    let close = field.value.rfind(')')?;
    if close <= open + 4 {
        return None;
    }
    Some(text.said(field.start + open + 1, field.start + close))
}

/// The host of an MTA field: type and comments taken away (`dns; mx.example.com (192.0.2.1, the
/// server …)`).
pub(super) fn host(value: &str) -> Option<SafeText> {
    let value = without_comments(value);
    let mut words = untyped(&value).split([' ', '\t', '(', ',']);
    let name = words.find(|word| !word.is_empty())?.trim_matches(['<', '>', '"', '.']);
    if name.is_empty() || name.contains('@') { None } else { Some(SafeText::new(name)) }
}

/// The value with its comments taken out, however deep they are nested.
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let mut bare = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare
}

fn untyped(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest)) if !kind.contains('.') && kind.len() <= 12 => rest.trim(),
        _ => value.trim(),
    }
}

/// Remote-MTA as `host` or `host [address]`.
pub(super) fn remote(value: &str) -> Option<SafeText> {
    let name = host(value)?;
    if let Some((_, rest)) = untyped(value).split_once(&*name) {
        for word in rest.split([' ', '(', ')', '[', ']', ',']) {
            if let Ok(ip) = word.parse::<IpAddr>() {
                return Some(SafeText::new(&format!("{name} [{ip}]")));
            }
        }
    }
    Some(name)
}

/// The fields of a report in order; None stands for a blank line. A line that is no field continues
/// the one before, as lines do whose folding was lost.
pub(super) fn fields(text: &str) -> Vec<Option<ReportField<'_>>> {
    let mut fields: Vec<Option<ReportField<'_>>> = Vec::new();
    let mut end = 0;
    while end < text.len() {
        let start = end;
        let line = memchr::memchr(b'\n', &text.as_bytes()[start..]);
        end = line.map_or(text.len(), |length| start + length + 1);
        let line = &text[start..end];
        if line.trim().is_empty() {
            if let Some(Some(_)) = fields.last() {
                fields.push(None);
            }
            continue;
        }
        match fields.last_mut() {
            Some(Some(field)) if line.starts_with([' ', '\t']) => field.carry_on(text, end),
            last => match (begin(line, start), last) {
                (Some(field), _) => fields.push(Some(field)),
                (None, Some(Some(field))) => field.carry_on(text, end),
                (None, _) => {}
            },
        }
    }
    fields
}

impl<'t> ReportField<'t> {
    /// Adds the lines up to byte `end` of the text.
    fn carry_on(&mut self, text: &'t str, end: usize) {
        if let Some(value) = text.get(self.start..end) {
            self.value = value;
        }
    }
}

/// The field that begins in a line, which stands at byte `start`.
fn begin(line: &str, start: usize) -> Option<ReportField<'_>> {
    let (name, value) = field_name(line.trim_start().as_bytes())?;
    let name = report_field(name)?;
    let value_at = line.len() - value.len();
    Some(ReportField { name, line: start, value: &line[value_at..], start: start + value_at })
}

/// The name of a field of a report as it is known, in lower case; None for any other.
fn report_field(name: &str) -> Option<Cow<'static, str>> {
    const NAMES: [&str; 19] = [
        "original-envelope-id",
        "original-message-id",
        "disposition",
        "reporting-ua",
        "reporting-mta",
        "dsn-gateway",
        "received-from-mta",
        "arrival-date",
        "original-recipient",
        "final-recipient",
        "action",
        "ction",
        "status",
        "remote-mta",
        "diagnostic-code",
        "last-attempt-date",
        "final-log-id",
        "will-retry-until",
        "localized-diagnostic",
    ];
    if begins(name, "x-") {
        return Some(Cow::Owned(name.to_ascii_lowercase()));
    }
    let known = NAMES.iter().find(|known| name.eq_ignore_ascii_case(known))?;
    Some(Cow::Borrowed(known))
}
