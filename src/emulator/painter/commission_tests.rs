//! What a viewer sees of references, boxes, palettes, sequences and the mark.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Instant;

use image::{Rgb, RgbImage};

use super::scene::Scene;
use super::stage::Stage;
use super::{Commission, mount, paint};

/// A still life in the manner of a photograph: a lit wall, a table, fruit with shadows.
fn still_life(width: u32, height: u32, fruit: [u8; 3], wall: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let table = v > 0.62;
        let mut colour = if table { [112.0, 78.0, 52.0] } else { wall.map(f32::from) };
        let mut light = if table { 1.15 - v * 0.4 } else { 0.6 + 0.5 * (1.0 - u) };
        for (cx, cy, r) in [(0.40, 0.58, 0.17), (0.60, 0.62, 0.13), (0.27, 0.68, 0.10)] {
            let (dx, dy) = ((u - cx) / r, (v - cy) / r * height as f32 / width as f32);
            let shade = ((dx - 0.5) / 1.5).powi(2) + ((dy - 0.9) / 0.35).powi(2);
            if shade < 1.0 {
                light *= 0.55 + 0.45 * shade;
            }
            if dx * dx + dy * dy < 1.0 {
                colour = fruit.map(f32::from);
                light = 1.25 - 0.9 * ((dx + 0.4).powi(2) + (dy + 0.5).powi(2)).sqrt() * 0.7;
            }
        }
        Rgb(colour.map(|value| (value * light).clamp(0.0, 255.0) as u8))
    })
}

fn flat(width: u32, height: u32, colour: [u8; 3]) -> Arc<RgbImage> {
    Arc::new(RgbImage::from_pixel(width, height, Rgb(colour)))
}

fn order(prompt: &str, width: u32, height: u32) -> Commission {
    Commission { prompt: prompt.into(), seed: 7, width, height, ..Commission::default() }
}

const WOOD: [([u8; 3], f32); 5] = [
    ([0x1f, 0x2a, 0x44], 0.25),
    ([0xc9, 0x4c, 0x2e], 0.15),
    ([0xe8, 0xb0, 0x4a], 0.10),
    ([0x6f, 0xa3, 0xa0], 0.20),
    ([0xf2, 0xe8, 0xd2], 0.30),
];

const CANDY: [([u8; 3], f32); 8] = [
    ([0xff, 0x6b, 0x6b], 0.20),
    ([0xfe, 0xca, 0x57], 0.15),
    ([0x48, 0xdb, 0xfb], 0.15),
    ([0x1d, 0xd1, 0xa1], 0.10),
    ([0x5f, 0x27, 0xcd], 0.10),
    ([0xff, 0x9f, 0xf3], 0.10),
    ([0x22, 0x2f, 0x3e], 0.10),
    ([0xc8, 0xd6, 0xe5], 0.10),
];

/// The mean colour of left, top, right, bottom, in shares of width and height.
fn mean(image: &RgbImage, [left, top, right, low]: [f32; 4]) -> [f32; 3] {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for y in (top * height) as u32..((low * height) as u32).min(image.height()) {
        for x in (left * width) as u32..((right * width) as u32).min(image.width()) {
            let pixel = image.get_pixel(x, y).0;
            sum = [0, 1, 2].map(|i| sum[i] + f32::from(pixel[i]));
            count += 1.0;
        }
    }
    sum.map(|value| value / count)
}

fn apart(a: [f32; 3], b: [u8; 3]) -> f32 {
    (0..3).map(|i| (a[i] - f32::from(b[i])).abs()).fold(0.0, f32::max)
}

const RED: [u8; 3] = [190, 60, 50];
const GREEN: [u8; 3] = [70, 140, 80];
const BLUE: [u8; 3] = [60, 90, 160];

fn with(references: &[[u8; 3]]) -> Commission {
    let references = references.iter().map(|&colour| flat(200, 200, colour)).collect();
    Commission { references, ..order("a crane", 400, 300) }
}

/// The mean colour of each print's middle.
fn prints(order: &Commission) -> Vec<[f32; 3]> {
    let image = paint(order);
    let stage = Stage::of(order.width, order.height);
    let light = Scene::compose(&order.prompt, order.seed, stage, None).light;
    let sizes = vec![(200, 200); order.references.len() - 1];
    let middle = |print: mount::Print| {
        let at = |start: u32, long: u32, part: f32, whole: u32| (start as f32 + long as f32 * part) / whole as f32;
        let across = |part| at(print.left, print.width, part, order.width);
        let down = |part| at(print.top, print.height, part, order.height);
        mean(&image, [across(0.1), down(0.1), across(0.7), down(0.7)])
    };
    mount::places(&stage, light, &sizes).into_iter().map(middle).collect()
}

#[test]
fn every_reference_but_the_last_is_a_print_in_its_order() {
    let seen = prints(&with(&[RED, GREEN, BLUE]));
    assert!(apart(seen[0], RED) < 6.0 && apart(seen[1], GREEN) < 6.0, "{seen:?}");
    let swapped = prints(&with(&[GREEN, RED, BLUE]));
    assert!(apart(swapped[0], GREEN) < 6.0 && apart(swapped[1], RED) < 6.0, "{swapped:?}");
    assert_eq!(prints(&with(&[GREEN, BLUE])).len(), 1);
}

#[test]
fn the_last_reference_is_the_ground() {
    for (last, others) in [(BLUE, [RED, GREEN]), (RED, [GREEN, BLUE])] {
        let ground = mean(&paint(&with(&[others[0], others[1], last])), [0.1, 0.5, 0.9, 0.85]);
        assert!(apart(ground, last) < 40.0, "{ground:?}, not {last:?}");
        assert!(others.iter().all(|&other| apart(ground, other) > 60.0), "{ground:?} is not {last:?} alone");
    }
    let life = still_life(300, 200, [226, 120, 40], [120, 150, 175]);
    let image = paint(&Commission { references: vec![Arc::new(life.clone())], ..order("", 600, 400) });
    for area in [[0.05, 0.1, 0.3, 0.35], [0.36, 0.45, 0.5, 0.6], [0.1, 0.85, 0.4, 0.95]] {
        let (from, to) = (mean(&life, area), mean(&image, area));
        assert!((0..3).all(|i| (from[i] - to[i]).abs() < 40.0), "{area:?}: {from:?} became {to:?}");
    }
}

#[test]
fn an_edit_shows_its_prompt() {
    let plain = Commission { references: vec![flat(300, 300, BLUE)], ..order("", 300, 300) };
    let coats = |order: &Commission| {
        let coat = |p: &&Rgb<u8>| p.0[0] > 150 && p.0[1] < 90 && p.0[2] < 70;
        paint(order).pixels().filter(coat).count()
    };
    let fox = Commission { prompt: "a red fox".into(), ..plain.clone() };
    assert!(coats(&fox) > coats(&plain) + 800, "{} over {}", coats(&fox), coats(&plain));
    let night = Commission { prompt: "turn it into night".into(), ..plain.clone() };
    let light = |order: &Commission| mean(&paint(order), [0.1, 0.1, 0.9, 0.9]).iter().sum::<f32>();
    assert!(light(&night) < light(&plain) * 0.8, "{} after {}", light(&night), light(&plain));
}

/// How far two pictures differ inside and outside an area given in shares.
fn differences(a: &RgbImage, b: &RgbImage, [left, top, right, low]: [f32; 4]) -> (f32, f32) {
    let (mut inside, mut outside) = ((0.0, 0.0), (0.0, 0.0));
    for (x, y, pixel) in a.enumerate_pixels() {
        let (u, v) = (x as f32 / a.width() as f32, y as f32 / a.height() as f32);
        let there = (left..right).contains(&u) && (top..low).contains(&v);
        let side = if there { &mut inside } else { &mut outside };
        let other = b.get_pixel(x, y).0;
        side.0 += (0..3).map(|i| f32::from(pixel.0[i].abs_diff(other[i]))).sum::<f32>();
        side.1 += 1.0;
    }
    (inside.0 / inside.1, outside.0 / outside.1)
}

#[test]
fn a_box_is_painted_anew_and_nothing_else() {
    let reference = Arc::new(still_life(800, 600, [226, 120, 40], [60, 90, 140]));
    let edit =
        |boxes| Commission { references: vec![Arc::clone(&reference)], boxes, ..order("a fox in snow", 400, 300) };
    let same = image::imageops::thumbnail(&*reference, 400, 300);
    for (area, shares) in [([80, 60, 400, 300], [0.1, 0.1, 0.5, 0.5]), ([480, 240, 720, 540], [0.6, 0.4, 0.9, 0.9])] {
        let (inside, outside) = differences(&paint(&edit(vec![vec![area]])), &same, shares);
        assert!(inside > outside * 2.5, "{area:?}: {inside} inside, {outside} outside");
    }
    let (one, none) = (paint(&edit(vec![vec![[80, 60, 400, 300]]])), paint(&edit(vec![vec![]])));
    assert_ne!(one.as_raw(), none.as_raw());
}

#[test]
fn a_box_on_a_print_is_marked_on_the_print() {
    let marks = |boxes: Vec<Vec<[u32; 4]>>| {
        let order = Commission { boxes, ..with(&[GREEN, BLUE]) };
        let red = |p: &&Rgb<u8>| p.0[0] > 150 && p.0[1] < 70;
        paint(&order).pixels().filter(red).count()
    };
    let (plain, marked) = (marks(vec![vec![], vec![]]), marks(vec![vec![[40, 40, 150, 150]], vec![]]));
    assert!((plain + 10..plain + 200).contains(&marked), "{marked} after {plain}");
}

/// The share of pixels nearest to each colour.
fn shares(image: &RgbImage, palette: &[([u8; 3], f32)]) -> Vec<f32> {
    let mut counts = vec![0.0; palette.len()];
    for pixel in image.pixels() {
        let far = |colour: [u8; 3]| (0..3).map(|i| u32::from(colour[i].abs_diff(pixel.0[i])).pow(2)).sum::<u32>();
        let nearest = (0..palette.len()).min_by_key(|&index| far(palette[index].0)).unwrap();
        counts[nearest] += 1.0;
    }
    counts.into_iter().map(|count: f32| count / (image.width() * image.height()) as f32).collect()
}

#[test]
fn a_palette_takes_its_shares_of_the_picture() {
    let reference = Arc::new(still_life(400, 300, [226, 120, 40], [120, 150, 175]));
    for palette in [WOOD.to_vec(), CANDY.to_vec()] {
        for prompt in ["", "a red fox in snow", "boat on a lake, moon"] {
            for references in [vec![], vec![Arc::clone(&reference)]] {
                let order = Commission { palette: palette.clone(), references, ..order(prompt, 144, 144) };
                let got = shares(&paint(&order), &palette);
                for ((colour, wanted), got) in palette.iter().zip(&got) {
                    assert!((wanted - got).abs() < 0.06, "{prompt:?} {colour:?}: {got}, not {wanted}");
                }
            }
        }
    }
}

/// How alike the light of two pictures lies, `-1.0..=1.0`.
fn likeness(a: &RgbImage, b: &RgbImage) -> f32 {
    let light = |image: &RgbImage| -> Vec<f32> {
        image.pixels().map(|p| p.0.iter().map(|&v| f32::from(v)).sum::<f32>()).collect()
    };
    let level = |values: Vec<f32>| -> Vec<f32> {
        let middle = values.iter().sum::<f32>() / values.len() as f32;
        values.into_iter().map(|value| value - middle).collect()
    };
    let (a, b) = (level(light(a)), level(light(b)));
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}

#[test]
fn a_sequence_is_one_place_through_the_year() {
    for seed in 1..=3 {
        let place = |k| Commission { place: Some((k, 4)), seed, ..order("a hut by a lake", 120, 120) };
        let year: Vec<_> = (1..=4).map(|k| paint(&place(k))).collect();
        let stranger = paint(&Commission { seed: seed + 40, ..place(1) });
        for later in &year[1..3] {
            assert!(likeness(&year[0], later) > 0.8, "{}", likeness(&year[0], later));
            assert!(likeness(&year[0], later) > likeness(&year[0], &stranger) + 0.15);
        }
        let light = |image: &RgbImage| mean(image, [0.0, 0.85, 1.0, 1.0]).iter().sum::<f32>();
        assert!(light(&year[3]) > light(&year[1]) + 150.0, "snow lies in the last picture");
        let warm = |image: &RgbImage| mean(image, [0.0, 0.0, 1.0, 1.0]);
        let (spring, autumn) = (warm(&year[0]), warm(&year[2]));
        assert!(autumn[0] - autumn[2] > spring[0] - spring[2] + 10.0, "autumn is warmer than spring");
    }
}

#[test]
fn every_picture_of_a_long_story_is_another() {
    let story: Vec<_> = (1..=12).map(|k| paint(&Commission { place: Some((k, 12)), ..order("", 96, 96) })).collect();
    for (index, picture) in story.iter().enumerate() {
        assert!(story[index + 1..].iter().all(|other| other.as_raw() != picture.as_raw()), "{index}");
    }
}

#[test]
fn the_mark_stands_lower_right_only() {
    for seed in 1..=4 {
        let plain = Commission { seed, ..order("hills", 400, 300) };
        let marked = paint(&Commission { watermark: true, ..plain.clone() });
        let bare = paint(&plain);
        let moved: Vec<_> = marked.enumerate_pixels().filter(|&(x, y, p)| bare.get_pixel(x, y) != p).collect();
        assert!(moved.len() > 60);
        assert!(moved.iter().all(|&(x, y, _)| x > 200 && y > 260));
    }
}

#[test]
fn the_same_commission_gives_the_same_bytes_and_odd_ones_do_not_panic() {
    let whole = Commission {
        place: Some((3, 4)),
        boxes: vec![vec![[0, 0, 90, 90]], vec![[150, 150, 4000, 4000], [9, 9, 9, 9], [80, 80, 20, 20]]],
        palette: WOOD.to_vec(),
        watermark: true,
        ..with(&[RED, GREEN])
    };
    assert_eq!(paint(&whole).as_raw(), paint(&whole).as_raw());
    for (width, height) in [(1, 1), (2, 7), (300, 16), (16, 300), (0, 9)] {
        assert_eq!(paint(&Commission { width, height, ..whole.clone() }).dimensions(), (width, height));
    }
    let empty = || Arc::new(RgbImage::new(0, 0));
    for references in [vec![empty()], vec![flat(1, 1, RED), flat(900, 2, RED)], vec![empty(), flat(3, 700, RED)]] {
        let odd = Commission { references, palette: vec![(RED, 1.0)], ..whole.clone() };
        assert_eq!(paint(&odd).dimensions(), (400, 300));
    }
}

/// The first references of a sheet: files `reference-N.jpg` in the folder, or still lifes.
fn studies(folder: &std::path::Path) -> Vec<Arc<RgbImage>> {
    let life = [
        still_life(900, 700, [226, 120, 40], [120, 150, 175]),
        still_life(700, 900, [150, 30, 50], [215, 200, 170]),
        still_life(1000, 600, [90, 140, 60], [70, 70, 90]),
        still_life(600, 600, [240, 210, 80], [150, 110, 150]),
    ];
    let file = |index: usize| image::open(folder.join(format!("reference-{}.jpg", index + 1)));
    life.into_iter().enumerate().map(|(i, life)| Arc::new(file(i).map_or(life, |file| file.to_rgb8()))).collect()
}

/// Writes pictures of every kind of request: `PINXIT_PAINT_DIR=dir cargo test --lib painter -- --ignored`.
#[test]
#[ignore = "writes pictures for a person to judge"]
fn commissions_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var_os("PINXIT_PAINT_DIR").unwrap());
    let lives = studies(&folder);
    let write = |name: &str, order: Commission| {
        let start = Instant::now();
        let picture = paint(&order);
        println!("{:?} {name}", start.elapsed());
        picture.save(folder.join(format!("{name}.png"))).unwrap();
    };
    let edit = |prompt: &str, references: &[usize], width, height| Commission {
        references: references.iter().map(|&i| Arc::clone(&lives[i])).collect(),
        watermark: true,
        ..order(prompt, width, height)
    };
    write("edit-one", edit("add a red fox", &[0], 1152, 896));
    write("edit-night", edit("turn it into night, with a moon", &[0], 1152, 896));
    write("edit-snow", edit("冬天，下雪", &[1], 896, 1152));
    write("edit-two", edit("put it under blossom", &[1, 0], 1152, 896));
    write("edit-four", edit("bamboo", &[0, 1, 2, 3], 1024, 1024));
    write("edit-nine", edit("", &[0, 1, 2, 3, 0, 1, 2, 3, 0], 1280, 720));
    write("edit-tall", edit("a crane", &[2, 3, 0, 1], 720, 1280));
    let boxed = |boxes| Commission { boxes, ..edit("a red fox in snow", &[1, 0], 1152, 896) };
    write("box-ground", boxed(vec![vec![], vec![[500, 60, 860, 380], [40, 400, 300, 660]]]));
    write("box-card", boxed(vec![vec![[100, 400, 500, 800]], vec![]]));
    for (name, palette) in [("wood", WOOD.to_vec()), ("candy", CANDY.to_vec())] {
        for (index, prompt) in ["", "a red fox in snow", "boat on a lake, moon"].iter().enumerate() {
            let plain = order(prompt, 1024, 1024);
            write(&format!("palette-{name}-{index}"), Commission { palette: palette.clone(), ..plain });
        }
        write(&format!("palette-{name}-edit"), Commission { palette, ..edit("pine", &[1, 0], 1152, 896) });
    }
    for (index, prompt) in ["a hut by a lake", "a cat", "a red fox in snow"].iter().enumerate() {
        for k in 1..=4 {
            let placed = Commission { place: Some((k, 4)), watermark: true, ..order(prompt, 640, 640) };
            write(&format!("sequence-{index}-{k}"), placed);
        }
    }
    for k in 1..=12 {
        write(&format!("long-{k:02}"), Commission { place: Some((k, 12)), ..order("", 480, 480) });
    }
    write("large-plain", order("hills", 2048, 2048));
    write("large-edit", edit("hills", &[1, 0], 2048, 2048));
    write("large-palette", Commission { palette: CANDY.to_vec(), ..order("hills", 2048, 2048) });
}
