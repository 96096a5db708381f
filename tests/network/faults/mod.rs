//! Every fault of the table is met by what the program does: `check`, the list, and a message that
//! is opened. Each fault has a process of its own, so that one that crashes, hangs or grows is seen
//! to do so.
//!
//! One alone: `DEADLETTER_FAULT=greeting-bye cargo test --test network one_fault -- --ignored`.

mod act;
mod changes;
mod scenes;
mod screen;
mod stage;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::faults_table::{COMMANDS, Fault, GOODBYE, chapters};
use crate::process::Process;

/// Faults that are met at the same time: most of the time is spent waiting.
const TOGETHER: usize = 8;
/// After this long a process hangs.
const HANGS: Duration = Duration::from_mins(2);
/// What a process may have in memory, client and server together, in bytes.
const MEMORY: u64 = 64 << 20;
/// What it may take of a processor, without optimisation.
const WORK: Duration = Duration::from_secs(5);
/// Names the fault of a process.
const VARIABLE: &str = "DEADLETTER_FAULT";
/// Stands before each command that a server has heard, in what a process prints.
const HEARD: &str = "heard: ";

fn all() -> Vec<Fault> {
    chapters().into_iter().flat_map(|chapter| chapter.faults).collect()
}

#[test]
fn every_fault_is_named_once_and_met() {
    let faults = all();
    let names: BTreeSet<_> = faults.iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), faults.len(), "two faults share a name");
    assert!(faults.len() >= 100, "{} faults", faults.len());
    let (next, failures, heard) =
        (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::SeqCst)) {
                    match in_a_process(fault.name) {
                        Ok(commands) => heard.lock().expect("the list").extend(commands),
                        Err(why) => {
                            let why = format!("== {}\n{why}", fault.name);
                            failures.lock().expect("the list").push(why);
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("the list");
    assert!(
        failures.is_empty(),
        "{} of {} faults:\n{}",
        failures.len(),
        faults.len(),
        failures.join("\n")
    );
    let commands: BTreeSet<String> =
        COMMANDS.into_iter().chain([GOODBYE]).map(str::to_owned).collect();
    assert_eq!(heard.into_inner().expect("the list"), commands, "the commands that are sent");
}

/// Meets a fault in a process of its own; the commands that its servers heard, or what went wrong.
fn in_a_process(name: &str) -> Result<Vec<String>, String> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "faults::one_fault", "--ignored", "--nocapture"])
        .env(VARIABLE, name)
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let begun = Instant::now();
    let (mut out, mut err) =
        (child.stdout.take().expect("its output"), child.stderr.take().expect("its complaints"));
    let complaints = std::thread::spawn(move || {
        let mut text = Vec::new();
        err.read_to_end(&mut text).map(|_| text)
    });
    let output = std::thread::spawn(move || {
        let mut text = Vec::new();
        out.read_to_end(&mut text).map(|_| text)
    });
    let status = loop {
        if let Some(status) = child.try_wait().expect("a state") {
            break Some(status);
        }
        if begun.elapsed() > HANGS {
            child.kill().expect("it is there");
            child.wait().expect("its end");
            break None;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    };
    let mut texts = Vec::new();
    for pipe in [output, complaints] {
        let bytes = pipe.join().expect("a thread").expect("a pipe");
        texts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    match status {
        Some(status) if status.success() && texts[0].contains("1 passed") => Ok(texts[0]
            .lines()
            .filter_map(|line| line.strip_prefix(HEARD))
            .map(str::to_owned)
            .collect()),
        status => Err(format!("{status:?} after {:?}\n{}{}", begun.elapsed(), texts[0], texts[1])),
    }
}

#[test]
#[ignore = "is run by the test of all faults, in a process for each"]
fn one_fault() {
    let name = std::env::var(VARIABLE).expect("the name of a fault in DEADLETTER_FAULT");
    let Some(fault) = all().into_iter().find(|fault| fault.name == name) else {
        panic!("there is no fault {name}");
    };
    println!();
    let heard: BTreeSet<_> = scenes::meet(&fault).into_iter().collect();
    for command in heard {
        println!("{HEARD}{command}");
    }
    let (most, cpu) = (peak(), Process(std::process::id()).stat().cpu);
    println!("{} KiB in memory, {cpu:?} of a processor", most >> 10);
    assert!(most < MEMORY, "{} MiB in memory", most >> 20);
    assert!(cpu < WORK, "{cpu:?} of a processor");
}

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("proc(5)");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib << 10
}
