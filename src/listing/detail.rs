//! Everything about one message, for the views.

use std::sync::Arc;

use crate::bounce::{Anatomy, Bounce, read};
use crate::diagnosis::matcher::Matcher;
use crate::diagnosis::{Diagnosis, Ours, diagnose};
use crate::mail::Limit;

use super::MessageId;

/// A message, read, diagnosed and taken apart.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Which message.
    pub id: MessageId,
    /// What it says.
    pub bounce: Bounce,
    /// What that means.
    pub diagnosis: Diagnosis,
    /// Its parts, line by line.
    pub anatomy: Anatomy,
    /// Who we were when it was diagnosed.
    pub ours: Arc<Ours>,
    /// Size of what was read, in bytes.
    pub size: usize,
}

impl Detail {
    /// Reads a message; `whole` is false when only its beginning is there.
    #[must_use]
    pub fn of(id: MessageId, raw: &[u8], whole: bool, matcher: &'static Matcher, ours: Arc<Ours>) -> Self {
        let mut bounce = read(raw);
        if !whole {
            bounce.limits.push(Limit::Fetched);
        }
        let diagnosis = diagnose(&bounce, matcher, &ours);
        let anatomy = Anatomy::of(raw, &bounce);
        Self { id, bounce, diagnosis, anatomy, ours, size: raw.len() }
    }
}
