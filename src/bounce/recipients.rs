//! Whom a report is about: the machine-readable fields and the words for people brought together.

use std::collections::{HashMap, HashSet};

use crate::mail::header::{FieldValue, Headers};
use crate::mail::{SafeText, address};

use super::delivery::Delivery;
use super::notice::blocks::ReportBlock;
use super::notice::errors;
use super::notice::text::NoticeText;
use super::original::Original;
use super::report::DeliveryReport;

/// The deliveries that the blocks of the human text tell of. Where there are several, the address
/// the report was sent to is one only if something is told about it.
pub(super) fn of_blocks(mut blocks: Vec<ReportBlock>, headers: &Headers<'_>) -> Vec<Delivery> {
    let mut seen = HashSet::new();
    blocks.retain(|block| seen.insert(block.recipient.to_lowercase()));
    let mut deliveries: Vec<Delivery> = blocks.into_iter().map(Delivery::from_block).collect();
    if deliveries.len() > 1
        && let Some(own) = headers.get("to").and_then(FieldValue::address)
    {
        deliveries.retain(|delivery| delivery.said.is_some() || !is_about(delivery, &own));
    }
    deliveries
}

fn is_about(delivery: &Delivery, address: &str) -> bool {
    match &delivery.recipient {
        Some(recipient) => recipient.eq_ignore_ascii_case(address),
        None => false,
    }
}

/// The report names the recipients, the text completes them.
pub(super) fn of_report(report: &DeliveryReport, texts: Vec<Delivery>) -> Vec<Delivery> {
    let mut told = FromText::of(texts, report.recipients.len() == 1);
    let mut deliveries = Vec::with_capacity(report.recipients.len());
    for fields in &report.recipients {
        let mut delivery = Delivery::from_fields(fields.clone());
        if let Some(text) = told.take(&delivery) {
            delivery.complete(text, fields.status);
        }
        deliveries.push(delivery);
    }
    deliveries
}

/// What the words for people tell, each to be taken once.
struct FromText {
    deliveries: Vec<Option<Delivery>>,
    /// Where each recipient is, by the address in lower case.
    places: HashMap<String, usize>,
    /// There is one recipient here and one in the report: they are the same.
    single: bool,
}

impl FromText {
    fn of(texts: Vec<Delivery>, single: bool) -> Self {
        let mut places = HashMap::new();
        for (at, text) in texts.iter().enumerate() {
            if let Some(recipient) = &text.recipient {
                places.insert(recipient.to_ascii_lowercase(), at);
            }
        }
        let single = single && texts.len() == 1;
        Self { deliveries: texts.into_iter().map(Some).collect(), places, single }
    }

    /// What is told about the recipient of a delivery.
    fn take(&mut self, delivery: &Delivery) -> Option<Delivery> {
        for address in [&delivery.recipient, &delivery.original_recipient].into_iter().flatten() {
            if let Some(&at) = self.places.get(&address.to_ascii_lowercase()) {
                return self.deliveries[at].take();
            }
        }
        if self.single { self.deliveries[0].take() } else { None }
    }
}

/// Without a report: what the text says, else X-Failed-Recipients, else whom the returned message
/// was for.
pub(super) fn without_report(
    mut texts: Vec<Delivery>,
    headers: &Headers<'_>,
    notice: &NoticeText<'_>,
    original: Option<&Original>,
) -> Vec<Delivery> {
    if texts.iter().any(|delivery| delivery.recipient.is_some()) {
        texts.retain(|delivery| delivery.recipient.is_some());
        return texts;
    }
    let mut said = texts.pop().and_then(|unnamed| unnamed.said);
    if said.is_none() {
        said = errors::apart(notice, &[]);
    }
    let mut recipients = in_header(headers);
    if recipients.is_empty()
        && let Some(original) = original
        && let [only] = &original.recipients[..]
    {
        recipients.push(only.clone());
    }
    let mut deliveries = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let mut delivery =
            Delivery { recipient: Some(recipient), said: said.clone(), ..Delivery::default() };
        delivery.settle(None);
        deliveries.push(delivery);
    }
    deliveries
}

/// The addresses in X-Failed-Recipients.
fn in_header(headers: &Headers<'_>) -> Vec<SafeText> {
    let mut recipients = Vec::new();
    for value in headers.all("x-failed-recipients") {
        recipients.extend(address::all(&value.unfolded()).map(|found| SafeText::new(found.text)));
    }
    recipients
}
