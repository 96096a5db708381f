//! A message reads the same whatever its lines end with.

#![no_main]

#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| properties::line_ends_do_not_matter(raw));
