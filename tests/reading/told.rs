//! What a report tells besides its deliveries: its own words, ids, the envelope.

use std::sync::Arc;

use crate::fixtures::{Fixture, fixtures, ours};
use deadletter::bounce::told::TextBlock;
use deadletter::bounce::{Bounce, Depth, Inspection, read_with};
use deadletter::diagnosis::{Case, Language, Rules, diagnose, guidance};
use deadletter::engine::{Judge, Understood};
use deadletter::export::Explained;
use deadletter::export::json::Record;
use deadletter::listing::{Extent, MessageId};
use deadletter::mail::SafeText;
use deadletter::page::{Block, Page};
use serde_json::Value;

fn fixture(name: &str) -> Fixture {
    fixtures().into_iter().find(|fixture| fixture.name == name).expect("a message")
}

fn read(name: &str) -> (Bounce, Inspection) {
    read_with(&fixture(name).raw(), Depth::Inspect)
}

fn words(blocks: &[TextBlock]) -> String {
    let lines: Vec<&str> = blocks.iter().flat_map(|b| &b.lines).map(SafeText::as_str).collect();
    lines.join(" | ")
}

/// The text of a page, block by block.
fn text(page: &Page) -> String {
    let mut text = String::new();
    for block in &page.blocks {
        match block {
            Block::Heading(words) => text.push_str(words),
            Block::Text(paragraph) => text.push_str(&paragraph.text),
            Block::Steps(steps) => {
                for step in steps {
                    text.push_str(&step.text);
                    text.push('\n');
                }
            }
            Block::Fields(fields) => {
                for field in fields {
                    for part in [&field.name, ": ", &field.value, "\n"] {
                        text.push_str(part);
                    }
                }
            }
            _ => {}
        }
        text.push('\n');
    }
    text
}

/// The User and the Admin view of the first delivery.
fn views(name: &str, language: Language) -> [String; 2] {
    let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::new(ours()) };
    let detail = judge.detail(MessageId::default(), &fixture(name).raw(), Extent::Whole);
    let detail = detail.expect("no fault");
    let case: Case<'_> = detail.case(0).expect("a delivery");
    let told = guidance(language, &case);
    let user = deadletter::page::user(&detail, Some(&case), &told, 0, language);
    [text(&user), text(&deadletter::page::admin(&detail, Some(&case), language))]
}

fn json(name: &str) -> Value {
    let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::new(ours()) };
    let understood = judge.understand_with(&fixture(name).raw(), Depth::Words).expect("no fault");
    let Understood { bounce, diagnosis, inspection } = &understood;
    let explained = Explained {
        file: name,
        bounce,
        inspection,
        diagnosis,
        ours: &judge.ours,
        language: Language::En,
        size: usize::MAX,
    };
    let mut out = Vec::new();
    Record::of(&explained).write(&mut out).expect("written");
    serde_json::from_slice(&out).expect("JSON")
}

/// What the worked example tells the sender, in the words of its five languages: to reach the
/// recipient another way, and that the server has to accept anonymous mail.
const WAYS: [(&str, &str, &str); 5] = [
    ("en", "another way", "accept anonymous messages"),
    ("pl", "w inny sposób", "przyjmować anonimowe wiadomości"),
    ("it", "in altro modo", "accettare messaggi anonimi"),
    ("nb", "på en annen måte", "godta anonyme meldinger"),
    ("nl", "op een andere manier", "anonieme berichten"),
];

#[test]
fn the_modern_report_in_five_languages() {
    for (language, another_way, anonymous) in WAYS {
        let (_, Inspection { told, not_understood, .. }) =
            read(&format!("worked/modern-{language}"));
        let (cause, fix, admin) = (words(&told.cause), words(&told.fix), words(&told.admin));
        assert_eq!(told.cause.iter().flat_map(|b| &b.lines).count(), 3, "{language}: {cause}");
        assert!(cause.contains("oak.example") && !cause.contains("Office 365"), "{cause}");
        assert!(fix.contains(another_way) && fix.contains(anonymous), "{language}: {fix}");
        assert!(!fix.contains("Microsoft") && !cause.contains(another_way), "{language}: {fix}");
        assert!(admin.contains("550 5.7.1") && !admin.contains("marta.nowak@"), "{admin}");
        let link = told.link.as_deref();
        assert_eq!(link, Some("https://go.microsoft.com/fwlink/?LinkId=389361"), "{language}");
        assert!(not_understood.is_empty(), "{language}: {not_understood:?}");
    }
}

#[test]
fn the_legacy_report_in_five_languages() {
    for (language, another_way, _) in WAYS {
        let (bounce, Inspection { told, .. }) = read(&format!("worked/legacy-{language}"));
        let cause = words(&told.cause);
        assert!(cause.contains("Roland Weber <roland.weber@oak.example>"), "{language}: {cause}");
        assert!(cause.ends_with('.') && cause.contains(another_way), "{language}: {cause}");
        assert!(!cause.contains("exch1.birch.example"), "{language}: {cause}");
        let recipient = bounce.deliveries[0].recipient.as_deref().expect("a recipient");
        let inner = told.inner_host(recipient).map(SafeText::as_str);
        assert_eq!(inner, Some("exchange.oak.example"), "{language}");
    }
}

#[test]
fn the_views_show_what_sender_and_administrators_were_told() {
    for language in Language::ALL.iter().copied() {
        let [user, admin] = views(&format!("worked/modern-{}", language.slug()), language);
        assert!(user.contains(language.word("told.heading")), "{user}");
        let (_, another_way, _) = WAYS.iter().find(|way| way.0 == language.slug()).expect("one");
        assert!(user.contains(another_way), "{user}");
        assert!(admin.contains(language.word("told.admins")) && admin.contains("LinkId=389361"));
        let red = format!(
            "{}: {}; {}",
            language.word("red.marked"),
            language.word("red.recipient"),
            language.word("red.agree")
        );
        assert!(admin.contains(&red), "{admin}");
        let [_, admin] = views(&format!("worked/legacy-{}", language.slug()), language);
        for expected in ["inner_host", "arrival", "addressed_to"] {
            assert!(admin.contains(&format!("{}: ", language.word(expected))), "{admin}");
        }
        assert!(admin.contains(&format!("5.7.1 ({})", language.word("permanent"))), "{admin}");
        assert!(admin.contains(language.word("addressed.same")), "{admin}");
    }
}

/// Of a report about several each is told what is said about him or her.
#[test]
fn of_several_recipients_each_has_its_own_words() {
    let several = fixtures().into_iter().filter(|fixture| fixture.name.starts_with("several/"));
    let mut checked = 0;
    for fixture in several {
        let (bounce, inspection) = read_with(&fixture.raw(), Depth::Words);
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours());
        for at in 0..bounce.deliveries.len() {
            let ours = ours();
            let case = Case::of(&bounce, &diagnosis, &ours, at).expect("a delivery");
            let page = deadletter::page::told(&inspection.told, Some(&case), Language::En);
            let own = text(&page);
            let about: Vec<&str> =
                inspection.told.cause.iter().filter_map(TextBlock::about).collect();
            let recipient = case.delivery.recipient.as_deref().unwrap_or_default();
            if !about.iter().any(|address| address.eq_ignore_ascii_case(recipient)) {
                continue;
            }
            checked += 1;
            for other in about {
                let mine = other.eq_ignore_ascii_case(recipient)
                    || case.delivery.original_recipient.as_deref() == Some(other);
                assert!(mine || !own.contains(&format!("\n{other}")), "{}: {own}", fixture.name);
            }
        }
    }
    assert!(checked >= 4, "{checked}");
}

/// Whatever mail system wrote a report, its words are there.
#[test]
fn every_report_with_words_tells_them() {
    for fixture in fixtures() {
        let (bounce, inspection) = read_with(&fixture.raw(), Depth::Inspect);
        // Amazon's notifications are no words but JSON.
        let worded = !["hostile/", "ses/"].iter().any(|group| fixture.name.starts_with(group));
        if !worded || !bounce.kind.is_bounce() {
            continue;
        }
        let text = inspection.parts.first().map_or(0, |part| part.end);
        assert!(text < 80 || !inspection.told.is_empty(), "{}", fixture.name);
    }
}

#[test]
fn a_newsletter_is_traced() {
    let told = json("lists/postfix-verp-newsletter");
    assert_eq!(told["envelope_sender"], "bounces+4711-9f3c-ivo.brandt=oak.example@birch.example");
    assert_eq!(told["verp_recipient"], "ivo.brandt@oak.example");
    assert_eq!(told["original_envelope_id"], "spring-issue=7");
    assert_eq!(told["arrival_date"], "2026-05-03T19:14:03Z");
    assert_eq!(told["original"]["list_id"], "news.birch.example");
    assert_eq!(told["recipients"][0]["queue_id"], "4gWq3g6Zr2zPjM");
    assert_eq!(told["told"]["cause"][0], "This is the mail system at host relay1.birch.example.");
}

#[test]
fn every_mail_system_has_its_queue_id() {
    for (name, id) in [
        ("exim/text-forward-mailbox-full", "1wJ6RY-000PjD-zN"),
        ("postfix/old-program-text-headers-only", "-"),
        ("worked/legacy-en", "-"),
    ] {
        let (bounce, _) = read(name);
        let found = bounce.queue_id.as_deref().unwrap_or("-");
        assert!(found == id || id == "-" && !found.contains('.'), "{name}: {found}");
    }
}

#[test]
fn the_worked_example_as_json() {
    let modern = json("worked/modern-en");
    assert_eq!(modern["fix_it"], "recipient");
    assert!(modern["told"]["fix"][0].as_str().is_some_and(|fix| fix.contains("another way")));
    assert!(modern["told"]["admin"].as_array().is_some_and(|lines| lines.len() == 2));
    assert_eq!(modern["told"]["link"], "https://go.microsoft.com/fwlink/?LinkId=389361");
    let legacy = json("worked/legacy-en");
    assert_eq!(legacy["recipients"][0]["inner_host"], "exchange.oak.example");
}
