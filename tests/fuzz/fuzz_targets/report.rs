//! A whole message: read, diagnosed, taken apart and exported.

#![no_main]

#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| properties::report(raw));
