//! What the sentences around an error text say, whatever the mail system: who refused, in which
//! phase, and what went wrong last when a message merely expired.

use std::sync::LazyLock;

use crate::bounce::remote::Remote;

use super::phrases::Phrases;

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

/// Words in front of `host` that make it the one that was refused.
const REFUSED: [&str; 3] = ["your ", "client ", "sending "];

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
    remote_behind(text).or_else(|| remote_before(text))
}

/// The host behind the first phrase that one follows.
fn remote_behind(text: &str) -> Option<Remote> {
    let mut first: Option<(usize, Remote)> = None;
    for (_, place) in HOST_FOLLOWS.first_places(text) {
        let before = &text[..place.start];
        let in_word = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        // "Your host", "Client host": who was refused, not who answered.
        let refused = REFUSED.iter().any(|word| ends_with(before, word));
        let later = matches!(first, Some((start, _)) if start <= place.start);
        if !in_word
            && !refused
            && !later
            && let Some(remote) = Remote::read(&text[place.end..])
        {
            first = Some((place.start, remote));
        }
    }
    first.map(|(_, remote)| remote)
}

fn ends_with(text: &str, word: &str) -> bool {
    let Some(at) = text.len().checked_sub(word.len()) else { return false };
    text.is_char_boundary(at) && text[at..].eq_ignore_ascii_case(word)
}

/// The host in front of the phrase that counts most.
fn remote_before(text: &str) -> Option<Remote> {
    for (_, place) in HOST_PRECEDES.first_places(text) {
        let mut words = text[..place.start].rsplit(' ');
        let word = words.next().unwrap_or_default();
        let remote = match words.next() {
            Some(host) if word.starts_with(['[', '(']) => Remote::read(&format!("{host} {word}")),
            _ => Remote::read(word),
        };
        if remote.is_some() {
            return remote;
        }
    }
    None
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
    const SIGNS: [(&str, Phase); 45] = [
        ("end of data", Phase::EndOfData),
        ("reply to end of", Phase::EndOfData),
        ("end-of-data", Phase::EndOfData),
        ("(state 18)", Phase::EndOfData),
        ("(state 17)", Phase::EndOfData),
        ("after i sent the message", Phase::EndOfData),
        ("our final data", Phase::EndOfData),
        ("failed after i sent", Phase::EndOfData),
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
        // IronPort's word for it.
        ("unknown address error", Phase::RcptTo),
        ("rcpt to:<", Phase::RcptTo),
        ("to mail from command", Phase::MailFrom),
        ("after mail from", Phase::MailFrom),
        ("in mail from", Phase::MailFrom),
        ("our mail from", Phase::MailFrom),
        ("[mail_from]", Phase::MailFrom),
        ("(state 9)", Phase::MailFrom),
        ("sender rejected", Phase::MailFrom),
        ("but sender was rejected", Phase::MailFrom),
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
        ("but my name was rejected", Phase::Helo),
        ("but greeting failed", Phase::Connect),
        ("initial connection", Phase::Connect),
    ];
    static SET: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(SIGNS.map(|(sign, _)| sign)));
    let (number, _) = SET.foremost_in(text)?;
    Some(SIGNS[number].1)
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
