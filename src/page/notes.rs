//! What should be known besides: how sure we can be of who we are, what went beyond the limits, what
//! was not understood.

use crate::bounce::{Bounce, Inspection};
use crate::diagnosis::{Language, Ours};

use super::block::{Page, Tone};

/// Who we are was learnt, or is not known: what that means for the verdict.
#[must_use]
pub fn site(ours: &Ours, language: Language) -> Page {
    let mut page = Page::default();
    let note = if ours.is_empty() {
        language.word("site.unset")
    } else if ours.learnt {
        language.word("site.learnt")
    } else {
        return page;
    };
    page.gap();
    page.text(note, Tone::Dim);
    page
}

/// The limits that a message went beyond.
pub(super) fn limits(bounce: &Bounce, language: Language) -> Page {
    let mut page = Page::default();
    for limit in &bounce.limits {
        let words = language.word(&format!("beyond.{limit}"));
        page.led(format!("{}: ", language.word("limit")), words, Tone::Plain);
    }
    page
}

/// Lines of the report that were not understood, under a title, as many as `most`.
#[must_use]
pub fn unread(inspection: &Inspection, title: impl Into<String>, most: usize) -> Page {
    let mut page = Page::default();
    if inspection.not_understood.is_empty() {
        return page;
    }
    page.heading(title);
    for line in inspection.not_understood.iter().take(most) {
        page.text(line.as_str(), Tone::Plain);
    }
    page
}
