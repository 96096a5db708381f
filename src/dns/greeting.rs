//! How a mail server greets us: its banner, whether it offers STARTTLS, and good-bye (RFC 5321, RFC
//! 3207). No address is ever named to it.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::checks::{Greeting, Trouble};
use crate::mail::SafeText;

use super::budget::Budget;
use super::exchange::{connect, is_pause};

/// The longest that one server is waited for; good ones let strangers wait a little.
const PATIENCE: Duration = Duration::from_secs(8);
/// Bytes of a reply, and of what is shown of it.
const LONGEST: usize = 8 << 10;
const SHOWN: usize = 200;
/// Lines of a reply.
const LINES: usize = 64;

/// Connects and talks.
pub(super) fn greet(ip: IpAddr, port: u16, budget: &Budget) -> Greeting {
    let budget = budget.at_most(PATIENCE);
    let stream = match connect(SocketAddr::new(ip, port), &budget) {
        Ok(stream) => stream,
        Err(Trouble::Cancelled) => return Greeting::Trouble(Trouble::Cancelled),
        Err(Trouble::Unreachable) => {
            return Greeting::Failure(SafeText::new("the connection is refused"));
        }
        Err(_) => return Greeting::Failure(SafeText::new("no connection in time")),
    };
    let mut talk = SmtpTalk { stream, budget, heard: Vec::new() };
    match talk.through() {
        Ok(greeting) => greeting,
        Err(Trouble::Cancelled) => Greeting::Trouble(Trouble::Cancelled),
        Err(Trouble::Spent) => {
            Greeting::Failure(SafeText::new("a connection, but no greeting in time"))
        }
        Err(_) => Greeting::Failure(SafeText::new("the connection ends without a greeting")),
    }
}

struct SmtpTalk {
    stream: TcpStream,
    budget: Budget,
    heard: Vec<u8>,
}

impl SmtpTalk {
    fn through(&mut self) -> Result<Greeting, Trouble> {
        let banner = self.reply()?;
        let first = shown(&banner);
        if !first.starts_with('2') {
            let _ = self.say("QUIT");
            return Ok(Greeting::Refusal(first));
        }
        self.say("EHLO localhost.localdomain")?;
        let offers = self.reply().unwrap_or_default();
        let starttls = offers.iter().any(|line| is_starttls(line));
        // What it says to that no longer matters.
        let _ = self.say("QUIT");
        Ok(Greeting::Welcome { banner: first, starttls })
    }

    fn say(&mut self, line: &str) -> Result<(), Trouble> {
        let left = self.budget.left().max(Duration::from_millis(1));
        self.stream.set_write_timeout(Some(left)).map_err(|_| Trouble::Unreachable)?;
        let said = self.stream.write_all(format!("{line}\r\n").as_bytes());
        said.map_err(|_| Trouble::Unreachable)
    }

    /// The lines of a reply.
    fn reply(&mut self) -> Result<Vec<Vec<u8>>, Trouble> {
        let mut lines = Vec::new();
        while lines.len() < LINES {
            let line = self.line()?;
            let goes_on = line.get(3) == Some(&b'-');
            lines.push(line);
            if !goes_on {
                break;
            }
        }
        Ok(lines)
    }

    fn line(&mut self) -> Result<Vec<u8>, Trouble> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.heard) {
                let rest = self.heard.split_off(end + 1);
                return Ok(std::mem::replace(&mut self.heard, rest));
            }
            if self.heard.len() > LONGEST {
                return Err(Trouble::Broken);
            }
            let slice = self.budget.slice()?;
            self.stream.set_read_timeout(Some(slice)).map_err(|_| Trouble::Unreachable)?;
            let mut buffer = [0; 1024];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(Trouble::Broken),
                Ok(length) => self.heard.extend_from_slice(&buffer[..length]),
                Err(error) if is_pause(&error) => {}
                Err(_) => return Err(Trouble::Broken),
            }
        }
    }
}

/// The first line as it is shown.
fn shown(lines: &[Vec<u8>]) -> SafeText {
    let Some(line) = lines.first() else { return SafeText::default() };
    SafeText::from_bytes(&line[..line.len().min(SHOWN)])
}

fn is_starttls(line: &[u8]) -> bool {
    line.get(4..).is_some_and(|offer| offer.trim_ascii().eq_ignore_ascii_case(b"STARTTLS"))
}
