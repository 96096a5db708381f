//! The first and the last line: what is open and how it is doing; what to press, or what to read.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::app::{Action, App, Focus, LONGEST, Mailbox, Offers, Prompt, Purpose, Shape, Weight};
use crate::human::count;
use crate::layout::{clip, width};
use crate::listing::{By, Health};

use super::canvas::{columns, put, put_right};
use super::look::Look;

/// Cells of the progress bar.
const GAUGE: u32 = 10;
/// Cells of a reason below which it says nothing.
const LEAST_REASON: usize = 12;
/// Cells of the filter in the header.
const FILTER: usize = 40;
/// Cells of a candidate.
const OFFER: usize = 40;

/// The header: name left, counts and progress right.
pub(super) fn header(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) {
    let right = Line::from(vec![
        Span::raw(counts(app, look, usize::from(area.width / 2))),
        Span::raw(progress(app, look)),
        Span::raw(" "),
    ]);
    let room = area.width.saturating_sub(columns(&right) + 14);
    let name = match app.mailboxes.as_slice() {
        [one] => one.name.to_string(),
        many => format!("{} mailboxes", many.len()),
    };
    let left = Line::from(vec![
        Span::styled(" deadletter", look.strong),
        Span::raw("  "),
        Span::styled(clip(&name, usize::from(room), look.glyphs.ascii), look.dim),
    ]);
    put(buffer, area, 0, &left);
    put_right(buffer, area, 0, &right);
}

fn counts(app: &App, look: &Look, room: usize) -> String {
    let dot = look.glyphs.dot;
    let total = count(app.list.total());
    let lead = match app.list.passed() {
        "" => String::new(),
        filter => format!("/{filter} {dot} "),
    };
    let new = match app.list.new_ones() {
        0 => String::new(),
        new => format!(" {dot} {} new", count(new)),
    };
    if let Some(by) = app.list.by() {
        return format!("{lead}{}{new}", groups(app, by));
    }
    if let Some(group) = app.list.inside() {
        let what = clip(&app.list.words().what(&group.what), room, look.glyphs.ascii);
        let deliveries = app.list.deliveries();
        let one = if deliveries == 1 { "delivery" } else { "deliveries" };
        return format!("{lead}{what} {dot} {} {one}", count(deliveries));
    }
    if !app.list.passed().is_empty() {
        let total = count(app.list.rows());
        // What passes is said even of a long one.
        let filter = clip(app.list.passed(), FILTER, look.glyphs.ascii);
        return format!("/{filter} {dot} {} of {total} shown", count(app.list.len()));
    }
    let what = if app.list.total() == 1 { "delivery" } else { "deliveries" };
    match app.list.unknown() {
        0 => format!("{total} {what}{new}"),
        unknown => format!("{total} {what} {dot} {} unknown{new}", count(unknown)),
    }
}

/// How many groups there are, of how many deliveries.
fn groups(app: &App, by: By) -> String {
    let groups = app.list.len();
    let word = match by {
        By::Incident if groups == 1 => "list.incident",
        By::Incident => "list.by_incident",
        By::Reason => "list.by_reason",
        By::Domain => "list.by_domain",
        By::Host => "list.by_host",
        By::Sender => "list.by_sender",
        By::Address => "list.by_address",
        By::Day => "list.by_day",
    };
    let text = app.language().word(word).replace("{n}", &count(groups));
    text.replace("{total}", &count(app.list.deliveries()))
}

/// What is being fetched, all mailboxes together.
fn progress(app: &App, look: &Look) -> String {
    let (mut fetched, mut all, mut running) = (0, 0, false);
    for mailbox in &app.mailboxes {
        if let Health::Fetching { done, total } = mailbox.health {
            fetched += done;
            all += total;
            running = true;
        }
    }
    if !running {
        return String::new();
    }
    let filled = fetched.min(all).saturating_mul(GAUGE).checked_div(all).unwrap_or(0);
    let (full, empty) = look.glyphs.gauge;
    let bar: String = (0..GAUGE).map(|cell| if cell < filled { full } else { empty }).collect();
    format!("   fetching {}/{} {bar}", count(fetched as usize), count(all as usize))
}

/// The footer: the line being typed, else what is to be read, else hints; the connection at the
/// right. Returns where the terminal's cursor belongs.
pub(super) fn footer(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    if let Some(prompt) = &app.prompt {
        let cursor = typed(prompt, look, buffer, area);
        let above = Rect { y: area.y.saturating_sub(1), ..area };
        if let Some(offers) = &prompt.offers {
            draw_offers(offers, look, buffer, above);
        } else if let Some(error) = &prompt.error {
            draw_error(error.at, &error.what, prompt, look, buffer, above);
        }
        return Some(cursor);
    }
    if let Some(notice) = app.notices.shown() {
        let (lead, style) = match notice.weight {
            Weight::Error => (" ! ", look.error),
            Weight::Info => (" ", look.strong),
        };
        let text = clip(&notice.text, usize::from(area.width).saturating_sub(4), look.glyphs.ascii);
        put(buffer, area, 0, &Line::styled(format!("{lead}{text}"), style));
        return None;
    }
    let right = connection(app, look, area.width);
    let room = area.width.saturating_sub(columns(&right) + 2);
    put(buffer, area, 0, &hints(app, look, room));
    put_right(buffer, area, 0, &right);
    None
}

/// The line being typed; returns where the cursor belongs.
fn typed(prompt: &Prompt, look: &Look, buffer: &mut Buffer, area: Rect) -> Position {
    let lead = match prompt.purpose {
        Purpose::Filter => " / ",
        Purpose::Search => " search / ",
    };
    put(buffer, area, 0, &Line::styled(lead, look.strong));
    let x = area.x + u16::try_from(lead.len()).unwrap_or(0).min(area.width);
    let field = Rect { x, width: area.right() - x, ..area };
    ratatui::widgets::Widget::render(prompt.area(), field, buffer);
    if prompt.full {
        let full = format!(" no room for more than {LONGEST} characters ");
        put_right(buffer, area, 0, &Line::styled(full, look.error));
    }
    let cursor = u16::try_from(prompt.area().screen_cursor().col).unwrap_or(u16::MAX);
    let last = area.right().saturating_sub(1);
    Position { x: x.saturating_add(cursor).min(last), y: area.y }
}

/// What is wrong with the filter, above its line, and a mark over the place.
fn draw_error(
    at: usize,
    what: &str,
    prompt: &Prompt,
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
) {
    put(buffer, area, 0, &Line::raw(" ".repeat(usize::from(area.width))));
    let before: String = prompt.text().chars().take(at).collect();
    let room = usize::from(area.width).saturating_sub(4);
    // A place that is out of sight has its mark at the edge.
    let place = width(&before).min(room);
    let mark = if look.glyphs.ascii { "v" } else { "▾" };
    let lead = format!("{}{mark}", " ".repeat(place + 3));
    let left = room.saturating_sub(place + 1);
    let line = if width(what) <= left || left > room / 2 {
        format!("{lead} {}", clip(what, left, look.glyphs.ascii))
    } else {
        // The sentence stands before the mark.
        let said = clip(what, place + 1, look.glyphs.ascii);
        format!(" {said}{}{mark}", " ".repeat((place + 2).saturating_sub(width(&said))))
    };
    put(buffer, area, 0, &Line::styled(line, look.error));
}

/// How the filter can go on, above its line, and how many rows have each; the chosen one first
/// among those for which there is room.
fn draw_offers(offers: &Offers, look: &Look, buffer: &mut Buffer, area: Rect) {
    put(buffer, area, 0, &Line::raw(" ".repeat(usize::from(area.width))));
    let mut line = Line::from("   ");
    // As many before the chosen one as its neighbours leave room for.
    let first = offers.chosen.saturating_sub(1);
    for (at, candidate) in offers.candidates.iter().enumerate().skip(first) {
        let style = if at == offers.chosen { look.strong } else { look.dim };
        let text = clip(&candidate.text, OFFER, look.glyphs.ascii);
        line.push_span(Span::styled(text, style));
        line.push_span(Span::styled(format!(" {}   ", count(candidate.rows)), look.dim));
        if line.width() > usize::from(area.width) {
            break;
        }
    }
    put(buffer, area, 0, &line);
}

/// The actions that matter here, the most useful first.
fn useful(app: &App) -> &'static [Action] {
    use Action as A;
    if app.overlay.is_some() {
        &[A::Down, A::Up, A::Back]
    } else if app.full || app.focus == Focus::Pane {
        &[A::Back, A::Down, A::User, A::Admin, A::Hops, A::Source, A::Filter, A::CopyUser, A::Help]
    } else if app.shape() == Shape::Single {
        &[A::Down, A::Open, A::Filter, A::Grouping, A::Help, A::Quit]
    } else {
        &[
            A::Down,
            A::Open,
            A::Filter,
            A::Grouping,
            A::OtherPane,
            A::Admin,
            A::FullSource,
            A::CopyUser,
            A::Help,
            A::Quit,
        ]
    }
}

/// The keys of those actions, as many as there is room for.
fn hints(app: &App, look: &Look, room: u16) -> Line<'static> {
    let mut line = Line::from(" ");
    for action in useful(app) {
        if app.availability(*action).is_err() {
            continue;
        }
        let Some(key) = app.keymap.hint(*action) else { continue };
        // Of two keys the first opens a choice, which has the name of the group.
        let (key, what) = match key.split_once(' ') {
            Some((first, _)) => (first.to_owned(), action.group().title().to_lowercase()),
            None => (key, action.hint().to_owned()),
        };
        let spans = [Span::styled(key, look.strong), Span::styled(format!(" {what}  "), look.dim)];
        let wide = spans.iter().map(Span::width).sum::<usize>();
        if line.width() + wide > usize::from(room) {
            break;
        }
        line.spans.extend(spans);
    }
    line
}

/// How the connection is doing, and which row the cursor is on.
fn connection(app: &App, look: &Look, wide: u16) -> Line<'static> {
    let dot = look.glyphs.dot;
    let mut line = Line::default();
    // The mailbox that needs attention most speaks for all.
    if let Some(worst) = app.mailboxes.iter().max_by_key(|mailbox| severity(mailbox)) {
        let style = if severity(worst) >= 3 { look.error } else { look.dim };
        let mut text = health(worst, dot);
        if let Health::Waiting { why, .. } = &worst.health {
            // The reason has what half of the line leaves, if that is worth it.
            let room = usize::from(wide / 2).saturating_sub(text.len());
            if room >= LEAST_REASON {
                text = format!("{text}: {}", clip(why, room, look.glyphs.ascii));
            }
        }
        line.push_span(Span::styled(text, style));
    }
    if app.read_only {
        line.push_span(Span::styled(format!(" {dot} read-only"), look.dim));
    }
    let row = app.list.position().map_or(0, |at| at + 1);
    let place = format!("  {}/{} ", count(row), count(app.list.len()));
    line.push_span(Span::styled(place, look.dim));
    line
}

/// How a mailbox is doing, in words.
fn health(mailbox: &Mailbox, dot: &str) -> String {
    let silence = mailbox.silence;
    match &mailbox.health {
        Health::Connecting => "connecting".to_owned(),
        Health::Fetching { .. } | Health::Idle(_) if silence > 0 => {
            format!("last heard {silence} s ago")
        }
        Health::Fetching { .. } => "online".to_owned(),
        Health::Idle(how) => match how.as_str() {
            "demo" => "demo".to_owned(),
            how if how.ends_with("file") || how.ends_with("files") => how.to_owned(),
            how => format!("online {dot} {how}"),
        },
        Health::Waiting { seconds, .. } => format!("reconnecting in {seconds} s"),
        Health::Stopped(_) => "offline".to_owned(),
    }
}

fn severity(mailbox: &Mailbox) -> u8 {
    match mailbox.health {
        Health::Fetching { .. } | Health::Idle(_) if mailbox.silence > 0 => 3,
        Health::Idle(_) => 0,
        Health::Fetching { .. } => 1,
        Health::Connecting => 2,
        Health::Waiting { .. } => 3,
        Health::Stopped(_) => 4,
    }
}
