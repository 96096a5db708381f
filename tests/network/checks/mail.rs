//! A bounce of Postfix, as our own server writes it, and what it asks the world.

use std::sync::Arc;
use std::time::Duration;

use deadletter::checks::{CheckQuestion, Finding, questions};
use deadletter::clock::Clock;
use deadletter::diagnosis::{Case, Ours, Rules};
use deadletter::dns::{Budget, Resolver, Servers};
use deadletter::engine::Judge;

/// What a bounce tells.
#[derive(Clone, Debug)]
pub(crate) struct Bounced {
    /// The envelope sender's domain, and the author's.
    pub(crate) sender: String,
    /// The recipient's.
    pub(crate) domain: String,
    /// Our address.
    pub(crate) ip: String,
    /// The status code.
    pub(crate) status: &'static str,
    /// The host that refused; none where our own server found out itself.
    pub(crate) remote: Option<String>,
    /// What was said.
    pub(crate) said: String,
}

impl Bounced {
    /// The message.
    pub(crate) fn message(&self) -> String {
        let Self { sender, domain, status, said, .. } = self;
        let (told, remote) = match &self.remote {
            Some(host) => (
                format!("host {host}[198.51.100.7] said: {said} (in reply to RCPT TO command)"),
                format!("Remote-MTA: dns; {host}\nDiagnostic-Code: smtp; {said}\n"),
            ),
            None => (said.clone(), format!("Diagnostic-Code: X-Postfix; {said}\n")),
        };
        format!(
            "From: MAILER-DAEMON@mx.{sender} (Mail Delivery System)\n\
             To: otto@{sender}\n\
             Subject: Undelivered Mail Returned to Sender\n\
             Message-ID: <1@mx.{sender}>\n\
             Date: Mon, 4 May 2026 06:00:12 +0000\n\
             MIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
             --b\nContent-Type: text/plain\n\n\
             This is the mail system at host mx.{sender}.\n\n\
             <ann@{domain}>: {told}\n\n\
             --b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mx.{sender}\n\
             X-Postfix-Queue-ID: 4F2A91C0\n\
             X-Postfix-Sender: rfc822; otto@{sender}\n\n\
             Final-Recipient: rfc822; ann@{domain}\n\
             Action: failed\nStatus: {status}\n{remote}\n\
             --b\nContent-Type: text/rfc822-headers\n\n\
             Return-Path: <otto@{sender}>\n\
             DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d={sender}; s=sel;\n\
             \tt=1777874400; bh=AAAA; h=From:To:Subject; b=AAAA\n\
             From: Otto <otto@{sender}>\n\
             To: ann@{domain}\nSubject: Hello\n\
             Message-ID: <m1@{sender}>\n\n--b--\n"
        )
    }

    /// Who we are.
    pub(crate) fn ours(&self) -> Ours {
        let Self { sender, ip, .. } = self;
        let table =
            format!("domains = ['{sender}']\nhosts = ['mx.{sender}']\nips = ['{ip}']\nrelays = []");
        toml::from_str(&table).expect("a table")
    }

    /// What it asks the world.
    pub(crate) fn questions(&self) -> Vec<CheckQuestion> {
        let ours = Arc::new(self.ours());
        let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::clone(&ours) };
        let understood = judge.understand(self.message().as_bytes());
        let (bounce, diagnosis) = understood.expect("no fault in the program");
        questions(&Case::of(&bounce, &diagnosis, &ours, 0).expect("a delivery"))
    }
}

/// One who asks this resolver, and mail servers at this port.
pub(crate) fn resolver(at: &str, port: u16) -> Resolver {
    let servers = Servers::find(Some(at)).expect("an address");
    Resolver { port, private: true, ..Resolver::new(servers, true) }
}

/// What is found within a time.
pub(crate) fn found(resolver: &Resolver, question: &CheckQuestion, time: Duration) -> Finding {
    question.answer(&resolver.inquiry(Budget::new(time)), Clock::System.now())
}
