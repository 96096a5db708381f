//! A writer that lets whole frames through in one piece: one write(2) a frame, inside synchronized
//! output.

use std::io::{self, Write};

/// Begins synchronized output (DEC private mode 2026); terminals that do not know it ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
/// Ends synchronized output.
const END: &[u8] = b"\x1b[?2026l";
/// Room for a frame, in bytes.
const CAPACITY: usize = 64 << 10;

/// Collects bytes until they are a whole frame.
#[derive(Debug)]
pub(super) struct FrameWriter<W: Write> {
    out: W,
    buffer: Vec<u8>,
    /// A frame has begun and not ended.
    open: bool,
}

impl<W: Write> FrameWriter<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, buffer: Vec::with_capacity(CAPACITY), open: false }
    }

    /// Begins a frame, unless one has begun already: what is cleared before it is drawn belongs to
    /// it.
    pub(super) fn begin_frame(&mut self) {
        if !std::mem::replace(&mut self.open, true) {
            self.buffer.extend_from_slice(BEGIN);
        }
    }

    /// Drops a frame that has begun and not ended.
    pub(super) fn drop_frame(&mut self) {
        if std::mem::take(&mut self.open) {
            self.buffer.clear();
        }
    }

    /// Ends a frame and hands it over; one in which nothing stands is dropped.
    pub(super) fn end_frame(&mut self) -> io::Result<()> {
        self.open = false;
        if self.buffer == BEGIN {
            self.buffer.clear();
            return Ok(());
        }
        self.buffer.extend_from_slice(END);
        self.flush()
    }
}

#[cfg(test)]
impl FrameWriter<Vec<u8>> {
    /// What has been handed over.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Hands everything over, unless a frame has begun and not ended.
    fn flush(&mut self) -> io::Result<()> {
        if self.open || self.buffer.is_empty() {
            return Ok(());
        }
        let result = self.out.write_all(&self.buffer).and_then(|()| self.out.flush());
        self.buffer.clear();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_leaves_in_one_piece() {
        let mut writer = FrameWriter::new(Vec::new());
        writer.begin_frame();
        writer.flush().expect("memory");
        writer.write_all(b"frame").expect("memory");
        writer.flush().expect("memory");
        assert!(writer.out.is_empty());
        writer.end_frame().expect("memory");
        assert_eq!(writer.take(), [BEGIN, b"frame", END].concat());
        writer.write_all(b"\x1b]52;c;eA==\x07").expect("memory");
        writer.flush().expect("memory");
        assert!(writer.take().ends_with(b"\x07"));
        writer.begin_frame();
        writer.end_frame().expect("memory");
        assert!(writer.take().is_empty(), "nothing stood in it");
    }

    #[test]
    fn a_frame_that_is_dropped_holds_nothing_back() {
        let mut writer = FrameWriter::new(Vec::new());
        writer.begin_frame();
        writer.write_all(b"\x1b[2J").expect("memory");
        writer.drop_frame();
        writer.write_all(b"\x1b[?25h").expect("memory");
        writer.flush().expect("memory");
        assert_eq!(writer.take(), b"\x1b[?25h");
    }

    #[test]
    fn what_is_cleared_leaves_with_the_frame() {
        let mut writer = FrameWriter::new(Vec::new());
        writer.write_all(b"\x1b[?25l").expect("memory");
        writer.begin_frame();
        writer.write_all(b"\x1b[2J").expect("memory");
        writer.flush().expect("memory");
        writer.begin_frame();
        writer.end_frame().expect("memory");
        assert_eq!(writer.take(), [b"\x1b[?25l", BEGIN, b"\x1b[2J", END].concat());
    }
}
