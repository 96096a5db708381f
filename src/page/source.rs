//! The message as it came or decoded, and what there is to say while it is not there.

use std::sync::Arc;

use crate::diagnosis::{Case, Language};
use crate::listing::Detail;
use crate::mail::SafeText;

use super::block::{Block, Page, Tone, Verbatim};

/// Characters of the evidence that mark its line.
const PROOF: usize = 40;
/// Fewer bytes than these stand anywhere.
const PROOF_LEAST: usize = 8;

/// The Source view; `decoded`: its parts as text, where they have been decoded.
#[must_use]
pub fn source(
    detail: &Arc<Detail>,
    decoded: bool,
    case: Option<&Case<'_>>,
    language: Language,
) -> Page {
    let cut = match &detail.inspection.decoded {
        Some(parts) if decoded => parts.cut,
        _ => detail.inspection.source_cut,
    };
    let mut page = Page::default();
    let mut proof = None;
    if let Some(case) = case
        && let Some(evidence) = &case.verdict.evidence
    {
        let beginning: String = evidence.text.chars().take(PROOF).collect();
        proof = (beginning.len() >= PROOF_LEAST).then_some(beginning);
    }
    page.blocks.push(Block::Source(Verbatim { message: Arc::clone(detail), decoded, proof }));
    if cut {
        page.text(language.word("source_cut"), Tone::Dim);
    }
    page
}

/// What there is to say while the message is not there; `failed` says why it cannot be had.
#[must_use]
pub fn missing(failed: Option<&SafeText>, language: Language) -> Page {
    let mut page = Page::default();
    match failed {
        Some(why) => page.text(why.as_str(), Tone::Error),
        None => page.text(language.word("reading"), Tone::Dim),
    }
    page
}
