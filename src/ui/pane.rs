//! The delivery: who and what on the first line, the indicator, the tabs, the view.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::{App, Drawn, Focus, Shape, View};
use crate::layout::{age, clip, date, width};

use super::look::Look;
use super::sheet::Sheet;
use super::{columns, indicator, put, put_right, views};

/// Rows from which on the indicator is drawn large.
const TALL: u16 = 28;
/// Columns from which on the indicator is drawn large.
const WIDE: u16 = 54;

/// The line between list and views; lying, it carries the title.
pub(super) fn rule(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) {
    let (upright, lying) = look.glyphs.rule;
    let style = if app.focus == Focus::Pane { look.strong } else { look.dim };
    if area.width == 1 {
        for row in 0..area.height {
            put(buffer, area, row, &Line::from(Span::styled(upright, style)));
        }
        return;
    }
    put(buffer, area, 0, &Line::from(Span::styled(lying.repeat(usize::from(area.width)), style)));
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
    let Some(id) = app.opened.id() else { return (String::new(), String::new()) };
    let row = app.list.find(id);
    let bounce = app.opened.detail().map(|d| &d.bounce);
    let name = row
        .and_then(|row| row.recipient.clone())
        .or_else(|| bounce.and_then(|b| b.from.clone()))
        .or_else(|| bounce.and_then(|b| b.subject.clone()));
    let code = row.map(crate::listing::Row::code).filter(|code| code != "-");
    let age = row.map(|row| age(row.time, app.clock.now()));
    let age = age.map(|age| if age == "now" || age == "-" { age } else { format!("{age} ago") });
    let right = [code, age]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(&format!(" {} ", look.glyphs.dot));
    let room = room.saturating_sub(crate::layout::width(&right) + 2);
    (clip(name.as_ref().map_or("(no address)", |n| n.as_str()), room, look.glyphs.ascii), right)
}

/// Draws the delivery and notes what was drawn.
pub(super) fn draw(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    shape: Shape,
    drawn: &mut Drawn,
) {
    if app.opened.id().is_none() {
        return;
    }
    let mut rest = area;
    let mut take = |rows: u16| {
        let rows = rows.min(rest.height);
        let taken = Rect { height: rows, ..rest };
        rest = Rect { y: rest.y + rows, height: rest.height - rows, ..rest };
        taken
    };
    let spacious = area.height >= TALL && area.width >= WIDE;
    if shape == Shape::Side || app.full || shape == Shape::Single {
        let head = take(1);
        let (left, right) = title(app, look, usize::from(head.width));
        put(buffer, head, 0, &Line::from(Span::styled(left, look.strong)));
        put_right(buffer, head, 0, &Line::from(Span::styled(right, look.dim)));
        take(u16::from(spacious));
    }
    if let (Some(detail), Some(case)) = (app.opened.detail(), app.opened.case()) {
        if spacious {
            indicator::large(app, look, buffer, take(indicator::LARGE), detail, &case);
        } else {
            indicator::small(app, look, buffer, take(indicator::SMALL), &case);
        }
    }
    if app.opened.case().is_none()
        && let Some(subject) = app.opened.detail().and_then(|detail| detail.bounce.subject.as_ref())
    {
        put(
            buffer,
            take(1),
            0,
            &Line::from(clip(subject, usize::from(area.width), look.glyphs.ascii)),
        );
        take(u16::from(spacious));
    }
    let names = take(1);
    take(u16::from(spacious));
    view(app, look, buffer, rest, drawn);
    tabs(app, look, buffer, names, drawn);
}

/// The names of the views; the language at the right.
fn tabs(app: &App, look: &Look, buffer: &mut Buffer, area: Rect, drawn: &Drawn) {
    let mut spans = Vec::new();
    for (number, view) in (1..).zip(View::ALL) {
        let name = format!("{number} {}", view.name());
        if view == app.pane.view {
            spans.push(Span::styled(format!("[{name}]"), look.strong));
        } else {
            spans.push(Span::styled(format!(" {name} "), look.dim));
        }
    }
    let left = Line::from(spans);
    let right = Line::from(Span::styled(corner(app, look, drawn), look.dim));
    put(buffer, area, 0, &left);
    if columns(&left) + columns(&right) < area.width {
        put_right(buffer, area, 0, &right);
    }
}

/// What belongs to the view that is open: its language, its length, its hits.
fn corner(app: &App, look: &Look, drawn: &Drawn) -> String {
    let dot = look.glyphs.dot;
    if !app.pane.search.is_empty() {
        return format!("\"{}\" {dot} {} hits", app.pane.search, drawn.hits.len());
    }
    match app.pane.view {
        View::User => match app.suggestion() {
            Some(language) => {
                format!("{} {dot} seems {}: L", app.language().slug(), language.slug())
            }
            None => format!("{} {dot} L language", app.language().slug()),
        },
        View::Admin => app.opened.detail().map(|d| d.bounce.dialect.to_owned()).unwrap_or_default(),
        View::Hops => String::new(),
        View::Source => {
            app.opened.detail().and_then(|d| d.bounce.date).map(date).unwrap_or_default()
        }
    }
}

/// The view itself.
fn view(app: &App, look: &Look, buffer: &mut Buffer, area: Rect, drawn: &mut Drawn) {
    drawn.pane_rows = usize::from(area.height);
    let mut sheet = Sheet::new(look, inside(area).width);
    match app.opened.detail() {
        Some(detail) if app.pane.view == View::Source => {
            return views::source(app, look, detail, buffer, (area, inside(area).width), drawn);
        }
        Some(detail) => views::fill(app, detail, &mut sheet),
        None => views::missing(app, &mut sheet),
    }
    drawn.evidence = sheet.evidence;
    drawn.pane_lines = sheet.lines.len();
    drawn.hits = sheet.hits(&app.pane.search);
    let last = sheet.lines.len().saturating_sub(usize::from(area.height));
    let top = app.pane.scroll.min(last);
    for (row, (at, line)) in (0..area.height).zip(sheet.lines.iter().enumerate().skip(top)) {
        let hit = drawn.hits.binary_search(&at).is_ok();
        let line = if hit { line.clone().patch_style(look.hit) } else { line.clone() };
        put(buffer, area, row, &line);
    }
    more(look, buffer, area, top, last);
}

/// The area without the margin in which [`more`] stands.
fn inside(area: Rect) -> Rect {
    Rect { width: if area.width < 40 { area.width } else { area.width - 2 }, ..area }
}

/// Says that there is more below: in words where the last line leaves room.
pub(super) fn more(look: &Look, buffer: &mut Buffer, area: Rect, top: usize, last: usize) {
    if top < last && area.height > 1 {
        let mark = if look.glyphs.ascii { "v" } else { "▾" };
        let words = format!("  more {mark}");
        let from =
            area.right().saturating_sub(u16::try_from(width(&words)).unwrap_or(0)).max(area.x);
        let free = (from..area.right()).all(|x| buffer[(x, area.bottom() - 1)].symbol() == " ");
        let text = if free { words } else { mark.to_owned() };
        put_right(buffer, area, area.height - 1, &Line::from(Span::styled(text, look.dim)));
    }
}
