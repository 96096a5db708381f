//! What kind of message it is. A bounce is told from everything else that lies in a postmaster's
//! mailbox.

mod delay;
mod features;
mod feedback;
mod heading;
mod judge;
mod kinds;
mod opening;
mod others;
mod signs;
mod subject;
mod success;

pub use delay::delay_line;
pub use features::Features;
pub use feedback::FeedbackType;
pub use heading::Heading;
pub use kinds::Kind;
pub use others::{is_automatic, is_notice};
pub use signs::HeaderSigns;
