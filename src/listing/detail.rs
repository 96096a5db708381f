//! Everything about one message, for the views.

use std::sync::Arc;

use crate::bounce::{Bounce, Inspection};
use crate::diagnosis::{Case, Diagnosis, Ours};

use super::extent::Extent;
use super::id::MessageId;

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
    pub inspection: Inspection,
    /// Who we were when it was diagnosed.
    pub ours: Arc<Ours>,
    /// How much of it was read.
    pub extent: Extent,
    /// Size of what was read, in bytes.
    pub size: usize,
}

impl Detail {
    /// The case of one of its recipients, counted from 0; None when it has no such recipient.
    #[must_use]
    pub fn case(&self, recipient: u32) -> Option<Case<'_>> {
        let at = usize::try_from(recipient).ok()?;
        Case::of(&self.bounce, &self.diagnosis, &self.ours, at)
    }
}
