//! Configuration: what comes with the program < the file < the environment < the command line.

mod account;
mod checks;
mod error;
mod file;
mod fingerprint;
mod load;
mod look;
mod paths;
mod reading;
mod settings;
mod trust;

pub use account::{Account, StateFolders, Tls};
pub use checks::Checks;
pub use error::Error;
pub use file::{SAMPLE, render};
pub use fingerprint::Fingerprint;
pub use load::load;
pub use look::{Ascii, Color, Grouping, Highlight, Theme};
pub use paths::Paths;
pub use reading::read_file;
pub use settings::{Config, Layer, SETTINGS, Setting};
