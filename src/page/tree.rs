//! The 5.7.1 questions, one by one: what is asked, what the message answers and by what sign, and
//! what a yes leads to.

use crate::diagnosis::Language;
use crate::diagnosis::guidance::of_branch;
use crate::diagnosis::tree571::{Question, Sign, Tree};

use super::block::{Page, Tone};
use super::user::{advice, commands};

/// One question.
#[must_use]
pub fn question(tree: &Tree<'_>, question: Question, language: Language) -> Page {
    let mut page = Page::default();
    page.text(language.word(&format!("question.{}", question.slug())), Tone::Strong);
    let deciding = tree.deciding();
    if question > deciding {
        page.text(language.word("tree.unasked"), Tone::Dim);
    } else {
        match tree.sign(question) {
            Some(sign) => {
                let answer = language.word("tree.yes").replace("{sign}", &words(&sign, language));
                page.text(answer, Tone::Accent);
            }
            None => page.text(language.word("tree.no"), Tone::Plain),
        }
    }
    let told = of_branch(language, tree.leads_to(question), tree.case());
    page.gap();
    let lead = language.word(if question == deciding { "tree.own" } else { "tree.would" });
    page.led(format!("{lead} "), told.label.as_str(), Tone::Strong);
    page.append(advice(language.word("for_admins"), &told.admin));
    if let Some(owner) = &told.owner {
        page.append(advice(language.word("for_owner"), owner));
    }
    commands(&told, language, &mut page);
    page.append(advice(language.word("for_sender"), &told.user));
    page
}

/// What in the message answers a question, in words.
fn words(sign: &Sign, language: Language) -> String {
    match sign {
        Sign::Code(status) => status.to_string(),
        Sign::Words(words) => format!("\"{words}\""),
        Sign::Reason(reason) => {
            language.entries().get(reason.slug()).map(|e| e.label.clone()).unwrap_or_default()
        }
        Sign::Header(check) => check.to_string(),
        Sign::Origin => language.word("backscatter").to_owned(),
        Sign::Rest => language.word("tree.rest").to_owned(),
    }
}
