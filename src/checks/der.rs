//! The length of a public key in DER (RFC 5280 section 4.1, RFC 8017 appendix A.1.1).

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// The bits of an RSA modulus; None when the bytes are no such key, or not all of one.
pub(super) fn rsa_bits(der: &[u8]) -> Option<usize> {
    let (outer, rest) = value(der, SEQUENCE)?;
    if !rest.is_empty() {
        return None;
    }
    let key = if outer.first() == Some(&SEQUENCE) {
        // SubjectPublicKeyInfo: the algorithm, then the key itself.
        let (_, rest) = value(outer, SEQUENCE)?;
        let (bits, _) = value(rest, BIT_STRING)?;
        let (key, _) = value(bits.strip_prefix(&[0])?, SEQUENCE)?;
        key
    } else {
        outer
    };
    let (modulus, rest) = value(key, INTEGER)?;
    value(rest, INTEGER)?;
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    let first = modulus.get(zeros)?;
    Some((modulus.len() - zeros) * 8 - first.leading_zeros() as usize)
}

/// The value of the element with this tag at the start, and what stands behind it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [found, length, rest @ ..] = der else { return None };
    if *found != tag {
        return None;
    }
    let (length, rest) = match length {
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), &rest[2..]),
        0..=0x7f => (usize::from(*length), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}
