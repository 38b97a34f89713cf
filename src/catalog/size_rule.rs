//! Which sizes a mode makes. Finding the nearest one is next door, in `nearest.rs`.

use serde::Deserialize;

use crate::domain::{Preset, Size};

use super::violation::Breach;
use crate::domain::text::grouped;

/// A named size: as many pixels as a square of this side has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name on the wire.
    pub name: Preset,
    /// Side of the square in pixels (contract 3.3.2).
    pub side: u32,
}

/// The sizes of a mode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SizeRule {
    /// Size when the user says nothing.
    pub default: Size,
    /// It may be left out: the result then follows the last input picture.
    pub auto: bool,
    /// Named sizes, ascending.
    pub presets: Vec<Named>,
    /// Sizes the service recommends: legal whatever the bounds say (contract 3.3.1). Without bounds, the only ones.
    pub recommended: Vec<Size>,
    /// More sizes worth offering, all within the bounds.
    pub offers: Vec<Size>,
    /// Fewest and most pixels in all.
    pub pixels: Option<(u64, u64)>,
    /// Shortest and longest side.
    pub sides: Option<(u32, u32)>,
    /// Ratio at most `ratio:1` and at least `1:ratio`.
    pub ratio: Option<u32>,
    /// Other sizes are taken, but the result's sides are rounded to a multiple of this.
    pub multiple: Option<u32>,
    /// Where the figures are written.
    pub source: String,
}

impl SizeRule {
    /// The rule of a model whose size cannot be set.
    pub(super) fn follows_input(source: &str) -> SizeRule {
        SizeRule { auto: true, source: source.to_owned(), ..SizeRule::default() }
    }

    /// Whether any width and height within bounds may be asked for.
    pub fn takes_any(&self) -> bool {
        self.pixels.is_some() || self.sides.is_some()
    }

    /// Whether a size may be sent, given that there are input pictures where it needs one to follow.
    pub fn is_legal(&self, size: Size) -> bool {
        self.breaches(size).is_empty()
    }

    /// Sizes worth offering, the default first, none twice.
    pub fn choices(&self) -> Vec<Size> {
        let presets = self.presets.iter().map(|named| Size::Preset(named.name));
        let auto = self.auto.then_some(Size::Auto);
        let all = presets.chain(self.recommended.iter().copied()).chain(self.offers.iter().copied()).chain(auto);
        let mut out = vec![self.default];
        for size in all {
            if !out.contains(&size) {
                out.push(size);
            }
        }
        out
    }

    /// What is legal, in words: `1,638,400 to 2,073,600 pixels, ratio 1:4 to 4:1`.
    pub fn legal(&self) -> String {
        let auto = self.auto.then(|| "auto".to_owned());
        let presets = self.presets.iter().map(|named| named.name.id().to_owned());
        let fixed = self.recommended.iter().filter(|_| !self.takes_any()).map(Size::to_string);
        let names = auto.into_iter().chain(presets).chain(fixed).collect::<Vec<_>>().join(", ");
        let bounds = self.bounds();
        match (names.is_empty(), bounds.is_empty()) {
            (_, true) => names,
            (true, _) => bounds,
            _ => format!("{names}, or {bounds}"),
        }
    }

    fn bounds(&self) -> String {
        let sides = self.sides.map(|(min, max)| format!("each side {} to {}", grouped(min), grouped(max)));
        let pixels = self.pixels.map(|(min, max)| format!("{} to {} pixels", grouped(min), grouped(max)));
        let ratio = self.ratio.map(|most| format!("ratio 1:{most} to {most}:1"));
        [sides, pixels, ratio].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Every bound the size breaks.
    pub(super) fn breaches(&self, size: Size) -> Vec<Breach> {
        let one = |rule, message: String| vec![Breach::new(rule, message, self.legal())];
        match size {
            Size::Auto if self.auto => vec![],
            Size::Auto => one("size_auto", "the size is left out, and this mode has none to follow".into()),
            Size::Preset(preset) if self.presets.iter().any(|named| named.name == preset) => vec![],
            Size::Preset(preset) => {
                one("size_preset", format!("{preset} is not a size of this mode", preset = preset.id()))
            }
            Size::Pixels { .. } if self.recommended.contains(&size) => vec![],
            Size::Pixels { .. } if !self.takes_any() => {
                one("size_fixed", format!("{size} is not one of the sizes made"))
            }
            Size::Pixels { width, height } => self.bound_breaches(width, height),
        }
    }

    fn bound_breaches(&self, width: u32, height: u32) -> Vec<Breach> {
        let (wide, high) = (u64::from(width), u64::from(height));
        let (long, short) = (wide.max(high), wide.min(high));
        let area = wide * high;
        let size = Size::Pixels { width, height };
        let breach = |rule, message| Breach::new(rule, message, self.legal());
        let mut out = Vec::new();
        if self.sides.is_some_and(|(min, max)| short < u64::from(min) || long > u64::from(max)) {
            let side = if self.sides.is_some_and(|(min, _)| short < u64::from(min)) { short } else { long };
            out.push(breach("size_sides", format!("{size} has a side of {}", grouped(side))));
        }
        if self.pixels.is_some_and(|(min, max)| area < min || area > max) {
            out.push(breach("size_pixels", format!("{size} has {} pixels", grouped(area))));
        }
        if self.ratio.is_some_and(|most| long > short * u64::from(most)) {
            let ratio = size.ratio().unwrap_or_else(|| "no ratio".into());
            out.push(breach("size_ratio", format!("{size} is {ratio}")));
        }
        out
    }

    /// The pixels a result has, where they can be told without looking at the input pictures: a named size is then a
    /// square (contract 3.3.3), sides are rounded to the multiple (`1033*1032` becomes `1040*1024`).
    pub fn dimensions(&self, size: Size, has_images: bool) -> Option<(u32, u32)> {
        let round = |side: u32| match self.multiple {
            Some(step) => (f64::from(side) / f64::from(step)).round_ties_even() as u32 * step,
            None => side,
        };
        match size {
            Size::Pixels { width, height } => Some((round(width), round(height))),
            Size::Preset(preset) if !has_images => {
                self.presets.iter().find(|named| named.name == preset).map(|named| (named.side, named.side))
            }
            Size::Preset(_) | Size::Auto => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rule() -> SizeRule {
        SizeRule {
            default: "1280*1280".parse().unwrap(),
            recommended: vec!["1104*1472".parse().unwrap()],
            pixels: Some((1_638_400, 2_073_600)),
            ratio: Some(4),
            ..SizeRule::default()
        }
    }

    fn broken(rule: &SizeRule, size: &str) -> Vec<&'static str> {
        rule.breaches(size.parse().unwrap()).iter().map(|breach| breach.rule).collect()
    }

    #[test]
    fn bounds_are_inclusive_and_recommended_sizes_stand_above_them() {
        for legal in ["1280*1280", "1440*1440", "768*2700", "1104*1472"] {
            assert_eq!(broken(&rule(), legal), [""; 0], "{legal}");
        }
        assert_eq!(broken(&rule(), "1472*1104"), ["size_pixels"], "not recommended here, so the bound counts");
        assert_eq!(broken(&rule(), "1280*1279"), ["size_pixels"]);
        assert_eq!(broken(&rule(), "1440*1441"), ["size_pixels"]);
        assert_eq!(broken(&rule(), "640*2600"), ["size_ratio"]);
        assert_eq!(broken(&rule(), "10*4000"), ["size_pixels", "size_ratio"]);
        assert_eq!(broken(&rule(), "0*0"), ["size_pixels"]);
        assert_eq!(broken(&rule(), "4294967295*4294967295"), ["size_pixels"]);
    }

    #[test]
    fn results_are_rounded_to_the_multiple() {
        let rule = SizeRule { multiple: Some(16), ..rule() };
        let pixels = |w, h| Size::Pixels { width: w, height: h };
        assert_eq!(rule.dimensions(pixels(1033, 1032), true), Some((1040, 1024)));
        assert_eq!(rule.dimensions(pixels(1280, 720), false), Some((1280, 720)));
        assert_eq!(rule.dimensions(Size::Auto, true), None);
    }
}
