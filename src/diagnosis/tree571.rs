//! The decision tree of Microsoft's article on 5.7.0 to 5.7.999: its questions, which of them a
//! message answers and by what sign, and the branch where that leads. First sign wins.

use std::ops::RangeInclusive;

use crate::bounce::{Kind, Status};
use crate::mail::find::position;
use crate::mail::{SafeText, address};

use super::backscatter::Backscatter;
use super::case::Case;
use super::hosts::{Relation, is_microsoft, relation};
use super::party::Party;
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

names! {
    /// A question of the tree, in the order in which they are asked.
    pub enum Question {
        /// Did somebody else send it?
        NotOurs "not_ours" "not sent by us",
        /// Is a blocklist named?
        Blocklist "blocklist" "blocklist",
        /// Does the sending address lack a name?
        ReverseDns "reverse_dns" "reverse DNS",
        /// Did SPF, DKIM or DMARC fail?
        Authentication "authentication" "SPF, DKIM, DMARC",
        /// Is the recipient a public folder?
        PublicFolder "public_folder" "public folder",
        /// Must a moderator approve, or is the group a large one?
        Moderated "moderated" "moderated or large group",
        /// Does a group admit certain senders only?
        Group "group" "restricted group",
        /// Does the recipient admit senders from inside only?
        InsideOnly "inside_only" "inside senders only",
        /// Did a mail flow rule refuse?
        FlowRule "flow_rule" "mail flow rule",
        /// Was relaying refused?
        Relaying "relaying" "relaying",
        /// Was a login demanded?
        Login "login" "login",
        /// Did a host on the way see SPF fail?
        Checks "checks" "SPF on the way",
        /// Nothing of all that.
        Other "other" "nothing of that",
    }
}

/// What in a message answers a question with yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The code.
    Code(Status),
    /// Words of the answer.
    Words(&'static str),
    /// What the answer means.
    Reason(Reason),
    /// The header of the returned message.
    Header(SafeText),
    /// Nothing of the returned message is ours.
    Origin,
    /// All other questions were answered with no.
    Rest,
}

/// Words that tell of a blocklist.
const BLOCKLIST: [&str; 5] = ["blocklist", "blocked using", "s3140", "s3150", "banned sending ip"];
/// Of a public folder.
const PUBLIC_FOLDER: [&str; 4] =
    ["public folder", "[stage: createmessage]", "[etap: createmessage]", "[fase: createmessage]"];
/// Of a group that is large or has a moderator.
const MODERATED: [&str; 3] = ["dl expansion needs", "approval.", "moderator"];
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
/// Of SPF that did not pass: in Authentication-Results, and first in Received-SPF.
const SPF_FAILED: [&str; 2] = ["spf=fail", "spf=softfail"];
const FAILED: [&str; 2] = ["fail", "softfail"];

/// The tree, asked about one delivery.
#[derive(Clone, Debug)]
pub struct Tree<'m> {
    case: Case<'m>,
    text: &'m str,
    reason: Reason,
    recipient_ours: bool,
    sender_ours: bool,
    relation: Relation,
    /// A status code 5.7.x.
    policy: Option<Status>,
}

impl<'m> Tree<'m> {
    /// None for everything the article is not about.
    #[must_use]
    pub fn of(case: &Case<'m>) -> Option<Self> {
        let Case { bounce, delivery, verdict, ours, .. } = *case;
        let policy = delivery.status.filter(|status| status.subject == 7);
        let refused = policy.is_some_and(|status| status.class != 2);
        let routed = matches!(
            verdict.reason,
            Reason::RelayDenied | Reason::AuthRequired | Reason::NotPermitted
        );
        if bounce.kind != Kind::Failure || !(refused || routed) {
            return None;
        }
        let recipient = address::domain(delivery.recipient.as_deref().unwrap_or(""));
        let author = bounce.original.as_ref().and_then(|original| original.author.as_deref());
        Some(Self {
            case: *case,
            text: delivery.said.as_ref().map_or("", |said| said.text.as_str()),
            reason: verdict.reason,
            recipient_ours: ours.has_domain(&recipient),
            sender_ours: ours.has_domain(&address::domain(author.unwrap_or(""))),
            relation: relation(delivery.remote.as_ref(), &recipient, ours, &[]),
            policy,
        })
    }

    /// The delivery it is asked about.
    #[must_use]
    pub fn case(&self) -> &Case<'m> {
        &self.case
    }

    /// The first question that the message answers with yes.
    #[must_use]
    pub fn deciding(&self) -> Question {
        let yes = |question: &&Question| self.sign(**question).is_some();
        Question::ALL.iter().find(yes).copied().unwrap_or(Question::Other)
    }

    /// The branch that the delivery belongs to.
    #[must_use]
    pub fn branch(&self) -> Branch {
        self.leads_to(self.deciding())
    }

    /// What in the message answers a question with yes, if anything does.
    #[must_use]
    pub fn sign(&self, question: Question) -> Option<Sign> {
        match question {
            Question::NotOurs => {
                (self.case.origin.verdict == Backscatter::Yes).then_some(Sign::Origin)
            }
            Question::Blocklist => {
                self.means(&[Reason::IpReputation]).or_else(|| self.says(&BLOCKLIST, 606..=649))
            }
            Question::ReverseDns => {
                self.means(&[Reason::ReverseDns]).or_else(|| self.says(&[], 25..=25))
            }
            Question::Authentication => {
                self.means(&[Reason::SenderAuth]).or_else(|| self.is(&[23, 26, 509, 515]))
            }
            Question::PublicFolder => self.is(&[135, 13]).or_else(|| self.words(&PUBLIC_FOLDER)),
            Question::Moderated => self.words(&MODERATED),
            Question::Group => self.is(&[124, 133, 193]).or_else(|| self.words(&GROUP)),
            Question::InsideOnly => self.is(&[12, 134, 136]).or_else(|| self.words(&INSIDE)),
            Question::FlowRule => self.says(&FLOW_RULE, 900..=999),
            Question::Relaying => self.means(&[Reason::RelayDenied]).or_else(|| self.is(&[750])),
            Question::Login => self.login(),
            Question::Checks => self.spf_failed(),
            Question::Other => Some(Sign::Rest),
        }
    }

    fn words(&self, phrases: &[&'static str]) -> Option<Sign> {
        let found = phrases.iter().find(|phrase| position(self.text, phrase).is_some());
        found.map(|phrase| Sign::Words(phrase))
    }

    fn is(&self, details: &[u16]) -> Option<Sign> {
        self.policy.filter(|policy| details.contains(&policy.detail)).map(Sign::Code)
    }

    fn says(&self, phrases: &[&'static str], details: RangeInclusive<u16>) -> Option<Sign> {
        match self.policy {
            Some(policy) if details.contains(&policy.detail) => Some(Sign::Code(policy)),
            _ => self.words(phrases),
        }
    }

    fn means(&self, reasons: &[Reason]) -> Option<Sign> {
        reasons.contains(&self.reason).then_some(Sign::Reason(self.reason))
    }

    fn login(&self) -> Option<Sign> {
        let code = self.is(&[57]).or_else(|| self.words(&["client was not authenticated"]));
        code.or_else(|| self.means(&[Reason::AuthRequired]))
    }

    /// A general refusal, and a host on the way saw SPF fail.
    fn spf_failed(&self) -> Option<Sign> {
        if !matches!(self.reason, Reason::NotPermitted | Reason::Policy | Reason::Unknown) {
            return None;
        }
        for check in &self.case.bounce.original.as_ref()?.verdicts {
            let result = check.split([' ', ';', '(']).next().unwrap_or("");
            if FAILED.contains(&result.to_ascii_lowercase().as_str())
                || SPF_FAILED.iter().any(|phrase| position(check, phrase).is_some())
            {
                return Some(Sign::Header(check.clone()));
            }
        }
        None
    }

    /// Where a yes to a question leads.
    #[must_use]
    pub fn leads_to(&self, question: Question) -> Branch {
        match question {
            Question::NotOurs => Branch::NotOurs,
            Question::Blocklist => Branch::Blocklist,
            Question::ReverseDns => Branch::ReverseDns,
            Question::Authentication | Question::Checks => Branch::Authentication,
            Question::PublicFolder => Branch::PublicFolder,
            Question::Moderated if self.sender_ours || !self.recipient_ours => Branch::LargeGroup,
            Question::Moderated => Branch::ApproveLargeGroup,
            Question::Group | Question::InsideOnly if !self.recipient_ours => Branch::Outside,
            Question::Group if self.sender_ours => Branch::OurGroup,
            Question::Group => Branch::OpenGroup,
            Question::InsideOnly => Branch::InsideOnly,
            Question::FlowRule => Branch::FlowRule,
            Question::Relaying => self.relaying(),
            Question::Login => self.demands_login(),
            Question::Other => Branch::Outside,
        }
    }

    /// MX first, then enrolment, then the connectors of a hybrid deployment.
    fn relaying(&self) -> Branch {
        let unregistered = self.is(&[750]).is_some();
        let connector =
            self.is(&[64, 57]).is_some() || self.words(&["tenantattribution"]).is_some();
        if connector && self.is_hybrid() {
            Branch::Hybrid
        } else if self.is_microsoft() && (self.recipient_ours || unregistered) {
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

    /// Who demands the login: our relay where we must act.
    fn demands_login(&self) -> Branch {
        match (self.relation, self.case.verdict.judgement.party) {
            (Relation::Ours | Relation::OurRelay, _) | (_, Party::OurSystem | Party::Sender) => {
                Branch::RelayLogin
            }
            _ => Branch::PublicLogin,
        }
    }
}
