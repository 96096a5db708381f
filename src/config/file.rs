//! The configuration file: TOML, every key known, errors with the line and the nearest name.

use std::fmt::Write;
use std::path::Path;

use crate::complaint;
use crate::diagnosis::Ours;
use crate::mail::{SafeText, is_hidden};

use super::account::{Account, Tls};
use super::error::{Error, shown};
use super::settings::Layer;

/// A commented sample with every key.
pub const SAMPLE: &str = include_str!("../../assets/config.sample.toml");

/// Reads the text of a configuration file as a layer; `path` is for messages, and relative files in
/// it are taken from its folder.
///
/// # Errors
/// When it is not TOML, holds an unknown key or value, or an account or `[ours]` that cannot be.
pub(super) fn parse(path: &Path, text: &str) -> Result<Layer, Error> {
    let mut layer: Layer = toml::from_str(text).map_err(|error| invalid(path, text, &error))?;
    for account in &mut layer.accounts {
        find_beside(path, account);
    }
    check_accounts(path, &layer.accounts)?;
    Ok(layer)
}

/// A relative `ca_file` stands beside the configuration.
fn find_beside(path: &Path, account: &mut Account) {
    if let (Some(file), Some(folder)) = (&account.ca_file, path.parent())
        && file.is_relative()
    {
        account.ca_file = Some(folder.join(file));
    }
}

fn check_accounts(path: &Path, accounts: &[Account]) -> Result<(), Error> {
    let mut names = Vec::new();
    for account in accounts {
        if let Some(reason) = fault_of(account, &names) {
            return Err(Error::Invalid {
                path: shown(path),
                line: None,
                reason: SafeText::new(&reason),
            });
        }
        names.push(&account.name);
    }
    Ok(())
}

/// What is wrong with an account; `names` are those of the accounts before it.
fn fault_of(account: &Account, names: &[&String]) -> Option<String> {
    let name = &account.name;
    if names.contains(&name) {
        return Some(format!("two accounts are named \"{name}\"; give each its own name"));
    }
    if !account.password_command.is_empty() && !account.token_command.is_empty() {
        return Some(format!(
            "account \"{name}\" has a password_command and a token_command; keep one of them"
        ));
    }
    if !account.host.is_ascii() {
        return Some(format!(
            "host of account \"{name}\" holds other letters than a to z; write its ASCII form (xn--…)"
        ));
    }
    if account.tls == Tls::None && account.tls_fingerprint.is_some() {
        return Some(format!(
            "account \"{name}\" has a tls_fingerprint, but tls = \"none\" shows no certificate; \
             remove one of them"
        ));
    }
    fault_of_mailboxes(account).or_else(|| fault_of_way(account))
}

/// What is wrong with the mailboxes that are named, and how often they are looked at.
fn fault_of_mailboxes(account: &Account) -> Option<String> {
    let Account { name, mailbox, mailboxes, poll, .. } = account;
    if !mailboxes.is_empty() && mailbox != "INBOX" {
        return Some(format!("account \"{name}\" has a mailbox and mailboxes; keep one of them"));
    }
    for wanted in mailboxes {
        if wanted.is_empty() || wanted.contains(char::is_control) {
            return Some(format!(
                "mailboxes of account \"{name}\" holds what is no name: {wanted:?}"
            ));
        }
    }
    let longest = Account::LONGEST_POLL;
    match poll {
        Some(seconds) if *seconds == 0 || *seconds > longest => Some(format!(
            "poll of account \"{name}\" is {seconds}; write seconds from 1 to {longest}"
        )),
        _ => None,
    }
}

/// What is wrong with how the server is reached.
fn fault_of_way(account: &Account) -> Option<String> {
    let name = &account.name;
    let needs = format!("account \"{name}\" needs a host and a user, or a tunnel");
    match (account.has_tunnel(), account.host.is_empty(), account.user.is_empty()) {
        (true, true, _) => {}
        (true, false, _) => {
            return Some(format!("account \"{name}\" has a host and a tunnel; keep one of them"));
        }
        (false, true, _) => return Some(format!("the key `host` is missing; {needs}")),
        (false, false, true) => return Some(format!("the key `user` is missing; {needs}")),
        (false, false, false) => return None,
    }
    if account.tunnel[0].is_empty() {
        return Some(format!("tunnel of account \"{name}\" begins with no program"));
    }
    let is_tls =
        account.port.is_some() || account.ca_file.is_some() || account.tls != Tls::default();
    if is_tls || account.tls_fingerprint.is_some() {
        return Some(format!(
            "account \"{name}\" has a tunnel: port, tls, ca_file and tls_fingerprint mean nothing \
             there; remove them"
        ));
    }
    None
}

/// A TOML error as a sentence.
fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let (line, reason) = complaint::explain(text, error);
    Error::Invalid { path: shown(path), line, reason: SafeText::new(&reason) }
}

/// The text of a configuration file with one account, for `deadletter init`.
#[must_use]
pub fn render(account: &Account, ours: &Ours) -> String {
    let nets: Vec<String> = ours.ips.iter().map(ToString::to_string).collect();
    let mut lines = vec![
        "# deadletter; every key is explained by `deadletter --print-config`".to_owned(),
        String::new(),
        "# Who we are: without it nobody can say whose fault a bounce is.".to_owned(),
        "[ours]".to_owned(),
        list("domains", &ours.domains),
        list("hosts", &ours.hosts),
        list("ips", &nets),
        list("relays", &ours.relays),
        String::new(),
        "[[account]]".to_owned(),
        text("name", &account.name),
        text("host", &account.host),
        format!("port = {}", account.port()),
        text("tls", account.tls.slug()),
    ];
    if let Some(file) = &account.ca_file {
        lines.push(text("ca_file", &file.to_string_lossy()));
    }
    if let Some(fingerprint) = account.tls_fingerprint {
        lines.push(text("tls_fingerprint", &fingerprint.to_string()));
    }
    lines.push(text("user", &account.user));
    if !account.password_command.is_empty() {
        lines.push(list("password_command", &account.password_command));
    }
    if !account.token_command.is_empty() {
        lines.push(list("token_command", &account.token_command));
    }
    lines.push(text("mailbox", &account.mailbox));
    lines.join("\n") + "\n"
}

/// A line of TOML with a text.
fn text(key: &str, value: &str) -> String {
    format!("{key} = {}", quoted(value))
}

/// A line of TOML with a list of texts.
fn list(key: &str, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("{key} = [{}]", values.join(", "))
}

/// A text as TOML writes it. Characters that do not show themselves are written as escapes.
fn quoted(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return toml::Value::String(text.to_owned()).to_string();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_hidden(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(Path::new("c.toml"), text).expect_err("must be refused").to_string()
    }

    #[test]
    fn errors_name_line_and_nearest_key() {
        assert_eq!(
            error("lang = \"pl\"\n[ours]\ndomain = []\n"),
            "c.toml, line 3: unknown key `domain`; did you mean `domains`?"
        );
        assert_eq!(
            error("colour = \"auto\""),
            "c.toml, line 1: unknown key `colour`; did you mean `color`?"
        );
        assert!(error("lang = \"fr\"").contains("line 1: there is no `fr` here"));
        assert!(error("[ours]\nips = [\"1.2.3\"]").contains("is no address or network"));
    }

    #[test]
    fn accounts_are_checked() {
        let account = "[[account]]\nname=\"a\"\nhost=\"h\"\nuser=\"u\"\n";
        assert!(error(&account.repeat(2)).contains("two accounts are named \"a\""));
        assert!(
            error("[[account]]\nname=\"a\"\nhost=\"h\"\n").contains("the key `user` is missing")
        );
        assert!(error(&account.replace("\"h\"", "\"zażółć.example\"")).contains("xn--"));
        let tunnel = "[[account]]\nname=\"a\"\ntunnel=[\"ssh\", \"mx1\"]\n";
        assert!(parse(Path::new("c.toml"), tunnel).is_ok());
        for (line, says) in [
            ("host=\"h\"", "a host and a tunnel; keep one"),
            ("port=143", "port, tls, ca_file and tls_fingerprint mean nothing"),
            ("tls=\"starttls\"", "mean nothing"),
        ] {
            let error = error(&format!("{tunnel}{line}\n"));
            assert!(error.contains(says), "{error}");
        }
        assert!(error("[[account]]\nname=\"a\"\ntunnel=[\"\"]\n").contains("no program"));
        let several = format!("{account}mailboxes=[\"INBOX\", \"Odbicia/*\"]\npoll=60\n");
        assert!(parse(Path::new("c.toml"), &several).is_ok());
        for (line, says) in [
            ("poll=0", "write seconds from 1 to 1680"),
            ("poll=1700", "write seconds from 1 to 1680"),
            ("mailboxes=[\"\"]", "holds what is no name"),
            ("mailboxes=[\"a\\nb\"]", "holds what is no name"),
            ("mailbox=\"a\"\nmailboxes=[\"b\"]", "keep one of them"),
        ] {
            let error = error(&format!("{account}{line}\n"));
            assert!(error.contains(says), "{error}");
        }
        let neither = error("[[account]]\nname=\"a\"\nuser=\"u\"\n");
        assert!(neither.contains("needs a host and a user, or a tunnel"), "{neither}");
        let short = error(&format!("{account}tls_fingerprint=\"sha256:00\"\n"));
        assert!(short.contains("line 5: write tls_fingerprint as \"sha256:\""), "{short}");
        let pin = format!("{account}tls=\"none\"\ntls_fingerprint=\"sha256:{}\"\n", "0".repeat(64));
        assert!(error(&pin).contains("shows no certificate"), "{}", error(&pin));
    }

    #[test]
    fn the_sample_and_what_init_writes_are_read() {
        parse(Path::new("sample"), SAMPLE).unwrap_or_else(|e| panic!("{e}"));
        let account = "[[account]]\nname=\"a\\\"b\"\nhost=\"h\"\nuser=\"u\"\npassword_command=[\"pass\",\"x y\"]\n";
        let layer = parse(Path::new("c"), account).unwrap_or_else(|e| panic!("{e}"));
        let again = parse(Path::new("c"), &render(&layer.accounts[0], &layer.ours))
            .unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(again.accounts[0].password_command, layer.accounts[0].password_command);
        assert_eq!(again.accounts[0].name, layer.accounts[0].name);
        let hidden = "a\"\\\u{1b}[2J\u{9b}\u{202e}ż";
        assert_eq!(quoted(hidden), "\"a\\\"\\\\\\U0000001B[2J\\U0000009B\\U0000202Eż\"");
        let read: toml::Table = toml::from_str(&text("x", hidden)).unwrap();
        assert_eq!(read["x"].as_str(), Some(hidden));
    }

    /// The keys that a table of the file may have, as its reader tells them.
    fn keys_of(table: &str) -> Vec<String> {
        let message = error(&format!("{table}\nzzzzzzzzzzzzzzzzzzzz = 1\n"));
        assert!(message.contains("unknown key"), "{message}");
        let raw = toml::from_str::<Layer>(&format!("{table}\nzzzzzzzzzzzzzzzzzzzz = 1\n"))
            .expect_err("no such key");
        let names = raw.message().split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    #[test]
    fn every_key_stands_in_the_sample_and_in_the_document() {
        let document = include_str!("../../docs/config.md");
        let mut keys = Vec::new();
        for table in ["", "[ours]", "[checks]", "[[account]]"] {
            keys.extend(keys_of(table));
        }
        assert_eq!(keys.len(), 11 + 4 + 3 + 15, "{keys:?}");
        for key in keys {
            for (name, text) in [("the sample", SAMPLE), ("docs/config.md", document)] {
                assert!(text.contains(&key), "{name} does not explain {key}");
            }
        }
    }
}
