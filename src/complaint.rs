//! A TOML error as a sentence: its line, and for an unknown key the one that was probably meant.

/// Up to so many choices are all named.
const SHORT: usize = 8;

/// The line of a place in a text, counted from 1.
#[must_use]
pub fn line(text: &str, place: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..place.min(text.len())]).count() + 1
}

/// The column of a place in its line, in characters, counted from 1.
#[must_use]
pub fn column(text: &str, place: usize) -> usize {
    let before = &text[..text.floor_char_boundary(place)];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    before[start..].chars().count() + 1
}

/// The line of an error, where TOML gives one, and what is wrong.
#[must_use]
pub fn explain(text: &str, error: &toml::de::Error) -> (Option<usize>, String) {
    let line = error.span().map(|span| line(text, span.start));
    let message = error.message();
    if let Some(sentence) = sentence(message) {
        return (line, sentence);
    }
    (line, message.lines().collect::<Vec<_>>().join("; "))
}

/// What is wrong in words of ours, for the mistakes that are made most.
fn sentence(message: &str) -> Option<String> {
    if let Some(names) = message.strip_prefix("unknown field ") {
        return unknown_key(names);
    }
    if let Some(names) = message.strip_prefix("unknown variant ") {
        return unknown_value(names);
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return Some(format!("the key {key} is missing"));
    }
    let number =
        message.strip_prefix("invalid value: integer `")?.strip_suffix("`, expected u16")?;
    Some(format!("{number} is out of range: write a number from 0 to {}", u16::MAX))
}

fn unknown_key(names: &str) -> Option<String> {
    let mut quoted = quoted(names);
    let unknown = quoted.next()?;
    Some(match likely(unknown, quoted) {
        Some(known) => format!("unknown key `{unknown}`; did you mean `{known}`?"),
        None => format!("unknown key `{unknown}`"),
    })
}

/// A value that is none of those there are; of a long choice only the nearest one is named.
fn unknown_value(names: &str) -> Option<String> {
    let mut quoted = quoted(names);
    let unknown = quoted.next()?;
    let known: Vec<&str> = quoted.collect();
    let hint = match likely(unknown, known.iter().copied()) {
        Some(known) => format!("; did you mean `{known}`?"),
        None if known.len() <= SHORT => format!("; write one of {}", known.join(", ")),
        None => String::new(),
    };
    Some(format!("there is no `{unknown}` here{hint}"))
}

/// The names in backticks, in their order.
fn quoted(names: &str) -> impl Iterator<Item = &str> {
    names.split('`').skip(1).step_by(2)
}

/// The known name that an unknown one is nearest to, if it is near.
#[must_use]
pub fn likely<'k>(unknown: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let mut nearest: Option<(usize, &str)> = None;
    for known in known {
        let found = (strsim::damerau_levenshtein(unknown, known), known);
        let near = found.0 <= known.len().max(3) / 2;
        if near && nearest.is_none_or(|nearest| found < nearest) {
            nearest = Some(found);
        }
    }
    Some(nearest?.1)
}
