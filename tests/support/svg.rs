//! A screen as a picture: SVG, one text element a run of equal cells.

#![allow(clippy::cast_precision_loss, reason = "a screen has few cells")]

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

const CELL: (f64, f64) = (8.4, 18.0);
const MARGIN: f64 = 12.0;
const PAPER: &str = "#16181d";
const INK: &str = "#d4d7dd";

/// Draws a screen.
pub(crate) fn draw(buffer: &Buffer) -> String {
    let (columns, rows) = (f64::from(buffer.area.width), f64::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 2.0 * MARGIN, rows * CELL.1 + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"deadletter\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n<g font-family=\"ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,monospace\" font-size=\"14\" xml:space=\"preserve\">\n"
    );
    for y in 0..buffer.area.height {
        let mut x = 0;
        while x < buffer.area.width {
            let style = look(&buffer[(x, y)]);
            let start = x;
            let mut text = String::new();
            while x < buffer.area.width && look(&buffer[(x, y)]) == style {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            run(&mut svg, &text, start, y, style);
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// What can be seen of a cell: ink, paper, and how strong the ink is.
type Seen = (Color, Modifier);

fn look(cell: &Cell) -> Seen {
    (cell.fg, cell.modifier)
}

fn run(svg: &mut String, text: &str, x: u16, y: u16, (color, modifier): Seen) {
    let (left, top) = (f64::from(x) * CELL.0 + MARGIN, f64::from(y) * CELL.1 + MARGIN);
    let reversed = modifier.contains(Modifier::REVERSED);
    let width = CELL.0 * ratatui::text::Line::from(text).width() as f64;
    if reversed {
        writeln!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{INK}\"/>",
            CELL.1
        )
        .expect("memory");
    }
    if text.trim().is_empty() {
        return;
    }
    let ink = match color {
        _ if reversed => PAPER,
        Color::Magenta => "#c678dd",
        Color::Red => "#e06c75",
        _ if modifier.contains(Modifier::DIM) => "#8b919c",
        _ => INK,
    };
    let weight = if modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let trimmed = escaped.trim_end();
    let length = CELL.0 * ratatui::text::Line::from(text.trim_end()).width() as f64;
    writeln!(
        svg,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{length:.1}\" fill=\"{ink}\"{weight}>{trimmed}</text>",
        top + 13.5
    )
    .expect("memory");
}
