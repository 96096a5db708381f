//! What keys do: looked up in the keymap, refused with a reason, or carried out.

use std::time::Instant;

use tui_textarea::{Input, Key};

use crate::diagnosis::tree571::{Question, Tree};
use crate::filter::{Field, Filter};
use crate::listing::{Request, Seek};

use super::action::Action as A;
use super::action::{Action, Group};
use super::keymap::{Lookup, Press};
use super::msg::Cmd;
use super::overlay::Overlay;
use super::pane::{Jump, View};
use super::{App, Focus, Pending, Shape, copy};

/// Keys that may wait for the list.
const HELD: usize = 256;
/// What never waits.
const QUIT: Lookup = Lookup::Action(A::QuitNow);

impl App {
    /// Takes a key.
    pub(super) fn key(&mut self, input: Input, now: Instant) -> Vec<Cmd> {
        if input.key == Key::Null {
            return Vec::new();
        }
        // Any key reads the line of the moment.
        self.dirty |= self.notices.dismiss();
        if self.prompt.is_some() {
            return self.prompt_key(input);
        }
        let press = Press::from(&input);
        if !self.list.is_there() && self.keymap.look_up(None, press) != QUIT {
            return self.hold(input, now);
        }
        let pending = self.prefix.take();
        self.dirty |= pending.is_some_and(|p| p.shown);
        match self.keymap.look_up(pending.map(|p| p.press), press) {
            Lookup::Action(action) => self.act(action, now),
            Lookup::Prefix => {
                self.prefix = Some(Pending { press, since: now, shown: false });
                Vec::new()
            }
            Lookup::Unbound if pending.is_some() && input.key != Key::Esc => self.refuse(
                &format!("no action on that key after {}", pending.map_or(press, |p| p.press)),
                now,
            ),
            Lookup::Unbound => Vec::new(),
        }
    }

    /// Keeps a key until what it is for is there: the rows it is typed at.
    fn hold(&mut self, input: Input, now: Instant) -> Vec<Cmd> {
        if self.held.len() >= HELD {
            return self.refuse("the list is still being made; Ctrl-c quits", now);
        }
        self.held.push_back(input);
        Vec::new()
    }

    pub(super) fn refuse(&mut self, why: &str, now: Instant) -> Vec<Cmd> {
        self.notices.refuse(why, now);
        self.dirty = true;
        Vec::new()
    }

    /// Carries an action out, or says why not.
    fn act(&mut self, action: Action, now: Instant) -> Vec<Cmd> {
        if let Err(why) = self.availability(action) {
            return self.refuse(why, now);
        }
        if self.overlay.is_some() && self.act_on_overlay(action) {
            self.dirty = true;
            return Vec::new();
        }
        match action.group() {
            Group::Move => self.act_move(action, now),
            Group::View => return self.act_view(action, now),
            Group::Select => return self.act_select(action, now),
            Group::Copy => return self.act_copy(action),
            Group::General => return self.act_general(action, now),
        }
        Vec::new()
    }

    /// Moves the cursor or the text.
    fn act_move(&mut self, action: Action, now: Instant) {
        self.dirty = true;
        if action == A::OtherPane {
            if self.focus == Focus::List {
                self.enter_pane(now);
            } else {
                self.focus = Focus::List;
                self.cursor_changed(now);
            }
        } else {
            self.travel(action, now);
        }
    }

    /// Opens, closes and changes views.
    fn act_view(&mut self, action: Action, now: Instant) -> Vec<Cmd> {
        self.dirty = true;
        match action {
            A::Open => return self.open_row(now),
            A::User => self.view(View::User, now),
            A::Admin => self.view(View::Admin, now),
            A::Hops => self.view(View::Hops, now),
            A::Source => self.view(View::Source, now),
            A::FullSource => {
                self.view(View::Source, now);
                self.open(now);
            }
            A::Decode => self.decode(now),
            A::Evidence => {
                self.view(View::Admin, now);
                self.enter_pane(now);
                self.pane.jump(Jump::Evidence);
            }
            A::Tree => self.open_tree(),
            A::Language => self.next_language(),
            _ => return self.back(false, now),
        }
        Vec::new()
    }

    /// Chooses what the list shows, or searches.
    fn act_select(&mut self, action: Action, now: Instant) -> Vec<Cmd> {
        self.dirty = true;
        match action {
            A::Grouping => {
                self.list.regroup();
                self.cursor_changed(now);
            }
            A::NextNew => self.list.seek(Seek::New),
            A::NextUnknown => self.list.seek(Seek::Unknown),
            A::NextHit => self.pane.jump(Jump::Next { here: false }),
            A::PreviousHit => self.pane.jump(Jump::Previous),
            A::FilterStatus => return self.filter_by(Field::Status, now),
            A::FilterReason => return self.filter_by(Field::Reason, now),
            A::FilterWho => return self.filter_by(Field::Who, now),
            A::FilterDomain => return self.filter_by(Field::Domain, now),
            A::FilterHost => return self.filter_by(Field::Host, now),
            _ => self.open_prompt(),
        }
        Vec::new()
    }

    /// Takes text along.
    fn act_copy(&mut self, action: Action) -> Vec<Cmd> {
        if action == A::CopySelect {
            self.dirty = true;
            self.overlay = Some(Overlay::Select { scroll: 0 });
            return Vec::new();
        }
        match copy::text(action, &self.opened, self.language()) {
            Ok(text) => vec![Cmd::Copy(text)],
            Err(_) => Vec::new(),
        }
    }

    /// Everything else.
    fn act_general(&mut self, action: Action, now: Instant) -> Vec<Cmd> {
        match action {
            A::Redraw => return vec![Cmd::Redraw],
            A::Suspend => return vec![Cmd::Suspend],
            A::QuitNow => return vec![Cmd::Quit],
            A::Messages => self.overlay = Some(Overlay::Messages { scroll: 0 }),
            A::Help => self.overlay = Some(Overlay::Help { scroll: 0 }),
            A::Refresh => {
                self.notices.info("looking for new messages", now);
                self.dirty = true;
                return vec![Cmd::Ask(Request::Refresh)];
            }
            _ => return self.back(true, now),
        }
        self.dirty = true;
        Vec::new()
    }

    /// What an action does to the thing on top; false when it is not for it.
    fn act_on_overlay(&mut self, action: Action) -> bool {
        let Some(overlay) = &mut self.overlay else { return false };
        let page = 10;
        match action {
            Action::Down => overlay.step(1),
            Action::Up => overlay.step(-1),
            Action::PageDown | Action::HalfDown => overlay.page(1, page),
            Action::PageUp | Action::HalfUp => overlay.page(-1, page),
            Action::Top => overlay.page(-1, usize::MAX / 2),
            Action::Bottom => overlay.page(1, usize::MAX / 2),
            Action::Language => self.next_language(),
            Action::Redraw | Action::Suspend | Action::QuitNow => return false,
            _ => self.overlay = None,
        }
        true
    }

    fn travel(&mut self, action: Action, now: Instant) {
        if self.reading() {
            let page = signed(self.pane.page());
            match action {
                A::Down => self.pane.step(1),
                A::Up => self.pane.step(-1),
                A::Top => self.pane.scroll = 0,
                A::Bottom => self.pane.bottom(),
                A::PageDown => self.pane.step(page),
                A::PageUp => self.pane.step(-page),
                A::HalfDown => self.pane.step(page / 2),
                _ => self.pane.step(-page / 2),
            }
            return;
        }
        let page = signed(self.list.page());
        match action {
            A::Down => self.list.step(1),
            A::Up => self.list.step(-1),
            A::Top => self.list.go(0),
            A::Bottom => self.list.go(usize::MAX),
            A::PageDown => self.list.step(page),
            A::PageUp => self.list.step(-page),
            A::HalfDown => self.list.step(page / 2),
            _ => self.list.step(-page / 2),
        }
        self.opened.moved(now);
    }

    /// Opens the delivery under the cursor; an incident and a row that stands for many recipients
    /// give way to theirs.
    fn open_row(&mut self, now: Instant) -> Vec<Cmd> {
        if self.list.grouped() && !self.reading() {
            self.list.open_group();
            self.cursor_changed(now);
            return Vec::new();
        }
        if let Some(row) = self.list.current()
            && row.further > 0
            && !self.full
        {
            return vec![Cmd::Ask(Request::Recipients(row.id.message, row.time))];
        }
        self.open(now);
        Vec::new()
    }

    fn open(&mut self, now: Instant) {
        self.full = true;
        self.focus = Focus::Pane;
        self.opened.turn_to(self.list.selected(), now);
    }

    /// Keys go to the view. Whoever reads the newest delivery of an incident is shown no newer one.
    fn enter_pane(&mut self, now: Instant) {
        self.focus = Focus::Pane;
        if self.list.grouped() {
            self.opened.turn_to(self.list.selected(), now);
        }
    }

    /// The views follow if another delivery is under the cursor now.
    fn cursor_changed(&mut self, now: Instant) {
        if self.list.selected() != self.opened.id() {
            self.opened.moved(now);
        }
    }

    fn view(&mut self, view: View, now: Instant) {
        if self.shape() == Shape::Single && !self.full {
            self.open(now);
        }
        self.pane.show(view);
        if view == View::Source {
            self.opened.hurry(now);
        }
    }

    /// Shows the source, its parts as text or as they came.
    fn decode(&mut self, now: Instant) {
        self.pane.decoded = !self.pane.decoded || self.pane.view != View::Source;
        self.view(View::Source, now);
    }

    /// One step back: the whole screen, the other pane, the incident, the search, the filter; with
    /// `quit` the program instead of these two.
    fn back(&mut self, quit: bool, now: Instant) -> Vec<Cmd> {
        self.dirty = true;
        if self.full {
            self.full = false;
            self.focus = Focus::List;
            self.cursor_changed(now);
        } else if self.focus == Focus::Pane {
            self.focus = Focus::List;
            self.cursor_changed(now);
        } else if self.list.close_group() {
            self.cursor_changed(now);
        } else if quit {
            return vec![Cmd::Quit];
        } else if !self.pane.search.is_empty() {
            self.pane.search.clear();
        } else if !self.list.filter().is_empty() {
            self.list.set_filter(Filter::default());
        }
        Vec::new()
    }

    fn open_tree(&mut self) {
        let Some(case) = self.opened.case() else { return };
        let Some(tree) = Tree::of(&case) else { return };
        let deciding = tree.deciding();
        let at = Question::ALL.iter().position(|question| *question == deciding).unwrap_or(0);
        self.overlay = Some(Overlay::Tree { at, scroll: 0 });
    }

    /// The next language; the first time for a message the one it seems to be in.
    fn next_language(&mut self) {
        let message = self.opened.id().map(|id| id.message);
        self.language = match self.suggestion() {
            Some(language) if self.suggested != message => language,
            _ => self.language.next(),
        };
        self.list.set_language(self.language);
        self.suggested = message;
        self.dirty = true;
    }
}

fn signed(lines: usize) -> isize {
    isize::try_from(lines).unwrap_or(isize::MAX)
}
