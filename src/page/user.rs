//! What happened and what to do, in plain words: the administrators first, for they read this; then
//! the owner of a group, and the text for the person who sent the message.

use crate::diagnosis::guidance::Sent;
use crate::diagnosis::language::Advice;
use crate::diagnosis::{Case, Guidance, Language};
use crate::human::{count, date};
use crate::listing::Detail;

use super::block::{Block, Labelled, Page, Task, Tone};
use super::notes;
use super::told::told as report_words;

/// The User view. `others` is how many other deliveries failed on the same thing.
#[must_use]
pub fn user(
    detail: &Detail,
    case: Option<&Case<'_>>,
    told: &Guidance,
    others: u64,
    language: Language,
) -> Page {
    let mut page = Page::default();
    page.heading(told.label.as_str());
    page.append(happened(told));
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

/// What happened, for administrators; whose answer it is, and whether waiting helps. Of what is no
/// failure, for everybody.
#[must_use]
pub fn happened(told: &Guidance) -> Page {
    let mut page = Page::default();
    if told.notice {
        page.text(told.user.cause.as_str(), Tone::Plain);
        return page;
    }
    page.text(told.admin.cause.as_str(), Tone::Plain);
    if let Some(provider) = &told.provider {
        page.text(provider.as_str(), Tone::Plain);
    }
    if let Some(permanence) = told.permanence {
        page.text(permanence, Tone::Plain);
    }
    page
}

/// What to do: the administrators' steps, then those of the owner of a group, why that applies,
/// commands, and the text for the sender.
#[must_use]
pub fn counsel(told: &Guidance, language: Language) -> Page {
    let mut page = Page::default();
    if told.notice {
        page.steps(&told.user.steps);
        page.append(advice(language.word("for_admins"), &told.admin));
        return page;
    }
    let (first, then) = if told.steps_first {
        (ways(told), Task::plain(&told.admin.steps))
    } else {
        (Task::plain(&told.admin.steps), ways(told))
    };
    page.heading(language.word("what_to_do"));
    page.tasks(first);
    if !then.is_empty() {
        page.heading(language.word(if told.steps_first { "in_general" } else { "look_up" }));
        page.tasks(then);
    }
    if let Some(owner) = &told.owner {
        page.append(advice(language.word("for_owner"), owner));
    }
    if let Some(why) = &told.why {
        page.heading(language.word("why_this"));
        page.text(why.as_str(), Tone::Plain);
    }
    commands(told, language, &mut page);
    page.heading(language.word("for_sender"));
    page.append(letter(&told.message, language));
    page.text(told.user.cause.as_str(), Tone::Plain);
    page.steps(&told.user.steps);
    page
}

fn ways(told: &Guidance) -> Vec<Task> {
    let mut tasks = Vec::with_capacity(told.steps.len());
    for step in &told.steps {
        tasks.push(Task { text: step.text.clone(), way: Some(step.way.text().to_owned()) });
    }
    tasks
}

/// The message that the sender is told about.
fn letter(letter: &Sent, language: Language) -> Page {
    let mut fields = Vec::new();
    let sent = letter.date.map(date);
    for (key, value) in [
        ("recipient", letter.recipient.as_ref().map(ToString::to_string)),
        ("subject", letter.subject.as_ref().map(ToString::to_string)),
        ("date", sent),
    ] {
        if let Some(value) = value {
            let name = language.word(key).to_owned();
            fields.push(Labelled { name, value, tone: Tone::Plain });
        }
    }
    let mut page = Page::default();
    if !fields.is_empty() {
        page.blocks.push(Block::Fields(fields));
        page.gap();
    }
    page
}

/// The text for the sender, to be sent as it is.
#[must_use]
pub fn for_sender(told: &Guidance, language: Language) -> String {
    let mut lines = vec![told.label.clone(), String::new()];
    for block in letter(&told.message, language).blocks {
        let Block::Fields(fields) = block else { continue };
        for Labelled { name, value, .. } in fields {
            lines.push(format!("{name}: {value}"));
        }
        lines.push(String::new());
    }
    lines.push(told.user.cause.clone());
    if !told.user.steps.is_empty() {
        lines.extend([String::new(), language.word("what_to_do").to_owned()]);
        for (number, step) in (1..).zip(&told.user.steps) {
            lines.push(format!("{number}. {step}"));
        }
    }
    lines.join("\n")
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

pub(super) fn commands(told: &Guidance, language: Language, page: &mut Page) {
    if told.commands.is_empty() {
        return;
    }
    page.heading(language.word("commands"));
    page.text(language.word("commands_check"), Tone::Dim);
    page.blocks.push(Block::Commands(told.commands.clone()));
}
