//! TLS from the first byte, and certificates. The password must never go out before TLS.

use std::time::Duration;

use super::{At, Check, Fault, Line, List, OPENED, Open, Shown, Step};

const IMPLICIT: Line = Line::Implicit(Shown::Good);

/// What a server does in place of a handshake.
fn instead(name: &'static str, does: &'static str, steps: &[Step]) -> Fault {
    Fault::of(name, does).line(IMPLICIT).at(At::Connect, steps)
}

/// A certificate that must be refused.
fn refused(name: &'static str, does: &'static str, shown: Shown, says: &'static str) -> Fault {
    Fault::of(name, does).line(Line::Implicit(shown)).stops("certificate", says).cannot_mend()
}

/// What happens in the middle of an encrypted answer.
fn inside(name: &'static str, does: &'static str, end: Step, says: &'static str) -> Fault {
    let steps = [Step::Head("{{size}}"), Step::Half, end, Step::Close];
    Fault::of(name, does)
        .line(IMPLICIT)
        .once(At::Message(OPENED), &steps)
        .list(List::AllAfter(says))
        .open(Open::Fails(says))
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = vec![
        instead(
            "tls-plain",
            "answers in plain text where TLS is expected",
            &[Step::Line("* OK IMAP4rev1 ready"), Step::Silence],
        )
        .stops("encryption", "no TLS with SERVER"),
        instead(
            "tls-garbage",
            "answers with bytes that are no TLS",
            &[Step::Bytes(&[0x80; 600]), Step::Silence],
        )
        .stops("encryption", "no TLS with SERVER"),
        instead(
            "tls-alert",
            "refuses the handshake with an alert",
            &[Step::Bytes(b"\x15\x03\x03\x00\x02\x02\x28"), Step::Silence],
        )
        .stops("encryption", "no TLS with SERVER"),
        instead("tls-stalls", "says nothing where TLS is expected", &[Step::Silence])
            .silent()
            .waits("encryption", "the connection to SERVER broke"),
        instead(
            "tls-drip",
            "sends a handshake byte by byte",
            &[Step::Text("\x16\x03\x03\x40"), Step::Drip("\x02")],
        )
        .silent()
        .waits("encryption", "the connection to SERVER broke"),
        instead("tls-close", "hangs up in the handshake", &[Step::Close])
            .waits("encryption", "the connection to SERVER broke"),
        instead(
            "tls-reset",
            "resets the connection in the handshake",
            &[Step::Pause(Duration::from_millis(50)), Step::Reset],
        )
        .waits("encryption", "the connection to SERVER broke: Connection reset by peer"),
        Fault::of("tls-old", "knows no newer TLS than 1.1")
            .line(Line::Implicit(Shown::Old))
            .stops("encryption", "no TLS with SERVER")
            .cannot_mend(),
    ];
    faults.extend(certificates());
    faults.extend([
        inside(
            "tls-cut",
            "ends TLS and the connection in mid-message",
            Step::Close,
            "the connection to SERVER broke",
        ),
        inside(
            "tls-bad-record",
            "sends bytes that are no TLS in mid-message",
            Step::Below(b"\x17\x03\x03\x00\x20 this is no record of the TLS "),
            "the connection to SERVER broke",
        ),
    ]);
    faults
}

fn certificates() -> Vec<Fault> {
    vec![
        refused(
            "certificate-expired",
            "shows a certificate that has expired",
            Shown::Expired,
            "have it renewed on the server",
        ),
        refused(
            "certificate-not-yet",
            "shows a certificate of the future",
            Shown::NotYet,
            "compare the clocks of this machine and the server",
        ),
        refused(
            "certificate-other-host",
            "shows a certificate for other hosts",
            Shown::OtherHost,
            "it is for mail.birch.example, imap.birch.example; issued by Test Authority",
        ),
        refused(
            "certificate-common-name",
            "shows a certificate that names the host only in its subject",
            Shown::CommonName,
            "set host of account lab",
        ),
        refused(
            "certificate-wildcard",
            "shows a certificate for every name",
            Shown::Wildcard,
            "set host of account lab",
        ),
        refused(
            "certificate-self-signed",
            "shows a certificate that nobody signed but itself",
            Shown::SelfSigned,
            "set ca_file of account lab",
        ),
        refused(
            "certificate-other-authority",
            "shows a certificate of an authority that is not trusted",
            Shown::OtherAuthority,
            "set ca_file of account lab",
        ),
        Fault::of("certificate-changes", "shows another certificate after a connection broke")
            .line(Line::Implicit(Shown::Changing))
            .once(At::Fetch, &[Step::Close])
            .check(Check::Unmet)
            .list(List::Stops("set ca_file of account lab"))
            .cannot_mend(),
    ]
}
