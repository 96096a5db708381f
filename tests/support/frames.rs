//! Reports as the mail systems of the world write them about one and the same answer of a server.
//! We are `birch.example`; our server `mx1.birch.example` (192.0.2.25) sent the message.

use serde::Deserialize;

/// The address of the host that answers, whatever its name.
const REMOTE_IP: &str = "198.51.100.25";

/// Who wrote the message.
const SENDER: &str = "marta.nowak@birch.example";

/// The step of the dialogue that was answered.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    Connect,
    Helo,
    Mail,
    #[default]
    Rcpt,
    Data,
    End,
}

impl Step {
    /// The command of the step, as most systems print it.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Connect => "",
            Self::Helo => "EHLO",
            Self::Mail => "MAIL FROM",
            Self::Rcpt => "RCPT TO",
            Self::Data => "DATA",
            Self::End => "end of DATA",
        }
    }
}

/// What a server said, and to whom.
pub(crate) struct Answer<'a> {
    pub(crate) host: &'a str,
    pub(crate) recipient: &'a str,
    pub(crate) step: Step,
    /// Its lines as they went over the wire: `550-5.7.1 first`, `550 5.7.1 last`.
    pub(crate) lines: Vec<&'a str>,
}

impl Answer<'_> {
    /// The lines as most systems print them.
    fn joined(&self) -> String {
        self.lines.join(" ")
    }

    /// The status of the answer; `otherwise` where it has none.
    fn status(&self, otherwise: &str) -> String {
        let word = self.lines[0].get(4..).and_then(|rest| rest.split(' ').next()).unwrap_or("");
        let is_status = word.split('.').count() == 3
            && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && word.starts_with(['4', '5']);
        if is_status {
            word.to_owned()
        } else {
            format!("{}{}", &self.lines[0][..1], &otherwise[1..])
        }
    }
}

/// A mail system's way to report.
pub(crate) struct Frame {
    pub(crate) name: &'static str,
    /// It tells which command was answered.
    pub(crate) tells_step: bool,
    /// It names the host that answered.
    pub(crate) names_host: bool,
    write: fn(&Answer<'_>) -> String,
}

impl Frame {
    /// The report of the answer.
    pub(crate) fn report(&self, answer: &Answer<'_>) -> String {
        (self.write)(answer)
    }
}

pub(crate) const FRAMES: [Frame; 10] = [
    Frame { name: "postfix", tells_step: true, names_host: true, write: postfix },
    Frame { name: "exim", tells_step: true, names_host: true, write: exim },
    Frame { name: "exim without a report", tells_step: true, names_host: true, write: exim_bare },
    Frame { name: "sendmail", tells_step: true, names_host: true, write: sendmail },
    Frame { name: "qmail", tells_step: true, names_host: false, write: qmail },
    Frame { name: "exchange", tells_step: false, names_host: true, write: exchange },
    Frame { name: "exchange A -> B", tells_step: false, names_host: true, write: exchange_mapped },
    Frame { name: "ironport", tells_step: false, names_host: false, write: ironport },
    Frame { name: "supplementary info", tells_step: false, names_host: true, write: supplementary },
    Frame { name: "sns", tells_step: false, names_host: false, write: sns },
];

/// A report in two or three parts.
fn multipart(from: &str, subject: &str, notice: &str, fields: &str) -> String {
    let sent = original();
    format!(
        "Return-Path: <>\n\
         Received: from mx1.birch.example (mx1.birch.example [192.0.2.25])\n\
         \tby mail.birch.example with ESMTP id 4hXk2P1Lz;\n\
         \tTue, 12 May 2026 10:20:05 +0200\n\
         Date: Tue, 12 May 2026 10:20:04 +0200\n\
         From: {from}\n\
         To: {SENDER}\n\
         Subject: {subject}\n\
         Message-Id: <20260512082004.77C1A@mx1.birch.example>\n\
         Auto-Submitted: auto-replied\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_part\"\n\n\
         --=_part\nContent-Type: text/plain; charset=utf-8\n\n{notice}\n\
         --=_part\nContent-Type: message/delivery-status\n\n{fields}\n\
         --=_part\nContent-Type: message/rfc822\n\n{sent}\n--=_part--\n"
    )
}

/// A report in one part.
fn plain(from: &str, subject: &str, extra: &str, notice: &str) -> String {
    format!(
        "Return-Path: <>\n\
         Received: from mx1.birch.example (mx1.birch.example [192.0.2.25])\n\
         \tby mail.birch.example with ESMTP id 4hXk2P1Lz;\n\
         \tTue, 12 May 2026 10:20:05 +0200\n\
         Date: Tue, 12 May 2026 10:20:04 +0200\n\
         From: {from}\n\
         To: {SENDER}\n\
         Subject: {subject}\n\
         Message-Id: <20260512082004.77C1A@mx1.birch.example>\n{extra}\
         MIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{notice}\n"
    )
}

/// The message that came back.
fn original() -> String {
    format!(
        "Return-Path: <{SENDER}>\n\
         Received: from desk.birch.example (unknown [192.0.2.40])\n\
         \tby mx1.birch.example with ESMTPSA id 4hXk1Q0Vt;\n\
         \tTue, 12 May 2026 10:20:01 +0200\n\
         Date: Tue, 12 May 2026 10:20:00 +0200\n\
         From: Marta Nowak <{SENDER}>\n\
         To: A Customer <customer@example.net>\n\
         Subject: Your order\n\
         Message-ID: <20260512082000.4AF0@birch.example>\n\n\
         Thank you.\n"
    )
}

/// Lines of at most 78 characters as Postfix folds them.
pub(crate) fn folded(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is one");
        if !line.trim().is_empty() && line.len() + word.len() > 77 {
            lines.push(format!("    {word}"));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

fn postfix(answer: &Answer<'_>) -> String {
    let Answer { host, recipient, .. } = answer;
    let text = answer.joined();
    let sentence = if answer.step == Step::Connect {
        format!("host {host}[{REMOTE_IP}] refused to talk to me: {text}")
    } else {
        let command = answer.step.command();
        format!("host {host}[{REMOTE_IP}] said: {text} (in reply to {command} command)")
    };
    let notice = format!(
        "This is the mail system at host mx1.birch.example.\n\n\
         I'm sorry to have to inform you that your message could not\n\
         be delivered to one or more recipients. It's attached below.\n\n\
         For further assistance, please send mail to postmaster.\n\n\
         If you do so, please include this problem report. You can\n\
         delete your own text from the attached returned message.\n\n\
         \x20                  The mail system\n\n{}\n",
        folded(&format!("<{recipient}>: {sentence}"))
    );
    let status = answer.status("5.0.0");
    let fields = format!(
        "Reporting-MTA: dns; mx1.birch.example\n\
         X-Postfix-Queue-ID: 4hXk1Q0Vt\n\
         X-Postfix-Sender: rfc822; {SENDER}\n\
         Arrival-Date: Tue, 12 May 2026 10:20:01 +0200 (CEST)\n\n\
         Final-Recipient: rfc822; {recipient}\n\
         Original-Recipient: rfc822;{recipient}\n\
         Action: failed\n\
         Status: {status}\n\
         Remote-MTA: dns; {host}\n\
         Diagnostic-Code: smtp; {text}\n"
    );
    let from = "MAILER-DAEMON@mx1.birch.example (Mail Delivery System)";
    multipart(from, "Undelivered Mail Returned to Sender", &notice, &fields)
}

/// How Exim signs its reports.
const EXIM: &str = "Mail Delivery System <Mailer-Daemon@mx1.birch.example>";

/// The subject of them.
const EXIM_SUBJECT: &str = "Mail delivery failed: returning message to sender";

/// What Exim says of the step.
fn exim_step(answer: &Answer<'_>) -> String {
    match answer.step {
        Step::Connect => "after initial connection".to_owned(),
        Step::Helo => "after EHLO mx1.birch.example".to_owned(),
        Step::Mail => format!("after MAIL FROM:<{SENDER}> SIZE=2310"),
        Step::Rcpt => format!("after RCPT TO:<{}>", answer.recipient),
        Step::Data => "after DATA".to_owned(),
        Step::End => "after end of data".to_owned(),
    }
}

fn exim_notice(answer: &Answer<'_>) -> String {
    let Answer { host, recipient, .. } = answer;
    let step = exim_step(answer);
    let lines = answer.lines.join("\n    ");
    format!(
        "This message was created automatically by mail delivery software.\n\n\
         A message that you sent could not be delivered to one or more of its\n\
         recipients. This is a permanent error. The following address(es) failed:\n\n\
         \x20 {recipient}\n    host {host} [{REMOTE_IP}]\n    \
         SMTP error from remote mail server {step}:\n    {lines}\n"
    )
}

fn exim(answer: &Answer<'_>) -> String {
    let Answer { host, recipient, .. } = answer;
    let text = answer.joined();
    let fields = format!(
        "Reporting-MTA: dns; mx1.birch.example\n\n\
         Action: failed\n\
         Final-Recipient: rfc822;{recipient}\n\
         Status: 5.0.0\n\
         Remote-MTA: dns; {host}\n\
         Diagnostic-Code: smtp; {text}\n"
    );
    multipart(EXIM, EXIM_SUBJECT, &exim_notice(answer), &fields)
}

fn exim_bare(answer: &Answer<'_>) -> String {
    let extra = format!("X-Failed-Recipients: {}\n", answer.recipient);
    let notice = format!(
        "{}\n------ This is a copy of the message, including all the headers. ------\n\n{}",
        exim_notice(answer),
        original()
    );
    plain(EXIM, EXIM_SUBJECT, &extra, &notice)
}

fn sendmail(answer: &Answer<'_>) -> String {
    let Answer { host, recipient, .. } = answer;
    let command = match answer.step {
        Step::Connect => String::new(),
        Step::Helo => ">>> EHLO mx1.birch.example\n".to_owned(),
        Step::Mail => format!(">>> MAIL From:<{SENDER}> SIZE=2310\n"),
        Step::Rcpt => format!(">>> RCPT To:<{recipient}>\n"),
        Step::Data | Step::End => ">>> DATA\n".to_owned(),
    };
    let text = answer.joined();
    let lines = answer.lines.join("\n<<< ");
    let status = answer.status("5.0.0");
    let notice = format!(
        "The original message was received at Tue, 12 May 2026 10:20:01 +0200\n\
         from desk.birch.example [192.0.2.40]\n\n\
         \x20  ----- The following addresses had permanent fatal errors -----\n\
         <{recipient}>\n    (reason: {text})\n\n\
         \x20  ----- Transcript of session follows -----\n\
         ... while talking to {host}.:\n{command}<<< {lines}\n\
         554 5.0.0 Service unavailable\n"
    );
    let fields = format!(
        "Reporting-MTA: dns; mx1.birch.example\n\
         Received-From-MTA: DNS; desk.birch.example\n\
         Arrival-Date: Tue, 12 May 2026 10:20:01 +0200\n\n\
         Final-Recipient: RFC822; {recipient}\n\
         Action: failed\n\
         Status: {status}\n\
         Remote-MTA: DNS; {host}\n\
         Diagnostic-Code: SMTP; {text}\n\
         Last-Attempt-Date: Tue, 12 May 2026 10:20:03 +0200\n"
    );
    let from = "Mail Delivery Subsystem <MAILER-DAEMON@mx1.birch.example>";
    multipart(from, "Returned mail: see transcript for details", &notice, &fields)
}

fn qmail(answer: &Answer<'_>) -> String {
    let sentence = match answer.step {
        Step::Connect => format!("Connected to {REMOTE_IP} but greeting failed."),
        Step::Helo => format!("Connected to {REMOTE_IP} but my name was rejected."),
        Step::Mail => format!("Connected to {REMOTE_IP} but sender was rejected."),
        Step::Rcpt => format!("{REMOTE_IP} does not like recipient."),
        Step::Data => format!("{REMOTE_IP} failed on DATA command."),
        Step::End => format!("{REMOTE_IP} failed after I sent the message."),
    };
    let lines = answer.lines.join("\n");
    let notice = format!(
        "Hi. This is the qmail-send program at mx1.birch.example.\n\
         I'm afraid I wasn't able to deliver your message to the following addresses.\n\
         This is a permanent error; I've given up. Sorry it didn't work out.\n\n\
         <{}>:\n{sentence}\nRemote host said: {lines}\n\n\
         --- Below this line is a copy of the message.\n\n{}",
        answer.recipient,
        original()
    );
    plain("MAILER-DAEMON@mx1.birch.example", "failure notice", "", &notice)
}

/// A report of Exchange Online's.
fn exchange_with(answer: &Answer<'_>, diagnostic: &str) -> String {
    let Answer { host, recipient, .. } = answer;
    let server = "DB9PR05MB7788.eurprd05.prod.outlook.com";
    let status = answer.status("5.0.0");
    let notice = format!(
        "Delivery has failed to these recipients or groups:\n\n\
         {recipient}<mailto:{recipient}>\n\
         Your message couldn't be delivered.\n\n\
         Diagnostic information for administrators:\n\n\
         Generating server: {server}\n\n\
         {recipient}\n{host}\nRemote Server returned '{diagnostic}'\n\n\
         Original message headers:\n\n{}",
        original()
    );
    let fields = format!(
        "Reporting-MTA: dns;DB9PR05MB7788.eur05.prod.outlook.com\n\
         Received-From-MTA: dns;mx1.birch.example\n\
         Arrival-Date: Tue, 12 May 2026 08:20:01 +0000\n\n\
         Final-Recipient: rfc822;{recipient}\n\
         Action: failed\n\
         Status: {status}\n\
         Diagnostic-Code: smtp;{diagnostic}\n\
         Remote-MTA: dns;{host}\n"
    );
    let from = "postmaster@birch.example";
    multipart(from, "Undeliverable: Your order", &notice, &fields)
}

fn exchange(answer: &Answer<'_>) -> String {
    exchange_with(answer, &answer.joined())
}

fn exchange_mapped(answer: &Answer<'_>) -> String {
    let own = if answer.lines[0].starts_with('4') { "450 4.0.350" } else { "550 5.0.350" };
    let text = answer.joined();
    exchange_with(answer, &format!("{own} Remote server returned an error -> {text}"))
}

fn ironport(answer: &Answer<'_>) -> String {
    let Answer { recipient, .. } = answer;
    let (reply, words) = answer.lines[0].split_at(3);
    let mut quoted = vec![words[1..].to_owned()];
    quoted.extend(answer.lines[1..].iter().map(|line| line[4..].to_owned()));
    let own = match answer.step {
        Step::Rcpt => "5.1.0 - Unknown address error",
        _ => "5.3.0 - Other mail system problem",
    };
    let reason = format!("{own} {reply}-'{}'", quoted.join(" "));
    let notice = format!(
        "The following message to <{recipient}> was undeliverable.\n\
         The reason for the problem:\n{reason}\n"
    );
    let fields = format!(
        "Reporting-MTA: dns; mx1.birch.example\n\n\
         Final-Recipient: rfc822;{recipient}\n\
         Action: failed\n\
         Status: 5.0.0 (permanent failure)\n\
         Remote-MTA: dns; [{REMOTE_IP}]\n\
         Diagnostic-Code: smtp; {reason} (delivery attempts: 0)\n"
    );
    let from = "\"Mail Delivery System\" <MAILER-DAEMON@mx1.birch.example>";
    multipart(from, "Delivery Status Notification (Failure)", &notice, &fields)
}

fn supplementary(answer: &Answer<'_>) -> String {
    let Answer { host, recipient, .. } = answer;
    let status = answer.status("5.0.0");
    let text = answer.joined();
    let notice = format!(
        "Delivery has failed to these recipients or distribution lists:\n\n\
         {recipient}\n\
         Your message wasn't delivered. Please contact your administrator.\n\n\
         Diagnostic information for administrators:\n\n\
         Generating server: mx1.birch.example\n\n\
         {recipient}\n{host} #<{host} #{status} smtp;{text}> #SMTP#\n\n\
         Original message headers:\n\n{}",
        original()
    );
    let fields = format!(
        "Reporting-MTA: dns;mx1.birch.example\n\n\
         Final-Recipient: rfc822;{recipient}\n\
         Action: failed\n\
         Status: {status}\n\
         Diagnostic-Code: smtp;{} {status}\n\
         X-Supplementary-Info: <{host} #{status} smtp;{text}>\n",
        &answer.lines[0][..3]
    );
    let from = "Microsoft Exchange <MAILER-DAEMON@birch.example>";
    multipart(from, "Undeliverable: Your order", &notice, &fields)
}

fn sns(answer: &Answer<'_>) -> String {
    let Answer { recipient, .. } = answer;
    let status = answer.status("5.0.0");
    let notification = serde_json::json!({
        "notificationType": "Bounce",
        "bounce": {
            "feedbackId": "0102018f6b0e3d21-5b1c6c9f-000000",
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{
                "emailAddress": recipient,
                "action": "failed",
                "status": status,
                "diagnosticCode": format!("smtp; {}", answer.joined()),
            }],
            "timestamp": "2026-05-12T08:20:04.000Z",
            "remoteMtaIp": REMOTE_IP,
            "reportingMTA": "dns; b224-12.smtp-out.amazonses.com",
        },
        "mail": {
            "timestamp": "2026-05-12T08:20:00.000Z",
            "source": SENDER,
            "sourceIp": "192.0.2.25",
            "messageId": "0102018f6b0e2f11-7f0e2c1b-000000",
            "destination": [recipient],
            "headersTruncated": false,
            "headers": [
                {"name": "From", "value": SENDER},
                {"name": "To", "value": recipient},
                {"name": "Subject", "value": "Your order"},
                {"name": "Message-ID", "value": "<20260512082000.4AF0@birch.example>"},
            ],
            "commonHeaders": {
                "from": [SENDER],
                "to": [recipient],
                "subject": "Your order",
                "messageId": "<20260512082000.4AF0@birch.example>",
            },
        },
    });
    let from = "AWS Notifications <no-reply@sns.amazonaws.com>";
    plain(from, "AWS Notification Message", "", &notification.to_string())
}
