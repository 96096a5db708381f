//! The list of deliveries. Columns go in a declared order where there is no room for them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{App, Focus, Shape};
use crate::config::Highlight;
use crate::diagnosis::Party;
use crate::human::{age, count};
use crate::layout::{clip, clip_front, width, wrap};
use crate::listing::{Health, Row};

use super::canvas::put;
use super::look::Look;

/// A column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Age,
    Status,
    Who,
    Reason,
    Recipient,
    Host,
}

/// Where the list has the whole width of a small terminal, the reason gives way to the recipient
/// first.
const REASON_ALONE: u16 = 70;

/// When a column is shown, and how wide.
struct Spec {
    column: Column,
    /// The key of its title.
    title: &'static str,
    /// Its width; 0 for what is left over.
    width: u16,
    /// The width of the list from which on it is shown.
    from: u16,
}

/// The columns in their order.
const COLUMNS: [Spec; 6] = [
    Spec { column: Column::Age, title: "list.age", width: 4, from: 34 },
    Spec { column: Column::Status, title: "list.status", width: 7, from: 30 },
    Spec { column: Column::Who, title: "list.who", width: 9, from: 0 },
    Spec { column: Column::Reason, title: "list.reason", width: 19, from: 54 },
    Spec { column: Column::Recipient, title: "list.recipient", width: 0, from: 0 },
    Spec { column: Column::Host, title: "list.host", width: 26, from: 96 },
];

/// A column that is shown.
struct ShownColumn {
    column: Column,
    title: &'static str,
    width: u16,
}

/// Draws the list and returns how many rows it has room for.
pub(super) fn draw(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) -> usize {
    let columns = layout(area.width.saturating_sub(1), app.shape() == Shape::Single);
    let mut head = String::from(" ");
    for shown in &columns {
        head.push_str(&cell(app.language().word(shown.title), shown, look));
    }
    put(buffer, area, 0, &Line::styled(head, look.dim));
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if app.list.is_empty() {
        for (row, line) in (1..).zip(wrap("  ", &nothing(app), usize::from(area.width))) {
            put(buffer, rows, row, &Line::styled(line, look.dim));
        }
    }
    let position = app.list.position();
    for (line, (at, row)) in (0..rows.height).zip(app.list.window()) {
        let area = Rect { y: rows.y + line, height: 1, ..rows };
        draw_row(app, look, buffer, area, row, &columns, position == Some(at));
    }
    usize::from(rows.height)
}

/// Why the list is empty.
fn nothing(app: &App) -> String {
    if app.list.total() > 0 {
        return format!(
            "nothing contains \"{}\"; Esc shows all {} deliveries",
            app.list.filter(),
            app.list.total()
        );
    }
    let mut trouble = None;
    for mailbox in &app.mailboxes {
        match &mailbox.health {
            Health::Connecting | Health::Fetching { .. } => {
                return "the first deliveries appear as they are read".to_owned();
            }
            Health::Stopped(why) | Health::Waiting { why, .. } => {
                trouble.get_or_insert(why);
            }
            Health::Idle(_) => {}
        }
    }
    match trouble {
        Some(why) => why.to_string(),
        None => "the mailbox is empty; r looks again".to_owned(),
    }
}

/// The columns that have room, with their widths; one blank follows each.
fn layout(width: u16, alone: bool) -> Vec<ShownColumn> {
    let mut shown = Vec::new();
    let mut fixed = 0;
    for Spec { column, title, width: wide, from } in COLUMNS {
        let from = if alone && column == Column::Reason { REASON_ALONE } else { from };
        if width >= from {
            shown.push(ShownColumn { column, title, width: wide });
            fixed += wide + 1;
        }
    }
    for column in &mut shown {
        if column.width == 0 {
            column.width = width.saturating_sub(fixed);
        }
    }
    shown
}

/// A text in its column, with the blank behind it.
fn cell(text: &str, shown: &ShownColumn, look: &Look) -> String {
    let room = usize::from(shown.width);
    let ascii = look.glyphs.ascii;
    let text = if shown.column == Column::Host {
        clip_front(text, room, ascii)
    } else {
        clip(text, room, ascii)
    };
    let pad = " ".repeat(room.saturating_sub(width(&text)));
    if shown.column == Column::Age { format!("{pad}{text} ") } else { format!("{text}{pad} ") }
}

fn draw_row(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    row: &Row,
    columns: &[ShownColumn],
    current: bool,
) {
    let base = if row.kind.is_bounce() { Style::new() } else { look.dim };
    let (base, mark) = match (current, look.highlight) {
        (true, Highlight::Row) if app.focus == Focus::List => (look.cursor, look.glyphs.bar),
        (true, _) => (base, look.glyphs.bar),
        (false, _) => (base, " "),
    };
    let ours = row.kind.is_bounce() && row.party == Party::OurSystem && base != look.cursor;
    let mut line = Line::from(Span::styled(mark, if current { look.accent } else { Style::new() }));
    for shown in columns {
        let style = if ours && shown.column == Column::Who { look.accent } else { base };
        line.push_span(Span::styled(cell(&text(app, row, shown.column), shown, look), style));
    }
    put(buffer, area, 0, &line);
}

/// What stands in a column of a row.
fn text(app: &App, row: &Row, column: Column) -> String {
    let named = match column {
        Column::Age => return age(row.time, app.clock.now()),
        Column::Status => return row.code(),
        Column::Who => return app.list.words().who(row).to_owned(),
        Column::Reason => return app.list.words().reason(row).to_owned(),
        Column::Recipient if row.further > 0 => {
            return app.list.words().more(&count(row.deliveries()));
        }
        Column::Recipient => &row.recipient,
        Column::Host => &row.host,
    };
    match named {
        Some(name) => name.to_string(),
        None => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(width: u16) -> Vec<&'static str> {
        let language = crate::diagnosis::Language::En;
        layout(width, false).iter().map(|shown| language.word(shown.title)).collect()
    }

    #[test]
    fn columns_go_in_order() {
        assert_eq!(shown(120), ["AGE", "STATUS", "WHO", "REASON", "RECIPIENT", "HOST"]);
        assert_eq!(shown(57), ["AGE", "STATUS", "WHO", "REASON", "RECIPIENT"]);
        assert_eq!(shown(50), ["AGE", "STATUS", "WHO", "RECIPIENT"]);
        assert_eq!(shown(20), ["WHO", "RECIPIENT"]);
        assert!(!layout(59, true).iter().any(|shown| shown.column == Column::Reason));
        for width in 0..200 {
            let total: u16 = layout(width, false).iter().map(|shown| shown.width + 1).sum();
            assert!(width < 20 || total == width, "{width}: {total}");
        }
    }

    #[test]
    fn every_column_has_a_heading_in_every_language() {
        for column in COLUMNS {
            for language in crate::diagnosis::Language::ALL {
                assert!(!language.word(column.title).is_empty(), "{} in {language}", column.title);
            }
        }
    }
}
