//! Questions to the world, asked on threads of their own: whoever asks goes on and is told.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use jiff::Timestamp;

use crate::checks::{CheckQuestion, Finding};
use crate::dns::{Budget, DnsInquiry, Resolver};

/// Threads of one request.
const THREADS: usize = 8;

/// What came of one question of a request.
#[derive(Clone, Debug)]
pub struct Verified<T> {
    /// Which request.
    pub request: T,
    /// The number of the question in it, from 0.
    pub number: usize,
    /// What was found.
    pub finding: Finding,
}

/// Asks the world. One request is under way at a time; dropped, it stops.
#[derive(Debug)]
pub struct Verifier<T> {
    resolver: Resolver,
    time: Duration,
    tell: Sender<Verified<T>>,
    running: Mutex<Option<Budget>>,
}

impl<T: Clone + Send + Sync + 'static> Verifier<T> {
    /// One that asks so for so long a request, and the findings as they come.
    #[must_use]
    pub fn new(resolver: Resolver, time: Duration) -> (Self, Receiver<Verified<T>>) {
        let (tell, findings) = unbounded();
        (Self { resolver, time, tell, running: Mutex::default() }, findings)
    }

    /// Asks the questions of a request, each once; returns at once. There is a finding for each of
    /// them, at the latest when the time is up. What was asked before and is still under way is
    /// cancelled: its open questions are answered by that.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn ask(&self, request: T, questions: Vec<CheckQuestion>, now: Timestamp) -> io::Result<()> {
        let budget = Budget::new(self.time);
        let before = self.lock().replace(budget.clone());
        if let Some(before) = before {
            before.cancel();
        }
        let inquiry = self.resolver.inquiry(budget);
        let (count, next) = (questions.len().min(THREADS), AtomicUsize::new(0));
        let work =
            Arc::new(Work { questions, next, inquiry, request, tell: self.tell.clone(), now });
        for _ in 0..count {
            let work = Arc::clone(&work);
            Builder::new().name("verify".to_owned()).spawn(move || work.run())?;
        }
        Ok(())
    }

    /// Stops what is under way.
    pub fn cancel(&self) {
        if let Some(running) = self.lock().take() {
            running.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Budget>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Verifier<T> {
    fn drop(&mut self) {
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.take() {
            running.cancel();
        }
    }
}

/// One request, shared by its threads.
struct Work<T> {
    questions: Vec<CheckQuestion>,
    next: AtomicUsize,
    inquiry: DnsInquiry,
    request: T,
    tell: Sender<Verified<T>>,
    now: Timestamp,
}

impl<T: Clone> Work<T> {
    fn run(&self) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(question) = self.questions.get(number) else { return };
            let finding = question.answer(&self.inquiry, self.now);
            let request = self.request.clone();
            if self.tell.send(Verified { request, number, finding }).is_err() {
                return;
            }
        }
    }
}
