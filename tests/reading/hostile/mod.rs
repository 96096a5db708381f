//! Every hostile input is read on the small stack of a thread, diagnosed, taken apart, explained as
//! JSON and as a page, and dropped there; what comes of it must be what a person would say.

mod bounds;
mod contradictions;
mod explained;
mod seen;

use std::thread;

use crate::inputs::{Family, Input, each_family, unreadable};
use seen::look;

/// What threads of the program and of most others get.
const STACK: usize = 2 << 20;

/// Reads the inputs of a family, each on a thread with a small stack, and drops there what came of
/// it.
fn hold(family: &Family) {
    let mut wrong = Vec::new();
    for input in (family.inputs)() {
        thread::scope(|scope| {
            let reader = thread::Builder::new().stack_size(STACK);
            let reader = reader.spawn_scoped(scope, || faults(&input)).expect("a thread");
            let faults = reader.join().unwrap_or_else(|_| vec!["it panicked".to_owned()]);
            wrong.extend(faults.iter().map(|fault| format!("{}: {fault}", input.name)));
        });
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is told otherwise of an input than must be.
fn faults(input: &Input) -> Vec<String> {
    let seen = look(&input.bytes());
    let mut faults = input.told.faults(&seen.json);
    for fault in unreadable(&input.told.visible, &seen.page) {
        faults.push(format!("on the page, {fault}"));
    }
    input.told.holds_of(&seen.bounce, &seen.diagnosis);
    faults
}

each_family!(hold);
