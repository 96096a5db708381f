//! Files read while other programs write them: what is handed over stood in the file like that at
//! one moment, and each message is handed over once.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

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
/// How often a file is waited for that is changed all the time.
const TRIES: u32 = 30;
/// How many states of a file that never comes to rest are looked at in vain. A file that is written
/// anew again and again is whole in few of them.
const STATES: u32 = 60;
/// How long such a file is looked at once all of it was read.
const RESTLESS: Duration = Duration::from_secs(5);
/// The largest one that is read at once before its messages are looked at, in bytes.
const AT_ONCE: u64 = 16 << 20;
/// In how many states of such a file its last message must stand as it is: it may be half written.
const BELIEVED: u32 = 3;
/// How often an empty file is looked at once more.
const EMPTIED: u32 = 5;
/// How many empty files are, of all that are read together.
const EMPTY_FILES: u32 = 20;
/// How long to wait before that, once more with every try.
const PAUSE: Duration = Duration::from_millis(2);
/// The most of such pauses at once.
const PAUSES: u32 = 8;

/// A message that stood in its file.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    pub(super) stored: Stored<'a>,
    pub(super) print: Print,
    /// What is known of the file.
    pub(super) meta: &'a Metadata,
}

/// A file that was opened.
pub(super) struct OpenFile {
    pub(super) file: File,
    pub(super) meta: Metadata,
    /// True when it was not written for a moment.
    pub(super) quiet: bool,
}

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
                return pass.given_up(looks.whole.is_some());
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

impl OpenFile {
    /// Waits until it was not written for a moment, if that comes soon.
    pub(super) fn settled(mut self) -> io::Result<Self> {
        // Who empties a file to write it anew takes its bytes away first, and gives it its new time
        // after that: in between it looks as if it had been empty for long.
        for _ in 0..EMPTIED {
            if self.meta.len() > 0 || !self.quiet {
                break;
            }
            pause(QUIET / 4);
            self.look_again()?;
        }
        let (mut stamp, mut since) = (FileStamp::of(&self.meta), Instant::now());
        for _ in 0..TRIES {
            // Its time may say little.
            self.quiet |= since.elapsed() >= QUIET;
            if self.quiet {
                break;
            }
            pause(QUIET / 4);
            self.look_again()?;
            let now = FileStamp::of(&self.meta);
            if now != stamp {
                (stamp, since) = (now, Instant::now());
            }
        }
        Ok(self)
    }

    fn look_again(&mut self) -> io::Result<()> {
        self.meta = self.file.metadata()?;
        self.quiet = !is_fresh(&self.meta, QUIET);
        Ok(())
    }

    /// True while it is what it was.
    fn stands_still(&self) -> io::Result<bool> {
        Ok(FileStamp::of(&self.file.metadata()?) == FileStamp::of(&self.meta))
    }
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

/// How a look at a file ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LookEnd {
    /// Read to the end.
    Whole,
    /// Read to the end, but its beginning when the file was another one.
    Torn,
    /// Read as far as was wanted.
    Enough,
    /// Another program has changed the file.
    Changed,
}

/// A message that was met, and where.
#[derive(Clone, Copy)]
struct Met {
    offset: u64,
    /// Whether all before had told their length.
    counted: bool,
    print: Print,
}

/// The way through a file from its first message to its last. It goes on where it was while only
/// the end of the file changes, else begins anew.
struct Pass<'a> {
    /// True for a file that is one message whatever it begins with.
    alone: bool,
    /// What was handed over, on all ways.
    handed: Vec<Print>,
    /// What was handed over on other ways and was not met on this one.
    left: HashMap<Print, u32>,
    /// Messages that were the last of a file that was just written, and how often.
    doubted: HashMap<Print, u32>,
    /// What the file was at the beginning of this one.
    begun: Option<FileStamp>,
    /// The message that was met last.
    last: Option<Met>,
    take: &'a mut dyn FnMut(Standing<'_>) -> ControlFlow<()>,
}

impl<'a> Pass<'a> {
    fn new(alone: bool, take: &'a mut dyn FnMut(Standing<'_>) -> ControlFlow<()>) -> Self {
        let (left, doubted) = (HashMap::new(), HashMap::new());
        Self { alone, handed: Vec::new(), left, doubted, begun: None, last: None, take }
    }

    /// Goes on for as long as the file stands still; in a hurry where it does not for long.
    fn look(&mut self, opened: &OpenFile, hurry: bool) -> io::Result<LookEnd> {
        if opened.meta.len() == 0 && !opened.quiet {
            return Ok(LookEnd::Changed);
        }
        let moved = Cell::new(false);
        let mut bytes = StillBytes { opened, moved: &moved };
        if hurry && opened.meta.len() <= AT_ONCE {
            let mut all = Vec::new();
            bytes.read_to_end(&mut all)?;
            return self.begin_anew(opened, Cursor::new(all), &moved);
        }
        let mut file = &opened.file;
        let ended = match self.last {
            Some(last) if !self.alone && still_stands(file, last)? => {
                file.seek(SeekFrom::Start(last.offset))?;
                self.go_on(opened, last, bytes, &moved)?
            }
            _ => {
                file.seek(SeekFrom::Start(0))?;
                self.begin_anew(opened, bytes, &moved)?
            }
        };
        if ended == LookEnd::Whole && self.begun != Some(FileStamp::of(&opened.meta)) {
            self.last = None;
            return Ok(LookEnd::Torn);
        }
        Ok(ended)
    }

    fn begin_anew(
        &mut self,
        opened: &OpenFile,
        input: impl Read,
        moved: &Cell<bool>,
    ) -> io::Result<LookEnd> {
        self.begun = Some(FileStamp::of(&opened.meta));
        self.last = None;
        self.left.clear();
        for print in &self.handed {
            *self.left.entry(*print).or_insert(0) += 1;
        }
        let (size, alone) = (opened.meta.len(), self.alone);
        self.watched(opened, moved, |take| {
            let contents = mbox::contents(input, size)?;
            if alone {
                mbox::alone(contents, size, take)
            } else {
                mbox::split_sized(contents, size, take)
            }
        })
    }

    /// Goes on behind a message that stands where it stood.
    fn go_on(
        &mut self,
        opened: &OpenFile,
        last: Met,
        input: impl Read,
        moved: &Cell<bool>,
    ) -> io::Result<LookEnd> {
        self.watched(opened, moved, |take| {
            let mut behind = |stored: Stored<'_>| {
                if stored.offset == last.offset {
                    return ControlFlow::Continue(());
                }
                take(stored)
            };
            mbox::split_from(input, last.offset, last.counted, &mut behind).map(drop)
        })
    }

    /// Meets what `split` finds, as far as the file has not `moved`.
    fn watched(
        &mut self,
        opened: &OpenFile,
        moved: &Cell<bool>,
        split: impl FnOnce(&mut mbox::Take<'_>) -> io::Result<()>,
    ) -> io::Result<LookEnd> {
        let mut enough = false;
        let result = split(&mut |stored: Stored<'_>| {
            // Nobody knows where it ends.
            if stored.last && moved.get() {
                return ControlFlow::Break(());
            }
            let flow = self.meet(stored, opened);
            enough = flow.is_break();
            flow
        });
        if enough {
            Ok(LookEnd::Enough)
        } else if moved.get() {
            Ok(LookEnd::Changed)
        } else {
            result.map(|()| LookEnd::Whole)
        }
    }

    /// Hands over a message that was not handed over before.
    fn meet(&mut self, stored: Stored<'_>, opened: &OpenFile) -> ControlFlow<()> {
        let print = Print::of(stored.bytes);
        if stored.last && !opened.quiet && !self.is_believed(print) {
            return ControlFlow::Continue(());
        }
        self.last = Some(Met { offset: stored.offset, counted: stored.counted, print });
        if let Some(left) = self.left.get_mut(&print)
            && *left > 0
        {
            *left -= 1;
            return ControlFlow::Continue(());
        }
        // Nothing but a moment lies between what was there and what will be.
        if opened.meta.len() == 0 && !self.handed.is_empty() {
            return ControlFlow::Continue(());
        }
        self.handed.push(print);
        (self.take)(Standing { stored, print, meta: &opened.meta })
    }

    /// True for the last message of a file that was just written, once it has stood there often.
    fn is_believed(&mut self, print: Print) -> bool {
        let times = self.doubted.entry(print).or_insert(0);
        *times += 1;
        *times >= BELIEVED
    }

    /// What is known in the end of a file that never came to rest.
    fn given_up(&self, whole: bool) -> io::Result<ReadThrough> {
        if whole && (!self.handed.is_empty() || self.doubted.is_empty()) {
            return Ok(ReadThrough { stamp: None, whole: false });
        }
        let text = "other programs change it all the time; read it again later";
        Err(io::Error::other(text))
    }
}

/// The bytes of a file for as long as it stands still: what is read later may be anything.
struct StillBytes<'a> {
    opened: &'a OpenFile,
    /// True when it stands still no longer.
    moved: &'a Cell<bool>,
}

impl Read for StillBytes<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.moved.get() {
            return Ok(0);
        }
        let count = (&self.opened.file).read(into)?;
        if self.opened.stands_still()? {
            return Ok(count);
        }
        self.moved.set(true);
        Ok(0)
    }
}

/// True when a message stands where it was met: then only something behind it was changed, as far
/// as that can be known without reading what stands in front of it.
fn still_stands(mut file: &File, met: Met) -> io::Result<bool> {
    file.seek(SeekFrom::Start(met.offset))?;
    let mut stands = false;
    mbox::split_from(file, met.offset, met.counted, &mut |message| {
        stands = Print::of(message.bytes) == met.print;
        ControlFlow::Break(())
    })?;
    Ok(stands)
}
