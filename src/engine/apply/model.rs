//! A mailbox in memory whose server fails at any moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::source::imap::{self, Endpoint};
use crate::source::{Canceller, Copied, Editor, Error, Flagging, FoundMessage, OpenFolder};

/// What a server can do.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is there or not, whatever the others")]
pub(super) struct Abilities {
    pub(super) moves: bool,
    pub(super) expunges: bool,
    pub(super) counts: bool,
    /// It says where messages went, and whether that is true.
    pub(super) tells: Option<bool>,
    pub(super) keeps: bool,
}

pub(super) const ALL: Abilities =
    Abilities { moves: true, expunges: true, counts: true, tells: Some(true), keeps: true };

/// How a server fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failing {
    /// The connection breaks.
    Lost,
    /// The program is killed.
    Killed,
    /// The server refuses.
    Refused,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Folder {
    pub(super) validity: u32,
    pub(super) next: u32,
    pub(super) count: u64,
    pub(super) messages: Vec<FoundMessage>,
}

impl Folder {
    fn at(&mut self, uid: u32) -> Option<&mut FoundMessage> {
        self.messages.iter_mut().find(|message| message.uid == uid)
    }

    fn put(&mut self, message: &FoundMessage) -> u32 {
        let uid = self.next;
        self.next += 1;
        self.count += 1;
        self.messages.push(FoundMessage { uid, changed: Some(self.count), ..message.clone() });
        uid
    }
}

/// A server.
pub(super) struct World {
    pub(super) folders: BTreeMap<String, Folder>,
    pub(super) abilities: Abilities,
    /// It fails after so many things that it does.
    pub(super) fuse: Option<(u32, Failing)>,
}

impl World {
    /// One more thing is done.
    fn tick(&mut self) -> Result<(), Error> {
        let Some((left, how)) = &mut self.fuse else { return Ok(()) };
        if *left > 0 {
            *left -= 1;
            return Ok(());
        }
        let how = *how;
        self.fuse = None;
        let at = Endpoint { account: "lab".into(), server: "mail.birch.example".into() };
        Err(match how {
            Failing::Lost => Error::Imap(imap::Error::Lost { at, reason: "it broke".into() }),
            Failing::Refused => {
                let (command, said) = ("IT", "OVERQUOTA: full".into());
                Error::Imap(imap::Error::Refused { at, command, said })
            }
            Failing::Killed => Error::Cancelled,
        })
    }

    /// What people see in it: folder, Message-ID and flags of what is not deleted.
    pub(super) fn contents(&self) -> Vec<(String, String, BTreeSet<String>)> {
        let mut all = Vec::new();
        for (name, folder) in &self.folders {
            for message in &folder.messages {
                let flags: BTreeSet<String> = message.flags.iter().cloned().collect();
                if !flags.contains("\\Deleted") {
                    let id = message.message_id.as_deref().unwrap_or("none").to_owned();
                    all.push((name.clone(), id, flags));
                }
            }
        }
        all.sort();
        all
    }
}

pub(super) type Shared = Arc<Mutex<World>>;

pub(super) struct ModelEditor {
    pub(super) world: Shared,
    pub(super) open: String,
}

impl ModelEditor {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("nobody has panicked")
    }

    /// Copies messages one by one; says where they went.
    fn copies(&mut self, uids: &[u32], to: &str, moves: bool) -> Result<Option<Copied>, Error> {
        let open = self.open.clone();
        let mut world = self.world();
        world.tick()?;
        let tells = world.abilities.tells;
        let mut copied = Copied { validity: world.folders[to].validity, uids: Vec::new() };
        for &uid in uids {
            world.tick()?;
            let from = world.folders.get_mut(&open).expect("an open folder");
            let Some(message) = from.at(uid).cloned() else { continue };
            if moves {
                from.messages.retain(|message| message.uid != uid);
            }
            let at = world.folders.get_mut(to).expect("a folder").put(&message);
            copied.uids.push((uid, at));
        }
        world.tick()?;
        if tells == Some(false) {
            copied.uids.iter_mut().for_each(|(_, to)| *to /= 2);
        }
        Ok(tells.map(|_| copied))
    }
}

impl Editor for ModelEditor {
    fn open(&mut self, name: &str) -> Result<OpenFolder, Error> {
        self.open = name.to_owned();
        let mut world = self.world();
        world.tick()?;
        let Abilities { moves, expunges, counts, keeps, .. } = world.abilities;
        let Folder { validity, next, count, .. } = world.folders[name];
        let mut kept = vec!["\\Seen".to_owned(), "\\Flagged".to_owned(), "\\Deleted".to_owned()];
        kept.extend(keeps.then(|| "\\*".to_owned()));
        let changed = counts.then_some(count);
        Ok(OpenFolder { validity, next, changed, read_only: false, keeps: kept, moves, expunges })
    }

    fn look(&mut self, uids: &[u32]) -> Result<Vec<FoundMessage>, Error> {
        let mut found = self.arrived(1)?;
        found.retain(|message| uids.contains(&message.uid));
        Ok(found)
    }

    fn arrived(&mut self, from: u32) -> Result<Vec<FoundMessage>, Error> {
        let mut world = self.world();
        world.tick()?;
        let mut found = world.folders[&self.open].messages.clone();
        found.retain(|message| message.uid >= from);
        if !world.abilities.counts {
            for message in &mut found {
                message.changed = None;
            }
        }
        Ok(found)
    }

    fn flag(&mut self, uids: &[u32], flags: Flagging<'_>) -> Result<Vec<u32>, Error> {
        let mut world = self.world();
        world.tick()?;
        let mut modified = Vec::new();
        for &uid in uids {
            world.tick()?;
            let folder = world.folders.get_mut(&self.open).expect("an open folder");
            let count = folder.count + 1;
            let Some(message) = folder.at(uid) else { continue };
            if flags.unchanged_since.is_some_and(|since| message.changed > Some(since)) {
                modified.push(uid);
                continue;
            }
            message.flags.retain(|flag| !flags.names.contains(&flag.as_str()));
            if flags.set {
                message.flags.extend(flags.names.iter().map(|&name| name.to_owned()));
            }
            message.changed = Some(count);
            folder.count = count;
        }
        world.tick()?;
        Ok(modified)
    }

    fn shift(&mut self, uids: &[u32], folder: &str) -> Result<Option<Copied>, Error> {
        self.copies(uids, folder, true)
    }

    fn copy(&mut self, uids: &[u32], folder: &str) -> Result<Option<Copied>, Error> {
        self.copies(uids, folder, false)
    }

    fn expunge(&mut self, uids: &[u32]) -> Result<(), Error> {
        let mut world = self.world();
        for uid in uids {
            world.tick()?;
            let folder = world.folders.get_mut(&self.open).expect("an open folder");
            let marked = |m: &FoundMessage| m.flags.iter().any(|flag| flag == "\\Deleted");
            folder.messages.retain(|message| message.uid != *uid || !marked(message));
        }
        world.tick()
    }

    fn create(&mut self, folder: &str) -> Result<(), Error> {
        let mut world = self.world();
        world.tick()?;
        let made = Folder { validity: 99, next: 1, ..Folder::default() };
        world.folders.entry(folder.to_owned()).or_insert(made);
        Ok(())
    }

    fn trash(&mut self) -> Result<Option<String>, Error> {
        Ok(None)
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| {})
    }
}
