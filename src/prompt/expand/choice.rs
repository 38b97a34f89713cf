//! A template with its lists looked up: how many expansions it has, and each of them by its number.

use std::sync::Arc;

use super::dice::Dice;
use super::trouble::Trouble;

/// Choices within each other, groups and lists alike, at most.
pub(super) const DEEP: usize = 16;
/// Cells of the table of ways to choose, at most.
const CELLS: usize = 4_000_000;
/// Longest expansion, in bytes; the longest prompt any model takes is far below (contract 3.1).
const LONGEST: u64 = 1 << 20;

/// Text and choices in turn.
#[derive(Debug, Clone, Default)]
pub(super) struct Sequence {
    parts: Vec<Part>,
    /// How many expansions it has; as many as can be counted when there are more.
    count: u64,
    /// Bytes of the longest expansion, and one for each part: nothing grows for free.
    longest: u64,
    /// Choices within each other.
    depth: usize,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Choice(Arc<Choice>),
}

impl Part {
    fn count(&self) -> u64 {
        match self {
            Part::Text(_) => 1,
            Part::Choice(choice) => choice.count,
        }
    }
}

impl Sequence {
    pub(super) fn new() -> Sequence {
        Sequence { parts: Vec::new(), count: 1, longest: 0, depth: 0 }
    }

    pub(super) fn text(&mut self, text: String) {
        self.longest = self.longest.saturating_add(text.len() as u64 + 1);
        self.parts.push(Part::Text(text));
    }

    /// Adds a choice, unless that makes an expansion too long or the sequence too deep.
    pub(super) fn choice(&mut self, choice: Arc<Choice>) -> Result<(), Trouble> {
        self.longest = self.longest.saturating_add(choice.longest + 1);
        self.count = self.count.saturating_mul(choice.count);
        self.depth = self.depth.max(choice.depth);
        self.parts.push(Part::Choice(choice));
        match () {
            () if self.longest > LONGEST => Err(Trouble::TooLong),
            () if self.depth > DEEP => Err(Trouble::TooDeep),
            () => Ok(()),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn is_plain(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Writes the expansion of that number, which is below the count. The last choice is the fastest.
    pub(super) fn write(&self, mut number: u64, out: &mut String) {
        let mut numbers: Vec<u64> = Vec::with_capacity(self.parts.len());
        for part in self.parts.iter().rev() {
            // A count at its limit is more than any number: what stands before it stays at its first.
            let count = part.count();
            numbers.push(number % count);
            number /= count;
        }
        for (part, number) in self.parts.iter().zip(numbers.into_iter().rev()) {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Choice(choice) => choice.write(number, out),
            }
        }
    }

    /// Writes an expansion in which every choice is thrown by itself.
    pub(super) fn throw(&self, dice: &mut Dice, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Choice(choice) => choice.throw(dice, out),
            }
        }
    }
}

/// Some of several sequences, in order.
#[derive(Debug)]
pub(super) struct Choice {
    options: Vec<Arc<Sequence>>,
    least: usize,
    most: usize,
    joint: String,
    /// `ways[k][i]`: ways to choose `k` of the options from `i` on, their own expansions counted in.
    ways: Vec<Vec<u64>>,
    count: u64,
    longest: u64,
    depth: usize,
}

impl Choice {
    /// One of the options.
    pub(super) fn one(options: Vec<Arc<Sequence>>) -> Result<Choice, Trouble> {
        Choice::some(options, 1, 1, String::new())
    }

    /// From `least` to `most` of the options.
    pub(super) fn some(
        options: Vec<Arc<Sequence>>,
        least: usize,
        most: usize,
        joint: String,
    ) -> Result<Choice, Trouble> {
        let there = options.len();
        if least > most {
            return Err(Trouble::Backwards);
        }
        if most > there {
            return Err(Trouble::TooFew { wanted: most, there });
        }
        if (most + 1).saturating_mul(there + 1) > CELLS {
            return Err(Trouble::TooMany);
        }
        let mut ways = vec![vec![1; there + 1]];
        for k in 1..=most {
            let mut row = vec![0u64; there + 1];
            for i in (0..there).rev() {
                let with = options[i].count.saturating_mul(ways[k - 1][i + 1]);
                row[i] = row[i + 1].saturating_add(with);
            }
            ways.push(row);
        }
        let count = ways[least..].iter().fold(0u64, |sum, row| sum.saturating_add(row[0]));
        let mut lengths: Vec<u64> = options.iter().map(|option| option.longest).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        let each = joint.len() as u64 + 1;
        let longest = lengths.iter().take(most).fold(0u64, |sum, length| sum.saturating_add(length + each));
        if longest > LONGEST {
            return Err(Trouble::TooLong);
        }
        let depth = 1 + options.iter().map(|option| option.depth).max().unwrap_or(0);
        Ok(Choice { options, least, most, joint, ways, count, longest, depth })
    }

    /// Small choices first, then in the order written; of each choice all expansions, the last option's fastest.
    fn write(&self, mut number: u64, out: &mut String) {
        let mut size = self.least;
        while size < self.most && number >= self.ways[size][0] {
            number -= self.ways[size][0];
            size += 1;
        }
        let chosen = self.chosen(size, &mut number);
        let mut numbers = Vec::with_capacity(size);
        for at in chosen.iter().rev() {
            numbers.push(number % self.options[*at].count);
            number /= self.options[*at].count;
        }
        for (place, (at, number)) in chosen.iter().zip(numbers.into_iter().rev()).enumerate() {
            if place > 0 {
                out.push_str(&self.joint);
            }
            self.options[*at].write(number, out);
        }
    }

    /// Which options choice `number` of that size takes; what is left of the number says how they are expanded.
    fn chosen(&self, size: usize, number: &mut u64) -> Vec<usize> {
        let (mut chosen, mut at, mut each) = (Vec::with_capacity(size), 0, 1u64);
        for left in (0..size).rev() {
            loop {
                let own = each.saturating_mul(self.options[at].count);
                let with = own.saturating_mul(self.ways[left][at + 1]);
                at += 1;
                if *number < with {
                    each = own;
                    chosen.push(at - 1);
                    break;
                }
                *number -= with;
            }
        }
        chosen
    }

    fn throw(&self, dice: &mut Dice, out: &mut String) {
        let size = self.least + dice.below((self.most - self.least) as u64 + 1) as usize;
        for (place, at) in dice.sample(size, self.options.len()).into_iter().enumerate() {
            if place > 0 {
                out.push_str(&self.joint);
            }
            self.options[at].throw(dice, out);
        }
    }
}
