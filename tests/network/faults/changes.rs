//! A plan on a server with a fault: what comes of it is told, nothing is lost, and when the server is
//! well again it is carried out to its end and taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use deadletter::engine::apply::{Applied, Hand, apply};
use deadletter::mail::SafeText;
use deadletter::source::Source;
use deadletter::store::{OpenedStore, Store};
use deadletter::triage::{
    self, Likeness, NewPlan, PlanId, PlanStep, StepState, TriageState, Whereabouts, inverse,
};

use super::stage::Stage;
use crate::faults_table::{Change, Edit, UIDS};

const PAUSES: &[Duration] = &[Duration::from_millis(5); 3];

/// Somebody who carries out plans.
struct Desk<'a> {
    stage: &'a Stage<'a>,
    store: Store,
}

impl Desk<'_> {
    fn write(&mut self, steps: Vec<PlanStep>) -> PlanId {
        let (at, title) = (jiff::Timestamp::UNIX_EPOCH, SafeText::new("a plan"));
        let plan = NewPlan { at, title, undoes: None, steps };
        self.store.write_plan(&plan).expect("room")
    }

    fn apply(&mut self, id: PlanId) -> Applied {
        let editor = self.stage.source().writable().editor().expect("it may be changed");
        let creates = self.stage.fault.change == Change::Create;
        let (account, folders) = ("lab".to_owned(), BTreeMap::new());
        let mut hands = [Hand { account, editor, folders, creates }];
        apply(&mut self.store, id, &mut hands, PAUSES, &mut |_| {}).expect("the store works")
    }
}

fn steps(change: Change) -> Vec<PlanStep> {
    let change = match change {
        Change::Move => triage::Change::Move("Archive".into()),
        Change::Create => triage::Change::Move("New".into()),
        Change::Take => triage::Change::State(TriageState::Taken),
    };
    let mut steps = Vec::new();
    for uid in UIDS {
        let (account, folder) = ("lab".to_owned(), "INBOX".to_owned());
        let place = Whereabouts { account, folder, validity: 77, uid };
        steps.push(PlanStep::new(place, Likeness::default(), "x".into(), change.clone()));
    }
    steps
}

/// The messages that are not marked as deleted: folder, text, other flags.
fn contents(stage: &Stage<'_>) -> Vec<(&'static str, Vec<u8>, BTreeSet<String>)> {
    let edits = stage.server.edits.lock().expect("the folders");
    let inbox = stage.server.mailbox.lock().expect("the mailbox").messages.clone();
    let mut all = Vec::new();
    for (folder, messages) in [("INBOX", &inbox), ("Archive", &edits.archive)] {
        for (uid, text) in messages {
            let flags = edits.flags.get(&(folder.to_owned(), *uid)).cloned().unwrap_or_default();
            if !flags.contains("\\Deleted") {
                all.push((folder, text.clone(), flags));
            }
        }
    }
    all.sort();
    all
}

/// Everything that was told.
fn said(applied: &Applied) -> String {
    let mut said: Vec<&str> = Vec::new();
    for text in applied.troubles.iter().chain(&applied.notes) {
        said.push(text);
    }
    for step in &applied.plan.what.steps {
        if let Some(detail) = &step.detail
            && !said.contains(&detail.as_str())
        {
            said.push(detail);
        }
    }
    said.join("\n")
}

pub(super) fn change(stage: &Stage<'_>) -> String {
    let home = tempfile::TempDir::new().expect("a folder");
    let OpenedStore { store, .. } = Store::open(home.path()).expect("a store");
    let mut desk = Desk { stage, store };
    let before = contents(stage);
    let id = desk.write(steps(stage.fault.change));
    let applied = desk.apply(id);
    let said = stage.named(&said(&applied));
    let done = applied.plan.count(StepState::Done);
    let open = applied.plan.what.steps.iter().filter(|step| step.state.is_open()).count();
    match stage.fault.edit {
        Edit::Done => assert_eq!((done, said.as_str()), (5, "")),
        Edit::Notes(says) => {
            assert!(done == 5 && said.contains(says), "{done} done, {says:?}:\n{said}");
        }
        Edit::Stops(says) => {
            assert!(open > 0 && said.contains(says), "{open} open, {says:?}:\n{said}");
        }
        Edit::Tells(says) => {
            assert!(open == 0 && said.contains(says), "{open} open, {says:?}:\n{said}");
            assert!(applied.troubles.is_empty(), "{said}");
        }
        Edit::Unmet => {}
    }
    let texts = |all: &[(&'static str, Vec<u8>, BTreeSet<String>)]| {
        all.iter().map(|(_, text, _)| text.clone()).collect::<BTreeSet<_>>()
    };
    assert_eq!(texts(&contents(stage)), texts(&before), "a message is lost");
    stage.work.end();
    taken_back(&mut desk, id, &before);
    said
}

/// On a server that is well again a plan comes to its end, and what was done is taken back.
fn taken_back(
    desk: &mut Desk<'_>,
    id: PlanId,
    before: &[(&'static str, Vec<u8>, BTreeSet<String>)],
) {
    let ended = desk.apply(id);
    if desk.stage.fault.change != Change::Create {
        assert_eq!(ended.troubles, Vec::<SafeText>::new(), "afterwards");
        let open = ended.plan.what.steps.iter().filter(|step| step.state.is_open()).count();
        assert_eq!(open, 0, "afterwards");
    }
    assert_eq!(contents(desk.stage).len(), before.len(), "a message is doubled");
    let (back, lost) = inverse(&ended.plan);
    assert_eq!(lost, 0);
    let count = back.len();
    let undo = desk.write(back);
    let undone = desk.apply(undo);
    assert_eq!(undone.plan.count(StepState::Done), count, "{}", said(&undone));
    let mut left = contents(desk.stage);
    // What somebody else has taken stays with him.
    for (_, _, flags) in &mut left {
        if desk.stage.fault.name == "store-taken" {
            flags.clear();
        }
    }
    assert_eq!(left, before, "what was taken back is as it was");
}
