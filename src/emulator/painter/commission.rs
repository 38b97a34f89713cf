//! What is asked of the painter: everything of a request that a viewer can see in the picture.
//!
//! It says nothing about how a wish is painted, and nothing about HTTP.

use std::sync::Arc;

use image::RgbImage;

/// One picture to paint.
///
/// The pictures of one sequence or story share prompt and seed and differ in `place`.
#[derive(Clone, Debug, Default)]
pub struct Commission {
    /// What the picture is of.
    pub prompt: String,
    /// What is left to chance.
    pub seed: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Picture `k` of `n` in a sequence or story, from 1.
    pub place: Option<(u32, u32)>,
    /// The pictures given with the request, in its order. The last is the ground that is painted
    /// on (the size follows the last one, contract 3.3), the others are mounted as small prints.
    pub references: Vec<Arc<RgbImage>>,
    /// Regions to repaint as `[x1, y1, x2, y2]`, per reference, in its own pixels (contract 3.3).
    pub boxes: Vec<Vec<[u32; 4]>>,
    /// Colours and their shares of the picture; the shares sum to 1. Empty: the painter's own.
    pub palette: Vec<([u8; 3], f32)>,
    /// Marks the picture as generated, lower right.
    pub watermark: bool,
}
