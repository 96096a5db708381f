//! What can be done about a delivery, each step with the page to open or the command to run: data in
//! `assets/guidance/steps.toml`, the sentences in the files of the languages.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::bounce::Kind;
use crate::mail::address;

use super::backscatter::Backscatter;
use super::case::Case;
use super::facts::is_of_microsoft;
use super::hosts::{MAILBOX_PROVIDERS, is_microsoft};
use super::language::Language;
use super::party::Party;
use super::reason::Reason;
use super::remedy::Remedy;
use super::rules::Rule;
use super::values::Values;

/// Something to do, and where or with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What it is.
    pub action: Remedy,
    /// A sentence that says so.
    pub text: String,
    /// How.
    pub way: Means,
}

/// How a step is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// A command for the mail host, or PowerShell where Exchange is meant.
    Command(String),
    /// A page or a mail address.
    Url(String),
}

impl Means {
    fn is_same_page(&self, other: &Self) -> bool {
        self.text().trim_end_matches('/') == other.text().trim_end_matches('/')
    }

    /// The command or the address.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Command(text) | Self::Url(text) => text,
        }
    }
}

/// The table of the steps, the same in all languages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// What is done about a reason of which the rule knows no more.
    default: HashMap<String, Vec<Remedy>>,
    /// Guidance of rules than which a branch of the 5.7.1 tree knows more.
    general: HashSet<String>,
    /// Guidance for what the actions of a rule tell beyond its reason; the first that fits.
    own: Vec<Own>,
    way: HashMap<String, Options>,
}

/// Guidance of its own for rules of one reason: their first action is the first of these, and they
/// have the others too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    reason: Reason,
    actions: Vec<Remedy>,
    guidance: String,
}

impl Own {
    fn fits(&self, rule: &Rule) -> bool {
        rule.reason == self.reason
            && rule.actions.first() == self.actions.first()
            && self.actions.iter().all(|action| rule.actions.contains(action))
    }
}

/// How an action can be done: of each sort the first whose placeholders are all known.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// Pages and mail addresses; they go before the commands.
    #[serde(default)]
    url: Vec<String>,
    /// For a POSIX shell, with Postfix where the mail system matters.
    #[serde(default)]
    shell: Vec<String>,
    /// For a POSIX shell, with Exim.
    #[serde(default)]
    exim: Vec<String>,
    /// For Exchange.
    #[serde(default)]
    powershell: Vec<String>,
}

/// The mail system of ours that would run the commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mailer {
    Postfix,
    Exim,
    Exchange,
}

impl Mailer {
    /// The one that wrote the report, if it is not somebody else's.
    fn of(case: &Case<'_>) -> Self {
        let Case { bounce, ours, .. } = *case;
        let writer = bounce.generating_server.as_deref().unwrap_or("");
        let known = ours.has_host(writer) || ours.has_relay(writer) || is_microsoft(writer);
        let theirs = !ours.is_empty() && !writer.is_empty() && !known;
        match bounce.dialect {
            "exim" if !theirs => Self::Exim,
            dialect if dialect.starts_with("exchange") && !theirs => Self::Exchange,
            _ => Self::Postfix,
        }
    }
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        // A broken table, which the tests rule out, is empty.
        serde_json::from_str(embedded!("guidance/steps")).unwrap_or_default()
    });
    &TABLE
}

/// True for the guidance of a rule than which a branch of the 5.7.1 tree knows more.
#[must_use]
pub fn is_general(guidance: &str) -> bool {
    table().general.contains(guidance)
}

/// The guidance that the actions of a rule call for, where that of its reason says too little.
#[must_use]
pub fn guidance_of(rule: &Rule) -> Option<&'static str> {
    let own = table().own.iter().find(|own| own.fits(rule))?;
    Some(&own.guidance)
}

/// The steps against one failure: those of the guidance called `key`, else those of the rule, else
/// those of the reason.
#[must_use]
pub fn steps(language: Language, case: &Case<'_>, key: &str, values: &Values) -> Vec<Measure> {
    let mailer = Mailer::of(case);
    let mut steps: Vec<Measure> = Vec::new();
    for action in actions(case, key, values) {
        let way = way(action, mailer, values);
        // One page may serve several ends.
        if matches!(way, Means::Url(_)) && steps.iter().any(|step| step.way.is_same_page(&way)) {
            continue;
        }
        steps.push(Measure { action, text: values.fill(language.action(action)), way });
    }
    if case.verdict.judgement.party == Party::OurSystem {
        put_own_page_first(&mut steps, values);
    }
    steps
}

/// The page about our very address tells why it is refused; the rest depends on that.
fn put_own_page_first(steps: &mut [Measure], values: &Values) {
    let ip = values.fill("{ip}");
    if ip.is_empty() {
        return;
    }
    let about_us = |step: &Measure| matches!(&step.way, Means::Url(url) if url.contains(&ip));
    if let Some(at) = steps.iter().position(about_us) {
        steps[..=at].rotate_right(1);
    }
}

/// What can be done, the likeliest help first.
fn actions(case: &Case<'_>, key: &str, values: &Values) -> Vec<Remedy> {
    let mut actions = known_actions(case, key);
    actions.retain(|action| fits(*action, case));
    if actions.is_empty() {
        let of_reason = table().default.get(case.verdict.reason.slug());
        actions.extend(of_reason.into_iter().flatten());
        actions.retain(|action| fits(*action, case));
    }
    tell(case, &mut actions);
    add_pages(values, &mut actions);
    actions
}

/// The actions of the guidance called `key`, else those of the rule.
fn known_actions(case: &Case<'_>, key: &str) -> Vec<Remedy> {
    if Reason::from_slug(key).is_none()
        && let Some(own) = table().default.get(key)
    {
        return own.clone();
    }
    match &case.verdict.rule {
        Some(rule) => rule.actions.clone(),
        None => Vec::new(),
    }
}

/// False for what does not help here, whoever names it.
fn fits(action: Remedy, case: &Case<'_>) -> bool {
    match action {
        // Nothing of a failure waits any more.
        Remedy::Hold => case.kind() != Kind::Failure,
        // The article is about Exchange.
        Remedy::Decision571 => is_of_microsoft(case.bounce, case.delivery),
        // We are the administrators; nobody reads what the postmaster of a large provider gets.
        Remedy::DraftRecipientAdmin => {
            let domain = domain(case);
            !case.ours.has_domain(&domain) && !MAILBOX_PROVIDERS.contains(&domain.as_str())
        }
        // We did.
        Remedy::CheckBackscatter => case.origin.verdict != Backscatter::No,
        // Their server refuses, whatever we show it.
        Remedy::LogIn => case.verdict.judgement.party != Party::RecipientSystem,
        _ => true,
    }
}

fn domain(case: &Case<'_>) -> String {
    address::domain(case.delivery.recipient.as_deref().unwrap_or(""))
}

/// Whoever must act is told of it, by us or by the sender.
fn tell(case: &Case<'_>, actions: &mut Vec<Remedy>) {
    match case.verdict.judgement.party {
        Party::RecipientSystem => {
            let draft = Remedy::DraftRecipientAdmin;
            if fits(draft, case) && !actions.contains(&draft) {
                actions.insert(actions.len().min(1), draft);
            }
        }
        Party::Sender | Party::Recipient => {
            let told = actions.iter().any(|action| action.slug().starts_with("draft_sender"));
            if !told && !actions.contains(&Remedy::SuggestAddress) {
                actions.insert(0, Remedy::DraftSenderResend);
            }
        }
        _ => {}
    }
}

/// The page and the address that a rule names are shown even if none of its actions leads there.
fn add_pages(values: &Values, actions: &mut Vec<Remedy>) {
    let help = values.fills("{help}") && !leads_to(actions, "{help}");
    if help || values.fills("{case}") && !leads_to(actions, "{case}") {
        actions.push(Remedy::ReadPage);
    }
    if values.fills("{contact}") && !leads_to(actions, "{contact}") {
        actions.push(Remedy::WriteProvider);
    }
}

fn leads_to(actions: &[Remedy], placeholder: &str) -> bool {
    for action in actions {
        let Some(ways) = table().way.get(action.slug()) else { continue };
        let mut first = ways.url.iter().filter(|url| *url != "{case}" || placeholder == "{case}");
        if first.next().is_some_and(|url| url.contains(placeholder)) {
            return true;
        }
    }
    false
}

/// How an action is done: on a page, else with a command, at least by looking into the log.
fn way(action: Remedy, mailer: Mailer, values: &Values) -> Means {
    static NONE: Options =
        Options { url: Vec::new(), shell: Vec::new(), exim: Vec::new(), powershell: Vec::new() };
    let ways = table().way.get(action.slug()).unwrap_or(&NONE);
    if let Some(url) = known(&ways.url, values) {
        return Means::Url(values.address(url));
    }
    let of_log = table().way.get("log").unwrap_or(&NONE);
    for ways in [ways, of_log] {
        match mailer {
            Mailer::Exchange if !ways.powershell.is_empty() => {
                return Means::Command(values.powershell(best(&ways.powershell, values)));
            }
            Mailer::Exim if !ways.exim.is_empty() => {
                return Means::Command(values.shell(best(&ways.exim, values)));
            }
            _ if !ways.shell.is_empty() => {
                return Means::Command(values.shell(best(&ways.shell, values)));
            }
            // What only Exchange knows is meant for Exchange, whoever wrote the report.
            _ if !ways.powershell.is_empty() => {
                return Means::Command(values.powershell(best(&ways.powershell, values)));
            }
            _ => {}
        }
    }
    Means::Command(String::new())
}

/// The first template of which all values are known.
fn known<'t>(templates: &'t [String], values: &Values) -> Option<&'t str> {
    templates.iter().map(String::as_str).find(|template| values.fills(template))
}

/// The same, else the last: it asks for least.
fn best<'t>(templates: &'t [String], values: &Values) -> &'t str {
    let last = templates.last().map_or("", String::as_str);
    known(templates, values).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_way_and_every_reason_its_actions() {
        let text = include_str!("../../assets/guidance/steps.toml");
        let table: Table = toml::from_str(text).unwrap_or_else(|e| panic!("{e}"));
        for action in Remedy::ALL {
            assert!(table.way.contains_key(action.slug()), "{action}");
        }
        for name in table.way.keys() {
            assert!(name == "log" || Remedy::from_slug(name).is_some(), "{name} is no action");
        }
        for reason in Reason::ALL {
            assert!(table.default.contains_key(reason.slug()), "{reason}");
        }
        for key in &table.general {
            assert!(Language::En.entries().contains_key(key), "{key} is no guidance");
        }
    }

    #[test]
    fn placeholders_have_names() {
        for ways in table().way.values() {
            let all = [&ways.url, &ways.shell, &ways.exim, &ways.powershell];
            for template in all.into_iter().flatten() {
                for piece in template.split('{').skip(1) {
                    let name = piece.split('}').next().unwrap_or("");
                    let known =
                        Values::NAMES.contains(&name) || name.contains('$') || name.contains('=');
                    assert!(known, "{name} in {template}");
                }
            }
        }
    }
}
