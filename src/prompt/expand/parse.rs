//! A template's text, taken apart. Lists are only named here; looking them up is the [wordbook](super::wordbook)'s.

use super::choice::DEEP;
use super::trouble::{TemplateError, Trouble, piece};

/// What a backslash makes plain.
const SPECIAL: [char; 4] = ['{', '|', '}', '_'];

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Stands for itself.
    Text(String),
    /// `{...}`
    Group(Group),
    /// `__name__`
    List(String, Place),
}

/// Where a piece begins, and how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    at: usize,
    piece: String,
}

impl Place {
    pub(super) fn error(&self, trouble: Trouble) -> TemplateError {
        TemplateError::new(trouble, self.at, &*self.piece)
    }
}

/// Alternatives, and how many of them are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) alternatives: Vec<Vec<Piece>>,
    pub(super) quantity: Option<Quantity>,
    pub(super) place: Place,
}

/// How many are taken, and what is put between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quantity {
    pub(super) least: usize,
    /// `None` for all there are.
    pub(super) most: Option<usize>,
    pub(super) joint: String,
}

/// The text as a template that stands for exactly this text.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if SPECIAL.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether a text says anything a template means: alternatives in braces, the name of a list, or a character made plain by
/// a backslash. Braces and bars alone are what people write.
pub fn is_template(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let is_escape = |pair: &[char]| pair[0] == '\\' && SPECIAL.contains(&pair[1]);
    if chars.windows(2).any(is_escape) {
        return true;
    }
    let has_group = text.match_indices('{').any(|(at, _)| {
        let rest = &text[at + 1..];
        // One that is never closed is a slip of the finger, and is to be said rather than paid for.
        rest.find('|').is_some_and(|bar| rest.find('}').is_none_or(|end| bar < end || rest[bar..].contains('}')))
    });
    has_group || text.match_indices("__").any(|(at, _)| names_a_list(&text[at + 2..]))
}

/// Whether a text after two underscores begins with a name and two more.
fn names_a_list(rest: &str) -> bool {
    let Some(end) = rest.find("__") else { return false };
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    end > 0 && rest[..end].chars().all(is_name)
}

pub(super) fn parse(text: &str) -> Result<Vec<Piece>, TemplateError> {
    if !text.contains(SPECIAL) {
        return Ok(vec![Piece::Text(text.to_owned())]);
    }
    let mut parser = Parser { chars: text.chars().collect(), at: 0 };
    let pieces = parser.pieces(0)?;
    match parser.peek() {
        None => Ok(pieces),
        Some(_) => Err(parser.place(parser.at).error(Trouble::Stray)),
    }
}

/// Pieces of a `|` matrix: where each begins, in characters, and its text, escapes kept.
pub(super) fn bars(text: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut parts, mut begin, mut depth, mut at) = (vec![], 0, 0usize, 0);
    while let Some(c) = chars.get(at) {
        match c {
            '\\' if chars.get(at + 1).is_some_and(|next| SPECIAL.contains(next)) => at += 1,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                parts.push((begin, chars[begin..at].iter().collect()));
                begin = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push((begin, chars[begin..].iter().collect()));
    parts
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn place(&self, at: usize) -> Place {
        Place { at, piece: piece(&self.chars[at.min(self.chars.len())..]) }
    }

    /// The character a backslash here makes plain.
    fn escaped(&self) -> Option<char> {
        let next = self.chars.get(self.at + 1).copied()?;
        (self.peek() == Some('\\') && SPECIAL.contains(&next)).then_some(next)
    }

    /// Up to the end of the text, or of the alternative when inside a group.
    fn pieces(&mut self, depth: usize) -> Result<Vec<Piece>, TemplateError> {
        let (mut pieces, mut plain) = (Vec::new(), String::new());
        while let Some(c) = self.peek() {
            let special = match c {
                '}' => break,
                '|' if depth > 0 => break,
                '{' => Some(Piece::Group(self.group(depth + 1)?)),
                '_' => self.list(),
                _ => None,
            };
            if let Some(special) = special {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(special);
            } else if let Some(escaped) = self.escaped() {
                plain.push(escaped);
                self.at += 2;
            } else {
                plain.push(c);
                self.at += 1;
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(pieces)
    }

    /// A whole group; it begins here.
    fn group(&mut self, depth: usize) -> Result<Group, TemplateError> {
        let place = self.place(self.at);
        if depth > DEEP {
            return Err(place.error(Trouble::TooDeep));
        }
        self.at += 1;
        let quantity = self.quantity();
        let mut alternatives = Vec::new();
        loop {
            alternatives.push(self.pieces(depth)?);
            let end = self.peek().ok_or_else(|| place.error(Trouble::Unclosed))?;
            self.at += 1;
            if end == '}' {
                return Ok(Group { alternatives, quantity, place });
            }
        }
    }

    /// `2$$`, `1-2$$`, `2-$$`, `-2$$`, each with a joint `...$$` behind it or not. Anything else is text.
    fn quantity(&mut self) -> Option<Quantity> {
        let begin = self.at;
        let quantity = self.amount();
        if quantity.is_none() {
            self.at = begin;
        }
        quantity
    }

    fn amount(&mut self) -> Option<Quantity> {
        let first = self.number();
        let is_range = self.peek() == Some('-');
        let last = if is_range {
            self.at += 1;
            self.number()
        } else {
            first
        };
        if first.is_none() && last.is_none() || !self.takes_dollars() {
            return None;
        }
        // `-2` is from one on: nothing at all is `0-2`.
        Some(Quantity { least: first.unwrap_or(1), most: last, joint: self.joint().unwrap_or_else(|| ", ".into()) })
    }

    /// Digits; a number too large to be one is as large as can be.
    fn number(&mut self) -> Option<usize> {
        let begin = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.chars[begin..self.at].iter().collect();
        (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
    }

    fn takes_dollars(&mut self) -> bool {
        let is_there = self.chars[self.at..].starts_with(&['$', '$']);
        self.at += if is_there { 2 } else { 0 };
        is_there
    }

    /// Text up to the next `$$`, if that comes before the first alternative ends.
    fn joint(&mut self) -> Option<String> {
        let begin = self.at;
        let mut joint = String::new();
        while let Some(c) = self.peek() {
            if self.takes_dollars() {
                return Some(joint);
            }
            if let Some(escaped) = self.escaped() {
                joint.push(escaped);
                self.at += 1;
            } else if SPECIAL[..3].contains(&c) {
                break;
            } else {
                joint.push(c);
            }
            self.at += 1;
        }
        self.at = begin;
        None
    }

    /// `__name__`, if one is here.
    fn list(&mut self) -> Option<Piece> {
        let rest = self.chars[self.at..].strip_prefix(&['_', '_'])?;
        let is_of_name = |c: &char| c.is_alphanumeric() || "-_./".contains(*c);
        let run = &rest[..rest.iter().position(|c| !is_of_name(c)).unwrap_or(rest.len())];
        let end = run.windows(2).position(|pair| pair == ['_', '_'])?;
        let name: String = run[..end].iter().collect();
        // No part is hidden or leads upwards: a name is safe to look for below a folder.
        let is_name = name.split('/').all(|part| part.starts_with(char::is_alphanumeric));
        if !is_name {
            return None;
        }
        let place = Place { at: self.at, piece: format!("__{name}__") };
        self.at += end + 4;
        Some(Piece::List(name, place))
    }
}
