//! What the world can be asked, and what it answers: names, records, and the greeting of a mail
//! server. Answers are the words of strangers.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::mail::SafeText;

/// Records of one answer that are shown.
const PROOFS: usize = 12;
/// Characters of a text record that are shown.
const SHOWN: usize = 400;
/// Characters of a name, and of one label (RFC 1035 section 2.3.4).
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

/// A name in DNS: printable ASCII in lower case, without the dot at its end. What a server answered
/// may hold escapes (`\000`); such a name is shown and never asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName(String);

impl DnsName {
    /// The name in a text; None for what cannot be asked.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let name = text.strip_suffix('.').unwrap_or(text);
        let printable = name.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        let fits = |label: &str| (1..=LONGEST_LABEL).contains(&label.len());
        if printable && name.len() <= LONGEST_NAME && name.split('.').all(fits) {
            return Some(Self(name.to_ascii_lowercase()));
        }
        None
    }

    /// A name as a server answered it, in presentation format (RFC 4343).
    #[must_use]
    pub fn answered(text: &str) -> Self {
        let name = text.strip_suffix('.').unwrap_or(text);
        let mut shown = String::with_capacity(name.len());
        for c in name.chars() {
            if c.is_ascii_graphic() {
                shown.push(c.to_ascii_lowercase());
            } else {
                shown.extend(c.escape_unicode());
            }
        }
        Self(shown)
    }

    /// The name of the domain in which the names of addresses are found (RFC 1035 section 3.5, RFC
    /// 3596 section 2.5).
    #[must_use]
    pub fn of_address(ip: IpAddr) -> Self {
        let zone = if ip.is_ipv4() { "in-addr.arpa" } else { "ip6.arpa" };
        Self(format!("{}.{zone}", reversed(ip)))
    }

    /// The name with labels before it; None when it becomes too long.
    #[must_use]
    pub fn below(&self, labels: &str) -> Option<Self> {
        Self::read(&format!("{labels}.{}", self.0))
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The root, which stands in a null MX (RFC 7505).
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// False for a name that only a hostile server would answer.
    #[must_use]
    pub fn can_be_asked(&self) -> bool {
        Self::read(&self.0).is_some()
    }

    /// True for the same name, written anyhow.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name.trim_end_matches('.'))
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}

/// An address backwards: numbers of IPv4, digits of IPv6, with dots between them.
#[must_use]
pub fn reversed(ip: IpAddr) -> String {
    let mut parts: Vec<String> = match ip {
        IpAddr::V4(ip) => ip.octets().iter().map(ToString::to_string).collect(),
        IpAddr::V6(ip) => format!("{:032x}", ip.to_bits()).chars().map(String::from).collect(),
    };
    parts.reverse();
    parts.join(".")
}

names! {
    /// A kind of record.
    pub enum RecordKind {
        /// An address (IPv4).
        A "A",
        /// An address (IPv6).
        Aaaa "AAAA",
        /// Another name for a name.
        Cname "CNAME",
        /// A host that takes the mail of a domain.
        Mx "MX",
        /// A server of a domain.
        Ns "NS",
        /// The name of an address.
        Ptr "PTR",
        /// A certificate (RFC 6698).
        Tlsa "TLSA",
        /// A text.
        Txt "TXT",
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsRecord {
    /// Whose it is.
    pub name: DnsName,
    /// Its kind.
    pub kind: RecordKind,
    /// What it says.
    pub data: Data,
    /// How many seconds it may be kept.
    pub ttl: u32,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A and AAAA.
    Address(IpAddr),
    /// CNAME, NS and PTR.
    Name(DnsName),
    /// MX.
    Mail {
        /// Lower ones are tried first.
        preference: u16,
        /// The host.
        host: DnsName,
    },
    /// TXT: its strings as one.
    Text(Vec<u8>),
    /// TLSA.
    Tlsa {
        /// Certificate usage.
        usage: u8,
        /// The whole certificate or its key.
        selector: u8,
        /// How they are compared.
        matching: u8,
        /// Length of what they are compared with, in bytes.
        length: usize,
    },
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(ip) => ip.fmt(f),
            Self::Name(name) => name.fmt(f),
            Self::Mail { preference, host } => write!(f, "{preference} {host}"),
            Self::Tlsa { usage, selector, matching, length } => {
                write!(f, "{usage} {selector} {matching} ({length} bytes)")
            }
            Self::Text(text) => {
                let cut = &text[..text.len().min(SHOWN)];
                write!(f, "\"{}\"", SafeText::from_bytes(cut))?;
                f.write_str(if cut.len() < text.len() { "…" } else { "" })
            }
        }
    }
}

/// What was answered, as it is shown and kept: a record, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The name that was asked about.
    pub name: SafeText,
    /// The kind of record, or `SMTP`.
    pub kind: SafeText,
    /// What it says.
    pub data: SafeText,
    /// How many seconds it holds; None where nobody says.
    pub ttl: Option<u32>,
}

impl Proof {
    /// A record.
    #[must_use]
    pub fn of(record: &DnsRecord) -> Self {
        Self {
            name: SafeText::new(&record.name.to_string()),
            kind: SafeText::new(record.kind.slug()),
            data: SafeText::new(&record.data.to_string()),
            ttl: Some(record.ttl),
        }
    }
}

names! {
    /// Why nothing was learnt.
    pub enum Trouble {
        /// Nobody answered in time.
        Silent "silent" "no answer in time",
        /// No way to the resolver.
        Unreachable "unreachable" "the resolver cannot be reached",
        /// The resolver will not answer us.
        Refused "refused" "the resolver refuses to answer (REFUSED)",
        /// The resolver or a server behind it failed.
        Failed "failed" "the resolver failed (SERVFAIL)",
        /// The resolver cannot do what was asked of it.
        Unable "unable" "the resolver does not understand the question",
        /// What came back is no answer to the question.
        Broken "broken" "the answer cannot be read",
        /// Aliases without an end.
        Loop "loop" "its aliases (CNAME) go round in a circle",
        /// A server that answers for its own zones alone.
        Lame "lame" "the server asked is no resolver for this name",
        /// The name cannot be asked.
        Name "name" "it is no name that can be looked up",
        /// The time for this check is used up.
        Spent "spent" "the time for asking is used up",
        /// Somebody stopped it.
        Cancelled "cancelled" "asking was stopped",
        /// Nothing was to be asked.
        Offline "offline" "nothing was asked (offline)",
    }
}

impl Trouble {
    /// True where the next question will fare no better.
    #[must_use]
    pub fn is_of_network(self) -> bool {
        matches!(self, Self::Silent | Self::Unreachable | Self::Spent | Self::Offline)
    }
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DnsReply {
    /// Records of the kind that was asked for, behind the aliases that led to them.
    Records(Vec<DnsRecord>),
    /// There are none of this kind.
    Nothing {
        /// Whether the name exists at all (no NXDOMAIN).
        exists: bool,
        /// How many seconds that may be kept (RFC 2308).
        ttl: Option<u32>,
    },
    /// Nobody knows.
    Trouble(Trouble),
}

impl DnsReply {
    /// Its records; none where there is no answer.
    #[must_use]
    pub fn records(&self) -> &[DnsRecord] {
        match self {
            Self::Records(records) => records,
            _ => &[],
        }
    }

    /// The addresses in it.
    #[must_use]
    pub fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for record in self.records() {
            if let Data::Address(ip) = record.data {
                addresses.push(ip);
            }
        }
        addresses
    }

    /// The names in it, aliases left out.
    #[must_use]
    pub fn names(&self) -> Vec<DnsName> {
        let mut names = Vec::new();
        for record in self.records() {
            if let (Data::Name(name), false) = (&record.data, record.kind == RecordKind::Cname) {
                names.push(name.clone());
            }
        }
        names
    }

    /// The mail hosts in it, those that are tried first before the others.
    #[must_use]
    pub fn mail_hosts(&self) -> Vec<(u16, DnsName)> {
        let mut hosts = Vec::new();
        for record in self.records() {
            if let Data::Mail { preference, host } = &record.data {
                hosts.push((*preference, host.clone()));
            }
        }
        hosts.sort();
        hosts
    }

    /// The texts in it.
    #[must_use]
    pub fn texts(&self) -> Vec<&[u8]> {
        let mut texts = Vec::new();
        for record in self.records() {
            if let Data::Text(text) = &record.data {
                texts.push(text.as_slice());
            }
        }
        texts
    }

    /// What it proves about a name.
    #[must_use]
    pub fn proof(&self, name: &DnsName, kind: RecordKind) -> Vec<Proof> {
        let (data, ttl) = match self {
            Self::Records(records) => {
                return records.iter().take(PROOFS).map(Proof::of).collect();
            }
            Self::Nothing { exists: false, ttl } => ("no such name (NXDOMAIN)", *ttl),
            Self::Nothing { exists: true, ttl } => ("no such record", *ttl),
            Self::Trouble(trouble) => (trouble.label(), None),
        };
        vec![Proof {
            name: SafeText::new(&name.to_string()),
            kind: SafeText::new(kind.slug()),
            data: SafeText::new(data),
            ttl,
        }]
    }
}

/// How a mail server greeted us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// It was not to be tried.
    NotTried,
    /// It takes mail.
    Welcome {
        /// What it said first.
        banner: SafeText,
        /// Whether it offers encryption.
        starttls: bool,
    },
    /// It answered, and will not talk to us.
    Refusal(SafeText),
    /// No connection, or nothing that was said on it.
    Failure(SafeText),
    /// Nobody knows.
    Trouble(Trouble),
}

/// Whoever can be asked. Each call returns within the time its owner allows.
pub trait World: Sync {
    /// The records of a name.
    fn ask(&self, name: &DnsName, kind: RecordKind) -> DnsReply;

    /// How the mail server at an address greets us.
    fn greet(&self, ip: IpAddr) -> Greeting;
}

/// The kind of record that holds addresses like this one.
#[must_use]
pub(super) fn kind_of(ip: IpAddr) -> RecordKind {
    match ip {
        IpAddr::V4(_) => RecordKind::A,
        IpAddr::V6(_) => RecordKind::Aaaa,
    }
}

/// The addresses of a host, both sorts. A trouble with one of them counts where the other has none.
///
/// # Errors
/// When nobody knows.
pub(super) fn addresses(world: &dyn World, host: &DnsName) -> Result<Vec<IpAddr>, Trouble> {
    let mut found = Vec::new();
    let mut trouble = None;
    for kind in [RecordKind::A, RecordKind::Aaaa] {
        let reply = world.ask(host, kind);
        found.extend(reply.addresses());
        match reply {
            DnsReply::Trouble(met) => trouble = Some(met),
            DnsReply::Nothing { exists: false, .. } => break,
            _ => {}
        }
    }
    match trouble {
        Some(trouble) if found.is_empty() => Err(trouble),
        _ => Ok(found),
    }
}
