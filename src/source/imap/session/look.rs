//! Looking at messages before they are changed: flags, size, when they came, and Message-ID. The
//! crate would keep the whole answer and parse it again with every line; here each response is read,
//! made use of, and forgotten.

use std::collections::BTreeMap;
use std::io;

use crate::mail::{Headers, SafeText, charset, date};
use crate::source::FoundMessage;

use super::super::error::Error;
use super::access::Access;
use super::dialogue::Dialogue;
use super::end::{End, end};
use super::raw::RawResponse;
use super::response::{ParenthesisDepth, StatusResponse, literal, number, word};
use super::scan::{ItemValue, Read, Scan};
use super::wire::{Wire, violation};

/// What is asked of each message.
const ITEMS: &str = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]";
/// Flags of one message that are remembered.
const FLAGS: usize = 200;

/// Which messages are looked at.
pub(crate) struct WantedMessages<'a> {
    /// Their UIDs, as a command writes them.
    pub(crate) set: &'a str,
    /// True for each of them.
    pub(crate) has: &'a dyn Fn(u32) -> bool,
    /// True when the server counts changes (CONDSTORE).
    pub(crate) counts: bool,
}

impl Dialogue {
    /// Looks at messages.
    ///
    /// # Errors
    /// When the server refuses or the connection fails.
    pub(crate) fn look(
        &mut self,
        access: &Access,
        wanted: &WantedMessages<'_>,
    ) -> Result<Vec<FoundMessage>, Error> {
        let at = &access.at;
        let wire = self.loan.wire().map_err(|error| Error::wire(at, &error))?;
        let mut look = Looking::begin(wire, wanted).map_err(|error| Error::wire(at, &error))?;
        let end = look.run().map_err(|error| Error::wire(at, &error))?;
        let found = look.complete();
        let (at, command) = (at.clone(), "FETCH");
        match end {
            End::Done => Ok(found),
            End::Later(said) => Err(Error::Busy { at, said }),
            End::Refused(said) | End::Bad(said) => Err(Error::Refused { at, command, said }),
        }
    }
}

/// A FETCH of which the answer is being read.
struct Looking<'a> {
    wire: &'a mut Wire,
    wanted: &'a WantedMessages<'a>,
    tag: String,
    /// UIDVALIDITY as said before.
    validity: Option<u32>,
    /// Bytes of the answer so far.
    taken: u64,
    found: BTreeMap<u32, Fresh>,
}

/// What is known of a message so far.
#[derive(Default)]
struct Fresh {
    message: FoundMessage,
    has_size: bool,
    has_flags: bool,
}

impl<'a> Looking<'a> {
    fn begin(wire: &'a mut Wire, wanted: &'a WantedMessages<'a>) -> io::Result<Self> {
        wire.allow(wire.limits.patience);
        let more = if wanted.counts { " MODSEQ" } else { "" };
        let tag = wire.send(&format!("UID FETCH {} ({ITEMS}{more})", wanted.set))?;
        let validity = wire.heard.validity;
        Ok(Self { wire, wanted, tag, validity, taken: 0, found: BTreeMap::new() })
    }

    /// The messages of which everything has come.
    fn complete(self) -> Vec<FoundMessage> {
        let mut all = Vec::with_capacity(self.found.len());
        for fresh in self.found.into_values() {
            if fresh.has_size && fresh.has_flags {
                all.push(fresh.message);
            }
        }
        all
    }

    fn run(&mut self) -> io::Result<End> {
        loop {
            let response = self.response()?;
            if self.taken > self.wire.limits.response {
                return Err(violation("more and more, but no end"));
            }
            if let Some(items) = Items::read(&response).map_err(violation)? {
                self.take(items)?;
            } else if let Some(end) = end(self.wire, response.text(), &self.tag, self.validity)? {
                return Ok(end);
            }
        }
    }

    fn take(&mut self, items: Items) -> io::Result<()> {
        let Some(uid) = items.uid else { return Ok(()) };
        if !(self.wanted.has)(uid) {
            return Ok(());
        }
        if self.found.len() >= self.wire.limits.messages as usize {
            return Err(violation("more messages than a mailbox may hold"));
        }
        let fresh = self.found.entry(uid).or_default();
        fresh.message.uid = uid;
        if let Some(flags) = items.flags {
            (fresh.message.flags, fresh.has_flags) = (flags, true);
        }
        if let Some(size) = items.size {
            (fresh.message.size, fresh.has_size) = (size, true);
        }
        fresh.message.changed = items.changed.or(fresh.message.changed);
        fresh.message.received = items.received.or(fresh.message.received);
        if let Some(id) = items.message_id {
            fresh.message.message_id = Some(id);
        }
        self.wire.allow(self.wire.limits.patience);
        Ok(())
    }

    /// Reads one response: its lines, and apart from them its literals, which are short.
    fn response(&mut self) -> io::Result<RawResponse> {
        let mut response = RawResponse::default();
        let mut depth = ParenthesisDepth::default();
        loop {
            let start = response.text().len();
            self.taken += self.wire.line(response.text_mut())? as u64;
            let text = response.text();
            if !depth.follow(&text[start..], self.wire.limits.depth) {
                return Err(violation("parentheses nested too deep"));
            }
            let Some((open, length)) = literal(&text[start..]) else { break };
            if start == 0 && (text.starts_with(b"+") || StatusResponse::read(text).is_some()) {
                break;
            }
            if response.size() as u64 + length > self.wire.limits.line as u64 {
                return Err(violation("a literal too long for where it stands"));
            }
            response.begin_literal(start + open, length);
            self.wire.literal(length, |bytes| response.keep(bytes, usize::MAX))?;
            self.taken += length;
        }
        Ok(response)
    }
}

/// What one FETCH response says of a message.
#[derive(Default)]
struct Items {
    uid: Option<u32>,
    flags: Option<Vec<String>>,
    changed: Option<u64>,
    size: Option<u64>,
    received: Option<i64>,
    message_id: Option<SafeText>,
}

impl Items {
    /// Reads a response; none when it is no FETCH response.
    fn read(response: &RawResponse) -> Read<Option<Self>> {
        let text = response.text();
        let Some(rest) = text.strip_prefix(b"* ") else { return Ok(None) };
        let (count, rest) = word(rest);
        let (name, rest) = word(rest);
        let is_fetch = name.trim_ascii_end().eq_ignore_ascii_case(b"FETCH");
        if number::<u32>(count).is_none() || !is_fetch {
            return Ok(None);
        }
        let mut scan = Scan::new(text, text.len() - rest.len(), response.literals());
        let mut items = Self::default();
        scan.open()?;
        while let Some(name) = scan.name()? {
            let value = scan.value()?;
            items.take(name, value, response)?;
        }
        scan.close()?;
        Ok(Some(items))
    }

    fn take(&mut self, name: &[u8], value: ItemValue<'_>, response: &RawResponse) -> Read<()> {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        match value {
            ItemValue::Atom(digits) if is("UID") => {
                if self.uid.is_some() {
                    return Err("two UIDs for one message");
                }
                self.uid = number(digits).filter(|&uid| uid != 0);
            }
            ItemValue::Atom(digits) if is("RFC822.SIZE") => self.size = number(digits),
            ItemValue::Quoted(text) if is("INTERNALDATE") => {
                let stamp = date::parse(&charset::lossy(text));
                self.received = stamp.map(|stamp| stamp.at.as_second());
            }
            ItemValue::List(list) if is("FLAGS") => self.flags = Some(words(list)),
            ItemValue::List(list) if is("MODSEQ") => self.changed = number(inside(list)),
            ItemValue::Literal(which) if is_header(name) => {
                self.message_id = message_id(response.kept(&response.literals()[which]));
            }
            ItemValue::Quoted(text) if is_header(name) => self.message_id = message_id(text),
            _ => {}
        }
        Ok(())
    }
}

fn is_header(name: &[u8]) -> bool {
    name.len() > 5 && name[..5].eq_ignore_ascii_case(b"BODY[")
}

fn message_id(header: &[u8]) -> Option<SafeText> {
    Headers::read(header).0.get("message-id")?.id()
}

/// A list without its parentheses.
fn inside(list: &[u8]) -> &[u8] {
    list.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")).unwrap_or(list).trim_ascii()
}

/// The words of a list of flags.
fn words(list: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    for word in inside(list).split(|&byte| byte == b' ') {
        if !word.is_empty() && words.len() < FLAGS {
            words.push(charset::lossy(word).into_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::super::net::limits::Limits;
    use super::super::script::Script;
    use super::*;

    fn look(said: &[u8]) -> io::Result<Vec<FoundMessage>> {
        let mut wire = Script::wire(said, 7, Limits::default());
        let wanted =
            WantedMessages { set: "5:9", has: &|uid| (5..=9).contains(&uid), counts: true };
        let mut look = Looking::begin(&mut wire, &wanted)?;
        look.run()?;
        Ok(look.complete())
    }

    #[test]
    fn messages_are_looked_at() {
        let found = look(
            b"* 1 FETCH (UID 5 FLAGS (\\Seen $DLTaken) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" \
              RFC822.SIZE 120 BODY[HEADER.FIELDS (MESSAGE-ID)] {39}\r\n\
              Message-ID: <1@mx.birch.example>\r\n\r\n\r\n MODSEQ (624140003))\r\n\
              * 2 FETCH (FLAGS (\\Deleted) UID 6)\r\n* OK Still here {9}\r\n* 4 EXPUNGE\r\n\
              * 3 FETCH (MODSEQ (7) BODY[HEADER.FIELDS (MESSAGE-ID)] \"\" RFC822.SIZE 9 FLAGS () UID 7)\r\n\
              * 3 FETCH (FLAGS (x) UID 7)\r\n* 9 FETCH (UID 99 FLAGS () RFC822.SIZE 3)\r\nd1 OK done\r\n",
        )
        .expect("an answer");
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].flags, ["\\Seen", "$DLTaken"]);
        assert_eq!((found[0].changed, found[0].size), (Some(624_140_003), 120));
        assert_eq!(found[0].message_id.as_deref(), Some("1@mx.birch.example"));
        assert_eq!(found[0].received, Some(837_596_665));
        assert_eq!((found[1].uid, &found[1].message_id), (7, &None));
        assert_eq!(found[1].flags, ["x"], "what was said last");
    }

    #[test]
    fn what_breaks_the_grammar_ends_it() {
        for said in [
            &b"* 1 FETCH (UID 5 FLAGS (a {3}\r\n"[..],
            b"* 1 FETCH (UID 5 UID 6 FLAGS ())\r\n",
            b"* 1 FETCH (UID 5 FLAGS {99999999}\r\n",
            b"nonsense\r\n",
            b"a9 OK done\r\n",
            b"* BYE bye\r\n",
            b"* OK [UIDVALIDITY 9] another\r\nd1 OK\r\n",
            b"",
        ] {
            let text = String::from_utf8_lossy(said);
            assert!(look(said).is_err(), "{text}");
        }
    }
}
