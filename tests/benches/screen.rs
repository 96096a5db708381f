//! How long a frame takes on a screen in memory, the demo mailbox on it: a step in the list,
//! another view, a new size.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a bench stops where its input is not what it must be"
)]

use std::time::Instant;

use deadletter::app::{App, Msg};
use deadletter::config::{Highlight, Theme};
use deadletter::ui::{Look, Painter};
use divan::{AllocProfiler, Bencher, black_box};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use stage::Stage;
use tui_textarea::{Input, Key};

#[path = "../support/stage.rs"]
#[allow(dead_code, reason = "the tests use the rest of it")]
mod stage;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// The sizes of the terminal.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (300, 80)];

fn main() {
    divan::main();
}

/// A screen with the first message of the demo mailbox on it.
struct Screen {
    app: App,
    terminal: Terminal<TestBackend>,
    painter: Painter,
}

impl Screen {
    fn new((columns, rows): (u16, u16)) -> Self {
        let terminal = Terminal::new(TestBackend::new(columns, rows)).expect("memory");
        let painter = Painter::new(Look::new(Theme::Default, false, Highlight::Row));
        let mut screen = Self { app: Stage::new(columns, rows).app, terminal, painter };
        screen.draw();
        screen
    }

    fn press(&mut self, key: char) {
        let input = Input { key: Key::Char(key), ..Input::default() };
        black_box(self.app.update(Msg::Key(input), Instant::now()));
    }

    fn draw(&mut self) {
        // A frame is drawn whether there is a reason or not.
        self.app.take_dirty();
        let (app, painter) = (&self.app, &mut self.painter);
        let mut drawn = None;
        self.terminal.draw(|frame| drawn = Some(painter.draw(app, frame))).expect("memory");
        self.app.note(drawn.unwrap_or_default());
    }
}

/// One key after another, a frame for each.
fn typing(bencher: Bencher<'_, '_>, size: (u16, u16), keys: &str) {
    let mut screen = Screen::new(size);
    let mut keys = keys.chars().cycle();
    bencher.bench_local(move || {
        screen.press(keys.next().unwrap_or('j'));
        screen.draw();
    });
}

#[divan::bench(args = SIZES)]
fn step_in_the_list(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    typing(bencher, size, "jjjjjjjjkkkkkkkk");
}

#[divan::bench(args = SIZES)]
fn another_view(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    typing(bencher, size, "1234");
}

#[divan::bench(args = SIZES)]
fn the_same_frame_again(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    let mut screen = Screen::new(size);
    bencher.bench_local(move || screen.draw());
}
