//! What stands above every view: the picture, who must act and how sure that is, what decided, and
//! the line that proves it.

use crate::bounce::{Inspection, Part};
use crate::diagnosis::values::ground;
use crate::diagnosis::{Case, Evidence, Language, Party};

use super::picture::Picture;

/// The verdict on a delivery in words.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Three stations and the break.
    pub picture: Picture,
    /// Who must act.
    pub party: Party,
    /// The sentence that says so.
    pub acts: &'static str,
    /// How sure that is.
    pub sure: &'static str,
    /// What decided.
    pub ground: String,
    /// The line it rests on.
    pub evidence: Option<Evidence>,
    /// The part in which that line stands, and its number there, counted from 1.
    pub place: Option<(Part, usize)>,
}

impl Summary {
    /// The summary of a case.
    #[must_use]
    pub fn of(case: &Case<'_>, inspection: &Inspection, language: Language) -> Self {
        let judgement = case.verdict.judgement;
        let evidence = case.verdict.evidence.clone();
        let mut place = None;
        if let Some(Evidence { part, start, end, .. }) = evidence
            && let Some((lines, first, _)) = inspection.place(part, start, end)
        {
            place = Some((lines.part, first));
        }
        Self {
            picture: Picture::of(case, language),
            party: judgement.party,
            acts: language.acts(judgement.party),
            sure: language.sure(judgement.confidence),
            ground: ground(language, case),
            evidence,
            place,
        }
    }
}
