//! Ink on the sheet: antialiased filled outlines, tapering ribbons, soft dots.
//!
//! Coordinates are in units of the sheet's short side, y down. What is drawn lives elsewhere.

use image::{Rgb as Pixel, RgbImage};

use super::noise::{noise2, smooth, speck};
use super::palette::Rgb;

/// A place on the sheet.
pub type Point = (f32, f32);

/// Sub-scanlines per row of an outline.
const SLICES: usize = 5;

/// How a shape is laid down.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    /// Its colour.
    pub colour: Rgb,
    /// How much of it, `0.0..=1.0`.
    pub alpha: f32,
    /// How much paper shows through, `0.0..=1.0`.
    pub dry: f32,
    /// Full at the first height, gone at the second.
    pub fade: Option<(f32, f32)>,
}

impl Ink {
    /// Full, wet ink.
    pub fn of(colour: Rgb) -> Self {
        Self { colour, alpha: 1.0, dry: 0.0, fade: None }
    }

    /// Thinner.
    pub fn thin(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }

    /// Drier.
    pub fn dry(self, dry: f32) -> Self {
        Self { dry, ..self }
    }

    /// Fading with the height.
    pub fn fading(self, full: f32, gone: f32) -> Self {
        Self { fade: Some((full, gone)), ..self }
    }
}

struct Edge {
    top: f32,
    low: f32,
    x: f32,
    slope: f32,
    turn: i32,
}

/// The paper being drawn on.
pub struct Sheet<'a> {
    image: &'a mut RgbImage,
    scale: f32,
}

impl<'a> Sheet<'a> {
    /// A sheet with `scale` pixels to the unit.
    pub fn on(image: &'a mut RgbImage, scale: f32) -> Self {
        Self { image, scale }
    }

    /// Fills closed outlines together; overlaps count once.
    pub fn fill(&mut self, outlines: &[Vec<Point>], ink: Ink) {
        let mut edges = self.edges(outlines);
        edges.sort_by(|a, b| a.top.total_cmp(&b.top));
        let bound = |pick: fn(&Edge) -> f32, least: bool| {
            edges.iter().map(pick).reduce(|a, b| if least { a.min(b) } else { a.max(b) }).unwrap_or(0.0)
        };
        let top = bound(|e| e.top, true).max(0.0) as u32;
        let low = bound(|e| e.low, false).ceil().min(self.image.height() as f32) as u32;
        let left = bound(|e| e.x.min(e.x + (e.low - e.top) * e.slope), true).max(0.0) as usize;
        let right = bound(|e| e.x.max(e.x + (e.low - e.top) * e.slope), false)
            .ceil()
            .clamp(0.0, self.image.width() as f32) as usize;
        if left >= right {
            return;
        }
        let mut cover = vec![0.0; right - left];
        let (mut hits, mut active) = (Vec::new(), Vec::new());
        let mut coming = edges.iter().peekable();
        for row in top..low {
            cover.fill(0.0);
            active.retain(|e: &&Edge| e.low > row as f32);
            while let Some(edge) = coming.next_if(|e| e.top < row as f32 + 1.0) {
                active.push(edge);
            }
            for slice in 0..SLICES {
                let y = row as f32 + (slice as f32 + 0.5) / SLICES as f32;
                cut(&active, y, &mut hits);
                spans(&hits, left as f32, &mut cover);
            }
            self.lay(row, left as u32, &cover, ink);
        }
    }

    /// A tapering line through points given as x, y, width.
    pub fn stroke(&mut self, spine: &[(f32, f32, f32)], ink: Ink) {
        self.fill(&[ribbon(spine)], ink);
    }

    /// A round spot whose edge is `soft` of its radius wide.
    pub fn dot(&mut self, centre: Point, radius: f32, soft: f32, ink: Ink) {
        let (cx, cy, r) = (centre.0 * self.scale, centre.1 * self.scale, (radius * self.scale).max(0.35));
        let edge = (soft * r).max(1.0);
        let clip = |v: f32, limit: u32| v.clamp(0.0, limit as f32) as u32;
        let (top, low) = (clip(cy - r - edge, self.image.height()), clip(cy + r + edge + 1.0, self.image.height()));
        let (left, right) = (clip(cx - r - edge, self.image.width()), clip(cx + r + edge + 1.0, self.image.width()));
        let mut cover = vec![0.0; (right - left) as usize];
        for row in top..low {
            let dy = row as f32 + 0.5 - cy;
            for (i, value) in cover.iter_mut().enumerate() {
                let dx = left as f32 + i as f32 + 0.5 - cx;
                let d = (dx * dx + dy * dy).sqrt();
                *value = 1.0 - smooth(r - edge * 0.5, r + edge * 0.5, d);
            }
            self.lay(row, left, &cover, ink);
        }
    }

    fn edges(&self, outlines: &[Vec<Point>]) -> Vec<Edge> {
        let mut edges = Vec::new();
        for outline in outlines {
            let next = outline.iter().cycle().skip(1);
            for (&a, &b) in outline.iter().zip(next) {
                let (turn, a, b) = if a.1 < b.1 { (1, a, b) } else { (-1, b, a) };
                let (ax, ay) = (a.0 * self.scale, a.1 * self.scale);
                let (bx, by) = (b.0 * self.scale, b.1 * self.scale);
                if by - ay > 1e-6 {
                    edges.push(Edge { top: ay, low: by, x: ax, slope: (bx - ax) / (by - ay), turn });
                }
            }
        }
        edges
    }

    fn lay(&mut self, row: u32, left: u32, cover: &[f32], ink: Ink) {
        let y = (row as f32 + 0.5) / self.scale;
        let fade = ink.fade.map_or(1.0, |(full, gone)| 1.0 - ((y - full) / (gone - full)).clamp(0.0, 1.0));
        let strength = ink.alpha * fade * fade;
        if strength <= 0.002 {
            return;
        }
        for (i, &part) in cover.iter().enumerate() {
            if part <= 0.001 {
                continue;
            }
            let column = left + i as u32;
            let mut alpha = part.min(1.0) * strength;
            if ink.dry > 0.0 {
                let x = column as f32 / self.scale;
                alpha *= 1.0 - ink.dry * smooth(0.45, 0.8, noise2(x * 160.0, y * 160.0, 7));
            }
            let dither = speck(column as i32, row as i32, 3);
            let Pixel(pixel) = self.image.get_pixel_mut(column, row);
            for (value, target) in pixel.iter_mut().zip(ink.colour) {
                let old = f32::from(*value);
                *value = (old + (target * 255.0 - old) * alpha + dither).clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// Where the edges cross a height, left to right.
fn cut(edges: &[&Edge], y: f32, hits: &mut Vec<(f32, i32)>) {
    hits.clear();
    hits.extend(edges.iter().filter(|e| y >= e.top && y < e.low).map(|e| (e.x + (y - e.top) * e.slope, e.turn)));
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
}

/// Adds one slice's inside spans to the row, with exact cover at both ends.
fn spans(hits: &[(f32, i32)], left: f32, cover: &mut [f32]) {
    let mut winding = 0;
    let mut start = 0.0;
    for &(x, turn) in hits {
        let before = winding;
        winding += turn;
        if before == 0 {
            start = x;
        } else if winding == 0 {
            let a = (start - left).clamp(0.0, cover.len() as f32);
            let b = (x - left).clamp(0.0, cover.len() as f32);
            let last = (b.ceil() as usize).min(cover.len());
            for (i, value) in cover.iter_mut().enumerate().take(last).skip(a as usize) {
                let inside = b.min(i as f32 + 1.0) - a.max(i as f32);
                *value += inside.max(0.0) / SLICES as f32;
            }
        }
    }
}

/// A smooth closed outline through points; a point given twice is a corner.
pub fn closed(points: &[Point]) -> Vec<Point> {
    let n = points.len();
    let at = |i: usize| points[i % n];
    (0..n)
        .flat_map(|i| {
            let (a, b, c, d) = (at(i + n - 1), at(i), at(i + 1), at(i + 2));
            (0..6).map(move |step| {
                let t = step as f32 / 6.0;
                (curve(a.0, b.0, c.0, d.0, t), curve(a.1, b.1, c.1, d.1, t))
            })
        })
        .collect()
}

/// A smooth open line through points given as x, y, width.
pub fn along(points: &[(f32, f32, f32)]) -> Vec<(f32, f32, f32)> {
    let last = points.len().saturating_sub(1);
    let mut line = Vec::with_capacity(last * 6 + 1);
    for i in 0..last {
        let (a, b) = (points[i.saturating_sub(1)], points[i]);
        let (c, d) = (points[i + 1], points[(i + 2).min(last)]);
        for step in 0..6 {
            let t = step as f32 / 6.0;
            line.push((curve(a.0, b.0, c.0, d.0, t), curve(a.1, b.1, c.1, d.1, t), b.2 + (c.2 - b.2) * t));
        }
    }
    line.extend(points.last());
    line
}

fn curve(a: f32, b: f32, c: f32, d: f32, t: f32) -> f32 {
    let (m, n) = ((c - a) * 0.5, (d - b) * 0.5);
    let (t2, t3) = (t * t, t * t * t);
    b * (2.0 * t3 - 3.0 * t2 + 1.0) + m * (t3 - 2.0 * t2 + t) + c * (3.0 * t2 - 2.0 * t3) + n * (t3 - t2)
}

/// The outline of a line of varying width, with pointed ends where the width is zero.
pub fn ribbon(spine: &[(f32, f32, f32)]) -> Vec<Point> {
    let last = spine.len().saturating_sub(1);
    let side = |sign: f32| {
        move |i: usize| {
            let (a, b) = (spine[i.saturating_sub(1)], spine[(i + 1).min(last)]);
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let half = sign * spine[i].2 * 0.5 / (dx * dx + dy * dy).sqrt().max(1e-6);
            (spine[i].0 - dy * half, spine[i].1 + dx * half)
        }
    };
    (0..spine.len()).map(side(1.0)).chain((0..spine.len()).rev().map(side(-1.0))).collect()
}

/// The direction of an angle in turns (0 right, 0.25 down): a parabola stands in for the sine,
/// so that every platform agrees to the bit.
pub fn heading(turns: f32) -> Point {
    (wave(turns + 0.25), wave(turns))
}

/// About `sin(2 pi x)`.
pub fn wave(x: f32) -> f32 {
    let t = x - x.floor() - 0.5;
    let s = -8.0 * t * (1.0 - 2.0 * t.abs());
    0.775 * s + 0.225 * s * s.abs()
}
