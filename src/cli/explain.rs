//! `deadletter explain`: messages read and diagnosed without a screen, on all cores, written in the
//! order read.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bounce::{Bounce, Depth, read};
use crate::config::Config;
use crate::diagnosis::learn::{Learner, Lesson};
use crate::diagnosis::{Language, Ours};
use crate::engine::pipeline::{self, Batch, Intake, Pace, Results};
use crate::engine::{Fault, Judge, Understood};
use crate::export::Explained;
use crate::export::json::Record;
use crate::export::text::{Style, page};
use crate::mail::{Headers, SafeText};
use crate::source::files::{MessageFile, failed, list};
use crate::source::mbox::{Stored, each_message, split};

use super::args::Format;
use super::error::Error;
use super::exit::{FAILED, GOOD};
use super::setup;

/// Width of a page when it does not go to a terminal.
const WIDTH: usize = 80;

pub(super) fn run(paths: &[PathBuf], format: Format, config: &Config) -> Result<u8, Error> {
    let rules = setup::rules(config)?;
    let inputs = inputs(paths)?;
    let ours = if config.ours.is_empty() { learn(&inputs) } else { config.ours.clone() };
    let language = config.lang;
    let judge = Judge { rules, ours: Arc::new(ours) };
    let writer = Writer { judge, language, format, style: style(config) };
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let ended = pipeline::run(
        Pace::Full,
        |intake| feed(&inputs, intake),
        |batch| writer.batch(&batch),
        |results| write_all(format, results, &mut out),
    )?;
    let mut troubles = ended.taken?;
    troubles.extend(ended.fed.unwrap_or_default());
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
pub(super) enum Input {
    File(MessageFile),
    Standard,
}

pub(super) fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Error> {
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
pub(super) fn learn(inputs: &[Input]) -> Ours {
    let mut learner = Learner::default();
    for input in inputs {
        if matches!(input, Input::Standard) {
            continue;
        }
        // What cannot be read is told later, in its turn.
        let _ = input.each(&mut |message| {
            learner.add(&Lesson::of(message.bytes, &read(message.bytes)));
            if learner.is_done() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        if learner.is_done() {
            break;
        }
    }
    learner.ours()
}

fn style(config: &Config) -> Style {
    let terminal = io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
    let width = terminal.map_or(WIDTH, |(columns, _)| usize::from(columns).clamp(40, 100));
    Style { width, ascii: setup::plain(config) }
}

/// Reads the inputs into the pipeline; returns what could not be read.
pub(super) fn feed(inputs: &[Input], intake: &mut Intake<String>) -> Vec<SafeText> {
    let mut troubles = Vec::new();
    for input in inputs {
        let mut numbering = Numbering { intake, label: input.label(), count: 0, first: None };
        let read = input.each(&mut |message| numbering.put(message.bytes));
        let flow = numbering.end();
        if let Err(error) = read {
            troubles.push(SafeText::new(&error.to_string()));
        }
        if flow.is_break() {
            return troubles;
        }
    }
    troubles
}

/// The messages of one input on their way into the pipeline: the first waits for a second, since
/// only where there are several do they have numbers.
struct Numbering<'a> {
    intake: &'a mut Intake<String>,
    label: &'a str,
    count: usize,
    first: Option<Vec<u8>>,
}

impl Numbering<'_> {
    fn put(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.count += 1;
        if self.count == 1 {
            self.first = Some(bytes.to_vec());
            return ControlFlow::Continue(());
        }
        if let Some(first) = self.first.take() {
            self.intake.put(format!("{}#1", self.label), &first)?;
        }
        self.intake.put(format!("{}#{}", self.label, self.count), bytes)
    }

    fn end(self) -> ControlFlow<()> {
        match self.first {
            Some(only) => self.intake.put(self.label.to_owned(), &only),
            None => ControlFlow::Continue(()),
        }
    }
}

/// What came of a batch.
struct Written {
    text: Vec<u8>,
    troubles: Vec<SafeText>,
}

/// Writes what came of the batches; returns what was wrong with messages.
fn write_all(
    format: Format,
    results: Results<Written>,
    out: &mut impl Write,
) -> io::Result<Vec<SafeText>> {
    let mut troubles = Vec::new();
    let mut begun = false;
    for result in results {
        let written = match result {
            Ok(written) => written,
            Err(fault) => {
                troubles.push(SafeText::new(&format!("a batch of messages {fault}")));
                continue;
            }
        };
        troubles.extend(written.troubles);
        let mut text = written.text.as_slice();
        if format == Format::Json && !begun {
            out.write_all(b"[")?;
            text = text.strip_prefix(b",").unwrap_or(text);
        }
        begun = true;
        out.write_all(text)?;
    }
    if format == Format::Json {
        out.write_all(if begun { b"\n]\n" } else { b"[]\n" })?;
    }
    Ok(troubles)
}

/// Reads, diagnoses and writes messages.
struct Writer {
    judge: Judge,
    language: Language,
    format: Format,
    style: Style,
}

impl Writer {
    fn batch(&self, batch: &Batch<String>) -> Written {
        let mut written =
            Written { text: Vec::with_capacity(batch.size() / 2), troubles: Vec::new() };
        for (label, bytes) in batch.each() {
            self.message(label, bytes, &mut written);
        }
        written
    }

    fn message(&self, label: &str, raw: &[u8], written: &mut Written) {
        let depth = if self.format == Format::Text { Depth::Inspect } else { Depth::Words };
        let Ok(Understood { bounce, diagnosis, inspection }) =
            self.judge.understand_with(raw, depth)
        else {
            return written.troubles.push(SafeText::new(&format!("{label} {Fault}")));
        };
        if is_no_mail(raw, &bounce) {
            let label = SafeText::new(label);
            written.troubles.push(SafeText::new(&format!(
                "{label} holds no mail: it has no header; \
                 give an .eml file, an mbox, a Maildir or a folder of them"
            )));
            if self.format == Format::Text {
                return;
            }
        }
        let explained = Explained {
            file: label,
            bounce: &bounce,
            inspection: &inspection,
            diagnosis: &diagnosis,
            ours: &self.judge.ours,
            language: self.language,
            size: raw.len(),
        };
        match self.format {
            Format::Text => {
                written.text.extend_from_slice(page(&explained, self.style).as_bytes());
            }
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
    let _ = Record::of(explained).write(out);
}

/// True for bytes without a single header field: a picture, an archive, an empty file.
fn is_no_mail(raw: &[u8], bounce: &Bounce) -> bool {
    let says_nothing = bounce.from.is_none() && bounce.subject.is_none() && bounce.date.is_none();
    says_nothing
        && bounce.deliveries.is_empty()
        && Headers::read(&crate::mail::canonical::canonical(raw)).0.is_empty()
}
