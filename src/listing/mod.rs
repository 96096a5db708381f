//! What the screen shows of messages: rows for the list, and everything about one message for the
//! views. Made where the bytes are, off the screen's thread; small where there are many of them.

mod ask;
mod class;
mod detail;
mod extent;
mod id;
mod row;
mod window;
mod words;

pub use ask::{Completion, Health, Offered, Request, Update};
pub use class::Class;
pub use detail::Detail;
pub use extent::Extent;
pub use id::{DeliveryId, MessageId};
pub use row::{Key, Row};
pub use window::{
    Ask, By, DeliveryRow, GroupId, GroupRow, GroupTitle, ListWindow, Of, Query, RowName, Rows,
    Seek, Tally,
};
pub use words::ColumnWords;
