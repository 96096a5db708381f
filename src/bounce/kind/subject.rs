//! The subject of a message, and how much of it is its own.

use crate::bounce::notice::phrases::Phrases;

/// A subject in lower case. Reports and answers put the subject of the message they are about
/// behind a colon: what begins there is not theirs.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    text: String,
    /// Byte of the first colon.
    own: usize,
}

impl Subject {
    /// The subject of a header.
    pub(super) fn of(text: &str) -> Self {
        let text = text.to_lowercase();
        let own = text.find([':', '：']).unwrap_or(text.len());
        Self { text, own }
    }

    /// The subject whole, with what it quotes.
    pub(super) fn whole(&self) -> &str {
        &self.text
    }

    /// True when one of the phrases begins in its own part.
    pub(super) fn holds(&self, phrases: &Phrases) -> bool {
        phrases.places(&self.text).any(|(_, place)| place.start <= self.own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_quotes_is_not_its_own() {
        for (subject, own) in [
            ("Undeliverable: minutes", true),
            ("Warning: undeliverable", false),
            ("Re: Undeliverable: minutes", false),
            ("Undelivered mail", true),
        ] {
            let subject = Subject::of(subject);
            assert_eq!(subject.holds(&Phrases::new(["undeliver"])), own, "{subject:?}");
        }
    }
}
