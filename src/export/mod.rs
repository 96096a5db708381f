//! The same data without a screen: JSON for programs, a page of text for people.

pub mod json;
pub mod text;

use crate::bounce::Bounce;
use crate::diagnosis::{Diagnosis, Language, Ours};

/// One message, read and diagnosed.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'a> {
    /// Where it came from: a path, `#n` behind it in files that hold several.
    pub file: &'a str,
    /// The message itself.
    pub raw: &'a [u8],
    /// What it says.
    pub bounce: &'a Bounce,
    /// What that means.
    pub diagnosis: &'a Diagnosis,
    /// Who we are.
    pub ours: &'a Ours,
    /// Language of the guidance.
    pub language: Language,
}
