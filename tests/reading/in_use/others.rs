//! Programs that change a mailbox.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::world::{Dice, PAUSE, Pace, World};

/// Something that can change a mailbox.
pub(super) trait Other: Send {
    fn change(&mut self, world: &World, dice: &mut Dice);
}

pub(super) fn wait(dice: &mut Dice, most: u64) {
    thread::sleep(Duration::from_micros(dice.below(most)));
}

/// Writes a file anew: in its place, or by putting another one there.
fn write(world: &World, path: &Path, text: &str, dice: &mut Dice) {
    if world.pace == Pace::Usual && dice.below(2) == 0 {
        let new = world.folder.join("other.tmp");
        fs::write(&new, text).expect("written");
        return fs::rename(&new, path).expect("renamed");
    }
    let begun = Instant::now();
    world.truth().half = Some(begun);
    let mut file = OpenOptions::new().write(true).truncate(true).create(true).open(path);
    let file = file.as_mut().expect("opened");
    for piece in text.as_bytes().chunks(1 + text.len() / 3) {
        file.write_all(piece).expect("written");
        wait(dice, 300);
    }
    let mut truth = world.truth();
    truth.half = None;
    truth.slow += u64::from(begun.elapsed() > PAUSE);
}

/// An mbox, by the messages it holds and whether they are marked as read.
#[derive(Default)]
pub(super) struct Mbox {
    messages: Vec<(u64, bool)>,
}

impl Mbox {
    pub(super) fn entry(text: &str, read: bool) -> String {
        let mut out = String::from("From MAILER-DAEMON Thu Apr 30 05:55:20 2026\n");
        let text =
            if read { text.replacen("\n\n", "\nStatus: RO\n\n", 1) } else { text.to_owned() };
        for line in text.split_inclusive('\n') {
            let quoted = line.trim_start_matches('>').starts_with("From ");
            out += if quoted { ">" } else { "" };
            out += line;
        }
        out + "\n"
    }

    fn rewrite(&self, world: &World, dice: &mut Dice) {
        let truth = world.truth();
        let entries = self.messages.iter().map(|(n, read)| Self::entry(&truth.text(*n), *read));
        let text: String = entries.collect();
        drop(truth);
        write(world, &world.folder.join("box/mbox"), &text, dice);
    }

    pub(super) fn append(&mut self, world: &World, dice: &mut Dice) {
        let number = world.truth().new_message(dice);
        let entry = Self::entry(&world.truth().text(number), false);
        let file = OpenOptions::new().append(true).create(true).open(world.folder.join("box/mbox"));
        let (one, two) =
            entry.split_at(usize::try_from(dice.below(entry.len() as u64)).expect("small"));
        let mut file = file.expect("opened");
        file.write_all(one.as_bytes()).expect("written");
        // Sometimes so long that it is read before it is whole.
        let most = if dice.below(4) == 0 { 40_000 } else { 500 };
        wait(dice, most);
        file.write_all(two.as_bytes()).expect("written");
        self.messages.push((number, false));
        world.truth().there.insert(number);
    }
}

impl Other for Mbox {
    fn change(&mut self, world: &World, dice: &mut Dice) {
        let at = usize::try_from(dice.below(self.messages.len() as u64)).expect("small");
        match dice.below(8) {
            0..4 => return self.append(world, dice),
            _ if self.messages.is_empty() => return,
            4..6 => {
                let (number, _) = self.messages.remove(at);
                world.truth().remove(number);
            }
            6 => self.messages[at].1 ^= true,
            // Another one in its place.
            _ => {
                let new = world.truth().new_message(dice);
                let (old, _) = std::mem::replace(&mut self.messages[at], (new, false));
                world.truth().remove(old);
                self.rewrite(world, dice);
                world.truth().there.insert(new);
                return;
            }
        }
        self.rewrite(world, dice);
    }
}

/// Two Maildirs, one inside the other, by the messages and where they are; names are the same in
/// both.
#[derive(Default)]
pub(super) struct Maildir {
    messages: Vec<(u64, PathBuf)>,
}

impl Other for Maildir {
    fn change(&mut self, world: &World, dice: &mut Dice) {
        let box_ = world.folder.join("box");
        let at = usize::try_from(dice.below(self.messages.len() as u64)).expect("small");
        match dice.below(8) {
            0..3 => {
                let number = world.truth().new_message(dice);
                let text = world.truth().text(number);
                let sub = box_.join(if number.is_multiple_of(2) { ".Sub" } else { "" });
                let name = format!("{}.M1P1.host", number / 2);
                fs::write(sub.join("tmp").join(&name), text).expect("written");
                let path = sub.join("new").join(&name);
                fs::rename(sub.join("tmp").join(&name), &path).expect("renamed");
                self.messages.push((number, path));
                world.truth().there.insert(number);
            }
            _ if self.messages.is_empty() => {}
            3 => {
                let (number, path) = self.messages.remove(at);
                world.truth().remove(number);
                fs::remove_file(path).expect("removed");
            }
            turn => {
                let path = &mut self.messages[at].1;
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                let unique = name.split(':').next().unwrap_or_default();
                let root = path.parent().and_then(Path::parent).expect("a Maildir").to_path_buf();
                let flags = ["", "S", "RS", "FS"][usize::try_from(dice.below(4)).expect("small")];
                let new = match turn {
                    4 => root.join("new").join(unique),
                    _ => root.join("cur").join(format!("{unique}:2,{flags}")),
                };
                fs::rename(&*path, &new).expect("renamed");
                *path = new;
            }
        }
    }
}

/// A folder of files with one message each.
#[derive(Default)]
pub(super) struct Folder {
    messages: Vec<(u64, PathBuf)>,
}

impl Other for Folder {
    fn change(&mut self, world: &World, dice: &mut Dice) {
        let at = usize::try_from(dice.below(self.messages.len() as u64)).expect("small");
        let removes = !self.messages.is_empty();
        match dice.below(6) {
            0 if removes => {
                let (number, path) = self.messages.remove(at);
                world.truth().remove(number);
                fs::remove_file(path).expect("removed");
            }
            1 | 2 if removes => {
                let new = world.truth().new_message(dice);
                let old = std::mem::replace(&mut self.messages[at].0, new);
                world.truth().remove(old);
                let text = world.truth().text(new);
                write(world, &self.messages[at].1, &text, dice);
                world.truth().there.insert(new);
            }
            _ => {
                let number = world.truth().new_message(dice);
                let text = world.truth().text(number);
                let path = world.folder.join(format!("box/{number}.eml"));
                write(world, &path, &text, dice);
                self.messages.push((number, path));
                world.truth().there.insert(number);
            }
        }
    }
}
