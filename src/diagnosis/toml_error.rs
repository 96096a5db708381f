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
    (line, unknown_key(message).unwrap_or_else(|| message.lines().collect::<Vec<_>>().join("; ")))
}

fn unknown_key(message: &str) -> Option<String> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    let hint = likely(unknown, quoted).map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
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
