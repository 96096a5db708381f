//! How the time of reading grows with the size of messages that are built to hurt: four times the
//! bytes should never take much more than four times the time, and none should take out of all
//! proportion to an ordinary one of its size. Then the same for mailboxes, with the memory of the
//! process, in all formats and on the screen. What grows too fast is marked, and makes the run
//! fail: `cargo bench --bench growth`. Words behind it choose what is measured, by name:
//! `cargo bench --bench growth -- "tiny" "screen"` takes all mailboxes of tiny messages to the screen.

#![allow(clippy::print_stdout, reason = "its table is for the terminal")]
#![allow(clippy::expect_used, reason = "a bench stops where its input is not what it must be")]
#![allow(clippy::format_collect, reason = "a bench may take its time to write its input")]

use std::process::ExitCode;
use std::time::Duration;

use deadletter::bounce::{Depth, read_with};
use deadletter::diagnosis::Rules;
use deadletter::diagnosis::{Ours, diagnose};
use rustix::time::{ClockId, clock_gettime};

use bombs::{forged_report, long_field, many_fields, report_with, returned_header, told};

#[allow(dead_code, reason = "the tests of hostile mail need more of it")]
#[path = "../hostile/made.rs"]
mod bombs;
#[path = "mailboxes.rs"]
mod mailboxes;

/// The smaller of the two sizes, in bytes.
const SMALL: usize = 128 << 10;
/// The larger one is this many times as large.
const GROWTH: usize = 4;
/// How many times the time may grow: 4 is linear, 16 is quadratic.
const WORST_GROWTH: f64 = 8.0;
/// How many times an ordinary message of the same size any message may take. The worst is one long
/// error text for tens of thousands of recipients.
const WORST_RATIO: f64 = 300.0;
/// Less is not measured reliably.
const NOISE: Duration = Duration::from_millis(2);

/// Makes a message of about so many bytes.
type Bomb = fn(usize) -> Vec<u8>;

fn lines(bytes: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes + 100);
    let mut n = 0;
    while text.len() < bytes {
        text.push_str(&line(n));
        n += 1;
    }
    text
}

/// Processor time of this thread while `work` runs; the least of several runs.
fn time(work: &dyn Fn()) -> Duration {
    let now = || {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0))
    };
    let run = |_| {
        let start = now();
        work();
        now().saturating_sub(start)
    };
    (0..3).map(run).min().unwrap_or_default()
}

fn reading(raw: &[u8]) -> Duration {
    let ours = Ours { domains: vec!["birch.example".to_owned()], ..Ours::default() };
    time(&|| {
        let (bounce, inspection) = read_with(raw, Depth::Inspect);
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        drop((bounce, diagnosis, inspection));
    })
}

/// A bounce with words for people as they are, over and over, and an ordinary returned message.
fn ordinary(bytes: usize) -> Vec<u8> {
    let words = "This is the mail system at host relay1.birch.example.\n\nI'm sorry to have to inform you that your \
                 message could not\nbe delivered to one or more recipients. It's attached below.\n\nFor further \
                 assistance, please send mail to postmaster.\n\n";
    report_with(
        format!("Content-Type: text/plain\n\n{}", lines(bytes, |_| words.to_owned())).as_bytes(),
    )
}

/// Bombs that hurt parsers, readers of words, and whoever compares everything with everything.
const BOMBS: [(&str, Bomb); 44] = [
    ("messages in messages", |b| {
        bombs::nested_messages("Content-Type: message/rfc822\n\n", b / 30)
    }),
    ("messages in messages of a report", |b| {
        report_with(&bombs::nested_messages("Content-Type: message/rfc822\n\n", b / 30))
    }),
    ("multiparts in multiparts", |b| bombs::nested_multiparts(b / 55)),
    ("parts beside parts", |b| bombs::siblings(b / 6)),
    ("lines like delimiters", |b| {
        report_with(
            format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--x y\n".repeat(b / 6))
                .as_bytes(),
        )
    }),
    ("reports beside reports", |b| {
        let part = "--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@oak.example\nStatus: 5.1.1\n\n";
        ["Content-Type: multipart/report; boundary=b\n\n", &part.repeat(b / part.len())]
            .concat()
            .into_bytes()
    }),
    ("fields", |b| many_fields("To: nobody@ash.example\n", b / 23)),
    ("short fields", |b| many_fields("a:\n", b / 3)),
    ("mbox lines in the header", |b| many_fields("From x\n", b / 7)),
    ("continuations of one parameter", |b| bombs::continuations(b / 20)),
    ("continuations of many parameters", |b| {
        long_field("Content-Type", &format!("text/plain{}", lines(b, |n| format!(";p{n}*1=x"))))
    }),
    ("parameters with quotes", |b| {
        long_field("Content-Type", &format!("text/plain{}", lines(b, |n| format!(";p{n}*=''x"))))
    }),
    ("comments in a date", |b| long_field("Date", &"(".repeat(b))),
    ("encoded words that never end", |b| long_field("Subject", &"=?utf-8?q?".repeat(b / 10))),
    ("encoded words without an encoding", |b| long_field("Subject", &"=?utf-8".repeat(b / 7))),
    ("encoded words", |b| long_field("Subject", &"=?utf-8?q?=41?= ".repeat(b / 16))),
    ("open brackets in From", |b| long_field("From", &"<".repeat(b))),
    ("open literals in From", |b| long_field("From", &"a@[".repeat(b / 3))),
    ("quotes in From", |b| long_field("From", &"\"@".repeat(b / 2))),
    ("addresses in X-Failed-Recipients", |b| {
        long_field("X-Failed-Recipients", &lines(b, |n| format!("u{n}@oak.example,")))
    }),
    ("semicolons in Received", |b| {
        returned_header(&format!("Received: {}\nSubject: x", ";".repeat(b)))
    }),
    ("weekdays in Received", |b| {
        returned_header(&format!("Received: {}\nSubject: x", "Mon ".repeat(b / 4)))
    }),
    ("words in Received", |b| {
        returned_header(&format!("Received: with {}\nSubject: x", "x ".repeat(b / 2)))
    }),
    ("hops", |b| bombs::hops(b / 90)),
    ("tags in DKIM-Signature", |b| {
        returned_header(&format!("DKIM-Signature: {}\nSubject: x", "a=b;".repeat(b / 4)))
    }),
    ("recipients", |b| bombs::recipients(b / 75)),
    ("recipients, told twice", |b| {
        let text = lines(b / 3, |n| format!("<u{n}@oak.example>: 550 no\n\n"));
        let fields = lines(b * 2 / 3, |n| {
            format!("Final-Recipient: rfc822;u{n}@oak.example\nStatus: 5.1.1\n\n")
        });
        format!("From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\nThis is the mail system at host a.example\n\n{text}--b\nContent-Type: message/delivery-status\n\n{fields}--b--\n").into_bytes()
    }),
    ("recipients of a loop", |b| {
        let hops: String = (0..200)
            .map(|n| format!("Received: from a.example by h{}.example; x\n", n / 2))
            .collect();
        let fields = lines(b, |n| {
            format!(
                "Final-Recipient: rfc822;u{n}@oak.example\nStatus: 5.4.6\nDiagnostic-Code: smtp;554 mail loop\n\n"
            )
        });
        format!("From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n{fields}--b\nContent-Type: text/rfc822-headers\n\n{hops}\n--b--\n").into_bytes()
    }),
    ("recipients in words", |b| {
        told(&format!(
            "This is the mail system at host a.example\n\n{}",
            lines(b, |n| format!("<u{n}@a.b>:\n"))
        ))
    }),
    ("recipients and one long error", |b| {
        let error = "550 5.1.1 no \u{1b}".repeat(600);
        told(&format!(
            "This is the mail system at host a.example\n\n{}\n\n{error}\n",
            lines(b, |n| format!("<u{n}@a.b>:\n\n"))
        ))
    }),
    ("recipients and errors apart", |b| {
        told(&format!(
            "This is the mail system at host a.example\n\n{}\n{}",
            lines(b / 2, |n| format!("<u{n}@a.b>:\n")),
            lines(b / 2, |n| format!("\n550 v{n}@a.b no such user here\n"))
        ))
    }),
    ("labels of errors", |b| {
        told(&format!(
            "This is the mail system at host a.example\n\n<a@b.c>:\n{}",
            "reason: x\n".repeat(b / 10)
        ))
    }),
    ("a dialogue", |b| {
        told(&format!(
            "   ----- Transcript of session follows -----\n{}",
            lines(b, |n| format!(">>> RCPT To:<u{n}@a.b>\n<<< 550 no\n"))
        ))
    }),
    ("a dialogue about nobody in the list", |b| {
        told(&format!(
            "   ----- The following addresses had permanent fatal errors -----\n{}\n   ----- Transcript of session follows -----\n{}",
            lines(b / 2, |n| format!("<u{n}@a.b>\n")),
            lines(b / 2, |n| format!(">>> RCPT To:<v{n}@a.b>\n<<< 550 no\n"))
        ))
    }),
    ("Exchange's list", |b| {
        told(&format!(
            "Generating server: a.example\n\n{}",
            lines(b, |n| format!("u{n}@a.example\n#550 5.1.1 no ##\n"))
        ))
    }),
    ("Exchange's list without errors", |b| {
        told(&format!(
            "Generating server: a.example\n\n{}",
            lines(b, |n| format!("u{n}@a.example\n\n"))
        ))
    }),
    ("lines like a header", |b| told(&"a: b\n\nheader\n".repeat(b / 13))),
    ("a notification in JSON", |b| {
        let answer = "x".repeat(b / 3);
        told(&format!(
            "{{\"notificationType\":\"Bounce\",\"bounce\":{{\"bouncedRecipients\":[{}{{}}]}},\"x\":\"{answer}\"}}",
            lines(b * 2 / 3, |n| format!(
                "{{\"emailAddress\":\"u{n}@a.b\",\"diagnosticCode\":\"550 \\\"{n}\"}},"
            ))
        ))
    }),
    ("markup", |b| report_with(format!("Content-Type: text/html\n\n{}", "<".repeat(b)).as_bytes())),
    ("markup instead of words", |b| {
        [
            b"From: MAILER-DAEMON@a.example\nContent-Type: text/html\n\n".as_slice(),
            "<td>&x<!-</".repeat(b / 11).as_bytes(),
        ]
        .concat()
    }),
    ("open literals in words", |b| {
        told(&format!(
            "This is the mail system at host a.example\n\n<a@b.c>: {}",
            "a@[".repeat(b / 3)
        ))
    }),
    ("one error text without end", |b| {
        told(&format!(
            "This is the mail system at host a.example\n\n<a@b.c>: {}",
            "550-5.1.1 ".repeat(b / 10)
        ))
    }),
    ("comments in a report", |b| {
        report_with(
            format!(
                "Content-Type: message/delivery-status\n\nReporting-MTA: dns; {}\n",
                "(a".repeat(b / 2)
            )
            .as_bytes(),
        )
    }),
    ("a forwarded report in front of much", |b| {
        [
            format!("Content-Type: message/rfc822\n\n{}", forged_report()).into_bytes(),
            vec![b'\n'; b],
        ]
        .concat()
    }),
];

/// What was asked for: all that has each of these words in its name.
struct Wanted(Vec<String>);

impl Wanted {
    fn of_arguments() -> Self {
        // Cargo adds options of its own.
        Self(std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().all(|word| name.contains(word.as_str()))
    }
}

fn main() -> ExitCode {
    let wanted = Wanted::of_arguments();
    let ordinary = ordinary(SMALL * GROWTH);
    let parser = time(&|| drop(mail_parser::MessageParser::new().parse(&ordinary)));
    let usual = reading(&ordinary).max(parser).max(NOISE);
    println!("{:8.1} ms  an ordinary message of {} KiB", ms(usual), ordinary.len() >> 10);
    let mut fine = true;
    for (name, bomb) in BOMBS {
        if !wanted.has(&format!("message {name}")) {
            continue;
        }
        let (small, large) = growth(&bomb(SMALL), &bomb(SMALL * GROWTH));
        let steep = large.as_secs_f64() >= WORST_GROWTH * small.max(NOISE).as_secs_f64();
        let long = large.as_secs_f64() > WORST_RATIO * usual.as_secs_f64();
        let mark = if steep {
            "  not linear"
        } else if long {
            "  too long"
        } else {
            ""
        };
        println!("{:8.1} ms  of {:8.1} ms for a quarter: {name}{mark}", ms(large), ms(small));
        fine &= !steep && !long;
    }
    fine &= mailboxes::grow_with_their_bytes(&|name| wanted.has(name));
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Both times; where the larger is out of proportion the best of three tries.
fn growth(small: &[u8], large: &[u8]) -> (Duration, Duration) {
    let mut times = (Duration::ZERO, Duration::MAX);
    for _ in 0..3 {
        let tried = (reading(small), reading(large));
        if tried.1 < times.1 {
            times = tried;
        }
        if times.1.as_secs_f64() < WORST_GROWTH * times.0.max(NOISE).as_secs_f64() {
            break;
        }
    }
    times
}
