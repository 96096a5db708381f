//! Lists of addresses and domains in DNS (RFC 5782).

use std::net::IpAddr;

use super::finding::Proven;
use super::world::{DnsName, DnsReply, Proof, RecordKind, World, reversed};

/// Does a list name this?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ListQuestion {
    /// The list's zone.
    pub(super) zone: DnsName,
    pub(super) listed: ListSubject,
}

/// What may be listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum ListSubject {
    Address(IpAddr),
    Domain(DnsName),
}

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ZoneEntry {
    /// It is listed.
    Listed,
    /// There is none.
    Missing,
    /// The list will not answer this resolver, or not so many questions.
    Refused(IpAddr),
    /// What came is no answer of a list.
    Foreign(IpAddr),
}

impl ListQuestion {
    pub(super) fn about(&self) -> String {
        format!("{} on {}", self.what(), self.zone)
    }

    fn what(&self) -> String {
        match &self.listed {
            ListSubject::Address(ip) => ip.to_string(),
            ListSubject::Domain(domain) => domain.to_string(),
        }
    }

    /// The names of the entry, of one that must be there and of one that must not (RFC 5782
    /// section 5).
    fn names(&self) -> Option<[DnsName; 3]> {
        let (entry, present, absent) = match &self.listed {
            ListSubject::Address(ip) if ip.is_ipv4() => {
                (reversed(*ip), "2.0.0.127".to_owned(), "1.0.0.127".to_owned())
            }
            ListSubject::Address(ip) => {
                let mapped = |last: u16| IpAddr::from([0, 0, 0, 0, 0, 0xffff, 0x7f00, last]);
                (reversed(*ip), reversed(mapped(2)), reversed(mapped(1)))
            }
            ListSubject::Domain(domain) => {
                (domain.to_string(), "test".to_owned(), "invalid".to_owned())
            }
        };
        let below = |labels: &str| self.zone.below(labels);
        Some([below(&entry)?, below(&present)?, below(&absent)?])
    }

    pub(super) fn judge(&self, world: &dyn World) -> Proven {
        let zone = &self.zone;
        let Some([entry, present, absent]) = self.names() else {
            let says = format!("{} is too long a name to ask {zone} about", self.what());
            return Proven::unclear(says, Vec::new());
        };
        if let Some(judged) = self.canary(world, &present, &absent) {
            return judged;
        }
        let reply = world.ask(&entry, RecordKind::A);
        let mut proof = reply.proof(&entry, RecordKind::A);
        if let DnsReply::Trouble(trouble) = reply {
            return Proven::trouble(&entry, RecordKind::A, trouble);
        }
        let what = self.what();
        match read(&reply) {
            ZoneEntry::Missing => Proven::sound(format!("{what} is not listed on {zone}"), proof),
            ZoneEntry::Listed => {
                let text = world.ask(&entry, RecordKind::Txt);
                proof.extend(text.records().iter().map(Proof::of));
                Proven::broken(format!("{what} is listed on {zone}"), proof)
            }
            ZoneEntry::Refused(code) => Proven::unclear(refusal(zone, code), proof),
            ZoneEntry::Foreign(ip) => Proven::unclear(foreign(zone, ip), proof),
        }
    }

    /// Whether the list works: its own test entries.
    fn canary(&self, world: &dyn World, present: &DnsName, absent: &DnsName) -> Option<Proven> {
        let zone = &self.zone;
        let there = world.ask(present, RecordKind::A);
        let gone = world.ask(absent, RecordKind::A);
        let mut proof = there.proof(present, RecordKind::A);
        if let DnsReply::Trouble(trouble) = there {
            return Some(Proven::trouble(present, RecordKind::A, trouble));
        }
        let says = match (read(&there), read(&gone)) {
            (ZoneEntry::Refused(code), _) | (_, ZoneEntry::Refused(code)) => {
                let text = world.ask(present, RecordKind::Txt);
                proof.extend(text.records().iter().map(Proof::of));
                refusal(zone, code)
            }
            (ZoneEntry::Foreign(ip), _) | (_, ZoneEntry::Foreign(ip)) => foreign(zone, ip),
            (ZoneEntry::Missing, _) => {
                format!("{zone} answers no longer as a list: its own test entry is missing")
            }
            (_, ZoneEntry::Listed) => {
                proof.extend(gone.proof(absent, RecordKind::A));
                format!("{zone} answers no longer as a list: it lists everything")
            }
            (ZoneEntry::Listed, ZoneEntry::Missing) => return None,
        };
        Some(Proven::unclear(says, proof))
    }
}

/// What the addresses in an answer mean. One that is no address of a list spoils the answer.
fn read(reply: &DnsReply) -> ZoneEntry {
    let mut entry = ZoneEntry::Missing;
    for ip in reply.addresses() {
        match ip {
            IpAddr::V4(v4) => match v4.octets() {
                [127, 255, 255, _] | [127, 0, 1, 255] | [127, 0, 0, 1] => {
                    return ZoneEntry::Refused(ip);
                }
                [127, ..] => entry = ZoneEntry::Listed,
                _ => return ZoneEntry::Foreign(ip),
            },
            IpAddr::V6(_) => return ZoneEntry::Foreign(ip),
        }
    }
    entry
}

fn refusal(zone: &DnsName, code: IpAddr) -> String {
    let why = match code {
        IpAddr::V4(v4) => match v4.octets() {
            [127, 255, 255, 252] => "the name of the list is written wrongly",
            [127, 255, 255, 254] => "it does not answer open or public resolvers",
            [127, 255, 255, 255] => "it was asked too often from here",
            [127, 0, 1, 255] => "it lists domains, not addresses",
            _ => "it does not answer this resolver",
        },
        IpAddr::V6(_) => "it does not answer this resolver",
    };
    format!("{zone} answers with the error {code}, which is no listing: {why}")
}

fn foreign(zone: &DnsName, ip: IpAddr) -> String {
    format!(
        "{zone} answers {ip}, which no list does (only 127.0.0.0/8 counts): it is dead, or the resolver invents addresses"
    )
}
