//! The measures of one picture: units, pixels, and the way between them.
//!
//! A unit is the short side, so the same composition fits every size of a shape.

/// Width and height in units and pixels.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// Width in units, at least 1.
    pub w: f32,
    /// Height in units, at least 1.
    pub h: f32,
    /// Pixels to the unit.
    pub scale: f32,
    /// Width in pixels.
    pub cols: usize,
    /// Height in pixels.
    pub rows: usize,
}

impl Stage {
    /// The stage of a picture of `width` x `height` pixels.
    pub fn of(width: u32, height: u32) -> Self {
        let scale = width.min(height).max(1) as f32;
        Self { w: width as f32 / scale, h: height as f32 / scale, scale, cols: width as usize, rows: height as usize }
    }

    /// The centre of a column, in units.
    pub fn x(&self, column: usize) -> f32 {
        (column as f32 + 0.5) / self.scale
    }

    /// The centre of a row, in units.
    pub fn y(&self, row: usize) -> f32 {
        (row as f32 + 0.5) / self.scale
    }

    /// A distance in whole pixels, at least one.
    pub fn step(&self, units: f32) -> usize {
        ((units * self.scale) as usize).max(1)
    }

    /// The height that one view takes in: a tall scroll shows more than one.
    pub fn view(&self) -> f32 {
        self.h.min(1.5)
    }
}
