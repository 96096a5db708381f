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
pub mod exchange;
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
mod layout;
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
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use crate::mail::{Headers, find};

use super::notice::beginnings::Beginnings;
use super::notice::line::Line;
use super::notice::phrases::Phrases;
use super::notice::text::NoticeText;
use super::notice::vocabulary::tells_failure;
use exchange::{EXCHANGE_LEGACY, EXCHANGE_ONLINE, legacy, modern};

pub use layout::{Dialect, GENERIC};
pub use postfix::POSTFIX;

/// All dialects; where two share a sentence the more special one comes first.
pub static ALL: &[&Dialect] = &[
    &exchange::EXCHANGE_ONLINE,
    &exchange::EXCHANGE_LEGACY,
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

/// The name of a dialect.
pub type DialectName = &'static str;

/// Reads the name of a dialect; one that is known no more is the generic one.
pub(super) fn name<'de, D: Deserializer<'de>>(reader: D) -> Result<DialectName, D::Error> {
    let name = Cow::<'de, str>::deserialize(reader)?;
    let known = ALL.iter().find(|dialect| dialect.name == name);
    Ok(known.map_or(GENERIC.name, |dialect| dialect.name))
}

/// The place in [`ALL`] of the dialect that a mark belongs to, and what must stand in the text
/// besides; empty for a mark that is enough.
struct MarkOf {
    owner: usize,
    besides: &'static str,
}

/// The marks with which a line may begin.
struct Marks {
    phrases: Beginnings,
    owners: Vec<MarkOf>,
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| {
    let (mut marks, mut owners) = (Vec::new(), Vec::new());
    for (at, dialect) in ALL.iter().enumerate() {
        for mark in dialect.marks {
            marks.push(*mark);
            owners.push(MarkOf { owner: at, besides: "" });
        }
        for (mark, besides) in dialect.together {
            marks.push(*mark);
            owners.push(MarkOf { owner: at, besides });
        }
    }
    Marks { phrases: Beginnings::new(&marks), owners }
});

/// A dialect for which header fields of one name speak, by its place in [`ALL`].
struct FieldMark {
    owner: usize,
    /// All messages of the system carry it.
    stamp: bool,
}

/// The marks in header fields of one name.
struct FieldMarks {
    /// In lower case.
    name: &'static str,
    /// Those that are there with the field, whatever it holds.
    present: Vec<FieldMark>,
    /// What others must hold, in lower case, and whose each is.
    holds: Vec<&'static str>,
    held: Vec<FieldMark>,
    phrases: Phrases,
}

impl FieldMarks {
    fn of(name: &'static str) -> Self {
        let (present, holds, held) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, present, holds, held, phrases: Phrases::default() }
    }

    fn add(&mut self, holds: &'static str, mark: FieldMark) {
        if holds.is_empty() {
            self.present.push(mark);
        } else {
            self.holds.push(holds);
            self.held.push(mark);
        }
    }

    /// The marks that a value bears.
    fn in_value<'m>(&'m self, value: &'m str) -> impl Iterator<Item = &'m FieldMark> {
        let held = self.phrases.places(value).map(|(number, _)| &self.held[number]);
        self.present.iter().chain(held)
    }
}

/// Bytes of the longest name of a field in which marks are looked for.
const NAME: usize = 48;

/// The marks in header fields, by the length of the field's name.
static FIELDS: LazyLock<[Vec<FieldMarks>; NAME]> = LazyLock::new(|| {
    let mut fields = [const { Vec::new() }; NAME];
    for (owner, dialect) in ALL.iter().enumerate() {
        for (name, holds) in dialect.fields {
            marks_under(&mut fields, name).add(holds, FieldMark { owner, stamp: false });
        }
        for (name, holds) in dialect.stamps {
            marks_under(&mut fields, name).add(holds, FieldMark { owner, stamp: true });
        }
    }
    for marks in fields.iter_mut().flatten() {
        marks.phrases = Phrases::new(marks.holds.iter().copied());
    }
    fields
});

/// The marks in fields of this name, which may be none yet.
fn marks_under<'f>(
    fields: &'f mut [Vec<FieldMarks>; NAME],
    name: &'static str,
) -> &'f mut FieldMarks {
    let known = &mut fields[name.len()];
    let at = known.iter().position(|marks| marks.name == name).unwrap_or(known.len());
    if at == known.len() {
        known.push(FieldMarks::of(name));
    }
    &mut known[at]
}

/// The marks in fields of this name.
fn marks_of(name: &str) -> Option<&'static FieldMarks> {
    FIELDS.get(name.len())?.iter().find(|marks| name.eq_ignore_ascii_case(marks.name))
}

/// How many bytes of the text are searched for marks.
const HEAD: usize = 6_000;

/// The dialect of a report, by the sentences in its text or the fields of its header; of several
/// the first in the table.
#[must_use]
pub fn recognise(headers: &Headers<'_>, notice: &NoticeText<'_>) -> Option<&'static Dialect> {
    let by_text = first_in_text(notice).unwrap_or(ALL.len());
    let first = first_in_header(headers, notice, by_text).unwrap_or(by_text);
    if let Some(dialect) = ALL.get(first) {
        let modern = dialect.name == EXCHANGE_LEGACY.name && modern::is_modern(notice);
        return Some(if modern { &EXCHANGE_ONLINE } else { dialect });
    }
    // Localised reports of Exchange are known by their shape alone.
    if modern::is_modern(notice) {
        Some(&EXCHANGE_ONLINE)
    } else if legacy::read(notice).is_empty() {
        None
    } else {
        Some(&EXCHANGE_LEGACY)
    }
}

/// The first dialect one of whose marks stands in the text. Only sentences at the start of a line
/// count, so that a person who quotes a bounce is not taken for one.
fn first_in_text(notice: &NoticeText<'_>) -> Option<usize> {
    let text = notice.own_text();
    let text = &text[..text.floor_char_boundary(HEAD)];
    let mut first: Option<usize> = None;
    for line in notice.lines.iter().take_while(|line| line.start < text.len()) {
        for at in line.start..=words_of(line).min(text.len()) {
            for mark in MARKS.phrases.of(&text[at..]) {
                let MarkOf { owner, besides } = MARKS.owners[mark];
                let sooner = first.is_none_or(|first| owner < first);
                if sooner && (besides.is_empty() || find::contains(text, besides)) {
                    first = Some(owner);
                }
            }
        }
    }
    first
}

/// Where the words of a line begin: blanks, rules and brackets may stand before them.
fn words_of(line: &Line<'_>) -> usize {
    line.end() - find::behind_marks(line.text, b" \t-*|=#_+<").len()
}

/// The first dialect in front of `before` for which a header field speaks.
fn first_in_header(headers: &Headers<'_>, notice: &NoticeText<'_>, before: usize) -> Option<usize> {
    let mut first = None;
    for field in headers.fields() {
        let Some(marks) = marks_of(field.name) else { continue };
        for mark in marks.in_value(&field.value.unfolded()) {
            if mark.owner < first.unwrap_or(before) && has_needed(notice, mark) {
                first = Some(mark.owner);
            }
        }
    }
    first
}

/// True when the text holds what must stand in it besides a header field.
fn has_needed(notice: &NoticeText<'_>, mark: &FieldMark) -> bool {
    let text = notice.own_text();
    let needed = ALL[mark.owner].needs;
    needed.iter().all(|needed| find::contains(text, needed))
        && (!mark.stamp || tells_failure(&text[..text.floor_char_boundary(HEAD)]))
}
