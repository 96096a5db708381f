//! Whether the servers of a domain answer at port 25.

use crate::mail::SafeText;

use super::finding::Proven;
use super::world::{DnsName, DnsReply, Greeting, Proof, RecordKind, World, addresses};

/// Addresses that are tried.
const TRIED: usize = 3;

/// Tries the first addresses of a domain's hosts until one takes mail.
pub(super) fn judge(world: &dyn World, domain: &DnsName) -> Proven {
    let reply = world.ask(domain, RecordKind::Mx);
    if let DnsReply::Trouble(trouble) = reply {
        return Proven::trouble(domain, RecordKind::Mx, trouble);
    }
    let mut names: Vec<DnsName> = reply.mail_hosts().into_iter().map(|(_, host)| host).collect();
    if names.is_empty() {
        names.push(domain.clone());
    }
    let mut targets = Vec::new();
    for host in &names {
        if targets.len() >= TRIED {
            break;
        }
        for ip in addresses(world, host).unwrap_or_default() {
            targets.push((host, ip));
        }
    }
    if targets.is_empty() {
        return Proven::unclear(format!("no host of {domain} has an address to try"), Vec::new());
    }
    let mut proof = Vec::new();
    let mut says = String::new();
    for (host, ip) in targets.into_iter().take(TRIED) {
        let (heard, welcome) = match world.greet(ip) {
            Greeting::NotTried => {
                let says = "not tried: connect = true in [checks] allows it";
                return Proven::unclear(says, proof);
            }
            Greeting::Trouble(trouble) => {
                let judged = Proven::unclear(format!("{host}: {}", trouble.label()), proof);
                return Proven { trouble: Some(trouble), ..judged };
            }
            Greeting::Welcome { banner, starttls } => {
                let offer = if starttls { "offers STARTTLS" } else { "offers no STARTTLS" };
                says = format!("{host} [{ip}] answers at port 25 and {offer}");
                (banner, true)
            }
            Greeting::Refusal(line) => {
                says = format!("{host} [{ip}] will not talk to us: {line}");
                (line, false)
            }
            Greeting::Failure(why) => {
                says = format!("{host} [{ip}] does not answer at port 25: {why}");
                (why, false)
            }
        };
        proof.push(Proof {
            name: SafeText::new(&format!("{host} [{ip}]")),
            kind: SafeText::new("SMTP"),
            data: heard,
            ttl: None,
        });
        if welcome {
            return Proven::sound(says, proof);
        }
    }
    Proven::broken(says, proof)
}
