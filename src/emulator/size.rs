//! The size grammar and each family's size rule (contract 3.1, 3.3). Not here: who owns which
//! rule (`models`).

use super::refusal::Refusal;

/// Width and height in pixels.
pub type Pixels = (u32, u32);

/// One family's rule.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Named sizes and the side of their square.
    presets: &'static [(&'static str, u32)],
    /// If not empty, nothing else is legal.
    fixed: &'static [Pixels],
    /// Recommended by the service although outside its own rule (contract 3.3.1).
    excepted: &'static [Pixels],
    /// Shortest and longest side.
    side: Option<(u32, u32)>,
    /// Smallest and largest area.
    area: Option<(u64, u64)>,
    /// Largest area for text alone, where it is larger (contract 3.3.4).
    area_text: Option<u64>,
    /// Longest side over shortest, at most.
    ratio: Option<u32>,
    /// Sides are rounded to multiples of 16.
    snaps: bool,
    /// Whether `size` is looked at.
    read: bool,
    /// Size without `size`, from text alone.
    default: Pixels,
    /// Size without `size`, with input images.
    default_edit: Follow,
}

/// How pictures of no named size follow the last input image (contract 3.1, 3.3.3).
#[derive(Debug, Clone, Copy)]
enum Follow {
    /// Its ratio, on the area of this square.
    Ratio(u32),
    /// Its size, brought between the areas of these two squares.
    Within(u32, u32),
}

const ANY: Sizes = Sizes {
    presets: &[],
    fixed: &[],
    excepted: &[],
    side: None,
    area: None,
    area_text: None,
    ratio: None,
    snaps: false,
    read: true,
    default: (1024, 1024),
    default_edit: Follow::Ratio(1024),
};

const fn square(side: u64) -> u64 {
    side * side
}

impl Sizes {
    pub const WAN27: Sizes = Sizes {
        presets: &[("1K", 1024), ("2K", 2048)],
        area: Some((square(768), square(2048))),
        ratio: Some(8),
        default: (2048, 2048),
        default_edit: Follow::Ratio(2048),
        ..ANY
    };
    pub const WAN27_PRO: Sizes =
        Sizes { presets: &[("1K", 1024), ("2K", 2048), ("4K", 4096)], area_text: Some(square(4096)), ..Sizes::WAN27 };
    pub const WAN26_IMAGE: Sizes = Sizes {
        presets: &[("1K", 1280), ("2K", 2048)],
        area: Some((square(768), square(2048))),
        ratio: Some(4),
        snaps: true,
        default: (1280, 1280),
        default_edit: Follow::Ratio(1280),
        ..ANY
    };
    /// wan2.6-image with text and images mixed.
    pub const INTERLEAVED: Sizes = Sizes {
        presets: &[],
        area: Some((square(768), square(1280))),
        default_edit: Follow::Within(768, 1280),
        ..Sizes::WAN26_IMAGE
    };
    pub const WAN25_I2I: Sizes = Sizes {
        area: Some((square(768), square(1280))),
        ratio: Some(4),
        default: (1280, 1280),
        default_edit: Follow::Ratio(1280),
        ..ANY
    };
    pub const WAN26_T2I: Sizes = Sizes {
        area: Some((square(1280), square(1440))),
        ratio: Some(4),
        excepted: &[(1104, 1472), (1472, 1104), (960, 1696), (1696, 960)],
        default: (1280, 1280),
        default_edit: Follow::Ratio(1280),
        ..ANY
    };
    pub const WAN_OLD: Sizes = Sizes { side: Some((512, 1440)), ..ANY };
    /// An area rule only: contract 3.1 says so and names the rounding for the edit models alone.
    pub const QWEN2: Sizes = Sizes { area: Some((square(512), square(2048))), default: (2048, 2048), ..ANY };
    pub const QWEN_EDIT: Sizes = Sizes { side: Some((512, 2048)), snaps: true, ..ANY };
    pub const QWEN_FIXED: Sizes = Sizes {
        fixed: &[(1664, 928), (1472, 1104), (1328, 1328), (1104, 1472), (928, 1664)],
        default: (1664, 928),
        ..ANY
    };
    pub const Z_IMAGE: Sizes = Sizes { area: Some((square(512), square(2048))), default: (1024, 1536), ..ANY };
    pub const UNREAD: Sizes = Sizes { read: false, ..ANY };

    /// The size of the pictures an order gives. `last`: the size of its last input image, if it has
    /// any; `sequence`: it asks for a sequence.
    ///
    /// # Errors
    /// The refusal, when the text is no size or not one of this family's.
    pub fn resolve(&self, size: Option<&str>, last: Option<Pixels>, sequence: bool) -> Result<Pixels, Refusal> {
        let Some(size) = size.filter(|_| self.read) else {
            return Ok(match last {
                Some(last) => self.snapped(self.following(self.default_edit, last)),
                None => self.default,
            });
        };
        let preset = self.presets.iter().find(|(name, _)| *name == size);
        let wanted = match (preset, last) {
            (Some((_, side)), None) => (*side, *side),
            (Some((_, side)), Some(last)) => {
                if u64::from(*side) * u64::from(*side) > self.area.map_or(u64::MAX, |(_, max)| max) {
                    return Err(refuse(size, "total pixels out of range"));
                }
                return Ok(self.snapped(self.following(Follow::Ratio(*side), last)));
            }
            (None, _) => grammar(size).ok_or_else(|| refuse(size, "expected width*height"))?,
        };
        if !self.fixed.is_empty() && !self.fixed.contains(&wanted) {
            return Err(refuse(size, "not one of the supported sizes"));
        }
        if !self.excepted.contains(&wanted) {
            self.judge(wanted, last.is_some() || sequence).map_err(|why| refuse(size, why))?;
        }
        Ok(self.snapped(wanted))
    }

    /// The same rule with its smallest area lowered to 768*768, where it is larger (contract 13.7).
    pub fn lenient(mut self) -> Sizes {
        self.area = self.area.map(|(min, max)| (min.min(square(768)), max));
        self
    }

    /// Whether `size` is looked at.
    pub fn is_read(&self) -> bool {
        self.read
    }

    /// The same rule with sides rounded to multiples of 16.
    pub fn snapping(mut self) -> Sizes {
        self.snaps = true;
        self
    }

    /// Nobody asks for an exact size here, so the ratio bends to the family's limit.
    fn following(&self, follow: Follow, (width, height): Pixels) -> Pixels {
        let limit = f64::from(self.ratio.unwrap_or(u32::MAX));
        let ratio = (f64::from(width) / f64::from(height)).clamp(1.0 / limit, limit);
        let side = match follow {
            Follow::Ratio(side) => f64::from(side),
            Follow::Within(least, most) => {
                let area = f64::from(width) * f64::from(height);
                area.sqrt().clamp(f64::from(least), f64::from(most))
            }
        };
        // Rounded down, so that the area stays within its square.
        let whole = |length: f64| (length.floor() as u32).max(1);
        (whole(side * ratio.sqrt()), whole(side / ratio.sqrt()))
    }

    fn snapped(&self, (width, height): Pixels) -> Pixels {
        if self.snaps { (snap(width), snap(height)) } else { (width, height) }
    }

    fn judge(&self, (width, height): Pixels, bound: bool) -> Result<(), &'static str> {
        if let Some((min, max)) = self.side
            && !((min..=max).contains(&width) && (min..=max).contains(&height))
        {
            return Err("side out of range");
        }
        if let Some((min, max)) = self.area {
            let max = if bound { max } else { self.area_text.unwrap_or(max) };
            let area = u64::from(width) * u64::from(height);
            if !(min..=max).contains(&area) {
                return Err("total pixels out of range");
            }
        }
        let (long, short) = (width.max(height), width.min(height));
        if let Some(ratio) = self.ratio
            && u64::from(long) > u64::from(short) * u64::from(ratio)
        {
            return Err("aspect ratio out of range");
        }
        Ok(())
    }
}

/// `W*H` in decimal digits, nothing else: no `x`, no spaces, no sign (contract 11).
fn grammar(text: &str) -> Option<Pixels> {
    let (width, height) = text.split_once('*')?;
    let side = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    Some((side(width)?, side(height)?)).filter(|(width, height)| *width > 0 && *height > 0)
}

/// The nearest multiple of 16, halves down: 1033*1032 becomes 1040*1024.
fn snap(side: u32) -> u32 {
    (side + 7) / 16 * 16
}

fn refuse(size: &str, why: &str) -> Refusal {
    Refusal::parameter(format!(
        "Required parameter(size) missing or invalid, please check the request parameters: {size}, {why}."
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SQUARE: Option<Pixels> = Some((1000, 1000));

    fn text(sizes: Sizes, size: &str) -> Option<Pixels> {
        sizes.resolve(Some(size), None, false).ok()
    }

    #[test]
    fn only_digits_star_digits_is_a_size() {
        for wrong in [
            "1024x1024",
            "1024",
            "1024*",
            "*1024",
            "1024*1024*3",
            " 1024*1024",
            "+1024*1024",
            "0*1024",
            "2k",
            "",
            "99999999999*1",
        ] {
            assert_eq!(text(Sizes::WAN27, wrong), None, "{wrong}");
        }
        assert_eq!(text(Sizes::WAN27, "1024*768"), Some((1024, 768)));
    }

    #[test]
    fn presets_mean_their_own_familys_side() {
        assert_eq!(text(Sizes::WAN27, "1K"), Some((1024, 1024)));
        assert_eq!(text(Sizes::WAN26_IMAGE, "1K"), Some((1280, 1280)));
        assert_eq!(text(Sizes::WAN27_PRO, "4K"), Some((4096, 4096)));
        assert_eq!(text(Sizes::WAN27, "4K"), None);
        assert_eq!(text(Sizes::WAN26_T2I, "1K"), None);
        assert_eq!(text(Sizes::INTERLEAVED, "1K"), None);
    }

    #[test]
    fn four_k_is_for_text_alone() {
        let pro = Sizes::WAN27_PRO;
        for size in ["4K", "4096*4096", "2048*2049"] {
            assert!(pro.resolve(Some(size), None, false).is_ok(), "{size}");
            assert!(pro.resolve(Some(size), SQUARE, false).is_err(), "{size}");
            assert!(pro.resolve(Some(size), None, true).is_err(), "{size}");
        }
        assert_eq!(text(pro, "4096*4097"), None);
    }

    #[test]
    fn recommended_sizes_below_the_minimum_are_legal_and_their_neighbours_are_not() {
        for size in ["1104*1472", "1472*1104", "960*1696", "1696*960", "768*2700"] {
            assert!(text(Sizes::WAN26_T2I, size).is_some(), "{size}");
        }
        assert_eq!(text(Sizes::WAN26_T2I, "1103*1472"), None);
        assert_eq!(text(Sizes::WAN26_T2I, "1279*1280"), None);
        assert_eq!(text(Sizes::WAN26_T2I, "1441*1440"), None);
    }

    #[test]
    fn ratios_and_sides_have_edges() {
        assert!(text(Sizes::WAN27, "384*3072").is_some());
        assert_eq!(text(Sizes::WAN27, "383*3072"), None);
        assert!(text(Sizes::WAN_OLD, "512*1440").is_some());
        assert_eq!(text(Sizes::WAN_OLD, "511*1440"), None);
        assert_eq!(text(Sizes::WAN_OLD, "512*1441"), None);
        assert!(text(Sizes::QWEN2, "3072*1024").is_some());
        assert_eq!(text(Sizes::QWEN2, "2048*2049"), None);
        assert_eq!(text(Sizes::QWEN_FIXED, "1024*1024"), None);
        assert!(text(Sizes::QWEN_FIXED, "928*1664").is_some());
    }

    #[test]
    fn sides_snap_where_stated() {
        assert_eq!(text(Sizes::QWEN_EDIT, "1033*1032"), Some((1040, 1024)));
        assert_eq!(text(Sizes::QWEN2, "1033*1032"), Some((1033, 1032)));
        assert_eq!(text(Sizes::QWEN2.snapping(), "1033*1032"), Some((1040, 1024)));
    }

    #[test]
    fn without_a_size_the_familys_default_holds() {
        let none = |sizes: Sizes, edits: bool| sizes.resolve(None, SQUARE.filter(|_| edits), false).unwrap();
        assert_eq!(none(Sizes::WAN27_PRO, false), (2048, 2048));
        assert_eq!(none(Sizes::WAN26_T2I, false), (1280, 1280));
        assert_eq!(none(Sizes::WAN_OLD, false), (1024, 1024));
        assert_eq!(none(Sizes::QWEN2, false), (2048, 2048));
        assert_eq!(none(Sizes::QWEN2, true), (1024, 1024));
        assert_eq!(none(Sizes::QWEN_FIXED, false), (1664, 928));
        assert_eq!(none(Sizes::Z_IMAGE, false), (1024, 1536));
        assert_eq!(text(Sizes::UNREAD, "nonsense"), Some((1024, 1024)));
    }

    #[test]
    fn without_an_exact_size_the_last_input_image_gives_the_ratio() {
        let like = |sizes: Sizes, size: Option<&str>, last| sizes.resolve(size, Some(last), false).unwrap();
        assert_eq!(like(Sizes::WAN27, Some("1K"), (2000, 1000)), (1448, 724));
        assert_eq!(like(Sizes::WAN27, Some("1K"), (16, 1600)), (362, 2896), "1:8 at most");
        assert_eq!(like(Sizes::WAN27, None, (1000, 1000)), (2048, 2048));
        assert_eq!(like(Sizes::WAN26_IMAGE, Some("1K"), (1600, 900)), (1712, 960));
        assert_eq!(like(Sizes::WAN25_I2I, None, (500, 2000)), (640, 2560));
        assert_eq!(like(Sizes::QWEN_EDIT, None, (640, 480)), (1184, 880));
        assert_eq!(like(Sizes::INTERLEAVED, None, (1200, 900)), (1200, 896));
        assert_eq!(like(Sizes::INTERLEAVED, None, (4000, 4000)), (1280, 1280));
        assert_eq!(like(Sizes::INTERLEAVED, None, (240, 240)), (768, 768));
    }
}
