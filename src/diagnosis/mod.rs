//! Why a delivery failed, who must act, and what to do: rules as data, a verdict with its evidence
//! and its confidence. Pure: values in, values out.

pub mod backscatter;
mod case;
pub mod facts;
pub mod guidance;
pub mod hosts;
mod identity;
pub mod judgement;
pub mod learn;
pub mod matcher;
pub mod ours;
pub mod party;
pub mod reason;
pub mod responsibility;
pub mod route;
pub mod rules;
pub mod toml_error;
pub mod tree571;
pub mod verdict;

pub use backscatter::{Backscatter, Origin};
pub use case::Case;
pub use guidance::{Guidance, Language, guidance};
pub use ours::Ours;
pub use party::{Confidence, Party};
pub use reason::Reason;
pub use route::{Route, Stop};
pub use verdict::{Diagnosis, Evidence, Verdict, diagnose};
