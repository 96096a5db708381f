//! Live checks against a real authoritative server whose records are broken and repaired in turn,
//! and against one that misbehaves. Nothing asks the Internet.

mod commands;
mod faults;
mod mail;
mod rows;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deadletter::checks::Check::{Dkim, Dmarc, Dnsbl, Helo, Mx, Ptr, Registered, Spf};
use deadletter::checks::{CheckQuestion, Finding, FindingVerdict, Trouble};
use deadletter::clock::Clock;
use deadletter::engine::Verifier;

use crate::dns_faults::{Fault, Held, World, name as wire_name, serve, text};
use crate::nsd::Nsd;

use faults::faults;
use mail::{Bounced, found, resolver};
use rows::{KEY, Row, rows};

/// More than any of it takes.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn what_is_broken_is_found_and_what_is_repaired_too() {
    let rows = rows();
    assert!(rows.len() >= 40, "{} rows", rows.len());
    let (mut broken, mut repaired) = (String::new(), String::new());
    for (number, row) in rows.iter().enumerate() {
        broken.push_str(&Row::zone(number, row.broken.0));
        repaired.push_str(&Row::zone(number, row.repaired.0));
    }
    let mail = mail_server();
    let mut wrong = Vec::new();
    for (records, time) in [(&broken, "broken"), (&repaired, "repaired")] {
        let Some(nsd) = Nsd::start(records) else { return };
        let resolver = resolver(&nsd.resolver(), mail);
        for (number, row) in rows.iter().enumerate() {
            let bounced = bounced(number, row);
            let (_, verdict, words) = if time == "broken" { row.broken } else { row.repaired };
            let questions = bounced.questions();
            let Some(question) = questions.iter().find(|one| one.check() == row.check) else {
                wrong.push(format!("{number} {} is not asked: {questions:?}", row.check));
                continue;
            };
            let finding = found(&resolver, question, PATIENCE);
            let words = Row::fill(number, words);
            if finding.verdict != verdict || !finding.says.contains(&words) {
                wrong.push(format!(
                    "{number} {} {time}: not {verdict} {words}: {finding:?}",
                    row.check
                ));
            }
            if let Some(reason) = is_without_proof(&finding) {
                wrong.push(format!("{number} {} {time}: {reason}: {finding:?}", row.check));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Why a finding proves nothing although it says something.
fn is_without_proof(finding: &Finding) -> Option<&'static str> {
    if finding.proof.is_empty() {
        return Some("there is no proof");
    }
    if finding.verdict != FindingVerdict::CannotTell && finding.trouble.is_some() {
        return Some("trouble is taken for an answer");
    }
    let has_time = finding.proof.iter().all(|proof| proof.ttl.is_some() || &*proof.kind == "SMTP");
    if has_time { None } else { Some("nobody says how long it holds") }
}

fn bounced(number: usize, row: &Row) -> Bounced {
    let fill = |text: &str| Row::fill(number, text);
    Bounced {
        sender: fill("{s}"),
        domain: fill(if row.bounce.status == "5.7.64" { "{o}" } else { "{d}" }),
        ip: fill("{i}"),
        status: row.bounce.status,
        remote: row.bounce.remote.map(fill),
        said: fill(row.bounce.text),
    }
}

/// A mail server at 127.0.0.1; its port.
fn mail_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || welcome(stream));
        }
    });
    port
}

fn welcome(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().expect("a socket"));
    let mut say = |text: &str| stream.write_all(text.as_bytes());
    let mut said = say("220-mx1.oak.example\r\n220 ESMTP\r\n");
    while said.is_ok() {
        let mut line = String::new();
        if !matches!(lines.read_line(&mut line), Ok(1..)) {
            return;
        }
        said = match line.split_whitespace().next() {
            Some("EHLO") => say("250-mx1.oak.example\r\n250-STARTTLS\r\n250 HELP\r\n"),
            Some("QUIT") => say("221 bye\r\n"),
            _ => say("500 no\r\n"),
        };
    }
}

/// Everything is as it should be.
fn sound(name: &str, kind: u16) -> Held {
    let records = match (name, kind) {
        ("oak.example", 15) => vec![(15, [&[0, 10][..], &wire_name("mx1.oak.example")].concat())],
        ("mx1.oak.example", 1) => vec![(1, vec![198, 51, 100, 8])],
        ("mx.birch.example", 1) => vec![(1, vec![192, 0, 2, 25])],
        ("birch.example", 16) => vec![(16, text("v=spf1 ip4:192.0.2.25 -all"))],
        ("_dmarc.birch.example", 16) => vec![(16, text("v=DMARC1; p=reject"))],
        ("sel._domainkey.birch.example", 16) => vec![(16, text(&format!("p={KEY}")))],
        ("25.2.0.192.in-addr.arpa", 12) => vec![(12, wire_name("mx.birch.example"))],
        ("2.0.0.127.list.example", 1) => vec![(1, vec![127, 0, 0, 2])],
        ("oak.example" | "birch.example" | "mx1.oak.example" | "mx.birch.example", _) => {
            return Held::Other;
        }
        _ => return Held::Nothing,
    };
    Held::Records(records)
}

/// Nothing is.
fn unsound(name: &str, kind: u16) -> Held {
    let records = match (name, kind) {
        ("birch.example", 16) => vec![(16, text("v=spf1 -all"))],
        ("_dmarc.birch.example", 16) => vec![(16, text("v=DMARC1; p=reject"))],
        ("2.0.0.127.list.example" | "25.2.0.192.list.example", 1) => vec![(1, vec![127, 0, 0, 2])],
        _ => return Held::Nothing,
    };
    Held::Records(records)
}

/// What bounces of all sorts ask, none twice.
fn all_questions() -> Vec<CheckQuestion> {
    let mut questions = Vec::new();
    for row in rows() {
        let fill = |text: &str| {
            let pairs = [
                ("{s}", "birch.example"),
                ("{d}", "oak.example"),
                ("{i}", "192.0.2.25"),
                ("{l}", "list.example"),
            ];
            let mut text = text.to_owned();
            for (name, value) in pairs {
                text = text.replace(name, value);
            }
            text
        };
        let bounced = Bounced {
            sender: fill("{s}"),
            domain: fill("{d}"),
            ip: fill("{i}"),
            status: row.bounce.status,
            remote: row.bounce.remote.map(fill),
            said: fill(row.bounce.text),
        };
        for question in bounced.questions() {
            let asked = [Registered, Mx, Spf, Dkim, Dmarc, Ptr, Helo, Dnsbl];
            let about = question.about();
            let known = asked.contains(&question.check()) && !about.starts_with("birch.example on");
            if known && !questions.contains(&question) {
                questions.push(question);
            }
        }
    }
    questions
}

/// The time of one request in these tests, and how much later it may be over on a busy machine.
const BUDGET: Duration = Duration::from_millis(2_500);
const LATER: Duration = Duration::from_millis(1_500);

/// What is found under one fault, and how long that takes.
fn under(world: World, fault: Fault, questions: &[CheckQuestion]) -> (Vec<Finding>, Duration) {
    let resolver = resolver(&serve(world, fault).to_string(), 1);
    let (verifier, findings) = Verifier::new(resolver, BUDGET);
    let begun = Instant::now();
    verifier.ask((), questions.to_vec(), Clock::System.now()).expect("threads");
    let mut found = Vec::new();
    while found.len() < questions.len() {
        found.push(findings.recv_timeout(PATIENCE).expect("a finding").finding);
    }
    (found, begun.elapsed())
}

/// What is wrong with what was found.
fn wrong(found: &[Finding], world: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for finding in found {
        let right = match finding.verdict {
            FindingVerdict::CannotTell => true,
            FindingVerdict::StillBroken => world == "unsound",
            FindingVerdict::FixedSince | FindingVerdict::NeverSo => world == "sound",
        };
        let shown = format!("{finding:?}");
        if !right || shown.chars().any(char::is_control) || shown.len() > 20_000 {
            wrong.push(shown);
        }
    }
    wrong
}

#[test]
fn no_fault_of_a_name_server_makes_a_wrong_finding_or_a_hang() {
    let faults = faults();
    assert!(faults.len() >= 64, "{} faults", faults.len());
    let questions = all_questions();
    assert!(questions.len() >= 9, "{questions:?}");
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some((name, fault)) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (world, about) in [(sound as World, "sound"), (unsound, "unsound")] {
                        let (found, took) = under(world, *fault, &questions);
                        let mut failures = failures.lock().expect("no panic");
                        for wrong in wrong(&found, about) {
                            failures.push(format!("{name}, {about}: {wrong}"));
                        }
                        if took > BUDGET + LATER {
                            failures.push(format!("{name}, {about}: {took:?}"));
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What a fault does not touch is found: else the test above would hold for a resolver that hears
/// nothing.
#[test]
fn what_can_be_heard_is_heard() {
    let questions = all_questions();
    let heard = [
        "late",
        "the first questions are lost",
        "another id, then the right one",
        "a flood of other ids, then the right one",
        "another question, then the right one",
        "letters in other cases",
        "everything twice",
        "FORMERR for EDNS",
        "cut, whole over TCP",
        "cut, over TCP in small pieces",
        "records of others beside it",
        "a text of escapes and NULs beside it",
        "a huge text beside it",
        "a host of control characters beside it",
    ];
    for (name, fault) in faults() {
        if !heard.contains(&name) {
            continue;
        }
        for (world, verdict) in [(sound as World, "sound"), (unsound, "unsound")] {
            let (found, _) = under(world, fault, &questions);
            let known = found.iter().filter(|one| one.verdict != FindingVerdict::CannotTell);
            assert!(known.count() == questions.len(), "{name}, {verdict}: {found:#?}");
        }
    }
}

#[test]
fn asking_stops_at_once() {
    let questions = all_questions();
    let resolver = resolver(&serve(sound, Fault::Silence).to_string(), 1);
    let (verifier, findings) = Verifier::new(resolver, PATIENCE);
    verifier.ask(1, questions.clone(), Clock::System.now()).expect("threads");
    let begun = Instant::now();
    verifier.cancel();
    for _ in 0..questions.len() {
        let verified = findings.recv_timeout(PATIENCE).expect("a finding");
        assert_eq!(verified.finding.verdict, FindingVerdict::CannotTell);
        assert_eq!(verified.finding.trouble, Some(Trouble::Cancelled), "{verified:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    // Another request stops the one before it.
    verifier.ask(2, questions.clone(), Clock::System.now()).expect("threads");
    verifier.ask(3, questions[..1].to_vec(), Clock::System.now()).expect("threads");
    for _ in 0..questions.len() {
        let verified = findings.recv_timeout(PATIENCE).expect("a finding");
        assert_eq!((verified.request, verified.finding.trouble), (2, Some(Trouble::Cancelled)));
    }
}
