//! DragonFly Mail Agent.

use super::layout::{Dialect, GENERIC};

/// DragonFly Mail Agent.
pub(super) static DRAGONFLY: Dialect = Dialect {
    name: "dragonfly",
    marks: &["this is the dragonfly mail agent", "this is the dma "],
    ..GENERIC
};
