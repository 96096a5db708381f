//! Colours and characters. Roles, not colours, are named elsewhere; every role is also words or a
//! mark.

use ratatui::style::{Color, Modifier, Style};

use crate::config::{Highlight, Theme};
use crate::page::Tone;

/// How everything is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Who must act, and the line that proves it.
    pub accent: Style,
    /// What went wrong with the program itself.
    pub error: Style,
    /// What is less important.
    pub dim: Style,
    /// Headings, keys, the names of things.
    pub strong: Style,
    /// The row under the cursor.
    pub cursor: Style,
    /// Places that hold the text searched for.
    pub hit: Style,
    /// The characters.
    pub glyphs: &'static Glyphs,
    /// How the row under the cursor is marked.
    pub highlight: Highlight,
}

/// Characters that have two forms.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Only ASCII.
    pub ascii: bool,
    /// The mark of the row under the cursor, and of evidence.
    pub bar: &'static str,
    /// A line between panes: vertical and horizontal.
    pub rule: (&'static str, &'static str),
    /// Arrow between stations.
    pub arrow: &'static str,
    /// Arrow between two names.
    pub to: &'static str,
    /// Where it broke.
    pub broken: &'static str,
    /// The report coming back.
    pub back: &'static str,
    /// Between two facts on one line.
    pub dot: &'static str,
    /// A bar: filled and empty.
    pub gauge: (&'static str, &'static str),
    /// Quotation marks.
    pub quotes: (&'static str, &'static str),
    /// Light box: corners from the top left clockwise, then horizontal and vertical.
    pub light: [&'static str; 6],
    /// Heavy box.
    pub heavy: [&'static str; 6],
}

static UNICODE: Glyphs = Glyphs {
    ascii: false,
    bar: "▌",
    rule: ("│", "─"),
    arrow: "▶",
    to: "→",
    broken: "✗",
    back: "↩",
    dot: "·",
    gauge: ("▓", "░"),
    quotes: ("“", "”"),
    light: ["┌", "┐", "┘", "└", "─", "│"],
    heavy: ["┏", "┓", "┛", "┗", "━", "┃"],
};

static ASCII: Glyphs = Glyphs {
    ascii: true,
    bar: ">",
    rule: ("|", "-"),
    arrow: ">",
    to: "->",
    broken: "x",
    back: "<",
    dot: "-",
    gauge: ("#", "."),
    quotes: ("\"", "\""),
    light: ["+", "+", "+", "+", "-", "|"],
    heavy: ["#", "#", "#", "#", "=", "#"],
};

impl Look {
    /// The look of a theme.
    #[must_use]
    pub fn new(theme: Theme, ascii: bool, highlight: Highlight) -> Self {
        let plain = Style::new();
        let (accent, error) = match theme {
            Theme::Default => (plain.fg(Color::Magenta), plain.fg(Color::Red)),
            Theme::Light => (plain.fg(Color::Blue), plain.fg(Color::Red)),
            Theme::Dark => (plain.fg(Color::LightYellow), plain.fg(Color::LightRed)),
            Theme::ColorBlind => (plain.fg(Color::Indexed(208)), plain.fg(Color::Indexed(33))),
            Theme::Mono => (plain, plain.add_modifier(Modifier::REVERSED)),
        };
        Self {
            accent: accent.add_modifier(Modifier::BOLD),
            error: error.add_modifier(Modifier::BOLD),
            dim: plain.add_modifier(Modifier::DIM),
            strong: plain.add_modifier(Modifier::BOLD),
            cursor: plain.add_modifier(Modifier::REVERSED),
            hit: plain.add_modifier(Modifier::UNDERLINED),
            glyphs: if ascii { &ASCII } else { &UNICODE },
            highlight,
        }
    }

    /// How a text of this weight is drawn.
    pub(super) fn style(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => Style::new(),
            Tone::Strong => self.strong,
            Tone::Dim => self.dim,
            Tone::Accent => self.accent,
            Tone::Error => self.error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_ascii_and_nothing_rests_on_colour() {
        let g = &ASCII;
        let all = [
            g.bar, g.rule.0, g.rule.1, g.arrow, g.to, g.broken, g.back, g.dot, g.gauge.0,
            g.gauge.1, g.quotes.0,
        ];
        assert!(all.iter().chain(&g.light).chain(&g.heavy).all(|s| s.is_ascii()));
        let mono = Look::new(Theme::Mono, true, Highlight::Row);
        for style in [mono.accent, mono.error, mono.dim, mono.strong, mono.cursor, mono.hit] {
            assert!(style.fg.is_none() && style.bg.is_none() && !style.add_modifier.is_empty());
        }
    }

    #[test]
    fn no_theme_paints_a_background_or_the_accent_like_an_error() {
        for theme in [Theme::Default, Theme::Light, Theme::Dark, Theme::ColorBlind] {
            let look = Look::new(theme, false, Highlight::Row);
            assert!(
                look.accent.bg.is_none()
                    && look.error.bg.is_none()
                    && look.accent.fg != look.error.fg
            );
        }
    }
}
