//! Regions and palettes, from the JSON of a request to the picture that is served.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{Rgb, RgbImage};

use super::*;

const HEXES: [(&str, [u8; 3]); 3] =
    [("#1F2A44", [0x1f, 0x2a, 0x44]), ("#C94C2E", [0xc9, 0x4c, 0x2e]), ("#F2E8D2", [0xf2, 0xe8, 0xd2])];

fn request(images: &[String], parameters: Value) -> Value {
    let mut content = vec![json!({"text": "a red fox in snow"})];
    content.extend(images.iter().map(|image| json!({"image": image})));
    let mut all = json!({"n": 1, "seed": 7, "size": "896*672"});
    for (name, value) in parameters.as_object().unwrap() {
        all[name] = value.clone();
    }
    json!({"model": "wan2.7-image", "input": {"messages": [{"role": "user", "content": content}]}, "parameters": all})
}

async fn painted(bench: &Bench, body: &Value) -> RgbImage {
    let answer: Value = bench.post(SYNC, body).await.unwrap().json().await.unwrap();
    let file = reqwest::get(first(&answer)).await.unwrap().bytes().await.unwrap();
    image::load_from_memory(&file).unwrap().into_rgb8()
}

/// A soft picture, larger than what is kept of it, as a data URI.
fn ground() -> (RgbImage, String) {
    let colour = |x: u32, y: u32| Rgb([60 + (x / 16) as u8, 90 + (y / 16) as u8, 150]);
    let image = RgbImage::from_fn(1600, 1200, colour);
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let uri = format!("data:image/png;base64,{}", STANDARD.encode(bytes.into_inner()));
    (image, uri)
}

/// The share of pixels nearest to each colour.
fn shares(image: &RgbImage) -> [f32; 3] {
    let mut counts = [0.0; 3];
    for pixel in image.pixels() {
        let far = |colour: [u8; 3]| (0..3).map(|i| u32::from(colour[i].abs_diff(pixel.0[i])).pow(2)).sum::<u32>();
        let nearest = (0..3).min_by_key(|&index| far(HEXES[index].1)).unwrap();
        counts[nearest] += 1.0;
    }
    counts.map(|count: f32| count / (image.width() * image.height()) as f32)
}

#[tokio::test]
async fn a_palette_colours_the_served_picture_in_its_shares() {
    let bench = Bench::by_poll().await;
    for ratios in [[50.0, 30.0, 20.0], [15.0, 25.0, 60.0]] {
        let entry = |((hex, _), ratio): (&(&str, [u8; 3]), f32)| json!({"hex": hex, "ratio": format!("{ratio:.2}%")});
        let palette: Vec<Value> = HEXES.iter().zip(ratios).map(entry).collect();
        let got = shares(&painted(&bench, &request(&[], json!({"color_palette": palette}))).await);
        for (got, wanted) in got.iter().zip(ratios) {
            assert!((got * 100.0 - wanted).abs() < 6.0, "{got} of {wanted}%");
        }
    }
}

/// The mean difference within an area in shares, and that of the rest.
fn differences(a: &RgbImage, b: &RgbImage, [left, top, right, low]: [f32; 4]) -> (f32, f32) {
    let (mut inside, mut outside) = ((0.0, 0.0), (0.0, 0.0));
    for (x, y, pixel) in a.enumerate_pixels() {
        let (u, v) = (x as f32 / a.width() as f32, y as f32 / a.height() as f32);
        let side = if (left..right).contains(&u) && (top..low).contains(&v) { &mut inside } else { &mut outside };
        let other = b.get_pixel(x, y).0;
        side.0 += (0..3).map(|i| f32::from(pixel.0[i].abs_diff(other[i]))).sum::<f32>();
        side.1 += 1.0;
    }
    (inside.0 / inside.1, outside.0 / outside.1)
}

#[tokio::test]
async fn a_box_repaints_its_part_of_the_served_picture_and_no_other() {
    let bench = Bench::by_poll().await;
    let (image, uri) = ground();
    let same = image::imageops::thumbnail(&image, 896, 672);
    // In pixels of the original, which is larger than what is kept of it.
    for (area, part) in [([160, 120, 800, 600], [0.1, 0.1, 0.5, 0.5]), ([960, 480, 1440, 1080], [0.6, 0.4, 0.9, 0.9])] {
        let served = painted(&bench, &request(std::slice::from_ref(&uri), json!({"bbox_list": [[area]]}))).await;
        let (inside, outside) = differences(&served, &same, part);
        assert!(inside > 3.0 * outside, "{area:?}: {inside} inside, {outside} outside");
    }
}
