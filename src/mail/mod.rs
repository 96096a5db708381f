//! Mail as bytes and what can be said about it without knowing what a bounce is: safe text,
//! headers, parts, addresses, dates, the Received chain. Pure: no files, no network, no clock.

pub mod address;
pub mod canonical;
pub mod charset;
pub mod date;
mod disguise;
pub mod find;
pub mod header;
pub mod hops;
pub mod html;
pub mod language;
pub mod limits;
mod media;
pub mod mime;
pub mod received;
pub mod text;

pub use date::Stamp;
pub use header::Headers;
pub use hops::{Chain, Hop};
pub use limits::Limit;
pub use mime::{Entity, Walk};
pub use text::SafeText;
pub(crate) use text::is_hidden;
