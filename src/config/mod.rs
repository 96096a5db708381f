//! Configuration.
pub mod account;
pub use account::{Account, Tls};
