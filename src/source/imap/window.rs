//! What is asked for next: windows of UIDs from the newest down, and what came of each.

use std::io;
use std::ops::ControlFlow;

use crate::mail::SafeText;
use crate::source::{Event, Fetched, MessageId, Sink, State};

use super::Imap;
use super::doubts::GivenUp;
use super::error::Error;
use super::fetch::End;
use super::link::{Link, Opened};
use super::progress::{Progress, Range, first_window, later_windows};
use super::stream::Flow;

/// How many messages may come between two reports of how many have come.
const REPORT: u32 = 100;
/// How many messages of one window may come without their text before it is no longer worth
/// telling.
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
    /// UIDs of messages that the server listed, as asked, but without their text: it cannot read
    /// them.
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

    /// The messages that came without their text and will not come with it: all but one at which
    /// the connection broke.
    fn bare_for_good(&self, result: &io::Result<End>, progress: &Progress) -> Vec<GivenUp> {
        let open = usize::from(result.is_err() && self.bare_last);
        let bare = self.bare.iter().take(self.bare.len() - open).filter(|&&uid| !progress.has(uid));
        bare.map(|&uid| (uid, "the server sent it without its text".into())).collect()
    }

    /// The range in which nothing is missing, when the server sent in ascending order.
    fn settled(&self, window: Window) -> Option<Range> {
        (self.high > 0 && !self.disordered)
            .then_some(Range { low: window.from.unwrap_or(self.low), high: self.high })
    }
}

impl Imap {
    /// Fetches what is still to come, from the newest window down.
    pub(super) fn fetch_all(
        &mut self,
        link: &mut Link,
        opened: Opened,
        sink: &mut dyn Sink,
    ) -> Flow {
        let fresh = self.progress.is_fresh() && !self.doubts.any();
        if fresh && self.fetch_newest(link, opened, sink)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let cuts = self.cuts(link, opened)?;
        while let Some(range) = self.progress.next(&[&cuts[..], &self.doubts.cuts].concat()) {
            let window = Window { range, from: Some(range.low), total: opened.messages };
            let (end, tally) =
                self.fetch(link, &format!("UID FETCH {}:{}", range.low, range.high), window, sink)?;
            match end {
                End::Stopped => return Ok(ControlFlow::Break(())),
                End::Done => self.progress.settle(range),
                End::Refused(said) | End::Later(said) | End::Bad(said) => {
                    match tally.settled(window) {
                        Some(done) => self.progress.settle(done),
                        None if !self.doubts.refused(range, &said, &mut self.progress) => {
                            return Err(self.refused(said));
                        }
                        None => {}
                    }
                }
            }
            if self.tell(link, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let given_up = self.doubts.end(&mut self.progress).map_err(|said| self.refused(said))?;
        Ok(self.leave_out(given_up, sink))
    }

    fn refused(&self, said: SafeText) -> Error {
        Error::Refused { at: self.access.at.clone(), command: "FETCH", said }
    }

    /// Where to divide what is still to come; nowhere when it is little.
    fn cuts(&self, link: &mut Link, opened: Opened) -> Result<Vec<u32>, Error> {
        let starts =
            if self.progress.needs_cuts() { later_windows(opened.messages) } else { Vec::new() };
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
        let (end, tally) =
            self.fetch(link, &format!("FETCH {first}:{}", opened.messages), window, sink)?;
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
            sink.take(Event::Message(Fetched {
                id,
                bytes,
                whole: arrived.whole,
                received: arrived.date,
            }))?;
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
        let replaced = link.validity().is_some_and(|v| v != self.progress.validity);
        let cut_short = replaced || matches!(result, Err(_) | Ok(End::Stopped));
        if let Some(done) = tally.settled(window).filter(|_| cut_short) {
            self.progress.settle(done);
        }
        if matches!(result, Ok(End::Stopped)) {
            return Ok((End::Stopped, tally));
        }
        let mut given_up = if tally.new > 0 { self.doubts.works() } else { Vec::new() };
        given_up.extend(tally.bare_for_good(&result, &self.progress));
        let at = self.access.at.clone();
        let concluded = match result {
            Err(e) => {
                let error = Error::wire(&at, &e);
                given_up.extend(self.blame(link, &error, &tally, window));
                Err(error)
            }
            Ok(_) if replaced => {
                Err(Error::Lost { at, reason: "the mailbox was replaced by another".into() })
            }
            Ok(End::Later(said)) => Err(Error::Busy { at, said }),
            Ok(End::Bad(said)) => Err(self.refused(said)),
            Ok(end) => Ok(end),
        };
        let stopped = self.leave_out(given_up, sink).is_break();
        concluded.map(|end| (if stopped { End::Stopped } else { end }, tally))
    }

    /// Which message the connection broke at, if it is to be given up for it.
    fn blame(
        &mut self,
        link: &Link,
        error: &Error,
        tally: &Tally,
        window: Window,
    ) -> Option<GivenUp> {
        if self.stop.is_asked() {
            return None;
        }
        let said = SafeText::new(&error.to_string());
        let last = tally.bare.last().copied().filter(|_| tally.bare_last);
        if let Some(uid) = link.broken().or(last) {
            return self.doubts.breaks_at(uid).then_some((uid, said));
        }
        if tally.new == 0 {
            self.doubts.breaks_in(window.range, &said, &mut self.progress);
        }
        None
    }

    /// Tells of messages that are given up.
    fn leave_out(&mut self, given_up: Vec<GivenUp>, sink: &mut dyn Sink) -> ControlFlow<()> {
        let mailbox = &self.access.account.mailbox;
        for (uid, said) in given_up {
            self.progress.settle(Range { low: uid, high: uid });
            let text = format!("message with UID {uid} in {mailbox} is left out: {said}");
            sink.take(Event::Notice(SafeText::new(&text)))?;
        }
        ControlFlow::Continue(())
    }
}
