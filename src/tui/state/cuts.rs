//! What was cut from the texts, as a shell's line keeps it: the newest is pasted first, older ones in its place.

/// Cuts kept; older ones go.
const KEPT: usize = 16;

/// What was cut or copied.
#[derive(Debug, Clone, Default)]
pub struct Cuts {
    /// The newest last.
    kept: Vec<String>,
    /// The key before this one cut too: what it cut and what is cut next belong together.
    goes_on: bool,
    /// Which one was pasted by the key before this one.
    pasted: Option<usize>,
}

impl Cuts {
    /// Keeps words that were cut; `forward`: from behind the cursor on.
    pub fn cut(&mut self, words: &str, forward: bool) {
        self.pasted = None;
        match self.kept.last_mut().filter(|_| self.goes_on) {
            Some(last) if forward => last.push_str(words),
            Some(last) => last.insert_str(0, words),
            None => self.copy(words),
        }
        self.goes_on = true;
    }

    /// Keeps words that were copied.
    pub fn copy(&mut self, words: &str) {
        self.rest();
        self.kept.push(words.to_owned());
        let surplus = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..surplus);
    }

    /// The newest, to be pasted.
    pub fn newest(&mut self) -> Option<&str> {
        self.rest();
        self.pasted = self.kept.len().checked_sub(1);
        self.kept.last().map(String::as_str)
    }

    /// What was pasted last, and the one before it, which takes its place; from the oldest on to the newest again.
    pub fn older(&mut self) -> Option<(&str, &str)> {
        let last = self.pasted?;
        let next = last.checked_sub(1).unwrap_or(self.kept.len().saturating_sub(1));
        self.pasted = Some(next);
        Some((self.kept.get(last)?, self.kept.get(next)?))
    }

    /// Whether the key before this one pasted.
    pub fn is_pasted(&self) -> bool {
        self.pasted.is_some()
    }

    /// Something else was done.
    pub fn rest(&mut self) {
        (self.goes_on, self.pasted) = (false, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_in_a_row_are_one_and_older_ones_come_in_turn() {
        let mut cuts = Cuts::default();
        assert_eq!((cuts.newest().map(str::to_owned), cuts.older()), (None, None));
        cuts.cut("red ", false);
        cuts.cut("a ", false);
        cuts.cut("fox", true);
        cuts.rest();
        cuts.cut("snow", true);
        assert_eq!(cuts.newest(), Some("snow"));
        assert_eq!(cuts.older(), Some(("snow", "a red fox")));
        assert_eq!(cuts.older(), Some(("a red fox", "snow")), "round and round");
        cuts.rest();
        assert_eq!(cuts.older(), None);
        (0..30).for_each(|nth| cuts.copy(&nth.to_string()));
        cuts.newest();
        assert_eq!(
            std::iter::repeat_with(|| cuts.older().map(|(_, next)| next.to_owned()))
                .take(16)
                .flatten()
                .last()
                .as_deref(),
            Some("29")
        );
    }
}
