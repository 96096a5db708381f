//! The message as it came, on the screen: lines are cut without regard to words.

use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_width::UnicodeWidthChar;

use crate::listing::Detail;
use crate::page::Verbatim;

use super::sheet::Sheet;

/// Where the lines of a message stand on a sheet.
#[derive(Debug)]
pub(super) struct SourceLines {
    message: Arc<Detail>,
    /// The line of the sheet with which each line of the message begins.
    begins: Vec<usize>,
}

impl SourceLines {
    /// Where the lines begin that hold a text, which is in lower case.
    pub(super) fn hits(&self, wanted: &str) -> Vec<usize> {
        let mut hits = Vec::new();
        for (line, at) in self.message.anatomy.source.iter().zip(&self.begins) {
            if line.to_lowercase().contains(wanted) {
                hits.push(*at);
            }
        }
        hits
    }

    /// Where the line of the message begins that stands at `at`.
    pub(super) fn beginning(&self, at: usize) -> usize {
        let next = self.begins.partition_point(|begin| *begin <= at);
        next.checked_sub(1).map_or(at, |line| self.begins[line])
    }
}

impl Sheet {
    /// A message as it came; the line of the evidence stands out.
    pub(super) fn source(&mut self, Verbatim { message, proof }: &Verbatim) {
        let columns = self.columns.max(1);
        let mut begins = Vec::with_capacity(message.anatomy.source.len());
        for line in &message.anatomy.source {
            begins.push(self.lines.len());
            let style = match proof {
                Some(proof) if line.contains(proof.as_str()) => self.look.accent,
                _ => Style::new(),
            };
            for piece in pieces(line, columns) {
                self.line(Span::styled(piece.to_owned(), style));
            }
        }
        self.source = Some(SourceLines { message: Arc::clone(message), begins });
    }
}

/// A line cut into rows of the screen.
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
