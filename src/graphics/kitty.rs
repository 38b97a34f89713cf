//! Kitty's graphics protocol (kitty, Ghostty, Rio and others): a PNG of at most 256 colours, which is a sixth and less of
//! the raw pixels. Every command asks for silence (`q=2`), since nobody reads an answer.
//!
//! Outside tmux the picture is put at the cursor. tmux knows nothing of such a picture and would leave it behind, so
//! there the picture is only sent, and its place is text that tmux can move about: see [`placeholder`](super::placeholder).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{RgbImage, RgbaImage};
use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};

use super::colours::{self, Few, Fine};
use super::place::Place;
use super::{budget, placeholder, tmux};

/// Characters of Base64 in a command; the protocol takes no more.
const CHUNK: usize = 4096;

/// When smooth pictures get finer colours.
const FINE: Fine = Fine { tried: 6, taken: 4 };

/// How hard a PNG is packed, of 9: the next step saves one byte in a hundred and takes half as long again.
const DEFLATE: u8 = 5;

/// The picture at the cursor, which is left behind its last cell.
pub(super) fn draw(picture: &RgbaImage, place: Place, cap: usize) -> Option<Vec<u8>> {
    let head = format!("a=T,f=100,q=2,c={},r={}", place.columns, place.rows);
    let commands = |png: &Vec<u8>| commands(&head, png).concat();
    packed(cap, &budget::flat(picture), |png| commands(png).len()).map(|png| commands(&png))
}

/// The picture through tmux to the terminal around it, and rows of text, each on a line of its own, where it lies.
pub(super) fn draw_in_tmux(picture: &RgbaImage, place: Place, id: placeholder::Id, cap: usize) -> Option<Vec<u8>> {
    let rows = placeholder::rows(place, id);
    // Each command on its own: tmux drops what is longer than a megabyte.
    let commands = |png: &Vec<u8>| self::place(png, id, place.columns, place.rows, true).concat();
    let png = packed(cap.checked_sub(rows.len())?, &budget::flat(picture), |png| commands(png).len())?;
    let mut out = commands(&png);
    out.extend(rows.into_bytes());
    Some(out)
}

/// Commands that give the terminal a PNG under a number, to be shown where text says so.
pub(super) fn place(png: &[u8], id: placeholder::Id, columns: u16, rows: u16, through_tmux: bool) -> Vec<Vec<u8>> {
    let commands = commands(&format!("a=T,U=1,f=100,q=2,i={},c={columns},r={rows}", id.number()), png);
    if through_tmux { commands.iter().map(|command| tmux::through(command)).collect() } else { commands }
}

/// Commands that carry `bytes`, the first with `head`.
fn commands(head: &str, bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = STANDARD.encode(bytes);
    let count = text.len().div_ceil(CHUNK);
    let command = |(index, chunk): (usize, &[u8])| {
        let (head, more) = (if index == 0 { head } else { "q=2" }, u8::from(index + 1 < count));
        [b"\x1b_G", head.as_bytes(), format!(",m={more};").as_bytes(), chunk, b"\x1b\\"].concat()
    };
    text.as_bytes().chunks(CHUNK).enumerate().map(command).collect()
}

/// The best PNG that takes no more than `cap` on the line, where it takes `length`. `None`: not even one pixel fits.
pub(super) fn packed(cap: usize, picture: &RgbImage, length: impl Fn(&Vec<u8>) -> usize) -> Option<Vec<u8>> {
    colours::within(cap, picture, FINE, png, length)
}

/// A PNG to be seen for a moment.
pub(super) fn small(picture: &RgbImage) -> Vec<u8> {
    png(&Few::of(picture))
}

fn png(picture: &Few) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, picture.width, picture.height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(&picture.palette);
    encoder.set_deflate_compression(DeflateCompression::Level(DEFLATE));
    // Filters only hurt palettes.
    encoder.set_filter(Filter::NoFilter);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&picture.indices));
    written.expect("memory takes everything");
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample;
    use super::*;

    /// The commands' keys, and what they carry.
    fn read(bytes: &[u8]) -> (Vec<String>, Vec<u8>) {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (mut keys, mut carried) = (vec![], String::new());
        for command in text.split("\x1b_G").skip(1) {
            let (head, rest) = command.split_once(';').unwrap();
            let (chunk, _) = rest.split_once("\x1b\\").unwrap();
            assert!(chunk.len() <= CHUNK && (chunk.len() % 4 == 0), "{}", chunk.len());
            keys.push(head.to_owned());
            carried.push_str(chunk);
        }
        (keys, STANDARD.decode(carried).unwrap())
    }

    const PLACE: Place = Place { columns: 40, rows: 15, width: 400, height: 300 };

    #[test]
    fn what_is_sent_is_a_palette_png_of_the_same_pixels() {
        let picture = sample::garden(400, 300);
        let bytes = draw(&picture, PLACE, usize::MAX).unwrap();
        let (keys, png) = read(&bytes);
        assert_eq!(keys[0], "a=T,f=100,q=2,c=40,r=15,m=1");
        assert_eq!(keys.last().unwrap(), "q=2,m=0");
        assert!(keys[1..keys.len() - 1].iter().all(|keys| keys == "q=2,m=1"));
        assert_eq!((png[24], png[25]), (8, 3), "eight bits a pixel, by palette");
        let shown = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!(shown.dimensions(), (400, 300));
        assert!(sample::difference(&picture, &shown) < 6.0, "{}", sample::difference(&picture, &shown));
    }

    #[test]
    fn a_small_picture_is_one_command() {
        let place = Place { columns: 2, rows: 1, width: 16, height: 16 };
        let (keys, png) = read(&draw(&sample::flat(16, 16), place, usize::MAX).unwrap());
        assert_eq!(keys, ["a=T,f=100,q=2,c=2,r=1,m=0"]);
        assert_eq!(image::load_from_memory(&png).unwrap().into_rgba8(), sample::flat(16, 16));
    }

    #[test]
    fn no_picture_passes_the_cap() {
        for picture in sample::all(500, 400) {
            for cap in [400_000, 64_000, 8_000, 600] {
                let bytes = draw(&picture, PLACE, cap).unwrap();
                assert!(bytes.len() <= cap, "{} of {cap}", bytes.len());
                let (_, png) = read(&bytes);
                image::load_from_memory(&png).unwrap();
            }
            assert_eq!(draw(&picture, PLACE, 20), None);
        }
    }

    #[test]
    fn in_tmux_the_terminal_gets_the_picture_and_tmux_its_place() {
        let id = placeholder::Id::of(7, 0);
        let bytes = draw_in_tmux(&sample::garden(400, 300), PLACE, id, usize::MAX).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (sent, rows) = text.rsplit_once("\x1b\\").unwrap();
        assert_eq!(rows.lines().count(), 15);
        assert_eq!(rows.matches('\u{10EEEE}').count(), 40 * 15);
        let commands: Vec<&str> = sent.split("\x1bPtmux;").skip(1).collect();
        assert!(commands.len() > 1 && commands.iter().all(|command| command.len() < 5000));
        let inner = commands.concat().replace("\x1b\x1b", "\x1b");
        let number = id.number();
        assert!(inner.starts_with(&format!("\x1b_Ga=T,U=1,f=100,q=2,i={number},c=40,r=15,m=1;")));
        for cap in [100_000, 20_000] {
            assert!(draw_in_tmux(&sample::noise(400, 300), PLACE, id, cap).unwrap().len() <= cap, "{cap}");
        }
        assert_eq!(draw_in_tmux(&sample::noise(400, 300), PLACE, id, 5_000), None, "the place alone is more");
    }
}
