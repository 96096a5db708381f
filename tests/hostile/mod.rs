//! The hostile inputs: each declared once, with what must be told of it. They are read, explained
//! and shown by the programs beside this folder, and docs/hostile.md lists them.

pub(crate) mod controls;
pub(crate) mod grammar;
pub(crate) mod made;

mod alphabets;
mod codings;
mod floods;
mod lies;
mod names;
mod places;
mod unseen;

use deadletter::bounce::Bounce;
use deadletter::diagnosis::Diagnosis;
use deadletter::mail::Limit;
use serde_json::Value;

use made::FAILED;

/// Inputs that are hostile in the same way.
pub(crate) struct Family {
    /// Its name in tests.
    pub(crate) slug: &'static str,
    /// What they have in common, as a heading.
    pub(crate) title: &'static str,
    /// What must become of them, in a sentence.
    pub(crate) rule: &'static str,
    /// The inputs.
    pub(crate) inputs: fn() -> Vec<Input>,
}

macro_rules! families {
    ($($slug:ident, $title:literal, $rule:literal, $inputs:path;)*) => {
        /// All families.
        pub(crate) const FAMILIES: &[Family] = &[$(Family {
            slug: stringify!($slug), title: $title, rule: $rule, inputs: $inputs,
        },)*];

        /// A test for each family: `$hold(family)`.
        #[allow(unused_macros, reason = "one program only writes the page")]
        macro_rules! each_family {
            ($hold:ident) => { $(
                #[test]
                fn $slug() {
                    $hold($crate::inputs::family(stringify!($slug)));
                }
            )* };
        }
        #[allow(unused_imports, reason = "one program only writes the page")]
        pub(crate) use each_family;
    };
}

families! {
    controls, "Sequences a terminal obeys",
        "In every field at once, as they are and encoded. Their first byte is shown as `\\x1b`; nothing is obeyed.",
        controls::sequences;
    strings, "Strings a terminal swallows or acts on",
        "Titles, clipboards, links, pictures, passed through tmux and screen or not. All of it stays text.",
        controls::strings;
    questions, "Questions to the terminal",
        "No answer may arrive among the keys.",
        controls::questions;
    bytes, "Single controls, eight-bit controls, overprinting",
        "Each is shown as `\\x..`, so that both the words before and the words behind it can be read.",
        controls::bytes;
    places, "Every place where mail is shown",
        "One sequence and one mark of direction, in one place after the other.",
        places::all;
    direction, "Marks of direction",
        "Text stays in the order in which it was written, the marks are shown.",
        unseen::direction;
    hidden, "Characters nobody sees",
        "Shown as `\\u{..}` beside letters; left out of prose where a script or a picture needs them.",
        unseen::hidden;
    piles, "Marks that pile up",
        "At most six marks on a letter, none on what stands beside the text.",
        unseen::piles;
    alphabets, "Names in letters that pass for others",
        "The strangers among the letters are shown as `\\u{..}`; honest names of any alphabet are left alone.",
        alphabets::all;
    nesting, "Messages and parts inside each other",
        "Read on a stack of 2 MiB and dropped there; what lies too deep is one opaque part.",
        floods::nesting;
    floods, "Too much of one thing",
        "Cut at the limit, and the limit is told.",
        floods::all;
    crowds, "Too many recipients",
        "Fifty thousand are read, and not one more.",
        floods::crowds;
    charsets, "Character sets",
        "Decoded, or shown byte for byte; no label is trusted.",
        codings::charsets;
    transfer, "Transfer codings",
        "What is broken stays as it stood; nothing is unpacked that is no text.",
        codings::transfer;
    lines, "Line ends and NULs",
        "The same is told whatever ends the lines.",
        codings::lines;
    boundaries, "Boundaries",
        "Missing, odd, repeated, never closed: the report is still found.",
        codings::boundaries;
    contradictions, "Reports that contradict themselves",
        "Never a sure verdict.",
        lies::contradictions;
    inner, "Reports inside the returned message",
        "Whoever wrote the message wrote them: they prove nothing.",
        lies::inner;
    dates, "Dates and ways that cannot be",
        "Unreadable dates are no dates, impossible clocks are marked.",
        lies::dates;
    names, "Names that a shell, a mailer or a file system would act on",
        "Shown as they are, quoted in every command.",
        names::all;
}

/// The family of this name.
pub(crate) fn family(slug: &str) -> &'static Family {
    FAMILIES.iter().find(|family| family.slug == slug).expect("a family")
}

/// A hostile message.
pub(crate) struct Input {
    /// What is hostile about it.
    pub(crate) name: String,
    /// Its bytes.
    make: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
    /// What must be told of it.
    pub(crate) told: Told,
}

/// A test of what was read, beyond what all inputs are tested for.
type Also = fn(&Bounce, &Diagnosis);

/// What must be told of a message.
pub(crate) struct Told {
    pub(crate) kind: &'static str,
    /// The first addresses; empty where nobody is named.
    pub(crate) recipients: Vec<String>,
    /// How many deliveries there are.
    pub(crate) count: usize,
    /// Why the first failed.
    pub(crate) reason: Option<&'static str>,
    /// How sure the verdict may be at most.
    pub(crate) sure: Option<&'static str>,
    /// What must be readable, in JSON, on the page and on the screen.
    pub(crate) visible: Vec<String>,
    /// What must be readable in the view of the source.
    pub(crate) source: Vec<String>,
    /// Which limits are said to be reached.
    pub(crate) limits: Vec<Limit>,
    also: Option<Also>,
}

impl Input {
    /// A report that tells of [`FAILED`], whom nobody knows.
    pub(crate) fn report(
        name: impl Into<String>,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let told = Told {
            kind: "failure",
            recipients: vec![FAILED.to_owned()],
            count: 1,
            reason: Some("user_unknown"),
            sure: None,
            visible: Vec::new(),
            source: Vec::new(),
            limits: Vec::new(),
            also: None,
        };
        Self { name: name.into(), make: Box::new(make), told }
    }

    /// A message that names nobody.
    pub(crate) fn other(
        name: impl Into<String>,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::report(name, make).kind("other").to(&[]).because(None)
    }

    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.told.kind = kind;
        self
    }

    pub(crate) fn to(mut self, recipients: &[&str]) -> Self {
        self.told.recipients = recipients.iter().map(|&one| one.to_owned()).collect();
        self.told.count = recipients.len();
        self
    }

    /// So many deliveries, of which the first are known.
    pub(crate) fn count(mut self, count: usize) -> Self {
        self.told.count = count;
        self
    }

    pub(crate) fn because(mut self, reason: Option<&'static str>) -> Self {
        self.told.reason = reason;
        self
    }

    pub(crate) fn at_most(mut self, sure: &'static str) -> Self {
        self.told.sure = Some(sure);
        self
    }

    pub(crate) fn shows(mut self, text: impl Into<String>) -> Self {
        self.told.visible.push(text.into());
        self
    }

    pub(crate) fn in_source(mut self, text: impl Into<String>) -> Self {
        self.told.source.push(text.into());
        self
    }

    pub(crate) fn limit(mut self, limit: Limit) -> Self {
        self.told.limits.push(limit);
        self
    }

    pub(crate) fn also(mut self, also: Also) -> Self {
        self.told.also = Some(also);
        self
    }

    /// The message.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        (self.make)()
    }
}

impl Told {
    /// What JSON says otherwise of the message.
    pub(crate) fn faults(&self, json: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let mut hold = |what: &str, found: String, wanted: String| {
            if found != wanted {
                faults.push(format!("{what} is {found:.300}, not {wanted:.300}"));
            }
        };
        hold("the kind", json["kind"].to_string(), format!("{:?}", self.kind));
        let recipients = json["recipients"].as_array().expect("recipients");
        hold("the count", recipients.len().to_string(), self.count.to_string());
        for (recipient, address) in recipients.iter().zip(&self.recipients) {
            let found = recipient["address"].as_str().unwrap_or_default();
            hold("the address", found.to_owned(), address.clone());
        }
        if let (Some(reason), Some(first)) = (self.reason, recipients.first()) {
            hold("the reason", first["reason"].to_string(), format!("{reason:?}"));
        }
        if let Some(most) = self.sure {
            for recipient in recipients {
                let sure = recipient["confidence"].as_str().expect("a confidence");
                if rank(sure) > rank(most) {
                    hold("the confidence", sure.to_owned(), format!("at most {most}"));
                }
            }
        }
        let reached = json["limits"].as_array().into_iter().flatten();
        let mut reached: Vec<&str> = reached.filter_map(Value::as_str).collect();
        let mut limits: Vec<&str> = self.limits.iter().map(|limit| limit.slug()).collect();
        reached.sort_unstable();
        limits.sort_unstable();
        hold("the limits", format!("{reached:?}"), format!("{limits:?}"));
        let mut all = String::new();
        strings(json, &mut |text| all.push_str(text));
        faults.extend(unreadable(&self.visible, &all));
        faults
    }

    /// What this input alone is tested for.
    pub(crate) fn holds_of(&self, bounce: &Bounce, diagnosis: &Diagnosis) {
        if let Some(also) = self.also {
            also(bounce, diagnosis);
        }
    }
}

/// What of this does not stand in a text, wherever its lines were broken.
pub(crate) fn unreadable(wanted: &[String], text: &str) -> Vec<String> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let text = dense(text);
    let missing = wanted.iter().filter(|one| !text.contains(&dense(one)));
    missing.map(|one| format!("{one:?} does not stand in {text:.1500}")).collect()
}

fn rank(sure: &str) -> usize {
    ["low", "medium", "high"].iter().position(|one| *one == sure).expect("a confidence")
}

/// A text without white space, and without what the screen draws between the pieces of a line.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '│' | '▌' | '▐')).collect()
}

/// Visits the names and texts of a value.
pub(crate) fn strings(value: &Value, visit: &mut dyn FnMut(&str)) {
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
