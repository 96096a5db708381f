//! SPF evaluated to the end (RFC 7208): which addresses may send for a domain.

mod evaluate;
mod macros;
mod record;

pub use evaluate::{Evaluation, SpfResult, evaluate};
pub use record::is_spf;
