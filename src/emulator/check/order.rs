//! A request whose text is legal, and the order it becomes once its input images are seen. Pure.
//! Not here: what makes a text legal (`check`).

use super::super::inputs::Seen;
use super::super::models::{Model, Route};
use super::super::refusal::Refusal;
use super::super::size::{Pixels, Sizes};
use super::super::steering;

/// The parameters that steer a picture beside its prompt (contract 3.3.5, 3.3.6).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steering {
    /// Regions of each input image, in its own pixels; empty where none were named.
    pub boxes: Vec<Vec<[u32; 4]>>,
    /// Colours and their shares, which sum to one.
    pub palette: Vec<([u8; 3], f32)>,
}

/// A request that is legal as far as its text goes.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The model's row.
    pub model: &'static Model,
    /// The name the request used, snapshots included.
    pub name: String,
    /// The path it came by.
    pub route: Route,
    /// The prompt.
    pub prompt: String,
    /// The negative prompt, where it stood in its place (contract 2.2).
    pub negative_prompt: Option<String>,
    /// Fields without any effect.
    pub unread: Vec<String>,
    /// Input images as the request names them.
    pub sources: Vec<String>,
    /// Images to paint.
    pub images: u64,
    /// The size rule that holds for it.
    pub sizes: Sizes,
    /// `size`, if the request named one.
    pub size: Option<String>,
    /// The seed, if the request named one.
    pub seed: Option<u32>,
    /// Whether the prompt is rewritten.
    pub extend: bool,
    /// Whether the pictures say who made them.
    pub watermark: bool,
    /// All images in one choice, as a sequence.
    pub sequence: bool,
    /// Text and images mixed in one choice.
    pub interleave: bool,
    /// Regions and palette.
    pub steering: Steering,
}

/// A legal request: what is to be painted and how it is answered.
#[derive(Debug, Clone)]
pub struct Order {
    /// The model's row.
    pub model: &'static Model,
    /// The name the request used, snapshots included.
    pub name: String,
    /// The path it came by.
    pub route: Route,
    /// The prompt.
    pub prompt: String,
    /// Images to paint.
    pub images: u64,
    /// Their size.
    pub size: Pixels,
    /// The first picture's seed.
    pub seed: u32,
    /// Whether the prompt is rewritten.
    pub extend: bool,
    /// Whether the pictures say who made them.
    pub watermark: bool,
    /// All images in one choice, as a sequence.
    pub sequence: bool,
    /// Text and images mixed in one choice.
    pub interleave: bool,
    /// Regions and palette.
    pub steering: Steering,
    /// Input images.
    pub inputs: Vec<Seen>,
}

impl Draft {
    /// Refuses an illegal size before any input image is fetched for it.
    pub fn check_size(&self) -> Result<(), Refusal> {
        let square = (!self.sources.is_empty()).then_some((1024, 1024));
        self.sizes.resolve(self.size.as_deref(), square, self.sequence).map(|_| ())
    }

    /// The order, now that the input images are seen. `seed`: the one to use if none was named.
    ///
    /// # Errors
    /// A region reaches out of its image.
    pub fn order(self, inputs: Vec<Seen>, seed: u32) -> Result<Order, Refusal> {
        // Of a made-up image nobody can know the edges.
        let edges: Vec<Option<Pixels>> = inputs.iter().map(|seen| seen.is_known().then_some(seen.size)).collect();
        steering::check_edges(&self.steering.boxes, &edges)?;
        let last = inputs.last().map(|seen| seen.size);
        Ok(Order {
            size: self.sizes.resolve(self.size.as_deref(), last, self.sequence)?,
            seed: self.seed.unwrap_or(seed),
            model: self.model,
            name: self.name,
            route: self.route,
            prompt: self.prompt,
            images: self.images,
            extend: self.extend,
            watermark: self.watermark,
            sequence: self.sequence,
            interleave: self.interleave,
            steering: self.steering,
            inputs,
        })
    }
}

impl Order {
    /// Whether its pictures belong together, in an order.
    pub fn is_series(&self) -> bool {
        self.sequence || self.interleave
    }
}
