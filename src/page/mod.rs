//! What there is to show of a delivery, written once as blocks in the language of the reader. The
//! screen turns blocks into lines, the printed page into characters; neither adds a word.

mod admin;
mod block;
mod hops;
mod notes;
mod picture;
mod source;
mod summary;
mod told;
mod tree;
mod user;

pub use admin::{admin, headers, origin, original, report, writer};
pub use block::{
    Block, Excerpt, HopRow, Labelled, Page, Paragraph, Task, Tone, Turn, Verbatim, Way,
};
pub use hops::{hops, way};
pub use notes::{site, unread};
pub use picture::{Picture, Station};
pub use source::{missing, source};
pub use summary::Summary;
pub use told::{told, told_admins};
pub use tree::question;
pub use user::{advice, counsel, for_sender, happened, user};
