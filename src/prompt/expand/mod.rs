//! Wildcards: one prompt that stands for many.
//!
//! | written | means |
//! |---|---|
//! | `{red\|green\|}` | each of them in turn; one may be empty |
//! | `{2$$a\|b\|c}` | every choice of 2, in the order written, joined by `, ` |
//! | `{1-2$$ and $$a\|b\|c}` | every choice of 1, then of 2, joined by ` and `; `1-` and `-2` leave an end open |
//! | `__name__`, `__dir/name__` | a line of a list; a line may hold wildcards itself |
//! | `{2$$__name__}` | every choice of 2 lines |
//! | `\{` `\\|` `\}` `\_` | the character itself |
//!
//! A backslash before anything else is a backslash. Groups nest. Several groups multiply, in reading order, the last one fastest. Lines of a list are trimmed; empty ones
//! and those that begin with `#` are skipped; a word that begins with it is put in braces: `{#ff0000}`. Two underscores that enclose no name are plain text, and so is `|` outside
//! braces.
//!
//! Lives here: the meaning. The text of lists comes from the caller ([`Lists`]).

mod choice;
mod dice;
mod matrix;
mod parse;
mod template;
#[cfg(test)]
mod tests;
mod trouble;
mod unfold;
mod wordbook;

pub use dice::Dice;
pub use matrix::Matrix;
pub use parse::{escape, is_template};
pub use template::Template;
pub use trouble::{TemplateError, Trouble};
pub use unfold::{PROMPTS_MAX, Unfolded, Unfolding, Wildcards, unfold};
pub use wordbook::{Lists, Wordbook};
