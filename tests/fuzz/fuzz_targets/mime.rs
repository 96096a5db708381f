//! The walk through the parts of a message and of the messages inside it.

#![no_main]

#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| properties::mime(raw));
