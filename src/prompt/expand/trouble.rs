//! What is wrong with a template, and where.

use std::fmt;

use crate::domain::text;

use super::super::nearest::question;

/// Characters of the text shown with a trouble.
const PIECE: usize = 24;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A `{` without its `}`.
    Unclosed,
    /// A `}` without its `{`.
    Stray,
    /// `{3$$a|b}`: a choice of more than there are.
    TooFew {
        /// How many are to be chosen.
        wanted: usize,
        /// How many there are.
        there: usize,
    },
    /// `{2-1$$a|b}`: the range ends before it begins.
    Backwards,
    /// A choice with more ways than can be laid out.
    TooMany,
    /// There is no list of that name.
    UnknownList {
        /// The name.
        name: String,
        /// Names near to it, the nearest first.
        near: Vec<String>,
    },
    /// The list has no lines.
    EmptyList(String),
    /// Lists that lead back to themselves: `a`, `b`, `a`.
    Cycle(Vec<String>),
    /// Groups or lists within each other, too deep.
    TooDeep,
    /// An expansion would be longer than any prompt.
    TooLong,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Unclosed => f.write_str(r"A { is never closed; write \{ for the character."),
            Trouble::Stray => f.write_str(r"A } closes nothing; write \} for the character."),
            Trouble::TooFew { wanted, there } => write!(f, "{wanted} are to be chosen of {there}."),
            Trouble::Backwards => f.write_str("The range ends before it begins."),
            Trouble::TooMany => f.write_str("There are too many ways to choose."),
            Trouble::UnknownList { name, near } => {
                let near: Vec<_> = near.iter().map(|name| text::clean(name)).collect();
                let near: Vec<_> = near.iter().map(AsRef::as_ref).collect();
                write!(f, "There is no list {}.{}", text::clean(name), question(&near))
            }
            Trouble::EmptyList(name) => write!(f, "The list {} has no lines.", text::clean(name)),
            Trouble::Cycle(names) => {
                write!(f, "The lists lead in a circle: {}.", text::clean(&names.join(" > ")))
            }
            Trouble::TooDeep => f.write_str("Groups or lists lie too deep within each other."),
            Trouble::TooLong => f.write_str("An expansion would be longer than any prompt can be."),
        }
    }
}

/// What is wrong with a template, and where. Its text is safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// What.
    pub trouble: Trouble,
    /// Where: characters before it, in the prompt or in the list's line.
    pub at: usize,
    /// The text from there on, cut short.
    pub piece: String,
    /// The list and its line, from 1, where it is not in the prompt itself.
    pub list: Option<(String, usize)>,
}

impl TemplateError {
    pub(super) fn new(trouble: Trouble, at: usize, piece: impl Into<String>) -> TemplateError {
        TemplateError { trouble, at, piece: piece.into(), list: None }
    }

    /// In `line` of list `name`, unless it is known to be deeper already.
    pub(super) fn in_list(mut self, name: &str, line: usize) -> TemplateError {
        self.list.get_or_insert_with(|| (name.to_owned(), line));
        self
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.trouble)?;
        if let Some((name, line)) = &self.list {
            write!(f, "list {}, line {line}, ", text::clean(name))?;
        }
        write!(f, "character {}: {})", self.at + 1, text::clean(&self.piece))
    }
}

impl std::error::Error for TemplateError {}

/// The beginning of what is left of a text, to show where something is.
pub(super) fn piece(rest: &[char]) -> String {
    let mut shown: String = rest.iter().take(PIECE).collect();
    if rest.len() > PIECE {
        shown.push('…');
    }
    shown
}
