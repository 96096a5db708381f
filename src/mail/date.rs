//! Dates as mail systems write them (RFC 5322 section 3.3, ISO 8601, ctime, and what people made of
//! these).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

/// How far the zone of a date can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Zone {
    /// A numeric offset or a name RFC 5322 defines, in minutes east of UTC.
    Known(i16),
    /// A name that is in use but not defined (JST, CET), in minutes east of UTC.
    Guessed(i16),
    /// None given, `-0000`, or a name nobody knows: the time was read as UTC.
    Unknown,
}

/// A moment, and how far its zone can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The moment in UTC; sub-second digits are kept.
    pub at: Timestamp,
    /// The zone it was written in.
    pub zone: Zone,
}

impl Stamp {
    /// Seconds since 1970, fractions kept to the millisecond.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.at.as_duration().as_secs_f64()
    }
}

/// Which of two numbers in `3/9/2016` is the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// United States: month first.
    #[default]
    MonthFirst,
    /// Most of the world: day first.
    DayFirst,
}

/// Reads a date in any of the forms mail systems use; weekday names and comments are ignored. None
/// when there is no day, month, year and time in it, or when they make no date.
#[must_use]
pub fn parse(text: &str) -> Option<Stamp> {
    parse_ordered(text, DateOrder::MonthFirst)
}

/// Like [`parse`], with the order of day and month in all-numeric dates.
#[must_use]
pub fn parse_ordered(text: &str, order: DateOrder) -> Option<Stamp> {
    standard(text.trim_ascii()).or_else(|| tolerant(text, order))
}

/// Reads what nearly all hosts write (RFC 5322 section 3.3): `Thu, 10 Mar 2022 09:15:02 +0100
/// (CET)`, with or without weekday and comment. None for anything else.
fn standard(text: &str) -> Option<Stamp> {
    let dated = match text.as_bytes() {
        [a, b, c, b',', b' ', dated @ ..] if is_weekday([*a, *b, *c]) => dated,
        dated => dated,
    };
    let (day, dated) = match dated {
        [one, b' ', dated @ ..] => (digits(&[*one])?, dated),
        [ten, one, b' ', dated @ ..] => (digits(&[*ten, *one])?, dated),
        _ => return None,
    };
    let [a, b, c, b' ', dated @ ..] = dated else { return None };
    let [y1, y2, y3, y4, b' ', timed @ ..] = dated else { return None };
    let [h1, h2, b':', m1, m2, b':', s1, s2, b' ', zone @ ..] = timed else { return None };
    let zone = &text[text.len() - zone.len()..];
    let (zone, comment) = zone.split_at_checked(ZONE)?;
    digits(zone.strip_prefix(['+', '-'])?.as_bytes())?;
    if !comment.is_empty() && !is_comment(comment) {
        return None;
    }
    let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
    let second = digits(&[*s1, *s2])?;
    let clues = Clues {
        day: i8::try_from(day).ok(),
        month: month_named([*a, *b, *c]),
        year: Some(digits(&[*y1, *y2, *y3, *y4])?),
        time: clock(hour, minute, second),
        zone: Some(offset(zone)?),
        ..Clues::default()
    };
    clues.stamp()
}

/// Bytes of `+0100`.
const ZONE: usize = 5;

/// The number that digits make.
fn digits(written: &[u8]) -> Option<i16> {
    let mut number = 0;
    for digit in written {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i16::from(digit - b'0');
    }
    Some(number)
}

/// The time that a clock shows.
fn clock(hour: i16, minute: i16, second: i16) -> Option<Time> {
    let hour = i8::try_from(hour).ok()?;
    let minute = i8::try_from(minute).ok()?;
    // A leap second is the one before.
    let second = i8::try_from(second.min(59)).ok()?;
    Time::new(hour, minute, second, 0).ok()
}

fn is_weekday(name: [u8; 3]) -> bool {
    const DAYS: [&[u8; 3]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
    DAYS.contains(&&name.map(|byte| byte.to_ascii_lowercase()))
}

/// True for ` (CET)` behind a date, with no further comment inside.
fn is_comment(text: &str) -> bool {
    match text.strip_prefix(" (").and_then(|comment| comment.strip_suffix(')')) {
        Some(inside) => !inside.contains(['(', ')']),
        None => false,
    }
}

/// Reads whatever else is written.
fn tolerant(text: &str, order: DateOrder) -> Option<Stamp> {
    let mut clues = Clues { order, ..Clues::default() };
    let mut depth = 0usize;
    for word in text.split(|c: char| c.is_whitespace() || c == ',') {
        if word.is_empty() {
            continue;
        }
        let (mut opens, mut closes) = (0, 0);
        for byte in word.bytes() {
            match byte {
                b'(' => opens += 1,
                b')' => closes += 1,
                _ => {}
            }
        }
        if depth == 0 && opens == 0 {
            clues.take(word);
        }
        depth = (depth + opens).saturating_sub(closes);
    }
    clues.stamp()
}

/// What the words of a date have told so far.
#[derive(Default)]
struct Clues {
    order: DateOrder,
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<Time>,
    zone: Option<Zone>,
    afternoon: Option<bool>,
}

impl Clues {
    fn take(&mut self, word: &str) {
        match word.as_bytes()[0] {
            b'0'..=b'9' => self.take_number(word),
            b'+' | b'-' => self.zone = self.zone.or_else(|| offset(word)),
            _ => self.take_name(word),
        }
    }

    fn take_name(&mut self, word: &str) {
        if word.eq_ignore_ascii_case("am") {
            self.afternoon = Some(false);
        } else if word.eq_ignore_ascii_case("pm") {
            self.afternoon = Some(true);
        } else if self.month.is_none()
            && let Some(month) = month(word)
        {
            self.month = Some(month);
        } else if self.time.is_some() && self.zone.is_none() {
            self.zone = named_zone(word);
        }
    }

    fn take_number(&mut self, word: &str) {
        if word.contains(':') {
            if let Some((date, time)) = word.split_once(['T', 't']) {
                self.take_number(date);
                self.take_time(time);
            } else {
                self.take_time(word);
            }
            return;
        }
        let mut pieces = word.split(['-', '/', '.']);
        match [pieces.next(), pieces.next(), pieces.next(), pieces.next()] {
            [Some(year), Some(m), Some(day), None] if year.len() == 4 => {
                self.date(day, number(m), year);
            }
            [Some(day), Some(m), Some(year), None] if month(m).is_some() => {
                self.date(day, month(m), year);
            }
            [Some(a), Some(b), Some(year), None] => {
                let day_first = self.order == DateOrder::DayFirst || number(a) > Some(12);
                let (day, m) = if day_first { (a, b) } else { (b, a) };
                self.date(day, number(m), year);
            }
            [Some(one), None, ..] if one.len() <= 2 && self.day.is_none() => {
                self.day = number(one);
            }
            [Some(one), None, ..] if self.year.is_none() => self.year = year(one),
            _ => {}
        }
    }

    fn date(&mut self, day: &str, month: Option<i8>, written_year: &str) {
        if self.year.is_none() {
            (self.day, self.month, self.year) = (number(day), month, year(written_year));
        }
    }

    fn take_time(&mut self, word: &str) {
        let (mut clock, mut zone) = (word, None);
        if let Some(at) = word.rfind(['+', '-', 'Z', 'z']) {
            clock = &word[..at];
            zone = offset(&word[at..]).or_else(|| named_zone(&word[at..]));
        }
        let mut fields = clock.split(':');
        let hour = number(fields.next().unwrap_or(""));
        let minute = number(fields.next().unwrap_or(""));
        let seconds = fields.next().unwrap_or("0");
        let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let (Some(hour), Some(minute), Some(second)) = (hour, minute, number(whole)) else {
            return;
        };
        let nanos = nanoseconds(fraction);
        if self.time.is_none() {
            self.time = Time::new(hour, minute, second.min(59), nanos).ok();
            self.zone = self.zone.or(zone);
        }
    }

    fn stamp(self) -> Option<Stamp> {
        let date = Date::new(self.year?, self.month?, self.day?).ok()?;
        let mut time = self.time?;
        if let Some(afternoon) = self.afternoon
            && time.hour() <= 12
        {
            let hour = time.hour() % 12 + if afternoon { 12 } else { 0 };
            time = Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok()?;
        }
        let zone = self.zone.unwrap_or(Zone::Unknown);
        let minutes = match zone {
            Zone::Known(minutes) | Zone::Guessed(minutes) => minutes,
            Zone::Unknown => 0,
        };
        let local = jiff::tz::TimeZone::UTC.to_timestamp(DateTime::from_parts(date, time)).ok()?;
        let at = local.checked_sub(jiff::SignedDuration::from_mins(i64::from(minutes))).ok()?;
        Some(Stamp { at, zone })
    }
}

/// The digits behind the point of a second as nanoseconds; 0 for anything that is no number.
fn nanoseconds(fraction: &str) -> i32 {
    if fraction.is_empty() { 0 } else { format!("{fraction:0<9.9}").parse().unwrap_or(0) }
}

fn number(digits: &str) -> Option<i8> {
    digits.parse().ok()
}

/// RFC 5322 section 4.3: 00–49 are in the 2000s, 50–99 and three digits count from 1900.
fn year(digits: &str) -> Option<i16> {
    let year: i16 = digits.parse().ok()?;
    match (digits.len(), year) {
        (2, 0..=49) => Some(year + 2000),
        (2 | 3, _) => Some(year + 1900),
        (4, _) => Some(year),
        _ => None,
    }
}

fn month(word: &str) -> Option<i8> {
    let month = month_named(*word.as_bytes().first_chunk::<3>()?)?;
    let is_name = word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.');
    if is_name { Some(month) } else { None }
}

/// The month whose name begins with these letters.
fn month_named(name: [u8; 3]) -> Option<i8> {
    let month = match &name.map(|byte| byte.to_ascii_lowercase()) {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    };
    Some(month)
}

/// `+hhmm`, `-hh:mm`, `+hh`; `-0000` says that the zone is unknown.
fn offset(word: &str) -> Option<Zone> {
    let (sign, written) = word.split_at_checked(1)?;
    let (mut digits, mut count) = ([0_i16; 4], 0);
    for byte in written.bytes() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = i16::from(byte - b'0');
                count += 1;
            }
            b':' => {}
            _ => break,
        }
    }
    if count != 2 && count != 4 {
        return None;
    }
    let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]);
    if hours > 15 || minutes > 59 || (sign == "-" && hours == 0 && minutes == 0) {
        return Some(Zone::Unknown);
    }
    let total = hours * 60 + minutes;
    Some(Zone::Known(if sign == "-" { -total } else { total }))
}

/// The zone that a name stands for: those of RFC 5322 section 4.3 are known, others guessed.
fn named_zone(word: &str) -> Option<Zone> {
    let zone = match word.to_ascii_uppercase().as_str() {
        "GMT" | "UT" | "UTC" | "Z" => Zone::Known(0),
        "EDT" => Zone::Known(-4 * 60),
        "EST" | "CDT" => Zone::Known(-5 * 60),
        "CST" | "MDT" => Zone::Known(-6 * 60),
        "MST" | "PDT" => Zone::Known(-7 * 60),
        "PST" => Zone::Known(-8 * 60),
        "WET" => Zone::Guessed(0),
        "CET" | "MET" | "WEST" | "BST" => Zone::Guessed(60),
        "CEST" | "MEST" | "EET" | "SAST" => Zone::Guessed(2 * 60),
        "EEST" | "MSK" => Zone::Guessed(3 * 60),
        "IST" => Zone::Guessed(5 * 60 + 30),
        "HKT" | "SGT" | "AWST" => Zone::Guessed(8 * 60),
        "JST" | "KST" => Zone::Guessed(9 * 60),
        "AEST" => Zone::Guessed(10 * 60),
        "NZST" => Zone::Guessed(12 * 60),
        other if other.len() <= 5 && other.bytes().all(|b| b.is_ascii_uppercase()) => Zone::Unknown,
        _ => return None,
    };
    Some(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        parse(text).map(|s| s.at.to_string())
    }

    #[test]
    fn forms_in_the_wild() {
        for (text, expected) in [
            ("Thu, 10 Mar 2022 09:15:02 +0100 (CET)", "2022-03-10T08:15:02Z"),
            ("1 Jan 99 00:00:00 GMT", "1999-01-01T00:00:00Z"),
            ("Fri, 1 Jan 103 10:00 EST", "2003-01-01T15:00:00Z"),
            ("Apr 29 23:34:45 2005 +0000", "2005-04-29T23:34:45Z"),
            ("Fri Apr 29 23:34:45 2005", "2005-04-29T23:34:45Z"),
            ("2018-04-22 02:54:17.028704749 +0000 UTC", "2018-04-22T02:54:17.028704749Z"),
            ("2026-05-04T06:12:33.120Z", "2026-05-04T06:12:33.12Z"),
            ("2026-05-04T06:12:33+02:00", "2026-05-04T04:12:33Z"),
            ("9/16/2026 9:18:00 PM", "2026-09-16T21:18:00Z"),
            ("16/9/2026 12:05:00 AM", "2026-09-16T00:05:00Z"),
            ("17-Nov-2014 22:11:03 -0800", "2014-11-18T06:11:03Z"),
            ("Tue, 16 Jul 2013 05:16:35 JST", "2013-07-15T20:16:35Z"),
            ("31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"),
            ("Mon, 4 May 2026 07:00:00 +9999", "2026-05-04T07:00:00Z"),
        ] {
            assert_eq!(at(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(
            parse_ordered("3/09/2016 7:00:00", DateOrder::DayFirst)
                .map(|s| s.at.to_string())
                .as_deref(),
            Some("2016-09-03T07:00:00Z")
        );
    }

    #[test]
    fn the_standard_form_is_read_as_all_others_are() {
        for (text, is_standard) in [
            ("Thu, 10 Mar 2022 09:15:02 +0100 (CET)", true),
            ("thu, 1 mar 2022 09:15:60 -0000", true),
            ("10 Mar 2022 09:15:02 +9999 (Central European Time)", true),
            ("Thu, 10 Mar 2022 09:15:02 +0100 (CET (a))", false),
            ("Thu, 10 Mar 2022 09:15:02 +0100 x", false),
            ("Thu, 10 Mar 2022 09:15:02 +010", false),
            ("Thu, 10 Mar 2022 09:15:02 x0100", false),
            ("Thu, 10 Mar 2022 09:15:02 +01:0", false),
            ("Thu, 10 Mar 2022 09:15:02 GMT", false),
            ("Mar, 10 Mar 2022 09:15:02 +0100", false),
            ("Thu, 10 March 2022 09:15:02 +0100", false),
            ("Thu, 10 Mar 22 09:15:02 +0100", false),
            ("Thu, 31 Feb 2022 09:15:02 +0100", false),
            ("Thu, 10 Mar 2022 09:15 +0100", false),
            ("Thu, 10 Mar 2022 25:15:02 +0100", false),
            ("Thu, 10 Mar 2022 09:15:02 \u{661}\u{662}1", false),
        ] {
            let read = standard(text);
            assert_eq!(read.is_some(), is_standard, "{text}");
            let tolerant = tolerant(text, DateOrder::MonthFirst);
            assert_eq!(read.or(tolerant), tolerant, "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "yesterday",
            "32 Jan 2020 10:00:00",
            "10 Mar 2022",
            "9999999999-99-99T99:99",
            &"(".repeat(100_000),
        ] {
            assert_eq!(parse(text), None, "{text:.20}");
        }
    }

    #[test]
    fn zones_are_graded() {
        assert_eq!(parse("1 Jan 2020 0:00 -0000").map(|s| s.zone), Some(Zone::Unknown));
        assert_eq!(parse("1 Jan 2020 0:00 CET").map(|s| s.zone), Some(Zone::Guessed(60)));
        assert_eq!(parse("1 Jan 2020 0:00 +0530").map(|s| s.zone), Some(Zone::Known(330)));
    }
}
