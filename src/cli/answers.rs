//! `deadletter explain --text`: an answer of a server without a report, or a line of a log, judged.

use std::io::{self, BufRead, BufWriter, Read, Write};

use crate::bounce::LoggedAnswer;
use crate::config::Config;

use super::args::Format;
use super::error::Error;
use super::exit::GOOD;
use super::explain::{Frame, Writer};
use super::setup;

/// The longest answer or line of a log that is read, in bytes; what is behind it is left out.
const LINE: u64 = 64 << 10;

/// Judges the answer, or each line of standard input where it is `-`.
pub(super) fn run(
    text: &str,
    host: Option<&str>,
    format: Format,
    config: &Config,
) -> Result<u8, Error> {
    let mut judged = JudgedAnswer {
        writer: Writer::new(setup::judge(config)?, format, config),
        host,
        asked: config.ours.hosts.first().map(String::as_str),
        frame: Frame::new(format),
        count: 0,
        out: BufWriter::new(io::stdout().lock()),
    };
    if text == "-" {
        judged.lines(io::stdin().lock())?;
    } else {
        judged.line("--text", text)?;
    }
    judged.frame.end(&mut judged.out)?;
    judged.out.flush()?;
    if judged.count == 0 { Err(Error::NoRefusal) } else { Ok(GOOD) }
}

/// Answers that are judged one by one.
struct JudgedAnswer<'a, W: Write> {
    writer: Writer,
    host: Option<&'a str>,
    /// Our host that was answered.
    asked: Option<&'a str>,
    frame: Frame,
    count: usize,
    out: W,
}

impl<W: Write> JudgedAnswer<'_, W> {
    /// Each line that says anything, with its number.
    fn lines(&mut self, mut input: impl BufRead) -> io::Result<()> {
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            if input.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            number += 1;
            if !line.ends_with(b"\n") {
                input.skip_until(b'\n')?;
            }
            let text = String::from_utf8_lossy(&line);
            if !text.trim().is_empty() {
                self.line(&format!("-#{number}"), text.trim_end())?;
            }
        }
    }

    fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        let answered = LoggedAnswer { text, host: self.host, asked: self.asked };
        let Some(bounce) = answered.read() else { return Ok(()) };
        self.count += 1;
        let written = self.writer.bounce(label, &bounce, text.len());
        self.frame.put(&written, &mut self.out)
    }
}
