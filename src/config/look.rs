//! How the screen looks: colours, characters, cursor. The labels are what the help says of a value.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::diagnosis::Language;

names! {
    /// A set of colours.
    #[derive(Default)]
    pub enum Theme {
        /// The terminal's own colours.
        #[default]
        Default "default" "The terminal's own foreground and background with its 16 colours",
        /// For light backgrounds.
        Light "light" "For light backgrounds: no yellow, no bright colours",
        /// For dark backgrounds.
        Dark "dark" "For dark backgrounds: bright colours",
        /// Blue and orange.
        ColorBlind "color-blind"
            "Colours that stay apart for colour-blind eyes: blue and orange (256 colours)",
        /// Attributes only.
        Mono "mono" "No colours; bold, reverse and underline only",
    }
}

names! {
    /// Whether colours are used.
    #[derive(Default)]
    pub enum Color {
        /// As environment and terminal say.
        #[default]
        Auto "auto" "Yes, unless `NO_COLOR` is set or the terminal has none",
        /// Yes.
        Always "always" "Yes",
        /// No.
        Never "never" "No",
        /// A few.
        Sixteen "16" "Only the 16 of the terminal",
    }
}

names! {
    /// Whether only ASCII characters are drawn.
    #[derive(Default)]
    pub enum Ascii {
        /// As locale and terminal say.
        #[default]
        Auto "auto" "When the locale is not UTF-8 or the terminal is a Linux console or a VT",
        /// Always.
        Always "always" "Always",
        /// Never.
        Never "never" "Never",
    }
}

names! {
    /// How the row under the cursor is marked.
    #[derive(Default)]
    pub enum Highlight {
        /// In reverse.
        #[default]
        Row "row" "The whole row in reverse",
        /// With a mark.
        Marker "marker" "A mark in front of it: fewer bytes over a slow line",
    }
}

names! {
    /// What the rows of the list have in common when the screen opens.
    #[derive(Default)]
    pub enum Grouping {
        /// The cause.
        #[default]
        Incident "incident" "One row a cause",
        /// The reason.
        Reason "reason" "One row a reason",
        /// The domain of the recipient.
        Domain "domain" "One row a domain of recipients",
        /// The host that refused.
        Host "host" "One row a host that refused",
        /// The envelope sender.
        Sender "sender" "One row an envelope sender",
        /// The address of ours that was refused.
        Address "address" "One row an address of ours that was refused",
        /// The day.
        Day "day" "One row a day",
        /// Nothing.
        None "none" "One row a delivery",
    }
}

/// Lets enums with names be values of flags and variables.
macro_rules! values {
    ($($name:ident)+) => {$(
        impl ValueEnum for $name {
            fn value_variants<'a>() -> &'a [Self] {
                Self::ALL
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(PossibleValue::new(self.slug()).help(self.label()))
            }
        }
    )+};
}

values! { Theme Color Ascii Highlight Grouping Language }
