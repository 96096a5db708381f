//! The rows: a bounce, the records that break what it failed on, and those that repair it. Every
//! row has names and an address of its own: `{s}` is our domain, `{d}` the recipient's, `{i}` our
//! address, `{o}` a domain of ours, `{r}` the same backwards, `{l}` a list.

use deadletter::checks::Check::{
    self, Dkim, Dmarc, Dnsbl, Helo, MtaSts, Mx, Port25, Ptr, Registered, Spf, Tlsa,
};
use deadletter::checks::FindingVerdict::{self, CannotTell, FixedSince, NeverSo, StillBroken};

/// A row.
pub(crate) struct Row {
    pub(crate) check: Check,
    pub(crate) bounce: Said,
    /// The records that are wrong, what is found, and words of the sentence that says so.
    pub(crate) broken: (&'static str, FindingVerdict, &'static str),
    /// The same of the repaired ones.
    pub(crate) repaired: (&'static str, FindingVerdict, &'static str),
}

/// What a server said, by its status and host.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    pub(crate) status: &'static str,
    pub(crate) remote: Option<&'static str>,
    pub(crate) text: &'static str,
}

const NO_MX: Said = Said {
    status: "5.4.4",
    remote: None,
    text: "Host or domain name not found. Name service error for name={d} type=MX: Host not found",
};
const RELAY: Said = Said {
    status: "5.7.1",
    remote: Some("old.{d}"),
    text: "554 5.7.1 <ann@{d}>: Relay access denied",
};
const UNREACHABLE: Said = Said {
    status: "4.4.1",
    remote: None,
    text: "connect to mx1.{d}[198.51.100.7]:25: Connection timed out",
};
const SPF: Said = Said {
    status: "5.7.23",
    remote: Some("mx1.{d}"),
    text: "550 5.7.23 The message was rejected because of Sender Policy Framework violation: SPF fail",
};
const DKIM: Said = Said {
    status: "5.7.20",
    remote: Some("mx1.{d}"),
    text: "550 5.7.20 No valid DKIM signature found",
};
const DMARC: Said = Said {
    status: "5.7.26",
    remote: Some("mx1.{d}"),
    text: "550 5.7.26 Unauthenticated email from {s} is not accepted due to domain's DMARC policy",
};
const PTR: Said = Said {
    status: "5.7.25",
    remote: Some("mx1.{d}"),
    text: "550 5.7.25 Client host rejected: cannot find your reverse hostname, [{i}]",
};
const HELO: Said = Said {
    status: "4.7.1",
    remote: Some("mx1.{d}"),
    text: "450 4.7.1 <mx.{s}>: Helo command rejected: Host not found",
};
const LISTED: Said = Said {
    status: "5.7.1",
    remote: Some("mx1.{d}"),
    text: "554 5.7.1 Service unavailable; Client host [{i}] blocked using {l}; see https://{l}/",
};
const DOMAIN_LISTED: Said = Said {
    status: "5.7.1",
    remote: Some("mx1.{d}"),
    text: "554 5.7.1 Service unavailable; Sender address [otto@{s}] blocked using {l}; {s} is listed",
};
const TLS: Said = Said {
    status: "4.7.5",
    remote: None,
    text: "Server certificate not verified (DANE) for mx1.{d}",
};
const STS: Said = Said {
    status: "4.7.5",
    remote: None,
    text: "MTA-STS: Server certificate not trusted for mx1.{d}",
};

/// What every list that works has.
const CANARY: &str = "2.0.0.127.{l} A 127.0.0.2\ntest.{l} A 127.0.0.2\n";
/// A key of 1,024 bits.
pub(crate) const KEY: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";

const fn row(
    check: Check,
    bounce: Said,
    broken: (&'static str, FindingVerdict, &'static str),
    repaired: (&'static str, FindingVerdict, &'static str),
) -> Row {
    Row { check, bounce, broken, repaired }
}

/// All rows.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = hosts();
    rows.extend(routes());
    rows.extend(exchange_online());
    rows.extend(spf());
    rows.extend(spf_to_the_end());
    rows.extend(keys());
    rows.extend(policies());
    rows.extend(names());
    rows.extend(lists());
    rows.extend(lists_that_lie());
    rows.extend(encryption());
    rows
}

fn hosts() -> Vec<Row> {
    const GOOD: (&str, FindingVerdict, &str) =
        ("{d} MX 10 mx1.{d}\nmx1.{d} A 198.51.100.7", FixedSince, "goes to mx1.{d}");
    vec![
        row(Registered, NO_MX, ("", StillBroken, "{d} is not registered"), {
            ("{d} MX 10 mx1.{d}", FixedSince, "exists")
        }),
        row(Mx, NO_MX, ("", StillBroken, "does not exist"), GOOD),
        row(Mx, NO_MX, ("{d} TXT \"x\"", StillBroken, "neither an MX record nor"), GOOD),
        row(Mx, NO_MX, ("{d} MX 0 .", StillBroken, "null MX"), GOOD),
        row(
            Mx,
            NO_MX,
            ("{d} MX 0 .\n{d} MX 10 mx1.{d}\nmx1.{d} A 198.51.100.7", StillBroken, {
                "null MX, beside other"
            }),
            GOOD,
        ),
        row(Mx, NO_MX, ("{d} MX 10 mx1.{d}", StillBroken, "no address"), GOOD),
        row(Mx, NO_MX, ("{d} MX 10 198.51.100.7.", StillBroken, "no address"), GOOD),
        row(Mx, NO_MX, ("{d} MX 10 mx1.{d}\nmx1.{d} A 127.0.0.1", StillBroken, "private"), GOOD),
        row(Mx, NO_MX, ("{d} MX 10 mx1.{d}\nmx1.{d} TXT \"x\"", StillBroken, "no address"), {
            ("{d} MX 10 mx1.{d}\nmx1.{d} AAAA 2001:db8::7", FixedSince, "mx1.{d}")
        }),
        row(Mx, NO_MX, ("{d} MX 10 mx1.{d}\nmx1.{d} CNAME gone.{d}", StillBroken, "no address"), {
            ("{d} A 198.51.100.7", FixedSince, "own address takes the mail")
        }),
    ]
}

fn routes() -> Vec<Row> {
    const OLD: &str = "{d} MX 10 old.{d}\nold.{d} A 198.51.100.7";
    const NEW: &str = "{d} MX 10 new.{d}\nold.{d} A 198.51.100.7\nnew.{d} A 198.51.100.8";
    vec![
        row(Mx, RELAY, (OLD, StillBroken, "old.{d}, which refused, is among"), {
            (NEW, FixedSince, "old.{d}, which refused, is not among")
        }),
        row(Mx, RELAY, ("{d} MX 5 by.{d}\nby.{d} A 198.51.100.7", StillBroken, "is among them"), {
            ("{d} MX 5 by.{d}\nby.{d} A 198.51.100.8", FixedSince, "is not among them")
        }),
        row(Mx, UNREACHABLE, ("{d} MX 10 mx1.{d}", StillBroken, "no address"), {
            ("{d} MX 10 new.{d}\nnew.{d} A 198.51.100.8", NeverSo, "goes to new.{d}")
        }),
        row(
            Port25,
            UNREACHABLE,
            ("{d} MX 10 mx1.{d}\nmx1.{d} A 127.0.0.9", StillBroken, {
                "does not answer at port 25"
            }),
            ("{d} MX 10 mx1.{d}\nmx1.{d} A 127.0.0.1", FixedSince, "offers STARTTLS"),
        ),
    ]
}

/// Our own domain at Exchange Online.
fn exchange_online() -> Vec<Row> {
    const TENANT: Said = Said {
        status: "5.7.64",
        remote: Some("mx1.mail.protection.outlook.com"),
        text: "550 5.7.64 TenantAttribution; Relay Access Denied",
    };
    const GOOD: (&str, FindingVerdict, &str) = (
        "{o} MX 0 {h}.mail.protection.outlook.com\n{h}.mail.protection.outlook.com A 198.51.100.9",
        FixedSince,
        "goes to {h}.mail.protection.outlook.com",
    );
    vec![
        row(Mx, TENANT, ("{o} A 198.51.100.7", StillBroken, "misses Exchange Online"), GOOD),
        row(
            Mx,
            TENANT,
            ("{o} MX 0 mx.{o}\nmx.{o} A 198.51.100.7", StillBroken, "is mx.{o}, not"),
            GOOD,
        ),
        row(
            Mx,
            TENANT,
            ("{o} MX 0 {h}.mail.protection.outlook.com\n{o} MX 9 mx.{o}", StillBroken, "2 MX"),
            GOOD,
        ),
        row(
            Mx,
            TENANT,
            ("{o} MX 0 other.mail.protection.outlook.com", StillBroken, "not {h}.mail"),
            GOOD,
        ),
    ]
}

fn spf() -> Vec<Row> {
    const GOOD: (&str, FindingVerdict, &str) =
        ("{s} TXT \"v=spf1 ip4:{i} -all\"", FixedSince, "says pass for {i}");
    vec![
        row(Spf, SPF, ("", StillBroken, "has no SPF record"), GOOD),
        row(Spf, SPF, ("{s} TXT \"other\"", StillBroken, "has no SPF record"), GOOD),
        row(
            Spf,
            SPF,
            ("{s} TXT \"v=spf1 -all\"\n{s} TXT \"v=spf1 ip4:{i} -all\"", StillBroken, {
                "more than one SPF record"
            }),
            GOOD,
        ),
        row(Spf, SPF, ("{s} TXT \"v=spf1 ip4:203.0.113.1 -all\"", StillBroken, "says fail"), GOOD),
        row(Spf, SPF, ("{s} TXT \"v=spf1 mx ~all\"", StillBroken, "says softfail"), {
            ("{s} TXT \"v=spf1 mx ~all\"\n{s} MX 10 mx.{s}\nmx.{s} A {i}", FixedSince, "`mx`")
        }),
        row(Spf, SPF, ("{s} TXT \"v=spf1 ip4:{i}/40 -all\"", StillBroken, "cannot be read"), GOOD),
        row(Spf, SPF, ("{s} TXT \"v=spf1 a\"", StillBroken, "says neutral"), {
            ("{s} TXT \"v=spf1 a -all\"\n{s} A {i}", FixedSince, "`a`")
        }),
        row(Spf, SPF, ("{s} TXT \"v=spf1 ip4:{i}\" \"x -all\"", StillBroken, "cannot be read"), {
            ("{s} TXT \"v=spf1 ip4:\" \"{i} -all\"", FixedSince, "says pass")
        }),
    ]
}

fn spf_to_the_end() -> Vec<Row> {
    const TEN: &str = "{s} TXT \"v=spf1 a:a.{s} a:a.{s} a:a.{s} a:a.{s} a:a.{s} a:a.{s} a:a.{s} \
                       a:a.{s} a:a.{s} a:a.{s} ip4:{i} -all\"\na.{s} A 203.0.113.1";
    const ELEVEN: &str = "{s} TXT \"v=spf1 a:a.{s} a:a.{s} a:a.{s} a:a.{s} a:a.{s} a:a.{s} a:a.{s} \
                          a:a.{s} a:a.{s} a:a.{s} a:a.{s} ip4:{i} -all\"\na.{s} A 203.0.113.1";
    vec![
        row(Spf, SPF, (ELEVEN, StillBroken, "more than 10 look-ups"), (TEN, FixedSince, "pass")),
        row(Spf, SPF, ("{s} TXT \"v=spf1 include:{s} -all\"", StillBroken, "look-ups"), {
            ("{s} TXT \"v=spf1 include:i.{s} -all\"\ni.{s} TXT \"v=spf1 ip4:{i}\"", FixedSince, {
                "`include:i.{s}` of {s}"
            })
        }),
        row(
            Spf,
            SPF,
            ("{s} TXT \"v=spf1 include:i.{s} -all\"", StillBroken, {
                "include:i.{s}: i.{s} has no SPF record"
            }),
            ("{s} TXT \"v=spf1 redirect=r.{s}\"\nr.{s} TXT \"v=spf1 ip4:{i} -all\"", FixedSince, {
                "of r.{s}"
            }),
        ),
        row(
            Spf,
            SPF,
            ("{s} TXT \"v=spf1 a:x.{s} a:y.{s} a:z.{s} ip4:{i} -all\"", StillBroken, {
                "more than 2 names"
            }),
            ("{s} TXT \"v=spf1 a:x.{s} a:y.{s} ip4:{i} -all\"", FixedSince, "says pass"),
        ),
        row(Spf, SPF, ("{s} TXT \"v=spf1 exists:%{ir}.e.{s} -all\"", StillBroken, "says fail"), {
            (
                "{s} TXT \"v=spf1 exists:%{ir}.e.{s} -all\"\n{r}.e.{s} A 127.0.0.2",
                FixedSince,
                "pass",
            )
        }),
        row(
            Spf,
            SPF,
            ("{s} TXT \"v=spf1 ptr -all\"\n{r}.in-addr.arpa. PTR mx.{s}", StillBroken, {
                "says fail"
            }),
            {
                (
                    "{s} TXT \"v=spf1 ptr -all\"\n{r}.in-addr.arpa. PTR mx.{s}\nmx.{s} A {i}",
                    FixedSince,
                    { "`ptr`" },
                )
            },
        ),
    ]
}

fn keys() -> Vec<Row> {
    const GOOD: (&str, FindingVerdict, &str) =
        ("sel._domainkey.{s} TXT \"v=DKIM1; k=rsa; p={k}\"", FixedSince, "there is a key");
    vec![
        row(Dkim, DKIM, ("", StillBroken, "there is no key at sel._domainkey.{s}"), GOOD),
        row(Dkim, DKIM, ("sel._domainkey.{s} TXT \"v=DKIM1; p=\"", StillBroken, "revoked"), GOOD),
        row(
            Dkim,
            DKIM,
            ("sel._domainkey.{s} TXT \"v=DKIM1; p={half}\"", StillBroken, { "not all of one" }),
            GOOD,
        ),
        row(
            Dkim,
            DKIM,
            ("sel._domainkey.{s} TXT \"v=DKIM1; p=!!!!\"", StillBroken, "base64"),
            GOOD,
        ),
        row(Dkim, DKIM, ("sel._domainkey.{s} TXT \"v=DKIM1\"", StillBroken, "has no p="), {
            ("sel._domainkey.{s} CNAME k.{s}\nk.{s} TXT \"k=rsa; p={k}\"", FixedSince, "a key")
        }),
        row(
            Dkim,
            DKIM,
            (
                "sel._domainkey.{s} TXT \"p={k}\"\nsel._domainkey.{s} TXT \"p=\"",
                { StillBroken },
                "2 keys",
            ),
            GOOD,
        ),
    ]
}

fn policies() -> Vec<Row> {
    const PASS: &str = "{s} TXT \"v=spf1 ip4:{i} -all\"\n_dmarc.{s} TXT \"v=DMARC1; p=reject\"";
    const FAIL: &str = "{s} TXT \"v=spf1 -all\"\n_dmarc.{s} TXT \"v=DMARC1; p=reject\"";
    const KEYED: &str = "{s} TXT \"v=spf1 -all\"\n_dmarc.{s} TXT \"v=DMARC1; p=quarantine\"\n\
                         sel._domainkey.{s} TXT \"p={k}\"";
    vec![
        row(Dmarc, DMARC, (FAIL, StillBroken, "demands reject; SPF of {s} does not pass"), {
            (PASS, FixedSince, "SPF of {s} passes and is aligned")
        }),
        row(Dmarc, DMARC, (FAIL, StillBroken, "there is no key"), (KEYED, FixedSince, "aligned")),
        row(Dmarc, DMARC, ("", StillBroken, "{s} has no DMARC record"), {
            ("_dmarc.{s} TXT \"v=DMARC1; p=none\"", FixedSince, "demands none")
        }),
        row(Dmarc, DMARC, ("_dmarc.{s} TXT \"v=DMARC1\"", StillBroken, "has no p="), {
            (PASS, FixedSince, "passes")
        }),
        row(
            Dmarc,
            DMARC,
            (
                "_dmarc.{s} TXT \"v=DMARC1; p=none\"\n_dmarc.{s} TXT \"v=DMARC1; p=x\"",
                { StillBroken },
                "more than one DMARC record",
            ),
            (PASS, FixedSince, "passes"),
        ),
    ]
}

fn names() -> Vec<Row> {
    const GOOD: (&str, FindingVerdict, &str) =
        ("{r}.in-addr.arpa. PTR mx.{s}\nmx.{s} A {i}", FixedSince, "{i} is mx.{s}");
    vec![
        row(Ptr, PTR, ("", StillBroken, "{i} has no name"), GOOD),
        row(Ptr, PTR, ("{r}.in-addr.arpa. PTR mx.{s}", StillBroken, "does not lead back"), GOOD),
        row(
            Ptr,
            PTR,
            ("{r}.in-addr.arpa. PTR mx.{s}\nmx.{s} A 203.0.113.9", StillBroken, {
                "does not lead back"
            }),
            GOOD,
        ),
        row(
            Ptr,
            PTR,
            (
                "{r}.in-addr.arpa. PTR {dashed}.dyn.{d}\n{dashed}.dyn.{d} A {i}",
                { StillBroken },
                "lines of customers",
            ),
            GOOD,
        ),
        row(Helo, HELO, ("", StillBroken, "mx.{s} has no address"), {
            ("mx.{s} A {i}", FixedSince, "mx.{s} leads to {i}")
        }),
        row(Helo, HELO, ("mx.{s} A 203.0.113.9", StillBroken, "not to {i}"), {
            ("mx.{s} A 203.0.113.9\nmx.{s} A {i}", FixedSince, "leads to")
        }),
    ]
}

fn lists() -> Vec<Row> {
    const CLEAN: (&str, FindingVerdict, &str) = (CANARY, FixedSince, "not listed on {l}");
    vec![
        row(
            Dnsbl,
            LISTED,
            ("{c}{r}.{l} A 127.0.0.2\n{r}.{l} TXT \"spam seen\"", StillBroken, {
                "{i} is listed on {l}"
            }),
            CLEAN,
        ),
        row(
            Dnsbl,
            LISTED,
            ("{c}{r}.{l} A 127.0.0.10\n{r}.{l} A 127.0.0.4", StillBroken, { "is listed" }),
            CLEAN,
        ),
        row(Dnsbl, DOMAIN_LISTED, ("{c}{s}.{l} A 127.0.1.2", StillBroken, "{s} is listed on"), {
            (CANARY, FixedSince, "{s} is not listed")
        }),
    ]
}

/// Lists that must never be believed.
fn lists_that_lie() -> Vec<Row> {
    const CLEAN: (&str, FindingVerdict, &str) = (CANARY, FixedSince, "not listed on {l}");
    vec![
        row(Dnsbl, LISTED, ("*.{l} A 127.255.255.254", CannotTell, "open or public"), CLEAN),
        row(Dnsbl, LISTED, ("{c}{r}.{l} A 127.255.255.255", CannotTell, "too often"), CLEAN),
        row(Dnsbl, LISTED, ("{c}{r}.{l} A 127.0.0.1", CannotTell, "no listing"), CLEAN),
        row(Dnsbl, LISTED, ("*.{l} A 127.0.0.2", CannotTell, "lists everything"), CLEAN),
        row(Dnsbl, LISTED, ("*.{l} A 203.0.113.1", CannotTell, "only 127.0.0.0/8"), CLEAN),
        row(Dnsbl, LISTED, ("{c}{r}.{l} A 203.0.113.1", CannotTell, "only 127.0.0.0/8"), CLEAN),
        row(Dnsbl, LISTED, ("{r}.{l} A 127.0.0.2", CannotTell, "test entry is missing"), CLEAN),
        row(Dnsbl, LISTED, ("", CannotTell, "test entry is missing"), CLEAN),
    ]
}

fn encryption() -> Vec<Row> {
    const MAIL: &str = "{d} MX 10 mx1.{d}\nmx1.{d} A 198.51.100.7\n";
    vec![
        row(Tlsa, TLS, ("{m}_25._tcp.mx1.{d} TLSA 1 1 1 {hash}", StillBroken, "can be used"), {
            (MAIL, FixedSince, "demands no certificate")
        }),
        row(Tlsa, TLS, ("{m}_25._tcp.mx1.{d} TLSA 3 1 1 {hash}", CannotTell, "compare it"), {
            (MAIL, FixedSince, "demands no certificate")
        }),
        row(MtaSts, STS, ("{m}_mta-sts.{d} TXT \"v=STSv1; id=1\"", StillBroken, "no address"), {
            (MAIL, FixedSince, "announces no MTA-STS policy")
        }),
        row(
            MtaSts,
            STS,
            (
                "{m}_mta-sts.{d} TXT \"v=STSv1; id=1\"\nmta-sts.{d} A 198.51.100.7",
                { CannotTell },
                "well-known",
            ),
            ("{m}_mta-sts.{d} TXT \"v=STSv1\"", FixedSince, "announces no"),
        ),
    ]
}

impl Row {
    /// A text with the names and addresses of row number `number`.
    pub(crate) fn fill(number: usize, text: &str) -> String {
        let ip = format!("192.0.2.{number}");
        let pairs = [
            ("{c}", CANARY.to_owned()),
            ("{m}", "{d} MX 10 mx1.{d}\nmx1.{d} A 198.51.100.7\n".to_owned()),
            ("{s}", format!("birch{number}.example")),
            ("{d}", format!("oak{number}.example")),
            ("{l}", format!("list{number}.example")),
            ("{o}", format!("inside.birch{number}.example")),
            ("{h}", format!("inside-birch{number}-example")),
            ("{i}", ip),
            ("{r}", format!("{number}.2.0.192")),
            ("{dashed}", format!("192-0-2-{number}")),
            ("{k}", KEY.to_owned()),
            ("{half}", KEY[..100].to_owned()),
            ("{hash}", "a".repeat(64)),
        ];
        let mut text = text.to_owned();
        for (name, value) in pairs {
            text = text.replace(name, &value);
        }
        text
    }

    /// The same as lines of a zone.
    pub(crate) fn zone(number: usize, text: &str) -> String {
        let mut zone = String::new();
        for line in Self::fill(number, text).lines() {
            let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            // Names are written without the dot at their end.
            let is_name = |word: &str| word.ends_with(".example") || word.ends_with(".outlook.com");
            let quoted = line.find('"').unwrap_or(line.len());
            let mut at = 0;
            for word in &mut words {
                let length = word.len() + 1;
                if at < quoted && is_name(word) {
                    word.push('.');
                }
                at += length;
            }
            zone.push_str(&words.join(" "));
            zone.push('\n');
        }
        zone
    }
}
