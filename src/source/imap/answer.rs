//! What an error of the crate `imap` means: the server said no, or the connection cannot be used
//! any more.

use imap::Error as Crate;

use crate::mail::SafeText;

use super::error::{Error, Place};
use super::response::Condition;
use super::wire::Shared;

/// How a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// NO. The connection can still be used.
    No {
        /// Code and text.
        said: SafeText,
    },
    /// BAD: the server did not understand. The connection can still be used.
    Bad {
        /// Code and text.
        said: SafeText,
    },
    /// The connection must be closed.
    Broken(Error),
}

impl Failure {
    /// What `error` of a command on `wire` means. Code and text are those that passed by on the
    /// wire: the crate loses codes that it does not know.
    pub(super) fn of(error: &Crate, wire: &Shared, at: &Place) -> Self {
        let heard = &wire.lock().heard;
        let said = || heard.answer.as_ref().map(|(_, said)| said.clone()).unwrap_or_default();
        let passing =
            matches!(heard.answer_code.as_str(), "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG");
        let at = at.clone();
        match error {
            Crate::No(_) if passing || crowded(&said()) => {
                Self::Broken(Error::Busy { at, said: said() })
            }
            Crate::No(_) => Self::No { said: said() },
            Crate::Bad(_) => Self::Bad { said: said() },
            Crate::Io(e) => Self::Broken(Error::wire(&at, e)),
            Crate::ConnectionLost => {
                Self::Broken(Error::Lost { at, reason: "the server closed it".into() })
            }
            Crate::Bye(_) if matches!(heard.answer, Some((Condition::Bye, _))) => {
                Self::Broken(Error::Lost { at, reason: said() })
            }
            _ => Self::Broken(Error::Protocol {
                at,
                what: "the server sent an answer that makes no sense".into(),
            }),
        }
    }

    /// As an error of `command`.
    pub(super) fn into_error(self, command: &'static str, at: &Place) -> Error {
        match self {
            Self::No { said } | Self::Bad { said } => {
                Error::Refused { at: at.clone(), command, said }
            }
            Self::Broken(error) => error,
        }
    }
}

/// Servers that do not know response codes say it in words.
fn crowded(said: &str) -> bool {
    said.to_ascii_lowercase().contains("too many")
}
