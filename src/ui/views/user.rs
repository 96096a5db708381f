//! The User view: what happened and what to do, in plain words; below it what administrators and
//! owners of groups do.

use ratatui::style::Style;

use crate::app::App;
use crate::diagnosis::language::Advice;
use crate::layout::count;
use crate::listing::Detail;

use super::super::sheet::Sheet;

pub(super) fn fill(app: &App, detail: &Detail, sheet: &mut Sheet<'_>) {
    let language = app.language();
    let told = app.guidance();
    sheet.heading(language.word("what_happened"));
    sheet.paragraph("", &told.user.cause, Style::new());
    if !told.user.steps.is_empty() {
        sheet.heading(language.word("what_to_do"));
        sheet.steps(&told.user.steps);
    }
    advice(sheet, language.word("for_admins"), &told.admin);
    if let Some(owner) = &told.owner {
        advice(sheet, language.word("for_owner"), owner);
    }
    if let Some((_, why)) = told.branch.as_ref().filter(|(_, why)| !why.is_empty()) {
        sheet.heading(language.word("why_this"));
        sheet.paragraph("", why, Style::new());
    }
    if !told.commands.is_empty() {
        sheet.heading(language.word("commands"));
        let dim = sheet.look.dim;
        sheet.paragraph("", language.word("commands_check"), dim);
        for command in &told.commands {
            sheet.paragraph("  ", command, Style::new());
        }
    }
    same(app, sheet);
    super::site_note(app, detail, sheet);
    super::limits(detail, sheet);
}

fn advice(sheet: &mut Sheet<'_>, title: &str, advice: &Advice) {
    if advice.cause.is_empty() && advice.steps.is_empty() {
        return;
    }
    sheet.heading(title);
    sheet.paragraph("", &advice.cause, Style::new());
    sheet.steps(&advice.steps);
}

/// How many other deliveries fail for the same reason at the same host.
fn same(app: &App, sheet: &mut Sheet<'_>) {
    let others = app.same_cause();
    if others > 0 {
        sheet.blank();
        let dim = sheet.look.dim;
        sheet.paragraph("", &app.language().word("same").replace("{n}", &count(others)), dim);
    }
}
