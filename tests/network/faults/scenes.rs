//! What meets a fault: `check`, the list, and a message that is opened.

#![allow(clippy::print_stdout, reason = "what is said is shown where a fault is met wrongly")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use deadletter::source::imap::check_within;
use deadletter::source::{Error, Event, Place, Source, State};

use super::changes::change;
use super::stage::{Stage, mailbox};
use crate::faults_table::{At, Check, Edit, Fault, List, OPENED, Open};

/// After so many pauses in a row a list that waits is seen to wait.
const PAUSES: usize = 5;
/// More pauses than any fault of one message needs.
const ENOUGH: usize = 60;
/// How long news are waited for.
const SOON: Duration = Duration::from_millis(200);
/// How long anything may take on a machine that has much else to do. On one that has not, a server
/// that does not fall silent is done with in far less than a second.
const ENDS: Duration = Duration::from_secs(40);

/// Meets a fault with everything that it is declared for; the commands that the server heard.
pub(super) fn meet(fault: &Fault) -> Vec<&'static str> {
    let mut heard = Vec::new();
    for (name, is_met, scene) in [
        ("check", fault.check != Check::Unmet, check as fn(&Stage<'_>) -> String),
        ("the list", fault.list != List::Unmet, list),
        ("a message that is opened", fault.open != Open::Unmet, open),
        ("a plan", fault.edit != Edit::Unmet, change),
    ] {
        if !is_met {
            continue;
        }
        println!("{name}:");
        let stage = Stage::new(fault);
        let begun = Instant::now();
        let said = scene(&stage);
        let took = begun.elapsed();
        println!("  {}\n  {took:.1?}", said.trim_end().replace('\n', "\n  "));
        assert!(took < ENDS, "{name} took {took:?}");
        assert!(stage.work.was_met(), "{name} does not meet the fault");
        stage.holds(&said);
        heard.extend(stage.commands());
    }
    heard
}

fn contains(said: &str, wanted: &str) {
    assert!(said.contains(wanted), "no {wanted:?} in:\n{said}");
}

fn check(stage: &Stage<'_>) -> String {
    let report = check_within(&stage.account, &stage.secret(), stage.limits);
    let said = stage.named(&report.to_string());
    match stage.fault.check {
        Check::Fails(step, says) => {
            let failed: Vec<_> = report.steps.iter().filter(|s| s.outcome.is_err()).collect();
            assert!(!failed.is_empty() && !report.is_good(), "nothing fails:\n{said}");
            assert_eq!(failed[0].name, step, "{said}");
            contains(&said, says);
        }
        _ => assert!(report.is_good(), "{said}"),
    }
    if let Some(alert) = stage.fault.alert {
        contains(&said, alert);
    }
    said
}

/// What a list got.
#[derive(Default)]
struct Got {
    /// The messages since the mailbox was last another one.
    messages: BTreeMap<u32, (Vec<u8>, bool)>,
    twice: Vec<u32>,
    notices: Vec<String>,
    /// Reasons of pauses, in order.
    pauses: Vec<String>,
    stopped: Option<String>,
    connections: usize,
    is_online: bool,
}

impl Got {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Message(m) => {
                let text = (m.bytes.to_vec(), m.whole);
                if self.messages.insert(m.place.uid, text).is_some() {
                    self.twice.push(m.place.uid);
                }
            }
            Event::Reset => self.messages.clear(),
            Event::Gone(places) => {
                for place in places {
                    self.messages.remove(&place.uid);
                }
            }
            Event::Notice(text) => self.notices.push(text.to_string()),
            Event::State(State::Waiting { seconds: 1, why }) => self.pauses.push(why.to_string()),
            Event::State(State::Stopped(why)) => self.stopped = Some(why.to_string()),
            Event::State(State::Connecting) => self.connections += 1,
            Event::State(State::Idle(_)) => self.is_online = true,
            Event::State(_) => {}
        }
    }

    /// Everything that was told.
    fn said(&self) -> String {
        let mut said: Vec<&str> = Vec::new();
        for text in self.pauses.iter().chain(&self.notices).chain(&self.stopped) {
            if !said.contains(&text.as_str()) {
                said.push(text);
            }
        }
        said.join("\n")
    }

    /// Streams until it ends, or until it has waited so often in a row.
    fn stream(&mut self, source: &mut dyn Source, pauses: usize) -> Result<(), Error> {
        source.stream(&mut |event: Event<'_>| {
            self.take(&event);
            if self.pauses.len() >= pauses {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    /// Each message once, and its own bytes under its UID.
    fn is_right(&self, stage: &Stage<'_>) {
        let held = stage.server.mailbox.lock().expect("the mailbox").messages.clone();
        let mut held: BTreeMap<u32, Vec<u8>> = held.into_iter().collect();
        for (uid, bytes) in mailbox(stage.fault).messages {
            // It may have been expunged after it came.
            held.entry(uid).or_insert(bytes);
        }
        let keep = stage.limits.keep as usize;
        assert_eq!(self.twice, [0_u32; 0], "these came twice");
        for (uid, (bytes, whole)) in &self.messages {
            let Some(right) = held.get(uid) else { panic!("nobody has a message {uid}") };
            let cut = &right[..right.len().min(keep)];
            assert!(
                bytes == cut,
                "message {uid} has another text: {:?}",
                String::from_utf8_lossy(bytes)
            );
            assert_eq!(*whole, right.len() < keep, "message {uid}");
        }
    }

    /// All messages of the mailbox have come, but these.
    fn has_all_but(&self, missing: &[u32], stage: &Stage<'_>) {
        let mut wanted: Vec<u32> = Vec::new();
        for (uid, _) in &stage.server.mailbox.lock().expect("the mailbox").messages {
            if !missing.contains(uid) {
                wanted.push(*uid);
            }
        }
        for uid in wanted {
            assert!(
                self.messages.contains_key(&uid),
                "message {uid} is not there:\n{}",
                self.said()
            );
        }
        for uid in missing {
            assert!(!self.messages.contains_key(uid), "message {uid} came");
        }
    }
}

fn list(stage: &Stage<'_>) -> String {
    let mut source = stage.source();
    let mut got = Got::default();
    let waits = matches!(stage.fault.list, List::Waits(_));
    let mut result = got.stream(&mut source, if waits { PAUSES } else { ENOUGH });
    if stage.fault.acts.iter().any(|act| act.at == At::Command("NOOP")) {
        source.look();
        result = got.stream(&mut source, ENOUGH);
    }
    if stage.fault.acts.iter().any(|act| act.at == At::Command("IDLE")) {
        result = idle(&mut source, &mut got);
    }
    got.is_right(stage);
    let said = stage.named(&got.said());
    assert!(got.connections <= got.pauses.len() + 1, "more connections than pauses: {said}");
    if let List::Stops(says) = stage.fault.list {
        assert!(result.is_err() && got.stopped.is_some(), "it does not stop:\n{said}");
        contains(&stage.named(got.stopped.as_deref().unwrap_or_default()), says);
    } else {
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(got.is_online, !waits, "{said}");
    }
    ends_as_declared(stage, &got);
    for tells in stage.fault.tells.iter().chain(&stage.fault.alert) {
        contains(&said, tells);
    }
    let told: BTreeSet<&String> = got.notices.iter().collect();
    assert_eq!(told.len(), got.notices.len(), "something is told twice:\n{said}");
    // When the server is well again, all that it holds comes, the second time at the latest: what
    // is missing is found out the first time.
    if stage.fault.mends {
        stage.work.end();
        for _ in 0..2 {
            let again = got.stream(&mut source, ENOUGH);
            assert!(again.is_ok(), "afterwards: {again:?}");
        }
        got.is_right(stage);
        got.has_all_but(&[], stage);
    }
    said
}

/// Idles as the engine does: whenever something comes, or for a while nothing, it looks.
fn idle(source: &mut dyn Source, got: &mut Got) -> Result<(), Error> {
    for _ in 0..3 {
        let _ = source.news().recv_timeout(SOON);
        if source.look().is_none() {
            got.stream(source, ENOUGH)?;
        }
    }
    got.stream(source, ENOUGH)
}

fn ends_as_declared(stage: &Stage<'_>, got: &Got) {
    let said = stage.named(&got.said());
    let tells = stage.fault.tells.iter().chain(&stage.fault.alert).count();
    let is_quiet = got.pauses.is_empty() && got.notices.len() == tells;
    match stage.fault.list {
        List::All => {
            assert!(is_quiet, "{said}");
            got.has_all_but(&[], stage);
        }
        List::Without(missing) => {
            assert!(is_quiet, "{said}");
            got.has_all_but(missing, stage);
        }
        List::AllAfter(says) => {
            assert!(
                got.pauses.iter().any(|why| stage.named(why).contains(says)),
                "no {says:?} in:\n{said}"
            );
            assert!(got.notices.is_empty(), "{said}");
            got.has_all_but(&[], stage);
        }
        List::LeftOut(missing, says) => {
            for uid in missing {
                let told = got.notices.iter().filter(|n| n.contains(&format!("UID {uid} ")));
                let told: Vec<_> = told.collect();
                assert_eq!(told.len(), 1, "UID {uid} is to be told once:\n{said}");
                contains(&stage.named(told[0]), says);
            }
            assert!(!got.notices.is_empty(), "nothing is told");
            got.has_all_but(missing, stage);
        }
        List::Waits(says) => {
            // With short time limits a machine that has much else to do may seem silent.
            let fits = |why: &String| {
                let why = stage.named(why);
                why.contains(says) || stage.fault.silent && why.contains("fell silent")
            };
            assert!(got.pauses.iter().all(fits), "no {says:?} in:\n{said}");
            contains(&said, says);
            assert!(got.notices.is_empty(), "{said}");
        }
        List::Stops(_) => assert!(got.notices.is_empty(), "{said}"),
        List::Unmet => {}
    }
}

fn open(stage: &Stage<'_>) -> String {
    let begun = Instant::now();
    let mut reader = stage.source().reader();
    let place = Place { validity: 77, uid: OPENED };
    let result = reader.whole(place);
    let said = match (&result, stage.fault.open) {
        (Ok(bytes), Open::Whole) => {
            is_the_opened(stage, bytes);
            String::new()
        }
        (Err(error), Open::Fails(says)) => {
            let said = stage.named(&error.to_string());
            contains(&said, says);
            said
        }
        (Ok(bytes), _) => panic!("it opens: {:?}", String::from_utf8_lossy(bytes)),
        (Err(error), _) => panic!("{error}"),
    };
    // When the server is well again, the message opens, if it is still there.
    let held = stage.server.mailbox.lock().expect("the mailbox").clone();
    let is_there = held.validity == 77 && held.messages.iter().any(|(uid, _)| *uid == OPENED);
    if stage.fault.mends && is_there {
        stage.work.end();
        // Where time limits are short, a machine with much else to do may need another attempt.
        let mut again = reader.whole(place);
        while again.is_err() && begun.elapsed() < ENDS {
            again = reader.whole(place);
        }
        match again {
            Ok(bytes) => is_the_opened(stage, &bytes),
            Err(error) => panic!("afterwards: {error}"),
        }
    }
    said
}

/// The right bytes.
fn is_the_opened(stage: &Stage<'_>, bytes: &[u8]) {
    let held = stage.server.mailbox.lock().expect("the mailbox").messages.clone();
    let right = held.iter().find(|(uid, _)| *uid == OPENED).map(|(_, text)| text.as_slice());
    assert!(right == Some(bytes), "another text: {:?}", String::from_utf8_lossy(bytes));
}
