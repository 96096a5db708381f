//! Reports as Exchange, Exchange Online, Gmail and Cisco's gateway write them, in the languages that
//! these speak: ours about others, and the recipients' own about their mailboxes.

use super::numbers::Numbers;
use super::story::{Said, Story, Trouble, Waiting};
use super::unix::Parts;

/// The words of an Exchange Server in one language.
struct Speech {
    subject: &'static str,
    delayed: &'static str,
    failed: &'static str,
    sentence: &'static str,
    diagnostic: &'static str,
    server: &'static str,
    headers: &'static str,
    returned: &'static str,
}

const SPEECHES: [Speech; 8] = [
    Speech {
        subject: "Undeliverable:",
        delayed: "Delivery is delayed to these recipients or groups:",
        failed: "Delivery has failed to these recipients or groups:",
        sentence: "Your message couldn't be delivered. Please contact your email admin.",
        diagnostic: "Diagnostic information for administrators:",
        server: "Generating server:",
        headers: "Original message headers:",
        returned: "Remote Server returned",
    },
    Speech {
        subject: "Unzustellbar:",
        delayed: "Verzögerung bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:",
        failed: "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:",
        sentence: "Die Nachricht konnte nicht zugestellt werden.",
        diagnostic: "Diagnoseinformationen für Administratoren:",
        server: "Generierender Server:",
        headers: "Ursprüngliche Nachrichtenkopfzeilen:",
        returned: "Der Remoteserver hat Folgendes zurückgegeben:",
    },
    Speech {
        subject: "Niedostarczalne:",
        delayed: "Dostarczanie do tych adresatów lub grup jest opóźnione:",
        failed: "Dostarczenie wiadomości do następujących adresatów lub grup nie powiodło się:",
        sentence: "Nie można dostarczyć wiadomości.",
        diagnostic: "Informacje diagnostyczne dla administratorów:",
        server: "Serwer generujący:",
        headers: "Oryginalne nagłówki wiadomości:",
        returned: "Serwer zdalny zwrócił",
    },
    Speech {
        subject: "Non recapitabile:",
        delayed: "Il recapito è in ritardo per i destinatari o gruppi seguenti:",
        failed: "Impossibile recapitare il messaggio ai destinatari o gruppi seguenti:",
        sentence: "Non è stato possibile recapitare il messaggio.",
        diagnostic: "Informazioni di diagnostica per gli amministratori:",
        server: "Server di generazione:",
        headers: "Intestazioni originali del messaggio:",
        returned: "Il server remoto ha restituito",
    },
    Speech {
        subject: "Kan ikke leveres:",
        delayed: "Levering er forsinket til disse mottakerne eller gruppene:",
        failed: "Levering til disse mottakerne eller gruppene mislyktes:",
        sentence: "Meldingen kunne ikke leveres.",
        diagnostic: "Diagnostikkinformasjon for administratorer:",
        server: "Genererer server:",
        headers: "Opprinnelige meldingshoder:",
        returned: "Ekstern server returnerte",
    },
    Speech {
        subject: "Onbestelbaar:",
        delayed: "De bezorging aan deze geadresseerden of groepen is vertraagd:",
        failed: "Bezorging aan de volgende geadresseerden of groepen is mislukt:",
        sentence: "Uw bericht kon niet worden bezorgd.",
        diagnostic: "Diagnostische gegevens voor beheerders:",
        server: "Server waarop het bericht is gegenereerd:",
        headers: "Oorspronkelijke berichtkoppen:",
        returned: "Externe server heeft geretourneerd",
    },
    Speech {
        subject: "Non remis :",
        delayed: "La remise est retardée pour ces destinataires ou groupes :",
        failed: "Échec de la remise pour ces destinataires ou groupes :",
        sentence: "Votre message n'a pas pu être remis.",
        diagnostic: "Informations de diagnostic pour les administrateurs :",
        server: "Serveur de génération :",
        headers: "En-têtes de message d'origine :",
        returned: "Le serveur distant a renvoyé",
    },
    Speech {
        subject: "No se pudo entregar:",
        delayed: "La entrega se retrasó a estos destinatarios o grupos:",
        failed: "No se pudo entregar a estos destinatarios o grupos:",
        sentence: "No se pudo entregar el mensaje.",
        diagnostic: "Información de diagnóstico para los administradores:",
        server: "Servidor de generación:",
        headers: "Encabezados de mensaje originales:",
        returned: "El servidor remoto devolvió",
    },
];

/// The report of one of our systems.
pub(crate) fn ours(story: &Story, numbers: &mut Numbers) -> String {
    match numbers.below(6) {
        0 | 1 => exchange(story, &story.sending, numbers),
        2 | 3 => online(story, numbers),
        4 => gmail(story, numbers),
        _ => gateway(story, numbers),
    }
}

/// The report of the recipient's own server.
pub(crate) fn theirs(story: &Story, numbers: &mut Numbers) -> String {
    exchange(story, &story.host, numbers)
}

/// What Exchange quotes of the answer, or says where there was none.
fn quoted(story: &Story) -> String {
    let Story { host, ip, .. } = story;
    let over = story.waiting == Waiting::Over;
    match story.said {
        Said::Answer { .. } | Said::Own(_) => story.line(),
        Said::Trouble(Trouble::TimedOut) => format!(
            "{} {{LED=450 4.4.317 Cannot connect to remote server [Message=421 4.4.1 Connection timed out] [LastAttemptedServerName={host}] [LastAttemptedIP={ip}:25]}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}};{{LRT=5/1/2026 8:29:44 AM}}",
            if over {
                "550 5.4.317 Message expired, cannot connect to remote server(451 4.4.0 Connection timed out)"
            } else {
                "450 4.4.317 Cannot connect to remote server"
            }
        ),
        Said::Trouble(Trouble::Refused) => format!(
            "{} {{LED=450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName={host}] [LastAttemptedIP={ip}:25]}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}};{{LRT=5/1/2026 8:29:44 AM}}",
            if over {
                "550 5.4.316 Message expired, connection refused(Socket error code 10061)"
            } else {
                "450 4.4.316 Connection refused"
            }
        ),
        Said::Trouble(Trouble::Lost) => format!(
            "550 4.4.7 QUEUE.Expired; message expired {{LED=421 4.4.2 Connection dropped due to ConnectionReset}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}}"
        ),
        Said::Trouble(Trouble::NoHost) => format!(
            "550 5.4.310 DNS domain {} does not exist [Message=InfoDomainNonexistent] [LastAttemptedServerName={}]",
            story.domain(),
            story.domain()
        ),
        Said::Trouble(Trouble::Tls) => format!(
            "{} {{LED=450 4.7.320 Certificate validation failed [Message=UntrustedRoot] [LastAttemptedServerName={host}] [LastAttemptedIP={ip}:25]}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}}",
            if over {
                "550 5.7.320 Message expired, certificate validation failed"
            } else {
                "450 4.7.320 Certificate validation failed"
            }
        ),
    }
}

/// An Exchange Server's report.
fn exchange(story: &Story, server: &str, numbers: &mut Numbers) -> String {
    let Story { recipient, host, .. } = story;
    let speech = numbers.one(&SPEECHES);
    let said = quoted(story);
    let status = reported_status(story);
    let own = server == host;
    let answer = if own {
        format!("{} '{said}'", speech.returned)
    } else if numbers.below(2) == 0 {
        format!("{host} #<{host} #{status} smtp;{said}> #SMTP#")
    } else {
        format!("{host}\n{} '{said}'", speech.returned)
    };
    let heading = if story.waiting == Waiting::Still { speech.delayed } else { speech.failed };
    let notice = format!(
        "{heading}\n\n{recipient}<mailto:{recipient}>\n{}\n\n\n{}\n\n{} {server}\n\n\
         {recipient}\n{answer}\n\n{}\n\n{}",
        speech.sentence,
        speech.diagnostic,
        speech.server,
        speech.headers,
        story.header(numbers)
    );
    let remote = if own { String::new() } else { format!("Remote-MTA: dns;{host}\n") };
    let fields = format!(
        "Reporting-MTA: dns;{server}\nArrival-Date: {}\n\nFinal-Recipient: rfc822;{recipient}\n\
         Action: {}\nStatus: {status}\nDiagnostic-Code: smtp;{said}\n{remote}",
        Story::date(&story.sent),
        story.action()
    );
    let subject = format!("{} {}", speech.subject, story.subject);
    let from = match server.split_once('.') {
        Some((_, domain)) => format!("postmaster@{domain}"),
        None => "postmaster@birch.example".to_owned(),
    };
    let parts =
        Parts { from: &from, subject: &subject, extra: "", notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}

/// The status that the fields of a desk's report have.
fn reported_status(story: &Story) -> String {
    let said = quoted(story);
    let word = said.split(' ').nth(1).unwrap_or("");
    if word.split('.').count() == 3 && word.starts_with(['4', '5']) {
        return word.to_owned();
    }
    story.status("5.0.0")
}

/// A report of Exchange Online, through which our people send.
fn online(story: &Story, numbers: &mut Numbers) -> String {
    let Story { recipient, sender, subject, host, .. } = story;
    let site = numbers.id(4, "0123456789");
    let server = format!("DB9PR05MB{site}.eurprd05.prod.outlook.com");
    let answer = quoted(story);
    let answered = matches!(story.said, Said::Answer { .. });
    let said = if answered && numbers.below(2) == 0 {
        let class = if answer.starts_with('4') { "450 4.0.350" } else { "550 5.0.350" };
        format!("{class} Remote server returned an error -> {answer}")
    } else {
        answer
    };
    let (status, remote) = (reported_status(story), format!("Remote server:\t{host}\n"));
    let notice = format!(
        "Your message to {recipient} couldn't be delivered.\n\n\
         Status code: {status}\n\nOriginal Message Details\nCreated Date:\t5/12/2026 8:20:01 AM\n\
         Sender Address:\t{sender}\nRecipient Address:\t{recipient}\nSubject:\t{subject}\n\n\
         Error Details\nReported error:\t{said}\nDSN generated by:\t{server}\n{}",
        if answered { remote.as_str() } else { "" }
    );
    let remote = if answered { format!("Remote-MTA: dns;{host}\n") } else { String::new() };
    let fields = format!(
        "Reporting-MTA: dns;{server}\nReceived-From-MTA: dns;{}\nArrival-Date: {}\n\n\
         Final-Recipient: rfc822;{recipient}\nAction: {}\nStatus: {status}\n\
         Diagnostic-Code: smtp;{said}\n{remote}",
        story.sending,
        Story::date(&story.sent),
        story.action()
    );
    let subject = format!("Undeliverable: {subject}");
    let from = "postmaster@birch.example";
    let parts = Parts { from, subject: &subject, extra: "", notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}

/// Headings of Gmail's reports in some languages, with the words before an answer.
const GMAIL: [(&str, &str, &str); 4] = [
    (
        "** Message not delivered **\n\nThere was a problem delivering your message to {to}. See the technical details below.",
        "The response from the remote server was:",
        "Delivery Status Notification (Failure)",
    ),
    (
        "** Nachricht nicht zugestellt **\n\nBeim Senden Ihrer Nachricht an {to} ist ein Problem aufgetreten. Weitere Informationen finden Sie unten in den technischen Details.",
        "Antwort vom Remoteserver:",
        "Delivery Status Notification (Failure)",
    ),
    (
        "** Wiadomość niedostarczona **\n\nPodczas dostarczania wiadomości do {to} wystąpił problem. Więcej informacji znajdziesz poniżej w szczegółach technicznych.",
        "Odpowiedź z serwera zdalnego:",
        "Delivery Status Notification (Failure)",
    ),
    (
        "** Message non distribué **\n\nUn problème est survenu lors de l'envoi de votre message à l'adresse {to}. Reportez-vous aux détails techniques ci-dessous.",
        "La réponse du serveur distant est la suivante :",
        "Delivery Status Notification (Failure)",
    ),
];

/// A report of Google's, through which some of our people send.
fn gmail(story: &Story, numbers: &mut Numbers) -> String {
    let Said::Answer { .. } = story.said else { return online(story, numbers) };
    if story.waiting == Waiting::Still {
        return online(story, numbers);
    }
    let Story { recipient, host, ip, .. } = story;
    let (heading, response, subject) = numbers.one(&GMAIL);
    let line = story.line();
    let notice = format!("\n{}\n\n{response}\n\n{line}\n", heading.replace("{to}", recipient));
    let fields = format!(
        "Reporting-MTA: dns; googlemail.com\nReceived-From-MTA: dns; {}\nArrival-Date: {}\n\
         X-Original-Message-ID: <{}>\n\nFinal-Recipient: rfc822; {recipient}\nAction: failed\n\
         Status: {}\nRemote-MTA: dns; {host}. ({ip}, the server for the domain {}.)\n\
         Diagnostic-Code: smtp; {line}\n",
        story.sender,
        Story::date(&story.sent),
        story.message_id,
        story.status("5.0.0"),
        story.domain()
    );
    let from = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>";
    let extra = format!("X-Failed-Recipients: {recipient}\n");
    let parts = Parts { from, subject, extra: &extra, notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}

/// Cisco's gateway before our servers.
fn gateway(story: &Story, numbers: &mut Numbers) -> String {
    let Said::Answer { words, .. } = &story.said else {
        return exchange(story, &story.sending, numbers);
    };
    if story.waiting == Waiting::Still {
        return exchange(story, &story.sending, numbers);
    }
    let Story { recipient, sending, ip, .. } = story;
    let mut lines = Vec::new();
    for line in words.lines() {
        lines.push(line.get(4..).unwrap_or(line));
    }
    let reason = format!(
        "5.3.0 - Other mail system problem {}-'{}'",
        words.get(..3).unwrap_or("550"),
        lines.join(" ")
    );
    let notice = format!(
        "The following message to <{recipient}> was undeliverable.\n\
         The reason for the problem:\n{reason}\n"
    );
    let fields = format!(
        "Reporting-MTA: dns; {sending}\n\nFinal-Recipient: rfc822;{recipient}\nAction: failed\n\
         Status: 5.0.0 (permanent failure)\nRemote-MTA: dns; [{ip}]\n\
         Diagnostic-Code: smtp; {reason} (delivery attempts: 0)\n"
    );
    let from = format!("\"Mail Delivery System\" <MAILER-DAEMON@{sending}>");
    let subject = "Delivery Status Notification (Failure)";
    let parts = Parts { from: &from, subject, extra: "", notice: &notice, fields: Some(fields) };
    parts.message(story, numbers)
}
