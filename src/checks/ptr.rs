//! The name of our address, and the name our server greets with.

use std::net::IpAddr;

use super::finding::Proven;
use super::mx::address_proof;
use super::world::{DnsName, DnsReply, RecordKind, World, addresses};

/// Names of an address that are looked up.
const NAMES: usize = 10;
/// Words in the names that providers give to lines of their customers.
const GENERIC: [&str; 14] = [
    "dynamic",
    "dyn",
    "dhcp",
    "pool",
    "dsl",
    "adsl",
    "ppp",
    "cable",
    "dialup",
    "dial",
    "client",
    "customer",
    "cust",
    "broadband",
];

/// Does the address have a name of its own?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PtrQuestion {
    pub(super) ip: IpAddr,
}

impl PtrQuestion {
    pub(super) fn judge(&self, world: &dyn World) -> Proven {
        let ip = self.ip;
        let back = DnsName::of_address(ip);
        let reply = world.ask(&back, RecordKind::Ptr);
        let mut proof = reply.proof(&back, RecordKind::Ptr);
        if let DnsReply::Trouble(trouble) = reply {
            return Proven::trouble(&back, RecordKind::Ptr, trouble);
        }
        let names = reply.names();
        let Some(first) = names.first() else {
            return Proven::broken(format!("{ip} has no name (no PTR record)"), proof);
        };
        let mut trouble = None;
        let mut generic = None;
        for name in names.iter().take(NAMES) {
            if !name.can_be_asked() {
                continue;
            }
            proof.extend(address_proof(world, name));
            match addresses(world, name) {
                Ok(found) if !found.contains(&ip) => {}
                Ok(_) if is_generic(name, ip) => generic = Some(name),
                Ok(_) => {
                    return Proven::sound(format!("{ip} is {name}, and {name} is {ip}"), proof);
                }
                Err(met) => trouble = Some((name, met)),
            }
        }
        if let Some((name, met)) = trouble {
            let judged = Proven::trouble(name, RecordKind::A, met);
            return Proven { proof, ..judged };
        }
        let says = match generic {
            Some(name) => format!("{ip} is {name}, a name as providers give to lines of customers"),
            None => format!("{ip} is called {first}, but {first} does not lead back to it"),
        };
        Proven::broken(says, proof)
    }
}

/// True for a name that a provider made of the address, or that says whose line it is.
fn is_generic(name: &DnsName, ip: IpAddr) -> bool {
    let labels = name.as_str();
    let words: Vec<&str> = labels.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    for word in &words {
        if GENERIC.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())) {
            return true;
        }
    }
    let IpAddr::V4(ip) = ip else { return false };
    let octets: Vec<String> = ip.octets().iter().map(ToString::to_string).collect();
    let digits: Vec<&str> =
        words.iter().map(|word| word.trim_matches(|c: char| c.is_ascii_alphabetic())).collect();
    let backwards: Vec<&str> = digits.iter().rev().copied().collect();
    has_row(&digits, &octets) || has_row(&backwards, &octets)
}

/// True when the numbers stand in a row among the words.
fn has_row(words: &[&str], numbers: &[String]) -> bool {
    words.windows(numbers.len()).any(|window| window == numbers)
}

/// Does the name our server greets with lead to us?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct HeloQuestion {
    pub(super) name: DnsName,
    pub(super) ips: Vec<IpAddr>,
}

impl HeloQuestion {
    pub(super) fn judge(&self, world: &dyn World) -> Proven {
        let name = &self.name;
        if !name.as_str().contains('.') {
            let says =
                format!("{name} is no full name; your server must greet with one that exists");
            return Proven::broken(says, Vec::new());
        }
        let found = match addresses(world, name) {
            Ok(found) => found,
            Err(trouble) => return Proven::trouble(name, RecordKind::A, trouble),
        };
        let proof = address_proof(world, name);
        if found.is_empty() {
            return Proven::broken(format!("{name} has no address"), proof);
        }
        if self.ips.is_empty() || self.ips.iter().any(|ip| found.contains(ip)) {
            return Proven::sound(format!("{name} leads to {}", list(&found)), proof);
        }
        let says = format!("{name} leads to {}, not to {}", list(&found), list(&self.ips));
        Proven::broken(says, proof)
    }
}

fn list(ips: &[IpAddr]) -> String {
    let shown: Vec<String> = ips.iter().take(4).map(ToString::to_string).collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lines() {
        let ip = IpAddr::from([192, 0, 2, 25]);
        for name in [
            "192-0-2-25.oak.example",
            "ip192-0-2-25.oak.example",
            "25.2.0.192.oak.example",
            "host.dynamic.oak.example",
            "pool7.oak.example",
            "customer-12.oak.example",
        ] {
            assert!(is_generic(&DnsName::read(name).expect("a name"), ip), "{name}");
        }
        for name in
            ["mail.birch.example", "mx25.birch.example", "dynamics.example", "m-192-0.example"]
        {
            assert!(!is_generic(&DnsName::read(name).expect("a name"), ip), "{name}");
        }
    }
}
