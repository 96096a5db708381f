//! What a message is and what it says: its kind, the recipients that failed, what their servers
//! answered, the returned message. Pure: bytes in, values out.
//!
//! [`read`] is the way in. Inside, a [`letter`](letter::Letter) sorts the parts, [`report`] reads
//! the machine-readable fields, [`notice`] and the [`dialect`]s read the words for people,
//! [`delivery`] brings both together; [`inspect`] takes the message apart for who looks closer.

pub mod answer;
pub mod delivery;
pub mod dialect;
mod fields;
mod forward;
mod generator;
pub mod inline;
pub mod inspect;
pub mod kind;
pub mod letter;
mod logged;
pub mod notice;
pub mod original;
mod read;
mod recipients;
pub mod remote;
pub mod report;
pub mod said;
pub mod status;
pub mod told;
mod traced;

pub use answer::Answer;
pub use delivery::Delivery;
pub use inspect::Inspection;
pub use kind::{FeedbackType, Kind};
pub use logged::LoggedAnswer;
pub use notice::sentences::Phase;
pub use original::Original;
pub use read::{Bounce, Depth, read, read_with};
pub use remote::Remote;
pub use report::DsnAction;
pub use said::{Part, Said};
pub use status::Status;
pub use told::Told;
