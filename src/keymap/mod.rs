//! Keys to action names, as data: `default.toml` is the preset.
//!
//! Knows nothing of what actions do: scopes and actions are names here, and the studio's table of actions says which are
//! real.

mod key;
mod read;

pub use key::{Code, Key, NotAKey};

/// A key bound to an action in a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The scope's name (`global`, `queue`).
    pub scope: String,
    /// The key.
    pub key: Key,
    /// The action's name (`job.cancel`).
    pub action: String,
}

/// A line of a keymap file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

/// Keys to actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Keymap {
    /// The preset.
    pub fn builtin() -> Keymap {
        let (bindings, problems) = read::read(include_str!("default.toml"));
        debug_assert!(problems.is_empty(), "the preset is part of the program: {problems:?}");
        Keymap { bindings }
    }

    /// The action bound to `key` in the first of `scopes` that binds it.
    pub fn resolve(&self, scopes: &[&str], key: Key) -> Option<&str> {
        let bound = |scope: &&str| self.bindings.iter().find(|b| b.scope == *scope && b.key == key);
        scopes.iter().find_map(bound).map(|binding| binding.action.as_str())
    }

    /// Keys of an action in a scope, the one to show first.
    pub fn keys(&self, scope: &str, action: &str) -> Vec<Key> {
        let mine = self.bindings.iter().filter(|b| b.scope == scope && b.action == action);
        mine.map(|binding| binding.key).collect()
    }

    /// All bindings, in the order written.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_scope_wins() {
        let keymap = Keymap::builtin();
        let of = |scopes: &[&str], key: &str| keymap.resolve(scopes, key.parse().unwrap()).map(str::to_owned);
        assert_eq!(of(&["queue", "normal", "global"], "enter").as_deref(), Some("preview.zoom"));
        assert_eq!(of(&["text", "normal", "global"], "enter").as_deref(), Some("text.insert"));
        assert_eq!(of(&["insert", "screen", "global"], "q"), None, "letters type");
        assert_eq!(keymap.keys("compose", "compose.generate")[0].to_string(), "ctrl+g");
    }

    #[test]
    fn keys_that_terminals_and_multiplexers_own_are_never_bound() {
        let never = ["ctrl+m", "ctrl+i", "ctrl+h", "ctrl+j", "ctrl+[", "ctrl+s", "ctrl+q", "ctrl+b", "ctrl+a"];
        for binding in Keymap::builtin().bindings() {
            let key = binding.key.to_string();
            assert!(!never.contains(&key.as_str()), "{key} in {}", binding.scope);
            let digit = matches!(binding.key.code, Code::Char(c) if c.is_ascii_digit());
            assert!(!(binding.key.alt && digit), "{key} in {}", binding.scope);
        }
    }

    #[test]
    fn an_f_key_always_has_a_twin() {
        let keymap = Keymap::builtin();
        for binding in keymap.bindings().iter().filter(|b| matches!(b.key.code, Code::F(_))) {
            let twin = |b: &&Binding| b.action == binding.action && !matches!(b.key.code, Code::F(_));
            assert!(keymap.bindings().iter().any(|b| twin(&b)), "{}", binding.action);
        }
    }
}
