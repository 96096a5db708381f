//! What a message is and what it says: its kind, the recipients that failed, what their servers
//! answered, the returned message. Pure: bytes in, values out.
//!
//! [`read`] is the way in. Inside, a [`letter`](letter::Letter) sorts the parts, [`report`] reads
//! the machine-readable fields, [`blocks`] and the [`dialect`]s read the human text, [`delivery`]
//! brings both together.

pub mod anatomy;
pub mod blocks;
pub mod delivery;
pub mod dialect;
pub mod error_text;
pub mod kind;
pub mod letter;
pub mod named;
pub mod original;
pub mod page;
pub mod phrases;
mod reading;
pub mod report;
pub mod said;
pub mod status;
mod told;
pub mod transcript;
pub mod wording;

pub use anatomy::Anatomy;
pub use delivery::Delivery;
pub use kind::Kind;
pub use original::Original;
pub use reading::{Bounce, read};
pub use report::Action;
pub use said::{Part, Said};
pub use status::Status;
pub use wording::{Phase, Remote};
