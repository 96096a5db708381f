//! What the header of a message says for a bounce.

use std::sync::LazyLock;

use super::subject::Subject;
use crate::bounce::notice::phrases::Phrases;
use crate::mail::Headers;

/// What speaks for a bounce outside its text.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each sign is there or not")]
pub struct HeaderSigns {
    /// X-Failed-Recipients.
    pub failed_recipients: bool,
    /// `Return-Path: <>`, or nobody in From.
    pub null_sender: bool,
    /// From a mail system, not a person.
    pub daemon: bool,
    /// From MAILER-DAEMON, which never writes anything else.
    pub mailer_daemon: bool,
    /// A subject that mail systems write.
    pub subject: bool,
}

impl HeaderSigns {
    /// Reads the header of a message with this From and this subject.
    #[must_use]
    pub(super) fn of(headers: &Headers<'_>, from: &str, topic: &Subject) -> Self {
        let sender = letters_of(from);
        Self {
            failed_recipients: headers.has("x-failed-recipients"),
            null_sender: has_null_path(headers) || from.contains("<>"),
            daemon: DAEMONS.occur_in(&sender),
            mailer_daemon: sender.contains("mailerdaemon"),
            subject: topic.holds(&SUBJECTS),
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

/// The letters of a sender, of its domain none, in lower case: mail systems spell their names with
/// blanks, dashes, dots, underlines, or as one word.
fn letters_of(from: &str) -> String {
    let mut letters = String::with_capacity(from.len());
    let mut in_domain = false;
    for c in from.chars() {
        in_domain = c == '@' || in_domain && (c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if in_domain {
            continue;
        }
        if c.is_ascii_alphabetic() {
            letters.push(c.to_ascii_lowercase());
        } else if c.is_alphabetic() {
            letters.extend(c.to_lowercase());
        }
    }
    letters
}

/// True for a Return-Path that no answer can go to.
fn has_null_path(headers: &Headers<'_>) -> bool {
    let Some(path) = headers.get("return-path") else { return false };
    let path = path.unfolded().trim().to_ascii_lowercase();
    path.is_empty() || path == "<>" || path.trim_matches(['<', '>']).starts_with("mailer-daemon")
}

/// What the letters of a mail system's name hold.
static DAEMONS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "mailerdaemon",
        "maildaemon",
        "postmaster",
        "maildelivery",
        "mailsystem",
        "deliverysubsystem",
        "deliverysystem",
        "systemadministrator",
        "mdaemon",
        "microsoftexchange",
        "contentfilter",
        "mailadministrator",
        "mailserver",
        "bouncehandler",
        "mailrouter",
        "mailsweeper",
        "smtpgateway",
    ])
});

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
        "niedostarcz",
        "nie dostarczon",
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
        "relayed:",
        "delivered:",
        "bounce notification",
        "systems bounce",
        "kunde inte levereras",
        "nedoruč",
        "退信",
        "배달 실패",
        "전송 실패",
        "エラー",
        "送信",
        "配信",
        "email delivery failure",
    ])
});
