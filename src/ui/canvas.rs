//! Lines onto the screen, each inside the area it is given.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::diagnosis::Language;

use super::look::Look;

/// Draws a line at a row of an area, cut to its width; nothing if the row is outside.
pub(super) fn put(buffer: &mut Buffer, area: Rect, row: u16, line: &Line<'_>) {
    let area = area.intersection(buffer.area);
    if row < area.height && area.width > 0 {
        buffer.set_line(area.x, area.y + row, line, area.width);
    }
}

/// Columns of a line.
pub(super) fn columns(line: &Line<'_>) -> u16 {
    u16::try_from(line.width()).unwrap_or(u16::MAX)
}

/// Draws a line that ends at the right edge of an area.
pub(super) fn put_right(buffer: &mut Buffer, area: Rect, row: u16, line: &Line<'_>) {
    let width = columns(line).min(area.width);
    put(buffer, Rect { x: area.right() - width, width, ..area }, row, line);
}

/// Says that there is more below: in words where the last line leaves room.
pub(super) fn more(
    language: Language,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    top: usize,
    last: usize,
) {
    if top >= last || area.height <= 1 {
        return;
    }
    let mark = if look.glyphs.ascii { "v" } else { "▾" };
    let words = Span::styled(format!("  {} {mark}", language.word("more")), look.dim);
    let wide = u16::try_from(words.width()).unwrap_or(0);
    let from = area.right().saturating_sub(wide).max(area.x);
    let mut free = (from..area.right()).map(|x| buffer[(x, area.bottom() - 1)].symbol());
    let text = if free.all(|symbol| symbol == " ") { words } else { Span::styled(mark, look.dim) };
    put_right(buffer, area, area.height - 1, &Line::from(text));
}
