//! Values as few bytes: postcard, then deflate (RFC 1951).

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most that is unpacked, in bytes: no message that was read is larger.
const LONGEST: u64 = 256 << 20;

/// A value that cannot be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Postcard(#[from] postcard::Error),
}

pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&postcard::to_stdvec(value)?)?;
    Ok(packer.finish()?)
}

pub(super) fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Result<T, Error> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(packed).take(LONGEST).read_to_end(&mut bytes)?;
    Ok(postcard::from_bytes(&bytes)?)
}
