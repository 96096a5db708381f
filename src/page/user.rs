//! What happened and what to do, in plain words; below it what administrators and owners of groups
//! do.

use crate::diagnosis::language::Advice;
use crate::diagnosis::{Case, Guidance, Language};
use crate::human::count;
use crate::listing::Detail;

use super::block::{Block, Page, Tone};
use super::notes;
use super::told::told as report_words;

/// The User view. `others` is how many other deliveries fail for the same reason at the same
/// server.
#[must_use]
pub fn user(
    detail: &Detail,
    case: Option<&Case<'_>>,
    told: &Guidance,
    others: usize,
    language: Language,
) -> Page {
    let mut page = Page::default();
    page.heading(language.word("what_happened"));
    page.text(told.user.cause.as_str(), Tone::Plain);
    page.append(counsel(told, language));
    if others > 0 {
        page.gap();
        page.text(language.word("same").replace("{n}", &count(others)), Tone::Dim);
    }
    page.append(report_words(&detail.inspection.told, case, language));
    page.append(notes::site(&detail.ours, language));
    page.append(notes::limits(&detail.bounce, language));
    page
}

/// What to do: the sender's steps, then what administrators and the owner of a group do, why that
/// applies, and commands.
#[must_use]
pub fn counsel(told: &Guidance, language: Language) -> Page {
    let mut page = Page::default();
    if !told.user.steps.is_empty() {
        page.heading(language.word("what_to_do"));
        page.steps(&told.user.steps);
    }
    page.append(advice(language.word("for_admins"), &told.admin));
    if let Some(owner) = &told.owner {
        page.append(advice(language.word("for_owner"), owner));
    }
    why(told, language, &mut page);
    commands(told, language, &mut page);
    page
}

/// Cause and steps for one reader; nothing where there is neither.
#[must_use]
pub fn advice(title: &str, advice: &Advice) -> Page {
    let mut page = Page::default();
    if advice.cause.is_empty() && advice.steps.is_empty() {
        return page;
    }
    page.heading(title);
    if !advice.cause.is_empty() {
        page.text(advice.cause.as_str(), Tone::Plain);
    }
    page.steps(&advice.steps);
    page
}

/// What a branch of the 5.7.1 tree says; `own`: the report leads there.
#[must_use]
pub fn branch(told: &Guidance, own: bool, language: Language) -> Page {
    let mut page = Page::default();
    page.text(told.label.as_str(), Tone::Strong);
    if own {
        page.text(language.word("tree.own"), Tone::Accent);
    }
    why(told, language, &mut page);
    page.append(advice(language.word("what_to_do"), &told.user));
    if let Some(owner) = &told.owner {
        page.append(advice(language.word("for_owner"), owner));
    }
    page.append(advice(language.word("for_admins"), &told.admin));
    commands(told, language, &mut page);
    page
}

/// The sign that leads to the branch of the 5.7.1 tree.
fn why(told: &Guidance, language: Language, page: &mut Page) {
    if let Some((_, why)) = &told.branch
        && !why.is_empty()
    {
        page.heading(language.word("why_this"));
        page.text(why.as_str(), Tone::Plain);
    }
}

fn commands(told: &Guidance, language: Language, page: &mut Page) {
    if told.commands.is_empty() {
        return;
    }
    page.heading(language.word("commands"));
    page.text(language.word("commands_check"), Tone::Dim);
    page.blocks.push(Block::Commands(told.commands.clone()));
}
