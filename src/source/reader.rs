//! Single messages of a mailbox.

use super::{Canceller, Error, Place};

/// Fetches single messages of the mailbox of a [`super::Source`]. Making one costs nothing: it connects
/// when first asked.
pub trait Reader: Send {
    /// One message, whole up to 64 MiB; of a longer one the first 64 MiB.
    ///
    /// # Errors
    /// When the message is gone, the mailbox is another one now, or the connection fails.
    fn whole(&mut self, place: Place) -> Result<Vec<u8>, Error>;

    /// The beginning of one message, enough for everything but its source; true when it is all of
    /// it.
    ///
    /// # Errors
    /// Like [`Reader::whole`].
    fn beginning(&mut self, place: Place) -> Result<(Vec<u8>, bool), Error> {
        self.whole(place).map(|bytes| (bytes, true))
    }

    /// A handle by which another thread can end a running [`Reader::whole`] at once.
    fn canceller(&self) -> Canceller;
}
