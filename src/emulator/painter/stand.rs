//! Where a silhouette stands: from its own units to the sheet's.
//!
//! A silhouette's units: x to the right, y up from the ground, facing left.

use super::brush::{Ink, Point, Sheet, along, closed};

/// Where a silhouette stands, its size and the way it faces.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    /// The ground under it.
    pub at: Point,
    /// Units of the sheet to one of its own.
    pub size: f32,
    /// 1 faces left, -1 faces right.
    pub facing: f32,
}

impl Stand {
    /// A point of the silhouette on the sheet.
    pub fn place(&self, (x, y): Point) -> Point {
        (self.at.0 + x * self.size * self.facing, self.at.1 - y * self.size)
    }

    /// A smooth closed shape.
    pub fn shape(&self, sheet: &mut Sheet, points: &[Point], ink: Ink) {
        let placed: Vec<_> = points.iter().map(|&p| self.place(p)).collect();
        sheet.fill(&[closed(&placed)], ink);
    }

    /// A smooth tapering line.
    pub fn line(&self, sheet: &mut Sheet, points: &[(f32, f32, f32)], ink: Ink) {
        let placed: Vec<_> = points
            .iter()
            .map(|&(x, y, w)| {
                let (px, py) = self.place((x, y));
                (px, py, w * self.size)
            })
            .collect();
        sheet.stroke(&along(&placed), ink);
    }

    /// A soft shadow along the ground.
    pub fn shadow(&self, sheet: &mut Sheet, from: f32, to: f32, ink: Ink) {
        self.line(sheet, &[(from, -0.012, 0.0), ((from + to) * 0.5, -0.02, 0.06), (to, -0.012, 0.0)], ink);
    }
}
