//! A theme file: what it may say, read with the line of everything that cannot be used. Not: what roles there are.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::Depth;

use super::colour;

/// Something in a theme that could not be used; the rest of it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

/// A theme as written.
#[derive(Debug, Clone, Default)]
pub(super) struct File {
    /// The theme it starts from.
    pub inherits: Option<(usize, String)>,
    /// Names for colours.
    pub palette: BTreeMap<String, Color>,
    /// Styles by role, not yet resolved: a heir may change the palette.
    pub roles: BTreeMap<String, Entry>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A role's style, in words, with its line (0: another file's); and by hand for terminals with fewer colours.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub line: usize,
    style: String,
    indexed: Option<String>,
    ansi: Option<String>,
    mono: Option<String>,
}

impl File {
    /// Reads a file; never fails, what cannot be used is in `problems`.
    pub fn read(text: &str) -> File {
        let line_at = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        let mut file = File::default();
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let line = line_at(error.span().map_or(0, |span| span.start));
                file.problem(line, error.message().to_owned());
                return file;
            }
        };
        for (key, value) in &table {
            let line = line_at(key.span().start);
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("inherits", DeValue::String(name)) => file.inherits = Some((line, name.to_string())),
                ("palette", DeValue::Table(colours)) => file.read_palette(colours, line_at),
                ("roles", DeValue::Table(roles)) => file.read_roles(roles, line_at),
                (other, _) => file.problem(line, format!("{other} is not inherits = \"...\", [palette] or [roles]")),
            }
        }
        file
    }

    fn read_palette(&mut self, colours: &DeTable<'_>, line_at: impl Fn(usize) -> usize) {
        for (name, value) in colours {
            match value.get_ref().as_str().and_then(colour::read) {
                Some(colour) => {
                    self.palette.insert(name.get_ref().to_string(), colour);
                }
                None => {
                    let message = format!("{} is not a colour: write \"#rrggbb\" or a name", name.get_ref());
                    self.problem(line_at(name.span().start), message);
                }
            }
        }
    }

    fn read_roles(&mut self, roles: &DeTable<'_>, line_at: impl Fn(usize) -> usize) {
        for (role, value) in roles {
            let line = line_at(role.span().start);
            match Entry::read(line, value) {
                Ok(entry) => {
                    self.roles.insert(role.get_ref().to_string(), entry);
                }
                Err(message) => self.problem(line, format!("{}: {message}", role.get_ref())),
            }
        }
    }

    fn problem(&mut self, line: usize, message: String) {
        self.problems.push(Problem { line, message });
    }

    /// This file laid over `base`: its palette and roles win. What `base` starts from is next.
    pub fn over(self, base: File) -> File {
        let (mut palette, mut roles) = (base.palette, base.roles);
        roles.values_mut().for_each(|entry| entry.line = 0);
        palette.extend(self.palette);
        roles.extend(self.roles);
        File { palette, roles, inherits: base.inherits, problems: Vec::new() }
    }

    /// Styles by role for a colour depth. Words that mean nothing are left out, and reported where they are this file's own.
    pub fn resolve(&self, depth: Depth, problems: &mut Vec<Problem>) -> BTreeMap<String, Style> {
        let resolved = self.roles.iter().map(|(role, entry)| {
            let (style, wrong) = entry.at_depth(depth, &self.palette);
            let own = wrong.into_iter().filter(|_| entry.line > 0);
            problems.extend(own.map(|word| Problem {
                line: entry.line,
                message: format!("{role}: {word:?} is no colour of the palette and no style word"),
            }));
            (role.clone(), style)
        });
        resolved.collect()
    }
}

impl Entry {
    fn read(line: usize, value: &Spanned<DeValue<'_>>) -> Result<Entry, String> {
        let mut entry = Entry { line, ..Entry::default() };
        let table = match value.get_ref() {
            DeValue::String(style) => {
                entry.style = style.to_string();
                return Ok(entry);
            }
            DeValue::Table(table) => table,
            _ => return Err("write \"bold red\" or { style = \"...\", ansi = \"...\" }".to_owned()),
        };
        for (key, words) in table {
            let words = words.get_ref().as_str().ok_or_else(|| format!("{} must be text", key.get_ref()))?.to_owned();
            match key.get_ref().as_ref() {
                "style" => entry.style = words,
                "indexed" => entry.indexed = Some(words),
                "ansi" => entry.ansi = Some(words),
                "mono" => entry.mono = Some(words),
                other => return Err(format!("{other} is not style, indexed, ansi or mono")),
            }
        }
        Ok(entry)
    }

    /// The style, and the words that mean nothing.
    fn at_depth(&self, depth: Depth, palette: &BTreeMap<String, Color>) -> (Style, Vec<String>) {
        let by_hand = match depth {
            Depth::True => None,
            Depth::Indexed => self.indexed.as_ref(),
            Depth::Ansi => self.ansi.as_ref(),
            Depth::Mono => self.mono.as_ref(),
        };
        let (mut style, mut behind, mut wrong) = (Style::new(), false, Vec::new());
        for word in by_hand.unwrap_or(&self.style).split_whitespace() {
            if let Some(modifier) = modifier(word) {
                style = style.add_modifier(modifier);
            } else if word == "on" {
                behind = true;
            } else if let Some(found) = palette.get(word).copied().or_else(|| colour::read(word)) {
                let shown = colour::at_depth(found, depth);
                *(if behind { &mut style.bg } else { &mut style.fg }) = shown;
            } else {
                wrong.push(word.to_owned());
            }
        }
        (style, wrong)
    }
}

fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        _ => return None,
    })
}
