//! Which keys do what: the defaults of the action table under the `[keys]` of the configuration.

use std::collections::BTreeMap;
use std::fmt;

use tui_textarea::{Input, Key};

use super::action::Action;

/// One press of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Press {
    key: Key,
    ctrl: bool,
    alt: bool,
}

impl From<&Input> for Press {
    fn from(input: &Input) -> Self {
        Self { key: input.key, ctrl: input.ctrl, alt: input.alt }
    }
}

/// Names of the keys that are no characters.
const NAMED: [(&str, Key); 14] = [
    ("enter", Key::Enter),
    ("esc", Key::Esc),
    ("tab", Key::Tab),
    ("space", Key::Char(' ')),
    ("backspace", Key::Backspace),
    ("delete", Key::Delete),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("home", Key::Home),
    ("end", Key::End),
    ("pgup", Key::PageUp),
    ("pgdn", Key::PageDown),
];

impl Press {
    /// Reads `j`, `G`, `ctrl-d`, `alt-x`, `enter`, `f5`.
    fn read(text: &str) -> Option<Self> {
        let (rest, ctrl) = without(text, "ctrl-");
        let (rest, alt) = without(rest, "alt-");
        Some(Self { key: read_key(rest)?, ctrl, alt })
    }
}

/// A text without a prefix, and whether it was there.
fn without<'t>(text: &'t str, prefix: &str) -> (&'t str, bool) {
    match text.strip_prefix(prefix) {
        Some(rest) => (rest, true),
        None => (text, false),
    }
}

/// Reads a key without its modifiers.
fn read_key(text: &str) -> Option<Key> {
    let mut chars = text.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return Some(Key::Char(only));
    }
    for (name, key) in NAMED {
        if name == text {
            return Some(key);
        }
    }
    match text.strip_prefix('f')?.parse() {
        Ok(number @ 1..=12) => Some(Key::F(number)),
        _ => None,
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, key)| *key == self.key) {
            return f.write_str(name);
        }
        match self.key {
            Key::Char(c) => write!(f, "{c}"),
            Key::F(n) => write!(f, "f{n}"),
            _ => f.write_str("?"),
        }
    }
}

/// One key, or two in a row.
type Chord = Vec<Press>;

fn read_chord(text: &str) -> Option<Chord> {
    let chord: Chord = text.split(' ').map(Press::read).collect::<Option<_>>()?;
    (chord.len() <= 2).then_some(chord)
}

/// As it stands in the configuration: keys with a blank between them.
fn written(chord: &[Press]) -> String {
    chord.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What a press of a key leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// An action.
    Action(Action),
    /// The first key of two.
    Prefix,
    /// Nothing.
    Unbound,
}

/// A `[keys]` table that cannot be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// No such action.
    #[error("[keys]: there is no action \"{0}\"; docs/keys.md and `?` name them")]
    UnknownAction(String),
    /// No such key.
    #[error(
        "[keys] {action}: \"{key}\" is no key; write j, G, ctrl-d, enter, f5, or two with a blank between them"
    )]
    UnknownKey {
        /// The action.
        action: String,
        /// What was written.
        key: String,
    },
    /// The same key for two actions.
    #[error(
        "[keys]: \"{key}\" is bound to {first} and to {second}; give one of them another key, or \"\" for none"
    )]
    Clash {
        /// The key.
        key: String,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bound: Vec<(Chord, Action)>,
}

impl Keymap {
    /// The default keys, with those of the configuration in their place.
    ///
    /// # Errors
    /// When the configuration names an unknown action or key, or one key does two things.
    pub fn new(own: &BTreeMap<String, Vec<String>>) -> Result<Self, Error> {
        for name in own.keys() {
            if !Action::ALL.iter().any(|action| action.name() == name) {
                return Err(Error::UnknownAction(name.clone()));
            }
        }
        let mut keymap = Self { bound: Vec::new() };
        for action in Action::ALL {
            match own.get(action.name()) {
                Some(keys) => keymap.bind(*action, keys.iter().map(String::as_str))?,
                None => keymap.bind(*action, action.keys().iter().copied())?,
            }
        }
        Ok(keymap)
    }

    fn bind<'k>(
        &mut self,
        action: Action,
        keys: impl Iterator<Item = &'k str>,
    ) -> Result<(), Error> {
        for key in keys {
            let Some(chord) = read_chord(key) else {
                return Err(Error::UnknownKey {
                    action: action.name().to_owned(),
                    key: key.to_owned(),
                });
            };
            for (other, first) in &self.bound {
                if other.starts_with(&chord) || chord.starts_with(other) {
                    return Err(Error::Clash {
                        key: key.to_owned(),
                        first: first.name(),
                        second: action.name(),
                    });
                }
            }
            self.bound.push((chord, action));
        }
        Ok(())
    }

    /// What `press` leads to, `prefix` being the key before it if that was the first of two.
    #[must_use]
    pub fn look_up(&self, prefix: Option<Press>, press: Press) -> Lookup {
        let typed: Chord = prefix.into_iter().chain([press]).collect();
        let mut found = Lookup::Unbound;
        for (chord, action) in &self.bound {
            if *chord == typed {
                return Lookup::Action(*action);
            }
            if chord.starts_with(&typed) {
                found = Lookup::Prefix;
            }
        }
        found
    }

    /// The keys of an action as they are written.
    #[must_use]
    pub fn keys_of(&self, action: Action) -> Vec<String> {
        let mut keys = Vec::new();
        for (chord, bound) in &self.bound {
            if *bound == action {
                keys.push(written(chord));
            }
        }
        keys
    }

    /// The first key of an action, for hints.
    #[must_use]
    pub fn hint(&self, action: Action) -> Option<String> {
        self.keys_of(action).into_iter().next()
    }

    /// What can follow a first key.
    #[must_use]
    pub fn after(&self, prefix: Press) -> Vec<(String, Action)> {
        let mut choices = Vec::new();
        for (chord, action) in &self.bound {
            if let [first, second] = chord.as_slice()
                && *first == prefix
            {
                choices.push((second.to_string(), *action));
            }
        }
        choices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(action: &str, keys: &[&str]) -> BTreeMap<String, Vec<String>> {
        BTreeMap::from([(action.to_owned(), keys.iter().map(|k| (*k).to_owned()).collect())])
    }

    fn press(text: &str) -> Press {
        Press::read(text).expect("a key")
    }

    #[test]
    fn defaults_do_not_clash_and_every_action_has_a_key() {
        let keymap = Keymap::new(&BTreeMap::new()).unwrap_or_else(|e| panic!("{e}"));
        for action in Action::ALL {
            assert!(keymap.hint(*action).is_some(), "{}", action.name());
        }
        assert_eq!(keymap.look_up(None, press("g")), Lookup::Prefix);
        assert_eq!(keymap.look_up(Some(press("g")), press("e")), Lookup::Action(Action::Evidence));
        assert_eq!(keymap.look_up(None, press("ctrl-d")), Lookup::Action(Action::HalfDown));
        assert_eq!(keymap.look_up(None, press("x")), Lookup::Unbound);
        assert_eq!(keymap.after(press("y")).len(), 6);
    }

    #[test]
    fn keys_that_terminals_and_multiplexers_eat_are_not_the_only_ones() {
        for action in Action::ALL {
            let eaten = ["ctrl-b", "ctrl-a", "ctrl-s", "ctrl-q", "ctrl-h", "ctrl-i", "ctrl-m"];
            assert!(!eaten.contains(&action.keys()[0]), "{}", action.name());
        }
    }

    #[test]
    fn own_keys_replace_the_defaults() {
        let keymap = Keymap::new(&own("quit", &["x", "ctrl-x"])).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(keymap.keys_of(Action::Quit), ["x", "ctrl-x"]);
        assert_eq!(keymap.look_up(None, press("q")), Lookup::Unbound);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |map| Keymap::new(&map).expect_err("must be refused").to_string();
        assert_eq!(
            error(own("quit", &["j"])),
            "[keys]: \"j\" is bound to down and to quit; give one of them another key, or \"\" for none"
        );
        assert!(error(own("quit", &["g"])).contains("bound to top and to quit"));
        assert!(error(own("qiut", &["x"])).contains("no action \"qiut\""));
        assert!(error(own("quit", &["ctrl-"])).contains("\"ctrl-\" is no key"));
    }
}
