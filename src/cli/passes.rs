//! Which deliveries a command is about: `--filter` and `--since`.

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::clock::Clock;
use crate::config::Config;
use crate::filter::{self, Filter, RowCondition, Since};
use crate::listing::{ColumnWords, Row};
use crate::mail::SafeText;

use super::error::Error;

/// Which deliveries are wanted.
pub(super) struct Passes {
    filter: Filter,
    words: ColumnWords,
    since: Option<Timestamp>,
}

impl Passes {
    pub(super) fn of(text: &str, since: Option<Since>, config: &Config) -> Result<Self, Error> {
        let now = Clock::System.now();
        let filter = read_filter(text, now)?;
        let since = since.map(|since| since.before(now));
        Ok(Self { filter, words: ColumnWords::of(config.lang), since })
    }

    /// The same as far as a store can look for it.
    pub(super) fn condition(&self) -> Option<RowCondition> {
        self.filter.condition(&self.words)
    }

    pub(super) fn row(&self, row: &Row) -> bool {
        self.filter.passes(row, &self.words) && (self.since.is_none() || row.time >= self.since)
    }
}

/// A filter of the command line.
pub(super) fn read_filter(text: &str, now: Timestamp) -> Result<Filter, Error> {
    Filter::read(text, now).map_err(|error| Error::Filter(pointed_at(text, &error)))
}

/// What is wrong with a filter, and below it the line with a mark under the place.
fn pointed_at(text: &str, error: &filter::Error) -> String {
    const AROUND: usize = 60;
    let skipped = error.at.saturating_sub(AROUND);
    let before: String = text.chars().skip(skipped).take(error.at - skipped).collect();
    let behind: String = text.chars().skip(error.at).take(AROUND).collect();
    let (before, behind) = (SafeText::line(&before), SafeText::line(&behind));
    let blanks = " ".repeat(UnicodeWidthStr::width(before.as_str()));
    let what = SafeText::line(&error.what);
    format!("--filter, column {}: {what}\n  {before}{behind}\n  {blanks}^", error.at + 1)
}
