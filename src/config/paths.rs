//! Where the configuration is: the folders of the platform (XDG on Linux).

use std::path::PathBuf;

use directories::ProjectDirs;

/// The folders of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Configuration and the user's rules: `$XDG_CONFIG_HOME/deadletter`.
    pub config: PathBuf,
    /// What is kept of mailboxes: `$XDG_DATA_HOME/deadletter`.
    pub data: PathBuf,
}

impl Paths {
    /// The folders for this user; None when there is no home folder.
    #[must_use]
    pub fn find() -> Option<Self> {
        let dirs = ProjectDirs::from("", "", "deadletter")?;
        let (config, data) = (dirs.config_dir().to_path_buf(), dirs.data_dir().to_path_buf());
        Some(Self { config, data })
    }

    /// The configuration file that is read when none is named.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }
}
