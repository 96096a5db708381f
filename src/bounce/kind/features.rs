//! What the kind of a message is judged by.

use super::heading::Heading;
use crate::bounce::delivery::Delivery;
use crate::bounce::notice::text::NoticeText;
use crate::bounce::original::Original;
use crate::bounce::report::DeliveryReport;
use crate::mail::header::Headers;

/// What the kind of a message is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Features<'r> {
    /// The header.
    pub headers: &'r Headers<'r>,
    /// Who wrote it and about what.
    pub heading: &'r Heading,
    /// The words for people.
    pub notice: &'r NoticeText<'r>,
    /// The machine-readable report.
    pub report: Option<&'r DeliveryReport>,
    /// It says that it is a delivery report: by its type, or by having the part of one.
    pub typed: bool,
    /// What report and words tell about recipients.
    pub deliveries: &'r [Delivery],
    /// The mail system that wrote it is known by its layout.
    pub recognised: bool,
    /// What that system writes this way is a notice unless it names a recipient.
    pub only_notices: bool,
    /// The message that came with it.
    pub original: Option<&'r Original>,
}
