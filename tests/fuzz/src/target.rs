//! One target: the name of the binary says which. Cargo makes one binary a target of this file.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| deadletter_fuzz::run(env!("CARGO_BIN_NAME"), input));
