//! `deadletter explain`: messages read and diagnosed without a screen, on all cores, written in the
//! order read.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::bounce::{Bounce, read};
use crate::config::Config;
use crate::diagnosis::learn::{Learner, SAMPLE};
use crate::diagnosis::{Fault, Language, Ours, Rules, understand};
use crate::export::Explained;
use crate::export::json::Message;
use crate::export::text::{Style, page};
use crate::mail::{Headers, SafeText};
use crate::source::files::{MessageFile, failed, list};
use crate::source::mbox::{Stored, each_message, split};

use super::{Error, FAILED, Format, GOOD};

/// Bytes of messages that go to a worker together.
const BATCH: usize = 512 << 10;
/// Batches on their way at once; with the size of a batch this bounds the memory.
const IN_FLIGHT: usize = 6;
/// Width of a page when it does not go to a terminal.
const WIDTH: usize = 80;

pub(super) fn run(paths: &[PathBuf], format: Format, config: &Config) -> Result<u8, Error> {
    let rules = super::rules(config)?;
    let inputs = inputs(paths)?;
    let ours = if config.ours.is_empty() { learn(&inputs) } else { config.ours.clone() };
    let writer = Writer {
        rules,
        ours: &ours,
        language: config.lang.unwrap_or_default(),
        format,
        style: style(config),
    };
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let troubles = pipeline(&inputs, &writer, &mut out)?;
    out.flush()?;
    let mut errors = io::stderr().lock();
    if inputs.is_empty() && format == Format::Text {
        // An empty Maildir is nothing wrong.
        writeln!(errors, "deadletter: there is no message to explain")?;
    }
    for trouble in &troubles {
        writeln!(errors, "deadletter: {trouble}")?;
    }
    Ok(if troubles.is_empty() { GOOD } else { FAILED })
}

/// A file, or standard input.
enum Input {
    File(MessageFile),
    Standard,
}

fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            inputs.push(Input::Standard);
        } else {
            inputs.extend(list(std::slice::from_ref(path))?.into_iter().map(Input::File));
        }
    }
    Ok(inputs)
}

impl Input {
    fn label(&self) -> &str {
        match self {
            Self::File(file) => &file.label,
            Self::Standard => "-",
        }
    }

    fn each(
        &self,
        take: &mut dyn FnMut(Stored<'_>) -> ControlFlow<()>,
    ) -> Result<(), crate::source::Error> {
        match self {
            Self::File(file) => each_message(&file.path, take).map_err(|e| failed(&file.path, &e)),
            Self::Standard => {
                split(io::stdin().lock(), take).map_err(|e| failed(Path::new("-"), &e))
            }
        }
    }
}

/// Without a configuration: who we are as far as the first messages show it. Standard input can be
/// read only once.
fn learn(inputs: &[Input]) -> Ours {
    let mut learner = Learner::default();
    let mut seen = 0;
    for input in inputs.iter().filter(|input| matches!(input, Input::File(_))) {
        // What cannot be read is told later, in its turn.
        let _ = input.each(&mut |message| {
            seen += 1;
            learner.add(message.bytes, &read(message.bytes));
            if learner.is_done() || seen >= 2 * SAMPLE {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        if learner.is_done() || seen >= 2 * SAMPLE {
            break;
        }
    }
    learner.ours()
}

fn style(config: &Config) -> Style {
    let terminal = io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
    let width = terminal.map_or(WIDTH, |(columns, _)| usize::from(columns).clamp(40, 100));
    Style { width, ascii: super::plain(config) }
}

/// Messages with their labels, in one piece of memory.
#[derive(Default)]
struct Batch {
    number: usize,
    bytes: Vec<u8>,
    messages: Vec<(String, usize)>,
}

impl Batch {
    fn each(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let mut start = 0;
        self.messages.iter().map(move |(label, end)| {
            let bytes = &self.bytes[start..*end];
            start = *end;
            (label.as_str(), bytes)
        })
    }
}

/// One thread reads files, as many as there are cores read mail, this one writes in order. Returns
/// what was wrong.
fn pipeline(
    inputs: &[Input],
    writer: &Writer<'_>,
    out: &mut impl Write,
) -> Result<Vec<SafeText>, Error> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (permits, taken) = bounded::<()>(IN_FLIGHT);
    let (jobs, to_do) = bounded::<Batch>(IN_FLIGHT);
    let (done, results) = bounded::<(usize, Written)>(IN_FLIGHT);
    thread::scope(|scope| {
        let feeder = scope.spawn(move || feed(inputs, &jobs, &permits));
        for _ in 0..workers {
            let (to_do, done) = (to_do.clone(), done.clone());
            scope.spawn(move || work(writer, &to_do, &done));
        }
        drop((to_do, done));
        let mut troubles = write_in_order(writer.format, &results, &taken, out)?;
        troubles.extend(feeder.join().unwrap_or_default());
        Ok(troubles)
    })
}

/// Reads the inputs into batches; returns what could not be read.
fn feed(inputs: &[Input], jobs: &Sender<Batch>, permits: &Sender<()>) -> Vec<SafeText> {
    let mut troubles = Vec::new();
    let mut batch = Batch::default();
    let send = |batch: &mut Batch, least: usize| {
        if batch.messages.is_empty() || batch.bytes.len() < least {
            return ControlFlow::Continue(());
        }
        let next = Batch { number: batch.number + 1, ..Batch::default() };
        let full = std::mem::replace(batch, next);
        // Nobody takes batches any more when writing has failed.
        if permits.send(()).is_err() || jobs.send(full).is_err() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    for input in inputs {
        let mut count = 0;
        let mut flow = ControlFlow::Continue(());
        // The first message waits for a second one: only then it has a number.
        let mut first = None;
        let read = input.each(&mut |message| {
            count += 1;
            if count == 1 {
                first = Some(message.bytes.to_vec());
                return ControlFlow::Continue(());
            }
            if let Some(bytes) = first.take() {
                put(&mut batch, format!("{}#1", input.label()), &bytes);
            }
            put(&mut batch, format!("{}#{count}", input.label()), message.bytes);
            flow = send(&mut batch, BATCH);
            flow
        });
        if let Some(bytes) = first.take() {
            put(&mut batch, input.label().to_owned(), &bytes);
        }
        if let Err(error) = read {
            troubles.push(SafeText::new(&error.to_string()));
        }
        if flow.is_break() || send(&mut batch, BATCH).is_break() {
            return troubles;
        }
    }
    // The last one; the channel closes behind it.
    let _ = send(&mut batch, 0);
    troubles
}

fn put(batch: &mut Batch, label: String, bytes: &[u8]) {
    batch.bytes.extend_from_slice(bytes);
    batch.messages.push((label, batch.bytes.len()));
}

/// What came of a batch.
#[derive(Default)]
struct Written {
    text: Vec<u8>,
    troubles: Vec<SafeText>,
}

fn work(writer: &Writer<'_>, to_do: &Receiver<Batch>, done: &Sender<(usize, Written)>) {
    for batch in to_do {
        let mut written =
            Written { text: Vec::with_capacity(batch.bytes.len() / 2), troubles: Vec::new() };
        for (label, bytes) in batch.each() {
            writer.message(label, bytes, &mut written);
        }
        if done.send((batch.number, written)).is_err() {
            return;
        }
    }
}

fn write_in_order(
    format: Format,
    results: &Receiver<(usize, Written)>,
    taken: &Receiver<()>,
    out: &mut impl Write,
) -> io::Result<Vec<SafeText>> {
    let mut troubles = Vec::new();
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    let mut begun = false;
    for (number, written) in results {
        waiting.insert(number, written);
        while let Some(Written { text, troubles: found }) = waiting.remove(&next) {
            next += 1;
            troubles.extend(found);
            // One batch less on its way.
            let _ = taken.try_recv();
            let text = if format == Format::Json && !begun {
                text.strip_prefix(b",").unwrap_or(&text)
            } else {
                &text
            };
            if format == Format::Json && !begun {
                out.write_all(b"[")?;
            }
            begun = true;
            out.write_all(text)?;
        }
    }
    if format == Format::Json {
        out.write_all(if begun { b"\n]\n" } else { b"[]\n" })?;
    }
    Ok(troubles)
}

/// Reads, diagnoses and writes messages.
struct Writer<'a> {
    rules: Arc<Rules>,
    ours: &'a Ours,
    language: Language,
    format: Format,
    style: Style,
}

impl Writer<'_> {
    fn message(&self, label: &str, raw: &[u8], written: &mut Written) {
        let Ok((bounce, diagnosis)) = understand(raw, &self.rules, self.ours) else {
            return written.troubles.push(SafeText::new(&format!("{label} {Fault}")));
        };
        if is_no_mail(raw, &bounce) {
            let label = SafeText::new(label);
            written.troubles.push(SafeText::new(&format!(
                "{label} holds no mail: it has no header; give an .eml file, an mbox, a Maildir or a folder of them"
            )));
            if self.format == Format::Text {
                return;
            }
        }
        let explained = Explained {
            file: label,
            raw,
            bounce: &bounce,
            diagnosis: &diagnosis,
            ours: self.ours,
            language: self.language,
        };
        match self.format {
            Format::Text => written.text.extend_from_slice(page(&explained, self.style).as_bytes()),
            Format::Json => {
                written.text.extend_from_slice(b",\n");
                json(&explained, &mut written.text);
            }
            Format::Jsonl => {
                json(&explained, &mut written.text);
                written.text.push(b'\n');
            }
        }
    }
}

fn json(explained: &Explained<'_>, out: &mut Vec<u8>) {
    // Writing plain values to memory cannot fail.
    let _ = Message::of(explained).write(out);
}

/// True for bytes without a single header field: a picture, an archive, an empty file.
fn is_no_mail(raw: &[u8], bounce: &Bounce) -> bool {
    let says_nothing = bounce.from.is_none() && bounce.subject.is_none() && bounce.date.is_none();
    says_nothing
        && bounce.deliveries.is_empty()
        && Headers::read(&crate::mail::canonical::canonical(raw)).0.is_empty()
}
