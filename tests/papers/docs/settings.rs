//! The parts of the sample configuration and of docs/config.md that the table of settings makes.

use std::fmt::Write;

use deadletter::config::{SAMPLE, SETTINGS};

use super::{cell, fresh_part};

#[test]
fn the_settings_in_the_sample_are_fresh() {
    let mut text = String::new();
    for setting in SETTINGS {
        let comment = format!("{}: {}.", setting.about, setting.values);
        write!(text, "# {comment}\n# {} = {}\n\n", setting.key, setting.sample).expect("memory");
    }
    fresh_part("assets/config.sample.toml", "built-in ones.\n\n", "# Keys by the name", &text);
}

/// What stands in the sample as a comment can be taken as it stands.
#[test]
fn the_samples_of_the_settings_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    let mut text = String::new();
    for setting in SETTINGS {
        writeln!(text, "{} = {}", setting.key, setting.sample).expect("memory");
        assert!(SAMPLE.contains(&format!("\n# {} = {}\n", setting.key, setting.sample)));
    }
    std::fs::write(&path, text).expect("a file that can be written");
    let config = deadletter::config::load(Some(&path), deadletter::config::Layer::default());
    assert!(config.expect("a configuration that can be").read_only);
}

#[test]
fn the_settings_in_the_document_are_fresh() {
    let mut text = String::new();
    for setting in SETTINGS {
        let no_color = if setting.key == "color" { " (and `NO_COLOR`)" } else { "" };
        let flag = match setting.flag {
            "" => " ".to_owned(),
            flag => format!(" `{flag}` "),
        };
        writeln!(
            text,
            "| `{}` | {} | `{}`{no_color} |{flag}|",
            setting.key,
            cell(setting.about),
            setting.variable
        )
        .expect("memory");
    }
    fresh_part("docs/config.md", "|---|---|---|---|\n", "\nUnknown keys are errors", &text);
}
