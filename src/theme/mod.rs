//! Colours by role: `ink` and `paper` and the user's own, for terminals from true colour down to none.
//!
//! Lives here: the files that ship (`themes/*.toml`), their reader, the nearest colour a poorer terminal has. Lives
//! elsewhere: which role a glyph takes (`tui::view`), how many colours the terminal has (`graphics`). Reads no files.
//!
//! `ink`, the default, paints no background and leaves the text in the terminal's own colour, so it follows the
//! terminal's palette, keeps transparent windows, and needs no painted blanks over a slow line; its colours are mid-tones
//! that read on dark and on white. `paper` is a choice against the terminal's own ground, so it paints.

mod colour;
mod file;

use std::collections::BTreeMap;

use ratatui::style::Style;

use crate::domain::Depth;

use file::File;
pub use file::Problem;

/// The themes that ship with the program, the default first.
const BUILTIN: [(&str, &str); 2] =
    [("ink", include_str!("../../themes/ink.toml")), ("paper", include_str!("../../themes/paper.toml"))];

/// A theme, resolved for a colour depth: the style of each role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name (`ink`).
    pub name: String,
    /// The depth it was resolved for.
    pub depth: Depth,
    roles: BTreeMap<String, Style>,
}

impl Theme {
    /// Names of the themes that ship with the program, the default first.
    pub fn names() -> &'static [&'static str] {
        &["ink", "paper"]
    }

    /// A theme by name, for a colour depth; `None` when there is no such theme.
    pub fn named(name: &str, depth: Depth) -> Option<Theme> {
        Some(Theme::parse(name, builtin(name)?, depth).0)
    }

    /// Reads a theme file. What cannot be used is left out and reported with its line.
    pub fn parse(name: &str, text: &str, depth: Depth) -> (Theme, Vec<Problem>) {
        let mut file = File::read(text);
        let mut problems = std::mem::take(&mut file.problems);
        let mut seen = vec![name.to_owned()];
        while let Some((line, base)) = file.inherits.take() {
            match builtin(&base).filter(|_| !seen.contains(&base)) {
                Some(text) => {
                    let base_file = File::read(text);
                    let next = base_file.inherits.clone();
                    file = file.over(base_file);
                    file.inherits = next;
                }
                None => problems.push(Problem {
                    line,
                    message: format!("{base} is not a theme to start from: there are {}", Theme::names().join(", ")),
                }),
            }
            seen.push(base);
        }
        let roles = file.resolve(depth, &mut problems);
        problems.sort_by_key(|problem| problem.line);
        (Theme { name: name.to_owned(), depth, roles }, problems)
    }

    /// The style of a role (`pane.title.focused`); a role without an entry takes its parent's (`pane.title`, `pane`), the
    /// last of all is `text`. What a style leaves open stays as it is on the screen.
    pub fn style(&self, role: &str) -> Style {
        let mut name = role;
        loop {
            if let Some(style) = self.roles.get(name) {
                return *style;
            }
            match name.rsplit_once('.') {
                Some((parent, _)) => name = parent,
                None => return self.roles.get("text").copied().unwrap_or_default(),
            }
        }
    }
}

fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    const DEPTHS: [Depth; 4] = [Depth::Mono, Depth::Ansi, Depth::Indexed, Depth::True];

    #[test]
    fn the_builtin_themes_have_no_problems_and_are_named() {
        assert_eq!(BUILTIN.map(|(name, _)| name).as_slice(), Theme::names());
        for (name, text) in BUILTIN {
            for depth in DEPTHS {
                assert_eq!(Theme::parse(name, text, depth).1, []);
            }
        }
        assert_eq!(Theme::named("dusk", Depth::True), None);
    }

    #[test]
    fn a_role_without_an_entry_takes_its_parents() {
        let text = "[roles]\ntext = \"red\"\npane = \"blue\"\n\"pane.title\" = \"green\"\n";
        let (theme, problems) = Theme::parse("mine", text, Depth::True);
        assert_eq!(problems, []);
        let fg = |role| theme.style(role).fg.unwrap();
        assert_eq!(fg("pane.title.focused"), Color::Green);
        assert_eq!(fg("pane.border.focused"), Color::Blue);
        assert_eq!(fg("toast"), Color::Red);
    }

    #[test]
    fn a_theme_that_inherits_changes_only_what_it_says() {
        let (mine, problems) =
            Theme::parse("mine", "inherits = \"paper\"\n[palette]\njade = \"#00ff00\"\n", Depth::True);
        let paper = Theme::named("paper", Depth::True).unwrap();
        assert_eq!(problems, []);
        assert_eq!(mine.style("good").fg, Some(Color::Rgb(0, 255, 0)));
        assert_eq!(mine.style("ground"), paper.style("ground"));
        assert_eq!(mine.style("key"), paper.style("key"));
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_line_and_the_rest_holds() {
        let text = "inherits = \"noir\"\nfont = 3\n[palette]\nsea = \"blueish\"\n[roles]\ntext = \"bold sea\"\n\
                    key = 7\nwarn = { style = \"red\", vga = \"x\" }\ngood = \"green\"\n";
        let (theme, problems) = Theme::parse("mine", text, Depth::True);
        let lines: Vec<_> = problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [1, 2, 4, 6, 7, 8], "{problems:#?}");
        assert!(problems[0].message.contains("ink, paper"));
        assert_eq!(theme.style("good").fg, Some(Color::Green));
        assert_eq!(theme.style("text").add_modifier, Modifier::BOLD);
        let (_, broken) = Theme::parse("mine", "[roles]\ntext = \n", Depth::True);
        assert_eq!(broken[0].line, 2);
        let (_, circle) = Theme::parse("ink", "inherits = \"ink\"", Depth::True);
        assert_eq!(circle.len(), 1, "a theme cannot start from itself");
    }

    /// Every role but the ones that only draw lines is text somebody has to read.
    fn texts(theme: &Theme) -> impl Iterator<Item = (&String, &Style)> {
        theme.roles.iter().filter(|(role, _)| !["pane", "pane.focused", "ground"].contains(&role.as_str()))
    }

    #[test]
    fn text_can_be_read_on_its_ground() {
        for depth in [Depth::True, Depth::Indexed] {
            let paper = Theme::named("paper", depth).unwrap();
            let ground = paper.style("ground");
            for (role, style) in texts(&paper) {
                let (fg, bg) = (style.fg.or(ground.fg).unwrap(), style.bg.or(ground.bg).unwrap());
                assert!(colour::contrast(fg, bg).unwrap() >= 4.5, "paper {role} at {depth}");
            }
            let ink = Theme::named("ink", depth).unwrap();
            for (role, style) in texts(&ink) {
                let Some(fg) = style.fg else { continue };
                let dark = [Color::Rgb(0, 0, 0), Color::Rgb(0x1e, 0x1e, 0x1e)];
                for ground in style.bg.map_or(dark.to_vec(), |bg| vec![bg]) {
                    assert!(colour::contrast(fg, ground).unwrap() >= 4.5, "ink {role} on {ground} at {depth}");
                }
                if depth == Depth::Indexed {
                    continue;
                }
                let white = style.bg.unwrap_or(Color::Rgb(255, 255, 255));
                assert!(colour::contrast(fg, white).unwrap() >= 3.0, "ink {role} in a light terminal at {depth}");
            }
        }
    }

    #[test]
    fn without_colours_only_weight_and_reverse_remain() {
        for name in Theme::names() {
            let theme = Theme::named(name, Depth::Mono).unwrap();
            assert!(theme.roles.values().all(|style| style.fg.is_none() && style.bg.is_none()), "{name}");
            assert_eq!(theme.style("selection").add_modifier, Modifier::REVERSED);
        }
        let ansi = Theme::named("ink", Depth::Ansi).unwrap();
        let sixteen = |c: Color| !matches!(c, Color::Rgb(..) | Color::Indexed(_));
        assert!(ansi.roles.values().all(|style| style.fg.is_none_or(sixteen) && style.bg.is_none_or(sixteen)));
    }
}
