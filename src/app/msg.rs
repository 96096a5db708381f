//! What reaches the application and what it asks for.

use tui_textarea::Input;

use crate::listing::{Request, Update};
use crate::mail::SafeText;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key.
    Key(Input),
    /// Text pasted into the terminal.
    Paste(String),
    /// The terminal has another size now, or has to be drawn anew.
    Resized(u16, u16),
    /// The mailboxes tell something.
    Told(Update),
    /// A deadline has come.
    Tick,
    /// Text was handed to the terminal's clipboard, or could not be.
    Copied(Result<usize, String>),
    /// A part of the program has failed; what it said.
    Fault(SafeText),
}

/// Something the application asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cmd {
    /// Ask the mailboxes for something.
    Ask(Request),
    /// Hand text to the terminal's clipboard.
    Copy(String),
    /// Draw everything anew.
    Redraw,
    /// Go to the background.
    Suspend,
    /// End the program.
    Quit,
}
