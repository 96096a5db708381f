//! The same data without a screen: JSON for programs, pages and tables for people.

pub mod findings;
pub mod json;
pub mod list;
mod recipient;
pub mod report;
pub mod rules;
pub mod text;
pub mod watch;

use crate::bounce::{Bounce, Inspection};
use crate::diagnosis::{Case, Diagnosis, Language, Ours};

/// One message, read and diagnosed.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'a> {
    /// Where it came from: a path, `#n` behind it in files that hold several.
    pub file: &'a str,
    /// What it says.
    pub bounce: &'a Bounce,
    /// Its words, and its parts line by line; the JSON needs only the words.
    pub inspection: &'a Inspection,
    /// What that means.
    pub diagnosis: &'a Diagnosis,
    /// Who we are.
    pub ours: &'a Ours,
    /// Language of the guidance.
    pub language: Language,
    /// Bytes of the message.
    pub size: usize,
}

impl<'a> Explained<'a> {
    /// The case of each delivery, in the order of the report.
    pub fn cases(&self) -> impl Iterator<Item = Case<'a>> + use<'a> {
        let Self { bounce, diagnosis, ours, .. } = *self;
        (0..bounce.deliveries.len()).filter_map(move |at| Case::of(bounce, diagnosis, ours, at))
    }
}
