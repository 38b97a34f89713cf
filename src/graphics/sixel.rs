//! Sixel (xterm, foot, mlterm, Windows Terminal and others): at most 256 colours, written in strips of six rows of pixels,
//! in each strip colour by colour. The terminal does not scale: where bytes are short the picture comes out smaller on the
//! screen.

use std::io::Write;

use image::RgbaImage;

use super::budget;
use super::colours::{self, Few, Fine};

/// When smooth pictures get finer colours.
pub(super) const FINE: Fine = Fine { tried: 3, taken: 2 };

/// Rows of a strip: a character has a bit for each.
const STRIP: usize = 6;

/// A run of fewer is as short without its number.
const RUN: usize = 4;

/// The picture at the cursor, which is left in the picture's last row.
pub(super) fn draw(picture: &RgbaImage, cap: usize) -> Option<Vec<u8>> {
    let whole = |few: &Few| rows(few, 0, few.height);
    colours::within(cap, &budget::flat(picture), FINE, whole, Vec::len)
}

/// So many rows of a picture from `top` on: a picture of their own.
pub(super) fn rows(picture: &Few, top: u32, count: u32) -> Vec<u8> {
    let width = picture.width as usize;
    let pixels: Vec<&[u8]> = picture.indices.chunks(width).skip(top as usize).take(count as usize).collect();
    let mut out = Vec::new();
    // Square pixels, said in both ways there are.
    say(&mut out, format_args!("\x1bP9;1q\"1;1;{width};{}", pixels.len()));
    let mut used = [false; 256];
    pixels.iter().copied().flatten().for_each(|index| used[usize::from(*index)] = true);
    for (index, colour) in picture.palette.chunks(3).enumerate().filter(|(index, _)| used[*index]) {
        // Of a hundred.
        let [r, g, b] = [colour[0], colour[1], colour[2]].map(|value| (u32::from(value) * 100 + 127) / 255);
        say(&mut out, format_args!("#{index};2;{r};{g};{b}"));
    }
    let mut lines = Lines::new(width);
    for (nth, strip) in pixels.chunks(STRIP).enumerate() {
        if nth > 0 {
            out.push(b'-');
        }
        lines.take(strip);
        lines.write(&mut out);
    }
    out.extend_from_slice(b"\x1b\\");
    out
}

fn say(out: &mut Vec<u8>, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("memory takes everything");
}

/// A strip, colour by colour: for each column, which of its rows have the colour.
struct Lines {
    width: usize,
    bits: Vec<u8>,
    /// The columns a colour begins and ends in; an empty range for one that is not there.
    spans: [(usize, usize); 256],
}

impl Lines {
    fn new(width: usize) -> Lines {
        Lines { width, bits: vec![0; 256 * width], spans: [(0, 0); 256] }
    }

    fn take(&mut self, strip: &[&[u8]]) {
        for (colour, (from, to)) in self.spans.iter_mut().enumerate() {
            self.bits[colour * self.width + *from..colour * self.width + *to].fill(0);
            (*from, *to) = (0, 0);
        }
        for (row, pixels) in strip.iter().enumerate() {
            for (column, index) in pixels.iter().enumerate() {
                let (colour, bit) = (usize::from(*index), 1 << row);
                self.bits[colour * self.width + column] |= bit;
                let (from, to) = &mut self.spans[colour];
                (*from, *to) =
                    if from == to { (column, column + 1) } else { ((*from).min(column), (*to).max(column + 1)) };
            }
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let there = self.spans.iter().enumerate().filter(|(_, (from, to))| from < to);
        for (nth, (colour, (from, to))) in there.enumerate() {
            if nth > 0 {
                // Back to the first column.
                out.push(b'$');
            }
            say(out, format_args!("#{colour}"));
            run(out, 0, *from);
            let line = &self.bits[colour * self.width + from..colour * self.width + to];
            line.chunk_by(|a, b| a == b).for_each(|same| run(out, same[0], same.len()));
        }
    }
}

/// The same bits in so many columns.
fn run(out: &mut Vec<u8>, bits: u8, columns: usize) {
    let letter = b'?' + bits;
    if columns < RUN {
        out.extend(std::iter::repeat_n(letter, columns));
    } else {
        say(out, format_args!("!{columns}"));
        out.push(letter);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use icy_sixel::SixelImage;

    use super::super::sample;
    use super::*;

    fn read(bytes: &[u8]) -> RgbaImage {
        let image = SixelImage::decode(bytes).unwrap();
        RgbaImage::from_raw(image.width as u32, image.height as u32, image.pixels).unwrap()
    }

    #[test]
    fn what_is_sent_reads_back_as_the_same_pixels() {
        let picture = sample::garden(400, 300);
        let bytes = draw(&picture, usize::MAX).unwrap();
        assert!(bytes.starts_with(b"\x1bP") && bytes.ends_with(b"\x1b\\"));
        let shown = read(&bytes);
        assert_eq!(shown.dimensions(), (400, 300));
        assert!(sample::difference(&picture, &shown) < 6.0, "{}", sample::difference(&picture, &shown));
    }

    #[test]
    fn there_are_at_most_256_colours() {
        let text = String::from_utf8(draw(&sample::noise(200, 200), usize::MAX).unwrap()).unwrap();
        let defined = text.split('#').skip(1).filter(|rest| rest.split_once(';').is_some_and(|(n, _)| n.len() <= 3));
        let numbers = defined.map(|rest| rest.split_once(';').unwrap().0.parse::<u16>().unwrap());
        assert!(numbers.max().unwrap() < 256);
    }

    #[test]
    fn no_picture_passes_the_cap() {
        for picture in sample::all(500, 400) {
            for cap in [400_000, 64_000, 8_000, 600] {
                let bytes = draw(&picture, cap).unwrap();
                assert!(bytes.len() <= cap, "{} of {cap}", bytes.len());
                read(&bytes);
            }
            assert_eq!(draw(&picture, 5), None);
        }
    }
}
