//! The streaming side of a mailbox: what its source hands over goes through the pipeline, once and
//! whenever there is more.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, after, bounded, never, select};

use crate::listing::Update;
use crate::mail::SafeText;
use crate::source::{Event, Source};

use super::desk::Deposit;
use super::handed::{Handed, feed, judged};
use super::judge::SharedJudge;
use super::pipeline::{self, Intake, Pace};
use super::teller::Teller;

/// How long a message waits for others on its way to those who read it.
const HELD: Duration = Duration::from_millis(200);

/// Streams a mailbox until nobody listens any more: once, and again with every order and whenever
/// its connection is gone.
pub(super) fn run(
    mut source: Box<dyn Source>,
    mut teller: Teller,
    judge: &SharedJudge,
    orders: &Receiver<()>,
) {
    let lasts = teller.lasts;
    teller.begin(source.as_mut());
    loop {
        let passed = pipeline::run(
            Pace::Prompt,
            |intake| bring(source.as_mut(), intake),
            |batch| judged(&batch, lasts, &judge.get()),
            |results| teller.take(results),
        );
        match passed {
            Ok(passed) if passed.fed.is_err() => return,
            Ok(_) => {}
            Err(error) => {
                let text = format!("there is no thread left to read mail: {error}");
                teller.tell(Update::Notice(SafeText::new(&text)));
            }
        }
        teller.learn();
        if teller.gone || !rest(source.as_mut(), &mut teller, orders) {
            return;
        }
    }
}

/// Waits until there is something to stream: an order has come, the other side has something new, or
/// the connection is gone. False when nobody listens any more.
fn rest(source: &mut dyn Source, teller: &mut Teller, orders: &Receiver<()>) -> bool {
    while !teller.gone {
        let news = source.news();
        let time = source.rest().map_or_else(never, after);
        let order = select! {
            recv(orders) -> order => Some(order),
            recv(news) -> _ => None,
            recv(time) -> _ => None,
        };
        match order {
            Some(Ok(())) => {
                while orders.try_recv().is_ok() {}
                return true;
            }
            Some(Err(_)) => return false,
            None => match source.look() {
                Some(state) => teller.deposit(Deposit::Health(teller.mailbox, state.into())),
                None => return true,
            },
        }
    }
    false
}

/// Streams a source into the pipeline. What has come goes on even when nothing comes behind it.
fn bring(source: &mut dyn Source, intake: &mut Intake<Handed>) {
    let intake = Mutex::new(intake);
    let (came, to_send) = bounded(1);
    let (end, ended) = bounded(0);
    thread::scope(|scope| {
        let send = || send_on(&intake, &to_send, &ended);
        // Without such a thread it goes on when the next message comes.
        let _ = Builder::new().name("send".into()).spawn_scoped(scope, send);
        let mut sink = |event: Event<'_>| {
            let flow = feed(&mut intake.lock().unwrap_or_else(PoisonError::into_inner), event);
            // Full: it will go on already.
            let _ = came.try_send(());
            flow
        };
        // The source has told why it stopped.
        let _ = source.stream(&mut sink);
        drop((came, end));
    });
}

/// Sends on what has come and waits for others, in time.
fn send_on(intake: &Mutex<&mut Intake<Handed>>, came: &Receiver<()>, ended: &Receiver<Infallible>) {
    while came.recv().is_ok() && ended.recv_timeout(HELD) == Err(RecvTimeoutError::Timeout) {
        // When nobody takes messages any more, the source hears of it with the next.
        let _ = intake.lock().unwrap_or_else(PoisonError::into_inner).flush();
    }
}
