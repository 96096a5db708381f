//! The table "Message Hops" of Exchange Online's report: HOP, TIME (UTC), FROM, TO, WITH, RELAY
//! TIME. Read by the shape of its rows, so that the language of its heading and the glue between
//! its cells do not matter.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::date::{self, DateOrder};
use crate::mail::received::{Received, ip_in};
use crate::mail::{Chain, Hop, SafeText, Stamp};

/// Rows that are read.
const ROWS: usize = 100;

/// The beginning of a row: its number, glued to a numeric date or not, and a time.
static ROW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^\s*(\d{1,2})\s*?(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\s+(\d{1,2}[:.]\d\d[:.]\d\d(?:\s*[AaPp]\.?[Mm]\.?)?)\s",
    )
    .ok()
});
/// The relay time at the end of a row: a star, or numbers with units.
static RELAY_TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\s(?:\*|\d+\s*(?:sec|min|hour|day|hr|s|m|h|d)\w*(?:\s+\d+\s*\w+)*)\s*$").ok()
});

/// The beginning of a row, and where in the text it stands.
struct RowHead<'t> {
    number: &'t str,
    day: &'t str,
    time: &'t str,
    start: usize,
    end: usize,
}

impl<'t> RowHead<'t> {
    /// The beginnings of rows in a text.
    fn all(text: &'t str) -> Vec<Self> {
        let mut heads = Vec::new();
        if let Some(row) = ROW.as_ref() {
            for found in row.captures_iter(text).take(ROWS) {
                let (whole, [number, day, time]) = found.extract();
                let start = whole.as_ptr() as usize - text.as_ptr() as usize;
                heads.push(Self { number, day, time, start, end: start + whole.len() });
            }
        }
        heads
    }

    /// When the host took the message. With slashes the month comes first, as in the United States.
    fn stamp(&self) -> Option<Stamp> {
        let order =
            if self.day.contains('/') { DateOrder::MonthFirst } else { DateOrder::DayFirst };
        date::parse_ordered(&format!("{} {} +0000", self.day, self.time), order)
    }
}

/// The hops of the table, oldest first; none when the text has no such table.
#[must_use]
pub fn read(text: &str) -> Vec<Hop> {
    let heads = RowHead::all(text);
    let mut hops = Vec::new();
    for (at, head) in heads.iter().enumerate() {
        if head.number.parse() != Ok(hops.len() + 1) {
            continue;
        }
        let end = heads.get(at + 1).map_or(text.len(), |next| next.start);
        // Behind the last row an empty line ends the table.
        let cells = text[head.end..end].split("\n\n").next().unwrap_or("");
        hops.extend(hop(head, without_relay_time(cells)));
    }
    hops
}

fn without_relay_time(cells: &str) -> &str {
    let found = RELAY_TIME.as_ref().and_then(|relay_time| relay_time.find(cells));
    match found {
        Some(found) => &cells[..found.start()],
        None => cells,
    }
}

/// One row: `FROM TO WITH`, of which WITH may hold blanks.
fn hop(head: &RowHead<'_>, cells: &str) -> Option<Hop> {
    let mut words = cells.split_whitespace();
    let (from, by) = (words.next()?, words.next()?);
    if !by.contains('.') && !by.contains('-') {
        return None;
    }
    let with = words.take(20).collect::<Vec<_>>().join(" ");
    // The words behind `with` are those of a Received field: version and cipher of TLS are found by
    // the same reader.
    let as_received = Received::read(&format!("from {from} by {by} with {with}"));
    let with = SafeText::new(&with);
    Some(Hop {
        from: Some(SafeText::new(from.trim_matches(['[', ']']))),
        by: Some(SafeText::new(by)),
        with: if with.is_empty() { None } else { Some(with) },
        ip: ip_in(from),
        tls: as_received.tls,
        cipher: as_received.cipher,
        time: head.stamp(),
        ..Hop::default()
    })
}

/// Puts hops of the table that the Received chain lacks where their times say.
pub fn merge(chain: &mut Chain, mut table: Vec<Hop>) {
    table.retain(|hop| !chain.hops.iter().any(|known| is_same(hop, known)));
    if table.is_empty() {
        return;
    }
    let mut hops = std::mem::take(&mut chain.hops);
    for hop in table {
        let later = hops.iter().position(|other| is_later(other, &hop));
        hops.insert(later.unwrap_or(hops.len()), hop);
    }
    *chain = Chain::timed(hops, chain.omitted);
}

/// True for hops between the same hosts, and for hops that share a host within a second.
fn is_same(a: &Hop, b: &Hop) -> bool {
    let from = is_same_host(a.from.as_ref(), b.from.as_ref());
    let by = is_same_host(a.by.as_ref(), b.by.as_ref());
    let together = match (a.time, b.time) {
        (Some(a), Some(b)) => (a.seconds() - b.seconds()).abs() <= 1.0,
        _ => false,
    };
    from && by || together && (from || by)
}

fn is_same_host(a: Option<&SafeText>, b: Option<&SafeText>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    }
}

fn is_later(a: &Hop, b: &Hop) -> bool {
    match (a.time, b.time) {
        (Some(a), Some(b)) => a.seconds() > b.seconds(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "Message Hops\nHOP\tTIME (UTC)\tFROM\tTO\tWITH\tRELAY TIME\n1\t4/30/2026\n12:26:16 PM\t[10.20.4.100]\tmail.birch.example\tESMTPSA\t*\n2\t4/30/2026\n12:26:20 PM\tmail.birch.example\tDU2.mail.protection.outlook.com\tMicrosoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384)\t1 min 2 sec\n\nOriginal Message Headers\n\n3 4/30/2026 is a day\n";

    fn words(hops: &[Hop]) -> Vec<String> {
        hops.iter()
            .map(|h| {
                let text = |t: &Option<SafeText>| t.as_ref().map_or("-", |t| t.as_str()).to_owned();
                format!("{} {} {}", text(&h.from), text(&h.by), h.time.map_or(0.0, Stamp::seconds))
            })
            .collect()
    }

    #[test]
    fn rows_by_their_shape() {
        let hops = read(TABLE);
        assert_eq!(
            words(&hops),
            [
                "10.20.4.100 mail.birch.example 1777551976",
                "mail.birch.example DU2.mail.protection.outlook.com 1777551980"
            ]
        );
        assert_eq!(hops[1].tls.as_deref(), Some("TLS1_3"));
        let glued = "HOPTIME (UTC)FROMTOWITHRELAY TIME\n14/30/2026 12:26:16 PM a.example b.example ESMTP *\n";
        assert_eq!(words(&read(glued)), ["a.example b.example 1777551976"]);
        assert!(read("1 4/30/2026 12:26:16 PM we met").is_empty());
    }

    #[test]
    fn only_what_the_chain_lacks_is_added() {
        let mut chain = Chain::timed(read(TABLE).into_iter().skip(1).collect(), 0);
        merge(&mut chain, read(TABLE));
        assert_eq!(words(&chain.hops), words(&read(TABLE)));
        assert_eq!(chain.hops[1].delay, Some(4.0));
        let before = chain.clone();
        merge(&mut chain, read(TABLE));
        assert_eq!(chain, before);
    }
}
