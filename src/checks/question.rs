//! One question to the world.

use jiff::Timestamp;

use crate::mail::SafeText;

use super::check::Check;
use super::dkim::KeyQuestion;
use super::dmarc::DmarcQuestion;
use super::dnsbl::ListQuestion;
use super::finding::{Finding, Proven};
use super::mx::MxQuestion;
use super::ptr::{HeloQuestion, PtrQuestion};
use super::sender::SpfQuestion;
use super::world::{DnsName, World};
use super::{mx, port25, tls};

/// A question, and whether the message itself says that this is what failed. Equal ones need to be
/// asked only once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CheckQuestion {
    pub(super) subject: CheckSubject,
    pub(super) claimed: bool,
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum CheckSubject {
    Registered(DnsName),
    Mx(MxQuestion),
    Spf(SpfQuestion),
    Dkim(KeyQuestion),
    Dmarc(DmarcQuestion),
    Ptr(PtrQuestion),
    Helo(HeloQuestion),
    Dnsbl(ListQuestion),
    MtaSts(DnsName),
    Tlsa { domain: DnsName, host: Option<DnsName> },
    Port25 { domain: DnsName },
}

impl CheckQuestion {
    /// What is checked.
    #[must_use]
    pub fn check(&self) -> Check {
        match &self.subject {
            CheckSubject::Registered(_) => Check::Registered,
            CheckSubject::Mx(_) => Check::Mx,
            CheckSubject::Spf(_) => Check::Spf,
            CheckSubject::Dkim(_) => Check::Dkim,
            CheckSubject::Dmarc(_) => Check::Dmarc,
            CheckSubject::Ptr(_) => Check::Ptr,
            CheckSubject::Helo(_) => Check::Helo,
            CheckSubject::Dnsbl(_) => Check::Dnsbl,
            CheckSubject::MtaSts(_) => Check::MtaSts,
            CheckSubject::Tlsa { .. } => Check::Tlsa,
            CheckSubject::Port25 { .. } => Check::Port25,
        }
    }

    /// About what, in a few words.
    #[must_use]
    pub fn about(&self) -> SafeText {
        let text = match &self.subject {
            CheckSubject::Registered(domain)
            | CheckSubject::MtaSts(domain)
            | CheckSubject::Port25 { domain } => domain.to_string(),
            CheckSubject::Mx(mx) => mx.domain.to_string(),
            CheckSubject::Spf(spf) => spf.domain.to_string(),
            CheckSubject::Dkim(key) => key.name.to_string(),
            CheckSubject::Dmarc(dmarc) => dmarc.author.to_string(),
            CheckSubject::Ptr(ptr) => ptr.ip.to_string(),
            CheckSubject::Helo(helo) => helo.name.to_string(),
            CheckSubject::Dnsbl(list) => list.about(),
            CheckSubject::Tlsa { domain, host } => host.as_ref().unwrap_or(domain).to_string(),
        };
        SafeText::new(&text)
    }

    /// Asks; returns what that proves.
    #[must_use]
    pub fn answer(&self, world: &dyn World, now: Timestamp) -> Finding {
        let judged = self.judge(world);
        Finding {
            check: self.check(),
            about: self.about(),
            verdict: judged.verdict(self.claimed),
            says: SafeText::new(&judged.says),
            proof: judged.proof,
            asked: now,
            trouble: judged.trouble,
        }
    }

    fn judge(&self, world: &dyn World) -> Proven {
        match &self.subject {
            CheckSubject::Registered(domain) => mx::registered(world, domain),
            CheckSubject::Mx(mx) => mx.judge(world),
            CheckSubject::Spf(spf) => spf.judge(world),
            CheckSubject::Dkim(key) => key.judge(world),
            CheckSubject::Dmarc(dmarc) => dmarc.judge(world),
            CheckSubject::Ptr(ptr) => ptr.judge(world),
            CheckSubject::Helo(helo) => helo.judge(world),
            CheckSubject::Dnsbl(list) => list.judge(world),
            CheckSubject::MtaSts(domain) => tls::mta_sts(world, domain),
            CheckSubject::Tlsa { domain, host } => tls::dane(world, domain, host.as_ref()),
            CheckSubject::Port25 { domain } => port25::judge(world, domain),
        }
    }
}
