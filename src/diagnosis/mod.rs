//! Why a delivery failed, who must act, and what to do: rules as data, a verdict with its evidence
//! and its confidence. Pure: values in, values out.

pub mod backscatter;
mod case;
mod code;
mod conflict;
mod evidence;
pub mod facts;
pub mod guidance;
mod heard;
pub mod hosts;
mod identity;
mod inquiry;
pub mod judgement;
pub mod language;
pub mod learn;
pub mod matcher;
mod meaning;
pub mod named;
pub mod ours;
pub mod party;
pub mod reason;
pub mod remedy;
mod responsibility;
pub mod route;
mod routing;
pub mod rules;
pub mod steps;
pub mod tree571;
pub mod values;
pub mod verdict;
mod wordings;

pub use backscatter::{Backscatter, Origin};
pub use case::Case;
pub use conflict::Conflict;
pub use evidence::{Evidence, Words};
pub use guidance::{Guidance, guidance};
pub use language::Language;
pub use matcher::Rules;
pub use ours::Ours;
pub use party::{Confidence, Party};
pub use reason::Reason;
pub use route::{Halt, Route};
pub use verdict::{Diagnosis, Verdict, diagnose};
