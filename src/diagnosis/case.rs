//! A case: one delivery with everything that is known about it.

use crate::bounce::{Bounce, Delivery};

use super::backscatter::Origin;
use super::ours::Ours;
use super::verdict::{Diagnosis, Verdict};

/// One delivery of a message, its verdict, and what both rest on. What is shown, advised or
/// exported about a delivery is made of it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The message that reports the delivery.
    pub bounce: &'a Bounce,
    /// The delivery.
    pub delivery: &'a Delivery,
    /// Why it failed and who must act.
    pub verdict: &'a Verdict,
    /// Whether we sent the returned message at all.
    pub origin: &'a Origin,
    /// Who we were when it was judged.
    pub ours: &'a Ours,
}

impl<'a> Case<'a> {
    /// The case of delivery number `at` (from 0) of a message; None when it has no such delivery.
    #[must_use]
    pub fn of(
        bounce: &'a Bounce,
        diagnosis: &'a Diagnosis,
        ours: &'a Ours,
        at: usize,
    ) -> Option<Self> {
        let delivery = bounce.deliveries.get(at)?;
        let verdict = diagnosis.verdicts.get(at)?;
        Some(Self { bounce, delivery, verdict, origin: &diagnosis.origin, ours })
    }
}
