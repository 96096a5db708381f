//! Whether a report tells of a delay: the server goes on trying, and nobody need do anything.

use std::sync::LazyLock;

use super::subject::Subject;
use crate::bounce::notice::line::Line;
use crate::bounce::notice::phrases::Phrases;
use crate::bounce::notice::text::NoticeText;

/// True when the words say that the server goes on trying.
#[must_use]
pub(super) fn says_delay(notice: &NoticeText<'_>, subject: &Subject) -> bool {
    !gave_up(notice) && (subject.holds(&DELAY_SUBJECTS) || delay_line(notice).is_some())
}

/// The line that says so.
#[must_use]
pub fn delay_line<'t>(notice: &NoticeText<'t>) -> Option<Line<'t>> {
    let (_, place) = DELAY_WORDS.foremost_in(notice.own_text())?;
    notice.line_at(place.start)
}

static DELAY_SUBJECTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "(delay)",
        "delayed",
        "warning: could not send",
        "still being retried",
        "delay notification",
        "(delay",
        "transient delivery",
        "delivery incomplete",
        "warning: message",
    ])
});

static DELAY_WORDS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "has not yet been delivered",
        "have not yet been delivered",
        "has been delayed",
        "delivery incomplete",
        "temporary problem delivering",
        "transient non-fatal errors",
        "warning message only",
        "do not need to resend",
        "will be retried",
        "still being retried",
        "no action is required on your part",
        "will keep trying",
        "we will continue to try",
        "will retry",
        "delivery attempts will continue",
    ])
});

fn gave_up(notice: &NoticeText<'_>) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new([
            "permanent fatal errors",
            "permanent error",
            "failed permanently",
            "giving up",
            "given up",
            "permanent failure",
        ])
    });
    SIGNS.occur_in(notice.own_text())
}
