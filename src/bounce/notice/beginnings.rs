//! Sets of phrases of which a text may begin with one, whatever their case (ASCII).

use crate::mail::find::begins;

/// Bytes of a phrase that are compared at once.
const HEAD: usize = 4;

/// Phrases in lower case, by their first byte.
#[derive(Debug)]
pub struct Beginnings {
    /// Those with the same first byte beside each other, in the order in which they count.
    phrases: Vec<Beginning>,
    /// Where those begin that have a byte in front; one more at the end.
    first: Box<[u16; 257]>,
}

/// One phrase and its number in the set.
#[derive(Debug)]
struct Beginning {
    phrase: &'static str,
    number: usize,
    /// The first bytes, folded.
    head: u32,
    /// The bits of `head` that count: a phrase may be shorter.
    mask: u32,
}

impl Beginnings {
    /// Prepares a set.
    #[must_use]
    pub fn new(phrases: &[&'static str]) -> Self {
        let mut sorted = Vec::with_capacity(phrases.len());
        let mut first = Box::new([0; 257]);
        for (number, &phrase) in phrases.iter().enumerate() {
            let Some(byte) = phrase.bytes().next() else { continue };
            for place in &mut first[usize::from(byte) + 1..] {
                *place += 1;
            }
            let mask = u32::MAX >> (8 * HEAD.saturating_sub(phrase.len()));
            sorted.push(Beginning { phrase, number, head: head_of(phrase), mask });
        }
        sorted.sort_by_key(|beginning| beginning.phrase.as_bytes()[0]);
        Self { phrases: sorted, first }
    }

    /// Those that a text begins with, by their numbers, in the order in which they count.
    pub fn of<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        self.found(text).map(|beginning| beginning.number)
    }

    /// The first that a text begins with.
    #[must_use]
    pub fn first_of(&self, text: &str) -> Option<&'static str> {
        Some(self.found(text).next()?.phrase)
    }

    fn found<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t Beginning> {
        let mut likely = 0..0;
        if let Some(byte) = text.as_bytes().first() {
            let place = usize::from(byte.to_ascii_lowercase());
            likely = self.first[place].into()..self.first[place + 1].into();
        }
        let head = head_of(text);
        self.phrases[likely].iter().filter(move |beginning| {
            (beginning.head ^ head) & beginning.mask == 0 && begins(text, beginning.phrase)
        })
    }
}

/// The first bytes of a text, without what tells capitals from small letters; behind its end are
/// blanks. Other signs may become the same too: the comparison that follows is exact.
fn head_of(text: &str) -> u32 {
    let mut head = [b' '; HEAD];
    match text.as_bytes().first_chunk() {
        Some(first) => head = *first,
        None => head[..text.len()].copy_from_slice(text.as_bytes()),
    }
    u32::from_le_bytes(head) | 0x2020_2020
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
