//! Man page and completions, as packagers install them.

use clap_complete::Shell;
use deadletter::app::Action;
use deadletter::cli;
use deadletter::config::SETTINGS;

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
    for setting in SETTINGS {
        assert!(man.contains(setting.variable), "{}", setting.variable);
    }
}

#[test]
fn every_flag_of_the_settings_exists() {
    for setting in SETTINGS {
        let command = cli::command();
        let arg = command.get_arguments().find(|arg| arg.get_id() == setting.key).expect("a flag");
        let flag = format!("--{}", arg.get_long().expect("a long flag"));
        assert_eq!(if arg.is_hide_set() { "" } else { flag.as_str() }, setting.flag);
        assert_eq!(arg.get_env(), Some(setting.variable.as_ref()), "{}", setting.key);
    }
}
