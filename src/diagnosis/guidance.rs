//! What to tell people, in five languages: data in `assets/guidance/*.toml`, placeholders filled
//! from the message.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::bounce::{DsnAction, Kind};
use crate::mail::{SafeText, address};

use super::backscatter::Backscatter;
use super::case::Case;
use super::facts::refused_ips;
use super::judgement::Ground;
use super::rules::MeantIp;
use super::tree571::{Branch, branch};
use super::{Confidence, Party};

/// A language of the guidance.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Polish.
    Pl,
    /// Italian.
    It,
    /// Norwegian (bokmål).
    Nb,
    /// Dutch.
    Nl,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::En, Self::Pl, Self::It, Self::Nb, Self::Nl];

    /// The code of BCP 47.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Pl => "pl",
            Self::It => "it",
            Self::Nb => "nb",
            Self::Nl => "nl",
        }
    }

    /// The language that a tag names (`nb-NO`, `no`, `it_CH`).
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next()?.trim().to_ascii_lowercase();
        match code.as_str() {
            "no" | "nn" => Some(Self::Nb),
            _ => Self::ALL.into_iter().find(|language| language.code() == code),
        }
    }

    /// The next one when the user switches.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|l| *l == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    fn texts(self) -> &'static Texts {
        static FILES: [(&str, LazyLock<Texts>); 5] = [
            ("en", LazyLock::new(|| Texts::parse(include_str!("../../assets/guidance/en.toml")))),
            ("pl", LazyLock::new(|| Texts::parse(include_str!("../../assets/guidance/pl.toml")))),
            ("it", LazyLock::new(|| Texts::parse(include_str!("../../assets/guidance/it.toml")))),
            ("nb", LazyLock::new(|| Texts::parse(include_str!("../../assets/guidance/nb.toml")))),
            ("nl", LazyLock::new(|| Texts::parse(include_str!("../../assets/guidance/nl.toml")))),
        ];
        let at = FILES.iter().position(|(code, _)| *code == self.code()).unwrap_or(0);
        &FILES[at].1
    }

    /// A word or sentence of the User view in this language (`what_happened`, `acts.sender`); empty
    /// if the file lacks it, which the tests rule out.
    #[must_use]
    pub fn word(self, key: &str) -> &'static str {
        self.texts().words.get(key).map_or("", String::as_str)
    }

    /// The sentence that says who must act.
    #[must_use]
    pub fn acts(self, party: Party) -> &'static str {
        self.word(&format!("acts.{}", party.slug()))
    }

    /// The words that say how sure that is.
    #[must_use]
    pub fn sure(self, confidence: Confidence) -> &'static str {
        self.word(&format!("confidence.{}", confidence.slug()))
    }

    /// The sentence that says what decided, its values filled in.
    #[must_use]
    pub fn ground(self, ground: Ground, values: &Values) -> String {
        let template = self.word(&format!("ground.{}", ground.slug()));
        match ground {
            Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => {
                template.replace("{ip}", &ip.to_string())
            }
            _ => values.fill(template),
        }
    }

    /// All entries of this language.
    #[must_use]
    pub fn entries(self) -> &'static HashMap<String, Entry> {
        &self.texts().entry
    }

    /// All words of this language.
    #[must_use]
    pub fn words(self) -> &'static HashMap<String, String> {
        &self.texts().words
    }
}

/// Cause and steps for one reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// What happened, in one or two sentences.
    pub cause: String,
    /// What to do.
    pub steps: Vec<String>,
}

/// Everything there is to say about one reason, row or branch.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name.
    pub label: String,
    /// For a branch of the 5.7.1 tree: the sign that leads there.
    pub why: Option<String>,
    /// For the person who sent the mail.
    pub user: Advice,
    /// For the administrators.
    pub admin: Advice,
    /// For the owner of a group.
    pub owner: Option<Advice>,
    /// PowerShell commands for the administrators.
    #[serde(default)]
    pub commands: Vec<String>,
}

#[derive(Debug, Default)]
struct Texts {
    entry: HashMap<String, Entry>,
    words: HashMap<String, String>,
}

impl Texts {
    /// Reads one file; a broken one, which the tests rule out, is empty.
    fn parse(text: &str) -> Self {
        #[derive(Deserialize)]
        struct File {
            entry: HashMap<String, Entry>,
            words: toml::Table,
        }
        let Ok(file) = toml::from_str::<File>(text) else { return Self::default() };
        let mut words = HashMap::new();
        for (key, value) in &file.words {
            match value {
                toml::Value::String(text) => drop(words.insert(key.clone(), text.clone())),
                toml::Value::Table(inner) => {
                    words.extend(inner.iter().filter_map(|(sub, text)| {
                        Some((format!("{key}.{sub}"), text.as_str()?.to_owned()))
                    }));
                }
                _ => {}
            }
        }
        Self { entry: file.entry, words }
    }
}

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
        let Case { bounce, delivery, verdict, .. } = *case;
        let recipient = delivery.recipient.clone();
        let named = match verdict.judgement.ground {
            Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => Some(ip),
            _ => delivery
                .said
                .as_ref()
                .and_then(|said| refused_ips(&said.text, delivery.remote.as_ref()).next()),
        };
        let refused = verdict.rule.is_some_and(|rule| rule.ip == MeantIp::Remote);
        let ip =
            if refused { delivery.remote.as_ref().and_then(|r| r.ip).or(named) } else { named };
        let original = bounce.original.as_ref();
        Self {
            domain: recipient
                .as_deref()
                .map(|r| SafeText::new(&address::domain(r)))
                .filter(|d| !d.is_empty()),
            host: delivery
                .remote
                .as_ref()
                .map(crate::bounce::Remote::label)
                .or_else(|| bounce.generating_server.clone()),
            group: delivery.original_recipient.clone().or_else(|| recipient.clone()),
            ip: ip.map(|ip| SafeText::new(&ip.to_string())),
            sender: original
                .and_then(|o| o.author.clone())
                .or_else(|| bounce.envelope_sender.clone()),
            recipient,
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
                let curly = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
                let doubled: String = value
                    .chars()
                    .flat_map(|c| std::iter::repeat_n(c, if curly.contains(&c) { 2 } else { 1 }))
                    .collect();
                out.push('\'');
                out.push_str(&doubled);
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
            lines.extend(
                self.user.steps.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1)),
            );
        }
        lines.join("\n")
    }
}

/// The guidance for one delivery. Kinds that are no failures have their own; the branch of the
/// 5.7.1 tree, where one applies, adds what the owner of a group and PowerShell can do.
#[must_use]
pub fn guidance(language: Language, case: &Case<'_>) -> Guidance {
    let Case { bounce, delivery, verdict, origin, .. } = *case;
    let values = Values::of(case);
    let branch = branch(case);
    let entries = language.entries();
    let own = verdict
        .rule
        .and_then(|rule| rule.guidance.as_deref())
        .unwrap_or_else(|| verdict.reason.slug());
    // Of a report about several recipients some may have got the message.
    let kind = match delivery.action {
        Some(DsnAction::Delivered | DsnAction::Relayed | DsnAction::Expanded)
            if bounce.kind == Kind::Failure =>
        {
            Kind::Success
        }
        Some(DsnAction::Delayed) if bounce.kind == Kind::Failure => Kind::Delay,
        _ => bounce.kind,
    };
    let key = match kind {
        Kind::Failure if origin.verdict == Backscatter::Yes => "kind-backscatter",
        Kind::Failure => own,
        kind => return of_kind(language, kind),
    };
    let Some(entry) = entries.get(key) else { return Guidance::default() };
    let mut filled = fill(entry, &values);
    if let Some(branch) = branch
        .filter(|branch| *branch == Branch::NotOurs || verdict.judgement.party != Party::Nobody)
        && let Some(entry) = entries.get(branch.key())
    {
        let extra = fill(entry, &values);
        filled.owner = extra.owner;
        filled.commands = extra.commands;
        filled.branch = Some((branch, entry.why.clone().unwrap_or_default()));
    }
    filled
}

/// What one branch of the 5.7.1 tree says, with the values of a delivery: for walking through the
/// tree.
#[must_use]
pub fn of_branch(language: Language, branch: Branch, case: &Case<'_>) -> Guidance {
    let Some(entry) = language.entries().get(branch.key()) else { return Guidance::default() };
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
    let advice = |advice: &Advice| Advice {
        cause: values.fill(&advice.cause),
        steps: advice.steps.iter().map(|s| values.fill(s)).collect(),
    };
    Guidance {
        label: entry.label.clone(),
        user: advice(&entry.user),
        admin: advice(&entry.admin),
        owner: entry.owner.as_ref().map(advice),
        commands: entry.commands.iter().map(|c| values.command(c)).collect(),
        branch: None,
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

    #[test]
    fn languages_by_tag() {
        assert_eq!(Language::of_tag("no-NO"), Some(Language::Nb));
        assert_eq!(Language::of_tag("it_CH"), Some(Language::It));
        assert_eq!(Language::of_tag("fr"), None);
        assert_eq!(Language::Nl.next(), Language::En);
    }
}
