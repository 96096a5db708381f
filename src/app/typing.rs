//! The line in which text is typed: what becomes of the keys that go to it.

use std::time::Instant;

use tui_textarea::Input;

use crate::filter::{Error, Field, Filter, complete};

use super::App;
use super::msg::Cmd;
use super::pane::Jump;
use super::prompt::{Prompt, Purpose, Typed};

/// Earlier texts that are kept.
const HISTORY: usize = 50;

impl App {
    pub(super) fn open_prompt(&mut self) {
        self.prompt = Some(if self.reading() {
            Prompt::new(Purpose::Search, &self.pane.search)
        } else {
            Prompt::new(Purpose::Filter, self.list.filter().text())
        });
    }

    pub(super) fn prompt_key(&mut self, input: Input, now: Instant) {
        let Some(prompt) = &mut self.prompt else { return };
        let full = prompt.full;
        let history = match prompt.purpose {
            Purpose::Filter => &self.filters,
            Purpose::Search => &self.searches,
        };
        let typed = prompt.key(input, history);
        // One more key for which there is no room changes nothing.
        self.dirty |= !(full && prompt.full);
        match typed {
            Typed::Same => {}
            Typed::Changed => self.typed = Some(now),
            Typed::Complete => self.complete(now),
            Typed::Cancelled => self.give_up(false, now),
            Typed::Popped => self.give_up(true, now),
            Typed::Done => self.take_typed(now),
        }
    }

    /// Closes the line and brings back what was in force before, without its last term where that
    /// is to go.
    fn give_up(&mut self, popped: bool, now: Instant) {
        self.typed = None;
        let Some(prompt) = self.prompt.take() else { return };
        if prompt.purpose == Purpose::Filter
            && let Ok(before) = self.filter_of(&prompt.before)
        {
            self.set_filter(if popped { before.popped() } else { before }, now);
        }
    }

    /// Takes what was typed; what is no filter stays in the line.
    fn take_typed(&mut self, now: Instant) {
        self.typed = None;
        let Some(mut prompt) = self.prompt.take() else { return };
        let text = prompt.text();
        match prompt.purpose {
            Purpose::Search => {
                remember(&mut self.searches, &text);
                self.pane.search = text;
                self.pane.jump(Jump::Next { here: true });
            }
            Purpose::Filter => match self.filter_of(&text) {
                Ok(filter) => {
                    remember(&mut self.filters, filter.text());
                    self.set_filter(filter, now);
                }
                Err(error) => {
                    prompt.error = Some(error);
                    self.prompt = Some(prompt);
                }
            },
        }
    }

    /// Says how the filter in the line can go on.
    fn complete(&mut self, now: Instant) {
        let Some(prompt) = &mut self.prompt else { return };
        let (head, _) = prompt.around_cursor();
        let list = &self.list;
        prompt.offer(complete(&head, list.all(), list.words(), self.clock.now()));
        self.typed = Some(now);
    }

    /// The list follows the filter while it is typed: once for keys that came together. While the
    /// text is no filter it shows what passed the last one.
    pub(super) fn follow_typing(&mut self) {
        let Some(typed) = self.typed.take() else { return };
        let Some(mut prompt) = self.prompt.take() else { return };
        if prompt.purpose == Purpose::Filter {
            prompt.error = match self.filter_of(&prompt.text()) {
                Ok(filter) => {
                    self.set_filter(filter, typed);
                    None
                }
                Err(error) => Some(error),
            };
        }
        self.prompt = Some(prompt);
    }

    fn filter_of(&self, text: &str) -> Result<Filter, Error> {
        Filter::read(text, self.clock.now())
    }

    pub(super) fn set_filter(&mut self, filter: Filter, now: Instant) {
        let before = self.list.selected();
        self.list.set_filter(filter);
        if self.list.selected() != before {
            self.opened.moved(now);
        }
    }

    /// Narrows the filter to what stands in the row under the cursor; a second time widens it.
    pub(super) fn filter_by(&mut self, field: Field, now: Instant) -> Vec<Cmd> {
        let words = self.list.words();
        let Some(value) = self.list.current().and_then(|row| field.of(row, words)) else {
            return self.refuse(&format!("this row has no {field}"), now);
        };
        match self.filter_of(self.list.filter().text()).and_then(|f| f.toggled(field, &value)) {
            Ok(filter) => {
                remember(&mut self.filters, filter.text());
                self.set_filter(filter, now);
                self.dirty = true;
                Vec::new()
            }
            Err(error) => self.refuse(&error.what, now),
        }
    }
}

fn remember(history: &mut Vec<String>, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        history.retain(|old| old != text);
        history.push(text.to_owned());
        let over = history.len().saturating_sub(HISTORY);
        history.drain(..over);
    }
}
