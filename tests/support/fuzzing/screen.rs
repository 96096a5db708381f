//! The screen under any keys: messages made by the grammar of reports, keys out of a fuzzer's bytes,
//! and no cell that a terminal would obey.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use deadletter::app::{App, Cmd, Drawn, Keymap, Msg, Setup};
use deadletter::clock::Clock;
use deadletter::config::{Highlight, Theme};
use deadletter::diagnosis::Rules;
use deadletter::engine::{Arrival, Desk, Judge};
use deadletter::listing::{Ask, Extent, Health, Request, Update};
use deadletter::mail::SafeText;
use deadletter::source::demo;
use deadletter::store::{MailboxName, Store};
use deadletter::ui::{Look, Painter};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tui_textarea::{Input, Key};

use super::choices::Choices;
use super::report;
use crate::invariants::harmless;

/// Keys that mean something, and some that do not.
const KEYS: &[u8] = b"1234567jkghGoOtTyYceEfFsSrRlLpPqxnNwduvmi?/:. \x1b0z[]<>=+-";
const SIZES: [(u16, u16); 8] =
    [(80, 24), (120, 40), (60, 20), (40, 10), (1, 1), (200, 60), (30, 8), (0, 0)];

/// The application, the messages behind it, and the screen it is drawn on.
struct Screen {
    app: App,
    judge: Judge,
    desk: Desk,
    /// The rows that were asked for last.
    shown: Option<Ask>,
    messages: Vec<Vec<u8>>,
    painter: Painter,
    terminal: Terminal<TestBackend>,
    now: Instant,
}

/// Messages come, keys are pressed, the terminal changes its size: nothing breaks, and every cell is
/// harmless.
pub(crate) fn screen(input: &[u8]) {
    let mut choices = Choices::new(input);
    let mut screen = Screen::new(choices.once_in(2));
    for _ in 0..40 {
        if choices.is_done() {
            break;
        }
        screen.event(&mut choices);
    }
    screen.draw();
}

impl Screen {
    fn new(ascii: bool) -> Self {
        let app = App::new(Setup {
            mailboxes: vec![SafeText::new("mbox"), SafeText::new("other")],
            keymap: Keymap::new(&BTreeMap::new()).expect("the default keys"),
            language: None,
            clock: Clock::Fixed(demo::now()),
            read_only: true,
            by: None,
        });
        let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::default() };
        let look = Look::new(Theme::Default, ascii, Highlight::Row);
        let terminal = Terminal::new(TestBackend::new(80, 24)).expect("memory");
        let (painter, now) = (Painter::new(look), Instant::now());
        let names = ["mbox", "other"]
            .map(|account| MailboxName { account: account.to_owned(), folder: String::new() });
        let desk = Desk::new(Store::temporary().expect("memory"), &names).expect("memory");
        let messages = Vec::new();
        let mut screen = Self { app, judge, desk, shown: None, messages, painter, terminal, now };
        screen.update(Msg::Resized(80, 24));
        screen
    }

    fn event(&mut self, choices: &mut Choices<'_>) {
        match choices.below(16) {
            0..=8 => self.key(choices),
            9 | 10 => self.message(choices),
            11 => {
                let (columns, rows) = choices.of(&SIZES);
                self.terminal.backend_mut().resize(columns, rows);
                self.update(Msg::Resized(columns, rows));
            }
            12 => {
                let text = String::from_utf8_lossy(choices.bytes(30)).into_owned();
                self.update(Msg::Paste(text));
            }
            13 => {
                let text = SafeText::from_bytes(choices.bytes(30));
                let health = [
                    Health::Connecting,
                    Health::Fetching { done: 7, total: 3 },
                    Health::Idle(text.clone()),
                    Health::Waiting { seconds: 3, why: text.clone() },
                    Health::Stopped(text.clone()),
                ];
                let update = match choices.below(7) {
                    5 => Update::Notice(text),
                    6 => return self.reset(),
                    which => Update::Health(u16::from(choices.byte() % 3), health[which].clone()),
                };
                self.update(Msg::Told(update));
            }
            14 => {
                self.now += Duration::from_millis(100);
                self.update(Msg::Tick);
            }
            _ => self.draw(),
        }
    }

    fn key(&mut self, choices: &mut Choices<'_>) {
        let named =
            [Key::Enter, Key::Esc, Key::Tab, Key::Up, Key::Down, Key::PageDown, Key::PageUp];
        let rare = [Key::Home, Key::End, Key::Backspace, Key::Delete, Key::Left, Key::Right];
        let key = match choices.below(8) {
            0..=3 => Key::Char(char::from(choices.of(KEYS))),
            4 | 5 => choices.of(&named),
            6 => choices.of(&rare),
            _ => Key::Char(choices.of(&['\u{1b}', '\u{202e}', '\u{e9}', '\u{65e5}', '\u{301}'])),
        };
        let ctrl = choices.once_in(8);
        self.update(Msg::Key(Input { key, ctrl, ..Input::default() }));
    }

    fn message(&mut self, choices: &mut Choices<'_>) {
        if self.messages.len() >= 4 {
            return;
        }
        let raw = report::message(choices);
        let understood = self.judge.understand(&raw).expect("no fault in a message");
        let size = raw.len();
        self.messages.push(raw);
        let uid = u32::try_from(self.messages.len()).expect("a few");
        let kept = self.judge.kept(Arrival { uid, received: None, size }, &understood, false);
        self.desk.put(0, 0, 0, &[kept]).expect("memory");
        self.changed();
    }

    fn reset(&mut self) {
        self.desk.reset(0).expect("memory");
        self.changed();
        self.update(Msg::Told(Update::Reset(0)));
    }

    /// What is shown of the store is told again.
    fn changed(&mut self) {
        if let Some(ask) = self.shown.clone() {
            self.show(ask);
        }
    }

    fn show(&mut self, ask: Ask) {
        let window = self.desk.window(&ask).expect("memory");
        self.shown = Some(ask);
        self.update(Msg::Told(Update::Window(Box::new(window))));
    }

    fn update(&mut self, msg: Msg) {
        for cmd in self.app.update(msg, self.now) {
            match cmd {
                Cmd::Ask(Request::Open(id, extent)) => {
                    let raw = &self.messages[id.uid as usize - 1];
                    let detail = self.judge.detail(id, raw, extent.max(Extent::Whole));
                    let detail = Arc::new(detail.expect("no fault in a message"));
                    self.update(Msg::Told(Update::Opened(detail)));
                }
                Cmd::Ask(Request::Complete(head, query)) => {
                    let completion = self.desk.complete(&head, &query).expect("memory");
                    self.update(Msg::Told(Update::Completed(head, completion)));
                }
                Cmd::Copy(text) => text.lines().for_each(harmless),
                _ => {}
            }
        }
        if let Some(ask) = self.app.take_ask() {
            self.show(ask);
        }
    }

    fn draw(&mut self) {
        for _ in 0..3 {
            if !self.app.take_dirty() {
                break;
            }
            let mut drawn = Drawn::default();
            let (app, painter) = (&self.app, &mut self.painter);
            self.terminal.draw(|frame| drawn = painter.draw(app, frame)).expect("memory");
            self.app.note(drawn);
            if let Some(ask) = self.app.take_ask() {
                self.show(ask);
            }
        }
        for cell in &self.terminal.backend().buffer().content {
            if !cell.symbol().is_ascii() || cell.symbol().len() > 1 {
                harmless(cell.symbol());
            } else {
                let byte = cell.symbol().as_bytes().first().copied().unwrap_or(b' ');
                assert!((b' '..0x7f).contains(&byte), "{byte:#x} in a cell");
            }
        }
    }
}
