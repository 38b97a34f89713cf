//! Colours by role: the themes that ship with the program and the user's own, for terminals from true colour down to none.
//!
//! Lives here: the files that ship (`themes/*.toml`), their reader, what a theme starts from, the roles there are, the nearest
//! colour a poorer terminal has. Lives elsewhere: which role a glyph takes (`tui::view`), where the user's files lie
//! (`config`), how many colours the terminal has (`graphics`). Reads no files.
//!
//! `ink`, the default, paints no background and leaves the text in the terminal's own colour, so it follows the
//! terminal's palette, keeps transparent windows, and needs no painted blanks over a slow line; its colours are mid-tones
//! that read on dark and on white. `terminal` goes further: the terminal's own sixteen. `paper`, `dusk` and `high-contrast` are
//! choices against the terminal's own ground, so they paint. `mono` has no colours.

mod colour;
mod file;
mod roles;
mod shelf;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};

use crate::domain::Depth;

pub use file::Problem;
pub use shelf::Themes;

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
    /// A theme that ships with the program, by name; `None` when there is no such theme.
    pub fn named(name: &str, depth: Depth) -> Option<Theme> {
        Themes::builtin().named(name, depth)
    }

    /// Every role a screen may ask for.
    pub fn roles() -> impl Iterator<Item = &'static str> {
        roles::known()
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

    /// Whether it paints a ground of its own.
    pub fn paints(&self) -> bool {
        self.style("ground").bg.is_some()
    }

    /// The role whose letters stand out least from what is behind them, and by how much (WCAG 2: 1 to 21). `behind` is the
    /// terminal's own ground, which shows where the theme paints none. `None`: no letter has a colour. The terminal's own 16
    /// are taken as xterm has them; letters in the terminal's own colour are its owner's choice and not looked at.
    pub fn least_contrast(&self, behind: Color) -> Option<(&'static str, f64)> {
        let ground = self.style("ground");
        let of = |role: &'static str| {
            let style = self.style(role);
            let (mut fg, mut bg) = (style.fg.or(ground.fg), style.bg.or(ground.bg).or(Some(behind)));
            if style.add_modifier.contains(Modifier::REVERSED) {
                (fg, bg) = (bg, fg);
            }
            Some((role, colour::contrast(fg?, bg?)?))
        };
        let texts = roles::known().filter(|role| roles::is_text(role));
        texts.filter_map(of).min_by(|a, b| a.1.total_cmp(&b.1))
    }
}
