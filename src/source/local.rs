//! Files as a mailbox: messages, mboxes, Maildirs and folders of them.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::human::count;
use crate::mail::SafeText;

use super::disk::{FileStamp, metadata};
use super::files::{self, Listing, MessageFile, failed};
use super::pass::Standing;
use super::print::Print;
use super::shelf::{Shelf, ShelfReader, Shelved};
use super::steady::Steady;
use super::{Canceller, Error, Event, Fetched, Place, Reader, Sink, Source, State};

/// Messages between two reports of progress.
const REPORT: u32 = 500;
/// How many of the files that cannot be read are told one by one.
const TOLD: usize = 3;

/// Files and folders as one mailbox. Each message keeps the number it was first given, wherever
/// other programs move it in its file or Maildir.
pub struct Local {
    paths: Vec<PathBuf>,
    /// The files that were read, by what does not change when a Maildir sets flags.
    known: HashMap<PathBuf, Known>,
    shelf: Shelf,
    /// How often all files were looked at.
    looks: u32,
    /// Messages that were found to be gone since the last look.
    gone: Vec<Place>,
    stop: Arc<AtomicBool>,
}

/// A file that was read.
#[derive(Default)]
struct Known {
    /// None when it may have changed since without a trace.
    stamp: Option<FileStamp>,
    /// The numbers of its messages.
    uids: Vec<u32>,
    /// When it was there last, in looks.
    seen: u32,
}

impl Local {
    /// The mailbox of these paths.
    #[must_use]
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            known: HashMap::new(),
            shelf: Shelf::default(),
            looks: 0,
            gone: Vec::new(),
            stop: Arc::default(),
        }
    }

    /// Reads one file, if it has changed since it was read.
    fn read(
        &mut self,
        file: &MessageFile,
        steady: &mut Steady,
        sink: &mut dyn Sink,
    ) -> Result<ControlFlow<()>, Error> {
        let key = file.stable();
        let mut known = self.known.remove(&key).unwrap_or_default();
        known.seen = self.looks;
        if let Some(stamp) = known.stamp
            && metadata(&file.path()).is_ok_and(|meta| FileStamp::of(&meta) == stamp)
        {
            self.known.insert(key, known);
            return Ok(ControlFlow::Continue(()));
        }
        let mut reading = FileReading {
            file: Arc::new(file.clone()),
            before: HashMap::new(),
            last: None,
            half: None,
            uids: Vec::new(),
            local: self,
            sink,
            flow: ControlFlow::Continue(()),
        };
        reading.remember(&known.uids);
        let result = steady.read(file, &mut |found| reading.take(&found));
        let FileReading { mut uids, before, half, flow, .. } = reading;
        let lost = before.into_values().flatten();
        self.gone.extend(half.map(place));
        let mut stamp = None;
        match &result {
            Ok(read) if read.whole => {
                stamp = read.stamp;
                self.gone.extend(lost.map(place));
            }
            // What was not found may still be there.
            _ => uids.extend(lost),
        }
        self.known.insert(key, Known { stamp, uids, ..known });
        match result {
            Ok(_) => Ok(flow),
            Err(error) => Err(failed(&file.path(), &error)),
        }
    }

    fn read_all(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        self.looks += 1;
        let mut listing = files::list(&self.paths);
        let alone = listing.files.len() + listing.unread.len() == 1;
        let files = std::mem::take(&mut listing.files);
        let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let mut steady = Steady::default();
        for (done, file) in (0..).zip(&files) {
            let report = total > 1 && done % REPORT == 0;
            if report && sink.take(Event::State(State::Fetching { done, total })).is_break() {
                return Ok(());
            }
            match self.read(file, &mut steady, sink) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ok(()),
                Err(error) if alone => return Err(error),
                Err(error) => listing.unread.push(SafeText::new(&error.to_string())),
            }
            if self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
        if listing.unread.is_empty() {
            self.forget(&mut steady);
        }
        let gone = std::mem::take(&mut self.gone);
        if !gone.is_empty() && sink.take(Event::Gone(gone)).is_break() {
            return Ok(());
        }
        tell_end(files.len(), &listing, sink)
    }

    /// Forgets files that are no longer there.
    fn forget(&mut self, steady: &mut Steady) {
        let Self { known, shelf, gone, looks, .. } = self;
        known.retain(|_, known| {
            if known.seen == *looks {
                return true;
            }
            let first = known.uids.first().and_then(|uid| shelf.get(*uid));
            // It may have been moved while its folder was read.
            let there = first.is_some_and(|message| steady.open(message.file()).is_ok());
            if !there {
                gone.extend(known.uids.iter().copied().map(place));
            }
            there
        });
    }
}

/// Where the message of a number lies.
fn place(uid: u32) -> Place {
    Place { validity: 0, uid }
}

/// Tells what was left out, and that the rest is there.
fn tell_end(files: usize, listing: &Listing, sink: &mut dyn Sink) -> Result<(), Error> {
    let unread = &listing.unread;
    if files == 0 && !unread.is_empty() {
        let lines: Vec<String> = unread.lines(TOLD).iter().map(ToString::to_string).collect();
        return Err(Error::Unread(SafeText::new(&lines.join("; "))));
    }
    for text in unread.lines(TOLD).into_iter().chain(listing.again.lines(1)) {
        if sink.take(Event::Notice(text)).is_break() {
            return Ok(());
        }
    }
    let mut text = if files == 1 { "1 file".to_owned() } else { format!("{} files", count(files)) };
    if !unread.is_empty() {
        text = format!("{text}, {} left out", count(unread.len()));
    }
    // Nothing follows whatever the sink says.
    let _ = sink.take(Event::State(State::Idle(SafeText::new(&text))));
    Ok(())
}

/// The messages of one file on their way to the sink.
struct FileReading<'a> {
    file: Arc<MessageFile>,
    /// The messages that it held before and that were not found again so far.
    before: HashMap<Print, Vec<u32>>,
    /// The last of them: more may have been written to it.
    last: Option<(u32, Shelved)>,
    /// It, once all of it was found: what was read of it before is void.
    half: Option<u32>,
    /// The messages that it holds.
    uids: Vec<u32>,
    local: &'a Local,
    sink: &'a mut dyn Sink,
    /// What the sink said last.
    flow: ControlFlow<()>,
}

impl FileReading<'_> {
    fn remember(&mut self, uids: &[u32]) {
        for uid in uids {
            if let Some(message) = self.local.shelf.get(*uid) {
                self.before.entry(message.print()).or_default().push(*uid);
                self.last = Some((*uid, message));
            }
        }
    }

    fn take(&mut self, found: &Standing<'_>) -> ControlFlow<()> {
        let stored = found.stored;
        // Nothing stands in an empty mailbox.
        if !stored.bytes.is_empty() {
            self.message(found);
        }
        if self.local.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        self.flow
    }

    fn message(&mut self, found: &Standing<'_>) {
        let stored = found.stored;
        let message = Shelved::new(Arc::clone(&self.file), found);
        if let Some(uid) = self.again(found.print) {
            self.local.shelf.put(uid, message);
            return self.uids.push(uid);
        }
        if let Some(half) = self.grown(stored.offset, stored.bytes) {
            self.half = Some(half);
        }
        let uid = self.local.shelf.add(message);
        self.uids.push(uid);
        let place = place(uid);
        let (bytes, whole) = (stored.bytes, stored.whole);
        let received = found.meta.modified().ok();
        let received = received.and_then(|time| Timestamp::try_from(time).ok());
        self.flow = self.sink.take(Event::Message(Fetched { place, bytes, whole, received }));
    }

    /// The number of a message that the file held before.
    fn again(&mut self, print: Print) -> Option<u32> {
        let uids = self.before.get_mut(&print)?;
        let uid = uids.pop();
        if uids.is_empty() {
            self.before.remove(&print);
        }
        uid
    }

    /// The number of the message that was the last before, and was not yet written to its end.
    fn grown(&mut self, offset: u64, bytes: &[u8]) -> Option<u32> {
        let (uid, last) = self.last.take_if(|(_, last)| last.is_grown(offset, bytes))?;
        let uids = self.before.get_mut(&last.print())?;
        uids.retain(|other| *other != uid);
        Some(uid)
    }
}

impl Source for Local {
    fn name(&self) -> SafeText {
        let Some(first) = self.paths.first() else { return SafeText::default() };
        let first = first.to_string_lossy();
        match self.paths.len() - 1 {
            0 => SafeText::new(&first),
            more => SafeText::new(&format!("{first} and {more} more")),
        }
    }

    fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let result = self.read_all(sink);
        let stopped = self.stop.swap(false, Ordering::Relaxed);
        if let Err(error) = &result {
            // It ends here whatever the sink says.
            let _ = sink.take(Event::State(State::Stopped(SafeText::new(&error.to_string()))));
        }
        result?;
        if stopped { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(ShelfReader::new(self.shelf.clone()))
    }

    fn canceller(&self) -> Canceller {
        let stop = Arc::clone(&self.stop);
        Canceller::new(move || stop.store(true, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(source: &mut Local) -> Vec<(u32, String)> {
        let mut found = Vec::new();
        source
            .stream(&mut |event: Event<'_>| {
                if let Event::Message(message) = event {
                    found.push((
                        message.place.uid,
                        String::from_utf8_lossy(message.bytes).into_owned(),
                    ));
                }
                ControlFlow::Continue(())
            })
            .unwrap_or_else(|e| panic!("{e}"));
        found
    }

    #[test]
    fn a_second_look_brings_only_what_is_new() {
        let folder = tempfile::tempdir().expect("a folder");
        let mbox = folder.path().join("box");
        let text = |n| format!("From a@b.example Mon May  4 06:57:12 2026\nSubject: {n}\n\nx\n\n");
        std::fs::write(&mbox, text(1) + &text(2)).expect("written");
        let mut source = Local::new(vec![folder.path().to_path_buf()]);
        assert_eq!(streamed(&mut source).len(), 2);
        assert_eq!(streamed(&mut source).len(), 0);
        std::fs::write(&mbox, text(1) + &text(2) + &text(3)).expect("written");
        std::fs::write(folder.path().join("one.eml"), "Subject: 4\n\nx\n").expect("written");
        let new = streamed(&mut source);
        assert_eq!(new, [(3, "Subject: 3\n\nx\n".to_owned()), (4, "Subject: 4\n\nx\n".to_owned())]);
        let mut reader = source.reader();
        for (uid, subject) in [(2, "Subject: 2"), (3, "Subject: 3"), (4, "Subject: 4")] {
            let whole = reader.whole(Place { validity: 0, uid }).unwrap_or_else(|e| panic!("{e}"));
            assert!(whole.starts_with(subject.as_bytes()), "{uid}");
        }
        assert!(matches!(reader.whole(Place { validity: 0, uid: 9 }), Err(Error::Gone)));
    }
}
