//! A user's file over the preset: it binds anew, adds, and takes away with `"none"`. What is wrong costs its line, never
//! the file.

use super::read::{self, Line};
use super::{Binding, Code, Keymap, Keys, Problem};

/// What takes a binding away.
const NONE: &str = "none";

/// What a keymap cannot know by itself: which scopes and actions there are, and which keys may ask for what.
pub trait Law {
    /// Whether there is such a scope; else what is wrong.
    fn scope(&self, name: &str) -> Result<(), String>;
    /// Whether these keys may ask for an action in a scope, or (`None`) for nothing; else why not.
    fn allows(&self, scope: &str, keys: &Keys, action: Option<&str>) -> Result<(), String>;
}

impl Keymap {
    /// This keymap with a user's file over it, and what of that could not be used. `origin` names the file.
    pub fn with_user(mut self, text: &str, origin: &str, law: &dyn Law) -> (Keymap, Vec<Problem>) {
        let (lines, mut problems) = read::lines(text);
        let mut kept: Vec<Line> = Vec::new();
        for line in lines {
            match refusal(&line, &kept, law) {
                Some(message) => problems.push(Problem { line: line.at, message }),
                None => kept.push(line),
            }
        }
        let mut mine = Vec::new();
        for Line { at, scope, keys, action } in kept {
            let before = self.bindings.len();
            let clashes = |b: &Binding| b.scope == scope && (b.keys == keys || crosses(&b.keys, &keys));
            let same = |b: &Binding| b.scope == scope && b.keys == keys;
            if action == NONE {
                self.bindings.retain(|binding| !same(binding));
                if self.bindings.len() == before {
                    let message = format!("{keys} is bound to nothing in [{scope}]: there is nothing to take away");
                    problems.push(Problem { line: at, message });
                }
            } else {
                self.bindings.retain(|binding| !clashes(binding));
                mine.push(Binding { scope, keys, action, line: Some(at) });
            }
        }
        // The first key written for an action is the one that is shown.
        self.bindings.splice(0..0, mine);
        self.drop_lone_f_keys(&mut problems);
        self.origin = Some(origin.to_owned());
        problems.sort_by_key(|problem| problem.line);
        (self, problems)
    }

    /// Takes away the user's F keys whose action has no other key.
    fn drop_lone_f_keys(&mut self, problems: &mut Vec<Problem>) {
        let is_f = |b: &Binding| b.keys.as_slice().iter().any(|key| matches!(key.code, Code::F(_)));
        let all = self.bindings.clone();
        self.bindings.retain(|binding| {
            let twin = || all.iter().any(|other| other.action == binding.action && !is_f(other));
            let Some(line) = binding.line.filter(|_| is_f(binding) && !twin()) else { return true };
            let Binding { keys, action, .. } = binding;
            let message = format!("{keys} is the only key of {action}: many desktops keep F keys, so bind another too");
            problems.push(Problem { line, message });
            false
        });
    }
}

/// Why a line cannot be used beside those before it.
fn refusal(line: &Line, kept: &[Line], law: &dyn Law) -> Option<String> {
    if let Err(message) = law.scope(&line.scope) {
        return Some(message);
    }
    let action = Some(line.action.as_str()).filter(|action| *action != NONE);
    if let Err(message) = law.allows(&line.scope, &line.keys, action) {
        return Some(message);
    }
    let here = kept.iter().filter(|other| other.scope == line.scope);
    for other in here {
        let Line { keys, at, .. } = other;
        if *keys == line.keys {
            return Some(format!("{keys} is bound in line {at} already; that line holds"));
        }
        if other.action != NONE && action.is_some() && crosses(keys, &line.keys) {
            let mine = &line.keys;
            return Some(format!(
                "{mine} and {keys} of line {at} begin alike, so one hides the other; line {at} holds"
            ));
        }
    }
    None
}

/// Whether one is the beginning of the other.
fn crosses(one: &Keys, other: &Keys) -> bool {
    one.continues(other.as_slice()) || other.continues(one.as_slice())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Two scopes; `ctrl+c` is nobody's.
    struct Small;

    impl Law for Small {
        fn scope(&self, name: &str) -> Result<(), String> {
            if ["jobs", "help"].contains(&name) { Ok(()) } else { Err(format!("there is no scope {name}")) }
        }
        fn allows(&self, _: &str, keys: &Keys, _: Option<&str>) -> Result<(), String> {
            if keys.to_string() == "ctrl+c" { Err("kept".into()) } else { Ok(()) }
        }
    }

    fn layered(text: &str) -> (Keymap, Vec<(usize, String)>) {
        let (bindings, _) =
            read::read("[jobs]\n\"x\" = \"job.cancel\"\n\"g\" = \"queue.first\"\n\"r\" = \"job.retry\"\n");
        let (keymap, problems) = Keymap { bindings, origin: None }.with_user(text, "mine.toml", &Small);
        (keymap, problems.into_iter().map(|problem| (problem.line, problem.message)).collect())
    }

    fn shown(keymap: &Keymap, action: &str) -> Vec<String> {
        keymap.keys("jobs", action).iter().map(Keys::to_string).collect()
    }

    #[test]
    fn a_file_binds_anew_adds_and_takes_away() {
        let (keymap, problems) = layered("[jobs]\n\"d\" = \"job.cancel\"\n\"x\" = \"job.hold\"\n\"r\" = \"none\"\n");
        assert_eq!(problems, []);
        assert_eq!(shown(&keymap, "job.cancel"), ["d"], "x was taken from it");
        assert_eq!(shown(&keymap, "job.hold"), ["x"]);
        assert_eq!(shown(&keymap, "job.retry"), [""; 0]);
        assert_eq!(keymap.origin(), Some("mine.toml"));
        let (keymap, _) = layered("[jobs]\n\"d\" = \"job.cancel\"\n");
        assert_eq!(shown(&keymap, "job.cancel"), ["d", "x"], "the user's own key is shown first");
        let lines: Vec<_> = keymap.bindings().iter().map(|binding| binding.line).collect();
        assert_eq!(lines, [Some(2), None, None, None]);
    }

    #[test]
    fn a_sequence_takes_the_place_of_the_key_it_begins_with() {
        let (keymap, problems) = layered("[jobs]\n\"g g\" = \"queue.first\"\n\"g e\" = \"queue.last\"\n");
        assert_eq!(problems, []);
        assert_eq!(shown(&keymap, "queue.first"), ["g g"]);
        assert_eq!(shown(&keymap, "queue.last"), ["g e"]);
    }

    #[test]
    fn conflicts_are_named_with_both_lines_and_the_rest_holds() {
        let text = "[jobs]\n\"X\" = \"a.b\"\n\"shift+x\" = \"c.d\"\n\"d\" = \"e.f\"\n\"d d\" = \"g.h\"\n\n[mail]\n\"x\" = \"a.b\"\n\n[help]\n\"ctrl+c\" = \"a.b\"\n\"z\" = \"none\"\n\"y\" = \"i.j\"\n";
        let (keymap, problems) = layered(text);
        let lines: Vec<_> = problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 5, 8, 11, 12], "{problems:?}");
        assert!(problems[0].1.contains("line 2") && problems[1].1.contains("line 4"), "{problems:?}");
        assert_eq!(shown(&keymap, "a.b"), ["X"]);
        assert_eq!(keymap.keys("help", "i.j").len(), 1);
    }

    #[test]
    fn broken_toml_costs_its_line() {
        let (keymap, problems) = layered("[jobs]\n\"d\" = job.cancel\n\"f\" = \"job.hold\"\n");
        assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2], "{problems:?}");
        assert_eq!(shown(&keymap, "job.hold"), ["f"]);
    }

    #[test]
    fn an_f_key_needs_a_twin() {
        let (keymap, problems) = layered("[jobs]\n\"f5\" = \"job.hold\"\n\"f6\" = \"job.cancel\"\n");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].1.contains("f5"), "{problems:?}");
        assert_eq!(shown(&keymap, "job.cancel"), ["f6", "x"]);
    }
}
