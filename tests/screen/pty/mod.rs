//! The real program in a pseudo terminal: what stands on the screen, what is written for it, and
//! every way out.

mod backlog;
mod budget;
mod endings;
mod hostile;
mod keys;
mod lifecycle;
mod network;
mod outputs;
mod panics;
mod refusals;
mod sizes;

use crate::terminal::{Launch, Terminal, rows, text};

/// The demo mailbox, read to its end; where there is room for the views, the first delivery is in
/// them.
pub(crate) fn demo(columns: u16, rows: u16) -> Terminal {
    settled(Launch::demo().size(columns, rows).start())
}

/// Waits until the demo mailbox is there and the views have followed the cursor.
pub(crate) fn settled(mut terminal: Terminal) -> Terminal {
    terminal.shows("demo · read-only");
    terminal.until("the views of the row under the cursor", followed);
    terminal
}

/// True when the views, where there are any, show the delivery under the cursor, and its message
/// has been read.
pub(crate) fn followed(screen: &vt100::Screen) -> bool {
    if text(screen).contains("reading the message") {
        return false;
    }
    let title: Option<String> = title(screen).map(|title| title.chars().take(6).collect());
    title.is_none_or(|title| title.chars().count() == 6 && cursor(screen).1.contains(&title))
}

/// Whose delivery is in the views, where they stand beside or below the list.
fn title(screen: &vt100::Screen) -> Option<String> {
    let beside = || pane(screen).map(|pane| pane.trim_start().to_owned());
    let below = || {
        rows(screen).iter().find_map(|row| {
            row.strip_prefix("──").map(|row| row.trim_matches(['─', ' ']).to_owned())
        })
    };
    below().or_else(beside)
}

/// The column of the line that stands between list and views.
fn rule(screen: &vt100::Screen) -> Option<u16> {
    let columns = screen.size().1.get();
    (0..columns).find(|column| screen.cell(1, *column).is_some_and(|cell| cell.contents() == "│"))
}

/// What stands right of the list, where there is something.
pub(crate) fn pane(screen: &vt100::Screen) -> Option<String> {
    let from = rule(screen)? + 1;
    let (height, width) = (usize::from(screen.size().0.get()), screen.size().1.get());
    // The first and the last row belong to the whole screen.
    let rows = screen
        .rows(from, width - from)
        .skip(1)
        .take(height - 2)
        .map(|row| row.trim_end().to_owned());
    Some(rows.collect::<Vec<_>>().join("\n"))
}

/// The row of the list under the cursor, without the view beside it, and where it stands on the
/// screen.
pub(crate) fn cursor(screen: &vt100::Screen) -> (usize, String) {
    let width = rule(screen).unwrap_or(screen.size().1.get());
    let row = screen.rows(0, width).enumerate().find(|(_, row)| row.starts_with('▌'));
    row.expect("a row under the cursor")
}
