//! The text of an interleaved story: what stands before each picture, in whole and in pieces.
//! Pure. Not here: the pictures, and how either form is answered (`shapes`, `stream`).

use super::ids::{hash, mix};

const FIRST: &str = "We begin with";
const NEXT: [&str; 4] = ["Then comes", "Look closer at", "After that comes", "Now turn to"];
const LIGHTS: [&str; 4] = ["the first light", "a patient hand", "the quiet around it", "one warm colour"];
const CLOSINGS: [&str; 4] = [
    "Take your time here.",
    "Nothing else is needed yet.",
    "Keep what you see in mind.",
    "This is the step that counts.",
];

/// What stands before picture `index` (from 0): the same prompt and seed give the same text,
/// streamed or not.
pub fn chapter(prompt: &str, seed: u32, index: usize) -> String {
    let dice = mix(hash(prompt) ^ mix(u64::from(seed)) ^ mix(index as u64 + 1));
    let pick = |from: [&'static str; 4], shift: u32| from[(dice >> shift) as usize % 4];
    let opening = if index == 0 { FIRST } else { pick(NEXT, 0) };
    format!("{}. {opening} {}: {}. {}", index + 1, pick(LIGHTS, 8), prompt.trim(), pick(CLOSINGS, 16))
}

/// A text in pieces of a few characters, as a stream sends it.
pub fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(6).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_depends_on_prompt_seed_and_place_alone() {
        assert_eq!(chapter("latte art", 7, 0), chapter("latte art", 7, 0));
        assert_ne!(chapter("latte art", 7, 0), chapter("latte art", 7, 1));
        let others = (0..20).map(|seed| chapter("latte art", seed, 0));
        assert!(others.collect::<std::collections::HashSet<_>>().len() > 3);
    }

    #[test]
    fn pieces_make_the_whole_again() {
        for text in ["", "abc", "a longer sentence with words", "三张拿铁拉花教程图片"] {
            assert_eq!(pieces(text).concat(), text);
            assert!(pieces(text).iter().all(|piece| piece.chars().count() <= 6));
        }
    }
}
