//! Man page and completions, as packagers install them.

use clap_complete::Shell;
use deadletter::app::Action;
use deadletter::cli;

use super::fresh;

fn man() -> String {
    String::from_utf8(cli::man().expect("memory")).expect("UTF-8")
}

#[test]
fn the_man_page_is_fresh() {
    fresh("assets/man/deadletter.1", &man());
}

#[test]
fn the_completions_are_fresh() {
    for (shell, name) in [
        (Shell::Bash, "deadletter.bash"),
        (Shell::Zsh, "_deadletter"),
        (Shell::Fish, "deadletter.fish"),
    ] {
        let text = String::from_utf8(cli::completions(shell)).expect("UTF-8");
        fresh(&format!("assets/completions/{name}"), &text);
    }
}

#[test]
fn the_man_page_names_every_command_key_and_variable() {
    let man = man().replace("\\-", "-");
    for command in cli::command().get_subcommands() {
        assert!(
            man.contains(&format!(".SS \"deadletter {}\"", command.get_name())),
            "{}",
            command.get_name()
        );
    }
    for action in Action::ALL {
        assert!(man.contains(&format!("({})", action.name())), "{}", action.name());
    }
    let layer = include_str!("../../../src/config/layer.rs");
    let variables = layer.split("\"DEADLETTER_").skip(1).filter_map(|rest| rest.split('"').next());
    let variables =
        variables.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    let mut seen = 0;
    for variable in variables {
        assert!(man.contains(&format!("DEADLETTER_{variable}")), "DEADLETTER_{variable}");
        seen += 1;
    }
    assert_eq!(seen, 11);
}
