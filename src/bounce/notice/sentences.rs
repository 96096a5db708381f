//! What the sentences around an error text say, whatever the mail system: who refused, in which
//! phase, and what went wrong last when a message merely expired.

use std::ops::Range;
use std::sync::LazyLock;

use crate::bounce::remote::Remote;

use super::phrases::Phrases;
use crate::mail::find::position;

/// Phrases after which the answering host is named. The longest come first where one is part of
/// another.
static HOST_FOLLOWS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "host ",
        "connect to ",
        "while talking to ",
        "remote server at ",
        "server at ",
        "receiving server: ",
        "lastattemptedservername=",
        "fqdn=",
        "server ",
        "rejected by: ",
        "rejected by ",
        "connected to ",
        "giving up on ",
        "conversation with ",
        "remote host ",
        "lost connection with ",
        "to host ",
    ])
});

/// Phrases in front of which the answering host is named.
static HOST_PRECEDES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        " does not like recipient",
        "_does_not_like_recipient",
        " did not like our ",
        " gave this error",
        " rejected your message",
        " failed after i sent",
        " responded ",
        " said: ",
        " sender rejected",
    ])
});

/// The host that answered, as the sentence around its answer names it.
#[must_use]
pub fn remote(text: &str) -> Option<Remote> {
    let follows =
        HOST_FOLLOWS.first_places(text).into_iter().filter_map(|(_, Range { start, end })| {
            let starts_word = start == 0 || !text.as_bytes()[start - 1].is_ascii_alphanumeric();
            starts_word.then(|| Remote::read(&text[end..])).flatten().map(|remote| (start, remote))
        });
    if let Some((_, remote)) = follows.min_by_key(|(at, _)| *at) {
        return Some(remote);
    }
    HOST_PRECEDES.first_places(text).into_iter().find_map(|(_, place)| {
        let before = &text[..place.start];
        let words = before.rsplit(' ').take(2).collect::<Vec<_>>();
        let bracketed = words.first().is_some_and(|w| w.starts_with('[') || w.starts_with('('));
        match words[..] {
            [ip, host] if bracketed => Remote::read(&format!("{host} {ip}")),
            [word, ..] => Remote::read(word),
            [] => None,
        }
    })
}

/// The answer itself: what stands behind `said:`, `host x [ip]:` and the like; the whole text where
/// nothing introduces it.
#[must_use]
pub fn answer(text: &str) -> &str {
    let said = position(text, " said: ").map(|at| at + 7);
    let host = || {
        let at = position(text, "]: ").map(|at| at + 3)?;
        text[at..].starts_with(|c: char| c.is_ascii_digit()).then_some(at)
    };
    said.or_else(host).map_or(text, |at| &text[at..])
}

names! {
    /// The step of the SMTP dialogue in which the answer came.
    pub enum Phase {
        /// Before anything was said: connection or banner.
        Connect "connect" "while connecting",
        /// EHLO or HELO.
        Helo "helo" "in reply to EHLO",
        /// STARTTLS and the handshake.
        StartTls "start_tls" "in reply to STARTTLS",
        /// AUTH.
        Auth "auth" "in reply to AUTH",
        /// MAIL FROM.
        MailFrom "mail_from" "in reply to MAIL FROM",
        /// RCPT TO.
        RcptTo "rcpt_to" "in reply to RCPT TO",
        /// DATA, before the content.
        Data "data" "in reply to DATA",
        /// After the content.
        EndOfData "end_of_data" "after the content",
    }
}

/// The step that the sentence around an answer names (Postfix, Exim, SendGrid, Yahoo, Gmail's
/// states, DMA).
#[must_use]
pub fn phase(text: &str) -> Option<Phase> {
    const SIGNS: [(&str, Phase); 40] = [
        ("end of data", Phase::EndOfData),
        ("reply to end of", Phase::EndOfData),
        ("end-of-data", Phase::EndOfData),
        ("(state 18)", Phase::EndOfData),
        ("(state 17)", Phase::EndOfData),
        ("after i sent the message", Phase::EndOfData),
        ("our final data", Phase::EndOfData),
        ("[data_status]", Phase::EndOfData),
        ("sent_message", Phase::EndOfData),
        ("to rcpt to command", Phase::RcptTo),
        ("after rcpt to", Phase::RcptTo),
        ("in rcpt to", Phase::RcptTo),
        ("our rcpt to", Phase::RcptTo),
        ("[rcpt_to]", Phase::RcptTo),
        ("(state 14)", Phase::RcptTo),
        ("(state 13)", Phase::RcptTo),
        ("does not like recipient", Phase::RcptTo),
        ("does_not_like_recipient", Phase::RcptTo),
        ("rcpt to:<", Phase::RcptTo),
        ("to mail from command", Phase::MailFrom),
        ("after mail from", Phase::MailFrom),
        ("in mail from", Phase::MailFrom),
        ("our mail from", Phase::MailFrom),
        ("[mail_from]", Phase::MailFrom),
        ("(state 9)", Phase::MailFrom),
        ("sender rejected", Phase::MailFrom),
        ("mail from:<", Phase::MailFrom),
        ("during mail from", Phase::MailFrom),
        ("to data command", Phase::Data),
        ("after data", Phase::Data),
        ("in data", Phase::Data),
        ("our data", Phase::Data),
        ("to auth", Phase::Auth),
        ("starttls", Phase::StartTls),
        ("tls handshake", Phase::StartTls),
        ("to ehlo", Phase::Helo),
        ("to helo", Phase::Helo),
        ("after ehlo", Phase::Helo),
        ("refused to talk to me", Phase::Connect),
        ("initial connection", Phase::Connect),
    ];
    static SET: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(SIGNS.map(|(sign, _)| sign)));
    SET.foremost_in(text).map(|(number, _)| SIGNS[number].1)
}

/// A sign that nobody refused but time ran out.
#[must_use]
pub fn is_expiry(text: &str) -> bool {
    static SIGNS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new([
            "message expired",
            "queue.expired",
            "retry timeout exceeded",
            "delivery time expired",
            "retry time not reached",
            "too long in the queue",
            "in the queue too long",
            "could not be delivered for more than",
            "unable to deliver message after",
            "cannot send message for",
            "message timed out",
            "giving up after",
            "delivery temporarily suspended",
            "maximum queue lifetime",
        ])
    });
    SIGNS.occur_in(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(text: &str) -> Option<(Option<String>, Option<String>)> {
        remote(text).map(|r| (r.name.map(|n| n.to_string()), r.ip.map(|ip| ip.to_string())))
    }

    #[test]
    fn who_answered() {
        for (text, name, ip) in [
            ("host mx.a.example[192.0.2.1] said: 550 no", Some("mx.a.example"), Some("192.0.2.1")),
            (
                "SMTP error after RCPT TO:<a@b.example>: host mx.a.example [2001:db8::1]: 550 no",
                Some("mx.a.example"),
                Some("2001:db8::1"),
            ),
            (
                "connect to mx.a.example[192.0.2.1]:25: Connection refused",
                Some("mx.a.example"),
                Some("192.0.2.1"),
            ),
            ("192.0.2.9 does not like recipient. Remote host said: 550", None, Some("192.0.2.9")),
            (
                "mx.a.example [192.0.2.1] did not like our RCPT TO:",
                Some("mx.a.example"),
                Some("192.0.2.1"),
            ),
            ("... while talking to mx.a.example.:", Some("mx.a.example"), None),
            ("[LastAttemptedServerName=mx.a.example]", Some("mx.a.example"), None),
            ("mx.a.example gave this error:", Some("mx.a.example"), None),
        ] {
            assert_eq!(who(text), Some((name.map(Into::into), ip.map(Into::into))), "{text}");
        }
        assert_eq!(who("Host or domain name not found"), None);
        assert_eq!(who("the remote host said: 550 5.1.1 no such user"), None);
    }

    #[test]
    fn when_it_answered() {
        assert_eq!(phase("550 no (in reply to end of DATA command)"), Some(Phase::EndOfData));
        assert_eq!(
            phase("SMTP error from remote mail server after RCPT TO:<a@b.example>:"),
            Some(Phase::RcptTo)
        );
        assert_eq!(phase("550 5.1.1 no such user (state 14)."), Some(Phase::RcptTo));
        assert_eq!(phase("user unknown"), None);
    }
}
