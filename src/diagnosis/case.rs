//! A case: one delivery with everything that is known about it.

use crate::bounce::{Bounce, Delivery, DsnAction, Kind};

use super::backscatter::Origin;
use super::conflict::Conflict;
use super::ours::Ours;
use super::remedy::Permanence;
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
    /// The kind of the delivery: of a report about several recipients some may have got the
    /// message.
    #[must_use]
    pub fn kind(&self) -> Kind {
        use DsnAction::{Delayed, Delivered, Expanded, Relayed};
        match (self.bounce.kind, self.delivery.action) {
            (kind, Some(_)) if self.verdict.conflict == Some(Conflict::Action) => kind,
            (Kind::Failure, Some(Delivered | Relayed | Expanded)) => Kind::Success,
            (Kind::Failure, Some(Delayed)) => Kind::Delay,
            (kind, _) => kind,
        }
    }

    /// Whether waiting helps, as the rule knows it; where it leaves that open, as the class of the
    /// code says.
    #[must_use]
    pub fn permanence(&self) -> Permanence {
        let known = match &self.verdict.rule {
            Some(rule) => rule.permanence,
            None => Permanence::Either,
        };
        match known {
            Permanence::Either => self.permanence_of_code(),
            known => known,
        }
    }

    fn permanence_of_code(&self) -> Permanence {
        let status = self.delivery.status.map(|status| u16::from(status.class));
        match status.or(self.delivery.reply.map(|reply| reply / 100)) {
            Some(4) => Permanence::Temporary,
            Some(5) => Permanence::Permanent,
            _ => Permanence::Either,
        }
    }
}
