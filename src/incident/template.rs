//! The words of an answer without what differs from one message to the next.

use crate::mail::SafeText;

/// Words that are kept.
const WORDS: usize = 12;

/// The first words of an answer, in lower case; numbers, ids, addresses and names of hosts are
/// left out. None when nothing remains.
pub(super) fn template(answer: &str) -> Option<SafeText> {
    let mut kept = Vec::new();
    for word in answer.split_whitespace() {
        if kept.len() == WORDS {
            break;
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let changes = bare.is_empty()
            || bare.chars().any(|c| c.is_numeric() || matches!(c, '@' | '.' | '/' | '_' | '='));
        if !changes {
            kept.push(bare.to_lowercase());
        }
    }
    if kept.is_empty() { None } else { Some(SafeText::new(&kept.join(" "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_left_out() {
        let one = "550 Sorry, <ann@oak.example>: the moon is wrong (id 4gX1-77)";
        let other = "550 sorry, <bob@elm.example>: The moon is wrong (id QQ23z)";
        assert_eq!(template(one).as_deref(), Some("sorry the moon is wrong id"));
        assert_eq!(template(one), template(other));
        assert_eq!(template("550 5.0.0"), None);
    }
}
