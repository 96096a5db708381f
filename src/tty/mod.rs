//! The terminal of this process: its modes are changed for a prompt or for the screen, and given
//! back whatever ends us. Signals that can be caught are met here; one that comes at a prompt does
//! what it does in a shell. Of what cannot be caught a small process takes care, the [`guard`].

mod calls;
pub mod guard;
mod output;
mod restore;
mod terminal;
mod usage;
mod watch;

use std::io;
use std::sync::OnceLock;

pub use calls::{Calls, HUNG_UP};
pub use output::Output;
pub use terminal::Tty;
pub use usage::Usage;
pub use watch::watch_hangup;

/// The one terminal of this process, once somebody uses it.
static TTY: OnceLock<Tty> = OnceLock::new();

/// The terminal on standard input. From the first call on signals are met.
///
/// # Errors
/// When there is none, or the system has no thread or signal handler left.
pub fn open() -> io::Result<&'static Tty> {
    if let Some(tty) = TTY.get() {
        return Ok(tty);
    }
    let new = Tty::open()?;
    let tty = TTY.get_or_init(|| new);
    watch::signals(tty)?;
    Ok(tty)
}
