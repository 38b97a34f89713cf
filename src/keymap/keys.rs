//! Keys pressed one after the other, and how they are written: `ctrl+g`, `ctrl+x ctrl+e`, `g g`.

use std::fmt;
use std::str::FromStr;

use super::{Key, NotAKey};

/// One key or several, pressed one after the other. Never empty. Text form: the keys with a space between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// In the order pressed.
    pub fn as_slice(&self) -> &[Key] {
        &self.0
    }

    /// The first one.
    pub fn first(&self) -> Key {
        self.0[0]
    }

    /// Whether `begun` is pressed on the way to the last of these.
    pub fn continues(&self, begun: &[Key]) -> bool {
        self.0.len() > begun.len() && self.0.starts_with(begun)
    }
}

impl From<Key> for Keys {
    fn from(key: Key) -> Keys {
        Keys(vec![key])
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spell(&self.0))
    }
}

impl FromStr for Keys {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let keys = text.split_whitespace().map(str::parse).collect::<Result<Vec<Key>, _>>()?;
        if keys.is_empty() { Err(NotAKey(text.to_owned())) } else { Ok(Keys(keys)) }
    }
}

/// Keys as they are written, a space between them.
pub fn spell(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sequences_read_back_as_written() {
        for text in ["ctrl+x ctrl+e", "g g", "space x", "ctrl+g", "; é"] {
            assert_eq!(text.parse::<Keys>().unwrap().to_string(), text);
        }
        assert_eq!("  Ctrl+X   shift+tab ".parse::<Keys>().unwrap().to_string(), "ctrl+x shift+tab");
        for wrong in ["", "   ", "g hyper+x", "gg"] {
            assert!(wrong.parse::<Keys>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn only_a_longer_sequence_continues_a_shorter_one() {
        let keys: Keys = "ctrl+x ctrl+e".parse().unwrap();
        assert!(keys.continues(&keys.as_slice()[..1]));
        assert!(!keys.continues(keys.as_slice()));
        assert!(!keys.continues("ctrl+y".parse::<Keys>().unwrap().as_slice()));
    }
}
