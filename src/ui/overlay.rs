//! What lies on top: help, messages, the 5.7.1 tree, the choices behind a first key, and the page
//! without borders.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::app::{Action, App, Drawn, Group, Overlay, View, Weight};
use crate::diagnosis::tree571::Branch;
use crate::layout::{clip, width, wrap};

use super::look::Look;
use super::sheet::Sheet;
use super::{pane, put, put_right, views};

/// Draws what lies on top, if anything does.
pub(super) fn draw(app: &App, look: &Look, buffer: &mut Buffer, body: Rect, drawn: &mut Drawn) {
    match &app.overlay {
        None | Some(Overlay::Select { .. }) => {}
        Some(Overlay::Help { scroll }) => {
            let area = window(look, buffer, body, "Keys", 118);
            let lines = if area.width >= 74 {
                two_columns(app, look, area.width)
            } else {
                help(app, look, area.width)
            };
            page(look, buffer, area, &lines, *scroll, drawn);
        }
        Some(Overlay::Messages { scroll }) => {
            let area = window(look, buffer, body, "Messages, newest first", 100);
            page(look, buffer, area, &messages(app, look, area.width), *scroll, drawn);
        }
        Some(Overlay::Tree { at, own, scroll }) => {
            tree(app, look, buffer, body, (*at, *own, *scroll), drawn)
        }
    }
}

/// An empty framed window in the middle; returns its inside.
fn window(look: &Look, buffer: &mut Buffer, body: Rect, title: &str, widest: u16) -> Rect {
    // What would show beside it is too narrow to tell anything.
    let wide = if body.width < widest + 8 { body.width } else { widest };
    let area = Rect { x: body.x + (body.width - wide) / 2, width: wide, ..body };
    Clear.render(area, buffer);
    let [tl, tr, br, bl, dash, bar] = look.glyphs.light;
    let inner = usize::from(area.width.saturating_sub(2));
    let title = format!(" {} ", clip(title, inner.saturating_sub(4), look.glyphs.ascii));
    let rest = inner.saturating_sub(width(&title) + 1);
    let top = vec![
        Span::styled(format!("{tl}{dash}"), look.dim),
        Span::styled(title, look.strong),
        Span::styled(format!("{}{tr}", dash.repeat(rest)), look.dim),
    ];
    put(buffer, area, 0, &Line::from(top));
    for row in 1..area.height.saturating_sub(1) {
        let edge = Line::from(Span::styled(bar, look.dim));
        put(buffer, area, row, &edge);
        put_right(buffer, area, row, &edge);
    }
    let bottom = format!("{bl}{}{br}", dash.repeat(inner));
    put(buffer, area, area.height.saturating_sub(1), &Line::from(Span::styled(bottom, look.dim)));
    Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}

/// Lines in a window, scrolled.
fn page(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    lines: &[Line<'_>],
    scroll: usize,
    drawn: &mut Drawn,
) {
    let last = lines.len().saturating_sub(usize::from(area.height));
    let top = scroll.min(last);
    drawn.overlay_last = last;
    for (row, line) in (0..area.height).zip(lines.iter().skip(top)) {
        put(buffer, area, row, line);
    }
    pane::more(look, buffer, area, top, last);
}

/// The keys of a group: as many as it has, joined, then what they do.
fn group(app: &App, look: &Look, group: Group, columns: usize) -> Vec<Line<'static>> {
    const KEYS: usize = 14;
    let mut lines = vec![Line::from(Span::styled(group.title(), look.strong))];
    for action in Action::ALL.iter().filter(|action| action.group() == group) {
        let keys = app.keymap.keys_of(*action).join(" ");
        if keys.is_empty() {
            continue;
        }
        let refused = app.availability(*action).is_err();
        let style = if refused { look.dim } else { Style::new() };
        let keys = clip(&keys, KEYS, look.glyphs.ascii);
        let lead = format!("{keys}{} ", " ".repeat(KEYS - width(&keys)));
        for (at, line) in
            wrap("", action.sentence(), columns.saturating_sub(KEYS + 1)).into_iter().enumerate()
        {
            let lead = if at == 0 { lead.clone() } else { " ".repeat(KEYS + 1) };
            lines
                .push(Line::from(vec![Span::styled(lead, look.accent), Span::styled(line, style)]));
        }
    }
    lines.push(Line::default());
    lines
}

/// The help, group by group.
fn chapters(app: &App, look: &Look, columns: usize) -> impl Iterator<Item = Vec<Line<'static>>> {
    let groups: Vec<_> = Group::ALL.into_iter().map(|g| group(app, look, g, columns)).collect();
    groups.into_iter().chain([grammar(look, columns)])
}

fn help(app: &App, look: &Look, width: u16) -> Vec<Line<'static>> {
    chapters(app, look, usize::from(width)).flatten().collect()
}

/// The help in two columns, the groups shared out so that both are about as long.
fn two_columns(app: &App, look: &Look, wide: u16) -> Vec<Line<'static>> {
    let half = usize::from(wide) / 2 - 1;
    let mut left: Vec<Line<'static>> = Vec::new();
    let mut right: Vec<Line<'static>> = Vec::new();
    for lines in chapters(app, look, half) {
        if left.len() <= right.len() { left.extend(lines) } else { right.extend(lines) }
    }
    let mut rows = Vec::new();
    for at in 0..left.len().max(right.len()) {
        let mut line = left.get(at).cloned().unwrap_or_default();
        let pad = (half + 2).saturating_sub(line.width());
        line.spans.push(Span::raw(" ".repeat(pad)));
        line.spans.extend(right.get(at).cloned().unwrap_or_default().spans);
        rows.push(line);
    }
    rows
}

/// What can be typed behind `/`.
fn grammar(look: &Look, columns: usize) -> Vec<Line<'static>> {
    const EXAMPLE: usize = 21;
    const EXAMPLES: [(&str, &str); 7] = [
        ("oak.example", "every row in which this stands"),
        ("oak full", "both words, in any column"),
        ("status:5.7", "codes that begin so"),
        ("reason:user_unknown", "a reason (docs/reasons.md)"),
        ("who:us", "a party; who:their_sys, who:?"),
        ("domain:oak.example", "the recipient's domain"),
        ("host:mx1", "the host that refused"),
    ];
    let mut lines = vec![Line::from(Span::styled("Filter, behind /", look.strong))];
    for (example, what) in EXAMPLES {
        for (at, line) in
            wrap("", what, columns.saturating_sub(EXAMPLE + 1)).into_iter().enumerate()
        {
            let lead =
                if at == 0 { format!("{example:<EXAMPLE$} ") } else { " ".repeat(EXAMPLE + 1) };
            lines.push(Line::from(vec![Span::styled(lead, look.accent), Span::raw(line)]));
        }
    }
    lines.push(Line::default());
    lines
}

fn messages(app: &App, look: &Look, width: u16) -> Vec<Line<'static>> {
    let mut sheet = Sheet::new(look, width);
    for notice in app.notices.all().iter().rev() {
        let (lead, style) = match notice.weight {
            Weight::Error => ("! ", look.error),
            Weight::Info => ("  ", Style::new()),
        };
        sheet.paragraph(lead, &notice.text, style);
    }
    if sheet.lines.is_empty() {
        sheet.paragraph("", "nothing so far", look.dim);
    }
    sheet.lines
}

/// The branches left or above, what the one under the cursor says beside or below it.
fn tree(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    body: Rect,
    (at, own, scroll): (usize, Option<Branch>, usize),
    drawn: &mut Drawn,
) {
    let area = window(look, buffer, body, "5.7.1: which of these is it?", 130);
    let entries = app.language().entries();
    let side = area.width >= 90;
    let list = if side {
        Rect { width: 38, ..area }
    } else {
        Rect { height: (area.height / 3).max(3).min(area.height), ..area }
    };
    let text = if side {
        Rect { x: area.x + 40, width: area.width - 40, ..area }
    } else {
        Rect { y: list.bottom() + 1, height: area.height.saturating_sub(list.height + 1), ..area }
    };
    let top = (at + 1).saturating_sub(usize::from(list.height));
    for (row, (index, branch)) in (0..list.height).zip(Branch::ALL.iter().enumerate().skip(top)) {
        let label = entries.get(branch.slug()).map_or("", |e| e.label.as_str());
        let mark = if own == Some(*branch) { look.glyphs.bar } else { " " };
        let style = if index == at { look.cursor } else { Style::new() };
        let label = clip(label, usize::from(list.width).saturating_sub(2), look.glyphs.ascii);
        let spans = vec![Span::styled(format!("{mark} "), look.accent), Span::styled(label, style)];
        put(buffer, list, row, &Line::from(spans));
    }
    let mut sheet = Sheet::new(look, text.width);
    if let Some(branch) = Branch::ALL.get(at) {
        branch_page(app, *branch, own == Some(*branch), &mut sheet);
    }
    page(look, buffer, text, &sheet.lines, scroll, drawn);
}

fn branch_page(app: &App, branch: Branch, own: bool, sheet: &mut Sheet<'_>) {
    let language = app.language();
    let told = app.branch_guidance(branch);
    sheet.line(Span::styled(told.label.clone(), sheet.look.strong));
    if own {
        sheet.paragraph("", "This is where the report leads.", sheet.look.accent);
    }
    if let Some((_, why)) = &told.branch {
        sheet.heading(language.word("why_this"));
        sheet.paragraph("", why, Style::new());
    }
    for (title, advice) in [
        (language.word("what_to_do"), Some(&told.user)),
        (language.word("for_owner"), told.owner.as_ref()),
        (language.word("for_admins"), Some(&told.admin)),
    ] {
        if let Some(advice) = advice {
            sheet.heading(title);
            sheet.paragraph("", &advice.cause, Style::new());
            sheet.steps(&advice.steps);
        }
    }
    if !told.commands.is_empty() {
        sheet.heading(language.word("commands"));
        sheet.paragraph("", language.word("commands_check"), sheet.look.dim);
        told.commands.iter().for_each(|command| sheet.paragraph("  ", command, Style::new()));
    }
}

/// The choices behind a first key, above the status line at the right.
pub(super) fn choices(app: &App, look: &Look, buffer: &mut Buffer, body: Rect) {
    let Some(choices) = app.choices() else { return };
    let text: Vec<String> =
        choices.iter().map(|(key, action)| format!(" {key}  {} ", action.hint())).collect();
    let wide = text.iter().map(|t| width(t)).max().unwrap_or(0);
    let columns = u16::try_from(wide + 2).unwrap_or(u16::MAX).min(body.width);
    let rows = u16::try_from(text.len() + 2).unwrap_or(u16::MAX).min(body.height);
    let area =
        Rect { x: body.right() - columns, y: body.bottom() - rows, width: columns, height: rows };
    let [tl, tr, br, bl, dash, bar] = look.glyphs.light;
    let edge = |left: &str, right: &str| {
        Line::from(Span::styled(format!("{left}{}{right}", dash.repeat(wide)), look.dim))
    };
    put(buffer, area, 0, &edge(tl, tr));
    for (row, (text, (_, action))) in (1..).zip(text.iter().zip(&choices)) {
        let style = if app.availability(*action).is_err() { look.dim } else { Style::new() };
        let pad = " ".repeat(wide - width(text));
        let spans = vec![
            Span::styled(bar, look.dim),
            Span::styled(format!("{text}{pad}"), style),
            Span::styled(bar, look.dim),
        ];
        put(buffer, area, row, &Line::from(spans));
    }
    put(buffer, area, rows.saturating_sub(1), &edge(bl, br));
}

/// The view alone, from edge to edge: nothing of ours is selected along with it.
pub(super) fn select(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) -> Drawn {
    let mut drawn = Drawn { pane_rows: usize::from(area.height), ..Drawn::default() };
    let scroll = match app.overlay {
        Some(Overlay::Select { scroll }) => scroll,
        _ => 0,
    };
    let mut sheet = Sheet::new(look, area.width);
    match app.opened.detail() {
        Some(detail) if app.pane.view == View::Source => {
            sheet.lines =
                detail.anatomy.source.iter().map(|line| Line::from(line.to_string())).collect();
        }
        Some(detail) => views::fill(app, detail, &mut sheet),
        None => views::missing(app, &mut sheet),
    }
    page(look, buffer, area, &sheet.lines, scroll, &mut drawn);
    drawn
}
