//! What the views show: made when a message comes, when the view or the language changes, and not
//! for every frame.

use std::sync::Arc;

use crate::diagnosis::tree571::Branch;
use crate::diagnosis::{Guidance, Language, guidance};
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
    branch: Option<Arc<Page>>,
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
    /// Deliveries in the list, where their number is shown.
    rows: usize,
    /// The branch of the 5.7.1 tree on top, and the one the report leads to.
    branch: Option<(Branch, Option<Branch>)>,
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

    /// The branch of the 5.7.1 tree that lies on top.
    #[must_use]
    pub fn branch(&self) -> Option<&Arc<Page>> {
        self.branch.as_ref()
    }

    /// Makes the pages anew, if they are not made of what is to be shown now.
    pub(super) fn follow(&mut self, state: &ViewState<'_>) {
        let basis = state.basis();
        if basis.is(&self.basis) {
            return;
        }
        let branch = basis.choice.branch;
        *self = Self {
            summary: state.summary(),
            page: Arc::new(state.page()),
            branch: branch.map(|(branch, own)| Arc::new(state.branch(branch, own))),
            basis,
        };
    }
}

impl ViewState<'_> {
    fn basis(&self) -> Basis {
        let mut branch = None;
        if let Some(Overlay::Tree { at, own, .. }) = self.overlay {
            branch = Branch::ALL.get(*at).map(|branch| (*branch, *own));
        }
        let choice = Choice {
            delivery: self.opened.id(),
            failed: self.opened.failed().cloned(),
            view: self.view,
            decoded: self.decoded,
            language: self.language,
            rows: if self.view == View::User { self.list.total() } else { 0 },
            branch,
        };
        Basis { detail: self.opened.detail().cloned(), choice }
    }

    fn summary(&self) -> Option<Summary> {
        let case = self.opened.case()?;
        let detail = self.opened.detail()?;
        Some(Summary::of(&case, &detail.inspection, self.language))
    }

    /// The page of the view that is open.
    fn page(&self) -> Page {
        let language = self.language;
        let Some(detail) = self.opened.detail() else {
            return page::missing(self.opened.failed(), language);
        };
        let case = self.opened.case();
        match self.view {
            View::User => {
                let guidance = copy::told(self.opened, language);
                page::user(detail, case.as_ref(), &guidance, self.same_cause(), language)
            }
            View::Admin => page::admin(detail, case.as_ref(), language),
            View::Hops => {
                let delivery = case.map(|case| case.delivery);
                page::hops(&detail.bounce, delivery, language)
            }
            View::Source => page::source(detail, self.decoded, case.as_ref(), language),
        }
    }

    /// Deliveries in the list that failed as this one did.
    fn same_cause(&self) -> usize {
        match self.opened.id() {
            Some(id) => self.list.same_cause(id),
            None => 0,
        }
    }

    /// What a branch of the 5.7.1 tree says, with the values of the delivery; `own` is the one
    /// that its report leads to.
    fn branch(&self, branch: Branch, own: Option<Branch>) -> Page {
        let told = match self.opened.case() {
            Some(case) => guidance::of_branch(self.language, branch, &case),
            None => Guidance::default(),
        };
        page::branch(&told, own == Some(branch), self.language)
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
