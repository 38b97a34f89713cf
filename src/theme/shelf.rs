//! The themes there are: those that ship with the program, and the user's own beside and over them. Not: where the user's
//! files lie, which is `config`'s to know.

use crate::domain::Depth;

use super::Theme;
use super::file::{File, Problem};
use super::roles;

/// The themes that ship with the program, the default first.
const BUILTIN: [(&str, &str); 6] = [
    ("ink", include_str!("../../themes/ink.toml")),
    ("paper", include_str!("../../themes/paper.toml")),
    ("dusk", include_str!("../../themes/dusk.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("terminal", include_str!("../../themes/terminal.toml")),
];

/// The themes there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Themes {
    /// The user's own: names and texts.
    own: Vec<(String, String)>,
}

impl Themes {
    /// Those that ship with the program.
    pub fn builtin() -> Themes {
        Themes::default()
    }

    /// With one of the user's own; it goes over one of the same name that ships with the program, and may start from it.
    pub fn with(mut self, name: &str, text: &str) -> Themes {
        self.own.retain(|(known, _)| known != name);
        self.own.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Their names: those that ship with the program, the default first, then the user's own.
    pub fn names(&self) -> Vec<&str> {
        let shipped = BUILTIN.iter().map(|(name, _)| *name);
        let own = self.own.iter().map(|(name, _)| name.as_str()).filter(|name| builtin(name).is_none());
        shipped.chain(own).collect()
    }

    /// Whether a theme is the user's own.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.iter().any(|(known, _)| known == name)
    }

    /// What a theme is, by the first line of its file (`# ink: the default, for dark terminals.`); empty where it says
    /// nothing.
    pub fn about(&self, name: &str) -> &str {
        let first = self.text(name, &[]).and_then(|text| text.lines().next()).unwrap_or_default();
        let said = first.strip_prefix('#').map(str::trim).unwrap_or_default();
        said.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')).map_or(said, str::trim)
    }

    /// A theme by name, for a colour depth; `None` when there is no such theme.
    pub fn named(&self, name: &str, depth: Depth) -> Option<Theme> {
        Some(self.read(name, depth)?.0)
    }

    /// What in a theme's own file cannot be used, by line.
    pub fn problems(&self, name: &str) -> Vec<Problem> {
        let depths = [Depth::True, Depth::Indexed, Depth::Ansi, Depth::Mono];
        let mut found: Vec<Problem> =
            depths.into_iter().filter_map(|depth| self.read(name, depth)).flat_map(|(_, problems)| problems).collect();
        found.sort_by(|a, b| (a.line, &a.message).cmp(&(b.line, &b.message)));
        found.dedup();
        found
    }

    /// A theme laid over what it starts from, and what in its own file cannot be used.
    fn read(&self, name: &str, depth: Depth) -> Option<(Theme, Vec<Problem>)> {
        let mut seen = Vec::new();
        let mut file = File::read(self.text(name, &seen)?);
        let mut problems = std::mem::take(&mut file.problems);
        problems.extend(roles::unknown(&file));
        let line = file.inherits.as_ref().map_or(0, |(line, _)| *line);
        let mut at = name.to_owned();
        while let Some((_, base)) = file.inherits.take() {
            seen.push(std::mem::replace(&mut at, base));
            match self.text(&at, &seen) {
                Some(text) => file = file.over(File::read(text)),
                // What another file starts from is that file's matter, a circle everybody's in it.
                None if seen.contains(&at) => {
                    let way = seen.join(" -> ");
                    problems
                        .push(Problem { line, message: format!("a circle: {way} -> {at}; {at} starts from nothing") });
                }
                None if seen.len() == 1 => {
                    let there_are = self.names().join(", ");
                    let at = crate::domain::text::clean(&at);
                    problems.push(Problem {
                        line,
                        message: format!("{at} is not a theme to start from: there are {there_are}"),
                    });
                }
                None => {}
            }
        }
        let resolved = file.resolve(depth, &mut problems);
        problems.sort_by_key(|problem| problem.line);
        Some((Theme { name: name.to_owned(), depth, roles: resolved }, problems))
    }

    /// A theme's file. One of the user's that is being read already gives way to the one that ships with the program.
    fn text(&self, name: &str, seen: &[String]) -> Option<&str> {
        let times = seen.iter().filter(|known| *known == name).count();
        let own = self.own.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        own.into_iter().chain(builtin(name)).nth(times)
    }
}

fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
