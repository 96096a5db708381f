//! The kinds of message in a postmaster's mailbox.

use crate::bounce::report::DsnAction;

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
        if actions.iter().any(|action| matches!(action, None | Some(DsnAction::Failed))) {
            Self::Failure
        } else if actions.contains(&Some(DsnAction::Delayed)) {
            Self::Delay
        } else {
            Self::Success
        }
    }
}
