//! What the header of a message says for a bounce.

use std::sync::LazyLock;

use crate::bounce::notice::phrases::Phrases;
use crate::mail::find;
use crate::mail::header::{Headers, Value};

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
        let from = headers.get("from").map(Value::text).unwrap_or_default();
        let subject = headers.get("subject").map(Value::text).unwrap_or_default();
        Self {
            failed_recipients: headers.has("x-failed-recipients"),
            null_sender: has_null_sender(headers),
            daemon: DAEMONS.occur_in(&from),
            mailer_daemon: find::contains(&from, "mailer-daemon"),
            subject: SUBJECTS.occur_in(&subject.to_lowercase()),
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

/// True for a Return-Path that no answer can go to.
fn has_null_sender(headers: &Headers<'_>) -> bool {
    let Some(path) = headers.get("return-path") else { return false };
    let path = path.unfolded().trim().to_ascii_lowercase();
    path.is_empty() || path == "<>" || path.trim_matches(['<', '>']).starts_with("mailer-daemon")
}

/// What the From of a mail system holds, in lower case.
static DAEMONS: LazyLock<Phrases> = LazyLock::new(|| {
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
