//! The pages of `explain`, of every message of the corpus, in every language, narrow and wide.

use std::sync::Arc;

use deadletter::bounce::Depth;
use deadletter::diagnosis::Language;
use deadletter::diagnosis::Rules;
use deadletter::engine::{Judge, Understood};
use deadletter::export::Explained;
use deadletter::export::text::{Style, page};
use deadletter::layout::width;

use crate::fixtures::{Fixture, fixtures, ours};

/// The page of a message.
fn explained(fixture: &Fixture, language: Language, style: Style) -> String {
    let raw = fixture.raw();
    let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::new(ours()) };
    let Understood { bounce, diagnosis, inspection } =
        judge.understand_with(&raw, Depth::Inspect).expect("no fault");
    page(
        &Explained {
            file: &fixture.name,
            bounce: &bounce,
            inspection: &inspection,
            diagnosis: &diagnosis,
            ours: &judge.ours,
            language,
            size: usize::MAX,
        },
        style,
    )
}

/// What is wrong with a page.
fn wrong(text: &str, style: Style) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        // Commands are copied: they stand on one line, four columns in, and begin with a verb and a
        // hyphen. What is opened or run for a step stands below it, five columns in.
        let command = line.starts_with("    ")
            && line.trim_start().split(' ').next().is_some_and(|w| w.contains('-'));
        let way = line.starts_with("     ");
        if width(line) > style.width && !command && !way {
            wrong.push(format!("{} columns: {line}", width(line)));
        }
        if line.ends_with(' ') {
            wrong.push(format!("a blank at the end: {line:?}"));
        }
        if at > 0 && line.is_empty() && lines[at - 1].is_empty() {
            wrong.push(format!("two empty lines at {at}"));
        }
    }
    wrong
}

#[test]
fn pages_keep_to_their_width_and_are_set_evenly() {
    let mut found = Vec::new();
    for fixture in fixtures() {
        for (language, columns) in Language::ALL.iter().zip([80, 40, 100, 62, 80]) {
            let style = Style { width: columns, ascii: columns == 62 };
            let text = explained(&fixture, *language, style);
            let here = wrong(&text, style);
            found.extend(
                here.into_iter()
                    .take(2)
                    .map(|w| format!("{} {} {columns}: {w}", fixture.name, language.slug())),
            );
        }
    }
    assert!(found.is_empty(), "{}\n{}", found.len(), found[..found.len().min(40)].join("\n"));
}

fn page_of(name: &str) -> String {
    let fixture = fixtures().into_iter().find(|fixture| fixture.name == name).expect("a message");
    explained(&fixture, Language::En, Style { width: 80, ascii: true })
}

#[test]
fn the_network_is_a_station_where_it_must_act() {
    let page = page_of("exim/mx-points-to-nonexistent-hosts");
    assert!(
        page.contains(
            "--> [the network or DNS in between: MUST ACT]\n  -x-> zaliasis-sodas.example\n"
        ),
        "{page}"
    );
}

#[test]
fn mail_that_only_bears_our_address_has_no_way_through_us() {
    let page = page_of("exim/backscatter-forged-invoice");
    assert!(
        !page.contains("-->") && page.contains("\nReport about mail we never sent\n"),
        "{page}"
    );
}

/// What a server answered is told once; what nobody read stays visible.
#[test]
fn answers_that_were_read_are_not_among_what_was_not_understood() {
    let delayed = "kinds/delay-exchange-with-last-error";
    for name in ["exchange-online/mailbox-full-storedrv", "postfix/typo-in-local-part", delayed] {
        let page = page_of(name);
        assert!(!page.contains("Not understood"), "{page}");
    }
    let page = page_of(delayed);
    assert!(
        page.contains("\n  Last real error    441 4.4.1 Error communicating with target host"),
        "{page}"
    );
    let page = page_of("powermta/bad-mailbox");
    assert!(page.contains("Not understood\n  X-PowerMTA-VirtualMTA: birch-newsletter"), "{page}");
}
