//! What kind of message it is. A bounce is told from everything else that lies in a postmaster's
//! mailbox.

mod delay;
mod judge;
mod kinds;
mod others;
mod signs;

pub use delay::delay_line;
pub use judge::Features;
pub use kinds::Kind;
pub use signs::HeaderSigns;
