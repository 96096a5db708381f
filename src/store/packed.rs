//! Values as few bytes in little time: postcard, then LZ4.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most that is unpacked, in bytes: no message that was read is larger.
const LONGEST: usize = 256 << 20;

/// A value that cannot be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Postcard(#[from] postcard::Error),
    #[error(transparent)]
    Lz4(#[from] lz4_flex::block::DecompressError),
    #[error("it would be longer than {LONGEST} bytes")]
    TooLong,
}

pub(super) fn pack(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    Ok(lz4_flex::compress_prepend_size(&postcard::to_stdvec(value)?))
}

pub(super) fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Result<T, Error> {
    let (length, packed) = lz4_flex::block::uncompressed_size(packed)?;
    if length > LONGEST {
        return Err(Error::TooLong);
    }
    Ok(postcard::from_bytes(&lz4_flex::decompress(packed, length)?)?)
}
