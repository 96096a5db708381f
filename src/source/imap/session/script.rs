//! A server that has said everything beforehand, for tests and fuzzing.

use std::io::{self, Cursor, Read, Write};
use std::os::fd::OwnedFd;
use std::time::Instant;

use super::super::net::limits::Limits;
use super::super::net::socket::Transport;
use super::wire::Wire;

/// Hands out what was said in pieces of a given size; what is sent to it is dropped.
pub(super) struct Script {
    said: Cursor<Vec<u8>>,
    piece: usize,
}

impl Script {
    /// A wire on which a server has said this.
    pub(super) fn wire(said: &[u8], piece: usize, limits: Limits) -> Wire {
        Wire::new(Box::new(Self { said: Cursor::new(said.to_vec()), piece }), limits)
    }
}

impl Read for Script {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(self.piece);
        self.said.read(&mut out[..most])
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Script {
    fn set_deadline(&mut self, _: Option<Instant>) {}

    fn has_unread(&self) -> bool {
        false
    }

    fn socket(&self) -> io::Result<OwnedFd> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
