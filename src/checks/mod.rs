//! Is it still broken? Questions to the world that decide a delivery, and what the answers prove.
//! Pure: whoever can be asked is handed in ([`World`]), and every answer is hostile.
//!
//! [`questions`] takes them from a case; [`CheckQuestion::answer`] makes a [`Finding`] of each. One file
//! for each check: `mx` (with whether the domain exists), [`spf`], `dkim`, `dmarc`, `ptr` (with the
//! name in HELO), `dnsbl`, `tls` (MTA-STS and DANE), `port25`.

mod check;
mod der;
mod dkim;
mod dmarc;
mod dnsbl;
mod finding;
mod mx;
mod port25;
mod ptr;
mod question;
mod questions;
mod sender;
pub mod spf;
mod tags;
mod tls;
mod world;

pub use check::Check;
pub use finding::{Finding, FindingVerdict};
pub use question::CheckQuestion;
pub use questions::questions;
pub use world::{
    Data, DnsName, DnsRecord, DnsReply, Greeting, Proof, RecordKind, Trouble, World, reversed,
};
