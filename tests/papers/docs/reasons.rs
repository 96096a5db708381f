//! docs/reasons.md: every reason, who acts, what to do, and the rules that lead to it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use deadletter::diagnosis::language::Entry;
use deadletter::diagnosis::rules::{BUILT_IN, EMBEDDED, Rule};
use deadletter::diagnosis::tree571::Branch;
use deadletter::diagnosis::values::Values;
use deadletter::diagnosis::{Language, Party, Reason};

use super::{anchor, cell, fresh};

/// A party in a sentence.
fn who(party: Party) -> &'static str {
    match party {
        Party::Sender => "the sender",
        Party::OurSystem => "our service",
        Party::Network => "the network",
        Party::RecipientSystem => "the recipient's system",
        Party::Recipient => "the recipient",
        Party::Nobody => "nobody",
        Party::Unknown => "unknown",
    }
}

fn entry(key: &str) -> &'static Entry {
    Language::En.entries().get(key).unwrap_or_else(|| panic!("no guidance {key}"))
}

fn rules_of(reason: Reason) -> Vec<&'static Arc<Rule>> {
    BUILT_IN.iter().filter(|rule| rule.reason == reason).collect()
}

/// The parties that the rules of a reason name, the most frequent first.
fn owners(reason: Reason) -> Vec<Party> {
    let mut counts: BTreeMap<Party, usize> = BTreeMap::new();
    for rule in rules_of(reason) {
        *counts.entry(rule.owner).or_default() += 1;
    }
    let mut owners: Vec<_> = counts.into_iter().collect();
    owners.sort_by_key(|(party, count)| (std::cmp::Reverse(*count), *party));
    owners.into_iter().map(|(party, _)| party).collect()
}

/// The codes of each rule as its file writes them.
fn codes() -> BTreeMap<String, Vec<String>> {
    let mut codes = BTreeMap::new();
    for (name, _, text) in EMBEDDED {
        let file: serde_json::Value =
            serde_json::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        for rule in file["rule"].as_array().expect("rules") {
            let written =
                rule.get("code").and_then(serde_json::Value::as_array).into_iter().flatten();
            let written = written.filter_map(|code| Some(code.as_str()?.to_owned())).collect();
            codes.insert(rule["id"].as_str().expect("an id").to_owned(), written);
        }
    }
    codes
}

fn quoted(codes: &[String]) -> String {
    codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(" ")
}

fn steps(out: &mut String, steps: &[String]) {
    for (at, step) in steps.iter().enumerate() {
        writeln!(out, "{}. {}", at + 1, Values::default().fill(step)).expect("memory");
    }
}

const HEAD: &str = "\
# Reasons

Every failed delivery gets one of these reasons, and the party that has to act. A reason names one remedy; who must act is
another question, which the message itself decides: whose host refused, whose address is on the list, whose domain fails.
The party below is the one that mostly must act.

| party | who that is |
|---|---|
| `sender` | the person or program that wrote the mail |
| `our_system` | our service and its administrators |
| `network` | DNS or the route between the two, and who owns the zone |
| `recipient_system` | the administrators of the recipient's mail system |
| `recipient` | the recipient, or the owner of a group |
| `nobody` | there is nothing to repair |
| `unknown` | the report does not say enough |

A verdict rests on a rule. Rules are looked up in the answer's wording and codes; wording that only one provider uses counts
more than a general one, and a code alone counts least. In codes, `x` stands for 2, 4 or 5 and `*` for any number. `explain`
and the Admin view name the rule; [your own rules](config.md#rules-of-your-own) come before these.

| reason | in the list | what it means | who mostly acts |
|---|---|---|---|
";

fn chapter(out: &mut String, reason: Reason, codes: &BTreeMap<String, Vec<String>>) {
    let entry = entry(reason.slug());
    let rules = rules_of(reason);
    let fill = |text: &str| Values::default().fill(text);
    write!(out, "\n## {}\n\n`{}` · {}\n", entry.label, reason.slug(), fill(&entry.user.cause))
        .expect("memory");
    if let ([first, others @ ..], true) = (owners(reason).as_slice(), reason != Reason::Unknown) {
        let others: Vec<_> = others.iter().copied().map(who).collect();
        let also = if others.is_empty() {
            String::new()
        } else {
            format!("; by what the answer says also {}", others.join(", "))
        };
        write!(out, "\n**Who acts:** mostly {}{also}.\n", who(*first)).expect("memory");
    }
    out.push_str("\n**The sender:**\n\n");
    steps(out, &entry.user.steps);
    write!(out, "\n**The administrators.** {}\n\n", fill(&entry.admin.cause)).expect("memory");
    steps(out, &entry.admin.steps);
    if rules.is_empty() {
        return;
    }
    let count = if rules.len() == 1 {
        "One rule leads".to_owned()
    } else {
        format!("{} rules lead", rules.len())
    };
    let head = "| recognises | codes | mostly acts | rule |\n|---|---|---|---|";
    write!(out, "\n<details><summary>{count} here</summary>\n\n{head}\n").expect("memory");
    for rule in rules {
        let (title, codes) = (cell(&rule.title), quoted(&codes[&rule.id]));
        writeln!(out, "| {title} | {codes} | {} | `{}` |", who(rule.owner), rule.id)
            .expect("memory");
    }
    out.push_str("\n</details>\n");
}

fn page() -> String {
    let mut out = HEAD.to_owned();
    for reason in Reason::ALL {
        let label = &entry(reason.slug()).label;
        let owner = match reason {
            Reason::Unknown => "it does not show",
            _ => owners(*reason).first().map_or("", |party| who(*party)),
        };
        let (slug, short, link) =
            (reason.slug(), Language::En.word(&format!("short.{reason}")), anchor(label));
        writeln!(out, "| `{slug}` | {short} | [{label}](#{link}) | {owner} |").expect("memory");
    }
    let codes = codes();
    for reason in Reason::ALL {
        chapter(&mut out, *reason, &codes);
    }
    out.push_str(
        "
## The 5.7.1 questions

5.7.1 and its neighbours say only that somebody does not want this message. These questions, in this order, lead to who and
why; `g t` walks through them, and the program answers them itself as far as the report allows.

| where it leads | the sign |
|---|---|
",
    );
    for branch in Branch::ALL {
        let entry = entry(branch.slug());
        let why = entry.why.as_deref().unwrap_or_default();
        writeln!(out, "| {} | {} |", cell(&entry.label), cell(why)).expect("memory");
    }
    out
}

#[test]
fn the_page_of_reasons_is_fresh() {
    fresh("docs/reasons.md", &page());
}

#[test]
fn the_page_of_reasons_names_every_reason_and_every_rule() {
    let page = page();
    for reason in Reason::ALL {
        assert!(page.contains(&format!("\n`{}` · ", reason.slug())), "{reason}");
    }
    for rule in BUILT_IN.iter() {
        assert!(page.contains(&format!("| `{}` |\n", rule.id)), "{}", rule.id);
    }
}
