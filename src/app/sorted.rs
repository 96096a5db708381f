//! Values in the order of their keys, in pieces: to put one in moves no more than a piece, however
//! many there are.

use std::cmp::Ordering;

use crate::listing::{Key, Row};

/// Values of one piece.
const PIECE: usize = 512;

/// A value with a place in the list.
pub(super) trait Keyed {
    /// Where it stands.
    fn key(&self) -> Key;
}

impl Keyed for Row {
    fn key(&self) -> Key {
        Row::key(self)
    }
}

impl Keyed for Key {
    fn key(&self) -> Key {
        *self
    }
}

/// Values in the order of their keys, each key once.
#[derive(Clone, Debug)]
pub(super) struct Sorted<T> {
    /// None of them is empty.
    pieces: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self { pieces: Vec::new(), len: 0 }
    }
}

/// Where a key stands, or would stand.
struct Spot {
    piece: usize,
    /// Within the piece.
    at: usize,
    found: bool,
}

impl<T: Keyed> Sorted<T> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    fn seek(&self, key: Key) -> Spot {
        let behind = self.pieces.partition_point(|piece| begins_by(piece, key));
        let piece = behind.saturating_sub(1);
        let Some(values) = self.pieces.get(piece) else {
            return Spot { piece: 0, at: 0, found: false };
        };
        match values.binary_search_by_key(&key, Keyed::key) {
            Ok(at) => Spot { piece, at, found: true },
            Err(at) => Spot { piece, at, found: false },
        }
    }

    /// Puts a value in its place; the one that had its key before comes back.
    pub(super) fn put(&mut self, value: T) -> Option<T> {
        let Spot { mut piece, mut at, found } = self.seek(value.key());
        if found {
            return Some(std::mem::replace(&mut self.pieces[piece][at], value));
        }
        self.len += 1;
        if self.pieces.is_empty() {
            self.pieces.push(vec![value]);
            return None;
        }
        if self.pieces[piece].len() == PIECE {
            // Values that come in order, from either side, fill the pieces.
            if at == PIECE || at == 0 {
                let next = if at == 0 { piece } else { piece + 1 };
                self.pieces.insert(next, vec![value]);
                return None;
            }
            let behind = self.pieces[piece].split_off(PIECE / 2);
            self.pieces.insert(piece + 1, behind);
            if at > PIECE / 2 {
                piece += 1;
                at -= PIECE / 2;
            }
        }
        self.pieces[piece].insert(at, value);
        None
    }

    /// Takes the value of a key out.
    pub(super) fn remove(&mut self, key: Key) -> Option<T> {
        let Spot { piece, at, found } = self.seek(key);
        if !found {
            return None;
        }
        self.len -= 1;
        let value = self.pieces[piece].remove(at);
        if self.pieces[piece].is_empty() {
            self.pieces.remove(piece);
        }
        Some(value)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: Key) -> Option<&T> {
        let Spot { piece, at, found } = self.seek(key);
        if found { self.pieces.get(piece)?.get(at) } else { None }
    }

    /// The value at a place, counted from 0.
    pub(super) fn at(&self, position: usize) -> Option<&T> {
        let mut left = position;
        for piece in &self.pieces {
            match piece.get(left) {
                Some(value) => return Some(value),
                None => left -= piece.len(),
            }
        }
        None
    }

    /// The place of a key, counted from 0; Err where it would stand.
    pub(super) fn place_of(&self, key: Key) -> Result<usize, usize> {
        let Spot { piece, at, found } = self.seek(key);
        let before: usize = self.pieces.iter().take(piece).map(Vec::len).sum();
        if found { Ok(before + at) } else { Err(before + at) }
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flatten()
    }
}

/// True for a piece whose first value has this key or one before it.
fn begins_by<T: Keyed>(piece: &[T], key: Key) -> bool {
    match piece.first() {
        Some(first) => first.key().cmp(&key) != Ordering::Greater,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::listing::MessageId;

    fn key(uid: u32) -> Key {
        Row::unreadable(MessageId { uid, ..MessageId::default() }, None).key()
    }

    proptest! {
        #[test]
        fn it_is_a_sorted_set(
            numbers in prop::collection::vec(0..3_000_u32, 0..3_000),
            gone in prop::collection::vec(0..3_000_u32, 0..500),
        ) {
            let mut sorted = Sorted::default();
            let mut plain = std::collections::BTreeSet::new();
            for number in &numbers {
                let again = sorted.put(key(*number)).is_some();
                prop_assert_eq!(again, !plain.insert(*number));
            }
            for number in &gone {
                let was = sorted.remove(key(*number)).is_some();
                prop_assert_eq!(was, plain.remove(number));
            }
            prop_assert_eq!(sorted.len(), plain.len());
            for (at, number) in plain.iter().enumerate() {
                prop_assert_eq!(sorted.at(at), Some(&key(*number)));
                prop_assert_eq!(sorted.place_of(key(*number)), Ok(at));
                prop_assert!(sorted.get(key(*number)).is_some());
            }
            prop_assert!(sorted.at(plain.len()).is_none());
            for number in &gone {
                if !plain.contains(number) {
                    let before = plain.range(..number).count();
                    prop_assert_eq!(sorted.place_of(key(*number)), Err(before));
                }
            }
        }
    }

    #[test]
    fn pieces_are_full_where_values_come_in_order() {
        let mut both = Sorted::default();
        for number in 0..50_000 {
            both.put(key(100_000 + number));
            both.put(key(99_999 - number));
        }
        assert_eq!(both.pieces.len(), 100_000_usize.div_ceil(PIECE) + 1);
        assert_eq!((both.len(), both.iter().count()), (100_000, 100_000));
    }
}
