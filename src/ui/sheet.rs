//! A page of lines for a view, wrapped to its width, with the places that can be gone to.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::layout::{width, wrap};

use super::look::Look;

/// Lines of a view.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub(super) look: &'a Look,
    pub(super) columns: usize,
    pub(super) lines: Vec<Line<'static>>,
    /// The line that holds the evidence.
    pub(super) evidence: Option<usize>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(look: &'a Look, columns: u16) -> Self {
        Self { look, columns: usize::from(columns), lines: Vec::new(), evidence: None }
    }

    /// One line as it is; what is too long is cut when drawn.
    pub(super) fn line(&mut self, line: impl Into<Line<'static>>) {
        self.lines.push(line.into());
    }

    pub(super) fn blank(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
    }

    /// A heading after a blank line.
    pub(super) fn heading(&mut self, text: impl Into<String>) {
        self.blank();
        self.line(Span::styled(text.into(), self.look.strong));
    }

    /// A wrapped paragraph; further lines are indented as far as the lead.
    pub(super) fn paragraph(&mut self, lead: &str, text: &str, style: Style) {
        for line in wrap(lead, text, self.columns) {
            self.line(Span::styled(line, style));
        }
    }

    /// Numbered steps.
    pub(super) fn steps(&mut self, steps: &[String]) {
        for (at, step) in steps.iter().enumerate() {
            self.paragraph(&format!("{}. ", at + 1), step, Style::new());
        }
    }

    /// A name and its value, the values in one column.
    pub(super) fn field(&mut self, name: &str, value: &str, style: Style) {
        const NAMES: usize = 20;
        let narrow = self.columns < 2 * NAMES;
        if narrow {
            self.line(Span::styled(name.to_owned(), self.look.dim));
        }
        let lead = if narrow { 2 } else { NAMES.max(width(name) + 1) };
        for (at, line) in wrap("", value, self.columns.saturating_sub(lead)).into_iter().enumerate()
        {
            let head = if at == 0 && !narrow { format!("{name:<lead$}") } else { " ".repeat(lead) };
            self.line(Line::from(vec![
                Span::styled(head, self.look.dim),
                Span::styled(line, style),
            ]));
        }
    }

    /// A quotation behind a bar.
    pub(super) fn quote(&mut self, text: &str, style: Style) {
        let bar = format!("{} ", self.look.glyphs.bar);
        for line in wrap("", text, self.columns.saturating_sub(2)) {
            self.line(Line::from(vec![
                Span::styled(bar.clone(), self.look.accent),
                Span::styled(line, style),
            ]));
        }
    }

    /// The lines that hold a text.
    pub(super) fn hits(&self, wanted: &str) -> Vec<usize> {
        let wanted = wanted.to_lowercase();
        if wanted.is_empty() {
            return Vec::new();
        }
        let holds = |line: &Line<'_>| {
            let text: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
            text.to_lowercase().contains(&wanted)
        };
        self.lines.iter().enumerate().filter(|(_, line)| holds(line)).map(|(at, _)| at).collect()
    }
}
