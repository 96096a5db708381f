//! The inputs that fuzzing left in `tests/fuzz/inputs`, one a line in base64, tried again on the
//! same properties. Those of the IMAP readers are tried in `src/source/imap/session/replay.rs`.

#![allow(clippy::print_stdout, reason = "a failure names the input it is about")]

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::fuzzing::TARGETS;

#[test]
fn what_fuzzing_kept_holds() {
    for (name, target) in TARGETS {
        let path = format!("{}/tests/fuzz/inputs/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let inputs = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert!(inputs.lines().count() > 1, "{path} holds inputs");
        for line in inputs.lines() {
            // The last line is the one that fails.
            let _ = writeln!(std::io::stdout(), "{name} {line}");
            target(&STANDARD.decode(line).expect("base64"));
        }
    }
}
