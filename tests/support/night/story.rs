//! One delivery that failed, before anybody reports it.

use deadletter::diagnosis::Ours;
use jiff::{Span, Timestamp, Zoned, tz::TimeZone};
use serde::Deserialize;

use crate::frames::Step;

use super::numbers::Numbers;

/// We are this domain.
pub(super) const OUR_DOMAIN: &str = "birch.example";

/// When the night begins.
const BEGIN: i64 = 1_778_500_000;

const PEOPLE: [&str; 16] = [
    "anna",
    "jan.kos",
    "m.lind",
    "postkontor",
    "info",
    "p-berg",
    "zoe",
    "Office",
    "k_weber",
    "dr.hoff",
    "biuro",
    "einkauf",
    "s.rossi",
    "comptes",
    "ventas",
    "ola+orders",
];

/// Subjects of the messages that come back, in the languages of those who wrote them.
const SUBJECTS: [&str; 10] = [
    "Your order",
    "Rechnung 2026-118",
    "Oferta na maj",
    "Conferma d'ordine",
    "Tilbud",
    "Offerte",
    "Votre commande",
    "Presupuesto",
    "Minutes of Tuesday",
    "Re: spam filter and full mailbox",
];

/// Who we are.
pub(crate) fn ours() -> Ours {
    toml::from_str(
        "domains = ['birch.example']\n\
         hosts = ['mx1.birch.example', 'mx2.birch.example', 'mx3.birch.example']\n\
         ips = ['192.0.2.0/26']",
    )
    .expect("whose side is ours")
}

/// What keeps a host from answering.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trouble {
    TimedOut,
    Refused,
    Lost,
    NoHost,
    Tls,
}

/// What was said, and by whom.
pub(crate) enum Said {
    /// The other host answered.
    Answer { step: Step, words: String },
    /// The reporting host tells of itself that nobody answered.
    Trouble(Trouble),
    /// The recipient's own server tells why it cannot deliver.
    Own(String),
}

/// Whether the message still waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// It was given up at once.
    No,
    /// It is tried again.
    Still,
    /// It was given up because the time ran out.
    Over,
}

/// One delivery.
pub(crate) struct Story {
    pub(crate) recipient: String,
    pub(crate) sender: String,
    pub(crate) subject: &'static str,
    /// The host that answers, and its address.
    pub(crate) host: String,
    pub(crate) ip: String,
    /// Our host that sent it, and its address.
    pub(crate) sending: String,
    pub(crate) sending_ip: String,
    pub(crate) said: Said,
    pub(crate) waiting: Waiting,
    pub(crate) forged: bool,
    /// When it was sent.
    pub(crate) sent: Zoned,
    pub(crate) message_id: String,
}

impl Story {
    pub(crate) fn begin(domain: &str, host: &str, number: usize, numbers: &mut Numbers) -> Self {
        let name = *numbers.one(&PEOPLE);
        let sender = *numbers.one(&PEOPLE[..14]);
        let at = BEGIN + i64::try_from(number * 7 + numbers.below(600)).expect("fits");
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let ours = 1 + numbers.below(3);
        let message_id = match numbers.below(3) {
            0 => format!("{}.{}@{OUR_DOMAIN}", numbers.id(14, "0123456789"), numbers.hex(6)),
            1 => format!("{}@desk.{OUR_DOMAIN}", numbers.hex(32)),
            _ => format!("01dc{}${}$@{OUR_DOMAIN}", numbers.hex(8), numbers.hex(8)),
        };
        Self {
            recipient: format!("{name}{}@{domain}", numbers.below(9_000)),
            sender: format!("{sender}@{OUR_DOMAIN}"),
            subject: *numbers.one::<&'static str>(&SUBJECTS),
            host: host.to_owned(),
            ip: format!("198.51.100.{}", 1 + numbers.below(250)),
            sending: format!("mx{ours}.{OUR_DOMAIN}"),
            sending_ip: format!("192.0.2.{}", 24 + ours),
            said: Said::Own(String::new()),
            waiting: Waiting::No,
            forged: false,
            sent: Timestamp::from_second(at).expect("a time").to_zoned(zone),
            message_id,
        }
    }

    /// A wording with `{to}`, `{local}`, `{domain}`, `{from}`, `{ip}` and `{host}` (ours), `{mx}` (the
    /// one that answers), `{id}`, `{queue}`, `{number}`, `{google}` and `{microsoft}` (ids as those
    /// two write them) put in.
    pub(crate) fn filled(&self, words: &str, numbers: &mut Numbers) -> String {
        let (local, domain) = self.recipient.split_once('@').expect("an address");
        let stamp = self.sent.strftime("%Y-%m-%dT%H:%M:%S.214Z");
        let microsoft = format!(
            "{}.eop-EUR0{}.prod.protection.outlook.com {stamp} 08DD{}",
            numbers.id(12, "ABCDEFGHIJ0123456789"),
            1 + numbers.below(5),
            numbers.id(12, "0123456789ABCDEF")
        );
        let google =
            format!("{}-{}si{}", numbers.hex(13), numbers.hex(11), numbers.below(9_999_999));
        let number = (1_000 + numbers.below(90_000)).to_string();
        words
            .replace("{to}", &self.recipient)
            .replace("{local}", local)
            .replace("{domain}", domain)
            .replace("{from}", &self.sender)
            .replace("{ip}", &self.sending_ip)
            .replace("{host}", &self.sending)
            .replace("{mx}", &self.host)
            .replace("{id}", &numbers.hex(12))
            .replace("{queue}", &numbers.id(11, "0123456789ABCDEF"))
            .replace("{number}", &number)
            .replace("{google}", &google)
            .replace("{microsoft}", &microsoft)
    }

    /// Lines of the answer, or of what is said instead of one.
    pub(crate) fn words(&self) -> &str {
        match &self.said {
            Said::Answer { words, .. } | Said::Own(words) => words,
            Said::Trouble(_) => "",
        }
    }

    /// The answer on one line.
    pub(crate) fn line(&self) -> String {
        self.words().replace('\n', " ")
    }

    /// The enhanced status of the answer; `otherwise` where it has none.
    pub(crate) fn status(&self, otherwise: &str) -> String {
        let words = self.words();
        let class = match words.as_bytes().first() {
            Some(class @ (b'4' | b'5')) => char::from(*class),
            _ => return otherwise.to_owned(),
        };
        let word = words.get(4..).and_then(|rest| rest.split(' ').next()).unwrap_or("");
        let is_status = word.split('.').count() == 3
            && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && word.starts_with(['4', '5']);
        if is_status { word.to_owned() } else { format!("{class}{}", &otherwise[1..]) }
    }

    pub(crate) fn domain(&self) -> &str {
        self.recipient.split_once('@').expect("an address").1
    }

    pub(crate) fn action(&self) -> &'static str {
        if self.waiting == Waiting::Still { "delayed" } else { "failed" }
    }

    /// When it was reported.
    pub(crate) fn reported(&self) -> Zoned {
        let waited = match self.waiting {
            Waiting::No => Span::new().seconds(4),
            Waiting::Still => Span::new().hours(4),
            Waiting::Over => Span::new().days(5),
        };
        self.sent.checked_add(waited).expect("a time")
    }

    /// A time as mail has it.
    pub(crate) fn date(at: &Zoned) -> String {
        at.strftime("%a, %-d %b %Y %H:%M:%S %z").to_string()
    }

    /// The header of the message that came back.
    pub(crate) fn header(&self, numbers: &mut Numbers) -> String {
        let Self { recipient, sender, subject, sending, sending_ip, message_id, .. } = self;
        let date = Self::date(&self.sent);
        let queue = numbers.id(10, "0123456789ABCDEF");
        if self.forged {
            let stranger = format!("203.0.113.{}", 1 + numbers.below(250));
            return format!(
                "Return-Path: <{sender}>\n\
                 Received: from [{stranger}] (unknown [{stranger}])\n\tby {host} with ESMTP id {queue}\n\
                 \tfor <{recipient}>; {date}\n\
                 From: <{sender}>\nTo: <{recipient}>\nSubject: You have an outstanding payment\n\
                 Date: {date}\nMessage-ID: <{queue}@ozxw.example.net>\n",
                host = self.host
            );
        }
        format!(
            "Return-Path: <{sender}>\n\
             Received: from desk{}.{OUR_DOMAIN} (unknown [192.0.2.{}])\n\
             \tby {sending} ({sending} [{sending_ip}]) with ESMTPSA id {queue};\n\t{date}\n\
             Date: {date}\nFrom: <{sender}>\nTo: {recipient}\nSubject: {subject}\n\
             Message-ID: <{message_id}>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n",
            numbers.below(40),
            40 + numbers.below(20)
        )
    }
}
