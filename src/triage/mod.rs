//! What may be done to messages, as plans: each change previewed, with an inverse, allowed or not.
//! Pure: what is looked at is handed in, what is to be done is handed out.

mod change;
mod mark;
mod plan;
mod preview;
mod verdict;

pub use change::{Change, Effect};
pub use mark::{MessageFlag, MessageFlags, TriageState};
pub use plan::{
    ArrivalRange, Likeness, NewPlan, Plan, PlanId, PlanStep, StepState, Whereabouts, inverse,
};
pub use preview::{Consent, Preview, TYPED, refusal};
pub use verdict::{Keeps, SeenMessage, StepVerdict, judge, matched, route};
