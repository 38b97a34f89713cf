//! How long a prompt may be.

use serde::Deserialize;

use crate::domain::text;

use super::violation::Breach;
use crate::domain::text::grouped;

/// What a prompt's length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// One for each Han character, letter, digit or symbol (contract 3).
    Characters,
    /// The model's own pieces of words; only the service can count them exactly.
    Tokens,
}

impl Unit {
    /// Its name in the plural.
    pub fn id(self) -> &'static str {
        match self {
            Unit::Characters => "characters",
            Unit::Tokens => "tokens",
        }
    }
}

/// The limit of a model's prompt. The service cuts what is over without a word (contract 3), so we refuse it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptRule {
    /// Longest.
    pub max: usize,
    /// Counted in.
    pub unit: Unit,
    /// Where it is written.
    pub source: String,
}

/// Characters that a token holds at most on average. English prose has about four; no text we could refuse by this
/// bound fits its token limit, and text that might fit is never refused.
const CHARACTERS_A_TOKEN: usize = 4;

/// The same for Han characters, kana and Hangul, of which a token holds 1.5 to 1.8 on average.
const DENSE_A_TOKEN: usize = 2;

/// How many characters on each side of the cut are shown.
const SHOWN_AT_CUT: usize = 16;

impl PromptRule {
    /// The length of a text in this rule's unit. Tokens are an estimate: one for each character outside ASCII, one for
    /// four inside it.
    pub fn measure(&self, prompt: &str) -> usize {
        match self.unit {
            Unit::Characters => prompt.chars().count(),
            Unit::Tokens => {
                let ascii = prompt.chars().filter(char::is_ascii).count();
                prompt.chars().count() - ascii + ascii.div_ceil(CHARACTERS_A_TOKEN)
            }
        }
    }

    /// What may be written, in words.
    pub fn legal(&self) -> String {
        match self.unit {
            Unit::Characters => format!("1 to {} characters", grouped(self.max as u64)),
            Unit::Tokens => format!(
                "1 to {} tokens (about {} letters)",
                grouped(self.max as u64),
                grouped(self.max.saturating_mul(CHARACTERS_A_TOKEN) as u64)
            ),
        }
    }

    pub(super) fn breach(&self, prompt: &str) -> Option<Breach> {
        if prompt.trim().is_empty() {
            return Some(Breach::new("prompt_empty", "the prompt is empty", self.legal()));
        }
        let (kept, lost) = self.cut(prompt)?;
        let (count, over) = (prompt.chars().count(), lost.chars().count());
        let before: String = kept.chars().skip((count - over).saturating_sub(SHOWN_AT_CUT)).collect();
        let after: String = lost.chars().take(SHOWN_AT_CUT).collect();
        let dots = if over > SHOWN_AT_CUT { "…" } else { "" };
        let about = if self.unit == Unit::Tokens { "about " } else { "" };
        let message = format!(
            "{} characters, {about}{} too many: the service would cut {about}after \"{}\" and lose \"{}{dots}\"",
            grouped(count as u64),
            grouped(over as u64),
            text::clean(&before),
            text::clean(&after)
        );
        Some(Breach::new("prompt_length", message, self.legal()))
    }

    /// What is kept of a prompt that is too long, and what is lost; `None` for one that fits. For tokens it is what surely
    /// does not fit: the service may cut earlier.
    pub fn cut<'p>(&self, prompt: &'p str) -> Option<(&'p str, &'p str)> {
        let (mut taken, room) = (0_usize, self.max.saturating_mul(CHARACTERS_A_TOKEN));
        for (at, character) in prompt.char_indices() {
            taken += match self.unit {
                Unit::Tokens if !is_dense(character) => 1,
                Unit::Tokens => CHARACTERS_A_TOKEN / DENSE_A_TOKEN,
                Unit::Characters => CHARACTERS_A_TOKEN,
            };
            if taken > room {
                return Some(prompt.split_at(at));
            }
        }
        None
    }

    /// A remark for a prompt that may be too long, where only the service can tell.
    pub(super) fn doubt(&self, prompt: &str) -> Option<String> {
        let about = self.measure(prompt);
        (self.unit == Unit::Tokens && about > self.max).then(|| {
            format!(
                "About {} tokens of {}: the service may cut the end.",
                grouped(about as u64),
                grouped(self.max as u64)
            )
        })
    }
}

/// Whether a character is of a script that says much with few: Han, kana, Hangul.
fn is_dense(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_every_script_count_one() {
        let rule = PromptRule { max: 4, unit: Unit::Characters, source: String::new() };
        assert_eq!(rule.measure("雪a1!"), 4);
        assert_eq!(rule.breach("雪a1!"), None);
        assert_eq!(rule.breach(" \n").map(|b| b.rule), Some("prompt_empty"));
        let breach = rule.breach("雪中红\u{1b}狐").expect("one too many");
        assert_eq!(breach.rule, "prompt_length");
        assert_eq!(breach.message, "5 characters, 1 too many: the service would cut after \"雪中红␛\" and lose \"狐\"");
        assert_eq!(breach.legal, "1 to 4 characters");
    }

    #[test]
    fn a_cut_falls_between_characters_and_loses_the_rest() {
        let rule = PromptRule { max: 4, unit: Unit::Characters, source: String::new() };
        assert_eq!(rule.cut("雪中红狐"), None);
        assert_eq!(rule.cut("雪中红狐🦊 runs"), Some(("雪中红狐", "🦊 runs")));
        let long = format!("雪中红狐{}", "跑".repeat(17));
        let breach = rule.breach(&long).expect("17 too many");
        let lost = "跑".repeat(16);
        let says = format!("21 characters, 17 too many: the service would cut after \"雪中红狐\" and lose \"{lost}…\"");
        assert_eq!(breach.message, says);
        let tokens = PromptRule { unit: Unit::Tokens, ..rule };
        assert_eq!(tokens.cut(&"雪".repeat(8)), None);
        assert_eq!(tokens.cut(&"雪".repeat(9)).map(|(kept, lost)| (kept.len(), lost)), Some((24, "雪")));
        assert_eq!(tokens.cut("雪雪雪雪 in the snow"), Some(("雪雪雪雪 in the ", "snow")));
    }

    #[test]
    fn tokens_are_refused_only_when_they_cannot_fit_and_doubted_before() {
        let rule = PromptRule { max: 10, unit: Unit::Tokens, source: String::new() };
        assert_eq!((rule.breach(&"a".repeat(40)), rule.doubt(&"a".repeat(40))), (None, None));
        assert_eq!(rule.breach(&"a".repeat(41)).map(|b| b.rule), Some("prompt_length"));
        let chinese = "雪".repeat(11);
        assert_eq!(rule.breach(&chinese), None);
        let over = rule.breach(&"雪".repeat(21)).map(|breach| breach.message).unwrap_or_default();
        assert!(over.starts_with("21 characters, about 1 too many: the service would cut about after"), "{over}");
        assert_eq!(rule.doubt(&chinese).as_deref(), Some("About 11 tokens of 10: the service may cut the end."));
    }
}
