//! Files that people write for the program, read within bounds.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// The longest file that is read, in bytes: a configuration, rules, certificates.
pub(super) const LONGEST: u64 = 1 << 20;

/// By which nothing at all is given.
const NULL: &str = "/dev/null";

/// Opens a regular file, or `/dev/null`. What is none is refused: reading a device or a pipe may
/// never end.
///
/// # Errors
/// When it cannot be opened, or is a folder, a device, a pipe or a socket.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // Without O_NONBLOCK a named pipe would be waited for until somebody writes into it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let ends = file.metadata()?.is_file() || path == Path::new(NULL);
    if ends { Ok(file) } else { Err(refusal("it is no regular file")) }
}

/// All of an open file.
///
/// # Errors
/// When it cannot be read, or is longer than a mebibyte.
pub(super) fn read(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST { Err(refusal("it is longer than 1 MiB")) } else { Ok(bytes) }
}

/// A regular file of at most a mebibyte.
///
/// # Errors
/// When it is none, or cannot be read.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read(&open(path)?)
}

fn refusal(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
