//! The line in which text is typed: what becomes of the keys that go to it.

use std::sync::Arc;
use std::time::Instant;

use tui_textarea::Input;

use crate::filter::{Error, Field, Filter};
use crate::listing::{Completion, Request};

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

    pub(super) fn prompt_key(&mut self, input: Input) -> Vec<Cmd> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
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
            Typed::Changed => self.follow_typing(),
            Typed::Complete => return self.ask_for_completion(),
            Typed::Cancelled => self.give_up(false),
            Typed::Popped => self.give_up(true),
            Typed::Done => self.take_typed(),
        }
        Vec::new()
    }

    /// Closes the line and brings back what was in force before, without its last term where that
    /// is to go.
    fn give_up(&mut self, popped: bool) {
        let Some(prompt) = self.prompt.take() else { return };
        if prompt.purpose == Purpose::Filter
            && let Ok(before) = self.filter_of(&prompt.before)
        {
            self.list.set_filter(if popped { before.popped() } else { before });
        }
    }

    /// Takes what was typed; what is no filter stays in the line.
    fn take_typed(&mut self) {
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
                    self.list.set_filter(filter);
                }
                Err(error) => {
                    prompt.error = Some(error);
                    self.prompt = Some(prompt);
                }
            },
        }
    }

    /// Asks how the filter in the line can go on.
    fn ask_for_completion(&self) -> Vec<Cmd> {
        let Some(prompt) = &self.prompt else { return Vec::new() };
        let (head, _) = prompt.around_cursor();
        vec![Cmd::Ask(Request::Complete(head, Arc::clone(self.list.query())))]
    }

    /// Says how the filter in the line can go on, if it is still the one that was asked about.
    pub(super) fn complete(&mut self, head: &str, completion: Completion) {
        let Some(prompt) = &mut self.prompt else { return };
        if prompt.around_cursor().0 == head {
            prompt.offer(completion);
            self.dirty = true;
            self.follow_typing();
        }
    }

    /// The list follows the filter while it is typed. While the text is no filter it shows what
    /// passed the last one.
    pub(super) fn follow_typing(&mut self) {
        let Some(mut prompt) = self.prompt.take() else { return };
        if prompt.purpose == Purpose::Filter {
            prompt.error = match self.filter_of(&prompt.text()) {
                Ok(filter) => {
                    self.list.set_filter(filter);
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

    /// Narrows the filter to what stands in the row under the cursor; a second time widens it.
    pub(super) fn filter_by(&mut self, field: Field, now: Instant) -> Vec<Cmd> {
        let words = self.list.words();
        let Some(value) = self.list.current().and_then(|row| field.of(row, words)) else {
            return self.refuse(&format!("this row has no {field}"), now);
        };
        match self.filter_of(self.list.filter().text()).and_then(|f| f.toggled(field, &value)) {
            Ok(filter) => {
                remember(&mut self.filters, filter.text());
                self.list.set_filter(filter);
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
