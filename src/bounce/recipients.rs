//! Whom a report is about: the machine-readable fields and the words for people brought together.

use std::collections::{HashMap, HashSet};

use crate::mail::header::{FieldValue, Headers};
use crate::mail::limits::{RECIPIENTS, RECIPIENTS_IN_WORDS};
use crate::mail::{SafeText, address};

use super::delivery::Delivery;
use super::kind::Heading;
use super::notice::blocks::ReportBlock;
use super::notice::text::NoticeText;
use super::notice::{errors, prose};
use super::original::Original;
use super::report::DeliveryReport;

/// What a message holds besides the recipients that its lines name.
pub(super) struct Surroundings<'m> {
    /// Its header.
    pub headers: &'m Headers<'m>,
    /// Who wrote it and to whom.
    pub heading: &'m Heading,
    /// The words for people.
    pub notice: &'m NoticeText<'m>,
    /// The message that came back.
    pub original: Option<&'m Original>,
    /// A mail system wrote it, and no report lists the recipients: sentences may name them.
    pub asks_prose: bool,
}

impl Surroundings<'_> {
    /// The deliveries that the words for people tell of: the recipients that lines name, else, where
    /// a mail system speaks, those in sentences and under headings.
    pub(super) fn in_words(&self, mut blocks: Vec<ReportBlock>) -> Vec<Delivery> {
        if blocks.len() > 1 {
            let mut seen = HashSet::new();
            blocks.retain(|block| seen.insert(block.recipient.to_lowercase()));
        }
        self.drop_own(&mut blocks);
        if self.asks_prose && blocks.iter().all(|block| block.recipient.is_empty()) {
            let told = self.in_prose();
            if !told.is_empty() {
                blocks = told;
            }
        }
        // One more than are read shows that there are more.
        blocks.truncate(RECIPIENTS_IN_WORDS + 1);
        Delivery::from_blocks(blocks)
    }

    /// Drops the report's own addresses, unless something is told about them; the one it was sent to
    /// also stays where a sure shape names nobody else. Those who can be asked go where something is
    /// told about others alone.
    fn drop_own(&self, blocks: &mut Vec<ReportBlock>) {
        let own = self.own_addresses();
        let others = blocks.iter().any(|block| !has(&own, &block.recipient));
        blocks.retain(|block| {
            let told = block.said.is_some() && !block.shared;
            let alone = !others && has(self.heading.to.as_slice(), &block.recipient);
            !has(&own, &block.recipient) || !block.weak && (told || alone)
        });
        if blocks.iter().any(|block| block.said.is_some() && !is_role(&block.recipient)) {
            blocks.retain(|block| block.said.is_some() || !is_role(&block.recipient));
        }
    }

    /// Who wrote the report and to whom, unless the message was for them.
    fn own_addresses(&self) -> Vec<SafeText> {
        let mut own = Vec::new();
        let reply_to = self.headers.get("reply-to").and_then(FieldValue::address);
        for address in [&self.heading.to, &self.heading.author, &reply_to].into_iter().flatten() {
            own.push(address.clone());
        }
        let Some(original) = self.original else { return own };
        for address in [&original.author, &original.sender].into_iter().flatten() {
            own.push(address.clone());
        }
        own.retain(|address| !has(&original.recipients, address));
        own
    }

    /// The recipients that no line names.
    fn in_prose(&self) -> Vec<ReportBlock> {
        let own = self.own_addresses();
        let mut told = prose::told(self.notice);
        told.retain(|told| !has(&own, &told.recipient));
        let failed = in_header(self.headers);
        if !failed.is_empty() {
            told.retain(|told| failed.iter().any(|one| one.eq_ignore_ascii_case(&told.recipient)));
        }
        if told.is_empty()
            && failed.is_empty()
            && let Some(from) = &self.heading.author
        {
            told = prose::names_under_heading(self.notice);
            for user in &mut told {
                user.recipient = format!("{}@{}", user.recipient, address::domain(from));
            }
        }
        if let Some(labelled) = errors::apart(self.notice, &[]) {
            for one in told.iter_mut().filter(|one| !one.said.has_codes()) {
                one.said = labelled.clone();
            }
        }
        let mut seen = HashSet::new();
        let mut blocks = Vec::with_capacity(told.len());
        for prose::Told { recipient, said } in told {
            if seen.insert(lower(&recipient)) {
                let said = Some(said);
                blocks.push(ReportBlock { recipient, said, ..ReportBlock::default() });
            }
        }
        blocks
    }

    /// The report names the recipients, the words complete them.
    pub(super) fn in_report(&self, report: &DeliveryReport, texts: Vec<Delivery>) -> Vec<Delivery> {
        let single = report.recipients.len() == 1;
        let mut told = FromText::of(texts, single);
        let mut deliveries = Vec::with_capacity(report.recipients.len());
        for fields in &report.recipients {
            let mut delivery = Delivery::from_fields(fields.clone());
            if single && self.is_misnamed(&delivery) {
                delivery.recipient = self.meant(&mut delivery.original_recipient, &told);
            }
            if let Some(text) = told.take(&delivery) {
                delivery.complete(text, fields.status);
                deliveries.push(delivery);
                continue;
            }
            let children = told.take_children(&delivery);
            if children.is_empty() {
                deliveries.push(delivery);
                continue;
            }
            for child in children {
                let (recipient, original_recipient) = (None, None);
                let mut parent = Delivery { recipient, original_recipient, ..delivery.clone() };
                parent.complete(child, fields.status);
                deliveries.push(parent);
            }
        }
        deliveries
    }

    /// True for the recipient of a report that can be none: empty, or the sender of the message,
    /// which was for others.
    fn is_misnamed(&self, delivery: &Delivery) -> bool {
        let Some(recipient) = &delivery.recipient else { return true };
        if recipient.is_empty() {
            return true;
        }
        let Some(original) = self.original else { return false };
        let wrote = [&original.author, &original.sender].into_iter().flatten();
        !original.recipients.is_empty()
            && wrote.into_iter().any(|sender| sender.eq_ignore_ascii_case(recipient))
            && !has(&original.recipients, recipient)
    }

    /// Whom a report meant that misnames its recipient: Original-Recipient, the only one of the
    /// words, of X-Failed-Recipients, of the message that came back.
    fn meant(&self, written: &mut Option<SafeText>, told: &FromText) -> Option<SafeText> {
        if written.as_ref().is_some_and(|address| !address.is_empty()) {
            return written.take();
        }
        if let [Some(text)] = &told.deliveries[..]
            && text.recipient.is_some()
        {
            return text.recipient.clone();
        }
        if let [only] = &in_header(self.headers)[..] {
            return Some(only.clone());
        }
        match &self.original?.recipients[..] {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Without a report: what the words say, else X-Failed-Recipients, else whom the returned
    /// message was for.
    pub(super) fn without_report(&self, mut texts: Vec<Delivery>) -> Vec<Delivery> {
        if texts.iter().any(|delivery| delivery.recipient.is_some()) {
            texts.retain(|delivery| delivery.recipient.is_some());
            return texts;
        }
        let mut said = texts.pop().and_then(|unnamed| unnamed.said);
        if said.is_none() {
            said = errors::apart(self.notice, &[]);
        }
        let mut recipients = in_header(self.headers);
        if recipients.is_empty()
            && let Some(original) = self.original
            && let [only] = &original.recipients[..]
        {
            recipients.push(only.clone());
        }
        let mut shared = Delivery { said, ..Delivery::default() };
        shared.settle(None);
        let mut deliveries = Vec::with_capacity(recipients.len());
        for recipient in recipients {
            deliveries.push(Delivery { recipient: Some(recipient), ..shared.clone() });
        }
        deliveries
    }
}

/// True for an address under which a mail system can be asked.
fn is_role(address: &str) -> bool {
    const ROLES: [&str; 8] = [
        "postmaster",
        "mailer-daemon",
        "abuse",
        "support",
        "helpdesk",
        "help",
        "hostmaster",
        "noreply",
    ];
    ROLES.contains(&address::local(address).to_ascii_lowercase().as_str())
}

fn lower(address: &str) -> String {
    address.to_ascii_lowercase()
}

/// True when the addresses hold this one.
fn has(addresses: &[SafeText], address: &str) -> bool {
    addresses.iter().any(|one| one.eq_ignore_ascii_case(address))
}

/// What the words for people tell, each to be taken once.
struct FromText {
    deliveries: Vec<Option<Delivery>>,
    /// Where each recipient is, by the address in lower case.
    places: HashMap<String, usize>,
    /// Where the children of an address are, by the address in lower case.
    children: HashMap<String, Vec<usize>>,
    /// There is one recipient here and one in the report: they are the same.
    single: bool,
}

impl FromText {
    fn of(texts: Vec<Delivery>, single: bool) -> Self {
        let (mut places, mut children) = (HashMap::new(), HashMap::new());
        for (at, text) in texts.iter().enumerate() {
            if let Some(recipient) = &text.recipient {
                places.insert(lower(recipient), at);
            }
            if let Some(parent) = &text.original_recipient {
                let of_parent: &mut Vec<usize> = children.entry(lower(parent)).or_default();
                of_parent.push(at);
            }
        }
        let single = single && texts.len() == 1;
        Self { deliveries: texts.into_iter().map(Some).collect(), places, children, single }
    }

    /// What is told about the recipient of a delivery.
    fn take(&mut self, delivery: &Delivery) -> Option<Delivery> {
        for address in [&delivery.recipient, &delivery.original_recipient].into_iter().flatten() {
            if let Some(&at) = self.places.get(&lower(address)) {
                return self.deliveries[at].take();
            }
        }
        let is_child = self.children.keys().any(|parent| is_of(delivery, parent));
        if self.single && !is_child { self.deliveries[0].take() } else { None }
    }

    /// What is told about the addresses that the recipient of a delivery was expanded to.
    fn take_children(&mut self, delivery: &Delivery) -> Vec<Delivery> {
        let Some(recipient) = &delivery.recipient else { return Vec::new() };
        let places = self.children.remove(&lower(recipient)).unwrap_or_default();
        let mut children = Vec::with_capacity(places.len());
        for at in places {
            children.extend(self.deliveries[at].take());
        }
        children
    }
}

/// True for a delivery to this address.
fn is_of(delivery: &Delivery, address: &str) -> bool {
    match &delivery.recipient {
        Some(recipient) => recipient.eq_ignore_ascii_case(address),
        None => false,
    }
}

/// The addresses in X-Failed-Recipients; one more than are read, where there are more.
fn in_header(headers: &Headers<'_>) -> Vec<SafeText> {
    let mut recipients = Vec::new();
    for value in headers.all("x-failed-recipients") {
        let text = value.text();
        for found in address::all(&text) {
            if recipients.len() > RECIPIENTS {
                return recipients;
            }
            recipients.push(SafeText::new(found.text));
        }
    }
    recipients
}
