//! Naming a picture in the prompt: `image 1` in Latin writing and `图1` in Chinese, which is how the service's own examples
//! count them. A list is offered where one is begun; it takes no key until one of its entries is chosen.

/// What was typed that begins the name of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// `image `: the number is missing.
    Image,
    /// `图`: the number is missing.
    Tu,
    /// `@` among Latin letters: `image 1` takes its place.
    At,
    /// `@` after Chinese: `图1` takes its place.
    AtTu,
}

/// Pictures offered to be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// What was typed.
    pub trigger: Trigger,
    /// The chosen picture, from 0; `None` as long as the list is only there to be seen.
    pub chosen: Option<usize>,
}

impl Trigger {
    /// What the text before the cursor ends with.
    pub fn of(before: &str) -> Option<Trigger> {
        if let Some(rest) = before.strip_suffix('@') {
            let last = rest.trim_end().chars().next_back();
            // An address is being written.
            if rest.ends_with(|letter: char| letter.is_ascii_alphanumeric()) {
                return None;
            }
            return Some(if last.is_some_and(is_han) { Trigger::AtTu } else { Trigger::At });
        }
        if before.ends_with('图') {
            return Some(Trigger::Tu);
        }
        let word = before.strip_suffix(' ')?;
        let start = word.len().checked_sub("image".len())?;
        let (rest, word) = (word.get(..start)?, word.get(start..)?);
        let whole = !rest.ends_with(char::is_alphanumeric);
        (whole && word.eq_ignore_ascii_case("image")).then_some(Trigger::Image)
    }

    /// The name of picture `at` (from 0).
    pub fn name(self, at: usize) -> String {
        match self {
            Trigger::Image | Trigger::At => format!("image {}", at + 1),
            Trigger::Tu | Trigger::AtTu => format!("图{}", at + 1),
        }
    }

    /// How many of the letters typed go, and what is written instead.
    pub fn edit(self, at: usize) -> (usize, String) {
        match self {
            Trigger::Image | Trigger::Tu => (0, (at + 1).to_string()),
            Trigger::At | Trigger::AtTu => (1, self.name(at)),
        }
    }
}

fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_begun_by_its_word_or_a_sign() {
        for (before, trigger) in [
            ("put the clock of image ", Some(Trigger::Image)),
            ("Image ", Some(Trigger::Image)),
            ("the @", Some(Trigger::At)),
            ("@", Some(Trigger::At)),
            ("把@", Some(Trigger::AtTu)),
            ("雪，@", Some(Trigger::AtTu)),
            ("把图", Some(Trigger::Tu)),
            ("image", None),
            ("pilgrimage ", None),
            ("an image of ", None),
            ("ana@", None),
            ("image 1", None),
            ("", None),
            (" ", None),
        ] {
            assert_eq!(Trigger::of(before), trigger, "{before:?}");
        }
        assert_eq!(Trigger::AtTu.edit(1), (1, "图2".to_owned()));
        assert_eq!(Trigger::Image.edit(0), (0, "1".to_owned()));
    }
}
