//! What a feedback report is about (RFC 5965, 6430, 6591).

use crate::mail::header::Headers;
use crate::mail::{Entity, find};

names! {
    /// What a feedback report is about: not each of them complains.
    pub enum FeedbackType {
        /// Somebody calls the message spam.
        Abuse "abuse" "spam complaint",
        /// Somebody says that the message is no spam.
        NotSpam "not-spam" "not spam",
        /// The message failed SPF, DKIM or DMARC.
        AuthFailure "auth-failure" "failed authentication",
        /// Phishing or another fraud.
        Fraud "fraud" "fraud",
        /// A virus was found.
        Virus "virus" "virus",
        /// Somebody wants no more of these messages.
        OptOut "opt-out" "wants no more mail",
        /// Anything else.
        Other "other" "other feedback",
    }
}

impl FeedbackType {
    /// The type that a feedback-report part names; None for any other part.
    #[must_use]
    pub fn of(leaf: &Entity<'_>) -> Option<Self> {
        if &*leaf.media.essence != "message/feedback-report" {
            return None;
        }
        let body = leaf.bytes();
        let (fields, _) = Headers::read(&body);
        Some(Self::read(&fields.get("feedback-type")?.unfolded()))
    }

    /// The type behind a name. Names that programs made up begin as the known ones do.
    #[must_use]
    pub fn read(name: &str) -> Self {
        for known in Self::ALL {
            if find::begins(name.trim_start(), known.slug()) {
                return *known;
            }
        }
        Self::Other
    }
}
