//! Text that may be shown, and text in columns.

use deadletter::layout::{clip, clip_around, clip_front, width, wrap};
use deadletter::mail::SafeText;

use super::choices::Choices;
use crate::invariants::harmless;

/// Bytes made into text that may be shown, cut and wrapped to any width: nothing that a terminal
/// obeys, nothing wider than asked for, nothing lost but blanks.
pub(crate) fn safe_text(input: &[u8]) {
    let mut choices = Choices::new(input);
    let columns = choices.below(100);
    let (from, to) = (choices.number(), choices.number());
    let ascii = choices.once_in(2);
    let bytes = &input[input.len().min(6)..];
    let text = String::from_utf8_lossy(bytes);
    for safe in [SafeText::from_bytes(bytes), SafeText::new(&text), SafeText::line(&text)] {
        harmless(&safe);
        assert!(safe.len() <= 10 * input.len() + 16, "{} bytes of {}", safe.len(), input.len());
        assert_eq!(SafeText::new(&safe), SafeText::new(&SafeText::new(&safe)));
        for cut in [clip(&safe, columns, ascii), clip_front(&safe, columns, ascii)] {
            harmless(&cut);
            assert!(width(&cut) <= columns, "{cut:?} in {columns}");
        }
        let focus = focus(&safe, from, to);
        let around = clip_around(&safe, focus, columns, ascii);
        harmless(&around);
        assert!(width(&around) <= columns.max(width(&safe)), "{around:?} in {columns}");
        if columns > 4 {
            wrapped(&safe, columns);
        }
    }
}

/// A range inside the text, at borders of characters.
fn focus(text: &str, from: usize, to: usize) -> std::ops::Range<usize> {
    let (from, to) = (from % (text.len() + 1), to % (text.len() + 1));
    let (start, end) = (from.min(to), from.max(to));
    text.floor_char_boundary(start)..text.floor_char_boundary(end)
}

fn wrapped(text: &str, columns: usize) {
    let lines = wrap("> ", text, columns);
    for line in &lines {
        harmless(line);
        assert!(width(line) <= columns, "{line:?} in {columns}");
    }
    let there: String = lines.concat().replace("> ", "").replace(' ', "");
    assert_eq!(there.replace('>', ""), text.replace(['>', ' '], ""), "in {columns}");
}
