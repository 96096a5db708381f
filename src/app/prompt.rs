//! The line in which text is typed: a filter for the list, or a search in a view.

use tui_textarea::{CursorMove, Input, Key, TextArea};

/// The longest text, in characters: no filter needs more.
pub const LONGEST: usize = 500;

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Filters the list while it is typed.
    Filter,
    /// Searches the view when it is done.
    Search,
}

/// What a key did to the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The text changed.
    Changed,
    /// Nothing that matters.
    Same,
    /// Take it.
    Done,
    /// Forget it.
    Cancelled,
}

/// A line of text being typed.
#[derive(Debug)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// What stood there before, for when it is cancelled.
    pub before: String,
    /// True when the last key or paste found no room.
    pub full: bool,
    area: TextArea<'static>,
    /// How far back in the history.
    back: usize,
}

impl Prompt {
    /// A prompt that begins with what is in force.
    #[must_use]
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self { purpose, before: text.to_owned(), full: false, area: area(text), back: 0 }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().concat()
    }

    /// The editing line, for drawing.
    #[must_use]
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// Takes a key. `history` holds earlier texts, the latest last.
    pub fn key(&mut self, input: Input, history: &[String]) -> Typed {
        self.full = false;
        match input {
            Input { key: Key::Enter, .. } => Typed::Done,
            Input { key: Key::Esc, .. } | Input { key: Key::Char('c'), ctrl: true, .. } => {
                Typed::Cancelled
            }
            Input { key: Key::Backspace, .. } if self.area.is_empty() => Typed::Cancelled,
            Input { key: Key::Up, .. } => self.recall(self.back + 1, history),
            Input { key: Key::Down, .. } => self.recall(self.back.saturating_sub(1), history),
            Input { key: Key::Char('m' | 'j'), ctrl: true, .. } => Typed::Same,
            input => self.edit(input),
        }
    }

    /// Takes a key that edits the text, unless it would become too long.
    fn edit(&mut self, input: Input) -> Typed {
        if matches!(input, Input { key: Key::Char(_), ctrl: false, alt: false, .. })
            && self.length() >= LONGEST
        {
            self.full = true;
            return Typed::Same;
        }
        if !self.area.input(input) {
            return Typed::Same;
        }
        if self.length() > LONGEST {
            self.area.undo();
            self.full = true;
            return Typed::Same;
        }
        Typed::Changed
    }

    fn length(&self) -> usize {
        self.area.lines().iter().map(|line| line.chars().count()).sum()
    }

    /// Takes pasted text, on one line.
    pub fn paste(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.length());
        let mut line = String::new();
        let mut chars = text.trim().chars();
        for c in chars.by_ref().take(room) {
            line.push(if c.is_control() { ' ' } else { c });
        }
        self.full = chars.next().is_some();
        self.area.insert_str(line);
    }

    fn recall(&mut self, back: usize, history: &[String]) -> Typed {
        if back > history.len() {
            return Typed::Same;
        }
        self.back = back;
        // `back` counts from the end; 0 is the empty line after the latest.
        self.area = match history.get(history.len() - back) {
            Some(text) => area(text),
            None => area(""),
        };
        Typed::Changed
    }
}

fn area(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(vec![text.to_owned()]);
    // The line of the cursor looks like any other: there is but one.
    area.set_cursor_line_style(area.style());
    area.move_cursor(CursorMove::End);
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: Key) -> Input {
        Input { key, ..Input::default() }
    }

    #[test]
    fn typing_history_and_cancelling() {
        let history = ["5.7.1".to_owned(), "oak".to_owned()];
        let mut prompt = Prompt::new(Purpose::Filter, "");
        assert_eq!(prompt.key(key(Key::Char('a')), &history), Typed::Changed);
        assert_eq!(prompt.text(), "a");
        prompt.key(key(Key::Up), &history);
        prompt.key(key(Key::Up), &history);
        assert_eq!(
            (prompt.text().as_str(), prompt.key(key(Key::Up), &history)),
            ("5.7.1", Typed::Same)
        );
        prompt.key(key(Key::Down), &history);
        assert_eq!(prompt.text(), "oak");
        prompt.paste("\nx\u{1b}y\n");
        assert_eq!(prompt.text(), "oakx y");
        prompt.paste(&"x".repeat(LONGEST));
        assert!(prompt.full && prompt.text().len() == LONGEST);
        assert_eq!(prompt.key(key(Key::Char('y')), &history), Typed::Same);
        assert!(prompt.full && !prompt.text().contains("xy"), "no room");
        prompt.key(key(Key::Backspace), &history);
        assert_eq!(prompt.key(key(Key::Char('y')), &history), Typed::Changed);
        assert!(!prompt.full && prompt.text().ends_with("xy"));
        assert_eq!(prompt.key(key(Key::Esc), &history), Typed::Cancelled);
        let mut empty = Prompt::new(Purpose::Search, "");
        assert_eq!(empty.key(key(Key::Backspace), &history), Typed::Cancelled);
    }
}
