//! What a recipient's domain demands of encryption: MTA-STS (RFC 8461) and DANE (RFC 7672).

use super::finding::Proven;
use super::mx::address_proof;
use super::tags::Tags;
use super::world::{Data, DnsName, DnsReply, RecordKind, World, addresses};

/// Hosts whose records are looked up.
const HOSTS: usize = 5;

/// Does the domain announce a policy, and can it be fetched?
pub(super) fn mta_sts(world: &dyn World, domain: &DnsName) -> Proven {
    let (Some(name), Some(host)) = (domain.below("_mta-sts"), domain.below("mta-sts")) else {
        return Proven::unclear(format!("{domain} is too long a name"), Vec::new());
    };
    let reply = world.ask(&name, RecordKind::Txt);
    if let DnsReply::Trouble(trouble) = reply {
        return Proven::trouble(&name, RecordKind::Txt, trouble);
    }
    let mut proof = reply.proof(&name, RecordKind::Txt);
    let mut found = 0;
    for text in reply.texts() {
        found += usize::from(is_announcement(text));
    }
    if found != 1 {
        // Anything but one record is none (RFC 8461 section 3.1).
        return Proven::sound(format!("{domain} announces no MTA-STS policy"), proof);
    }
    match addresses(world, &host) {
        Err(trouble) => Proven::trouble(&host, RecordKind::A, trouble),
        Ok(found) if found.is_empty() => {
            proof.extend(address_proof(world, &host));
            let says = format!("{domain} announces an MTA-STS policy, but {host} has no address");
            Proven::broken(says, proof)
        }
        Ok(_) => {
            let says = format!(
                "{domain} announces an MTA-STS policy; compare it with the MX hosts: \
                 https://{host}/.well-known/mta-sts.txt"
            );
            Proven::unclear(says, proof)
        }
    }
}

fn is_announcement(text: &[u8]) -> bool {
    let Some(tags) = Tags::read(text) else { return false };
    tags.first() == Some("v") && tags.get("v") == Some("STSv1") && tags.get("id").is_some()
}

/// Do the hosts demand a certificate?
pub(super) fn dane(world: &dyn World, domain: &DnsName, host: Option<&DnsName>) -> Proven {
    let mut names: Vec<DnsName> = host.cloned().into_iter().collect();
    if names.is_empty() {
        let reply = world.ask(domain, RecordKind::Mx);
        if let DnsReply::Trouble(trouble) = reply {
            return Proven::trouble(domain, RecordKind::Mx, trouble);
        }
        names.extend(reply.mail_hosts().into_iter().map(|(_, host)| host));
    }
    let mut proof = Vec::new();
    let mut found = 0;
    for host in names.iter().take(HOSTS) {
        let Some(name) = host.below("_25._tcp") else { continue };
        let reply = world.ask(&name, RecordKind::Tlsa);
        if let DnsReply::Trouble(trouble) = reply {
            return Proven::trouble(&name, RecordKind::Tlsa, trouble);
        }
        found += reply.records().iter().filter(|record| is_tlsa(&record.data)).count();
        let unusable = unusable(&reply);
        proof.extend(reply.proof(&name, RecordKind::Tlsa));
        if unusable {
            let says =
                format!("no TLSA record of {host} can be used: it must be 2 or 3, 0 or 1, 1 or 2");
            return Proven::broken(says, proof);
        }
    }
    let about = host.unwrap_or(domain);
    if found == 0 {
        return Proven::sound(format!("{about} demands no certificate by DANE"), proof);
    }
    let says = format!("{about} demands a certificate by DANE; compare it with the one it shows");
    Proven::unclear(says, proof)
}

fn is_tlsa(data: &Data) -> bool {
    matches!(data, Data::Tlsa { .. })
}

/// True when there are TLSA records and none is of use for mail (RFC 7672 section 3.1).
fn unusable(reply: &DnsReply) -> bool {
    let mut any = false;
    for record in reply.records() {
        if let Data::Tlsa { usage, selector, matching, length } = record.data {
            let fits = match matching {
                0 => length > 64,
                1 => length == 32,
                2 => length == 64,
                _ => false,
            };
            if matches!(usage, 2 | 3) && selector <= 1 && fits {
                return false;
            }
            any = true;
        }
    }
    any
}
