//! From an order to the pictures the painter is asked for. Not here: how a picture is painted
//! (`painter`) and when (`files`).

use image::RgbImage;

use super::check::{Order, Steering};
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
}

/// Boxes in pixels of the original as boxes in pixels of what was kept of it.
fn scaled(boxes: &[[u32; 4]], from: Pixels, to: Pixels) -> Vec<[u32; 4]> {
    let along = |value: u32, from: u32, to: u32| (u64::from(value) * u64::from(to) / u64::from(from.max(1))) as u32;
    let one = |[left, top, right, bottom]: [u32; 4]| {
        [along(left, from.0, to.0), along(top, from.1, to.1), along(right, from.0, to.0), along(bottom, from.1, to.1)]
    };
    boxes.iter().copied().map(one).collect()
}
