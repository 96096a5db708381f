//! What a server that behaves does when messages are changed: in INBOX, which is its mailbox, and in
//! a folder `Archive`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use super::{Command, Talk};

/// UIDVALIDITY of `Archive`.
pub(crate) const ARCHIVE: u32 = 90;
/// The first UID that is free in it.
const FIRST: u32 = 11;

/// What is known of messages besides their text.
#[derive(Debug)]
pub(crate) struct Edits {
    /// UIDs and texts of what is in `Archive`.
    pub(crate) archive: Vec<(u32, Vec<u8>)>,
    next: u32,
    /// Flags, by folder and UID.
    pub(crate) flags: BTreeMap<(String, u32), BTreeSet<String>>,
    changed: BTreeMap<(String, u32), u64>,
    count: u64,
    /// The folder that each connection has open.
    open: BTreeMap<u32, String>,
}

impl Default for Edits {
    fn default() -> Self {
        Self {
            archive: Vec::new(),
            next: FIRST,
            flags: BTreeMap::new(),
            changed: BTreeMap::new(),
            count: 1,
            open: BTreeMap::new(),
        }
    }
}

impl Edits {
    /// Sets or clears a flag.
    pub(crate) fn flag(&mut self, folder: &str, uid: u32, flag: &str, set: bool) {
        self.count += 1;
        let key = (folder.to_owned(), uid);
        self.changed.insert(key.clone(), self.count);
        let flags = self.flags.entry(key).or_default();
        if set {
            flags.insert(flag.to_owned());
        } else {
            flags.remove(flag);
        }
    }
}

/// True for the commands of this file.
pub(super) fn is_edit(command: &Command) -> bool {
    let names = ["SELECT", "CREATE", "UID STORE", "UID COPY", "UID MOVE", "UID EXPUNGE"];
    names.iter().any(|name| command.is(name)) || command.line.contains("RFC822.SIZE")
}

impl Talk {
    /// Answers a command that changes something, or that looks at messages before.
    pub(super) fn edit(&mut self, command: &Command) -> io::Result<()> {
        let mut name = "done".to_owned();
        if command.is("SELECT") {
            match self.select(command) {
                Some(said) => self.send(said.as_bytes())?,
                None => return self.say(&format!("{} NO [NONEXISTENT] what?", command.tag)),
            }
            "[READ-WRITE] opened".clone_into(&mut name);
        } else if command.is("CREATE") {
            return self.say(&format!("{} NO [NOPERM] not for you", command.tag));
        } else {
            let said = self.does(command, usize::MAX);
            self.send(said.as_bytes())?;
        }
        self.say(&format!("{} OK {name}", command.tag))
    }

    fn select(&mut self, command: &Command) -> Option<String> {
        let folder = command.line[6..].trim().trim_matches('"').to_owned();
        let (validity, next, count) = {
            let mailbox = self.server.mailbox.lock().expect("the mailbox");
            let edits = self.server.edits.lock().expect("the folders");
            match folder.as_str() {
                "INBOX" => (mailbox.validity, mailbox.next, mailbox.messages.len()),
                "Archive" => (ARCHIVE, edits.next, edits.archive.len()),
                _ => return None,
            }
        };
        let mut edits = self.server.edits.lock().expect("the folders");
        let changes = edits.count;
        edits.open.insert(self.connection, folder);
        Some(format!(
            "* FLAGS (\\Seen \\Deleted)\r\n* {count} EXISTS\r\n* 0 RECENT\r\n\
             * OK [PERMANENTFLAGS (\\Seen \\Deleted \\*)] kept\r\n\
             * OK [UIDVALIDITY {validity}] valid\r\n* OK [UIDNEXT {next}] next\r\n\
             * OK [HIGHESTMODSEQ {changes}] changes\r\n"
        ))
    }

    /// Does what a command asks for, to at most so many messages; what there is to say of that.
    pub(crate) fn does(&mut self, command: &Command, most: usize) -> String {
        let folder = {
            let edits = self.server.edits.lock().expect("the folders");
            edits.open.get(&self.connection).cloned().unwrap_or_default()
        };
        let set = command.line.split(' ').nth(2).unwrap_or_default().to_owned();
        let mut of = self.there(&folder, &set);
        of.truncate(most);
        if command.is("UID FETCH") {
            return self.shown(&folder, &of);
        }
        if command.is("UID STORE") {
            return self.stored(&folder, command, &of);
        }
        if command.is("UID EXPUNGE") {
            let mut gone = of;
            let edits = self.server.edits.lock().expect("the folders");
            gone.retain(|(uid, _)| {
                let flags = edits.flags.get(&(folder.clone(), *uid));
                flags.is_some_and(|flags| flags.contains("\\Deleted"))
            });
            drop(edits);
            self.remove(&folder, &gone);
            return String::new();
        }
        let placed = self.copied(&folder, &of);
        if command.is("UID MOVE") {
            self.remove(&folder, &of);
        }
        placed
    }

    /// The messages of a set.
    fn there(&self, folder: &str, set: &str) -> Vec<(u32, Vec<u8>)> {
        let mut all = match folder {
            "INBOX" => self.server.mailbox.lock().expect("the mailbox").messages.clone(),
            _ => self.server.edits.lock().expect("the folders").archive.clone(),
        };
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for piece in set.split(',') {
            let (low, high) = piece.split_once(':').unwrap_or((piece, piece));
            ranges.push((low.parse().unwrap_or(0), high.parse().unwrap_or(u32::MAX)));
        }
        all.retain(|(uid, _)| ranges.iter().any(|(low, high)| (low..=high).contains(&uid)));
        all
    }

    fn shown(&self, folder: &str, of: &[(u32, Vec<u8>)]) -> String {
        let edits = self.server.edits.lock().expect("the folders");
        let mut out = String::new();
        for (number, (uid, text)) in (1..).zip(of) {
            let key = (folder.to_owned(), *uid);
            let flags = edits.flags.get(&key).cloned().unwrap_or_default();
            let flags: Vec<String> = flags.into_iter().collect();
            let changed = edits.changed.get(&key).copied().unwrap_or(1);
            // A message is called by its subject, wherever it lies.
            let text_of = String::from_utf8_lossy(text).into_owned();
            let name = text_of.lines().next().unwrap_or_default().rsplit(' ').next();
            let header =
                format!("Message-ID: <{}@birch.example>\r\n\r\n", name.unwrap_or_default());
            write!(
                out,
                "* {number} FETCH (UID {uid} FLAGS ({}) INTERNALDATE \
                 \"17-Jul-2026 02:44:25 +0200\" RFC822.SIZE {} MODSEQ ({changed}) \
                 BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n",
                flags.join(" "),
                text.len(),
                header.len()
            )
            .expect("memory");
        }
        out
    }

    fn stored(&self, folder: &str, command: &Command, of: &[(u32, Vec<u8>)]) -> String {
        let mut edits = self.server.edits.lock().expect("the folders");
        let since = command.line.split_once("UNCHANGEDSINCE ");
        let since = since.and_then(|(_, rest)| rest.split(')').next()?.parse::<u64>().ok());
        let set = command.line.contains("+FLAGS");
        let flags = command.line.rsplit('(').next().unwrap_or_default().trim_end_matches(')');
        let mut modified = Vec::new();
        for (uid, _) in of {
            let changed = edits.changed.get(&(folder.to_owned(), *uid)).copied().unwrap_or(1);
            if since.is_some_and(|since| changed > since) {
                modified.push(uid.to_string());
                continue;
            }
            for flag in flags.split(' ') {
                edits.flag(folder, *uid, flag, set);
            }
        }
        if modified.is_empty() {
            return String::new();
        }
        format!("* OK [MODIFIED {}] changed\r\n", modified.join(","))
    }

    fn copied(&self, folder: &str, of: &[(u32, Vec<u8>)]) -> String {
        let (mut from, mut to) = (Vec::new(), Vec::new());
        for (uid, text) in of {
            let mut edits = self.server.edits.lock().expect("the folders");
            let mut mailbox = self.server.mailbox.lock().expect("the mailbox");
            let (other, new) = if folder == "INBOX" {
                edits.next += 1;
                let new = edits.next - 1;
                edits.archive.push((new, text.clone()));
                ("Archive", new)
            } else {
                mailbox.next += 1;
                let new = mailbox.next - 1;
                mailbox.messages.push((new, text.clone()));
                ("INBOX", new)
            };
            let flags = edits.flags.get(&(folder.to_owned(), *uid)).cloned().unwrap_or_default();
            edits.flags.insert((other.to_owned(), new), flags);
            from.push(uid.to_string());
            to.push(new.to_string());
        }
        if from.is_empty() {
            return String::new();
        }
        let validity = match folder {
            "INBOX" => ARCHIVE,
            _ => self.server.mailbox.lock().expect("the mailbox").validity,
        };
        format!("* OK [COPYUID {validity} {} {}] done\r\n", from.join(","), to.join(","))
    }

    fn remove(&self, folder: &str, of: &[(u32, Vec<u8>)]) {
        let mut edits = self.server.edits.lock().expect("the folders");
        let mut mailbox = self.server.mailbox.lock().expect("the mailbox");
        for (gone, _) in of {
            match folder {
                "INBOX" => mailbox.messages.retain(|(uid, _)| uid != gone),
                _ => edits.archive.retain(|(uid, _)| uid != gone),
            }
            edits.flags.remove(&(folder.to_owned(), *gone));
        }
    }
}
