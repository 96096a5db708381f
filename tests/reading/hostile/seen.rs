//! What comes of a message, and every text of it.

use deadletter::bounce::{Bounce, Depth, Inspection, read_with};
use deadletter::diagnosis::Rules;
use deadletter::diagnosis::{Diagnosis, Language, Ours, diagnose};
use deadletter::export::Explained;
use deadletter::export::json::Record;
use deadletter::export::text::{Style, lines, page};
use serde_json::Value;

use crate::inputs::grammar::harmless;
use crate::inputs::strings;

/// What came of a message.
pub(crate) struct Seen {
    pub(crate) bounce: Bounce,
    pub(crate) diagnosis: Diagnosis,
    pub(crate) inspection: Inspection,
    pub(crate) json: Value,
    pub(crate) page: String,
    /// The same as one of many.
    pub(crate) lines: String,
}

/// Reads, diagnoses and exports a message.
pub(crate) fn look(raw: &[u8]) -> Seen {
    let ours = Ours { domains: vec!["birch.example".to_owned()], ..Ours::default() };
    let (bounce, inspection) = read_with(raw, Depth::Inspect);
    let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
    let explained = Explained {
        file: "hostile.eml",
        bounce: &bounce,
        inspection: &inspection,
        diagnosis: &diagnosis,
        ours: &ours,
        size: raw.len(),
        language: Language::En,
    };
    let json = serde_json::to_value(Record::of(&explained)).expect("JSON");
    let style = Style { width: 80, ascii: true };
    let (page, lines) = (page(&explained, style), lines(&explained, style));
    let seen = Seen { bounce, diagnosis, inspection, json, page, lines };
    seen.holds_nothing_a_terminal_obeys();
    seen
}

impl Seen {
    /// The addresses that failed.
    pub(crate) fn recipients(&self) -> Vec<&str> {
        self.bounce.deliveries.iter().filter_map(|d| d.recipient.as_deref()).collect()
    }

    fn holds_nothing_a_terminal_obeys(&self) {
        strings(&self.json, &mut harmless);
        self.page.lines().for_each(harmless);
        self.lines.lines().for_each(harmless);
        let inspection = &self.inspection;
        let headers = inspection
            .report_headers
            .iter()
            .chain(&inspection.original_headers)
            .flat_map(|h| [&h.name, &h.value]);
        let lines = inspection.parts.iter().flat_map(|part| &part.lines).map(|(_, line)| line);
        for text in headers.chain(lines).chain(&inspection.source).chain(&inspection.not_understood)
        {
            harmless(text);
        }
        let language = inspection.language.as_deref().unwrap_or_default();
        assert!(language.len() <= 35 && !language.contains(char::is_control));
    }
}
