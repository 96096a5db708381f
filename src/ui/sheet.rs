//! Lines wrapped to a width, with the places that can be gone to.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::layout::wrap;

use super::look::Look;
use super::source::SourceLines;

/// Lines of a view.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) look: Look,
    pub(super) columns: usize,
    pub(super) lines: Vec<Line<'static>>,
    /// The line that holds the evidence.
    pub(super) evidence: Option<usize>,
    /// Where the lines of a message begin that is shown as it came.
    pub(super) source: Option<SourceLines>,
}

impl Sheet {
    pub(super) fn new(look: Look, columns: u16) -> Self {
        let columns = usize::from(columns);
        Self { look, columns, lines: Vec::new(), evidence: None, source: None }
    }

    /// One line as it is; what is too long is cut when drawn.
    pub(super) fn line(&mut self, line: impl Into<Line<'static>>) {
        self.lines.push(line.into());
    }

    pub(super) fn gap(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
    }

    /// A wrapped paragraph; further lines are indented as far as the lead.
    pub(super) fn paragraph(&mut self, lead: &str, text: &str, style: Style) {
        for line in wrap(lead, text, self.columns) {
            self.line(Span::styled(line, style));
        }
    }

    /// The lines that hold a text; of a message as it came the lines where those that hold it
    /// begin.
    pub(super) fn hits(&self, wanted: &str) -> Vec<usize> {
        let wanted = wanted.to_lowercase();
        if wanted.is_empty() {
            return Vec::new();
        }
        if let Some(source) = &self.source {
            return source.hits(&wanted);
        }
        let mut hits = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            if line.to_string().to_lowercase().contains(&wanted) {
                hits.push(at);
            }
        }
        hits
    }

    /// The line with which the one at `at` belongs together.
    pub(super) fn beginning(&self, at: usize) -> usize {
        match &self.source {
            Some(source) => source.beginning(at),
            None => at,
        }
    }
}
