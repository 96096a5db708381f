//! The decision tree of Microsoft's article on 5.7.0 to 5.7.999: which branch a refusal belongs to.
//! First sign wins.

use std::ops::RangeInclusive;

use crate::bounce::Kind;
use crate::mail::address;
use crate::mail::find::position;

use super::backscatter::Backscatter;
use super::case::Case;
use super::hosts::{Relation, is_microsoft, relation};
use super::reason::Reason;

names! {
    /// A branch of the tree: its key in the guidance and its name in the tree.
    pub enum Branch {
        /// We never sent it.
        NotOurs "571-B0" "B0",
        /// A recipient outside our organisation; nothing more is said.
        Outside "571-B1" "B1",
        /// The recipient's public server demands a login.
        PublicLogin "571-B1a" "B1a",
        /// Our own relay demands a login.
        RelayLogin "571-B1b" "B1b",
        /// A group of ours that admits certain senders only.
        OurGroup "571-B2" "B2",
        /// A large group, or one with a moderator.
        LargeGroup "571-B3" "B3",
        /// A group of ours that should admit this outside sender: what its owner does.
        OpenGroup "571-B2o" "B2o",
        /// A large group of ours: what its owner does.
        ApproveLargeGroup "571-B3o" "B3o",
        /// A recipient that admits senders from inside only.
        InsideOnly "571-B4" "B4",
        /// A mail flow rule.
        FlowRule "571-B4r" "B4r",
        /// A mail-enabled public folder.
        PublicFolder "571-B5" "B5",
        /// Our address is on a blocklist.
        Blocklist "571-B6" "B6",
        /// Our domain is not fully enrolled.
        Enrolment "571-B7" "B7",
        /// The MX record leads to the wrong host.
        WrongMx "571-B8" "B8",
        /// SPF, DKIM or DMARC.
        Authentication "571-B9" "B9",
        /// Reverse DNS.
        ReverseDns "571-B9p" "B9p",
        /// Connectors of a hybrid deployment.
        Hybrid "571-B10" "B10",
    }
}

/// Words that tell of a blocklist.
const BLOCKLIST: [&str; 5] = ["blocklist", "blocked using", "s3140", "s3150", "banned sending ip"];
/// Of a public folder.
const PUBLIC_FOLDER: [&str; 4] =
    ["public folder", "[stage: createmessage]", "[etap: createmessage]", "[fase: createmessage]"];
/// Of a group that is large or has a moderator.
const LARGE_GROUP: [&str; 3] = ["dl expansion needs", "approval.", "moderator"];
/// Of a group that admits certain senders only.
const GROUP: [&str; 4] = [
    "resolver.rst.notauthorized",
    "sendernotauthenticatedforgroup",
    "allowed-senders list",
    "unifiedgroupagent",
];
/// Of a recipient that admits senders from inside only.
const INSIDE: [&str; 3] = [
    "resolver.rst.authrequired",
    "sendernotauthenticatedformailbox",
    "sender was not authenticated",
];
/// Of a mail flow rule.
const FLOW_RULE: [&str; 3] = ["transport.rules", "organization policy", "organisation policy"];

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
    Some(Symptoms::of(case).branch())
}

/// What the tests of the tree look at.
struct Symptoms<'m> {
    case: Case<'m>,
    text: &'m str,
    reason: Reason,
    recipient_ours: bool,
    sender_ours: bool,
    relation: Relation,
    /// The detail of a status code 5.7.x.
    detail: Option<u16>,
}

impl<'m> Symptoms<'m> {
    fn of(case: &Case<'m>) -> Self {
        let Case { bounce, delivery, verdict, ours, .. } = *case;
        let recipient = address::domain(delivery.recipient.as_deref().unwrap_or(""));
        let author = bounce.original.as_ref().and_then(|original| original.author.as_deref());
        let policy = delivery.status.filter(|status| status.subject == 7);
        Self {
            case: *case,
            text: delivery.said.as_ref().map_or("", |said| said.text.as_str()),
            reason: verdict.reason,
            recipient_ours: ours.has_domain(&recipient),
            sender_ours: ours.has_domain(&address::domain(author.unwrap_or(""))),
            relation: relation(delivery.remote.as_ref(), &recipient, ours, &[]),
            detail: policy.map(|status| status.detail),
        }
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| position(self.text, phrase).is_some())
    }

    fn is(&self, details: &[u16]) -> bool {
        self.detail.is_some_and(|detail| details.contains(&detail))
    }

    fn is_in(&self, details: RangeInclusive<u16>) -> bool {
        self.detail.is_some_and(|detail| details.contains(&detail))
    }

    /// The tests in the article's order.
    fn branch(&self) -> Branch {
        if self.reason == Reason::IpReputation || self.says(&BLOCKLIST) || self.is_in(606..=649) {
            Branch::Blocklist
        } else if self.reason == Reason::ReverseDns || self.is(&[25]) {
            Branch::ReverseDns
        } else if self.reason == Reason::SenderAuth || self.is(&[23, 26, 509, 515]) {
            Branch::Authentication
        } else if self.is(&[135, 13]) || self.says(&PUBLIC_FOLDER) {
            Branch::PublicFolder
        } else if self.says(&LARGE_GROUP) {
            self.large_group()
        } else if self.is(&[124, 133, 193]) || self.says(&GROUP) {
            self.group()
        } else if self.is(&[12, 134, 136]) || self.says(&INSIDE) {
            Branch::InsideOnly
        } else if self.says(&FLOW_RULE) || self.is_in(900..=999) {
            Branch::FlowRule
        } else if self.reason == Reason::RelayDenied || self.is(&[750]) {
            self.relaying()
        } else {
            self.login()
        }
    }

    fn large_group(&self) -> Branch {
        if self.sender_ours || !self.recipient_ours {
            Branch::LargeGroup
        } else {
            Branch::ApproveLargeGroup
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
        if connector && self.is_hybrid() {
            Branch::Hybrid
        } else if self.is_microsoft() && (self.recipient_ours || self.is(&[750])) {
            Branch::Enrolment
        } else {
            Branch::WrongMx
        }
    }

    /// Our mail goes through Exchange Online and through hosts of our own.
    fn is_hybrid(&self) -> bool {
        let ours = self.case.ours;
        self.relation == Relation::OurRelay
            || self.recipient_ours && ours.relays.iter().any(|relay| is_microsoft(relay))
            || self.passed(|by| ours.has_host(by)) && self.passed(is_microsoft)
    }

    /// Such a host took the returned message on its way.
    fn passed(&self, is_such: impl Fn(&str) -> bool) -> bool {
        let Some(original) = &self.case.bounce.original else { return false };
        original.chain.hops.iter().any(|hop| hop.by.as_deref().is_some_and(&is_such))
    }

    /// A Microsoft host wrote or refused.
    fn is_microsoft(&self) -> bool {
        let Case { bounce, delivery, .. } = self.case;
        let refusing = delivery.remote.as_ref().and_then(|remote| remote.name.as_deref());
        refusing.is_some_and(is_microsoft)
            || bounce.generating_server.as_deref().is_some_and(is_microsoft)
    }

    /// Who demands the login, if anybody does.
    fn login(&self) -> Branch {
        let demanded = self.reason == Reason::AuthRequired
            || self.is(&[57])
            || self.says(&["client was not authenticated"]);
        match self.relation {
            _ if !demanded => Branch::Outside,
            Relation::Ours | Relation::OurRelay => Branch::RelayLogin,
            _ => Branch::PublicLogin,
        }
    }
}
