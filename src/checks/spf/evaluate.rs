//! `check_host()` (RFC 7208 section 4): the result, and the term it rests on.

use std::net::IpAddr;

use crate::checks::world::{
    DnsName, DnsReply, Proof, RecordKind, Trouble, World, addresses, kind_of,
};

use super::macros::{MacroValues, asks_for_name, expand};
use super::record::{Directive, Mechanism, Prefixes, Qualifier, SpfRecord, is_spf};

/// Terms that ask (RFC 7208 section 4.6.4).
const LOOKUPS: u32 = 10;
/// Questions of these to which there is no answer.
const VOID: u32 = 2;
/// Hosts of one `mx`, names of one `ptr`.
const HOSTS: usize = 10;

names! {
    /// What SPF says of an address (RFC 7208 section 2.6).
    pub enum SpfResult {
        /// It may send.
        Pass "pass",
        /// It may not.
        Fail "fail",
        /// It probably may not.
        SoftFail "softfail",
        /// Nothing is said of it.
        Neutral "neutral",
        /// There is no record.
        None "none",
        /// Nobody knows for now.
        TempError "temperror",
        /// The record cannot be used.
        PermError "permerror",
    }
}

/// A result and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The result.
    pub result: SpfResult,
    /// The term it rests on, or what is wrong, as the end of a sentence.
    pub why: String,
    /// The records that were read.
    pub proof: Vec<Proof>,
    /// What went wrong while asking, where nobody knows.
    pub trouble: Option<Trouble>,
}

/// Evaluates the record of a domain for an address.
pub fn evaluate(
    world: &dyn World,
    domain: &DnsName,
    sender: (&str, &str),
    helo: &str,
    ip: IpAddr,
) -> Evaluation {
    let mut host = CheckHost { world, sender, helo, ip, lookups: 0, void: 0, proof: Vec::new() };
    let SpfFound { result, why, trouble } = host.check(domain, 0);
    Evaluation { result, why, proof: host.proof, trouble }
}

/// A result on the way.
struct SpfFound {
    result: SpfResult,
    why: String,
    trouble: Option<Trouble>,
}

impl SpfFound {
    fn new(result: SpfResult, why: impl Into<String>) -> Self {
        Self { result, why: why.into(), trouble: None }
    }

    fn permanent(why: impl Into<String>) -> Self {
        Self::new(SpfResult::PermError, why)
    }

    fn trouble(name: &str, trouble: Trouble) -> Self {
        let found = Self::new(SpfResult::TempError, format!("{name}: {}", trouble.label()));
        Self { trouble: Some(trouble), ..found }
    }
}

/// One evaluation and what it has used up.
struct CheckHost<'a> {
    world: &'a dyn World,
    sender: (&'a str, &'a str),
    helo: &'a str,
    ip: IpAddr,
    lookups: u32,
    void: u32,
    proof: Vec<Proof>,
}

impl CheckHost<'_> {
    fn check(&mut self, domain: &DnsName, depth: u32) -> SpfFound {
        let record = match self.record(domain) {
            Ok(record) => record,
            Err(found) => return found,
        };
        for directive in &record.directives {
            match self.matches(directive, domain, depth) {
                Ok(false) => {}
                Ok(true) => {
                    let why = format!("`{}` of {domain}", directive.written);
                    return SpfFound::new(result_of(directive.qualifier), why);
                }
                Err(found) => return found,
            }
        }
        match &record.redirect {
            Some(target) => self.redirect(target, domain, depth),
            None => SpfFound::new(SpfResult::Neutral, format!("nothing in the record of {domain}")),
        }
    }

    /// The only record of a domain.
    fn record(&mut self, domain: &DnsName) -> Result<SpfRecord, SpfFound> {
        let reply = self.world.ask(domain, RecordKind::Txt);
        if let DnsReply::Trouble(trouble) = reply {
            return Err(SpfFound::trouble(domain.as_str(), trouble));
        }
        let mut found = None;
        for text in reply.texts() {
            if !is_spf(text) {
                continue;
            }
            if found.replace(text).is_some() {
                self.proof.extend(spf_of(&reply));
                return Err(SpfFound::permanent(format!("{domain} has more than one SPF record")));
            }
        }
        let Some(text) = found else {
            self.proof.extend(reply.proof(domain, RecordKind::Txt));
            return Err(SpfFound::new(SpfResult::None, format!("{domain} has no SPF record")));
        };
        self.proof.extend(spf_of(&reply));
        SpfRecord::read(text).map_err(|term| {
            SpfFound::permanent(format!("`{term}` in the record of {domain} cannot be read"))
        })
    }

    fn redirect(&mut self, target: &str, domain: &DnsName, depth: u32) -> SpfFound {
        if let Err(found) = self.count(&format!("redirect={target}")) {
            return found;
        }
        let found = match self.target(target, domain) {
            Some(next) if depth < LOOKUPS => self.check(&next, depth + 1),
            _ => SpfFound::new(SpfResult::None, format!("redirect={target} leads nowhere")),
        };
        match found.result {
            SpfResult::None => SpfFound::permanent(format!("redirect={target}: {}", found.why)),
            _ => found,
        }
    }

    fn matches(
        &mut self,
        directive: &Directive,
        domain: &DnsName,
        depth: u32,
    ) -> Result<bool, SpfFound> {
        let written = &directive.written;
        match &directive.mechanism {
            Mechanism::All => return Ok(true),
            Mechanism::Net(net) => return Ok(net.contains(&self.ip)),
            _ => self.count(written)?,
        }
        match &directive.mechanism {
            Mechanism::Include(target) => self.include(target, domain, depth),
            Mechanism::A { target, prefixes } => {
                let Some(host) = self.target_or(target.as_deref(), domain) else {
                    return Ok(false);
                };
                self.has_address(&host, *prefixes, true)
            }
            Mechanism::Mx { target, prefixes } => {
                let Some(host) = self.target_or(target.as_deref(), domain) else {
                    return Ok(false);
                };
                self.mx(&host, *prefixes, written)
            }
            Mechanism::Ptr(target) => {
                let Some(zone) = self.target_or(target.as_deref(), domain) else {
                    return Ok(false);
                };
                let zone = zone.as_str();
                let below =
                    |name: &DnsName| crate::diagnosis::ours::is_or_below(name.as_str(), zone);
                Ok(self.validated().iter().any(below))
            }
            Mechanism::Exists(target) => {
                let Some(name) = self.target(target, domain) else { return Ok(false) };
                Ok(!self.asked(&name, RecordKind::A)?.addresses().is_empty())
            }
            Mechanism::All | Mechanism::Net(_) => Ok(false),
        }
    }

    /// Counts a term that asks.
    fn count(&mut self, written: &str) -> Result<(), SpfFound> {
        self.lookups += 1;
        if self.lookups > LOOKUPS {
            return Err(SpfFound::permanent(format!(
                "more than {LOOKUPS} look-ups are needed, the next at `{written}`"
            )));
        }
        Ok(())
    }

    /// Asks, and counts questions without an answer.
    fn asked(&mut self, name: &DnsName, kind: RecordKind) -> Result<DnsReply, SpfFound> {
        let reply = self.world.ask(name, kind);
        match reply {
            DnsReply::Trouble(trouble) => return Err(SpfFound::trouble(name.as_str(), trouble)),
            DnsReply::Nothing { .. } => self.void += 1,
            DnsReply::Records(_) => {}
        }
        if self.void > VOID {
            return Err(SpfFound::permanent(format!(
                "more than {VOID} names in it have no record, the last {name}"
            )));
        }
        Ok(reply)
    }

    fn include(&mut self, target: &str, domain: &DnsName, depth: u32) -> Result<bool, SpfFound> {
        let Some(next) = self.target(target, domain) else {
            return Err(SpfFound::permanent(format!("include:{target} leads nowhere")));
        };
        let found = match depth {
            ..LOOKUPS => self.check(&next, depth + 1),
            _ => return Err(SpfFound::permanent("its includes go round in a circle")),
        };
        match found.result {
            SpfResult::Pass => Ok(true),
            SpfResult::Fail | SpfResult::SoftFail | SpfResult::Neutral => Ok(false),
            SpfResult::TempError | SpfResult::PermError => Err(found),
            SpfResult::None => Err(SpfFound::permanent(format!("include:{target}: {}", found.why))),
        }
    }

    fn has_address(
        &mut self,
        host: &DnsName,
        prefixes: Prefixes,
        counts: bool,
    ) -> Result<bool, SpfFound> {
        let kind = kind_of(self.ip);
        let reply = if counts { self.asked(host, kind)? } else { self.world.ask(host, kind) };
        if let DnsReply::Trouble(trouble) = reply {
            return Err(SpfFound::trouble(host.as_str(), trouble));
        }
        let ip = self.ip;
        Ok(reply.addresses().into_iter().any(|address| prefixes.join(address, ip)))
    }

    fn mx(&mut self, host: &DnsName, prefixes: Prefixes, written: &str) -> Result<bool, SpfFound> {
        let reply = self.asked(host, RecordKind::Mx)?;
        let hosts = reply.mail_hosts();
        if hosts.len() > HOSTS {
            return Err(SpfFound::permanent(format!("`{written}` has more than {HOSTS} hosts")));
        }
        for (_, host) in hosts {
            if host.can_be_asked() && self.has_address(&host, prefixes, false)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The names of the address that lead back to it.
    fn validated(&mut self) -> Vec<DnsName> {
        let back = self.world.ask(&DnsName::of_address(self.ip), RecordKind::Ptr);
        if matches!(back, DnsReply::Nothing { .. }) {
            self.void += 1;
        }
        let mut validated = Vec::new();
        for name in back.names().into_iter().take(HOSTS) {
            if !name.can_be_asked() {
                continue;
            }
            let found = addresses(self.world, &name).unwrap_or_default();
            if found.contains(&self.ip) {
                validated.push(name);
            }
        }
        validated
    }

    fn target_or(&mut self, target: Option<&str>, domain: &DnsName) -> Option<DnsName> {
        match target {
            Some(target) => self.target(target, domain),
            None => Some(domain.clone()),
        }
    }

    /// The name behind a mechanism; None when its macros make none.
    fn target(&mut self, target: &str, domain: &DnsName) -> Option<DnsName> {
        let mut validated = "unknown".to_owned();
        if asks_for_name(target)
            && let Some(name) = self.validated().first()
        {
            validated = name.to_string();
        }
        let values = MacroValues {
            sender: self.sender,
            domain: domain.as_str(),
            helo: self.helo,
            ip: self.ip,
            validated: &validated,
        };
        DnsName::read(&expand(target, &values))
    }
}

fn result_of(qualifier: Qualifier) -> SpfResult {
    match qualifier {
        Qualifier::Pass => SpfResult::Pass,
        Qualifier::Fail => SpfResult::Fail,
        Qualifier::SoftFail => SpfResult::SoftFail,
        Qualifier::Neutral => SpfResult::Neutral,
    }
}

/// The records of SPF among the texts of a domain.
fn spf_of(reply: &DnsReply) -> Vec<Proof> {
    use crate::checks::world::Data;
    let mut proof = Vec::new();
    for record in reply.records() {
        if let Data::Text(text) = &record.data
            && is_spf(text)
        {
            proof.push(Proof::of(record));
        }
    }
    proof
}
