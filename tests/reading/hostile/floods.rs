//! Too much of one thing: fields, continuations, comments, recipients, hops.

use deadletter::mail::hops::Flag;
use deadletter::mail::{Limit, limits};

use super::bombs::{
    continuations, continued_name, hops, long_field, many_fields, recipients, returned_header, told,
};
use super::{FAILED, look, only_the_outer_one_failed};

#[test]
fn half_a_million_recipient_fields() {
    let seen = look(&many_fields("To: nobody@ash.example\n", 500_000));
    assert!(seen.reached(Limit::Header));
    let returned = look(&returned_header(&"To: nobody@ash.example\n".repeat(500_000)));
    assert!(returned.reached(Limit::Header));
    only_the_outer_one_failed(&returned);
}

#[test]
fn a_field_of_fifty_megabytes() {
    let seen = look(&long_field("Subject", &"x".repeat(50 << 20)));
    assert!(seen.reached(Limit::Header));
    only_the_outer_one_failed(&seen);
    assert_eq!(seen.bounce.subject.as_deref(), Some("Undelivered Mail Returned to Sender"));
}

#[test]
fn fifty_thousand_continuations_of_a_parameter() {
    let seen = look(&continuations(50_000));
    assert!(seen.reached(Limit::Header));
    let seen = look(&continued_name(50_000));
    assert!(seen.reached(Limit::Header));
    only_the_outer_one_failed(&seen);
}

#[test]
fn a_few_continuations_are_read() {
    let seen = look(&continuations(3));
    assert!(seen.bounce.limits.is_empty());
}

#[test]
fn a_date_in_a_million_comments() {
    let comments = "(".repeat(1_000_000);
    for date in [
        comments.clone(),
        comments.clone() + "Mon, 4 May 2026 06:57:12 +0000",
        comments + &")".repeat(1_000_000),
    ] {
        let seen =
            look(&long_field("Date", &date[..date.len().min(limits::HEADER_FIELD_BYTES - 100)]));
        assert_eq!(seen.bounce.date, None);
        only_the_outer_one_failed(&seen);
    }
    let seen = look(&returned_header(&format!(
        "Received: from a by b; {}\nSubject: x",
        "(".repeat(1_000_000)
    )));
    only_the_outer_one_failed(&seen);
}

#[test]
fn fifty_thousand_recipients_and_not_one_more() {
    let seen = look(&recipients(50_000));
    assert_eq!((seen.recipients().len(), seen.reached(Limit::Recipients)), (50_000, false));
    assert_eq!(seen.recipients()[0], FAILED);
    let seen = look(&recipients(50_001));
    assert_eq!(
        (seen.recipients().len(), seen.reached(Limit::Recipients)),
        (limits::RECIPIENTS, true)
    );
}

#[test]
fn the_limit_holds_for_all_reports_of_a_message_together() {
    let part = |from: usize| {
        let fields = (from..from + 30_000)
            .map(|n| format!("Final-Recipient: rfc822; u{n}@oak.example\nStatus: 5.1.1\n\n"));
        "--b\nContent-Type: message/delivery-status\n\n".to_owned() + &fields.collect::<String>()
    };
    let head = "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary=b\n\n";
    let seen = look(format!("{head}{}{}--b--\n", part(0), part(30_000)).as_bytes());
    assert_eq!(
        (seen.recipients().len(), seen.reached(Limit::Recipients)),
        (limits::RECIPIENTS, true)
    );
}

#[test]
fn the_limit_holds_for_recipients_in_text_and_header() {
    let listed: String = (0..60_000).map(|n| format!("<u{n}@oak.example>:\n")).collect();
    let text = look(&told(&format!(
        "This is the mail system at host a.example.\n\n{listed}\n550 5.1.1 No such user\n"
    )));
    assert!(text.recipients().len() <= limits::RECIPIENTS);
    let field: String = (0..60_000).map(|n| format!("u{n}@oak.example, ")).collect();
    let mail = format!(
        "From: MAILER-DAEMON@a.example\nX-Failed-Recipients: {}\n\nSorry.\n",
        &field[..1_000_000]
    );
    let header = look(mail.as_bytes());
    assert_eq!(
        (header.recipients().len(), header.reached(Limit::Recipients)),
        (limits::RECIPIENTS, true)
    );
}

#[test]
fn five_thousand_hops_with_impossible_clocks() {
    let seen = look(&hops(5_000));
    only_the_outer_one_failed(&seen);
    let chain = &seen.bounce.original.as_ref().expect("a returned message").chain;
    assert_eq!((chain.hops.len(), chain.omitted), (limits::HOPS, 5_000 - limits::HOPS));
    assert_eq!(chain.hops[0].by.as_deref(), Some("h4999.example"));
    assert_eq!(chain.hops.last().and_then(|h| h.by.as_deref()), Some("h0.example"));
    assert!(
        chain.hops.iter().any(|hop| hop.flags.contains(&Flag::Skew)),
        "a clock that runs backwards is marked"
    );
    assert!(
        chain.hops.iter().any(|hop| hop.flags.contains(&Flag::ZoneUnknown)),
        "an impossible zone is marked"
    );
    assert!(chain.hops.iter().all(|hop| (0.0..=100.0).contains(&hop.percent)));
}
