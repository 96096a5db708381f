//! One small file for each mail system: how to recognise its reports and where they depart from the
//! usual layout.
//!
//! A new dialect is one new file and one line in [`ALL`].

mod active_hunter;
mod amavis;
mod barracuda;
mod communigate;
mod courier;
mod domino;
mod dragonfly;
mod exchange_2003;
mod exim;
mod gmail;
mod gmx;
mod google_groups;
mod groupwise;
mod haraka;
mod hmailserver;
mod imail;
mod interscan;
mod ironport;
mod james;
mod kddi;
mod mailenable;
mod mailfoundry;
mod mailmarshal;
mod mailru;
mod mcafee;
mod mdaemon;
mod messaging_server;
mod mfilter;
mod mimecast;
mod notes;
mod opensmtpd;
mod outlook;
mod postfix;
mod postfix_notice;
mod powermta;
mod qmail;
mod sendgrid;
mod sendmail;
mod ses;
mod smartermail;
pub mod sns;
mod surfcontrol;
mod t_online;
mod verizon;
mod workmail;
mod x400;
mod x_mta;
mod yahoo;
mod yandex;
mod zoho;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use crate::mail::Headers;

use super::blocks::{Block, Grammar};
use super::exchange::{EXCHANGE_LEGACY, legacy};
use super::page::{Line, Page, position};
use super::phrases::Phrases;

/// How a mail system's reports are recognised and read.
#[derive(Debug)]
pub struct Dialect {
    /// The system's name.
    pub name: &'static str,
    /// Sentences at the start of a line that only this system writes, in lower case.
    pub marks: &'static [&'static str],
    /// Header fields and what they hold (lower case) that only this system writes.
    pub fields: &'static [(&'static str, &'static str)],
    /// What the text must hold besides when only a header field speaks for the system (lower case).
    pub needs: &'static [&'static str],
    /// How its text is laid out.
    pub grammar: Grammar,
    /// Reads what the grammar cannot; called instead of it.
    pub reader: Option<fn(&Page<'_>, &Grammar) -> Vec<Block>>,
    /// A notice, not a bounce, unless it names a recipient.
    pub notice: bool,
}

impl Dialect {
    /// The recipients of a page.
    #[must_use]
    pub fn read(&self, page: &Page<'_>) -> Vec<Block> {
        match self.reader {
            Some(reader) => reader(page, &self.grammar),
            None => self.grammar.read(page),
        }
    }
}

/// All dialects; where two share a sentence the more special one comes first.
pub static ALL: &[&Dialect] = &[
    &super::exchange::EXCHANGE_ONLINE,
    &super::exchange::EXCHANGE_LEGACY,
    &haraka::HARAKA,
    &google_groups::GOOGLE_GROUPS,
    &sendgrid::SENDGRID,
    &zoho::ZOHO,
    &mailenable::MAILENABLE,
    &hmailserver::HMAILSERVER,
    &x400::X400,
    &exchange_2003::EXCHANGE_2003,
    &mimecast::MIMECAST,
    &mfilter::MFILTER,
    &active_hunter::ACTIVE_HUNTER,
    &interscan::INTERSCAN,
    &dragonfly::DRAGONFLY,
    &opensmtpd::OPENSMTPD,
    &powermta::POWERMTA,
    &workmail::WORKMAIL,
    &ses::SES,
    &ironport::IRONPORT,
    &mailru::MAILRU,
    &gmx::GMX,
    &yandex::YANDEX,
    &james::JAMES,
    &communigate::COMMUNIGATE,
    &smartermail::SMARTERMAIL,
    &groupwise::GROUPWISE,
    &mdaemon::MDAEMON,
    &messaging_server::MESSAGING_SERVER,
    &mailmarshal::MAILMARSHAL,
    &mailfoundry::MAILFOUNDRY,
    &mcafee::MCAFEE,
    &t_online::T_ONLINE,
    &surfcontrol::SURFCONTROL,
    &verizon::VERIZON,
    &kddi::KDDI,
    &barracuda::BARRACUDA,
    &amavis::AMAVIS,
    &domino::DOMINO,
    &notes::NOTES,
    &outlook::OUTLOOK,
    &gmail::GMAIL,
    &yahoo::YAHOO,
    &courier::COURIER,
    &imail::IMAIL,
    &postfix_notice::POSTFIX_NOTICE,
    &sendmail::SENDMAIL,
    &postfix::POSTFIX,
    &qmail::QMAIL,
    &exim::EXIM,
    &x_mta::X_MTA,
];

pub use postfix::POSTFIX;

/// Everybody else.
pub static GENERIC: Dialect = BASE;

/// A system that does nothing special: what a dialect does not say, it has from here.
pub(super) const BASE: Dialect = Dialect {
    name: "generic",
    marks: &[],
    fields: &[],
    needs: &[],
    grammar: super::blocks::PLAIN,
    reader: None,
    notice: false,
};

/// All marks in one automaton, with the dialect each belongs to.
static MARKS: LazyLock<(Phrases, Vec<usize>)> = LazyLock::new(|| {
    let marks = || ALL.iter().enumerate().flat_map(|(i, d)| d.marks.iter().map(move |m| (i, *m)));
    (Phrases::new(marks().map(|(_, mark)| mark)), marks().map(|(i, _)| i).collect())
});

/// Header fields by their names, with what they must hold and the dialect each speaks for.
static FIELDS: LazyLock<HashMap<&str, Vec<(&str, usize)>>> = LazyLock::new(|| {
    let mut fields: HashMap<&str, Vec<(&str, usize)>> = HashMap::new();
    for (i, dialect) in ALL.iter().enumerate() {
        for (name, holds) in dialect.fields {
            fields.entry(name).or_default().push((holds, i));
        }
    }
    fields
});

/// Dialects for which a header field speaks.
fn in_header<'h>(headers: &'h Headers<'_>) -> impl Iterator<Item = usize> + 'h {
    headers.iter().flat_map(|field| {
        let wanted =
            FIELDS.get(field.name.to_ascii_lowercase().as_str()).map_or(&[][..], Vec::as_slice);
        let value = if wanted.is_empty() { Cow::Borrowed("") } else { field.value.unfolded() };
        wanted
            .iter()
            .filter(move |(holds, _)| holds.is_empty() || position(&value, holds).is_some())
            .map(|(_, i)| *i)
    })
}

/// How many bytes of the text are searched for marks.
const HEAD: usize = 6_000;

/// The dialect of a report, by the sentences in its text or the fields of its header. Only
/// sentences at the start of a line count, so that a person who quotes a bounce is not taken for
/// one.
#[must_use]
pub fn recognise(headers: &Headers<'_>, page: &Page<'_>) -> Option<&'static Dialect> {
    let text = page.own_text();
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (marks, owners) = &*MARKS;
    let starts = page.lines.iter().take_while(|line| line.start < end).flat_map(starts);
    let by_text = starts.flat_map(|at| marks.at(&text[..end], at)).map(|mark| owners[mark]).min();
    let in_text = |needed: &&str| position(text, needed).is_some();
    let by_field = in_header(headers).filter(|&i| ALL[i].needs.iter().all(in_text)).min();
    let by_field = by_field.filter(|i| by_text.is_none_or(|text| *i < text));
    let found = by_field.or(by_text).map(|i| ALL[i]);
    found.or_else(|| (!legacy::read(page).is_empty()).then_some(&EXCHANGE_LEGACY))
}

/// Where the words of a line may begin: blanks, rules and brackets may stand before them.
fn starts(line: &Line<'_>) -> RangeInclusive<usize> {
    let words = line.text.trim_start_matches([' ', '\t', '-', '*', '|', '=', '#', '_', '+', '<']);
    line.start..=line.end() - words.len()
}
