//! All state of the screen, and how it changes: [`App::update`] takes what happened and returns
//! what to do. It draws nothing, waits for nothing and touches nothing.

pub mod action;
mod copy;
mod cursor;
mod hearing;
pub mod keymap;
mod keys;
mod list;
mod mailbox;
mod msg;
mod notices;
mod overlay;
mod pane;
mod prompt;
mod selection;
mod shape;
mod shown;
mod typing;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tui_textarea::Input;

use crate::clock::Clock;
use crate::diagnosis::{Guidance, Language};
use crate::listing::{Ask, By, DeliveryId, Extent, MessageId, Row};
use crate::mail::SafeText;

use action::Needs;
use shown::ViewState;

pub use action::{Action, Group};
pub use keymap::{Keymap, Lookup, Press};
pub use list::List;
pub use mailbox::Mailbox;
pub use msg::{Cmd, Msg};
pub use notices::{Notice, Notices, Weight};
pub use overlay::Overlay;
pub use pane::{Drawn, Jump, Pane, View};
pub use prompt::{LONGEST, Offers, Prompt, Purpose};
pub use selection::Opened;
pub use shape::{LEAST, Shape};
pub use shown::Shown;

/// How long a frame waits for the rows that it is to show.
const LATE: Duration = Duration::from_millis(15);
/// How long after a first key its choices pop up.
const CHOICES: Duration = Duration::from_millis(400);

/// What a screen begins with.
#[derive(Debug)]
pub struct Setup {
    /// Names of the mailboxes, in the order of their numbers.
    pub mailboxes: Vec<SafeText>,
    /// The keys.
    pub keymap: Keymap,
    /// Language of the guidance, if the configuration says one.
    pub language: Option<Language>,
    /// The clock.
    pub clock: Clock,
    /// Nothing may be written.
    pub read_only: bool,
    /// What the rows of the list have in common; None: one by one.
    pub by: Option<By>,
}

/// A first key that waits for the second.
#[derive(Clone, Copy, Debug)]
struct Pending {
    press: Press,
    since: Instant,
    /// Its choices have popped up.
    shown: bool,
}

/// Which pane keys go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// The list.
    #[default]
    List,
    /// The view of the delivery.
    Pane,
}

/// All state.
#[derive(Debug)]
pub struct App {
    /// The mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// The keys.
    pub keymap: Keymap,
    /// The deliveries.
    pub list: List,
    /// The views.
    pub pane: Pane,
    /// The delivery in the views.
    pub opened: Opened,
    /// What the views show of it.
    pub shown: Shown,
    /// Which pane keys go to.
    pub focus: Focus,
    /// True when the delivery has the whole screen.
    pub full: bool,
    /// What lies on top.
    pub overlay: Option<Overlay>,
    /// The line being typed.
    pub prompt: Option<Prompt>,
    /// Messages for people.
    pub notices: Notices,
    /// The clock.
    pub clock: Clock,
    /// True when nothing may be written.
    pub read_only: bool,
    shape: Shape,
    language: Language,
    prefix: Option<Pending>,
    /// Until when a frame waits for rows that were asked for.
    late: Option<Instant>,
    /// Keys that wait until what they are for is there.
    held: VecDeque<Input>,
    /// The row of the delivery in the views.
    opened_row: Option<Row>,
    suggested: Option<MessageId>,
    /// Earlier filters, the latest last.
    filters: Vec<String>,
    /// Earlier searches.
    searches: Vec<String>,
    dirty: bool,
}

impl App {
    /// The state before anything has happened.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let language = setup.language.unwrap_or_default();
        Self {
            mailboxes: setup.mailboxes.into_iter().map(Mailbox::new).collect(),
            keymap: setup.keymap,
            list: List::new(language, setup.by),
            pane: Pane::default(),
            opened: Opened::default(),
            shown: Shown::default(),
            focus: Focus::List,
            full: false,
            overlay: None,
            prompt: None,
            notices: Notices::default(),
            clock: setup.clock,
            read_only: setup.read_only,
            shape: Shape::default(),
            language,
            prefix: None,
            late: None,
            held: VecDeque::new(),
            opened_row: None,
            suggested: None,
            filters: Vec::new(),
            searches: Vec::new(),
            dirty: true,
        }
    }

    /// Takes what happened at `now`; what is to be done comes back.
    pub fn update(&mut self, msg: Msg, now: Instant) -> Vec<Cmd> {
        let was_there = self.list.is_there();
        let mut cmds = match msg {
            Msg::Key(input) => self.key(input, now),
            Msg::Paste(text) => self.paste(&text, now),
            Msg::Resized(columns, rows) => {
                self.shape = Shape::of(columns, rows);
                self.dirty = true;
                Vec::new()
            }
            Msg::Told(update) => self.hear(update, now),
            Msg::Fault(what) => {
                self.notices.error(what);
                self.dirty = true;
                Vec::new()
            }
            Msg::Tick => Vec::new(),
            Msg::Copied(result) => {
                match result {
                    Ok(n) => self
                        .notices
                        .info(format!("{n} characters sent to the terminal's clipboard"), now),
                    Err(why) => self.notices.error(why),
                }
                self.dirty = true;
                Vec::new()
            }
        };
        cmds.extend(self.expire(now));
        if was_there && !self.list.is_there() {
            self.late = Some(now + LATE);
        }
        if let Some(id) = self.opened.id()
            && let Some(row) = self.list.find(id)
        {
            self.opened_row = Some(row.clone());
        }
        cmds
    }

    /// True when the screen has to be drawn, which then can be; asking answers it. What shows other
    /// rows waits a moment for them.
    pub fn take_dirty(&mut self) -> bool {
        if self.late.is_some() && !self.list.is_there() {
            return false;
        }
        if self.dirty {
            self.shown.follow(&ViewState {
                opened: &self.opened,
                list: &self.list,
                view: self.pane.view,
                decoded: self.pane.decoded,
                overlay: self.overlay.as_ref(),
                language: self.language,
            });
        }
        std::mem::take(&mut self.dirty)
    }

    /// What has to be asked for, so that the list has rows to show.
    pub fn take_ask(&mut self) -> Option<Ask> {
        self.list.take_ask()
    }

    /// The row of the delivery in the views, as the list had it last.
    #[must_use]
    pub fn opened_row(&self) -> Option<&Row> {
        let row = self.opened_row.as_ref()?;
        if Some(row.id) == self.opened.id() { Some(row) } else { None }
    }

    /// The delivery that the views are to show: the one under the cursor. What is read of an
    /// incident stays when a newer delivery comes.
    fn delivery(&self) -> Option<DeliveryId> {
        let read = if self.reading() && self.list.grouped() { self.opened.id() } else { None };
        read.or_else(|| self.list.selected())
    }

    /// Takes what the last frame showed.
    pub fn note(&mut self, drawn: Drawn) {
        let before = self.list.page();
        if drawn.list_rows > 0 {
            self.list.set_height(drawn.list_rows);
        }
        if let Some(overlay) = &mut self.overlay {
            overlay.clamp(drawn.overlay_last);
        }
        self.dirty |= self.pane.note(drawn) | (self.list.page() != before);
    }

    /// How list and views share the screen.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// When [`Msg::Tick`] has to come, if nothing else happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let choices = self.prefix.filter(|p| !p.shown).map(|p| p.since + CHOICES);
        let counting = self.mailboxes.iter().filter_map(|m| m.counts_at).min();
        [choices, self.notices.deadline(), self.opened.deadline(), counting, self.late]
            .into_iter()
            .flatten()
            .min()
    }

    /// The choices behind a first key, once they have popped up.
    #[must_use]
    pub fn choices(&self) -> Option<Vec<(String, Action)>> {
        self.prefix.filter(|p| p.shown).map(|p| self.keymap.after(p.press))
    }

    /// The language of the guidance.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The language that the message in the views seems to be in, if the guidance has it and it is
    /// not the one shown.
    #[must_use]
    pub fn suggestion(&self) -> Option<Language> {
        let tag = self.opened.detail()?.inspection.language.as_deref()?;
        Language::of_tag(tag).filter(|language| *language != self.language)
    }

    /// The guidance for what is in the views.
    fn guidance(&self) -> Guidance {
        copy::told(&self.opened, self.language)
    }

    /// True when keys go to the text of a delivery.
    #[must_use]
    pub fn reading(&self) -> bool {
        self.full || self.focus == Focus::Pane
    }

    /// Why an action is refused here: something it needs is not there.
    ///
    /// # Errors
    /// The reason, as a clause for the status line.
    pub fn availability(&self, action: Action) -> Result<(), &'static str> {
        let needs = action.needs();
        if matches!(needs, Needs::Row | Needs::Panes | Needs::Verdict) && self.list.is_empty() {
            return Err("there is no delivery to act on");
        }
        match needs {
            Needs::Panes if self.shape == Shape::Single || self.full => {
                Err("there is only one pane; Enter opens, Esc goes back")
            }
            Needs::Hits if self.pane.search.is_empty() => Err("search with / in a view first"),
            Needs::Hits if self.pane.hits() == 0 => Err("the text stands nowhere in this view"),
            Needs::Verdict if self.opened.case().is_none() => {
                Err("there is no verdict to give evidence for")
            }
            Needs::Branch if self.guidance().branch.is_none() => {
                Err("this is not a case for the 5.7.1 questions")
            }
            Needs::Text => copy::text(action, &self.opened, self.language).map(drop),
            _ => Ok(()),
        }
    }

    /// What is due by now.
    fn expire(&mut self, now: Instant) -> Vec<Cmd> {
        if let Some(prefix) = &mut self.prefix
            && !prefix.shown
            && prefix.since + CHOICES <= now
        {
            prefix.shown = true;
            self.dirty = true;
        }
        if self.list.is_there() || self.late.is_some_and(|late| late <= now) {
            self.late = None;
        }
        self.dirty |= self.notices.expire(now);
        for mailbox in &mut self.mailboxes {
            self.dirty |= mailbox.count_seconds(now);
        }
        let before = self.opened.id();
        let extent = match self.pane.view {
            View::Source if self.pane.decoded => Extent::Decoded,
            View::Source => Extent::Whole,
            _ => Extent::Beginning,
        };
        let step = self.opened.follow(self.delivery(), extent, now);
        self.dirty |= step.changed;
        if self.opened.id() != before {
            self.pane.scroll = 0;
        }
        step.request.map(Cmd::Ask).into_iter().collect()
    }

    fn paste(&mut self, text: &str, now: Instant) -> Vec<Cmd> {
        self.dirty = true;
        match &mut self.prompt {
            Some(prompt) => {
                prompt.paste(text);
                self.follow_typing();
            }
            None => self
                .notices
                .refuse("pasted text is not taken as keys; press / to type a filter", now),
        }
        Vec::new()
    }
}
