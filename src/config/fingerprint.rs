//! The fingerprint of a certificate, by which an account may trust one certificate and no other.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use sha2::{Digest, Sha256};

/// What stands before the digits.
const PREFIX: &str = "sha256:";
/// Bytes of a SHA-256.
const BYTES: usize = 32;

/// The SHA-256 of a certificate in DER, written `sha256:` and 64 hexadecimal digits. Colons between
/// the digits, as `openssl x509 -fingerprint` writes them, are read too.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Fingerprint([u8; BYTES]);

impl Fingerprint {
    /// The fingerprint of a certificate in DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// Reads what [`fmt::Display`] writes, in any case; none when it is something else.
    fn read(text: &str) -> Option<Self> {
        let prefix = text.get(..PREFIX.len())?;
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return None;
        }
        let digits = text[PREFIX.len()..].replace(':', "");
        if digits.len() != 2 * BYTES || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = [0; BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        Self::read(&text).ok_or_else(|| {
            let wanted = "write tls_fingerprint as \"sha256:\" and 64 hexadecimal digits; \
                          `deadletter check` shows the line";
            de::Error::custom(wanted)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SHA-256 of nothing (FIPS 180-4).
    const NOTHING: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn what_is_written_is_read() {
        let fingerprint = Fingerprint::of(b"");
        assert_eq!(fingerprint.to_string(), NOTHING);
        let digits = NOTHING[PREFIX.len()..].to_ascii_uppercase();
        let pairs: Vec<&str> = (0..BYTES).map(|at| &digits[2 * at..2 * at + 2]).collect();
        for text in [NOTHING.to_owned(), format!("SHA256:{}", pairs.join(":"))] {
            assert_eq!(Fingerprint::read(&text), Some(fingerprint), "{text}");
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        let long = format!("{NOTHING}0");
        let (short, bare) = (&NOTHING[..NOTHING.len() - 1], &NOTHING[PREFIX.len()..]);
        let sign = format!("sha256:+{}", &NOTHING[8..]);
        for text in ["", "sha256:", "sha1:00", "sha25é", &long, short, bare, &sign] {
            assert_eq!(Fingerprint::read(text), None, "{text}");
        }
    }
}
