//! `--ar 16:9`: a shape, and the model's size nearest to it.

use std::str::FromStr;

use crate::domain::Size;

/// Width to height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    width: f64,
    height: f64,
}

impl FromStr for Ratio {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let side = |part: &str| part.trim().parse::<f64>().ok().filter(|side| (0.01..=10_000.0).contains(side));
        let read = text.split_once([':', '/', 'x']).and_then(|(w, h)| Some((side(w)?, side(h)?)));
        let (width, height) = read.ok_or("a ratio is written W:H, like 16:9")?;
        Ok(Ratio { width, height })
    }
}

impl std::fmt::Display for Ratio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.width, self.height)
    }
}

impl Ratio {
    /// The size of `sizes` whose shape is nearest; among equals the one nearest in pixels to `like`.
    pub fn nearest(self, sizes: &[Size], like: Option<(u32, u32)>) -> Option<Size> {
        let wanted = (self.width / self.height).ln();
        let amount = |(w, h): (u32, u32)| f64::from(w) * f64::from(h);
        let pixels = sizes.iter().filter_map(|size| Some((*size, size.pixels().filter(|&(w, h)| w > 0 && h > 0)?)));
        let ranked = pixels.map(|(size, (w, h))| {
            let off = ((f64::from(w) / f64::from(h)).ln() - wanted).abs();
            // Sizes are multiples of 16 or so: within two percent the shape is the same to the eye.
            let shape = (off / 0.02).floor();
            let bulk = like.map_or(0.0, |like| (amount((w, h)) / amount(like)).ln().abs());
            (size, shape, bulk, off)
        });
        let order = |a: &(Size, f64, f64, f64), b: &(Size, f64, f64, f64)| {
            a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)).then(a.3.total_cmp(&b.3))
        };
        ranked.min_by(order).map(|(size, ..)| size)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn choose(ratio: &str, sizes: &str, like: Option<(u32, u32)>) -> Option<String> {
        let sizes: Vec<Size> = sizes.split_whitespace().map(|size| size.parse().unwrap()).collect();
        ratio.parse::<Ratio>().unwrap().nearest(&sizes, like).map(|size| size.to_string())
    }

    #[test]
    fn the_nearest_shape_is_taken() {
        let sizes = "1280*1280 1696*960 960*1696 1472*1104 1104*1472";
        for (ratio, size) in [("16:9", "1696*960"), ("9:16", "960*1696"), ("4:3", "1472*1104"), ("21:9", "1696*960")] {
            assert_eq!(choose(ratio, sizes, None).as_deref(), Some(size), "{ratio}");
        }
        assert_eq!(choose("1:1", "2K 1280*720 auto", None).as_deref(), Some("1280*720"));
        assert_eq!(choose("1:1", "2K auto", None), None);
    }

    #[test]
    fn among_equal_shapes_the_usual_amount_of_pixels_wins() {
        let sizes = "1024*576 2048*1152 4096*2304";
        assert_eq!(choose("16:9", sizes, Some((2048, 2048))).as_deref(), Some("2048*1152"));
    }

    #[test]
    fn a_ratio_is_written_as_it_is_read() {
        assert_eq!(["16:9", "1:2.5"].map(|text| text.parse::<Ratio>().unwrap().to_string()), ["16:9", "1:2.5"]);
    }

    #[test]
    fn what_is_no_ratio_is_refused() {
        for wrong in ["", "16", "16:0", "-1:2", "a:b", "inf:1", "1:2:3"] {
            assert!(wrong.parse::<Ratio>().is_err(), "{wrong:?}");
        }
    }
}
