//! The size of a picture, as asked for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The service's named sizes. How many pixels each means depends on the model (contract 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Preset {
    /// `1K`
    #[serde(rename = "1K")]
    K1,
    /// `2K`
    #[serde(rename = "2K")]
    K2,
    /// `4K`
    #[serde(rename = "4K")]
    K4,
}

impl Preset {
    /// As sent on the wire.
    pub fn id(self) -> &'static str {
        match self {
            Preset::K1 => "1K",
            Preset::K2 => "2K",
            Preset::K4 => "4K",
        }
    }
}

/// A size as asked for. Text form: `auto`, `2K` or `1280*1280`; `x`, `X` and `×` are read as `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Size {
    /// Left to the service: it follows the input picture.
    #[default]
    Auto,
    /// One of the named sizes.
    Preset(Preset),
    /// Width and height in pixels.
    Pixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
}

/// The text is not a size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a size: write 1280*1280, 1K, 2K, 4K or auto")]
pub struct NotASize(pub String);

impl Size {
    /// Width and height, where the request names them.
    pub fn pixels(self) -> Option<(u32, u32)> {
        match self {
            Size::Pixels { width, height } => Some((width, height)),
            _ => None,
        }
    }

    /// The ratio in its lowest terms where both sides are small (`16:9`), else to two decimals (`1.78:1`).
    pub fn ratio(self) -> Option<String> {
        let (w, h) = self.pixels().filter(|&(w, h)| w > 0 && h > 0)?;
        let near = |&(a, b): &(u32, u32)| {
            let (left, right) = (u64::from(w) * u64::from(b), u64::from(h) * u64::from(a));
            left.abs_diff(right) * 100 <= left.max(right)
        };
        const KNOWN: [(u32, u32); 13] = [
            (1, 1),
            (4, 3),
            (3, 4),
            (3, 2),
            (2, 3),
            (16, 9),
            (9, 16),
            (21, 9),
            (9, 21),
            (2, 1),
            (1, 2),
            (4, 1),
            (1, 4),
        ];
        match KNOWN.iter().find(|pair| near(pair)) {
            Some((a, b)) => Some(format!("{a}:{b}")),
            None if w >= h => Some(format!("{:.2}:1", f64::from(w) / f64::from(h))),
            None => Some(format!("1:{:.2}", f64::from(h) / f64::from(w))),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size::Auto => f.pad("auto"),
            Size::Preset(preset) => f.pad(preset.id()),
            Size::Pixels { width, height } => f.pad(&format!("{width}*{height}")),
        }
    }
}

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        match trimmed.to_ascii_uppercase().as_str() {
            "AUTO" => return Ok(Size::Auto),
            "1K" => return Ok(Size::Preset(Preset::K1)),
            "2K" => return Ok(Size::Preset(Preset::K2)),
            "4K" => return Ok(Size::Preset(Preset::K4)),
            _ => {}
        }
        let side = |part: &str| part.trim().parse::<u32>().ok();
        trimmed
            .split_once(['*', 'x', 'X', '×'])
            .and_then(|(w, h)| Some(Size::Pixels { width: side(w)?, height: side(h)? }))
            .ok_or_else(|| NotASize(text.to_owned()))
    }
}

impl Serialize for Size {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        String::deserialize(source)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type_and_writes_what_the_wire_wants() {
        for (typed, wire) in [("1280x720", "1280*720"), (" 2k ", "2K"), ("1328 × 1328", "1328*1328"), ("auto", "auto")]
        {
            assert_eq!(typed.parse::<Size>().map(|s| s.to_string()), Ok(wire.to_owned()));
        }
        for wrong in ["", "1280", "1280*", "-1*5", "big", "1*2*3"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_common_ratios() {
        let ratio = |text: &str| text.parse::<Size>().ok().and_then(Size::ratio);
        assert_eq!(ratio("1696*960").as_deref(), Some("16:9"));
        assert_eq!(ratio("1104*1472").as_deref(), Some("3:4"));
        assert_eq!(ratio("768*2700").as_deref(), Some("1:3.52"));
        assert_eq!(ratio("2K"), None);
    }
}
