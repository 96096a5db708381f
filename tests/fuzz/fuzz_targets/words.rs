//! Charsets, transfer codings, encoded words, addresses, markup.

#![no_main]

#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| properties::words(raw));
