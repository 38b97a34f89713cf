//! How much two pictures differ, as numbers and in words.

/// How much two pictures differ, pixel by pixel at the size of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// Pixels compared.
    pub pixels: u64,
    /// Pixels that are not the same.
    pub other: u64,
    /// Pixels that differ so much that it can be seen.
    pub seen: u64,
    /// How far they are apart in the colour that differs most, over all pixels together: 255 for a pixel that could not
    /// be further apart.
    pub apart: u64,
    /// The size of the first, and that of the second.
    pub sizes: [(u32, u32); 2],
}

impl Difference {
    /// `41.3 % of the pixels differ, by 7.2 % on average`.
    pub fn words(&self) -> String {
        let (all, mean) = (self.pixels.max(1), self.pixels.max(1) * 255);
        if self.other == 0 {
            return "0 % - the same pixels".to_owned();
        }
        if self.seen == 0 {
            return format!("0 % to the eye: {} of the pixels differ by a shade", percent(self.other, all));
        }
        format!("{} of the pixels differ, by {} on average", percent(self.seen, all), percent(self.apart, mean))
    }

    /// How the second was brought to the size of the first; `None` where that was not needed.
    pub fn fitted(&self) -> Option<String> {
        let [(width, height), second] = self.sizes;
        let shape = |(width, height): (u32, u32)| f64::from(width) / f64::from(height.max(1));
        let ratio = shape(second) / shape((width, height));
        // Sizes are whole pixels: a hundredth is no other shape.
        let how = if (ratio - 1.0).abs() < 0.01 { "scaled" } else { "stretched" };
        (second != (width, height)).then(|| format!("B {}x{} {how} to A's {width}x{height}", second.0, second.1))
    }
}

/// A share with one digit; never none or all where it is only nearly so.
fn percent(part: u64, of: u64) -> String {
    let tenths = u64::try_from(u128::from(part) * 1000 / u128::from(of.max(1))).unwrap_or(1000);
    match tenths {
        0 if part > 0 => "less than 0.1 %".to_owned(),
        1000 if part >= of => "100 %".to_owned(),
        _ => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pixels: u64, other: u64, seen: u64, apart: u64) -> String {
        Difference { pixels, other, seen, apart, sizes: [(1, 1), (1, 1)] }.words()
    }

    #[test]
    fn none_and_all_are_said_of_none_and_all_alone() {
        assert_eq!(told(1000, 0, 0, 0), "0 % - the same pixels");
        assert_eq!(told(1_000_000, 30, 0, 40), "0 % to the eye: less than 0.1 % of the pixels differ by a shade");
        assert_eq!(told(1000, 900, 413, 18_360), "41.3 % of the pixels differ, by 7.2 % on average");
        assert_eq!(told(1000, 1000, 1000, 255_000), "100 % of the pixels differ, by 100 % on average");
        assert_eq!(told(100_000, 99_999, 99_999, 1), "99.9 % of the pixels differ, by less than 0.1 % on average");
    }

    #[test]
    fn it_says_how_another_size_was_brought_to_the_first() {
        let of = |second| Difference { sizes: [(1024, 1024), second], ..Difference::default() }.fitted();
        assert_eq!(of((1024, 1024)), None);
        assert_eq!(of((512, 512)).as_deref(), Some("B 512x512 scaled to A's 1024x1024"));
        assert_eq!(of((1280, 720)).as_deref(), Some("B 1280x720 stretched to A's 1024x1024"));
    }
}
