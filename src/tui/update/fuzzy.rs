//! How well a text matches what is typed, letters in order with gaps between them.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What is typed.
pub(super) struct Fuzzy {
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Fuzzy {
    pub fn new(typed: &str) -> Fuzzy {
        let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
        Fuzzy { pattern, matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() }
    }

    /// The higher the better; `None` where it does not match.
    pub fn score(&mut self, text: &str) -> Option<u32> {
        self.pattern.score(Utf32Str::new(text, &mut self.buffer), &mut self.matcher)
    }
}
