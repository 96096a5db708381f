//! Sets of enhanced status codes, as rules name them: `5.7.1`, `5.7.700-749`, `x.7.1`, `x.7.*`.

use serde::Deserialize;

use crate::bounce::Status;

/// A code or a set of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CodePattern {
    class: Option<u8>,
    subject: Option<u16>,
    detail: Option<(u16, u16)>,
}

impl CodePattern {
    /// True when the code is in the set.
    #[must_use]
    pub fn holds(&self, status: Status) -> bool {
        self.class.is_none_or(|c| c == status.class)
            && self.subject.is_none_or(|s| s == status.subject)
            && self.detail.is_none_or(|(from, to)| (from..=to).contains(&status.detail))
    }

    /// The subject that all codes of the set have; None when they differ.
    #[must_use]
    pub fn subject(&self) -> Option<u16> {
        self.subject
    }

    /// True for a code with a detail of three digits, or a range: nobody else uses these by
    /// accident.
    #[must_use]
    pub fn is_specific(&self) -> bool {
        self.detail.is_some_and(|(from, to)| from >= 100 || from != to)
    }

    /// True for a pattern that names a detail.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.detail.is_some()
    }

    /// How exactly it names a code: the detail tells more than the subject, and the subject more
    /// than the class.
    #[must_use]
    pub fn exactness(&self) -> u8 {
        u8::from(self.class.is_some())
            + 2 * u8::from(self.subject.is_some())
            + 4 * u8::from(self.detail.is_some())
    }

    /// Reads a pattern; None when it is none.
    fn read(text: &str) -> Option<Self> {
        let mut fields = text.split('.');
        let class = match fields.next()? {
            "x" => None,
            class @ ("2" | "4" | "5") => Some(class.parse().ok()?),
            _ => return None,
        };
        let subject = match fields.next()? {
            "*" => None,
            subject => Some(subject.parse().ok()?),
        };
        let detail = match fields.next() {
            None | Some("*") => None,
            Some(detail) => {
                let (from, to) = detail.split_once('-').unwrap_or((detail, detail));
                Some((from.parse().ok()?, to.parse().ok()?))
            }
        };
        Some(Self { class, subject, detail })
    }
}

impl TryFrom<String> for CodePattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match Self::read(&text) {
            Some(pattern) => Ok(pattern),
            None => {
                Err(format!("\"{text}\" is no code: write 5.7.1, 5.7.700-749, x.7.1, x.7.* or 5.*"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ranges_and_wildcards() {
        let holds = |pattern: &str, status| {
            CodePattern::try_from(pattern.to_owned()).is_ok_and(|p| p.holds(status))
        };
        assert!(holds("5.7.1", Status::new(5, 7, 1)) && !holds("5.7.1", Status::new(5, 7, 12)));
        assert!(
            holds("5.7.700-749", Status::new(5, 7, 749))
                && !holds("5.7.700-749", Status::new(5, 7, 750))
        );
        assert!(
            holds("x.7.1", Status::new(4, 7, 1))
                && holds("x.7.*", Status::new(5, 7, 99))
                && holds("5.*", Status::new(5, 1, 1))
        );
        assert!(CodePattern::try_from("7.1".to_owned()).is_err());
    }
}
