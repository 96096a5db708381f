//! Every hostile input on a screen in memory: it is listed, every view of it is text, and what must
//! be readable stands there.

use crate::inputs::grammar::harmless;
use crate::inputs::{Family, each_family, unreadable};
use crate::stage::Stage;

/// So many pages of a view are looked at; only floods are longer.
const PAGES: usize = 8;
/// Of longer messages only the views of the verdict are looked at.
const LONG: usize = 300_000;

/// Looks at the inputs of a family.
fn hold(family: &Family) {
    let mut wrong = Vec::new();
    for input in (family.inputs)() {
        let bytes = input.bytes();
        let views: &[&str] =
            if bytes.len() > LONG { &["1", "2"] } else { &["1", "2", "3", "4", "t"] };
        let mut stage = Stage::holding(150, 80, bytes);
        let mut text = page(&stage);
        assert!(text.contains(" 1/"), "{} is not listed:\n{text}", input.name);
        stage.keys("<enter>");
        for view in views {
            stage.keys(view);
            text.push_str(&pages(&mut stage));
        }
        let wanted = [&input.told.visible[..], &input.told.source].concat();
        for fault in unreadable(&wanted, &text) {
            wrong.push(format!("{}: {fault}", input.name));
        }
        stage.resize(40, 12);
        page(&stage);
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// A view from its beginning, page by page.
fn pages(stage: &mut Stage) -> String {
    let mut text = page(stage);
    let mut last = text.clone();
    for _ in 1..PAGES {
        let next = page(stage.keys("<pgdn>"));
        if next == last {
            break;
        }
        text.push_str(&next);
        last = next;
    }
    text
}

/// What stands on the screen, which is text.
fn page(stage: &Stage) -> String {
    let text = stage.text();
    text.lines().for_each(harmless);
    text
}

each_family!(hold);
