//! What painted pictures cost on the line, as the pen writes them: graphics and screen together.

use image::{Rgba, RgbaImage};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::screen::Screen;
use crate::domain::Depth;
use crate::graphics::{Glyphs, Grid, Terminal, paint};

/// A picture with what photographs have: soft sky, a sun, hills with edges, and texture at several scales.
fn photo() -> RgbaImage {
    let hash = |x: i32, y: i32, seed: i32| {
        let mut h = (x.wrapping_mul(374_761_393)).wrapping_add(y.wrapping_mul(668_265_263)).wrapping_add(seed);
        h = (h ^ (h >> 13)).wrapping_mul(1_274_126_177);
        f64::from((h ^ (h >> 16)) & 0xffff) / 65535.0
    };
    let smooth = |x: f64, y: f64, seed: i32| {
        let (xi, yi) = (x.floor(), y.floor());
        let ease = |t: f64| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - xi), ease(y - yi));
        let at = |dx: i32, dy: i32| hash(xi as i32 + dx, yi as i32 + dy, seed);
        let (upper, lower) = (at(0, 0) * (1.0 - u) + at(1, 0) * u, at(0, 1) * (1.0 - u) + at(1, 1) * u);
        upper * (1.0 - v) + lower * v
    };
    let texture = |x: f64, y: f64, seed: i32| {
        (0..6).map(|i| smooth(x * f64::from(1 << i), y * f64::from(1 << i), seed + i) / f64::from(1 << i)).sum::<f64>()
            / 2.0
    };
    RgbaImage::from_fn(320, 320, |px, py| {
        let (x, y) = (f64::from(px) / 320.0, f64::from(py) / 320.0);
        let hill = 0.55 + 0.15 * (texture(x * 3.0, 0.5, 7) - 0.5) * 2.0;
        let sun = (1.0 - ((x - 0.7).hypot(y - 0.25) / 0.12).powi(4)).clamp(0.0, 1.0);
        let grain = (texture(x * 6.0, y * 6.0, 40) + 0.6 * texture(x * 40.0, y * 40.0, 60)) / 1.4;
        let (r, g, b) = if y < hill {
            (60.0 + 150.0 * y + 120.0 * sun, 110.0 + 90.0 * y + 90.0 * sun, 190.0 - 40.0 * y + 10.0 * sun)
        } else {
            (30.0 + 150.0 * grain, 50.0 + 140.0 * grain * y, 20.0 + 90.0 * grain * grain)
        };
        let cloud = (texture(x * 2.0, y * 6.0, 90) - 0.45).max(0.0) * 200.0;
        let value = |v: f64| (v + if y < hill { cloud } else { 0.0 }).clamp(0.0, 255.0) as u8;
        Rgba([value(r), value(g), value(b), 255])
    })
}

fn cost(photo: &RgbaImage, depth: Depth, glyphs: Glyphs) -> usize {
    let terminal = Terminal { depth, glyphs, unicode: true, tmux: false, ssh: false, reasons: Vec::new() };
    let cells = paint(photo, 80, 40, &terminal);
    assert_eq!(cells.area, Rect::new(0, 0, 80, 40));
    let show = |frame: &mut Frame| frame.buffer_mut().merge(&cells);
    let bytes = Screen::new(80, 40, true).frame(show).expect("a picture is a frame");
    if let Ok(folder) = std::env::var("LOOK") {
        std::fs::write(format!("{folder}/{depth}-{glyphs:?}.ans"), &bytes).expect("look");
        photo.save(format!("{folder}/photo.png")).expect("look");
    }
    eprintln!("{depth} {glyphs:?}: {} bytes", bytes.len());
    bytes.len()
}

#[test]
fn pictures_keep_to_their_budget() {
    let photo = photo();
    assert!(cost(&photo, Depth::True, Glyphs::HalfBlocks) <= 120_000);
    assert!(cost(&photo, Depth::Indexed, Glyphs::HalfBlocks) <= 55_000);
    assert!(cost(&photo, Depth::Ansi, Glyphs::HalfBlocks) <= 55_000);
    assert!(cost(&photo, Depth::Mono, Glyphs::HalfBlocks) <= 12_000);
    let quadrants = cost(&photo, Depth::True, Glyphs::Mosaic(Grid::Quadrants));
    assert!(quadrants <= 40_000);
    for grid in [Grid::Sextants, Grid::Octants] {
        assert!(cost(&photo, Depth::True, Glyphs::Mosaic(grid)) <= 120_000);
        assert!(cost(&photo, Depth::Indexed, Glyphs::Mosaic(grid)) <= 55_000);
        assert!(cost(&photo, Depth::Mono, Glyphs::Mosaic(grid)) <= 16_000);
    }
    assert!(cost(&photo, Depth::True, Glyphs::Ascii) <= 60_000);
    assert!(cost(&photo, Depth::Ansi, Glyphs::Ascii) <= 20_000);
    assert!(cost(&photo, Depth::Mono, Glyphs::Ascii) <= 4_000);
}
