//! What the written prompt stands for: its wildcards unfolded, its style put around. Worked out anew only when something
//! it depends on has changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::{Unfold, Written};
use crate::prompt::expand::{Template, is_template};
use crate::prompt::style::{Style, Styles};

use super::State;

/// Prompts made of one at most: a submit is a handful, a longer list is a batch.
pub const PROMPTS_AT_ONCE: u64 = 1000;

/// More jobs than these ask first, whatever they cost.
pub const MANY_JOBS: usize = 24;

/// Lists and styles, and how the prompt makes use of them.
#[derive(Debug, Clone, Default)]
pub struct Expansion {
    /// What is done about wildcards.
    pub unfold: Unfold,
    /// The style put around every prompt, by its name.
    pub style: Option<String>,
    /// The styles there are.
    pub styles: Arc<Styles>,
    /// Folders with lists.
    pub folders: Vec<PathBuf>,
    /// The lists, once they were read.
    pub lists: Option<Arc<BTreeMap<String, String>>>,
    /// They were asked for.
    pub asked: bool,
    /// What it all comes to.
    pub made: Made,
}

/// What a prompt comes to.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// What it was worked out from.
    pub of: Option<Source>,
    /// The prompt as a template; `None` where it is sent as it is written.
    pub template: Option<Arc<Template>>,
    /// What is wrong with it.
    pub trouble: Option<String>,
    /// The first prompt and what is kept out, where they are not what is written.
    pub first: Option<(String, String)>,
}

/// What an expansion is worked out from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The prompt as written.
    pub prompt: String,
    /// What is kept out, as written.
    pub negative: String,
    /// See [`Expansion::unfold`].
    pub unfold: Unfold,
    /// See [`Expansion::style`].
    pub style: Option<String>,
    /// The lists were there.
    pub has_lists: bool,
    /// The model has a place for what is to be kept out.
    pub takes_negative: bool,
}

impl Expansion {
    /// The style put around every prompt.
    pub fn style(&self) -> Option<&Style> {
        self.styles.get(self.style.as_deref()?)
    }

    /// Whether the prompt is a template that is unfolded.
    pub fn unfolds(&self) -> bool {
        self.made.template.is_some()
    }

    /// How many prompts a submit sends.
    pub fn count(&self) -> u64 {
        match (&self.made.template, self.unfold) {
            (Some(template), Unfold::All) => template.count(),
            _ => 1,
        }
    }

    /// How many ways there are, whatever is done about them.
    pub fn ways(&self) -> u64 {
        self.made.template.as_ref().map_or(1, |template| template.count())
    }

    /// The style's words around a prompt.
    pub fn styled(&self, prompt: &str) -> String {
        self.style().map_or_else(|| prompt.to_owned(), |style| style.around(prompt))
    }

    /// The prompts there are, at most so many, styled.
    pub fn prompts(&self, written: &str, most: usize) -> Vec<String> {
        match &self.made.template {
            Some(template) => template.expansions().take(most).map(|prompt| self.styled(&prompt)).collect(),
            None => vec![self.styled(written)],
        }
    }
}

impl State {
    /// Whether the form's model has a place for what is to be kept out.
    pub fn takes_negative(&self) -> bool {
        self.parameter("negative_prompt").is_some()
    }

    /// What the expansion depends on now.
    pub fn expansion_source(&self) -> Source {
        let expansion = &self.compose.expansion;
        Source {
            prompt: self.compose.prompt.text(),
            negative: self.compose.negative.text(),
            unfold: expansion.unfold,
            style: expansion.style.clone(),
            has_lists: expansion.lists.is_some(),
            takes_negative: self.takes_negative(),
        }
    }
}

impl Made {
    /// What is kept for the recipe, where the prompt that is sent is not the one written.
    pub fn written(&self) -> Option<Written> {
        let source = self.of.as_ref().filter(|_| self.first.is_some())?;
        Some(Written { template: source.prompt.clone(), style: source.style.clone() })
    }

    /// Works it out.
    pub fn of(source: Source, expansion: &Expansion) -> Made {
        let mut made = Made::default();
        if source.unfold != Unfold::Off && is_template(&source.prompt) {
            let none = BTreeMap::new();
            let lists = expansion.lists.as_deref().unwrap_or(&none);
            match Template::parse(&source.prompt, lists) {
                Ok(template) => made.template = Some(Arc::new(template)),
                // Lists that are still being read are not missing yet.
                Err(_) if expansion.lists.is_none() && source.prompt.contains("__") => {}
                Err(error) => made.trouble = Some(error.to_string()),
            }
        }
        let first = made.template.as_ref().and_then(|template| template.nth(0));
        if first.is_some() || expansion.style().is_some() {
            let prompt = first.as_deref().unwrap_or(&source.prompt);
            let style = expansion.style().filter(|_| source.takes_negative);
            let negative = style.map_or_else(|| source.negative.clone(), |style| style.without(&source.negative));
            made.first = Some((expansion.styled(prompt), negative));
        }
        made.of = Some(source);
        made
    }
}
