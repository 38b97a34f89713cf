//! A picture made ready for a pane: what has to be sent to the terminal, whatever its number and place turn out to be, so
//! that it can be kept and sent again. Pure.
//!
//! Kitty's pictures are sent once and lie where text says ([`placeholder`]). The others are drawn over the text by the
//! cursor and go when text is written there, so they are cut into bands of a few rows: a frame may go between two of
//! them, and what a dialog covered is mended band by band.

use std::borrow::Cow;

use image::{RgbImage, RgbaImage, imageops};

use super::canvas::{Canvas, Protocol, SIDE};
use super::place::Space;
use super::placeholder::{self, Id, MOST};
use super::{budget, colours, iterm, kitty, sixel, tmux};

/// Rows of a band. Six rows of whole pixels are whole rows of sixels.
const BAND: u16 = 6;

/// The first of two stages has no longer side.
const FIRST_SIDE: u32 = 200;

/// A picture of fewer bytes has no first stage.
const STAGED_ABOVE: usize = 60_000;

/// Saving the cursor, going to a band, and going back.
const AROUND_BAND: usize = 16;

/// Where a picture is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pane {
    /// Columns at most.
    pub columns: u16,
    /// Rows at most.
    pub rows: u16,
    /// It fills them all, whatever its shape: what is drawn over it counts on that.
    pub filled: bool,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The way.
    pub protocol: Protocol,
    /// Columns it takes.
    pub columns: u16,
    /// Rows it takes.
    pub rows: u16,
    /// Bytes it takes in the terminal once it is decoded there.
    pub decoded: usize,
    /// For kitty one PNG; for others a sequence for each band.
    pub pieces: Vec<Vec<u8>>,
    /// For kitty the same picture in few bytes, to be shown first.
    pub first: Option<Vec<u8>>,
}

impl Canvas {
    /// The pixels worth decoding for a pane.
    pub fn pane_pixels(&self, pane: Pane) -> (u32, u32) {
        let (width, height) = self.full(pane);
        let scale = self.reduction(pane);
        let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        (side(width), side(height))
    }

    fn full(&self, pane: Pane) -> (u32, u32) {
        (u32::from(pane.columns) * u32::from(self.cell.0), u32::from(pane.rows) * u32::from(self.cell.1))
    }

    /// How many of the pane's pixels are sent, on each side: fine cells would quadruple the bytes.
    fn reduction(&self, pane: Pane) -> f64 {
        let (width, height) = self.full(pane);
        match self.protocol {
            Some(Protocol::Sixel) | None => 1.0,
            Some(Protocol::Kitty | Protocol::Iterm) => (f64::from(SIDE) / f64::from(width.max(height).max(1))).min(1.0),
        }
    }

    /// Makes a picture of at most [`pane_pixels`](Self::pane_pixels) ready, so that drawing it once costs no more than
    /// `cap` bytes, the cells it lies on included. `None`: too few for that, or there is no way.
    pub fn ready(&self, picture: &RgbaImage, pane: Pane, cap: usize) -> Option<Ready> {
        let pane = Pane { columns: pane.columns.min(MOST), rows: pane.rows.min(MOST), ..pane };
        match self.in_panes().ok()? {
            Protocol::Kitty => self.ready_for_kitty(picture, pane, cap),
            protocol => self.ready_in_bands(picture, pane, cap, protocol),
        }
    }

    /// The cells a picture takes.
    fn cells(&self, picture: &RgbaImage, pane: Pane) -> (u16, u16) {
        if pane.filled {
            return (pane.columns, pane.rows);
        }
        let scale = self.reduction(pane);
        let whole = |length: u32| (f64::from(length) / scale).round() as u32;
        let space = Space { columns: pane.columns, rows: pane.rows, cell: self.cell };
        let place = space.place(whole(picture.width()), whole(picture.height()));
        (place.columns, place.rows)
    }

    fn ready_for_kitty(&self, picture: &RgbaImage, mut pane: Pane, cap: usize) -> Option<Ready> {
        let (columns, rows) = loop {
            let (columns, rows) = self.cells(picture, pane);
            // The place must not eat up what the picture may cost.
            if placeholder::cost(columns, rows) * 5 <= cap * 3 {
                break (columns, rows);
            }
            if pane.filled || (columns, rows) == (1, 1) {
                return None;
            }
            (pane.columns, pane.rows) = ((columns * 9 / 10).max(1), (rows * 9 / 10).max(1));
        };
        let cells = placeholder::cost(columns, rows);
        let wide = |png: &Vec<u8>| self.wire(png, columns, rows);
        let shaped = if pane.filled { self.shaped(picture, pane) } else { budget::flat(picture) };
        let png = kitty::packed(cap - cells, &shaped, wide)?;
        let spent = wide(&png) + cells;
        let (width, height) = shaped.dimensions();
        let first = (spent > STAGED_ABOVE && width.max(height) > FIRST_SIDE).then(|| {
            let scale = f64::from(FIRST_SIDE) / f64::from(width.max(height));
            let side = |length: u32| ((f64::from(length) * scale) as u32).max(1);
            kitty::small(&budget::exactly(shaped, side(width), side(height)))
        });
        let first = first.filter(|first| spent + cells + wide(first) <= cap);
        let decoded = (width * height * 4) as usize;
        Some(Ready { protocol: Protocol::Kitty, columns, rows, decoded, pieces: vec![png], first })
    }

    /// As many pixels as there are, in the shape of the pane.
    fn shaped(&self, picture: &RgbaImage, pane: Pane) -> RgbImage {
        let (width, height) = self.full(pane);
        let scale = (f64::from(picture.width()) / f64::from(width.max(1)))
            .max(f64::from(picture.height()) / f64::from(height.max(1)))
            .min(1.0);
        let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        budget::exactly(budget::flat(picture), side(width), side(height))
    }

    /// Bytes of a PNG on the line, with the longest number.
    fn wire(&self, png: &[u8], columns: u16, rows: u16) -> usize {
        kitty::place(png, Id::of(0, 0), columns, rows, self.tmux).iter().map(Vec::len).sum()
    }

    fn ready_in_bands(&self, picture: &RgbaImage, pane: Pane, cap: usize, protocol: Protocol) -> Option<Ready> {
        let (columns, rows) = self.cells(picture, pane);
        let scale = self.reduction(pane);
        let side = |cell: u16, cells: u16| ((f64::from(cell) * scale) as u32).max(1) * u32::from(cells);
        let (width, height) = (side(self.cell.0, columns), side(self.cell.1, rows));
        // The cells beneath are made blank first.
        let blanks = usize::from(columns) * usize::from(rows) + usize::from(rows) * 16;
        let cap = cap.checked_sub(blanks)?;
        let whole = budget::exactly(budget::flat(picture), width, height);
        let long = |pieces: &Vec<Vec<u8>>| pieces.iter().map(|piece| piece.len() + AROUND_BAND).sum();
        let pieces = match protocol {
            Protocol::Sixel => colours::within(
                cap,
                &whole,
                sixel::FINE,
                |few| {
                    // The terminal does not scale: fewer pixels are larger ones.
                    let small = (few.width, few.height) != (width, height);
                    let large = if small { Cow::Owned(few.enlarged(width, height)) } else { Cow::Borrowed(few) };
                    let band = |(top, high)| {
                        let (first, count) = part(height, rows, top, high);
                        sixel::rows(&large, first, count)
                    };
                    bands(rows).map(band).collect()
                },
                long,
            ),
            _ => budget::within_of(
                cap,
                whole,
                &iterm::QUALITIES,
                |picture, quality| {
                    let band = |(top, high)| iterm::band(&cut(picture, rows, top, high), columns, high, quality);
                    bands(rows).map(band).collect()
                },
                long,
            ),
        }?;
        Some(Ready { protocol, columns, rows, decoded: (width * height * 4) as usize, pieces, first: None })
    }
}

/// The first row of each band, and how many it has.
fn bands(rows: u16) -> impl Iterator<Item = (u16, u16)> {
    (0..rows).step_by(usize::from(BAND)).map(move |top| (top, BAND.min(rows - top)))
}

/// The first row of pixels, and how many, that lie in these rows of cells, of so many of both.
fn part(height: u32, rows: u16, top: u16, high: u16) -> (u32, u32) {
    let at = |row: u16| u32::from(row) * height / u32::from(rows.max(1));
    let first = at(top).min(height - 1);
    (first, at(top + high).saturating_sub(first).clamp(1, height - first))
}

/// The part of a picture that lies in these of its rows of cells.
fn cut(picture: &RgbImage, rows: u16, top: u16, high: u16) -> RgbImage {
    let (first, count) = part(picture.height(), rows, top, high);
    imageops::crop_imm(picture, 0, first, picture.width(), count).to_image()
}

impl Ready {
    /// The commands that give kitty the picture, or its first stage, under a number.
    pub fn commands(&self, id: Id, first: bool, tmux: bool) -> Vec<Vec<u8>> {
        let png = if first { self.first.as_ref() } else { self.pieces.first() };
        png.map(|png| kitty::place(png, id, self.columns, self.rows, tmux)).unwrap_or_default()
    }

    /// The bands of what is drawn by the cursor: the first row of each, how many it has, and what draws it there.
    pub fn bands(&self) -> impl Iterator<Item = (u16, u16, &[u8])> {
        bands(self.rows).zip(&self.pieces).map(|((top, high), piece)| (top, high, piece.as_slice()))
    }

    /// The band a row lies in.
    pub fn band_of(row: u16) -> usize {
        usize::from(row / BAND)
    }

    /// Bytes it takes to keep.
    pub fn weight(&self) -> usize {
        self.pieces.iter().chain(&self.first).map(Vec::len).sum()
    }
}

impl Ready {
    /// As it is kept in a file.
    pub fn written(&self) -> Vec<u8> {
        let number = |value: usize| (value as u64).to_le_bytes();
        let protocol = match self.protocol {
            Protocol::Kitty => 0,
            Protocol::Iterm => 1,
            Protocol::Sixel => 2,
        };
        let head = [protocol, self.columns.into(), self.rows.into(), self.decoded, usize::from(self.first.is_some())];
        let mut out: Vec<u8> = head.into_iter().flat_map(number).collect();
        for piece in self.first.iter().chain(&self.pieces) {
            out.extend(number(piece.len()));
            out.extend_from_slice(piece);
        }
        out
    }

    /// What was [`written`](Self::written); `None` where it is something else.
    pub fn read(bytes: &[u8]) -> Option<Ready> {
        let mut rest = bytes;
        let number = |rest: &mut &[u8]| {
            let (first, after) = rest.split_first_chunk::<8>()?;
            *rest = after;
            usize::try_from(u64::from_le_bytes(*first)).ok()
        };
        let protocol = match number(&mut rest)? {
            0 => Protocol::Kitty,
            1 => Protocol::Iterm,
            2 => Protocol::Sixel,
            _ => return None,
        };
        let columns = u16::try_from(number(&mut rest)?).ok()?;
        let rows = u16::try_from(number(&mut rest)?).ok()?;
        let (decoded, has_first) = (number(&mut rest)?, number(&mut rest)? == 1);
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let length = number(&mut rest)?;
            let (piece, after) = rest.split_at_checked(length)?;
            pieces.push(piece.to_vec());
            rest = after;
        }
        let first = if has_first { Some((!pieces.is_empty()).then(|| pieces.remove(0))?) } else { None };
        Some(Ready { protocol, columns, rows, decoded, pieces, first })
    }
}

/// Makes the terminal forget a picture; also one of which only a part was sent.
pub fn forget(id: Id, through_tmux: bool) -> Vec<u8> {
    let command = format!("\x1b_Ga=d,d=I,q=2,i={}\x1b\\", id.number()).into_bytes();
    if through_tmux { tmux::through(&command) } else { command }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample;
    use super::*;

    fn canvas(protocol: Protocol, tmux: bool) -> Canvas {
        Canvas { protocol: Some(protocol), places: true, tmux, cell: (10, 20), ..Canvas::none("") }
    }

    const PANE: Pane = Pane { columns: 80, rows: 40, filled: false };

    fn wire(ready: &Ready, tmux: bool) -> usize {
        match ready.protocol {
            Protocol::Kitty => {
                let sum = |first| ready.commands(Id::of(9, 9), first, tmux).iter().map(Vec::len).sum::<usize>();
                let cells = placeholder::cost(ready.columns, ready.rows);
                sum(false) + sum(true) + cells * if ready.first.is_some() { 2 } else { 1 }
            }
            _ => ready.pieces.iter().map(|piece| piece.len() + AROUND_BAND).sum(),
        }
    }

    #[test]
    fn no_picture_costs_more_than_the_cap() {
        for protocol in [Protocol::Kitty, Protocol::Iterm, Protocol::Sixel] {
            for (tmux, picture) in [false, true].into_iter().zip(sample::all(500, 400)) {
                let canvas = canvas(protocol, tmux);
                for cap in [1_000_000, 64_000, 20_000] {
                    let Some(ready) = canvas.ready(&picture, PANE, cap) else {
                        assert!(protocol == Protocol::Iterm && tmux, "{protocol:?} {cap}");
                        continue;
                    };
                    assert!(wire(&ready, tmux) <= cap, "{protocol:?}: {} of {cap}", wire(&ready, tmux));
                    assert!(ready.columns <= 80 && ready.rows <= 40);
                }
                assert_eq!(canvas.ready(&picture, PANE, 30), None);
            }
        }
    }

    #[test]
    fn a_large_picture_comes_in_two_stages_where_there_is_room_for_both() {
        let picture = sample::garden(800, 800);
        let ready = canvas(Protocol::Kitty, false).ready(&picture, PANE, 1_000_000).unwrap();
        let first = image::load_from_memory(ready.first.as_ref().unwrap()).unwrap();
        assert_eq!((first.width(), first.height(), ready.columns, ready.rows), (200, 200, 80, 40));
        assert!(ready.first.as_ref().unwrap().len() < 50_000);
        assert_eq!(image::load_from_memory(&ready.pieces[0]).unwrap().width(), 800);
        assert_eq!(canvas(Protocol::Kitty, false).ready(&picture, PANE, 80_000).unwrap().first, None);
    }

    #[test]
    fn bands_are_whole_rows_and_put_together_they_are_the_picture() {
        let picture = sample::garden(400, 300);
        let ready = canvas(Protocol::Iterm, false).ready(&picture, PANE, 1_000_000).unwrap();
        assert_eq!((ready.columns, ready.rows), (40, 15));
        let bands: Vec<(u16, u16)> = ready.bands().map(|(top, high, _)| (top, high)).collect();
        assert_eq!(bands, [(0, 6), (6, 6), (12, 3)]);
        assert_eq!((Ready::band_of(5), Ready::band_of(6), Ready::band_of(14)), (0, 1, 2));
        let text = String::from_utf8(ready.pieces[2].clone()).unwrap();
        assert!(text.contains(";width=40;height=3;"), "{}", &text[..90]);
        let sixel = canvas(Protocol::Sixel, false).ready(&picture, PANE, 1_000_000).unwrap();
        let heights: Vec<usize> =
            sixel.pieces.iter().map(|piece| icy_sixel::SixelImage::decode(piece).unwrap().height).collect();
        assert_eq!(heights, [120, 120, 60]);
    }

    #[test]
    fn fine_cells_and_small_pictures_send_what_there_is() {
        let fine = Canvas { cell: (20, 40), ..canvas(Protocol::Kitty, false) };
        assert_eq!(fine.pane_pixels(PANE), (1000, 1000));
        let ready = fine.ready(&sample::garden(1000, 500), PANE, 1_000_000).unwrap();
        assert_eq!((ready.columns, ready.rows), (80, 20));
        let small = canvas(Protocol::Kitty, false).ready(&sample::garden(50, 50), PANE, 1_000_000).unwrap();
        assert_eq!((small.columns, small.rows, small.decoded), (5, 3, 10_000));
        let filled = Pane { columns: 20, rows: 5, filled: true };
        for protocol in [Protocol::Kitty, Protocol::Iterm, Protocol::Sixel] {
            let ready = canvas(protocol, false).ready(&sample::garden(50, 50), filled, 1_000_000).unwrap();
            assert_eq!((ready.columns, ready.rows), (20, 5));
        }
    }

    #[test]
    fn what_is_forgotten_is_named() {
        assert_eq!(forget(Id::coloured(0, 6), false), b"\x1b_Ga=d,d=I,q=2,i=7\x1b\\");
        assert!(forget(Id::of(0, 6), true).starts_with(b"\x1bPtmux;\x1b\x1b_Ga=d"));
    }
}
