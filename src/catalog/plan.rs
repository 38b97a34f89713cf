//! What must be done to an input picture before it is sent to a model. Doing it, on a copy, is `picture`'s.

use crate::domain::{Format, InputFacts, Mending};

use super::violation::Breach;
use super::{Alpha, InputRule, Violation};
use crate::domain::text::grouped;

/// How far a small picture is enlarged at most: beyond twice its size an enlargement only shows its own blur.
const ENLARGED_MAX: u32 = 2;

impl InputRule {
    /// What must be done to a picture before this model takes it: nothing, mostly. Cropping is not ours to decide, nor is
    /// enlarging a picture beyond recognition. Sides that are only advised are followed where a large picture can be scaled
    /// down to them; small ones are sent as they are. A picture that its metadata turns is sent upright, since its metadata
    /// is not sent.
    ///
    /// The notices do not name the picture: who shows them knows its number and its file.
    ///
    /// # Errors
    /// A violation of the field `images` when nothing safe would help (`side_small`, `sides`, `ratio`).
    pub fn plan(&self, facts: &InputFacts) -> Result<Mending, Violation> {
        let told = |breach: Breach| breach.of("images", &self.source);
        self.ratio_breach(facts).map_or(Ok(()), |breach| Err(told(breach)))?;
        let scale = self.scaled(facts).map_err(told)?;
        let mut mending = Mending { scale, bytes_max: self.bytes_max().unwrap_or(0), ..Mending::default() };
        if facts.turned {
            mending.notices.push("turned upright".into());
        }
        if let Some((width, height)) = scale {
            mending.notices.push(format!("scaled from {}x{} to {width}x{height}", facts.width, facts.height));
        }
        self.plan_format(facts, &mut mending);
        if facts.alpha && (self.alpha == Alpha::Refused || mending.format == Some(Format::Jpeg)) {
            mending.flatten = true;
            mending.notices.push("transparency is laid on white".into());
        }
        Ok(mending)
    }

    fn bytes_max(&self) -> Option<u64> {
        self.megabytes.map(|megabytes| u64::from(megabytes) << 20)
    }

    fn takes(&self, format: Format) -> bool {
        self.formats.is_empty() || self.formats.iter().any(|taken| taken == format.id())
    }

    /// Whether it has to be written in another format, or smaller. What is written anew becomes PNG or, where that would be
    /// too long, JPEG; the latter is said only where it must be, since `picture` can tell better.
    fn plan_format(&self, facts: &InputFacts, mending: &mut Mending) {
        let is_long = self.bytes_max().is_some_and(|most| facts.bytes > most);
        if is_long {
            let (has, most) = (facts.bytes as f64 / f64::from(1 << 20), self.megabytes.unwrap_or_default());
            mending.notices.push(format!("{has:.1} MB is over the limit of {most} MB: written anew, smaller"));
        }
        let (width, height) = mending.scale.unwrap_or((facts.width, facts.height));
        let raw = u64::from(width) * u64::from(height) * if facts.alpha { 4 } else { 3 };
        // Uncompressed it has about as many bytes as PNG may come to.
        let may_be_long = self.bytes_max().is_some_and(|most| raw > most);
        if !self.takes(facts.format) {
            let lossy = !self.takes(Format::Png) || (may_be_long && !facts.alpha);
            let format = if lossy { Format::Jpeg } else { Format::Png };
            mending.format = Some(format);
            mending.notices.push(format!("{} is not taken, sent as {}", name(facts.format), name(format)));
        } else if (is_long && facts.alpha) || (facts.format != Format::Jpeg && !self.takes(Format::Png)) {
            let is_rewritten = mending.is_needed() || (facts.alpha && self.alpha == Alpha::Refused);
            mending.format = is_rewritten.then_some(Format::Jpeg);
        }
    }

    fn ratio_breach(&self, facts: &InputFacts) -> Option<Breach> {
        let most = self.ratio?;
        let (long, short) = (facts.width.max(facts.height), facts.width.min(facts.height));
        let is_long = u64::from(long) > u64::from(short) * u64::from(most);
        let message = || format!("{}x{} is too long and narrow: cut it", facts.width, facts.height);
        is_long.then(|| Breach::new("ratio", message(), format!("ratio 1:{most} to {most}:1")))
    }

    /// The width and height that bring the sides within their limits and keep the shape; `None` to leave them.
    fn scaled(&self, facts: &InputFacts) -> Result<Option<(u32, u32)>, Breach> {
        let Some((min, max)) = self.sides else { return Ok(None) };
        let (long, short) = (facts.width.max(facts.height), facts.width.min(facts.height));
        let breach = |rule, why: &str| {
            let message = format!("{}x{} {why}", facts.width, facts.height);
            Err(Breach::new(rule, message, format!("each side {} to {} pixels", grouped(min), grouped(max))))
        };
        let (new_long, new_short) = if long > max {
            (max, self.within_ratio(max, scale(short, max, long)))
        } else if short < min && !self.sides_advised {
            if u64::from(short) * u64::from(ENLARGED_MAX) < u64::from(min) {
                return breach(
                    "side_small",
                    "is too small: use a larger picture, this one would have to be more than doubled",
                );
            }
            let grown = scale(long, min, short);
            (self.ratio.map_or(grown, |most| grown.min(min.saturating_mul(most))), min)
        } else {
            return Ok(None);
        };
        if new_long <= max && new_short >= min {
            return Ok(Some(if facts.width >= facts.height { (new_long, new_short) } else { (new_short, new_long) }));
        }
        // Advice that cannot be met is not followed.
        if self.sides_advised { Ok(None) } else { breach("sides", "is too long and narrow for any scale: cut it") }
    }

    /// The short side, no shorter than the ratio allows beside `long`: rounding must not break it.
    fn within_ratio(&self, long: u32, short: u32) -> u32 {
        self.ratio.map_or(short, |most| short.max(long.div_ceil(most)))
    }
}

/// `side` times `to / from`, rounded to whole pixels.
fn scale(side: u32, to: u32, from: u32) -> u32 {
    let (side, to, from) = (u64::from(side), u64::from(to), u64::from(from.max(1)));
    u32::try_from((side * to * 2 + from) / (from * 2)).unwrap_or(u32::MAX)
}

/// A format's name in a sentence.
fn name(format: Format) -> String {
    match format {
        Format::Webp => "WebP".into(),
        other => other.id().to_uppercase(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::Catalog;
    use super::*;
    use crate::domain::Mode;

    fn rule(model: &str) -> InputRule {
        Catalog::builtin().get(model).unwrap().mode(Mode::Edit).unwrap().images.clone()
    }

    fn facts(format: Format, width: u32, height: u32) -> InputFacts {
        InputFacts { format, width, height, bytes: 50_000, alpha: false, turned: false }
    }

    fn left_alone(rule: &InputRule) -> Result<Mending, Violation> {
        Ok(Mending { bytes_max: rule.bytes_max().unwrap_or(0), ..Mending::default() })
    }

    fn notices(model: &str, facts: InputFacts) -> Vec<String> {
        rule(model).plan(&facts).unwrap().notices
    }

    #[test]
    fn a_picture_within_the_limits_is_left_alone() {
        for model in ["wan2.7-image", "wan2.6-image", "wan2.5-i2i-preview", "qwen-image-edit-plus"] {
            for format in [Format::Jpeg, Format::Png, Format::Webp, Format::Bmp] {
                let rule = rule(model);
                assert_eq!(rule.plan(&facts(format, 1024, 768)), left_alone(&rule), "{model} {format:?}");
            }
        }
        assert_eq!(InputRule::default().plan(&facts(Format::Gif, 9, 9000)), Ok(Mending::default()), "nothing is known");
    }

    #[test]
    fn transparency_is_laid_on_white_only_where_it_is_refused() {
        let clear = InputFacts { alpha: true, ..facts(Format::Png, 1024, 768) };
        assert_eq!(notices("wan2.7-image", clear), ["transparency is laid on white"]);
        assert!(rule("wan2.6-image").plan(&clear).unwrap().flatten);
        for model in ["wan2.5-i2i-preview", "qwen-image-2.0"] {
            assert_eq!(rule(model).plan(&clear), left_alone(&rule(model)), "{model}");
        }
    }

    #[test]
    fn other_formats_are_written_anew() {
        let gif = rule("wan2.7-image").plan(&facts(Format::Gif, 800, 600)).unwrap();
        assert_eq!((gif.format, gif.bytes_max), (Some(Format::Png), 20 << 20));
        assert_eq!(gif.notices, ["GIF is not taken, sent as PNG"]);
        assert_eq!(notices("wan2.6-image", facts(Format::Tiff, 5000, 4000)), ["TIFF is not taken, sent as JPEG"]);
        for format in [Format::Gif, Format::Tiff] {
            let rule = rule("qwen-image-edit");
            assert_eq!(rule.plan(&facts(format, 800, 600)), left_alone(&rule));
        }
    }

    #[test]
    fn large_sides_shrink_and_small_ones_are_at_most_doubled() {
        let told = |model, w, h| notices(model, facts(Format::Jpeg, w, h));
        assert_eq!(told("wan2.7-image", 8100, 3600), ["scaled from 8100x3600 to 8000x3556"]);
        assert_eq!(told("wan2.5-i2i-preview", 4000, 6000), ["scaled from 4000x6000 to 3333x5000"]);
        assert_eq!(told("wan2.7-image", 120, 300), ["scaled from 120x300 to 240x600"]);
        assert_eq!(told("qwen-image-2.0", 4096, 3072), ["scaled from 4096x3072 to 3072x2304"], "advice is followed");
        assert_eq!(told("qwen-image-2.0", 300, 200), [""; 0], "small ones are taken as they are");
        assert_eq!(told("qwen-image-2.0", 8000, 700), [""; 0], "advice that cannot be met");
    }

    #[test]
    fn what_cannot_be_mended_says_what_to_do() {
        let broken = |model, w, h| {
            let violation = rule(model).plan(&facts(Format::Png, w, h)).unwrap_err();
            (violation.field, violation.rule, violation.message, violation.legal)
        };
        let small = "119x300 is too small: use a larger picture, this one would have to be more than doubled";
        let sides = "each side 240 to 8,000 pixels";
        assert_eq!(broken("wan2.7-image", 119, 300), ("images".into(), "side_small", small.into(), sides.into()));
        let narrow = "240x2000 is too long and narrow: cut it";
        assert_eq!(
            broken("wan2.7-image", 240, 2000),
            ("images".into(), "ratio", narrow.into(), "ratio 1:8 to 8:1".into())
        );
        let neither = "7000x200 is too long and narrow for any scale: cut it";
        assert_eq!(broken("wan2.6-image", 7000, 200), ("images".into(), "sides", neither.into(), sides.into()));
        assert_eq!(broken("wan2.6-image", 8100, 240).1, "sides");
    }

    #[test]
    fn a_turned_picture_is_sent_upright_in_a_format_that_is_taken() {
        let turned = InputFacts { turned: true, ..facts(Format::Jpeg, 768, 1024) };
        assert_eq!(notices("wan2.7-image", turned), ["turned upright"]);
        let rule = InputRule { formats: vec!["jpeg".into(), "webp".into()], ..InputRule::default() };
        let webp = rule.plan(&InputFacts { format: Format::Webp, ..turned }).unwrap();
        assert_eq!(webp.format, Some(Format::Jpeg), "PNG, which is what it would become, is not taken");
    }

    #[test]
    fn long_files_are_written_smaller() {
        let long = InputFacts { bytes: 12 << 20, ..facts(Format::Png, 2000, 2000) };
        assert_eq!(notices("wan2.7-image", long), [""; 0], "20 MB here");
        let plan = rule("wan2.6-image").plan(&long).unwrap();
        assert_eq!((plan.format, plan.flatten, plan.bytes_max), (None, false, 10 << 20));
        assert_eq!(plan.notices, ["12.0 MB is over the limit of 10 MB: written anew, smaller"]);
        let clear = rule("qwen-image-edit").plan(&InputFacts { alpha: true, ..long }).unwrap();
        assert_eq!((clear.format, clear.flatten), (Some(Format::Jpeg), true));
        assert_eq!(clear.notices.len(), 2, "{:?}", clear.notices);
    }

    #[test]
    fn a_model_that_takes_jpeg_alone_gets_jpeg() {
        let rule = InputRule { formats: vec!["jpeg".into()], sides: Some((10, 100)), ..InputRule::default() };
        let png = rule.plan(&facts(Format::Png, 50, 50)).unwrap();
        assert_eq!((png.format, png.notices), (Some(Format::Jpeg), vec!["PNG is not taken, sent as JPEG".to_owned()]));
        let clear = rule.plan(&InputFacts { alpha: true, ..facts(Format::Webp, 50, 50) }).unwrap();
        assert!(clear.flatten, "JPEG has no transparency");
    }

    proptest! {
        #[test]
        fn what_is_planned_fits_and_needs_no_more(
            width in 1u32..=8192, height in 1u32..=8192, bytes in 1u64..60_000_000, alpha: bool, turned: bool,
            at in 0usize..6
        ) {
            let facts = InputFacts { format: Format::ALL[at], width, height, bytes, alpha, turned };
            for model in ["wan2.7-image", "wan2.6-image", "wan2.5-i2i-preview", "qwen-image-edit-plus"] {
                let rule = rule(model);
                let Ok(mending) = rule.plan(&facts) else { continue };
                let (width, height) = mending.scale.unwrap_or((width, height));
                let limits = rule.sides.filter(|_| !rule.sides_advised);
                prop_assert!(limits.is_none_or(|(min, max)| width.min(height) >= min && width.max(height) <= max));
                let format = mending.format.unwrap_or(facts.format);
                let after = InputFacts {
                    format,
                    width,
                    height,
                    bytes: if mending.bytes_max > 0 { bytes.min(mending.bytes_max) } else { bytes },
                    alpha: alpha && !mending.flatten,
                    turned: false,
                };
                prop_assert_eq!(rule.plan(&after), left_alone(&rule), "{} {:?}", model, mending);
            }
        }
    }
}
