//! m-FILTER.

use super::layout::{Dialect, GENERIC};

/// m-FILTER.
pub(super) static MFILTER: Dialect =
    Dialect { name: "m-filter", stamps: &[("x-mailer", "m-filter")], ..GENERIC };
