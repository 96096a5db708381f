//! What live checks found, as a page and as JSON.

use serde::Serialize;

use crate::checks::{Finding, FindingVerdict, Proof, Trouble};
use crate::human;
use crate::layout::wrap;
use crate::mail::SafeText;

use super::json::write;
use super::text::Style;

/// Recipients that are named below a finding on a page.
const NAMED: usize = 3;

/// A finding, and the deliveries that hang on it.
#[derive(Clone, Debug)]
pub struct FindingEntry<'a> {
    /// What was found.
    pub finding: &'a Finding,
    /// What it is about.
    pub deliveries: Vec<&'a Concerned>,
}

/// A delivery that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Concerned {
    /// Where its report is from.
    pub file: SafeText,
    /// Message-ID of the report.
    pub message_id: Option<SafeText>,
    /// The address that failed.
    pub recipient: Option<SafeText>,
}

/// A finding as an object. Field names are a public interface.
#[derive(Debug, Serialize)]
struct FindingRecord<'a> {
    check: &'a str,
    about: &'a str,
    verdict: FindingVerdict,
    says: &'a str,
    proof: &'a [Proof],
    asked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
    deliveries: &'a [&'a Concerned],
}

/// The findings as an array, one a line.
#[must_use]
pub fn findings_as_json(answered: &[FindingEntry<'_>]) -> Vec<u8> {
    let mut out = b"[".to_vec();
    for (number, one) in answered.iter().enumerate() {
        out.extend_from_slice(if number == 0 { b"\n" } else { b",\n" });
        let finding = one.finding;
        let record = FindingRecord {
            check: finding.check.slug(),
            about: &finding.about,
            verdict: finding.verdict,
            says: &finding.says,
            proof: &finding.proof,
            asked: finding.asked.to_string(),
            trouble: finding.trouble,
            deliveries: &one.deliveries,
        };
        // Writing plain values to memory cannot fail.
        let _ = write(&record, &mut out);
    }
    out.extend_from_slice(if answered.is_empty() { b"]\n" } else { b"\n]\n" });
    out
}

/// The findings as a page.
#[must_use]
pub fn findings_as_page(answered: &[FindingEntry<'_>], style: Style) -> String {
    let mut page = String::new();
    let bar = if style.ascii { "|" } else { "│" };
    for one in answered {
        let Finding { check, about, verdict, says, proof, asked, .. } = one.finding;
        let head = format!("{} · {about}: {}", check.label(), verdict.label());
        add(&mut page, &if style.ascii { head.replace('·', "-") } else { head });
        for line in wrap("  ", says, style.width) {
            add(&mut page, &line);
        }
        for record in proof {
            let ttl = record.ttl.map(|ttl| format!("{ttl} ")).unwrap_or_default();
            let text = format!("{} {ttl}{} {}", record.name, record.kind, record.data);
            for line in wrap(&format!("  {bar} "), &text, style.width) {
                add(&mut page, &line);
            }
        }
        let asked = match one.finding.trouble {
            Some(Trouble::Offline) => "not asked".to_owned(),
            _ => format!("asked {}", human::moment(*asked)),
        };
        let asked = format!("{asked}; {}", concerned(&one.deliveries));
        for line in wrap("  ", &asked, style.width) {
            add(&mut page, &line);
        }
        page.push('\n');
    }
    add(&mut page, &summary(answered));
    page
}

fn add(page: &mut String, line: &str) {
    page.push_str(line.trim_end());
    page.push('\n');
}

/// Whom a finding is about.
fn concerned(deliveries: &[&Concerned]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for one in deliveries {
        let name = one.recipient.as_deref().unwrap_or("an unnamed recipient");
        if !names.contains(&name) && names.len() <= NAMED {
            names.push(name);
        }
    }
    let more = if names.len() > NAMED { ", …" } else { "" };
    names.truncate(NAMED);
    let count = deliveries.len();
    let what = if count == 1 { "delivery" } else { "deliveries" };
    format!("{} {what}: {}{more}", human::count(count), names.join(", "))
}

/// How many findings there are of each sort.
fn summary(answered: &[FindingEntry<'_>]) -> String {
    let mut parts = Vec::new();
    for verdict in FindingVerdict::ALL {
        let count = answered.iter().filter(|one| one.finding.verdict == *verdict).count();
        if count > 0 {
            parts.push(format!("{count} {}", verdict.label()));
        }
    }
    if parts.is_empty() {
        return "Nothing that was reported can be looked up.".to_owned();
    }
    format!("{}.", parts.join(", "))
}
