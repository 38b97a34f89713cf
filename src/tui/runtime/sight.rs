//! Pictures on the screen, found by the cells that stand for them. Pure.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::graphics::{Id, Spot};

/// A picture somewhere on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sight {
    /// Which.
    pub id: Id,
    /// The column of its first cell, in sight or not.
    pub x: i32,
    /// The row of its first cell.
    pub y: i32,
}

impl Sight {
    /// The picture a cell at a place belongs to.
    pub fn of(spot: Spot, (x, y): (u16, u16)) -> Sight {
        Sight { id: spot.id, x: i32::from(x) - i32::from(spot.column), y: i32::from(y) - i32::from(spot.row) }
    }

    /// All of them in a frame, in the order of their first cells.
    pub fn all(frame: &Buffer) -> Vec<Sight> {
        let mut found: Vec<Sight> = Vec::new();
        for (at, cell) in frame.content().iter().enumerate() {
            if let Some(spot) = Spot::of(cell) {
                let sight = Sight::of(spot, frame.pos_of(at));
                // Cells of a picture lie side by side.
                if found.last() != Some(&sight) && !found.contains(&sight) {
                    found.push(sight);
                }
            }
        }
        found
    }

    /// Where some of its rows lie; `None` where that is not whole on the screen. The screen's last row is left out:
    /// terminals scroll where a picture reaches it.
    pub fn rows(&self, columns: u16, top: u16, high: u16, screen: Rect) -> Option<Rect> {
        let (x, y) = (u16::try_from(self.x).ok()?, u16::try_from(self.y + i32::from(top)).ok()?);
        let fits = x.checked_add(columns)? <= screen.width && y.checked_add(high)? < screen.height;
        fits.then_some(Rect::new(x, y, columns, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphics::cells;

    #[test]
    fn pictures_are_found_wherever_a_part_of_them_shows() {
        let mut frame = Buffer::empty(Rect::new(0, 0, 40, 12));
        let (one, two) = (Id::coloured(1, 1), Id::of(1, 2));
        let put = |frame: &mut Buffer, id, (x, y): (i32, i32)| {
            let cells = cells(10, 5, id);
            for row in 0..5 {
                for column in 0..10 {
                    let at = (u16::try_from(x + column), u16::try_from(y + row));
                    if let (Ok(x), Ok(y)) = at
                        && let Some(cell) = frame.cell_mut((x, y))
                    {
                        *cell = cells[(column as u16, row as u16)].clone();
                    }
                }
            }
        };
        put(&mut frame, one, (3, 2));
        put(&mut frame, one, (20, 2));
        put(&mut frame, two, (35, -2));
        let wanted = [Sight { id: two, x: 35, y: -2 }, Sight { id: one, x: 3, y: 2 }, Sight { id: one, x: 20, y: 2 }];
        assert_eq!(Sight::all(&frame), wanted);
        let screen = frame.area;
        assert_eq!(wanted[1].rows(10, 0, 5, screen), Some(Rect::new(3, 2, 10, 5)));
        assert_eq!(wanted[0].rows(10, 0, 5, screen), None, "not whole");
        let low = Sight { id: one, x: 0, y: 7 };
        assert_eq!((low.rows(10, 0, 4, screen), low.rows(10, 0, 5, screen)), (Some(Rect::new(0, 7, 10, 4)), None));
    }
}
