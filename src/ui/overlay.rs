//! What lies on top: help, messages, the 5.7.1 tree, the choices behind a first key, and the page
//! without borders.

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::app::{Action, App, Drawn, Group, Overlay, Weight};
use crate::diagnosis::Language;
use crate::diagnosis::tree571::{Question, Tree};
use crate::filter::Field;
use crate::layout::{clip, width, wrap};

use super::canvas::{more, put, put_right};
use super::look::Look;
use super::page::Wrapped;
use super::sheet::Sheet;

/// Draws what lies on top, if anything does.
pub(super) fn draw(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    body: Rect,
    wrapped: &mut Wrapped,
    drawn: &mut Drawn,
) {
    let language = app.language();
    match app.overlay {
        None | Some(Overlay::Select { .. }) => {}
        Some(Overlay::Help { scroll }) => {
            let area = window(look, buffer, body, "Keys", 118);
            let lines = if area.width >= 74 {
                two_columns(app, look, area.width)
            } else {
                help(app, look, area.width)
            };
            drawn.overlay_last =
                Scrolled { lines: &lines, scroll }.draw(language, look, buffer, area);
        }
        Some(Overlay::Messages { scroll }) => {
            let area = window(look, buffer, body, "Messages, newest first", 100);
            let lines = messages(app, look, area.width);
            drawn.overlay_last =
                Scrolled { lines: &lines, scroll }.draw(language, look, buffer, area);
        }
        Some(Overlay::Tree { at, scroll }) => {
            let area = window(look, buffer, body, language.word("tree.title"), 130);
            let (list, text) = tree_areas(area);
            if let Some(case) = app.opened.case()
                && let Some(tree) = Tree::of(&case)
            {
                questions(language, look, buffer, list, at, &tree);
            }
            if let Some(page) = app.shown.question() {
                let (sheet, _) = wrapped.sheet(look, page, text.width, "");
                let lines = Scrolled { lines: &sheet.lines, scroll };
                drawn.overlay_last = lines.draw(language, look, buffer, text);
            }
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

/// Scrolled in a window, scrolled.
struct Scrolled<'a> {
    lines: &'a [Line<'a>],
    scroll: usize,
}

impl Scrolled<'_> {
    /// Draws them; returns how far they can be scrolled.
    fn draw(&self, language: Language, look: &Look, buffer: &mut Buffer, area: Rect) -> usize {
        let last = self.lines.len().saturating_sub(usize::from(area.height));
        let top = self.scroll.min(last);
        for (row, line) in (0..area.height).zip(self.lines.iter().skip(top)) {
            put(buffer, area, row, line);
        }
        more(language, look, buffer, area, top, last);
        last
    }
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
    const JOINED: [(&str, &str); 6] = [
        ("oak full", "both words, in any column"),
        ("-full, -who:us", "not that"),
        ("a|b, who:us|sender", "one or the other"),
        ("(oak | elm) -full", "parentheses group"),
        ("\"mailbox full\"", "with the blank; /re/ an expression"),
        ("Tab, Up, Ctrl-u", "complete, earlier ones, empty"),
    ];
    let mut examples = Vec::from(JOINED);
    for field in Field::ALL {
        examples.push((field.example(), field.about()));
    }
    let mut lines = vec![Line::from(Span::styled("Filter, behind /", look.strong))];
    for (example, what) in examples {
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
    let mut sheet = Sheet::new(*look, width);
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

/// Where the questions stand, and beside or below them one of them in full.
fn tree_areas(area: Rect) -> (Rect, Rect) {
    if area.width >= 90 {
        let list = Rect { width: 38, ..area };
        return (list, Rect { x: area.x + 40, width: area.width - 40, ..area });
    }
    let list = Rect { height: (area.height / 3).max(3).min(area.height), ..area };
    let height = area.height.saturating_sub(list.height + 1);
    (list, Rect { y: list.bottom() + 1, height, ..area })
}

/// The questions of the 5.7.1 tree: those that the message answers with no, the one it answers with
/// yes, and the rest, which need not be asked.
fn questions(
    language: Language,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    at: usize,
    tree: &Tree<'_>,
) {
    let top = (at + 1).saturating_sub(usize::from(area.height));
    let deciding = tree.deciding();
    for (row, (index, question)) in (0..area.height).zip(Question::ALL.iter().enumerate().skip(top))
    {
        let mark = match question.cmp(&deciding) {
            Ordering::Less => "-",
            Ordering::Equal => look.glyphs.bar,
            Ordering::Greater => " ",
        };
        let label = language.word(&format!("branch.{}", question.slug()));
        let style = match question.cmp(&deciding) {
            _ if index == at => look.cursor,
            Ordering::Greater => look.dim,
            _ => Style::new(),
        };
        let label = clip(label, usize::from(area.width).saturating_sub(5), look.glyphs.ascii);
        let number = format!("{:>2} ", index + 1);
        let spans = vec![
            Span::styled(format!("{mark} "), look.accent),
            Span::styled(number, look.dim),
            Span::styled(label, style),
        ];
        put(buffer, area, row, &Line::from(spans));
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
    let edge = dash.repeat(wide);
    put(buffer, area, 0, &Line::styled(format!("{tl}{edge}{tr}"), look.dim));
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
    let bottom = Line::styled(format!("{bl}{edge}{br}"), look.dim);
    put(buffer, area, rows.saturating_sub(1), &bottom);
}

/// The view alone, from edge to edge: nothing of ours is selected along with it.
pub(super) fn select(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    scroll: usize,
    wrapped: &mut Wrapped,
) -> Drawn {
    let (sheet, _) = wrapped.sheet(look, app.shown.page(), area.width, "");
    let lines = Scrolled { lines: &sheet.lines, scroll };
    let overlay_last = lines.draw(app.language(), look, buffer, area);
    Drawn { pane_rows: usize::from(area.height), overlay_last, ..Drawn::default() }
}
