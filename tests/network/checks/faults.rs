//! What name servers do wrong, each by its name.

use crate::dns_faults::{Fault, Question, framed, name, record, text};

use Fault::{Cut, CutWithoutTcp, Datagram, Datagrams, Grudging, Late, Lost, Nobody, Silence};

const A: u16 = 1;
const CNAME: u16 = 5;
const TXT: u16 = 16;
/// A pointer to the name that was asked about.
const ASKED: [u8; 2] = [0xc0, 12];
/// Longer than anything is waited for.
const FOREVER: u64 = 60_000;

/// All faults.
pub(crate) fn faults() -> Vec<(&'static str, Fault)> {
    let mut faults = silent();
    faults.extend(foreign());
    faults.extend(codes());
    faults.extend(cut());
    faults.extend(broken());
    faults.extend(counts());
    faults.extend(aliases());
    faults.extend(contents());
    faults
}

fn silent() -> Vec<(&'static str, Fault)> {
    vec![
        ("silence", Silence),
        ("nobody listens", Nobody),
        ("late", Late(300)),
        ("too late", Late(1_800)),
        ("the first questions are lost", Lost(3)),
        ("the first questions are refused", Grudging(3)),
    ]
}

fn foreign() -> Vec<(&'static str, Fault)> {
    fn other_id(question: &Question) -> Vec<u8> {
        let mut answer = question.code(3);
        answer[0] ^= 0x55;
        answer
    }
    fn other_name(question: &Question) -> Vec<u8> {
        let mut section = name("other.example");
        section.extend([0, 1, 0, 1]);
        Question::message(question.id, [0x81, 0x83], &section, [0; 3], &[])
    }
    fn at_the_end(question: &Question, change: fn(&mut [u8])) -> Vec<u8> {
        let mut section = question.section.clone();
        change(&mut section);
        Question::message(question.id, [0x81, 0x83], &section, [0; 3], &[])
    }
    vec![
        ("another id", Datagram(other_id)),
        ("another id, then the right one", Datagrams(|q| vec![other_id(q), q.right()])),
        ("a flood of other ids, then the right one", {
            Datagrams(|q| (0..100).map(|_| other_id(q)).chain([q.right()]).collect())
        }),
        ("a flood of other ids without end", Datagrams(|q| vec![other_id(q); 2_000])),
        ("another question", Datagram(other_name)),
        ("another question, then the right one", Datagrams(|q| vec![other_name(q), q.right()])),
        (
            "another type",
            Datagram(|q| at_the_end(q, |s| *s.iter_mut().nth_back(2).expect("a type") ^= 1)),
        ),
        ("another class", Datagram(|q| at_the_end(q, |s| *s.last_mut().expect("a class") = 3))),
        ("no question", Datagram(|q| Question::message(q.id, [0x81, 0x83], &[], [0; 3], &[]))),
        ("two questions", {
            Datagram(|q| {
                let mut answer = q.code(3);
                answer[5] = 2;
                answer.extend(&q.section);
                answer
            })
        }),
        ("the question itself", Datagram(|q| q.query.clone())),
        ("a question, not an answer", Datagram(|q| q.flagged([0x01, 0x83]))),
        ("another operation", Datagram(|q| q.flagged([0x91, 0x83]))),
        ("letters in other cases", {
            Datagram(|q| {
                let section = q.section.to_ascii_uppercase();
                let (records, counts) = q.records();
                let missing = counts[0] == 0 && q.right()[3] & 3 == 3;
                let flags = if missing { [0x81, 0x83] } else { [0x81, 0x80] };
                Question::message(q.id, flags, &section, counts, &records)
            })
        }),
        ("everything twice", Datagrams(|q| vec![q.right(), q.right()])),
    ]
}

fn codes() -> Vec<(&'static str, Fault)> {
    vec![
        ("FORMERR", Datagram(|q| q.code(1))),
        ("SERVFAIL", Datagram(|q| q.code(2))),
        ("NOTIMP", Datagram(|q| q.code(4))),
        ("REFUSED", Datagram(|q| q.code(5))),
        ("YXDOMAIN", Datagram(|q| q.code(6))),
        ("NOTAUTH", Datagram(|q| q.code(9))),
        ("a code that nobody knows", Datagram(|q| q.code(15))),
        ("FORMERR without a question", {
            Datagram(|q| Question::message(q.id, [0x81, 0x81], &[], [0; 3], &[]))
        }),
        ("FORMERR for EDNS", Datagram(|q| if q.edns { q.code(1) } else { q.right() })),
        ("SERVFAIL with the answer", Datagram(|q| q.flagged([0x81, 0x82]))),
        ("only other servers", {
            Datagram(|q| {
                let servers = record(&ASKED, 2, &name("ns.oak.example"));
                Question::message(q.id, [0x81, 0x00], &q.section, [0, 1, 0], &servers)
            })
        }),
    ]
}

fn cut() -> Vec<(&'static str, Fault)> {
    vec![
        ("cut, whole over TCP", Cut(Question::framed, 65_535, 0)),
        ("cut, over TCP in small pieces", Cut(Question::framed, 7, 5)),
        ("cut, nobody listens at TCP", CutWithoutTcp),
        ("cut, TCP silent", Cut(|_| Vec::new(), 1, FOREVER)),
        ("cut, TCP drips", Cut(Question::framed, 1, 400)),
        ("cut, TCP closes", Cut(|_| Vec::new(), 1, 0)),
        ("cut, half over TCP", Cut(|q| q.framed()[..20].to_vec(), 65_535, 0)),
        ("cut, cut over TCP", {
            Cut(
                |q| framed(&Question::message(q.id, [0x83, 0x80], &q.section, [0; 3], &[])),
                65_535,
                0,
            )
        }),
        ("cut, another id over TCP", {
            Cut(
                |q| {
                    let mut answer = framed(&q.code(3));
                    answer[2] ^= 0x55;
                    answer
                },
                65_535,
                0,
            )
        }),
        ("cut, no length over TCP", Cut(|_| vec![0, 0], 65_535, 0)),
        ("cut, a length without end over TCP", Cut(|_| vec![0xff; 600], 100, 300)),
        ("cut, rubbish over TCP", Cut(|_| framed(&[0x5a; 300]), 65_535, 0)),
        ("cut, HTTP over TCP", Cut(|_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), 65_535, 0)),
    ]
}

fn broken() -> Vec<(&'static str, Fault)> {
    vec![
        ("an empty datagram", Datagram(|_| Vec::new())),
        ("one byte", Datagram(|q| q.right()[..1].to_vec())),
        ("eleven bytes", Datagram(|q| q.right()[..11].to_vec())),
        ("a header alone", Datagram(|q| q.right()[..12].to_vec())),
        ("the end of the question is missing", Datagram(|q| q.right()[..16].to_vec())),
        ("the end of the record is missing", {
            Datagram(|q| {
                let right = q.right();
                right[..right.len() - 1].to_vec()
            })
        }),
        ("a name that leads to itself", {
            Datagram(|q| {
                let here = u8::try_from(12 + q.section.len()).expect("short");
                q.of(1, &record(&[0xc0, here], q.kind, &[0, 10, 0]))
            })
        }),
        ("a name that leads beyond the end", {
            Datagram(|q| q.of(1, &record(&[0xff, 0xff], q.kind, &[0, 10, 0])))
        }),
        ("a name of a kind that nobody knows", {
            Datagram(|q| q.of(1, &record(&[0x85, b'a', 0], q.kind, &[0, 10, 0])))
        }),
        ("a name longer than names are", {
            Datagram(|q| {
                let mut long = Vec::new();
                for _ in 0..6 {
                    long.push(63);
                    long.extend([b'a'; 63]);
                }
                long.push(0);
                q.of(1, &record(&long, q.kind, &[0, 10, 0]))
            })
        }),
        ("rubbish", Datagram(|q| [&q.right()[..12], &[0xa5; 90]].concat())),
    ]
}

fn counts() -> Vec<(&'static str, Fault)> {
    fn counted(question: &Question, count: u16) -> Vec<u8> {
        let mut answer = question.right();
        answer[6..8].copy_from_slice(&count.to_be_bytes());
        answer
    }
    vec![
        ("fewer records than it says", Datagram(|q| counted(q, 9))),
        ("65,535 records, it says", Datagram(|q| counted(q, 65_535))),
        ("more records than it says", {
            Datagram(|q| {
                let mut answer = q.right();
                answer[6..12].fill(0);
                answer
            })
        }),
        ("a record longer than it is", {
            Datagram(|q| {
                let mut bytes = record(&ASKED, q.kind, &[0, 10, 0]);
                let at = bytes.len() - 5;
                bytes[at..at + 2].copy_from_slice(&[0xff, 0xff]);
                q.of(1, &bytes)
            })
        }),
        ("a record without data", Datagram(|q| q.of(1, &record(&ASKED, q.kind, &[])))),
        ("a record of one byte", Datagram(|q| q.of(1, &record(&ASKED, q.kind, &[7])))),
        ("something behind the end", Datagram(|q| [q.right(), vec![0; 9]].concat())),
    ]
}

fn aliases() -> Vec<(&'static str, Fault)> {
    vec![
        ("an alias of itself", Datagram(|q| q.of(1, &record(&ASKED, CNAME, &ASKED)))),
        ("aliases in a circle", {
            Datagram(|q| {
                let mut records = record(&ASKED, CNAME, &name("a.loop.example"));
                records.extend(record(&name("a.loop.example"), CNAME, &name("b.loop.example")));
                records.extend(record(&name("b.loop.example"), CNAME, &name("a.loop.example")));
                q.of(3, &records)
            })
        }),
        ("an alias each time anew", {
            Datagram(|q| q.of(1, &record(&ASKED, CNAME, &[&[1, b'x'][..], &ASKED].concat())))
        }),
        ("an alias of a name with NULs", {
            Datagram(|q| q.of(1, &record(&ASKED, CNAME, &[3, 0, 0x1b, b'[', 0])))
        }),
        ("an alias of the root", Datagram(|q| q.of(1, &record(&ASKED, CNAME, &[0])))),
    ]
}

fn contents() -> Vec<(&'static str, Fault)> {
    vec![
        ("records of another name", {
            Datagram(|q| q.of(1, &record(&name("other.example"), q.kind, &[0, 10, 0])))
        }),
        (
            "records of another type",
            Datagram(|q| q.of(1, &record(&ASKED, 13, &[1, b'a', 1, b'b']))),
        ),
        ("records of another class", {
            Datagram(|q| {
                let mut bytes = record(&ASKED, q.kind, &[0, 10, 0]);
                bytes[5] = 3;
                q.of(1, &bytes)
            })
        }),
        ("records of others beside it", {
            Datagram(|q| q.and(1, &record(&name("other.example"), A, &[203, 0, 113, 1])))
        }),
        ("a text of escapes and NULs beside it", {
            Datagram(|q| match q.kind {
                TXT => q.and(1, &record(&ASKED, TXT, &text("\x1b]52;c;\x07\0\x1b[2J\u{202e}"))),
                _ => q.right(),
            })
        }),
        ("a huge text beside it", {
            Cut(
                |q| match q.kind {
                    TXT => framed(&q.and(1, &record(&ASKED, TXT, &text(&"z".repeat(60_000))))),
                    _ => q.framed(),
                },
                65_535,
                0,
            )
        }),
        ("a host of control characters beside it", {
            Datagram(|q| match q.kind {
                15 => q.and(1, &record(&ASKED, 15, &[0, 99, 4, 0x1b, b'.', 0, b'\\', 0])),
                _ => q.right(),
            })
        }),
    ]
}
