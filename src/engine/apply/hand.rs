//! What plans are carried out with.

use std::collections::BTreeMap;

use crate::source::Editor;
use crate::triage::TriageState;

/// An account whose messages may be changed.
pub struct Hand {
    /// Its name.
    pub account: String,
    /// What changes them.
    pub editor: Box<dyn Editor>,
    /// The folders that stand for states where the server keeps no keywords.
    pub folders: BTreeMap<TriageState, String>,
    /// True when folders that are missing may be made.
    pub creates: bool,
}

/// How far a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanProgress {
    /// Messages of which it is known what became of them.
    pub ended: usize,
    /// All messages of the plan.
    pub all: usize,
}

/// How much of a plan is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HowFar {
    All,
    /// Only what was sent without an answer is looked for.
    WhatWasSent,
}
