//! What stands on the screen: snapshots at the sizes people use, every size from nothing up, and
//! what keys do.

use std::sync::Arc;

use crate::stage::Stage;
use crate::svg;
use deadletter::app::Cmd;
use deadletter::config::{Highlight, Theme};
use deadletter::diagnosis::Language;
use deadletter::listing::{Health, Update};
use deadletter::ui::Look;

fn line_with<'t>(text: &'t str, wanted: &str) -> &'t str {
    text.lines()
        .find(|line| line.contains(wanted))
        .unwrap_or_else(|| panic!("\"{wanted}\" is not on\n{text}"))
}

#[test]
fn the_views_at_120x40() {
    let mut stage = Stage::new(120, 40);
    insta::assert_snapshot!("user-120x40", stage.text());
    insta::assert_snapshot!("admin-120x40", stage.keys("2").text());
    insta::assert_snapshot!("hops-120x40", stage.keys("3").text());
    insta::assert_snapshot!("source-120x40", stage.keys("4").text());
    insta::assert_snapshot!("help-120x40", stage.keys("?").text());
}

#[test]
fn the_views_at_80x24() {
    let mut stage = Stage::new(80, 24);
    insta::assert_snapshot!("user-80x24", stage.text());
    insta::assert_snapshot!("admin-80x24", stage.keys("2").text());
    insta::assert_snapshot!("hops-full-80x24", stage.keys("3<enter>").text());
    insta::assert_snapshot!("source-full-80x24", stage.keys("<esc>o").text());
}

#[test]
fn everything_is_there_at_60x20() {
    let mut stage = Stage::new(60, 20);
    insta::assert_snapshot!("list-60x20", stage.text());
    insta::assert_snapshot!("user-60x20", stage.keys("<enter>").text());
    insta::assert_snapshot!("hops-60x20", stage.keys("3").text());
    insta::assert_snapshot!("help-60x20", stage.keys("?").text());
}

#[test]
fn without_colours_and_beyond_ascii_nothing_is_lost() {
    let look = Look::new(Theme::Mono, true, Highlight::Marker);
    let mut stage = Stage::with_look(120, 40, look);
    insta::assert_snapshot!("user-ascii-120x40", stage.text());
    for view in ["1", "2", "3"] {
        let text = stage.keys(view).text();
        let own: String =
            text.lines().map(|line| line.chars().take(57).collect::<String>()).collect();
        assert!(own.is_ascii(), "{own}");
    }
    assert!(stage.buffer().content.iter().all(|cell| cell.fg == ratatui::style::Color::Reset));
    assert!(
        line_with(&stage.text(), "must act").contains('='),
        "the responsible field is drawn heavy"
    );
}

#[test]
fn no_size_is_too_small_to_survive() {
    for views in ["", "2", "3", "4", "?", "!", "<enter>", "<enter>2", "/x", "y", "gt", "ys"] {
        let mut stage = Stage::new(120, 40);
        stage.keys(views);
        for columns in 0..=42 {
            for rows in 0..=12 {
                stage.resize(columns, rows);
                if (4..40).contains(&columns) && rows > 0 {
                    let wanted = &"too small"[..usize::from(columns.min(3))];
                    assert!(stage.text().contains(wanted), "{columns}x{rows}: {}", stage.text());
                }
            }
        }
        for size in [(79, 19), (80, 20), (109, 16), (110, 16), (300, 100)] {
            stage.resize(size.0, size.1);
        }
    }
}

#[test]
fn the_filter_narrows_while_it_is_typed_and_comes_off() {
    let mut stage = Stage::new(120, 40);
    let all = line_with(&stage.text(), "deliveries").to_owned();
    stage.keys("/mailbox full");
    let shown = stage.text();
    assert!(line_with(&shown, "shown").contains("/mailbox full"), "{shown}");
    let list: Vec<String> =
        shown.lines().skip(2).map(|line| line.chars().take(56).collect()).collect();
    assert!(
        list.iter()
            .filter(|l| l.contains("5.") || l.contains("4."))
            .all(|l| l.contains("mailbox full") || l.contains("not sent by us")),
        "{shown}"
    );
    stage.keys("<enter>");
    assert!(line_with(&stage.text(), "shown").contains("/mailbox full"));
    assert_eq!(line_with(stage.keys("<esc>").text().as_str(), "deliveries"), all);
    stage.keys("/nothing like this<enter>");
    assert!(stage.text().contains("nothing contains \"nothing like this\""));
    stage.keys("<esc>/oak<esc>");
    assert_eq!(
        line_with(&stage.text(), "deliveries"),
        all,
        "Esc while typing brings back what was"
    );
}

/// One key shows the parts of a message as text, and again as they came.
#[test]
fn the_source_is_decoded_and_back() {
    let mut stage = Stage::new(120, 60);
    let decoded = stage.keys("t").text();
    assert!(decoded.contains("[4 Source]"), "from any view: {decoded}");
    assert!(decoded.contains("decoded: t as it came"), "{decoded}");
    assert!(decoded.contains("[1] text/plain, us-ascii"), "{decoded}");
    let raw = stage.keys("t").text();
    assert!(raw.contains("t decodes") && !raw.contains("[1] text/plain"), "{raw}");
    assert!(stage.keys("1t").text().contains("[1] text/plain"), "from another view it is decoded");
}

#[test]
fn queue_ids_and_senders_are_found() {
    let mut stage = Stage::new(120, 40);
    let all = line_with(&stage.text(), "deliveries").to_owned();
    let shown = stage.keys("/4g8C8N4ZsBz19w6x<enter>").text();
    assert!(line_with(&shown, "shown").contains("2 of"), "two of one message: {shown}");
    let shown = stage.keys("<esc>/from:birch.example<enter>").text();
    assert!(line_with(&shown, "shown") != all, "{shown}");
}

#[test]
fn a_row_filters_for_its_own_values() {
    let mut stage = Stage::new(120, 40);
    stage.keys("fw");
    assert!(line_with(&stage.text(), "shown").contains("/who:us"));
    stage.keys("<esc>fs");
    assert!(line_with(&stage.text(), "shown").contains("/status:5.7.1"));
}

#[test]
fn the_evidence_is_gone_to() {
    let mut stage = Stage::new(120, 40);
    let text = stage.keys("ge").text();
    assert!(text.contains("[2 Admin]") && text.contains("Evidence: "), "{text}");
    let pane: String =
        text.lines().map(|line| line.chars().skip(58).collect::<String>() + "\n").collect();
    let marked = line_with(&pane, "▌ ");
    assert!(
        marked.contains("550") || marked.contains("554") || marked.contains("host"),
        "{marked}"
    );
}

#[test]
fn languages_go_round_and_the_indicator_with_them() {
    let mut stage = Stage::new(120, 40);
    assert!(stage.text().contains("Our administrators must act."));
    let mut seen = Vec::new();
    for _ in 0..6 {
        let text = stage.keys("L").text();
        seen.push(
            ["pl", "it", "nb", "nl", "en"]
                .into_iter()
                .find(|c| text.contains(&format!(" {c} ·")))
                .unwrap_or_else(|| panic!("no code on\n{text}")),
        );
    }
    for code in ["pl", "it", "nb", "nl", "en"] {
        assert!(seen.contains(&code), "{code} is missing in {seen:?}");
    }
}

/// Turns the language until it is this one.
fn speak(stage: &mut Stage, language: Language) {
    for _ in Language::ALL {
        if stage.app.language() == language {
            return;
        }
        stage.keys("L");
    }
    assert_eq!(stage.app.language(), language);
}

#[test]
fn the_views_speak_every_language() {
    let mut stage = Stage::new(120, 40);
    speak(&mut stage, Language::Pl);
    insta::assert_snapshot!("admin-pl-120x40", stage.keys("2").text());
    speak(&mut stage, Language::Nl);
    insta::assert_snapshot!("hops-nl-120x40", stage.keys("3").text());
    for language in Language::ALL {
        speak(&mut stage, *language);
        for (key, view, words) in [
            ("1", "view.user", ["what_to_do", "list.age", "list.who"]),
            ("2", "view.admin", ["generating_server", "reply_code", "list.reason"]),
            ("3", "view.hops", ["way.time", "way.total", "list.recipient"]),
            ("4", "view.source", ["field.sender", "list.age", "list.status"]),
        ] {
            let text = stage.keys(key).text();
            assert!(text.contains(&format!("[{key} {}]", language.word(view))), "{text}");
            for word in words {
                assert!(text.contains(language.word(word)), "{word} is not on\n{text}");
            }
        }
    }
}

#[test]
fn a_page_is_made_when_it_changes_and_not_for_a_frame() {
    let mut stage = Stage::new(120, 40);
    let page = Arc::clone(stage.app.shown.page());
    for keys in ["<tab>jjkk", "<enter>", "<esc>", "?<esc>", "/relay<esc>"] {
        stage.keys(keys).resize(121, 40).resize(120, 40);
        assert!(Arc::ptr_eq(&page, stage.app.shown.page()), "{keys} make it anew");
    }
    for keys in ["L", "2", "3", "4", "1", "j"] {
        let before = Arc::clone(stage.app.shown.page());
        stage.keys(keys);
        assert!(!Arc::ptr_eq(&before, stage.app.shown.page()), "{keys} change it");
    }
}

#[test]
fn copying_hands_over_what_it_says() {
    let mut stage = Stage::new(120, 40);
    let address =
        stage.app.list.current().and_then(|row| row.recipient.clone()).expect("an address");
    stage.keys("ya");
    assert_eq!(stage.asked.pop(), Some(Cmd::Copy(address.to_string())));
    stage.keys("yu");
    let Some(Cmd::Copy(text)) = stage.asked.pop() else { panic!("nothing copied") };
    assert!(text.contains("What to do\n1. "), "{text}");
    stage.keys("yx");
    assert!(stage.text().contains("no action on that key after y"));
}

#[test]
fn refused_keys_say_why() {
    let mut stage = Stage::new(120, 40);
    for (keys, why) in [("n", "search with / in a view first"), ("gt", "")] {
        stage.keys("g<esc>").keys(keys);
        let last = stage.text().lines().last().expect("a line").to_owned();
        assert!(why.is_empty() || last.contains(why), "{keys}: {last}");
        stage.keys("<esc>");
    }
}

#[test]
fn the_questions_about_571_can_be_walked_through() {
    let mut stage = Stage::new(120, 40);
    let text = stage.keys("gt").text();
    assert!(
        text.contains("5.7.1: which of these is it?")
            && text.contains("This is where the report leads:")
            && text.contains("The message says yes: "),
        "{text}"
    );
    let other = stage.keys("k").text();
    assert!(!other.contains("This is where the report leads:"), "{other}");
    assert!(!stage.keys("<esc>").text().contains("which of these"));
}

#[test]
fn a_search_in_a_view_goes_from_hit_to_hit() {
    let mut stage = Stage::new(80, 24);
    stage.keys("4<enter>/received<enter>");
    let first = stage.text();
    assert!(line_with(&first, "hits").contains("\"received\""));
    stage.keys("n");
    assert_ne!(stage.text(), first);
    stage.keys("N");
    assert_eq!(stage.text(), first);
}

#[test]
fn the_list_fills_while_it_is_read_and_tells_how_far() {
    let mut stage = Stage::empty(120, 40, Look::new(Theme::Default, false, Highlight::Row));
    assert!(stage.settle().text().contains("the first deliveries appear as they are read"));
    stage.hear(Update::Health(0, Health::Fetching { done: 640, total: 1284 }));
    assert!(line_with(&stage.settle().text(), "fetching").contains("640/1,284 ▓▓▓▓░░░░░░"));
    stage.hear(Update::Health(
        0,
        Health::Waiting { seconds: 8, why: "the server closed the connection".into() },
    ));
    let text = stage.settle().text();
    assert!(
        text.contains("reconnecting in 7 s") && text.contains("the server closed the connection"),
        "{text}"
    );
    stage.hear(Update::Health(0, Health::Stopped("login refused; run `deadletter check`".into())));
    let text = stage.settle().text();
    assert!(
        line_with(&text, "login refused").contains('!') || text.contains("! login refused"),
        "{text}"
    );
    stage.keys("j");
    assert!(
        stage.keys("!").text().contains("login refused; run `deadletter check`"),
        "it can be read again"
    );
}

#[test]
fn the_pictures_in_the_documents_are_fresh() {
    let mut stage = Stage::new(120, 40);
    let pictures = [
        ("user", stage.buffer().clone()),
        ("admin", stage.keys("2").buffer().clone()),
        ("hops", stage.keys("3").buffer().clone()),
        ("small", Stage::new(80, 24).buffer().clone()),
        ("incidents", Stage::new(120, 40).keys("b").buffer().clone()),
        ("incidents-small", Stage::new(80, 24).keys("b").buffer().clone()),
    ];
    for (name, buffer) in pictures {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("screenshots")
            .join(format!("{name}.svg"));
        let fresh = svg::draw(&buffer);
        if std::env::var_os("UPDATE_SCREENSHOTS").is_some() {
            std::fs::write(&path, &fresh).expect("a picture");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == fresh,
            "screenshots/{name}.svg is not what the screen shows; UPDATE_SCREENSHOTS=1 draws it anew"
        );
    }
}
