//! How much of long lines is kept.

/// Bytes of one line, of a header field and of a decoded part that are kept. What a terminal obeys
/// takes four times as many to show.
pub(super) const LINE_BYTES: usize = 16 << 10;
/// Bytes of all lines together that are kept of the source, and of a decoded part.
pub(super) const LINES_BYTES: usize = 2 << 20;

/// As much of a line as is kept.
pub(super) fn beginning(line: &str) -> &str {
    &line[..line.floor_char_boundary(LINE_BYTES)]
}
