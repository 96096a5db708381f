//! A TOML error as a sentence: its line, and for an unknown key the one that was probably meant.

/// The line of a place in a text, counted from 1.
#[must_use]
pub fn line(text: &str, place: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..place.min(text.len())]).count() + 1
}

/// The line of an error, where TOML gives one, and what is wrong.
#[must_use]
pub fn explain(text: &str, error: &toml::de::Error) -> (Option<usize>, String) {
    let line = error.span().map(|span| line(text, span.start));
    let message = error.message();
    let plain = || message.lines().collect::<Vec<_>>().join("; ");
    (
        line,
        unknown_key(message)
            .or_else(|| unknown_value(message))
            .or_else(|| other(message))
            .unwrap_or_else(plain),
    )
}

/// A value that is none of those there are; of a long choice only the nearest one is named.
fn unknown_value(message: &str) -> Option<String> {
    const SHORT: usize = 8;
    let mut quoted = message.strip_prefix("unknown variant ")?.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    let known: Vec<&str> = quoted.collect();
    let hint = match likely(unknown, known.iter().copied()) {
        Some(known) => format!("; did you mean `{known}`?"),
        None if known.len() <= SHORT => format!("; write one of {}", known.join(", ")),
        None => String::new(),
    };
    Some(format!("there is no `{unknown}` here{hint}"))
}

/// A key that must be there, and a number out of its range.
fn other(message: &str) -> Option<String> {
    if let Some(key) = message.strip_prefix("missing field ") {
        return Some(format!("the key {key} is missing"));
    }
    let number =
        message.strip_prefix("invalid value: integer `")?.strip_suffix("`, expected u16")?;
    Some(format!("{number} is out of range: write a number from 0 to {}", u16::MAX))
}

fn unknown_key(message: &str) -> Option<String> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    let hint = likely(unknown, quoted)
        .map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
    Some(format!("unknown key `{unknown}`{hint}"))
}

/// The known name that an unknown one is nearest to, if it is near.
#[must_use]
pub fn likely<'k>(unknown: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .filter(|(distance, known)| *distance <= known.len().max(3) / 2)
        .min()
        .map(|(_, known)| known)
}
