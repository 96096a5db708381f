//! Who takes the mail of a domain (RFC 5321 section 5.1), and whether the domain exists at all.

use std::net::IpAddr;

use crate::diagnosis::hosts::{is_private, registrable};

use super::finding::Proven;
use super::world::{DnsName, DnsReply, Proof, RecordKind, Trouble, World, addresses};

/// Hosts whose addresses are looked up.
const HOSTS: usize = 10;
/// Exchange Online's entrances.
const EXCHANGE_ONLINE: [&str; 2] = [".mail.protection.outlook.com", ".mx.microsoft"];

/// Who takes the mail of a domain?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct MxQuestion {
    pub(super) domain: DnsName,
    /// The host that refused, by name and by address.
    pub(super) refused_by: (Option<DnsName>, Option<IpAddr>),
    /// It refused because it does not know the domain: it must not be among them.
    pub(super) misrouted: bool,
    /// The mail of the domain belongs to Exchange Online alone.
    pub(super) exchange_online: bool,
}

/// A host that takes mail, and where it is.
struct MxHost {
    host: DnsName,
    addresses: Result<Vec<IpAddr>, Trouble>,
}

impl MxHost {
    fn of(world: &dyn World, host: &DnsName) -> Self {
        let addresses = if host.as_str().parse::<IpAddr>().is_ok() || !host.can_be_asked() {
            // An address where a name must stand leads nowhere.
            Ok(Vec::new())
        } else {
            addresses(world, host)
        };
        Self { host: host.clone(), addresses }
    }

    fn can_be_reached(&self) -> bool {
        let Ok(addresses) = &self.addresses else { return false };
        addresses.iter().any(|ip| !is_private(*ip))
    }
}

impl MxQuestion {
    pub(super) fn judge(&self, world: &dyn World) -> Proven {
        let domain = &self.domain;
        let reply = world.ask(domain, RecordKind::Mx);
        let proof = reply.proof(domain, RecordKind::Mx);
        match &reply {
            DnsReply::Trouble(trouble) => Proven::trouble(domain, RecordKind::Mx, *trouble),
            DnsReply::Nothing { exists: false, .. } => {
                Proven::broken(format!("{domain} does not exist"), proof)
            }
            DnsReply::Nothing { .. } => self.without_record(world, proof),
            DnsReply::Records(_) => self.with_hosts(world, &reply.mail_hosts(), proof),
        }
    }

    /// Without a record the domain's own address takes its mail.
    fn without_record(&self, world: &dyn World, mut proof: Vec<Proof>) -> Proven {
        let domain = &self.domain;
        if self.exchange_online {
            let says = format!("{domain} has no MX record, so its mail misses Exchange Online");
            return Proven::broken(says, proof);
        }
        let found = match addresses(world, domain) {
            Ok(found) => found,
            Err(trouble) => return Proven::trouble(domain, RecordKind::A, trouble),
        };
        if found.is_empty() {
            let says = format!("{domain} has neither an MX record nor an address");
            return Proven::broken(says, proof);
        }
        if invents_addresses(world) {
            let says = "the resolver invents addresses for names that do not exist; ask another";
            return Proven::unclear(says, proof);
        }
        proof.extend(address_proof(world, domain));
        let says = format!("{domain} has no MX record; its own address takes the mail");
        self.about_refusing(says, &[MxHost { host: domain.clone(), addresses: Ok(found) }], proof)
    }

    fn with_hosts(
        &self,
        world: &dyn World,
        hosts: &[(u16, DnsName)],
        mut proof: Vec<Proof>,
    ) -> Proven {
        let domain = &self.domain;
        if hosts.iter().any(|(_, host)| host.is_root()) {
            let more = if hosts.len() > 1 { ", beside other MX records" } else { "" };
            let says = format!("{domain} takes no mail: it has a null MX{more}");
            return Proven::broken(says, proof);
        }
        let mut found = Vec::new();
        for (_, host) in hosts.iter().take(HOSTS) {
            found.push(MxHost::of(world, host));
        }
        for one in found.iter().take(3) {
            proof.extend(address_proof(world, &one.host));
        }
        if self.exchange_online
            && let Some(says) = self.misses_exchange_online(hosts)
        {
            return Proven::broken(says, proof);
        }
        if !found.iter().any(MxHost::can_be_reached) {
            return self.without_address(&found, proof);
        }
        let names: Vec<&str> = hosts.iter().map(|(_, host)| host.as_str()).collect();
        let mut says = format!("the mail of {domain} goes to {}", names.join(", "));
        for one in &found {
            if one.addresses.as_ref().is_ok_and(Vec::is_empty) {
                says = format!("{says}; {} has no address", one.host);
            }
        }
        self.about_refusing(says, &found, proof)
    }

    /// None of the hosts can be reached.
    fn without_address(&self, found: &[MxHost], proof: Vec<Proof>) -> Proven {
        for one in found {
            if let Err(trouble) = one.addresses {
                let judged = Proven::trouble(&one.host, RecordKind::A, trouble);
                return Proven { proof, ..judged };
            }
        }
        let domain = &self.domain;
        let private = found.iter().any(|one| !one.addresses.as_ref().is_ok_and(Vec::is_empty));
        let what = if private { "only private addresses" } else { "no address" };
        Proven::broken(format!("the MX hosts of {domain} have {what}"), proof)
    }

    /// What is wrong with the only entrance of Exchange Online.
    fn misses_exchange_online(&self, hosts: &[(u16, DnsName)]) -> Option<String> {
        let domain = &self.domain;
        if let [(_, host)] = hosts {
            if is_entrance(host.as_str(), domain.as_str()) {
                return None;
            }
            let expected = domain.as_str().replace('.', "-");
            return Some(format!(
                "the MX of {domain} is {host}, not {expected}.mail.protection.outlook.com"
            ));
        }
        let count = hosts.len();
        Some(format!("{domain} has {count} MX records; Exchange Online must be the only one"))
    }

    /// Whether the host that refused is among those that take the mail.
    fn about_refusing(&self, says: String, found: &[MxHost], proof: Vec<Proof>) -> Proven {
        let (name, ip) = &self.refused_by;
        let Some(label) = label(name.as_ref(), *ip) else { return Proven::sound(says, proof) };
        let mut is_among = false;
        for one in found {
            let same_name = name.as_ref() == Some(&one.host);
            let addresses = one.addresses.as_deref().unwrap_or_default();
            is_among |= same_name || ip.is_some_and(|ip| addresses.contains(&ip));
        }
        match (is_among, self.misrouted) {
            (true, true) => {
                Proven::broken(format!("{says}; {label}, which refused, is among them"), proof)
            }
            (true, false) => {
                Proven::sound(format!("{says}; {label}, which refused, is among them"), proof)
            }
            (false, _) => {
                Proven::sound(format!("{says}; {label}, which refused, is not among them"), proof)
            }
        }
    }
}

fn label(name: Option<&DnsName>, ip: Option<IpAddr>) -> Option<String> {
    match (name, ip) {
        (Some(name), _) => Some(name.to_string()),
        (None, Some(ip)) => Some(ip.to_string()),
        (None, None) => None,
    }
}

/// True for the entrance of a domain at Exchange Online: `birch.example` has
/// `birch-example.mail.protection.outlook.com`, or a name that begins like it.
fn is_entrance(host: &str, domain: &str) -> bool {
    let letters = |text: &str| text.replace(['-', '.'], "");
    for zone in EXCHANGE_ONLINE {
        if let Some(tenant) = host.strip_suffix(zone) {
            return letters(tenant).starts_with(&letters(domain));
        }
    }
    false
}

/// The addresses of a host as they were answered.
pub(super) fn address_proof(world: &dyn World, host: &DnsName) -> Vec<Proof> {
    let mut proof = Vec::new();
    if !host.can_be_asked() {
        return proof;
    }
    for kind in [RecordKind::A, RecordKind::Aaaa] {
        let reply = world.ask(host, kind);
        proof.extend(reply.records().iter().map(Proof::of));
    }
    if proof.is_empty() {
        proof = world.ask(host, RecordKind::A).proof(host, RecordKind::A);
    }
    proof
}

/// True for a resolver that answers for names that cannot exist (RFC 6761 section 6.4).
pub(super) fn invents_addresses(world: &dyn World) -> bool {
    let Some(name) = DnsName::read("no-such-host.deadletter.invalid") else { return false };
    !world.ask(&name, RecordKind::A).addresses().is_empty()
}

/// Does the domain exist? Where it does not, the domain that can be registered is looked at.
pub(super) fn registered(world: &dyn World, domain: &DnsName) -> Proven {
    let own = world.ask(domain, RecordKind::Ns);
    match own {
        DnsReply::Nothing { exists: false, .. } => {}
        DnsReply::Trouble(trouble) => return Proven::trouble(domain, RecordKind::Ns, trouble),
        _ => {
            let proof = own.proof(domain, RecordKind::Ns);
            return Proven::sound(format!("{domain} exists"), proof);
        }
    }
    let proof = own.proof(domain, RecordKind::Ns);
    let Some(above) = registrable(domain.as_str()).and_then(DnsName::read) else {
        return Proven::broken(format!("{domain} does not exist"), proof);
    };
    if above == *domain {
        return Proven::broken(format!("{domain} is not registered"), proof);
    }
    let says = match world.ask(&above, RecordKind::Ns) {
        DnsReply::Nothing { exists: false, .. } => {
            format!("{domain} does not exist, and {above} is not registered")
        }
        DnsReply::Trouble(_) => format!("{domain} does not exist"),
        _ => format!("{domain} does not exist; {above} does"),
    };
    Proven::broken(says, proof)
}
