//! The way another thread ends what this one does: a token in a channel, and the connection to shut
//! down.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Select, Sender, bounded};
use rustix::net::{Shutdown, shutdown};

use crate::source::Canceller;

use super::program::Program;

/// Shared by the thread that works and those that may end its work.
#[derive(Clone, Debug)]
pub(crate) struct Cancellation {
    ask: Sender<()>,
    asked: Receiver<()>,
    slot: Slot,
}

/// The connection to shut down, if there is one.
type Slot = Arc<Mutex<Option<Arc<HeldLine>>>>;

/// What a connection holds of the system.
#[derive(Debug)]
struct HeldLine {
    socket: OwnedFd,
    /// The program at its other end, where it is one.
    program: Option<Program>,
}

impl HeldLine {
    /// Ends what goes on over it; a program at its other end might outlive us.
    fn end(&self) {
        self.shut_down();
        if let Some(program) = &self.program {
            program.kill();
        }
    }

    fn shut_down(&self) {
        let _ = shutdown(&self.socket, Shutdown::Both);
    }
}

/// Keeps a connection within reach of [`Cancellation::cancel`]; closes it when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    line: Arc<HeldLine>,
    slot: Slot,
}

impl Held {
    /// The program at the other end of the connection, where it is one.
    pub(crate) fn program(&self) -> Option<&Program> {
        self.line.program.as_ref()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.line.shut_down();
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        // Another connection may have taken the place in the meantime.
        if let Some(held) = &*slot
            && Arc::ptr_eq(held, &self.line)
        {
            *slot = None;
        }
    }
}

impl Cancellation {
    /// One that nobody has used yet.
    pub(crate) fn new() -> Self {
        let (ask, asked) = bounded(1);
        Self { ask, asked, slot: Arc::default() }
    }

    /// The handle for other threads.
    pub(crate) fn canceller(&self) -> Canceller {
        let stop = self.clone();
        Canceller::new(move || stop.cancel())
    }

    /// Asks for the end and shuts the connection down, so that a blocked read or write returns.
    pub(crate) fn cancel(&self) {
        // A full channel means that somebody asked already.
        let _ = self.ask.try_send(());
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = &*slot {
            line.end();
        }
    }

    /// True when somebody asked and nobody has answered yet.
    pub(crate) fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Answers: true when somebody had asked.
    pub(crate) fn answer(&self) -> bool {
        self.asked.try_recv().is_ok()
    }

    /// Puts a connection within reach of [`Cancellation::cancel`], and the program at its other end.
    ///
    /// # Errors
    /// When the socket cannot be cloned.
    pub(crate) fn hold(&self, socket: &impl AsFd, program: Option<Program>) -> io::Result<Held> {
        let line = Arc::new(HeldLine { socket: socket.as_fd().try_clone_to_owned()?, program });
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&line));
        // Who asked a moment before has found nothing to end.
        if self.is_asked() {
            line.end();
        }
        Ok(Held { line, slot: Arc::clone(&self.slot) })
    }

    /// Waits; true as soon as somebody asks for the end.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let mut select = Select::new();
        select.recv(&self.asked);
        select.ready_timeout(time).is_ok()
    }

    /// Waits for what comes through `channel`; none when the time is over or somebody asks for the
    /// end.
    pub(crate) fn wait_for<T>(&self, channel: &Receiver<T>, time: Duration) -> Option<T> {
        let mut select = Select::new();
        select.recv(&self.asked);
        select.recv(channel);
        let _ = select.ready_timeout(time);
        if self.is_asked() { None } else { channel.try_recv().ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;
    use std::time::Instant;

    #[test]
    fn one_cancel_ends_one_wait() {
        let stop = Cancellation::new();
        let other = stop.canceller();
        let started = Instant::now();
        let thread = std::thread::spawn(move || other.cancel());
        assert!(stop.wait(Duration::from_mins(1)));
        thread.join().unwrap();
        assert!(started.elapsed() < Duration::from_secs(30));
        assert!(stop.is_asked());
        assert!(stop.answer());
        assert!(!stop.answer());
        assert!(!stop.wait(Duration::from_millis(1)));
    }

    #[test]
    fn what_is_held_after_a_cancel_ends_too() {
        use std::io::Read;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_server, _) = listener.accept().unwrap();
        let stop = Cancellation::new();
        stop.cancel();
        let _held = stop.hold(&client, None).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn a_held_socket_is_shut_down_by_a_cancel_and_by_letting_go() {
        use std::io::Read;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        for cancel in [true, false] {
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (mut server, _) = listener.accept().unwrap();
            let stop = Cancellation::new();
            let held = stop.hold(&client, None).unwrap();
            if cancel {
                stop.cancel();
            } else {
                drop(held);
                assert!(stop.slot.lock().unwrap().is_none());
            }
            assert_eq!(client.read(&mut [0]).unwrap(), 0);
            assert_eq!(server.read(&mut [0]).unwrap(), 0);
        }
    }

    #[test]
    fn what_comes_through_the_channel_is_handed_over() {
        let stop = Cancellation::new();
        let (tx, rx) = bounded(1);
        tx.send(7).unwrap();
        assert_eq!(stop.wait_for(&rx, Duration::from_secs(1)), Some(7));
        assert_eq!(stop.wait_for(&rx, Duration::from_millis(1)), None);
        stop.cancel();
        tx.send(8).unwrap();
        assert_eq!(stop.wait_for(&rx, Duration::from_secs(1)), None);
    }
}
