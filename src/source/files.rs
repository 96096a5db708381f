//! Files and folders as the user names them: messages, mboxes, Maildirs, folders of any of these.
//!
//! Each folder is visited once, whatever links lead to it, and each file is read once, under the
//! first of its names. What cannot be read is told; the rest is read all the same.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs::{Metadata, symlink_metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec::IntoIter;

use crate::human::count;
use crate::mail::SafeText;

use super::Error;
use super::disk::{FileStamp, metadata, names, strange};
use super::maildir::{self, Names};

/// Bytes of the longest path that is followed.
const PATH_BYTES: usize = 16 << 10;
/// How many of many are told one by one.
const TOLD: usize = 100;

/// A file that holds messages.
#[derive(Clone, Debug)]
pub struct MessageFile {
    folder: Arc<Folder>,
    name: Box<OsStr>,
    /// What it holds.
    pub form: FileForm,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// One message or an mbox.
    File,
    /// A message of a Maildir, one whatever it begins with.
    Mail,
    /// What another program writes into a pipe: it can be read once.
    Pipe,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Its path below the folder that was named.
    label: PathBuf,
}

impl MessageFile {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path.join(&*self.name)
    }

    /// What to call it: its path below the folder that was named; the name of the file where a
    /// file was named. Bytes that are no UTF-8 stand as `\xff`.
    #[must_use]
    pub fn label(&self) -> String {
        spelled(&self.folder.label.join(&*self.name))
    }

    /// Where it is, as it is shown.
    pub(super) fn shown(&self) -> SafeText {
        SafeText::new(&spelled(&self.path()))
    }

    /// The folder it is in, and its name there.
    pub(super) fn parts(&self) -> (&Path, &OsStr) {
        (&self.folder.path, &self.name)
    }

    /// A path that stays the same when a Maildir sets flags or moves from `new` to `cur`.
    pub(super) fn stable(&self) -> PathBuf {
        if self.form == FileForm::Mail {
            let folder = maildir::root(&self.folder.path).join("cur");
            return folder.join(maildir::unique(&self.name));
        }
        self.path()
    }
}

/// What is under the paths a user named.
#[derive(Debug, Default)]
pub struct Listing {
    /// The files, in the order named and sorted inside folders.
    pub files: Vec<MessageFile>,
    /// Where in them those of each path begin.
    pub begins: Vec<usize>,
    /// What cannot be read.
    pub unread: Sentences,
    /// What was left out because it was read under another name.
    pub again: Sentences,
}

/// Sentences, of which many are counted and not kept.
#[derive(Debug, Default)]
pub struct Sentences {
    first: Vec<SafeText>,
    all: usize,
}

impl Sentences {
    /// One sentence more.
    pub fn push(&mut self, sentence: SafeText) {
        self.all += 1;
        if self.first.len() < TOLD {
            self.first.push(sentence);
        }
    }

    /// All of others as well.
    pub fn append(&mut self, others: Self) {
        self.all += others.all;
        self.first.extend(others.first);
        self.first.truncate(TOLD);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all == 0
    }

    /// The first of them, `most` at most, and how many more there are.
    #[must_use]
    pub fn lines(&self, most: usize) -> Vec<SafeText> {
        let mut lines: Vec<SafeText> = self.first.iter().take(most).cloned().collect();
        if lines.len() < self.all {
            let more = count(self.all - lines.len());
            lines.push(SafeText::new(&format!("and {more} more like these")));
        }
        lines
    }
}

/// The files under the paths a user named. In a Maildir the messages of `cur` and `new` count, not
/// what is still being written to `tmp`.
#[must_use]
pub fn list(paths: &[PathBuf]) -> Listing {
    let mut walk = FolderWalk::default();
    for path in paths {
        walk.listing.begins.push(walk.listing.files.len());
        walk.named(path);
    }
    walk.listing
}

/// A walk through folders.
#[derive(Default)]
struct FolderWalk {
    listing: Listing,
    /// Device and inode of the folders that were visited.
    folders: HashSet<(u64, u64)>,
    /// What was listed: a file under two names is the same only if all that is known of it agrees,
    /// since some file systems give their files numbers that mean little.
    files: HashSet<FileStamp>,
    /// The folders in which the walk is, the innermost last.
    inside: Vec<Level>,
}

/// A folder whose entries are visited.
struct Level {
    folder: Arc<Folder>,
    entries: IntoIter<Box<OsStr>>,
    /// In a Maildir: the messages of `new` and of `cur`.
    mail: Option<[io::Result<Names>; 2]>,
    /// What its files are.
    form: FileForm,
}

impl FolderWalk {
    fn named(&mut self, path: &Path) {
        let meta = match metadata(path) {
            Ok(meta) => meta,
            Err(error) => return self.unread(path, &error),
        };
        if meta.is_dir() {
            self.enter(path.to_path_buf(), PathBuf::new(), &meta);
            return self.walk();
        }
        let name = path.file_name().unwrap_or(path.as_os_str());
        let parent = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let mail = maildir::is_message(&parent, name);
        let form = match mail {
            true => FileForm::Mail,
            false if meta.file_type().is_fifo() => FileForm::Pipe,
            false => FileForm::File,
        };
        let folder = Arc::new(Folder { path: parent, label: PathBuf::new() });
        self.file(MessageFile { folder, name: name.into(), form }, &meta);
    }

    /// Visits what is in the folders that were entered.
    fn walk(&mut self) {
        while let Some(level) = self.inside.last_mut() {
            let Some(name) = level.entries.next() else {
                self.inside.pop();
                continue;
            };
            let (folder, form) = (Arc::clone(&level.folder), level.form);
            let path = folder.path.join(&*name);
            match metadata(&path) {
                Ok(meta) if meta.is_dir() => self.subfolder(&folder, &name, &meta),
                Ok(meta) => {
                    let named = form == FileForm::File && maildir::is_message(&folder.path, &name);
                    let form = if named { FileForm::Mail } else { form };
                    self.file(MessageFile { folder, name, form }, &meta);
                }
                Err(error) if form == FileForm::Mail && error.kind() == io::ErrorKind::NotFound => {
                    // It was moved: who reads it looks for it.
                    self.listing.files.push(MessageFile { folder, name, form });
                }
                Err(error) => self.unread(&path, &told(&path, error)),
            }
        }
    }

    /// Enters a folder, unless that was done before.
    fn enter(&mut self, path: PathBuf, label: PathBuf, meta: &Metadata) {
        if !self.is_new(&path, meta) {
            return;
        }
        let mut entries = match names(&path) {
            Ok(entries) => entries,
            Err(error) => return self.unread(&path, &error),
        };
        entries.sort();
        let mut mail = None;
        if maildir::is_maildir(&path) {
            mail = Some(maildir::list(&path));
            entries.retain(|name| &**name != "tmp" && !is_index(name));
        }
        let folder = Arc::new(Folder { path, label });
        self.inside.push(Level {
            folder,
            entries: entries.into_iter(),
            mail,
            form: FileForm::File,
        });
    }

    fn subfolder(&mut self, folder: &Folder, name: &OsStr, meta: &Metadata) {
        let (path, label) = (folder.path.join(name), folder.label.join(name));
        if path.as_os_str().len() > PATH_BYTES {
            let reason = format!("its path is longer than {} bytes", count(PATH_BYTES));
            return self.unread(&path, &io::Error::other(reason));
        }
        let number = ["new", "cur"].iter().position(|sub| name == *sub);
        let level = self.inside.last_mut();
        let Some((number, mail)) = number.zip(level.and_then(|level| level.mail.as_mut())) else {
            return self.enter(path, label, meta);
        };
        let names = std::mem::replace(&mut mail[number], Ok(Names::new()));
        if !self.is_new(&path, meta) {
            return;
        }
        match names {
            Ok(names) => {
                let folder = Arc::new(Folder { path, label });
                let entries = names.into_iter();
                self.inside.push(Level { folder, entries, mail: None, form: FileForm::Mail });
            }
            Err(error) => self.unread(&path, &error),
        }
    }

    /// Notes a folder; false, and told, when it was visited before.
    fn is_new(&mut self, path: &Path, meta: &Metadata) -> bool {
        let new = self.folders.insert((meta.dev(), meta.ino()));
        if !new {
            self.again(path, "leads to a folder that was read already");
        }
        new
    }

    fn file(&mut self, file: MessageFile, meta: &Metadata) {
        if file.form != FileForm::Pipe
            && let Some(what) = strange(meta)
        {
            return self.unread(&file.path(), &io::Error::other(what));
        }
        if self.files.insert(FileStamp::of(meta)) {
            self.listing.files.push(file);
        } else {
            self.again(&file.path(), "is a file that was read already under another name");
        }
    }

    fn unread(&mut self, path: &Path, error: &io::Error) {
        self.listing.unread.push(SafeText::new(&failed(path, error).to_string()));
    }

    fn again(&mut self, path: &Path, what: &str) {
        let text = format!("{} {what}; its messages count once", spelled(path));
        self.listing.again.push(SafeText::new(&text));
    }
}

/// What is wrong with an entry of a folder that leads nowhere.
fn told(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::NotFound {
        return error;
    }
    let link = symlink_metadata(path).is_ok();
    io::Error::other(if link { "it is a link that leads nowhere" } else { VANISHED })
}

/// Said of a file that another program took away.
pub(super) const VANISHED: &str = "it is no longer there";

/// Files that IMAP servers keep beside the messages of a Maildir.
fn is_index(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.starts_with(b"dovecot")
        || name.starts_with(b"courierimap")
        || name == b"subscriptions"
        || name == b"maildirfolder"
        || name.starts_with(b"maildirsize")
}

/// A path in letters; bytes that are no UTF-8 stand as `\xff`.
fn spelled(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to memory cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The error for a path that cannot be read.
#[must_use]
pub fn failed(path: &Path, error: &io::Error) -> Error {
    Error::File { path: SafeText::new(&spelled(path)), reason: SafeText::new(&error.to_string()) }
}
