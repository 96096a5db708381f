//! The rules under the magnifying glass: everything they name exists, none is dead, and the
//! messages of the corpus reach every row of Microsoft's table, every branch of the tree and every
//! reason.

use std::collections::BTreeSet;

use crate::fixtures::{fixtures, ours};
use deadletter::bounce::{self, Status, dialect};
use deadletter::diagnosis::matcher::{Rank, Rules, Statement};
use deadletter::diagnosis::rules::{self, BUILT_IN, EMBEDDED, Family, Rule};
use deadletter::diagnosis::tree571::Branch;
use deadletter::diagnosis::{Case, Language, Party, Reason, diagnose, guidance};

/// Where a rule may have been read.
const SOURCES: [&str; 9] = [
    "article",
    "documentation",
    "from memory",
    "IANA registry",
    "mail systems",
    "public source code",
    "RFC 3463",
    "seen in a report",
    "web page",
];

/// A text for every pattern that is more than a wording.
const PATTERNS: &[(&str, &str)] = &[
    ("ms-5.7.511-ip", "Access denied, banned sender [192.0.2.10]"),
    ("ms-5.4.310", "DNS domain oak.example does not exist"),
    (
        "google-nxdomain",
        "DNS Error: DNS type 'mx' lookup of oak.example responded with code NXDOMAIN",
    ),
    ("orange-ip", "Service refuse. Veuillez essayer plus tard. OFR_102 [102]"),
    ("orange-slowed", "Service refuse. Veuillez essayer plus tard. OFR_503 [503]"),
    ("orange-connections", "Too many connections, slow down. OFR004_104 [104]"),
    ("orange-login", "Authentification requise LPN_305 [305]"),
    ("orange-auth", "SPF failed LPN_401 [401]"),
    ("orange-sender", "Emetteur invalide. Invalid Sender. LPN105_405 [405]"),
    ("orange-unknown", "Adresse d au moins un destinataire invalide. OFR_416 [416]"),
    ("orange-full", "Boite du destinataire pleine. OFR_417 [417]"),
    ("orange-inactive", "Adresse bloquee LPN007_426"),
    ("orange-later", "Service refuse. Veuillez essayer plus tard. OFR_505 [505]"),
    ("orange-content", "Mail rejete. Mail rejected. OFR_506 [506]"),
    ("orange-size", "Message trop gros OUK_514 [514]"),
    ("spectrum-ip", "Forged HELO: you are blocked. AUP#In-1220"),
    ("spectrum-rdns", "Reverse DNS missing. AUP#In-1130"),
    ("spectrum-sender", "No such sender domain. AUP#I-1170"),
    ("spectrum-rate", "Too many connections. AUP#In-1310"),
    ("spectrum-size", "Too big. AUP#1530"),
    ("spectrum-unknown", "Too many bad recipients. AUP#In-1560"),
    ("spectrum-login", "Not your address. AUP#O-1510"),
    ("txt-user-domain-gone", "oak.example does not exist"),
    ("txt-userunknown-hint", "There is no mail-box of that name"),
    ("txt-domainblocked", "The domain birch.example has been blocked"),
    ("txt-virus", "A virus of a well-known kind was found"),
    ("txt-attempts", "failed 17 attempts"),
    ("messagelabs-542", "Reason: 542 ann@oak.example Rejected"),
    ("txt-dnstemp", "Host not found, please try again"),
];

fn known(what: &str, rule: &Rule, name: &str, names: &[&str]) {
    assert!(names.contains(&name), "{}: no {what} \"{name}\"", rule.id);
}

#[test]
fn everything_that_rules_name_exists() {
    let dialects: Vec<&str> = dialect::ALL.iter().map(|d| d.name).collect();
    let mut ids = BTreeSet::new();
    for rule in BUILT_IN.iter() {
        assert!(ids.insert(&rule.id), "two rules are named {}", rule.id);
        rules::check(rule).unwrap_or_else(|wrong| panic!("{} {wrong}", rule.id));
        assert!(
            !rule.title.is_empty() && !rule.title.ends_with('.'),
            "{}: {}",
            rule.id,
            rule.title
        );
        if !rule.source.starts_with("https://") {
            known("source", rule, &rule.source, &SOURCES);
        }
        rule.dialect.iter().for_each(|name| known("dialect", rule, name, &dialects));
        let lower = rule
            .at
            .iter()
            .all(|host| host.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '.' | '-')));
        assert!(lower, "{}: hosts are compared in lower case", rule.id);
        let guessed = rule.source == "from memory" || rule.source == "RFC 3463";
        assert_eq!(
            rule.uncertain, guessed,
            "{}: what was not verified, and only that, is uncertain",
            rule.id
        );
    }
}

#[test]
fn no_wording_stands_twice_in_a_rule() {
    for rule in BUILT_IN.iter() {
        let all: Vec<String> = [&rule.named, &rule.general, &rule.weak, &rule.filler]
            .into_iter()
            .flatten()
            .map(|t| t.to_lowercase())
            .collect();
        let unique: BTreeSet<&String> = all.iter().collect();
        assert_eq!(unique.len(), all.len(), "{}: a wording stands twice", rule.id);
    }
}

/// Codes that a rule holds: of each subject the details in use, some that nobody uses, and the ends
/// of ranges.
fn codes(rule: &Rule) -> Vec<Status> {
    let used = (0..=40).chain([99, 100, 500, 699, 700, 749, 800, 999]);
    let tried = [5, 4, 2].into_iter().flat_map(move |class| {
        let used = used.clone();
        (0..10).flat_map(move |subject| {
            used.clone().map(move |detail| Status::new(class, subject, detail))
        })
    });
    let holds = |status: Status| rule.code.iter().any(|code| code.holds(status));
    let mut codes: Vec<Status> = tried.filter(|status| holds(*status)).collect();
    if codes.is_empty() && !rule.code.is_empty() {
        let all = [5, 4].into_iter().flat_map(|class| {
            (0..10).flat_map(move |subject| {
                (0..1000).map(move |detail| Status::new(class, subject, detail))
            })
        });
        codes.extend(all.filter(|status| holds(*status)).take(1));
    }
    codes
}

/// The texts of a rule, each with all others it demands besides.
fn texts(rule: &Rule) -> Vec<String> {
    let pattern =
        PATTERNS.iter().find(|(id, _)| *id == rule.id).map(|(_, text)| (*text).to_owned());
    let texts = [&rule.named, &rule.general, &rule.weak, &rule.filler]
        .into_iter()
        .flatten()
        .cloned()
        .chain(pattern);
    let also = rule.all.join(" ");
    texts.map(|text| if also.is_empty() { text } else { format!("{text} {also}") }).collect()
}

/// The rule that wins an answer made for another rule.
fn winner(rule: &Rule, text: &str, status: Option<Status>) -> Option<&'static str> {
    let hosts: Vec<String> =
        rule.at.first().map(|host| format!("mx1.{host}")).into_iter().collect();
    let statement = Statement {
        text,
        status: status.as_slice(),
        hosts: &hosts,
        phase: rule.phase.first().copied(),
        dialect: rule.dialect.first().map_or("", String::as_str),
        microsoft: rule.family == Family::Microsoft,
    };
    Rules::standard().find(statement).map(|hit| hit.rule.id.as_str())
}

#[test]
fn every_pattern_has_a_sample() {
    for rule in BUILT_IN.iter() {
        let sample = PATTERNS.iter().find(|(id, _)| *id == rule.id);
        assert_eq!(
            sample.is_some(),
            rule.pattern.is_some() || rule.weak_pattern.is_some(),
            "{}: pattern and sample go together",
            rule.id
        );
    }
}

/// A rule that loses even an answer made of its own code helps nobody. Rules with texts are asked
/// below.
#[test]
fn every_rule_that_knows_only_codes_wins_one_of_them() {
    let mut dead = Vec::new();
    for rule in BUILT_IN.iter().filter(|rule| rule.has_no_texts()) {
        let codes = codes(rule);
        let answers: Vec<_> =
            if codes.is_empty() { vec![None] } else { codes.into_iter().map(Some).collect() };
        let winners: BTreeSet<_> =
            answers.into_iter().filter_map(|code| winner(rule, "", code)).collect();
        if !winners.contains(rule.id.as_str()) {
            dead.push(format!("{} always loses to {winners:?}", rule.id));
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// Each text of a rule, under the rule's own code where it has one, makes the rule win. A text that
/// loses stands in vain.
#[test]
fn every_text_makes_its_own_rule_win() {
    let mut dead = Vec::new();
    for rule in BUILT_IN.iter() {
        let codes = codes(rule);
        for text in texts(rule) {
            let code = codes.first().copied();
            let found = winner(rule, &text, code);
            if found != Some(rule.id.as_str()) {
                dead.push(format!(
                    "{}: {text:?} is taken by {}",
                    rule.id,
                    found.unwrap_or("nobody")
                ));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// Wording that belongs to one provider is recognised whatever the code says.
#[test]
fn named_texts_win_without_their_code() {
    let mut lost = Vec::new();
    for rule in
        BUILT_IN.iter().filter(|rule| matches!(rule.family, Family::Microsoft | Family::Provider))
    {
        for text in rule.named.iter().filter(|_| rule.all.is_empty()) {
            let found = winner(rule, text, None);
            let twin = |id: &str| {
                BUILT_IN
                    .iter()
                    .any(|r| r.id == id && r.reason == rule.reason && r.owner == rule.owner)
            };
            if !found.is_some_and(|id| id == rule.id || twin(id)) {
                lost.push(format!(
                    "{}: {text:?} is taken by {}",
                    rule.id,
                    found.unwrap_or("nobody")
                ));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// What the corpus reaches.
#[derive(Default)]
struct Reached {
    rules: BTreeSet<String>,
    reasons: BTreeSet<Reason>,
    parties: BTreeSet<Party>,
    branches: BTreeSet<&'static str>,
}

fn reached() -> Reached {
    let ours = ours();
    let mut reached = Reached::default();
    for fixture in fixtures() {
        let bounce = bounce::read(&fixture.raw());
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        for (at, verdict) in diagnosis.verdicts.iter().enumerate() {
            let case = Case::of(&bounce, &diagnosis, &ours, at).expect("a verdict has a delivery");
            let told = guidance(Language::En, &case);
            reached.rules.insert(verdict.rule_id().to_owned());
            reached.reasons.insert(verdict.reason);
            reached.parties.insert(verdict.judgement.party);
            reached.branches.extend(told.branch.map(Branch::slug));
        }
    }
    reached
}

#[test]
fn the_corpus_reaches_every_row_branch_and_reason() {
    let reached = reached();
    let mut missing = Vec::new();
    for (name, family, text) in EMBEDDED
        .iter()
        .copied()
        .filter(|(name, ..)| matches!(*name, "seed.toml" | "article-571.toml"))
    {
        let rows = rules::of_file(name, text, family).unwrap_or_else(|e| panic!("{e}"));
        assert!(!rows.is_empty(), "{name} has no rows");
        missing.extend(
            rows.into_iter()
                .filter(|row| !reached.rules.contains(row.id.as_str()))
                .map(|row| row.id),
        );
    }
    missing.extend(
        Reason::ALL
            .iter()
            .filter(|reason| !reached.reasons.contains(reason))
            .map(|r| r.slug().to_owned()),
    );
    missing.extend(
        Party::ALL
            .iter()
            .filter(|party| !reached.parties.contains(party))
            .map(|p| p.slug().to_owned()),
    );
    missing.extend(
        Branch::ALL
            .iter()
            .map(|b| b.slug())
            .filter(|b| !reached.branches.contains(b))
            .map(str::to_owned),
    );
    assert!(missing.is_empty(), "no message of the corpus reaches {}", missing.join(", "));
}

const OWN: &str = "
[[rule]]
id = 'own-quota'
title = 'Quota of our gateway'
named = ['user unknown']
reason = 'rate_limited'
owner = 'our_system'

[[rule]]
id = 'own-code'
title = 'A code of our gateway'
code = ['5.7.1']
reason = 'policy'
owner = 'our_system'

[[rule]]
id = 'own-text-and-code'
title = 'General words under a code of our gateway'
code = ['5.9.9']
general = ['come back tomorrow']
reason = 'deferred'
owner = 'nobody'
";

#[test]
fn the_users_rules_come_first() {
    let own = rules::parse("own.toml", OWN, Family::User).expect("rules");
    let rules = Rules::with_own(own).expect("compiles");
    let find = |text: &str, status: &[Status]| {
        rules
            .find(Statement { text, status, ..Statement::default() })
            .map(|hit| (hit.rule.id.clone(), hit.rank))
    };
    let own = |id: &str| Some((id.to_owned(), Rank::Own));
    assert_eq!(find("550 5.1.1 User unknown", &[Status::new(5, 1, 1)]), own("own-quota"));
    assert_eq!(find("blocked using zen.spamhaus.org", &[Status::new(5, 7, 1)]), own("own-code"));
    assert_eq!(find("Come back tomorrow", &[Status::new(5, 9, 9)]), own("own-text-and-code"));
    // Of a rule with texts neither the code alone nor a general text alone is enough.
    assert!(
        find("something else", &[Status::new(5, 9, 9)]).is_none_or(|(_, rank)| rank != Rank::Own)
    );
    assert!(find("come back tomorrow", &[]).is_none_or(|(_, rank)| rank != Rank::Own));
    // The rules of the program are still there.
    assert_eq!(find("mailbox full", &[]).map(|(id, _)| id).as_deref(), Some("txt-mailboxfull"));
    assert_eq!(rules.all().len(), BUILT_IN.len() + 3);
}

#[test]
fn what_is_wrong_in_a_rule_file_is_a_sentence() {
    let head = "# mine\n\n[[rule]]\nid = 'a'\ntitle = 't'\nowner = 'sender'\n";
    let error = |rest: &str| {
        let text = format!("{head}{rest}");
        rules::parse("mine.toml", &text, Family::User).expect_err("must be refused").to_string()
    };
    assert_eq!(
        error("reason = 'policy'\nnamd = ['x']\n"),
        "rule file mine.toml, line 8: unknown key `namd`; did you mean `named`?"
    );
    assert_eq!(
        error("reason = 'mailbox_ful'\nnamed = ['x']\n"),
        "rule file mine.toml, line 7: there is no `mailbox_ful` here; did you mean `mailbox_full`?"
    );
    assert_eq!(
        error("reason = 'policy'\n"),
        "rule file mine.toml, line 3: rule \"a\" matches nothing: give it a code, named or general texts, or a pattern"
    );
    assert_eq!(
        error("reason = 'policy'\nnamed = ['x', ' ']\n"),
        "rule file mine.toml, line 3: rule \"a\" has an empty text, which would stand in every answer; take it out"
    );
    assert_eq!(
        error("reason = 'policy'\npattern = '(x'\n"),
        "rule file mine.toml, line 3: rule \"a\" has a pattern that is no regular expression: unclosed group"
    );
    assert_eq!(
        error("reason = 'policy'\nnamed = ['x']\nguidance = 'mailbox_ful'\n"),
        "rule file mine.toml, line 3: rule \"a\" names the guidance \"mailbox_ful\", which does not exist; did you mean \"mailbox_full\"?"
    );
    assert_eq!(
        error("reason = 'policy'\ndialect = ['postfx']\n"),
        "rule file mine.toml, line 3: rule \"a\" names the dialect \"postfx\", which does not exist; did you mean \"postfix\"?"
    );
    let message = error("reason = 'policy'\ncode = ['7.1']\n");
    assert!(
        message.starts_with("rule file mine.toml, line 8: \"7.1\" is no code: write 5.7.1"),
        "{message}"
    );
    let message = error("reason = \n");
    assert!(
        message.starts_with("rule file mine.toml, line 7: ") && !message.contains('\n'),
        "{message}"
    );
}
