//! Two texts told apart by their words. Han and kana, which have no blanks between words, are told apart by letters.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// A stretch of text in one of two texts, or in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stretch {
    /// In both.
    Same(String),
    /// Only in the first.
    Removed(String),
    /// Only in the second.
    Added(String),
}

/// What became of `before`: the stretches in order, a removed one ahead of what was put in its place. Those that are not
/// added make up `before`, those that are not removed `after`.
pub fn diff(before: &str, after: &str) -> Vec<Stretch> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_word_bounds().collect(), after.split_word_bounds().collect());
    let mut change = Change::default();
    let mut out = Vec::new();
    let ops = capture_diff_slices(Algorithm::Patience, &old, &new);
    for (at, op) in ops.iter().enumerate() {
        let (_, left, right) = op.as_tag_tuple();
        let (left, right) = (old[left].concat(), new[right].concat());
        match op {
            // Words changed one after the other are one change, blanks between them and all.
            DiffOp::Equal { .. } if left.trim().is_empty() && change.is_both() && at + 1 < ops.len() => {
                change.removed += &left;
                change.added += &right;
            }
            DiffOp::Equal { .. } => {
                change.flush(&mut out);
                out.push(Stretch::Same(left));
            }
            _ => {
                change.removed += &left;
                change.added += &right;
            }
        }
    }
    change.flush(&mut out);
    out
}

/// A change being put together.
#[derive(Default)]
struct Change {
    removed: String,
    added: String,
}

impl Change {
    fn is_both(&self) -> bool {
        !self.removed.is_empty() && !self.added.is_empty()
    }

    fn flush(&mut self, out: &mut Vec<Stretch>) {
        let Change { removed, added } = std::mem::take(self);
        out.extend((!removed.is_empty()).then_some(Stretch::Removed(removed)));
        out.extend((!added.is_empty()).then_some(Stretch::Added(added)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As it is written on the screen.
    fn told(before: &str, after: &str) -> String {
        let written = diff(before, after).into_iter().map(|stretch| match stretch {
            Stretch::Same(text) => text,
            Stretch::Removed(text) => format!("[-{text}-]"),
            Stretch::Added(text) => format!("{{+{text}+}}"),
        });
        written.collect()
    }

    #[test]
    fn words_are_told_apart_and_changes_side_by_side_are_one() {
        assert_eq!(told("a red fox in snow", "a silver fox in snow"), "a [-red-]{+silver+} fox in snow");
        assert_eq!(told("a red fox", "a silver wolf"), "a [-red fox-]{+silver wolf+}");
        assert_eq!(told("a fox", "a fox, oil on canvas"), "a fox{+, oil on canvas+}");
        assert_eq!(told("", "a fox"), "{+a fox+}");
        assert_eq!(told("a fox", "a fox"), "a fox");
    }

    #[test]
    fn chinese_is_told_apart_by_letters() {
        assert_eq!(told("雪中红狐", "雪中白狐，水墨"), "雪中[-红-]{+白+}狐{+，水墨+}");
    }

    proptest! {
        #[test]
        fn nothing_is_lost(before in "[a-c 雪中\n,]{0,30}", after in "[a-c 雪中\n,]{0,30}") {
            let (mut old, mut new) = (String::new(), String::new());
            for stretch in diff(&before, &after) {
                match stretch {
                    Stretch::Same(text) => { old += &text; new += &text; }
                    Stretch::Removed(text) => old += &text,
                    Stretch::Added(text) => new += &text,
                }
            }
            prop_assert_eq!((old, new), (before, after));
        }
    }
}
