//! A mailbox in one page of Markdown, for the mail in the morning: who has to act on what.

use std::fmt::Write;

use jiff::Timestamp;

use crate::diagnosis::Party;
use crate::human;
use crate::incident::Incident;
use crate::listing::ColumnWords;
use crate::mail::SafeText;

/// Incidents of one party that are named; of the rest there is only a line.
const NAMED: usize = 12;
/// Hosts and domains that are named.
const BUSIEST: usize = 10;
/// Characters of a line of evidence.
const EVIDENCE: usize = 200;

/// What a report is made of.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The incidents since `since`, the largest first.
    pub incidents: &'a [Incident],
    /// Those before: what is not among them is new, what is only among them is over.
    pub before: &'a [Incident],
    /// How many deliveries each host refused, the most first.
    pub hosts: &'a [(SafeText, u64)],
    /// What is reported began then; everything where there is no such moment.
    pub since: Option<Timestamp>,
    /// When it is written.
    pub now: Timestamp,
    /// The words for reasons and parties.
    pub words: &'a ColumnWords,
}

impl Report<'_> {
    /// The page.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = String::new();
        self.head(&mut page);
        for party in Party::NEAREST_FIRST {
            self.party(party, &mut page);
        }
        self.over(&mut page);
        self.busiest(&mut page);
        page
    }

    fn head(&self, page: &mut String) {
        let deliveries: u64 = self.incidents.iter().map(|incident| incident.count).sum();
        let since = match self.since {
            Some(since) => format!(" since {}", human::moment(since)),
            None => String::new(),
        };
        add(page, &format!("# Bounces{since}\n"));
        let causes = self.incidents.len();
        add(page, &format!("{deliveries} deliveries, {causes} causes{}.", self.course()));
        let mut shares = Vec::new();
        for party in Party::NEAREST_FIRST {
            let count: u64 = self.of(party).map(|incident| incident.count).sum();
            if count > 0 {
                shares.push(format!("{} {count}", self.words.party_name(party)));
            }
        }
        add(page, &format!("Who must act: {}.\n", shares.join(" · ")));
    }

    /// How many causes are new, and how many are over.
    fn course(&self) -> String {
        if self.since.is_none() {
            return String::new();
        }
        let new = self.incidents.iter().filter(|one| self.is_new(one)).count();
        let over = self.before.iter().filter(|one| !is_among(one, self.incidents)).count();
        format!("; {new} new since then, {over} no more")
    }

    /// What one party has to act on.
    fn party(&self, party: Party, page: &mut String) {
        let incidents: Vec<&Incident> = self.of(party).collect();
        if incidents.is_empty() {
            return;
        }
        add(page, &format!("## {}\n", self.words.party_name(party)));
        add(page, "| count | status | what | senders | since | last | |");
        add(page, "|--:|---|---|--:|---|---|---|");
        for incident in incidents.iter().take(NAMED) {
            let status = incident.status().map(|status| status.to_string()).unwrap_or_default();
            let course = if self.is_new(incident) { "new" } else { "" };
            add(
                page,
                &format!(
                    "| {} | {status} | {} | {} | {} | {} | {course} |",
                    incident.count,
                    escaped(&self.words.incident(&incident.cause, incident.reason())),
                    incident.senders(),
                    human::age(incident.first, self.now),
                    human::age(incident.last, self.now),
                ),
            );
        }
        page.push('\n');
        if let Some(evidence) = incidents.first().and_then(|incident| incident.evidence.as_ref()) {
            add(page, &format!("> {}\n", escaped(&shortened(evidence))));
        }
        if incidents.len() > NAMED {
            let rest: u64 = incidents[NAMED..].iter().map(|incident| incident.count).sum();
            let more = incidents.len() - NAMED;
            add(page, &format!("and {more} more causes with {rest} deliveries\n"));
        }
    }

    /// What did not go on.
    fn over(&self, page: &mut String) {
        let mut over = self.before.iter().filter(|one| !is_among(one, self.incidents)).peekable();
        if over.peek().is_none() {
            return;
        }
        add(page, "## No more since then\n");
        for incident in over.by_ref().take(NAMED) {
            let last = human::age(incident.last, self.now);
            let what = escaped(&self.words.incident(&incident.cause, incident.reason()));
            add(page, &format!("- {what}: {} in all, last {last} ago", incident.count));
        }
        match over.count() {
            0 => page.push('\n'),
            more => add(page, &format!("\nand {more} more causes\n")),
        }
    }

    fn busiest(&self, page: &mut String) {
        if self.hosts.is_empty() {
            return;
        }
        add(page, "## Hosts that refused most\n");
        for (host, count) in self.hosts.iter().take(BUSIEST) {
            add(page, &format!("- {}: {count}", escaped(host)));
        }
    }

    fn of(&self, party: Party) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().filter(move |incident| incident.cause.party == party)
    }

    fn is_new(&self, incident: &Incident) -> bool {
        self.since.is_some() && !is_among(incident, self.before)
    }
}

/// True when one of the others has a cause in common.
fn is_among(incident: &Incident, others: &[Incident]) -> bool {
    others.iter().any(|other| !incident.causes.is_disjoint(&other.causes))
}

fn add(page: &mut String, line: &str) {
    // Writing to memory cannot fail.
    let _ = writeln!(page, "{line}");
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(EVIDENCE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A text that says in Markdown (CommonMark, backslash escapes) what it says plainly.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' | '!')
        {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_no_markdown() {
        assert_eq!(escaped("a|b <img> `x` [l](u)"), "a\\|b \\<img\\> \\`x\\` \\[l\\](u)");
        assert_eq!(shortened(&"é".repeat(300)).chars().count(), EVIDENCE + 1);
    }
}
