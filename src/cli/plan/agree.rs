//! Asking before anything is changed. Enter alone is no.

use std::io::{self, IsTerminal, Write};

use crate::human::count;
use crate::triage::{Preview, TYPED, refusal};

use super::super::error::Error;
use super::args::Agreement;
use super::told::preview_as_text;

/// Whether somebody agrees to a plan: beforehand on the command line, or when asked.
pub(super) fn agreed(preview: &Preview, agreement: &Agreement) -> Result<bool, Error> {
    if let Some(consent) = agreement.yes {
        return match refusal(preview.messages, consent) {
            Some(why) => Err(Error::NotAgreed(why)),
            None => Ok(true),
        };
    }
    let mut out = io::stderr().lock();
    if !io::stdin().is_terminal() || !out.is_terminal() {
        return Err(Error::NotAgreed(
            "nobody can be asked here: say --yes, or --dry-run to see what would be done".into(),
        ));
    }
    write!(out, "{}", preview_as_text(preview))?;
    let number = preview.messages;
    if number > TYPED {
        write!(out, "Type the number of messages to go on: ")?;
    } else {
        write!(out, "Go on? [y/N] ")?;
    }
    out.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(is_yes(answer.trim(), number))
}

fn is_yes(answer: &str, number: usize) -> bool {
    if number > TYPED {
        return answer == number.to_string() || answer == count(number);
    }
    matches!(answer, "y" | "Y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_alone_is_no() {
        assert!(!is_yes("", 1) && !is_yes("", 51) && !is_yes("n", 1));
        assert!(is_yes("y", 50) && !is_yes("y", 51) && !is_yes("50", 51));
        assert!(is_yes("51", 51) && is_yes("1,200", 1_200) && is_yes("1200", 1_200));
    }
}
