//! What kind of message it is. A bounce is told from everything else that lies in a postmaster's
//! mailbox.

mod delay;
mod features;
mod feedback;
mod judge;
mod kinds;
mod opening;
mod others;
mod signs;
mod subject;

pub use delay::delay_line;
pub use features::Features;
pub use feedback::FeedbackType;
pub use kinds::Kind;
pub use signs::HeaderSigns;
