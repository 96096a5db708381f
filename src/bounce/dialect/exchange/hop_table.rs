//! The table "Message Hops" of Exchange Online's report: HOP, TIME (UTC), FROM, TO, WITH, RELAY
//! TIME. Read by the shape of its rows, so that the language of its heading and the glue between
//! its cells do not matter.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::received::Received;
use crate::mail::{Chain, Hop, SafeText, Stamp, date};

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

/// The hops of the table, oldest first; none when the text has no such table.
#[must_use]
pub fn read(text: &str) -> Vec<Hop> {
    let (Some(row), Some(relay_time)) = (ROW.as_ref(), RELAY_TIME.as_ref()) else {
        return Vec::new();
    };
    let rows: Vec<_> = row.captures_iter(text).take(ROWS).collect();
    let mut hops = Vec::new();
    for (at, found) in rows.iter().enumerate() {
        let (Some(whole), Some(number)) = (found.get(0), found.get(1)) else { continue };
        if number.as_str().parse() != Ok(hops.len() + 1) {
            continue;
        }
        let end =
            rows.get(at + 1).and_then(|next| next.get(0)).map_or(text.len(), |next| next.start());
        let cells = &text[whole.end()..end];
        // Behind the last row an empty line ends the table.
        let cells = cells.split("\n\n").next().unwrap_or("");
        let cells = relay_time.find(cells).map_or(cells, |relay| &cells[..relay.start()]);
        hops.extend(hop(
            cells,
            found.get(2).map_or("", |d| d.as_str()),
            found.get(3).map_or("", |t| t.as_str()),
        ));
    }
    hops
}

/// One row: `FROM TO WITH`, of which WITH may hold blanks.
fn hop(cells: &str, day: &str, time: &str) -> Option<Hop> {
    let mut words = cells.split_whitespace();
    let (from, by) = (words.next()?, words.next()?);
    if !by.contains('.') && !by.contains('-') {
        return None;
    }
    let with: Vec<&str> = words.take(20).collect();
    let order = if day.contains('/') { date::Order::MonthFirst } else { date::Order::DayFirst };
    // The words behind `with` are those of a Received field: version and cipher of TLS are found by
    // the same reader.
    let as_received = Received::read(&format!("from {from} by {by} with {}", with.join(" ")));
    Some(Hop {
        from: Some(SafeText::new(from.trim_matches(['[', ']']))),
        by: Some(SafeText::new(by)),
        with: Some(SafeText::new(&with.join(" "))).filter(|w| !w.is_empty()),
        ip: crate::mail::received::ip_in(from),
        tls: as_received.tls,
        cipher: as_received.cipher,
        time: date::parse_ordered(&format!("{day} {time} +0000"), order),
        ..Hop::default()
    })
}

/// Puts hops of the table that the Received chain lacks where their times say.
pub fn merge(chain: &mut Chain, table: Vec<Hop>) {
    let known = |hop: &Hop| {
        chain.hops.iter().any(|other| {
            let seconds = |hop: &Hop| hop.time.map(Stamp::seconds);
            let together =
                seconds(hop).zip(seconds(other)).is_some_and(|(a, b)| (a - b).abs() <= 1.0);
            let same = |a: &Option<SafeText>, b: &Option<SafeText>| {
                a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
            };
            together && (same(&hop.by, &other.by) || same(&hop.from, &other.from))
                || same(&hop.by, &other.by) && same(&hop.from, &other.from)
        })
    };
    let missing: Vec<Hop> = table.into_iter().filter(|hop| !known(hop)).collect();
    if missing.is_empty() {
        return;
    }
    let mut hops = std::mem::take(&mut chain.hops);
    for hop in missing {
        let later = |other: &Hop| {
            other.time.zip(hop.time).is_some_and(|(other, own)| other.seconds() > own.seconds())
        };
        let at = hops.iter().position(later).unwrap_or(hops.len());
        hops.insert(at, hop);
    }
    *chain = Chain::timed(hops, chain.omitted);
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
