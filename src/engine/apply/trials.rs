//! Plans on a mailbox in memory whose server fails at any moment: what is carried out and taken back
//! leaves everything as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::hand::Hand;
use super::model::{ALL, Abilities, Failing, Folder, ModelEditor, Shared, World};
use super::{Applied, apply};
use crate::mail::SafeText;
use crate::source::FoundMessage;
use crate::store::{OpenedStore, Store};
use crate::triage::{
    Change, Effect, Likeness, MessageFlag, MessageFlags, NewPlan, Plan, PlanId, PlanStep,
    StepState, TriageState, Whereabouts, inverse,
};

/// No pause at all.
const AT_ONCE: &[Duration] = &[Duration::ZERO, Duration::ZERO, Duration::ZERO];

/// A journal that many cases share, and the folder it lies in.
struct Desk {
    store: Store,
    _home: TempDir,
}

impl Desk {
    fn new() -> Self {
        // In memory where there is such a folder: what is written survives programs, not power cuts.
        let home = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a folder");
        let OpenedStore { store, .. } = Store::open(home.path()).expect("a store");
        Self { store, _home: home }
    }

    fn apply(&mut self, id: PlanId, world: &Shared) -> Applied {
        let editor = ModelEditor { world: Arc::clone(world), open: String::new() };
        let (account, folders) = ("lab".to_owned(), BTreeMap::new());
        let mut hands = [Hand { account, editor: Box::new(editor), folders, creates: false }];
        apply(&mut self.store, id, &mut hands, AT_ONCE, &mut |_| {}).expect("the store works")
    }

    fn write(&mut self, steps: Vec<PlanStep>) -> PlanId {
        let (at, title) = (Timestamp::UNIX_EPOCH, "a plan".into());
        let plan = NewPlan { at, title, undoes: None, steps };
        self.store.write_plan(&plan).expect("room")
    }

    /// Carries out a plan, going on after each failure.
    fn carry_out(
        &mut self,
        steps: Vec<PlanStep>,
        world: &Shared,
        fuses: &[(u32, Failing)],
    ) -> Plan {
        let id = self.write(steps);
        for fuse in fuses {
            world.lock().expect("nobody has panicked").fuse = Some(*fuse);
            self.apply(id, world);
        }
        world.lock().expect("nobody has panicked").fuse = None;
        let applied = self.apply(id, world);
        assert_eq!(applied.troubles, Vec::<SafeText>::new());
        let open = applied.plan.what.steps.iter().find(|step| step.state.is_open());
        assert_eq!(open, None, "something is left open");
        let kept = self.store.plan(id).expect("a store");
        assert_eq!(kept.as_ref(), Some(&applied.plan), "the journal knows");
        applied.plan
    }
}

fn message(uid: u32, id: u32, marks: MessageFlags) -> FoundMessage {
    FoundMessage {
        uid,
        flags: marks.names().into_iter().map(str::to_owned).collect(),
        changed: Some(1),
        size: u64::from(100 + id),
        received: Some(i64::from(id)),
        message_id: (id > 0).then(|| SafeText::new(&format!("{id}@mx.birch.example"))),
    }
}

fn world(abilities: Abilities, inbox: &[(u32, MessageFlags)]) -> Shared {
    let mut folders = BTreeMap::new();
    for (name, validity) in [("INBOX", 7), ("A", 8), ("B", 9)] {
        folders.insert(name.to_owned(), Folder { validity, next: 1, count: 1, messages: vec![] });
    }
    for (at, (id, marks)) in inbox.iter().enumerate() {
        let name = if at % 4 == 3 { "A" } else { "INBOX" };
        let folder = folders.get_mut(name).expect("a folder");
        folder.messages.push(message(folder.next, *id, *marks));
        folder.next += 1;
    }
    Arc::new(Mutex::new(World { folders, abilities, fuse: None }))
}

/// A step for each message for which there is a change.
fn steps(world: &Shared, changes: &[Option<Change>]) -> Vec<PlanStep> {
    let mut steps = Vec::new();
    let mut changes = changes.iter();
    for (name, folder) in &world.lock().expect("nobody has panicked").folders {
        for message in &folder.messages {
            let Some(Some(change)) = changes.next() else { continue };
            let place = Whereabouts {
                account: "lab".into(),
                folder: name.clone(),
                validity: folder.validity,
                uid: message.uid,
            };
            let likeness =
                Likeness { message_id: message.message_id.clone(), ..Likeness::default() };
            steps.push(PlanStep::new(place, likeness, "x".into(), change.clone()));
        }
    }
    steps
}

fn contents(world: &Shared) -> Vec<(String, String, BTreeSet<String>)> {
    world.lock().expect("nobody has panicked").contents()
}

fn any_marks() -> impl Strategy<Value = MessageFlags> {
    let states = prop::sample::select(TriageState::ALL.to_vec());
    (states, any::<bool>()).prop_map(|(state, seen)| {
        state.marks().with(if seen {
            MessageFlags::of(MessageFlag::Seen)
        } else {
            MessageFlags::NONE
        })
    })
}

fn any_change() -> impl Strategy<Value = Option<Change>> {
    let folders = prop::sample::select(vec!["INBOX", "A", "B"]);
    let states = prop::sample::select(TriageState::ALL.to_vec());
    let flags = (any_marks(), any_marks()).prop_map(|(set, clear)| Effect {
        set: set.without(MessageFlags::STATES),
        clear: clear.without(MessageFlags::STATES).without(set),
    });
    prop_oneof![
        4 => folders.prop_map(|to| Some(Change::Move(to.to_owned()))),
        4 => states.prop_map(|state| Some(Change::State(state))),
        1 => flags.prop_map(|effect| Some(Change::Flags(effect))),
        1 => Just(None),
    ]
}

fn any_abilities() -> impl Strategy<Value = Abilities> {
    let tells = prop::sample::select(vec![None, Some(true), Some(false)]);
    (any::<bool>(), any::<bool>(), any::<bool>(), tells, prop::bool::weighted(0.8)).prop_map(
        |(moves, expunges, counts, tells, keeps)| Abilities {
            moves,
            expunges,
            counts,
            tells: if expunges { tells } else { None },
            keeps,
        },
    )
}

fn any_fuses() -> impl Strategy<Value = Vec<(u32, Failing)>> {
    let how = prop::sample::select(vec![Failing::Lost, Failing::Killed, Failing::Refused]);
    prop::collection::vec((0_u32..60, how), 0..4)
}

#[test]
fn what_is_carried_out_and_taken_back_leaves_everything_as_it_was() {
    let desk = std::cell::RefCell::new(Desk::new());
    let messages = prop::collection::vec((0_u32..6, any_marks()), 1..14);
    let changes = prop::collection::vec(any_change(), 14);
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = ProptestConfig {
        cases: cases.unwrap_or(200),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let all = (any_abilities(), messages, changes, any_fuses(), any_fuses());
    proptest!(config, |((abilities, messages, changes, fuses, back) in all)| {
        let mut desk = desk.borrow_mut();
        let world = world(abilities, &messages);
        let before = contents(&world);
        let plan = desk.carry_out(steps(&world, &changes), &world, &fuses);
        prop_assert_eq!(before.len(), contents(&world).len(), "lost or doubled");
        let (steps, lost) = inverse(&plan);
        prop_assert_eq!(lost, 0);
        let undone = desk.carry_out(steps, &world, &back);
        prop_assert_eq!(undone.count(StepState::Refused), 0);
        prop_assert_eq!(contents(&world), before);
    });
}

#[test]
fn every_single_moment_is_survived() {
    let mut desk = Desk::new();
    let taken = TriageState::Taken.marks();
    let messages = [
        (1, MessageFlags::NONE),
        (2, taken),
        (1, taken),
        (0, MessageFlags::NONE),
        (0, MessageFlags::NONE),
    ];
    let changes = [
        Some(Change::Move("B".into())),
        Some(Change::State(TriageState::Done)),
        Some(Change::Move("B".into())),
        Some(Change::Move("INBOX".into())),
        Some(Change::State(TriageState::Taken)),
    ];
    for abilities in [ALL, Abilities { moves: false, tells: None, ..ALL }] {
        for how in [Failing::Lost, Failing::Killed, Failing::Refused] {
            for moment in 0..45 {
                let world = world(abilities, &messages);
                let before = contents(&world);
                let steps = steps(&world, &changes);
                let plan = desk.carry_out(steps, &world, &[(moment, how)]);
                assert_eq!(before.len(), contents(&world).len(), "{how:?} at {moment}");
                let (back, _) = inverse(&plan);
                desk.carry_out(back, &world, &[(moment, how)]);
                assert_eq!(contents(&world), before, "{how:?} at {moment}");
            }
        }
    }
}

#[test]
fn two_who_take_the_same_messages_share_them() {
    let (mut one, mut other) = (Desk::new(), Desk::new());
    let inbox: Vec<(u32, MessageFlags)> = (1..=40).map(|id| (id, MessageFlags::NONE)).collect();
    let world = world(ALL, &inbox);
    let take = vec![Some(Change::State(TriageState::Taken)); 40];
    let (ones, others) = (one.write(steps(&world, &take)), other.write(steps(&world, &take)));
    // The first is interrupted in the middle of its command; the second takes what is left.
    world.lock().expect("nobody has panicked").fuse = Some((20, Failing::Killed));
    one.apply(ones, &world);
    let second = other.apply(others, &world).plan;
    let first = one.apply(ones, &world).plan;
    let unsure = first.what.steps.iter().filter(|step| step.detail.is_some());
    assert!(unsure.count() > 0, "what was sent without an answer is said to be so");
    let taken = second.count(StepState::Done);
    assert!((1..40).contains(&taken), "{taken}");
    assert_eq!(second.count(StepState::Conflict), 40 - taken);
}

#[test]
fn another_mailbox_is_left_alone() {
    let mut desk = Desk::new();
    let world = world(ALL, &[(1, MessageFlags::NONE), (2, MessageFlags::NONE)]);
    let steps = steps(&world, &[Some(Change::Move("A".into())), None]);
    world.lock().expect("nobody has panicked").folders.get_mut("INBOX").expect("it").validity = 70;
    let before = contents(&world);
    let id = desk.write(steps);
    let applied = desk.apply(id, &world);
    assert_eq!(applied.plan.count(StepState::Refused), 1);
    let why = applied.plan.what.steps[0].detail.clone().expect("a reason");
    assert!(why.contains("its UIDVALIDITY is 70 now"), "{why}");
    assert_eq!(contents(&world), before);
}

#[test]
fn what_somebody_else_did_since_is_not_taken_back() {
    let mut desk = Desk::new();
    let world =
        world(ALL, &[(1, MessageFlags::NONE), (2, MessageFlags::NONE), (3, MessageFlags::NONE)]);
    let take = vec![Some(Change::State(TriageState::Taken)); 3];
    let plan = desk.carry_out(steps(&world, &take), &world, &[]);
    {
        let mut world = world.lock().expect("nobody has panicked");
        let inbox = world.folders.get_mut("INBOX").expect("a folder");
        inbox.messages[0].flags = vec!["$DLDone".to_owned()];
        inbox.messages.remove(1);
    }
    let (back, _) = inverse(&plan);
    let id = desk.write(back);
    let applied = desk.apply(id, &world);
    let plan = &applied.plan;
    let counts = [StepState::Done, StepState::Conflict, StepState::Gone].map(|s| plan.count(s));
    assert_eq!(counts, [1, 1, 1], "{plan:?}");
    assert_eq!(contents(&world)[0].2, BTreeSet::from(["$DLDone".to_owned()]));
}
