//! Keys to action names, as data: `default.toml` is the preset, a user's file goes over it.
//!
//! Knows nothing of what actions do: scopes and actions are names here, and the studio's table of actions says which are
//! real.

mod key;
mod keys;
mod layer;
mod never;
mod read;

pub use key::{Code, Key, NotAKey};
pub use keys::{Keys, spell};
pub use layer::Law;
pub use never::never;

/// Keys bound to an action in a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The scope's name (`global`, `queue`).
    pub scope: String,
    /// The keys, one after the other.
    pub keys: Keys,
    /// The action's name (`job.cancel`).
    pub action: String,
    /// The line of the user's file it is from; `None`: of the preset.
    pub line: Option<usize>,
}

/// A line of a keymap file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

/// What keys pressed so far are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// Bound to nothing.
    Nothing,
    /// The beginning of what is bound: more keys are needed.
    Prefix,
    /// Bound to the action of this name.
    Action(&'a str),
}

/// Keys to actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
    origin: Option<String>,
}

impl Keymap {
    /// The preset.
    pub fn builtin() -> Keymap {
        let (bindings, problems) = read::read(include_str!("default.toml"));
        debug_assert!(problems.is_empty(), "the preset is part of the program: {problems:?}");
        Keymap { bindings, origin: None }
    }

    /// The user's file that went over the preset.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Whether any binding is the user's own.
    pub fn has_custom(&self) -> bool {
        self.bindings.iter().any(|binding| binding.line.is_some())
    }

    /// What keys pressed one after the other are, in the first of `scopes` that has a use for them.
    pub fn lookup(&self, scopes: &[&str], pressed: &[Key]) -> Found<'_> {
        for scope in scopes {
            let mut more = false;
            for binding in self.bindings.iter().filter(|binding| binding.scope == *scope) {
                if binding.keys.as_slice() == pressed {
                    return Found::Action(&binding.action);
                }
                more |= binding.keys.continues(pressed);
            }
            if more {
                return Found::Prefix;
            }
        }
        Found::Nothing
    }

    /// The action that pressing these keys one after the other leads to.
    pub fn action(&self, scopes: &[&str], keys: &Keys) -> Option<&str> {
        let keys = keys.as_slice();
        let begins = |count| matches!(self.lookup(scopes, &keys[..count]), Found::Prefix);
        match self.lookup(scopes, keys) {
            Found::Action(action) if (1..keys.len()).all(begins) => Some(action),
            _ => None,
        }
    }

    /// Bindings that go on from the keys pressed so far, nearest scope first.
    pub fn after<'a>(&'a self, scopes: &'a [&str], pressed: &'a [Key]) -> impl Iterator<Item = &'a Binding> {
        let of = move |scope: &'a &str| self.bindings.iter().filter(move |binding| binding.scope == *scope);
        let leads = |binding: &&Binding| {
            binding.keys.continues(pressed) && self.action(scopes, &binding.keys) == Some(binding.action.as_str())
        };
        scopes.iter().flat_map(of).filter(leads)
    }

    /// Keys of an action in a scope, the ones to show first.
    pub fn keys(&self, scope: &str, action: &str) -> Vec<Keys> {
        let mine = self.bindings.iter().filter(|b| b.scope == scope && b.action == action);
        mine.map(|binding| binding.keys.clone()).collect()
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
        let of = |scopes: &[&str], keys: &str| keymap.action(scopes, &keys.parse().unwrap()).map(str::to_owned);
        assert_eq!(of(&["queue", "normal", "global"], "enter").as_deref(), Some("preview.zoom"));
        assert_eq!(of(&["text", "normal", "global"], "enter").as_deref(), Some("text.insert"));
        assert_eq!(of(&["insert", "screen", "global"], "q"), None, "letters type");
        assert_eq!(keymap.keys("compose", "compose.generate")[0].to_string(), "ctrl+g");
    }

    #[test]
    fn keys_that_terminals_and_multiplexers_own_are_never_bound() {
        for binding in Keymap::builtin().bindings() {
            for key in binding.keys.as_slice() {
                assert_eq!(never(*key, binding.scope == "insert"), None, "{key} in {}", binding.scope);
            }
        }
    }

    #[test]
    fn an_f_key_always_has_a_twin() {
        let keymap = Keymap::builtin();
        let is_f = |b: &Binding| matches!(b.keys.first().code, Code::F(_));
        for binding in keymap.bindings().iter().filter(|b| is_f(b)) {
            let twin = |b: &&Binding| b.action == binding.action && !is_f(b);
            assert!(keymap.bindings().iter().any(|b| twin(&b)), "{}", binding.action);
        }
    }

    #[test]
    fn a_sequence_needs_more_until_it_is_whole_and_other_scopes_share_its_beginning() {
        let text =
            "[insert]\n\"ctrl+x ctrl+e\" = \"a.b\"\n[global]\n\"ctrl+x k\" = \"c.d\"\n\"ctrl+x ctrl+e\" = \"e.f\"\n";
        let (bindings, problems) = read::read(text);
        assert_eq!(problems, []);
        let keymap = Keymap { bindings, origin: None };
        let scopes = ["insert", "global"];
        let of = |keys: &str| keymap.lookup(&scopes, keys.parse::<Keys>().unwrap().as_slice());
        assert_eq!(of("ctrl+x"), Found::Prefix);
        assert_eq!(of("ctrl+x ctrl+e"), Found::Action("a.b"));
        assert_eq!(of("ctrl+x k"), Found::Action("c.d"), "a farther scope goes on from the same beginning");
        assert_eq!((of("ctrl+x x"), of("ctrl+e"), of("ctrl+x k k")), (Found::Nothing, Found::Nothing, Found::Nothing));
        let begun = "ctrl+x".parse::<Keys>().unwrap();
        let after: Vec<_> = keymap.after(&scopes, begun.as_slice()).map(|b| (b.keys.to_string(), &*b.action)).collect();
        assert_eq!(after, [("ctrl+x ctrl+e".to_owned(), "a.b"), ("ctrl+x k".to_owned(), "c.d")]);
    }
}
