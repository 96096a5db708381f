//! The kinds of message in a postmaster's mailbox.

use crate::bounce::report::DsnAction;

names! {
    /// The kinds of message in a postmaster's mailbox.
    pub enum Kind {
        /// Something was not delivered.
        Failure "failure",
        /// Not delivered yet; nobody need do anything.
        Delay "delay",
        /// A delivery, relay or expansion receipt.
        Success "success",
        /// An answer nobody wrote (RFC 3834).
        AutoReply "auto_reply",
        /// A read receipt or another disposition notification (RFC 8098).
        Mdn "mdn",
        /// An abuse or authentication failure report (RFC 5965, 6591).
        Arf "arf",
        /// A DMARC aggregate report (RFC 7489).
        DmarcReport "dmarc_report",
        /// An SMTP TLS report (RFC 8460).
        TlsReport "tls_report",
        /// A demand to confirm that a person sent the message.
        Challenge "challenge",
        /// Anything else: people, lists, newsletters, notices to postmasters.
        Other "other",
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
