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
/// Bytes of human text that are searched for recipients and errors.
pub const TEXT_BYTES: usize = 1 << 20;
/// Bytes of one error text that are kept.
pub const DIAGNOSTIC_BYTES: usize = 8 << 10;

names! {
    /// A limit that a message went beyond. The label says which limit and what was still read.
    pub enum Limit {
        /// Parts nested deeper than [`NESTING`]; the rest is one opaque part.
        Nesting "nesting" "parts are nested more than 64 deep; \
            the inner ones are shown as one opaque part",
        /// More parts than [`PARTS`]; the rest was not read.
        Parts "parts" "more than 10,000 parts; the rest was not read",
        /// A header block beyond [`HEADER_FIELDS`], [`HEADER_FIELD_BYTES`] or [`MEDIA_TYPE_BYTES`].
        Header "header" "a header goes beyond 10,000 fields, 1 MiB a field or 4 KiB a \
            Content-Type; the excess was left out",
        /// More failed recipients than [`RECIPIENTS`].
        Recipients "recipients" "more than 50,000 recipients; the rest was left out",
        /// Only the beginning of the message was fetched.
        Fetched "fetched" "only the first 64 KiB were fetched for the list; \
            open the source for the whole message",
    }
}
