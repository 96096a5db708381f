//! What the views show: made when a message comes, when the view or the language changes, and not
//! for every frame.

use std::sync::Arc;

use crate::diagnosis::Language;
use crate::diagnosis::tree571::{Question, Tree};
use crate::listing::{DeliveryId, Detail};
use crate::mail::SafeText;
use crate::page::{self, Page, Summary};

use super::copy;
use super::list::List;
use super::overlay::Overlay;
use super::pane::View;
use super::selection::Opened;

/// The pages of the delivery in the views.
#[derive(Debug, Default)]
pub struct Shown {
    basis: Basis,
    summary: Option<Summary>,
    page: Arc<Page>,
    question: Option<Arc<Page>>,
}

/// What is to be shown now.
pub(super) struct ViewState<'a> {
    pub(super) opened: &'a Opened,
    pub(super) list: &'a List,
    pub(super) view: View,
    /// The Source view shows the parts as text.
    pub(super) decoded: bool,
    pub(super) overlay: Option<&'a Overlay>,
    pub(super) language: Language,
}

/// What the pages are made of.
#[derive(Debug, Default)]
struct Basis {
    detail: Option<Arc<Detail>>,
    choice: Choice,
}

/// What was chosen to be shown of a message.
#[derive(Debug, Default, PartialEq)]
struct Choice {
    delivery: Option<DeliveryId>,
    failed: Option<SafeText>,
    view: View,
    decoded: bool,
    language: Language,
    /// Other deliveries in the list that failed as this one did, where their number is shown.
    others: u64,
    /// The question of the 5.7.1 tree that lies on top.
    question: Option<Question>,
}

impl Shown {
    /// What stands above the view; None where there is no verdict.
    #[must_use]
    pub fn summary(&self) -> Option<&Summary> {
        self.summary.as_ref()
    }

    /// The view.
    #[must_use]
    pub fn page(&self) -> &Arc<Page> {
        &self.page
    }

    /// The question of the 5.7.1 tree that lies on top, and what it leads to.
    #[must_use]
    pub fn question(&self) -> Option<&Arc<Page>> {
        self.question.as_ref()
    }

    /// Makes the pages anew, if they are not made of what is to be shown now.
    pub(super) fn follow(&mut self, state: &ViewState<'_>) {
        let basis = state.basis(&self.basis.choice);
        if basis.is(&self.basis) {
            return;
        }
        let question = basis.choice.question;
        *self = Self {
            summary: state.summary(),
            page: Arc::new(state.page(basis.choice.others)),
            question: question.map(|question| Arc::new(state.question(question))),
            basis,
        };
    }
}

impl ViewState<'_> {
    fn basis(&self, before: &Choice) -> Basis {
        let mut question = None;
        if let Some(Overlay::Tree { at, .. }) = self.overlay {
            question = Question::ALL.get(*at).copied();
        }
        let choice = Choice {
            delivery: self.opened.id(),
            failed: self.opened.failed().cloned(),
            view: self.view,
            decoded: self.decoded,
            language: self.language,
            others: self.others(before),
            question,
        };
        Basis { detail: self.opened.detail().cloned(), choice }
    }

    fn summary(&self) -> Option<Summary> {
        let case = self.opened.case()?;
        let detail = self.opened.detail()?;
        Some(Summary::of(&case, &detail.inspection, self.language))
    }

    /// The page of the view that is open.
    fn page(&self, others: u64) -> Page {
        let language = self.language;
        let Some(detail) = self.opened.detail() else {
            return page::missing(self.opened.failed(), language);
        };
        let case = self.opened.case();
        match self.view {
            View::User => {
                let guidance = copy::told(self.opened, language);
                page::user(detail, case.as_ref(), &guidance, others, language)
            }
            View::Admin => page::admin(detail, case.as_ref(), language),
            View::Hops => {
                let delivery = case.map(|case| case.delivery);
                page::hops(&detail.bounce, delivery, language)
            }
            View::Source if self.decoded && detail.inspection.decoded.is_none() => {
                page::missing(self.opened.failed(), language)
            }
            View::Source => page::source(detail, self.decoded, case.as_ref(), language),
        }
    }

    /// Deliveries in the list that failed as this one did. While the cursor is on its way to
    /// another, what was shown `before` stays.
    fn others(&self, before: &Choice) -> u64 {
        let delivery = self.opened.id();
        if self.view != View::User {
            0
        } else if delivery == self.list.selected() {
            self.list.others()
        } else if delivery == before.delivery {
            before.others
        } else {
            0
        }
    }

    /// A question of the 5.7.1 tree, what the message answers, and what a yes leads to.
    fn question(&self, question: Question) -> Page {
        let Some(case) = self.opened.case() else { return Page::default() };
        match Tree::of(&case) {
            Some(tree) => page::question(&tree, question, self.language),
            None => Page::default(),
        }
    }
}

impl Basis {
    fn is(&self, other: &Self) -> bool {
        let same_message = match (&self.detail, &other.detail) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_message && self.choice == other.choice
    }
}
