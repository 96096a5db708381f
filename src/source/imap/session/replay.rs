//! The inputs that fuzzing left in `tests/fuzz/inputs` for the readers of what a server says, tried
//! again on the same properties.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fuzzing as reader;

#[path = "../../../../tests/support/fuzzing/choices.rs"]
mod choices;
#[path = "../../../../tests/support/fuzzing/imap.rs"]
mod imap;

fn replay(inputs: &str, target: fn(&[u8])) {
    assert!(inputs.lines().count() > 1, "there are inputs");
    for line in inputs.lines() {
        target(&STANDARD.decode(line).unwrap());
    }
}

#[test]
fn what_fuzzing_kept_holds() {
    replay(include_str!("../../../../tests/fuzz/inputs/imap.txt"), imap::any_answer);
    replay(include_str!("../../../../tests/fuzz/inputs/made_answer.txt"), imap::made_answer);
    replay(include_str!("../../../../tests/fuzz/inputs/made_session.txt"), imap::made_session);
}
