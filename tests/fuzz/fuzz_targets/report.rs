//! A whole message: read, diagnosed, taken apart and exported; the same with every kind of line end.

#![no_main]

#[path = "../../support/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    properties::report(raw);
    properties::line_ends_do_not_matter(raw);
});
