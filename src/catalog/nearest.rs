//! The nearest legal size to one that is not.

use crate::domain::{Preset, Size};

use super::SizeRule;

/// How much more a change of shape matters than a change of scale: nobody who asks for a square wants a portrait.
const SHAPE_OVER_SCALE: f64 = 16.0;

/// Steps tried around the ideal sides, so that rounding does not fall outside a bound.
const STEPS: std::ops::RangeInclusive<i64> = -1..=2;

impl SizeRule {
    /// The legal size nearest to `size`: itself when it is legal, else of the shape closest to it, then the scale.
    /// A named size falls back to the next smaller one. Leaving the size out falls back to the default.
    pub fn nearest(&self, size: Size) -> Size {
        match size {
            Size::Auto => self.default,
            _ if self.is_legal(size) => size,
            Size::Preset(preset) => self.nearest_preset(preset),
            Size::Pixels { width, height } => self.nearest_pixels(f64::from(width.max(1)), f64::from(height.max(1))),
        }
    }

    fn nearest_preset(&self, preset: Preset) -> Size {
        let smaller = self.presets.iter().map(|named| named.name).filter(|name| *name < preset).max();
        let side = match preset {
            Preset::K1 => 1024.0,
            Preset::K2 => 2048.0,
            Preset::K4 => 4096.0,
        };
        smaller.map_or_else(|| self.nearest_pixels(side, side), Size::Preset)
    }

    fn nearest_pixels(&self, width: f64, height: f64) -> Size {
        let distance = |size: &Size| {
            let (w, h) = size.pixels().map_or((1.0, 1.0), |(w, h)| (f64::from(w), f64::from(h)));
            let shape = ((w / h) / (width / height)).ln();
            let scale = ((w * h) / (width * height)).ln();
            SHAPE_OVER_SCALE * shape * shape + scale * scale
        };
        self.recommended
            .iter()
            .copied()
            .chain(self.around(width, height))
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .unwrap_or(self.default)
    }

    /// The legal whole size nearest to the ideal one.
    fn around(&self, width: f64, height: f64) -> Option<Size> {
        if !self.takes_any() {
            return None;
        }
        let step = i64::from(self.multiple.unwrap_or(1));
        let (wide, high) = self.ideal(width, height);
        let near = |side: f64| {
            let floor = (side as i64 / step) * step;
            STEPS.filter_map(move |k| u32::try_from(floor + k * step).ok())
        };
        let off = |(w, h): &(u32, u32)| (f64::from(*w) - wide).abs() + (f64::from(*h) - high).abs();
        near(wide)
            .flat_map(|w| near(high).map(move |h| (w, h)))
            .filter(|&(width, height)| self.is_legal(Size::Pixels { width, height }))
            .min_by(|a, b| off(a).total_cmp(&off(b)))
            .map(|(width, height)| Size::Pixels { width, height })
    }

    /// The sides brought within ratio, area and side bounds, in that order, as real numbers. Both sides shrink or grow
    /// together, so the shape only gives way where no scale would do.
    fn ideal(&self, width: f64, height: f64) -> (f64, f64) {
        let most = self.ratio.map_or(f64::INFINITY, f64::from);
        let ratio = (width / height).clamp(1.0 / most, most);
        let (least, largest) = self.pixels.map_or((0.0, f64::INFINITY), |(min, max)| (min as f64, max as f64));
        let area = (width * height).clamp(least, largest);
        let (wide, high) = ((area * ratio).sqrt(), (area / ratio).sqrt());
        let (short, long) = self.sides.map_or((1.0, f64::INFINITY), |(min, max)| (f64::from(min), f64::from(max)));
        let scale = (short / wide.min(high)).max(1.0).min(long / wide.max(high));
        ((wide * scale).clamp(short, long), (high * scale).clamp(short, long))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::Catalog;
    use super::*;
    use crate::domain::Mode;

    fn snapped(model: &str, mode: Mode, size: &str) -> String {
        Catalog::builtin().get(model).unwrap().nearest_size(mode, size.parse().unwrap()).to_string()
    }

    #[test]
    fn shape_is_kept_and_scale_gives_way() {
        for (model, mode, asked, got) in [
            ("wan2.6-t2i", Mode::TextToImage, "1000*1000", "1280*1280"),
            ("wan2.6-t2i", Mode::TextToImage, "3840*2160", "1920*1080"),
            ("wan2.6-t2i", Mode::TextToImage, "1100*1470", "1104*1472"),
            ("wan2.7-image", Mode::TextToImage, "4096*4096", "2048*2048"),
            ("wan2.7-image-pro", Mode::Edit, "4K", "2K"),
            ("wan2.6-t2i", Mode::TextToImage, "2K", "1440*1440"),
            ("qwen-image-max", Mode::TextToImage, "1920*1080", "1664*928"),
            ("qwen-image-max", Mode::TextToImage, "512*512", "1328*1328"),
            ("wan2.2-t2i-flash", Mode::TextToImage, "2000*1000", "1440*720"),
            ("wan2.2-t2i-flash", Mode::TextToImage, "100*200", "512*1024"),
            ("wan2.2-t2i-flash", Mode::TextToImage, "9000*1000", "1440*512"),
            ("qwen-image-edit", Mode::Edit, "1024*1024", "auto"),
            ("wan2.6-t2i", Mode::TextToImage, "auto", "1280*1280"),
        ] {
            assert_eq!(snapped(model, mode, asked), got, "{model} {asked}");
        }
    }

    proptest! {
        #[test]
        fn snapped_sizes_are_legal(width in 0u32..20_000, height in 0u32..20_000) {
            for model in Catalog::builtin().models() {
                for spec in &model.modes {
                    let near = spec.size.nearest(Size::Pixels { width, height });
                    prop_assert!(spec.size.is_legal(near), "{} {}: {near}", model.id, spec.mode);
                    prop_assert_eq!(spec.size.nearest(near), near);
                }
            }
        }
    }
}
