//! Which part of a picture is seen how large. It knows no picture: the same lens over two pictures of other sizes shows the
//! same part of both.

/// The middle of a picture, and a whole side of it.
const WHOLE: u32 = 10_000;

/// Which part of a picture is seen how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lens {
    /// How often the view was halved; 0 shows the whole picture.
    pub zoom: u32,
    /// The middle of the view, in ten-thousandths of the picture's width and height.
    pub middle: (u32, u32),
}

impl Default for Lens {
    fn default() -> Lens {
        Lens { zoom: 0, middle: (WHOLE / 2, WHOLE / 2) }
    }
}

impl Lens {
    /// Pixels a column stands for in a pane of so many columns and rows; a row stands for twice as many.
    pub fn scale(&self, size: (u32, u32), pane: (u16, u16)) -> u32 {
        let (columns, rows) = (u32::from(pane.0.max(1)), u32::from(pane.1.max(1)));
        let whole = size.0.div_ceil(columns).max(size.1.div_ceil(rows * 2)).max(1);
        (whole >> self.zoom.min(31)).max(1)
    }

    /// What is seen of a picture in a pane: left, top, width and height in pixels.
    pub fn region(&self, size: (u32, u32), pane: (u16, u16)) -> [u32; 4] {
        let scale = self.scale(size, pane);
        let side = |size: u32, middle: u32, cells: u16, cell: u32| {
            let seen = size.min(u32::from(cells.max(1)).saturating_mul(cell));
            let middle = u64::from(size) * u64::from(middle) / u64::from(WHOLE);
            let from = u32::try_from(middle).unwrap_or(0).saturating_sub(seen / 2).min(size - seen);
            (from, seen)
        };
        let (left, width) = side(size.0.max(1), self.middle.0, pane.0, scale);
        let (top, height) = side(size.1.max(1), self.middle.1, pane.1, scale * 2);
        [left, top, width, height]
    }

    /// Columns and rows that part takes.
    pub fn cells(&self, size: (u32, u32), pane: (u16, u16)) -> (u16, u16) {
        let (scale, [_, _, width, height]) = (self.scale(size, pane), self.region(size, pane));
        let cells = |pixels: u32, cell: u32| u16::try_from(pixels.div_ceil(cell)).unwrap_or(u16::MAX).max(1);
        (cells(width, scale).min(pane.0), cells(height, scale * 2).min(pane.1))
    }

    /// How many times larger than whole it is seen.
    pub fn times(&self, size: (u32, u32), pane: (u16, u16)) -> u32 {
        Lens::default().scale(size, pane) / self.scale(size, pane)
    }

    /// Halves what is seen, as long as a column stands for more than a pixel, or doubles it again. Where it stays as it was,
    /// false.
    pub fn turn(&mut self, by: i32, size: (u32, u32), pane: (u16, u16)) -> bool {
        if (by > 0 && self.scale(size, pane) == 1) || (by < 0 && self.zoom == 0) {
            return false;
        }
        self.zoom = self.zoom.saturating_add_signed(by);
        if self.zoom == 0 {
            *self = Lens::default();
        }
        true
    }

    /// Moves the view by a quarter of what is seen, as far as there is picture.
    pub fn pan(&mut self, (columns, rows): (i64, i64), size: (u32, u32), pane: (u16, u16)) {
        let [left, top, width, height] = self.region(size, pane);
        let side = |from: u32, seen: u32, size: u32, by: i64| {
            let from = (i64::from(from) + by * i64::from(seen.div_ceil(4))).clamp(0, i64::from(size - seen));
            let middle = (from + i64::from(seen / 2)) * i64::from(WHOLE) / i64::from(size);
            u32::try_from(middle).unwrap_or(WHOLE / 2)
        };
        self.middle = (side(left, width, size.0.max(1), columns), side(top, height, size.1.max(1), rows));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_halves_until_a_column_is_a_pixel_and_comes_back_to_the_whole() {
        let (size, pane) = ((2048, 1152), (100, 40));
        let mut lens = Lens::default();
        assert_eq!((lens.scale(size, pane), lens.region(size, pane)), (21, [0, 0, 2048, 1152]));
        assert!(lens.turn(1, size, pane));
        assert_eq!((lens.region(size, pane), lens.times(size, pane)), ([524, 176, 1000, 800], 2));
        while lens.turn(1, size, pane) {}
        assert_eq!((lens.scale(size, pane), lens.region(size, pane)[2..].to_vec()), (1, vec![100, 80]));
        while lens.turn(-1, size, pane) {}
        assert_eq!(lens, Lens::default());
    }

    #[test]
    fn it_pans_to_every_edge_and_no_further() {
        let (size, pane) = ((2048, 1152), (100, 40));
        let mut lens = Lens { zoom: 2, ..Lens::default() };
        for _ in 0..40 {
            lens.pan((1, -1), size, pane);
        }
        let [left, top, width, height] = lens.region(size, pane);
        assert!(left + width >= 2047 && top <= 1, "{left} {top} {width} {height}");
        for _ in 0..40 {
            lens.pan((-1, 1), size, pane);
        }
        let [left, top, _, height] = lens.region(size, pane);
        assert!(left <= 1 && top + height >= 1151, "{left} {top} {height}");
    }

    proptest! {
        #[test]
        fn what_is_seen_lies_in_the_picture_and_in_the_pane(
            size in (1u32..9000, 1u32..9000), pane in (1u16..200, 1u16..80), zoom in 0u32..9,
            steps in prop::collection::vec((-3i64..4, -3i64..4), 0..12),
        ) {
            let mut lens = Lens { zoom, ..Lens::default() };
            for step in steps {
                lens.pan(step, size, pane);
            }
            let ([left, top, width, height], (columns, rows)) = (lens.region(size, pane), lens.cells(size, pane));
            prop_assert!(width > 0 && height > 0 && left + width <= size.0 && top + height <= size.1);
            prop_assert!(columns > 0 && rows > 0 && columns <= pane.0 && rows <= pane.1);
        }
    }
}
