//! The way through a file that may be changed meanwhile, from its first message to its last.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use super::disk::FileStamp;
use super::mbox::{self, Stored};
use super::open_file::OpenFile;
use super::print::Print;

/// In how many states of a file that never comes to rest its last message must stand as it is: it
/// may be half written.
const BELIEVED: u32 = 3;
/// The largest of such files that is read at once before its messages are looked at, in bytes.
const AT_ONCE: u64 = 16 << 20;

/// A message that stood in its file.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    pub(super) stored: Stored<'a>,
    pub(super) print: Print,
    /// What is known of the file.
    pub(super) meta: &'a Metadata,
}

/// How a look at a file ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LookEnd {
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
pub(super) struct Pass<'a> {
    /// True for a file that is one message whatever it begins with.
    alone: bool,
    /// What was handed over, on all ways.
    pub(super) handed: Vec<Print>,
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
    pub(super) fn new(
        alone: bool,
        take: &'a mut dyn FnMut(Standing<'_>) -> ControlFlow<()>,
    ) -> Self {
        let (left, doubted) = (HashMap::new(), HashMap::new());
        Self { alone, handed: Vec::new(), left, doubted, begun: None, last: None, take }
    }

    /// Goes on for as long as the file stands still; in a hurry where it does not for long.
    pub(super) fn look(&mut self, opened: &OpenFile, hurry: bool) -> io::Result<LookEnd> {
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

    /// True when nothing could be believed of what is there.
    pub(super) fn has_only_doubts(&self) -> bool {
        self.handed.is_empty() && !self.doubted.is_empty()
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
