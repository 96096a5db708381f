//! Files read while other programs write them: what is handed over stood in the file like that at
//! one moment, and each message is handed over once.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::disk::{self, FileStamp, is_fresh, pause};
use super::files::{FileForm, MessageFile, VANISHED};
use super::maildir::Moved;
use super::mbox;
use super::open_file::{OpenFile, QUIET};
use super::pass::{LookEnd, Pass, Standing};

/// Some file systems count in two seconds.
const COARSE: Duration = Duration::from_secs(3);
/// A file that was written in so short a time may not be whole yet.
pub(super) const SETTLED: Duration = Duration::from_millis(500);
/// How often a file is waited for that is changed all the time.
const TRIES: u32 = 30;
/// How many states of a file that never comes to rest are looked at in vain. A file that is written
/// anew again and again is whole in few of them.
const STATES: u32 = 60;
/// How long such a file is looked at once all of it was read.
const RESTLESS: Duration = Duration::from_secs(5);
/// How many empty files are, of all that are read together.
const EMPTY_FILES: u32 = 20;
/// How long to wait before that, once more with every try.
const PAUSE: Duration = Duration::from_millis(2);
/// The most of such pauses at once.
const PAUSES: u32 = 8;

/// Reads files that may be changed meanwhile.
#[derive(Default)]
pub struct Steady {
    moved: Moved,
    /// How many empty files were waited for.
    empty: u32,
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
    pub(super) fn open(&mut self, file: &MessageFile) -> io::Result<OpenFile> {
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
        let (file, meta) = result?;
        let quiet = !is_fresh(&meta, QUIET);
        Ok(OpenFile { file, meta, quiet })
    }

    /// Opens a file and waits until it rests, the first time that it is read; after that only where
    /// it is empty. Of many empty files not all are waited for.
    fn open_at_rest(&mut self, file: &MessageFile, first: bool) -> io::Result<OpenFile> {
        let opened = self.open(file)?;
        if first && opened.meta.len() == 0 {
            self.empty += 1;
            if self.empty > EMPTY_FILES && opened.quiet {
                return Ok(opened);
            }
        }
        if first || opened.meta.len() == 0 { opened.settled() } else { Ok(opened) }
    }

    /// Calls `take` with every message of a file until it breaks.
    pub(super) fn read(
        &mut self,
        file: &MessageFile,
        take: &mut dyn FnMut(Standing<'_>) -> ControlFlow<()>,
    ) -> io::Result<ReadThrough> {
        let mut pass = Pass::new(file.form == FileForm::Mail, take);
        let mut looks = Looks::default();
        loop {
            let before = pass.handed.len();
            match self.open_at_rest(file, looks.state.is_none()) {
                Ok(mut opened) => {
                    if looks.knows(&mut opened) {
                        pause(PAUSE);
                        continue;
                    }
                    match pass.look(&opened, looks.idle > 0)? {
                        LookEnd::Enough => {
                            return Ok(ReadThrough { stamp: None, whole: false });
                        }
                        LookEnd::Whole if opened.quiet => {
                            return Ok(ReadThrough::of(&opened.meta));
                        }
                        LookEnd::Whole | LookEnd::Torn => looks.were_whole(),
                        LookEnd::Changed => {}
                    }
                }
                Err(error) if pass.handed.is_empty() || !may_come_back(&error) => {
                    return Err(error);
                }
                Err(_) => {}
            }
            looks.count(pass.handed.len() > before);
            if looks.are_enough() {
                return given_up(looks.whole.is_some() && !pass.has_only_doubts());
            }
            pause(PAUSE * looks.idle.min(PAUSES));
        }
    }
}

impl ReadThrough {
    /// All of a file was read while it was at rest.
    fn of(meta: &Metadata) -> Self {
        let stamp = (!is_fresh(meta, COARSE)).then(|| FileStamp::of(meta));
        Self { stamp, whole: !is_fresh(meta, SETTLED) }
    }
}

/// True when a file is put into the place of another one.
fn may_come_back(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::StaleNetworkFileHandle)
}

/// How often and how long a file was looked at.
#[derive(Default)]
struct Looks {
    /// What it was at the last look, and since when.
    state: Option<(FileStamp, Instant)>,
    /// Looks in vain, one after the other.
    idle: u32,
    /// When all of it was read first.
    whole: Option<Instant>,
}

impl Looks {
    /// True for a state that was looked at, and that may not be the last. When it stays the same
    /// for a moment the file is at rest.
    fn knows(&mut self, opened: &mut OpenFile) -> bool {
        let stamp = FileStamp::of(&opened.meta);
        if let Some((known, since)) = self.state
            && known == stamp
        {
            opened.quiet |= since.elapsed() >= QUIET;
            return !opened.quiet;
        }
        self.state = Some((stamp, Instant::now()));
        false
    }

    fn were_whole(&mut self) {
        self.whole.get_or_insert_with(Instant::now);
    }

    fn count(&mut self, found: bool) {
        self.idle = if found { 0 } else { self.idle + 1 };
    }

    fn are_enough(&self) -> bool {
        self.idle > STATES || self.whole.is_some_and(|since| since.elapsed() > RESTLESS)
    }
}

/// What is known in the end of a file that never came to rest.
fn given_up(whole: bool) -> io::Result<ReadThrough> {
    if whole {
        return Ok(ReadThrough { stamp: None, whole: false });
    }
    Err(io::Error::other("other programs change it all the time; read it again later"))
}
