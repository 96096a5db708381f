//! What changes a mailbox: SELECT, STORE, COPY, MOVE, UID EXPUNGE, CREATE. All of it is sent through
//! the crate `imap`; response codes are read here, since the crate keeps none of those that count.

use imap::types::Mailbox;
use imap_proto::{MailboxDatum, NameAttribute, Response};

use crate::mail::SafeText;
use crate::source::{Copied, Flagging, OpenFolder};

use super::super::error::Error;
use super::access::Access;
use super::dialogue::Dialogue;
use super::failure::Failure;
use super::folder::unquote;
use super::response::{StatusResponse, number, word};
use super::{uids, utf7};

/// Flags that a folder keeps and that are remembered.
const FLAGS: usize = 500;

impl Dialogue {
    /// Opens a folder for changes (SELECT).
    ///
    /// # Errors
    /// When there is no such folder, it has no UIDs, or the connection fails.
    pub(crate) fn select(&mut self, access: &Access, folder: &str) -> Result<OpenFolder, Error> {
        let result = self.run(access, |session| session.select(utf7::encode(folder)));
        self.forget_unasked();
        let said = match result {
            Ok(found) => match (found.uid_validity, found.uid_next) {
                (Some(validity @ 1..), Some(next @ 1..)) => {
                    return Ok(opened(&found, validity, next));
                }
                _ => SafeText::from("the server gives no UIDVALIDITY or no UIDNEXT for it"),
            },
            Err(Failure::Refused(said)) => said,
            Err(Failure::Broken(error)) => return Err(error),
        };
        Err(Error::Folder { at: access.at.clone(), folder: SafeText::new(folder), said })
    }

    /// Sets or clears flags; returns the messages that were left alone because they were changed
    /// since.
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub(crate) fn store(
        &mut self,
        access: &Access,
        of: &[u32],
        what: Flagging<'_>,
    ) -> Result<Vec<u32>, Error> {
        let unless = match what.unchanged_since {
            Some(count) => format!(" (UNCHANGEDSINCE {count})"),
            None => String::new(),
        };
        let sign = if what.set { '+' } else { '-' };
        let (set, names) = (uids::written(of), what.names.join(" "));
        let command = format!("UID STORE {set}{unless} {sign}FLAGS.SILENT ({names})");
        match self.told(access, &command) {
            Ok(told) => Ok(told.modified(of)),
            Err(Failure::Refused(said)) => match modified(said.as_bytes(), of) {
                Some(left) => Ok(left),
                None => Err(Failure::Refused(said).into_error("STORE", &access.at)),
            },
            Err(failure) => Err(failure.into_error("STORE", &access.at)),
        }
    }

    /// Moves messages (RFC 6851).
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub(crate) fn shift(
        &mut self,
        access: &Access,
        of: &[u32],
        folder: &str,
    ) -> Result<Option<Copied>, Error> {
        let command = format!("UID MOVE {} {}", uids::written(of), quoted(folder));
        let told = self.told(access, &command);
        Ok(told.map_err(|failure| failure.into_error("MOVE", &access.at))?.copied(of.len()))
    }

    /// Copies messages.
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub(crate) fn copy(
        &mut self,
        access: &Access,
        of: &[u32],
        folder: &str,
    ) -> Result<Option<Copied>, Error> {
        let command = format!("UID COPY {} {}", uids::written(of), quoted(folder));
        let told = self.told(access, &command);
        Ok(told.map_err(|failure| failure.into_error("COPY", &access.at))?.copied(of.len()))
    }

    /// Removes these messages, of those that are marked as deleted (RFC 4315).
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub(crate) fn expunge(&mut self, access: &Access, of: &[u32]) -> Result<(), Error> {
        let told = self.told(access, &format!("UID EXPUNGE {}", uids::written(of)));
        told.map(|_| ()).map_err(|failure| failure.into_error("UID EXPUNGE", &access.at))
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub(crate) fn create(&mut self, access: &Access, folder: &str) -> Result<(), Error> {
        let made = self.run(access, |session| session.create(utf7::encode(folder)));
        self.forget_unasked();
        made.map_err(|failure| failure.into_error("CREATE", &access.at))
    }

    /// The folder that the server uses for what is deleted (RFC 6154).
    ///
    /// # Errors
    /// When the connection fails.
    pub(crate) fn trash(
        &mut self,
        access: &Access,
        extended: bool,
    ) -> Result<Option<String>, Error> {
        let more = if extended { " RETURN (SPECIAL-USE)" } else { "" };
        let told = match self.told(access, &format!("LIST \"\" \"*\"{more}")) {
            Ok(told) => told,
            Err(Failure::Refused(_)) => return Ok(None),
            Err(failure) => return Err(failure.into_error("LIST", &access.at)),
        };
        Ok(trash_among(&told.0))
    }

    /// Runs a command of which the response codes count.
    fn told(&mut self, access: &Access, command: &str) -> Result<AnswerLines, Failure> {
        let answer = self.run(access, |session| session.run(command));
        self.forget_unasked();
        answer.map(|(lines, _)| AnswerLines(lines))
    }

    fn forget_unasked(&mut self) {
        self.session.take_all_unsolicited().for_each(drop);
    }
}

fn opened(found: &Mailbox, validity: u32, next: u32) -> OpenFolder {
    // A server that does not say keeps the flags that it names (RFC 3501 section 7.1).
    let kept = match found.permanent_flags.as_slice() {
        [] => &found.flags,
        kept => kept,
    };
    OpenFolder {
        validity,
        next,
        changed: found.highest_mod_seq.filter(|&count| count > 0),
        read_only: found.is_read_only,
        keeps: kept.iter().take(FLAGS).map(ToString::to_string).collect(),
        moves: false,
        expunges: false,
    }
}

/// The name of a folder in a command.
fn quoted(folder: &str) -> String {
    let name = utf7::encode(folder);
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The lines of an answer.
struct AnswerLines(Vec<u8>);

impl AnswerLines {
    /// The values of a response code, in the order they came.
    fn codes(&self, name: &str) -> Vec<&[u8]> {
        let mut values = Vec::new();
        for line in self.0.split_inclusive(|&byte| byte == b'\n') {
            if let Some(status) = StatusResponse::read(line)
                && status.code_name() == name.as_bytes()
            {
                values.push(status.code_value());
            }
        }
        values
    }

    /// Where messages went. None when the server does not say, or it makes no sense.
    fn copied(&self, most: usize) -> Option<Copied> {
        let mut copied = Copied::default();
        for value in self.codes("COPYUID") {
            let (validity, rest) = word(value);
            let (from, to) = word(rest);
            let validity = number(validity)?;
            if copied.validity != 0 && copied.validity != validity {
                return None;
            }
            copied.validity = validity;
            let left = most.saturating_sub(copied.uids.len());
            let (from, to) = (uids::read(from, left)?, uids::read(to, left)?);
            if from.len() != to.len() {
                return None;
            }
            copied.uids.extend(from.into_iter().zip(to));
        }
        if copied.validity == 0 { None } else { Some(copied) }
    }

    /// Those of these messages that were changed since.
    fn modified(&self, of: &[u32]) -> Vec<u32> {
        let mut all = Vec::new();
        for value in self.codes("MODIFIED") {
            // Which of them, is not known: then none counts as changed by us.
            all.extend(uids::read(value, usize::MAX).unwrap_or_else(|| of.to_vec()));
        }
        all.retain(|uid| of.contains(uid));
        all
    }
}

/// The messages that a refusal leaves alone because they were changed since; none when it refuses
/// for another reason.
fn modified(said: &[u8], of: &[u32]) -> Option<Vec<u32>> {
    let set = word(said.strip_prefix(b"MODIFIED ")?).0;
    let set = set.strip_suffix(b":").unwrap_or(set);
    let mut left = uids::read(set, usize::MAX).unwrap_or_else(|| of.to_vec());
    left.retain(|uid| of.contains(uid));
    Some(left)
}

/// The first folder of a list that is for what is deleted.
fn trash_among(mut lines: &[u8]) -> Option<String> {
    while let Ok((rest, response)) = imap_proto::parser::parse_response(lines) {
        if let Response::MailboxData(MailboxDatum::List { name_attributes, name, .. }) = response
            && name_attributes.contains(&NameAttribute::Trash)
        {
            return Some(utf7::decode(&unquote(&name)));
        }
        lines = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(lines: &str) -> Option<Copied> {
        AnswerLines(lines.as_bytes().to_vec()).copied(5)
    }

    #[test]
    fn where_messages_went_is_read_from_every_line() {
        let found = copied("* OK [COPYUID 38 304,319:320 3956:3958] Moved\r\na1 OK done\r\n");
        let uids = vec![(304, 3956), (319, 3957), (320, 3958)];
        assert_eq!(found, Some(Copied { validity: 38, uids }));
        let found = copied("* OK [COPYUID 38 1 7]\r\n* OK [COPYUID 38 2 8]\r\na1 OK\r\n");
        assert_eq!(found.expect("both").uids, [(1, 7), (2, 8)]);
        for lines in [
            "a1 OK done\r\n",
            "a1 OK [COPYUID 38 1:2 7] done\r\n",
            "a1 OK [COPYUID 0 1 7] done\r\n",
            "a1 OK [COPYUID 38 1:4000000000 1:4000000000] done\r\n",
            "a1 OK [COPYUID x 1 7] done\r\n",
            "a1 OK [COPYUID] done\r\n",
            "* OK [COPYUID 38 1 7]\r\na1 OK [COPYUID 39 2 8] done\r\n",
        ] {
            assert_eq!(copied(lines), None, "{lines}");
        }
    }

    #[test]
    fn what_was_changed_since_is_read() {
        let told = AnswerLines(b"a1 OK [MODIFIED 7,9:10] Conditional store failed\r\n".to_vec());
        assert_eq!(told.modified(&[7, 8, 9]), [7, 9]);
        let odd = AnswerLines(b"a1 OK [MODIFIED what] no\r\n".to_vec());
        assert_eq!(odd.modified(&[7, 8]), [7, 8]);
        assert_eq!(modified(b"MODIFIED 7:8: failed", &[8, 9]), Some(vec![8]));
        assert_eq!(modified(b"MODIFIED 7", &[7]), Some(vec![7]));
        assert_eq!(modified(b"OVERQUOTA: full", &[7]), None);
    }

    #[test]
    fn the_folder_for_what_is_deleted_is_found() {
        let lines = b"* LIST (\\HasNoChildren) \"/\" INBOX\r\n\
            * LIST (\\HasNoChildren \\Trash) \"/\" \"Entw&APw-rfe \\\"x\\\"\"\r\na1 OK done\r\n";
        assert_eq!(trash_among(lines).as_deref(), Some("Entwürfe \"x\""));
        assert_eq!(trash_among(b"* LIST () \"/\" Trash\r\na1 OK done\r\n"), None);
        assert_eq!(quoted("a\"b\\ü"), "\"a\\\"b\\\\&APw-\"");
    }
}
