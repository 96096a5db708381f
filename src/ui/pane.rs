//! The delivery: who and what on the first line, the indicator, the tabs, the view.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{App, Drawn, Focus, View};
use crate::human::age;
use crate::layout::{clip, width};
use crate::listing::Row;

use super::canvas::{columns, more, put, put_right};
use super::indicator;
use super::look::Look;
use super::page::Wrapped;

/// Rows from which on the indicator is drawn large.
const TALL: u16 = 28;
/// Columns from which on the indicator is drawn large.
const WIDE: u16 = 54;
/// Columns from which on a view leaves a margin for the mark that there is more.
const MARGIN: u16 = 40;

/// The line between list and views; lying, it carries the title.
pub(super) fn rule(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) {
    let (upright, lying) = look.glyphs.rule;
    let style = if app.focus == Focus::Pane { look.strong } else { look.dim };
    if area.width == 1 {
        for row in 0..area.height {
            put(buffer, area, row, &Line::styled(upright, style));
        }
        return;
    }
    put(buffer, area, 0, &Line::styled(lying.repeat(usize::from(area.width)), style));
    let (left, right) = title(app, look, usize::from(area.width).saturating_sub(8));
    if !left.is_empty() {
        let left =
            Line::from(vec![Span::raw(" "), Span::styled(left, look.strong), Span::raw(" ")]);
        put(buffer, Rect { x: area.x + 2, width: area.width - 4, ..area }, 0, &left);
        let right = Line::from(vec![Span::raw(" "), Span::styled(right, look.dim), Span::raw(" ")]);
        put_right(buffer, Rect { width: area.width - 2, ..area }, 0, &right);
    }
}

/// The delivery's name left; its status and age right.
fn title(app: &App, look: &Look, room: usize) -> (String, String) {
    if app.opened.id().is_none() {
        return (String::new(), String::new());
    }
    let row = app.opened_row();
    let right = row.map(|row| state(app, look, row)).unwrap_or_default();
    let mut name = row.and_then(|row| row.recipient.as_ref());
    if let Some(detail) = app.opened.detail() {
        name = name.or(detail.bounce.from.as_ref()).or(detail.bounce.subject.as_ref());
    }
    let name = match name {
        Some(name) => name.as_str(),
        None => app.language().word("no_address"),
    };
    let room = room.saturating_sub(width(&right) + 2);
    (clip(name, room, look.glyphs.ascii), right)
}

/// The status of a delivery and its age.
fn state(app: &App, look: &Look, row: &Row) -> String {
    let mut age = age(row.time, app.clock.now());
    if age != "now" && age != "-" {
        age = app.language().word("ago").replace("{age}", &age);
    }
    match row.code().as_str() {
        "-" => age,
        code => format!("{code} {} {age}", look.glyphs.dot),
    }
}

/// The pane of a delivery.
pub(super) struct DeliveryPane<'a> {
    pub(super) app: &'a App,
    pub(super) look: &'a Look,
    pub(super) area: Rect,
    /// The title does not stand on the line above.
    pub(super) headed: bool,
}

impl DeliveryPane<'_> {
    /// Draws the delivery and notes what was drawn.
    pub(super) fn draw(&self, buffer: &mut Buffer, wrapped: &mut Wrapped, drawn: &mut Drawn) {
        let Self { app, look, area, .. } = *self;
        if app.opened.id().is_none() {
            return;
        }
        let spacious = area.height >= TALL && area.width >= WIDE;
        let air = u16::from(spacious);
        let mut rest = area;
        if self.headed {
            let head = take(&mut rest, 1);
            let (left, right) = title(app, look, usize::from(head.width));
            put(buffer, head, 0, &Line::styled(left, look.strong));
            put_right(buffer, head, 0, &Line::styled(right, look.dim));
            take(&mut rest, air);
        }
        if let Some(summary) = app.shown.summary() {
            if spacious {
                let area = take(&mut rest, indicator::LARGE);
                indicator::large(summary, app.language(), look, buffer, area);
            } else {
                indicator::small(summary, look, buffer, take(&mut rest, indicator::SMALL));
            }
        } else if let Some(detail) = app.opened.detail()
            && let Some(subject) = &detail.bounce.subject
        {
            let subject = clip(subject, usize::from(area.width), look.glyphs.ascii);
            put(buffer, take(&mut rest, 1), 0, &Line::from(subject));
            take(&mut rest, air);
        }
        let names = take(&mut rest, 1);
        take(&mut rest, air);
        self.view(buffer, rest, wrapped, drawn);
        self.tabs(buffer, names, drawn);
    }

    /// The names of the views; the language at the right.
    fn tabs(&self, buffer: &mut Buffer, area: Rect, drawn: &Drawn) {
        let (app, look) = (self.app, self.look);
        let mut left = Line::default();
        for (number, view) in (1..).zip(View::ALL) {
            let word = format!("view.{}", view.slug());
            let name = format!("{number} {}", app.language().word(&word));
            left.push_span(if *view == app.pane.view {
                Span::styled(format!("[{name}]"), look.strong)
            } else {
                Span::styled(format!(" {name} "), look.dim)
            });
        }
        let right = Line::styled(self.corner(drawn), look.dim);
        put(buffer, area, 0, &left);
        if columns(&left) + columns(&right) < area.width {
            put_right(buffer, area, 0, &right);
        }
    }

    /// What belongs to the view that is open: its language, its length, its hits.
    fn corner(&self, drawn: &Drawn) -> String {
        let (app, dot) = (self.app, self.look.glyphs.dot);
        let language = app.language();
        if !app.pane.search.is_empty() {
            let hits = language.word("hits").replace("{n}", &drawn.hits.len().to_string());
            return format!("\"{}\" {dot} {hits}", app.pane.search);
        }
        if app.pane.view == View::User {
            let offer = match app.suggestion() {
                Some(other) => language.word("language.seems").replace("{language}", other.slug()),
                None => language.word("language.next").to_owned(),
            };
            return format!("{} {dot} {offer}", language.slug());
        }
        let Some(detail) = app.opened.detail() else { return String::new() };
        match app.pane.view {
            View::Admin => detail.bounce.dialect.to_owned(),
            View::Source if app.pane.decoded => language.word("source.raw").to_owned(),
            View::Source => language.word("source.decode").to_owned(),
            View::User | View::Hops => String::new(),
        }
    }

    /// The view itself.
    fn view(&self, buffer: &mut Buffer, area: Rect, wrapped: &mut Wrapped, drawn: &mut Drawn) {
        let (app, look) = (self.app, self.look);
        let columns = if area.width < MARGIN { area.width } else { area.width - 2 };
        let search = &app.pane.search;
        let (sheet, hits) = wrapped.sheet(look, app.shown.page(), columns, search);
        drawn.pane_rows = usize::from(area.height);
        drawn.pane_lines = sheet.lines.len();
        drawn.evidence = sheet.evidence;
        drawn.hits = hits.to_vec();
        let last = sheet.lines.len().saturating_sub(usize::from(area.height));
        let top = app.pane.scroll.min(last);
        for (row, (at, line)) in (0..area.height).zip(sheet.lines.iter().enumerate().skip(top)) {
            if hits.binary_search(&sheet.beginning(at)).is_ok() {
                put(buffer, area, row, &line.clone().patch_style(look.hit));
            } else {
                put(buffer, area, row, line);
            }
        }
        more(app.language(), look, buffer, area, top, last);
    }
}

/// The upper rows of an area, which are taken off it.
fn take(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let taken = Rect { height: rows, ..*area };
    *area = Rect { y: area.y + rows, height: area.height - rows, ..*area };
    taken
}
