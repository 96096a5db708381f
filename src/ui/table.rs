//! Columns of a list: which have room, how wide they are, and the text of a row in them.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::{App, Focus};
use crate::config::Highlight;
use crate::diagnosis::Party;
use crate::layout::{clip, clip_front, width};

use super::look::Look;

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Cut at its end.
    Left,
    /// A number.
    Right,
    /// Cut at its beginning: the end tells more.
    Tail,
}

/// When a column is shown, and how wide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spec<C> {
    pub(super) column: C,
    /// The key of its title.
    pub(super) title: &'static str,
    /// Its width; 0 for what is left over.
    pub(super) width: u16,
    /// The width of the list from which on it is shown.
    pub(super) from: u16,
    pub(super) side: Side,
}

/// The columns that have room, with their widths; one blank follows each.
pub(super) fn layout<C: Copy>(columns: &[Spec<C>], width: u16) -> Vec<Spec<C>> {
    let mut shown = Vec::new();
    let mut fixed = 0;
    for spec in columns {
        if width >= spec.from {
            shown.push(*spec);
            fixed += spec.width + 1;
        }
    }
    for column in &mut shown {
        if column.width == 0 {
            column.width = width.saturating_sub(fixed);
        }
    }
    shown
}

/// The titles of the columns.
pub(super) fn head<C>(app: &App, look: &Look, columns: &[Spec<C>]) -> Line<'static> {
    let mut head = String::from(" ");
    for shown in columns {
        head.push_str(&cell(app.language().word(shown.title), shown, look));
    }
    Line::styled(head, look.dim)
}

/// A text in its column, with the blank behind it.
pub(super) fn cell<C>(text: &str, shown: &Spec<C>, look: &Look) -> String {
    let room = usize::from(shown.width);
    let ascii = look.glyphs.ascii;
    let text = match shown.side {
        Side::Tail => clip_front(text, room, ascii),
        Side::Left | Side::Right => clip(text, room, ascii),
    };
    let pad = " ".repeat(room.saturating_sub(width(&text)));
    if shown.side == Side::Right { format!("{pad}{text} ") } else { format!("{text}{pad} ") }
}

/// What a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Nothing of anybody.
    Quiet,
    /// Somebody else must act.
    Usual,
    /// We must act.
    Ours,
}

impl Urgency {
    /// That of a bounce, or of other mail, on which a party has to act.
    pub(super) fn of(is_bounce: bool, party: Option<Party>) -> Self {
        match party {
            Some(Party::Nobody) => Self::Quiet,
            _ if !is_bounce => Self::Quiet,
            Some(Party::OurSystem) => Self::Ours,
            _ => Self::Usual,
        }
    }
}

/// How a row is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowStyle {
    /// The cursor is on it.
    pub(super) current: bool,
    /// It came since the last visit.
    pub(super) new: bool,
    pub(super) urgency: Urgency,
}

/// A row; `who`: the column of those who must act, `text`: what stands in a column.
pub(super) fn row<C: Copy + PartialEq>(
    app: &App,
    look: &Look,
    columns: &[Spec<C>],
    style: RowStyle,
    who: C,
    text: impl Fn(C) -> String,
) -> Line<'static> {
    let reversed = style.current && app.focus == Focus::List && look.highlight == Highlight::Row;
    let base = match style.urgency {
        _ if reversed => look.cursor,
        Urgency::Quiet => look.dim,
        Urgency::Usual | Urgency::Ours => Style::new(),
    };
    let base = if style.new { base.patch(look.strong) } else { base };
    let mut line = Line::default();
    line.push_span(if style.current {
        Span::styled(look.glyphs.bar, look.accent)
    } else {
        Span::raw(" ")
    });
    let accent = style.urgency == Urgency::Ours && !reversed;
    for shown in columns {
        let style = if accent && shown.column == who { look.accent } else { base };
        line.push_span(Span::styled(cell(&text(shown.column), shown, look), style));
    }
    line
}
