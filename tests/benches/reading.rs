//! How long a message takes: reading, diagnosis, both, taking it apart, and for comparison the
//! crate mail-parser alone on the same bytes. An iteration is one message; a sample is all of them
//! once.
//!
//! ```sh
//! cargo bench --bench reading                                     # tests/corpus
//! DEADLETTER_BENCH_MAIL=~/bounces cargo bench --bench reading     # files of one message each, folders included
//! ```

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a bench stops where its input is not what it must be"
)]
#![allow(clippy::print_stdout, reason = "its summary is for the terminal")]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use deadletter::bounce::{Bounce, Depth, read, read_with};
use deadletter::diagnosis::Rules;
use deadletter::diagnosis::{Ours, diagnose};
use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher, black_box};
use mail_parser::MessageParser;

#[path = "../support/fixtures.rs"]
mod fixtures;

/// Names the folder that is read instead of the corpus.
const FOLDER: &str = "DEADLETTER_BENCH_MAIL";
/// Files beyond this size are mailboxes, not messages.
const LONGEST: u64 = 2 << 20;
/// The summary takes the best of so many rounds.
const ROUNDS: usize = 30;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

static MAIL: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut mail = Vec::new();
    match std::env::var_os(FOLDER) {
        Some(folder) => collect(Path::new(&folder), &mut mail),
        None => mail.extend(fixtures::fixtures().iter().map(fixtures::Fixture::raw)),
    }
    assert!(!mail.is_empty(), "there is mail to read");
    mail
});

static OURS: LazyLock<Ours> = LazyLock::new(fixtures::ours);

fn collect(folder: &Path, mail: &mut Vec<Vec<u8>>) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, mail);
        } else if path.metadata().is_ok_and(|m| m.len() <= LONGEST) {
            mail.push(fs::read(&path).expect("a file that can be read"));
        }
    }
}

fn main() {
    divan::main();
    if std::env::args().any(|argument| argument == "--bench")
        && !std::env::args().any(|a| a == "--list")
    {
        summary();
    }
}

/// Goes round all messages, one an iteration.
fn each<T>(bencher: Bencher<'_, '_>, made: impl Fn(&'static [u8]) -> T, work: impl Fn(&T)) {
    let mut next = 0..;
    let mean = MAIL.iter().map(Vec::len).sum::<usize>() / MAIL.len();
    bencher
        .counter(ItemsCount::new(1usize))
        .counter(BytesCount::new(mean))
        .with_inputs(|| made(&MAIL[next.next().unwrap_or(0usize) % MAIL.len()]))
        .bench_local_refs(|input| work(input));
}

fn all() -> u32 {
    u32::try_from(MAIL.len()).unwrap_or(u32::MAX)
}

#[divan::bench(sample_size = all(), sample_count = 20)]
fn mail_parser_alone(bencher: Bencher<'_, '_>) {
    each(bencher, |raw| raw, |raw| drop(black_box(MessageParser::new().parse(*raw))));
}

#[divan::bench(sample_size = all(), sample_count = 20)]
fn reading(bencher: Bencher<'_, '_>) {
    each(bencher, |raw| raw, |raw| drop(black_box(read(raw))));
}

#[divan::bench(sample_size = all(), sample_count = 20)]
fn diagnosis(bencher: Bencher<'_, '_>) {
    each(bencher, read, |bounce| drop(black_box(diagnose(bounce, Rules::standard(), &OURS))));
}

#[divan::bench(sample_size = all(), sample_count = 20)]
fn reading_and_diagnosis(bencher: Bencher<'_, '_>) {
    each(bencher, |raw| raw, |raw| both(raw));
}

#[divan::bench(sample_size = all(), sample_count = 20)]
fn inspection(bencher: Bencher<'_, '_>) {
    each(bencher, |raw| raw, |raw| drop(black_box(read_with(raw, Depth::Inspect))));
}

fn both(raw: &[u8]) {
    let bounce = read(raw);
    black_box(diagnose(&bounce, Rules::standard(), &OURS));
}

/// What is compared.
const NAMES: [&str; 4] = ["mail-parser", "reading", "diagnosis", "both"];

/// The least time that each message took, in turn with the others so that all see the same machine.
fn summary() {
    let bounces: Vec<Bounce> = MAIL.iter().map(|raw| read(raw)).collect();
    let mut least = vec![[Duration::MAX; 4]; MAIL.len()];
    let work: [&dyn Fn(usize); 4] = [
        &|at| drop(black_box(MessageParser::new().parse(&MAIL[at]))),
        &|at| drop(black_box(read(&MAIL[at]))),
        &|at| drop(black_box(diagnose(&bounces[at], Rules::standard(), &OURS))),
        &|at| both(&MAIL[at]),
    ];
    for _ in 0..ROUNDS {
        // All messages before the next kind of work: nothing is done twice in a row and finds its
        // way prepared.
        for (which, work) in work.iter().enumerate() {
            for (at, least) in least.iter_mut().enumerate() {
                let start = Instant::now();
                work(at);
                least[which] = start.elapsed().min(least[which]);
            }
        }
    }
    let bytes: usize = MAIL.iter().map(Vec::len).sum();
    println!(
        "\n{} messages, {} bytes each; least of {ROUNDS} times a message",
        MAIL.len(),
        bytes / MAIL.len()
    );
    let middle = |share: fn(&[f64; 4]) -> f64| {
        let mut shares: Vec<f64> =
            least.iter().map(|times| share(&times.map(|time| time.as_secs_f64()))).collect();
        shares.sort_by(f64::total_cmp);
        shares[shares.len() / 2]
    };
    let mean = |which: usize| {
        least.iter().map(|times| times[which].as_secs_f64()).sum::<f64>() / f64::from(all())
    };
    for (which, name) in NAMES.iter().enumerate() {
        println!(
            "{name:12} {:8.1} µs a message {:8.0} messages/s",
            mean(which) * 1e6,
            1.0 / mean(which)
        );
    }
    let of =
        |share: f64, middle: f64| format!("{share:.2} of all, {middle:.2} of the middle message");
    println!(
        "speed of reading, mail-parser alone = 1: {}",
        of(mean(0) / mean(1), middle(|t| t[0] / t[1]))
    );
    println!(
        "speed of both, mail-parser alone = 1:    {}",
        of(mean(0) / mean(3), middle(|t| t[0] / t[3]))
    );
    println!(
        "time of diagnosis, reading = 1:          {}",
        of(mean(2) / mean(1), middle(|t| t[2] / t[1]))
    );
}
