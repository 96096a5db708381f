//! DMARC of the author's domain (RFC 7489): the policy, and whether SPF or DKIM is aligned with it.

use crate::diagnosis::hosts::registrable;

use super::dkim::KeyQuestion;
use super::finding::{Proven, Soundness};
use super::sender::SpfQuestion;
use super::tags::Tags;
use super::world::{DnsName, DnsReply, Proof, RecordKind, Trouble, World};

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
                [text] => match policy(&name, text, domain != self.author) {
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

    /// Whether something that passes is aligned, as the policy demands.
    fn alignment(&self, world: &dyn World, policy: &Policy, proof: Vec<Proof>) -> Proven {
        let found = format!("DMARC at {} demands {}", policy.at, policy.demand);
        let mut aligning = Aligning { faults: Vec::new(), proof, trouble: None, unknown: false };
        let passed = match self.aligned_spf(world, policy, &mut aligning) {
            Some(passed) => Some(passed),
            None => self.aligned_key(world, policy, &mut aligning),
        };
        let Aligning { mut faults, proof, trouble, unknown } = aligning;
        if let Some(passed) = passed {
            return Proven::sound(format!("{found}; {passed}"), proof);
        }
        if trouble.is_some() || unknown || !self.has_header {
            let judged = Proven::unclear(format!("{found}; what passes is not known"), proof);
            return Proven { trouble, ..judged };
        }
        if faults.is_empty() {
            faults.push("the message has neither SPF nor DKIM".to_owned());
        }
        let says = format!("{found}; {}", faults.join("; "));
        if policy.demand == "none" {
            // Nobody refuses for this policy.
            return Proven::sound(says, proof);
        }
        Proven::broken(says, proof)
    }

    fn aligned_spf(
        &self,
        world: &dyn World,
        policy: &Policy,
        aligning: &mut Aligning,
    ) -> Option<String> {
        let spf = self.spf.as_ref()?;
        let domain = &spf.domain;
        if !aligned(domain, &self.author, policy.strict_spf) {
            aligning.faults.push(format!("SPF is of {domain}, which is not aligned"));
            return None;
        }
        match spf.passes(world) {
            Ok(Some(true)) => return Some(format!("SPF of {domain} passes and is aligned")),
            Ok(Some(false)) => aligning.faults.push(format!("SPF of {domain} does not pass")),
            Ok(None) => aligning.unknown = true,
            Err(trouble) => aligning.trouble = Some(trouble),
        }
        None
    }

    fn aligned_key(
        &self,
        world: &dyn World,
        policy: &Policy,
        aligning: &mut Aligning,
    ) -> Option<String> {
        for (signer, key) in &self.signatures {
            if !aligned(signer, &self.author, policy.strict_dkim) {
                aligning.faults.push(format!("DKIM is of {signer}, which is not aligned"));
                continue;
            }
            let judged = KeyQuestion { name: key.clone() }.judge(world);
            aligning.proof.extend(judged.proof);
            match judged.state {
                Soundness::Sound => {
                    return Some(format!("DKIM of {signer} is aligned and its key is there"));
                }
                Soundness::Broken => aligning.faults.push(judged.says),
                Soundness::Unclear => aligning.trouble = judged.trouble,
            }
        }
        None
    }
}

/// What was seen on the way to what is aligned.
struct Aligning {
    faults: Vec<String>,
    proof: Vec<Proof>,
    trouble: Option<Trouble>,
    /// Something is not known, although all was answered.
    unknown: bool,
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

/// The policy in a record, or what is wrong with it. One of the domain above has another for those
/// below it (sp=).
fn policy(at: &DnsName, text: &[u8], is_above: bool) -> Result<Policy, &'static str> {
    let tags = Tags::read(text).ok_or("cannot be read: it is no list of tags")?;
    let mut demand = tags.get("p").ok_or("has no p=")?.to_ascii_lowercase();
    if let (true, Some(below)) = (is_above, tags.get("sp")) {
        demand = below.to_ascii_lowercase();
    }
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
