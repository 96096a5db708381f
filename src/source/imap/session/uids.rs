//! Sets of UIDs as commands and response codes write them (RFC 3501 section 9, sequence-set).

use super::response::number;

/// UIDs, in any order, as a set: `1:5,9`.
pub(crate) fn written(uids: &[u32]) -> String {
    let mut sorted = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut pieces: Vec<(u32, u32)> = Vec::new();
    for uid in sorted {
        match pieces.last_mut() {
            Some((_, high)) if *high + 1 == uid => *high = uid,
            _ => pieces.push((uid, uid)),
        }
    }
    let mut texts = Vec::with_capacity(pieces.len());
    for (low, high) in pieces {
        texts.push(if low == high { low.to_string() } else { format!("{low}:{high}") });
    }
    texts.join(",")
}

/// The UIDs of a set, in its order; none when it is no set, or one of more than `most`.
pub(crate) fn read(set: &[u8], most: usize) -> Option<Vec<u32>> {
    let mut uids = Vec::new();
    for piece in set.split(|&byte| byte == b',') {
        let (low, high) = match memchr::memchr(b':', piece) {
            Some(at) => (number::<u32>(&piece[..at])?, number::<u32>(&piece[at + 1..])?),
            None => (number(piece)?, number(piece)?),
        };
        let (low, high) = (low.min(high), low.max(high));
        let many = usize::try_from(high - low).ok()?;
        if low == 0 || many >= most.saturating_sub(uids.len()) {
            return None;
        }
        uids.extend(low..=high);
    }
    Some(uids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sets_are_short() {
        assert_eq!(written(&[9, 1, 2, 3, 2, u32::MAX]), "1:3,9,4294967295");
        assert_eq!(read(b"1:3,9,7:6", 10), Some(vec![1, 2, 3, 9, 6, 7]));
        for set in ["", "0", "1:*", "a", "1,,2", "-1", "1:4294967295", "1:11"] {
            assert_eq!(read(set.as_bytes(), 10), None, "{set}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(uids in prop::collection::btree_set(1..u32::MAX, 1..50)) {
            let uids: Vec<u32> = uids.into_iter().collect();
            prop_assert_eq!(read(written(&uids).as_bytes(), 50), Some(uids));
        }
    }
}
