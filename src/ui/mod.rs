//! Draws the state; decides nothing. Every function stays inside the area it is given, down to no
//! area at all.

mod canvas;
mod groups;
mod indicator;
mod list;
mod look;
mod overlay;
mod page;
mod pane;
mod sheet;
mod source;
mod status;
mod table;
mod way;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::app::{App, Drawn, LEAST, Overlay, Shape};

use canvas::put;
use page::Wrapped;

pub use look::Look;

/// Draws the state in one look, and keeps what it has wrapped.
#[derive(Debug)]
pub struct Painter {
    look: Look,
    /// The view in its pane.
    view: Wrapped,
    /// What lies on top: the view without borders, or a branch of the 5.7.1 tree.
    above: Wrapped,
}

impl Painter {
    /// A painter who has drawn nothing yet.
    #[must_use]
    pub fn new(look: Look) -> Self {
        Self { look, view: Wrapped::default(), above: Wrapped::default() }
    }

    /// Draws everything and tells what was drawn.
    pub fn draw(&mut self, app: &App, frame: &mut Frame<'_>) -> Drawn {
        let area = frame.area();
        let look = &self.look;
        let shape = Shape::of(area.width, area.height);
        if shape == Shape::TooSmall {
            too_small(frame.buffer_mut(), area);
            return Drawn::default();
        }
        if let Some(Overlay::Select { scroll }) = app.overlay {
            let buffer = frame.buffer_mut();
            return overlay::select(app, look, buffer, area, scroll, &mut self.above);
        }
        let areas = Areas::of(area, shape, app.full);
        let buffer = frame.buffer_mut();
        status::header(app, look, buffer, areas.header);
        let mut drawn = Drawn::default();
        if let Some(area) = areas.list {
            drawn.list_rows = list::draw(app, look, buffer, area);
        }
        if let Some(area) = areas.rule {
            pane::rule(app, look, buffer, area);
        }
        if let Some(area) = areas.pane {
            let headed = app.full || matches!(shape, Shape::Side | Shape::Single);
            let pane = pane::DeliveryPane { app, look, area, headed };
            pane.draw(buffer, &mut self.view, &mut drawn);
        }
        let cursor = status::footer(app, look, buffer, areas.footer);
        overlay::draw(app, look, buffer, areas.body(), &mut self.above, &mut drawn);
        overlay::choices(app, look, buffer, areas.body());
        if let Some(position) = cursor {
            frame.set_cursor_position(position);
        }
        drawn
    }
}

/// Where everything stands.
struct Areas {
    header: Rect,
    list: Option<Rect>,
    /// The line between list and views.
    rule: Option<Rect>,
    pane: Option<Rect>,
    footer: Rect,
}

impl Areas {
    fn of(area: Rect, shape: Shape, full: bool) -> Self {
        let header = Rect { height: 1, ..area };
        let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
        let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
        let (list, rule, pane) = match shape {
            _ if full => (None, None, Some(inset(body))),
            Shape::Side => {
                let left = body.width * 48 / 100;
                let right = Rect { x: body.x + left + 2, width: body.width - left - 3, ..body };
                (
                    Some(Rect { width: left, ..body }),
                    Some(Rect { x: body.x + left, width: 1, ..body }),
                    Some(right),
                )
            }
            Shape::Stacked => {
                let above = (body.height * 5 / 12).max(8);
                let rule = Rect { y: body.y + above, height: 1, ..body };
                let below = Rect { y: rule.y + 1, height: body.height - above - 1, ..body };
                (Some(Rect { height: above, ..body }), Some(rule), Some(inset(below)))
            }
            _ => (Some(body), None, None),
        };
        Self { header, list, rule, pane, footer }
    }

    /// Everything between header and footer.
    fn body(&self) -> Rect {
        let y = self.header.bottom();
        Rect { y, height: self.footer.y - y, ..self.header }
    }
}

/// One column of air at both sides.
fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }
}

fn too_small(buffer: &mut Buffer, area: Rect) {
    let text = format!("too small: {}x{}, need {}x{}", area.width, area.height, LEAST.0, LEAST.1);
    let width = u16::try_from(text.len()).unwrap_or(u16::MAX).min(area.width);
    let x = area.x + (area.width - width) / 2;
    put(buffer, Rect { x, width, ..area }, area.height / 2, &Line::from(text));
}
