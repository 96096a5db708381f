//! Reports as Postfix, Exim, Sendmail, qmail, OpenSMTPD and Courier on our own hosts write them.

use crate::frames::{Step, folded};

use super::numbers::Numbers;
use super::story::{Said, Story, Trouble, Waiting};

/// How one of these systems reports.
type Writer = fn(&Story, &mut Numbers) -> String;

/// The report of one of our hosts.
pub(crate) fn ours(story: &Story, numbers: &mut Numbers) -> String {
    const WRITERS: [Writer; 10] = [
        postfix,
        postfix,
        postfix,
        postfix_words,
        exim,
        exim,
        exim_words,
        sendmail,
        qmail,
        opensmtpd,
    ];
    numbers.one(&WRITERS)(story, numbers)
}

/// Parts of a report.
pub(super) struct Parts<'a> {
    pub(super) from: &'a str,
    pub(super) subject: &'a str,
    pub(super) extra: &'a str,
    pub(super) notice: &'a str,
    /// The machine-readable part, where there is one.
    pub(super) fields: Option<String>,
}

impl Parts<'_> {
    /// The report as a message, with what came back of the original: all, its header, or nothing.
    pub(super) fn message(&self, story: &Story, numbers: &mut Numbers) -> String {
        let head = self.head(story, numbers);
        let Some(fields) = &self.fields else {
            let notice = self.notice;
            return format!("{head}Content-Type: text/plain; charset=utf-8\n\n{notice}\n");
        };
        let boundary = numbers.id(16, "ABCDEF0123456789");
        let header = story.header(numbers);
        let returned = match numbers.below(8) {
            0 => String::new(),
            1 | 2 => format!("--{boundary}\nContent-Type: text/rfc822-headers\n\n{header}\n"),
            _ => format!("--{boundary}\nContent-Type: message/rfc822\n\n{header}\nThank you.\n\n"),
        };
        format!(
            "{head}Content-Type: multipart/report; report-type=delivery-status;\n\
             \tboundary=\"{boundary}\"\n\n\
             --{boundary}\nContent-Type: text/plain; charset=utf-8\n\n{}\n\
             --{boundary}\nContent-Type: message/delivery-status\n\n{fields}\n\
             {returned}--{boundary}--\n",
            self.notice
        )
    }

    fn head(&self, story: &Story, numbers: &mut Numbers) -> String {
        let at = Story::date(&story.reported());
        let Self { from, subject, extra, .. } = self;
        format!(
            "Return-Path: <>\n\
             Received: from {by} ({by} [{ip}])\n\tby mail.birch.example with ESMTP id {id};\n\t{at}\n\
             Date: {at}\nFrom: {from}\nTo: {to}\nSubject: {subject}\n\
             Message-Id: <{stamp}.{id}@{by}>\n{extra}MIME-Version: 1.0\n",
            by = story.sending,
            ip = story.sending_ip,
            to = story.sender,
            stamp = story.reported().strftime("%Y%m%d%H%M%S"),
            id = numbers.id(11, "BCDFGHJKLMNPQRSTVWXYZ0123456789"),
        )
    }
}

/// What Postfix says of one recipient.
fn postfix_sentence(story: &Story) -> String {
    let Story { host, ip, .. } = story;
    match &story.said {
        Said::Answer { step: Step::Connect, .. } => {
            format!("host {host}[{ip}] refused to talk to me: {}", story.line())
        }
        Said::Answer { step, .. } => {
            format!(
                "host {host}[{ip}] said: {} (in reply to {} command)",
                story.line(),
                step.command()
            )
        }
        Said::Own(words) => words.clone(),
        Said::Trouble(Trouble::TimedOut) => {
            format!("connect to {host}[{ip}]:25: Connection timed out")
        }
        Said::Trouble(Trouble::Refused) => {
            format!("connect to {host}[{ip}]:25: Connection refused")
        }
        Said::Trouble(Trouble::Lost) => {
            format!("lost connection with {host}[{ip}] while receiving the initial server greeting")
        }
        Said::Trouble(Trouble::NoHost) => format!(
            "Host or domain name not found. Name service error for name={} type=AAAA: Host not found",
            story.domain()
        ),
        Said::Trouble(Trouble::Tls) => {
            format!("TLS is required, but was not offered by host {host}[{ip}]")
        }
    }
}

/// The first words of Postfix's report, as its templates have them or as admins translate them.
fn postfix_greeting(story: &Story, numbers: &mut Numbers) -> String {
    let host = &story.sending;
    if story.waiting == Waiting::Still {
        return format!(
            "This is the mail system at host {host}.\n\n\
             ####################################################################\n\
             # THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n\
             ####################################################################\n\n\
             Your message could not be delivered for more than 4 hour(s).\n\
             It will be retried until it is 5 day(s) old.\n\n\
             For further assistance, please send mail to postmaster.\n\n\
             \x20                  The mail system"
        );
    }
    let template = match numbers.below(12) {
        0 => {
            "Dies ist das Mailsystem auf dem Host {host}.\n\nEs tut uns leid, Ihnen mitteilen zu müssen, dass Ihre Nachricht an einen oder\nmehrere Empfänger nicht zugestellt werden konnte. Sie ist unten angehängt.\n\n                   Das Mailsystem"
        }
        1 => {
            "To jest system pocztowy na serwerze {host}.\n\nZ przykrością informujemy, że Twoja wiadomość nie mogła zostać dostarczona\ndo jednego lub kilku odbiorców. Treść znajduje się poniżej.\n\n                   System pocztowy"
        }
        2 => {
            "Questo è il sistema di posta di {host}.\n\nSiamo spiacenti di informarla che il suo messaggio non può essere\nconsegnato ad uno o più destinatari. È allegato qui sotto.\n\n                   Il sistema di posta"
        }
        3 => {
            "Dette er e-postsystemet på {host}.\n\nMeldingen din kunne dessverre ikke leveres til en eller flere mottakere.\nDen er vedlagt nedenfor.\n\n                   E-postsystemet"
        }
        4 => {
            "Dit is het mailsysteem op {host}.\n\nHelaas kon uw bericht niet worden afgeleverd bij een of meer ontvangers.\nHet is hieronder bijgevoegd.\n\n                   Het mailsysteem"
        }
        5 => {
            "Ceci est le système de messagerie de l'hôte {host}.\n\nNous avons le regret de vous informer que votre message n'a pas pu être\nremis à un ou plusieurs destinataires. Il est joint ci-dessous.\n\n                   Le système de messagerie"
        }
        6 => {
            "Este es el sistema de correo en {host}.\n\nLamentamos informarle de que su mensaje no ha podido ser entregado a uno o\nmás destinatarios. Se adjunta a continuación.\n\n                   El sistema de correo"
        }
        _ => {
            "This is the mail system at host {host}.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\nIf you do so, please include this problem report. You can\ndelete your own text from the attached returned message.\n\n                   The mail system"
        }
    };
    template.replace("{host}", host)
}

fn postfix_notice(story: &Story, numbers: &mut Numbers) -> String {
    let sentence = format!("<{}>: {}", story.recipient, postfix_sentence(story));
    format!("{}\n\n{}\n", postfix_greeting(story, numbers), folded(&sentence))
}

fn postfix_subject(story: &Story) -> &'static str {
    match story.waiting {
        Waiting::Still => "Delayed Mail (still being retried)",
        _ => "Undelivered Mail Returned to Sender",
    }
}

fn postfix(story: &Story, numbers: &mut Numbers) -> String {
    let queue = numbers.id(10, "0123456789ABCDEF");
    let Story { recipient, sender, sending, host, .. } = story;
    let from = format!("MAILER-DAEMON@{sending} (Mail Delivery System)");
    let answered = matches!(story.said, Said::Answer { .. });
    let (kind, status) = if answered { ("smtp", "5.0.0") } else { ("X-Postfix", "4.4.1") };
    let status = match story.said {
        Said::Trouble(Trouble::NoHost) => "5.4.4".to_owned(),
        Said::Trouble(Trouble::Tls) => "4.7.4".to_owned(),
        Said::Trouble(Trouble::Lost) => "4.4.2".to_owned(),
        _ => story.status(status),
    };
    let diagnostic = if answered { story.line() } else { postfix_sentence(story) };
    let remote = if answered { format!("Remote-MTA: dns; {host}\n") } else { String::new() };
    let until = match story.waiting {
        Waiting::Still => format!("Will-Retry-Until: {}\n", Story::date(&story.reported())),
        _ => String::new(),
    };
    let fields = format!(
        "Reporting-MTA: dns; {sending}\nX-Postfix-Queue-ID: {queue}\n\
         X-Postfix-Sender: rfc822; {sender}\nArrival-Date: {}\n\n\
         Final-Recipient: rfc822; {recipient}\nOriginal-Recipient: rfc822;{recipient}\n\
         Action: {}\nStatus: {status}\n{remote}Diagnostic-Code: {kind}; {}\n{until}",
        Story::date(&story.sent),
        story.action(),
        folded(&diagnostic)
    );
    let notice = postfix_notice(story, numbers);
    let subject = postfix_subject(story);
    let parts = Parts { from: &from, subject, extra: "", notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}

/// Postfix's report after a gateway took the parts off.
fn postfix_words(story: &Story, numbers: &mut Numbers) -> String {
    let from = format!("MAILER-DAEMON@{} (Mail Delivery System)", story.sending);
    let notice = format!("{}\n{}", postfix_notice(story, numbers), story.header(numbers));
    let subject = postfix_subject(story);
    Parts { from: &from, subject, extra: "", notice: &notice, fields: None }.message(story, numbers)
}

/// What Exim says of one recipient, below the address.
fn exim_lines(story: &Story) -> String {
    let Story { host, ip, sender, recipient, .. } = story;
    let lines = story.words().replace('\n', "\n    ");
    let step = match &story.said {
        Said::Own(_) => return lines,
        Said::Trouble(trouble) => {
            let text = match trouble {
                Trouble::TimedOut => "Connection timed out",
                Trouble::Refused => "Connection refused",
                Trouble::Lost => "SMTP timeout after initial connection: Connection timed out",
                Trouble::NoHost => return "Unrouteable address".to_owned(),
                Trouble::Tls => {
                    return format!(
                        "host {host} [{ip}]\n    a TLS session is required, but the server did not offer TLS support"
                    );
                }
            };
            let over = if story.waiting == Waiting::Over { ": retry timeout exceeded" } else { "" };
            return format!("host {host} [{ip}]\n    {text}{over}");
        }
        Said::Answer { step, .. } => match step {
            Step::Connect => "after initial connection".to_owned(),
            Step::Helo => format!("after EHLO {}", story.sending),
            Step::Mail => format!("after MAIL FROM:<{sender}> SIZE=2310"),
            Step::Rcpt => format!("after RCPT TO:<{recipient}>"),
            Step::Data => "after DATA".to_owned(),
            Step::End => "after end of data".to_owned(),
        },
    };
    format!("host {host} [{ip}]\n    SMTP error from remote mail server {step}:\n    {lines}")
}

fn exim_notice(story: &Story, numbers: &mut Numbers) -> String {
    let Story { recipient, sending, subject, .. } = story;
    let lines = exim_lines(story);
    if story.waiting == Waiting::Still {
        return format!(
            "This message was created automatically by mail delivery software.\n\
             A message that you sent has not yet been delivered to one or more of its\n\
             recipients after more than 4 hours on the queue on {sending}.\n\n\
             The message identifier is:     {}\nThe subject of the message is: {subject}\n\n\
             The address to which the message has not yet been delivered is:\n\n  {recipient}\n    \
             Delay reason: {}\n\n\
             No action is required on your part. Delivery attempts will continue for\n\
             some time, and this warning may be repeated at intervals.\n",
            exim_id(numbers),
            lines.replace("\n    ", " ")
        );
    }
    format!(
        "This message was created automatically by mail delivery software.\n\n\
         A message that you sent could not be delivered to one or more of its\n\
         recipients. This is a permanent error. The following address(es) failed:\n\n  \
         {recipient}\n    {lines}\n"
    )
}

fn exim_id(numbers: &mut Numbers) -> String {
    let of = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    format!("1w{}-{}-{}", numbers.id(4, of), numbers.id(11, of), numbers.id(4, of))
}

fn exim_subject(story: &Story, numbers: &mut Numbers) -> String {
    match story.waiting {
        Waiting::Still => format!("Warning: message {} delayed 4 hours", exim_id(numbers)),
        _ => "Mail delivery failed: returning message to sender".to_owned(),
    }
}

fn exim(story: &Story, numbers: &mut Numbers) -> String {
    let Story { recipient, sending, host, .. } = story;
    let from = format!("Mail Delivery System <Mailer-Daemon@{sending}>");
    let diagnostic = match story.said {
        Said::Answer { .. } => {
            format!("Remote-MTA: dns; {host}\nDiagnostic-Code: smtp; {}\n", story.line())
        }
        _ => String::new(),
    };
    let class = if story.waiting == Waiting::Still { 4 } else { 5 };
    let fields = format!(
        "Reporting-MTA: dns; {sending}\n\nAction: {}\nFinal-Recipient: rfc822;{recipient}\n\
         Status: {class}.0.0\n{diagnostic}",
        story.action()
    );
    let notice = exim_notice(story, numbers);
    let subject = exim_subject(story, numbers);
    let parts =
        Parts { from: &from, subject: &subject, extra: "", notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}

/// An Exim that makes no report parts.
fn exim_words(story: &Story, numbers: &mut Numbers) -> String {
    let from = format!("Mail Delivery System <Mailer-Daemon@{}>", story.sending);
    let extra = format!("X-Failed-Recipients: {}\n", story.recipient);
    let notice = format!(
        "{}\n------ This is a copy of the message, including all the headers. ------\n\n{}",
        exim_notice(story, numbers),
        story.header(numbers)
    );
    let subject = exim_subject(story, numbers);
    Parts { from: &from, subject: &subject, extra: &extra, notice: &notice, fields: None }
        .message(story, numbers)
}

/// What Sendmail's transcript and its field say.
fn sendmail_said(story: &Story) -> (String, String) {
    let Story { host, recipient, sender, .. } = story;
    let deferred = |why: &str| {
        let line = format!("<{recipient}>... Deferred: {why} {host}.");
        (line, format!("Deferred: {why} {host}."))
    };
    match &story.said {
        Said::Trouble(Trouble::TimedOut) => deferred("Connection timed out with"),
        Said::Trouble(Trouble::Refused) => deferred("Connection refused by"),
        Said::Trouble(Trouble::Lost) => deferred("Connection reset by"),
        Said::Trouble(Trouble::NoHost) => {
            let why = format!("Host unknown (Name server: {}: host not found)", story.domain());
            (format!("550 5.1.2 <{recipient}>... {why}"), format!("550 5.1.2 {why}"))
        }
        Said::Trouble(Trouble::Tls) => (
            format!("<{recipient}>... Deferred: 403 4.7.0 TLS handshake failed."),
            "403 4.7.0 TLS handshake failed.".to_owned(),
        ),
        Said::Own(words) => (words.clone(), words.clone()),
        Said::Answer { step, words } => {
            let command = match step {
                Step::Connect => String::new(),
                Step::Helo => format!(">>> EHLO {}\n", story.sending),
                Step::Mail => format!(">>> MAIL From:<{sender}> SIZE=2310\n"),
                Step::Rcpt => format!(">>> RCPT To:<{recipient}>\n"),
                Step::Data | Step::End => ">>> DATA\n".to_owned(),
            };
            let lines = words.replace('\n', "\n<<< ");
            let end = if words.starts_with('4') {
                format!("<{recipient}>... Deferred: {}", story.line())
            } else {
                "554 5.0.0 Service unavailable".to_owned()
            };
            (format!("... while talking to {host}.:\n{command}<<< {lines}\n{end}"), story.line())
        }
    }
}

fn sendmail(story: &Story, numbers: &mut Numbers) -> String {
    let Story { recipient, sending, host, .. } = story;
    let (transcript, diagnostic) = sendmail_said(story);
    let (sent, reported) = (Story::date(&story.sent), Story::date(&story.reported()));
    let still = story.waiting == Waiting::Still;
    let sort = if still { "transient non-fatal" } else { "permanent fatal" };
    let (warning, end) = match story.waiting {
        Waiting::No => ("", ""),
        Waiting::Still => (
            "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n",
            "\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old",
        ),
        Waiting::Over => {
            ("", "\nMessage could not be delivered for 5 days\nMessage will be deleted from queue")
        }
    };
    let reason = if still { String::new() } else { format!("\n    (reason: {diagnostic})") };
    let notice = format!(
        "{warning}The original message was received at {sent}\nfrom desk.birch.example [192.0.2.40]\n\n\
         \x20  ----- The following addresses had {sort} errors -----\n<{recipient}>{reason}\n\n\
         \x20  ----- Transcript of session follows -----\n{transcript}{end}\n"
    );
    let status = match (story.waiting, &story.said) {
        (Waiting::Over, _) => "4.4.7".to_owned(),
        (_, Said::Trouble(Trouble::NoHost)) => "5.1.2".to_owned(),
        (_, Said::Trouble(_)) => "4.4.1".to_owned(),
        _ => story.status("5.0.0"),
    };
    let said = match story.said {
        Said::Answer { .. } => {
            format!("Remote-MTA: DNS; {host}\nDiagnostic-Code: SMTP; {diagnostic}\n")
        }
        _ => format!("Remote-MTA: DNS; {host}\n"),
    };
    let fields = format!(
        "Reporting-MTA: dns; {sending}\nReceived-From-MTA: DNS; desk.birch.example\n\
         Arrival-Date: {sent}\n\nFinal-Recipient: RFC822; {recipient}\nAction: {}\n\
         Status: {status}\n{said}Last-Attempt-Date: {reported}\n",
        story.action()
    );
    let from = format!("Mail Delivery Subsystem <MAILER-DAEMON@{sending}>");
    let subject = match story.waiting {
        Waiting::No => "Returned mail: see transcript for details",
        Waiting::Still => "Warning: could not send message for past 4 hours",
        Waiting::Over => "Returned mail: Cannot send message for 5 days",
    };
    let parts = Parts { from: &from, subject, extra: "", notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}

/// qmail gives up and never warns.
fn qmail(story: &Story, numbers: &mut Numbers) -> String {
    if story.waiting == Waiting::Still {
        return postfix(story, numbers);
    }
    let Story { recipient, sending, ip, .. } = story;
    let sentence = match &story.said {
        Said::Own(words) => words.clone(),
        Said::Trouble(Trouble::TimedOut | Trouble::Refused) => {
            "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)".to_owned()
        }
        Said::Trouble(Trouble::Lost) => format!("Connected to {ip} but connection died. (#4.4.2)"),
        Said::Trouble(Trouble::NoHost) => {
            format!("Sorry, I couldn't find any host named {}. (#5.1.2)", story.domain())
        }
        Said::Trouble(Trouble::Tls) => {
            format!("TLS connect failed: handshake failure; connected to {ip}. (#4.7.0)")
        }
        Said::Answer { step, words } => {
            let sentence = match step {
                Step::Connect => format!("Connected to {ip} but greeting failed."),
                Step::Helo => format!("Connected to {ip} but my name was rejected."),
                Step::Mail => format!("Connected to {ip} but sender was rejected."),
                Step::Rcpt => format!("{ip} does not like recipient."),
                Step::Data => format!("{ip} failed on DATA command."),
                Step::End => format!("{ip} failed after I sent the message."),
            };
            format!("{sentence}\nRemote host said: {words}")
        }
    };
    let over = match story.waiting {
        Waiting::Over => {
            "\nI'm not going to try again; this message has been in the queue too long."
        }
        _ => "",
    };
    let notice = format!(
        "Hi. This is the qmail-send program at {sending}.\n\
         I'm afraid I wasn't able to deliver your message to the following addresses.\n\
         This is a permanent error; I've given up. Sorry it didn't work out.\n\n\
         <{recipient}>:\n{sentence}{over}\n\n--- Below this line is a copy of the message.\n\n{}",
        story.header(numbers)
    );
    let from = format!("MAILER-DAEMON@{sending}");
    Parts { from: &from, subject: "failure notice", extra: "", notice: &notice, fields: None }
        .message(story, numbers)
}

fn opensmtpd(story: &Story, numbers: &mut Numbers) -> String {
    let Said::Answer { .. } = story.said else { return postfix(story, numbers) };
    if story.waiting == Waiting::Still {
        return postfix(story, numbers);
    }
    let Story { recipient, sending, .. } = story;
    let line = story.line();
    let notice = format!(
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    \
         An error has occurred while attempting to deliver a message for\n    \
         the following list of recipients:\n\n{recipient}: {line}\n\n    \
         Below is a copy of the original message:\n\n{}",
        story.header(numbers)
    );
    let fields = format!(
        "Reporting-MTA: dns; {sending}\n\nFinal-Recipient: rfc822; {recipient}\nAction: failed\n\
         Status: {}\nDiagnostic-Code: smtp; {line}\n",
        story.status("5.0.0")
    );
    let from = format!("Mailer Daemon <MAILER-DAEMON@{sending}>");
    let subject = "Delivery status notification: error";
    let parts = Parts { from: &from, subject, extra: "", notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}
