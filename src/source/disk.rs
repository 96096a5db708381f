//! Files and folders on a disk, whatever they are and however long their paths.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, Dir, Mode, OFlags, fcntl_setfl, openat};

/// Bytes of a path that are handed to the system together: it takes 4096 at most.
const PIECE: usize = 4000;
/// How far apart the times of some file systems are.
const COARSE: Duration = Duration::from_secs(2);
/// How long a pipe may have no writer, in seconds.
const PATIENCE: i64 = 2;

/// What changes when a file does, or when a path leads to another file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileStamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileStamp {
    pub(super) fn of(meta: &Metadata) -> Self {
        Self {
            device: meta.dev(),
            inode: meta.ino(),
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }
}

/// True when something was written so short a time ago, or may have been: where a time has no
/// fraction, the file system may count in two seconds.
pub(super) fn is_fresh(meta: &Metadata, time: Duration) -> bool {
    let time = if meta.mtime_nsec() == 0 { time + COARSE } else { time };
    meta.modified().is_ok_and(|modified| age(modified).is_some_and(|age| age < time))
}

/// How long ago that was; None for times that have not come yet, which say nothing.
#[expect(clippy::disallowed_methods, reason = "files are stamped by the clock of the machine")]
pub(super) fn age(then: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(then).ok()
}

/// Gives another program so much time to finish with a file.
pub(super) fn pause(time: Duration) {
    // It always comes.
    let _ = crossbeam_channel::after(time).recv();
}

/// Opens a file; what is none is refused, and nothing is waited for.
///
/// # Errors
/// When it cannot be opened, or is a folder, a pipe, a socket or a device.
pub(super) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = open_any(path)?;
    let meta = file.metadata()?;
    match strange(&meta) {
        Some(what) => Err(io::Error::new(ErrorKind::InvalidInput, what)),
        None => Ok((file, meta)),
    }
}

/// What something is that is no file; None for files.
pub(super) fn strange(meta: &Metadata) -> Option<&'static str> {
    let kind = meta.file_type();
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("it is a folder")
    } else if kind.is_fifo() {
        Some("it is a pipe, which can be read only once; write it to a file first")
    } else if kind.is_socket() {
        Some("it is a socket, not a file with messages")
    } else {
        Some("it is a device, not a file with messages")
    }
}

/// Opens a pipe; waits for who writes into it.
///
/// # Errors
/// When it cannot be opened, or nobody writes into it.
pub(super) fn open_pipe(path: &Path) -> io::Result<impl Read> {
    let mut file = open_any(path)?;
    let time = Timespec { tv_sec: PATIENCE, tv_nsec: 0 };
    let ready = poll(&mut [PollFd::new(&file, PollFlags::IN)], Some(&time))?;
    let mut first = Vec::new();
    if ready == 0 {
        let mut byte = [0];
        match file.read(&mut byte) {
            Ok(0) => {
                return Err(io::Error::new(ErrorKind::NotFound, "nobody writes into this pipe"));
            }
            Ok(_) => first.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    fcntl_setfl(&file, OFlags::empty())?;
    Ok(io::Cursor::new(first).chain(file))
}

/// What a path leads to, links followed.
///
/// # Errors
/// When it leads nowhere, or may not be looked at.
pub(super) fn metadata(path: &Path) -> io::Result<Metadata> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::InvalidFilename => open_any(path)?.metadata(),
        result => result,
    }
}

/// The names in a folder, in no order.
///
/// # Errors
/// When it cannot be read to its end.
pub(super) fn names(folder: &Path) -> io::Result<Vec<Box<std::ffi::OsStr>>> {
    let mut names = Vec::new();
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                names.push(entry?.file_name().into());
            }
        }
        Err(error) if error.kind() == ErrorKind::InvalidFilename => {
            for entry in Dir::new(in_pieces(folder, OFlags::DIRECTORY)?)? {
                let name = OsString::from_vec(entry?.file_name().to_bytes().to_vec());
                if name != "." && name != ".." {
                    names.push(name.into());
                }
            }
        }
        Err(error) => return Err(error),
    }
    Ok(names)
}

/// Opens whatever is there without waiting for anybody.
fn open_any(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    // The bits mean the same whatever their type.
    let bits = i32::from_ne_bytes(flags.bits().to_ne_bytes());
    match OpenOptions::new().read(true).custom_flags(bits).open(path) {
        Err(error) if error.kind() == ErrorKind::InvalidFilename => {
            in_pieces(path, flags).map(File::from)
        }
        result => result,
    }
}

/// Opens a path that is too long for the system, from folder to folder.
fn in_pieces(path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC;
    let mut folder: Option<OwnedFd> = None;
    let mut piece = PathBuf::new();
    for component in path.components() {
        let length = piece.as_os_str().len() + component.as_os_str().as_bytes().len();
        if length >= PIECE {
            let way = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY;
            folder = Some(step(folder.as_ref(), &piece, way)?);
            piece = PathBuf::new();
        }
        piece.push(component);
    }
    step(folder.as_ref(), &piece, flags)
}

fn step(folder: Option<&OwnedFd>, piece: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let opened = match folder {
        Some(folder) => openat(folder, piece, flags, Mode::empty()),
        None => openat(CWD, piece, flags, Mode::empty()),
    };
    Ok(opened?)
}
