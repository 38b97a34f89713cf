//! A region painted anew: a small picture of the prompt set into a larger one.
//!
//! Which region, and how it is marked, is for others to say.

use image::RgbImage;

use super::brush::Sheet;
use super::foreground;
use super::noise::{noise2, smooth};
use super::scene::Scene;
use super::stage::Stage;

/// Paints the prompt into left, top, right, bottom (pixels); what lies off the picture is cut.
pub fn paint(image: &mut RgbImage, area: [f32; 4], prompt: &str, seed: u32, place: Option<(u32, u32)>) {
    let clip = |value: f32, limit: u32| (value.max(0.0) + 0.5).min(limit as f32) as u32;
    let (left, top) = (clip(area[0], image.width()), clip(area[1], image.height()));
    let (right, low) = (clip(area[2], image.width()), clip(area[3], image.height()));
    if right <= left || low <= top {
        return;
    }
    let mut fresh = RgbImage::new(right - left, low - top);
    let stage = Stage::of(fresh.width(), fresh.height());
    let scene = Scene::compose(prompt, seed, stage, place);
    scene.backdrop.lay(&stage, &scene.palette, &mut fresh);
    foreground::draw(&scene, &mut Sheet::on(&mut fresh, stage.scale));
    for (x, y, pixel) in fresh.enumerate_pixels() {
        let (u, v) = (stage.x(x as usize), stage.y(y as usize));
        let inside = u.min(stage.w - u).min(v).min(stage.h - v);
        let cover = if inside < 0.1 {
            smooth(0.0, 0.05, inside + (noise2(u * 30.0, v * 30.0, seed) - 0.5) * 0.03)
        } else {
            1.0
        };
        let under = image.get_pixel_mut(left + x, top + y);
        for (old, new) in under.0.iter_mut().zip(pixel.0) {
            let (from, to) = (f32::from(*old), f32::from(new));
            *old = (from + (to - from) * cover + 0.5) as u8;
        }
    }
}
