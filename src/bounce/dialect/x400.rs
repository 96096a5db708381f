//! Gateways to X.400.

use super::{BASE, Dialect};

/// Gateways to X.400.
pub(super) static X400: Dialect =
    Dialect { name: "x400-style", marks: &["this report relates to your message:"], ..BASE };
