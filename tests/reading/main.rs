//! What is read in a message, judged of it and said about it: the corpus, vectors, hostile mail.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where something is not what it must be"
)]

#[path = "../support/fixtures.rs"]
mod fixtures;
#[path = "../support/frames.rs"]
mod frames;
#[path = "../support/fuzzing/mod.rs"]
mod fuzzing;
#[path = "../hostile/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod inputs;
#[path = "../support/properties.rs"]
mod invariants;
#[path = "../support/mutations.rs"]
mod mutations;
#[path = "../support/night/mod.rs"]
mod night;

mod answers;
mod changed;
mod corpus;
mod desk;
mod folders;
mod guidance;
mod hostile;
mod in_use;
mod kept;
mod lookalikes;
mod mailboxes;
mod nights;
mod pages;
mod properties;
mod received;
mod responsibility;
mod rules;
mod told;
mod wordings;
