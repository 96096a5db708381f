//! The Source view: the message as it came. Only the lines on the screen are prepared.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthChar;

use crate::app::{App, Drawn};
use crate::layout::width;
use crate::listing::Detail;

use super::super::look::Look;
use super::super::{pane, put};

pub(in crate::ui) fn draw(
    app: &App,
    look: &Look,
    detail: &Detail,
    buffer: &mut Buffer,
    (area, columns): (Rect, u16),
    drawn: &mut Drawn,
) {
    let columns = usize::from(columns).max(1);
    let rows = |text: &str| width(text).div_ceil(columns).max(1);
    let wanted = app.pane.search.to_lowercase();
    let evidence = app.opened.case().and_then(|case| case.verdict.evidence.as_ref());
    let proof =
        evidence.map(|e| e.text.chars().take(40).collect::<String>()).filter(|p| p.len() >= 8);
    let mut at = 0;
    // Where each line begins, counted in rows of the screen.
    let starts: Vec<usize> = detail
        .anatomy
        .source
        .iter()
        .map(|line| {
            let start = at;
            at += rows(line);
            if !wanted.is_empty() && line.to_lowercase().contains(&wanted) {
                drawn.hits.push(start);
            }
            start
        })
        .collect();
    let total = at + usize::from(detail.anatomy.source_cut);
    drawn.pane_lines = total;
    let last = total.saturating_sub(usize::from(area.height));
    let top = app.pane.scroll.min(last);
    let mut row = 0;
    let first = starts.partition_point(|start| *start <= top).saturating_sub(1);
    for (line, start) in detail.anatomy.source.iter().zip(&starts).skip(first) {
        let style = match () {
            () if drawn.hits.binary_search(start).is_ok() => look.hit,
            () if proof.as_ref().is_some_and(|proof| line.contains(proof.as_str())) => look.accent,
            () => Style::new(),
        };
        for piece in pieces(line, columns).into_iter().skip(top.saturating_sub(*start)) {
            put(buffer, area, row, &Line::from(Span::styled(piece, style)));
            row += 1;
        }
        if row >= area.height {
            break;
        }
    }
    if detail.anatomy.source_cut && row < area.height {
        let text = "the rest is left out here; the message is longer than 20,000 lines";
        put(buffer, area, row, &Line::from(Span::styled(text, look.dim)));
    }
    pane::more(look, buffer, area, top, last);
}

/// A line cut into rows of the screen, without regard to words: it is shown as it is.
fn pieces(text: &str, columns: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns && at > start {
            pieces.push(&text[start..at]);
            (start, used) = (at, 0);
        }
        used += wide;
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_by_columns() {
        assert_eq!(pieces("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(pieces("日本語", 4), ["日本", "語"]);
        assert_eq!(pieces("", 4), [""]);
    }
}
