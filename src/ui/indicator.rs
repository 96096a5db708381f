//! The responsibility indicator: three stations in the order the mail travels, the break where it
//! stopped, the one who must act heavy and labelled; below it the sentence, what decided, and the
//! line that proves it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::diagnosis::{Evidence, Halt, Language};
use crate::layout::{clip, clip_around, clip_front, width, wrap};
use crate::page::{Picture, Station, Summary};

use super::canvas::{put, put_right};
use super::look::Look;

/// Rows of the large form: the boxes, five for sentences and evidence. Mostly the last one stays
/// empty.
pub(super) const LARGE: u16 = 10;
/// Rows of the small form.
pub(super) const SMALL: u16 = 2;
/// Rows of the boxes.
const BOXES: u16 = 5;
/// Columns between the sender and our service.
const GAP: u16 = 3;
/// Columns between our service and the recipient's side: room for the break.
const LAST_GAP: u16 = 4;
/// Columns of the gap on which the network's label stands.
const NETWORK_GAP: u16 = 14;
/// Columns to which names are cut at most on one line.
const SHORTEST: usize = 4;

/// The arrow into a station, so many columns long.
fn arrow(picture: &Picture, look: &Look, station: usize, columns: u16) -> String {
    let glyphs = look.glyphs;
    let dash = glyphs.light[4];
    let shaft = usize::from(columns.saturating_sub(1));
    if !picture.breaks_before(station) || shaft < 2 {
        return format!("{}{}", dash.repeat(shaft), glyphs.arrow);
    }
    let before = shaft / 2;
    let after = shaft - before - 1;
    let (left, right) = (dash.repeat(before), dash.repeat(after));
    format!("{left}{}{right}{}", glyphs.broken, glyphs.arrow)
}

/// The large form: boxes, and the sentences below.
pub(super) fn large(
    summary: &Summary,
    language: Language,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
) {
    let picture = &summary.picture;
    let last_gap = if picture.network.is_some() { NETWORK_GAP } else { LAST_GAP };
    let wide = area.width.saturating_sub(GAP + last_gap) / 3;
    let mut x = area.x;
    for (at, station) in picture.stations.iter().enumerate() {
        if at > 0 {
            let gap = if at == 2 { last_gap } else { GAP };
            let place = Rect { x, width: gap, ..area };
            put(buffer, place, 2, &Line::from(arrow(picture, look, at, gap)));
            if at == 2 && picture.network.is_some() {
                let label = Span::styled(picture.must_act.to_uppercase(), look.accent);
                let place = Rect { x: x + 1, width: gap - 2, ..area };
                put(buffer, place, 3, &Line::from(label).centered());
            }
            x += gap;
        }
        let width = if at == 2 { area.right().saturating_sub(x) } else { wide };
        let drawn = StationBox { look, picture, station, last: at == 2, width };
        drawn.draw(buffer, Rect { x, width, height: BOXES, ..area });
        x += width;
    }
    let height = area.height.saturating_sub(BOXES);
    let below = Rect { y: area.y + BOXES, height, ..area };
    sentences(summary, language, look, buffer, below);
}

/// A station as a box.
struct StationBox<'a> {
    look: &'a Look,
    picture: &'a Picture,
    station: &'a Station,
    last: bool,
    width: u16,
}

impl StationBox<'_> {
    fn draw(&self, buffer: &mut Buffer, area: Rect) {
        let (look, acts) = (self.look, self.station.acts);
        let heavy = acts && !self.picture.thin;
        let [tl, tr, br, bl, dash, bar] = if heavy { look.glyphs.heavy } else { look.glyphs.light };
        let style = if acts { look.accent } else { look.dim };
        put(buffer, area, 0, &Line::from(self.title()));
        let inner = self.inner();
        let top = format!("{tl}{}{tr}", dash.repeat(inner));
        put(buffer, area, 1, &Line::styled(top, style));
        let text_style = if acts { look.strong } else { Style::new() };
        for (row, text) in (2..).zip(&self.station.lines) {
            let spans = vec![
                Span::styled(bar, style),
                Span::styled(self.inside(text), text_style),
                Span::styled(bar, style),
            ];
            put(buffer, area, row, &Line::from(spans));
        }
        let label = clip(&self.label(), inner, look.glyphs.ascii);
        let rest = inner.saturating_sub(width(&label));
        let (left, right) = (dash.repeat(rest / 2), dash.repeat(rest - rest / 2));
        let bottom = format!("{bl}{left}{label}{right}{br}");
        put(buffer, area, 4, &Line::styled(bottom, style));
    }

    fn inner(&self) -> usize {
        usize::from(self.width.saturating_sub(2))
    }

    fn title(&self) -> Span<'static> {
        let room = usize::from(self.width).saturating_sub(1);
        let Station { title, acts, .. } = self.station;
        let (title, style) = if *acts {
            (title.to_uppercase(), self.look.accent)
        } else {
            ((*title).to_owned(), Style::new())
        };
        Span::styled(format!(" {}", clip(&title, room, self.look.glyphs.ascii)), style)
    }

    /// A line of the name, filled up to the width of the box.
    fn inside(&self, text: &str) -> String {
        let inner = self.inner();
        let ascii = self.look.glyphs.ascii;
        let room = inner.saturating_sub(usize::from(width(text) < inner));
        // Of a local part the beginning tells, of a host the end.
        let name = if text.ends_with('@') && width(text) > room {
            clip(text.trim_end_matches('@'), room, ascii)
        } else {
            clip_front(text, room, ascii)
        };
        let line = format!("{}{name}", " ".repeat(inner - room));
        let pad = " ".repeat(inner.saturating_sub(width(&line)));
        format!("{line}{pad}")
    }

    /// What stands in the lower edge: the break, and who must act.
    fn label(&self) -> String {
        let broken = self.look.glyphs.broken;
        let must_act = self.picture.must_act;
        match (self.station.acts, self.last && self.picture.halt == Halt::WithThem) {
            (true, true) => format!(" {broken} {must_act} "),
            (true, false) => format!(" {must_act} "),
            (false, true) => format!(" {broken} "),
            (false, false) => String::new(),
        }
    }
}

/// Who must act and how sure that is, what decided, and the line that proves it.
fn sentences(summary: &Summary, language: Language, look: &Look, buffer: &mut Buffer, area: Rect) {
    let room = usize::from(area.width);
    let Summary { acts, sure, .. } = *summary;
    let mut lines = Vec::new();
    if width(acts) + width(sure) + 2 <= room {
        let gap = " ".repeat(room - width(acts) - width(sure));
        let (acts, sure) = (Span::styled(acts, look.strong), Span::styled(sure, look.dim));
        lines.push(Line::from(vec![acts, Span::raw(gap), sure]));
    } else {
        for text in wrap("", &format!("{acts} ({sure})"), room) {
            lines.push(Line::styled(text, look.strong));
        }
    }
    for text in wrap("", &summary.ground, room).into_iter().take(2) {
        lines.push(Line::raw(text));
    }
    for (row, line) in (0..).zip(&lines) {
        put(buffer, area, row, line);
    }
    if let Some(evidence) = &summary.evidence {
        let place = place(summary, language);
        let above = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let height = area.height.saturating_sub(above);
        let below = Rect { y: area.y.saturating_add(above), height, ..area };
        proof(evidence, &place, look, buffer, below);
    }
}

/// Where the evidence stands, in words.
fn place(summary: &Summary, language: Language) -> String {
    let Some((part, line)) = summary.place else { return String::new() };
    let part = language.word(&format!("part.{}", part.slug()));
    format!("{part}, {} {line}", language.word("line"))
}

/// The evidence on at most two lines, its place at the right where there is room.
fn proof(evidence: &Evidence, place: &str, look: &Look, buffer: &mut Buffer, area: Rect) {
    let (room, ascii) = (usize::from(area.width), look.glyphs.ascii);
    let (open, close) = look.glyphs.quotes;
    let left = usize::from(area.height).min(2);
    let columns = (left * room).saturating_sub(width(place) + 12);
    let words = evidence.words();
    let text = clip_around(words.text, words.focus, columns, ascii);
    let mut lines = wrap("", &format!("{open}{text}{close}"), room);
    if lines.len() > left {
        lines.truncate(left);
        if let Some(last) = lines.last_mut() {
            let more = if ascii { "~" } else { "…" };
            let kept = clip(last, room.saturating_sub(width(place) + 5), ascii);
            *last = format!("{}{more}{close}", kept.trim_end_matches(more));
        }
    }
    for (row, text) in (0..).zip(&lines) {
        put(buffer, area, row, &Line::styled(text.clone(), look.accent));
        let last = usize::from(row) + 1 == lines.len();
        if last && width(text) + width(place) + 2 <= room {
            put_right(buffer, area, row, &Line::styled(place.to_owned(), look.dim));
        }
    }
}

/// The small form: the picture on one line, sentence and evidence on the next.
pub(super) fn small(summary: &Summary, look: &Look, buffer: &mut Buffer, area: Rect) {
    let room = usize::from(area.width);
    put(buffer, area, 0, &Line::from(one_line(look, &summary.picture, room)));
    let mut line = Line::from(vec![
        Span::styled(summary.acts, look.strong),
        Span::styled(format!(" ({}) ", summary.sure), look.dim),
    ]);
    if let Some(evidence) = &summary.evidence {
        let (open, close) = look.glyphs.quotes;
        let left = room.saturating_sub(line.width() + 2);
        let words = evidence.words();
        let text = clip_around(words.text, words.focus, left, look.glyphs.ascii);
        line.push_span(Span::styled(format!("{open}{text}{close}"), look.accent));
    }
    put(buffer, area, 1, &line);
}

/// The picture on one line: the longest names are cut until it fits.
fn one_line(look: &Look, picture: &Picture, room: usize) -> Vec<Span<'static>> {
    let label = picture.must_act.to_uppercase();
    let network = picture.network.is_some();
    let names = short_names(look, picture, room.saturating_sub(taken(picture, &label)));
    let mut spans = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            let columns = if at == 2 && network { 3 } else { 4 };
            let arrow = arrow(picture, look, at, columns);
            spans.push(Span::raw(format!(" {arrow} ")));
            if at == 2 && network {
                spans.push(Span::styled(format!("[{label}]"), look.accent));
                spans.push(Span::raw(format!(" {arrow} ")));
            }
        }
        spans.push(if picture.stations[at].acts {
            Span::styled(format!("[{name}: {label}]"), look.accent)
        } else {
            Span::raw(name)
        });
    }
    if picture.halt == Halt::WithThem {
        spans.push(Span::raw(format!(" {}", look.glyphs.broken)));
    }
    spans
}

/// Columns that everything but the names takes on one line.
fn taken(picture: &Picture, label: &str) -> usize {
    let network = picture.network.is_some();
    let acting = picture.stations.iter().filter(|station| station.acts).count();
    let labels = acting + usize::from(network);
    let arrows = if network { 5 + 2 + 2 * 5 + 1 } else { 2 * 6 };
    arrows + labels * (width(label) + 4) + usize::from(picture.halt == Halt::WithThem) * 2
}

/// The names of the stations, cut so that together they fit, or nothing is left to cut.
fn short_names(look: &Look, picture: &Picture, room: usize) -> [String; 3] {
    let mut names = picture.stations.each_ref().map(|station| station.short.clone());
    while names.iter().map(|name| width(name)).sum::<usize>() > room {
        match names.iter_mut().max_by_key(|name| width(name)) {
            Some(longest) if width(longest) > SHORTEST => {
                *longest = clip(longest, width(longest) - 1, look.glyphs.ascii);
            }
            _ => break,
        }
    }
    names
}
