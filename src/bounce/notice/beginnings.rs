//! Sets of phrases of which a text may begin with one, whatever their case (ASCII).

use crate::mail::find::begins;

/// Phrases in lower case, by their first byte.
#[derive(Debug)]
pub struct Beginnings {
    /// The phrases and their numbers in the order in which they count, those with the same first
    /// byte beside each other.
    phrases: Vec<(&'static str, usize)>,
    /// Where those begin that have a byte in front; one more at the end.
    first: Box<[u16; 257]>,
}

impl Beginnings {
    /// Prepares a set.
    #[must_use]
    pub fn new(phrases: &[&'static str]) -> Self {
        let mut sorted = Vec::with_capacity(phrases.len());
        for (number, phrase) in phrases.iter().enumerate() {
            sorted.push((*phrase, number));
        }
        sorted.sort_by_key(|(phrase, _)| phrase.as_bytes().first().copied());
        let mut first = Box::new([0; 257]);
        for (phrase, _) in &sorted {
            if let Some(byte) = phrase.bytes().next() {
                for place in &mut first[usize::from(byte) + 1..] {
                    *place += 1;
                }
            }
        }
        Self { phrases: sorted, first }
    }

    /// Those that a text begins with, by their numbers, in the order in which they count.
    pub fn of<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        let likely = self.likely(text).iter();
        likely.filter(move |(phrase, _)| begins(text, phrase)).map(|(_, number)| *number)
    }

    /// The first that a text begins with.
    #[must_use]
    pub fn first_of(&self, text: &str) -> Option<&'static str> {
        let (phrase, _) = self.likely(text).iter().find(|(phrase, _)| begins(text, phrase))?;
        Some(phrase)
    }

    /// Those with the same first byte.
    fn likely(&self, text: &str) -> &[(&'static str, usize)] {
        let Some(byte) = text.as_bytes().first() else { return &[] };
        let place = usize::from(byte.to_ascii_lowercase());
        &self.phrases[self.first[place].into()..self.first[place + 1].into()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_in_the_list_counts() {
        let set = Beginnings::new(&["error:", "because", "error: none", "êtes"]);
        assert_eq!(set.first_of("ERROR: none"), Some("error:"));
        assert_eq!(set.of("Error: None").collect::<Vec<_>>(), [0, 2]);
        assert_eq!(set.first_of("êtes-vous là"), Some("êtes"));
        assert_eq!((set.first_of(""), set.first_of("an error:")), (None, None));
    }
}
