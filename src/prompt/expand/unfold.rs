//! A prompt to the prompts it stands for, as the user's switches say.

use super::matrix::Matrix;
use super::trouble::TemplateError;
use super::wordbook::Wordbook;

/// Prompts made of one, at most, whatever the limit says.
pub const PROMPTS_MAX: usize = 100_000;

/// What is done about wildcards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wildcards {
    /// Nothing: braces and underscores are plain text.
    #[default]
    Off,
    /// Every expansion.
    All,
    /// Some by chance.
    Random {
        /// Decides which.
        seed: u64,
        /// How many of each prompt.
        picks: usize,
    },
}

/// How prompts are unfolded; by default not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfolding {
    /// Whether wildcards are.
    pub wildcards: Wildcards,
    /// Whether `base | one | two` is a matrix. It comes first: each of its prompts may hold wildcards.
    pub matrix: bool,
    /// Prompts made of one, at most; never more than [`PROMPTS_MAX`].
    pub limit: usize,
}

impl Default for Unfolding {
    fn default() -> Unfolding {
        Unfolding { wildcards: Wildcards::Off, matrix: false, limit: PROMPTS_MAX }
    }
}

/// What a prompt stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfolded {
    /// How many there are, however many were made; at most, when they are chosen by chance.
    pub count: u64,
    /// The first of them, as many as the limit lets.
    pub prompts: Vec<String>,
}

/// Unfolds a prompt.
pub fn unfold(text: &str, how: &Unfolding, book: &mut Wordbook<'_>) -> Result<Unfolded, TemplateError> {
    let limit = how.limit.min(PROMPTS_MAX);
    if !how.matrix {
        return one(text, how, limit, book);
    }
    let matrix = Matrix::split(text);
    let mut count = 1u64;
    for (place, (at, part)) in matrix.parts.iter().enumerate() {
        let part = one(part, how, 0, book).map_err(|error| moved(error, *at))?;
        count = count.saturating_mul(part.count.saturating_add(u64::from(place > 0)));
    }
    let mut prompts = Vec::new();
    for prompt in matrix.prompts() {
        if prompts.len() >= limit {
            break;
        }
        prompts.extend(one(&prompt, how, limit - prompts.len(), book)?.prompts);
    }
    Ok(Unfolded { count, prompts })
}

/// A template in a part of a longer text.
fn moved(mut error: TemplateError, by: usize) -> TemplateError {
    if error.list.is_none() {
        error.at += by;
    }
    error
}

fn one(text: &str, how: &Unfolding, limit: usize, book: &mut Wordbook<'_>) -> Result<Unfolded, TemplateError> {
    let (count, prompts) = match how.wildcards {
        // Of all escapes a matrix alone needs only this one.
        Wildcards::Off if how.matrix => (1, vec![text.replace(r"\|", "|")]),
        Wildcards::Off => (1, vec![text.to_owned()]),
        Wildcards::All => {
            let template = book.template(text)?;
            (template.count(), template.expansions().take(limit).collect())
        }
        Wildcards::Random { seed, picks } => {
            let template = book.template(text)?;
            (template.count().min(picks as u64), template.random(seed, picks.min(limit)))
        }
    };
    Ok(Unfolded { count, prompts: prompts.into_iter().take(limit).collect() })
}
