//! The program as people start it.

use std::fs;
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

/// The program in a home of its own, with nothing set that this machine sets.
pub(crate) struct Program {
    pub(crate) home: TempDir,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { home: TempDir::new().expect("a folder") }
    }

    /// A file in the home; its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder that can be made");
        fs::write(&path, bytes).expect("a file that can be written");
        path.to_string_lossy().into_owned()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("deadletter").expect("the program is built");
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.home.path().join("config"));
        command
            .env("LANG", "C.UTF-8")
            .env("COLUMNS", "100")
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        command.args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    /// Standard output of a run that goes well and complains of nothing.
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && complaint.is_empty(),
            "{arguments:?}: {} {complaint}",
            output.status
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Standard error of a run that fails with this code, the home called HOME.
    pub(crate) fn complains(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let home = self.home.path().to_string_lossy();
        String::from_utf8(output.stderr).expect("UTF-8").replace(home.as_ref(), "HOME")
    }

    /// The same of `check` under a configuration.
    pub(crate) fn complains_of(&self, config: &str) -> String {
        let file = self.file("mine.toml", config);
        self.complains(1, &["check", "--config", &file])
    }
}
