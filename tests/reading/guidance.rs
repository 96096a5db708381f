//! The texts of the guidance: five languages that say the same, of which nothing is missing and
//! nothing stands in vain.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::fixtures::{fixtures, ours};
use deadletter::bounce::{self, FeedbackType, Kind};
use deadletter::diagnosis::Rules;
use deadletter::diagnosis::guidance::{of_branch, of_kind};
use deadletter::diagnosis::language::{Advice, Entry};
use deadletter::diagnosis::remedy::Remedy;
use deadletter::diagnosis::rules::BUILT_IN;
use deadletter::diagnosis::steps::guidance_of;
use deadletter::diagnosis::tree571::{Branch, Question, Tree};
use deadletter::diagnosis::values::Values;
use deadletter::diagnosis::{Backscatter, Case, Guidance, Language, Reason, diagnose, guidance};
use regex::Regex;

/// Whole texts that are the same in English and in another language, because they are names or the
/// words coincide.
const SAME: [&str; 7] = ["Message-ID", "Status", "STATUS", "TREND", "Admin", "?", "spf/dkim/dmarc"];

/// Words whose names the code puts together: of a party, of a ground and so on.
const FAMILIES: [&str; 13] = [
    "acts.",
    "beyond.",
    "branch.",
    "confidence.",
    "conflict.",
    "ground.",
    "kind.",
    "part.",
    "question.",
    "red.",
    "short.",
    "view.",
    "who.",
];

/// What words may stand for besides the values of a delivery.
const FILLED: [&str; 9] =
    ["n", "total", "part", "time", "before", "age", "language", "command", "sign"];

/// The texts of an entry, each with the name of its place.
fn texts(entry: &Entry) -> Vec<(String, &str)> {
    fn advice<'e>(who: &str, advice: &'e Advice, all: &mut Vec<(String, &'e str)>) {
        all.push((format!("{who}.cause"), &advice.cause));
        all.extend(
            advice
                .steps
                .iter()
                .enumerate()
                .map(|(at, step)| (format!("{who}.steps[{at}]"), step.as_str())),
        );
    }
    let mut all = vec![("label".to_owned(), entry.label.as_str())];
    all.extend(entry.why.iter().map(|why| ("why".to_owned(), why.as_str())));
    advice("user", &entry.user, &mut all);
    advice("admin", &entry.admin, &mut all);
    if let Some(owner) = &entry.owner {
        advice("owner", owner, &mut all);
    }
    all
}

/// Every text of a language, entries and words, by name. Commands are the same everywhere and stand
/// apart.
fn all_texts(language: Language) -> BTreeMap<String, &'static str> {
    let entries = language.entries().iter().flat_map(|(key, entry)| {
        texts(entry).into_iter().map(move |(place, text)| (format!("{key} {place}"), text))
    });
    let actions = Remedy::ALL
        .iter()
        .map(move |action| (format!("action {action}"), language.action(*action)));
    entries
        .chain(actions)
        .chain(language.words().iter().map(|(key, text)| (format!("words.{key}"), text.as_str())))
        .collect()
}

fn placeholders(text: &str) -> BTreeSet<String> {
    static BRACES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\{([^{}]*)\}").expect("a pattern"));
    BRACES.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

#[test]
fn five_languages_have_the_same_texts_with_the_same_values() {
    let english = all_texts(Language::En);
    assert!(english.len() > 700, "{} texts", english.len());
    for language in Language::ALL.iter().copied() {
        let texts = all_texts(language);
        let (have, want): (BTreeSet<_>, BTreeSet<_>) =
            (texts.keys().collect(), english.keys().collect());
        let differ: Vec<_> = have.symmetric_difference(&want).collect();
        assert!(differ.is_empty(), "{}: only here or only in English: {differ:?}", language.slug());
        for (name, text) in &texts {
            assert!(!text.trim().is_empty(), "{} {name} is empty", language.slug());
            assert_eq!(
                text.trim(),
                *text,
                "{} {name} begins or ends with a blank",
                language.slug()
            );
            assert_eq!(
                placeholders(text),
                placeholders(english[name]),
                "{} {name}",
                language.slug()
            );
        }
        for (key, entry) in language.entries() {
            assert_eq!(
                entry.commands,
                Language::En.entries()[key].commands,
                "{} {key}",
                language.slug()
            );
        }
    }
}

#[test]
fn every_placeholder_has_a_value() {
    for language in Language::ALL.iter().copied() {
        let commands = language.entries().iter().flat_map(|(key, entry)| {
            entry.commands.iter().map(move |command| (format!("{key} commands"), command.as_str()))
        });
        for (name, text) in all_texts(language).into_iter().chain(commands) {
            let word = name.starts_with("words.");
            let known = |p: &str| Values::NAMES.contains(&p) || word && FILLED.contains(&p);
            let unknown: Vec<_> = placeholders(text).into_iter().filter(|p| !known(p)).collect();
            // PowerShell's own braces stand in commands only.
            let own = name.ends_with("commands") && unknown.iter().all(|p| p.contains('$'));
            assert!(unknown.is_empty() || own, "{} {name}: {unknown:?}", language.slug());
        }
    }
}

/// A sentence that nobody translated.
#[test]
fn no_sentence_is_left_in_another_language() {
    let sentences = |language: Language| {
        let texts = all_texts(language);
        let split = |(name, text): (String, &'static str)| {
            text.split(". ")
                .map(move |sentence| (sentence.trim_end_matches('.'), name.clone()))
                .collect::<Vec<_>>()
        };
        texts.into_iter().flat_map(split).collect::<Vec<_>>()
    };
    let all: Vec<_> = Language::ALL.iter().map(|l| (*l, sentences(*l))).collect();
    let mut left = Vec::new();
    for (at, (language, ours)) in all.iter().enumerate() {
        for (other, theirs) in &all[at + 1..] {
            let known: BTreeSet<&str> = ours.iter().map(|(sentence, _)| *sentence).collect();
            // A word or two may coincide: labels of fields, names, codes.
            let same = theirs.iter().filter(|(sentence, _)| {
                known.contains(sentence)
                    && !SAME.contains(sentence)
                    && sentence.split_whitespace().count() > 2
            });
            left.extend(
                same.map(|(s, name)| format!("{}, {} {name}: {s}", language.slug(), other.slug())),
            );
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
    let whole = |language: Language| {
        all_texts(language).into_iter().filter(|(_, text)| !SAME.contains(text))
    };
    let english = all_texts(Language::En);
    for language in &Language::ALL[1..] {
        let same: Vec<_> = whole(*language).filter(|(name, text)| english[name] == *text).collect();
        assert!(same.is_empty(), "{}: {same:?}", language.slug());
    }
}

fn complete(what: &str, told: &Guidance) {
    assert!(!told.label.is_empty(), "{what}: no name");
    for (who, advice) in
        [("user", Some(&told.user)), ("admin", Some(&told.admin)), ("owner", told.owner.as_ref())]
    {
        if let Some(advice) = advice {
            assert!(
                !advice.cause.is_empty() && !advice.steps.is_empty(),
                "{what}: nothing for {who}"
            );
        }
    }
}

#[test]
fn every_reason_rule_branch_and_kind_has_guidance_for_user_and_administrators() {
    for language in Language::ALL.iter().copied() {
        let entries = language.entries();
        let told = |what: &str, key: &str| {
            let entry = entries
                .get(key)
                .unwrap_or_else(|| panic!("{what}: no entry {key} in {}", language.slug()));
            let Entry { user, admin, .. } = entry;
            assert!(
                [user, admin].iter().all(|a| !a.cause.is_empty() && !a.steps.is_empty()),
                "{what}: {key}"
            );
        };
        for reason in Reason::ALL {
            told("reason", reason.slug());
        }
        for branch in Branch::ALL {
            told("branch", branch.slug());
        }
        for rule in BUILT_IN.iter() {
            told(&rule.id, rule.guidance.as_deref().unwrap_or(rule.reason.slug()));
        }
        for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Failure) {
            complete(kind.slug(), &of_kind(language, *kind));
        }
        for feedback in [FeedbackType::NotSpam, FeedbackType::AuthFailure, FeedbackType::OptOut] {
            told("feedback", &format!("kind-arf-{}", feedback.slug()));
        }
        told("backscatter", "kind-backscatter");
        for branch in Branch::ALL {
            assert!(entries[branch.slug()].why.is_some(), "{}: what leads to it?", branch.slug());
        }
    }
}

/// Guidance that the program chooses by what it knows of the hosts.
const BY_HOSTS: [&str; 5] =
    ["kind-backscatter", "delay-deferred", "forwarder", "no_ipv6", "unknown_here"];

#[test]
fn no_entry_stands_in_vain() {
    let mut used: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.slug()).collect();
    used.extend(Branch::ALL.iter().map(|branch| branch.slug()));
    used.extend(BUILT_IN.iter().filter_map(|rule| rule.guidance.as_deref()));
    used.extend(BUILT_IN.iter().filter_map(|rule| guidance_of(rule)));
    let kinds: Vec<String> = Kind::ALL.iter().map(|kind| format!("kind-{}", kind.slug())).collect();
    used.extend(kinds.iter().map(String::as_str).chain(BY_HOSTS));
    let feedback = FeedbackType::ALL.iter().map(|feedback| format!("kind-arf-{}", feedback.slug()));
    let feedback: Vec<String> = feedback.collect();
    used.extend(feedback.iter().map(String::as_str));
    let vain: Vec<_> =
        Language::En.entries().keys().filter(|key| !used.contains(key.as_str())).collect();
    assert!(vain.is_empty(), "nobody asks for {vain:?}");
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_word_is_used_and_every_word_used_is_there() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let source: String =
        files.iter().map(|path| fs::read_to_string(path).expect("a source file")).collect();
    let words = Language::En.words();
    let asked =
        Regex::new(r#"(?:self|language|language\(\))\.word\("([a-z_.]+)"\)"#).expect("a pattern");
    let asked: BTreeSet<&str> =
        asked.captures_iter(&source).map(|c| c.get(1).map_or("", |m| m.as_str())).collect();
    let missing: Vec<_> = asked.iter().filter(|word| !words.contains_key(**word)).collect();
    assert!(missing.is_empty(), "no language has {missing:?}");
    let used = |word: &&String| {
        FAMILIES.iter().any(|family| word.starts_with(family))
            || source.contains(&format!("\"{word}\""))
    };
    let vain: Vec<_> = words.keys().filter(|word| !used(word)).collect();
    assert!(vain.is_empty(), "nobody asks for {vain:?}");
}

/// What the filling of a text may leave behind where a value is not known.
fn seams(text: &str) -> Option<&'static str> {
    let traces = ["  ", " .", " ,", " ;", " :", "()", "( ", " )", "\"\"", "„”", "''"];
    traces.into_iter().find(|trace| text.contains(trace))
}

#[test]
fn texts_read_well_without_their_values() {
    for language in Language::ALL.iter().copied() {
        for (name, text) in all_texts(language) {
            let filled = Values::default().fill(text);
            let seam = seams(&filled);
            // A row of dots and a name that begins with one are no seams.
            let own = [" .com", " .org", " ..."].iter().any(|name| filled.contains(name));
            assert!(seam.is_none() || own, "{} {name}: {seam:?} in {filled}", language.slug());
        }
    }
}

/// The guidance of every message of the corpus, as people get it: whole, and with nothing left to
/// fill in.
#[test]
fn guidance_of_the_corpus_is_filled_in() {
    let ours = ours();
    let names: Vec<String> = Values::NAMES.iter().map(|name| format!("{{{name}}}")).collect();
    let check = |what: &str, told: &Guidance| {
        complete(what, told);
        let owner = told.owner.iter();
        for advice in [&told.user, &told.admin].into_iter().chain(owner) {
            for text in advice.steps.iter().chain([&advice.cause]) {
                assert!(names.iter().all(|name| !text.contains(name)), "{what}: {text}");
            }
        }
        assert!(
            told.commands.iter().all(|c| names.iter().all(|name| !c.contains(name))),
            "{what}: {:?}",
            told.commands
        );
    };
    let (mut told, mut wanted) = (0, 0);
    for fixture in fixtures() {
        let bounce = bounce::read(&fixture.raw());
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        let origin = diagnosis.origin.verdict;
        wanted += diagnosis.verdicts.len().min(20) * Language::ALL.len();
        let cases = (0..20).map_while(|at| Case::of(&bounce, &diagnosis, &ours, at));
        for (case, language) in cases.flat_map(|case| Language::ALL.iter().map(move |l| (case, *l)))
        {
            let what = format!("{} in {}", fixture.name, language.slug());
            let own = guidance(language, &case);
            check(&what, &own);
            if let Some(branch) = own.branch {
                assert!(branch != Branch::NotOurs || origin == Backscatter::Yes, "{what}");
                check(&what, &of_branch(language, branch, &case));
            }
            for step in &own.steps {
                let way = step.way.text();
                assert!(!step.text.is_empty() && !way.is_empty(), "{what}: {}", step.action);
                assert!(names.iter().all(|name| !way.contains(name)), "{what}: {way}");
            }
            told += 1;
        }
    }
    assert_eq!(told, wanted);
}

/// Who got the message is not told that it came back.
#[test]
fn of_one_report_each_recipient_is_told_what_became_of_his() {
    let ours = ours();
    let path = "tests/corpus/several/one-relayed-one-failed.eml";
    let bounce = bounce::read(&fs::read(path).expect("a message"));
    let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
    let labels: Vec<String> = (0..2)
        .filter_map(|at| Case::of(&bounce, &diagnosis, &ours, at))
        .map(|case| guidance(Language::En, &case).label)
        .collect();
    assert_eq!(labels, ["Delivery receipt", "No such mailbox"]);
}

/// The worked example of the articles, in both layouts and all languages: the administrators of the
/// recipient's side must let their server accept anonymous mail, and the sender reaches the
/// recipient another way.
#[test]
fn the_worked_example_says_who_must_change_what() {
    let ours = ours();
    let said = [
        ("en", "accept anonymous mail", "by phone"),
        ("pl", "przyjmować pocztę anonimową", "telefonicznie"),
        ("it", "accettare posta anonima", "per telefono"),
        ("nb", "godta anonym e-post", "Ring mottakeren"),
        ("nl", "anonieme e-mail", "telefonisch"),
    ];
    for fixture in fixtures().into_iter().filter(|f| f.name.starts_with("worked/")) {
        let bounce = bounce::read(&fixture.raw());
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        let case = Case::of(&bounce, &diagnosis, &ours, 0).expect("a delivery");
        for (slug, anonymous, otherwise) in said {
            let language = Language::from_slug(slug).expect("a language");
            let told = guidance(language, &case);
            let what = format!("{} in {slug}: {told:?}", fixture.name);
            assert_eq!(told.branch, Some(Branch::PublicLogin), "{what}");
            assert!(told.admin.steps[0].contains(anonymous), "{what}");
            assert!(told.user.steps[0].contains(otherwise), "{what}");
        }
    }
}

/// Who reads of a failure is not told to wait for a queue that has given up.
#[test]
fn no_failure_is_told_as_a_delay() {
    let entries = Language::En.entries();
    for (key, entry) in entries.iter().filter(|(key, _)| !key.contains("delay")) {
        for (place, text) in texts(entry) {
            let waits = ["tries again by itself", "server tries again", "keeps trying"];
            let found = waits.iter().find(|waits| text.contains(**waits));
            let asked = text.contains("If the report says that delivery is still being tried");
            assert!(found.is_none() || asked, "{key} {place}: {text}");
        }
    }
}

/// A general refusal of a message that failed SPF on its way is a case for the sender's SPF record.
#[test]
fn received_spf_answers_a_question_of_the_571_tree() {
    let report = |spf: &str| {
        format!(
            "From: postmaster@birch.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; exch1.birch.example\n\nFinal-Recipient: rfc822; u@oak.example\nAction: failed\nStatus: 5.7.1\nRemote-MTA: dns; mail.oak.example\nDiagnostic-Code: smtp; 550 5.7.1 Delivery not authorized\n\n--b\nContent-Type: message/rfc822\n\nReceived-SPF: {spf}\nReceived: from pc by exch1.birch.example; Sat, 2 May 2026 11:35:04 +0200\nFrom: a@birch.example\nMessage-ID: <1@birch.example>\n\nx\n--b--\n"
        )
    };
    let ours = ours();
    for (spf, question) in [
        (
            "Fail (oak.example: domain of birch.example does not designate 192.0.2.9)",
            Question::Checks,
        ),
        ("SoftFail (oak.example)", Question::Checks),
        ("Pass (oak.example)", Question::Other),
    ] {
        let bounce = bounce::read(report(spf).as_bytes());
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        let case = Case::of(&bounce, &diagnosis, &ours, 0).expect("a delivery");
        let tree = Tree::of(&case).expect("a case for the tree");
        assert_eq!(tree.deciding(), question, "{spf}");
        assert!(Question::ALL.iter().any(|asked| tree.sign(*asked).is_some()), "{spf}");
    }
}
