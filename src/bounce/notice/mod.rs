//! The words for people in a report: its lines, the recipients they name, the errors they tell, the
//! dialogues they quote.

pub mod beginnings;
pub mod blocks;
mod candidate;
pub mod errors;
pub mod line;
pub mod named;
pub mod phrases;
pub mod prose;
mod returned;
pub mod sentences;
pub mod shapes;
pub mod text;
pub mod transcript;
pub mod vocabulary;
