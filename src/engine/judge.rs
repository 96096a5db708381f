//! How messages are understood: the rules, and who we are.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use crate::bounce::{Bounce, Depth, Inspection, read_with};
use crate::diagnosis::{Case, Diagnosis, Ours, Rules, diagnose};
use crate::listing::{Detail, Extent, MessageId, Row};
use crate::mail::Limit;
use crate::store::{KeptMessage, PackedBounce, StaleMessage, StoredDelivery};

use super::guard::{Fault, guard};

/// The rules and who we are: what turns a message into a verdict. List and views of a mailbox are
/// judged by one and the same.
#[derive(Clone, Debug)]
pub struct Judge {
    /// The rules.
    pub rules: Arc<Rules>,
    /// Who we are; empty where nobody has said it yet.
    pub ours: Arc<Ours>,
}

impl Judge {
    /// A number for what it judges by: this version, its rules, and who we are. Verdicts under
    /// another number may differ.
    #[must_use]
    pub fn fingerprint(&self) -> i64 {
        let mut hasher = DefaultHasher::new();
        env!("CARGO_PKG_VERSION").hash(&mut hasher);
        self.rules.fingerprint().hash(&mut hasher);
        format!("{:?}", self.ours).hash(&mut hasher);
        hasher.finish().cast_signed()
    }

    /// Reads and diagnoses a message.
    ///
    /// # Errors
    /// When there is a fault in the program.
    pub fn understand(&self, raw: &[u8]) -> Result<(Bounce, Diagnosis), Fault> {
        let Understood { bounce, diagnosis, .. } = self.understand_with(raw, Depth::Deliveries)?;
        Ok((bounce, diagnosis))
    }

    /// Reads and diagnoses a message, and takes it apart where the depth asks for it.
    ///
    /// # Errors
    /// When there is a fault in the program.
    pub fn understand_with(&self, raw: &[u8], depth: Depth) -> Result<Understood, Fault> {
        guard(|| {
            let (bounce, inspection) = read_with(raw, depth);
            let diagnosis = self.diagnose(&bounce);
            Understood { bounce, diagnosis, inspection }
        })
    }

    /// Diagnoses a message that was read before.
    #[must_use]
    pub fn diagnose(&self, bounce: &Bounce) -> Diagnosis {
        diagnose(bounce, &self.rules, &self.ours)
    }

    /// What the rows of a message tell of deliveries, each with the line its verdict rests on.
    #[must_use]
    pub fn deliveries(
        &self,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
        rows: Vec<Row>,
    ) -> Vec<StoredDelivery> {
        let mut deliveries = Vec::with_capacity(rows.len());
        for (at, row) in rows.into_iter().enumerate() {
            let evidence = match Case::of(bounce, diagnosis, &self.ours, at) {
                Some(case) if !row.class.mixed => case.verdict.evidence.as_ref(),
                _ => None,
            };
            let evidence = evidence.map(|evidence| evidence.text.clone());
            deliveries.push(StoredDelivery { row, evidence });
        }
        deliveries
    }

    /// Messages that were judged before, judged again: their UIDs and their deliveries.
    #[must_use]
    pub fn again(&self, stale: &[StaleMessage]) -> Vec<(u32, Vec<StoredDelivery>)> {
        let mut judged = Vec::with_capacity(stale.len());
        for StaleMessage { uid, received, size, bounce } in stale {
            let diagnosis = self.diagnose(bounce);
            let id = MessageId { uid: *uid, ..MessageId::default() };
            let rows = Row::all(id, *received, bounce, &diagnosis, &self.ours, *size);
            judged.push((*uid, self.deliveries(bounce, &diagnosis, rows)));
        }
        judged
    }

    /// A message as it is kept; `lasts`: for another visit, with what it says.
    #[must_use]
    pub fn kept(
        &self,
        arrived: Arrival,
        understood: &(Bounce, Diagnosis),
        lasts: bool,
    ) -> KeptMessage {
        let Arrival { uid, received, size } = arrived;
        let (bounce, diagnosis) = understood;
        let id = MessageId { uid, ..MessageId::default() };
        let rows = Row::all(id, received, bounce, diagnosis, &self.ours, size);
        KeptMessage {
            uid,
            received,
            size,
            message_id: bounce.message_id.clone(),
            bounce: if lasts { PackedBounce::of(bounce) } else { PackedBounce::default() },
            deliveries: self.deliveries(bounce, diagnosis, rows),
        }
    }

    /// Everything about one message, for the views; `extent` says how much of it is there, and
    /// whether it is decoded.
    ///
    /// # Errors
    /// When there is a fault in the program.
    pub fn detail(&self, id: MessageId, raw: &[u8], extent: Extent) -> Result<Detail, Fault> {
        let depth = match extent {
            Extent::Decoded => Depth::Decode,
            Extent::Beginning | Extent::Whole => Depth::Inspect,
        };
        let Understood { mut bounce, diagnosis, inspection } = self.understand_with(raw, depth)?;
        if extent == Extent::Beginning {
            bounce.limits.push(Limit::Fetched);
        }
        let ours = Arc::clone(&self.ours);
        Ok(Detail { id, bounce, diagnosis, inspection, ours, extent, size: raw.len() })
    }
}

/// How a message arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Its UID, or its number in files.
    pub uid: u32,
    /// When the server took it.
    pub received: Option<Timestamp>,
    /// Bytes that were read.
    pub size: usize,
}

/// A message, read and diagnosed.
#[derive(Clone, Debug)]
pub struct Understood {
    /// What it says.
    pub bounce: Bounce,
    /// What that means.
    pub diagnosis: Diagnosis,
    /// Its parts, line by line; empty unless they were asked for.
    pub inspection: Inspection,
}

/// The judge of one mailbox, for all its threads: who we are may be learnt while they work.
#[derive(Clone, Debug)]
pub(super) struct SharedJudge(Arc<RwLock<Present>>);

/// The judge as of now.
#[derive(Clone, Debug)]
pub(super) struct Present {
    pub(super) judge: Judge,
    /// Nobody has said who we are, and the messages may still show it.
    pub(super) learns: bool,
}

impl SharedJudge {
    pub(super) fn new(judge: Judge) -> Self {
        let learns = judge.ours.is_empty();
        Self(Arc::new(RwLock::new(Present { judge, learns })))
    }

    /// The judge as of now.
    pub(super) fn get(&self) -> Present {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nothing more is learnt; from now on we are these.
    pub(super) fn settle(&self, ours: Arc<Ours>) {
        let mut present = self.0.write().unwrap_or_else(PoisonError::into_inner);
        present.judge.ours = ours;
        present.learns = false;
    }
}
