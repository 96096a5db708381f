//! What the screen does when the server goes away, or does not let us in.

use std::time::{Duration, Instant};

use super::{cursor, pane};
use crate::imap_server::{Mailbox, Server, Turn};
use crate::outage::Running;
use crate::terminal::{Launch, Terminal, rows};

/// The password: nobody may see it.
const CANARY: &str = "canary-77c1";

/// The screen over an account at this port.
fn open(port: u16) -> Terminal {
    let account = format!(
        "[[account]]\nname = \"lab\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"postmaster\"\n\
         password_command = [\"printf\", \"{CANARY}\"]\n"
    );
    Launch::configured(&account).start()
}

/// The last line of the screen.
fn status(screen: &vt100::Screen) -> String {
    rows(screen).pop().unwrap_or_default()
}

/// The first line of the views.
fn title(screen: &vt100::Screen) -> String {
    pane(screen).and_then(|pane| pane.lines().next().map(str::to_owned)).unwrap_or_default()
}

#[test]
fn a_server_that_is_killed_is_waited_for() {
    // The first connection gets the newest 200 of the messages, and then silence.
    let server = Server::new(Mailbox::of(3_000)).on(|talk, command| {
        if command.fetches_messages()
            && talk.connection == 1
            && talk.server.logged("BODY.PEEK").len() > 1
        {
            return talk.fall_silent();
        }
        Ok(Turn::Yours)
    });
    let running = Running::start(&server, 0);
    let port = running.port;
    let mut terminal = open(port);
    terminal.until("some of the messages", |screen| rows(screen)[0].contains("200 deliveries"));
    terminal.shows("fetching 200/3,000");
    running.kill();
    terminal.until("a pause", |screen| status(screen).contains("reconnecting in"));
    let before = cursor(terminal.screen()).0;
    for n in 1..=10 {
        let start = Instant::now();
        terminal.send("j");
        terminal.until("the cursor further down", |screen| cursor(screen).0 == before + n);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
    terminal.send("?");
    terminal.shows("Next delivery");
    terminal.send("q");
    terminal.hides("Next delivery");
    let place = cursor(terminal.screen()).0;
    terminal.until("why there is no view", |screen| {
        pane(screen).is_some_and(|pane| pane.contains("check host and port"))
    });
    // Behind a new connection there is the whole mailbox.
    let server = server.on(|_, _| Ok(Turn::Yours));
    let running = Running::start(&server, port);
    terminal.until("all messages", |screen| rows(screen)[0].contains("3,000 deliveries"));
    terminal.until("a connection", |screen| status(screen).contains("online"));
    terminal.hides("fetching");
    assert_eq!(cursor(terminal.screen()).0, place, "the cursor stays where it was");
    assert!(status(terminal.screen()).contains("2,811/3,000"), "{}", terminal.text());
    terminal.until("the message under the cursor in the views", |screen| {
        title(screen).contains("message 2811")
    });
    assert!(!String::from_utf8_lossy(&terminal.bytes).contains(CANARY));
    terminal.send("q");
    assert_eq!(terminal.ends(), 0);
    running.kill();
}

#[test]
fn a_refused_login_is_told_until_it_is_read() {
    let server = Server::new(Mailbox::of(1)).on(|talk, command| {
        if command.is("LOGIN") || command.is("AUTHENTICATE") {
            talk.say(&format!(
                "{} NO [AUTHENTICATIONFAILED] Invalid {}",
                command.tag, command.line
            ))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let mut terminal = open(server.start());
    let refused = |screen: &vt100::Screen| status(screen).contains("login as postmaster refused");
    terminal.until("the refusal", refused);
    // Longer than messages stay that go by themselves.
    assert_eq!(terminal.bytes_within(Duration::from_secs(5)), 0);
    assert!(refused(terminal.screen()));
    terminal.send("x");
    terminal.until("the end of the refusal", |screen| !refused(screen));
    assert!(status(terminal.screen()).contains("offline"), "{}", terminal.text());
    terminal.send("!");
    terminal.shows("Messages");
    assert!(terminal.text().contains("AUTHENTICATIONFAILED"), "{}", terminal.text());
    terminal.send("h");
    assert!(!String::from_utf8_lossy(&terminal.bytes).contains(CANARY));
    terminal.send("\x03");
    assert_eq!(terminal.ends(), 0);
}
