//! Configuration: what comes with the program < the file < the environment < the command line.

mod account;
mod error;
mod file;
mod load;
mod look;
mod paths;
mod settings;

pub use account::{Account, Tls};
pub use error::Error;
pub use file::{SAMPLE, render};
pub use load::load;
pub use look::{Ascii, Color, Highlight, Theme};
pub use paths::Paths;
pub use settings::{Config, Layer, SETTINGS, Setting};
