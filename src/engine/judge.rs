//! How messages are understood: the rules, and who we are.

use std::sync::{Arc, PoisonError, RwLock};

use crate::bounce::{Anatomy, Bounce, read};
use crate::diagnosis::matcher::Matcher;
use crate::diagnosis::{Diagnosis, Ours, diagnose};
use crate::listing::{Detail, MessageId};
use crate::mail::Limit;

use super::guard::{Fault, guard};

/// The rules and who we are: what turns a message into a verdict. List and views of a mailbox are
/// judged by one and the same.
#[derive(Clone, Debug)]
pub struct Judge {
    /// The rules.
    pub rules: &'static Matcher,
    /// Who we are; empty where nobody has said it yet.
    pub ours: Arc<Ours>,
}

impl Judge {
    /// Reads and diagnoses a message.
    ///
    /// # Errors
    /// When there is a fault in the program.
    pub fn understand(&self, raw: &[u8]) -> Result<(Bounce, Diagnosis), Fault> {
        guard(|| {
            let bounce = read(raw);
            let diagnosis = self.diagnose(&bounce);
            (bounce, diagnosis)
        })
    }

    /// Diagnoses a message that was read before.
    #[must_use]
    pub fn diagnose(&self, bounce: &Bounce) -> Diagnosis {
        diagnose(bounce, self.rules, &self.ours)
    }

    /// Everything about one message, for the views; `whole` is false when only its beginning is
    /// there.
    ///
    /// # Errors
    /// When there is a fault in the program.
    pub fn detail(&self, id: MessageId, raw: &[u8], whole: bool) -> Result<Detail, Fault> {
        guard(|| {
            let mut bounce = read(raw);
            let diagnosis = self.diagnose(&bounce);
            if !whole {
                bounce.limits.push(Limit::Fetched);
            }
            let anatomy = Anatomy::of(raw, &bounce);
            let ours = Arc::clone(&self.ours);
            Detail { id, bounce, diagnosis, anatomy, ours, whole, size: raw.len() }
        })
    }
}

/// The judge of one mailbox, for all its threads: who we are may be learnt while they work.
#[derive(Clone, Debug)]
pub(super) struct SharedJudge(Arc<RwLock<Judge>>);

impl SharedJudge {
    pub(super) fn new(judge: Judge) -> Self {
        Self(Arc::new(RwLock::new(judge)))
    }

    /// The judge as of now.
    pub(super) fn get(&self) -> Judge {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on we are these.
    pub(super) fn set_ours(&self, ours: Arc<Ours>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).ours = ours;
    }
}
