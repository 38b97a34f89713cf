//! Styles: words put around a prompt, and words added to what is kept out. They are data, the built-in ones too.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::nearest::{nearest, question};

/// Where the user's words go.
const SLOT: &str = "{prompt}";

/// A style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Its name.
    pub name: String,
    /// A short line about it.
    pub about: String,
    /// The words, with `{prompt}` where the user's go.
    pub prompt: String,
    /// What is added to what is kept out; empty for nothing.
    pub negative: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    prompt: String,
    #[serde(default)]
    negative: String,
    #[serde(default)]
    about: String,
}

/// What is wrong with a file of styles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleProblem {
    /// The line, from 1; 0 where it is not known.
    pub line: usize,
    /// What, and what holds instead.
    pub message: String,
}

impl Style {
    /// The prompt in this style.
    pub fn around(&self, prompt: &str) -> String {
        self.prompt.replace(SLOT, prompt)
    }

    /// What is kept out in this style.
    pub fn without(&self, negative: &str) -> String {
        [negative.trim(), self.negative.trim()]
            .into_iter()
            .filter(|words| !words.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// The styles there are, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Styles(Vec<Style>);

impl Styles {
    /// The built-in ones.
    pub fn builtin() -> Styles {
        Styles::default().with_user(include_str!("styles.toml")).0
    }

    /// These, with the user's own over them. What is wrong is told and left out.
    pub fn with_user(mut self, text: &str) -> (Styles, Vec<StyleProblem>) {
        let mut problems = Vec::new();
        let tables: BTreeMap<String, toml::Spanned<toml::Value>> = match toml::from_str(text) {
            Ok(tables) => tables,
            Err(error) => {
                let line = error.span().map_or(0, |span| line_of(text, span.start));
                let message = format!("{}; the styles of this file are left out", error.message());
                return (self, vec![StyleProblem { line, message }]);
            }
        };
        for (name, table) in tables {
            let line = line_of(text, table.span().start);
            match read(&name, table.into_inner()) {
                Ok(style) => {
                    self.0.retain(|known| known.name != name);
                    self.0.extend(style);
                }
                Err(why) => {
                    problems.push(StyleProblem { line, message: format!("style {name}: {why}; it is left out") })
                }
            }
        }
        self.0.sort_by(|a, b| a.name.cmp(&b.name));
        (self, problems)
    }

    /// All of them, by name.
    pub fn all(&self) -> &[Style] {
        &self.0
    }

    /// One by its name.
    pub fn get(&self, name: &str) -> Option<&Style> {
        self.0.iter().find(|style| style.name == name)
    }

    /// What to say of a name that nobody has.
    pub fn unknown(&self, name: &str) -> String {
        let near = nearest(name, self.0.iter().map(|style| style.name.as_str()), 3);
        format!("There is no style {}.{}", crate::domain::text::clean(name), question(&near))
    }
}

/// A style from its table; none where the user removes it.
fn read(name: &str, table: toml::Value) -> Result<Option<Style>, String> {
    let written: Written = table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
    if written.prompt.is_empty() {
        return Ok(None);
    }
    if !written.prompt.contains(SLOT) {
        return Err(format!("prompt has no {SLOT} for the words"));
    }
    let Written { prompt, negative, about } = written;
    Ok(Some(Style { name: name.to_owned(), about, prompt, negative }))
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |before| before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_styles_read_and_put_their_words_around() {
        let styles = Styles::builtin();
        assert!(styles.all().len() >= 5);
        let ink = styles.get("ink-wash").expect("ink");
        assert!(ink.around("a fox").starts_with("a fox, traditional Chinese ink"));
        assert_eq!(ink.without("blurry "), "blurry, photograph, saturated colours");
        assert_eq!(styles.get("watercolour").expect("watercolour").without(""), "");
        assert_eq!(styles.unknown("ink-wsh"), "There is no style ink-wsh. Did you mean ink-wash?");
    }

    #[test]
    fn the_users_styles_lie_over_the_built_in_ones_and_faults_are_told_with_their_line() {
        let text = "[photo]\nprompt = \"\"\n\n[mine]\nprompt = \"oil: {prompt}!\"\n\n[bad]\nprompt = \"no slot\"\n\n[worse]\nprompt = \"{prompt}\"\nsize = 3\n";
        let (styles, problems) = Styles::builtin().with_user(text);
        assert_eq!(styles.get("photo"), None);
        assert_eq!(styles.get("mine").map(|style| style.around("a|b")).as_deref(), Some("oil: a|b!"));
        let told: Vec<_> = problems.iter().map(|problem| (problem.line, problem.message.as_str())).collect();
        assert_eq!(told[0], (7, "style bad: prompt has no {prompt} for the words; it is left out"));
        assert!(told[1].0 == 10 && told[1].1.contains("size"), "{told:?}");
        let (kept, problems) = Styles::builtin().with_user("[a\n");
        assert_eq!((kept, problems[0].line), (Styles::builtin(), 1));
    }
}
