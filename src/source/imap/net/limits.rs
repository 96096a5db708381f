//! How much a server may send and how long it may take.

use std::time::{Duration, Instant};

/// Bounds on what one connection takes from a server. Past any of them the connection is closed
/// with a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest line, in bytes.
    pub line: usize,
    /// Longest literal (RFC 3501 section 4.3), in bytes.
    pub literal: u64,
    /// Longest response, literals included, in bytes; also what may come between two messages that
    /// were asked for.
    pub response: u64,
    /// Longest answer to a command other than FETCH, in bytes.
    pub answer: u64,
    /// Deepest nesting of parentheses.
    pub depth: usize,
    /// Bytes of a message that are kept while streaming.
    pub keep: u32,
    /// Bytes of a message that are kept when it is asked for whole.
    pub whole: u32,
    /// Time to find the address, connect and agree on TLS.
    pub connect: Duration,
    /// Longest silence of the server.
    pub read: Duration,
    /// Time to log in, from the greeting on.
    pub login: Duration,
    /// Time for the answer to one command, and between two messages of a FETCH, whatever else comes
    /// in between.
    pub patience: Duration,
    /// Time for one message that is asked for whole.
    pub open: Duration,
    /// Time for a whole check of an account.
    pub check: Duration,
    /// How long a connection is left alone before the server is asked whether it is still there.
    pub rest: Duration,
    /// Time to answer that.
    pub pulse: Duration,
    /// Messages that are read of one mailbox, the newest first.
    pub messages: u32,
    /// The moment by which everything must be over; none when there is no such moment.
    pub until: Option<Instant>,
    /// Seconds between attempts to reconnect; the last one repeats.
    pub pauses: &'static [u32],
    /// How long a second of a pause takes: shorter in tests.
    pub second: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 1 << 20,
            literal: 64 << 20,
            response: 256 << 20,
            answer: 8 << 20,
            depth: 100,
            keep: 64 << 10,
            whole: 64 << 20,
            connect: Duration::from_secs(15),
            read: Duration::from_mins(1),
            login: Duration::from_mins(1),
            patience: Duration::from_mins(2),
            open: Duration::from_mins(10),
            check: Duration::from_mins(2),
            rest: Duration::from_secs(10),
            pulse: Duration::from_secs(5),
            messages: 1_000_000,
            until: None,
            pauses: &[1, 2, 5, 10, 30, 60],
            second: Duration::from_secs(1),
        }
    }
}

impl Limits {
    /// The moment by which something that begins now and may take so long must be over.
    #[must_use]
    pub fn deadline(&self, time: Duration) -> Instant {
        let own = Instant::now() + time;
        match self.until {
            Some(until) => own.min(until),
            None => own,
        }
    }
}
