//! What the commands that change mailboxes share: choosing messages, asking, carrying out, telling
//! what came of it.

mod agree;
pub(super) mod args;
pub(super) mod carry;
pub(super) mod choose;
pub(super) mod told;
