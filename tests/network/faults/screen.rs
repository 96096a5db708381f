//! The built program meets faults: `deadletter check` with its exit code, and the screen in a
//! terminal, with the rows that come and the words that are told.

use std::process::Command;
use std::sync::Mutex;

use deadletter::config::{Account, Tls};
use tempfile::TempDir;

use super::all;
use super::stage::Stage;
use crate::faults_table::{Check, Fault, List, UIDS};
use crate::seen::CANARY;
use crate::terminal::{Launch, rows, text};

/// Faults of every kind that come to an end within the program's own time limits.
const SHOWN: [&str; 10] = [
    "greeting-smtp",
    "greeting-alert",
    "certificate-expired",
    "starttls-inject",
    "login-echo",
    "examine-no",
    "text-nil",
    "literal-4g",
    "cut",
    "bad",
];
/// How many are met at the same time.
const TOGETHER: usize = 4;

/// The configuration of an account.
fn configuration(account: &Account) -> String {
    let tls = match account.tls {
        Tls::None => "none",
        Tls::Implicit => "implicit",
        Tls::Starttls => "starttls",
    };
    let ca_file = account.ca_file.as_ref();
    let ca_file = ca_file.map(|path| format!("ca_file = '{}'\n", path.display()));
    format!(
        "[[account]]\nname = 'lab'\nhost = 'localhost'\nport = {}\ntls = '{tls}'\n{}\
         user = 'postmaster'\npassword_command = ['printf', '{CANARY}']\n",
        account.port(),
        ca_file.unwrap_or_default()
    )
}

/// Holds what `deadletter check` prints, and its exit code.
fn check(fault: &Fault) {
    if fault.check == Check::Unmet {
        return;
    }
    let stage = Stage::new(fault);
    let home = TempDir::new().expect("a folder");
    let file = home.path().join("own.toml");
    std::fs::write(&file, configuration(&stage.account)).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_deadletter"))
        .env("HOME", home.path())
        .args(["check", "--config"])
        .arg(&file)
        .output()
        .expect("the program runs");
    let said = stage.named(&String::from_utf8_lossy(&output.stdout));
    let (code, wanted) = match fault.check {
        Check::Fails(_, says) => (1, says),
        _ => (0, fault.alert.unwrap_or_default()),
    };
    assert_eq!(output.status.code(), Some(code), "{}: {said}", fault.name);
    assert!(said.contains(wanted), "{}: no {wanted:?} in:\n{said}", fault.name);
    stage.holds(&said);
}

/// The text on a screen as one line, without the frames around it.
fn flat(screen: &vt100::Screen) -> String {
    let plain = text(screen).replace(['│', '┃', '╎', '|'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Holds what stands on the screen.
fn list(fault: &Fault) {
    let stage = Stage::new(fault);
    let mut terminal = Launch::configured(&configuration(&stage.account)).size(200, 50).start();
    let (count, says) = match fault.list {
        List::LeftOut(missing, says) => (UIDS.len() - missing.len(), says),
        List::Stops(says) => (0, says),
        _ => (UIDS.len(), fault.alert.unwrap_or_default()),
    };
    if count > 0 {
        let wanted = format!("{count} deliveries");
        terminal.until(&wanted, |screen| rows(screen)[0].contains(&wanted));
        if says.is_empty() {
            terminal.shows("online");
        }
        terminal.send("!");
    }
    terminal.until(says, |screen| stage.named(&flat(screen)).contains(says));
    assert!(!String::from_utf8_lossy(&terminal.bytes).contains(CANARY), "{}", fault.name);
    stage.holds(&terminal.text());
    terminal.send("\x03");
    assert_eq!(terminal.ends(), 0, "{}", fault.name);
}

#[test]
fn the_program_says_on_its_screen_what_went_wrong() {
    let all = all();
    let left = Mutex::new(SHOWN.to_vec());
    std::thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let name = left.lock().expect("the list").pop();
                    let Some(name) = name else { break };
                    let fault = all.iter().find(|fault| fault.name == name).expect("a fault");
                    check(fault);
                    list(fault);
                }
            });
        }
    });
}
