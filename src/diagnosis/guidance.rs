//! What to tell people, in five languages: data in `assets/guidance/*.toml`, placeholders filled
//! from the message.

use std::net::IpAddr;

use crate::bounce::{DsnAction, Kind, Remote};
use crate::mail::{SafeText, address};

use super::backscatter::Backscatter;
use super::case::Case;
use super::facts::refused_ips;
use super::judgement::Ground;
use super::language::{Advice, Entry, Language};
use super::party::Party;
use super::rules::MeantIp;
use super::tree571::{Branch, branch};
use super::verdict::Verdict;

/// What the placeholders stand for in one delivery.
#[derive(Clone, Debug, Default)]
pub struct Values {
    recipient: Option<SafeText>,
    domain: Option<SafeText>,
    host: Option<SafeText>,
    group: Option<SafeText>,
    ip: Option<SafeText>,
    sender: Option<SafeText>,
}

impl Values {
    /// The names that texts may use.
    pub const NAMES: [&str; 6] = ["recipient", "domain", "host", "group", "ip", "sender"];

    /// The values of one delivery.
    #[must_use]
    pub fn of(case: &Case<'_>) -> Self {
        let Case { bounce, delivery, .. } = *case;
        let recipient = delivery.recipient.clone();
        let domain = address::domain(recipient.as_deref().unwrap_or(""));
        let author = bounce.original.as_ref().and_then(|original| original.author.clone());
        let host = delivery.remote.as_ref().map(Remote::label);
        Self {
            domain: if domain.is_empty() { None } else { Some(SafeText::new(&domain)) },
            host: host.or_else(|| bounce.generating_server.clone()),
            // The group that refused, not the one around it that was written to.
            group: recipient.clone().or_else(|| delivery.original_recipient.clone()),
            ip: ip(case).map(|ip| SafeText::new(&ip.to_string())),
            sender: author.or_else(|| bounce.envelope_sender.clone()),
            recipient,
        }
    }

    /// The sentence that says what decided.
    #[must_use]
    pub fn ground(&self, language: Language, ground: Ground) -> String {
        let template = language.word(&format!("ground.{}", ground.slug()));
        match ground {
            Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => {
                template.replace("{ip}", &ip.to_string())
            }
            _ => self.fill(template),
        }
    }

    fn get(&self, name: &str) -> Option<&SafeText> {
        match name {
            "recipient" => self.recipient.as_ref(),
            "domain" => self.domain.as_ref(),
            "host" => self.host.as_ref(),
            "group" => self.group.as_ref(),
            "ip" => self.ip.as_ref(),
            "sender" => self.sender.as_ref(),
            _ => None,
        }
    }

    /// A text with its placeholders filled; an unknown one goes together with the blank before it.
    #[must_use]
    pub fn fill(&self, template: &str) -> String {
        self.replace(template, |out, _, value| match value {
            Some(value) => out.push_str(value),
            None => {
                if out.ends_with(' ') {
                    out.pop();
                }
            }
        })
    }

    /// A PowerShell command with its placeholders filled: values come from hostile mail and are
    /// quoted, unknown ones stay to be filled in by hand.
    #[must_use]
    pub fn command(&self, template: &str) -> String {
        self.replace(template, |out, name, value| {
            if let Some(value) = value {
                out.push('\'');
                for c in value.chars() {
                    // PowerShell takes any of these for the end of the string.
                    if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
                        out.push(c);
                    }
                    out.push(c);
                }
                out.push('\'');
            } else {
                out.push('<');
                out.push_str(name);
                out.push('>');
            }
        })
    }

    fn replace(
        &self,
        template: &str,
        mut put: impl FnMut(&mut String, &str, Option<&SafeText>),
    ) -> String {
        let mut out = String::with_capacity(template.len() + 40);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            put(&mut out, name, self.get(name));
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

/// The guidance for one delivery, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guidance {
    /// Its name.
    pub label: String,
    /// For the person who sent the mail.
    pub user: Advice,
    /// For the administrators.
    pub admin: Advice,
    /// For the owner of a group.
    pub owner: Option<Advice>,
    /// Commands for the administrators.
    pub commands: Vec<String>,
    /// Where the 5.7.1 decision tree leads, with the sign that leads there.
    pub branch: Option<(Branch, String)>,
}

impl Guidance {
    /// The User section as plain text, to hand on to the person who sent the mail.
    #[must_use]
    pub fn for_sender(&self, language: Language) -> String {
        let mut lines = vec![self.label.clone(), String::new(), self.user.cause.clone()];
        if !self.user.steps.is_empty() {
            lines.extend([String::new(), language.word("what_to_do").to_owned()]);
            for (at, step) in self.user.steps.iter().enumerate() {
                lines.push(format!("{}. {step}", at + 1));
            }
        }
        lines.join("\n")
    }
}

/// The address that the guidance speaks of.
fn ip(case: &Case<'_>) -> Option<IpAddr> {
    let Case { delivery, verdict, .. } = *case;
    let remote = delivery.remote.as_ref();
    if let Some(rule) = &verdict.rule
        && rule.ip == MeantIp::Remote
        && let Some(ip) = remote.and_then(|remote| remote.ip)
    {
        return Some(ip);
    }
    match verdict.judgement.ground {
        Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => Some(ip),
        _ => refused_ips(&delivery.said.as_ref()?.answer(), remote).next(),
    }
}

/// The guidance for one delivery. Kinds that are no failures have their own; the branch of the
/// 5.7.1 tree, where one applies, adds what the owner of a group and PowerShell can do.
#[must_use]
pub fn guidance(language: Language, case: &Case<'_>) -> Guidance {
    let key = match kind(case) {
        Kind::Failure if case.origin.verdict == Backscatter::Yes => "kind-backscatter",
        Kind::Failure => own_key(case.verdict),
        kind => return of_kind(language, kind),
    };
    let entries = language.entries();
    let Some(entry) = entries.get(key) else { return Guidance::default() };
    let values = Values::of(case);
    let mut filled = fill(entry, &values);
    if let Some(branch) = branch(case)
        && (branch == Branch::NotOurs || case.verdict.judgement.party != Party::Nobody)
        && let Some(entry) = entries.get(branch.slug())
    {
        let extra = fill(entry, &values);
        filled.owner = extra.owner;
        filled.commands = extra.commands;
        filled.branch = Some((branch, entry.why.clone().unwrap_or_default()));
    }
    filled
}

/// The kind of one delivery: of a report about several recipients some may have got the message.
fn kind(case: &Case<'_>) -> Kind {
    match (case.bounce.kind, case.delivery.action) {
        (Kind::Failure, Some(DsnAction::Delivered | DsnAction::Relayed | DsnAction::Expanded)) => {
            Kind::Success
        }
        (Kind::Failure, Some(DsnAction::Delayed)) => Kind::Delay,
        (kind, _) => kind,
    }
}

/// The guidance that the rule names, else that of the reason.
fn own_key(verdict: &Verdict) -> &str {
    match &verdict.rule {
        Some(rule) => rule.guidance.as_deref().unwrap_or(verdict.reason.slug()),
        None => verdict.reason.slug(),
    }
}

/// What one branch of the 5.7.1 tree says, with the values of a delivery: for walking through the
/// tree.
#[must_use]
pub fn of_branch(language: Language, branch: Branch, case: &Case<'_>) -> Guidance {
    let Some(entry) = language.entries().get(branch.slug()) else { return Guidance::default() };
    let filled = fill(entry, &Values::of(case));
    Guidance { branch: Some((branch, entry.why.clone().unwrap_or_default())), ..filled }
}

/// The guidance for a message that is no failure.
#[must_use]
pub fn of_kind(language: Language, kind: Kind) -> Guidance {
    let key = format!("kind-{}", kind.slug());
    language.entries().get(&key).map(|entry| fill(entry, &Values::default())).unwrap_or_default()
}

fn fill(entry: &Entry, values: &Values) -> Guidance {
    Guidance {
        label: entry.label.clone(),
        user: fill_advice(&entry.user, values),
        admin: fill_advice(&entry.admin, values),
        owner: entry.owner.as_ref().map(|owner| fill_advice(owner, values)),
        commands: entry.commands.iter().map(|command| values.command(command)).collect(),
        branch: None,
    }
}

fn fill_advice(advice: &Advice, values: &Values) -> Advice {
    Advice {
        cause: values.fill(&advice.cause),
        steps: advice.steps.iter().map(|step| values.fill(step)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values {
            recipient: Some("ann@b.example".into()),
            group: Some("o'neil@b.example".into()),
            ..Values::default()
        }
    }

    #[test]
    fn unknown_placeholders_go_with_their_blank() {
        assert_eq!(
            values().fill("The address {recipient} at the server {host} is wrong."),
            "The address ann@b.example at the server is wrong."
        );
    }

    #[test]
    fn every_name_has_a_value() {
        let one = || Some(SafeText::from("x"));
        let all = Values {
            recipient: one(),
            domain: one(),
            host: one(),
            group: one(),
            ip: one(),
            sender: one(),
        };
        assert!(Values::NAMES.iter().all(|name| all.get(name).is_some()));
    }

    #[test]
    fn commands_are_quoted() {
        assert_eq!(
            values().command("Get-Group -Identity {group} -Host {host}"),
            "Get-Group -Identity 'o''neil@b.example' -Host <host>"
        );
    }
}
