//! The list by incidents.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use deadletter::config::{Highlight, Theme};
use deadletter::diagnosis::Party;
use deadletter::incident::IncidentId;
use deadletter::listing::GroupRow;
use deadletter::store::KeptMessage;
use deadletter::ui::Look;

use crate::stage::{Stage, demo_messages};

fn empty() -> Stage {
    Stage::empty(120, 40, Look::new(Theme::Default, false, Highlight::Row))
}

/// The name and the size of every incident in the list, from the first on.
fn all(stage: &mut Stage) -> Vec<(String, u64)> {
    stage.resize(120, 400);
    let mut found = Vec::new();
    for (_, incident) in stage.app.list.groups().expect("incidents") {
        found.push((name_of(incident), incident.count));
    }
    assert_eq!(found.len(), stage.app.list.len(), "there is room for all of them");
    found
}

/// The name of an incident.
fn name_of(incident: &GroupRow) -> String {
    IncidentId(incident.id().expect("a name").0).to_string()
}

fn under_the_cursor(stage: &Stage) -> String {
    let at = stage.app.list.position().expect("an incident");
    let incidents = stage.app.list.groups().expect("incidents");
    let (_, incident) = incidents.iter().find(|(place, _)| *place == at).expect("on the screen");
    name_of(incident)
}

#[test]
fn the_list_goes_round_and_says_how_many() {
    let mut stage = Stage::new(120, 40);
    let before = stage.text();
    let text = stage.keys("b").text();
    assert!(text.contains("WHAT") && text.contains(" incidents of "), "{text}");
    assert!(text.contains("us ") && text.contains("sender "), "who must act: {text}");
    for word in ["by reason", "by domain", "by host", "by sender", "by our address", "by day"] {
        let text = stage.keys("b").text();
        assert!(text.contains(&format!("{word}: ")) && text.contains(" of 197"), "{word}: {text}");
        let rows = stage.app.list.groups().expect("groups").len();
        assert!(rows > 1, "{word}");
        let inside = stage.keys("<enter>").text();
        assert!(inside.contains("RECIPIENT"), "{word}: {inside}");
        stage.keys("<esc>");
    }
    assert_eq!(stage.keys("b").text(), before, "and back");
}

#[test]
fn the_incidents_at_the_sizes_people_use() {
    insta::assert_snapshot!("incidents-120x40", Stage::new(120, 40).keys("b").text());
    insta::assert_snapshot!("incidents-80x24", Stage::new(80, 24).keys("b").text());
    insta::assert_snapshot!("incidents-60x20", Stage::new(60, 20).keys("b").text());
}

#[test]
fn an_incident_opens_into_its_deliveries_and_closes_where_the_cursor_was() {
    let mut stage = Stage::new(120, 40);
    stage.keys("bjj");
    let name = under_the_cursor(&stage);
    let row = stage.app.list.current().expect("its newest delivery").clone();
    assert_eq!(stage.app.opened.id(), Some(row.id), "which is in the view");
    let text = stage.keys("<enter>").text();
    assert!(text.contains("RECIPIENT") && !text.contains("WHAT"), "{text}");
    let incident = stage.app.list.inside().expect("it is open");
    let what = stage.app.list.words().what(&incident.what);
    let what: String = what.chars().take(20).collect();
    assert!(text.lines().next().is_some_and(|head| head.contains(&what)), "{what}: {text}");
    for at in 0..stage.app.list.len() {
        let one = stage.app.list.at(at).expect("a row");
        assert_eq!((one.class.party, one.class.kind), (row.class.party, row.class.kind));
    }
    stage.keys("<enter>");
    assert!(stage.app.full, "a delivery opens as ever");
    stage.keys("<esc><esc>");
    assert!(stage.app.list.grouped());
    assert_eq!(under_the_cursor(&stage), name);
}

#[test]
fn the_cursor_stays_on_its_incident_while_mail_comes() {
    let messages = demo_messages();
    let mut stage = empty();
    let half = messages.len() / 2;
    stage.bring(&messages[..half]);
    stage.keys("bjjj");
    let name = under_the_cursor(&stage);
    for message in &messages[half..] {
        stage.bring(std::slice::from_ref(message));
        stage.settle();
        let at = stage.app.list.position().expect("an incident");
        let incidents = stage.app.list.groups().expect("incidents");
        let (_, incident) =
            incidents.iter().find(|(place, _)| *place == at).expect("on the screen");
        let names: BTreeSet<String> =
            incident.names.iter().map(|name| IncidentId(name.0).to_string()).collect();
        assert!(names.contains(&name), "{name} is left for {names:?}");
    }
    let mut whole = Stage::new(120, 40);
    assert_eq!(all(&mut stage), all(whole.keys("b")), "whatever the order");
    assert!(!stage.app.take_dirty(), "nothing is drawn when nothing changed");
}

#[test]
fn what_is_read_of_an_incident_stays_when_mail_comes() {
    let messages = demo_messages();
    let mut stage = empty();
    stage.bring(&messages);
    stage.keys("b<tab>");
    let read = stage.app.opened.id().expect("a delivery");
    let uid = read.message.uid;
    let mut newer: KeptMessage =
        messages.iter().find(|message| message.uid == uid).expect("its message").clone();
    newer.uid = 99_999;
    for delivery in &mut newer.deliveries {
        delivery.row.time = Some("2026-12-01T00:00:00Z".parse().expect("a time"));
    }
    stage.bring(&[newer]);
    stage.settle();
    assert_eq!(stage.app.opened.id(), Some(read));
    stage.keys("<esc>");
    let selected = stage.app.list.selected().expect("a delivery");
    assert_eq!(selected.message.uid, 99_999, "then the newest is shown");
}

#[test]
fn a_filter_narrows_the_incidents_and_what_is_gone_leaves_them() {
    let mut stage = Stage::new(120, 40);
    let before = all(stage.keys("b"));
    stage.keys("/who:us<enter>");
    let ours = all(&mut stage);
    assert!(!ours.is_empty() && ours.len() < before.len());
    let incidents = stage.app.list.groups().expect("incidents");
    assert!(incidents.iter().all(|(_, one)| one.party == Some(Party::OurSystem)));
    stage.keys("<esc>");
    assert_eq!(all(&mut stage), before);
    let messages = demo_messages();
    let (gone, left): (Vec<KeptMessage>, Vec<KeptMessage>) =
        messages.iter().cloned().partition(|message| message.uid % 2 == 0);
    let gone: Vec<u32> = gone.iter().map(|message| message.uid).collect();
    stage.at_the_desk(|desk| desk.remove(0, &gone));
    stage.settle();
    let mut fresh = empty();
    fresh.bring(&left);
    assert_eq!(all(&mut stage), all(fresh.keys("b")));
    stage.at_the_desk(|desk| desk.reset(0));
    stage.settle();
    assert_eq!((stage.app.list.len(), stage.app.list.deliveries()), (0, 0));
    stage.bring(&messages);
    stage.settle();
    assert_eq!(all(&mut stage), before, "and come again");
}

#[test]
fn the_numbers_are_those_of_the_command_line() {
    let mut demo = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo")).expect("it")
    {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "mbox") {
            demo.push(path);
        }
    }
    let config = tempfile::NamedTempFile::new().expect("room");
    let ours = format!("[ours]\n{}", deadletter::source::demo::OURS);
    std::fs::write(config.path(), ours).expect("room");
    let output = Command::new(env!("CARGO_BIN_EXE_deadletter"))
        .args(["list", "--incidents", "--format", "jsonl", "--config"])
        .arg(config.path())
        .args(demo)
        .output()
        .expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut listed = BTreeMap::new();
    for line in String::from_utf8(output.stdout).expect("text").lines() {
        let one: serde_json::Value = serde_json::from_str(line).expect("an object");
        let name = one["incident"].as_str().expect("a name").to_owned();
        listed.insert(name, one["count"].as_u64().expect("a number"));
    }
    let shown: BTreeMap<String, u64> = all(Stage::new(120, 40).keys("b")).into_iter().collect();
    assert_eq!(shown, listed);
}
