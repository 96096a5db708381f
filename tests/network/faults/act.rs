//! Makes a server do what the table of faults says.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::faults_table::{Act, At, Step};
use crate::imap_server::{Due, Mailbox, Manner, Moment, Talk, Turn};
use crate::seen::CANARY;

/// The beginning of a response with a message, up to its text.
const HEAD: &str = "* {n} FETCH (UID {uid} INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" BODY[]<0> ";
/// Time between the bytes of a drip.
const DRIP: Duration = Duration::from_millis(20);

/// What AUTHENTICATE PLAIN sends for the password.
pub(super) fn secret() -> String {
    BASE64_STANDARD.encode(format!("\0postmaster\0{CANARY}"))
}

/// A fault at work in a server.
#[derive(Debug)]
pub(super) struct AtWork {
    acts: Vec<Act>,
    /// How often the moment of each act has come.
    came: Vec<AtomicU32>,
    met: AtomicBool,
    connected: AtomicBool,
    over: AtomicBool,
}

impl AtWork {
    pub(super) fn new(acts: &[Act]) -> Self {
        let came = acts.iter().map(|_| AtomicU32::new(0)).collect();
        let [met, connected, over] = [(); 3].map(|()| AtomicBool::new(false));
        Self { acts: acts.to_vec(), came, met, connected, over }
    }

    /// True when something of it has happened; where nothing is to happen, as with a certificate,
    /// that somebody has connected.
    pub(super) fn was_met(&self) -> bool {
        let met = if self.acts.is_empty() { &self.connected } else { &self.met };
        met.load(Ordering::SeqCst)
    }

    /// From now on the server behaves.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// What happens in this moment.
    pub(super) fn turn(&self, talk: &mut Talk, moment: &Moment<'_>) -> io::Result<Turn> {
        if matches!(moment, Moment::Connected) {
            self.connected.store(true, Ordering::SeqCst);
        }
        if self.over.load(Ordering::SeqCst) {
            return Ok(Turn::Yours);
        }
        for (act, came) in self.acts.iter().zip(&self.came) {
            if !is_due(act.at, moment) || came.fetch_add(1, Ordering::SeqCst) >= act.times {
                continue;
            }
            self.met.store(true, Ordering::SeqCst);
            let mut play = Play { talk, moment };
            for &step in &act.steps {
                if matches!(step, Step::Over) {
                    return Ok(Turn::Over);
                }
                play.step(step)?;
            }
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    }
}

fn is_due(at: At, moment: &Moment<'_>) -> bool {
    match (at, moment) {
        (At::Connect, Moment::Connected) | (At::Greeting, Moment::Greeting) => true,
        (At::Command(name), Moment::Command(command)) => command.is(name),
        (At::Login, Moment::Command(command)) => command.is("LOGIN") || command.is("AUTHENTICATE"),
        (At::Fetch, Moment::Command(command)) => command.fetches_messages(),
        (At::Message(wanted), Moment::Message(_, (_, uid, _))) => wanted == *uid,
        _ => false,
    }
}

/// One moment of a connection in which the fault happens.
struct Play<'a, 'b> {
    talk: &'a mut Talk,
    moment: &'a Moment<'b>,
}

impl Play<'_, '_> {
    fn due(&self) -> Due {
        match self.moment {
            Moment::Message(_, due) => (*due).clone(),
            _ => (1, 10, Vec::new()),
        }
    }

    /// A text with everything filled in.
    fn fill(&self, text: &str) -> String {
        let (number, uid, bytes) = self.due();
        let (tag, line) = match self.moment {
            Moment::Command(command) | Moment::Message(command, _) => {
                (command.tag.as_str(), command.line.as_str())
            }
            _ => ("*", ""),
        };
        text.replace("{tag}", tag)
            .replace("{n}", &number.to_string())
            .replace("{uid}", &uid.to_string())
            .replace("{size}", &bytes.len().to_string())
            .replace("{line}", line)
            .replace("{password}", CANARY)
            .replace("{secret}", &secret())
    }

    fn step(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Text(text) => self.talk.send(self.fill(text).as_bytes()),
            Step::Line(text) => self.talk.say(&self.fill(text)),
            Step::Bytes(bytes) => self.talk.send(bytes),
            Step::Below(bytes) => io::Write::write_all(self.talk.tcp()?, bytes),
            Step::Head(rest) => self.talk.say(&self.fill(&format!("{HEAD}{rest}"))),
            Step::Body => self.talk.send(&self.due().2),
            Step::Half => {
                let bytes = self.due().2;
                self.talk.send(&bytes[..bytes.len() / 2])
            }
            Step::Messages(uids) => self.messages(uids),
            Step::Flood(piece, bytes) => self.flood(piece, bytes),
            Step::Drip(piece) => self.drip(piece),
            Step::Properly => self.talk.properly(self.moment),
            Step::Done => self.talk.say(&self.fill("{tag} OK done")),
            Step::Does(most) => {
                let (Moment::Command(command) | Moment::Message(command, _)) = self.moment else {
                    return Ok(());
                };
                let said = self.talk.does(command, most);
                let asked_for_words = said.contains("COPYUID") && most != 5;
                self.talk.send(if asked_for_words { said.as_bytes() } else { b"" })
            }
            Step::Take(uid) => {
                let mut edits = self.talk.server.edits.lock().expect("the folders");
                edits.flag("INBOX", uid, "$DLTaken", true);
                Ok(())
            }
            Step::Hear => self.talk.line().map(drop),
            Step::Pause(time) => {
                std::thread::park_timeout(time);
                Ok(())
            }
            Step::Silence => self.talk.fall_silent(),
            Step::Close => self.talk.close(),
            Step::Reset => self.talk.reset(),
            _ => {
                self.change(step);
                Ok(())
            }
        }
    }

    /// A step after which the server is another one.
    fn change(&mut self, step: Step) {
        let mut mailbox = self.talk.server.mailbox.lock().expect("the mailbox");
        match step {
            Step::Bytewise => self.talk.manner = Manner::Bytewise,
            Step::LfOnly => {
                self.talk.manner = Manner::LfOnly;
                for (_, text) in &mut mailbox.messages {
                    text.retain(|&byte| byte != b'\r');
                }
            }
            Step::Validity(validity) => mailbox.validity = validity,
            Step::Replace => *mailbox = Mailbox { validity: 78, ..Mailbox::of(5) },
            Step::Expunge(uid) => mailbox.messages.retain(|(other, _)| *other != uid),
            _ => {}
        }
    }

    /// Messages in this order, as far as they were asked for.
    fn messages(&mut self, uids: &[u32]) -> io::Result<()> {
        let (Moment::Command(command) | Moment::Message(command, _)) = self.moment else {
            return Ok(());
        };
        let asked = self.talk.asked(command);
        for wanted in uids {
            for (number, uid, bytes) in &asked {
                if uid == wanted {
                    self.talk.message(*number, *uid, bytes)?;
                }
            }
        }
        Ok(())
    }

    fn flood(&mut self, piece: &str, bytes: u64) -> io::Result<()> {
        let piece = self.fill(piece);
        let times = (16_384 / piece.len()).max(1);
        let block = piece.repeat(times).into_bytes();
        let mut left = bytes;
        while left >= block.len() as u64 {
            self.talk.send(&block)?;
            left -= block.len() as u64;
        }
        while left >= piece.len() as u64 {
            self.talk.send(piece.as_bytes())?;
            left -= piece.len() as u64;
        }
        Ok(())
    }

    fn drip(&mut self, piece: &str) -> io::Result<()> {
        loop {
            for byte in piece.as_bytes().chunks(1) {
                self.talk.send(byte)?;
                std::thread::park_timeout(DRIP);
            }
        }
    }
}
