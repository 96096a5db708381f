//! The report's own words: what it tells the person who sent the mail, and what it tells that
//! person's administrators.

mod blocks;
mod exchange;

use crate::mail::{SafeText, address};

use super::notice::line::Line;
use super::notice::text::NoticeText;
use super::remote::is_host_name;
use super::said::Part;

pub use blocks::TextBlock;

/// Hosts behind other hosts that are kept.
const INNER_HOSTS: usize = 200;

/// What a report says in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What happened; of a layout without sections all that it says.
    pub cause: Vec<TextBlock>,
    /// How the sender can repair it ("How to fix it").
    pub fix: Vec<TextBlock>,
    /// What administrators should know ("More info for email admins").
    pub admin: Vec<TextBlock>,
    /// The article that it leads administrators to.
    pub link: Option<SafeText>,
    /// The hosts behind those that refused.
    pub inner_hosts: Vec<InnerHost>,
    /// One past the last byte of the sections for people and administrators.
    end: usize,
}

/// The host that refused, behind the one that spoke to us: Exchange's `#<host #5.7.1 smtp;…>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InnerHost {
    /// The recipient it refused.
    pub recipient: SafeText,
    /// Its name.
    pub host: SafeText,
}

impl Told {
    /// Reads the words of a report. `html` is its HTML, in which the links are.
    #[must_use]
    pub fn read(notice: &NoticeText<'_>, html: Option<&str>) -> Self {
        let lines = &notice.lines;
        // Lines made of HTML were never cut, nor are those of Exchange's modern report.
        let wrapped = notice.part != Part::Html;
        let mut told = Self::default();
        if let Some(sections) = exchange::modern(lines) {
            told.end = lines[sections.admin.end.saturating_sub(1)].end();
            told.link = exchange::link(&lines[sections.admin.clone()], html);
            for part in sections.cause {
                told.cause.extend(blocks::all(&lines[part], false));
            }
            told.fix = blocks::all(&lines[sections.fix], false);
            told.admin = blocks::all(&lines[sections.admin], false);
        } else if let Some(diagnostics) = exchange::diagnostics(lines) {
            told.cause = blocks::all(&lines[..diagnostics], wrapped);
        } else if !notice.own_text().starts_with('{') {
            told.cause = blocks::all(lines, wrapped);
        }
        told.inner_hosts = inner_hosts(lines);
        told
    }

    /// True when it says nothing in words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cause.is_empty() && self.fix.is_empty() && self.admin.is_empty()
    }

    /// The host behind the one that refused a recipient.
    #[must_use]
    pub fn inner_host(&self, recipient: &str) -> Option<&SafeText> {
        for inner in &self.inner_hosts {
            if inner.recipient.eq_ignore_ascii_case(recipient) {
                return Some(&inner.host);
            }
        }
        None
    }

    /// True for a byte of the text that stands in a section which has been read as such.
    pub(super) fn covers(&self, byte: usize) -> bool {
        byte < self.end
    }
}

/// The hosts named inside answers, each with the address above its line.
fn inner_hosts(lines: &[Line<'_>]) -> Vec<InnerHost> {
    let mut hosts = Vec::new();
    let mut recipient = "";
    for line in lines {
        let text = line.trimmed();
        if let Some(found) = address::find(text)
            && found.start == 0
        {
            recipient = found.text;
        }
        if let Some(host) = inner_host(text)
            && hosts.len() < INNER_HOSTS
        {
            let (recipient, host) = (SafeText::new(recipient), SafeText::new(host));
            hosts.push(InnerHost { recipient, host });
        }
    }
    hosts
}

/// The host of `<host #5.7.1 smtp;…`.
fn inner_host(text: &str) -> Option<&str> {
    let (_, inside) = text.split_once('<')?;
    let (host, behind) = inside.split_once(" #")?;
    let host = host.trim_end_matches('>');
    if is_host_name(host) && behind.starts_with(['4', '5']) { Some(host) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(blocks: &[TextBlock]) -> Vec<&str> {
        let mut words = Vec::new();
        for block in blocks {
            words.extend(block.lines.iter().map(SafeText::as_str));
        }
        words
    }

    fn read(text: &str) -> Told {
        Told::read(&NoticeText::new(text, Part::Text), None)
    }

    #[test]
    fn the_sections_of_the_modern_report() {
        let told = read(
            "[http://products.office.example/Logo.png]\nYour message to ann@oak.example couldn't be delivered.\n\nann wasn't found at oak.example.\n\nmarta\tOffice 365\tann\nAction Required\t\tRecipient\n\n\nUnknown To address\n\n\nHow to Fix It\nSend the message again and type the whole address.\n  *   Ask Ann by phone.\n\n\nWas this helpful? Send feedback to Microsoft<https://go.microsoft.com/fwlink/?LinkId=525921>.\n________________________________\n\nMore Info for Email Admins\nStatus code: 550 5.1.10\n\nThere is no such address. For more information see this article<https://go.microsoft.com/fwlink/?LinkId=532972>.\n\nOriginal Message Details\nCreated Date:\t5/3/2026 8:21:40 AM\nSender Address:\tmarta@birch.example\nRecipient Address:\tann@oak.example\nSubject:\tx\n\nError Details\nError:\t550 5.1.10 not found\n",
        );
        assert_eq!(
            words(&told.cause),
            [
                "Your message to ann@oak.example couldn't be delivered.",
                "ann wasn't found at oak.example.",
                "Unknown To address"
            ]
        );
        assert_eq!(
            words(&told.fix),
            ["Send the message again and type the whole address.", "* Ask Ann by phone."]
        );
        assert_eq!(told.admin.len(), 1, "{:?}", told.admin);
        assert_eq!(told.link.as_deref(), Some("https://go.microsoft.com/fwlink/?LinkId=532972"));
    }

    #[test]
    fn sections_without_blank_lines_in_a_language_nobody_listed() {
        let text = "Viestiäsi ei voitu toimittaa vastaanottajalle ann@oak.example.\nosoitetta ei löytynyt.\nmarta Office 365 ann\nToimenpide tarvitaan Vastaanottaja\nTuntematon osoite\nNäin korjaat ongelman\nKirjoita osoite uudelleen.\nOliko tästä apua? Lähetä palautetta Microsoftille.\nLisätietoja järjestelmänvalvojille\nTilakoodi: 550 5.1.10\nOsoitetta ei ole.\nViestin tiedot\nLuotu: 3.5.2026 8.21.40\nLähettäjä: marta@birch.example\nVastaanottaja: ann@oak.example\n";
        let told = Told::read(&NoticeText::new(text, Part::Html), None);
        assert_eq!(words(&told.cause)[2], "Tuntematon osoite", "{:?}", told.cause);
        assert_eq!(words(&told.fix), ["Kirjoita osoite uudelleen."]);
        assert_eq!(words(&told.admin), ["Osoitetta ei ole."]);
    }

    #[test]
    fn the_legacy_report_tells_people_above_its_diagnostics() {
        let told = read(
            "Il recapito non è riuscito per i seguenti destinatari o gruppi:\n\nAnn Lee<mailto:ann@oak.example>\nIl server chiede un accesso.\n\n\nInformazioni di diagnostica per gli amministratori:\n\nServer di generazione: ex1.birch.example\n\nann@oak.example\nmx.oak.example #<ex2.oak.example #5.7.1 smtp;530 5.7.1 Client was not authenticated> #SMTP#\n",
        );
        assert_eq!(
            words(&told.cause),
            [
                "Il recapito non è riuscito per i seguenti destinatari o gruppi:",
                "Ann Lee <ann@oak.example>",
                "Il server chiede un accesso."
            ]
        );
        assert_eq!(
            told.inner_host("Ann@oak.example").map(SafeText::as_str),
            Some("ex2.oak.example")
        );
        assert!(told.fix.is_empty() && told.admin.is_empty());
    }

    #[test]
    fn all_others_say_all_they_say() {
        let told = read(
            "This is the mail system at host mx1.birch.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n                   The mail system\n\n<ann@oak.example>: host mx.oak.example[198.51.100.25] said: 550 5.1.1\n    <ann@oak.example>: no such user (in reply to RCPT TO command)\n<bob@oak.example>: unknown user\n",
        );
        assert_eq!(
            words(&told.cause),
            [
                "This is the mail system at host mx1.birch.example.",
                "I'm sorry to have to inform you that your message could not be delivered to one or more recipients. It's attached below.",
                "The mail system",
                "<ann@oak.example>: host mx.oak.example[198.51.100.25] said: 550 5.1.1 <ann@oak.example>: no such user (in reply to RCPT TO command)",
                "<bob@oak.example>: unknown user"
            ]
        );
        assert_eq!(told.cause[3].about(), Some("ann@oak.example"));
        assert_eq!(told.cause.len(), 5);
    }
}
