//! What was looked for, found in a text: as it stands there, or in words that are nearly the same.

use std::ops::Range;

/// Words shorter than this are only found as they stand: nearly everything is near to them.
pub(super) const SHORTEST: usize = 4;

/// A text in lower case, with the place of each letter in the original.
pub(super) struct Text<'t> {
    text: &'t str,
    letters: Vec<(usize, char)>,
}

impl<'t> Text<'t> {
    pub fn new(text: &'t str) -> Text<'t> {
        Text { text, letters: text.char_indices().map(|(at, c)| (at, lower(c))).collect() }
    }

    /// Everywhere `word` (in lower case) stands.
    pub fn exact(&self, word: &str) -> Vec<Range<usize>> {
        let word: Vec<char> = word.chars().map(lower).collect();
        let mut found = Vec::new();
        let mut from = 0;
        while !word.is_empty() && from + word.len() <= self.letters.len() {
            let here = &self.letters[from..from + word.len()];
            if here.iter().zip(&word).all(|((_, letter), wanted)| letter == wanted) {
                found.push(self.range(from, from + word.len()));
                from += word.len();
            } else {
                from += 1;
            }
        }
        found
    }

    /// The words nearly `word`: a letter or two mistyped, or its letters in order (`flwr` is near to `flower`).
    pub fn near(&self, word: &str) -> Vec<Range<usize>> {
        let wanted: Vec<char> = word.chars().map(lower).collect();
        if wanted.len() < SHORTEST {
            return Vec::new();
        }
        let runs = self.letters.chunk_by(|a, b| a.1.is_alphanumeric() == b.1.is_alphanumeric());
        let mut from = 0;
        let mut found = Vec::new();
        for run in runs {
            let letters: Vec<char> = run.iter().map(|(_, letter)| *letter).collect();
            if letters[0].is_alphanumeric() && is_near(&wanted, &letters) {
                found.push(self.range(from, from + run.len()));
            }
            from += run.len();
        }
        found
    }

    fn range(&self, from: usize, to: usize) -> Range<usize> {
        let byte = |nth: usize| self.letters.get(nth).map_or(self.text.len(), |(at, _)| *at);
        byte(from)..byte(to)
    }
}

/// One character to one: places must not move.
fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn is_near(wanted: &[char], word: &[char]) -> bool {
    let mistakes = if wanted.len() < 8 { 1 } else { 2 };
    if wanted.len().abs_diff(word.len()) <= mistakes {
        // Cheap first: hardly any word of a long history passes this.
        let shared = wanted.first() == word.first() || wanted.last() == word.last();
        let text = |letters: &[char]| letters.iter().collect::<String>();
        return shared && strsim::osa_distance(&text(wanted), &text(word)) <= mistakes;
    }
    if wanted.len() > word.len() || wanted.len() * 2 < word.len() || wanted[0] != word[0] {
        return false;
    }
    let mut rest = word.iter();
    wanted.iter().all(|letter| rest.any(|other| other == letter))
}

/// Ranges in order, those that touch or overlap joined.
pub(super) fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match apart.last_mut().filter(|last| last.end >= range.start) {
            Some(last) => last.end = last.end.max(range.end),
            None => apart.push(range),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, found: Vec<Range<usize>>) -> Vec<&str> {
        found.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn what_stands_there_is_found_in_any_case_and_script() {
        for (text, word, found) in [
            ("A Fox, fox and FOXES", "fox", vec!["Fox", "fox", "FOX"]),
            ("雪中红狐，红狐", "红狐", vec!["红狐", "红狐"]),
            ("İstanbul É", "é", vec!["É"]),
            ("aaa", "aa", vec!["aa"]),
            ("fox", "foxes", vec![]),
        ] {
            assert_eq!(words(text, Text::new(text).exact(word)), found, "{word}");
        }
    }

    #[test]
    fn slips_and_shortened_words_are_near_and_others_are_not() {
        let text = "a cozy flower shop with a wooden door, vermilion seal";
        for (word, found) in [
            ("flwoer", vec!["flower"]),
            ("flowers", vec!["flower"]),
            ("flwr", vec!["flower"]),
            ("vermillion", vec!["vermilion"]),
            ("woden", vec!["wooden"]),
            ("tower", vec![]),
            ("dor", vec![]),
            ("fwer", vec!["flower"]),
            ("seals", vec!["seal"]),
            ("vn", vec![]),
        ] {
            assert_eq!(words(text, Text::new(text).near(word)), found, "{word}");
        }
    }

    #[test]
    fn marks_are_in_order_and_apart() {
        assert_eq!(joined(vec![5..7, 0..2, 1..3, 7..8]), [0..3, 5..8]);
    }
}
