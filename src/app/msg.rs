//! What reaches the application and what it asks for.

use std::sync::Arc;

use tui_textarea::Input;

use crate::diagnosis::Ours;
use crate::listing::MessageId;
use crate::mail::SafeText;
use crate::source::worker::Update;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key.
    Key(Input),
    /// Text pasted into the terminal.
    Paste(String),
    /// The terminal has another size now, or has to be drawn anew.
    Resized(u16, u16),
    /// A mailbox tells something.
    From(u16, Update),
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
    /// Read one message for the views.
    Open {
        /// Which.
        id: MessageId,
        /// Who we are.
        ours: Arc<Ours>,
        /// All of it; else its beginning is enough.
        whole: bool,
    },
    /// Look for new messages in all mailboxes.
    Refresh,
    /// Hand text to the terminal's clipboard.
    Copy(String),
    /// Draw everything anew.
    Redraw,
    /// Go to the background.
    Suspend,
    /// End the program.
    Quit,
}
