//! The store under fire: programs that are killed, disks that are full, files that are damaged.
//! Whatever happens, it opens, nothing that was kept is lost without a word, nothing stands there
//! twice, and the next `sync` makes it whole.
//!
//! `DEADLETTER_SYNC_KILLS` and `DEADLETTER_STORE_DAMAGES` set other numbers than those below.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::dovecot::left_out;
use crate::sync::{Numbers, Scene};

/// Kills of a run.
const KILLS: u32 = 12;
/// Damaged files of a run.
const DAMAGES: u32 = 8;
/// Messages of the mailbox.
const MESSAGES: u32 = 240;
/// Bytes of each beside what it says, where they are to go into the store in several transactions.
const BYTES: usize = 6_000;

fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// A mailbox with messages that have so many bytes more, and nothing kept of it.
fn scene(bytes: usize) -> Option<Scene> {
    let mut scene = Scene::new()?;
    let more = format!("\n{}", "what was returned\n".repeat(bytes / 18));
    (0..MESSAGES).for_each(|_| scene.deliver_with(&more));
    Some(scene)
}

/// Nothing but what is in the mailbox is kept.
fn is_whole(scene: &Scene, what: &str) {
    let (kept, there) = (scene.kept(), scene.there());
    let differs: Vec<_> = kept.symmetric_difference(&there).take(5).collect();
    assert!(differs.is_empty(), "{what}: {differs:?} and perhaps more");
}

/// Nothing is kept any more.
fn remove_store(scene: &Scene) {
    fs::remove_dir_all(scene.store().parent().expect("a folder")).expect("it is there");
}

#[test]
fn what_was_kept_stays_when_sync_is_killed() {
    let Some(scene) = scene(BYTES) else { return };
    let begun = Instant::now();
    scene.sync();
    let whole = u32::try_from(begun.elapsed().as_micros()).expect("a short time");
    remove_store(&scene);
    let (mut numbers, mut kept, mut anew) = (Numbers(7), BTreeSet::new(), 0);
    for kill in 0..number("DEADLETTER_SYNC_KILLS", KILLS) {
        let sync = scene.command(&["sync"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut sync = sync.expect("a run");
        let time = Duration::from_micros(u64::from(numbers.below(whole + whole / 10)));
        std::thread::park_timeout(time);
        sync.kill().expect("it can be killed");
        sync.wait().expect("it ends");
        if !scene.store().exists() {
            assert!(kept.is_empty(), "kill {kill}: the store is there");
            continue;
        }
        // It opens without a complaint, and nothing stands there twice.
        let now = scene.kept();
        assert!(now.is_superset(&kept), "kill {kill}: what was kept is there");
        assert!(now.is_subset(&scene.there()), "kill {kill}: nothing that never was");
        kept = now;
        if kept.len() == scene.files.len() {
            let again = scene.sync();
            assert_eq!((again["new"].as_u64(), again["gone"].as_u64()), (Some(0), Some(0)));
            remove_store(&scene);
            kept.clear();
            anew += 1;
        }
    }
    scene.sync();
    let again = scene.sync();
    assert_eq!((again["new"].as_u64(), again["gone"].as_u64()), (Some(0), Some(0)));
    is_whole(&scene, &format!("begun anew {anew} times"));
}

/// The lines that `list` prints, as far as it prints any; what it complains of.
fn listed(output: &Output) -> (BTreeSet<String>, String) {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    (text.lines().map(str::to_owned).collect(), complaint)
}

/// Runs a command that may fail, but in order.
fn ordered(scene: &Scene, arguments: &[&str], what: &str) -> Output {
    let output = scene.command(arguments).output().expect("the program runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{what}: {arguments:?} ends with {code:?}: {complaint}");
    assert!(!complaint.contains("panicked") && !complaint.contains("mailbox fault"), "{what}");
    output
}

/// The files of a store as they were, by their names.
struct Files(Vec<(PathBuf, Vec<u8>)>);

impl Files {
    fn of(folder: &Path) -> Self {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a file");
            files.push((path, bytes));
        }
        files.sort();
        Self(files)
    }

    /// Puts them back, and nothing else.
    fn put_back(&self, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            fs::remove_file(entry.expect("an entry").path()).expect("ours");
        }
        for (path, bytes) in &self.0 {
            fs::write(path, bytes).expect("room");
            let alone = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            fs::set_permissions(path, alone).expect("ours");
        }
    }
}

/// Damages one of the files beginning with a number; says what was done.
fn damage(store: &Path, numbers: &mut Numbers) -> String {
    let beside = |ending: &str| PathBuf::from(format!("{}{ending}", store.display()));
    let path = match numbers.below(8) {
        0 | 1 => beside("-wal"),
        2 => beside("-shm"),
        _ => store.to_path_buf(),
    };
    let Ok(mut bytes) = fs::read(&path) else { return String::from("nothing") };
    let length = bytes.len();
    let at = match numbers.below(4) {
        0 => numbers.below(100) as usize,
        1 => length.saturating_sub(1 + numbers.below(5_000) as usize),
        _ => numbers.below(u32::try_from(length.max(1)).expect("small")) as usize,
    };
    let at = at.min(length);
    let end = (at + 1 + numbers.below(10_000) as usize).min(length);
    let done = match numbers.below(6) {
        0 => {
            bytes.truncate(at);
            "cut"
        }
        1 => {
            bytes[at..end].fill(0);
            "emptied"
        }
        2 => {
            bytes[at..end].fill_with(|| u8::try_from(numbers.below(256)).expect("a byte"));
            "overwritten"
        }
        3 => {
            bytes.copy_within(at..end, 0);
            "copied to its beginning"
        }
        4 => {
            bytes[at..end].reverse();
            "turned round"
        }
        _ => {
            fs::remove_file(&path).expect("ours");
            // Without its file the rest means nothing.
            return format!("{} removed", path.display());
        }
    };
    fs::write(&path, bytes).expect("room");
    format!("{} of {length} bytes {done} from {at} to {end}", path.display())
}

#[test]
fn a_store_that_is_damaged_anywhere_is_read_anew() {
    let Some(mut scene) = scene(0) else { return };
    scene.sync();
    // What a program that was killed leaves beside the file belongs to it.
    (0..100).for_each(|_| scene.deliver());
    let folder = scene.store().parent().expect("a folder").to_path_buf();
    let mut killed = scene.command(&["sync"]).stdout(Stdio::null()).spawn().expect("a run");
    let wal = PathBuf::from(format!("{}-wal", scene.store().display()));
    let begun = Instant::now();
    while fs::metadata(&wal).map_or(0, |meta| meta.len()) == 0
        && begun.elapsed() < Duration::from_secs(20)
    {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    killed.kill().expect("it can be killed");
    killed.wait().expect("it ends");
    let files = Files::of(&folder);
    let truth = listed(&scene.command(&["list", "--format", "jsonl"]).output().expect("it runs")).0;
    scene.sync();
    let whole = listed(&scene.command(&["list", "--format", "jsonl"]).output().expect("it runs")).0;
    assert!(whole.is_superset(&truth) && whole.len() == scene.files.len());

    let (mut numbers, mut told, mut unseen) = (Numbers(3), 0, 0);
    let damages = number("DEADLETTER_STORE_DAMAGES", DAMAGES);
    for round in 0..damages {
        files.put_back(&folder);
        let what = format!("{round}: {}", damage(&scene.store(), &mut numbers));
        let output = ordered(&scene, &["list", "--format", "jsonl"], &what);
        let (_, complaint) = listed(&output);
        let says = complaint.contains("store") || complaint.contains("kept");
        assert!(output.status.success() || says, "{what}: {complaint}");
        let output = ordered(&scene, &["sync", "--format", "json"], &what);
        let (_, later) = listed(&output);
        assert!(output.status.success(), "{what}: {later}");
        told += u32::from(complaint.contains("damaged") || later.contains("damaged"));
        let output = ordered(&scene, &["list", "--format", "jsonl"], &what);
        let (lines, complaint) = listed(&output);
        assert!(output.status.success() && complaint.is_empty(), "{what}: {complaint}");
        let differs: Vec<_> = lines.symmetric_difference(&whole).take(4).collect();
        if !differs.is_empty() {
            // Other letters in the place of some: what SQLite cannot tell, we cannot either.
            assert_eq!(said_by_sqlite(&scene.store()), "ok", "{what}: {later}{differs:?}");
            unseen += 1;
        }
    }
    assert!(told * 4 > damages, "of {damages} damages {told} were told");
    assert!(unseen * 5 < damages, "of {damages} damages {unseen} were not seen");
}

/// What SQLite itself thinks of a store.
fn said_by_sqlite(store: &Path) -> String {
    let connection = rusqlite::Connection::open(store).expect("a store");
    let check = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    check.expect("an answer")
}

/// Runs a script with a small disk of its own where the store lies; none where that is not allowed.
fn on_a_small_disk(scene: &Scene, script: &str) -> Option<Output> {
    let folder = scene.store().parent().expect("a folder").to_path_buf();
    fs::create_dir_all(&folder).expect("a folder");
    let mut shell = scene.command(&[]);
    let program = shell.get_program().to_owned();
    let mut unshare = std::process::Command::new("unshare");
    unshare.args(["-rm", "sh", "-c", script, "sh"]).arg(program).arg(&folder);
    unshare.env_clear().env("HOME", scene.home.path()).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    shell = unshare;
    shell.current_dir(scene.home.path());
    let output = shell.output().ok()?;
    if output.status.code() == Some(77) || !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return left_out(&format!("no small disk can be mounted: {why}"));
    }
    Some(output)
}

#[test]
fn a_full_disk_is_told_and_what_was_kept_is_there() {
    let Some(scene) = scene(BYTES) else { return };
    // The parts of what it prints are told apart by lines of their own.
    let script = r#"mount -t tmpfs -o size=200k,mode=700 none "$2" || exit 77
        "$1" --config config.toml sync 2>&1; echo "code $?"
        "$1" --config config.toml list --format jsonl 2>&1; echo "code $?"
        mount -o remount,size=64m "$2"
        "$1" --config config.toml sync --format json 2>&1; echo "code $?"
        "$1" --config config.toml list --format jsonl 2>&1; echo "code $?""#;
    let Some(output) = on_a_small_disk(&scene, script) else { return };
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let parts: Vec<&str> = text.split_inclusive('\n').collect();
    let mut parts = parts.split(|line| line.starts_with("code ")).map(<[&str]>::concat);
    let mut next = || parts.next().expect("four commands");
    let (full, kept, synced, all) = (next(), next(), next(), next());
    assert_eq!(text.matches("code 1\n").count(), 1, "{full}{synced}");
    assert!(full.contains("no room left on the disk"), "{full}");
    let ids = |text: &str| {
        let mut ids = BTreeSet::new();
        for line in text.lines() {
            let delivery: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
            assert!(ids.insert(delivery["message_id"].to_string()), "{line} stands there twice");
        }
        ids
    };
    let (kept, all) = (ids(&kept), ids(&all));
    assert!(kept.is_subset(&all) && all.len() == scene.files.len());
    let synced: Value = serde_json::from_str(&synced).unwrap_or_else(|_| panic!("{synced}"));
    let new = u64::try_from(all.len() - kept.len()).expect("small");
    assert_eq!(synced["new"].as_u64(), Some(new), "what was kept is not fetched again");
}

#[test]
fn a_file_that_may_not_grow_is_told_of() {
    let Some(scene) = scene(BYTES) else { return };
    // SIGXFSZ is left out: then writing fails instead. Blocks are of 512 bytes.
    let program = scene.command(&[]).get_program().to_owned();
    let mut shell = std::process::Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 200; exec \"$0\" --config config.toml sync";
    shell.args(["-c", script]).arg(&program).current_dir(scene.home.path());
    shell.env_clear().env("HOME", scene.home.path()).env("PATH", "/usr/bin:/bin");
    let output = shell.output().expect("it runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("what was written before is safe"), "{complaint}");
    let kept = scene.kept();
    assert!(kept.is_subset(&scene.there()) && kept.len() < scene.files.len());
    scene.sync();
    is_whole(&scene, "after that");
}

#[test]
fn what_is_forgotten_leaves_no_damaged_store_behind() {
    let Some(scene) = scene(0) else { return };
    scene.sync();
    fs::write(scene.store(), "no store at all, but so long that it is no empty file")
        .expect("room");
    let output = ordered(&scene, &["sync"], "damaged");
    assert!(String::from_utf8_lossy(&output.stderr).contains("set aside as"));
    let folder = scene.store().parent().expect("a folder").to_path_buf();
    assert!(
        Files::of(&folder).0.iter().any(|(path, _)| path.to_string_lossy().contains("damaged"))
    );
    ordered(&scene, &["forget"], "forget");
    assert!(Files::of(&folder).0.is_empty(), "nothing is left");
}
