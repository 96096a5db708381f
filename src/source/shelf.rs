//! Where the messages of files stand, by their numbers; and how one is found again that another
//! program has moved.

use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use memchr::memmem;

use super::disk::{FileStamp, is_fresh, metadata, pause};
use super::files::{FileForm, MessageFile, failed};
use super::mbox::{self, Stored};
use super::open_file::OpenFile;
use super::pass::Standing;
use super::print::{Print, significant};
use super::steady::{SETTLED, Steady};
use super::{Canceller, Error, Place, Reader};

/// How long a message is looked for in a file that other programs change.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a file may not be there while another takes its place.
const ABSENCE: Duration = Duration::from_millis(200);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// A message and where it stood.
#[derive(Clone, Debug)]
pub(super) struct Shelved {
    file: Arc<MessageFile>,
    offset: u64,
    counted: bool,
    print: Print,
    /// Bytes of which the print was taken, if more may be written to it: it was the last of its
    /// file, and its header was whole.
    growing: Option<usize>,
}

impl Shelved {
    /// A message that was found in a file.
    pub(super) fn new(file: Arc<MessageFile>, found: &Standing<'_>) -> Self {
        let Standing { stored: Stored { bytes, offset, counted, last, .. }, print, .. } = *found;
        let growing = (last && has_header(bytes)).then(|| significant(bytes));
        Self { file, offset, counted, print, growing }
    }

    /// True when this is the message with what was written to it since.
    pub(super) fn is_grown(&self, offset: u64, bytes: &[u8]) -> bool {
        let Some(length) = self.growing else { return false };
        offset == self.offset && bytes.len() > length && Print::of(&bytes[..length]) == self.print
    }

    pub(super) fn file(&self) -> &MessageFile {
        &self.file
    }

    pub(super) fn print(&self) -> Print {
        self.print
    }
}

/// True when a header and the empty line behind it are there.
fn has_header(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"\n\n").is_some() || memmem::find(bytes, b"\n\r\n").is_some()
}

/// The messages of a mailbox by their numbers, from 1; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf(Arc<Mutex<Vec<Shelved>>>);

impl Shelf {
    /// Gives a message its number.
    pub(super) fn add(&self, message: Shelved) -> u32 {
        let mut all = self.all();
        all.push(message);
        u32::try_from(all.len()).unwrap_or(u32::MAX)
    }

    /// The message of a number.
    pub(super) fn get(&self, uid: u32) -> Option<Shelved> {
        let at = (uid as usize).checked_sub(1)?;
        self.all().get(at).cloned()
    }

    /// Notes where a message stands now.
    pub(super) fn put(&self, uid: u32, message: Shelved) {
        if let Some(old) = self.all().get_mut((uid as usize).wrapping_sub(1)) {
            *old = message;
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<Shelved>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches single messages of files.
pub(super) struct ShelfReader {
    shelf: Shelf,
    steady: Steady,
    stop: Arc<AtomicBool>,
}

impl ShelfReader {
    pub(super) fn new(shelf: Shelf) -> Self {
        Self { shelf, steady: Steady::default(), stop: Arc::default() }
    }

    /// Looks for a message where it stood, and then in all of its file; the first time after that
    /// has come to rest, where it matters.
    fn seek(&mut self, uid: u32, wanted: &Shelved, first: bool) -> io::Result<Sought> {
        let opened = self.steady.open(&wanted.file)?;
        let unsure = first && wanted.growing.is_some() || opened.meta.len() == 0;
        let OpenFile { file, meta, .. } = if unsure { opened.settled()? } else { opened };
        let stamp = FileStamp::of(&meta);
        let mut seeking = Seeking { wanted, file: &file, stamp, stop: &self.stop, found: None };
        let mut result = Ok(());
        if wanted.file.form == FileForm::Mail {
            result = mbox::alone(mbox::contents(&file, meta.len())?, meta.len(), &mut |message| {
                seeking.look(message)
            });
        } else {
            seeking.where_it_stood()?;
            if seeking.found.is_none() {
                (&file).seek(SeekFrom::Start(0))?;
                let contents = mbox::contents(&file, meta.len())?;
                result = mbox::split_sized(contents, meta.len(), &mut |m| seeking.look(m));
            }
        }
        if let Some((bytes, now)) = seeking.found {
            self.shelf.put(uid, now);
            return Ok(Sought::Found(bytes));
        }
        result?;
        let replaced = wanted.file.form != FileForm::Mail
            && metadata(&wanted.file.path()).is_ok_and(|now| FileStamp::of(&now) != stamp);
        let moving =
            replaced || is_fresh(&meta, SETTLED) || FileStamp::of(&file.metadata()?) != stamp;
        Ok(if moving { Sought::NotYet } else { Sought::Nowhere })
    }
}

/// What came of looking for a message.
enum Sought {
    Found(Vec<u8>),
    /// It is not there, but the file is being changed.
    NotYet,
    Nowhere,
}

/// Looks for one message among others.
struct Seeking<'a> {
    wanted: &'a Shelved,
    file: &'a File,
    /// What the file was before it was read.
    stamp: FileStamp,
    stop: &'a AtomicBool,
    found: Option<(Vec<u8>, Shelved)>,
}

impl Seeking<'_> {
    fn where_it_stood(&mut self) -> io::Result<()> {
        let mut file = self.file;
        let Shelved { offset, counted, .. } = *self.wanted;
        file.seek(SeekFrom::Start(offset))?;
        mbox::split_from(file, offset, counted, &mut |message| {
            let _ = self.look(message);
            ControlFlow::Break(())
        })?;
        Ok(())
    }

    fn stands_still(&self) -> bool {
        self.file.metadata().is_ok_and(|now| FileStamp::of(&now) == self.stamp)
    }

    fn look(&mut self, message: Stored<'_>) -> ControlFlow<()> {
        let Stored { bytes, offset, counted, last, .. } = message;
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        // What it says is proof. What begins like it is no more than that, if another program
        // writes the file meanwhile.
        let same = Print::of(bytes) == self.wanted.print
            || self.wanted.is_grown(offset, bytes) && self.stands_still();
        if !same {
            return ControlFlow::Continue(());
        }
        let mut now = self.wanted.clone();
        (now.offset, now.counted) = (offset, counted);
        if !last {
            now.print = Print::of(bytes);
            now.growing = None;
        }
        self.found = Some((bytes.to_vec(), now));
        ControlFlow::Break(())
    }
}

impl Reader for ShelfReader {
    fn whole(&mut self, place: Place) -> Result<Vec<u8>, Error> {
        let wanted = self.shelf.get(place.uid).ok_or(Error::Gone)?;
        let begun = Instant::now();
        let mut first = true;
        loop {
            let patience = match self.seek(place.uid, &wanted, first) {
                Ok(Sought::Found(bytes)) => return Ok(bytes),
                Ok(Sought::NotYet) => PATIENCE,
                Ok(Sought::Nowhere) => Duration::ZERO,
                // Between two files that take each other's place.
                Err(error) if error.kind() == ErrorKind::NotFound => ABSENCE,
                Err(error) => return Err(failed(&wanted.file.path(), &error)),
            };
            if self.stop.swap(false, Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            if begun.elapsed() >= patience {
                return Err(Error::GoneFrom(wanted.file.shown()));
            }
            first = false;
            pause(PAUSE);
        }
    }

    fn canceller(&self) -> Canceller {
        let stop = Arc::clone(&self.stop);
        Canceller::new(move || stop.store(true, Ordering::Relaxed))
    }
}
