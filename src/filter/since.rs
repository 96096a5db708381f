//! A moment in the past as people write it, in a filter and on the command line.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Since when: so long ago, or since a day or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// So long ago: `90m`, `12h`, `2d`, `1w`.
    Ago(SignedDuration),
    /// Since a moment; a day begins at midnight of the local time.
    At(Timestamp),
}

impl Since {
    /// The moment, counted from `now`.
    #[must_use]
    pub fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(long) => now.checked_sub(long).unwrap_or(Timestamp::MIN),
            Self::At(moment) => moment,
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self::At(moment));
        }
        if let Ok(day) = text.parse::<Date>()
            && let Ok(midnight) = day.to_zoned(TimeZone::system())
        {
            return Ok(Self::At(midnight.timestamp()));
        }
        match ago(text) {
            Some(long) => Ok(Self::Ago(long)),
            None => Err("write 90m, 12h, 2d, 1w, 2026-11-29 or 2026-11-29T08:00:00Z".to_owned()),
        }
    }
}

/// A number and a unit.
pub(super) fn ago(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    Some(SignedDuration::from_mins(i64::from(number) * minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_as_people_write_them() {
        let now: Timestamp = "2026-05-12T10:00:00Z".parse().expect("a moment");
        let before = |text: &str| text.parse::<Since>().map(|since| since.before(now).to_string());
        assert_eq!(before("90m").as_deref(), Ok("2026-05-12T08:30:00Z"));
        assert_eq!(before("2d").as_deref(), Ok("2026-05-10T10:00:00Z"));
        assert_eq!(before("2026-05-01T08:00:00+02:00").as_deref(), Ok("2026-05-01T06:00:00Z"));
        assert!(before("2026-05-01").is_ok_and(|day| day.starts_with("2026-0")));
        for wrong in ["", "d", "2", "2y", "-2d", "yesterday", "9999999999w"] {
            assert!(wrong.parse::<Since>().is_err(), "{wrong}");
        }
    }
}
