//! A page as lines of the screen.

use std::sync::Arc;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::layout::{clip, width, wrap};
use crate::page::{Block, Excerpt, Labelled, Page, Paragraph, Verbatim};

use super::look::Look;
use super::sheet::Sheet;
use super::source::{SourceLines, pieces};

/// Columns of the names of fields, as long as they have room there.
const NAMES: usize = 20;
/// Columns that the name of a header field may take.
const HEADER_NAME: usize = 40;
/// Header fields are wrapped no narrower than this; they are cut instead.
const HEADER_LINE: usize = 60;

impl Sheet {
    /// A page, wrapped.
    pub(super) fn of(page: &Page, look: Look, columns: u16) -> Self {
        let mut sheet = Self::new(look, columns);
        for block in &page.blocks {
            sheet.block(block);
        }
        sheet
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Gap => self.gap(),
            Block::Heading(text) => {
                self.gap();
                self.line(Span::styled(text.clone(), self.look.strong));
            }
            Block::Text(Paragraph { lead, text, tone }) => {
                self.paragraph(lead, text, self.look.style(*tone));
            }
            Block::Steps(steps) => {
                for (number, step) in (1..).zip(steps) {
                    self.paragraph(&format!("{number}. "), &step.text, Style::new());
                    if let Some(way) = &step.way {
                        self.paragraph("   ", way, self.look.accent);
                    }
                }
            }
            Block::Commands(commands) => {
                for command in commands {
                    self.paragraph("  ", command, Style::new());
                }
            }
            Block::Fields(fields) => self.fields(fields),
            Block::Quote(text) => self.quote(text),
            Block::Excerpt(excerpt) => self.excerpt(excerpt),
            Block::Headers(headers) => {
                for header in headers {
                    self.header(header);
                }
            }
            Block::Way(way) => self.way(way),
            Block::Turn(turn) => self.turn(turn),
            Block::Source(message) => self.source(message),
        }
    }

    /// Names and values, the values in one column; where that is narrow, below the names.
    fn fields(&mut self, fields: &[Labelled]) {
        let narrow = self.columns < 2 * NAMES;
        let longest = fields.iter().map(|field| width(&field.name)).max().unwrap_or(0);
        let lead = if narrow { 2 } else { NAMES.max(longest + 1) };
        for Labelled { name, value, tone } in fields {
            let mut head = " ".repeat(lead);
            if narrow {
                self.line(Span::styled(name.clone(), self.look.dim));
            } else {
                head = format!("{name}{}", " ".repeat(lead - width(name)));
            }
            for text in wrap("", value, self.columns.saturating_sub(lead)) {
                let head = std::mem::replace(&mut head, " ".repeat(lead));
                self.line(vec![
                    Span::styled(head, self.look.dim),
                    Span::styled(text, self.look.style(*tone)),
                ]);
            }
        }
    }

    /// The evidence behind a bar.
    fn quote(&mut self, text: &str) {
        self.evidence = Some(self.lines.len());
        let bar = format!("{} ", self.look.glyphs.bar);
        for line in wrap("", text, self.columns.saturating_sub(2)) {
            let spans = [Span::raw(bar.clone()), Span::raw(line)];
            self.line(Line::from_iter(spans).style(self.look.accent));
        }
    }

    /// Numbered lines, the evidence among them behind a bar.
    fn excerpt(&mut self, excerpt: &Excerpt) {
        let look = self.look;
        for quoted in &excerpt.lines {
            let (mark, style) =
                if quoted.evidence { (look.glyphs.bar, look.accent) } else { (" ", look.dim) };
            if quoted.evidence && self.evidence.is_none() {
                self.evidence = Some(self.lines.len());
            }
            let mut number = format!("{:>4} ", quoted.number);
            for piece in wrap("", &quoted.text, self.columns.saturating_sub(7)) {
                let number = std::mem::replace(&mut number, "     ".to_owned());
                self.line(vec![
                    Span::styled(number, look.dim),
                    Span::styled(format!("{mark} "), look.accent),
                    Span::styled(piece, style),
                ]);
            }
        }
    }

    /// A header field, its name less important than its value.
    fn header(&mut self, Labelled { name, value, tone }: &Labelled) {
        let mut name = clip(name, HEADER_NAME, self.look.glyphs.ascii);
        for line in wrap(&format!("{name}: "), value, self.columns.max(HEADER_LINE)) {
            let rest = line.strip_prefix(name.as_str()).unwrap_or_default().to_owned();
            let head = std::mem::take(&mut name);
            let style = self.look.style(*tone);
            self.line(vec![Span::styled(head, self.look.dim), Span::styled(rest, style)]);
        }
    }

    /// A message as it came or decoded; the line of the evidence stands out, and the headings of
    /// parts.
    pub(super) fn source(&mut self, message: &Verbatim) {
        let columns = self.columns.max(1);
        let mut begins = Vec::with_capacity(message.lines().len());
        for (number, line) in message.lines().iter().enumerate() {
            begins.push(self.lines.len());
            let style = match &message.proof {
                Some(proof) if line.contains(proof.as_str()) => self.look.accent,
                _ if message.is_heading(number) => self.look.strong,
                _ => Style::new(),
            };
            for piece in pieces(line, columns) {
                self.line(Span::styled(piece.to_owned(), style));
            }
        }
        self.source = Some(SourceLines { message: message.clone(), begins });
    }
}

/// The sheet of the page that was drawn last, kept until the page or the width changes.
#[derive(Debug, Default)]
pub(super) struct Wrapped {
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    page: Arc<Page>,
    columns: u16,
    sheet: Sheet,
    search: String,
    hits: Vec<usize>,
}

impl Wrapped {
    /// The sheet of a page, and the lines that hold the text searched for.
    pub(super) fn sheet(
        &mut self,
        look: &Look,
        page: &Arc<Page>,
        columns: u16,
        search: &str,
    ) -> (&Sheet, &[usize]) {
        let fresh =
            self.kept.take_if(|kept| Arc::ptr_eq(&kept.page, page) && kept.columns == columns);
        let kept = self.kept.insert(fresh.unwrap_or_else(|| Kept {
            page: Arc::clone(page),
            columns,
            sheet: Sheet::of(page, *look, columns),
            search: String::new(),
            hits: Vec::new(),
        }));
        if kept.search != search {
            search.clone_into(&mut kept.search);
            kept.hits = kept.sheet.hits(search);
        }
        (&kept.sheet, &kept.hits)
    }
}
