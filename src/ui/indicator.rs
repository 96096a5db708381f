//! The responsibility indicator: three stations in the order the mail travels, the break where it stopped, the one who
//! must act heavy and labelled; below it the sentence, what decided, and the line that proves it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::App;
use crate::bounce::Delivery;
use crate::diagnosis::guidance::Values;
use crate::diagnosis::{Confidence, Language, Party, Route, Stop, Verdict};
use crate::layout::{clip, width, wrap};
use crate::listing::Detail;
use crate::mail::SafeText;

use super::look::Look;
use super::{put, put_right};

/// Rows of the large form.
pub(super) const LARGE: u16 = 9;
/// Rows of the small form.
pub(super) const SMALL: u16 = 2;
/// Columns between two stations.
const GAP: u16 = 4;
/// Columns of the gap on which the network's label stands.
const NETWORK_GAP: u16 = 14;

/// One of the three stations.
struct Station {
    title: &'static str,
    lines: [String; 2],
    acts: bool,
}

/// What is drawn, from one delivery and its verdict.
struct Picture {
    stations: [Station; 3],
    stop: Stop,
    network: bool,
    thin: bool,
    must_act: String,
}

impl Picture {
    fn of(detail: &Detail, delivery: &Delivery, verdict: &Verdict, language: Language) -> Self {
        let route = Route::of(&detail.bounce, delivery, verdict, &detail.ours);
        let station = |title, upper: Option<&SafeText>, lower: Option<&SafeText>, parties: &[Party]| {
            let text = |t: Option<&SafeText>| t.map(ToString::to_string).unwrap_or_default();
            Station { title, lines: [text(upper), text(lower)], acts: parties.contains(&route.party) }
        };
        let sender = route.sender.as_deref().and_then(|s| s.rsplit_once('@'));
        let (local, at) = sender.map_or((None, None), |(local, domain)| {
            (Some(SafeText::new(&format!("{local}@"))), Some(SafeText::new(domain)))
        });
        // The host below the recipient's domain needs only its own part.
        let theirs = match (route.theirs.as_deref(), route.domain.as_deref()) {
            (Some(host), Some(domain)) => match host.strip_suffix(domain) {
                Some("") => None,
                Some(own) if own.ends_with('.') => Some(SafeText::new(own)),
                _ => route.theirs.clone(),
            },
            _ => route.theirs.clone(),
        };
        let (name, domain) = match route.ours.as_deref().and_then(|host| host.split_once('.')) {
            Some((name, domain)) if domain.contains('.') => {
                (Some(SafeText::new(&format!("{name}."))), Some(SafeText::new(domain)))
            }
            _ => (route.ours.clone(), None),
        };
        Self {
            stations: [
                station(language.word("field.sender"), local.as_ref(), at.as_ref(), &[Party::Sender]),
                station(language.word("field.our_system"), name.as_ref(), domain.as_ref(), &[Party::OurSystem]),
                station(
                    language.word("field.recipient"),
                    route.domain.as_ref(),
                    theirs.as_ref(),
                    &[Party::RecipientSystem, Party::Recipient],
                ),
            ],
            stop: route.stop,
            network: route.party == Party::Network,
            thin: verdict.judgement.confidence == Confidence::Low,
            must_act: language.word("must_act").to_owned(),
        }
    }

    /// The arrow into a station; `last` for the one between our service and the recipient's side.
    fn arrow(&self, look: &Look, last: bool, columns: u16) -> String {
        let glyphs = look.glyphs;
        let dash = glyphs.light[4];
        let broken = if last { self.stop == Stop::Between } else { self.stop == Stop::AtUs };
        let shaft = usize::from(columns.saturating_sub(1));
        if !broken || shaft < 2 {
            return format!("{}{}", dash.repeat(shaft), glyphs.arrow);
        }
        let before = shaft / 2;
        format!("{}{}{}{}", dash.repeat(before), glyphs.broken, dash.repeat(shaft - before - 1), glyphs.arrow)
    }
}

/// The large form: boxes, and the sentences below.
pub(super) fn large(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    (detail, delivery, verdict): (&Detail, &Delivery, &Verdict),
) {
    let picture = Picture::of(detail, delivery, verdict, app.language());
    let gap = if picture.network { NETWORK_GAP } else { GAP };
    let wide = area.width.saturating_sub(GAP + gap) / 3;
    let mut x = area.x;
    for (at, station) in picture.stations.iter().enumerate() {
        let wide = if at == 2 { area.right().saturating_sub(x) } else { wide };
        let place = Rect { x, width: wide, height: 5, ..area };
        station_box(look, buffer, place, &picture, station, at == 2);
        x += wide;
        if at < 2 {
            let gap = if at == 1 { gap } else { GAP };
            let arrow = picture.arrow(look, at == 1, gap);
            put(buffer, Rect { x, width: gap, ..area }, 2, &Line::from(arrow));
            if at == 1 && picture.network {
                let label = Line::from(Span::styled(picture.must_act.to_uppercase(), look.accent));
                put(buffer, Rect { x: x + 1, width: gap - 2, ..area }, 3, &label.centered());
            }
            x += gap;
        }
    }
    sentences(
        app,
        look,
        buffer,
        Rect { y: area.y + 5, height: area.height.saturating_sub(5), ..area },
        (detail, delivery, verdict),
    );
}

fn station_box(look: &Look, buffer: &mut Buffer, area: Rect, picture: &Picture, station: &Station, last: bool) {
    let heavy = station.acts && !picture.thin;
    let [tl, tr, br, bl, dash, bar] = if heavy { look.glyphs.heavy } else { look.glyphs.light };
    let style = if station.acts { look.accent } else { look.dim };
    let inner = usize::from(area.width.saturating_sub(2));
    let title = if station.acts { station.title.to_uppercase() } else { station.title.to_owned() };
    let title_style = if station.acts { look.accent } else { Style::new() };
    let title = clip(&title, usize::from(area.width).saturating_sub(1), look.glyphs.ascii);
    put(buffer, area, 0, &Line::from(Span::styled(format!(" {title}"), title_style)));
    let line = |text: String| Line::from(Span::styled(text, style));
    put(buffer, area, 1, &line(format!("{tl}{}{tr}", dash.repeat(inner))));
    for (at, text) in (2..).zip(&station.lines) {
        let text = crate::layout::clip_front(text, inner.saturating_sub(1), look.glyphs.ascii);
        let pad = " ".repeat(inner.saturating_sub(width(&text) + 1));
        let text_style = if station.acts { look.strong } else { Style::new() };
        let spans =
            vec![Span::styled(bar, style), Span::styled(format!(" {text}{pad}"), text_style), Span::styled(bar, style)];
        put(buffer, area, at, &Line::from(spans));
    }
    let label = match (station.acts, last && picture.stop == Stop::WithThem) {
        (true, true) => format!(" {} {} ", look.glyphs.broken, picture.must_act),
        (true, false) => format!(" {} ", picture.must_act),
        (false, true) => format!(" {} ", look.glyphs.broken),
        (false, false) => String::new(),
    };
    let label = clip(&label, inner, look.glyphs.ascii);
    let rest = inner.saturating_sub(width(&label));
    let bottom = format!("{bl}{}{label}{}{br}", dash.repeat(rest / 2), dash.repeat(rest - rest / 2));
    put(buffer, area, 4, &line(bottom));
}

/// Who must act and how sure that is, what decided, and the line that proves it.
fn sentences(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    (detail, delivery, verdict): (&Detail, &Delivery, &Verdict),
) {
    let language = app.language();
    let judgement = verdict.judgement;
    let confidence = language.word(confidence_key(judgement.confidence));
    put(buffer, area, 0, &Line::from(Span::styled(language.acts(judgement.party), look.strong)));
    put_right(buffer, area, 0, &Line::from(Span::styled(confidence, look.dim)));
    let ground = language.ground(judgement.ground, &Values::of(&detail.bounce, delivery, verdict));
    put(buffer, area, 1, &Line::from(clip(&ground, usize::from(area.width), look.glyphs.ascii)));
    let Some(evidence) = &verdict.evidence else { return };
    let (open, close) = look.glyphs.quotes;
    let place = detail.anatomy.place(evidence.part, evidence.start, evidence.end);
    let place = place.map_or_else(String::new, |(lines, first, _)| {
        format!("{}, {} {first}", lines.part.name(), language.word("line"))
    });
    let lines = wrap("", &format!("{open}{}{close}", evidence.text), usize::from(area.width));
    let more = lines.len() > 2;
    for (at, line) in (2..4).zip(&lines) {
        let last = at == 3 || lines.len() == 1;
        let room = usize::from(area.width).saturating_sub(if last { width(&place) + 2 } else { 0 });
        let text = if more && at == 3 {
            format!("{line} {}", if look.glyphs.ascii { "~" } else { "…" })
        } else {
            line.clone()
        };
        put(buffer, area, at, &Line::from(Span::styled(clip(&text, room, look.glyphs.ascii), look.accent)));
        if last {
            put_right(buffer, area, at, &Line::from(Span::styled(place.clone(), look.dim)));
        }
    }
}

fn confidence_key(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "confidence.high",
        Confidence::Medium => "confidence.medium",
        Confidence::Low => "confidence.low",
    }
}

/// The small form: the picture on one line, sentence and evidence on the next.
pub(super) fn small(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    (detail, delivery, verdict): (&Detail, &Delivery, &Verdict),
) {
    let language = app.language();
    let picture = Picture::of(detail, delivery, verdict, language);
    let room = usize::from(area.width) / 3;
    let mut spans = Vec::new();
    for (at, station) in picture.stations.iter().enumerate() {
        let name = station_name(station, at);
        if at > 0 {
            let last = at == 2;
            let network = last && picture.network;
            let arrow = picture.arrow(look, last, if network { 3 } else { 4 });
            spans.push(Span::raw(format!(" {arrow} ")));
            if network {
                let label = format!("[{}]", picture.must_act.to_uppercase());
                spans.push(Span::styled(label, look.accent));
                spans.push(Span::raw(format!(" {arrow} ")));
            }
        }
        let label = if station.acts { picture.must_act.to_uppercase() } else { String::new() };
        let name = clip(&name, room.saturating_sub(width(&label) + 4), look.glyphs.ascii);
        if station.acts {
            spans.push(Span::styled(format!("[{name}: {label}]"), look.accent));
        } else {
            spans.push(Span::raw(name));
        }
        if at == 2 && picture.stop == Stop::WithThem {
            spans.push(Span::raw(format!(" {}", look.glyphs.broken)));
        }
    }
    put(buffer, area, 0, &Line::from(spans));
    let acts = language.acts(verdict.judgement.party);
    let sure = language.word(confidence_key(verdict.judgement.confidence));
    let mut spans = vec![Span::styled(acts, look.strong), Span::styled(format!(" ({sure}) "), look.dim)];
    if let Some(evidence) = &verdict.evidence {
        let (open, close) = look.glyphs.quotes;
        let room = usize::from(area.width).saturating_sub(spans.iter().map(Span::width).sum());
        let text = clip(&evidence.text, room.saturating_sub(2), look.glyphs.ascii);
        spans.push(Span::styled(format!("{open}{text}{close}"), look.accent));
    }
    put(buffer, area, 1, &Line::from(spans));
}

/// One name for a station on one line.
fn station_name(station: &Station, at: usize) -> String {
    let [upper, lower] = &station.lines;
    let name = match at {
        0 | 1 => format!("{upper}{lower}"),
        _ if upper.is_empty() => lower.clone(),
        _ => upper.clone(),
    };
    if name.is_empty() { station.title.to_owned() } else { name }
}
