//! What the report says in words: to the person who sent the mail, and to that person's
//! administrators.

use crate::bounce::Told;
use crate::bounce::told::TextBlock;
use crate::diagnosis::{Case, Language};

use super::block::{Block, Labelled, Page, Tone};

/// Stands before the report's own words.
const QUOTED: &str = "  ";

/// What the sender was told. Of a report about several recipients a case leaves out what is told
/// about the others.
#[must_use]
pub fn told(told: &Told, case: Option<&Case<'_>>, language: Language) -> Page {
    let mut page = Page::default();
    if told.cause.is_empty() && told.fix.is_empty() {
        return page;
    }
    page.heading(language.word("told.heading"));
    let own = case.filter(|case| tells_apart(told, case));
    for block in &told.cause {
        let others = match (own, block.about()) {
            (Some(case), Some(address)) => !is_of(case, address),
            _ => false,
        };
        if !others {
            quote(block, &mut page);
        }
    }
    if !told.fix.is_empty() {
        page.led(QUOTED, language.word("told.fix"), Tone::Strong);
        told.fix.iter().for_each(|block| quote(block, &mut page));
    }
    page
}

/// What administrators are told, with the article that has more.
#[must_use]
pub fn told_admins(told: &Told, language: Language) -> Page {
    let mut page = Page::default();
    if told.admin.is_empty() && told.link.is_none() {
        return page;
    }
    page.heading(language.word("told.admins"));
    for block in &told.admin {
        quote(block, &mut page);
    }
    if let Some(link) = &told.link {
        let name = language.word("told.link").to_owned();
        let article = Labelled { name, value: link.to_string(), tone: Tone::Plain };
        page.blocks.push(Block::Fields(vec![article]));
    }
    page
}

fn quote(block: &TextBlock, page: &mut Page) {
    for line in &block.lines {
        page.led(QUOTED, line.as_str(), Tone::Plain);
    }
}

/// True when the report is about several recipients and says something about this one.
fn tells_apart(told: &Told, case: &Case<'_>) -> bool {
    let own = told.cause.iter().filter_map(TextBlock::about).any(|address| is_of(case, address));
    case.bounce.deliveries.len() > 1 && own
}

/// True for the address of a case, as it failed or as it was written.
fn is_of(case: &Case<'_>, address: &str) -> bool {
    let delivery = case.delivery;
    let mut own = [&delivery.recipient, &delivery.original_recipient].into_iter().flatten();
    own.any(|own| own.eq_ignore_ascii_case(address))
}
