//! Sets of phrases that are looked for in one pass over a text, whatever their case (ASCII).
//!
//! A text is looked at only at every n-th byte, where n is the number of pieces of four bytes that
//! fit into the shortest phrase: of every phrase n pieces below each other are known, and one of
//! them begins at such a byte wherever the phrase stands. The piece there is hashed; a bit tells
//! whether any phrase has this hash, and only those that have the same piece are compared.
//! Preparing a set costs next to nothing, so that a program that explains one message starts at
//! once.

use std::ops::Range;

use crate::mail::find::frequency;

/// Bytes of the piece by which a phrase is found.
const PIECE: usize = 4;
/// The bits that tell capitals from small letters in a piece.
const FOLD: u32 = 0x2020_2020;
/// Numbers for pairs of bytes.
const PAIRS: usize = 1024;
/// The most pieces of one phrase that are known.
const PIECES: usize = 8;

/// Phrases, in the order in which they count.
#[derive(Debug)]
pub struct Phrases {
    /// In lower case (ASCII).
    lower: Vec<Box<[u8]>>,
    /// A text is looked at at every byte that is a multiple of this.
    step: usize,
    /// A bit for each hash that a piece has.
    present: Vec<u64>,
    /// Where the pieces of each short hash begin in `pieces`; one more at the end. A small table
    /// stays in the fastest memory.
    heads: Vec<u32>,
    /// The pieces, by their hash.
    pieces: Vec<Piece>,
    /// The phrases that are shorter than a piece, by their first byte.
    short: Vec<Short>,
    /// A bit for each pair of first bytes that a short phrase has.
    short_pairs: [u64; PAIRS / 64],
}

impl Default for Phrases {
    fn default() -> Self {
        Self::new([])
    }
}

/// A phrase that is shorter than a piece.
#[derive(Clone, Copy, Debug)]
struct Short {
    /// Its first byte, folded.
    first: u8,
    /// Its first two bytes, folded; None where it has one alone.
    pair: Option<u16>,
    phrase: u32,
}

/// A piece of a phrase.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    /// Its bytes, folded.
    bytes: u32,
    /// The first bytes of the phrase, folded.
    head: u32,
    phrase: u32,
    /// Where in the phrase it begins.
    offset: u32,
}

impl Phrases {
    /// Prepares a set.
    #[must_use]
    pub fn new<'p>(phrases: impl IntoIterator<Item = &'p str>) -> Self {
        let mut lower: Vec<Box<[u8]>> = Vec::new();
        for phrase in phrases {
            lower.push(phrase.to_ascii_lowercase().into_bytes().into_boxed_slice());
        }
        let shortest = lower.iter().map(|phrase| phrase.len()).min().unwrap_or(0);
        let step = (shortest + 1).saturating_sub(PIECE).clamp(1, PIECES);
        let mut set = Self {
            lower,
            step,
            present: Vec::new(),
            heads: Vec::new(),
            pieces: Vec::new(),
            short: Vec::new(),
            short_pairs: [0; PAIRS / 64],
        };
        set.hash_pieces();
        set.short.sort_by_key(|short| short.first);
        set
    }

    /// Chooses the pieces of each phrase and sorts them by their hashes.
    fn hash_pieces(&mut self) {
        let bits = (self.lower.len() * self.step * 32).next_power_of_two().max(64);
        let mut counts = vec![0_u32; bits / 16 + 1];
        self.present = vec![0; bits / 64];
        let mut chosen = Vec::with_capacity(self.lower.len() * self.step);
        for number in (0..).take(self.lower.len()) {
            let phrase = &self.lower[number as usize];
            if phrase.len() < PIECE {
                self.add_short(number);
                continue;
            }
            let from = rarest(phrase, self.step, &counts);
            for offset in from..from + self.step {
                let bytes = folded(phrase, offset);
                let hash = hash(bytes);
                let bit = hash & (bits - 1);
                self.present[bit / 64] |= 1 << (bit % 64);
                let short = short_hash(hash, counts.len());
                counts[short] += 1;
                let head = folded(phrase, 0);
                #[expect(clippy::cast_possible_truncation, reason = "a phrase is short")]
                chosen.push(Piece { bytes, head, phrase: number, offset: offset as u32 });
            }
        }
        self.sort_pieces(&chosen, &counts);
    }

    /// Lays the pieces of each short hash, of which `counts` tells the number, beside each other.
    fn sort_pieces(&mut self, chosen: &[Piece], counts: &[u32]) {
        self.heads = Vec::with_capacity(counts.len());
        let mut sum = 0;
        for count in counts {
            self.heads.push(sum);
            sum += count;
        }
        let mut next = self.heads.clone();
        self.pieces = vec![Piece::default(); chosen.len()];
        for piece in chosen {
            let head = &mut next[short_hash(hash(piece.bytes), counts.len())];
            self.pieces[*head as usize] = *piece;
            *head += 1;
        }
    }

    fn add_short(&mut self, number: u32) {
        let phrase = &self.lower[number as usize];
        let Some(&byte) = phrase.first() else { return };
        let pair = pair_at(phrase, 0);
        self.short.push(Short { first: byte | 0x20, pair, phrase: number });
        match pair {
            Some(pair) => {
                let bit = pair_hash(pair);
                self.short_pairs[bit / 64] |= 1 << (bit % 64);
            }
            // What has no second byte may stand before any.
            None => self.short_pairs = [u64::MAX; PAIRS / 64],
        }
    }

    /// The short phrases that may begin with a byte.
    fn short_from(&self, byte: u8) -> Range<usize> {
        let first = byte | 0x20;
        let start = self.short.partition_point(|short| short.first < first);
        let end = self.short.partition_point(|short| short.first <= first);
        start..end
    }

    /// True when a short phrase may begin with these bytes.
    fn may_be_short(&self, first: u8, second: u8) -> bool {
        let bit = pair_hash(pair(first, second));
        self.short_pairs[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// True when one of them occurs.
    #[must_use]
    pub fn occur_in(&self, text: &str) -> bool {
        self.places(text).next().is_some()
    }

    /// Every place where one occurs: its number and the bytes. The places of one phrase come in
    /// their order.
    #[must_use]
    pub fn places<'t>(&'t self, text: &'t str) -> PhrasePlaces<'t> {
        PhrasePlaces {
            set: self,
            text: text.as_bytes(),
            here: 0,
            next: 0,
            bytes: 0,
            piece: 0,
            last_piece: 0,
            short: 0..0,
        }
    }

    /// The first place of each that occurs, in the order in which they count.
    #[must_use]
    pub fn first_places(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let mut first: Vec<(usize, Range<usize>)> = Vec::new();
        for (number, place) in self.places(text) {
            if first.iter().all(|(known, _)| *known != number) {
                first.push((number, place));
            }
        }
        first.sort_unstable_by_key(|(number, _)| *number);
        first
    }

    /// Of those that occur the one that counts most, and its first place.
    #[must_use]
    pub fn foremost_in(&self, text: &str) -> Option<(usize, Range<usize>)> {
        let mut best: Option<(usize, Range<usize>)> = None;
        for (number, place) in self.places(text) {
            if best.as_ref().is_none_or(|(found, _)| number < *found) {
                best = Some((number, place));
            }
        }
        best
    }

    fn phrase(&self, number: u32) -> &[u8] {
        &self.lower[number as usize]
    }
}

/// The places of a set's phrases in a text.
#[derive(Clone, Debug)]
pub struct PhrasePlaces<'t> {
    set: &'t Phrases,
    text: &'t [u8],
    /// The byte that is looked at, and the one that comes behind it.
    here: usize,
    next: usize,
    /// The piece that begins there, folded.
    bytes: u32,
    /// The next piece to be compared there, and the last one.
    piece: u32,
    last_piece: u32,
    /// The short phrases that are still to be compared there.
    short: Range<usize>,
}

impl Iterator for PhrasePlaces<'_> {
    type Item = (usize, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(place) = self.place_here() {
                return Some(place);
            }
            if !self.go_on() {
                return None;
            }
        }
    }
}

impl PhrasePlaces<'_> {
    /// The next phrase that occurs with a piece, or as a short one, at this byte.
    fn place_here(&mut self) -> Option<(usize, Range<usize>)> {
        while self.piece < self.last_piece {
            let Piece { bytes, head, phrase, offset } = self.set.pieces[self.piece as usize];
            self.piece += 1;
            if bytes != self.bytes {
                continue;
            }
            let Some(start) = self.here.checked_sub(offset as usize) else { continue };
            if folded(self.text, start) != head {
                continue;
            }
            let bytes = self.set.phrase(phrase);
            if begins(&self.text[start..], bytes) {
                return Some((phrase as usize, start..start + bytes.len()));
            }
        }
        for at in self.short.by_ref() {
            let Short { pair, phrase, .. } = self.set.short[at];
            if pair.is_some() && pair != pair_at(self.text, self.here) {
                continue;
            }
            let bytes = self.set.phrase(phrase);
            if begins(&self.text[self.here..], bytes) {
                return Some((phrase as usize, self.here..self.here + bytes.len()));
            }
        }
        None
    }

    /// Goes to the next byte at which something may begin; false at the end of the text.
    fn go_on(&mut self) -> bool {
        let set = self.set;
        if set.lower.is_empty() {
            return false;
        }
        let bits = set.present.len() * 64 - 1;
        let has_short = !set.short.is_empty();
        let mut at = self.next;
        while let Some(rest) = self.text.get(at..)
            && let Some(piece) = rest.first_chunk::<PIECE>()
        {
            let bytes = u32::from_le_bytes(*piece) | FOLD;
            let hash = hash(bytes);
            let bit = hash & bits;
            let present = set.present[bit / 64] >> (bit % 64) & 1 == 1;
            let short = has_short && set.may_be_short(piece[0], piece[1]);
            if !present && !short {
                at += set.step;
                continue;
            }
            (self.piece, self.last_piece, self.short) = (0, 0, 0..0);
            if present {
                let head = short_hash(hash, set.heads.len());
                (self.piece, self.last_piece) = (set.heads[head], set.heads[head + 1]);
                self.bytes = bytes;
            }
            if short {
                self.short = set.short_from(piece[0]);
            }
            (self.here, self.next) = (at, at + set.step);
            return true;
        }
        // The end of the text is shorter than a piece.
        self.here = at.max((self.text.len() + 1).saturating_sub(PIECE));
        self.next = self.here + 1;
        (self.piece, self.last_piece, self.short) = (0, 0, 0..0);
        let Some(&byte) = self.text.get(self.here) else { return false };
        if has_short {
            self.short = set.short_from(byte);
        }
        has_short
    }
}

/// Where in a phrase the pieces begin, so many below each other, that texts hold least; of several
/// those that fewest others have.
fn rarest(phrase: &[u8], pieces: usize, counts: &[u32]) -> usize {
    let mut best: Option<(u32, u32, usize)> = None;
    for from in 0..=phrase.len() - PIECE + 1 - pieces {
        let (mut often, mut count) = (0, 0);
        for offset in from..from + pieces {
            for byte in &phrase[offset..offset + PIECE] {
                often += u32::from(frequency(*byte));
            }
            count += counts[short_hash(hash(folded(phrase, offset)), counts.len())];
        }
        if best.is_none_or(|(least, least_count, _)| (often, count) < (least, least_count)) {
            best = Some((often, count, from));
        }
    }
    best.map_or(0, |(.., from)| from)
}

/// The piece that begins at a byte, without what tells capitals from small letters; zero where the
/// text is too short for one. Other signs may become the same too: the comparison that follows is
/// exact.
fn folded(text: &[u8], at: usize) -> u32 {
    match text.get(at..at + PIECE) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]) | FOLD,
        _ => 0,
    }
}

/// Two bytes, folded.
fn pair(first: u8, second: u8) -> u16 {
    u16::from_le_bytes([first, second]) | 0x2020
}

/// The two bytes that stand at a byte, folded; None where the text is too short.
fn pair_at(text: &[u8], at: usize) -> Option<u16> {
    match text.get(at..at + 2) {
        Some(&[first, second]) => Some(pair(first, second)),
        _ => None,
    }
}

/// A number below [`PAIRS`] for two bytes.
fn pair_hash(pair: u16) -> usize {
    usize::from(pair.wrapping_mul(0x9E37) >> 6)
}

/// A number of 24 bits for a piece, each of which depends on all of its bytes.
fn hash(bytes: u32) -> usize {
    (u64::from(bytes).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
}

/// The part of a hash by which pieces are sorted; `heads` is one more than a power of two.
fn short_hash(hash: usize, heads: usize) -> usize {
    (hash >> 4) & (heads - 2)
}

fn begins(text: &[u8], phrase: &[u8]) -> bool {
    match text.get(..phrase.len()) {
        Some(start) => start.eq_ignore_ascii_case(phrase),
        None => false,
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
    }

    #[test]
    fn short_phrases_and_the_ends_of_a_text() {
        let set = Phrases::new(["mx", "spf", "no mx", "x"]);
        let found: Vec<_> = set.places("SPF, no MX").collect();
        assert_eq!(found, [(1, 0..3), (2, 5..10), (0, 8..10), (3, 9..10)]);
        assert!(set.occur_in("x") && !set.occur_in("") && !Phrases::default().occur_in("text"));
    }

    #[test]
    fn every_phrase_is_found_wherever_it_stands() {
        let phrases: Vec<String> = (0..3_000).map(|n| format!("word {n} ends")).collect();
        let set = Phrases::new(phrases.iter().map(String::as_str));
        for (number, phrase) in phrases.iter().enumerate().step_by(7) {
            let text = format!("† {} .", phrase.to_uppercase());
            let at = "† ".len();
            assert_eq!(set.first_places(&text), [(number, at..at + phrase.len())]);
        }
    }

    #[test]
    fn a_text_is_looked_at_in_steps_and_nothing_is_missed() {
        let set = Phrases::new(["gave it up", "will try again", "given up"]);
        assert_eq!(set.step, 5);
        for blanks in 0..20 {
            let text = format!("{}given up{0}GAVE IT UP", " ".repeat(blanks));
            let second = 2 * blanks + 8;
            let places = [(0, second..second + 10), (2, blanks..blanks + 8)];
            assert_eq!(set.first_places(&text), places, "{blanks}");
            assert_eq!(set.places(&text).count(), 2);
        }
    }
}
