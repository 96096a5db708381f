//! Dates in every form mail systems write.

#![no_main]

#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| properties::date(text));
