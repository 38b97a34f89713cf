//! The prompt matrix: `base | one | two` is the base with every selection of the options.

use super::parse::bars;

/// A base and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// Base first; where each begins in the text, in characters.
    pub(super) parts: Vec<(usize, String)>,
}

impl Matrix {
    /// Splits at each `|` that is not inside braces and has no backslash before it. Parts are trimmed, and commas at the
    /// ends of options dropped; escapes are kept.
    pub fn split(text: &str) -> Matrix {
        let trim = |(at, part): (usize, String)| {
            let lead = part.chars().take_while(|c| c.is_whitespace()).count();
            (at + lead, part.trim().trim_matches(',').trim().to_owned())
        };
        Matrix { parts: bars(text).into_iter().map(trim).collect() }
    }

    /// 2 to the number of options; `u64::MAX` when that is more.
    pub fn count(&self) -> u64 {
        let options = u32::try_from(self.parts.len() - 1).unwrap_or(u32::MAX);
        1u64.checked_shl(options).unwrap_or(u64::MAX)
    }

    /// The prompts in the usual order: base; base, one; base, two; base, one, two. Joined by `, `.
    pub fn prompts(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.count()).map(|number| {
            let is_in = |place: usize| place == 0 || (place <= 64 && (number >> (place - 1)) & 1 == 1);
            let chosen = self.parts.iter().enumerate().filter(|(place, (_, part))| is_in(*place) && !part.is_empty());
            chosen.map(|(_, (_, part))| part.as_str()).collect::<Vec<_>>().join(", ")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_selected_in_the_usual_order() {
        let matrix = Matrix::split("a busy street, | fog , |rain");
        assert_eq!(matrix.count(), 4);
        let prompts: Vec<_> = matrix.prompts().collect();
        let street = "a busy street";
        let expected = [street.to_owned(), format!("{street}, fog"), format!("{street}, rain")];
        assert_eq!(prompts[..3], expected);
        assert_eq!(prompts[3], "a busy street, fog, rain");
    }

    #[test]
    fn bars_in_braces_or_behind_a_backslash_do_not_split() {
        let prompts: Vec<_> = Matrix::split(r"{a|b} \| c").prompts().collect();
        assert_eq!(prompts, [r"{a|b} \| c"]);
        assert_eq!(Matrix::split(&"|".repeat(70)).count(), u64::MAX);
    }
}
