//! The hops of a message as a timeline.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::layout::{clip, clip_front, width};
use crate::page::{HopRow, Turn, Way};

use super::look::Look;
use super::sheet::Sheet;

/// Cells of the longest delay bar.
const BAR: f64 = 8.0;
/// Columns before the names of the hosts: number and time.
const LEAD: usize = 16;
/// Columns of a hop's line without its names.
const BESIDE_NAMES: usize = 56;
/// Columns that the answer at the end may take.
const ANSWER: usize = 200;

impl Sheet {
    /// The hops: a line for each where all have room on one, else two.
    pub(super) fn way(&mut self, way: &Way) {
        let (look, to) = (self.look, self.look.glyphs.to);
        let [time, from, by] = way.titles;
        let head = format!(" #  {time:<12}");
        let room = self.columns.saturating_sub(width(&head) + width(&way.total));
        let names = clip(&format!("{from} {to} {by}"), room, look.glyphs.ascii);
        let gap = " ".repeat(room.saturating_sub(width(&names)));
        self.line(Span::styled(format!("{head}{names}{gap}{}", way.total), look.dim));
        let room = self.columns.saturating_sub(BESIDE_NAMES);
        let fits = |hop: &HopRow| width(&hop.from) + width(&hop.by) + width(to) + 2 <= room;
        let one_line = way.hops.iter().all(fits);
        for (number, hop) in (1..).zip(&way.hops) {
            self.hop(number, hop, one_line);
            if let Some(left_out) = &way.left_out
                && number == way.hops.len() / 2
            {
                self.paragraph("    ", left_out, look.dim);
            }
        }
    }

    /// One hop, and what its host found out about the sender.
    fn hop(&mut self, number: usize, hop: &HopRow, one_line: bool) {
        let look = self.look;
        self.day(hop.day.as_deref());
        let time = hop.time.as_deref().unwrap_or("   ?    ");
        let lead = Span::styled(format!("{number:>2}  {time}    "), look.dim);
        let style = if hop.oddities.is_empty() { Style::new() } else { look.strong };
        if one_line {
            let room = self.columns.saturating_sub(BESIDE_NAMES);
            let names = names(hop, room, &look);
            let pad = " ".repeat(room.saturating_sub(width(&names)) + 2);
            let mut line = Line::from(vec![lead, Span::styled(names, style), Span::raw(pad)]);
            line.extend(tail(hop, &look));
            self.line(line);
        } else {
            let names = names(hop, self.columns.saturating_sub(LEAD), &look);
            self.line(vec![lead, Span::styled(names, style)]);
            let mut line = Line::from(" ".repeat(LEAD));
            line.extend(tail(hop, &look));
            self.line(line);
        }
        for check in &hop.checks {
            self.paragraph(&" ".repeat(LEAD), check, look.dim);
        }
    }

    /// The day from here on, where it is another one.
    fn day(&mut self, day: Option<&str>) {
        if let Some(day) = day {
            self.line(Span::styled(format!("    {day}"), self.look.dim));
        }
    }

    /// Where it broke, or where the report came back from.
    pub(super) fn turn(&mut self, turn: &Turn) {
        let look = self.look;
        self.day(turn.day.as_deref());
        let (mark, style) = if turn.broken {
            (look.glyphs.broken, look.accent)
        } else {
            (look.glyphs.back, Style::new())
        };
        let mut text = turn.text.clone();
        if let Some(said) = &turn.said {
            text.push_str(": ");
            text.push_str(&clip(said, ANSWER, look.glyphs.ascii));
        }
        self.paragraph(&format!(" {mark}  {:8}    ", turn.time), &text, style);
    }
}

/// Protocol, delay, the delay as a bar, and what is odd.
fn tail(hop: &HopRow, look: &Look) -> [Span<'static>; 3] {
    let ascii = look.glyphs.ascii;
    let (bar_style, style) =
        if hop.slowest { (look.accent, look.accent) } else { (Style::new(), look.strong) };
    [
        Span::raw(format!("{:<7} {:>9} ", clip(&hop.with, 7, ascii), hop.delay)),
        Span::styled(bar(hop.percent, ascii), bar_style),
        Span::styled(hop.oddities.join(", "), style),
    ]
}

/// `from → by`, both cut in front so that their domains stay.
fn names(hop: &HopRow, room: usize, look: &Look) -> String {
    let (to, ascii) = (look.glyphs.to, look.glyphs.ascii);
    let (from, by) = (hop.from.as_str(), hop.by.as_str());
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

/// A share of all waiting, in percent, as a bar.
fn bar(percent: f64, ascii: bool) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of 100 in eight cells"
    )]
    let cells = (percent / 100.0 * BAR).ceil().clamp(0.0, BAR) as usize;
    if cells == 0 {
        return String::new();
    }
    format!("{} ", if ascii { "#" } else { "▇" }.repeat(cells))
}
