//! What is said of plans: as sentences, and as JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::engine::apply::Applied;
use crate::human::{count, moment};
use crate::mail::SafeText;
use crate::store::ListedPlan;
use crate::triage::{NewPlan, PlanId, PlanStep, Preview, StepState, TYPED};

use super::super::exit::{FAILED, GOOD};
use super::args::PlanFormat;

/// Problems that are told one by one.
const TOLD: usize = 100;

/// A plan that was not carried out. Field names are a public interface.
#[derive(Serialize)]
struct PreviewLine<'a> {
    dry_run: bool,
    title: &'a str,
    messages: usize,
    places: &'a [SafeText],
    rows: &'a [SafeText],
    hidden: usize,
    /// True when the number of messages must be typed.
    typed: bool,
}

/// A message of which it is not done. Field names are a public interface.
#[derive(Serialize)]
struct ProblemLine<'a> {
    account: &'a str,
    folder: &'a str,
    uid: u32,
    message_id: Option<&'a str>,
    state: StepState,
    detail: Option<&'a str>,
}

/// What came of a plan. Field names are a public interface.
#[derive(Serialize)]
struct AppliedLine<'a> {
    plan: i64,
    title: &'a str,
    undoes: Option<i64>,
    messages: usize,
    done: usize,
    same: usize,
    conflict: usize,
    gone: usize,
    refused: usize,
    open: usize,
    problems: Vec<ProblemLine<'a>>,
    troubles: &'a [SafeText],
    notes: &'a [SafeText],
}

/// A plan of the journal. Field names are a public interface.
#[derive(Serialize)]
struct PlanLine<'a> {
    plan: i64,
    at: String,
    title: &'a str,
    messages: u64,
    done: u64,
    open: u64,
    undoes: Option<i64>,
    undone_by: Option<i64>,
}

/// A preview as people read it.
pub(super) fn preview_as_text(preview: &Preview) -> String {
    let Preview { title, messages, places, rows, hidden } = preview;
    let mut text = format!("{title}: {}\n", many(*messages, "message"));
    for place in places {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "  in {place}");
    }
    for row in rows {
        let _ = writeln!(text, "    {row}");
    }
    if *messages > rows.len() {
        let _ = writeln!(text, "    and {} more", count(messages - rows.len()));
    }
    if *hidden > 0 {
        let others = many(*hidden, "further delivery");
        let _ = writeln!(text, "  {others} of these messages, which were not chosen, go with them");
    }
    text
}

fn many(number: usize, what: &str) -> String {
    let mut text = format!("{} {what}", count(number));
    if number != 1 {
        match text.strip_suffix('y') {
            Some(stem) => text = format!("{stem}ies"),
            None => text.push('s'),
        }
    }
    text
}

/// Shows what would be done.
pub(super) fn show(preview: &Preview, format: PlanFormat) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        PlanFormat::Text => {
            writeln!(out, "{}Nothing was changed (--dry-run).", preview_as_text(preview))
        }
        PlanFormat::Json => {
            let line = PreviewLine {
                dry_run: true,
                title: &preview.title,
                messages: preview.messages,
                places: &preview.places,
                rows: &preview.rows,
                hidden: preview.hidden,
                typed: preview.messages > TYPED,
            };
            writeln!(out, "{}", serde_json::to_string(&line)?)
        }
    }
}

/// Tells what came of a plan; returns the exit code.
pub(in super::super) fn tell(applied: &Applied, format: PlanFormat) -> io::Result<u8> {
    let is_open = applied.plan.what.steps.iter().any(|step| step.state.is_open());
    let is_good =
        !is_open && applied.troubles.is_empty() && problems(&applied.plan.what).is_empty();
    match format {
        PlanFormat::Text => as_text(applied)?,
        PlanFormat::Json => as_json(applied)?,
    }
    Ok(if is_good { GOOD } else { FAILED })
}

/// The steps that came to another end than was meant.
fn problems(plan: &NewPlan) -> Vec<&PlanStep> {
    let is_problem =
        |state| matches!(state, StepState::Conflict | StepState::Gone | StepState::Refused);
    let unsure = |step: &PlanStep| step.state == StepState::Done && step.detail.is_some();
    let mut found = Vec::new();
    for step in &plan.steps {
        if is_problem(step.state) || unsure(step) && !step.is_local() {
            found.push(step);
        }
    }
    found
}

fn as_text(applied: &Applied) -> io::Result<()> {
    let plan = &applied.plan;
    let (id, title) = (plan.id, &plan.what.title);
    let (done, all) = (plan.count(StepState::Done), plan.what.steps.len());
    let mut out = io::stdout().lock();
    let back =
        if done > 0 { format!(" (`deadletter undo {id}` takes it back)") } else { String::new() };
    writeln!(out, "{title}: {} of {}; plan {id}{back}", count(done), many(all, "message"))?;
    let same = plan.count(StepState::Same);
    if same > 0 {
        writeln!(out, "  {} were so already", count(same))?;
    }
    let open = plan.count(StepState::Planned) + plan.count(StepState::Sent);
    if open > 0 {
        writeln!(out, "  {} are not done yet; `deadletter resume {id}` goes on", count(open))?;
    }
    let problems = problems(&plan.what);
    for step in problems.iter().take(TOLD) {
        let why = step.detail.as_deref().unwrap_or(step.state.label());
        writeln!(out, "  {}  {}: {why}", step.state, step.label)?;
    }
    if problems.len() > TOLD {
        writeln!(out, "  and {} more", count(problems.len() - TOLD))?;
    }
    let mut errors = io::stderr().lock();
    for note in &applied.notes {
        writeln!(errors, "deadletter: {note}")?;
    }
    for trouble in &applied.troubles {
        writeln!(errors, "deadletter: {trouble}")?;
    }
    Ok(())
}

fn as_json(applied: &Applied) -> io::Result<()> {
    let plan = &applied.plan;
    let mut lines = Vec::new();
    for step in problems(&plan.what) {
        lines.push(ProblemLine {
            account: &step.place.account,
            folder: &step.place.folder,
            uid: step.place.uid,
            message_id: step.likeness.message_id.as_deref(),
            state: step.state,
            detail: step.detail.as_deref(),
        });
    }
    let line = AppliedLine {
        plan: plan.id.0,
        title: &plan.what.title,
        undoes: plan.what.undoes.map(|id| id.0),
        messages: plan.what.steps.len(),
        done: plan.count(StepState::Done),
        same: plan.count(StepState::Same),
        conflict: plan.count(StepState::Conflict),
        gone: plan.count(StepState::Gone),
        refused: plan.count(StepState::Refused),
        open: plan.count(StepState::Planned) + plan.count(StepState::Sent),
        problems: lines,
        troubles: &applied.troubles,
        notes: &applied.notes,
    };
    writeln!(io::stdout().lock(), "{}", serde_json::to_string(&line)?)
}

/// Lists plans.
pub(in super::super) fn list(plans: &[ListedPlan], format: PlanFormat) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for plan in plans {
        let ListedPlan { id, at, title, messages, done, open, .. } = plan;
        if format == PlanFormat::Json {
            let line = PlanLine {
                plan: id.0,
                at: at.to_string(),
                title,
                messages: *messages,
                done: *done,
                open: *open,
                undoes: plan.undoes.map(|id| id.0),
                undone_by: plan.undone_by.map(|id| id.0),
            };
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
            continue;
        }
        let mut text = format!("{id:>5}  {}  {title}: {done} of {messages}", moment(*at));
        if *open > 0 {
            let _ = write!(text, ", {open} not done yet");
        }
        if let Some(PlanId(by)) = plan.undone_by {
            let _ = write!(text, ", taken back by {by}");
        }
        writeln!(out, "{text}")?;
    }
    Ok(())
}
