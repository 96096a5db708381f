//! Where there can be no screen, a sentence says so.

use std::process::{Command, Stdio};

use crate::terminal::Launch;

#[test]
fn a_terminal_that_cannot_show_a_screen_is_refused() {
    for term in ["dumb", ""] {
        let mut terminal = Launch::demo().set("TERM", term).start();
        assert_eq!(terminal.ends(), 1);
        assert!(
            terminal.text().starts_with("deadletter: this terminal cannot show a screen"),
            "{}",
            terminal.text()
        );
        assert!(!terminal.bytes.contains(&0x1b));
    }
}

#[test]
fn pipes_are_refused() {
    let run = Command::new(env!("CARGO_BIN_EXE_deadletter"))
        .arg("demo")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    assert_eq!(run.status.code(), Some(1));
    assert!(run.stdout.is_empty());
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(
        said.starts_with("deadletter: the screen needs a terminal") && said.lines().count() == 1,
        "{said}"
    );
}

#[test]
fn the_first_run_says_how_to_begin() {
    let mut terminal = Launch::new::<&str>(&[]).start();
    assert_eq!(terminal.ends(), 1);
    let text = terminal.text();
    for command in ["deadletter demo", "deadletter /var/mail", "deadletter init"] {
        assert_eq!(text.lines().filter(|line| line.contains(command)).count(), 1, "{text}");
    }
    assert!(!terminal.bytes.contains(&0x1b));
}
