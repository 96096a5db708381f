//! The list by what deliveries have in common: one row a group, the largest first, and who has to act
//! on how much.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::App;
use crate::diagnosis::Party;
use crate::human::{age, count, trend};
use crate::listing::GroupRow;

use super::canvas::{columns as width_of, put};
use super::look::Look;
use super::table::{self, RowStyle, Side, Spec, Urgency};

/// Rows from which on there is a line for who must act.
const TALL: u16 = 14;

/// A column of the list by groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Count,
    Status,
    Who,
    What,
    Senders,
    Since,
    Last,
    Trend,
}

/// A column that stands at the left of its text.
const fn left(column: Column, title: &'static str, width: u16, from: u16) -> Spec<Column> {
    Spec { column, title, width, from, side: Side::Left }
}

/// A column of numbers.
const fn right(column: Column, title: &'static str, width: u16, from: u16) -> Spec<Column> {
    Spec { column, title, width, from, side: Side::Right }
}

/// The columns in their order.
const COLUMNS: [Spec<Column>; 8] = [
    right(Column::Count, "list.count", 6, 0),
    left(Column::Status, "list.status", 7, 66),
    left(Column::Who, "list.who", 9, 30),
    left(Column::What, "list.what", 0, 0),
    right(Column::Senders, "list.senders", 8, 98),
    right(Column::Since, "list.since", 5, 74),
    right(Column::Last, "list.last", 4, 40),
    left(Column::Trend, "list.trend", 8, 88),
];

/// Draws groups, with their places in the list, and returns how many rows there is room for.
pub(super) fn draw(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    groups: &[(usize, &GroupRow)],
) -> usize {
    let columns = table::layout(&COLUMNS, area.width.saturating_sub(1));
    put(buffer, area, 0, &table::head(app, look, &columns));
    let mut rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if area.height >= TALL {
        rows.height -= 2;
        put(buffer, area, area.height - 1, &shares(app, look, area.width));
    }
    let position = app.list.position();
    for (line, (at, group)) in (0..rows.height).zip(groups) {
        let style = RowStyle {
            current: position == Some(*at),
            new: group.new > 0,
            urgency: Urgency::of(group.kind.is_bounce(), group.party),
        };
        let drawn = table::row(app, look, &columns, style, Column::Who, |column| {
            text(app, look, group, column)
        });
        put(buffer, rows, line, &drawn);
    }
    usize::from(rows.height)
}

/// Who has to act on how many deliveries, as many of them as there is room for.
fn shares(app: &App, look: &Look, room: u16) -> Line<'static> {
    let mut line = Line::from(" ");
    for (party, deliveries) in app.list.shares() {
        let name = app.list.words().party_name(*party);
        let number = count(deliveries);
        let lead =
            if line.spans.len() > 1 { format!(" {} ", look.glyphs.dot) } else { String::new() };
        let style = if *party == Party::OurSystem { look.accent } else { look.strong };
        let spans = [Span::styled(format!("{lead}{name} "), look.dim), Span::styled(number, style)];
        let wide = Line::from(spans.to_vec());
        if width_of(&line) + width_of(&wide) > room {
            break;
        }
        line.spans.extend(spans);
    }
    line
}

/// What stands in a column of a group.
fn text(app: &App, look: &Look, group: &GroupRow, column: Column) -> String {
    let words = app.list.words();
    match column {
        Column::Count => count(group.count),
        Column::Status => match group.status {
            Some(status) => status.to_string(),
            None => "-".to_owned(),
        },
        Column::Who => match group.party {
            Some(party) => words.party_of(group.kind, party).to_owned(),
            None => "-".to_owned(),
        },
        Column::What => words.what(&group.what),
        Column::Senders => count(group.senders),
        Column::Since => age(group.first, app.clock.now()),
        Column::Last => age(group.last, app.clock.now()),
        Column::Trend => trend(&group.trend, look.glyphs.ascii),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Language;
    use crate::layout::width;

    #[test]
    fn every_column_has_a_heading_that_fits_in_every_language() {
        for column in COLUMNS {
            for language in Language::ALL {
                let word = language.word(column.title);
                let room = if column.width == 0 { 10 } else { usize::from(column.width) };
                assert!((1..=room).contains(&width(word)), "{}: {word:?}", column.title);
            }
        }
    }

    #[test]
    fn what_it_is_has_the_room() {
        for room in 40..200 {
            let shown = table::layout(&COLUMNS, room);
            let what = shown.iter().find(|shown| shown.column == Column::What);
            assert!(what.is_some_and(|what| what.width >= 16), "{room}");
            let total: u16 = shown.iter().map(|shown| shown.width + 1).sum();
            assert_eq!(total, room);
        }
    }
}
