//! The place of the folders looked through, and of the selected picture beside them.

use ratatui::layout::Rect;

use super::{take_bottom, take_right, take_top};

/// Columns from which on there is room for a picture beside the list.
const BESIDE: u16 = 64;

/// Rectangles of the browser, borders included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BrowserPlace {
    /// All of it.
    pub area: Rect,
    /// The names.
    pub list: Rect,
    /// The selected picture; nothing where there is no room for it.
    pub thumb: Rect,
    /// What there is to say about it: above the picture, else under the list.
    pub about: Rect,
    /// The filter, or key hints.
    pub foot: Rect,
}

/// Divides a screen of so many columns and rows: the browser lies between the lines at the top and the bottom.
pub fn browser((width, height): (u16, u16)) -> BrowserPlace {
    let (outer, rows) = (width.saturating_sub(4).min(116), height.saturating_sub(2).min(34));
    let area = Rect::new((width - outer) / 2, 1 + (height.saturating_sub(2) - rows) / 2, outer, rows);
    if outer < 8 || rows < 6 {
        return BrowserPlace { area, ..BrowserPlace::default() };
    }
    let mut inside = Rect::new(area.x + 2, area.y + 1, outer - 4, rows - 2);
    let foot = take_bottom(&mut inside, 1);
    take_bottom(&mut inside, 1);
    if inside.width < BESIDE {
        let about = take_bottom(&mut inside, 2);
        return BrowserPlace { area, list: inside, thumb: Rect::default(), about, foot };
    }
    let columns = (inside.width * 2 / 5).min(52);
    let mut side = take_right(&mut inside, columns);
    inside.width -= 2;
    let about = take_top(&mut side, 4);
    take_top(&mut side, 1);
    BrowserPlace { area, list: inside, thumb: side, about, foot }
}
