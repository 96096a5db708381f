//! What the system tells of a running process (Linux: proc(5)).

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

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
    /// The process that started it.
    pub(crate) parent: u32,
}

impl Process {
    /// How it is doing.
    pub(crate) fn stat(self) -> Stat {
        self.stat_if_there().expect("the process is there")
    }

    /// How it is doing; none when it has ended and nobody waits for it.
    pub(crate) fn stat_if_there(self) -> Option<Stat> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.0)).ok()?;
        // The name in parentheses may hold anything; behind it come the state and the numbers.
        let (_, rest) = text.rsplit_once(") ").expect("a name");
        let fields: Vec<&str> = rest.split(' ').collect();
        let ticks = |at: usize| fields[at].parse::<u32>().expect("a number");
        Some(Stat {
            state: fields[0].chars().next().expect("a state"),
            cpu: Duration::from_secs(1) * (ticks(11) + ticks(12)) / TICKS,
            parent: ticks(1),
        })
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

    /// The processes that it has started and that are there.
    pub(crate) fn children(self) -> Vec<Process> {
        let mut children = Vec::new();
        for entry in fs::read_dir("/proc").expect("processes").flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse() else { continue };
            if Process(pid).stat_if_there().is_some_and(|stat| stat.parent == self.0) {
                children.push(Process(pid));
            }
        }
        children
    }

    /// What `smaps_rollup` tells of its memory, in KiB.
    pub(crate) fn memory(self, what: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0)).expect("memory");
        let line = text.lines().find(|line| line.starts_with(what)).expect("a line of it");
        line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a number")
    }

    /// Sends it a signal; false when it is not there.
    pub(crate) fn signal(self, signal: Signal) -> bool {
        let pid = i32::try_from(self.0).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(pid, signal).is_ok()
    }

    /// How often it has called write(2) or its like, all threads together. None where that is told
    /// to root alone, because the program may not be looked into.
    pub(crate) fn writes(self) -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{}/io", self.0)).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("syscw: ")).expect("a count");
        Some(line.trim().parse().expect("a number"))
    }
}
