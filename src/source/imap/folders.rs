//! Which mailboxes an account reads: those that it names, and those that match its patterns.

use crate::config::Account;
use crate::credentials::Secret;
use crate::mail::SafeText;

use super::error::Error;
use super::mailbox::Imap;
use super::net::cancel::Cancellation;
use super::net::limits::Limits;
use super::session::access::Access;
use super::session::dialogue::Dialogue;
use super::session::folder::Folder;

/// The most mailboxes of one account that are read: each has a connection of its own.
pub(super) const MOST: usize = 50;

/// The mailboxes of an account.
pub struct AccountMailboxes {
    /// Each as a source of its own; at least one.
    pub sources: Vec<Imap>,
    /// What a person should know: which patterns match nothing, which mailboxes are too many.
    pub notices: Vec<SafeText>,
}

/// The mailboxes of an account. Only where it names patterns is the server asked for them.
///
/// # Errors
/// When the server cannot be asked, or nothing matches.
pub fn mailboxes(
    account: &Account,
    secret: impl Into<Option<Secret>>,
) -> Result<AccountMailboxes, Error> {
    let access = Access::new(account.clone(), secret.into());
    let wanted = account.named_mailboxes();
    let mut listed = Vec::new();
    if !account.mailboxes.is_empty() && wanted.iter().any(|name| is_pattern(name)) {
        listed = ask(&access, wanted)?;
    }
    let chosen = ChosenMailboxes::of(account, &listed);
    let notices = chosen.notices(&access);
    if chosen.names.is_empty() {
        let pattern = SafeText::new(&wanted.join(", "));
        return Err(Error::NoMatch { at: access.at, pattern });
    }
    let mut sources = Vec::new();
    for name in &chosen.names {
        sources.push(Imap::of(access.with_mailbox(name)));
    }
    Ok(AccountMailboxes { sources, notices })
}

/// What the server has that may match, each pattern in its own words: a server may hide from `*`
/// what belongs to others.
fn ask(access: &Access, wanted: &[String]) -> Result<Vec<Folder>, Error> {
    let mut access = access.clone();
    let Limits { connect, login, .. } = access.limits;
    access.limits.until = Some(access.limits.deadline(connect + login));
    let mut dialogue = Dialogue::open(&access, &Cancellation::new())?;
    let mut listed = Vec::new();
    for pattern in wanted {
        if is_pattern(pattern) {
            listed.extend(dialogue.list(&access, pattern)?);
        }
    }
    dialogue.log_out(&access);
    Ok(listed)
}

/// True for a name that stands for several.
fn is_pattern(name: &str) -> bool {
    name.contains(['*', '%'])
}

/// What an account reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ChosenMailboxes {
    /// Names, each once.
    pub(super) names: Vec<String>,
    /// Patterns that match nothing.
    pub(super) unmatched: Vec<String>,
    /// Mailboxes beyond the most that are read.
    surplus: usize,
}

impl ChosenMailboxes {
    /// What an account reads of a server that has listed its folders.
    pub(super) fn of(account: &Account, listed: &[Folder]) -> Self {
        let mut chosen = Self::default();
        for wanted in account.named_mailboxes() {
            if account.mailboxes.is_empty() || !is_pattern(wanted) {
                chosen.add(wanted);
                continue;
            }
            let mut found = Vec::new();
            for folder in listed {
                if matches(wanted, &folder.name, folder.delimiter) {
                    found.push(folder.name.as_str());
                }
            }
            found.sort_unstable();
            if found.is_empty() {
                chosen.unmatched.push(wanted.clone());
            }
            for name in found {
                chosen.add(name);
            }
        }
        chosen
    }

    /// Takes a name, if it is another one.
    fn add(&mut self, name: &str) {
        let is_inbox = name.eq_ignore_ascii_case("INBOX");
        let name = if is_inbox { "INBOX" } else { name };
        if self.names.iter().any(|known| known == name) {
            return;
        }
        if self.names.len() < MOST {
            self.names.push(name.to_owned());
        } else {
            self.surplus += 1;
        }
    }

    fn notices(&self, access: &Access) -> Vec<SafeText> {
        let mut notices = Vec::new();
        for pattern in &self.unmatched {
            let pattern = SafeText::new(pattern);
            let error = Error::NoMatch { at: access.at.clone(), pattern };
            notices.push(SafeText::new(&error.to_string()));
        }
        if self.surplus > 0 {
            let (all, account) = (self.names.len() + self.surplus, &access.at.account);
            notices.push(SafeText::new(&format!(
                "mailboxes of account {account} match {all} mailboxes, of which {MOST} are read; \
                 name fewer"
            )));
        }
        notices
    }
}

/// True when a name matches a pattern (RFC 3501 section 6.3.8): `*` stands for anything, `%` for
/// anything within one level.
fn matches(pattern: &str, name: &str, delimiter: Option<char>) -> bool {
    // Which beginnings of the pattern match what was read of the name so far.
    let pattern: Vec<char> = pattern.chars().collect();
    let mut open = vec![false; pattern.len() + 1];
    open[0] = true;
    pass_stars(&pattern, &mut open);
    for c in name.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, &p) in pattern.iter().enumerate() {
            let stays = p == '*' || p == '%' && Some(c) != delimiter;
            next[at] |= open[at] && stays;
            next[at + 1] |= open[at] && !matches!(p, '*' | '%') && p == c;
        }
        pass_stars(&pattern, &mut next);
        open = next;
    }
    open[pattern.len()]
}

/// A star may stand for nothing.
fn pass_stars(pattern: &[char], open: &mut [bool]) {
    for (at, p) in pattern.iter().enumerate() {
        if open[at] && matches!(p, '*' | '%') {
            open[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source as _;

    #[test]
    fn patterns_match_as_the_protocol_says() {
        for (pattern, name, fits) in [
            ("*", "a/b/c", true),
            ("%", "a", true),
            ("%", "a/b", false),
            ("Bounces/*", "Bounces/2026/05", true),
            ("Bounces/%", "Bounces/2026/05", false),
            ("Bounces/%", "Bounces/2026", true),
            ("Bounces/*", "Bounces", false),
            ("Bounces*", "Bounces", true),
            ("*/bounce%", "a/b/bounces", true),
            ("*/bounce%", "a/bounces/b", false),
            ("%b%", "abc", true),
            ("Zwr*", "Zwróć", true),
            ("a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(matches(pattern, name, Some('/')), fits, "{pattern} {name}");
        }
        assert!(matches("%", "a/b", Some('.')) && matches("%", "a/b", None));
    }

    fn account(mailboxes: &[&str]) -> Account {
        let text = format!("name = \"lab\"\nhost = \"h\"\nuser = \"u\"\nmailboxes = {mailboxes:?}");
        toml::from_str(&text).expect("an account")
    }

    fn listed(names: &[String]) -> Vec<Folder> {
        let folder = |name: &String| Folder { name: name.clone(), delimiter: Some('/') };
        names.iter().map(folder).collect()
    }

    #[test]
    fn each_is_read_once_in_the_order_of_the_configuration() {
        let there = ["b/2", "b/1", "inbox", "c"].map(str::to_owned);
        let chosen =
            ChosenMailboxes::of(&account(&["c", "b/*", "INBOX", "*", "x/%"]), &listed(&there));
        assert_eq!(chosen.names, ["c", "b/1", "b/2", "INBOX"]);
        assert_eq!((chosen.unmatched.as_slice(), chosen.surplus), (&["x/%".to_owned()][..], 0));
        let access = Access::new(account(&[]), None);
        let said = chosen.notices(&access);
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("no mailbox on h:993 matches x/%"), "{}", said[0]);
    }

    #[test]
    fn there_is_a_bound() {
        let names: Vec<String> = (0..70).map(|n| format!("b/{n:02}")).collect();
        let chosen = ChosenMailboxes::of(&account(&["INBOX", "b/*"]), &listed(&names));
        assert_eq!((chosen.names.len(), chosen.surplus), (MOST, 21));
        let said = chosen.notices(&Access::new(account(&[]), None));
        assert!(said[0].contains("match 71 mailboxes, of which 50 are read"), "{}", said[0]);
    }

    #[test]
    fn without_patterns_nobody_is_asked() {
        let found = mailboxes(&account(&["a", "b & c"]), None);
        let found = found.unwrap_or_else(|e| panic!("{e}"));
        let mut names = Vec::new();
        for source in &found.sources {
            names.push(source.name());
        }
        assert_eq!(names, [SafeText::new("lab/a"), SafeText::new("lab/b & c")]);
    }
}
