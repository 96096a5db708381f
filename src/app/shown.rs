//! What the views show: made when a message comes, when the view or the language changes, and not
//! for every frame.

use std::sync::Arc;

use crate::diagnosis::Language;
use crate::diagnosis::tree571::Branch;
use crate::listing::{DeliveryId, Detail};
use crate::mail::SafeText;
use crate::page::{self, Page, Summary};

use super::{App, Overlay, View};

/// The pages of the delivery in the views.
#[derive(Debug, Default)]
pub struct Shown {
    basis: Basis,
    summary: Option<Summary>,
    page: Arc<Page>,
    branch: Option<Arc<Page>>,
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
}

impl Basis {
    fn of(app: &App) -> Self {
        let view = app.pane.view;
        let mut branch = None;
        if let Some(Overlay::Tree { at, own, .. }) = app.overlay {
            branch = Branch::ALL.get(at).map(|branch| (*branch, own));
        }
        let choice = Choice {
            delivery: app.opened.id(),
            failed: app.opened.failed().cloned(),
            view,
            language: app.language,
            rows: if view == View::User { app.list.total() } else { 0 },
            branch,
        };
        Self { detail: app.opened.detail().cloned(), choice }
    }

    fn is(&self, other: &Self) -> bool {
        let same_message = match (&self.detail, &other.detail) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_message && self.choice == other.choice
    }
}

impl App {
    /// Makes what the views show anew, if it is not made of what is there now.
    pub(super) fn show(&mut self) {
        let basis = Basis::of(self);
        if basis.is(&self.shown.basis) {
            return;
        }
        let mut summary = None;
        if let Some(case) = self.opened.case()
            && let Some(detail) = &basis.detail
        {
            summary = Some(Summary::of(&case, &detail.inspection, self.language));
        }
        let branch = basis.choice.branch.map(|(branch, own)| {
            let told = self.branch_guidance(branch);
            Arc::new(page::branch(&told, own == Some(branch), self.language))
        });
        self.shown = Shown { page: Arc::new(self.view_page()), basis, summary, branch };
    }

    /// The page of the view that is open.
    fn view_page(&self) -> Page {
        let language = self.language;
        let Some(detail) = self.opened.detail() else {
            return page::missing(self.opened.failed(), language);
        };
        let case = self.opened.case();
        match self.pane.view {
            View::User => page::user(detail, &self.guidance(), self.same_cause(), language),
            View::Admin => page::admin(detail, case.as_ref(), language),
            View::Hops => {
                let delivery = case.map(|case| case.delivery);
                page::hops(&detail.bounce, delivery, language)
            }
            View::Source => page::source(detail, case.as_ref(), language),
        }
    }
}
