//! `deadletter explain`: messages read and diagnosed without a screen, on all cores, written in the
//! order read.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::bounce::{Bounce, Depth, Inspection};
use crate::config::Config;
use crate::diagnosis::Language;
use crate::engine::pipeline::{self, Batch, Pace, Results};
use crate::engine::{Fault, Judge, Understood};
use crate::export::Explained;
use crate::export::json::Record;
use crate::export::text::{Style, lines, page};
use crate::mail::{Headers, SafeText};
use crate::source::files::Sentences;

use super::args::Format;
use super::error::Error;
use super::gather::tell;
use super::inputs::{Incoming, Inputs};
use super::setup;

/// Width of a page when it does not go to a terminal.
const WIDTH: usize = 80;

pub(super) fn run(paths: &[PathBuf], format: Format, config: &Config) -> Result<u8, Error> {
    let rules = setup::rules(config)?;
    let inputs = Inputs::of(paths);
    let ours = inputs.ours(config);
    let writer = Writer::new(Judge { rules, ours: Arc::new(ours) }, format, config);
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let ended = pipeline::run(
        Pace::Full,
        |intake| inputs.feed(intake),
        |batch| writer.batch(&batch),
        |results| write_all(format, results, &mut out),
    )?;
    let mut troubles = ended.fed.unwrap_or_default();
    troubles.append(ended.taken?);
    out.flush()?;
    if inputs.is_empty() && format == Format::Text {
        // An empty Maildir is nothing wrong.
        writeln!(io::stderr(), "deadletter: there is no message to explain")?;
    }
    troubles.append(inputs.unread);
    tell(&inputs.again, &troubles)
}

pub(super) fn style(config: &Config) -> Style {
    let terminal = io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
    let width = terminal.map_or(WIDTH, |(columns, _)| usize::from(columns).clamp(40, 100));
    Style { width, ascii: setup::plain(config) }
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
) -> io::Result<Sentences> {
    let mut troubles = Sentences::default();
    let mut list = Frame::new(format);
    for result in results {
        let written = match result {
            Ok(written) => written,
            Err(fault) => {
                troubles.push(SafeText::new(&format!("a batch of messages {fault}")));
                continue;
            }
        };
        for trouble in written.troubles {
            troubles.push(trouble);
        }
        list.put(&written.text, out)?;
    }
    list.end(out)?;
    Ok(troubles)
}

/// What stands around and between the objects of an array.
pub(super) struct Frame {
    format: Format,
    begun: bool,
}

impl Frame {
    pub(super) fn new(format: Format) -> Self {
        Self { format, begun: false }
    }

    /// Objects, each behind a comma where they are of an array.
    pub(super) fn put(&mut self, mut text: &[u8], out: &mut impl Write) -> io::Result<()> {
        if self.format == Format::Json && !self.begun {
            out.write_all(b"[")?;
            text = text.strip_prefix(b",").unwrap_or(text);
        }
        self.begun = true;
        out.write_all(text)
    }

    pub(super) fn end(&self, out: &mut impl Write) -> io::Result<()> {
        if self.format == Format::Json {
            out.write_all(if self.begun { b"\n]\n" } else { b"[]\n" })?;
        }
        Ok(())
    }
}

/// Reads, diagnoses and writes messages.
pub(super) struct Writer {
    judge: Judge,
    language: Language,
    format: Format,
    style: Style,
}

impl Writer {
    pub(super) fn new(judge: Judge, format: Format, config: &Config) -> Self {
        Self { judge, language: config.lang, format, style: style(config) }
    }

    fn batch(&self, batch: &Batch<Incoming>) -> Written {
        let mut written =
            Written { text: Vec::with_capacity(batch.size() / 2), troubles: Vec::new() };
        for (incoming, bytes) in batch.each() {
            self.message(incoming, bytes, &mut written);
        }
        written
    }

    fn message(&self, incoming: &Incoming, raw: &[u8], written: &mut Written) {
        let (label, brief) = (incoming.label.as_str(), incoming.brief);
        let at_length = self.format == Format::Text && !brief;
        let depth = if at_length { Depth::Inspect } else { Depth::Words };
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
        self.explained(&explained, brief, &mut written.text);
    }

    /// Diagnoses and writes what was read already, of so many bytes.
    pub(super) fn bounce(&self, label: &str, bounce: &Bounce, size: usize) -> Vec<u8> {
        let mut text = Vec::new();
        let explained = Explained {
            file: label,
            bounce,
            inspection: &Inspection::default(),
            diagnosis: &self.judge.diagnose(bounce),
            ours: &self.judge.ours,
            language: self.language,
            size,
        };
        self.explained(&explained, false, &mut text);
        text
    }

    /// Writes what is known of a message; `brief`: in a line or two for people.
    fn explained(&self, explained: &Explained<'_>, brief: bool, text: &mut Vec<u8>) {
        match self.format {
            Format::Text if brief => {
                text.extend_from_slice(lines(explained, self.style).as_bytes());
            }
            Format::Text => text.extend_from_slice(page(explained, self.style).as_bytes()),
            Format::Json => {
                text.extend_from_slice(b",\n");
                json(explained, text);
            }
            Format::Jsonl => {
                json(explained, text);
                text.push(b'\n');
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
