//! The responsibility indicator: three stations in the order the mail travels, the break where it
//! stopped, the one who must act heavy and labelled; below it the sentence, what decided, and the
//! line that proves it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::App;
use crate::diagnosis::guidance::Values;
use crate::diagnosis::{Case, Confidence, Halt, Language, Party, Route};
use crate::layout::{clip, clip_around, clip_front, width, wrap};
use crate::listing::Detail;
use crate::mail::SafeText;

use super::look::Look;
use super::{put, put_right};

/// Rows of the large form: the boxes, five for sentences and evidence. Mostly the last one stays
/// empty.
pub(super) const LARGE: u16 = 10;
/// Rows of the small form.
pub(super) const SMALL: u16 = 2;
/// Columns between the sender and our service.
const GAP: u16 = 3;
/// Columns between our service and the recipient's side: room for the break.
const LAST_GAP: u16 = 4;
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
    stop: Halt,
    network: bool,
    thin: bool,
    must_act: String,
}

impl Picture {
    fn of(case: &Case<'_>, language: Language) -> Self {
        let route = Route::of(case);
        let station =
            |title, upper: Option<&SafeText>, lower: Option<&SafeText>, parties: &[Party]| {
                let text = |t: Option<&SafeText>| t.map(ToString::to_string).unwrap_or_default();
                let mut lines = [text(upper), text(lower)];
                if lines.iter().all(String::is_empty) {
                    "?".clone_into(&mut lines[0]);
                }
                Station { title, lines, acts: parties.contains(&route.party) }
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
                station(
                    language.word("field.sender"),
                    local.as_ref(),
                    at.as_ref(),
                    &[Party::Sender],
                ),
                station(
                    language.word("field.our_system"),
                    name.as_ref(),
                    domain.as_ref(),
                    &[Party::OurSystem],
                ),
                station(
                    language.word("field.recipient"),
                    route.domain.as_ref(),
                    theirs.as_ref(),
                    &[Party::RecipientSystem, Party::Recipient],
                ),
            ],
            stop: route.halt,
            network: route.party == Party::Network,
            thin: case.verdict.judgement.confidence == Confidence::Low,
            must_act: language.word("must_act").to_owned(),
        }
    }

    /// The arrow into a station; `last` for the one between our service and the recipient's side.
    fn arrow(&self, look: &Look, last: bool, columns: u16) -> String {
        let glyphs = look.glyphs;
        let dash = glyphs.light[4];
        let broken = if last { self.stop == Halt::Between } else { self.stop == Halt::AtUs };
        let shaft = usize::from(columns.saturating_sub(1));
        if !broken || shaft < 2 {
            return format!("{}{}", dash.repeat(shaft), glyphs.arrow);
        }
        let before = shaft / 2;
        format!(
            "{}{}{}{}",
            dash.repeat(before),
            glyphs.broken,
            dash.repeat(shaft - before - 1),
            glyphs.arrow
        )
    }
}

/// The large form: boxes, and the sentences below.
pub(super) fn large(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    detail: &Detail,
    case: &Case<'_>,
) {
    let picture = Picture::of(case, app.language());
    let gap = if picture.network { NETWORK_GAP } else { LAST_GAP };
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
        detail,
        case,
    );
}

fn station_box(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    picture: &Picture,
    station: &Station,
    last: bool,
) {
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
        let room = inner.saturating_sub(usize::from(width(text) < inner));
        // Of a local part the beginning tells, of a host the end.
        let text = if text.ends_with('@') && width(text) > room {
            clip(text.trim_end_matches('@'), room, look.glyphs.ascii)
        } else {
            clip_front(text, room, look.glyphs.ascii)
        };
        let text = format!("{}{text}", " ".repeat(inner - room));
        let pad = " ".repeat(inner.saturating_sub(width(&text)));
        let text_style = if station.acts { look.strong } else { Style::new() };
        let spans = vec![
            Span::styled(bar, style),
            Span::styled(format!("{text}{pad}"), text_style),
            Span::styled(bar, style),
        ];
        put(buffer, area, at, &Line::from(spans));
    }
    let label = match (station.acts, last && picture.stop == Halt::WithThem) {
        (true, true) => format!(" {} {} ", look.glyphs.broken, picture.must_act),
        (true, false) => format!(" {} ", picture.must_act),
        (false, true) => format!(" {} ", look.glyphs.broken),
        (false, false) => String::new(),
    };
    let label = clip(&label, inner, look.glyphs.ascii);
    let rest = inner.saturating_sub(width(&label));
    let bottom =
        format!("{bl}{}{label}{}{br}", dash.repeat(rest / 2), dash.repeat(rest - rest / 2));
    put(buffer, area, 4, &line(bottom));
}

/// Who must act and how sure that is, what decided, and the line that proves it.
fn sentences(
    app: &App,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    detail: &Detail,
    case: &Case<'_>,
) {
    let language = app.language();
    let judgement = case.verdict.judgement;
    let room = usize::from(area.width);
    let mut row = 0;
    let mut line = |line: Line<'_>| {
        put(buffer, area, row, &line);
        row += 1;
    };
    let (acts, sure) = (language.acts(judgement.party), language.sure(judgement.confidence));
    if width(acts) + width(sure) + 2 <= room {
        let gap = " ".repeat(room - width(acts) - width(sure));
        line(Line::from(vec![
            Span::styled(acts, look.strong),
            Span::raw(gap),
            Span::styled(sure, look.dim),
        ]));
    } else {
        for text in wrap("", &format!("{acts} ({sure})"), room) {
            line(Line::styled(text, look.strong));
        }
    }
    let ground = Values::of(case).ground(language, judgement.ground);
    for text in wrap("", &ground, room).into_iter().take(2) {
        line(Line::raw(text));
    }
    let Some(evidence) = &case.verdict.evidence else { return };
    let place = detail.anatomy.place(evidence.part, evidence.start, evidence.end);
    let place = place.map_or_else(String::new, |(lines, first, _)| {
        format!("{}, {} {first}", lines.part.name(), language.word("line"))
    });
    let (open, close) = look.glyphs.quotes;
    let left = usize::from(area.height).saturating_sub(usize::from(row)).min(2);
    let words = evidence.words();
    let columns = (left * room).saturating_sub(width(&place) + 12);
    let text = clip_around(words.text, words.focus, columns, look.glyphs.ascii);
    let mut lines = wrap("", &format!("{open}{text}{close}"), room);
    if lines.len() > left {
        lines.truncate(left);
        if let Some(last) = lines.last_mut() {
            let more = if look.glyphs.ascii { "~" } else { "…" };
            let kept = clip(last, room.saturating_sub(width(&place) + 5), look.glyphs.ascii);
            *last = format!("{}{more}{close}", kept.trim_end_matches(more));
        }
    }
    for text in &lines {
        put(buffer, area, row, &Line::from(Span::styled(text.clone(), look.accent)));
        row += 1;
    }
    if lines.last().is_some_and(|line| width(line) + width(&place) + 2 <= room) {
        put_right(buffer, area, row.saturating_sub(1), &Line::from(Span::styled(place, look.dim)));
    }
}

/// The small form: the picture on one line, sentence and evidence on the next.
pub(super) fn small(app: &App, look: &Look, buffer: &mut Buffer, area: Rect, case: &Case<'_>) {
    let language = app.language();
    let picture = Picture::of(case, language);
    let spans = one_line(look, &picture, usize::from(area.width));
    put(buffer, area, 0, &Line::from(spans));
    let acts = language.acts(case.verdict.judgement.party);
    let sure = language.sure(case.verdict.judgement.confidence);
    let mut spans =
        vec![Span::styled(acts, look.strong), Span::styled(format!(" ({sure}) "), look.dim)];
    if let Some(evidence) = &case.verdict.evidence {
        let (open, close) = look.glyphs.quotes;
        let room = usize::from(area.width).saturating_sub(spans.iter().map(Span::width).sum());
        let words = evidence.words();
        let columns = room.saturating_sub(2);
        let text = clip_around(words.text, words.focus, columns, look.glyphs.ascii);
        spans.push(Span::styled(format!("{open}{text}{close}"), look.accent));
    }
    put(buffer, area, 1, &Line::from(spans));
}

/// The picture on one line: the longest names are cut until it fits.
fn one_line(look: &Look, picture: &Picture, room: usize) -> Vec<Span<'static>> {
    let label = picture.must_act.to_uppercase();
    let mut names: Vec<String> =
        picture.stations.iter().enumerate().map(|(at, s)| station_name(s, at)).collect();
    let acting = picture.stations.iter().filter(|s| s.acts).count() + usize::from(picture.network);
    let arrows = if picture.network { 5 + 2 + 2 * 5 + 1 } else { 2 * 6 };
    let taken =
        arrows + acting * (width(&label) + 4) + usize::from(picture.stop == Halt::WithThem) * 2;
    while names.iter().map(|n| width(n)).sum::<usize>() + taken > room {
        let Some(longest) = names.iter_mut().max_by_key(|n| width(n)).filter(|n| width(n) > 4)
        else {
            break;
        };
        *longest = clip(longest, width(longest) - 1, look.glyphs.ascii);
    }
    let mut spans = Vec::new();
    for (at, (station, name)) in picture.stations.iter().zip(names).enumerate() {
        let last = at == 2;
        if at > 0 {
            let arrow = picture.arrow(look, last, if last && picture.network { 3 } else { 4 });
            spans.push(Span::raw(format!(" {arrow} ")));
            if last && picture.network {
                spans.push(Span::styled(format!("[{label}]"), look.accent));
                spans.push(Span::raw(format!(" {arrow} ")));
            }
        }
        spans.push(if station.acts {
            Span::styled(format!("[{name}: {label}]"), look.accent)
        } else {
            Span::raw(name)
        });
        if last && picture.stop == Halt::WithThem {
            spans.push(Span::raw(format!(" {}", look.glyphs.broken)));
        }
    }
    spans
}

/// One name for a station on one line; of our own host its own part is enough.
fn station_name(station: &Station, at: usize) -> String {
    let [upper, lower] = &station.lines;
    let name = match at {
        0 => format!("{upper}{lower}"),
        1 => upper.trim_end_matches('.').to_owned(),
        _ if upper.is_empty() => lower.clone(),
        _ => upper.clone(),
    };
    if name.is_empty() || name == "?" { station.title.to_owned() } else { name }
}
