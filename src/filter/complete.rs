//! How a filter can go on: names of fields, and values that rows have, counted.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::listing::{ColumnWords, Completion, Offered, Row};

use super::field::{Field, Matching};
use super::value::{FilterValue, folded, quoted};

/// Candidates that are offered.
const MOST: usize = 50;

/// How the beginning of a filter can go on, given all rows as they are shown.
#[must_use]
pub fn complete<'a>(
    head: &str,
    rows: impl Iterator<Item = &'a Row>,
    words: &ColumnWords,
    now: Timestamp,
) -> Completion {
    let (field, start) = last_piece(head);
    let wanted = folded(head[start..].trim_start_matches('"'));
    let candidates = match field {
        None => fields(&wanted, rows, words),
        Some(field) => match suggested(field) {
            [] => values(field, &wanted, rows, words),
            texts => passing(field, texts, &wanted, rows, words, now),
        },
    };
    Completion { start, candidates }
}

/// The field whose value is being written, or None for a word, and where that begins.
fn last_piece(head: &str) -> (Option<Field>, usize) {
    let (mut start, mut is_quoted, mut before) = (0, false, ' ');
    for (at, c) in head.char_indices() {
        if is_quoted {
            is_quoted = c != '"' || before == '\\';
        } else if c.is_whitespace() || c == '(' || c == ')' {
            start = at + c.len_utf8();
        } else if c == '"' {
            is_quoted = at == start || matches!(before, ':' | '|' | '-' | '!');
        }
        before = c;
    }
    let term = head[start..].trim_start_matches(['-', '!']);
    let begin = head.len() - term.len();
    let last = |from: usize| match head[from..].rfind('|') {
        Some(bar) => from + bar + 1,
        None => from,
    };
    if let Some((name, _)) = term.split_once(':')
        && let Some(field) = Field::from_slug(&name.to_lowercase())
    {
        return (Some(field), last(begin + name.len() + 1));
    }
    (None, last(begin))
}

/// Values that are worth a try, of fields whose values no row has.
fn suggested(field: Field) -> &'static [&'static str] {
    match field.compared() {
        Matching::State => &["failed", "delayed", "unknown", "ours", "backscatter"],
        Matching::Age => &["<1h", "<1d", "<1w", ">1d", ">1w"],
        Matching::Since | Matching::Before => &["1h", "24h", "2d", "1w"],
        _ => &[],
    }
}

fn fields<'a>(
    wanted: &str,
    rows: impl Iterator<Item = &'a Row>,
    words: &ColumnWords,
) -> Vec<Offered> {
    let mut candidates = Vec::new();
    for field in Field::ALL {
        if field.slug().starts_with(wanted) {
            candidates.push((*field, 0));
        }
    }
    for row in rows {
        for (field, count) in &mut candidates {
            let has = match suggested(*field) {
                [] => field.of(row, words).is_some(),
                _ => true,
            };
            *count += usize::from(has);
        }
    }
    let text = |(field, rows)| Offered { text: format!("{field}:"), rows };
    candidates.into_iter().map(text).collect()
}

fn passing<'a>(
    field: Field,
    texts: &[&str],
    wanted: &str,
    rows: impl Iterator<Item = &'a Row>,
    words: &ColumnWords,
    now: Timestamp,
) -> Vec<Offered> {
    let mut counted = Vec::new();
    for text in texts {
        if let Ok(value) = FilterValue::read(Some(field), text)
            && text.starts_with(wanted)
        {
            counted.push((value, Offered { text: (*text).to_owned(), rows: 0 }));
        }
    }
    for row in rows {
        for (value, candidate) in &mut counted {
            candidate.rows += usize::from(value.passes(Some(field), row, words, now));
        }
    }
    sorted(counted.into_iter().map(|(_, candidate)| candidate).collect(), wanted)
}

fn values<'a>(
    field: Field,
    wanted: &str,
    rows: impl Iterator<Item = &'a Row>,
    words: &ColumnWords,
) -> Vec<Offered> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for row in rows {
        if let Some(value) = field.of(row, words) {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut candidates = Vec::new();
    for (text, rows) in counts {
        if folded(&text).contains(wanted) {
            candidates.push(Offered { text: quoted(&text), rows });
        }
    }
    sorted(candidates, wanted)
}

/// Those that begin as wanted first, then those that most rows have.
fn sorted(mut candidates: Vec<Offered>, wanted: &str) -> Vec<Offered> {
    candidates.sort_by_cached_key(|one| {
        let begins = folded(one.text.trim_start_matches('"')).starts_with(wanted);
        (!begins, Reverse(one.rows), one.text.clone())
    });
    candidates.truncate(MOST);
    candidates
}
