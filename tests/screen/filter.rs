//! The filter on the screen: errors with their place, candidates with counts, narrowing.

use crate::stage::Stage;

/// A line of the screen, counted from the bottom.
fn from_bottom(stage: &Stage, at: usize) -> String {
    let text = stage.text();
    text.lines().rev().nth(at).unwrap_or_default().trim_end().to_owned()
}

/// The filter and what passes, as the header says them.
fn header(stage: &Stage) -> String {
    let text = stage.text();
    let line = text.lines().next().unwrap_or_default();
    line.split_once('/').map_or_else(String::new, |(_, rest)| rest.trim_end().to_owned())
}

#[test]
fn what_is_no_filter_leaves_the_last_one_and_is_told() {
    let mut stage = Stage::new(120, 40);
    let narrowed = header(stage.keys("/who:us"));
    assert!(narrowed.starts_with("who:us · "), "{narrowed}");
    stage.keys(" -");
    assert_eq!(header(&stage), narrowed, "the last good one");
    stage.keys("<backspace>nope:x");
    let error = from_bottom(&stage, 1);
    // The line begins in the fourth column.
    assert_eq!(error.chars().position(|c| c == '▾'), Some(3 + "who:us ".len()), "{error}");
    assert!(error.contains("no field nope; there are status, code"), "{error}");
    stage.keys("<enter>");
    assert_eq!(from_bottom(&stage, 0), " / who:us nope:x", "it stays to be mended");
    stage.keys("<ctrl-u>");
    assert_eq!((header(&stage), from_bottom(&stage, 0)), (String::new(), " /".to_owned()));
    stage.keys("who:sender<enter>/(<esc>");
    assert!(header(&stage).starts_with("who:sender · "), "what was before");
    for columns in [60, 80] {
        let mut stage = Stage::new(columns, 20);
        stage.keys("/who:us oak elm yew birch mailbox full blocklist nope:x");
        assert!(from_bottom(&stage, 1).contains('▾'), "{}", stage.text());
        assert!(from_bottom(&stage, 1).contains("no field nope"), "{}", stage.text());
    }
}

#[test]
fn tab_completes_and_counts() {
    let mut stage = Stage::new(120, 40);
    stage.keys("/wh<tab>");
    assert_eq!(from_bottom(&stage, 0), " / who:");
    stage.keys("<tab>");
    let (first, offers) = (from_bottom(&stage, 0), from_bottom(&stage, 1));
    let (name, count) = offers.trim().split_once(' ').expect("a count");
    assert_eq!(first, format!(" / who:{name}"));
    let count = count.split(' ').next().expect("a count");
    assert!(header(&stage).contains(&format!("· {count} of ")), "{offers}: {}", header(&stage));
    stage.keys("<tab>");
    assert_ne!(from_bottom(&stage, 0), first, "the next");
    stage.keys("<enter>");
    assert!(header(&stage).starts_with("who:"), "{}", stage.text());
}

#[test]
fn a_row_narrows_and_widens() {
    let mut stage = Stage::new(120, 40);
    stage.keys("fw");
    assert!(header(&stage).starts_with("who:us · "), "{}", header(&stage));
    stage.keys("fs");
    assert!(header(&stage).starts_with("who:us status:5.7.1 · "), "{}", header(&stage));
    stage.keys("fw");
    assert!(header(&stage).starts_with("status:5.7.1 · "), "{}", header(&stage));
    stage.keys("fw/<ctrl-u><backspace>");
    assert!(header(&stage).starts_with("status:5.7.1 · "), "the last term has gone");
    stage.keys("/<ctrl-u><up>");
    assert_eq!(from_bottom(&stage, 0), " / status:5.7.1 who:us", "an earlier one");
    stage.keys("<esc>fs");
    assert_eq!(header(&stage), "");
}
