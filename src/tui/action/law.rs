//! What a user's keymap may say: names that are in the table, in scopes where they work, on keys that reach us, and never
//! so that a single key or Enter pays.

use crate::keymap::{Code, Key, Keys, Law, never};

use super::Action;
use crate::tui::state::Scope;

/// The table of actions, as the law for keymaps.
#[derive(Debug, Clone, Copy)]
pub struct Actions;

impl Law for Actions {
    fn scope(&self, name: &str) -> Result<(), String> {
        match Scope::parse(name) {
            Some(_) => Ok(()),
            None => Err(format!("there is no scope {name}{}", hint(name, Scope::ALL.map(Scope::name)))),
        }
    }

    fn allows(&self, scope: &str, keys: &Keys, action: Option<&str>) -> Result<(), String> {
        let Some(scope) = Scope::parse(scope) else { return self.scope(scope) };
        if is_way_out(keys) && action != Some(Action::Interrupt.name()) {
            return Err("ctrl+c always cancels or leaves: it cannot be bound to anything else".to_owned());
        }
        let Some(action) = action else { return Ok(()) };
        reaches(scope, keys)?;
        let Some(found) = Action::parse(action) else {
            return Err(format!("there is no action {action}{}", hint(action, Action::ALL.iter().map(|a| a.name()))));
        };
        if !found.scopes().contains(&scope) {
            let names: Vec<_> = found.scopes().iter().map(|scope| format!("[{}]", scope.name())).collect();
            return Err(format!("{action} does not work in [{}], but in {}", scope.name(), names.join(", ")));
        }
        pays(found, keys)
    }
}

fn is_way_out(keys: &Keys) -> bool {
    let key = keys.first();
    key.code == Code::Char('c') && key.ctrl && !key.alt
}

/// Whether such keys arrive here, and take nothing away from typing.
fn reaches(scope: Scope, keys: &Keys) -> Result<(), String> {
    for key in keys.as_slice() {
        if let Some(why) = never(*key, scope.is_text()) {
            return Err(format!("{key} is never bound: {why}"));
        }
    }
    let first = keys.first();
    if scope.takes_letters() && is_letter(first) {
        return Err(format!("{first} types in [{}]: bind a key with ctrl or alt", scope.name()));
    }
    let is_esc = |key: &Key| key.code == Code::Esc;
    if keys.as_slice().len() > 1 && keys.as_slice().iter().any(is_esc) {
        return Err("esc drops a sequence: it cannot be part of one".to_owned());
    }
    Ok(())
}

fn is_letter(key: Key) -> bool {
    matches!(key.code, Code::Char(_) | Code::Backspace) && !key.ctrl && !key.alt
}

/// Paying needs a chord; a yes needs more than Enter.
fn pays(action: Action, keys: &Keys) -> Result<(), String> {
    let keys = keys.as_slice();
    let chord = keys.iter().any(|key| key.ctrl || key.alt);
    if matches!(action, Action::Generate | Action::SaveEdit | Action::SendAgain) && !chord {
        return Err(format!("{} pays: it needs a key with ctrl or alt", action.name()));
    }
    let asked = action.spends() || matches!(action, Action::Yes | Action::Retry);
    if asked && keys.last().is_some_and(|key| key.code == Code::Enter && !key.ctrl && !key.alt) {
        return Err(format!("enter never pays: it cannot be bound to {}", action.name()));
    }
    Ok(())
}

/// `: did you mean job.cancel?`
fn hint(name: &str, names: impl IntoIterator<Item = &'static str>) -> String {
    let scored = names.into_iter().map(|known| (strsim::jaro_winkler(name, known), known));
    let near = scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0));
    near.map_or_else(|| "; `pinxit keys` lists them".to_owned(), |(_, near)| format!(": did you mean {near}?"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::keymap::Keymap;

    fn refused(scope: &str, keys: &str, action: Option<&str>) -> String {
        let law = Actions.scope(scope).and_then(|()| Actions.allows(scope, &keys.parse().unwrap(), action));
        law.expect_err(&format!("{keys} in {scope}"))
    }

    #[test]
    fn the_preset_keeps_the_law() {
        for binding in Keymap::builtin().bindings() {
            let law = Actions.allows(&binding.scope, &binding.keys, Some(&binding.action));
            assert_eq!(law, Ok(()), "{binding:?}");
        }
    }

    #[test]
    fn what_a_users_file_cannot_say_is_refused_with_the_reason() {
        for (scope, keys, action, words) in [
            ("quue", "x", "job.cancel", "did you mean queue?"),
            ("jobs", "x", "job.cancle", "did you mean job.cancel?"),
            ("jobs", "x", "make.coffee", "`pinxit keys` lists them"),
            ("global", "ctrl+x", "job.cancel", "does not work in [global], but in [queue], [jobs]"),
            ("jobs", "ctrl+s", "job.cancel", "terminals stop and start"),
            ("jobs", "alt+1", "job.cancel", "window managers"),
            ("jobs", "ctrl+a", "job.cancel", "screen takes it"),
            ("jobs", "x ctrl+b", "job.cancel", "tmux"),
            ("screen", "x", "app.commands", "types in [screen]"),
            ("insert", "g g", "text.leave", "types in [insert]"),
            ("help", "q", "dialog.close", "types in [help]"),
            ("jobs", "g esc", "job.cancel", "esc drops"),
            ("compose", "f5", "compose.generate", "needs a key with ctrl or alt"),
            ("confirm", "enter", "dialog.yes", "enter never pays"),
            ("jobs", "enter", "job.duplicate", "enter never pays"),
            ("global", "ctrl+c", "app.redraw", "always cancels or leaves"),
        ] {
            let why = refused(scope, keys, Some(action));
            assert!(why.contains(words), "{keys} in {scope}: {why}");
        }
        assert!(refused("global", "ctrl+c", None).contains("always cancels or leaves"));
        assert_eq!(Actions.allows("insert", &"ctrl+a".parse().unwrap(), Some("text.undo")), Ok(()));
        assert_eq!(Actions.allows("jobs", &"g g".parse().unwrap(), Some("queue.first")), Ok(()));
        assert_eq!(Actions.allows("jobs", &"x".parse().unwrap(), None), Ok(()));
    }
}
