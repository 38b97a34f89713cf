//! The colours a picture is made of: a few, with the share of the picture each stands for.

use std::path::Path;

use image::RgbaImage;

use super::{Unusable, scale};

/// Pixels a side that are looked at: more would not change what is found.
const SIDE: u32 = 160;
/// All of it, in hundredths of a percent.
const WHOLE: u64 = 10_000;
/// Rounds in which each pixel looks for its nearest colour and each colour moves to the middle of its pixels.
const ROUNDS: usize = 6;

type Rgb = [u8; 3];

/// The `count` colours that stand for a picture best, the most common first, with their shares in hundredths of a percent
/// that sum to exactly 100.00 %. Fewer where the picture has fewer. Transparent parts do not count; a picture without any
/// other part has none.
///
/// # Errors
/// As [`open_fit`](super::open_fit).
pub fn colours(path: &Path, count: usize) -> Result<Vec<(Rgb, u32)>, Unusable> {
    Ok(of(&scale::open_fit(path, SIDE, SIDE)?, count))
}

fn of(picture: &RgbaImage, count: usize) -> Vec<(Rgb, u32)> {
    let solid = picture.pixels().filter(|pixel| pixel.0[3] >= 128);
    let pixels: Vec<Rgb> = solid.map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
    if pixels.is_empty() || count == 0 {
        return Vec::new();
    }
    let mut middles = cut(pixels.clone(), count);
    let mut counts = vec![0; middles.len()];
    for _ in 0..ROUNDS {
        let mut sums = vec![[0u64; 4]; middles.len()];
        for pixel in &pixels {
            let sum = &mut sums[nearest(&middles, *pixel)];
            (0..3).for_each(|side| sum[side] += u64::from(pixel[side]));
            sum[3] += 1;
        }
        for (middle, [red, green, blue, count]) in middles.iter_mut().zip(&sums) {
            if *count > 0 {
                *middle = [red, green, blue].map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX));
            }
        }
        counts = sums.iter().map(|sum| sum[3]).collect();
    }
    let mut found: Vec<(Rgb, u64)> = Vec::new();
    for (middle, count) in middles.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
        match found.iter_mut().find(|(known, _)| *known == middle) {
            Some((_, known)) => *known += count,
            None => found.push((middle, count)),
        }
    }
    found.sort_by_key(|(rgb, count)| (std::cmp::Reverse(*count), *rgb));
    shares(found, pixels.len() as u64)
}

/// Counts as shares; what rounding leaves over goes to the most common.
fn shares(found: Vec<(Rgb, u64)>, all: u64) -> Vec<(Rgb, u32)> {
    let share = |count: u64| u32::try_from(count * WHOLE / all).unwrap_or_default();
    let mut out: Vec<(Rgb, u32)> = found.into_iter().map(|(rgb, count)| (rgb, share(count))).collect();
    let rest = WHOLE as u32 - out.iter().map(|(_, share)| share).sum::<u32>();
    if let Some(first) = out.first_mut() {
        first.1 += rest;
    }
    out
}

/// Boxes of pixels, the one with the longest side cut at its middle pixel until there are enough; the middle of each.
fn cut(pixels: Vec<Rgb>, count: usize) -> Vec<Rgb> {
    let mut boxes = vec![pixels];
    while boxes.len() < count {
        let longest = boxes.iter().enumerate().map(|(at, pixels)| (span(pixels), at)).max();
        let Some(((_, side), at)) = longest.filter(|((length, _), _)| *length > 0) else { break };
        let mut pixels = boxes.swap_remove(at);
        pixels.sort_unstable_by_key(|pixel| pixel[side]);
        // Not in the middle of equal values: a colour belongs to one box.
        let middle = pixels[pixels.len() / 2][side];
        let mut edge = pixels.partition_point(|pixel| pixel[side] < middle);
        if edge == 0 {
            edge = pixels.partition_point(|pixel| pixel[side] <= middle);
        }
        let upper = pixels.split_off(edge);
        boxes.extend([pixels, upper]);
    }
    boxes.iter().map(|pixels| pixels[pixels.len() / 2]).collect()
}

/// The longest side of the box around pixels: its length, and which side.
fn span(pixels: &[Rgb]) -> (u8, usize) {
    let length = |side: usize| {
        let values = || pixels.iter().map(|pixel| pixel[side]);
        values().max().unwrap_or(0) - values().min().unwrap_or(0)
    };
    (0..3).map(|side| (length(side), side)).max().unwrap_or((0, 0))
}

fn nearest(middles: &[Rgb], pixel: Rgb) -> usize {
    let apart = |middle: &Rgb| -> u32 {
        // The eye sees green best and blue worst.
        [3, 4, 2]
            .iter()
            .zip(middle.iter().zip(pixel))
            .map(|(weight, (a, b))| weight * u32::from(a.abs_diff(b)).pow(2))
            .sum()
    };
    middles.iter().enumerate().min_by_key(|(_, middle)| apart(middle)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    #[test]
    fn a_flag_has_its_colours_by_their_shares() {
        let flag = RgbaImage::from_fn(100, 100, |x, _| match x {
            0..50 => Rgba([200, 30, 30, 255]),
            50..80 => Rgba([250, 250, 250, 255]),
            _ => Rgba([20, 40, 160, 255]),
        });
        let expected = vec![([200, 30, 30], 5000), ([250, 250, 250], 3000), ([20, 40, 160], 2000)];
        assert_eq!(of(&flag, 3), expected);
        assert_eq!(of(&flag, 8), expected, "there are no more");
    }

    #[test]
    fn a_gradient_is_cut_evenly_and_the_shares_are_the_whole() {
        let picture = RgbaImage::from_fn(256, 8, |x, _| Rgba([x as u8, x as u8, x as u8, 255]));
        for count in 3..=10 {
            let found = of(&picture, count);
            assert_eq!((found.len(), found.iter().map(|(_, share)| share).sum::<u32>()), (count, 10_000));
            assert!(found.iter().all(|(_, share)| *share > 10_000 / (3 * count as u32)), "{found:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_does_not_count() {
        assert_eq!(of(&RgbaImage::from_pixel(9, 9, Rgba([1, 2, 3, 0])), 5), []);
        assert_eq!(of(&RgbaImage::from_pixel(9, 9, Rgba([1, 2, 3, 255])), 5), [([1, 2, 3], 10_000)]);
    }
}
