//! Why a delivery failed: 24 reasons and `unknown`. One reason, one remedy; who must act and
//! whether it lasts are other questions.

use crate::bounce::Phase;

names! {
    /// Why a delivery failed.
    #[derive(Default)]
    pub enum Reason {
        /// The local part does not exist.
        UserUnknown "user_unknown",
        /// Disabled, suspended, frozen, or moved without a forward.
        MailboxInactive "mailbox_inactive",
        /// The quota of the mailbox is used up.
        MailboxFull "mailbox_full",
        /// No such domain, or one that takes no mail.
        DomainInvalid "domain_invalid",
        /// The recipient, group or list does not allow this sender.
        NotPermitted "not_permitted",
        /// The host is not responsible for the domain or does not know the client.
        RelayDenied "relay_denied",
        /// A sign-in is required, or it failed.
        AuthRequired "auth_required",
        /// Our account or tenant is blocked by its own service.
        SenderBlocked "sender_blocked",
        /// SPF, DKIM, DMARC, or the sender's domain or address does not stand up.
        SenderAuth "sender_auth",
        /// The sending address has no fitting name.
        ReverseDns "reverse_dns",
        /// The sending address or domain is on a list or in bad repute.
        IpReputation "ip_reputation",
        /// A filter calls the content spam.
        SpamContent "spam_content",
        /// A virus or a dangerous attachment.
        Malware "malware",
        /// A rule of the receiving or of our own organisation.
        Policy "policy",
        /// A size limit of the message, its header or its attachments.
        TooLarge "too_large",
        /// Too many messages, connections or recipients, or a sending quota.
        RateLimited "rate_limited",
        /// Deferred on purpose: greylisting, "try again later".
        Deferred "deferred",
        /// The time in the queue ran out.
        Expired "expired",
        /// No usable connection.
        Network "network",
        /// The message goes round in a circle.
        RoutingLoop "routing_loop",
        /// A fault in the other mail system.
        SystemError "system_error",
        /// The message is not built as it must be.
        Malformed "malformed",
        /// The SMTP dialogue itself broke.
        Protocol "protocol",
        /// Encryption could not be agreed on or trusted.
        Tls "tls",
        /// Nothing that was said is recognised.
        #[default]
        Unknown "unknown",
    }
}

impl Reason {
    /// How exactly a cause is named: a missing mailbox says more than a rule of the house. Among
    /// wordings of one rank the one that says more counts.
    #[must_use]
    pub const fn precision(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Policy | Self::Protocol | Self::Deferred => 1,
            Self::SpamContent
            | Self::IpReputation
            | Self::SystemError
            | Self::Network
            | Self::Expired
            | Self::NotPermitted
            | Self::Malformed => 2,
            _ => 3,
        }
    }

    /// What a basic reply code alone suggests (RFC 5321 section 4.2), by the step of the dialogue
    /// it answered.
    #[must_use]
    pub const fn of_reply(code: u16, phase: Option<Phase>) -> Self {
        match code {
            421 => Self::Deferred,
            450 if phase.is_some() => Self::Deferred,
            451 | 452 => Self::SystemError,
            455 | 500..=504 | 555 => Self::Protocol,
            521 | 556 => Self::DomainInvalid,
            523 | 524 | 538 => Self::Tls,
            525 | 530 | 534 | 535 => Self::AuthRequired,
            550 | 553 => match phase {
                Some(Phase::RcptTo) => Self::UserUnknown,
                Some(_) => Self::Policy,
                None => Self::Unknown,
            },
            551 => Self::UserUnknown,
            552 => match phase {
                Some(Phase::Data | Phase::EndOfData) => Self::TooLarge,
                _ => Self::MailboxFull,
            },
            554 => match phase {
                Some(Phase::Connect | Phase::MailFrom | Phase::Helo) => Self::IpReputation,
                Some(Phase::EndOfData) => Self::SpamContent,
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }
}
