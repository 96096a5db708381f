//! Received fields and the chain they make.

#![no_main]

#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| properties::hops(raw));
