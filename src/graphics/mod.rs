//! Pictures in the terminal: what this terminal can show, and cells painted for it. Knows pictures, not jobs.
//!
//! `terminal` reads the environment, `scale` makes the pixels, `palette` finds their colours, and a file for each way
//! of writing turns them into cells: `blocks`, `mosaic` (by the glyphs of a `grid`) and `letters`. `drawn` knows terminals that
//! draw such glyphs whatever the font.
//!
//! Real pixels go another way: `canvas` decides how (it asks the environment, tmux through `tmux`, and the terminal through
//! `ask`, whose words `answer` reads), `place` says where, and `kitty`, `iterm` and `sixel` turn the picture into bytes, the
//! first and the last of few `colours`, kept under a number of them by `budget`. For the studio's panes `ready` makes what
//! is sent, apart from the number it is sent under and the place it lies at: that is what cells say (`placeholder`).

use image::RgbaImage;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

mod answer;
mod ask;
mod blocks;
mod budget;
mod canvas;
mod colours;
mod drawn;
mod grid;
mod iterm;
mod kitty;
mod letters;
mod mosaic;
mod palette;
mod place;
mod placeholder;
mod ready;
#[cfg(test)]
mod sample;
mod scale;
mod sixel;
mod terminal;
mod tmux;

pub use answer::{Answer, SHORT_QUESTION, read as read_answer};
pub use ask::{PATIENCE, ask, cell};
pub use canvas::{Begun, Canvas, Hint, Protocol, Senses};
pub use grid::Grid;
pub use place::{Place, Space};
pub use placeholder::{Id, Spot, cells, is_spot};
pub use ready::{Pane, Ready, forget};
pub use terminal::{Glyphs, Terminal};
pub use tmux::{Outer, ask as ask_tmux, pass_unseen};

/// Paints a picture into at most `columns` x `rows` cells (a cell is taken as twice as high as wide), keeping its
/// shape. The buffer is exactly as large as the picture came out; the caller centres it. Transparent parts are black.
/// An empty picture, an empty pane and [`Glyphs::None`] give an empty buffer.
pub fn paint(picture: &RgbaImage, columns: u16, rows: u16, terminal: &Terminal) -> Buffer {
    let (columns, rows) = fit(picture.width(), picture.height(), columns, rows);
    if columns == 0 || rows == 0 {
        return Buffer::empty(Rect::ZERO);
    }
    let (wide, high) = (u32::from(columns), u32::from(rows));
    match terminal.glyphs {
        Glyphs::HalfBlocks => blocks::paint(&scale::scale(picture, wide, high * 2), terminal.depth),
        Glyphs::Mosaic(grid) => {
            let (across, down) = grid.sides();
            let pixels = scale::scale(picture, wide * u32::from(across), high * u32::from(down));
            mosaic::paint(&pixels, grid, terminal.depth)
        }
        Glyphs::Ascii => letters::paint(&scale::scale(picture, wide, high), terminal.depth),
        Glyphs::None => Buffer::empty(Rect::ZERO),
    }
}

/// The cells a `width` x `height` picture takes when fitted into `columns` x `rows`: as large as fits, never less than
/// one cell either way; `(0, 0)` when either is empty.
pub fn fit(width: u32, height: u32, columns: u16, rows: u16) -> (u16, u16) {
    if width == 0 || height == 0 || columns == 0 || rows == 0 {
        return (0, 0);
    }
    let (wide, high) = (f64::from(columns), f64::from(rows) * 2.0);
    let scale = (wide / f64::from(width)).min(high / f64::from(height));
    let cells = |length: f64, most: u16| (length.round() as u16).clamp(1, most);
    (cells(f64::from(width) * scale, columns), cells(f64::from(height) * scale / 2.0, rows))
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;
    use crate::domain::Depth;

    fn terminal(depth: Depth, glyphs: Glyphs) -> Terminal {
        Terminal { depth, glyphs, unicode: true, tmux: false, ssh: false, reasons: Vec::new() }
    }

    #[test]
    fn pictures_keep_their_shape() {
        assert_eq!(fit(1000, 1000, 80, 40), (80, 40));
        assert_eq!(fit(1000, 1000, 100, 40), (80, 40));
        assert_eq!(fit(2048, 1152, 80, 40), (80, 23));
        assert_eq!(fit(1152, 2048, 80, 40), (45, 40));
        assert_eq!(fit(64, 64, 80, 40), (80, 40));
        assert_eq!(fit(8000, 10, 80, 40), (80, 1));
        assert_eq!(fit(1, 9000, 80, 40), (1, 40));
        assert_eq!(fit(0, 10, 80, 40), (0, 0));
        assert_eq!(fit(10, 10, 0, 40), (0, 0));
    }

    #[test]
    fn the_buffer_is_as_large_as_the_picture_came_out() {
        let picture = RgbaImage::from_pixel(200, 100, Rgba([250, 120, 10, 255]));
        for glyphs in Grid::ALL.map(Glyphs::Mosaic).into_iter().chain([Glyphs::HalfBlocks, Glyphs::Ascii]) {
            let cells = paint(&picture, 40, 40, &terminal(Depth::True, glyphs));
            assert_eq!(cells.area, Rect::new(0, 0, 40, 10), "{glyphs:?}");
        }
        assert!(paint(&picture, 40, 40, &terminal(Depth::True, Glyphs::None)).area.is_empty());
        assert!(paint(&RgbaImage::new(0, 0), 40, 40, &terminal(Depth::True, Glyphs::HalfBlocks)).area.is_empty());
    }

    #[test]
    fn every_letter_is_ascii_and_bright_parts_have_more_ink() {
        let picture = RgbaImage::from_fn(80, 80, |x, _| Rgba([(x * 3) as u8, (x * 3) as u8, (x * 3) as u8, 255]));
        for depth in [Depth::Mono, Depth::Ansi, Depth::Indexed, Depth::True] {
            let cells = paint(&picture, 40, 20, &terminal(depth, Glyphs::Ascii));
            assert!(cells.content().iter().all(|cell| cell.symbol().is_ascii()), "{depth}");
            assert_eq!((cells[(0, 5)].symbol(), cells[(39, 5)].symbol()), (" ", "@"), "{depth}");
        }
    }
}
