//! What the system tells of a running process (Linux: proc(5)).

use std::fs;
use std::time::{Duration, Instant};

use crate::terminal::PATIENCE;

/// Clock ticks of a second, as /proc counts them on every Linux (`USER_HZ`).
const TICKS: u32 = 100;

/// A process by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) u32);

/// What /proc/PID/stat tells.
#[derive(Debug)]
pub(crate) struct Stat {
    /// S asleep, R running, T stopped, Z ended.
    pub(crate) state: char,
    /// Time on a processor so far.
    pub(crate) cpu: Duration,
}

impl Process {
    /// How it is doing.
    pub(crate) fn stat(self) -> Stat {
        let text =
            fs::read_to_string(format!("/proc/{}/stat", self.0)).expect("the process is there");
        // The name in parentheses may hold anything; behind it come the state and the numbers.
        let (_, rest) = text.rsplit_once(") ").expect("a name");
        let fields: Vec<&str> = rest.split(' ').collect();
        let ticks = |at: usize| fields[at].parse::<u32>().expect("a number");
        Stat {
            state: fields[0].chars().next().expect("a state"),
            cpu: Duration::from_secs(1) * (ticks(11) + ticks(12)) / TICKS,
        }
    }

    /// Waits until it is such as it must become; how long that took.
    pub(crate) fn until(self, what: &str, such: impl Fn(&Stat) -> bool) -> Duration {
        let begun = Instant::now();
        loop {
            let stat = self.stat();
            if such(&stat) {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < PATIENCE, "waited for {what}; the process: {stat:?}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// How often it has called write(2) or its like, all threads together. None where that is told
    /// to root alone, because the program may not be looked into.
    pub(crate) fn writes(self) -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{}/io", self.0)).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("syscw: ")).expect("a count");
        Some(line.trim().parse().expect("a number"))
    }
}
