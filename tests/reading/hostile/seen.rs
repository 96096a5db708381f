//! Reading on a small stack, and every text that comes of it.

use std::thread;

use deadletter::bounce::{Bounce, Depth, Inspection, read_with};
use deadletter::diagnosis::Rules;
use deadletter::diagnosis::{Diagnosis, Language, Ours, diagnose};
use deadletter::export::Explained;
use deadletter::export::json::Record;
use deadletter::export::text::{Style, page};
use deadletter::mail::Limit;
use serde_json::Value;

/// What threads of the program and of most others get.
const STACK: usize = 2 << 20;

/// What came of a message.
pub(crate) struct Seen {
    pub(crate) bounce: Bounce,
    pub(crate) diagnosis: Diagnosis,
    pub(crate) inspection: Inspection,
    json: Value,
    page: String,
}

/// Reads, diagnoses and exports a message on a thread with a small stack; the first reading is
/// dropped there.
pub(crate) fn look(raw: &[u8]) -> Seen {
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
            drop(read(raw));
            read(raw)
        });
        let seen = reader.expect("a thread").join().expect("no panic");
        seen.holds_nothing_a_terminal_obeys();
        seen
    })
}

fn read(raw: &[u8]) -> Seen {
    let ours = Ours { domains: vec!["birch.example".to_owned()], ..Ours::default() };
    let (bounce, inspection) = read_with(raw, Depth::Inspect);
    let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
    let explained = Explained {
        file: "hostile.eml",
        bounce: &bounce,
        inspection: &inspection,
        diagnosis: &diagnosis,
        ours: &ours,
        language: Language::En,
        size: raw.len(),
    };
    let json = serde_json::to_value(Record::of(&explained)).expect("JSON");
    let page = page(&explained, Style { width: 80, ascii: true });
    Seen { bounce, diagnosis, inspection, json, page }
}

impl Seen {
    /// The recipients in their order.
    pub(crate) fn recipients(&self) -> Vec<&str> {
        self.bounce.deliveries.iter().map(|d| d.recipient.as_deref().unwrap_or("")).collect()
    }

    /// The object of JSON.
    pub(crate) fn json(&self) -> &Value {
        &self.json
    }

    /// The page of text.
    pub(crate) fn page(&self) -> &str {
        &self.page
    }

    /// True when the reading says that it went beyond this limit.
    pub(crate) fn reached(&self, limit: Limit) -> bool {
        let times = self.bounce.limits.iter().filter(|reached| **reached == limit).count();
        assert!(times <= 1, "a limit is reported once");
        times == 1
    }

    fn holds_nothing_a_terminal_obeys(&self) {
        strings(&self.json, &mut |text| assert_harmless(text));
        self.page.lines().for_each(assert_harmless);
        let inspection = &self.inspection;
        let headers = inspection
            .report_headers
            .iter()
            .chain(&inspection.original_headers)
            .flat_map(|h| [&h.name, &h.value]);
        let lines = inspection.parts.iter().flat_map(|part| &part.lines).map(|(_, line)| line);
        for text in headers.chain(lines).chain(&inspection.source).chain(&inspection.not_understood)
        {
            assert_harmless(text);
        }
        assert!(
            inspection
                .language
                .as_deref()
                .is_none_or(|l| l.len() <= 35 && !l.contains(char::is_control))
        );
    }
}

fn strings(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, visit)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            visit(name);
            strings(value, visit);
        }),
        _ => {}
    }
}

/// Control, bidirectional, zero-width and tag characters, and more marks on a letter than any
/// script has.
pub(crate) fn assert_harmless(text: &str) {
    let mut marks = 0;
    for c in text.chars() {
        let hidden = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
        assert!(!c.is_control() && !hidden, "U+{:04X} in {text:.200}", c as u32);
        marks = if matches!(c, '\u{300}'..='\u{36f}') { marks + 1 } else { 0 };
        assert!(marks <= 8, "marks pile up in {text:.200}");
    }
}
