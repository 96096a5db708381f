//! The list of deliveries. Columns go in a declared order where there is no room for them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{App, Focus, Shape};
use crate::config::Highlight;
use crate::diagnosis::Party;
use crate::human::age;
use crate::layout::{clip, clip_front};
use crate::listing::Row;

use super::look::Look;
use super::put;

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

/// The columns in their order: width, and the width of the list from which on they are shown. The
/// recipient takes what is left over.
const COLUMNS: [(Column, &str, u16, u16); 6] = [
    (Column::Age, "AGE", 4, 34),
    (Column::Status, "STATUS", 7, 30),
    (Column::Who, "WHO", 9, 0),
    (Column::Reason, "REASON", 19, 54),
    (Column::Recipient, "RECIPIENT", 0, 0),
    (Column::Host, "HOST", 26, 96),
];

/// Draws the list and returns how many rows it has room for.
pub(super) fn draw(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) -> usize {
    let columns = layout(area.width.saturating_sub(1), app.shape() == Shape::Single);
    let head: String =
        columns.iter().map(|(column, width)| cell(title(*column), *width, *column, look)).collect();
    put(buffer, area, 0, &Line::from(Span::styled(format!(" {head}"), look.dim)));
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if app.list.is_empty() {
        let text = nothing(app);
        for (at, line) in
            crate::layout::wrap("  ", &text, usize::from(area.width)).into_iter().enumerate()
        {
            put(
                buffer,
                rows,
                u16::try_from(at + 1).unwrap_or(u16::MAX),
                &Line::from(Span::styled(line, look.dim)),
            );
        }
    }
    let position = app.list.position();
    for (line, (at, row)) in (0..).zip(app.list.window()) {
        if line >= rows.height {
            break;
        }
        draw_row(
            app,
            look,
            buffer,
            Rect { y: rows.y + line, height: 1, ..rows },
            row,
            &columns,
            position == Some(at),
        );
    }
    usize::from(rows.height)
}

/// Why the list is empty.
fn nothing(app: &App) -> String {
    use crate::listing::Health;
    if app.list.total() > 0 {
        return format!(
            "nothing contains \"{}\"; Esc shows all {} deliveries",
            app.list.filter(),
            app.list.total()
        );
    }
    let busy = app
        .mailboxes
        .iter()
        .any(|m| matches!(m.health, Health::Connecting | Health::Fetching { .. }));
    if busy {
        return "the first deliveries appear as they are read".to_owned();
    }
    let stopped = app.mailboxes.iter().find_map(|m| match &m.health {
        Health::Stopped(why) | Health::Waiting { why, .. } => Some(why.to_string()),
        _ => None,
    });
    stopped.unwrap_or_else(|| "the mailbox is empty; r looks again".to_owned())
}

/// The columns that have room, with their widths; one blank follows each.
fn layout(width: u16, alone: bool) -> Vec<(Column, u16)> {
    let room = |column: Column, from: u16| match column {
        Column::Reason if alone => width >= REASON_ALONE,
        _ => width >= from,
    };
    let shown: Vec<_> =
        COLUMNS.iter().filter(|(column, _, _, from)| room(*column, *from)).collect();
    let fixed: u16 = shown.iter().map(|(_, _, width, _)| width + 1).sum();
    let rest = width.saturating_sub(fixed);
    shown
        .iter()
        .map(|(column, _, width, _)| (*column, if *width == 0 { rest } else { *width }))
        .collect()
}

fn title(column: Column) -> &'static str {
    COLUMNS.iter().find(|(c, ..)| *c == column).map_or("", |(_, title, ..)| title)
}

/// A text in its column, with the blank behind it.
fn cell(text: &str, width: u16, column: Column, look: &Look) -> String {
    let width = usize::from(width);
    let ascii = look.glyphs.ascii;
    let text = if column == Column::Host {
        clip_front(text, width, ascii)
    } else {
        clip(text, width, ascii)
    };
    let pad = " ".repeat(width.saturating_sub(crate::layout::width(&text)));
    if column == Column::Age { format!("{pad}{text} ") } else { format!("{text}{pad} ") }
}

fn draw_row(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    row: &Row,
    columns: &[(Column, u16)],
    current: bool,
) {
    let base = if row.kind.is_bounce() { Style::new() } else { look.dim };
    let (base, mark) = match (current, look.highlight) {
        (true, Highlight::Row) if app.focus == Focus::List => (look.cursor, look.glyphs.bar),
        (true, _) => (base, look.glyphs.bar),
        (false, _) => (base, " "),
    };
    let style = |column| match (column, row.party) {
        _ if base == look.cursor => base,
        (Column::Who, Party::OurSystem) if row.kind.is_bounce() => look.accent,
        _ => base,
    };
    let text = |column| match column {
        Column::Age => age(row.time, app.clock.now()),
        Column::Status => row.code(),
        Column::Who => row.who().to_owned(),
        Column::Reason => row.reason_words().to_owned(),
        Column::Recipient => row.recipient.as_ref().map_or("-", |r| r.as_str()).to_owned(),
        Column::Host => row.host.as_ref().map_or("-", |h| h.as_str()).to_owned(),
    };
    let mut spans = vec![Span::styled(mark, if current { look.accent } else { Style::new() })];
    spans.extend(columns.iter().map(|(column, width)| {
        Span::styled(cell(&text(*column), *width, *column, look), style(*column))
    }));
    put(buffer, area, 0, &Line::from(spans));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(width: u16) -> Vec<&'static str> {
        layout(width, false).iter().map(|(column, _)| title(*column)).collect()
    }

    #[test]
    fn columns_go_in_order() {
        assert_eq!(shown(120), ["AGE", "STATUS", "WHO", "REASON", "RECIPIENT", "HOST"]);
        assert_eq!(shown(57), ["AGE", "STATUS", "WHO", "REASON", "RECIPIENT"]);
        assert_eq!(shown(50), ["AGE", "STATUS", "WHO", "RECIPIENT"]);
        assert_eq!(shown(20), ["WHO", "RECIPIENT"]);
        assert!(!layout(59, true).iter().any(|(column, _)| *column == Column::Reason));
        for width in 0..200 {
            let total: u16 = layout(width, false).iter().map(|(_, w)| w + 1).sum();
            assert!(width < 20 || total == width, "{width}: {total}");
        }
    }
}
