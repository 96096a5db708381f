//! The list of deliveries. Columns go in a declared order where there is no room for them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::{App, Shape};
use crate::human::{age, count};
use crate::layout::wrap;
use crate::listing::{Health, Row};

use super::canvas::put;
use super::groups;
use super::look::Look;
use super::table::{self, RowStyle, Side, Spec, Urgency};

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

/// A column in its place.
const fn spec(column: Column, title: &'static str, width: u16, from: u16) -> Spec<Column> {
    let side = match column {
        Column::Age => Side::Right,
        Column::Host => Side::Tail,
        _ => Side::Left,
    };
    Spec { column, title, width, from, side }
}

/// The columns in their order.
const COLUMNS: [Spec<Column>; 6] = [
    spec(Column::Age, "list.age", 4, 34),
    spec(Column::Status, "list.status", 7, 30),
    spec(Column::Who, "list.who", 9, 0),
    spec(Column::Reason, "list.reason", 19, 54),
    spec(Column::Recipient, "list.recipient", 0, 0),
    spec(Column::Host, "list.host", 26, 96),
];

/// Draws the list and returns how many rows it has room for.
pub(super) fn draw(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) -> usize {
    if let Some(shown) = app.list.groups()
        && !app.list.is_empty()
    {
        return groups::draw(app, look, buffer, area, &shown);
    }
    let columns = layout(area.width.saturating_sub(1), app.shape() == Shape::Single);
    put(buffer, area, 0, &table::head(app, look, &columns));
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if app.list.is_empty() {
        for (row, line) in (1..).zip(wrap("  ", &nothing(app), usize::from(area.width))) {
            put(buffer, rows, row, &Line::styled(line, look.dim));
        }
    }
    let position = app.list.position();
    for (line, (at, shown)) in (0..rows.height).zip(app.list.window()) {
        let row = &shown.row;
        let style = RowStyle {
            current: position == Some(at),
            new: shown.is_new,
            urgency: Urgency::of(row.class.kind.is_bounce(), Some(row.class.party)),
        };
        let drawn =
            table::row(app, look, &columns, style, Column::Who, |column| text(app, row, column));
        put(buffer, rows, line, &drawn);
    }
    usize::from(rows.height)
}

/// Why the list is empty.
fn nothing(app: &App) -> String {
    if app.list.total() > 0 && app.list.passed().is_empty() {
        return "no delivery of this group is left; Esc shows the others".to_owned();
    }
    if app.list.total() > 0 {
        return format!(
            "nothing contains \"{}\"; Esc shows all {} deliveries",
            app.list.passed(),
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

/// The columns that have room.
fn layout(width: u16, alone: bool) -> Vec<Spec<Column>> {
    let mut columns = COLUMNS;
    for spec in &mut columns {
        if alone && spec.column == Column::Reason {
            spec.from = REASON_ALONE;
        }
    }
    table::layout(&columns, width)
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
