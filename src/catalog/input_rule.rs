//! What input pictures a model takes. What has to change about one that is not taken is next door, in `plan.rs`; looking at
//! pictures and mending them is done elsewhere.

use serde::Deserialize;

use super::violation::Breach;

/// What a model does with a picture that has transparency (contract 3.3.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alpha {
    /// Takes it.
    #[default]
    Allowed,
    /// Takes the picture, drops the transparency.
    Ignored,
    /// Refuses the picture.
    Refused,
}

/// The input pictures of a mode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InputRule {
    /// Fewest.
    pub min: usize,
    /// Most; 0 where the mode takes none.
    pub max: usize,
    /// Formats by content, in lower case: `jpeg`, `png`. Empty means not known.
    pub formats: Vec<String>,
    /// Smallest and largest side in pixels.
    pub sides: Option<(u32, u32)>,
    /// The sides are advice: other pictures are taken too.
    pub sides_advised: bool,
    /// Ratio at most `ratio:1` and at least `1:ratio`.
    pub ratio: Option<u32>,
    /// Largest file, in megabytes of 1,048,576 bytes.
    pub megabytes: Option<u32>,
    /// Transparency.
    pub alpha: Alpha,
    /// Where the figures are written.
    pub source: String,
}

impl InputRule {
    /// What is wrong with this many pictures.
    pub(super) fn breach(&self, count: usize) -> Option<Breach> {
        let pictures = |n: usize| if n == 1 { "1 picture".to_owned() } else { format!("{n} pictures") };
        let given = format!("{} given", pictures(count));
        match count {
            0 if self.min > 0 => Some(Breach::new("images_few", "no picture is given", self.legal())),
            _ if count < self.min => Some(Breach::new("images_few", given, self.legal())),
            _ if count > 0 && self.max == 0 => {
                Some(Breach::new("images_not_taken", format!("{given}, this mode takes none"), self.legal()))
            }
            _ if count > self.max => Some(Breach::new("images_many", given, self.legal())),
            _ => None,
        }
    }

    /// How many are legal, in words: `1 to 9 pictures`.
    pub fn legal(&self) -> String {
        match (self.min, self.max) {
            (_, 0) => "no pictures".into(),
            (min, max) if min == max => format!("exactly {max}"),
            (0, 1) => "at most 1 picture".into(),
            (0, max) => format!("at most {max} pictures"),
            (min, max) => format!("{min} to {max} pictures"),
        }
    }
}
