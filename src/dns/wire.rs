//! Messages of DNS (RFC 1035, EDNS: RFC 6891).

use std::fmt::Write;
use std::net::IpAddr;

use domain::base::iana::{Class, Opcode, Rcode};
use domain::base::name::{Label, NameBuilder, ToName};
use domain::base::rdata::UnknownRecordData;
use domain::base::{Message, MessageBuilder, Name, ParsedName, Rtype};
use domain::rdata::{A, Aaaa, Cname, Mx, Ns, Ptr, Soa, Txt};

use crate::checks::{Data, DnsName, DnsRecord, RecordKind, Trouble};

/// What fits into one datagram on every way (DNS flag day 2020).
const DATAGRAM: u16 = 1232;
/// Records of one answer that are looked at.
const RECORDS: usize = 512;

/// A question as it is asked.
#[derive(Clone, Debug)]
pub(super) struct DnsQuery {
    name: Name<Vec<u8>>,
    asked: DnsName,
    kind: RecordKind,
}

/// An answer to a question, aliases not yet followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is said by itself")]
pub(super) struct DnsAnswer {
    /// It was cut to fit.
    pub(super) truncated: bool,
    /// The records, of the name and of all others.
    pub(super) records: Vec<DnsRecord>,
    /// There were records in it, whatever they are about.
    pub(super) speaks: bool,
    /// How long it holds that there is no such record, where the zone says so.
    pub(super) absent_for: Option<u32>,
    /// False when the last name of the answer does not exist.
    pub(super) exists: bool,
    /// It only names other servers.
    pub(super) refers: bool,
}

/// What a datagram is.
pub(super) enum HeardMessage {
    /// An answer to the question.
    Answer(DnsAnswer),
    /// The server will not or cannot answer.
    Trouble(Trouble),
    /// Something else: whoever sent it did not hear the question, or is not whom we asked.
    Foreign,
}

impl DnsQuery {
    /// A question; None for a name that cannot be asked.
    pub(super) fn new(name: &DnsName, kind: RecordKind) -> Option<Self> {
        let mut builder = NameBuilder::new_vec();
        if !name.is_root() {
            for label in name.as_str().split('.') {
                builder.append_label(label.as_bytes()).ok()?;
            }
        }
        let asked = name.clone();
        Some(Self { name: builder.into_name().ok()?, asked, kind })
    }

    /// The message that asks.
    pub(super) fn message(&self, id: u16, edns: bool) -> Option<Vec<u8>> {
        let mut builder = MessageBuilder::new_vec();
        builder.header_mut().set_id(id);
        builder.header_mut().set_rd(true);
        let mut question = builder.question();
        question.push((&self.name, rtype(self.kind))).ok()?;
        let mut additional = question.additional();
        if edns {
            let size = additional.opt(|opt| {
                opt.set_udp_payload_size(DATAGRAM);
                Ok(())
            });
            size.ok()?;
        }
        Some(additional.finish())
    }

    /// What came back.
    pub(super) fn hear(&self, id: u16, bytes: &[u8]) -> HeardMessage {
        let Ok(message) = Message::from_octets(bytes) else { return HeardMessage::Foreign };
        let header = message.header();
        let is_answer = header.qr() && header.id() == id && header.opcode() == Opcode::QUERY;
        if !is_answer {
            return HeardMessage::Foreign;
        }
        // A server that does not understand us need not repeat the question.
        let unheard = message.header_counts().qdcount() == 0;
        if header.rcode() == Rcode::FORMERR && unheard {
            return HeardMessage::Trouble(Trouble::Unable);
        }
        let Ok(question) = message.sole_question() else { return HeardMessage::Foreign };
        let same = question.qname().name_eq(&self.name)
            && question.qtype() == rtype(self.kind)
            && question.qclass() == Class::IN;
        if !same {
            return HeardMessage::Foreign;
        }
        match header.rcode() {
            Rcode::NOERROR | Rcode::NXDOMAIN => match self.read(&message) {
                Some(answer) => HeardMessage::Answer(answer),
                None => HeardMessage::Trouble(Trouble::Broken),
            },
            Rcode::REFUSED | Rcode::NOTAUTH => HeardMessage::Trouble(Trouble::Refused),
            Rcode::FORMERR | Rcode::NOTIMP => HeardMessage::Trouble(Trouble::Unable),
            _ => HeardMessage::Trouble(Trouble::Failed),
        }
    }

    /// The records; None when they cannot be read to the end.
    fn read(&self, message: &Message<&[u8]>) -> Option<DnsAnswer> {
        let header = message.header();
        let mut answer = DnsAnswer {
            truncated: header.tc(),
            records: Vec::new(),
            speaks: false,
            absent_for: None,
            exists: header.rcode() != Rcode::NXDOMAIN,
            refers: false,
        };
        if answer.truncated {
            // What was cut is asked again as a whole.
            return Some(answer);
        }
        for record in message.answer().ok()?.take(RECORDS) {
            let record = record.ok()?;
            answer.speaks = true;
            if record.class() == Class::IN
                && let Some((kind, data)) = self.data(&record)?
            {
                let (name, ttl) = (shown(&record.owner()), record.ttl().as_secs());
                answer.records.push(DnsRecord { name, kind, data, ttl });
            }
        }
        let mut names_servers = false;
        for record in message.authority().ok()?.take(RECORDS) {
            let record = record.ok()?;
            names_servers |= record.rtype() == Rtype::NS;
            if let Ok(Some(soa)) = record.to_record::<Soa<ParsedName<&[u8]>>>() {
                let seconds = soa.data().minimum().as_secs().min(soa.ttl().as_secs());
                answer.absent_for = Some(seconds);
            }
        }
        if !ends_with_its_records(message) {
            return None;
        }
        let empty = !answer.speaks && answer.absent_for.is_none();
        answer.refers = answer.exists && empty && names_servers && !header.aa();
        Some(answer)
    }

    /// What a record says, if it is an alias or of the kind that was asked for; None when it cannot
    /// be read.
    #[expect(clippy::option_option, reason = "a record of another kind is no fault")]
    fn data(
        &self,
        record: &domain::base::ParsedRecord<'_, &[u8]>,
    ) -> Option<Option<(RecordKind, Data)>> {
        if let Some(cname) = record.to_record::<Cname<ParsedName<&[u8]>>>().ok()? {
            return Some(Some((RecordKind::Cname, Data::Name(shown(cname.data().cname())))));
        }
        let data = match self.kind {
            RecordKind::A => {
                let found = record.to_record::<A>().ok()?;
                found.map(|found| Data::Address(IpAddr::V4(found.data().addr())))
            }
            RecordKind::Aaaa => {
                let found = record.to_record::<Aaaa>().ok()?;
                found.map(|found| Data::Address(IpAddr::V6(found.data().addr())))
            }
            RecordKind::Mx => {
                let found = record.to_record::<Mx<ParsedName<&[u8]>>>().ok()?;
                found.map(|found| Data::Mail {
                    preference: found.data().preference(),
                    host: shown(found.data().exchange()),
                })
            }
            RecordKind::Ns => {
                let found = record.to_record::<Ns<ParsedName<&[u8]>>>().ok()?;
                found.map(|found| Data::Name(shown(found.data().nsdname())))
            }
            RecordKind::Ptr => {
                let found = record.to_record::<Ptr<ParsedName<&[u8]>>>().ok()?;
                found.map(|found| Data::Name(shown(found.data().ptrdname())))
            }
            RecordKind::Txt => {
                let found = record.to_record::<Txt<&[u8]>>().ok()?;
                // There is at least one string in it (RFC 1035 section 3.3.14).
                if found.as_ref().is_some_and(|found| found.data().len() == 0) {
                    return None;
                }
                found.map(|found| Data::Text(found.data().text::<Vec<u8>>()))
            }
            RecordKind::Tlsa if record.rtype() == Rtype::TLSA => {
                let found = record.to_record::<UnknownRecordData<&[u8]>>().ok()?;
                Some(tlsa(found?.data().data())?)
            }
            RecordKind::Tlsa | RecordKind::Cname => None,
        };
        Some(data.map(|data| (self.kind, data)))
    }

    /// The name that was asked about.
    pub(super) fn asked(&self) -> &DnsName {
        &self.asked
    }
}

/// True when nothing stands behind the last record: else the numbers of records are wrong.
fn ends_with_its_records(message: &Message<&[u8]>) -> bool {
    let Ok(mut additional) = message.additional() else { return false };
    for record in additional.by_ref().take(RECORDS) {
        if record.is_err() {
            return false;
        }
    }
    additional.pos() == message.as_slice().len()
}

/// A TLSA record (RFC 6698 section 2.1).
fn tlsa(bytes: &[u8]) -> Option<Data> {
    let [usage, selector, matching, data @ ..] = bytes else { return None };
    let (usage, selector, matching) = (*usage, *selector, *matching);
    Some(Data::Tlsa { usage, selector, matching, length: data.len() })
}

/// A name as it was answered. What does not fit a name is written in a way that is never asked.
fn shown(name: &impl ToName) -> DnsName {
    let mut text = String::new();
    for label in name.iter_labels() {
        if label.is_root() {
            break;
        }
        if !text.is_empty() {
            text.push('.');
        }
        push_label(label, &mut text);
    }
    DnsName::answered(&text)
}

fn push_label(label: &Label, text: &mut String) {
    for byte in label.as_slice() {
        if byte.is_ascii_graphic() && *byte != b'.' && *byte != b'\\' {
            text.push(char::from(*byte));
        } else {
            // Writing to memory cannot fail.
            let _ = write!(text, "\\{byte:03}");
        }
    }
}

fn rtype(kind: RecordKind) -> Rtype {
    match kind {
        RecordKind::A => Rtype::A,
        RecordKind::Aaaa => Rtype::AAAA,
        RecordKind::Cname => Rtype::CNAME,
        RecordKind::Mx => Rtype::MX,
        RecordKind::Ns => Rtype::NS,
        RecordKind::Ptr => Rtype::PTR,
        RecordKind::Tlsa => Rtype::TLSA,
        RecordKind::Txt => Rtype::TXT,
    }
}
