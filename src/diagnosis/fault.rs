//! A net under the reading of mail: a fault of ours in one message is told, and the next message
//! goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::bounce::{Bounce, read};

use super::matcher::Rules;
use super::ours::Ours;
use super::verdict::{Diagnosis, diagnose};

/// A message on which the program itself failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be read: this is a fault in deadletter; please report it with the message")]
pub struct Fault;

/// Reads and diagnoses a message.
///
/// # Errors
/// When there is a fault in the program.
pub fn understand(raw: &[u8], rules: &Rules, ours: &Ours) -> Result<(Bounce, Diagnosis), Fault> {
    guard(|| {
        let bounce = read(raw);
        let diagnosis = diagnose(&bounce, rules, ours);
        (bounce, diagnosis)
    })
}

/// Does something with a message, and survives a fault in it.
///
/// # Errors
/// When there is a fault in the program.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    // What `work` borrows is only read again if it returns.
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_an_error_and_no_end() {
        assert_eq!(guard(|| "é".split_at(1).0.len()), Err(Fault));
        assert_eq!(guard(|| 1), Ok(1));
    }
}
