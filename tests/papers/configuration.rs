//! Configurations that are no files, that others could have written, or that hold what a terminal
//! would obey.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::program::Program;

const POSTFIX: &str = "tests/corpus/postfix/our-relay-on-zen.eml";
/// An account that names a program.
const ACCOUNT: &str =
    "[[account]]\nname='work'\nhost='h.invalid'\nuser='u'\npassword_command=['false']\n";
/// What was run: the program of the account.
const RAN: &str = "password_command of account work failed";

fn chmod(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of ours");
}

/// What `check` says under a configuration, the home called HOME.
fn check(program: &Program, config: &str) -> String {
    program.complains(1, &["check", "--config", config])
}

#[test]
fn a_program_is_run_only_when_nobody_else_could_have_named_it() {
    let program = Program::new();
    let file = program.file("mine/mine.toml", ACCOUNT);
    let folder = program.home.path().join("mine");
    for (mode, folder_mode, said) in [
        (0o600, 0o700, RAN),
        (0o644, 0o755, RAN),
        (
            0o602,
            0o700,
            "names a program to run, but anybody may write to it; `chmod o-w HOME/mine/",
        ),
        (0o646, 0o700, "names a program to run, but anybody may write to it"),
        (0o600, 0o707, "anybody may write to its folder; `chmod o-w HOME/mine`"),
        (0o600, 0o1777, RAN),
        (0o602, 0o1777, "anybody may write to it"),
    ] {
        chmod(&file, mode);
        chmod(&folder, folder_mode);
        let text = check(&program, &file);
        assert!(text.contains(said), "{mode:o} {folder_mode:o}: {text}");
        assert_eq!(text.contains(RAN), said == RAN, "{text}");
        assert!(!text.contains("warning"), "{text}");
    }
    // Far above it, too.
    chmod(&file, 0o600);
    chmod(&folder, 0o700);
    chmod(program.home.path(), 0o707);
    assert!(check(&program, &file).contains("anybody may write to its folder"));
}

#[test]
fn a_configuration_without_programs_is_nobodys_weapon() {
    let program = Program::new();
    let file = program.file("mine.toml", "[ours]\ndomains = ['birch.example']\n");
    chmod(&file, 0o666);
    program.says(&["explain", "--config", &file, POSTFIX]);
}

#[test]
fn a_group_that_may_write_is_a_warning() {
    let program = Program::new();
    let file = program.file("mine.toml", ACCOUNT);
    chmod(&file, 0o660);
    let _ = chown(&file, None, Some(other_group()));
    let text = check(&program, &file);
    let said = "warning: HOME/mine.toml names a program to run, and its group may write to it";
    // Where the group cannot be changed it is perhaps our own alone.
    if is_root() {
        assert!(text.contains(said) && text.contains(RAN), "{text}");
    }
}

fn other_group() -> u32 {
    65_534
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_configuration_of_another_user_names_no_program_for_us() {
    if !is_root() {
        return; // Only root can give files away.
    }
    let program = Program::new();
    let file = program.file("mine/mine.toml", ACCOUNT);
    chown(&file, Some(65_534), None).expect("root may");
    let text = check(&program, &file);
    assert!(text.contains("but it belongs to somebody else (user 65534)"), "{text}");
    chown(&file, Some(0), None).expect("root may");
    chown(program.home.path().join("mine"), Some(65_534), None).expect("root may");
    let text = check(&program, &file);
    assert!(text.contains("its folder belongs to somebody else (user 65534)"), "{text}");
}

#[test]
fn a_link_is_as_good_as_what_it_leads_to() {
    let program = Program::new();
    let file = program.file("dotfiles/mine.toml", ACCOUNT);
    let link = program.home.path().join("link.toml");
    symlink(&file, &link).expect("a link");
    let link = link.to_string_lossy();
    assert!(check(&program, &link).contains(RAN));
    chmod(program.home.path().join("dotfiles"), 0o777);
    let text = check(&program, &link);
    assert!(text.contains("anybody may write to its folder; `chmod o-w HOME/dotfiles`"), "{text}");
    chmod(program.home.path().join("dotfiles"), 0o700);
    chmod(&file, 0o666);
    assert!(check(&program, &link).contains("anybody may write to it"));
}

/// Runs to its end, which must come soon.
fn soon(program: &Program, arguments: &[&str]) -> Output {
    let begun = Instant::now();
    let output = program
        .command(arguments)
        .timeout(Duration::from_mins(1))
        .output()
        .expect("the program runs");
    assert!(begun.elapsed() < Duration::from_secs(50), "{arguments:?}");
    output
}

#[test]
fn only_files_of_a_sensible_size_are_read() {
    let program = Program::new();
    let pipe = program.home.path().join("pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let folder = program.home.path().to_string_lossy().into_owned();
    let large = program.file("large.toml", vec![b'#'; (1 << 20) + 1]);
    let pipe = pipe.to_string_lossy().into_owned();
    for (path, reason) in [
        ("/dev/zero", "it is no regular file"),
        ("/dev/stdin", "it is no regular file"),
        (&pipe, "it is no regular file"),
        (&folder, "it is no regular file"),
        (&large, "it is longer than 1 MiB"),
    ] {
        for command in [["check"].as_slice(), &["explain", POSTFIX]] {
            let output = soon(&program, &[command, &["--config", path]].concat());
            let said = String::from_utf8_lossy(&output.stderr);
            let begin = format!("deadletter: cannot read the configuration {path}: {reason}");
            assert!(said.starts_with(&begin), "{said}");
            assert_eq!(output.status.code(), Some(1));
        }
    }
    let most = program.file("most.toml", vec![b'#'; 1 << 20]);
    program.says(&["explain", "--config", &most, POSTFIX]);
    let bytes = program.file("bytes.toml", b"# one\n# \xff\n");
    let text = check(&program, &bytes);
    assert_eq!(
        text,
        "deadletter: HOME/bytes.toml, line 2: this is no UTF-8; save the file as UTF-8\n"
    );
}

#[test]
fn rules_that_are_no_files_are_not_waited_for() {
    let program = Program::new();
    let file = program.file("mine.toml", "");
    let rules = program.home.path().join("rules");
    fs::create_dir(&rules).expect("a folder");
    let pipe = rules.join("own.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let output = soon(&program, &["explain", "--config", &file, POSTFIX]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("own.toml: it is no regular file"), "{said}");
}

/// Nothing that is written on the command line or in the file reaches the terminal as it is.
#[test]
fn complaints_quote_nothing_that_a_terminal_obeys() {
    let program = Program::new();
    let evil = "a\u{1b}]52;c;QQ==\u{7}\u{9b}2J\u{202e}b";
    let escaped = "a\\u001b]52;c;QQ==\\u0007\\u009b2J\\u202eb";
    let account = format!("[[account]]\nname = \"{escaped}\"\nhost = \"127.0.0.1\"\nport = 1\n");
    let text = format!("{account}user = \"u\"\npassword_command = [\"false\"]\n");
    let file = program.file("mine.toml", text);
    let twice = program.file("twice.toml", format!("{account}user='u'\n{account}user='u'\n"));
    let key = program.file("key.toml", format!("\"{escaped}\" = 1\n"));
    let action = program.file("action.toml", format!("[keys]\n\"{escaped}\" = \"x\"\n"));
    let path = format!("/nonexistent/{evil}");
    for arguments in [
        ["check", "--config", &file].as_slice(),
        &["check", "--config", &file, "--account", evil],
        &["check", "--config", &file, "--account", "wrok"],
        &["check", "--config", &twice],
        &["check", "--config", &key],
        &["check", "--config", &path],
        &["--config", &action, "demo"],
        &["--lang", evil, "check"],
        &[&format!("--{evil}")],
        &["completions", evil],
        &["explain", &path],
        &[evil],
    ] {
        let output = program.run(arguments);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("UTF-8");
        let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!said.contains(obeyed), "{arguments:?}: {said:?}");
        assert!(!output.status.success(), "{arguments:?}");
    }
}
