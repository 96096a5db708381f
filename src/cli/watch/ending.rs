//! What ends `watch`: a signal, or that nobody reads what it tells.

use std::io;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Something comes through this when it is time to end.
///
/// # Errors
/// When the system has no thread or signal handler left.
pub(super) fn await_end() -> io::Result<Receiver<()>> {
    let (end, ended) = bounded(2);
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let tell = end.clone();
    spawn("signals", move || {
        if signals.forever().next().is_some() {
            let _ = tell.try_send(());
        }
    })?;
    spawn("reader", move || await_reader(&end))?;
    Ok(ended)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// Waits until nobody reads standard output any more: as long as there is nothing to write nothing
/// else would tell.
fn await_reader(end: &Sender<()>) {
    let out = io::stdout();
    loop {
        let mut watched = [PollFd::new(&out, PollFlags::empty())];
        match poll(&mut watched, None) {
            Err(Errno::INTR) => {}
            Ok(_) if watched[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) => {
                let _ = end.try_send(());
                return;
            }
            // What cannot be waited for fails when it is written to.
            _ => return,
        }
    }
}
