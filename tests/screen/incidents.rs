//! The list by incidents.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use deadletter::config::{Highlight, Theme};
use deadletter::listing::{MessageId, Row, Update};
use deadletter::ui::Look;

use crate::stage::{Stage, demo_rows};

fn empty() -> Stage {
    Stage::empty(120, 40, Look::new(Theme::Default, false, Highlight::Row))
}

/// The name and the size of every incident in the list, from the first on.
fn all(stage: &mut Stage) -> Vec<(String, u64)> {
    stage.resize(120, 400);
    let mut found = Vec::new();
    for (_, incident) in stage.app.list.incidents() {
        found.push((incident.id().to_string(), incident.count));
    }
    assert_eq!(found.len(), stage.app.list.len(), "there is room for all of them");
    found
}

fn under_the_cursor(stage: &Stage) -> String {
    let at = stage.app.list.position().expect("an incident");
    let (_, incident) =
        stage.app.list.incidents().find(|(place, _)| *place == at).expect("on the screen");
    incident.id().to_string()
}

#[test]
fn the_list_goes_round_and_says_how_many() {
    let mut stage = Stage::new(120, 40);
    let before = stage.text();
    let text = stage.keys("b").text();
    assert!(text.contains("WHAT") && text.contains(" incidents of "), "{text}");
    assert!(text.contains("us ") && text.contains("sender "), "who must act: {text}");
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
    let what = stage.app.list.incident().map(|one| stage.app.list.words().incident(one));
    let what: String = what.expect("it is open").chars().take(20).collect();
    assert!(text.lines().next().is_some_and(|head| head.contains(&what)), "{what}: {text}");
    for at in 0..stage.app.list.len() {
        let one = stage.app.list.at(at).expect("a row");
        assert_eq!((one.party, one.kind), (row.party, row.kind));
    }
    stage.keys("<enter>");
    assert!(stage.app.full, "a delivery opens as ever");
    stage.keys("<esc><esc>");
    assert!(stage.app.list.grouped());
    assert_eq!(under_the_cursor(&stage), name);
}

#[test]
fn the_cursor_stays_on_its_incident_while_mail_comes() {
    let rows = demo_rows();
    let mut stage = empty();
    let half = rows.len() / 2;
    stage.hear(Update::Rows(rows[..half].to_vec()));
    stage.keys("bjjj");
    let name = under_the_cursor(&stage);
    for row in &rows[half..] {
        stage.hear(Update::Rows(vec![row.clone()]));
        stage.settle();
        let at = stage.app.list.position().expect("an incident");
        let (_, incident) =
            stage.app.list.incidents().find(|(place, _)| *place == at).expect("on the screen");
        let names: BTreeSet<String> = incident.causes.iter().map(ToString::to_string).collect();
        assert!(names.contains(&name), "{name} is left for {names:?}");
    }
    let mut whole = Stage::new(120, 40);
    assert_eq!(all(&mut stage), all(whole.keys("b")), "whatever the order");
    assert!(!stage.app.take_dirty(), "nothing is drawn when nothing changed");
}

#[test]
fn what_is_read_of_an_incident_stays_when_mail_comes() {
    let rows = demo_rows();
    let mut stage = empty();
    stage.hear(Update::Rows(rows[1..].to_vec()));
    stage.keys("b<tab>");
    let read = stage.app.opened.id();
    let newer: Vec<Row> = rows
        .iter()
        .filter(|row| Some(row.id) == read)
        .map(|row| {
            let mut newer = row.clone();
            newer.id.message.uid = 99_999;
            newer.time = Some("2026-12-01T00:00:00Z".parse().expect("a time"));
            newer
        })
        .collect();
    assert_eq!(newer.len(), 1);
    stage.hear(Update::Rows(newer.clone()));
    stage.settle();
    assert_eq!(stage.app.opened.id(), read);
    stage.keys("<esc>");
    assert_eq!(stage.app.list.selected(), Some(newer[0].id), "then the newest is shown");
}

#[test]
fn a_filter_narrows_the_incidents_and_what_is_gone_leaves_them() {
    let mut stage = Stage::new(120, 40);
    let before = all(stage.keys("b"));
    stage.keys("/who:us<enter>");
    let ours = all(&mut stage);
    assert!(!ours.is_empty() && ours.len() < before.len());
    assert!(stage.app.list.incidents().all(|(_, one)| one.cause.party.label() == "us"));
    stage.keys("<esc>");
    assert_eq!(all(&mut stage), before);
    let rows = demo_rows();
    let gone: BTreeSet<MessageId> =
        rows.iter().map(|row| row.id.message).filter(|id| id.uid % 2 == 0).collect();
    let left: Vec<Row> =
        rows.iter().filter(|row| !gone.contains(&row.id.message)).cloned().collect();
    stage.hear(Update::Gone(gone));
    stage.settle();
    let mut fresh = empty();
    fresh.hear(Update::Rows(left));
    assert_eq!(all(&mut stage), all(fresh.keys("b")));
    stage.hear(Update::Reset(0));
    stage.settle();
    assert_eq!((stage.app.list.len(), stage.app.list.deliveries()), (0, 0));
    stage.hear(Update::Rows(rows));
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
