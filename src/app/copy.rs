//! What can be taken along as text.

use crate::diagnosis::{Guidance, Language, guidance};
use crate::page::for_sender;

use super::action::Action;
use super::selection::Opened;

/// The text of a copy action, or why there is none.
pub(super) fn text(
    action: Action,
    opened: &Opened,
    language: Language,
) -> Result<String, &'static str> {
    let detail = opened.detail().ok_or("the message is not there yet")?;
    let original = detail.bounce.original.as_ref();
    if action == Action::CopyMessageId {
        let id = original.and_then(|o| o.message_id.as_ref()).or(detail.bounce.message_id.as_ref());
        return id.map(ToString::to_string).ok_or("there is no Message-ID in this report");
    }
    let Some(case) = opened.case() else {
        return match action {
            Action::CopyUser => Ok(for_sender(&told(opened, language), language)),
            _ => Err("this message names no recipient"),
        };
    };
    match action {
        Action::CopyUser => Ok(for_sender(&told(opened, language), language)),
        Action::CopyAddress => case
            .delivery
            .recipient
            .as_ref()
            .map(ToString::to_string)
            .ok_or("the report does not name the address"),
        Action::CopyDiagnostic => case
            .delivery
            .said
            .as_ref()
            .map(|s| s.text.to_string())
            .ok_or("the report does not quote an answer"),
        _ => {
            let told = told(opened, language);
            let mut commands = Vec::with_capacity(told.steps.len() + told.commands.len());
            for step in &told.steps {
                commands.push(step.way.text().to_owned());
            }
            commands.extend(told.commands);
            if commands.is_empty() {
                Err("there is no command for this delivery")
            } else {
                Ok(commands.join("\n"))
            }
        }
    }
}

/// The guidance for what is in the views.
pub(super) fn told(opened: &Opened, language: Language) -> Guidance {
    let Some(detail) = opened.detail() else { return Guidance::default() };
    match opened.case() {
        Some(case) => guidance(language, &case),
        None => crate::diagnosis::guidance::of_message(language, &detail.bounce),
    }
}
