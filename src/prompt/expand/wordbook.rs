//! Lists of words, looked up by name, and templates that use them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::super::nearest::nearest;
use super::choice::{Choice, DEEP, Sequence};
use super::parse::{Group, Piece, Place, parse};
use super::template::Template;
use super::trouble::{TemplateError, Trouble};

/// Names proposed for one that nobody knows.
const NEAR: usize = 3;

/// Where the text of lists comes from.
pub trait Lists {
    /// The text of `name`, as in `__name__`; `None` when there is no such list. No part of a name between its slashes is
    /// empty or begins with a dot.
    fn text(&self, name: &str) -> Option<Cow<'_, str>>;

    /// All names there are, to propose one for a name that is not among them.
    fn names(&self) -> Vec<String>;
}

impl Lists for BTreeMap<String, String> {
    fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(|text| Cow::Borrowed(text.as_str()))
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }
}

/// Reads templates, and each list once.
pub struct Wordbook<'a> {
    lists: &'a dyn Lists,
    read: HashMap<String, Arc<Choice>>,
    lines: HashMap<String, Vec<Arc<Sequence>>>,
}

impl<'a> Wordbook<'a> {
    /// Over these lists.
    pub fn new(lists: &'a dyn Lists) -> Wordbook<'a> {
        Wordbook { lists, read: HashMap::new(), lines: HashMap::new() }
    }

    /// Reads a template; the first thing wrong with it is an error.
    pub fn template(&mut self, text: &str) -> Result<Template, TemplateError> {
        let root = self.sequence(parse(text)?, &mut Vec::new())?;
        Ok(Template::new(root))
    }

    /// `open` are the lists being read, the outermost first.
    fn sequence(&mut self, pieces: Vec<Piece>, open: &mut Vec<String>) -> Result<Sequence, TemplateError> {
        let mut sequence = Sequence::new();
        for piece in pieces {
            let (choice, place) = match piece {
                Piece::Text(text) => {
                    sequence.text(text);
                    continue;
                }
                Piece::List(name, place) => (self.list(&name, &place, open)?, place),
                Piece::Group(group) => self.group(group, open)?,
            };
            sequence.choice(choice).map_err(|trouble| place.error(trouble))?;
        }
        Ok(sequence)
    }

    fn group(&mut self, group: Group, open: &mut Vec<String>) -> Result<(Arc<Choice>, Place), TemplateError> {
        let Group { alternatives, quantity, place } = group;
        let mut options = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            // To choose two of a list is to choose two of its lines.
            if let ([Piece::List(name, place)], Some(_)) = (alternative.as_slice(), &quantity) {
                self.list(name, place, open)?;
                options.extend(self.lines.get(name).into_iter().flatten().cloned());
            } else {
                options.push(Arc::new(self.sequence(alternative, open)?));
            }
        }
        let there = options.len();
        let choice = match quantity {
            None => Choice::one(options),
            Some(quantity) => Choice::some(options, quantity.least, quantity.most.unwrap_or(there), quantity.joint),
        };
        match choice {
            Ok(choice) => Ok((Arc::new(choice), place)),
            Err(trouble) => Err(place.error(trouble)),
        }
    }

    fn list(&mut self, name: &str, place: &Place, open: &mut Vec<String>) -> Result<Arc<Choice>, TemplateError> {
        if let Some(choice) = self.read.get(name) {
            return Ok(Arc::clone(choice));
        }
        if let Some(begin) = open.iter().position(|other| other == name) {
            let circle = open[begin..].iter().cloned().chain([name.to_owned()]).collect();
            return Err(place.error(Trouble::Cycle(circle)));
        }
        if open.len() == DEEP {
            return Err(place.error(Trouble::TooDeep));
        }
        let lists = self.lists;
        let Some(text) = lists.text(name) else {
            let names = lists.names();
            let near = nearest(name, names.iter().map(String::as_str), NEAR);
            let near = near.into_iter().map(str::to_owned).collect();
            return Err(place.error(Trouble::UnknownList { name: name.to_owned(), near }));
        };
        open.push(name.to_owned());
        let lines = self.lines_of(name, &text, open);
        open.pop();
        let lines = lines?;
        if lines.is_empty() {
            return Err(place.error(Trouble::EmptyList(name.to_owned())));
        }
        let choice = Arc::new(Choice::one(lines.clone()).map_err(|trouble| place.error(trouble))?);
        self.lines.insert(name.to_owned(), lines);
        self.read.insert(name.to_owned(), Arc::clone(&choice));
        Ok(choice)
    }

    fn lines_of(
        &mut self,
        name: &str,
        text: &str,
        open: &mut Vec<String>,
    ) -> Result<Vec<Arc<Sequence>>, TemplateError> {
        let mut lines = Vec::new();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let pieces = parse(line).map_err(|error| error.in_list(name, index + 1))?;
            let sequence = self.sequence(pieces, open).map_err(|error| error.in_list(name, index + 1))?;
            lines.push(Arc::new(sequence));
        }
        Ok(lines)
    }
}
