//! Where a picture lies on the screen: cells it takes, and pixels it has there. Pure.

/// Pixels of a cell where the terminal does not say.
pub const CELL: (u16, u16) = (8, 16);

/// Room for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Cells across.
    pub columns: u16,
    /// Cells down.
    pub rows: u16,
    /// Pixels of a cell, across and down.
    pub cell: (u16, u16),
}

/// A picture's place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Cells across.
    pub columns: u16,
    /// Cells down.
    pub rows: u16,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Space {
    /// The place of a `width` x `height` picture: as large as fits, in its own shape, and never larger than it is.
    pub fn place(&self, width: u32, height: u32) -> Place {
        let (across, down) = (self.cell.0.max(1), self.cell.1.max(1));
        let (columns, rows) = (self.columns.max(1), self.rows.max(1));
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let most = (f64::from(columns) * f64::from(across), f64::from(rows) * f64::from(down));
        let scale = (most.0 / width).min(most.1 / height).min(1.0);
        let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
        Place {
            // The nearest whole cell: a terminal that fills its cells then bends the picture least.
            columns: ((width / f64::from(across)).round() as u16).clamp(1, columns),
            rows: ((height / f64::from(down)).round() as u16).clamp(1, rows),
            width: width as u32,
            height: height as u32,
        }
    }
}

impl Place {
    /// The pixels to send where the terminal enlarges by itself: no side longer than `most`.
    pub fn at_most(&self, most: u32) -> (u32, u32) {
        let scale = (f64::from(most) / f64::from(self.width.max(self.height))).min(1.0);
        let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        (side(self.width), side(self.height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: Space = Space { columns: 80, rows: 40, cell: (10, 20) };

    fn place(width: u32, height: u32) -> (u16, u16, u32, u32) {
        let Place { columns, rows, width, height } = SPACE.place(width, height);
        (columns, rows, width, height)
    }

    #[test]
    fn a_picture_is_as_large_as_fits_and_never_larger_than_it_is() {
        assert_eq!(place(2048, 2048), (80, 40, 800, 800));
        assert_eq!(place(2048, 1152), (80, 23, 800, 450));
        assert_eq!(place(1152, 2048), (45, 40, 450, 800));
        assert_eq!(place(60, 60), (6, 3, 60, 60));
        assert_eq!(place(8000, 1), (80, 1, 800, 1));
        assert_eq!(place(0, 0), (1, 1, 1, 1));
        let none = Space { columns: 0, rows: 0, cell: (0, 0) };
        assert_eq!(none.place(100, 100), Place { columns: 1, rows: 1, width: 1, height: 1 });
    }

    #[test]
    fn fine_cells_do_not_multiply_what_is_sent() {
        let fine = Space { columns: 80, rows: 40, cell: (20, 40) };
        let place = fine.place(4096, 2048);
        assert_eq!((place.columns, place.width, place.height), (80, 1600, 800));
        assert_eq!(place.at_most(1000), (1000, 500));
        assert_eq!(SPACE.place(300, 200).at_most(1000), (300, 200));
    }
}
