//! Files read while other programs write them: what is handed over stood in the file like that at
//! one moment, and each message is handed over once.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use super::disk::{self, FileStamp, is_fresh, pause};
use super::files::{FileForm, MessageFile, VANISHED};
use super::maildir::Moved;
use super::mbox::{self, Stored};
use super::print::Print;

/// Who writes a file pauses for no longer; and two changes that are nearer may have one time.
const QUIET: Duration = Duration::from_millis(50);
/// Some file systems count in two seconds.
const COARSE: Duration = Duration::from_secs(3);
/// A file that was written in so short a time may not be whole yet.
pub(super) const SETTLED: Duration = Duration::from_millis(500);
/// How often a file is read anew that is changed all the time.
const TRIES: u32 = 30;
/// How often a file is looked at once more that never comes to rest.
const RESTLESS: u32 = 10;
/// How long to wait before that, once more with every try.
const PAUSE: Duration = Duration::from_millis(2);

/// A message that stood in its file.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    pub(super) stored: Stored<'a>,
    pub(super) print: Print,
    /// What is known of the file.
    pub(super) meta: &'a Metadata,
}

/// Reads files that may be changed meanwhile.
#[derive(Default)]
pub struct Steady {
    moved: Moved,
}

/// What a file was when it had been read.
pub(super) struct ReadThrough {
    /// None when it may have been changed since without a trace.
    pub(super) stamp: Option<FileStamp>,
    /// True when all was read, and the file was whole as far as that can be known.
    pub(super) whole: bool,
}

impl Steady {
    /// Calls `take` with every message of a file until it breaks.
    ///
    /// # Errors
    /// When the file cannot be read, its compression is broken, or it never stands still.
    pub fn each(&mut self, file: &MessageFile, take: &mut mbox::Take<'_>) -> io::Result<()> {
        if file.form == FileForm::Pipe {
            return mbox::split(disk::open_pipe(&file.path())?, take);
        }
        self.read(file, &mut |found| take(found.stored)).map(drop)
    }

    /// Opens a file; a message of a Maildir also where it was moved to.
    pub(super) fn open(&mut self, file: &MessageFile) -> io::Result<(File, Metadata)> {
        let mut result = disk::open(&file.path());
        let (folder, name) = file.parts();
        let mut place: Option<PathBuf> = self.moved.noted(folder, name);
        for _ in 0..TRIES {
            match &result {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                _ => break,
            }
            if file.form == FileForm::Mail && place.is_none() {
                place = self.moved.look(folder, name);
            }
            let Some(path) = place.take() else {
                return Err(io::Error::new(ErrorKind::NotFound, VANISHED));
            };
            result = disk::open(&path);
        }
        result
    }

    /// Calls `take` with every message of a file until it breaks.
    pub(super) fn read(
        &mut self,
        file: &MessageFile,
        take: &mut dyn FnMut(Standing<'_>) -> ControlFlow<()>,
    ) -> io::Result<ReadThrough> {
        let mut pass =
            Pass { alone: file.form == FileForm::Mail, handed: Vec::new(), last: None, take };
        let (mut idle, mut anew, mut restless) = (0, 0, 0);
        loop {
            let before = pass.handed.len();
            let opened = self.open(file).and_then(settled);
            match opened {
                Ok((open, meta)) => match pass.run(&open, &meta, &mut anew)? {
                    // Who writes it may be in the middle.
                    PassEnd::Whole(true) if restless < RESTLESS && is_fresh(&meta, QUIET) => {
                        restless += 1;
                    }
                    PassEnd::Whole(whole) => {
                        let whole = whole && !is_fresh(&meta, SETTLED);
                        let stamp = (!is_fresh(&meta, COARSE)).then(|| FileStamp::of(&meta));
                        return Ok(ReadThrough { stamp, whole });
                    }
                    PassEnd::Changed => {}
                },
                Err(error) if pass.handed.is_empty() || !may_come_back(&error) => {
                    return Err(error);
                }
                Err(_) => {}
            }
            idle = if pass.handed.len() > before { 0 } else { idle + 1 };
            if idle > TRIES || anew > TRIES {
                let text = "other programs change it all the time; read it again later";
                return Err(io::Error::other(text));
            }
            pause(PAUSE * idle);
        }
    }
}

/// True when a file is put into the place of another one.
fn may_come_back(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::StaleNetworkFileHandle)
}

/// Waits until a file was not written for a moment, if that comes soon.
pub(super) fn settled((file, mut meta): (File, Metadata)) -> io::Result<(File, Metadata)> {
    for _ in 0..TRIES {
        if !is_fresh(&meta, QUIET) {
            break;
        }
        pause(QUIET / 4);
        meta = file.metadata()?;
    }
    Ok((file, meta))
}

/// How a pass ended.
enum PassEnd {
    /// Read to the end, or as far as was wanted (false).
    Whole(bool),
    /// Another program has changed the file.
    Changed,
}

/// Passes through one file, until one of them was not disturbed.
struct Pass<'a> {
    /// True for a file that is one message whatever it begins with.
    alone: bool,
    /// What was handed over, in all passes.
    handed: Vec<Print>,
    /// Where the last of them stood, and whether all before had told their length.
    last: Option<(u64, bool)>,
    take: &'a mut dyn FnMut(Standing<'_>) -> ControlFlow<()>,
}

impl Pass<'_> {
    fn run(&mut self, file: &File, meta: &Metadata, anew: &mut u32) -> io::Result<PassEnd> {
        if let Some((offset, counted)) = self.last
            && self.still_stands(file, offset, counted)?
        {
            let last = self.handed.last().copied();
            let mut file = file;
            file.seek(SeekFrom::Start(offset))?;
            return self.watched(file, meta, last.as_slice(), |take| {
                mbox::split_from(file, offset, counted, take).map(drop)
            });
        }
        *anew += u32::from(self.last.is_some());
        let (mut start, alone) = (file, self.alone);
        start.seek(SeekFrom::Start(0))?;
        let skip = self.handed.clone();
        self.watched(file, meta, &skip, |take| {
            let contents = mbox::contents(file, meta.len())?;
            if alone {
                mbox::alone(contents, meta.len(), take)
            } else {
                mbox::split_sized(contents, meta.len(), take)
            }
        })
    }

    /// True when the message that was handed over last stands where it stood: then only something
    /// was added behind it.
    fn still_stands(&self, mut file: &File, offset: u64, counted: bool) -> io::Result<bool> {
        file.seek(SeekFrom::Start(offset))?;
        let mut print = None;
        mbox::split_from(file, offset, counted, &mut |message| {
            print = Some(Print::of(message.bytes));
            ControlFlow::Break(())
        })?;
        Ok(print.is_some() && print.as_ref() == self.handed.last())
    }

    /// Hands over what `split` finds and is not among `skip`, so long as the file stands still.
    fn watched(
        &mut self,
        file: &File,
        meta: &Metadata,
        skip: &[Print],
        split: impl FnOnce(&mut mbox::Take<'_>) -> io::Result<()>,
    ) -> io::Result<PassEnd> {
        let mut skip = counted(skip);
        let before = FileStamp::of(meta);
        let (mut ended, mut trouble) = (PassEnd::Whole(true), None);
        let result = split(&mut |stored: Stored<'_>| {
            match file.metadata() {
                Ok(now) if FileStamp::of(&now) == before => {}
                Ok(_) => {
                    ended = PassEnd::Changed;
                    return ControlFlow::Break(());
                }
                Err(error) => {
                    trouble = Some(error);
                    return ControlFlow::Break(());
                }
            }
            let print = Print::of(stored.bytes);
            if let Some(left) = skip.get_mut(&print)
                && *left > 0
            {
                *left -= 1;
                return ControlFlow::Continue(());
            }
            self.handed.push(print);
            self.last = Some((stored.offset, stored.counted));
            let flow = (self.take)(Standing { stored, print, meta });
            if flow.is_break() {
                ended = PassEnd::Whole(false);
            }
            flow
        });
        trouble.map_or(Ok(()), Err)?;
        match (result, &ended) {
            // What was read of a file that is written anew may be anything.
            (Err(_), _) if FileStamp::of(&file.metadata()?) != before => Ok(PassEnd::Changed),
            (Err(error), PassEnd::Whole(_)) => Err(error),
            _ => Ok(ended),
        }
    }
}

fn counted(prints: &[Print]) -> HashMap<Print, u32> {
    let mut counted = HashMap::new();
    for print in prints {
        *counted.entry(*print).or_insert(0) += 1;
    }
    counted
}
