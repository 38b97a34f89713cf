//! Keys to action names, as data: `default.toml` is the preset, the user's file goes over it.
//!
//! Knows nothing of what actions do: scopes and actions are names here, and the table of actions says which are real.

mod key;

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
    /// Bound by the user's file, at this line.
    pub user_line: Option<usize>,
}

/// Keys to actions, in layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Keymap {
    /// The preset.
    pub fn builtin() -> Keymap {
        todo!()
    }
    /// The action bound to `key` in the first of `scopes` that binds it.
    pub fn resolve(&self, _scopes: &[&str], _key: Key) -> Option<&str> {
        todo!()
    }
    /// Keys of an action in a scope, the one to show first.
    pub fn keys(&self, _scope: &str, _action: &str) -> Vec<Key> {
        todo!()
    }
    /// All bindings.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }
}
