//! The four views of a delivery.

mod admin;
mod hops;
mod source;
mod user;

use ratatui::style::Style;

use crate::app::{App, View};
use crate::listing::Detail;

use super::sheet::Sheet;

pub(super) use source::draw as source;

/// Fills the page of the view that is open.
pub(super) fn fill(app: &App, detail: &Detail, sheet: &mut Sheet<'_>) {
    match app.pane.view {
        View::User => user::fill(app, detail, sheet),
        View::Admin => admin::fill(app, detail, sheet),
        View::Hops => hops::fill(detail, app.opened.case().map(|case| case.delivery), sheet),
        View::Source => {}
    }
}

/// What there is to say while the message is not there.
pub(super) fn missing(app: &App, sheet: &mut Sheet<'_>) {
    if let Some(why) = app.opened.failed() {
        let style = sheet.look.error;
        sheet.paragraph("", why, style);
    } else {
        let style = sheet.look.dim;
        sheet.paragraph("", "reading the message", style);
    }
}

/// Who we are was learnt, or is not known: what that means for the verdict.
fn site_note(app: &App, detail: &Detail, sheet: &mut Sheet<'_>) {
    let ours = &detail.ours;
    let key = match () {
        () if ours.is_empty() => "site.unset",
        () if ours.learnt => "site.learnt",
        () => return,
    };
    sheet.blank();
    let style = sheet.look.dim;
    sheet.paragraph("", app.language().word(key), style);
}

/// The limits a message went beyond.
fn limits(detail: &Detail, sheet: &mut Sheet<'_>) {
    for limit in &detail.bounce.limits {
        sheet.paragraph("limit: ", limit.label(), Style::new());
    }
}
