//! The desk: who has the store, keeps what is shown up to date, and hands out windows of it.
//!
//! A [`Desk`] works where it is called; [`begin`] gives it a thread of its own, so that nobody who
//! asks has to wait for the disk.

mod causes;
mod groups;
mod run;
mod view;
mod windows;

pub(super) use run::{Deposit, Deposits, Questions, begin};
pub use windows::Desk;
