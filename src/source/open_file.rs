//! A file that was opened, and whether it is at rest.

use std::fs::{File, Metadata};
use std::io;
use std::time::{Duration, Instant};

use super::disk::{FileStamp, is_fresh, pause};

/// Who writes a file pauses for no longer; and two changes that are nearer may have one time.
pub(super) const QUIET: Duration = Duration::from_millis(50);
/// How often one is waited for that is changed all the time.
const TRIES: u32 = 30;
/// How often an empty file is looked at once more.
const EMPTIED: u32 = 5;

/// A file that was opened.
pub(super) struct OpenFile {
    pub(super) file: File,
    pub(super) meta: Metadata,
    /// True when it was not written for a moment.
    pub(super) quiet: bool,
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
    pub(super) fn stands_still(&self) -> io::Result<bool> {
        Ok(FileStamp::of(&self.file.metadata()?) == FileStamp::of(&self.meta))
    }
}
