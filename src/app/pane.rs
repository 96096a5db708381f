//! The views of a delivery: which one is open, how far it is scrolled, what is searched for in it.

names! {
    /// A view of a delivery. The slug is the key of its name among the words of a language, behind
    /// `view.`.
    #[derive(Default)]
    pub enum View {
        /// What happened and what to do.
        #[default]
        User "user" "User",
        /// Diagnostics.
        Admin "admin" "Admin",
        /// The way of the message.
        Hops "hops" "Hops",
        /// The message as it came.
        Source "source" "Source",
    }
}

/// A place to go to as soon as it is known on which line it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// The line the verdict rests on.
    Evidence,
    /// The next hit below the top line, or from the top line on.
    Next {
        /// The top line itself counts.
        here: bool,
    },
    /// The hit above the top line.
    Previous,
}

/// What the last frame showed: the screen tells it, so that moving knows its bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Rows the list had room for.
    pub list_rows: usize,
    /// Lines the view had room for.
    pub pane_rows: usize,
    /// Lines the view has.
    pub pane_lines: usize,
    /// The line of the view that holds the evidence.
    pub evidence: Option<usize>,
    /// The lines of the view that hold the text searched for.
    pub hits: Vec<usize>,
    /// The farthest that what lies on top can be scrolled.
    pub overlay_last: usize,
}

/// The state of the views.
#[derive(Clone, Debug, Default)]
pub struct Pane {
    /// The view that is open.
    pub view: View,
    /// First line shown.
    pub scroll: usize,
    /// The Source view shows the parts as text.
    pub decoded: bool,
    /// The text searched for; empty without one.
    pub search: String,
    jump: Option<Jump>,
    drawn: Drawn,
}

impl Pane {
    /// Opens a view at its beginning.
    pub fn show(&mut self, view: View) {
        self.view = view;
        self.scroll = 0;
        self.jump = None;
    }

    /// Goes to a place when the next frame has told where it is.
    pub fn jump(&mut self, jump: Jump) {
        self.jump = Some(jump);
    }

    /// Scrolls by so many lines.
    pub fn step(&mut self, by: isize) {
        self.scroll = self.scroll.saturating_add_signed(by).min(self.last());
    }

    /// Scrolls to the end.
    pub fn bottom(&mut self) {
        self.scroll = self.last();
    }

    /// Lines of one page, less two that stay in sight.
    #[must_use]
    pub fn page(&self) -> usize {
        self.drawn.pane_rows.saturating_sub(2).max(1)
    }

    /// The line that comes to the top when the end is in sight.
    fn last(&self) -> usize {
        self.drawn.pane_lines.saturating_sub(self.drawn.pane_rows)
    }

    /// Takes what the last frame showed; true when the view has to move and be drawn again.
    pub fn note(&mut self, drawn: Drawn) -> bool {
        self.drawn = drawn;
        let before = self.scroll;
        if let Some(line) = self.jump.take().and_then(|jump| self.line_of(jump)) {
            self.scroll = line.saturating_sub(self.drawn.pane_rows / 4);
        }
        self.scroll = self.scroll.min(self.last());
        self.scroll != before
    }

    fn line_of(&self, jump: Jump) -> Option<usize> {
        let hits = &self.drawn.hits;
        let at = self.scroll + self.drawn.pane_rows / 4;
        match jump {
            Jump::Evidence => self.drawn.evidence,
            Jump::Next { here: true } => {
                hits.iter().find(|hit| **hit >= self.scroll).or(hits.first()).copied()
            }
            Jump::Next { here: false } => {
                hits.iter().find(|hit| **hit > at).or(hits.first()).copied()
            }
            Jump::Previous => hits.iter().rev().find(|hit| **hit < at).or(hits.last()).copied(),
        }
    }

    /// How many places hold the text searched for.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.drawn.hits.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pane() -> Pane {
        let mut pane = Pane::default();
        pane.note(Drawn {
            pane_rows: 8,
            pane_lines: 50,
            evidence: Some(30),
            hits: vec![3, 20, 40],
            ..Drawn::default()
        });
        pane
    }

    #[test]
    fn scrolling_stays_inside() {
        let mut pane = pane();
        pane.step(-1);
        assert_eq!(pane.scroll, 0);
        pane.step(1000);
        assert_eq!(pane.scroll, 42);
    }

    #[test]
    fn places_come_into_sight() {
        let mut pane = pane();
        let drawn = pane.drawn.clone();
        pane.jump(Jump::Evidence);
        assert!(pane.note(drawn.clone()) && pane.scroll == 28);
        pane.jump(Jump::Next { here: false });
        assert!(pane.note(drawn.clone()) && pane.scroll == 38);
        pane.jump(Jump::Previous);
        assert!(pane.note(drawn.clone()) && pane.scroll == 18);
        assert!(!pane.note(drawn), "and no second time");
    }

    #[test]
    fn every_view_has_a_name_in_every_language() {
        for view in View::ALL {
            for language in crate::diagnosis::Language::ALL {
                let name = language.word(&format!("view.{view}"));
                assert!(!name.is_empty(), "view.{view} in {language}");
            }
        }
    }
}
