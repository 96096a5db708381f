//! How frames become bytes: as few as a slow line deserves. The backend remembers what stands on
//! the terminal, so that it can erase to the end of a line instead of writing blanks, and write
//! over small gaps instead of jumping them.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::writer::FrameWriter;

/// A gap of so many unchanged cells is written over: a jump costs as much.
const GAP: u16 = 5;

/// Select Graphic Rendition (ECMA-48 section 8.3.117): what can be switched on.
const MODIFIERS: [(Modifier, &str); 6] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::REVERSED, "7"),
    (Modifier::CROSSED_OUT, "9"),
];

/// A terminal on the other end of `W`.
#[derive(Debug)]
pub(super) struct Lean<W: Write> {
    writer: FrameWriter<W>,
    size: fn() -> io::Result<(u16, u16)>,
    /// What stands on the terminal, row by row.
    cells: Vec<Vec<Cell>>,
    /// Where the terminal's cursor is, if that is known.
    at: Option<Position>,
    pen: Pen,
    cursor_shown: bool,
}

/// How the terminal writes at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }
}

impl<W: Write> Lean<W> {
    /// A blank terminal that tells its size by `size`.
    pub(super) fn new(out: W, size: fn() -> io::Result<(u16, u16)>) -> Self {
        Self {
            writer: FrameWriter::new(out),
            size,
            cells: Vec::new(),
            at: None,
            pen: Pen::default(),
            cursor_shown: true,
        }
    }

    /// Begins a frame: nothing leaves before it ends.
    pub(super) fn begin_frame(&mut self) {
        self.writer.begin_frame();
    }

    /// Ends a frame and sends it, unless nothing changed.
    pub(super) fn end_frame(&mut self) -> io::Result<()> {
        self.writer.end_frame()
    }

    /// Drops a frame that has begun and not ended: it will not be drawn.
    pub(super) fn drop_frame(&mut self) {
        self.writer.drop_frame();
    }

    /// Sends bytes that are no part of a frame.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)?;
        self.writer.flush()
    }

    /// Forgets what stands on the terminal: somebody else wrote on it.
    pub(super) fn forget(&mut self) {
        (self.at, self.pen, self.cursor_shown) = (None, Pen::default(), true);
        self.cells.clear();
    }

    /// The rows of the mirror, as many and as wide as they have to be.
    fn grow(&mut self, x: u16, y: u16) {
        let (x, y) = (usize::from(x), usize::from(y));
        if self.cells.len() <= y {
            self.cells.resize_with(y + 1, Vec::new);
        }
        if self.cells[y].len() <= x {
            self.cells[y].resize(x + 1, Cell::EMPTY);
        }
    }

    /// Writes what changed in a row: `changed` holds its columns, ascending.
    fn write_row(&mut self, y: u16, changed: &[u16]) -> io::Result<()> {
        let row = std::mem::take(&mut self.cells[usize::from(y)]);
        let blank_from = blank_from(&row);
        let mut at = 0;
        while at < changed.len() {
            let start = changed[at];
            let mut end = start;
            while at < changed.len() && changed[at] <= end + GAP {
                end = changed[at];
                at += 1;
            }
            if end >= blank_from {
                // Everything from here on is blank: erased in one go, and no further segment is
                // left.
                self.write_cells(&row, start, y, blank_from)?;
                self.go(start.max(blank_from), y)?;
                self.take_pen(Pen::default())?;
                self.writer.write_all(b"\x1b[K")?;
                break;
            }
            self.write_cells(&row, start, y, end + 1)?;
        }
        self.cells[usize::from(y)] = row;
        Ok(())
    }

    /// Writes the cells of a row from `start` up to `end`.
    fn write_cells(&mut self, row: &[Cell], start: u16, y: u16, end: u16) -> io::Result<()> {
        let mut x = start;
        while x < end {
            let Some(cell) = row.get(usize::from(x)) else { break };
            self.go(x, y)?;
            self.take_pen(Pen::of(cell))?;
            self.writer.write_all(cell.symbol().as_bytes())?;
            let wide = u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
            x = x.saturating_add(wide);
            self.at = is_sure(cell.symbol()).then_some(Position { x, y });
        }
        Ok(())
    }

    /// Moves the cursor, as briefly as possible.
    fn go(&mut self, x: u16, y: u16) -> io::Result<()> {
        let target = Position { x, y };
        match self.at {
            Some(at) if at == target => return Ok(()),
            Some(at) if at.y == y && at.x < x => write!(self.writer, "\x1b[{}C", x - at.x)?,
            _ if x == 0 => write!(self.writer, "\x1b[{}H", u32::from(y) + 1)?,
            _ => write!(self.writer, "\x1b[{};{}H", u32::from(y) + 1, u32::from(x) + 1)?,
        }
        self.at = Some(target);
        Ok(())
    }

    /// Takes another pen, as briefly as possible.
    fn take_pen(&mut self, pen: Pen) -> io::Result<()> {
        if pen == self.pen {
            return Ok(());
        }
        let more = pen.modifier - self.pen.modifier;
        let only_more = self.pen.modifier - pen.modifier == Modifier::empty();
        let mut codes: Vec<String> = Vec::new();
        let switch = |modifier: Modifier, codes: &mut Vec<String>| {
            codes.extend(
                MODIFIERS
                    .iter()
                    .filter(|(m, _)| modifier.contains(*m))
                    .map(|(_, code)| (*code).to_owned()),
            );
        };
        if only_more && pen.fg == self.pen.fg && pen.bg == self.pen.bg {
            switch(more, &mut codes);
        } else if pen == Pen::default() {
            codes.push(String::new());
        } else {
            codes.push("0".to_owned());
            switch(pen.modifier, &mut codes);
            codes.extend(color(pen.fg, 30));
            codes.extend(color(pen.bg, 40));
        }
        self.pen = pen;
        write!(self.writer, "\x1b[{}m", codes.join(";"))
    }
}

/// True for a symbol that takes as many columns on every terminal: a single character that is no
/// picture. After any other the cursor is placed anew.
fn is_sure(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let first = characters.next().unwrap_or(' ');
    characters.next().is_none() && !matches!(first, '\u{1f000}'..='\u{1faff}')
}

/// The column from which on a row is blank.
fn blank_from(row: &[Cell]) -> u16 {
    let mut from = 0;
    let mut x = 0;
    while let Some(cell) = row.get(x) {
        let wide = cell.symbol().width().max(1);
        if cell.symbol() != " " || Pen::of(cell) != Pen::default() {
            from = x + wide;
        }
        x += wide;
    }
    u16::try_from(from).unwrap_or(u16::MAX)
}

/// The code of a colour; `base` is 30 for the foreground and 40 for the background.
fn color(color: Color, base: u8) -> Option<String> {
    let plain = |n: u8| Some((base + n).to_string());
    let bright = |n: u8| Some((base + 60 + n).to_string());
    match color {
        Color::Reset => None,
        Color::Black => plain(0),
        Color::Red => plain(1),
        Color::Green => plain(2),
        Color::Yellow => plain(3),
        Color::Blue => plain(4),
        Color::Magenta => plain(5),
        Color::Cyan => plain(6),
        Color::Gray => plain(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(n) => Some(format!("{};5;{n}", base + 8)),
        Color::Rgb(r, g, b) => Some(format!("{};2;{r};{g};{b}", base + 8)),
    }
}

impl<W: Write> Backend for Lean<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut changed: Vec<u16> = Vec::new();
        let mut current = None;
        for (x, y, cell) in content {
            if current != Some(y) {
                if let Some(y) = current {
                    self.write_row(y, &changed)?;
                }
                changed.clear();
                current = Some(y);
            }
            let wide = u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
            self.grow(x + wide - 1, y);
            let row = &mut self.cells[usize::from(y)];
            row[usize::from(x)] = cell.clone();
            for covered in 1..wide {
                row[usize::from(x + covered)] = Cell::EMPTY;
            }
            changed.push(x);
        }
        if let Some(y) = current {
            self.write_row(y, &changed)?;
        }
        self.take_pen(Pen::default())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.cursor_shown) {
            self.writer.write_all(b"\x1b[?25l")
        } else {
            Ok(())
        }
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.cursor_shown, true) {
            Ok(())
        } else {
            self.writer.write_all(b"\x1b[?25h")
        }
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // The terminal is never asked: its answer would come among the keys.
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        self.go(x, y)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// Only whole screens are ever cleared.
    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.cells.clear();
        self.at = None;
        self.take_pen(Pen::default())?;
        self.writer.write_all(b"\x1b[2J")
    }

    fn size(&self) -> io::Result<Size> {
        (self.size)().map(Size::from)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::style::Style;
    use ratatui::text::Line;

    use super::*;

    fn size(n: u16) -> std::num::NonZero<u16> {
        std::num::NonZero::new(n).expect("a size")
    }

    fn drawn(frames: &[&[Line<'static>]]) -> (Vec<usize>, vt100::Parser) {
        let mut terminal = Terminal::new(Lean::new(Vec::new(), || Ok((20, 3)))).expect("memory");
        let mut parser = vt100::Parser::new(size(3), size(20), 0);
        let mut sizes = Vec::new();
        for lines in frames {
            terminal.backend_mut().begin_frame();
            terminal
                .draw(|frame| {
                    for (y, line) in (0..).zip(*lines) {
                        let area = frame.area();
                        frame.buffer_mut().set_line(0, y, line, area.width);
                    }
                })
                .expect("memory");
            terminal.backend_mut().end_frame().expect("memory");
            let bytes = terminal.backend_mut().writer.take();
            sizes.push(bytes.len());
            parser.process(&bytes);
        }
        (sizes, parser)
    }

    #[test]
    fn what_is_drawn_is_what_stands_there() {
        let style = Style::new().fg(Color::Magenta).add_modifier(Modifier::BOLD);
        let (_, parser) = drawn(&[
            &[Line::from("one two three four"), Line::from("日本 x"), Line::styled("bold", style)],
            &[Line::from("one 2 three"), Line::from("日 本x"), Line::styled("bolder", style)],
        ]);
        assert_eq!(parser.screen().contents(), "one 2 three\n日 本x\nbolder");
        let cell = parser.screen().cell(2, 5).expect("inside");
        assert!(cell.bold() && cell.fgcolor() == vt100::Color::Idx(5));
        assert!(!parser.screen().cell(0, 0).expect("inside").bold());
    }

    #[test]
    fn blanks_are_erased_and_nothing_is_sent_for_nothing() {
        let long = [Line::from("a line of 20 letters")];
        let short = [Line::from("a")];
        let (sizes, parser) = drawn(&[&long, &short, &short]);
        assert_eq!(parser.screen().contents().trim_end(), "a");
        assert!(sizes[1] <= 16 + 9, "{}", sizes[1]);
        assert_eq!(sizes[2], 0);
    }
}
