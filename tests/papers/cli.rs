//! The command line as people and programs meet it: help, explanations without a screen, and what
//! goes wrong.

use std::fs;
use std::path::Path;

use crate::program::Program;

const POSTFIX: &str = "tests/corpus/postfix/our-relay-on-zen.eml";
const EXCHANGE: &str = "tests/corpus/tree571/B2-internal-nested-group.eml";
const SEVERAL: &str = "tests/corpus/several/exchange-three-remote-answers.eml";

#[test]
fn help_of_every_command() {
    let program = Program::new();
    insta::assert_snapshot!("help", program.says(&["--help"]));
    insta::assert_snapshot!("help-short", program.says(&["-h"]));
    for command in deadletter::cli::command().get_subcommands() {
        let name = command.get_name();
        insta::assert_snapshot!(format!("help-{name}"), program.says(&[name, "--help"]));
    }
    assert_eq!(program.says(&["--version"]), format!("deadletter {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn what_is_printed_is_what_is_kept() {
    let program = Program::new();
    let kept = |name: &str| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file")
    };
    assert_eq!(program.says(&["man"]), kept("assets/man/deadletter.1"));
    assert_eq!(program.says(&["completions", "bash"]), kept("assets/completions/deadletter.bash"));
    assert_eq!(program.says(&["--print-config"]), kept("assets/config.sample.toml"));
}

#[test]
fn a_message_as_a_page() {
    let program = Program::new();
    let ours = program.file("ours.toml", include_str!("../corpus/ours.toml"));
    insta::assert_snapshot!(
        "explain-postfix",
        program.says(&["explain", "--config", &ours, POSTFIX])
    );
    insta::assert_snapshot!(
        "explain-exchange-pl",
        program.says(&["explain", "--config", &ours, "--lang", "pl", EXCHANGE])
    );
    let delay = "tests/corpus/postfix/delayed-lost-connection.eml";
    insta::assert_snapshot!(
        "explain-delay-nb",
        program.says(&["explain", "--config", &ours, "--lang", "nb", delay])
    );
    let report = "tests/corpus/kinds/dmarc-aggregate-zip.eml";
    insta::assert_snapshot!(
        "explain-dmarc-report",
        program.says(&["explain", "--config", &ours, report])
    );
}

/// The picture, why, who, on which line that rests, what to do, diagnostics, the way: in this
/// order.
#[test]
fn the_page_goes_from_the_picture_to_the_way() {
    let program = Program::new();
    let ours = program.file("ours.toml", include_str!("../corpus/ours.toml"));
    let page = program.says(&["explain", "--config", &ours, EXCHANGE]);
    let order = [
        "MUST ACT]",
        "\nGroup inside our organisation accepts certain senders only\n",
        "\nThe recipient must act.",
        "▌ 550 5.7.1 RESOLVER.RST.NotAuthorizedToGroup",
        "\nWhat to do\n",
        "\nText for the sender\n",
        "\nReport\n",
        "\nPath of the message",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|text| page.find(text).unwrap_or_else(|| panic!("no {text} in\n{page}")))
        .collect();
    assert!(places.is_sorted(), "{places:?} in\n{page}");
    let wide = page.lines().find(|line| line.chars().count() > 80 && !line.starts_with("    "));
    assert_eq!(
        wide, None,
        "only pages and commands, which are copied, are longer than the page is wide"
    );
}

#[test]
fn without_utf8_the_page_is_plain() {
    let program = Program::new();
    let output =
        program.command(&["explain", POSTFIX]).env("LANG", "C").output().expect("the program runs");
    let page = String::from_utf8(output.stdout).expect("UTF-8");
    let own: String = page.lines().filter(|line| !line.contains("Dzia")).collect();
    assert!(own.is_ascii() && page.contains("-x->"), "{page}");
}

#[test]
fn messages_as_json() {
    let program = Program::new();
    let json = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|e| panic!("{e} in {text}"))
    };
    let array = json(&program.says(&["explain", "--format", "json", POSTFIX, SEVERAL]));
    let lines = program.says(&["explain", "--format", "jsonl", POSTFIX, SEVERAL]);
    let lines: Vec<_> = lines.lines().map(json).collect();
    assert_eq!(array.as_array(), Some(&lines), "the same messages in both forms");
    assert_eq!(lines.len(), 2);
    let first = &lines[0]["recipients"][0];
    assert_eq!(
        (first["reason"].as_str(), first["status"].as_str()),
        (Some("ip_reputation"), Some("5.7.1"))
    );
    assert_eq!(lines[1]["recipients"].as_array().map(Vec::len), Some(3));
    insta::assert_snapshot!("explain-json-keys", keys(&lines[0], ""));
    let dutch = json(&program.says(&["explain", "--format", "jsonl", "--lang", "nl", POSTFIX]));
    let cause = |message: &serde_json::Value| message["recipients"][0]["guidance"]["cause"].clone();
    assert_ne!(cause(&dutch), cause(&lines[0]));
}

/// The names of a value, for programs that rely on them.
fn keys(value: &serde_json::Value, path: &str) -> String {
    match value {
        serde_json::Value::Object(map) => {
            let mut sorted: Vec<_> = map.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            sorted.iter().map(|(key, value)| keys(value, &format!("{path}.{key}"))).collect()
        }
        serde_json::Value::Array(all) => {
            all.first().map_or_else(String::new, |first| keys(first, &format!("{path}[]")))
        }
        _ => format!("{}\n", path.trim_start_matches('.')),
    }
}

#[test]
fn standard_input_and_mailboxes() {
    let program = Program::new();
    let message = fs::read(POSTFIX).expect("a message");
    let piped = program
        .command(&["explain", "--format", "jsonl", "-"])
        .write_stdin(message.clone())
        .output();
    let piped = String::from_utf8(piped.expect("the program runs").stdout).expect("UTF-8");
    assert!(piped.starts_with("{\"file\":\"-\"") && piped.contains("zen.spamhaus.org"), "{piped}");
    let separator = b"From MAILER-DAEMON Thu Apr 30 05:55:20 2026\n".as_slice();
    let mbox = program.file("box", [separator, &message, b"\n", separator, &message].concat());
    let both = program.says(&["explain", "--format", "jsonl", &mbox]);
    let files: Vec<_> =
        both.lines().map(|line| line.split('"').nth(3).unwrap_or_default()).collect();
    assert_eq!(files, ["box#1", "box#2"]);
}

#[test]
fn files_that_cannot_be_explained() {
    let program = Program::new();
    let empty = program.file("empty.eml", "");
    let binary = program.file("picture.png", [0x89, b'P', b'N', b'G', 0, 1, 2, 0xff].repeat(64));
    let mut said = String::new();
    let text = program.file("notes.txt", "Bounces came in today.\nTwo of them.\n");
    let half = program.file("half.gz", [0x1f, 0x8b, 8, 0]);
    let missing = program.home.path().join("missing.eml").to_string_lossy().into_owned();
    for file in [missing, empty, binary, text, half] {
        said.push_str(&program.complains(1, &["explain", &file]));
    }
    let circle = program.home.path().join("circle.eml");
    std::os::unix::fs::symlink(&circle, &circle).expect("a link that leads to itself");
    said.push_str(&program.complains(1, &["explain", &circle.to_string_lossy()]));
    insta::assert_snapshot!("complaints-files", said);
    let folder = program.home.path().join("Maildir");
    fs::create_dir(&folder).expect("a folder that can be made");
    let folder = folder.to_string_lossy();
    assert_eq!(
        program.complains(0, &["explain", &folder]),
        "deadletter: there is no message to explain\n"
    );
    assert_eq!(program.says(&["explain", "--format", "json", &folder]), "[]\n");
    // What can be read is explained all the same.
    let missing = program.file("nothing.eml", "");
    let output = program.run(&["explain", &missing, POSTFIX]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("zen.spamhaus.org"));
}

/// A folder with a link that leads back to it, the same file twice, and something that cannot be
/// read.
#[test]
fn what_is_left_out_of_a_folder_is_told() {
    let program = Program::new();
    let folder = program.home.path().join("mail");
    fs::create_dir(&folder).expect("a folder that can be made");
    fs::copy(POSTFIX, folder.join("a.eml")).expect("copied");
    std::os::unix::fs::symlink(".", folder.join("loop")).expect("a link");
    let (path, file) = (folder.to_string_lossy(), folder.join("a.eml"));
    let output =
        program.run(&["explain", "--format", "jsonl", &path, &path, &file.to_string_lossy()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "nothing is missing: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
    assert!(said.lines().count() == 3 && said.contains("mail/loop leads to a folder"), "{said}");
    std::os::unix::fs::symlink("nowhere", folder.join("nothing")).expect("a link");
    let missing = program.home.path().join("missing");
    let output = program.run(&["explain", &missing.to_string_lossy(), &path]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "something is missing: {said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("zen.spamhaus.org"));
    assert!(said.contains("mail/nothing: it is a link that leads nowhere"), "{said}");
    assert!(said.contains("/missing: No such file"), "{said}");
}

#[test]
fn wrong_arguments() {
    let program = Program::new();
    let mut said = String::new();
    for arguments in [
        ["explain", "--formt", "json"].as_slice(),
        &["explain"],
        &["explain", "--lang", "fr", POSTFIX],
        &["completions", "dos"],
    ] {
        said.push_str(&program.complains(2, arguments));
        said.push('\n');
    }
    insta::assert_snapshot!("complaints-arguments", said);
    assert_eq!(
        program.complains(1, &["xplain"]),
        "deadletter: cannot read xplain: no such file; is it the command `explain`?\n"
    );
    for arguments in [[POSTFIX, "demo"].as_slice(), &[POSTFIX, "--read-only", "demo"]] {
        assert_eq!(
            program.complains(2, arguments),
            "deadletter: `demo` stands behind a path; a command comes first: `deadletter demo …`\n"
        );
    }
}

#[test]
fn wrong_configurations() {
    let program = Program::new();
    let account = "[[account]]\nname = 'work'\nhost = 'mail.birch.example'\nuser = 'postmaster@birch.example'\n";
    let said: String = [
        "lnag = 'pl'\n",
        "lang = 'fr'\n",
        "lang = 'pl\n",
        "[ours]\ndomans = ['birch.example']\n",
        "[ours]\nips = ['192.0.2.300']\n",
        "[[account]]\nname = 'work'\n",
        &format!("{account}port = 99999\n"),
        &format!("{account}prot = 993\n"),
        &format!("{account}pasword_command = ['pass']\n"),
        "",
    ]
    .iter()
    .map(|config| program.complains_of(config))
    .collect();
    insta::assert_snapshot!("complaints-configuration", said);
    let file = program.file("mine.toml", account);
    insta::assert_snapshot!(
        "complaints-account",
        program.complains(1, &["check", "--config", &file, "--account", "wrok"])
    );
    assert_eq!(
        program.complains(1, &["check", "--config", "HOME/none.toml"]),
        "deadletter: cannot read the configuration HOME/none.toml: No such file or directory (os error 2)\n"
    );
    program.file("rules/own.toml", "[[rule]]\nid = 'a'\n");
    insta::assert_snapshot!(
        "complaints-rules",
        program.complains(1, &["check", "--config", &file])
    );
}

#[test]
fn wrong_values_in_the_environment() {
    let program = Program::new();
    let output = program
        .command(&["check"])
        .env("DEADLETTER_COLOR", "blue")
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "deadletter: DEADLETTER_COLOR=blue: write one of auto, always, never, 16\n");
}

/// A page of text without a screen shows which language won.
#[test]
fn the_environment_stands_between_file_and_flags() {
    let program = Program::new();
    let file = program.file("mine.toml", "lang = 'it'\n");
    let page = |variable: &str, flags: &[&str]| {
        let mut command = program.command(&["--config", &file, "explain", POSTFIX]);
        let output = command.args(flags).env("DEADLETTER_LANG", variable).output();
        String::from_utf8(output.expect("the program runs").stdout).expect("UTF-8")
    };
    let [en, pl, it] = ["en", "pl", "it"].map(|lang| page("", &["--lang", lang]));
    assert!(en != pl && pl != it && it != en);
    assert_eq!(page("", &[]), it, "an empty variable is none");
    assert_eq!(page("PL", &[]), pl);
    assert_eq!(page("pl", &["--lang", "en"]), en);
    let named = program.command(&["explain", POSTFIX]).env("DEADLETTER_CONFIG", &file).output();
    assert_eq!(String::from_utf8(named.expect("the program runs").stdout).expect("UTF-8"), it);
    let wrong = program.command(&["check"]).env("DEADLETTER_READ_ONLY", "perhaps").output();
    assert_eq!(
        String::from_utf8(wrong.expect("the program runs").stderr).expect("UTF-8"),
        "deadletter: DEADLETTER_READ_ONLY=perhaps: write true or false\n"
    );
}

/// The step that fails is named, with what to do; the server is one that nobody runs.
#[test]
fn accounts_that_cannot_work() {
    let program = Program::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    let account = |host: &str, secret: &str| {
        let text = format!(
            "[[account]]\nname = 'work'\nhost = '{host}'\nport = {free}\nuser = 'a@birch.example'\npassword_command = [{secret}]\n"
        );
        program.file("mine.toml", text)
    };
    let refused = program.run(&["check", "--config", &account("127.0.0.1", "'printf', 'x'")]);
    let said = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("failed  connection") && said.contains("Connection refused"), "{said}");
    assert!(said.contains("check host and port of account work"), "{said}");
    let said = program.complains(1, &["check", "--config", &account("127.0.0.1", "'false'")]);
    assert!(
        said.contains("password_command of account work failed: false: exit status: 1"),
        "{said}"
    );
}

#[test]
fn init_without_answers_writes_nothing() {
    let program = Program::new();
    let output = program.command(&["init"]).write_stdin("\n\n").output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "deadletter: stopped; nothing was written\n"
    );
    assert!(!program.home.path().join("config").exists());
}

#[test]
fn a_first_run_says_what_can_be_done() {
    let program = Program::new();
    insta::assert_snapshot!("first-run", program.complains(1, &[]));
    assert_eq!(
        program.complains(1, &["check"]),
        "deadletter: no account is configured; `deadletter init` sets one up\n"
    );
    let said = program.complains(1, &["demo"]);
    assert!(said.contains("needs a terminal") && said.contains("deadletter explain"), "{said}");
    assert!(!program.home.path().join("config").exists(), "nothing was written");
}

/// `deadletter explain … | head`: whoever reads has left, which is no failure.
#[test]
fn nobody_reads_on() {
    use std::process::Stdio;
    let program = Program::new();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("deadletter"));
    command.env_clear().env("HOME", program.home.path()).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
        .args(["explain", "tests/corpus/seed", "tests/corpus/tree571"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(
        (output.status.code(), output.stderr.len()),
        (Some(0), 0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn lists_have_a_line_a_delivery() {
    let program = Program::new();
    let table = program.says(&["list", SEVERAL]);
    assert!(table.starts_with("AGE"), "{table}");
    assert_eq!(table.lines().count(), 4, "{table}");
    let filtered = program.says(&["list", "--filter", "reason:no_such_reason", SEVERAL]);
    assert_eq!(filtered.lines().count(), 1, "{filtered}");
    let either = program.says(&["list", "--filter", "-age:<1d (5.1|@)", SEVERAL]);
    assert_eq!(either.lines().count(), 4, "{either}");
    let unread = program.run(&["list", "--filter", "oak (colour:red", SEVERAL]);
    let said = String::from_utf8_lossy(&unread.stderr).into_owned();
    assert_eq!(unread.status.code(), Some(2), "{said}");
    assert!(said.contains("column 6") && said.contains("no field colour"), "{said}");
    assert!(said.ends_with("\n  oak (colour:red\n       ^\n"), "{said}");
    let recent = program.says(&["list", "--since", "2200-01-01", "--format", "jsonl", SEVERAL]);
    assert_eq!(recent, "");
    let wrong = program.run(&["list", "--since", "yesterday", SEVERAL]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn incidents_count_what_they_hold() {
    let program = Program::new();
    let lines = program.says(&["list", "--incidents", "--format", "jsonl", "assets/demo"]);
    let mut counted = 0;
    let mut last = u64::MAX;
    for line in lines.lines() {
        let incident: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let count = incident["count"].as_u64().expect("a count");
        assert!(count <= last, "the largest first");
        assert_eq!(incident["incident"].as_str().map(str::len), Some(16));
        let ids = incident["message_ids"].as_array().expect("a list").len();
        assert!(u64::try_from(ids).is_ok_and(|ids| ids <= count), "{line}");
        (counted, last) = (counted + count, count);
    }
    let deliveries = program.says(&["list", "--format", "jsonl", "assets/demo"]);
    assert_eq!(u64::try_from(deliveries.lines().count()), Ok(counted));
    let largest: serde_json::Value =
        serde_json::from_str(lines.lines().next().expect("an incident")).expect("JSON");
    let name = largest["incident"].as_str().expect("a name");
    let same = deliveries.lines().filter(|line| line.contains(name)).count();
    assert_eq!(u64::try_from(same).ok(), largest["count"].as_u64());
}

#[test]
fn no_cell_of_a_list_is_a_formula() {
    let program = Program::new();
    let mail = "From: =HYPERLINK(1)@evil.example\nSubject: Undelivered\nMessage-ID: <=1+1>\n\n                <+cmd|' /c calc'!A0@oak.example>: host mx.oak.example said: 550 5.1.1 no such user\n";
    let path = program.file("formula.eml", mail);
    let csv = program.says(&["list", "--format", "csv", &path]);
    assert!(csv.starts_with("\"file\",\"message_id\",\"time\""), "{csv}");
    for cell in csv.split("\",\"") {
        let cell = cell.trim_start_matches('"');
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}: {csv}");
    }
    assert!(csv.contains("\"'=1+1\""), "{csv}");
}

#[test]
fn a_report_tells_who_has_to_act() {
    let program = Program::new();
    let page = program.says(&["report", "assets/demo"]);
    assert!(page.starts_with("# Bounces\n"), "{page}");
    let mut last = 0;
    for heading in ["## us\n", "## sender\n", "## their IT\n", "## Hosts that refused most\n"] {
        let at = page.find(heading).unwrap_or_else(|| panic!("{heading} in {page}"));
        assert!(at > last, "{heading} stands below the others");
        last = at;
    }
    assert!(page.contains("ip on blocklist: 192.0.2.25, outlook.com"), "{page}");
    let since = program.says(&["report", "--since", "2026-05-04T00:00:00Z", "assets/demo"]);
    assert!(since.contains("## No more since then\n") && since.contains("| new |"), "{since}");
}
