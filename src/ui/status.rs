//! The first and the last line: what is open and how it is doing; what to press, or what to read.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::app::{Action, App, Focus, Mailbox, Purpose, Shape, Weight};
use crate::human::count;
use crate::layout::clip;
use crate::listing::Health;

use super::look::Look;
use super::{columns, put, put_right};

/// Cells of the progress bar.
const GAUGE: u32 = 10;

/// The header: name left, counts and progress right.
pub(super) fn header(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) {
    let right = Line::from(vec![
        Span::raw(counts(app, look)),
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

fn counts(app: &App, look: &Look) -> String {
    let dot = look.glyphs.dot;
    let total = count(app.list.total());
    if !app.list.filter().is_empty() {
        return format!("/{} {dot} {} of {total} shown", app.list.filter(), count(app.list.len()));
    }
    let what = if app.list.total() == 1 { "delivery" } else { "deliveries" };
    match app.list.unknown() {
        0 => format!("{total} {what}"),
        unknown => format!("{total} {what} {dot} {} unknown", count(unknown)),
    }
}

/// What is being fetched, all mailboxes together.
fn progress(app: &App, look: &Look) -> String {
    let (mut done, mut all, mut running) = (0, 0, false);
    for mailbox in &app.mailboxes {
        if let Health::Fetching { done: d, total } = mailbox.health {
            (done, all, running) = (done + d, all + total, true);
        }
    }
    if !running {
        return String::new();
    }
    let filled = done.min(all).saturating_mul(GAUGE).checked_div(all).unwrap_or(0);
    let (full, empty) = look.glyphs.gauge;
    let bar: String = (0..GAUGE).map(|cell| if cell < filled { full } else { empty }).collect();
    format!("   fetching {}/{} {bar}", count(done as usize), count(all as usize))
}

/// The footer: the line being typed, else what is to be read, else hints; the connection at the
/// right. Returns where the terminal's cursor belongs.
pub(super) fn footer(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    if let Some(prompt) = &app.prompt {
        let lead = match prompt.purpose {
            Purpose::Filter => " / ",
            Purpose::Search => " search / ",
        };
        put(buffer, area, 0, &Line::from(Span::styled(lead, look.strong)));
        let x = area.x + u16::try_from(lead.len()).unwrap_or(0).min(area.width);
        let field = Rect { x, width: area.right() - x, ..area };
        ratatui::widgets::Widget::render(prompt.area(), field, buffer);
        let cursor = u16::try_from(prompt.area().screen_cursor().col).unwrap_or(u16::MAX);
        return Some(Position {
            x: x.saturating_add(cursor).min(area.right().saturating_sub(1)),
            y: area.y,
        });
    }
    if let Some(notice) = app.notices.shown() {
        let (lead, style) = match notice.weight {
            Weight::Error => (" ! ", look.error),
            Weight::Info => (" ", look.strong),
        };
        let text = clip(&notice.text, usize::from(area.width).saturating_sub(4), look.glyphs.ascii);
        put(
            buffer,
            area,
            0,
            &Line::from(vec![Span::styled(lead, style), Span::styled(text, style)]),
        );
        return None;
    }
    let right = connection(app, look);
    let room = area.width.saturating_sub(columns(&right) + 2);
    put(buffer, area, 0, &hints(app, look, room));
    put_right(buffer, area, 0, &right);
    None
}

/// The keys that matter here, as many as there is room for.
fn hints(app: &App, look: &Look, room: u16) -> Line<'static> {
    use Action as A;
    let actions: &[A] = match () {
        () if app.overlay.is_some() => &[A::Down, A::Up, A::Back],
        () if app.full || app.focus == Focus::Pane => &[
            A::Back,
            A::Down,
            A::User,
            A::Admin,
            A::Hops,
            A::Source,
            A::Filter,
            A::CopyUser,
            A::Help,
        ],
        () if app.shape() == Shape::Single => &[A::Down, A::Open, A::Filter, A::Help, A::Quit],
        () => &[
            A::Down,
            A::Open,
            A::Filter,
            A::OtherPane,
            A::Admin,
            A::FullSource,
            A::CopyUser,
            A::Help,
            A::Quit,
        ],
    };
    let mut line = Line::from(" ");
    for action in actions.iter().filter(|action| app.availability(**action).is_ok()) {
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
fn connection(app: &App, look: &Look) -> Line<'static> {
    let dot = look.glyphs.dot;
    // The mailbox that needs attention most speaks for all.
    let worst = app.mailboxes.iter().max_by_key(|m| severity(m));
    let state = worst.map(|mailbox| match &mailbox.health {
        Health::Connecting => "connecting".to_owned(),
        Health::Fetching { .. } => "online".to_owned(),
        Health::Idle(how) => match how.as_str() {
            "demo" => "demo".to_owned(),
            how if how.ends_with("file") || how.ends_with("files") => how.to_owned(),
            how => format!("online {dot} {how}"),
        },
        Health::Waiting { seconds, .. } => format!("reconnecting in {seconds} s"),
        Health::Stopped(_) => "offline".to_owned(),
    });
    let style = if worst.is_some_and(|m| severity(m) >= 3) { look.error } else { look.dim };
    let row = app.list.position().map_or(0, |at| at + 1);
    let mut spans = vec![Span::styled(state.unwrap_or_default(), style)];
    if app.read_only {
        spans.push(Span::styled(format!(" {dot} read-only"), look.dim));
    }
    spans.push(Span::styled(format!("  {}/{} ", count(row), count(app.list.len())), look.dim));
    Line::from(spans)
}

fn severity(mailbox: &Mailbox) -> u8 {
    match mailbox.health {
        Health::Idle(_) => 0,
        Health::Fetching { .. } => 1,
        Health::Connecting => 2,
        Health::Waiting { .. } => 3,
        Health::Stopped(_) => 4,
    }
}
