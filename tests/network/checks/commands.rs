//! `deadletter verify` over files and over what is kept of mailboxes.

use std::path::Path;
use std::sync::Arc;

use deadletter::diagnosis::Rules;
use deadletter::engine::Judge;
use deadletter::listing::{MessageId, Row};
use deadletter::store::{KeptMessage, MailboxName, OpenedStore, PackedBounce, Store};
use jiff::Timestamp;
use serde_json::Value;

use crate::dns_faults::{Fault, serve};
use crate::nsd::Nsd;
use crate::program::Program;

use super::mail::Bounced;
use super::sound;

fn bounced() -> Bounced {
    Bounced {
        sender: "birch.example".into(),
        domain: "oak.example".into(),
        ip: "192.0.2.25".into(),
        status: "5.4.4",
        remote: None,
        said: "Host or domain name not found. Name service error for name=oak.example type=MX: \
               Host not found"
            .into(),
    }
}

/// A configuration that asks this resolver.
fn config(program: &Program, resolver: &str) -> String {
    let text = format!(
        "[ours]\ndomains = ['birch.example']\nhosts = ['mx.birch.example']\n\
         ips = ['192.0.2.25']\n[checks]\nresolver = '{resolver}'\nbudget = 2\n"
    );
    program.file("config.toml", text)
}

/// A bounce that was kept of a mailbox.
fn keep(folder: &Path) {
    let raw = bounced().message();
    let ours = Arc::new(bounced().ours());
    let judge = Judge { rules: Arc::clone(Rules::standard()), ours };
    let (bounce, diagnosis) = judge.understand(raw.as_bytes()).expect("no fault");
    let rows = Row::all(MessageId::default(), None, &bounce, &diagnosis, &judge.ours, raw.len());
    let OpenedStore { mut store, .. } = Store::open(folder).expect("a store");
    let name = MailboxName { account: "birch".into(), folder: "INBOX".into() };
    let inbox = store.mailbox(&name).expect("a mailbox");
    let message = KeptMessage {
        uid: 7,
        received: None,
        size: raw.len(),
        message_id: bounce.message_id.clone(),
        bounce: PackedBounce::of(&bounce),
        deliveries: judge.deliveries(&bounce, &diagnosis, rows),
    };
    store.put(inbox, 1, judge.fingerprint(), 0, &[message]).expect("room");
}

fn findings(json: &str) -> Vec<Value> {
    serde_json::from_str(json).expect("an array")
}

#[test]
fn what_is_kept_is_looked_up_and_the_finding_is_kept_too() {
    let Some(broken) = Nsd::start("oak.example. MX 10 mx1.oak.example.\n") else { return };
    let program = Program::new();
    keep(&program.home.path().join(".local/share/deadletter"));
    let file = config(&program, &broken.resolver());
    let verify = |more: &[&str]| {
        let arguments = [&["verify", "--format", "json", "--config", &file], more].concat();
        let output = program.run(&arguments);
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        (findings(&said), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    // Nothing is known before anything was asked.
    let (found, said) = verify(&["--offline"]);
    assert!(found.iter().all(|one| one["trouble"] == "offline"), "{found:?}");
    assert_eq!(said, "deadletter: offline: nothing was asked\n");
    let mx = |found: &[Value]| {
        let mx = found.iter().find(|one| one["check"] == "mx").expect("the question");
        (mx["verdict"].as_str().expect("a verdict").to_owned(), mx.clone())
    };
    let (found, _) = verify(&[]);
    assert_eq!(mx(&found).0, "still_broken");
    assert_eq!(mx(&found).1["proof"][0]["data"], "10 mx1.oak.example");
    assert_eq!(mx(&found).1["deliveries"][0]["file"], "birch INBOX#7");
    assert_eq!(mx(&found).1["deliveries"][0]["recipient"], "ann@oak.example");
    let asked = mx(&found).1["asked"].clone();
    drop(broken);
    // What was found is shown again without a network, and says when that was.
    let (found, _) = verify(&["--offline"]);
    assert_eq!(mx(&found).0, "still_broken");
    let millisecond = |time: &Value| {
        let time: Timestamp = time.as_str().expect("a time").parse().expect("a time");
        time.as_millisecond()
    };
    assert_eq!(millisecond(&mx(&found).1["asked"]), millisecond(&asked));
    // Repaired, asked again, and kept in its place.
    let repaired = serve(sound, Fault::Late(0)).to_string();
    config(&program, &repaired);
    let (found, _) = verify(&["--filter", "domain:oak.example"]);
    assert_eq!(mx(&found).0, "fixed_since");
    let (found, _) = verify(&["--offline"]);
    assert_eq!(mx(&found).0, "fixed_since");
    let (found, _) = verify(&["--filter", "domain:elm.example"]);
    assert!(found.is_empty());
}

#[test]
fn files_are_looked_up_as_a_page() {
    let program = Program::new();
    let bounce = program.file("bounce.eml", bounced().message());
    let file = config(&program, &serve(sound, Fault::Late(0)).to_string());
    let again = program.file("again.eml", bounced().message().replace("ann@", "bob@"));
    let page = program.says(&["verify", "--config", &file, &bounce, &again]);
    for line in [
        "MX · oak.example: fixed since\n",
        "  the mail of oak.example goes to mx1.oak.example\n",
        "  │ oak.example 300 MX 10 mx1.oak.example\n",
        "; 2 deliveries: ann@oak.example, bob@oak.example\n",
    ] {
        assert!(page.contains(line), "no {line} in\n{page}");
    }
    let nothing = program.says(&["verify", "--config", &file, "--filter", "who:nobody", &bounce]);
    assert!(nothing.contains("can be looked up"), "{nothing}");
}

#[test]
fn a_network_that_is_not_there_is_told() {
    let program = Program::new();
    let bounce = program.file("bounce.eml", bounced().message());
    for fault in [Fault::Nobody, Fault::Silence] {
        let resolver = serve(sound, fault).to_string();
        let file = config(&program, &resolver);
        let said = program.complains(1, &["verify", "--config", &file, &bounce]);
        let line = format!("deadletter: nobody answers at {resolver}; is there a network?");
        assert!(said.starts_with(&line), "{said}");
    }
    let file = config(&program, "resolver.birch.example");
    let said = program.complains(1, &["verify", "--config", &file, &bounce]);
    assert!(
        said.contains("[checks] resolver = \"resolver.birch.example\" is no address"),
        "{said}"
    );
    let file = program.file("wrong.toml", "[checks]\nbudget = 0\n");
    let said = program.complains(1, &["verify", "--config", &file, &bounce]);
    assert!(said.contains("write 1 to 600 (seconds)"), "{said}");
}
