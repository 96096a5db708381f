//! The Admin view: servers, codes, the answer, the evidence where it stands, headers, and what was
//! not understood.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::App;
use crate::bounce::anatomy::HeaderLine;
use crate::bounce::wording::answer;
use crate::bounce::{Delivery, Original, Remote};
use crate::diagnosis::rules::meaning;
use crate::diagnosis::{Backscatter, Case, Evidence, Verdict};
use crate::layout::{clip, date};
use crate::listing::Detail;
use crate::mail::SafeText;

use super::super::sheet::Sheet;

/// Lines of the part that are shown around the evidence.
const AROUND: usize = 2;

pub(super) fn fill(app: &App, detail: &Detail, sheet: &mut Sheet<'_>) {
    let plain = Style::new();
    let generator = detail.bounce.generating_server.as_ref().map(|host| {
        let ours = detail.ours.has_host(host) || detail.ours.has_relay(host);
        if ours { format!("{host} (ours)") } else { host.to_string() }
    });
    sheet.field("Generating server", &or_absent(generator), plain);
    match app.opened.case() {
        Some(Case { delivery, verdict, .. }) => {
            fields(delivery, verdict, sheet);
            if let Some(evidence) = &verdict.evidence {
                in_context(detail, evidence, sheet);
            }
        }
        None => sheet.field("Kind", detail.bounce.kind.words(), plain),
    }
    origin(detail, sheet);
    if let Some(original) = detail.bounce.original.as_ref().filter(|o| !o.is_empty()) {
        returned(original, sheet);
    }
    unread(detail, sheet);
    super::site_note(app, detail, sheet);
    super::limits(detail, sheet);
    headers("Original headers", &detail.anatomy.original_headers, sheet);
    headers("Report headers", &detail.anatomy.report_headers, sheet);
}

fn or_absent(value: Option<String>) -> String {
    value.unwrap_or_else(|| "not in the report".to_owned())
}

fn fields(delivery: &Delivery, verdict: &Verdict, sheet: &mut Sheet<'_>) {
    let (plain, strong) = (Style::new(), sheet.look.strong);
    let asked = delivery
        .original_recipient
        .as_ref()
        .map(|o| format!("  (asked for: {o})"))
        .unwrap_or_default();
    let recipient = delivery.recipient.as_ref().map(|r| format!("{r}{asked}"));
    sheet.field("Rejected recipient", &or_absent(recipient), plain);
    let remote = delivery.remote.as_ref().map(Remote::whole);
    sheet.field(
        "Remote server",
        &remote.unwrap_or_else(|| "none: the generating server itself".to_owned()),
        plain,
    );
    let status = delivery.status.map(|status| match meaning(status) {
        Some(title) => format!("{status}   {title}"),
        None => status.to_string(),
    });
    sheet.field("Enhanced status", &or_absent(status), plain);
    if let Some(reply) = delivery.reply {
        sheet.field("Reply code", &reply.to_string(), plain);
    }
    sheet.field(
        "SMTP response",
        &or_absent(delivery.said.as_ref().map(|s| answer(&s.text).to_owned())),
        strong,
    );
    if let Some(last) = &delivery.last_error {
        sheet.field("Last real error", answer(&last.text), strong);
    }
    if let Some(phase) = delivery.phase {
        sheet.field("Phase", phase.label(), plain);
    }
    if let Some(action) = delivery.action {
        sheet.field("Action", action.name(), plain);
    }
    for (name, stamp) in
        [("Last attempt", delivery.last_attempt), ("Retries until", delivery.retry_until)]
    {
        if let Some(stamp) = stamp {
            sheet.field(name, &date(stamp), plain);
        }
    }
    sheet.field("Reason", verdict.reason.slug(), plain);
    let rule = verdict.rule.as_ref().map(|rule| format!("{}   {}", rule.id, rule.title));
    sheet.field("Rule", &rule.unwrap_or_else(|| verdict.rule_id().to_owned()), plain);
}

/// The evidence among the lines that stand around it, numbered as in its part.
fn in_context(detail: &Detail, evidence: &Evidence, sheet: &mut Sheet<'_>) {
    let Some((lines, first, last)) =
        detail.anatomy.place(evidence.part, evidence.start, evidence.end)
    else {
        sheet.heading("Evidence");
        sheet.evidence = Some(sheet.lines.len());
        sheet.quote(&evidence.text, sheet.look.accent);
        return;
    };
    sheet.heading(format!("Evidence: {} part, line {first}", lines.part.name()));
    let (from, to) = (first.saturating_sub(AROUND + 1), (last + AROUND).min(lines.lines.len()));
    for (at, (_, text)) in
        lines.lines[from..to].iter().enumerate().map(|(n, line)| (from + n + 1, line))
    {
        let inside = (first..=last).contains(&at);
        if inside && sheet.evidence.is_none() {
            sheet.evidence = Some(sheet.lines.len());
        }
        let (mark, style) =
            if inside { (sheet.look.glyphs.bar, sheet.look.accent) } else { (" ", sheet.look.dim) };
        let room = sheet.columns.saturating_sub(7);
        for (n, piece) in crate::layout::wrap("", text, room).into_iter().enumerate() {
            let number = if n == 0 { format!("{at:>4} ") } else { "     ".to_owned() };
            sheet.line(Line::from(vec![
                Span::styled(number, sheet.look.dim),
                Span::styled(format!("{mark} "), sheet.look.accent),
                Span::styled(piece, style),
            ]));
        }
    }
}

/// Whether we sent the returned message, and every sign that speaks for or against it.
fn origin(detail: &Detail, sheet: &mut Sheet<'_>) {
    let origin = &detail.diagnosis.origin;
    if origin.signs.is_empty() {
        return;
    }
    let verdict = match origin.verdict {
        Backscatter::Yes => "no: somebody else sent it in our name (backscatter)",
        Backscatter::No => "yes",
        Backscatter::Unknown => "the signs do not decide",
    };
    sheet.heading(format!("Did we send it? {verdict}"));
    for sign in &origin.signs {
        let lead = match sign.speaks_for {
            Backscatter::Yes => "against  ",
            Backscatter::No => "for      ",
            Backscatter::Unknown => "open     ",
        };
        sheet.paragraph(lead, &sign.text, Style::new());
    }
}

fn returned(original: &Original, sheet: &mut Sheet<'_>) {
    sheet.heading("Original message");
    let plain = Style::new();
    let text = |t: &Option<SafeText>| t.as_ref().map(ToString::to_string);
    let signed = (!original.signers.is_empty())
        .then(|| original.signers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    for (name, value) in [
        ("From", text(&original.from)),
        ("To", text(&original.to)),
        ("Subject", text(&original.subject)),
        ("Date", original.date.map(date)),
        ("Message-ID", text(&original.message_id)),
        ("DKIM signed by", signed),
    ] {
        if let Some(value) = value {
            sheet.field(name, &value, plain);
        }
    }
    for verdict in &original.verdicts {
        sheet.field("Checked", verdict, plain);
    }
}

fn unread(detail: &Detail, sheet: &mut Sheet<'_>) {
    let lines = &detail.anatomy.not_understood;
    if lines.is_empty() {
        return;
    }
    let what = if lines.len() == 1 { "line" } else { "lines" };
    sheet.heading(format!("Not understood ({} {what})", lines.len()));
    for line in lines {
        sheet.paragraph("", line, Style::new());
    }
}

fn headers(title: &str, headers: &[HeaderLine], sheet: &mut Sheet<'_>) {
    if headers.is_empty() {
        return;
    }
    sheet.heading(format!("{title} ({})", headers.len()));
    for HeaderLine { name, value } in headers {
        let name = clip(name, 40, sheet.look.glyphs.ascii);
        let lines = crate::layout::wrap(&format!("{name}: "), value, sheet.columns.max(60));
        for (at, line) in lines.into_iter().enumerate() {
            let rest = if at == 0 {
                line.strip_prefix(name.as_str()).unwrap_or("").to_owned()
            } else {
                line
            };
            let head = if at == 0 { name.clone() } else { String::new() };
            sheet.line(Line::from(vec![Span::styled(head, sheet.look.dim), Span::raw(rest)]));
        }
    }
}
