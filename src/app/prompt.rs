//! The line in which text is typed: a filter for the list, or a search in a view.

use tui_textarea::{CursorMove, Input, Key, TextArea};

use crate::filter::Error;
use crate::listing::{Completion, Offered};

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
    /// Take the last term off what stood there before.
    Popped,
    /// Say how it can go on.
    Complete,
}

/// How the text can go on.
#[derive(Debug)]
pub struct Offers {
    /// The candidates, one at least.
    pub candidates: Vec<Offered>,
    /// Which of them stands in the line.
    pub chosen: usize,
    /// What stands before it and behind it.
    head: String,
    tail: String,
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
    /// Why the text is no filter.
    pub error: Option<Error>,
    /// How it can go on, after that was asked.
    pub offers: Option<Offers>,
    area: TextArea<'static>,
    /// How far back in the history.
    back: usize,
    /// What was typed before earlier texts were looked at.
    draft: String,
}

impl Prompt {
    /// A prompt that begins with what is in force.
    #[must_use]
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self {
            purpose,
            before: text.to_owned(),
            full: false,
            error: None,
            offers: None,
            area: area(text),
            back: 0,
            draft: String::new(),
        }
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
        if input.key == Key::Tab {
            return self.tab();
        }
        self.offers = None;
        match input {
            Input { key: Key::Enter, .. } => Typed::Done,
            Input { key: Key::Esc, .. } | Input { key: Key::Char('c'), ctrl: true, .. } => {
                Typed::Cancelled
            }
            Input { key: Key::Backspace, .. } if self.area.is_empty() => match self.purpose {
                Purpose::Filter => Typed::Popped,
                Purpose::Search => Typed::Cancelled,
            },
            Input { key: Key::Char('u'), ctrl: true, .. } if self.area.is_empty() => Typed::Same,
            Input { key: Key::Char('u'), ctrl: true, .. } => {
                self.area = area("");
                Typed::Changed
            }
            Input { key: Key::Up, .. } => self.recall(self.back + 1, history),
            Input { key: Key::Down, .. } => self.recall(self.back.saturating_sub(1), history),
            Input { key: Key::Char('m' | 'j'), ctrl: true, .. } => Typed::Same,
            input => self.edit(input),
        }
    }

    /// Puts the next candidate into the line, or asks for candidates.
    fn tab(&mut self) -> Typed {
        match &mut self.offers {
            _ if self.purpose == Purpose::Search => Typed::Same,
            // A single one was taken: what comes behind it?
            Some(offers) if offers.candidates.len() > 1 => {
                offers.chosen = (offers.chosen + 1) % offers.candidates.len();
                self.show_chosen();
                Typed::Changed
            }
            _ => Typed::Complete,
        }
    }

    /// The text up to the cursor, and the rest.
    #[must_use]
    pub fn around_cursor(&self) -> (String, String) {
        let (column, text) = (self.area.cursor().1, self.text());
        let at = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
        (text[..at].to_owned(), text[at..].to_owned())
    }

    /// Takes the candidates it asked for; the first stands in the line then.
    pub fn offer(&mut self, completion: Completion) {
        let Completion { start, candidates } = completion;
        let (mut head, tail) = self.around_cursor();
        head.truncate(start);
        self.offers = None;
        if !candidates.is_empty() {
            self.offers = Some(Offers { candidates, chosen: 0, head, tail });
            self.show_chosen();
        }
    }

    fn show_chosen(&mut self) {
        let Some(offers) = &self.offers else { return };
        let Some(candidate) = offers.candidates.get(offers.chosen) else { return };
        let head = format!("{}{}", offers.head, candidate.text);
        let text = format!("{head}{}", offers.tail);
        if text.chars().count() > LONGEST {
            self.full = true;
            return;
        }
        self.area = area(&text);
        let column = u16::try_from(head.chars().count()).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(0, column));
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
        self.offers = None;
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
        if back == self.back {
            return Typed::Same;
        }
        if self.back == 0 {
            self.draft = self.text();
        }
        self.back = back;
        // `back` counts from the end; 0 is what was typed.
        self.area = match history.get(history.len() - back) {
            Some(text) => area(text),
            None => area(&self.draft),
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
        for (purpose, typed) in
            [(Purpose::Search, Typed::Cancelled), (Purpose::Filter, Typed::Popped)]
        {
            let mut empty = Prompt::new(purpose, "");
            assert_eq!(empty.key(key(Key::Backspace), &history), typed);
        }
    }

    #[test]
    fn what_was_typed_comes_back_and_goes() {
        let history = ["oak".to_owned()];
        let mut prompt = Prompt::new(Purpose::Filter, "elm");
        prompt.key(key(Key::Up), &history);
        prompt.key(key(Key::Down), &history);
        assert_eq!(
            (prompt.text().as_str(), prompt.key(key(Key::Down), &history)),
            ("elm", Typed::Same)
        );
        let clear = Input { key: Key::Char('u'), ctrl: true, ..Input::default() };
        assert_eq!(
            (prompt.key(clear.clone(), &history), prompt.text().as_str()),
            (Typed::Changed, "")
        );
        assert_eq!(prompt.key(clear, &history), Typed::Same);
    }

    #[test]
    fn candidates_take_turns() {
        let mut prompt = Prompt::new(Purpose::Filter, "-who: oak");
        prompt.area.move_cursor(CursorMove::Jump(0, 5));
        assert_eq!(prompt.key(key(Key::Tab), &[]), Typed::Complete);
        let candidate = |text: &str| Offered { text: text.to_owned(), rows: 1 };
        prompt.offer(Completion { start: 5, candidates: vec![candidate("us"), candidate("?")] });
        assert_eq!(prompt.text(), "-who:us oak");
        assert_eq!(
            (prompt.key(key(Key::Tab), &[]), prompt.text().as_str()),
            (Typed::Changed, "-who:? oak")
        );
        prompt.key(key(Key::Tab), &[]);
        prompt.key(key(Key::Char('x')), &[]);
        assert_eq!(prompt.text(), "-who:usx oak");
        assert!(prompt.offers.is_none());
    }
}
