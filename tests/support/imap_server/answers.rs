//! What a server that behaves answers to each command.

use std::fmt::Write as _;
use std::io;

use super::editing::is_edit;
use super::{Command, Due, Encrypt, Mailbox, Moment, Talk, hang_up};

impl Talk {
    /// Answers as a server should.
    pub(crate) fn answer(&mut self, command: &Command) -> io::Result<()> {
        let tag = &command.tag;
        if is_edit(command) {
            return self.edit(command);
        }
        match command.line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "CAPABILITY" => {
                let capability = format!("* CAPABILITY {}", self.server.capability);
                self.say(&capability)?;
                self.say(&format!("{tag} OK done"))
            }
            "STARTTLS" => {
                let Encrypt::WhenAsked(identity) = self.server.encrypt.clone() else {
                    return self.say(&format!("{tag} BAD no TLS here"));
                };
                self.say(&format!("{tag} OK begin TLS"))?;
                self.begin_tls(identity)
            }
            "AUTHENTICATE" => {
                self.say("+ ")?;
                self.line()?;
                self.say(&format!("{tag} OK logged in"))
            }
            "EXAMINE" => self.examine(tag),
            "LIST" => {
                self.say("* LIST (\\HasNoChildren) \"/\" INBOX")?;
                self.say("* LIST (\\Noselect) \"/\" \"closed\"")?;
                self.say("* LIST () \"/\" \"Zwr&APMBBw-\"")?;
                self.say("* LIST () \"/\" \"back\\\\slash \\\"quoted\\\"\"")?;
                self.send(b"* LIST () \"/\" {5}\r\na (b)\r\n* LIST () NIL r\xf6w\r\n")?;
                self.say(&format!("{tag} OK done"))
            }
            "UID" | "FETCH" => self.fetch(command),
            "IDLE" => {
                self.say("+ idling")?;
                self.line()?;
                self.say(&format!("{tag} OK done"))
            }
            "LOGOUT" => {
                self.say("* BYE bye")?;
                self.say(&format!("{tag} OK done"))?;
                hang_up()
            }
            _ => self.say(&format!("{tag} OK done")),
        }
    }

    /// Answers EXAMINE.
    pub(crate) fn examine(&mut self, tag: &str) -> io::Result<()> {
        let Mailbox { validity, next, messages } =
            self.server.mailbox.lock().expect("the mailbox").clone();
        let text = format!(
            "* FLAGS (\\Seen)\r\n* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {validity}] valid\r\n\
             * OK [UIDNEXT {next}] next\r\n{tag} OK [READ-ONLY] opened\r\n",
            messages.len()
        );
        self.send(text.as_bytes())
    }

    /// The messages that a FETCH asks for: sequence numbers, UIDs, bytes.
    pub(crate) fn asked(&self, command: &Command) -> Vec<Due> {
        let by_uid = command.is("UID ");
        let set = command.line.split(' ').nth(if by_uid { 2 } else { 1 }).unwrap_or_default();
        let ranges: Vec<(u32, u32)> = set
            .split(',')
            .map(|r| r.split_once(':').unwrap_or((r, r)))
            .map(|(low, high)| (low.parse().expect("a number"), high.parse().unwrap_or(u32::MAX)))
            .collect();
        let messages = self.server.mailbox.lock().expect("the mailbox").messages.clone();
        let numbered = (1..).zip(messages).map(|(number, (uid, bytes))| (number, uid, bytes));
        numbered
            .filter(|(number, uid, _)| {
                let key = if by_uid { uid } else { number };
                ranges.iter().any(|(low, high)| (low..=high).contains(&key))
            })
            .collect()
    }

    /// One FETCH response.
    pub(crate) fn message(&mut self, number: u32, uid: u32, bytes: &[u8]) -> io::Result<()> {
        let date = "17-Jul-2026 02:44:25 +0200";
        let head = format!(
            "* {number} FETCH (UID {uid} INTERNALDATE \"{date}\" BODY[]<0> {{{}}}\r\n",
            bytes.len()
        );
        self.send(&[head.as_bytes(), bytes, b")\r\n"].concat())
    }

    fn fetch(&mut self, command: &Command) -> io::Result<()> {
        let most = command
            .line
            .split_once("<0.")
            .and_then(|(_, rest)| rest.split('>').next()?.parse().ok());
        let mut out = String::new();
        for (number, uid, mut bytes) in self.asked(command) {
            let Some(most) = most else {
                writeln!(out, "* {number} FETCH (UID {uid})\r").map_err(io::Error::other)?;
                continue;
            };
            bytes.truncate(most);
            if !self.meet(&Moment::Message(command, &(number, uid, bytes)))? {
                return Ok(());
            }
        }
        self.send(out.as_bytes())?;
        self.say(&format!("{} OK done", command.tag))
    }
}
