//! Who must act, in topologies of real life: `tests/vectors/responsibility.toml` gives the facts of
//! one delivery each, who is right, and how sure one may be. Judged with the rules that come with
//! the program; all misses are shown at once.

use std::collections::HashSet;
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;

use deadletter::bounce::dialect::exchange::indicator::FixIt;
use deadletter::bounce::{DsnAction, Kind, Phase, Remote, Status};
use deadletter::diagnosis::facts::{self, DeliveryFacts, Facts, MessageFacts, Outside};
use deadletter::diagnosis::judgement::Judgement;
use deadletter::diagnosis::rules::{self, BUILT_IN, Family, Rule};
use deadletter::diagnosis::verdict::judge_facts;
use deadletter::diagnosis::{Backscatter, Confidence, Ours, Party, Reason, Rules};
use deadletter::mail::SafeText;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    ours: Ours,
    case: Vec<Case>,
}

/// One delivery and the verdict on it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    know_us: KnowUs,
    kind: Option<String>,
    action: Option<String>,
    generating: Option<String>,
    rejecting: Option<String>,
    rejecting_ip: Option<IpAddr>,
    #[serde(default)]
    recipient: String,
    original_recipient: Option<String>,
    status: Option<String>,
    reply: Option<u16>,
    phase: Option<Phase>,
    #[serde(default)]
    text: String,
    last_error: Option<String>,
    from_domain: Option<String>,
    sender_domain: Option<String>,
    reporter_domain: Option<String>,
    #[serde(default)]
    received_by: Vec<String>,
    #[serde(default)]
    mx: Vec<String>,
    delivered_before_days: Option<u32>,
    #[serde(default)]
    generating_is_ours: bool,
    #[serde(default)]
    unprovable: bool,
    #[serde(default)]
    not_sent_by_us: bool,
    fix_it: Option<String>,
    #[serde(default)]
    dialect: String,
    reason: Reason,
    owner: Party,
    confidence_max: Confidence,
    #[serde(default)]
    confidence_min: Confidence,
    ground: String,
    why: String,
}

/// What the program knows of us.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KnowUs {
    /// `[ours]` as it stands in the file.
    #[default]
    Configured,
    /// Domains and hosts, learnt from the mailbox.
    Learnt,
    /// Nothing.
    Nothing,
}

impl KnowUs {
    fn ours(self, configured: &Ours) -> Ours {
        match self {
            Self::Configured => configured.clone(),
            Self::Learnt => {
                Ours { ips: Vec::new(), relays: Vec::new(), learnt: true, ..configured.clone() }
            }
            Self::Nothing => Ours::default(),
        }
    }
}

impl Case {
    fn message(&self) -> MessageFacts<'_> {
        MessageFacts {
            kind: self.kind.as_deref().map_or(Kind::Failure, kind),
            generating: self.generating.as_deref(),
            from_domain: self.from_domain.clone(),
            sender_domain: self.sender_domain.clone(),
            reporter_domain: self.reporter_domain.clone(),
            repeated: facts::repeated(self.received_by.iter().map(String::as_str)),
            unprovable: self.unprovable,
            backscatter: if self.not_sent_by_us { Backscatter::Yes } else { Backscatter::Unknown },
            fix_it: self.fix_it.as_deref().map(column),
            dialect: &self.dialect,
        }
    }

    fn rejecting(&self) -> Option<Remote> {
        let name = self.rejecting.as_deref().map(SafeText::new);
        (name.is_some() || self.rejecting_ip.is_some())
            .then_some(Remote { name, ip: self.rejecting_ip })
    }

    fn delivery<'c>(&'c self, rejecting: Option<&'c Remote>) -> DeliveryFacts<'c> {
        let status = |text: &String| {
            Status::read(text).unwrap_or_else(|| panic!("{}: no status {text}", self.name))
        };
        DeliveryFacts {
            action: self.action.as_deref().and_then(DsnAction::read),
            rejecting,
            recipient: &self.recipient,
            original_recipient: self.original_recipient.as_deref(),
            status: self.status.as_ref().map(status).or_else(|| Status::read(&self.text)),
            reply: self.reply,
            phase: self.phase,
            text: &self.text,
            last_error: self.last_error.as_deref(),
            conflict: None,
        }
    }

    fn outside(&self) -> Outside {
        Outside {
            mx: self.mx.clone(),
            delivered_before_days: self.delivered_before_days,
            generating_is_ours: self.generating_is_ours,
        }
    }

    /// What the program makes of it with these rules.
    fn judged(&self, rules: &Rules, ours: &Ours) -> (Reason, Judgement) {
        let (message, rejecting, outside) = (self.message(), self.rejecting(), self.outside());
        let delivery = self.delivery(rejecting.as_ref());
        let facts = Facts { message: &message, delivery, outside: &outside };
        judge_facts(facts, rules, &self.know_us.ours(ours))
    }
}

fn kind(name: &str) -> Kind {
    [Kind::Failure, Kind::Delay, Kind::Success, Kind::AutoReply, Kind::Mdn]
        .into_iter()
        .find(|kind| kind.slug() == name)
        .unwrap_or_else(|| panic!("no kind {name}"))
}

fn column(name: &str) -> FixIt {
    FixIt::from_slug(name).unwrap_or_else(|| panic!("no column {name}"))
}

fn file() -> File {
    toml::from_str(include_str!("../vectors/responsibility.toml")).unwrap_or_else(|e| panic!("{e}"))
}

/// What is wrong with a verdict, in one line; empty when nothing is.
fn wrong(case: &Case, reason: Reason, found: Judgement) -> String {
    let mut wrong = Vec::new();
    if found.party != case.owner {
        wrong.push(format!("{} must act, not {}", case.owner, found.party));
    }
    if reason != case.reason {
        wrong.push(format!("the reason is {}, not {reason}", case.reason));
    }
    if !(case.confidence_min..=case.confidence_max).contains(&found.confidence) {
        let (least, most) = (case.confidence_min.slug(), case.confidence_max.slug());
        wrong.push(format!("confidence {least} to {most}, not {}", found.confidence.slug()));
    }
    if found.ground.slug() != case.ground {
        wrong.push(format!("{} decides, not {}", case.ground, found.ground.slug()));
    }
    wrong.join("; ")
}

#[test]
fn who_must_act() {
    let File { ours, case } = file();
    let misses: Vec<String> = case
        .iter()
        .filter_map(|case| {
            let (reason, judgement) = case.judged(Rules::standard(), &ours);
            let wrong = wrong(case, reason, judgement);
            (!wrong.is_empty()).then(|| format!("{}: {wrong}\n    because {}", case.name, case.why))
        })
        .collect();
    assert!(
        misses.is_empty(),
        "{} of {} verdicts are wrong:\n{}",
        misses.len(),
        case.len(),
        misses.join("\n")
    );
}

/// The file is worth something only while it asks for every party and every ground, and says why.
#[test]
fn the_cases_cover_every_party_and_every_ground() {
    let cases = file().case;
    let names: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have the same name");
    assert_eq!(cases.len(), 131);
    assert!(cases.iter().all(|case| case.why.len() > 20), "a case does not say why");
    for party in Party::ALL {
        assert!(cases.iter().any(|case| case.owner == *party), "no case for {party}");
    }
    let grounds = [
        "no_failure",
        "waiting",
        "not_ours",
        "our_address",
        "foreign_address",
        "our_host",
        "their_host",
        "provider",
        "stranger",
        "not_in_mx",
        "our_domain",
        "foreign_domain",
        "forwarded",
        "their_list",
        "mailbox",
        "delivered_before",
        "loop",
        "private_endpoint",
        "typo",
        "reason",
        "code_only",
        "nothing",
    ];
    for ground in grounds {
        assert!(
            cases.iter().any(|case| case.ground == ground),
            "no case in which {ground} decides"
        );
    }
}

/// The same rules under other names, and with a name of the program's own on a rule of the user's.
#[test]
fn the_name_of_a_rule_decides_nothing() {
    let renamed = |rule: &Arc<Rule>| Arc::new(Rule { id: "any".to_owned(), ..(**rule).clone() });
    let nameless = Rules::compile(BUILT_IN.iter().map(renamed).collect()).expect("they compile");
    let File { ours, case } = file();
    for case in &case {
        assert_eq!(
            case.judged(&nameless, &ours),
            case.judged(Rules::standard(), &ours),
            "{}",
            case.name
        );
    }
    let judged = |prefix: &str| {
        let mut own = String::new();
        for reason in Reason::ALL {
            let _ = write!(
                own,
                "[[rule]]\nid = '{prefix}-{reason}'\ntitle = 'ours'\nreason = '{reason}'\n\
                 owner = 'recipient_system'\nnamed = ['our gateway says <{reason}>']\n"
            );
        }
        let own = rules::parse("own.toml", &own, Family::User).expect("rules");
        let rules = Rules::with_own(own).expect("they compile");
        let judge = |reason: &Reason| {
            let text = format!("our gateway says <{reason}>");
            Case { text, ..case[0].clone() }.judged(&rules, &ours)
        };
        Reason::ALL.iter().map(judge).collect::<Vec<_>>()
    };
    let plain = judged("own");
    for prefix in ["my-323", "tlsa", "dnsbl", "iana-X.4.3"] {
        assert_eq!(judged(prefix), plain, "{prefix}");
    }
}
