//! SPF of the envelope sender's domain for our addresses.

use std::net::IpAddr;

use crate::mail::SafeText;

use super::finding::{Proven, Soundness};
use super::spf::{Evaluation, SpfResult, evaluate};
use super::world::{DnsName, Trouble, World};

/// May our addresses send for a domain?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SpfQuestion {
    pub(super) domain: DnsName,
    /// The local part of the envelope sender.
    pub(super) local: String,
    pub(super) helo: Option<DnsName>,
    /// Our addresses, as far as they are known.
    pub(super) ips: Vec<IpAddr>,
}

impl SpfQuestion {
    /// What SPF says of one address.
    fn evaluate(&self, world: &dyn World, ip: IpAddr) -> Evaluation {
        let domain = self.domain.as_str();
        let helo = self.helo.as_ref().map_or(domain, DnsName::as_str);
        evaluate(world, &self.domain, (&self.local, domain), helo, ip)
    }

    pub(super) fn judge(&self, world: &dyn World) -> Proven {
        let mut passed = Vec::new();
        let mut judged = None;
        for ip in &self.ips {
            let found = self.evaluate(world, *ip);
            let state = state_of(found.result);
            let says = said(*ip, &self.domain, &found);
            if state != Soundness::Sound {
                let judged = Proven::new(state, says, found.proof);
                return Proven { trouble: found.trouble, ..judged };
            }
            passed.push(ip.to_string());
            judged = Some(Proven::sound(says, found.proof));
        }
        match judged {
            Some(judged) if passed.len() == 1 => judged,
            Some(judged) => {
                let says =
                    format!("SPF of {} lets all of ours send: {}", self.domain, passed.join(", "));
                Proven { says, ..judged }
            }
            None => self.without_address(world),
        }
    }

    /// Without an address of ours, what is wrong with every record is still wrong with this one.
    fn without_address(&self, world: &dyn World) -> Proven {
        // An address for documents only (RFC 5737): no record is about it.
        let found = self.evaluate(world, IpAddr::from([192, 0, 2, 1]));
        match found.result {
            SpfResult::None | SpfResult::PermError => Proven::broken(found.why, found.proof),
            SpfResult::TempError => {
                let judged = Proven::unclear(found.why, found.proof);
                Proven { trouble: found.trouble, ..judged }
            }
            _ => {
                let says = format!(
                    "{} has an SPF record; which address we send from is not known: set ips in [ours]",
                    self.domain
                );
                Proven::unclear(says, found.proof)
            }
        }
    }

    /// True when one of our addresses passes for this domain; None where none is known.
    ///
    /// # Errors
    /// When nobody knows.
    pub(super) fn passes(&self, world: &dyn World) -> Result<Option<bool>, Trouble> {
        let mut known = None;
        for ip in &self.ips {
            let found = self.evaluate(world, *ip);
            match (found.result, found.trouble) {
                (SpfResult::Pass, _) => return Ok(Some(true)),
                (_, Some(trouble)) => return Err(trouble),
                _ => known = Some(false),
            }
        }
        Ok(known)
    }
}

fn state_of(result: SpfResult) -> Soundness {
    match result {
        SpfResult::Pass => Soundness::Sound,
        SpfResult::TempError => Soundness::Unclear,
        _ => Soundness::Broken,
    }
}

fn said(ip: IpAddr, domain: &DnsName, found: &Evaluation) -> String {
    let why = SafeText::new(&found.why);
    match found.result {
        SpfResult::None => why.to_string(),
        SpfResult::PermError => format!("SPF of {domain} cannot be used: {why}"),
        SpfResult::TempError => format!("SPF of {domain} for {ip} is not known: {why}"),
        result => format!("SPF of {domain} says {result} for {ip}: {why}"),
    }
}
