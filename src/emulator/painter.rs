//! Paints the pictures the emulator serves: ink-wash landscapes steered by the commission.
//!
//! Prompt and seed decide the composition, the size only its scale; references, boxes, palette and
//! place in a sequence are visible, so that a wrong request is a wrong picture. Nothing here knows
//! of HTTP, tasks or files.

mod backdrop;
mod birds;
mod brush;
mod built;
mod city;
mod commission;
#[cfg(test)]
mod commission_tests;
mod creatures;
mod dye;
mod flora;
mod foreground;
mod fox;
mod ground;
mod hills;
mod lettering;
mod mount;
mod noise;
mod palette;
mod patch;
mod scene;
mod seal;
mod sky;
mod soften;
mod sprinkle;
mod stage;
mod stand;
mod trees;
mod turn;
mod words;

use image::RgbImage;

use brush::{Ink, Sheet};
pub use commission::Commission;
use ground::Fit;
use palette::{hex, luma};
use scene::Scene;
use stage::Stage;

/// Paints the picture that is asked for.
///
/// The same commission gives the same bytes; another size of the same shape gives the same
/// composition; another seed gives another picture.
pub fn paint(order: &Commission) -> RgbImage {
    let (width, height) = (order.width, order.height);
    let mut image = RgbImage::new(width, height);
    if width == 0 || height == 0 {
        return image;
    }
    let stage = Stage::of(width, height);
    let mut scene = Scene::compose(&order.prompt, order.seed, stage, order.place);
    match ground(order) {
        Some(reference) => {
            scene = scene.before_another();
            repaint(order, &scene, reference, &mut image);
        }
        None => {
            scene.backdrop.lay(&stage, &scene.palette, &mut image);
            foreground::draw(&scene, &mut Sheet::on(&mut image, stage.scale));
        }
    }
    if !order.palette.is_empty() {
        dye::dye(&stage, &order.palette, order.seed, &mut image);
    }
    finish(order, &scene, &mut image);
    image
}

/// The reference that is painted on: the last one.
fn ground(order: &Commission) -> Option<&RgbImage> {
    order.references.last().map(|reference| &**reference).filter(|reference| !reference.is_empty())
}

/// The boxes of a reference; none where the request names none.
fn boxes(order: &Commission, reference: usize) -> &[[u32; 4]] {
    order.boxes.get(reference).map(Vec::as_slice).unwrap_or_default()
}

/// Lays the ground and paints the prompt over it: into its boxes, or before the whole.
fn repaint(order: &Commission, scene: &Scene, reference: &RgbImage, image: &mut RgbImage) {
    let marked = boxes(order, order.references.len() - 1);
    ground::lay(reference, scene, marked.is_empty(), image);
    let fit = Fit::cover(reference.dimensions(), image.dimensions());
    for (index, &area) in marked.iter().enumerate() {
        let seed = order.seed.wrapping_add(1 + index as u32);
        patch::paint(image, fit.place(area), &order.prompt, seed, order.place);
    }
    if marked.is_empty() {
        scene.backdrop.lay_bank(&scene.stage, image);
        foreground::draw(scene, &mut Sheet::on(image, scene.stage.scale));
    }
}

/// What goes on a finished painting: marks of boxes, prints, seals, the mark of its making.
fn finish(order: &Commission, scene: &Scene, image: &mut RgbImage) {
    let scale = scene.stage.scale;
    if let Some(reference) = ground(order) {
        let fit = Fit::cover(reference.dimensions(), image.dimensions());
        for &area in boxes(order, order.references.len() - 1) {
            let area = fit.place(area).map(|value| value / scale);
            mount::corners(&mut Sheet::on(image, scale), area, (1.5 / scale).max(0.004));
        }
    }
    prints(order, scene, image);
    let mut sheet = Sheet::on(image, scale);
    let (x, y) = foreground::sign(scene, &mut sheet);
    let below = foreground::SEAL;
    if let Some((k, _)) = order.place {
        seal::number(&mut sheet, k, (x + 0.003, y - below - 0.012), below - 0.006);
    }
    let opposite = scene.stage.w - x - below;
    if order.references.len() > 1 {
        seal::number(&mut sheet, order.references.len() as u32, (opposite, y), below - 0.008);
    }
    if order.watermark {
        let taken = scene.light > 0.0 || order.references.len() > 1;
        watermark(image, scene, if taken { 0.045 + below + 0.02 } else { 0.045 });
    }
}

/// Mounts every reference but the last.
fn prints(order: &Commission, scene: &Scene, image: &mut RgbImage) {
    let count = order.references.len().saturating_sub(1);
    let studies = &order.references[..count];
    let sizes: Vec<_> = studies.iter().map(|study| study.dimensions()).collect();
    for (index, print) in hang(order, scene, &sizes, image.dimensions()).into_iter().enumerate() {
        if studies[index].is_empty() {
            continue;
        }
        mount::mount(image, scene.stage.scale, print, &studies[index], boxes(order, index), index as u32 + 1);
    }
}

/// Places for prints: on the side of the light, unless that would hide more of what was repainted.
fn hang(order: &Commission, scene: &Scene, sizes: &[(u32, u32)], picture: (u32, u32)) -> Vec<mount::Print> {
    let at = |side: f32| mount::places(&scene.stage, side, sizes);
    let Some(reference) = ground(order) else { return at(scene.light) };
    let fit = Fit::cover(reference.dimensions(), picture);
    let marked = boxes(order, order.references.len() - 1);
    let hidden = |prints: &[mount::Print]| -> f32 {
        prints.iter().flat_map(|print| marked.iter().map(|&area| print.hides(fit.place(area)))).sum()
    };
    let (usual, other) = (at(scene.light), at(-scene.light));
    if hidden(&other) < hidden(&usual) { other } else { usual }
}

/// Marks the picture as generated, lower right, ending `inset` units from the edge: pale on dark
/// ground, dark on pale.
fn watermark(image: &mut RgbImage, scene: &Scene, inset: f32) {
    const TEXT: &str = "AI Generated";
    let (height, scale) = (0.020, scene.stage.scale);
    let long = lettering::length(TEXT, height);
    let from = (scene.stage.w - inset - long, scene.stage.h - 0.048);
    let under: Vec<f32> = (0..48)
        .map(|step| {
            let (x, y) = (from.0 + long * step as f32 / 48.0, from.1 - height * 0.5);
            let pixel = image.get_pixel_checked((x * scale) as u32, (y * scale) as u32);
            pixel.map_or(0.0, |pixel| luma(pixel.0.map(|value| f32::from(value) / 255.0)))
        })
        .collect();
    let pale = under.iter().sum::<f32>() / under.len() as f32 > 0.55;
    let (ink, halo) = if pale { (hex(0x2a2420), hex(0xfffaf0)) } else { (hex(0xfffaf0), hex(0x14100c)) };
    let mut sheet = Sheet::on(image, scale);
    let shadow = (from.0 + 0.0010, from.1 + 0.0010);
    lettering::write(&mut sheet, TEXT, shadow, height, 0.0036, Ink::of(halo).thin(0.35));
    lettering::write(&mut sheet, TEXT, from, height, 0.0026, Ink::of(ink).thin(if pale { 0.68 } else { 0.85 }));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A picture of nothing but its prompt.
    fn plain(prompt: &str, seed: u32, width: u32, height: u32) -> RgbImage {
        paint(&Commission { prompt: prompt.into(), seed, width, height, ..Commission::default() })
    }

    fn mean(image: &RgbImage) -> [f64; 3] {
        let mut sum = [0.0; 3];
        for pixel in image.pixels() {
            for (total, &value) in sum.iter_mut().zip(&pixel.0) {
                *total += f64::from(value);
            }
        }
        sum.map(|total| total / f64::from(image.width() * image.height()))
    }

    fn brightness(prompt: &str) -> f64 {
        (1..=3).map(|seed| mean(&plain(prompt, seed, 96, 96)).iter().sum::<f64>()).sum()
    }

    /// Red over blue, averaged over a few seeds.
    fn warmth(prompt: &str) -> f64 {
        (1..=4)
            .map(|seed| {
                let [red, _, blue] = mean(&plain(prompt, seed, 96, 96));
                red - blue
            })
            .sum()
    }

    /// The share of pixels that differ visibly.
    fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
        let moved =
            a.pixels().zip(b.pixels()).filter(|(p, q)| p.0.iter().zip(&q.0).any(|(x, y)| x.abs_diff(*y) > 12)).count();
        moved as f64 / f64::from(a.width() * a.height())
    }

    #[test]
    fn the_same_inputs_give_the_same_bytes() {
        for prompt in ["a red fox in snow", "neon city in the rain", "湖 月"] {
            let once = plain(prompt, 7, 160, 120);
            assert_eq!(once.as_raw(), plain(prompt, 7, 160, 120).as_raw());
        }
    }

    #[test]
    fn a_prompt_alone_is_painted_as_ever() {
        let pins = [
            ("", 1, 97, 61, 0xcebd_daa4_5231_eeb2_u64),
            ("a red fox in snow", 7, 120, 90, 0x12ad_a82e_f5f8_d4b3_u64),
            ("neon city at night in the rain", 3, 90, 120, 0xa02d_fb08_2646_948c_u64),
            ("spring blossom, a white crane", 2, 128, 128, 0x56ca_87be_197f_9906_u64),
            ("boat on a lake, moon", 5, 160, 64, 0x118b_f093_29ec_eaea_u64),
            ("desert at sunset", 4, 64, 160, 0x753a_bd4f_2b39_6b72_u64),
            ("竹林 雾", 9, 111, 111, 0x9782_a990_223f_28f9_u64),
            ("autumn leaves, a bird", 6, 100, 75, 0xa02a_c057_9d95_9774_u64),
            ("a deer in a winter forest under stars", 8, 75, 100, 0xd729_7fc0_055b_1759_u64),
            ("indigo mountains under a gold sky", 11, 96, 96, 0xcc47_f345_163b_bf27_u64),
            ("willow by the sea in summer", 12, 96, 54, 0xd7cd_9435_05ad_8d34_u64),
            ("red maple, temple, dawn", 13, 54, 96, 0xf100_6394_4a65_4c16_u64),
        ];
        let sum = |image: &RgbImage| {
            image
                .as_raw()
                .iter()
                .fold(0xCBF2_9CE4_8422_2325_u64, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
        };
        for (prompt, seed, width, height, pin) in pins {
            assert_eq!(sum(&plain(prompt, seed, width, height)), pin, "{prompt:?} {seed}");
        }
    }

    #[test]
    fn another_seed_or_prompt_is_another_picture() {
        for prompt in ["", "a red fox in snow", "mountains"] {
            for seed in 1..5 {
                let (a, b) = (plain(prompt, seed, 128, 128), plain(prompt, seed + 1, 128, 128));
                assert!(difference(&a, &b) > 0.10, "{prompt:?} seeds {seed}, {}", seed + 1);
            }
        }
        let (a, b) = (plain("hills", 1, 128, 128), plain("hills!", 1, 128, 128));
        assert!(difference(&a, &b) > 0.10);
    }

    #[test]
    fn another_size_is_the_same_composition() {
        for prompt in ["a red fox in snow", "boat on a lake", "desert"] {
            let small = plain(prompt, 3, 120, 90);
            let large = plain(prompt, 3, 480, 360);
            let shrunk = image::imageops::thumbnail(&large, 120, 90);
            let moved = difference(&small, &shrunk);
            assert!(moved < 0.10, "{prompt}: {moved}");
        }
    }

    #[test]
    fn sizes_are_exact_and_extremes_do_not_panic() {
        let prompts = ["", "a red fox in snow", "neon city, rain", "boat", "雨 竹 鹤", "tea", "desert"];
        let sizes = [(64, 64), (1, 1), (2, 7), (64, 512), (512, 64), (16, 300), (300, 16), (97, 61)];
        for prompt in prompts {
            for (width, height) in sizes {
                assert_eq!(plain(prompt, 5, width, height).dimensions(), (width, height));
            }
        }
        assert_eq!(plain("hills", 1, 0, 10).dimensions(), (0, 10));
    }

    #[test]
    fn colour_words_steer_the_hue() {
        assert!(warmth("red hills") > warmth("blue hills") + 100.0);
        assert!(warmth("红色的山") > warmth("蓝色的山") + 100.0);
        assert!(warmth("hills under a gold sky") > warmth("hills under a violet sky") + 100.0);
    }

    #[test]
    fn snow_is_brighter_than_night() {
        assert!(brightness("snow") > brightness("night") * 2.0);
        assert!(brightness("雪") > brightness("夜") * 2.0);
    }

    #[test]
    fn a_red_fox_stands_in_the_snow() {
        for seed in 1..=6 {
            let image = plain("a red fox in snow", seed, 120, 120);
            let coat = |p: &&image::Rgb<u8>| p.0[0] > 140 && p.0[1] < 100 && p.0[2] < 80;
            let red = image.pixels().filter(coat).count();
            assert!((200..1200).contains(&red), "seed {seed}: {red} red pixels");
        }
    }

    /// Writes a set of pictures to look at: `PINXIT_PAINT_DIR=dir cargo test -- --ignored pictures_to_look_at`.
    #[test]
    #[ignore = "writes pictures for a person to judge"]
    fn pictures_to_look_at() {
        let folder = std::path::PathBuf::from(std::env::var_os("PINXIT_PAINT_DIR").unwrap());
        let prompts = [
            "a red fox in snow",
            "",
            "indigo mountains under a gold sky",
            "neon city at night in the rain",
            "spring blossom, a white crane",
            "boat on a lake, moon",
            "desert at sunset",
            "竹林 雾",
            "雪 寺",
        ];
        for (index, prompt) in prompts.iter().enumerate() {
            for seed in 1..=3 {
                for (shape, (width, height)) in [("square", (1280, 1280)), ("wide", (1280, 720))] {
                    let start = std::time::Instant::now();
                    let picture = plain(prompt, seed, width, height);
                    println!("{:?} {prompt:?} {seed} {shape}", start.elapsed());
                    picture.save(folder.join(format!("{index}-{seed}-{shape}.png"))).unwrap();
                }
            }
        }
    }
}
