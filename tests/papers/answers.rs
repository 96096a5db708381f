//! `explain --text` and `rules test`: answers without a report, and what rules of one's own
//! recognise.

use serde_json::Value;

use crate::program::Program;

const OURS: &str =
    "[ours]\ndomains = ['birch.example']\nhosts = ['mx1.birch.example']\nips = ['192.0.2.0/26']\n";

/// Lines as logs have them, and the answer alone, about one and the same refusal.
const LINES: [&str; 4] = [
    "550 5.2.2 <anna@oak.example>: mailbox full",
    "May 12 10:20:04 mx1 postfix/smtp[913]: 4hXk1Q0Vt: to=<anna@oak.example>, relay=mx.oak.example[198.51.100.9]:25, delay=1.2, delays=0/0/1/0.2, dsn=5.2.2, status=bounced (host mx.oak.example[198.51.100.9] said: 550 5.2.2 <anna@oak.example>: mailbox full (in reply to RCPT TO command))",
    "2026-05-12 10:20:04 1wJQWq-0000000GFmq-WWrY ** anna@oak.example R=dnslookup T=remote_smtp H=mx.oak.example [198.51.100.9]: SMTP error from remote mail server after RCPT TO:<anna@oak.example>: 550 5.2.2 <anna@oak.example>: mailbox full",
    "May 12 10:20:04 mx1 sm-mta[913]: 45C8K1xY012345: to=<anna@oak.example>, delay=00:00:01, mailer=esmtp, relay=mx.oak.example. [198.51.100.9], dsn=5.2.2, stat=User mailbox full",
];

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))
}

#[test]
fn an_answer_alone_and_lines_of_logs_are_judged_as_reports_are() {
    let program = Program::new();
    let ours = program.file("ours.toml", OURS);
    for line in LINES {
        let said =
            program.says(&["explain", "--config", &ours, "--format", "jsonl", "--text", line]);
        let value = json(&said);
        let recipient = &value["recipients"][0];
        assert_eq!(value["recipients"].as_array().map(Vec::len), Some(1), "{line}");
        assert_eq!(value["kind"], "failure", "{line}");
        assert_eq!(recipient["reason"], "mailbox_full", "{line}");
        assert_eq!(recipient["owner"], "recipient", "{line}");
        assert_eq!(recipient["status"], "5.2.2", "{line}");
        if line.starts_with("May") {
            assert_eq!(recipient["address"], "anna@oak.example", "{line}");
        }
    }
    let page = program.says(&["explain", "--config", &ours, "--text", LINES[0]]);
    assert!(page.contains("mailbox full") && !page.contains("null"), "{page}");
}

#[test]
fn the_host_that_answered_counts() {
    let program = Program::new();
    let ours = program.file("ours.toml", OURS);
    let owner = |host: &[&str]| {
        let mut arguments = vec!["explain", "--config", &ours, "--format", "jsonl"];
        arguments.extend(["--text", "550 5.7.1 <anna@oak.example>: Relay access denied"]);
        arguments.extend(host);
        json(&program.says(&arguments))["recipients"][0].clone()
    };
    assert_eq!(owner(&["--host", "mx1.birch.example"])["owner"], "our_system");
    let theirs = owner(&["--host", "mx.oak.example"]);
    assert_eq!(theirs["remote_mta"], "mx.oak.example");
    assert_ne!(theirs["owner"], "our_system");
}

#[test]
fn lines_of_standard_input_are_judged_one_by_one() {
    let program = Program::new();
    let mut input = LINES.join("\n");
    input += "\n\nMay 12 10:20:05 mx1 postfix/smtp[913]: 4hXk1Q0Vx: to=<b@oak.example>, relay=mx.oak.example[198.51.100.9]:25, dsn=2.0.0, status=sent (250 ok)\n452 4.2.2 full\x1b[31m";
    let output = program
        .command(&["explain", "--format", "jsonl", "--text", "-"])
        .write_stdin(input)
        .output()
        .expect("the program runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let files: Vec<_> = said.lines().map(|line| json(line)["file"].clone()).collect();
    assert_eq!(files, ["-#1", "-#2", "-#3", "-#4", "-#7"]);
    assert!(!said.contains('\u{1b}'), "{said}");
    let sent = "May 12 10:20:05 mx1 postfix/smtp[913]: 4hXk1Q0Vx: to=<b@oak.example>, dsn=2.0.0, status=sent (250 ok)";
    assert_eq!(
        program.complains(1, &["explain", "--text", sent]),
        "deadletter: nothing is refused in this text; give the answer of a server, or a line of a log\n"
    );
}

const RULES: &str = "
[[rule]]
id = 'our-quota'
title = 'Full'
named = ['mailbox full', 'quota exceeded']
reason = 'rate_limited'
owner = 'our_system'

[[rule]]
id = 'never'
title = 'Nobody says this'
named = ['the moon is wrong tonight']
reason = 'policy'
owner = 'recipient_system'
";

#[test]
fn rules_of_ones_own_are_tried_on_mail() {
    let program = Program::new();
    let rules = program.file("mine.toml", RULES);
    let mail =
        program.file("full.eml", include_bytes!("../corpus/postfix/lmtp-store-mailbox-full.eml"));
    let said = program.says(&["rules", "test", "--format", "jsonl", &rules, &mail]);
    let lines: Vec<Value> = said.lines().map(json).collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!((&lines[0]["rule"], &lines[0]["matches"]), (&"our-quota".into(), &1.into()));
    assert_eq!(lines[0]["overrides"][0]["reason"], "mailbox_full");
    assert_eq!(lines[0]["examples"][0]["file"], "full.eml");
    assert_eq!(lines[1]["matches"], 0);
    // Without mail the demo mailbox is asked.
    let page = program.says(&["rules", "test", &rules]);
    assert!(page.starts_with("our-quota: recognises ") && page.contains(" instead of "), "{page}");
    assert!(page.contains("    demo#"), "{page}");
    assert!(page.contains("never: recognises none of "), "{page}");
}

#[test]
fn mistakes_in_rules_are_told_with_their_place() {
    let program = Program::new();
    let twice = format!("{RULES}{}", RULES.replace("named", "# named"));
    let file = program.file("mine.toml", twice);
    assert_eq!(
        program.complains(1, &["rules", "test", &file]),
        "HOME/mine.toml:16:1: rule \"our-quota\" matches nothing: give it a code, named or general texts, or a pattern\n\
         HOME/mine.toml:16:1: rule \"our-quota\" has the name of a rule before it; give it another\n\
         HOME/mine.toml:23:1: rule \"never\" matches nothing: give it a code, named or general texts, or a pattern\n\
         HOME/mine.toml:23:1: rule \"never\" has the name of a rule before it; give it another\n"
    );
    let file = program.file("mine.toml", "[[rule]]\nid = 'a'\n  reson = 'policy'\n");
    let said = program.complains(1, &["rules", "test", &file]);
    assert!(said.starts_with("HOME/mine.toml:3:3: unknown key `reson`"), "{said}");
    let missing = program.complains(1, &["rules", "test", "/nowhere/mine.toml"]);
    assert!(missing.contains("/nowhere/mine.toml"), "{missing}");
}
