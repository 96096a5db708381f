//! What the placeholders of texts, commands and addresses stand for in one delivery. All of it comes
//! from hostile mail: in a command it is quoted, in an address encoded.

use std::fmt::Write;
use std::net::IpAddr;

use crate::bounce::Remote;
use crate::mail::{SafeText, address};

use super::case::Case;
use super::hosts::registrable;
use super::judgement::Ground;
use super::language::Language;
use super::named;

/// The values of one delivery, by the name of their placeholder.
#[derive(Clone, Debug, Default)]
pub struct Values {
    known: Vec<(&'static str, SafeText)>,
    /// The group that refused, and behind it the one that was written to, where that is another.
    group: Option<String>,
}

impl Values {
    /// The names that texts, commands and addresses may use.
    pub const NAMES: [&str; 17] = [
        "recipient",
        "domain",
        "host",
        "remote",
        "group",
        "ip",
        "reversed",
        "list",
        "sender",
        "sender_domain",
        "provider",
        "case",
        "help",
        "contact",
        "page",
        "queue_id",
        "message_id",
    ];

    /// The values of one delivery.
    #[must_use]
    pub fn of(language: Language, case: &Case<'_>) -> Self {
        let mut values = Self::default();
        values.recipient(language, case);
        values.hosts(case);
        values.sender(case);
        values.rule(case);
        values.trace(case);
        values
    }

    fn put(&mut self, name: &'static str, value: Option<SafeText>) {
        if let Some(value) = value
            && !value.is_empty()
        {
            self.known.push((name, value));
        }
    }

    fn recipient(&mut self, language: Language, case: &Case<'_>) {
        let delivery = case.delivery;
        let asked = delivery.original_recipient.as_ref();
        let group = delivery.recipient.as_ref().or(asked);
        if let (Some(group), Some(asked)) = (group, asked)
            && !group.eq_ignore_ascii_case(asked)
        {
            self.group = Some(format!("{group} ({}: {asked})", language.word("asked_for")));
        }
        self.put("group", group.cloned());
        self.put("recipient", delivery.recipient.clone());
        self.put("domain", domain(delivery.recipient.as_ref()));
    }

    fn hosts(&mut self, case: &Case<'_>) {
        let remote = case.delivery.remote.as_ref().map(Remote::label);
        self.put("host", remote.clone().or_else(|| case.bounce.generating_server.clone()));
        self.put("remote", remote);
        if let Some(ip) = named::ip(case) {
            self.put("ip", Some(SafeText::new(&ip.to_string())));
            self.put("reversed", Some(SafeText::new(&reversed(ip))));
        }
        if let Some(said) = &case.delivery.said {
            let words = said.answer().words;
            self.put("list", named::list(words));
            self.put("page", named::page(words));
        }
    }

    fn sender(&mut self, case: &Case<'_>) {
        let original = case.bounce.original.as_ref();
        let author = original.and_then(|original| original.author.clone());
        let named = named::sender(case);
        let envelope = named.clone().or_else(|| case.bounce.return_path().cloned());
        let domain = domain(envelope.as_ref()).or_else(|| domain(author.as_ref()));
        // Without the message the report itself went to the one who sent it.
        let told = case.bounce.to.clone();
        self.put("sender", named.or(author).or(envelope).or(told));
        self.put("sender_domain", domain);
    }

    fn rule(&mut self, case: &Case<'_>) {
        let Some(rule) = &case.verdict.rule else { return };
        self.put("provider", rule.provider.as_deref().map(SafeText::new));
        // The answer may name the provider's page on this very case.
        if let (Some(help), Some(named)) = (rule.help.as_deref(), self.get("page"))
            && site(help) == site(named)
        {
            self.put("case", Some(SafeText::new(named)));
        }
        self.put("help", rule.help.as_deref().map(SafeText::new));
        self.put("contact", rule.contact.as_deref().map(SafeText::new));
    }

    /// By what the message is found in a log.
    fn trace(&mut self, case: &Case<'_>) {
        self.put("queue_id", queue_id(case));
        if let Some(original) = &case.bounce.original {
            self.put("message_id", original.message_id.clone());
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.known.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// True when all placeholders of a template have values.
    #[must_use]
    pub fn fills(&self, template: &str) -> bool {
        let mut all = true;
        replace(template, |_, name| all &= self.get(name).is_some());
        all
    }

    /// A text with its placeholders filled; an unknown one goes together with the blank before it.
    #[must_use]
    pub fn fill(&self, template: &str) -> String {
        replace(template, |out, name| match (name, &self.group, self.get(name)) {
            ("group", Some(group), _) => out.push_str(group),
            (_, _, Some(value)) => out.push_str(value),
            _ => {
                if out.ends_with(' ') {
                    out.pop();
                }
            }
        })
    }

    /// A PowerShell command with its placeholders filled and quoted; unknown ones stay to be filled
    /// in by hand.
    #[must_use]
    pub fn powershell(&self, template: &str) -> String {
        replace(template, |out, name| match self.get(name) {
            Some(value) => {
                out.push('\'');
                for c in value.chars() {
                    // PowerShell takes any of these for the end of the string.
                    if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
                        out.push(c);
                    }
                    out.push(c);
                }
                out.push('\'');
            }
            None => out.extend(["<", name, ">"]),
        })
    }

    /// A command for a POSIX shell with its placeholders filled and quoted; unknown ones, and those
    /// that a program could take for an option, stay in capitals, to be filled in by hand.
    #[must_use]
    pub fn shell(&self, template: &str) -> String {
        replace(template, |out, name| match self.get(name) {
            Some(value) if !value.starts_with(['-', '+', '@']) => quote(value, out),
            _ => out.push_str(&name.to_ascii_uppercase()),
        })
    }

    /// An address of the web or of mail with its placeholders filled; those of mail are encoded.
    #[must_use]
    pub fn address(&self, template: &str) -> String {
        let mail = template.starts_with("mailto:");
        replace(template, |out, name| match self.get(name) {
            Some(value) if mail => encode(value, out),
            Some(value) => out.push_str(value),
            None => {}
        })
    }
}

/// The sentence that says what decided.
#[must_use]
pub fn ground(language: Language, case: &Case<'_>) -> String {
    let ground = case.verdict.judgement.ground;
    let template = language.word(&format!("ground.{}", ground.slug()));
    match ground {
        _ if !template.contains('{') => template.to_owned(),
        Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => {
            template.replace("{ip}", &ip.to_string())
        }
        _ => Values::of(language, case).fill(template),
    }
}

/// A template whose placeholders `put` replaces.
fn replace(template: &str, mut put: impl FnMut(&mut String, &str)) -> String {
    let mut out = String::with_capacity(template.len() + 40);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) if Values::NAMES.contains(&name) => {
                put(&mut out, name);
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A value as one word of a POSIX shell.
fn quote(value: &str, out: &mut String) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if value.chars().all(plain) {
        out.push_str(value);
        return;
    }
    out.push('\'');
    for c in value.chars() {
        if c == '\'' {
            out.push_str("'\\''");
        } else {
            out.push(c);
        }
    }
    out.push('\'');
}

/// A mail address as RFC 6068 writes it in a `mailto:`.
fn encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to memory cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn domain(address: Option<&SafeText>) -> Option<SafeText> {
    Some(SafeText::new(&address::domain(address?)))
}

/// An address as the lists of addresses are asked about it (RFC 5782).
fn reversed(ip: IpAddr) -> String {
    let parts: Vec<String> = match ip {
        IpAddr::V4(ip) => ip.octets().iter().rev().map(ToString::to_string).collect(),
        IpAddr::V6(ip) => {
            let digits = format!("{:032x}", ip.to_bits());
            digits.chars().rev().map(String::from).collect()
        }
    };
    parts.join(".")
}

/// The domain whose page an address of the web is.
fn site(url: &str) -> &str {
    let host = url.split('/').nth(2).unwrap_or("");
    registrable(host).unwrap_or(host)
}

/// The id of the message in the queue of our host that had it last, else of the one that wrote the
/// report.
fn queue_id(case: &Case<'_>) -> Option<SafeText> {
    let Case { bounce, ours, .. } = *case;
    let hops = bounce.original.iter().flat_map(|original| &original.chain.hops);
    for hop in hops.rev() {
        let by = hop.by.as_deref().unwrap_or("");
        if bounce.generating_server.as_deref() == Some(by) {
            break;
        }
        if ours.has_host(by) {
            return hop.id.clone();
        }
    }
    bounce.queue_id.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(known: &[(&'static str, &str)]) -> Values {
        let known = known.iter().map(|(name, value)| (*name, SafeText::new(value))).collect();
        Values { known, group: None }
    }

    #[test]
    fn unknown_placeholders_go_with_their_blank() {
        assert_eq!(
            values(&[("recipient", "ann@b.example")])
                .fill("The address {recipient} at the server {host} is wrong."),
            "The address ann@b.example at the server is wrong."
        );
    }

    #[test]
    fn commands_are_quoted() {
        let values = values(&[("group", "o'neil@b.example"), ("sender", "-oX@b.example")]);
        assert_eq!(
            values.powershell("Get-Group -Identity {group} -Host {host} @{Add={sender}}"),
            "Get-Group -Identity 'o''neil@b.example' -Host <host> @{Add='-oX@b.example'}"
        );
        assert_eq!(
            values.shell("grep -F -e {group} {sender} {host}"),
            "grep -F -e 'o'\\''neil@b.example' SENDER HOST"
        );
        assert_eq!(values.address("mailto:{group}"), "mailto:o%27neil@b.example");
    }

    #[test]
    fn nothing_hostile_leaves_its_quotes() {
        for hostile in ["$(id)@x", "`id`", "a;b", "a b", "a\\'b", "é|x", "'; rm -rf ~ #", "x'$IFS'"]
        {
            let word = values(&[("recipient", hostile)]).shell("{recipient}");
            let mut shell = std::process::Command::new("sh");
            let run = shell.args(["-c", &format!("printf %s {word}")]).output().expect("a shell");
            assert_eq!(run.stdout, hostile.as_bytes(), "{word}");
        }
    }

    #[test]
    fn addresses_backwards() {
        let backwards = |ip: &str| reversed(ip.parse().expect("an address"));
        assert_eq!(backwards("192.0.2.25"), "25.2.0.192");
        assert!(backwards("2001:db8::25").starts_with("5.2.0.0."));
    }
}
