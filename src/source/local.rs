//! Files as a mailbox: messages, mboxes, Maildirs and folders of them.

use std::collections::HashMap;
use std::fs::Metadata;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::human::count;
use crate::mail::SafeText;

use super::files::{self, MessageFile, failed};
use super::mbox::{Stored, each_message, message_at};
use super::{Canceller, Error, Event, Fetched, Place, Reader, Sink, Source, State};

/// Messages between two reports of progress.
const REPORT: u32 = 500;

/// Files and folders as one mailbox. Each message keeps the number it was first given.
pub struct Local {
    paths: Vec<PathBuf>,
    /// Size of the files that were read, by what does not change when a Maildir sets flags.
    known: HashMap<PathBuf, u64>,
    places: Places,
    stop: Arc<AtomicBool>,
}

/// Where each message stands: shared with the readers of single messages.
type Places = Arc<Mutex<Vec<FilePlace>>>;

#[derive(Clone, Debug)]
struct FilePlace {
    path: Arc<PathBuf>,
    offset: u64,
    number: usize,
}

impl Local {
    /// The mailbox of these paths.
    #[must_use]
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, known: HashMap::new(), places: Places::default(), stop: Arc::default() }
    }

    /// Reads one file; what was in it before is skipped.
    fn read(&mut self, file: &MessageFile, sink: &mut dyn Sink) -> Result<ControlFlow<()>, Error> {
        let meta = std::fs::metadata(&file.path).map_err(|e| failed(&file.path, &e))?;
        let before = self.known.insert(stable(&file.path), meta.len());
        if before == Some(meta.len()) {
            return Ok(ControlFlow::Continue(()));
        }
        let mut reading = FileReading {
            path: Arc::new(file.path.clone()),
            known: before.unwrap_or(0),
            received: modified(&meta),
            count: 0,
            local: self,
            sink,
            flow: ControlFlow::Continue(()),
        };
        each_message(&file.path, &mut |message| reading.take(message))
            .map_err(|e| failed(&file.path, &e))?;
        Ok(reading.flow)
    }

    /// Gives a message its number, from 1.
    fn number(&self, place: FilePlace) -> u32 {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.push(place);
        u32::try_from(places.len()).unwrap_or(u32::MAX)
    }
}

/// When a file was last written.
fn modified(meta: &Metadata) -> Option<Timestamp> {
    let time = meta.modified().ok()?;
    Timestamp::try_from(time).ok()
}

/// The messages of one file on their way to the sink.
struct FileReading<'a> {
    path: Arc<PathBuf>,
    /// Bytes of the file that were read another time.
    known: u64,
    received: Option<Timestamp>,
    /// Messages of the file so far.
    count: usize,
    local: &'a Local,
    sink: &'a mut dyn Sink,
    /// What the sink said last.
    flow: ControlFlow<()>,
}

impl FileReading<'_> {
    fn take(&mut self, message: Stored<'_>) -> ControlFlow<()> {
        let number = self.count;
        self.count += 1;
        if message.offset >= self.known {
            let path = Arc::clone(&self.path);
            let uid = self.local.number(FilePlace { path, offset: message.offset, number });
            let place = Place { validity: 0, uid };
            let (bytes, received) = (message.bytes, self.received);
            let message = Fetched { place, bytes, whole: true, received };
            self.flow = self.sink.take(Event::Message(message));
        }
        if self.local.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        self.flow
    }
}

/// The path without a Maildir's flags (`:2,S`).
fn stable(path: &std::path::Path) -> PathBuf {
    let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    match name.split_once(":2,") {
        Some((base, _)) => PathBuf::from(base),
        None => path.to_path_buf(),
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
        Box::new(LocalReader { places: Arc::clone(&self.places) })
    }

    fn canceller(&self) -> Canceller {
        let stop = Arc::clone(&self.stop);
        Canceller::new(move || stop.store(true, Ordering::Relaxed))
    }
}

impl Local {
    fn read_all(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let list = files::list(&self.paths)?;
        let total = u32::try_from(list.len()).unwrap_or(u32::MAX);
        for (done, file) in (0..).zip(&list) {
            let report = total > 1 && done % REPORT == 0;
            if report && sink.take(Event::State(State::Fetching { done, total })).is_break() {
                return Ok(());
            }
            match self.read(file, sink) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ok(()),
                Err(error) if list.len() == 1 => return Err(error),
                Err(error) => {
                    if sink.take(Event::Notice(SafeText::new(&error.to_string()))).is_break() {
                        return Ok(());
                    }
                }
            }
            if self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
        let files = if list.len() == 1 {
            "1 file".to_owned()
        } else {
            format!("{} files", count(list.len()))
        };
        // Nothing follows whatever the sink says.
        let _ = sink.take(Event::State(State::Idle(SafeText::new(&files))));
        Ok(())
    }
}

struct LocalReader {
    places: Places,
}

impl LocalReader {
    /// Where message number `uid`, from 1, stands.
    fn place(&self, uid: u32) -> Option<FilePlace> {
        let at = (uid as usize).checked_sub(1)?;
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.get(at).cloned()
    }
}

impl Reader for LocalReader {
    fn whole(&mut self, place: Place) -> Result<Vec<u8>, Error> {
        let FilePlace { path, offset, number } = self.place(place.uid).ok_or(Error::Gone)?;
        let message = message_at(&path, offset, number).map_err(|e| failed(&path, &e))?;
        message.ok_or(Error::Gone)
    }

    fn canceller(&self) -> Canceller {
        // FileReading a local file is done before anybody could cancel it.
        Canceller::new(|| {})
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
