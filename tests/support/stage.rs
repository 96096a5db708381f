//! The application on a screen in memory, fed from the demo mailbox: keys in, cells out. Nothing
//! waits and no thread runs; deadlines come when the test says so.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use deadletter::app::{App, Cmd, Keymap, Msg, Setup};
use deadletter::clock::Clock;
use deadletter::config::{Highlight, Theme};
use deadletter::diagnosis::{Ours, Rules};
use deadletter::engine::{Arrival, Desk, Judge};
use deadletter::listing::{Ask, Extent, Health, Request, Update};
use deadletter::source::demo::{self, Demo};
use deadletter::source::{Canceller, Error, Event, Place, Reader, Source, State};
use deadletter::store::{KeptMessage, MailboxName, Store};
use deadletter::ui::{Look, Painter};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use tui_textarea::{Input, Key};

/// Everything on stage.
pub(crate) struct Stage {
    pub(crate) app: App,
    terminal: Terminal<TestBackend>,
    painter: Painter,
    reader: Box<dyn Reader>,
    judge: Judge,
    desk: Desk,
    /// The rows that were asked for last.
    shown: Option<Ask>,
    now: Instant,
    /// What was asked for besides opening messages.
    pub(crate) asked: Vec<Cmd>,
}

impl Stage {
    /// The demo mailbox, all read, on a screen of this size.
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        Self::with_look(columns, rows, Look::new(Theme::Default, false, Highlight::Row))
    }

    pub(crate) fn with_look(columns: u16, rows: u16, look: Look) -> Self {
        let mut stage = Self::empty(columns, rows, look);
        let (all, states) = demo_mailbox(&stage.judge);
        stage.bring(&all);
        for state in states {
            stage.hear(Update::Health(0, Health::from(state)));
        }
        stage.settle();
        stage
    }

    /// One message, read, on a screen of this size.
    #[allow(dead_code, reason = "not every program shows messages of its own")]
    pub(crate) fn holding(columns: u16, rows: u16, message: Vec<u8>) -> Self {
        let ours = Ours { domains: vec!["birch.example".to_owned()], ..Ours::default() };
        let look = Look::new(Theme::Default, false, Highlight::Row);
        let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::new(ours) };
        let understood = judge.understand(&message).expect("no fault in the program");
        let arrived = Arrival { uid: 1, received: None, size: message.len() };
        let kept = judge.kept(arrived, &understood, false);
        let mut stage = Self::set(columns, rows, look, Box::new(Held(message)), judge);
        stage.bring(&[kept]);
        stage.hear(Update::Health(0, Health::Idle("1 file".into())));
        stage.settle();
        stage
    }

    /// A screen before anything has come.
    pub(crate) fn empty(columns: u16, rows: u16, look: Look) -> Self {
        let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::new(demo_ours()) };
        Self::set(columns, rows, look, Demo::default().reader(), judge)
    }

    fn set(columns: u16, rows: u16, look: Look, reader: Box<dyn Reader>, judge: Judge) -> Self {
        let app = App::new(Setup {
            mailboxes: vec![Demo::default().name()],
            keymap: Keymap::new(&std::collections::BTreeMap::new()).expect("the default keys"),
            language: None,
            clock: Clock::Fixed(demo::now()),
            read_only: true,
            by: None,
        });
        let terminal = Terminal::new(TestBackend::new(columns, rows)).expect("memory");
        let name = MailboxName { account: "stage".into(), folder: String::new() };
        let desk = Desk::new(Store::temporary().expect("memory"), &[name]).expect("memory");
        let mut stage = Self {
            app,
            terminal,
            painter: Painter::new(look),
            reader,
            judge,
            desk,
            shown: None,
            now: Instant::now(),
            asked: Vec::new(),
        };
        stage.update(Msg::Resized(columns, rows));
        stage
    }

    /// Messages come.
    pub(crate) fn bring(&mut self, messages: &[KeptMessage]) {
        self.at_the_desk(|desk| desk.put(0, 0, 0, messages));
    }

    /// Something changes in the store, and what is shown of it with that.
    pub(crate) fn at_the_desk(
        &mut self,
        change: impl FnOnce(&mut Desk) -> Result<(), deadletter::store::Error>,
    ) {
        change(&mut self.desk).expect("memory");
        if let Some(ask) = self.shown.clone() {
            self.show(ask);
        }
    }

    /// The rows that are asked for.
    fn show(&mut self, ask: Ask) {
        let window = self.desk.window(&ask).expect("memory");
        self.shown = Some(ask);
        self.hear(Update::Window(Box::new(window)));
    }

    /// A mailbox tells something.
    pub(crate) fn hear(&mut self, update: Update) {
        self.update(Msg::Told(update));
    }

    /// Types keys: characters, and names in angle brackets (`<enter>`, `<ctrl-d>`).
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys;
        while let Some(c) = rest.chars().next() {
            let (input, length) =
                match rest.strip_prefix('<').and_then(|inner| inner.split_once('>')) {
                    Some((name, _)) => (named(name), name.len() + 2),
                    None => (Input { key: Key::Char(c), ..Input::default() }, c.len_utf8()),
                };
            self.update(Msg::Key(input));
            self.draw();
            rest = &rest[length..];
        }
        self.settle();
        self
    }

    /// Lets everything that is due come due.
    pub(crate) fn settle(&mut self) -> &mut Self {
        self.draw();
        for _ in 0..10 {
            self.now += Duration::from_millis(100);
            self.update(Msg::Tick);
        }
        self.draw();
        self
    }

    /// Another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.terminal.backend_mut().resize(columns, rows);
        self.update(Msg::Resized(columns, rows));
        self.settle();
        self
    }

    fn update(&mut self, msg: Msg) {
        for cmd in self.app.update(msg, self.now) {
            match cmd {
                Cmd::Ask(Request::Open(id, extent)) => {
                    let update =
                        match self.reader.whole(Place { validity: id.validity, uid: id.uid }) {
                            Ok(raw) => Update::Opened(Arc::new(
                                self.judge
                                    .detail(id, &raw, extent.max(Extent::Whole))
                                    .expect("no fault in the demo"),
                            )),
                            Err(error) => Update::Unopened(id, error.to_string().as_str().into()),
                        };
                    self.hear(update);
                }
                Cmd::Ask(Request::Complete(head, query)) => {
                    let completion = self.desk.complete(&head, &query).expect("memory");
                    self.hear(Update::Completed(head, completion));
                }
                other => self.asked.push(other),
            }
        }
        if let Some(ask) = self.app.take_ask() {
            self.show(ask);
        }
    }

    fn draw(&mut self) {
        for _ in 0..3 {
            if !self.app.take_dirty() {
                return;
            }
            let mut drawn = deadletter::app::Drawn::default();
            let (app, painter) = (&self.app, &mut self.painter);
            self.terminal.draw(|frame| drawn = painter.draw(app, frame)).expect("memory");
            self.app.note(drawn);
            if let Some(ask) = self.app.take_ask() {
                self.show(ask);
            }
        }
    }

    /// The cells.
    pub(crate) fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// The screen as text, line by line, without blanks at the ends.
    pub(crate) fn text(&self) -> String {
        let buffer = self.buffer();
        let rows = buffer.content.chunks(usize::from(buffer.area.width.max(1)));
        let line = |cells: &[ratatui::buffer::Cell]| {
            cells
                .iter()
                .map(ratatui::buffer::Cell::symbol)
                .collect::<String>()
                .trim_end()
                .to_owned()
        };
        rows.map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The messages of the demo mailbox, and how it is doing meanwhile.
fn demo_mailbox(judge: &Judge) -> (Vec<KeptMessage>, Vec<State>) {
    let (mut all, mut states) = (Vec::new(), Vec::new());
    Demo::default()
        .stream(&mut |event: Event<'_>| {
            match event {
                Event::Message(message) => {
                    let understood = judge.understand(message.bytes).expect("no fault in the demo");
                    let arrived = Arrival {
                        uid: message.place.uid,
                        received: message.received,
                        size: message.bytes.len(),
                    };
                    all.push(judge.kept(arrived, &understood, false));
                }
                Event::State(state) => states.push(state),
                _ => {}
            }
            ControlFlow::Continue(())
        })
        .expect("the demo is always there");
    (all, states)
}

/// The messages of the demo mailbox.
#[allow(dead_code, reason = "not every program feeds the screen itself")]
pub(crate) fn demo_messages() -> Vec<KeptMessage> {
    let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::new(demo_ours()) };
    demo_mailbox(&judge).0
}

/// A mailbox of one message.
struct Held(Vec<u8>);

impl Reader for Held {
    fn whole(&mut self, _: Place) -> Result<Vec<u8>, Error> {
        Ok(self.0.clone())
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| {})
    }
}

/// Who "we" are in the demo mailbox.
fn demo_ours() -> Ours {
    toml::from_str(demo::OURS).expect("the demo's own")
}

fn named(name: &str) -> Input {
    let (name, ctrl) = name.strip_prefix("ctrl-").map_or((name, false), |rest| (rest, true));
    let key = match name {
        "enter" => Key::Enter,
        "esc" => Key::Esc,
        "tab" => Key::Tab,
        "up" => Key::Up,
        "down" => Key::Down,
        "pgdn" => Key::PageDown,
        "pgup" => Key::PageUp,
        "home" => Key::Home,
        "end" => Key::End,
        "backspace" => Key::Backspace,
        one => Key::Char(one.chars().next().expect("a key")),
    };
    Input { key, ctrl, ..Input::default() }
}
