//! A key on its way from the user's hands to its file: held so that nothing prints it, and judged by its looks.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// Longer is no key.
pub const KEY_LONGEST: usize = 4096;
/// Shorter was cut off on its way.
const KEY_SHORTEST: usize = 12;

/// A text that nothing shows: its `Debug` tells its length, and what it held is wiped when it goes.
#[derive(Clone, Default)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text.
    pub fn new(text: String) -> Secret {
        Secret(SecretString::from(text))
    }

    /// The text itself, for whoever has to write or send it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// How many letters it has.
    pub fn chars(&self) -> usize {
        self.expose().chars().count()
    }

    /// With more at its end; what goes beyond the length of any key is left out.
    pub fn with(&self, more: &str) -> Secret {
        let room = KEY_LONGEST.saturating_sub(self.expose().len());
        let mut text = String::with_capacity(self.expose().len() + more.len().min(room));
        text.push_str(self.expose());
        more.chars().for_each(|letter| {
            if text.len() + letter.len_utf8() <= KEY_LONGEST {
                text.push(letter);
            }
        });
        Secret::new(text)
    }

    /// Without its last letter.
    pub fn shorter(&self) -> Secret {
        let text = self.expose();
        let end = text.char_indices().next_back().map_or(0, |(at, _)| at);
        Secret::new(text[..end].to_owned())
    }

    /// Why this cannot be a key that makes pictures (contract 8); never a part of it.
    pub fn flaw(&self) -> Option<&'static str> {
        let key = self.expose();
        if key.is_empty() {
            Some("Nothing is typed yet.")
        } else if key.contains(char::is_whitespace) {
            Some("There is a blank or a line break in it: copy the key alone.")
        } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            Some("It holds letters that no key has: copy it again.")
        } else if key.starts_with("sk-sp-") {
            Some("This is a Coding Plan key (sk-sp-...): it has no image models. Make a standard key, sk- alone.")
        } else if key.starts_with("LTAI") {
            Some("This is an AccessKey of the cloud account, not a key of Model Studio: that one begins with sk-.")
        } else if key.len() < KEY_SHORTEST || key.len() >= KEY_LONGEST {
            Some("No key has this length: it was cut, or something was copied with it.")
        } else {
            None
        }
    }

    /// Whether it begins as the service's keys do.
    pub fn is_familiar(&self) -> bool {
        self.expose().starts_with("sk-")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} letters)", self.chars())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        self.expose() == other.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_holds_is_not_shown() {
        let key = Secret::default().with("sk-0123").with("456789abcdef");
        assert_eq!(format!("{key:?}"), "Secret(19 letters)");
        assert_eq!(key.shorter().expose(), "sk-0123456789abcde");
        assert_eq!(Secret::default().shorter(), Secret::default());
        assert_eq!(Secret::new("红狐".into()).shorter().expose(), "红");
        assert_eq!(key.with(&"x".repeat(9000)).expose().len(), KEY_LONGEST);
    }

    #[test]
    fn a_text_that_is_no_key_says_why() {
        let flaw = |text: &str| Secret::new(text.to_owned()).flaw().unwrap_or("none");
        for (text, says) in [
            ("", "Nothing is typed"),
            ("sk-0123 456789", "blank"),
            ("sk-0123\n456789", "line break"),
            ("sk-红狐红狐红狐", "letters that no key has"),
            ("sk-sp-0123456789", "Coding Plan"),
            ("LTAI5tAbCdEfGhIj", "AccessKey"),
            ("sk-0123", "length"),
        ] {
            assert!(flaw(text).contains(says), "{text}: {}", flaw(text));
        }
        assert_eq!(flaw("sk-0123456789abcdef"), "none");
        assert!(!Secret::new("hello-world-hello".into()).is_familiar());
    }
}
