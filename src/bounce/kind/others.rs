//! What a message is that is no bounce: complaints, reports, notices, challenges, automatic replies.

use std::sync::LazyLock;

use super::features::Features;
use super::heading::Heading;
use super::kinds::Kind;
use crate::bounce::notice::phrases::Phrases;
use crate::bounce::notice::text::NoticeText;
use crate::mail::{Headers, find};

/// What a message that is no bounce is, by its header and words, and whether another message came
/// with it.
#[must_use]
pub(super) fn kind(features: &Features<'_>) -> Kind {
    let Features { headers, heading, notice, .. } = *features;
    let signs = heading.signs;
    let whole = heading.topic.whole();
    let returned = features.original.is_some();
    if headers.has("tls-report-domain") {
        Kind::TlsReport
    } else if returned && is_complaint(headers, whole) || headers.has("x-apple-unsubscribe") {
        Kind::Arf
    } else if whole.contains("report domain:") && whole.contains("submitter:") {
        Kind::DmarcReport
    } else if is_notice(headers, heading) {
        Kind::Other
    } else if is_challenge(features) {
        Kind::Challenge
    } else if is_auto_reply(headers, heading) || says_absent(notice) {
        Kind::AutoReply
    } else if signs.null_sender && !signs.daemon && !is_from_list(headers) {
        // Nobody writes so that no answer can come, but programs that answer do.
        Kind::AutoReply
    } else {
        Kind::Other
    }
}

/// Sent to the members of a list: a newsletter, a discussion.
#[must_use]
pub(super) fn is_from_list(headers: &Headers<'_>) -> bool {
    const FIELDS: [&str; 5] =
        ["list-id", "list-unsubscribe", "list-post", "mailing-list", "x-mailing-list"];
    FIELDS.iter().any(|name| headers.has(name))
}

fn holds_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Complaints of feedback loops that predate RFC 5965: a sentence in the subject and the message
/// complained about.
fn is_complaint(headers: &Headers<'_>, subject: &str) -> bool {
    const SUBJECTS: [&str; 3] =
        ["complaint about message from", "email feedback report for", "abuse report for"];
    holds_any(subject, &SUBJECTS) || headers.has("x-hmxmroriginalrecipient")
}

/// The first sentences of people who are away.
fn says_absent(notice: &NoticeText<'_>) -> bool {
    static SENTENCES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new([
            "i am out of office",
            "i am out of the office",
            "i'm out of the office",
            "currently out of the office",
            "i am on vacation",
            "i am currently away",
            "i am away from",
            "ich bin derzeit nicht",
        ])
    });
    let mut first = notice.lines.iter().filter(|line| !line.is_blank()).take(4);
    first.any(|line| SENTENCES.occur_in(line.text))
}

/// Notices of list servers and mail systems to whom it may concern.
#[must_use]
pub fn is_notice(headers: &Headers<'_>, heading: &Heading) -> bool {
    static SUBJECTS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new([
            "quarantine",
            "quarantäne",
            "quarantaine",
            "quarantena",
            "kwarantann",
            "karant",
            "spam digest",
            "spam report",
            "complaint",
            "has been frozen",
            "awaits moderator approval",
            "bounce action notification",
            "moderator approval",
            "is being held",
            "held for moderation",
        ])
    });
    headers.has("x-list-administrivia") || heading.topic.holds(&SUBJECTS)
}

/// True for a message that no person sent to us: of a list, a program, a mail system.
#[must_use]
pub fn is_automatic(headers: &Headers<'_>) -> bool {
    const FIELDS: [&str; 3] = ["auto-submitted", "precedence", "x-list-administrivia"];
    is_from_list(headers) || FIELDS.iter().any(|name| headers.has(name))
}

/// What challenge-response systems write, in lower case.
static DEMANDS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "requires you to confirm",
        "confirm this message",
        "confirm your message",
        "confirm that you are",
        "verify your email address to",
        "click the link below to",
        "approve your message",
        "held until you",
        "awaiting your confirmation",
        "challenge-response",
        "authenticate your message",
        "to release your message",
    ])
});

/// Challenge-response systems ask the sender to click or answer.
#[must_use]
pub(super) fn is_challenge(features: &Features<'_>) -> bool {
    static SERVICES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new(["boxbe", "spamarrest", "bluebottle", "mailblocks", "spamlion"])
    });
    let Features { headers, heading, notice, .. } = *features;
    let from = heading.from.as_deref().unwrap_or("");
    if has_challenge_field(headers) || SERVICES.occur_in(from) {
        return true;
    }
    let automatic =
        headers.has("auto-submitted") || headers.has("precedence") || find::contains(from, "tmda");
    automatic && DEMANDS.occur_in(notice.own_text())
}

/// Fields that only challenge-response systems write.
fn has_challenge_field(headers: &Headers<'_>) -> bool {
    const NAMES: [&str; 5] = ["x-boxbe", "x-boxtrapper", "x-tmda", "x-challenge", "x-spamarrest"];
    for field in headers.fields() {
        if NAMES.iter().any(|name| find::begins(field.name, name)) {
            return true;
        }
    }
    match headers.get("x-delivery-agent") {
        Some(agent) => find::contains(&agent.unfolded(), "tmda"),
        None => false,
    }
}

/// RFC 3834 and what came before it.
#[must_use]
pub(super) fn is_auto_reply(headers: &Headers<'_>, heading: &Heading) -> bool {
    const FIELDS: [&str; 7] = [
        "x-autoreply",
        "x-autorespond",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-autogenerated",
        "x-vacation",
        "x-amazon-auto-reply",
    ];
    /// Fields that say it in their value, and what they hold (lower case).
    const VALUES: [(&str, &str); 10] = [
        ("auto-submitted", "auto-replied"),
        ("precedence", "auto_reply"),
        ("precedence", "auto-reply"),
        ("x-precedence", "auto_reply"),
        ("preference", "auto_reply"),
        ("x-apple-action", "vacation"),
        ("x-mailer", "vacation"),
        ("x-mailer", "autorespon"),
        ("delivered-to", "autoresponder"),
        ("x-post-messageclass", "autoresponder"),
    ];
    FIELDS.iter().any(|name| headers.has(name))
        || VALUES.iter().any(|(name, word)| says(headers, name, word))
        || headers.has("in-reply-to") && is_automatic_answer(headers)
        || heading.topic.holds(&ABSENT)
}

/// What the subjects of automatic replies hold, in lower case.
static ABSENT: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "automatic reply",
        "automatic response",
        "auto reply",
        "autoreply",
        "auto-reply",
        "auto response",
        "autoresponse",
        "auto-response",
        "out of office",
        "out of the office",
        "auto:",
        "vacation",
        "away from",
        "on holiday",
        "réponse automatique",
        "absence du bureau",
        "absent du bureau",
        "autosvar",
        "automatisk svar",
        "automatiskt svar",
        "frånvaro",
        "fravær",
        "ikke til stede",
        "automatische antwort",
        "abwesenheit",
        "abwesend",
        "risposta automatica",
        "fuori sede",
        "fuori ufficio",
        "respuesta automática",
        "fuera de la oficina",
        "resposta automática",
        "automatisch antwoord",
        "afwezig",
        "odpowiedź automatyczna",
        "automatyczna odpowiedź",
    ])
});

/// True when a field holds a word, whatever its case.
fn says(headers: &Headers<'_>, name: &str, word: &str) -> bool {
    headers.get(name).is_some_and(|value| find::contains(&value.unfolded(), word))
}

/// True where RFC 3834 says that a program sent it.
fn is_automatic_answer(headers: &Headers<'_>) -> bool {
    let value = headers.get("auto-submitted");
    value.is_some_and(|value| find::begins(value.unfolded().trim(), "auto-"))
}
