//! Sets of phrases that are looked for in one pass over a text, whatever their case (ASCII).
//!
//! Of each phrase the piece of four bytes that is rarest in the set is hashed. At every byte of a
//! text the piece that begins there is hashed too, independently of the bytes before; a bit tells
//! whether any phrase has this hash, and only those that have the same piece are compared.
//! Preparing a set costs next to nothing, so that a program that explains one message starts at
//! once.

use std::ops::Range;

/// Bytes of the piece by which a phrase is found.
const PIECE: usize = 4;

/// Phrases, in the order in which they count.
#[derive(Debug, Default)]
pub struct Phrases {
    /// In lower case (ASCII).
    lower: Vec<Box<[u8]>>,
    /// A bit for each hash that a piece has.
    present: Vec<u64>,
    /// Where the pieces of each short hash begin in `pieces`; one more at the end. A small table
    /// stays in the fastest memory.
    heads: Vec<u32>,
    /// The pieces, by their hash.
    pieces: Vec<Piece>,
    /// The phrases that are shorter than a piece.
    short: Vec<u32>,
    /// A bit for each pair of first bytes that a short phrase has.
    short_pairs: [u64; 4],
    /// The phrases by their bytes, for what begins at a known byte.
    sorted: Vec<Beginning>,
}

/// The first bytes of a phrase.
#[derive(Clone, Copy, Debug)]
struct Beginning {
    /// Folded.
    head: u32,
    /// The bits of `head` that count: a phrase may be shorter than a piece.
    mask: u32,
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
        let mut set = Self { lower, ..Self::default() };
        set.sort_beginnings();
        set.hash_pieces();
        set
    }

    fn sort_beginnings(&mut self) {
        for (phrase, bytes) in (0..).zip(&self.lower) {
            if !bytes.is_empty() {
                let mask = u32::MAX >> (8 * PIECE.saturating_sub(bytes.len()));
                self.sorted.push(Beginning { head: head_of(bytes), mask, phrase });
            }
        }
        self.sorted.sort_by_key(|beginning| beginning.head & FIRST);
    }

    /// Chooses the piece of each phrase and sorts the pieces by their hashes.
    fn hash_pieces(&mut self) {
        let bits = (self.lower.len() * 32).next_power_of_two().max(64);
        let mut counts = vec![0_u32; bits / 16 + 1];
        self.present = vec![0; bits / 64];
        let mut chosen = Vec::with_capacity(self.lower.len());
        for number in (0..).take(self.lower.len()) {
            let Some(piece) = rarest(&self.lower[number as usize], number, &counts) else {
                self.add_short(number);
                continue;
            };
            let hash = hash(piece.bytes);
            let bit = hash & (bits - 1);
            self.present[bit / 64] |= 1 << (bit % 64);
            let short = short_hash(hash, counts.len());
            counts[short] += 1;
            chosen.push(piece);
        }
        self.heads = Vec::with_capacity(counts.len());
        let mut sum = 0;
        for count in &counts {
            self.heads.push(sum);
            sum += count;
        }
        let mut next = self.heads.clone();
        self.pieces = vec![Piece::default(); chosen.len()];
        for piece in chosen {
            let head = &mut next[short_hash(hash(piece.bytes), counts.len())];
            self.pieces[*head as usize] = piece;
            *head += 1;
        }
    }

    fn add_short(&mut self, number: u32) {
        self.short.push(number);
        match *self.lower[number as usize] {
            [first, second, ..] => {
                let pair = pair(first, second);
                self.short_pairs[pair / 64] |= 1 << (pair % 64);
            }
            // What has no second byte may stand before any.
            _ => self.short_pairs = [u64::MAX; 4],
        }
    }

    /// True when a short phrase may begin with these bytes.
    fn may_be_short(&self, first: u8, second: u8) -> bool {
        let pair = pair(first, second);
        self.short_pairs[pair / 64] >> (pair % 64) & 1 == 1
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
            at: 0,
            bytes: 0,
            piece: 0,
            last_piece: 0,
            short: 0,
        }
    }

    /// Those that occur at this very byte.
    pub fn at<'t>(&'t self, text: &'t str, byte: usize) -> impl Iterator<Item = usize> + 't {
        let here = text.as_bytes().get(byte..).unwrap_or_default();
        let head = head_of(here);
        let from = self.sorted.partition_point(|other| other.head & FIRST < head & FIRST);
        self.sorted[from..]
            .iter()
            .take_while(move |other| other.head & FIRST == head & FIRST)
            .filter(move |other| {
                (other.head ^ head) & other.mask == 0 && begins(here, self.phrase(other.phrase))
            })
            .map(|other| other.phrase as usize)
    }

    /// The first place of each that occurs, in the order in which they count.
    #[must_use]
    pub fn first_places(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let mut first: Vec<Option<Range<usize>>> = vec![None; self.lower.len()];
        for (number, place) in self.places(text) {
            first[number].get_or_insert(place);
        }
        first.into_iter().enumerate().filter_map(|(number, place)| Some((number, place?))).collect()
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
    /// One past the byte that is looked at.
    at: usize,
    /// The piece that begins there, folded.
    bytes: u32,
    /// The next piece to be compared there, and the last one.
    piece: u32,
    last_piece: u32,
    /// The next short phrase to be compared there.
    short: usize,
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
    /// The next phrase that occurs with a piece, or as a short one, at the byte before `at`.
    fn place_here(&mut self) -> Option<(usize, Range<usize>)> {
        let here = self.at.checked_sub(1)?;
        while self.piece < self.last_piece {
            let Piece { bytes, head, phrase, offset } = self.set.pieces[self.piece as usize];
            self.piece += 1;
            if bytes != self.bytes {
                continue;
            }
            let Some(start) = here.checked_sub(offset as usize) else { continue };
            if piece_at(self.text, start) != Some(head) {
                continue;
            }
            let bytes = self.set.phrase(phrase);
            if begins(&self.text[start..], bytes) {
                return Some((phrase as usize, start..start + bytes.len()));
            }
        }
        while let Some(&phrase) = self.set.short.get(self.short) {
            self.short += 1;
            let bytes = self.set.phrase(phrase);
            if !bytes.is_empty() && begins(&self.text[here..], bytes) {
                return Some((phrase as usize, here..here + bytes.len()));
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
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (skipped, piece) in rest.windows(PIECE).enumerate() {
            let bytes = folded([piece[0], piece[1], piece[2], piece[3]]);
            let hash = hash(bytes);
            let bit = hash & bits;
            let present = set.present[bit / 64] >> (bit % 64) & 1 == 1;
            let short = has_short && set.may_be_short(piece[0], piece[1]);
            if !present && !short {
                continue;
            }
            (self.piece, self.last_piece) = (0, 0);
            if present {
                let head = short_hash(hash, set.heads.len());
                (self.piece, self.last_piece) = (set.heads[head], set.heads[head + 1]);
                self.bytes = bytes;
            }
            self.short = if short { 0 } else { set.short.len() };
            self.at += skipped + 1;
            return true;
        }
        self.short = 0;
        self.at = self.at.max((self.text.len() + 1).saturating_sub(PIECE));
        // The end of the text is shorter than a piece.
        (self.piece, self.last_piece) = (0, 0);
        self.at += 1;
        self.at <= self.text.len() && !set.short.is_empty()
    }
}

/// The piece of a phrase that fewest others have.
fn rarest(phrase: &[u8], number: u32, counts: &[u32]) -> Option<Piece> {
    let head = piece_at(phrase, 0)?;
    let mut best: Option<(u32, Piece)> = None;
    for (offset, piece) in (0..).zip(phrase.windows(PIECE)) {
        let bytes = folded(*piece.first_chunk()?);
        let count = counts[short_hash(hash(bytes), counts.len())];
        if best.is_none_or(|(least, _)| count < least) {
            best = Some((count, Piece { bytes, head, phrase: number, offset }));
        }
    }
    Some(best?.1)
}

/// The bytes of a piece without what tells capitals from small letters. Other signs may become the
/// same too: the comparison that follows is exact.
fn folded(piece: [u8; PIECE]) -> u32 {
    u32::from_le_bytes(piece) | 0x2020_2020
}

/// The piece that begins at a byte, folded.
fn piece_at(text: &[u8], at: usize) -> Option<u32> {
    Some(folded(*text.get(at..)?.first_chunk()?))
}

/// The bits of a folded piece that hold its first byte.
const FIRST: u32 = 0xff;

/// The first bytes of a text, folded; behind its end are blanks.
fn head_of(text: &[u8]) -> u32 {
    let mut head = [b' '; PIECE];
    for (to, byte) in head.iter_mut().zip(text) {
        *to = *byte;
    }
    folded(head)
}

/// A small number for two bytes, whatever the case of letters.
fn pair(first: u8, second: u8) -> usize {
    ((first | 0x20).wrapping_mul(31) ^ (second | 0x20)).into()
}

fn hash(bytes: u32) -> usize {
    (bytes.wrapping_mul(0x9E37_79B1) >> 8) as usize
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
        assert_eq!(set.at(text, 4).collect::<Vec<_>>(), [1]);
        assert_eq!(set.at(text, 5).count(), 0);
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
}
