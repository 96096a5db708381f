//! DragonFly Mail Agent.

use super::super::blocks::PLAIN;
use super::Dialect;

/// DragonFly Mail Agent.
pub(super) static DRAGONFLY: Dialect = Dialect {
    name: "dragonfly",
    marks: &["this is the dragonfly mail agent", "this is the dma "],
    fields: &[],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
