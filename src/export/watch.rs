//! What happens in mailboxes, a line of JSON an event. Field names are a public interface.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::list::{DeliveryLine, Grouped, IncidentLine, Listed, json_line};

/// A delivery that has come.
#[derive(Serialize)]
struct DeliveryEvent<'a> {
    event: &'static str,
    mailbox: &'a str,
    #[serde(flatten)]
    delivery: DeliveryLine<'a>,
}

/// An incident that has begun or grown.
#[derive(Serialize)]
struct IncidentEvent<'a> {
    event: &'static str,
    change: &'static str,
    #[serde(flatten)]
    incident: IncidentLine<'a>,
}

/// How a mailbox is doing, or something a person should read.
#[derive(Serialize)]
struct MailboxEvent<'a> {
    event: &'static str,
    mailbox: &'a str,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// Writes that a delivery has come.
///
/// # Errors
/// When it cannot be written.
pub fn delivery_came(mailbox: &str, listed: &Listed, out: &mut impl Write) -> io::Result<()> {
    let delivery = DeliveryLine::of(listed);
    json_line(&DeliveryEvent { event: "delivery", mailbox, delivery }, out)
}

/// Writes that an incident has begun, or grown; the Message-IDs are those of the new reports.
///
/// # Errors
/// When it cannot be written.
pub fn incident_grew(begins: bool, grouped: &Grouped<'_>, out: &mut impl Write) -> io::Result<()> {
    let change = if begins { "begun" } else { "grown" };
    let incident = IncidentLine::of(grouped);
    json_line(&IncidentEvent { event: "incident", change, incident }, out)
}

/// Writes how a mailbox is doing now, and why.
///
/// # Errors
/// When it cannot be written.
pub fn mailbox_is(
    mailbox: &str,
    state: &'static str,
    why: Option<&str>,
    now: Timestamp,
    out: &mut impl Write,
) -> io::Result<()> {
    let (state, time) = (Some(state), now.to_string());
    json_line(&MailboxEvent { event: "health", mailbox, time, state, why, text: None }, out)
}

/// Writes something a person should read.
///
/// # Errors
/// When it cannot be written.
pub fn notice(mailbox: &str, text: &str, now: Timestamp, out: &mut impl Write) -> io::Result<()> {
    let (text, time) = (Some(text), now.to_string());
    json_line(&MailboxEvent { event: "notice", mailbox, time, state: None, why: None, text }, out)
}
