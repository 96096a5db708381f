//! Many bounces of few causes become few incidents. The night is made up: a ledger of causes, each
//! with what servers say about it in different words, told in the reports of ten mail systems, with
//! ids, addresses, senders and times that all differ.

use std::collections::BTreeMap;

use deadletter::bounce;
use deadletter::diagnosis::{Case, Ours, Rules, diagnose};
use deadletter::incident::{Cause, IncidentId, Contribution, incidents};

use crate::frames::{Answer, FRAMES, Step};

/// Something that many deliveries failed on.
struct TrueCause {
    /// Domains of the recipients, and the hosts that answer for them.
    sites: &'static [(&'static str, &'static str)],
    step: Step,
    /// What is said, in several wordings; `{to}` is the recipient, `{id}` an id.
    words: &'static [&'static str],
    /// Whose mail is refused; anybody's where it is empty.
    sender: &'static str,
    /// How many deliveries of a hundred.
    share: usize,
}

const CAUSES: [TrueCause; 12] = [
    TrueCause {
        sites: &[
            ("alder.example", "mx1.alder.example"),
            ("beech.example", "in.beech.example"),
            ("rowan.example", "mail.rowan.example"),
            ("hazel.example", "mx.hazel.example"),
        ],
        step: Step::Rcpt,
        words: &[
            "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.25",
            "550 5.7.1 <{to}>: 192.0.2.25 is listed in zen.spamhaus.org ({id})",
            "550 JunkMail rejected - mx1.birch.example [192.0.2.25] is in an RBL: listed by sbl.spamhaus.org",
        ],
        sender: "",
        share: 24,
    },
    TrueCause {
        sites: &[
            ("contoso.example", "contoso-example.mail.protection.outlook.com"),
            ("outlook.com", "outlook-com.olc.protection.outlook.com"),
        ],
        step: Step::Mail,
        words: &[
            "550 5.7.1 Unfortunately, messages from [192.0.2.26] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors. [{id}]",
            "550 5.7.1 Unfortunately, messages from [192.0.2.26] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150). [{id}]",
        ],
        sender: "",
        share: 12,
    },
    TrueCause {
        sites: &[("oak.example", "mx.oak.example"), ("oak.example", "mx2.oak.example")],
        step: Step::Rcpt,
        words: &[
            "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {to} not found by SMTP address lookup",
            "550 No such user here ({id})",
            "550 5.1.1 <{to}>... User unknown",
        ],
        sender: "",
        share: 17,
    },
    TrueCause {
        sites: &[("elm.example", "mx.elm.example")],
        step: Step::Rcpt,
        words: &[
            "552 5.2.2 <{to}> Mailbox is over quota",
            "452 4.2.2 The email account that you tried to reach is over quota ({id})",
            "554 5.2.2 mailbox full",
        ],
        sender: "",
        share: 9,
    },
    TrueCause {
        sites: &[("aspen.example", "mx.aspen.example")],
        step: Step::Rcpt,
        words: &[
            "550 5.1.2 <{to}>: Host unknown: domain aspen.example does not exist",
            "550 5.1.2 Bad destination mailbox address: domain not found ({id})",
        ],
        sender: "",
        share: 4,
    },
    TrueCause {
        sites: &[
            ("gmail.com", "gmail-smtp-in.l.google.com"),
            ("fir.example", "aspmx.l.google.com"),
        ],
        step: Step::End,
        words: &[
            "550-5.7.26 Unauthenticated email from birch.example is not accepted due to\n550 5.7.26 domain's DMARC policy. {id} - gsmtp",
        ],
        sender: "",
        share: 8,
    },
    TrueCause {
        sites: &[("cedar.example", "mx.cedar.example")],
        step: Step::Mail,
        words: &[
            "552 5.3.4 Message size exceeds fixed limit",
            "552 5.2.3 Message size exceeds maximum value ({id})",
        ],
        sender: "",
        share: 3,
    },
    TrueCause {
        sites: &[("larch.example", "mx.larch.example"), ("yew.example", "in.yew.example")],
        step: Step::End,
        words: &[
            "550 5.7.1 This message was classified as spam ({id})",
            "554 5.7.1 Message rejected as spam by content filtering",
        ],
        sender: "news@birch.example",
        share: 7,
    },
    TrueCause {
        sites: &[("maple.example", "mx.maple.example")],
        step: Step::Rcpt,
        words: &["554 5.7.1 <{to}>: Relay access denied", "550 5.7.1 Unable to relay for {to}"],
        sender: "",
        share: 3,
    },
    TrueCause {
        sites: &[
            ("yahoo.com", "mta7.am0.yahoodns.net"),
            ("aol.com", "mx-aol.mail.gm0.yahoodns.net"),
        ],
        step: Step::Mail,
        words: &[
            "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
        ],
        sender: "",
        share: 6,
    },
    TrueCause {
        sites: &[("pine.example", "mx.pine.example")],
        step: Step::Rcpt,
        words: &[
            "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group",
        ],
        sender: "",
        share: 4,
    },
    TrueCause {
        sites: &[("spruce.example", "mx.spruce.example")],
        step: Step::Rcpt,
        words: &[
            "550 5.2.1 The email account that you tried to reach is disabled ({id})",
            "550 5.2.1 <{to}>: mailbox disabled, not accepting messages",
        ],
        sender: "",
        share: 3,
    },
];

/// Numbers that look random, always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("fits") % end
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// A bounce of a cause.
fn bounce_of(cause: &TrueCause, numbers: &mut Numbers) -> String {
    let (domain, host) = numbers.one(cause.sites);
    let names = ["anna", "jan.kos", "m.lind", "postkontor", "info", "p-berg", "zoe"];
    let recipient = format!("{}{}@{domain}", numbers.one(&names), numbers.below(9_000));
    let id = format!("{:x}", numbers.below(1 << 30) + (1 << 30));
    let said = numbers.one(cause.words).replace("{to}", &recipient).replace("{id}", &id);
    let answer =
        Answer { host, recipient: &recipient, step: cause.step, lines: said.lines().collect() };
    let report = numbers.one(&FRAMES).report(&answer);
    let sender = match cause.sender {
        "" => format!("{}{}@birch.example", numbers.one(&names), numbers.below(90)),
        fixed => fixed.to_owned(),
    };
    let hour = format!("{:02}:{:02}:", 8 + numbers.below(10), 10 + numbers.below(50));
    report
        .replace("marta.nowak@birch.example", &sender)
        .replace("10:20:", &hour)
        .replace("198.51.100.25", &format!("198.51.100.{}", 1 + numbers.below(250)))
        .replace("4hXk", &format!("4h{}", numbers.below(90_000)))
}

fn ours() -> Ours {
    toml::from_str(
        "domains = ['birch.example']\nhosts = ['mx1.birch.example']\nips = ['192.0.2.0/26']",
    )
    .expect("whose side is ours")
}

/// The night: each delivery with the number of its true cause.
fn night(count: usize) -> Vec<(usize, Contribution)> {
    let (mut numbers, ours) = (Numbers(7), ours());
    let mut happened = Vec::new();
    while happened.len() < count {
        let (at, cause) = {
            let mut left = numbers.below(100);
            let mut at = 0;
            while left >= CAUSES[at].share {
                left -= CAUSES[at].share;
                at += 1;
            }
            (at, &CAUSES[at])
        };
        let raw = bounce_of(cause, &mut numbers);
        let bounce = bounce::read(raw.as_bytes());
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        let time = bounce.date.map(|date| date.at);
        for number in 0..bounce.deliveries.len() {
            let case = Case::of(&bounce, &diagnosis, &ours, number).expect("a case");
            happened.push((at, Contribution::of(&case, Cause::of(&case), time)));
        }
    }
    happened
}

#[test]
fn a_night_of_twelve_causes_is_about_twelve_incidents() {
    assert_eq!(CAUSES.iter().map(|cause| cause.share).sum::<usize>(), 100);
    let happened = night(2_000);
    let found = incidents(happened.iter().map(|(_, contribution)| contribution.clone()));
    let total: u64 = found.iter().map(|incident| incident.count).sum();
    assert_eq!(total, u64::try_from(happened.len()).expect("fits"));
    let held: u64 = found.iter().take(15).map(|incident| incident.count).sum();
    let mut list = String::new();
    for incident in &found {
        let Cause { at, about, party, .. } = &incident.cause;
        list += &format!(
            "{} {} {party} at {at:?} about {about:?}\n",
            incident.count,
            incident.reason()
        );
    }
    assert!(held * 100 >= total * 95, "15 incidents hold {held} of {total}:\n{list}");
    assert!(found.len() <= 30, "{list}");
    // What is in one incident has one true cause.
    let mut within: BTreeMap<IncidentId, BTreeMap<usize, u64>> = BTreeMap::new();
    for (at, contribution) in &happened {
        *within.entry(contribution.cause.id()).or_default().entry(*at).or_default() += 1;
    }
    let pure: u64 = within.values().filter_map(|causes| causes.values().max()).sum();
    assert!(pure * 100 >= total * 99, "{pure} of {total} are with their like:\n{list}");
}

#[test]
fn the_order_of_the_bounces_does_not_matter() {
    let happened = night(300);
    let names = |contributions: Vec<Contribution>| -> Vec<(IncidentId, u64)> {
        incidents(contributions).iter().map(|found| (found.id(), found.count)).collect()
    };
    let forwards: Vec<Contribution> = happened.iter().map(|(_, one)| one.clone()).collect();
    let backwards: Vec<Contribution> = forwards.iter().rev().cloned().collect();
    assert_eq!(names(forwards), names(backwards));
}
