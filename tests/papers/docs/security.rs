//! SECURITY.md says what holds: its limits are those of the program, and the network is in one room.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use deadletter::mail::limits;
use deadletter::source::imap::Limits;

use super::{fresh_part, path};

/// A number of bytes as people write it.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// A number with commas between its thousands.
fn thousands(number: usize) -> String {
    if number < 1000 {
        return number.to_string();
    }
    format!("{},{:03}", thousands(number / 1000), number % 1000)
}

#[test]
fn the_limits_are_those_of_the_program() {
    let server = Limits::default();
    let rows = [
        ("parts of a message inside each other", limits::NESTING.to_string()),
        ("parts of a message", thousands(limits::PARTS)),
        ("fields of a header", thousands(limits::HEADER_FIELDS)),
        ("one field of a header", bytes(limits::HEADER_FIELD_BYTES as u64)),
        ("recipients of a report", thousands(limits::RECIPIENTS)),
        ("hops of a message", limits::HOPS.to_string()),
        ("text that is searched for recipients", bytes(limits::TEXT_BYTES as u64)),
        ("an IMAP line", bytes(server.line as u64)),
        ("an IMAP literal", bytes(server.literal)),
        ("an IMAP response", bytes(server.response)),
        ("what is fetched of a message for the list", bytes(server.keep.into())),
        ("what is fetched of a message that is opened", bytes(server.whole.into())),
        ("time to connect", format!("{} s", server.connect.as_secs())),
        ("silence of a server", format!("{} s", server.read.as_secs())),
        ("time to log in", format!("{} s", server.login.as_secs())),
    ];
    let mut table = String::new();
    for (what, limit) in rows {
        writeln!(table, "| {what} | {limit} |").expect("memory");
    }
    fresh_part("SECURITY.md", "|---|---|\n", "\n- **The terminal", &table);
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The rooms that may: the one of the mail servers that are named, and the one that asks the world
/// where somebody wants to know.
const KNOW_THE_NETWORK: [&str; 2] = ["source/imap/net/", "dns/"];
/// Whoever leads there, besides its own files: nothing is looked up by any other command.
const LEAD_TO_DNS: [&str; 3] = ["cli/error.rs", "cli/verify.rs", "engine/verify.rs"];

#[test]
fn only_two_rooms_know_the_network() {
    let mut files = Vec::new();
    sources(&path("src"), &mut files);
    let (mut knowing, mut leading) = (Vec::new(), Vec::new());
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        // A pair of connected sockets leads to a process of our own alone.
        let network = [
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "UnixStream::connect",
            "UnixListener",
            "UnixDatagram",
        ];
        let name = file.strip_prefix(path("src")).expect("below it").to_string_lossy().into_owned();
        if code.contains("crate::dns") || code.contains("crate::{") && code.contains(" dns,") {
            leading.push(name.clone());
        }
        if network.iter().any(|name| code.contains(name)) {
            knowing.push(name);
        }
    }
    leading.sort();
    assert_eq!(leading, LEAD_TO_DNS);
    knowing.retain(|name| !KNOW_THE_NETWORK.iter().any(|room| name.starts_with(room)));
    assert!(knowing.is_empty(), "they know the network: {knowing:?}");
}
