//! Files compressed with gzip (RFC 1952): one member behind the other, perhaps padded with zeros.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// What a member begins with.
pub(super) const MAGIC: &[u8] = &[0x1f, 0x8b];

/// The contents of all members of a file. A member whose checksum is wrong has given all it holds:
/// the next one follows, and the error comes last.
pub(super) struct Members<R> {
    /// None behind the last member.
    member: Option<GzDecoder<R>>,
    /// What was wrong first.
    wrong: Option<io::Error>,
}

impl<R: BufRead> Members<R> {
    /// The members of a file that begins with one.
    pub(super) fn new(input: R) -> Self {
        Self { member: Some(GzDecoder::new(input)), wrong: None }
    }

    /// Goes on to the member behind one that has ended.
    fn next(&mut self, ended: GzDecoder<R>) -> io::Result<()> {
        let mut input = ended.into_inner();
        loop {
            let ahead = input.fill_buf()?;
            if ahead.is_empty() {
                return Ok(());
            }
            let padding = ahead.iter().take_while(|byte| **byte == 0).count();
            if padding == 0 {
                break;
            }
            input.consume(padding);
        }
        if input.fill_buf()?.starts_with(&MAGIC[..1]) {
            self.member = Some(GzDecoder::new(input));
        } else if self.wrong.is_none() {
            let text = "something that is not gzip stands behind what is compressed";
            self.wrong = Some(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        while let Some(mut member) = self.member.take() {
            match member.read(into) {
                Ok(0) => self.next(member)?,
                Ok(count) => {
                    self.member = Some(member);
                    return Ok(count);
                }
                Err(error) => {
                    // Behind a member that is broken in the middle nothing can be found again.
                    if is_checksum(&error) {
                        self.next(member)?;
                    }
                    self.wrong.get_or_insert(error);
                }
            }
        }
        self.wrong.take().map_or(Ok(0), Err)
    }
}

/// True for the error of a member that was read to its end.
fn is_checksum(error: &io::Error) -> bool {
    error.to_string().contains("matching checksum")
}
