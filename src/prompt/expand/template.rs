//! A template that was read: its expansions, counted, in order, or by chance.

use std::collections::HashSet;

use super::choice::Sequence;
use super::dice::Dice;
use super::trouble::TemplateError;
use super::unfold::PROMPTS_MAX;
use super::wordbook::{Lists, Wordbook};

/// Throws for one pick before the order written decides instead.
const PATIENCE: u64 = 32;
/// With fewer expansions than this for each pick they are shuffled, otherwise each pick is thrown.
const FEW: u64 = 4;

/// A template that was read.
#[derive(Debug, Clone)]
pub struct Template {
    root: Sequence,
}

impl Template {
    pub(super) fn new(root: Sequence) -> Template {
        Template { root }
    }

    /// Reads a template. To read many over the same lists, a [`Wordbook`] reads each list once.
    pub fn parse(text: &str, lists: &dyn Lists) -> Result<Template, TemplateError> {
        Wordbook::new(lists).template(text)
    }

    /// How many expansions there are, without making them; `u64::MAX` when there are that many or more.
    pub fn count(&self) -> u64 {
        self.root.count()
    }

    /// Whether there is nothing to expand.
    pub fn is_plain(&self) -> bool {
        self.root.is_plain()
    }

    /// The expansion of that number, from 0.
    pub fn nth(&self, number: u64) -> Option<String> {
        (number < self.count()).then(|| {
            let mut out = String::new();
            self.root.write(number, &mut out);
            out
        })
    }

    /// All expansions in reading order, the last group fastest, each made when it is asked for.
    pub fn expansions(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.count()).filter_map(|number| self.nth(number))
    }

    /// `picks` different expansions by chance, the same for the same seed; all there are when there are no more, and never
    /// more than [`PROMPTS_MAX`]. Where there are many, every alternative of a group is as likely as the others.
    pub fn random(&self, seed: u64, picks: usize) -> Vec<String> {
        let picks = picks.min(PROMPTS_MAX);
        let mut dice = Dice::new(seed);
        let few = self.count() <= FEW.saturating_mul(picks as u64);
        if few { self.shuffled(&mut dice, picks) } else { self.thrown(&mut dice, picks) }
    }

    fn shuffled(&self, dice: &mut Dice, picks: usize) -> Vec<String> {
        let mut numbers: Vec<u64> = (0..self.count()).collect();
        for last in (1..numbers.len()).rev() {
            numbers.swap(last, dice.below(last as u64 + 1) as usize);
        }
        distinct(numbers.into_iter().filter_map(|number| self.nth(number)), picks)
    }

    fn thrown(&self, dice: &mut Dice, picks: usize) -> Vec<String> {
        let throws = (picks as u64).saturating_mul(PATIENCE);
        let thrown = (0..throws).map(|_| {
            let mut out = String::new();
            self.root.throw(dice, &mut out);
            out
        });
        // Some expansions may be so unlikely, or so much alike, that chance alone does not find enough of them.
        distinct(thrown.chain(self.expansions().take(picks.saturating_mul(FEW as usize))), picks)
    }
}

fn distinct(texts: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let mut seen = HashSet::new();
    texts.filter(|text| seen.insert(text.clone())).take(most).collect()
}
