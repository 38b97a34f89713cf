//! Input images, really looked at: where they come from, what they are, and whether the model
//! takes them (contract 3.3.12, 7). Not here: how many a model takes (`check`), and what is
//! painted from them (`easel`).

mod bring;
mod made_up;
mod rule;

use std::sync::Arc;

use image::RgbImage;

pub use bring::look;
pub use rule::InputRule;

use super::size::Pixels;

/// One input image as the painter gets it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Width and height of the original.
    pub size: Pixels,
    /// What it shows.
    pub sight: Sight,
}

/// What an input image shows.
#[derive(Debug, Clone)]
pub enum Sight {
    /// The image itself, scaled down if it was large: it is only ever a part of a picture.
    Known(Arc<RgbImage>),
    /// Nobody fetches from the outside world here: the address stands for a picture of its own.
    MadeUp(u64),
}

impl Seen {
    /// The picture a foreign address stands for, the same one every time.
    pub fn made_up(address: &str) -> Seen {
        made_up::seen(address)
    }

    /// The image, painted now if its address is all that is known.
    pub fn image(&self) -> Arc<RgbImage> {
        match &self.sight {
            Sight::Known(image) => Arc::clone(image),
            Sight::MadeUp(seed) => Arc::new(made_up::painted(*seed, self.size)),
        }
    }

    /// Whether the content is known, and not only the address.
    pub fn is_known(&self) -> bool {
        matches!(self.sight, Sight::Known(_))
    }
}
