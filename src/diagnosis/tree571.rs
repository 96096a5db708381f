//! The decision tree of Microsoft's article on 5.7.0 to 5.7.999: which branch a refusal belongs to.
//! First sign wins.

use crate::bounce::Kind;
use crate::mail::address;
use crate::mail::find::position;

use super::backscatter::Backscatter;
use super::case::Case;
use super::hosts::{Relation, is_microsoft, relation};
use super::ours::Ours;
use super::reason::Reason;

macro_rules! branches {
    ($($(#[$doc:meta])* $name:ident $key:literal,)*) => {
        /// A branch of the tree.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Branch {
            $($(#[$doc])* $name,)*
        }

        impl Branch {
            /// All branches.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its key in the guidance.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// Its name in the tree.
            #[must_use]
            pub fn name(self) -> &'static str {
                self.key().trim_start_matches("571-")
            }
        }
    };
}

branches! {
    /// We never sent it.
    NotOurs "571-B0",
    /// A recipient outside our organisation; nothing more is said.
    Outside "571-B1",
    /// The recipient's public server demands a login.
    PublicLogin "571-B1a",
    /// Our own relay demands a login.
    RelayLogin "571-B1b",
    /// A group of ours that admits certain senders only.
    OurGroup "571-B2",
    /// A large group, or one with a moderator.
    LargeGroup "571-B3",
    /// A group of ours that should admit this outside sender: what its owner does.
    OpenGroup "571-B2o",
    /// A large group of ours: what its owner does.
    ApproveLargeGroup "571-B3o",
    /// A recipient that admits senders from inside only.
    InsideOnly "571-B4",
    /// A mail flow rule.
    FlowRule "571-B4r",
    /// A mail-enabled public folder.
    PublicFolder "571-B5",
    /// Our address is on a blocklist.
    Blocklist "571-B6",
    /// Our domain is not fully enrolled.
    Enrolment "571-B7",
    /// The MX record leads to the wrong host.
    WrongMx "571-B8",
    /// SPF, DKIM or DMARC.
    Authentication "571-B9",
    /// Reverse DNS.
    ReverseDns "571-B9p",
    /// Connectors of a hybrid deployment.
    Hybrid "571-B10",
}

/// The branch that a refusal belongs to; None for everything the article is not about.
#[must_use]
pub fn branch(case: &Case<'_>) -> Option<Branch> {
    let Case { bounce, delivery, verdict, origin, .. } = *case;
    let subject7 = delivery.status.is_some_and(|s| s.class != 2 && s.subject == 7);
    let routed =
        matches!(verdict.reason, Reason::RelayDenied | Reason::AuthRequired | Reason::NotPermitted);
    if bounce.kind != Kind::Failure || !(subject7 || routed) {
        return None;
    }
    if origin.verdict == Backscatter::Yes {
        return Some(Branch::NotOurs);
    }
    Some(Signs::of(case).branch())
}

/// What the tests of the tree look at.
#[expect(clippy::struct_excessive_bools, reason = "each sign is there or not")]
struct Signs<'m> {
    text: &'m str,
    reason: Reason,
    ours: &'m Ours,
    recipient_ours: bool,
    sender_ours: bool,
    relation: Relation,
    microsoft: bool,
    code: (u16, u16),
    loops_through_us: bool,
}

impl<'m> Signs<'m> {
    fn of(case: &Case<'m>) -> Self {
        let Case { bounce, delivery, verdict, ours, .. } = *case;
        let domain = delivery.recipient.as_deref().map(address::domain).unwrap_or_default();
        let original = bounce.original.as_ref();
        let sender =
            original.and_then(|o| o.author.as_deref()).map(address::domain).unwrap_or_default();
        let hosts = [
            bounce.generating_server.as_deref(),
            delivery.remote.as_ref().and_then(|r| r.name.as_deref()),
        ];
        let hop = |wanted: &dyn Fn(&str) -> bool| {
            original
                .is_some_and(|o| o.chain.hops.iter().filter_map(|h| h.by.as_deref()).any(wanted))
        };
        Self {
            text: delivery.said.as_ref().map_or("", |said| said.text.as_str()),
            reason: verdict.reason,
            ours,
            recipient_ours: ours.has_domain(&domain),
            sender_ours: ours.has_domain(&sender),
            relation: relation(delivery.remote.as_ref(), &domain, ours, &[]),
            microsoft: hosts.into_iter().flatten().any(is_microsoft),
            code: delivery.status.map_or((0, 0), |s| (s.subject, s.detail)),
            loops_through_us: hop(&|by| ours.has_host(by)) && hop(&is_microsoft),
        }
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| position(self.text, phrase).is_some())
    }

    fn is(&self, details: &[u16]) -> bool {
        self.code.0 == 7 && details.contains(&self.code.1)
    }

    /// The tests in the article's order.
    fn branch(&self) -> Branch {
        let detail = self.code.1;
        if self.reason == Reason::IpReputation
            || self.says(&["blocklist", "blocked using", "s3140", "s3150", "banned sending ip"])
            || self.code.0 == 7 && (606..=649).contains(&detail)
        {
            Branch::Blocklist
        } else if self.reason == Reason::ReverseDns || self.is(&[25]) {
            Branch::ReverseDns
        } else if self.reason == Reason::SenderAuth || self.is(&[23, 26, 509, 515]) {
            Branch::Authentication
        } else if self.is(&[135, 13])
            || self.says(&[
                "public folder",
                "[stage: createmessage]",
                "[etap: createmessage]",
                "[fase: createmessage]",
            ])
        {
            Branch::PublicFolder
        } else if self.says(&["dl expansion needs", "approval."]) || self.says(&["moderator"]) {
            if self.sender_ours || !self.recipient_ours {
                Branch::LargeGroup
            } else {
                Branch::ApproveLargeGroup
            }
        } else if self.is(&[124, 133, 193])
            || self.says(&[
                "resolver.rst.notauthorized",
                "sendernotauthenticatedforgroup",
                "allowed-senders list",
                "unifiedgroupagent",
            ])
        {
            self.group()
        } else if self.is(&[12, 134, 136])
            || self.says(&[
                "resolver.rst.authrequired",
                "sendernotauthenticatedformailbox",
                "sender was not authenticated",
            ])
        {
            Branch::InsideOnly
        } else if self.says(&["transport.rules", "organization policy", "organisation policy"])
            || self.code.0 == 7 && (900..=999).contains(&detail)
        {
            Branch::FlowRule
        } else if self.reason == Reason::RelayDenied || self.is(&[750]) {
            self.relaying()
        } else if self.says(&["client was not authenticated"])
            || self.is(&[57])
            || self.reason == Reason::AuthRequired
        {
            if matches!(self.relation, Relation::Ours | Relation::OurRelay) {
                Branch::RelayLogin
            } else {
                Branch::PublicLogin
            }
        } else {
            Branch::Outside
        }
    }

    /// A restricted group: ours or theirs, from inside or from outside.
    fn group(&self) -> Branch {
        if !self.recipient_ours {
            Branch::Outside
        } else if self.sender_ours {
            Branch::OurGroup
        } else {
            Branch::OpenGroup
        }
    }

    /// MX first, then enrolment, then the connectors of a hybrid deployment.
    fn relaying(&self) -> Branch {
        let connector = self.is(&[64, 57]) || self.says(&["tenantattribution"]);
        if connector
            && (self.loops_through_us
                || matches!(self.relation, Relation::OurRelay)
                || self.recipient_ours && self.ours.relays.iter().any(|r| is_microsoft(r)))
        {
            Branch::Hybrid
        } else if self.microsoft && (self.recipient_ours || self.is(&[750])) {
            Branch::Enrolment
        } else {
            Branch::WrongMx
        }
    }
}
