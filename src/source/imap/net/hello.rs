//! The version of TLS, read from the server's hello as it passes by: the TLS library does not tell.

/// How many bytes of a connection are enough to hold the server's hello.
pub(crate) const HELLO: usize = 512;

/// The version that the server's hello chooses (RFC 8446 section 4.1.3), as people write it.
pub(crate) fn version(bytes: &[u8]) -> Option<&'static str> {
    let hello = Cursor(bytes).hello()?;
    Some(match hello {
        0x0304 => "TLS 1.3",
        0x0303 => "TLS 1.2",
        0x0302 => "TLS 1.1",
        0x0301 => "TLS 1.0",
        _ => return None,
    })
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|b| u16::from_be_bytes([b[0], b[1]]))
    }

    /// Record header, handshake header, legacy version, random, session id, cipher, compression,
    /// extensions.
    fn hello(mut self) -> Option<u16> {
        if self.u8()? != 22 {
            return None;
        }
        self.take(4)?;
        if self.u8()? != 2 {
            return None;
        }
        self.take(3)?;
        let legacy = self.u16()?;
        self.take(32)?;
        let session = self.u8()?;
        self.take(usize::from(session) + 3)?;
        let Some(length) = self.u16() else { return Some(legacy) };
        let mut extensions = Cursor(self.take(usize::from(length))?);
        while let (Some(kind), Some(length)) = (extensions.u16(), extensions.u16()) {
            let mut value = Cursor(extensions.take(usize::from(length))?);
            if kind == 43 {
                return value.u16();
            }
        }
        Some(legacy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([2, 1, 1, 0x13, 0x02, 0]);
        body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
        body.extend(extensions);
        let mut record = vec![22, 3, 3, 0, 0, 2, 0, 0, 0];
        record.extend(body);
        record
    }

    #[test]
    fn the_extension_wins_over_the_legacy_version() {
        assert_eq!(version(&hello(&[0, 51, 0, 1, 9, 0, 43, 0, 2, 3, 4])), Some("TLS 1.3"));
        assert_eq!(version(&hello(&[0xff, 1, 0, 1, 0])), Some("TLS 1.2"));
    }

    #[test]
    fn what_is_no_hello_has_no_version() {
        for bytes in [&b""[..], b"* OK IMAP", &[22, 3, 3, 0, 1, 1], &hello(&[])[..20]] {
            assert_eq!(version(bytes), None);
        }
    }
}
