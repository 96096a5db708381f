//! Sets of phrases that are looked for in one pass over a text, whatever their case (ASCII).

use std::ops::Range;

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{
    AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, Anchored, Input, MatchKind, StartKind,
};

/// Phrases, in the order in which they count.
#[derive(Debug)]
pub struct Phrases {
    /// None only if the automaton could not be built; then nothing is found.
    automaton: Option<AhoCorasick>,
    count: usize,
}

impl Phrases {
    /// Prepares a set. Meant for statics: preparing costs more than looking.
    #[must_use]
    pub fn new<'p>(phrases: impl IntoIterator<Item = &'p str>) -> Self {
        let phrases: Vec<&str> = phrases.into_iter().collect();
        let mut builder = AhoCorasickBuilder::new();
        builder.kind(Some(AhoCorasickKind::DFA)).start_kind(StartKind::Both);
        Self::built(&mut builder, &phrases)
    }

    /// Prepares a large set that few messages need: cheaper to prepare, slower to look for.
    /// [`Phrases::at`] finds nothing in it.
    #[must_use]
    pub fn rare<'p>(phrases: impl IntoIterator<Item = &'p str>) -> Self {
        let phrases: Vec<&str> = phrases.into_iter().collect();
        let mut builder = AhoCorasickBuilder::new();
        Self::built(builder.kind(Some(AhoCorasickKind::NoncontiguousNFA)), &phrases)
    }

    fn built(builder: &mut AhoCorasickBuilder, phrases: &[&str]) -> Self {
        let builder = builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard);
        Self { automaton: builder.build(phrases).ok(), count: phrases.len() }
    }

    /// True when one of them occurs.
    #[must_use]
    pub fn occur_in(&self, text: &str) -> bool {
        self.automaton.as_ref().is_some_and(|automaton| automaton.is_match(text))
    }

    /// Every place where one occurs: its number and the bytes.
    pub fn places<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, Range<usize>)> + 't {
        let places =
            self.automaton.iter().flat_map(move |automaton| automaton.find_overlapping_iter(text));
        places.map(|place| (place.pattern().as_usize(), place.range()))
    }

    /// Those that occur at this very byte.
    pub fn at<'t>(&'t self, text: &'t str, byte: usize) -> impl Iterator<Item = usize> + 't {
        let here = Input::new(text).range(byte.min(text.len())..).anchored(Anchored::Yes);
        let mut state = OverlappingState::start();
        let places = std::iter::from_fn(move || {
            self.automaton.as_ref()?.try_find_overlapping(here.clone(), &mut state).ok()?;
            state.get_match()
        });
        // A phrase that ends in another one brings that one up too.
        places.filter(move |place| place.start() == byte).map(|place| place.pattern().as_usize())
    }

    /// The first place of each that occurs, in the order in which they count.
    #[must_use]
    pub fn first_places(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let mut first: Vec<Option<Range<usize>>> = vec![None; self.count];
        for (number, place) in self.places(text) {
            first[number].get_or_insert(place);
        }
        first.into_iter().enumerate().filter_map(|(number, place)| Some((number, place?))).collect()
    }

    /// Of those that occur the one that counts most, and its first place.
    #[must_use]
    pub fn foremost_in(&self, text: &str) -> Option<(usize, Range<usize>)> {
        // Places come in the order of their ends, so the first of a phrase is its first.
        let mut best: Option<(usize, Range<usize>)> = None;
        for (number, place) in self.places(text) {
            if best.as_ref().is_none_or(|(found, _)| number < *found) {
                best = Some((number, place));
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_set_counts_not_that_of_the_text() {
        let set = Phrases::new(["host ", "mail host ", "said"]);
        let text = "The Mail Host A said, host b said";
        assert!(set.occur_in(text) && !set.occur_in("a hostel"));
        assert_eq!(set.foremost_in(text), Some((0, 9..14)));
        assert_eq!(set.first_places(text), [(0, 9..14), (1, 4..14), (2, 16..20)]);
        assert_eq!(set.foremost_in("nobody"), None);
        assert_eq!(set.at(text, 4).collect::<Vec<_>>(), [1]);
        assert_eq!(set.at(text, 5).count(), 0);
    }
}
