//! What kind of message it is. A bounce is told from everything else that lies in a postmaster's
//! mailbox.

use std::sync::LazyLock;

use crate::mail::header::{FieldValue, Headers};

use crate::mail::find::position;

use super::notice::phrases::Phrases;
use super::notice::text::{Line, NoticeText};
use super::report::DsnAction;

names! {
    /// The kinds of message in a postmaster's mailbox.
    pub enum Kind {
        /// Something was not delivered.
        Failure "failure" "not delivered",
        /// Not delivered yet; nobody need do anything.
        Delay "delay" "deferred (delay)",
        /// A delivery, relay or expansion receipt.
        Success "success" "delivered",
        /// An answer nobody wrote (RFC 3834).
        AutoReply "auto_reply" "auto-reply",
        /// A read receipt or another disposition notification (RFC 8098).
        Mdn "mdn" "read receipt",
        /// An abuse or authentication failure report (RFC 5965, 6591).
        Arf "arf" "spam complaint",
        /// A DMARC aggregate report (RFC 7489).
        DmarcReport "dmarc_report" "dmarc report",
        /// An SMTP TLS report (RFC 8460).
        TlsReport "tls_report" "tls report",
        /// A demand to confirm that a person sent the message.
        Challenge "challenge" "challenge",
        /// Anything else: people, lists, newsletters, notices to postmasters.
        Other "other" "other mail",
    }
}

impl Kind {
    /// True for failures and delays: messages about a delivery.
    #[must_use]
    pub const fn is_bounce(self) -> bool {
        matches!(self, Self::Failure | Self::Delay)
    }

    /// The kind of a delivery report with these actions: one failure makes it a failure, one delay
    /// a delay.
    #[must_use]
    pub fn of_actions(actions: &[Option<DsnAction>]) -> Self {
        let any =
            |wanted: &[Option<DsnAction>]| actions.iter().any(|action| wanted.contains(action));
        if any(&[Some(DsnAction::Failed), None]) {
            Self::Failure
        } else if any(&[Some(DsnAction::Delayed)]) {
            Self::Delay
        } else {
            Self::Success
        }
    }
}

/// What speaks for a bounce outside its text.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each sign is there or not")]
pub struct HeaderSigns {
    /// X-Failed-Recipients.
    pub failed_recipients: bool,
    /// `Return-Path: <>`.
    pub null_sender: bool,
    /// From a mail system, not a person.
    pub daemon: bool,
    /// From MAILER-DAEMON, which never writes anything else.
    pub mailer_daemon: bool,
    /// A subject that mail systems write.
    pub subject: bool,
}

impl HeaderSigns {
    /// Reads the header of a message.
    #[must_use]
    pub fn of(headers: &Headers<'_>) -> Self {
        let text = |name| headers.get(name).map(FieldValue::text).unwrap_or_default();
        let (from, subject) = (text("from"), text("subject").to_lowercase());
        let path = headers.get("return-path").map(|v| v.unfolded().trim().to_ascii_lowercase());
        Self {
            failed_recipients: headers.has("x-failed-recipients"),
            null_sender: path.is_some_and(|p| {
                p == "<>" || p.is_empty() || p.trim_matches(['<', '>']).starts_with("mailer-daemon")
            }),
            daemon: is_daemon(&from),
            mailer_daemon: position(&from, "mailer-daemon").is_some(),
            subject: SUBJECTS.occur_in(&subject),
        }
    }

    /// How much they weigh together.
    #[must_use]
    pub fn weight(self) -> u8 {
        4 * u8::from(self.failed_recipients)
            + 2 * u8::from(self.null_sender)
            + 2 * u8::from(self.daemon)
            + u8::from(self.mailer_daemon)
            + 2 * u8::from(self.subject)
    }
}

/// True for the From of a mail system.
fn is_daemon(from: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new([
            "mailer-daemon",
            "mailerdaemon",
            "mail-daemon",
            "mailer_daemon",
            "postmaster",
            "post.master",
            "post_master",
            "mail delivery",
            "mail system",
            "delivery subsystem",
            "system administrator",
            "mdaemon@",
            "microsoftexchange",
            "content-filter",
            "mail administrator",
            "mail server",
            "mailsystem",
            "delivery system",
            "bounce-handler",
            "mail router",
            "internet mail delivery",
            "mailsweeper",
            "smtp gateway",
            "systemadministrator",
        ])
    });
    SIGNS.occur_in(from)
}

/// What the subjects of bounces hold, in lower case.
static SUBJECTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "undeliver",
        "delivery status",
        "delivery failure",
        "failure notice",
        "returned mail",
        "mail delivery failed",
        "delivery failed",
        "delivery has failed",
        "could not be delivered",
        "mail delivery fail",
        "delivery notification",
        "delivery report",
        "non remis",
        "unzustellbar",
        "non recapitabile",
        "nieudostarcz",
        "niet besteld",
        "onbestelbaar",
        "kan ikke leveres",
        "olevererbar",
        "no se pudo entregar",
        "message you sent blocked",
        "warning: could not send",
        "warning: message",
        "delayed mail",
        "nondeliverable",
        "non-delivery",
        "não entregue",
        "недостав",
        "не доставлено",
        "returned to sender",
        "mail failure",
        "message delivery has failed",
        "mail could not be delivered",
        "message not delivered",
        "delivery problem",
        "problem delivering",
        "non-deliverable",
        "send failed",
        "mail rejected",
        "delivery error",
        "error sending",
        "failed mail",
        "bounced mail",
        "return receipt (failed",
        "mancato recapito",
        "impossible de remettre",
        "kan niet worden bezorgd",
        "ikke leveret",
        "kunne ikke leveres",
        "nicht zustellbar",
        "zustellung",
        "エラー",
        "送信",
        "配信",
        "email delivery failure",
    ])
});

/// True when the words say that the server goes on trying.
#[must_use]
pub fn says_delay(notice: &NoticeText<'_>, subject: &str) -> bool {
    !gave_up(notice) && (DELAY_SUBJECTS.occur_in(subject) || delay_line(notice).is_some())
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

/// What a message that is no bounce is, by its header and words, and whether another message came
/// with it.
#[must_use]
pub fn of_others(headers: &Headers<'_>, notice: &NoticeText<'_>, returned: bool) -> Kind {
    let text = |name| headers.get(name).map(FieldValue::text).unwrap_or_default();
    let subject = text("subject").to_lowercase();
    if headers.has("tls-report-domain") {
        Kind::TlsReport
    } else if returned && is_complaint(headers, &subject) || headers.has("x-apple-unsubscribe") {
        Kind::Arf
    } else if subject.contains("report domain:") && subject.contains("submitter:") {
        Kind::DmarcReport
    } else if is_notice(headers, &subject) {
        Kind::Other
    } else if is_challenge(headers, notice) {
        Kind::Challenge
    } else if is_auto_reply(headers, &subject) || says_absent(notice) {
        Kind::AutoReply
    } else {
        Kind::Other
    }
}

/// Complaints of feedback loops that predate RFC 5965: a sentence in the subject and the message
/// complained about.
fn is_complaint(headers: &Headers<'_>, subject: &str) -> bool {
    ["complaint about message from", "email feedback report for", "abuse report for"]
        .iter()
        .any(|s| subject.contains(s))
        || headers.has("x-hmxmroriginalrecipient")
}

/// The first sentences of people who are away.
fn says_absent(notice: &NoticeText<'_>) -> bool {
    const SENTENCES: [&str; 8] = [
        "i am out of office",
        "i am out of the office",
        "i'm out of the office",
        "currently out of the office",
        "i am on vacation",
        "i am currently away",
        "i am away from",
        "ich bin derzeit nicht",
    ];
    let first: Vec<_> = notice.lines.iter().filter(|line| !line.is_blank()).take(4).collect();
    first.iter().any(|line| SENTENCES.iter().any(|s| position(line.text, s).is_some()))
}

/// Notices of list servers and mail systems to whom it may concern.
#[must_use]
pub fn is_notice(headers: &Headers<'_>, subject: &str) -> bool {
    const SUBJECTS: [&str; 6] = [
        "has been frozen",
        "awaits moderator approval",
        "bounce action notification",
        "moderator approval",
        "is being held",
        "held for moderation",
    ];
    headers.has("x-list-administrivia") || SUBJECTS.iter().any(|s| subject.contains(s))
}

/// Challenge-response systems ask the sender to click or answer.
#[must_use]
pub fn is_challenge(headers: &Headers<'_>, notice: &NoticeText<'_>) -> bool {
    static TEXT: LazyLock<Phrases> = LazyLock::new(|| {
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
    let named = headers.fields().iter().any(|f| {
        ["x-boxbe", "x-boxtrapper", "x-tmda", "x-challenge", "x-spamarrest"]
            .iter()
            .any(|n| f.name.len() >= n.len() && f.name[..n.len()].eq_ignore_ascii_case(n))
    });
    let from = headers.get("from").map(FieldValue::text).unwrap_or_default();
    let from_service = ["boxbe", "spamarrest", "bluebottle", "mailblocks", "spamlion"]
        .iter()
        .any(|s| position(&from, s).is_some());
    let tmda =
        headers.get("x-delivery-agent").is_some_and(|v| position(&v.unfolded(), "tmda").is_some());
    named
        || tmda
        || from_service
        || (headers.has("auto-submitted")
            || headers.has("precedence")
            || position(&from, "tmda").is_some())
            && TEXT.occur_in(notice.own_text())
}

/// RFC 3834 and what came before it.
fn is_auto_reply(headers: &Headers<'_>, subject: &str) -> bool {
    const FIELDS: [&str; 6] = [
        "x-autoreply",
        "x-autorespond",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-autogenerated",
        "x-vacation",
    ];
    const SUBJECTS: [&str; 20] = [
        "automatic reply",
        "auto reply",
        "autoreply",
        "auto-reply",
        "out of office",
        "out of the office",
        "auto:",
        "réponse automatique",
        "autosvar",
        "automatische antwort",
        "abwesenheit",
        "risposta automatica",
        "respuesta automática",
        "automatisch antwoord",
        "odpowiedź automatyczna",
        "autoresponse",
        "vacation",
        "away from",
        "on holiday",
        "automatyczna odpowiedź",
    ];
    let value = |name| {
        headers.get(name).map(|v| v.unfolded().trim().to_ascii_lowercase()).unwrap_or_default()
    };
    let auto = value("auto-submitted");
    let replied = auto.starts_with("auto-replied")
        || auto.starts_with("auto-generated") && headers.has("in-reply-to");
    FIELDS.iter().any(|f| headers.has(f))
        || replied
        || matches!(&*value("precedence"), "auto_reply" | "auto-reply")
        || SUBJECTS.iter().any(|s| subject.contains(s))
}
