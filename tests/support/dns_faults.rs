//! A name server of our own that misbehaves: one way each, by name.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a name has.
pub(crate) enum Held {
    /// Records: type and data.
    Records(Vec<(u16, Vec<u8>)>),
    /// No record of this type.
    Other,
    /// Nothing: there is no such name.
    Nothing,
}

/// What the server knows of a name, in lower case with dots, and a type.
pub(crate) type World = fn(&str, u16) -> Held;

/// What becomes of the right answer to a question on its way.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// It is never sent.
    Silence,
    /// Each datagram is this instead.
    Datagram(fn(&Question) -> Vec<u8>),
    /// These datagrams, one after the other.
    Datagrams(fn(&Question) -> Vec<Vec<u8>>),
    /// It comes after so many milliseconds.
    Late(u64),
    /// The first so many questions get no answer, all others the right one.
    Lost(usize),
    /// The first so many questions are refused.
    Grudging(usize),
    /// It is cut, and over TCP this is sent, in such pieces, with pauses of so many milliseconds.
    Cut(fn(&Question) -> Vec<u8>, usize, u64),
    /// It is cut, and nobody listens at TCP.
    CutWithoutTcp,
    /// Nobody listens at all.
    Nobody,
}

/// A question, and the right answer to it.
pub(crate) struct Question {
    pub(crate) id: [u8; 2],
    /// The question section.
    pub(crate) section: Vec<u8>,
    /// True when it came with EDNS.
    pub(crate) edns: bool,
    pub(crate) kind: u16,
    pub(crate) held: Held,
    /// The query as it came.
    pub(crate) query: Vec<u8>,
}

/// The flags of an answer: it is one, with recursion.
const ANSWER: [u8; 2] = [0x81, 0x80];

impl Question {
    fn read(query: &[u8], world: World) -> Self {
        let (mut name, mut at) = (String::new(), 12);
        while query[at] != 0 {
            let length = usize::from(query[at]);
            let label = &query[at + 1..=at + length];
            name.push_str(&String::from_utf8_lossy(label).to_lowercase());
            name.push('.');
            at += length + 1;
        }
        let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
        Self {
            id: [query[0], query[1]],
            section: query[12..at + 5].to_vec(),
            edns: query[11] == 1,
            kind,
            held: world(name.trim_end_matches('.'), kind),
            query: query.to_vec(),
        }
    }

    /// A message with this id, these flags, a question, and these sections.
    pub(crate) fn message(
        id: [u8; 2],
        flags: [u8; 2],
        question: &[u8],
        counts: [u16; 3],
        rest: &[u8],
    ) -> Vec<u8> {
        let mut message = id.to_vec();
        message.extend(flags);
        message.extend(u16::from(!question.is_empty()).to_be_bytes());
        for count in counts {
            message.extend(count.to_be_bytes());
        }
        message.extend(question);
        message.extend(rest);
        message
    }

    /// The records of the right answer, and how many stand in which section.
    pub(crate) fn records(&self) -> (Vec<u8>, [u16; 3]) {
        let mut bytes = Vec::new();
        match &self.held {
            Held::Records(records) => {
                for (kind, data) in records {
                    bytes.extend(record(&[0xc0, 12], *kind, data));
                }
                (bytes, [u16::try_from(records.len()).expect("few"), 0, 0])
            }
            _ => (record(&[0], 6, &soa()), [0, 1, 0]),
        }
    }

    fn flags(&self) -> [u8; 2] {
        match self.held {
            Held::Nothing => [ANSWER[0], ANSWER[1] | 3],
            _ => ANSWER,
        }
    }

    /// The right answer.
    pub(crate) fn right(&self) -> Vec<u8> {
        let (records, counts) = self.records();
        Self::message(self.id, self.flags(), &self.section, counts, &records)
    }

    /// The right answer with other flags than its own.
    pub(crate) fn flagged(&self, flags: [u8; 2]) -> Vec<u8> {
        let (records, counts) = self.records();
        Self::message(self.id, flags, &self.section, counts, &records)
    }

    /// An answer without records and with this code.
    pub(crate) fn code(&self, code: u8) -> Vec<u8> {
        Self::message(self.id, [ANSWER[0], ANSWER[1] | code], &self.section, [0; 3], &[])
    }

    /// An answer of these records alone.
    pub(crate) fn of(&self, count: u16, records: &[u8]) -> Vec<u8> {
        Self::message(self.id, ANSWER, &self.section, [count, 0, 0], records)
    }

    /// The right answer with these records behind it in the same section.
    pub(crate) fn and(&self, count: u16, more: &[u8]) -> Vec<u8> {
        let (mut records, [answers, ..]) = self.records();
        if answers == 0 {
            return self.right();
        }
        records.extend(more);
        self.of(answers + count, &records)
    }

    fn cut(&self) -> Vec<u8> {
        Self::message(self.id, [ANSWER[0] | 2, ANSWER[1]], &self.section, [0; 3], &[])
    }

    /// The right answer as it is sent over TCP.
    pub(crate) fn framed(&self) -> Vec<u8> {
        framed(&self.right())
    }
}

/// A message with its length before it.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).expect("a length that fits");
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend(message);
    framed
}

/// A record of a name, class IN, for five minutes.
pub(crate) fn record(name: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = name.to_vec();
    record.extend(kind.to_be_bytes());
    record.extend([0, 1, 0, 0, 1, 44]);
    record.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
    record.extend(data);
    record
}

/// A name as it is written in messages.
pub(crate) fn name(text: &str) -> Vec<u8> {
    let mut name = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        name.push(u8::try_from(label.len()).expect("a label"));
        name.extend(label.as_bytes());
    }
    name.push(0);
    name
}

/// The data of a TXT record.
pub(crate) fn text(text: &str) -> Vec<u8> {
    let mut data = Vec::new();
    for part in text.as_bytes().chunks(255) {
        data.push(u8::try_from(part.len()).expect("a part"));
        data.extend(part);
    }
    data
}

fn soa() -> Vec<u8> {
    let mut data = vec![0, 0];
    for number in [1_u32, 3_600, 600, 86_400, 60] {
        data.extend(number.to_be_bytes());
    }
    data
}

/// Starts a server that knows this world and has this fault; where it answers. It runs until the
/// process ends.
pub(crate) fn serve(world: World, fault: Fault) -> SocketAddr {
    let (tcp, udp) = sockets();
    let address = udp.local_addr().expect("an address");
    if let Fault::Nobody = fault {
        return address;
    }
    if let Fault::Cut(..) = fault {
        std::thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                std::thread::spawn(move || answer_stream(stream, world, fault));
            }
        });
    } else {
        drop(tcp);
    }
    let (udp, asked) = (Arc::new(udp), Arc::new(AtomicUsize::new(0)));
    std::thread::spawn(move || {
        let mut query = vec![0; 4096];
        while let Ok((length, from)) = udp.recv_from(&mut query) {
            let question = Question::read(&query[..length], world);
            let (udp, asked) = (Arc::clone(&udp), Arc::clone(&asked));
            // A late answer does not hold up the next.
            std::thread::spawn(move || {
                for datagram in datagrams(&question, fault, &asked) {
                    let _ = udp.send_to(&datagram, from);
                }
            });
        }
    });
    address
}

/// Both sockets of one port.
fn sockets() -> (TcpListener, UdpSocket) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().expect("an address")) {
            return (tcp, udp);
        }
    }
}

fn datagrams(question: &Question, fault: Fault, asked: &AtomicUsize) -> Vec<Vec<u8>> {
    match fault {
        Fault::Silence | Fault::Nobody => Vec::new(),
        Fault::Datagram(made) => vec![made(question)],
        Fault::Datagrams(made) => made(question),
        Fault::Late(milliseconds) => {
            std::thread::park_timeout(Duration::from_millis(milliseconds));
            vec![question.right()]
        }
        Fault::Lost(count) if asked.fetch_add(1, Ordering::Relaxed) < count => Vec::new(),
        Fault::Grudging(count) if asked.fetch_add(1, Ordering::Relaxed) < count => {
            vec![question.code(5)]
        }
        Fault::Lost(_) | Fault::Grudging(_) => vec![question.right()],
        Fault::Cut(..) | Fault::CutWithoutTcp => vec![question.cut()],
    }
}

fn answer_stream(mut stream: TcpStream, world: World, fault: Fault) {
    let Fault::Cut(made, piece, pause) = fault else { return };
    let mut length = [0; 2];
    if stream.read_exact(&mut length).is_err() {
        return;
    }
    let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
    if stream.read_exact(&mut query).is_err() {
        return;
    }
    let answer = made(&Question::read(&query, world));
    for part in answer.chunks(piece) {
        if stream.write_all(part).is_err() {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(pause));
    }
    if answer.is_empty() {
        std::thread::park_timeout(Duration::from_millis(pause));
    }
}
