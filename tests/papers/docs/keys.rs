//! docs/keys.md, and the keys that README.md names.

use std::fmt::Write;
use std::fs;

use deadletter::app::{Action, Group};

use super::{cell, fresh, path};

fn page() -> String {
    let mut out = "\
# Keys

`?` shows the keys that do something where you are. A key that cannot do anything there says why.

The table `[keys]` of the [configuration](config.md#keys) gives an action other keys, by the name in the third column:

```toml
[keys]
quit = [\"q\", \"ctrl-q\"]      # several
suspend = \"\"                # none
top = \"g g\"                 # two in a row
```
"
    .to_owned();
    for group in Group::ALL {
        write!(out, "\n## {}\n\n| keys | what they do | action |\n|---|---|---|\n", group.title())
            .expect("memory");
        for action in Action::ALL.iter().filter(|action| action.group() == group) {
            let keys: Vec<_> = action.keys().iter().map(|key| format!("`{}`", cell(key))).collect();
            let keys = keys.join(", ");
            writeln!(out, "| {keys} | {} | `{}` |", cell(action.sentence()), action.name())
                .expect("memory");
        }
    }
    out.push_str(
        "
While text is typed (`/`), keys are letters: `enter` takes it, `esc` leaves it, `ctrl-u` empties it.

Keys are written as they are pressed: `j`, `G`, `ctrl-d`, `alt-x`, `f5`, and `enter`, `esc`, `tab`, `space`, `backspace`,
`delete`, `up`, `down`, `left`, `right`, `home`, `end`, `pgup`, `pgdn`. Two keys on one action after each other stand with a
blank between them. Two actions on one key are an error at the start.
",
    );
    out
}

#[test]
fn the_page_of_keys_is_fresh() {
    fresh("docs/keys.md", &page());
}

/// The keys in a cell of the table in README.md: `j` `k`, `g g`, `f` + `s r w`.
fn named(cell: &str) -> Vec<String> {
    let quoted =
        |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let Some((first, second)) = cell.split_once(" + ") else { return quoted(cell) };
    let first = quoted(first).pop().unwrap_or_default();
    quoted(second)
        .iter()
        .flat_map(|keys| keys.split(' ').map(|key| format!("{first} {key}")).collect::<Vec<_>>())
        .collect()
}

#[test]
fn the_keys_in_the_readme_exist() {
    let readme = fs::read_to_string(path("README.md")).expect("README.md");
    let (_, chapter) = readme.split_once("\n## Keys\n").expect("a chapter about keys");
    let chapter = chapter.split("\n## ").next().unwrap_or_default();
    let rows = chapter.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.flat_map(|row| row.split(" | ").step_by(2).map(named).collect::<Vec<_>>());
    let keys: Vec<String> = cells.flatten().map(|key| key.to_lowercase()).collect();
    assert!(!keys.is_empty(), "README.md names no keys");
    let known: Vec<String> =
        Action::ALL.iter().flat_map(|a| a.keys()).map(|key| key.to_lowercase()).collect();
    let unknown: Vec<_> = keys.iter().filter(|key| !known.contains(key)).collect();
    assert!(unknown.is_empty(), "README.md names {unknown:?}, which no action has");
}
