//! What stands in for an image of the outside world: a picture drawn from its address. Not here:
//! images that can be read (`bring`).

use image::RgbImage;

use super::super::ids::{hash, mix};
use super::super::painter::{Commission, paint};
use super::super::size::Pixels;
use super::{Seen, Sight};

/// Large enough for the boxes of the published examples, legal for every model (contract 3.3.12).
const SIZES: [Pixels; 3] = [(1600, 1200), (1200, 1600), (1400, 1400)];
/// Painted so much smaller than it claims to be.
const SHRUNK: u32 = 4;
const SUBJECTS: [&str; 4] = ["boat on a lake", "city at night", "spring blossom", "desert at sunset"];

pub fn seen(address: &str) -> Seen {
    let seed = mix(hash(address));
    let size = SIZES[(seed % 3) as usize];
    Seen { size, sight: Sight::MadeUp(seed) }
}

pub fn painted(seed: u64, (width, height): Pixels) -> RgbImage {
    let subject = SUBJECTS[(seed >> 8) as usize % SUBJECTS.len()];
    paint(&Commission {
        prompt: subject.into(),
        seed: (seed >> 16) as u32,
        width: width / SHRUNK,
        height: height / SHRUNK,
        ..Commission::default()
    })
}
