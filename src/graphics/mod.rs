//! Pictures in the terminal: what this terminal can show, and cells painted for it. Knows pictures, not jobs.

use image::RgbaImage;
use ratatui::buffer::Buffer;

mod terminal;
pub use terminal::{Glyphs, Terminal};

/// Paints a picture into at most `columns` x `rows` cells (a cell is taken as twice as high as wide), keeping its
/// shape. The buffer is exactly as large as the picture came out; the caller centres it.
pub fn paint(_picture: &RgbaImage, _columns: u16, _rows: u16, _terminal: &Terminal) -> Buffer {
    todo!()
}

/// The cells a `width` x `height` picture takes when fitted into `columns` x `rows`.
pub fn fit(_width: u32, _height: u32, _columns: u16, _rows: u16) -> (u16, u16) {
    todo!()
}
