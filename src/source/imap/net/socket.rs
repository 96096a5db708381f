//! The system's side of a connection: time limits, and a large buffer below TLS, because a TLS library
//! asks for each record in two small reads.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use native_tls::TlsStream;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::super::error::TooSlow;
use super::cancel::Held;
use super::dial::Dialled;
use super::hello::{self, HELLO};

/// A stream of bytes to a server that keeps time.
pub(crate) trait Transport: Read + Write + Send {
    /// Sets the moment by which everything must have come; none: only silence is limited.
    fn set_deadline(&mut self, deadline: Option<Instant>);

    /// True when bytes were read from the system that nobody has taken.
    fn has_unread(&self) -> bool;

    /// The socket once more, to wait for: whoever waits does not hinder its end.
    ///
    /// # Errors
    /// When the system has none left.
    fn socket(&self) -> io::Result<OwnedFd>;
}

/// What a connection is read from once TLS is settled.
pub(crate) type BoxedTransport = Box<dyn Transport>;

/// A connection with a read-ahead buffer.
#[derive(Debug)]
pub(crate) struct Socket {
    fd: OwnedFd,
    held: Held,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    silence: Duration,
    deadline: Option<Instant>,
    /// Whether anything has come since the deadline was set.
    has_come: bool,
    /// The read timeout that is set on the socket.
    timeout: Option<Duration>,
    /// The first bytes that came, for the version of TLS.
    first: Vec<u8>,
}

impl Socket {
    /// Takes a connected socket on which the server may be silent for so long.
    ///
    /// # Errors
    /// When the time limit for writing cannot be set.
    pub(crate) fn new(dialled: Dialled, silence: Duration) -> io::Result<Self> {
        let Dialled { socket, held, .. } = dialled;
        set_socket_timeout(&socket, Timeout::Send, Some(silence))?;
        Ok(Self {
            fd: socket,
            held,
            buffer: vec![0; 256 << 10].into(),
            start: 0,
            end: 0,
            silence,
            deadline: None,
            has_come: false,
            timeout: None,
            first: Vec::new(),
        })
    }

    /// True when bytes have come that nobody has read.
    pub(crate) fn has_more(&mut self) -> bool {
        if self.start < self.end {
            return true;
        }
        // Nothing may be waiting in the kernel either; a socket that cannot tell counts as one that
        // has more. The end of the connection is nothing: the handshake will tell of it.
        match recv(&self.fd, &mut [0], RecvFlags::PEEK | RecvFlags::DONTWAIT) {
            Ok((_, bytes)) => bytes > 0,
            Err(e) => e != rustix::io::Errno::WOULDBLOCK,
        }
    }

    /// Marks that TLS begins here.
    pub(crate) fn begin_tls(&mut self) {
        self.first = Vec::with_capacity(HELLO);
    }

    /// The version of TLS, if the server's hello was seen.
    pub(crate) fn tls_version(&self) -> Option<&'static str> {
        hello::version(&self.first)
    }

    /// How long the next read may take; an error when the deadline has passed.
    fn patience(&self) -> io::Result<Duration> {
        let Some(deadline) = self.deadline else { return Ok(self.silence) };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, TooSlow));
        }
        Ok(left.min(self.silence).max(Duration::from_millis(1)))
    }

    /// What goes wrong with a program is told in its own words.
    fn failure(&self, error: io::Error) -> io::Error {
        match self.held.program() {
            Some(program) => program.failure(&error),
            None => error,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        loop {
            let patience = self.patience()?;
            if self.timeout != Some(patience) {
                set_socket_timeout(&self.fd, Timeout::Recv, Some(patience))?;
                self.timeout = Some(patience);
            }
            let read = recv(&self.fd, &mut self.buffer[..], RecvFlags::empty());
            match read.map(|(_, n)| n).map_err(io::Error::from) {
                Ok(0) if self.held.program().is_some() => {
                    let end = "it closed the connection";
                    return Err(self.failure(io::Error::new(io::ErrorKind::UnexpectedEof, end)));
                }
                Ok(n) => {
                    (self.start, self.end) = (0, n);
                    self.has_come = true;
                    let room = self.first.capacity().saturating_sub(self.first.len());
                    self.first.extend_from_slice(&self.buffer[..n.min(room)]);
                    return Ok(());
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // Bytes that drip until the deadline are no silence.
                Err(e)
                    if e.kind() == io::ErrorKind::WouldBlock
                        && self.has_come
                        && patience < self.silence =>
                {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, TooSlow));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    return Err(self.failure(silence(patience)));
                }
                Err(e) => return Err(self.failure(e)),
            }
        }
    }
}

fn silence(patience: Duration) -> io::Error {
    io::Error::new(
        io::ErrorKind::TimedOut,
        format!("no answer for {} s", patience.as_secs_f64().ceil()),
    )
}

impl Read for Socket {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end {
            self.fill()?;
        }
        let n = out.len().min(self.end - self.start);
        out[..n].copy_from_slice(&self.buffer[self.start..self.start + n]);
        self.start += n;
        Ok(n)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match send(&self.fd, bytes, SendFlags::NOSIGNAL).map_err(io::Error::from) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    return Err(self.failure(silence(self.silence)));
                }
                // What it said before it ended is still to be read.
                Err(e)
                    if e.kind() == io::ErrorKind::BrokenPipe && self.held.program().is_some() =>
                {
                    return Ok(bytes.len());
                }
                Err(e) => return Err(self.failure(e)),
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Socket {
    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.has_come = false;
    }

    fn has_unread(&self) -> bool {
        self.start < self.end
    }

    fn socket(&self) -> io::Result<OwnedFd> {
        self.fd.try_clone()
    }
}

impl Transport for TlsStream<Socket> {
    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.get_mut().set_deadline(deadline);
    }

    fn has_unread(&self) -> bool {
        self.buffered_read_size().is_ok_and(|bytes| bytes > 0) || self.get_ref().has_unread()
    }

    fn socket(&self) -> io::Result<OwnedFd> {
        self.get_ref().socket()
    }
}

impl Transport for BoxedTransport {
    fn set_deadline(&mut self, deadline: Option<Instant>) {
        (**self).set_deadline(deadline);
    }

    fn has_unread(&self) -> bool {
        (**self).has_unread()
    }

    fn socket(&self) -> io::Result<OwnedFd> {
        (**self).socket()
    }
}
