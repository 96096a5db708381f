//! What people see of a plan before it is done, and how they agree to it.

use std::collections::BTreeSet;

use crate::mail::SafeText;

use super::plan::{NewPlan, PlanStep};

/// From more messages than this on, the number is typed.
pub const TYPED: usize = 50;
/// Rows that are shown.
const ROWS: usize = 5;

/// A plan as it is shown before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What is done: `move to Archive`.
    pub title: SafeText,
    /// To how many messages.
    pub messages: usize,
    /// Where they lie: account and folder, each once.
    pub places: Vec<SafeText>,
    /// The first of them.
    pub rows: Vec<SafeText>,
    /// Deliveries of these messages that were not chosen and change with them.
    pub hidden: usize,
}

impl Preview {
    /// The preview of a plan; `hidden` deliveries change that were not chosen.
    #[must_use]
    pub fn of(plan: &NewPlan, hidden: usize) -> Self {
        let mut places = BTreeSet::new();
        for PlanStep { place, .. } in &plan.steps {
            places.insert(SafeText::new(&format!("{} {}", place.account, place.folder)));
        }
        let rows = plan.steps.iter().take(ROWS).map(|step| step.label.clone()).collect();
        Self {
            title: plan.title.clone(),
            messages: plan.steps.len(),
            places: places.into_iter().collect(),
            rows,
            hidden,
        }
    }
}

/// What somebody has agreed to beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes, whatever the number.
    Yes,
    /// Yes, to so many messages.
    To(usize),
}

/// Why what somebody agreed to beforehand is not enough for so many messages; none when it is.
#[must_use]
pub fn refusal(messages: usize, consent: Consent) -> Option<SafeText> {
    let why = match consent {
        Consent::Yes if messages > TYPED => {
            format!("{messages} messages are more than {TYPED}: say how many with --yes={messages}")
        }
        Consent::To(number) if number != messages => {
            format!("these are {messages} messages, not {number}")
        }
        _ => return None,
    };
    Some(SafeText::new(&why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_messages_need_their_number() {
        assert_eq!(refusal(TYPED, Consent::Yes), None);
        assert!(refusal(TYPED + 1, Consent::Yes).is_some_and(|why| why.contains("--yes=51")));
        assert_eq!(refusal(200, Consent::To(200)), None);
        assert!(refusal(3, Consent::To(2)).is_some_and(|why| why.contains("3 messages, not 2")));
    }
}
