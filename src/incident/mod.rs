//! Incidents: the causes behind many bounces. Deliveries that failed on the same thing are one
//! incident, whatever their wording, their time and their recipients. Pure; parts that were
//! gathered apart can be joined in any order.

mod cause;
mod fold;
mod gathered;
mod hinge;
mod mechanism;
mod template;

pub use cause::{Cause, IncidentId};
pub use fold::{completed, incidents};
pub use gathered::{Contribution, Counted, Incident, fingerprint};
