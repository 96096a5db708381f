//! Live checks against a real authoritative server whose records are broken and repaired in turn,
//! and against one that misbehaves. Nothing asks the Internet.

mod mail;
mod rows;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use deadletter::checks::{Finding, FindingVerdict};

use crate::nsd::Nsd;

use mail::{Bounced, found, resolver};
use rows::{Row, rows};

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
