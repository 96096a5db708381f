//! Asks the world: DNS, and the greeting of mail servers. Nothing is asked unless somebody calls.
//!
//! [`Resolver`] asks the system's resolvers, or the one that is configured, over UDP, and over TCP
//! where an answer does not fit; within a [`Budget`], which ends on time or when it is cancelled. The
//! crate `domain` reads and writes messages (`wire`); what is no answer to the question is not heard.

mod budget;
mod exchange;
mod greeting;
mod resolver;
mod servers;
mod wire;

pub use budget::Budget;
pub use resolver::{DnsInquiry, Resolver};
pub use servers::{Servers, ServersError};
