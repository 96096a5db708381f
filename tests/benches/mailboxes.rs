//! What mailboxes of many kinds cost the program as it runs: processor time and memory of the
//! process, in each format and on the screen, for twice as many bytes and twice as many again.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// Bytes of the largest mailbox; the others have a half and a quarter of it.
const LARGEST: usize = 10 << 20;
/// The most memory that the largest may take, in MiB.
const MOST_MEMORY: f64 = 150.0;
/// The most processor time that it may take, in seconds.
const MOST_TIME: f64 = 3.0;
/// How many times as much twice the bytes may take: 2 is linear, 4 is quadratic.
const WORST_DOUBLING: f64 = 3.0;
/// Less is not measured reliably: seconds, and MiB.
const NOISE: (f64, f64) = (0.3, 24.0);
/// Clock ticks of a second, as /proc counts them on every Linux (`USER_HZ`).
const TICKS: f64 = 100.0;
/// A screen that has used no processor time for so long has done its work.
const QUIET: Duration = Duration::from_millis(600);

/// A kind of mailbox: its name, and one of its messages by number.
type Kind = (&'static str, fn(usize) -> String);

const KINDS: [Kind; 18] = [
    ("recipients in a header field", |n| {
        named(n, &repeated(64_000, |k| format!("u{k}@oak.example,\n ")), "")
    }),
    ("recipients that share a long error", |n| {
        let error = format!("550 5.1.1 {}", "no such user here ".repeat(450));
        named(n, &repeated(56_000, |k| format!("u{k}@d{k}.example,\n ")), &error)
    }),
    ("short recipients of short messages", |n| named(n, &"a@b.c,".repeat(20), "")),
    ("recipients of reports", |n| {
        report(n, &repeated(64_000, |k| format!("Final-Recipient: ;u{k}@a.b\n\n")))
    }),
    ("fifty thousand recipients", |n| {
        report(
            n,
            &repeated(3_500_000, |k| {
                format!(
                    "Final-Recipient: rfc822; u{k}@oak.example\nAction: failed\nStatus: 5.1.1\n\n"
                )
            }),
        )
    }),
    ("answers that differ", |n| {
        report(
            n,
            &repeated(110_000, |k| recipient(&format!("550 5.1.1 <u{k}@oak.example>: no {k}"))),
        )
    }),
    ("long answers", |n| {
        report(n, &recipient(&format!("550 5.1.1 {}", "no such user here ".repeat(3_600))))
    }),
    ("recipients in words", |n| {
        let lines = repeated(64_000, |k| format!("<u{k}@a.b>: 550 no\n\n"));
        format!("{}\nThis is the mail system at host a.example\n\n{lines}\n", head(n))
    }),
    ("hops", |n| {
        let hops = repeated(64_000, |k| {
            format!("Received: from h{k}.example by g{k}.example; Mon, 4 May 2026 06:57:12 +0000\n")
        });
        format!("{}{hops}\nhello\n\n", head(n))
    }),
    ("parts", |n| {
        let parts = "--b\n\nx\n".repeat(8_000);
        format!("{}Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n\n", head(n))
    }),
    ("short fields", |n| format!("{}{}\nhello\n\n", head(n), "a:\n".repeat(21_000))),
    ("long subjects", |n| {
        format!("{FROM}From: a{n}@b.c\nSubject: {}\n\nhello\n\n", "long words ".repeat(100))
    }),
    ("ordinary reports", |n| report(n, &recipient("550 5.1.1 <u@oak.example>: User unknown"))),
    ("tiny messages", |_| format!("{FROM}From: a@b.c\n\nhi\n\n")),
    ("tiny bounces", |n| {
        format!("{FROM}From: MAILER-DAEMON\nX-Failed-Recipients: u{n}@b.c\n\n550 no\n\n")
    }),
    ("tinier bounces", |_| format!("{FROM}X-Failed-Recipients:a@b\n\n")),
    ("nothing but separators", |_| format!("{FROM}\n")),
    ("nothing but lines", |_| "\0\n>\n".repeat(20_000)),
];

/// The line in front of a message in an mbox.
const FROM: &str = "From a Mon May  4 06:57:12 2026\n";

fn head(n: usize) -> String {
    format!(
        "{FROM}From: MAILER-DAEMON@mx.birch.example\nTo: postmaster@birch.example\n\
         Subject: Undelivered Mail Returned to Sender\nMessage-ID: <{n}@mx.birch.example>\n"
    )
}

/// A notice that names its recipients in its header.
fn named(n: usize, recipients: &str, words: &str) -> String {
    let recipients = recipients.trim_end_matches([',', '\n', ' ']);
    format!(
        "{}X-Failed-Recipients: {recipients}\n\nThis message was created automatically by mail \
         delivery software.\n\n{words}\n\n",
        head(n)
    )
}

fn report(n: usize, fields: &str) -> String {
    format!(
        "{}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.birch.example\n\n\
         {fields}\n--b--\n\n",
        head(n)
    )
}

fn recipient(answer: &str) -> String {
    format!(
        "Final-Recipient: rfc822; u@oak.example\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; {answer}\n\n"
    )
}

fn repeated(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let (mut text, mut n) = (String::with_capacity(bytes + 100), 0);
    while text.len() < bytes {
        text.push_str(&piece(n));
        n += 1;
    }
    text
}

/// What a run of the program took.
#[derive(Clone, Copy, Default)]
struct Cost {
    /// Seconds of processor time.
    time: f64,
    /// The most memory, in MiB.
    memory: f64,
}

impl Cost {
    /// What a process has taken so far; the memory is not told any more when it has ended.
    fn add(&mut self, process: u32) {
        if let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat"))
            && let Some((_, rest)) = stat.rsplit_once(") ")
        {
            let fields: Vec<&str> = rest.split(' ').collect();
            let ticks = |at: usize| fields[at].parse::<f64>().unwrap_or(0.0);
            self.time = (ticks(11) + ticks(12)) / TICKS;
        }
        if let Ok(status) = fs::read_to_string(format!("/proc/{process}/status"))
            && let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))
        {
            let kib = line.trim().trim_end_matches(" kB").parse().unwrap_or(0.0);
            self.memory = self.memory.max(kib / 1024.0);
        }
    }
}

/// True for a process that has ended, and that nobody has asked how.
fn has_ended(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

/// What a command writes of a mailbox.
fn written(mailbox: &Path, command: &[&str], configuration: &Path) -> Cost {
    let mut child = Command::new(env!("CARGO_BIN_EXE_deadletter"))
        .arg("--config")
        .arg(configuration)
        .args(command)
        .arg(mailbox)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut cost = Cost::default();
    while !has_ended(child.id()) {
        cost.add(child.id());
        thread::park_timeout(Duration::from_millis(2));
    }
    cost.add(child.id());
    let _ = child.wait();
    cost
}

/// The screen, until it has read everything and opened the first and the last message.
fn screen(mailbox: &Path, configuration: &Path) -> Cost {
    let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
    let pty = native_pty_system().openpty(size).expect("a terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_deadletter"));
    command.arg("--config");
    command.arg(configuration);
    command.arg(mailbox);
    command.env("TERM", "xterm-256color");
    let mut child = pty.slave.spawn_command(command).expect("the program runs");
    let process = child.process_id().expect("a process");
    let mut output = pty.master.try_clone_reader().expect("its output");
    thread::spawn(move || {
        let mut bytes = [0; 1 << 14];
        while output.read(&mut bytes).is_ok_and(|n| n > 0) {}
    });
    let mut keys = pty.master.take_writer().expect("its keys");
    let mut cost = Cost::default();
    for typed in ["", "\r", "2", "4", "\x1b", "G", "\r", "\x1b"] {
        let _ = keys.write_all(typed.as_bytes());
        until_quiet(process, &mut cost);
    }
    let _ = child.kill();
    let _ = child.wait();
    cost
}

/// Waits until a process has done its work.
fn until_quiet(process: u32, cost: &mut Cost) {
    let (mut before, mut since) = (cost.time, Instant::now());
    while since.elapsed() < QUIET && !has_ended(process) {
        thread::park_timeout(Duration::from_millis(20));
        cost.add(process);
        if cost.time > before + 0.011 {
            before = cost.time;
            since = Instant::now();
        }
    }
}

/// A mailbox of about so many bytes.
fn write(folder: &Path, kind: &Kind, bytes: usize) -> PathBuf {
    let path = folder.join(format!("{}-{bytes}.mbox", kind.0.replace(' ', "-")));
    fs::write(&path, repeated(bytes, kind.1)).expect("room for a mailbox");
    path
}

/// Measures the kinds that are wanted, by format and name; true when what they take grows with their
/// bytes and stays within bounds.
pub(crate) fn grow_with_their_bytes(wanted: &dyn Fn(&str) -> bool) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let configuration = folder.path().join("config.toml");
    fs::write(&configuration, "").expect("a file");
    let mut fine = true;
    for kind in &KINDS {
        let formats = ["text", "json", "jsonl", "list", "screen"];
        let named = formats.map(|how| format!("mailbox {how:6} {}", kind.0));
        if !named.iter().any(|name| wanted(name)) {
            continue;
        }
        let sizes = [LARGEST / 4, LARGEST / 2, LARGEST];
        let mailboxes = sizes.map(|bytes| write(folder.path(), kind, bytes));
        for (how, name) in formats.iter().zip(&named) {
            if !wanted(name) {
                continue;
            }
            let costs = mailboxes.each_ref().map(|mailbox| match *how {
                "screen" => screen(mailbox, &configuration),
                "list" => written(mailbox, &["list", "--format", "jsonl"], &configuration),
                format => written(mailbox, &["explain", "--format", format], &configuration),
            });
            fine &= tell(name, &costs);
        }
        for mailbox in &mailboxes {
            let _ = fs::remove_file(mailbox);
        }
    }
    fine
}

/// Prints what three sizes took; true when that is fine.
fn tell(name: &str, costs: &[Cost; 3]) -> bool {
    let [_, half, whole] = costs;
    let time = whole.time / half.time.max(NOISE.0);
    let memory = whole.memory / half.memory.max(NOISE.1);
    let steep = time > WORST_DOUBLING || memory > WORST_DOUBLING;
    let much = whole.time > MOST_TIME || whole.memory > MOST_MEMORY;
    let mark = match (steep, much) {
        (true, _) => "  not linear",
        (false, true) => "  too much",
        (false, false) => "",
    };
    let times = costs.map(|cost| format!("{:6.2}", cost.time)).join("");
    let memories = costs.map(|cost| format!("{:5.0}", cost.memory)).join("");
    println!("{times} s x{time:4.1}  {memories} MiB x{memory:4.1}  {name}{mark}");
    !steep && !much
}
