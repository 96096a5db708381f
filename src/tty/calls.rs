//! What signals and the end of the terminal ask of the screen. Nothing queues up here: a request
//! that comes again is the same request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

/// Exit code after SIGHUP or a terminal that has gone.
pub const HUNG_UP: u8 = 129;

/// What is asked, and a bell that tells of it.
#[derive(Debug)]
pub struct Calls {
    /// True while the screen hears them.
    heard: AtomicBool,
    /// The exit code, once the end was asked for; 0 before.
    ended: AtomicU8,
    /// The exit code of the signal that came last; 0 before.
    signal: Arc<AtomicUsize>,
    stop: AtomicBool,
    continued: AtomicBool,
    /// How often a prompt asked again.
    asked_again: AtomicUsize,
    ring: Sender<()>,
    bell: Receiver<()>,
}

impl Default for Calls {
    fn default() -> Self {
        let (ring, bell) = bounded(1);
        Self {
            heard: AtomicBool::new(false),
            ended: AtomicU8::new(0),
            signal: Arc::default(),
            stop: AtomicBool::new(false),
            continued: AtomicBool::new(false),
            asked_again: AtomicUsize::new(0),
            ring,
            bell,
        }
    }
}

impl Calls {
    /// Says whether somebody hears from now on; else signals do what they do to any program.
    pub fn hear(&self, heard: bool) {
        self.heard.store(heard, Ordering::SeqCst);
    }

    pub(super) fn is_heard(&self) -> bool {
        self.heard.load(Ordering::SeqCst)
    }

    /// Rings when something is asked.
    pub fn bell(&self) -> &Receiver<()> {
        &self.bell
    }

    /// The exit code, once the end was asked for. A signal asks for it the moment it comes, although
    /// the thread that meets it may not have had its turn.
    pub fn ended(&self) -> Option<u8> {
        if self.is_heard() {
            let code = u8::try_from(self.signal.load(Ordering::SeqCst)).unwrap_or(0);
            // From now on it stays the screen that ends in order, whoever hears when.
            let _ = self.ended.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
        }
        match self.ended.load(Ordering::SeqCst) {
            0 => None,
            code => Some(code),
        }
    }

    /// Where the exit code of a signal is noted when it comes.
    pub(super) fn signal(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.signal)
    }

    /// Takes the request to stop, if there is one that nothing has continued.
    pub fn take_stop(&self) -> bool {
        self.stop.swap(false, Ordering::SeqCst)
    }

    /// Takes the news that the process was continued.
    pub fn take_continued(&self) -> bool {
        self.continued.swap(false, Ordering::SeqCst)
    }

    /// How often a prompt asked again: what was typed before counts no more.
    pub fn times_asked_again(&self) -> usize {
        self.asked_again.load(Ordering::SeqCst)
    }

    /// Asks for the end. The first one counts.
    pub(super) fn end(&self, code: u8) {
        let _ = self.ended.compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
        self.wake();
    }

    pub(super) fn ask_to_stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Whatever was stopped by then goes on.
    pub(super) fn tell_continued(&self) {
        self.stop.store(false, Ordering::SeqCst);
        self.continued.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub(super) fn ask_again(&self) {
        self.asked_again.fetch_add(1, Ordering::SeqCst);
    }

    fn wake(&self) {
        // A bell that rings already is heard.
        let _ = self.ring.try_send(());
    }
}
