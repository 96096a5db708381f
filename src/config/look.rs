//! How the screen looks: colours, characters, cursor.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A set of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// The terminal's own foreground and background with its 16 colours.
    #[default]
    Default,
    /// For light backgrounds: no yellow, no bright colours.
    Light,
    /// For dark backgrounds: bright colours.
    Dark,
    /// Colours that stay apart for colour-blind eyes: blue and orange (256 colours).
    ColorBlind,
    /// No colours; bold, reverse and underline only.
    Mono,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Color {
    /// Yes, unless `NO_COLOR` is set or the terminal has none.
    #[default]
    Auto,
    /// Yes.
    Always,
    /// No.
    Never,
    /// Only the 16 of the terminal.
    #[value(name = "16")]
    #[serde(rename = "16")]
    Sixteen,
}

/// Whether only ASCII characters are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Ascii {
    /// When the locale is not UTF-8 or the terminal is a Linux console or a VT.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How the row under the cursor is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Highlight {
    /// The whole row in reverse.
    #[default]
    Row,
    /// A mark in front of it: fewer bytes over a slow line.
    Marker,
}
