//! The Hops view: the way of the returned message as a timeline, and where it ended.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::bounce::Delivery;
use crate::bounce::notice::sentences::answer;
use crate::human::duration;
use crate::layout::{clip, clip_front, width};
use crate::listing::Detail;
use crate::mail::hops::Flag;
use crate::mail::{Hop, SafeText};

use super::super::sheet::Sheet;

/// Cells of the longest delay bar.
const BAR: f64 = 8.0;
/// Columns of a hop's line without its names.
const BESIDE_NAMES: usize = 56;

pub(super) fn fill(detail: &Detail, delivery: Option<&Delivery>, sheet: &mut Sheet<'_>) {
    let chain = detail.bounce.original.as_ref().map(|o| &o.chain);
    let Some(chain) = chain.filter(|chain| !chain.hops.is_empty()) else {
        let dim = sheet.look.dim;
        sheet.paragraph(
            "",
            "The report does not return the Received lines of the message: its way is not known.",
            dim,
        );
        station(detail, delivery, sheet);
        return;
    };
    let total = chain.total().map(|s| format!("total {}", duration(s))).unwrap_or_default();
    let head = " #  time (UTC)  ";
    let pad = sheet.columns.saturating_sub(head.len() + width(&total));
    let names = clip(&format!("from {} by", sheet.look.glyphs.to), pad, sheet.look.glyphs.ascii);
    let gap = " ".repeat(pad.saturating_sub(width(&names)));
    sheet.line(Span::styled(format!("{head}{names}{gap}{total}"), sheet.look.dim));
    let room = sheet.columns.saturating_sub(BESIDE_NAMES);
    let fits = |hop: &Hop| {
        let (from, by) = ends(hop);
        width(from) + width(by) + width(sheet.look.glyphs.to) + 2 <= room
    };
    let one_line = chain.hops.iter().all(fits);
    for (at, hop) in chain.hops.iter().enumerate() {
        one(at + 1, hop, one_line, sheet);
        if chain.omitted > 0 && at + 1 == chain.hops.len() / 2 {
            let dim = sheet.look.dim;
            sheet.paragraph("    ", &format!("{} hops are left out here", chain.omitted), dim);
        }
    }
    station(detail, delivery, sheet);
    notes(&chain.hops, sheet);
}

/// Who handed the message over and who took it.
fn ends(hop: &Hop) -> (&str, &str) {
    (hop.from.as_ref().map_or("?", SafeText::as_str), hop.by.as_ref().map_or("?", SafeText::as_str))
}

/// One hop: its line, or two where it is narrow; then what its host found out about the sender.
fn one(number: usize, hop: &Hop, one_line: bool, sheet: &mut Sheet<'_>) {
    let look = sheet.look;
    let time =
        hop.time.map_or_else(|| "   ?    ".to_owned(), |t| t.at.strftime("%H:%M:%S").to_string());
    let (from, by) = ends(hop);
    let with = hop.tls.as_ref().or(hop.with.as_ref()).map_or("", |w| w.as_str());
    let delay = hop.delay.map(duration).unwrap_or_default();
    let slowest = hop.flags.contains(&Flag::Slowest);
    let marks: Vec<&str> = hop.flags.iter().map(|flag| flag.label()).collect();
    let style = if hop.flags.is_empty() { Style::new() } else { look.strong };
    let bar_style = if slowest { look.accent } else { Style::new() };
    let lead = format!("{number:>2}  {time}    ");
    let indent = " ".repeat(lead.len());
    let tail = format!("{:<7} {delay:>9} ", clip(with, 7, look.glyphs.ascii));
    let marks = marks.join(", ");
    let end = vec![
        Span::raw(tail),
        Span::styled(bar(hop, look.glyphs.ascii), bar_style),
        Span::styled(marks, if slowest { look.accent } else { look.strong }),
    ];
    if one_line {
        let room = sheet.columns.saturating_sub(BESIDE_NAMES);
        let names = names(from, by, room, look.glyphs.to, look.glyphs.ascii);
        let pad = " ".repeat(room.saturating_sub(width(&names)) + 2);
        let mut spans =
            vec![Span::styled(lead, look.dim), Span::styled(names, style), Span::raw(pad)];
        spans.extend(end);
        sheet.line(Line::from(spans));
    } else {
        let room = sheet.columns.saturating_sub(lead.len());
        let names = names(from, by, room, look.glyphs.to, look.glyphs.ascii);
        sheet.line(Line::from(vec![Span::styled(lead, look.dim), Span::styled(names, style)]));
        let mut spans = vec![Span::raw(indent.clone())];
        spans.extend(end);
        sheet.line(Line::from(spans));
    }
    for verdict in &hop.checks {
        let dim = look.dim;
        sheet.paragraph(&indent, verdict, dim);
    }
}

/// `from → by`, both cut in front so that their domains stay.
fn names(from: &str, by: &str, room: usize, to: &str, ascii: bool) -> String {
    let each = room.saturating_sub(width(to) + 2);
    if width(from) + width(by) <= each {
        return format!("{from} {to} {by}");
    }
    let half = each / 2;
    let from_room = if width(by) < half { each - width(by) } else { half };
    let from = clip_front(from, from_room, ascii);
    let by = clip_front(by, each - width(&from), ascii);
    format!("{from} {to} {by}")
}

/// The delay as a bar, its share of all waiting.
fn bar(hop: &Hop, ascii: bool) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of 100 in eight cells"
    )]
    let cells = (hop.percent / 100.0 * BAR).ceil().clamp(0.0, BAR) as usize;
    if cells == 0 {
        String::new()
    } else {
        format!("{} ", if ascii { "#" } else { "▇" }.repeat(cells))
    }
}

/// Where it ended and who wrote the report.
fn station(detail: &Detail, delivery: Option<&Delivery>, sheet: &mut Sheet<'_>) {
    let look = sheet.look;
    if let Some(delivery) = delivery.filter(|d| d.failed()) {
        let host = delivery
            .remote
            .as_ref()
            .map(crate::bounce::Remote::label)
            .or(detail.bounce.generating_server.clone());
        let host = host.map_or_else(|| "a server".to_owned(), |h| h.to_string());
        let said = delivery
            .said
            .as_ref()
            .map(|s| format!(": {}", clip(answer(&s.text), 200, look.glyphs.ascii)));
        let said = said.unwrap_or_default();
        let time = delivery
            .last_attempt
            .map(|t| t.at.strftime("%H:%M:%S").to_string())
            .unwrap_or_default();
        sheet.paragraph(
            &format!(" {}  {time:8}    ", look.glyphs.broken),
            &format!("{host} refused{said}"),
            look.accent,
        );
    }
    if let Some(host) = &detail.bounce.generating_server {
        let time =
            detail.bounce.date.map(|d| d.at.strftime("%H:%M:%S").to_string()).unwrap_or_default();
        sheet.paragraph(
            &format!(" {}  {time:8}    ", look.glyphs.back),
            &format!("report written by {host}"),
            Style::new(),
        );
    }
}

/// What cannot be right, in words.
fn notes(hops: &[Hop], sheet: &mut Sheet<'_>) {
    let mut lines = Vec::new();
    for (at, hop) in hops.iter().enumerate() {
        for flag in &hop.flags {
            let number = at + 1;
            match flag {
                Flag::Skew => {
                    let by = duration(-hop.delay.unwrap_or(0.0));
                    lines.push(format!(
                        "clock: hop {number} is dated {by} before hop {at}; one of the two clocks is wrong"
                    ));
                }
                Flag::Zone(halves) => {
                    let hours = f64::from(*halves) / 2.0;
                    lines.push(format!(
                        "clock: hop {number} is off by about {hours} h, as with a wrong time zone"
                    ));
                }
                Flag::ZoneUnknown => {
                    lines.push(format!("hop {number} names no known time zone; read as UTC"))
                }
                Flag::Repeated => {
                    let by = hop.by.as_ref().map_or("its host", |b| b.as_str());
                    lines.push(format!("loop: hop {number}: {by} had the message before"));
                }
                Flag::Slowest => {}
            }
        }
    }
    if !lines.is_empty() {
        sheet.blank();
        for line in lines {
            sheet.paragraph("", &line, Style::new());
        }
    }
}
