//! The way of the returned message, hop by hop, and where it ended.

use crate::bounce::{Bounce, Delivery};
use crate::diagnosis::Language;
use crate::human::duration;
use crate::mail::hops::{Chain, Flag};
use crate::mail::{Hop, SafeText, Stamp};

use super::block::{Block, HopRow, Page, Tone, Turn, Way};

/// Seconds from which the slowest hop of a chain is worth telling.
const WORTH_TELLING: f64 = 10.0;

/// The Hops view.
#[must_use]
pub fn hops(bounce: &Bounce, delivery: Option<&Delivery>, language: Language) -> Page {
    let mut page = Page::default();
    let chain = match &bounce.original {
        Some(original) if !original.chain.hops.is_empty() => &original.chain,
        _ => {
            page.text(language.word("way.unknown"), Tone::Dim);
            ends(bounce, delivery, &mut Days::until(bounce.date), language, &mut page);
            return page;
        }
    };
    let mut days = Days::until(bounce.date);
    page.blocks.push(Block::Way(timetable(chain, "way.total", &mut days, language)));
    ends(bounce, delivery, &mut days, language, &mut page);
    let notes = notes(&chain.hops, language);
    if !notes.is_empty() {
        page.gap();
        for note in notes {
            page.text(note, Tone::Plain);
        }
    }
    page
}

/// The hops as a table. `total` is the key of the words before the whole time; `reported` is when
/// the report was written.
#[must_use]
pub fn way(chain: &Chain, total: &str, reported: Option<Stamp>, language: Language) -> Way {
    timetable(chain, total, &mut Days::until(reported), language)
}

fn timetable(chain: &Chain, total: &str, days: &mut Days, language: Language) -> Way {
    let mut way = Way {
        titles: [language.word("way.time"), language.word("way.from"), language.word("way.by")],
        ..Way::default()
    };
    if let Some(seconds) = chain.total() {
        way.total = format!("{} {}", language.word(total), duration(seconds));
    }
    if chain.omitted > 0 {
        let sentence = language.word("way.left_out");
        way.left_out = Some(sentence.replace("{n}", &chain.omitted.to_string()));
    }
    for hop in &chain.hops {
        way.hops.push(HopRow::of(hop, days, language));
    }
    way
}

/// Tells the day where it changes. Before the first hop it is that of the report: a way within the
/// report's own day needs no dates.
struct Days {
    last: Option<String>,
}

impl Days {
    fn until(reported: Option<Stamp>) -> Self {
        Self { last: reported.map(day) }
    }

    /// The day of a moment, if it is another one than before.
    fn of(&mut self, moment: Option<Stamp>) -> Option<String> {
        let day = moment.map(day)?;
        if self.last.as_deref() == Some(day.as_str()) {
            return None;
        }
        self.last = Some(day.clone());
        Some(day)
    }
}

fn day(stamp: Stamp) -> String {
    stamp.at.strftime("%Y-%m-%d").to_string()
}

impl HopRow {
    fn of(hop: &Hop, days: &mut Days, language: Language) -> Self {
        let slowest = hop.flags.contains(&Flag::Slowest);
        let mut row = Self {
            day: days.of(hop.time),
            time: hop.time.map(time_of_day),
            from: named(hop.from.as_ref()),
            by: named(hop.by.as_ref()),
            with: protocol(hop),
            delay: hop.delay.map(duration).unwrap_or_default(),
            percent: hop.percent,
            slowest: slowest && hop.delay.unwrap_or(0.0) >= WORTH_TELLING,
            checks: hop.checks.clone(),
            ..Self::default()
        };
        for flag in &hop.flags {
            if *flag != Flag::Slowest || row.slowest {
                row.oddities.push(oddity(*flag, language));
            }
        }
        row
    }
}

/// TLS version or protocol. Exchange writes the name of its software, with the protocol in it.
fn protocol(hop: &Hop) -> String {
    let with = hop.tls.as_ref().or(hop.with.as_ref());
    let with = with.map(ToString::to_string).unwrap_or_default();
    let mut words = with.split(' ');
    match words.find(|word| word.contains("SMTP")) {
        Some(protocol) => protocol.to_owned(),
        None => with,
    }
}

fn oddity(flag: Flag, language: Language) -> &'static str {
    language.word(match flag {
        Flag::Slowest => "odd.slowest",
        Flag::Skew => "odd.skew",
        Flag::Zone(_) => "odd.zone",
        Flag::ZoneUnknown => "odd.zone_unknown",
        Flag::Repeated => "odd.repeated",
    })
}

fn named(host: Option<&SafeText>) -> String {
    host.map_or_else(|| "?".to_owned(), ToString::to_string)
}

fn time_of_day(stamp: Stamp) -> String {
    stamp.at.strftime("%H:%M:%S").to_string()
}

/// Where it ended and who wrote the report.
fn ends(
    bounce: &Bounce,
    delivery: Option<&Delivery>,
    days: &mut Days,
    language: Language,
    page: &mut Page,
) {
    let generator = bounce.generating_server.as_ref();
    if let Some(delivery) = delivery
        && delivery.failed()
    {
        let host = match (&delivery.remote, generator) {
            (Some(remote), _) => remote.label().to_string(),
            (None, Some(generator)) => generator.to_string(),
            (None, None) => language.word("way.a_server").to_owned(),
        };
        page.blocks.push(Block::Turn(Turn {
            broken: true,
            day: days.of(delivery.last_attempt),
            time: delivery.last_attempt.map(time_of_day).unwrap_or_default(),
            text: language.word("way.refused").replace("{host}", &host),
            said: delivery.said.as_ref().map(|said| said.answer().words.to_owned()),
        }));
    }
    if let Some(host) = generator {
        page.blocks.push(Block::Turn(Turn {
            broken: false,
            day: days.of(bounce.date),
            time: bounce.date.map(time_of_day).unwrap_or_default(),
            text: language.word("way.report").replace("{host}", host),
            said: None,
        }));
    }
}

/// What cannot be right, in sentences.
fn notes(hops: &[Hop], language: Language) -> Vec<String> {
    let mut notes = Vec::new();
    for (number, hop) in (1..).zip(hops) {
        for flag in &hop.flags {
            let sentence = match flag {
                Flag::Skew => {
                    let by = duration(-hop.delay.unwrap_or(0.0));
                    let before: usize = number - 1;
                    let sentence = language.word("clock.skew").replace("{time}", &by);
                    sentence.replace("{before}", &before.to_string())
                }
                Flag::Zone(halves) => {
                    let hours = f64::from(*halves) / 2.0;
                    language.word("clock.zone").replace("{time}", &hours.to_string())
                }
                Flag::ZoneUnknown => language.word("clock.unknown").to_owned(),
                Flag::Repeated => {
                    let by = hop.by.as_deref().unwrap_or(language.word("way.its_host"));
                    language.word("clock.loop").replace("{host}", by)
                }
                Flag::Slowest => continue,
            };
            notes.push(sentence.replace("{n}", &number.to_string()));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Headers;

    fn rows(times: &[&str], reported: &str) -> Way {
        let mut lines = Vec::new();
        for (at, time) in times.iter().enumerate().rev() {
            lines.push(format!("Received: from h{at}.example by h{}.example; {time}\n", at + 1));
        }
        let header = lines.concat();
        let (headers, _) = Headers::read(header.as_bytes());
        let reported = crate::mail::date::parse(reported);
        way(&Chain::of(&headers), "total_time", reported, Language::En)
    }

    #[test]
    fn days_are_told_where_they_change() {
        let day = |way: &Way| way.hops.iter().map(|hop| hop.day.clone()).collect::<Vec<_>>();
        let same = rows(
            &["Sun, 3 May 2026 10:00:00 +0000", "Sun, 3 May 2026 10:00:01 +0000"],
            "Sun, 3 May 2026 10:00:02 +0000",
        );
        assert_eq!(day(&same), [None, None]);
        let later = rows(
            &["Sun, 3 May 2026 23:59:58 +0000", "Mon, 4 May 2026 00:00:30 +0000"],
            "Mon, 4 May 2026 00:00:31 +0000",
        );
        assert_eq!(day(&later), [Some("2026-05-03".to_owned()), Some("2026-05-04".to_owned())]);
        assert!(later.hops[1].slowest && later.hops[1].oddities == ["slowest"]);
    }

    #[test]
    fn a_second_is_no_long_wait() {
        let way = rows(
            &["Sun, 3 May 2026 10:00:00 +0000", "Sun, 3 May 2026 10:00:09 +0000"],
            "Sun, 3 May 2026 10:00:10 +0000",
        );
        assert!(!way.hops[1].slowest && way.hops[1].oddities.is_empty());
        assert!(way.hops[1].percent > 99.0, "the bar stays");
    }
}
