//! DMARC of the author's domain (RFC 7489): the policy, and whether SPF or DKIM is aligned with it.

use crate::diagnosis::hosts::registrable;

use super::dkim::KeyQuestion;
use super::finding::{Proven, Soundness};
use super::sender::SpfQuestion;
use super::tags::Tags;
use super::world::{DnsName, DnsReply, RecordKind, World};

/// Does mail of this author pass?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct DmarcQuestion {
    /// The domain in From.
    pub(super) author: DnsName,
    /// SPF of the envelope sender.
    pub(super) spf: Option<SpfQuestion>,
    /// The signatures: who signed, and where the key is.
    pub(super) signatures: Vec<(DnsName, DnsName)>,
    /// What the author's domain is checked by is known: the message came back with its header.
    pub(super) has_header: bool,
}

/// A policy that was found, and where.
struct Policy {
    at: DnsName,
    demand: String,
    strict_spf: bool,
    strict_dkim: bool,
}

impl DmarcQuestion {
    pub(super) fn judge(&self, world: &dyn World) -> Proven {
        let mut proof = Vec::new();
        for domain in self.domains() {
            let Some(name) = domain.below("_dmarc") else { continue };
            let reply = world.ask(&name, RecordKind::Txt);
            if let DnsReply::Trouble(trouble) = reply {
                return Proven::trouble(&name, RecordKind::Txt, trouble);
            }
            let records = policies(&reply);
            if records.is_empty() {
                proof.extend(reply.proof(&name, RecordKind::Txt));
                continue;
            }
            let proof = reply.proof(&name, RecordKind::Txt);
            return match records.as_slice() {
                [text] => match policy(&name, text) {
                    Ok(policy) => self.alignment(world, &policy, proof),
                    Err(fault) => {
                        Proven::broken(format!("the DMARC record at {name} {fault}"), proof)
                    }
                },
                _ => Proven::broken(format!("{name} has more than one DMARC record"), proof),
            };
        }
        Proven::broken(format!("{} has no DMARC record", self.author), proof)
    }

    /// The author's domain, and the one that stands for its organisation.
    fn domains(&self) -> Vec<DnsName> {
        let mut domains = vec![self.author.clone()];
        let above = registrable(self.author.as_str()).and_then(DnsName::read);
        domains.extend(above.filter(|above| *above != self.author));
        domains
    }

    fn alignment(
        &self,
        world: &dyn World,
        policy: &Policy,
        mut proof: Vec<super::world::Proof>,
    ) -> Proven {
        let found = format!("DMARC at {} demands {}", policy.at, policy.demand);
        let mut unclear = !self.has_header;
        let mut faults = Vec::new();
        if let Some(spf) = &self.spf {
            if !aligned(&spf.domain, &self.author, policy.strict_spf) {
                faults.push(format!("SPF is of {}, which is not aligned", spf.domain));
            } else {
                match spf.passes(world) {
                    Some(true) => {
                        let says = format!("{found}; SPF of {} passes and is aligned", spf.domain);
                        return Proven::sound(says, proof);
                    }
                    Some(false) => faults.push(format!("SPF of {} does not pass", spf.domain)),
                    None => unclear = true,
                }
            }
        }
        for (signer, key) in &self.signatures {
            if !aligned(signer, &self.author, policy.strict_dkim) {
                faults.push(format!("DKIM is of {signer}, which is not aligned"));
                continue;
            }
            let judged = KeyQuestion { name: key.clone() }.judge(world);
            proof.extend(judged.proof);
            match judged.state {
                Soundness::Sound => {
                    let says = format!("{found}; DKIM of {signer} is aligned and its key is there");
                    return Proven::sound(says, proof);
                }
                Soundness::Broken => faults.push(judged.says),
                Soundness::Unclear => unclear = true,
            }
        }
        if faults.is_empty() && self.has_header && self.signatures.is_empty() && !unclear {
            faults.push("the message has neither SPF nor DKIM".to_owned());
        }
        let says = format!("{found}; {}", faults.join("; "));
        match (unclear, policy.demand.as_str()) {
            (true, _) => Proven::unclear(format!("{found}; what passes is not known"), proof),
            // Nobody refuses for this policy.
            (_, "none") => Proven::sound(says, proof),
            _ => Proven::broken(says, proof),
        }
    }
}

/// The texts that are DMARC records.
fn policies(reply: &DnsReply) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for text in reply.texts() {
        let begins = text.trim_ascii_start().get(..8);
        if begins.is_some_and(|begins| begins.eq_ignore_ascii_case(b"v=DMARC1")) {
            found.push(text.to_vec());
        }
    }
    found
}

/// The policy in a record, or what is wrong with it.
fn policy(at: &DnsName, text: &[u8]) -> Result<Policy, &'static str> {
    let tags = Tags::read(text).ok_or("cannot be read: it is no list of tags")?;
    let demand = tags.get("p").ok_or("has no p=")?.to_ascii_lowercase();
    if !["none", "quarantine", "reject"].contains(&demand.as_str()) {
        return Err("has a p= that nobody knows");
    }
    let is_strict = |tag: &str| tags.get(tag).is_some_and(|mode| mode.eq_ignore_ascii_case("s"));
    let (strict_spf, strict_dkim) = (is_strict("aspf"), is_strict("adkim"));
    Ok(Policy { at: at.clone(), demand, strict_spf, strict_dkim })
}

/// True when a domain may stand for the author's (RFC 7489 section 3.1).
fn aligned(domain: &DnsName, author: &DnsName, strict: bool) -> bool {
    if domain == author {
        return true;
    }
    let same = registrable(domain.as_str()) == registrable(author.as_str());
    !strict && same && registrable(author.as_str()).is_some()
}
