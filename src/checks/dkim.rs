//! The key of a DKIM signature (RFC 6376 section 3.6, RFC 8301, RFC 8463).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::der::rsa_bits;
use super::finding::Proven;
use super::tags::Tags;
use super::world::{DnsName, DnsReply, RecordKind, World};

/// The shortest RSA key that is taken (RFC 8301 section 3.2), in bits.
const SHORTEST: usize = 1024;

/// Is there a key under this name?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct KeyQuestion {
    /// `selector._domainkey.domain`.
    pub(super) name: DnsName,
}

impl KeyQuestion {
    pub(super) fn judge(&self, world: &dyn World) -> Proven {
        let name = &self.name;
        let reply = world.ask(name, RecordKind::Txt);
        let proof = reply.proof(name, RecordKind::Txt);
        if let DnsReply::Trouble(trouble) = reply {
            return Proven::trouble(name, RecordKind::Txt, trouble);
        }
        let texts = reply.texts();
        let keys: Vec<&[u8]> = texts.iter().copied().filter(|text| is_key(text)).collect();
        match (keys.as_slice(), texts.as_slice()) {
            (_, []) => Proven::broken(format!("there is no key at {name}"), proof),
            // What else stands there is no matter.
            ([text], _) | ([], [text]) => match fault(text) {
                Some(fault) => Proven::broken(format!("the key at {name} {fault}"), proof),
                None => Proven::sound(format!("there is a key at {name}"), proof),
            },
            ([], _) => Proven::broken(format!("there is no key among the texts at {name}"), proof),
            (keys, _) => {
                Proven::broken(format!("there are {} keys at {name}, not one", keys.len()), proof)
            }
        }
    }
}

/// True for a text that is a key, if not a good one.
fn is_key(text: &[u8]) -> bool {
    let Some(tags) = Tags::read(text) else { return false };
    tags.get("p").is_some() && !matches!(tags.get("v"), Some(version) if version != "DKIM1")
}

/// What is wrong with a key.
fn fault(text: &[u8]) -> Option<String> {
    let Some(tags) = Tags::read(text) else {
        return Some("cannot be read: it is no list of tags".to_owned());
    };
    match tags.get("v") {
        None | Some("DKIM1") => {}
        Some(_) => return Some("is of another version than DKIM1".to_owned()),
    }
    if tags.get("v").is_some() && tags.first() != Some("v") {
        return Some("cannot be read: v=DKIM1 does not stand first".to_owned());
    }
    if let Some(hashes) = tags.get("h")
        && !has(hashes, "sha256")
    {
        return Some("does not allow sha256".to_owned());
    }
    if let Some(services) = tags.get("s")
        && !has(services, "*")
        && !has(services, "email")
    {
        return Some("is not for mail".to_owned());
    }
    let Some(key) = tags.get("p") else { return Some("has no p=".to_owned()) };
    if key.is_empty() {
        return Some("was revoked: its p= is empty".to_owned());
    }
    let key: String = key.split_ascii_whitespace().collect();
    let Ok(bytes) = STANDARD.decode(&key) else {
        return Some("is broken: its p= is no base64".to_owned());
    };
    match tags.get("k") {
        None | Some("rsa") => rsa_fault(&bytes),
        Some("ed25519") if bytes.len() == 32 => None,
        Some("ed25519") => Some(format!("is broken: Ed25519 has 32 bytes, not {}", bytes.len())),
        Some(_) => Some("is of a kind that nobody knows".to_owned()),
    }
}

fn rsa_fault(bytes: &[u8]) -> Option<String> {
    match rsa_bits(bytes) {
        None => Some("is broken: its p= is no RSA key, or not all of one".to_owned()),
        Some(bits) if bits < SHORTEST => Some(format!("is too short: {bits} bits")),
        Some(_) => None,
    }
}

fn has(list: &str, word: &str) -> bool {
    list.split(':').any(|one| one.trim().eq_ignore_ascii_case(word))
}
