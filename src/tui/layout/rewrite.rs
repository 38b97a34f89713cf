//! A prompt beside what the service made of it: the place of the page, and its lines.

use ratatui::layout::Rect;

use super::wrap::wrap;
use crate::domain::diff::{Stretch, diff};
use crate::domain::text::clean_lines;

/// What a stretch of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In both texts.
    Same,
    /// Only in the prompt.
    Removed,
    /// Only in what the service made of it.
    Added,
}

/// The page on a screen of so many columns and rows, borders included, for so many lines: as high as they need, where there
/// is room.
pub fn rewrite_page((width, height): (u16, u16), lines: usize) -> Rect {
    let wanted = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(5).max(9);
    let (outer, rows) = (rewrite_room(width) + 4, height.saturating_sub(2).min(26).min(wanted));
    Rect::new((width - outer) / 2, 1 + (height.saturating_sub(2) - rows) / 2, outer, rows)
}

/// Cells a line of it has on a screen of so many columns.
pub fn rewrite_room(width: u16) -> u16 {
    width.saturating_sub(8).min(92)
}

/// The lines of the comparison, each at most `room` cells: `[-gone-]` and `{+new+}`, so that no colour is needed to read it.
pub fn rewrite_lines(before: &str, after: &str, room: u16) -> Vec<Vec<(String, Tone)>> {
    marked_lines(&diff(&clean_lines(before), &clean_lines(after)), room)
}

/// The same for stretches that are known.
pub(super) fn marked_lines(stretches: &[Stretch], room: u16) -> Vec<Vec<(String, Tone)>> {
    let marked = |stretch: &Stretch| match stretch {
        Stretch::Same(text) => (text.clone(), Tone::Same),
        Stretch::Removed(text) => (format!("[-{text}-]"), Tone::Removed),
        Stretch::Added(text) => (format!("{{+{text}+}}"), Tone::Added),
    };
    let stretches: Vec<(String, Tone)> = stretches.iter().map(marked).collect();
    let whole: String = stretches.iter().map(|(text, _)| text.as_str()).collect();
    let mut letters = stretches.iter().flat_map(|(text, tone)| text.chars().map(|letter| (letter, *tone)));
    // Wrapping leaves out blanks and nothing else: each letter of a line is the next one like it.
    let mut toned = |line: String| {
        let mut out: Vec<(String, Tone)> = Vec::new();
        for letter in line.chars() {
            let tone = letters.find(|(next, _)| *next == letter).map_or(Tone::Same, |(_, tone)| tone);
            match out.last_mut().filter(|(_, last)| *last == tone) {
                Some((text, _)) => text.push(letter),
                None => out.push((letter.to_string(), tone)),
            }
        }
        out
    };
    wrap(&whole, usize::from(room)).into_iter().map(&mut toned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_marked_by_signs_and_keep_their_tone_over_line_ends() {
        let lines = rewrite_lines("a red fox", "a silver fox in deep fresh snow", 16);
        let text: Vec<String> = lines.iter().map(|line| line.iter().map(|(text, _)| text.as_str()).collect()).collect();
        assert_eq!(text, ["a", "[-red-]{+silver+", "} fox{+ in deep", "fresh snow+}"]);
        assert_eq!(lines[3], [("fresh snow+}".to_owned(), Tone::Added)]);
        assert_eq!(lines[1][0], ("[-red-]".to_owned(), Tone::Removed));
        assert_eq!(rewrite_lines("same", "same", 20), [[("same".to_owned(), Tone::Same)]]);
    }
}
