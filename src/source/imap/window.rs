//! What is asked for next: windows of UIDs from the newest down, and what came of each.

use std::io;
use std::ops::ControlFlow;

use crate::mail::SafeText;
use crate::source::{Event, Fetched, MessageId, Sink, State};

use super::Imap;
use super::error::Error;
use super::fetch::End;
use super::link::{Link, Opened};
use super::progress::{Range, first_window, later_windows};
use super::stream::Flow;

/// How many messages may come between two reports of how many have come.
const REPORT: u32 = 100;
/// How many ranges in a row a server may refuse: enough to find the one message that it cannot send.
const REFUSALS: u32 = 64;
/// How many messages of one window may come without their text before it is no longer worth telling.
const BARE: usize = 100;

/// What one FETCH asks for.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// The UIDs that may come.
    range: Range,
    /// The UID with which the answer begins, if it is known.
    from: Option<u32>,
    /// Messages in the mailbox.
    total: u32,
}

/// What one FETCH brought.
#[derive(Clone, Debug, Default)]
struct Tally {
    low: u32,
    high: u32,
    disordered: bool,
    /// Messages that had not come before.
    new: u32,
    /// UIDs of messages that the server listed, as asked, but without their text: it cannot read them.
    bare: Vec<u32>,
    /// Whether the last response was one of those.
    bare_last: bool,
}

impl Tally {
    fn note(&mut self, uid: u32) {
        self.disordered |= uid < self.high;
        self.low = if self.low == 0 { uid } else { self.low.min(uid) };
        self.high = self.high.max(uid);
        self.bare_last = false;
    }

    fn note_bare(&mut self, uid: u32) {
        if self.bare.len() < BARE {
            self.bare.push(uid);
            self.bare_last = true;
        }
    }

    /// The range in which nothing is missing, when the server sent in ascending order.
    fn settled(&self, window: Window) -> Option<Range> {
        (self.high > 0 && !self.disordered).then_some(Range { low: window.from.unwrap_or(self.low), high: self.high })
    }
}

impl Imap {
    /// Fetches what is still to come, from the newest window down.
    pub(super) fn fetch_all(&mut self, link: &mut Link, opened: Opened, sink: &mut dyn Sink) -> Flow {
        if self.progress.is_fresh() && self.fetch_newest(link, opened, sink)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let mut cuts = self.cuts(link, opened)?;
        let mut refusals = 0;
        while let Some(range) = self.progress.next(&cuts) {
            let window = Window { range, from: Some(range.low), total: opened.messages };
            let (end, tally) = self.fetch(link, &format!("UID FETCH {}:{}", range.low, range.high), window, sink)?;
            refusals = if tally.new > 0 || end == End::Done { 0 } else { refusals + 1 };
            match end {
                End::Stopped => return Ok(ControlFlow::Break(())),
                End::Done => self.progress.settle(range),
                End::Refused(said) if refusals <= REFUSALS => match tally.settled(window) {
                    Some(done) => self.progress.settle(done),
                    // Halving the range leads to the message that the server cannot send.
                    None if range.low < range.high => cuts.push(range.high - (range.high - range.low) / 2),
                    None if self.leave_out(range.low, &said, sink).is_break() => return Ok(ControlFlow::Break(())),
                    None => {}
                },
                End::Refused(said) | End::Bad(said) => {
                    return Err(Error::Refused { at: self.access.at.clone(), command: "FETCH", said });
                }
            }
            if self.tell(link, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Where to divide what is still to come; nowhere when it is little.
    fn cuts(&self, link: &mut Link, opened: Opened) -> Result<Vec<u32>, Error> {
        let starts = if self.progress.needs_cuts() { later_windows(opened.messages) } else { Vec::new() };
        if starts.is_empty() {
            return Ok(Vec::new());
        }
        self.uids(link, &starts.iter().map(u32::to_string).collect::<Vec<_>>().join(","))
    }

    /// The first window is named by sequence numbers: that spares asking for its UIDs first.
    fn fetch_newest(&mut self, link: &mut Link, opened: Opened, sink: &mut dyn Sink) -> Flow {
        let first = first_window(opened.messages);
        let all = self.progress.all();
        let window = Window { range: all, from: (first == 1).then_some(1), total: opened.messages };
        let (end, tally) = self.fetch(link, &format!("FETCH {first}:{}", opened.messages), window, sink)?;
        match (end, tally.settled(window)) {
            (End::Stopped, _) => return Ok(ControlFlow::Break(())),
            (End::Done, Some(done)) => self.progress.settle(Range { low: done.low, ..all }),
            (_, Some(done)) => self.progress.settle(done),
            _ => {}
        }
        Ok(self.tell(link, sink))
    }

    /// Runs one FETCH and hands over its messages. What arrived stays, also when it breaks off.
    fn fetch(
        &mut self,
        link: &mut Link,
        command: &str,
        window: Window,
        sink: &mut dyn Sink,
    ) -> Result<(End, Tally), Error> {
        let keep = self.access.limits.keep;
        let command = format!("{command} (UID INTERNALDATE BODY.PEEK[]<0.{keep}>)");
        let (mut tally, mut excess) = (Tally::default(), false);
        let (progress, mailbox, total) = (&mut self.progress, self.mailbox, window.total);
        let report = |done: u32| Event::State(State::Fetching { done, total: total.max(done) });
        if sink.take(report(progress.count())).is_break() {
            return Ok((End::Stopped, tally));
        }
        let result = link.fetch(&command, keep, &mut |arrived| {
            if !window.range.holds(arrived.uid) {
                return ControlFlow::Continue(());
            }
            let Some(bytes) = arrived.bytes else {
                // What was asked for comes with a date; a flag update comes without.
                if arrived.date.is_some() {
                    tally.note_bare(arrived.uid);
                }
                return ControlFlow::Continue(());
            };
            tally.note(arrived.uid);
            if progress.has(arrived.uid) {
                return ControlFlow::Continue(());
            }
            excess = tally.new == total;
            if excess {
                return ControlFlow::Break(());
            }
            progress.mark(arrived.uid);
            tally.new += 1;
            let id = MessageId { mailbox, validity: progress.validity, uid: arrived.uid };
            sink.take(Event::Message(Fetched { id, bytes, whole: arrived.whole, received: arrived.date }))?;
            if tally.new.is_multiple_of(REPORT) {
                sink.take(report(progress.count()))
            } else {
                ControlFlow::Continue(())
            }
        });
        if excess {
            return Err(self.violation("the server sent more messages than the mailbox holds"));
        }
        self.conclude(link, result, tally, window, sink)
    }

    /// What follows from the end of a FETCH.
    fn conclude(
        &mut self,
        link: &Link,
        result: io::Result<End>,
        tally: Tally,
        window: Window,
        sink: &mut dyn Sink,
    ) -> Result<(End, Tally), Error> {
        if link.validity().is_some_and(|v| v != self.progress.validity) {
            return Err(Error::Lost {
                at: self.access.at.clone(),
                reason: "the mailbox was replaced by another".into(),
            });
        }
        if let (Err(_) | Ok(End::Stopped), Some(done)) = (&result, tally.settled(window)) {
            self.progress.settle(done);
        }
        match result {
            Ok(End::Stopped) => Ok((End::Stopped, tally)),
            Ok(end) => {
                let stopped = self.leave_out_bare(&tally.bare, sink).is_break();
                Ok((if stopped { End::Stopped } else { end }, tally))
            }
            Err(e) => {
                let error = Error::wire(&self.access.at, &e);
                let last = tally.bare.last().copied().filter(|_| tally.bare_last);
                self.blame(link.broken().or(last), &error, sink);
                Err(error)
            }
        }
    }

    fn leave_out_bare(&mut self, bare: &[u32], sink: &mut dyn Sink) -> ControlFlow<()> {
        let missing = bare.iter().filter(|&&uid| !self.progress.has(uid)).copied().collect::<Vec<u32>>();
        missing.into_iter().try_for_each(|uid| self.leave_out(uid, &"the server sent it without its text".into(), sink))
    }

    /// A message at which the connection broke twice is left out: a server that breaks off there each time would
    /// never let the rest through.
    fn blame(&mut self, uid: Option<u32>, error: &Error, sink: &mut dyn Sink) {
        if let Some(uid) = uid.filter(|_| uid == self.broken && !self.stop.is_asked()) {
            let said = SafeText::new(&error.to_string());
            // The connection is lost anyway; whether the sink wants more is asked at the next event.
            let _ = self.leave_out(uid, &said, sink);
        }
        self.broken = uid;
    }

    fn leave_out(&mut self, uid: u32, said: &SafeText, sink: &mut dyn Sink) -> ControlFlow<()> {
        self.progress.settle(Range { low: uid, high: uid });
        self.left_out += 1;
        let mailbox = &self.access.account.mailbox;
        sink.take(Event::Notice(SafeText::new(&format!("message with UID {uid} in {mailbox} is left out: {said}"))))
    }
}
