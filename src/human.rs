//! Figures as people say them: durations, ages, dates, counts.

use std::fmt::Display;

use jiff::Timestamp;

use crate::mail::Stamp;

/// Seconds as a person says them: `7 s`, `1 min 45 s`, `2 h 3 min`, `3 d 4 h`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a delay between two dates fits")]
    let whole = seconds.round() as i64;
    let (sign, s) =
        if whole < 0 { ("-", whole.unsigned_abs()) } else { ("", whole.unsigned_abs()) };
    match (s / 86_400, s / 3600 % 24, s / 60 % 60, s % 60) {
        (0, 0, 0, s) => format!("{sign}{s} s"),
        (0, 0, min, 0) => format!("{sign}{min} min"),
        (0, 0, min, s) => format!("{sign}{min} min {s} s"),
        (0, h, 0, _) => format!("{sign}{h} h"),
        (0, h, min, _) => format!("{sign}{h} h {min} min"),
        (d, 0, _, _) => format!("{sign}{d} d"),
        (d, h, _, _) => format!("{sign}{d} d {h} h"),
    }
}

/// How long ago, in four columns: `now`, `3m`, `7h`, `12d`, `5w`, `3y`; a dash where the time is
/// unknown.
#[must_use]
pub fn age(then: Option<Timestamp>, now: Timestamp) -> String {
    let Some(then) = then else { return "-".to_owned() };
    match now.as_second().saturating_sub(then.as_second()) {
        ..60 => "now".to_owned(),
        s @ 60..3600 => format!("{}m", s / 60),
        s @ 3600..86_400 => format!("{}h", s / 3600),
        s @ 86_400..5_184_000 => format!("{}d", s / 86_400),
        s @ 5_184_000..31_536_000 => format!("{}w", s / 604_800),
        s => format!("{}y", s / 31_536_000),
    }
}

/// A date and time in UTC, to the minute.
#[must_use]
pub fn date(stamp: Stamp) -> String {
    moment(stamp.at)
}

/// A moment in UTC, to the minute.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number with a comma between thousands.
#[must_use]
pub fn count(number: impl Display) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Numbers that follow each other as small bars, the highest for the largest; a blank for nothing.
#[must_use]
pub fn trend(numbers: &[u64], ascii: bool) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const LETTERS: [char; 8] = ['.', '.', ':', ':', '-', '=', '+', '#'];
    let bars = if ascii { LETTERS } else { BARS };
    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    let mut drawn = String::new();
    for number in numbers {
        let height = (number * 7).div_ceil(most);
        drawn.push(if *number == 0 { ' ' } else { bars[usize::try_from(height).unwrap_or(0)] });
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_words() {
        assert_eq!(duration(105.0), "1 min 45 s");
        assert_eq!(duration(-3.0), "-3 s");
        assert_eq!(duration(7200.0), "2 h");
        let now: Timestamp = "2026-05-04T07:00:00Z".parse().expect("a time");
        let then = |text: &str| Some(text.parse().expect("a time"));
        assert_eq!(age(then("2026-05-04T06:57:00Z"), now), "3m");
        assert_eq!(age(then("2026-05-04T07:57:00Z"), now), "now");
        assert_eq!(age(then("2026-04-04T07:00:00Z"), now), "30d");
        assert_eq!(age(None, now), "-");
        assert_eq!(count(1_284_000), "1,284,000");
        assert_eq!(count(84), "84");
    }
}
