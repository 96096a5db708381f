//! The picture of who stands where, as one line of text or as several.

use crate::diagnosis::Halt;
use crate::layout::{clip, width};
use crate::page::Picture;

use super::Printer;

/// A station of the picture in words, and the arrow into it.
struct Leg<'a> {
    arrow: &'static str,
    name: &'a str,
    acts: bool,
}

/// The picture.
impl Printer {
    /// Three stations and the break, on one line or, if that is too narrow, one below the other.
    /// The network is a station where it must act.
    pub(super) fn picture(&mut self, picture: &Picture) {
        let ascii = self.style.ascii;
        let (arrow, broken) = if ascii { ("-->", "-x->") } else { ("──▶", "─✗─▶") };
        let mut legs = Vec::new();
        for (at, station) in picture.stations.iter().enumerate() {
            if let Some(network) = picture.network
                && at == 2
            {
                legs.push(Leg { arrow, name: network, acts: true });
            }
            let arrow = match at {
                0 => "",
                _ if picture.breaks_before(at) => broken,
                _ => arrow,
            };
            legs.push(Leg { arrow, name: &station.name, acts: station.acts });
        }
        let end = match (picture.halt, ascii) {
            (Halt::WithThem, false) => " ✗",
            (Halt::WithThem, true) => " x",
            _ => "",
        };
        let room = self.style.width.saturating_sub(2 + width(end));
        let mut whole = String::new();
        for leg in &legs {
            let blank = if whole.is_empty() { "" } else { " " };
            whole.push_str(blank);
            whole.push_str(&leg.words(picture.must_act, usize::MAX, ascii));
        }
        if width(&whole) <= room {
            return self.line(&format!("  {whole}{end}"));
        }
        let last = legs.len() - 1;
        for (at, leg) in legs.iter().enumerate() {
            let words = leg.words(picture.must_act, room, ascii);
            self.line(&format!("  {words}{}", if at == last { end } else { "" }));
        }
    }
}

impl Leg<'_> {
    /// The arrow and the name, which gives way where there is not room for both.
    fn words(&self, must_act: &str, room: usize, ascii: bool) -> String {
        let blank = if self.arrow.is_empty() { "" } else { " " };
        let lead = format!("{}{blank}", self.arrow);
        if !self.acts {
            let name = clip(self.name, room.saturating_sub(width(&lead)), ascii);
            return format!("{lead}{name}");
        }
        let mark = must_act.to_uppercase();
        // Brackets, colon and blank.
        let taken = width(&lead) + width(&mark) + 4;
        let name = clip(self.name, room.saturating_sub(taken), ascii);
        format!("{lead}[{name}: {mark}]")
    }
}
