//! What an error of the crate `imap` means: the server said no, or the connection cannot be used
//! any more.

use imap::Error as Crate;

use crate::mail::SafeText;

use super::super::error::{Endpoint, Error};
use super::heard::Heard;
use super::response::Condition;

/// How a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// NO or BAD, with its code and text: the connection can still be used.
    Refused(SafeText),
    /// The connection must be closed.
    Broken(Error),
}

impl Failure {
    /// What `error` of a command means. Code and text are those that passed by on the wire: the
    /// crate loses codes that it does not know.
    pub(super) fn of(error: &Crate, heard: Option<&Heard>, at: &Endpoint) -> Self {
        let at = at.clone();
        let mut said = SafeText::default();
        let mut code = "";
        let mut is_goodbye = false;
        if let Some(heard) = heard
            && let Some((condition, text)) = &heard.answer
        {
            said = text.clone();
            code = &heard.answer_code;
            is_goodbye = *condition == Condition::Bye;
        }
        match error {
            Crate::No(_) if passes(code, &said) => Self::Broken(Error::Busy { at, said }),
            Crate::No(_) | Crate::Bad(_) => Self::Refused(said),
            Crate::Io(e) => Self::Broken(Error::wire(&at, e)),
            Crate::ConnectionLost => {
                Self::Broken(Error::Lost { at, reason: "the server closed it".into() })
            }
            Crate::Bye(_) if is_goodbye => Self::Broken(Error::Busy { at, said }),
            _ => Self::Broken(Error::Protocol {
                at,
                what: "the server sent an answer that makes no sense".into(),
            }),
        }
    }

    /// As an error of `command`.
    pub(super) fn into_error(self, command: &'static str, at: &Endpoint) -> Error {
        match self {
            Self::Refused(said) => Error::Refused { at: at.clone(), command, said },
            Self::Broken(error) => error,
        }
    }
}

/// True when the server cannot now (RFC 5530); servers that do not know response codes say it in
/// words.
fn passes(code: &str, said: &str) -> bool {
    matches!(code, "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG")
        || said.to_ascii_lowercase().contains("too many")
}
