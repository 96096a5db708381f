//! Whether a report without a status part tells that a message was delivered.

use std::sync::LazyLock;

use crate::bounce::delivery::Delivery;
use crate::bounce::notice::phrases::Phrases;
use crate::bounce::notice::text::NoticeText;

/// True when the words say that the message was delivered, or the answers accept it, and nothing
/// that is told about a recipient says otherwise.
#[must_use]
pub(super) fn tells_success(notice: &NoticeText<'_>, deliveries: &[Delivery]) -> bool {
    let mut accepted = DELIVERED.occur_in(notice.own_text());
    for delivery in deliveries {
        if let Some(status) = delivery.status {
            if status.class != 2 {
                return false;
            }
            accepted = true;
        }
        if matches!(delivery.reply, Some(400..)) {
            return false;
        }
        if let Some(said) = &delivery.said
            && FAULTS.occur_in(&said.text)
        {
            return false;
        }
    }
    accepted
}

/// What receipts of delivery say, in lower case.
static DELIVERED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "successfully delivered",
        "was successfully relayed",
        "successfully relayed to",
        "successful delivery notification",
        "successful mail delivery",
        "has been delivered to the following",
        "was delivered to the following",
        "been delivered to these recipients",
        "to these recipients or groups is complete",
        "delivery to the following recipients is complete",
    ])
});

/// Words of trouble, in lower case: some programs begin every report with the same sentence.
static FAULTS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "error",
        "fail",
        "unable",
        "not ",
        "n't",
        "reject",
        "refus",
        "denied",
        "unknown",
        " full",
        "exceed",
        "invalid",
        "expired",
        "timed out",
        "timeout",
        "disabled",
        "no such",
    ])
});
