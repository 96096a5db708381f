//! bounce
pub mod page;
pub mod report;
pub mod said;
pub mod status;
pub mod wording;
pub use status::Status;
