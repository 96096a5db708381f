//! The one table of limits. Beyond each the reading goes on without what exceeds it and the result
//! says so.

/// Levels of message/* and multipart/* inside each other.
pub const NESTING: usize = 64;
/// Parts of one message.
pub const PARTS: usize = 10_000;
/// Fields of one header block.
pub const HEADER_FIELDS: usize = 10_000;
/// Bytes of one header field.
pub const HEADER_FIELD_BYTES: usize = 1 << 20;
/// Bytes of one Content-Type field; only bombs are longer.
pub const MEDIA_TYPE_BYTES: usize = 4 << 10;
/// Hops of a chain that are kept: half of them from either end.
pub const HOPS: usize = 200;
/// Deliveries read from one report.
pub const RECIPIENTS: usize = 50_000;
/// Deliveries read from the words for people: real lines that name a recipient take more than fifty
/// bytes of [`TEXT_BYTES`].
pub const RECIPIENTS_IN_WORDS: usize = 20_000;
/// Bytes of human text that are searched for recipients and errors.
pub const TEXT_BYTES: usize = 1 << 20;
/// Bytes of one error text that are kept.
pub const DIAGNOSTIC_BYTES: usize = 8 << 10;

names! {
    /// A limit that a message went beyond.
    pub enum Limit {
        /// Parts nested deeper than [`NESTING`]; the rest is one opaque part.
        Nesting "nesting",
        /// More parts than [`PARTS`]; the rest was not read.
        Parts "parts",
        /// A header block beyond [`HEADER_FIELDS`], [`HEADER_FIELD_BYTES`] or [`MEDIA_TYPE_BYTES`].
        Header "header",
        /// More failed recipients than [`RECIPIENTS`] or [`RECIPIENTS_IN_WORDS`].
        Recipients "recipients",
        /// Only the beginning of the message was fetched.
        Fetched "fetched",
    }
}
