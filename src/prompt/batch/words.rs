//! Words of a line with flags, as a shell divides them: quotes of both kinds, backslashes. Unlike a shell, `#` is a letter
//! as any other, and a word knows whether it was quoted: `"--weird"` is no flag.

/// A word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether its first character was in quotes or behind a backslash.
    pub(super) is_quoted: bool,
}

impl Word {
    /// Whether it is a flag: two dashes and a letter, not quoted.
    pub(super) fn is_flag(&self) -> bool {
        !self.is_quoted && is_flag(&self.text)
    }
}

/// Two dashes and a letter.
pub(super) fn is_flag(text: &str) -> bool {
    text.strip_prefix("--").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Divides a line; `Err` holds the quote that is never closed.
pub(super) fn split(line: &str) -> Result<Vec<Word>, char> {
    let (mut words, mut word) = (Vec::new(), None::<Word>);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let is_first = word.is_none();
        let word = word.get_or_insert_default();
        match c {
            '\'' | '"' => {
                word.is_quoted |= is_first;
                quoted(c, &mut rest, &mut word.text)?;
            }
            '\\' => {
                word.is_quoted |= is_first;
                word.text.push(rest.next().unwrap_or('\\'));
            }
            c => word.text.push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Up to the closing quote.
fn quoted(quote: char, rest: &mut std::str::Chars<'_>, text: &mut String) -> Result<(), char> {
    loop {
        match rest.next() {
            None => return Err(quote),
            Some(c) if c == quote => return Ok(()),
            // In double quotes a backslash is one, but before what would mean something there.
            Some('\\') if quote == '"' => {
                let next = rest.next().ok_or(quote)?;
                if !matches!(next, '"' | '\\' | '$' | '`') {
                    text.push('\\');
                }
                text.push(next);
            }
            Some(c) => text.push(c),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        let texts = |line: &str| split(line).unwrap().into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(texts(r#"--prompt "a \"red\" fox" 'it''s' a\ b"#), ["--prompt", "a \"red\" fox", "its", "a b"]);
        assert_eq!(texts(r#"x="1 2" "" # \{a "\{b""#), ["x=1 2", "", "#", "{a", r"\{b"]);
        assert_eq!((split("a 'b"), split("a \"b\\")), (Err('\''), Err('"')));
    }

    #[test]
    fn a_quoted_word_is_no_flag() {
        let flags = |line: &str| split(line).unwrap().iter().map(Word::is_flag).collect::<Vec<_>>();
        assert_eq!(flags(r#"--ar "--ar" \--ar -- --1 -n"#), [true, false, false, false, false, false]);
    }
}
