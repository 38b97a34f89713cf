//! From an order to the pictures the painter is asked for. Not here: how a picture is painted
//! (`painter`) and when (`files`).

use image::RgbImage;

use super::check::{Order, Steering};
use super::ids::{hash, mix};
use super::inputs::Seen;
use super::painter::{Commission, paint};
use super::size::Pixels;

/// One picture as it was ordered.
#[derive(Debug, Clone)]
pub struct Piece {
    prompt: String,
    seed: u32,
    size: Pixels,
    /// Which picture of how many, from 1, where they belong together.
    place: Option<(u32, u32)>,
    inputs: Vec<Seen>,
    steering: Steering,
    watermark: bool,
}

impl Piece {
    /// Picture `index` of an order, from 0: one seed each, unless they belong together.
    pub fn of(order: &Order, index: u32) -> Piece {
        let place = order.is_series().then_some((index + 1, order.images as u32));
        Piece {
            prompt: order.prompt.clone(),
            seed: if place.is_some() { order.seed } else { order.seed.wrapping_add(index) },
            size: order.size,
            place,
            inputs: order.inputs.clone(),
            steering: order.steering.clone(),
            watermark: order.watermark,
        }
    }

    /// Paints it.
    pub fn paint(&self) -> RgbImage {
        let references: Vec<_> = self.inputs.iter().map(Seen::image).collect();
        let boxes = self.steering.boxes.iter().zip(&self.inputs).zip(&references);
        paint(&Commission {
            prompt: self.prompt.clone(),
            seed: self.seed,
            width: self.size.0,
            height: self.size.1,
            place: self.place,
            boxes: boxes.map(|((boxes, seen), image)| scaled(boxes, seen.size, image.dimensions())).collect(),
            references,
            palette: self.steering.palette.clone(),
            watermark: self.watermark,
        })
    }

    /// Fills it with one colour, which depends on prompt, seed and place.
    pub fn fill(&self) -> RgbImage {
        let place = self.place.map_or(0, |(nth, _)| u64::from(nth));
        let [red, green, blue, ..] = mix(hash(&self.prompt) ^ mix(u64::from(self.seed)) ^ mix(place)).to_le_bytes();
        // Pixel by pixel it would take as long as painting does.
        let pixels = [red, green, blue].repeat(self.size.0 as usize * self.size.1 as usize);
        RgbImage::from_raw(self.size.0, self.size.1, pixels).expect("three bytes for each pixel")
    }
}

/// Boxes in pixels of the original as boxes in pixels of what was kept of it.
fn scaled(boxes: &[[u32; 4]], from: Pixels, to: Pixels) -> Vec<[u32; 4]> {
    let along = |value: u32, from: u32, to: u32| (u64::from(value) * u64::from(to) / u64::from(from.max(1))) as u32;
    let one = |[left, top, right, bottom]: [u32; 4]| {
        [along(left, from.0, to.0), along(top, from.1, to.1), along(right, from.0, to.0), along(bottom, from.1, to.1)]
    };
    boxes.iter().copied().map(one).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::emulator::Variants;
    use crate::emulator::check::test_order;
    use crate::emulator::models::Route;
    use serde_json::{Value, json};

    fn ordered(images: usize, parameters: Value) -> Order {
        let mut content = vec![json!({"text": "a fox"})];
        content.extend((0..images).map(|index| json!({"image": format!("https://host.example/{index}.png")})));
        let input = json!({"messages": [{"role": "user", "content": content}]});
        let body = json!({"model": "wan2.7-image", "input": input, "parameters": parameters});
        test_order(Route::Sync, false, body.to_string().as_bytes(), Variants::default()).unwrap()
    }

    #[test]
    fn boxes_shrink_with_what_is_kept_of_their_image() {
        let boxes = [[160, 120, 800, 600], [0, 0, 1600, 1200]];
        assert_eq!(scaled(&boxes, (1600, 1200), (1024, 768)), [[102, 76, 512, 384], [0, 0, 1024, 768]]);
        assert_eq!(scaled(&boxes, (1600, 1200), (800, 1200)), [[80, 120, 400, 600], [0, 0, 800, 1200]]);
        assert_eq!(scaled(&boxes, (1600, 1200), (1600, 1200)), boxes);
        assert_eq!(scaled(&[[4000, 0, 8000, 8000]], (8000, 8000), (1024, 1024)), [[512, 0, 1024, 1024]]);
    }

    #[test]
    fn pictures_of_an_order_differ_by_seed_and_those_of_a_sequence_by_place() {
        let piece = |order: &Order, index| {
            let piece = Piece::of(order, index);
            (piece.seed, piece.place)
        };
        let plain = ordered(0, json!({"n": 2, "seed": 2_147_483_647_u64}));
        assert_eq!(piece(&plain, 0), (2_147_483_647, None));
        assert_eq!(piece(&plain, 1), (2_147_483_648, None));
        let series = ordered(0, json!({"n": 3, "seed": 9, "enable_sequential": true}));
        assert_eq!([piece(&series, 0), piece(&series, 2)], [(9, Some((1, 3))), (9, Some((3, 3)))]);
    }

    #[test]
    fn everything_that_steers_reaches_the_piece() {
        let palette = json!([
            {"hex": "#112233", "ratio": "50.00%"},
            {"hex": "#445566", "ratio": "30.00%"},
            {"hex": "#778899", "ratio": "20.00%"},
        ]);
        let boxes = json!([[], [[10, 20, 300, 400]]]);
        let parameters = json!({"size": "1024*768", "bbox_list": boxes, "color_palette": palette, "watermark": true});
        let piece = Piece::of(&ordered(2, parameters), 0);
        assert_eq!((piece.size, piece.inputs.len(), piece.watermark), ((1024, 768), 2, true));
        assert_eq!(piece.steering.boxes, [vec![], vec![[10, 20, 300, 400]]]);
        assert_eq!(piece.steering.palette[1], ([0x44, 0x55, 0x66], 0.3));
        assert_eq!(piece.paint().dimensions(), (1024, 768));
    }
}
