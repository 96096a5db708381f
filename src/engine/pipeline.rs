//! Messages on their way through all cores: one thread brings them in batches, as many as there
//! are cores work on them, and one takes the results in the order in which the messages came.
//! Memory is bounded by bytes, not by numbers of messages.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::guard::{Fault, guard};

/// Bytes of messages that go to a worker together.
const BATCH: usize = 256 << 10;
/// More bytes are worked on while no other worker has as many: what is read of a message may take
/// many times its size, and the memory must not grow with the cores.
const LARGE: usize = 1 << 20;
/// Batches on their way at once; with the size of a batch this bounds the memory.
const IN_FLIGHT: usize = 6;
/// Stack of a thread that reads mail, in bytes: our own walk needs little; this is the belt.
pub(super) const STACK: usize = 8 << 20;

/// When a batch leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// When it is full: least work in all.
    Full,
    /// As soon as a worker has nothing to do: somebody waits for the first result.
    Prompt,
}

/// Messages in one piece of memory, each with what belongs to it.
#[derive(Debug)]
pub struct Batch<T> {
    number: usize,
    bytes: Vec<u8>,
    /// What belongs to each message, and where its bytes end.
    entries: Vec<(T, usize)>,
}

impl<T> Batch<T> {
    fn new(number: usize) -> Self {
        Self { number, bytes: Vec::new(), entries: Vec::new() }
    }

    /// The messages with what belongs to them, in the order in which they came.
    pub fn each(&self) -> impl Iterator<Item = (&T, &[u8])> {
        let mut start = 0;
        self.entries.iter().map(move |(entry, end)| {
            let bytes = &self.bytes[start..*end];
            start = *end;
            (entry, bytes)
        })
    }

    /// Bytes of all messages together.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// Where messages are brought in.
#[derive(Debug)]
pub struct Intake<T> {
    batch: Batch<T>,
    pace: Pace,
    workers: usize,
    jobs: Sender<Batch<T>>,
    permits: Sender<()>,
}

impl<T> Intake<T> {
    /// Brings one message in; waits while there is too much on its way. `Break` when nobody takes
    /// results any more.
    pub fn put(&mut self, entry: T, bytes: &[u8]) -> ControlFlow<()> {
        self.batch.bytes.extend_from_slice(bytes);
        self.batch.entries.push((entry, self.batch.bytes.len()));
        let idle = self.permits.len() < self.workers;
        if self.batch.size() >= BATCH || self.pace == Pace::Prompt && idle {
            return self.flush();
        }
        ControlFlow::Continue(())
    }

    /// Sends off what was brought in so far; `Break` when nobody takes results any more.
    pub fn flush(&mut self) -> ControlFlow<()> {
        if self.batch.entries.is_empty() {
            return ControlFlow::Continue(());
        }
        let next = Batch::new(self.batch.number + 1);
        let full = std::mem::replace(&mut self.batch, next);
        if self.permits.send(()).is_err() || self.jobs.send(full).is_err() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Where results are taken, in order.
#[derive(Debug)]
pub struct Results<O> {
    finished: Receiver<(usize, Result<O, Fault>)>,
    permits: Receiver<()>,
    /// Results that came before their turn.
    early: BTreeMap<usize, Result<O, Fault>>,
    next: usize,
}

/// What there is to take.
#[derive(Debug)]
pub enum Next<O> {
    /// What came of a batch; or the program failed on it.
    Result(Result<O, Fault>),
    /// Nothing yet.
    NotYet,
    /// Everything was taken.
    End,
}

impl<O> Results<O> {
    /// The next result, if it is there before `deadline`.
    pub fn next_by(&mut self, deadline: Instant) -> Next<O> {
        loop {
            if let Some(result) = self.in_turn() {
                return Next::Result(result);
            }
            match self.finished.recv_deadline(deadline) {
                Ok((number, result)) => self.early.insert(number, result),
                Err(RecvTimeoutError::Timeout) => return Next::NotYet,
                Err(RecvTimeoutError::Disconnected) => return Next::End,
            };
        }
    }

    /// The result whose turn it is, if it is there.
    fn in_turn(&mut self) -> Option<Result<O, Fault>> {
        let result = self.early.remove(&self.next)?;
        self.next += 1;
        // One batch less on its way.
        let _ = self.permits.try_recv();
        Some(result)
    }
}

impl<O> Iterator for Results<O> {
    type Item = Result<O, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(result) = self.in_turn() {
                return Some(result);
            }
            let (number, result) = self.finished.recv().ok()?;
            self.early.insert(number, result);
        }
    }
}

/// What became of a run.
#[derive(Debug)]
pub struct Ended<F, S> {
    /// What the feeding thread returned; a fault if it broke.
    pub fed: Result<F, Fault>,
    /// What the taking side returned.
    pub taken: S,
}

/// Runs a pipeline to its end: `feed` on a thread of its own, `work` on as many as there are
/// cores, `take` here.
///
/// # Errors
/// When the system has no thread left.
pub fn run<T: Send, O: Send, F: Send, S>(
    pace: Pace,
    feed: impl FnOnce(&mut Intake<T>) -> F + Send,
    work: impl Fn(Batch<T>) -> O + Sync,
    take: impl FnOnce(Results<O>) -> S,
) -> io::Result<Ended<F, S>> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (permits, permitted) = bounded(IN_FLIGHT);
    let (jobs, to_do) = bounded(IN_FLIGHT);
    let (done, finished) = bounded(IN_FLIGHT);
    let mut intake = Intake { batch: Batch::new(0), pace, workers, jobs, permits };
    let turn = Mutex::new(());
    let results = Results { finished, permits: permitted, early: BTreeMap::new(), next: 0 };
    thread::scope(|scope| {
        for _ in 0..workers {
            let (to_do, done, work, turn) = (to_do.clone(), done.clone(), &work, &turn);
            let labour = move || labour(&to_do, &done, work, turn);
            Builder::new().name("judge".into()).stack_size(STACK).spawn_scoped(scope, labour)?;
        }
        drop((to_do, done));
        let feeding = move || {
            let fed = feed(&mut intake);
            // The last batch; the channel closes behind it.
            let _ = intake.flush();
            fed
        };
        let feeder =
            Builder::new().name("feed".into()).stack_size(STACK).spawn_scoped(scope, feeding)?;
        let taken = take(results);
        Ok(Ended { fed: feeder.join().map_err(|_| Fault), taken })
    })
}

/// One worker: batches in, results out.
fn labour<T, O>(
    to_do: &Receiver<Batch<T>>,
    done: &Sender<(usize, Result<O, Fault>)>,
    work: &impl Fn(Batch<T>) -> O,
    turn: &Mutex<()>,
) {
    for batch in to_do {
        let number = batch.number;
        let mut alone = None;
        if batch.size() > LARGE {
            alone = Some(turn.lock().unwrap_or_else(PoisonError::into_inner));
        }
        let result = guard(|| work(batch));
        drop(alone);
        if done.send((number, result)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `count` messages of `size` bytes and returns the numbers in the order taken.
    fn through(pace: Pace, count: usize, size: usize) -> Vec<usize> {
        let bytes = vec![b'x'; size];
        let ended = run(
            pace,
            |intake| (0..count).all(|number| intake.put(number, &bytes).is_continue()),
            |batch: Batch<usize>| {
                batch.each().for_each(|(_, bytes)| assert_eq!(bytes.len(), size));
                batch.each().map(|(number, _)| *number).collect::<Vec<_>>()
            },
            |results| results.flat_map(|result| result.expect("no fault")).collect(),
        )
        .expect("threads");
        assert_eq!(ended.fed, Ok(true));
        ended.taken
    }

    #[test]
    fn results_come_in_the_order_of_the_messages() {
        for pace in [Pace::Full, Pace::Prompt] {
            assert_eq!(through(pace, 5_000, 2_000), (0..5_000).collect::<Vec<_>>());
            assert_eq!(through(pace, 0, 10), Vec::<usize>::new());
        }
    }

    #[test]
    fn a_fault_is_one_result_and_the_rest_goes_on() {
        let ended = run(
            Pace::Full,
            |intake| {
                for n in 0..3 {
                    let _ = intake.put(n, b"");
                    let _ = intake.flush();
                }
            },
            |batch: Batch<i32>| {
                assert!(batch.each().all(|(n, _)| *n != 1), "a fault on purpose");
                batch.number
            },
            Results::collect::<Vec<_>>,
        );
        assert_eq!(ended.expect("threads").taken, [Ok(0), Err(Fault), Ok(2)]);
    }

    #[test]
    fn who_brings_messages_hears_that_nobody_takes_them() {
        let ended = run(
            Pace::Prompt,
            |intake| (0..1_000_000).find(|n| intake.put(*n, b"x").is_break()),
            |_: Batch<u32>| (),
            drop,
        );
        assert!(ended.expect("threads").fed.is_ok_and(|n| n.is_some()));
    }
}
