//! The words for people in a report: its lines, the recipients they name, the errors they tell, the
//! dialogues they quote.

pub mod blocks;
pub mod errors;
pub mod named;
pub mod phrases;
pub mod sentences;
pub mod text;
pub mod transcript;
