//! A colour palette being put together: colours, their shares in hundredths of a percent, and which of them stay.

use std::path::PathBuf;

use super::Line;

/// A palette being put together.
#[derive(Debug, Clone, Default)]
pub struct PaletteEditor {
    /// The colours.
    pub swatches: Vec<Swatch>,
    /// The selected one, from 0.
    pub selected: usize,
    /// The selected colour being typed, as `#C2D1E6=23.51`.
    pub typed: Option<Line>,
    /// Fewest and most colours the model takes.
    pub range: (usize, usize),
    /// The picture colours were taken from last, and how many were asked for.
    pub source: Option<(PathBuf, usize)>,
}

/// A colour of a palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swatch {
    /// `#C2D1E6`
    pub hex: String,
    /// Hundredths of a percent.
    pub share: u32,
    /// Stays as it is when the others are balanced.
    pub locked: bool,
}

impl PaletteEditor {
    /// All shares together, in hundredths of a percent.
    pub fn sum(&self) -> u32 {
        self.swatches.iter().map(|swatch| swatch.share).sum()
    }

    /// Colours and shares as the catalogue counts them.
    pub fn colours(&self) -> Vec<(String, u32)> {
        self.swatches.iter().map(|swatch| (swatch.hex.clone(), swatch.share)).collect()
    }
}
