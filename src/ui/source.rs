//! The message as it came or decoded, on the screen: lines are cut without regard to words.

use unicode_width::UnicodeWidthChar;

use crate::page::Verbatim;

/// Where the lines of a message stand on a sheet.
#[derive(Debug)]
pub(super) struct SourceLines {
    pub(super) message: Verbatim,
    /// The line of the sheet with which each line of the message begins.
    pub(super) begins: Vec<usize>,
}

impl SourceLines {
    /// Where the lines begin that hold a text, which is in lower case.
    pub(super) fn hits(&self, wanted: &str) -> Vec<usize> {
        let mut hits = Vec::new();
        for (line, at) in self.message.lines().iter().zip(&self.begins) {
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

/// A line cut into rows of the screen.
pub(super) fn pieces(text: &str, columns: usize) -> Vec<&str> {
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
