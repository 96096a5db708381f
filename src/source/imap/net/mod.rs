//! From a host name, or a program, to a stream of bytes: connecting, time limits, TLS, and the way to
//! call it all off. Knows nothing of IMAP.

pub(crate) mod cancel;
pub(crate) mod certificate;
pub(crate) mod dial;
mod hello;
pub(crate) mod limits;
mod names;
pub(crate) mod program;
pub(crate) mod socket;
pub(crate) mod tls;
