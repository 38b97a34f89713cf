//! How pictures are drawn on a terminal between lines of text: for `show` and `gen --preview`. Real pixels where the
//! terminal takes them, else half blocks or letters.
//!
//! Half blocks are printed by viuer. Its other ways are not used: they send the whole picture, whatever its size, and
//! read stdin without an end.

use std::cell::Cell;
use std::path::Path;

use image::{DynamicImage, RgbaImage};
use ratatui::style::Color;

use crate::config::{Config, Graphics};
use crate::domain::{Depth, Fault, FaultKind, text};
use crate::graphics::{self, Canvas, Glyphs, Id, Protocol, Senses, Terminal};
use crate::picture::{self, Header};

use super::{desk, print};

/// Bytes of a picture at most, whatever the terminal's size: a second on a line of a megabyte a second, and less than
/// tmux takes.
pub const CAP: usize = 1_000_000;

/// Where pictures are drawn, and with what.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal,
    /// How real pixels are sent, and why or why not.
    pub canvas: Canvas,
    /// Columns and rows.
    size: (u16, u16),
    drawn: Cell<u32>,
}

impl Screen {
    /// What a flag, or without one the setting, makes of the terminal; `None` where no pictures are wanted, and where
    /// stdout is no terminal. May ask the terminal, a quarter of a second at most.
    pub fn of(flag: Option<Graphics>, config: &Config) -> Option<Screen> {
        Screen::sized(flag, config, print::terminal_size()?)
    }

    /// The same; but what a flag names is drawn even where stdout is no terminal, as if it had 80 columns and 24 rows.
    pub fn wherever(flag: Option<Graphics>, config: &Config) -> Option<Screen> {
        let named = flag.is_some_and(|flag| flag != Graphics::Auto);
        Screen::sized(flag, config, print::terminal_size().or(named.then_some((80, 24)))?)
    }

    fn sized(flag: Option<Graphics>, config: &Config, size: (u16, u16)) -> Option<Screen> {
        let wanted = flag.unwrap_or(config.settings.graphics);
        let mut terminal = desk::terminal(config);
        let canvas = canvas(wanted, if flag.is_some() { "--preview" } else { AS_SET });
        terminal.glyphs = desk::glyphs(wanted).unwrap_or_else(|| canvas.glyphs(&terminal));
        if canvas.barred && canvas.protocol.is_some() {
            print::say(format!("note: tmux lets no pictures through; {PASSTHROUGH}"));
        }
        let blank = canvas.protocol.is_none() && terminal.glyphs == Glyphs::None;
        (!blank).then(|| Screen { terminal, canvas, size, drawn: Cell::new(0) })
    }

    /// Draws a picture as wide as the screen at most, and so high that `beneath` rows of text and the shell's prompt
    /// stay on it.
    pub fn draw(&self, path: &Path, header: &Header, beneath: u16) -> anyhow::Result<()> {
        let (columns, rows) = (self.size.0, self.size.1.saturating_sub(1 + beneath).max(1));
        if self.canvas.protocol.is_none() {
            return self.cells(path, columns, rows);
        }
        let place = self.canvas.space(columns, rows).place(header.width, header.height);
        let (width, height) = self.canvas.pixels(&place);
        let picture = picture::open_fit(path, width, height).map_err(|e| unusable(path, &e))?;
        let id = Id::of(std::process::id(), self.drawn.replace(self.drawn.get() + 1));
        match self.canvas.draw(&picture, place, id, CAP) {
            Some(bytes) => Ok(print::bytes(&bytes)?),
            None => self.cells(path, columns, rows),
        }
    }

    fn cells(&self, path: &Path, columns: u16, rows: u16) -> anyhow::Result<()> {
        let fine = self.terminal.glyphs.fineness();
        let (width, height) = (u32::from(columns) * fine, u32::from(rows) * 2 * fine);
        let picture = picture::open_fit(path, width, height).map_err(|e| unusable(path, &e))?;
        match self.terminal.glyphs {
            Glyphs::HalfBlocks if self.terminal.depth > Depth::Mono => half_blocks(picture, &self.terminal),
            Glyphs::Mosaic(_) => mosaic(&picture, columns, rows, &self.terminal),
            _ => letters(&picture, columns, rows, &self.terminal),
        }
    }
}

const AS_SET: &str = "as set: graphics";

/// How to let pictures through tmux.
pub const PASSTHROUGH: &str = "for real pictures: tmux set -g allow-passthrough on";

/// How pixels are sent as far as the settings say; may ask the terminal.
pub fn of_setting(config: &Config) -> Canvas {
    canvas(config.settings.graphics, AS_SET)
}

/// How pixels are sent when this is wanted, and `why`.
fn canvas(wanted: Graphics, why: &str) -> Canvas {
    let senses = Senses { var: &desk::var, cell: graphics::cell(), ask: &graphics::ask, tmux: &graphics::ask_tmux };
    let forced = |protocol| Canvas::forced(protocol, why, &senses);
    match wanted {
        Graphics::Auto => Canvas::detect(&senses),
        Graphics::Kitty => forced(Protocol::Kitty),
        Graphics::Iterm => forced(Protocol::Iterm),
        Graphics::Sixel => forced(Protocol::Sixel),
        Graphics::Octant | Graphics::Sextant | Graphics::Quadrant => Canvas::none(why),
        Graphics::Half | Graphics::Ascii | Graphics::None => Canvas::none(why),
    }
}

/// That a file cannot be shown, and why.
pub fn unusable(path: &Path, why: &picture::Unusable) -> Fault {
    let (path, why) = (path.display().to_string(), why.to_string());
    let message = format!("{} cannot be shown: {}.", text::clean(&path), text::clean(&why));
    Fault::new(FaultKind::Invalid, "not_a_picture", message)
}

fn half_blocks(picture: RgbaImage, terminal: &Terminal) -> anyhow::Result<()> {
    let config = viuer::Config {
        absolute_offset: false,
        transparent: true,
        width: Some(picture.width()),
        height: Some(picture.height().div_ceil(2)),
        truecolor: terminal.depth == Depth::True,
        use_kitty: false,
        use_iterm: false,
        ..viuer::Config::default()
    };
    viuer::print(&DynamicImage::ImageRgba8(picture), &config).map(|_| ()).map_err(|error| match error {
        viuer::ViuError::Io(error) => error.into(),
        other => Fault::new(FaultKind::Other, "show", format!("The picture cannot be drawn: {other}.")).into(),
    })
}

/// Blocks of several pixels, each row beginning with colours of its own.
fn mosaic(picture: &RgbaImage, columns: u16, rows: u16, terminal: &Terminal) -> anyhow::Result<()> {
    let colour = |colour: Color, base: u8| match colour {
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
        named => palette_number(named).map_or_else(String::new, |n| (base + n % 8 + n / 8 * 60).to_string()),
    };
    let cells = graphics::paint(picture, columns, rows, terminal);
    for row in cells.content.chunks(usize::from(cells.area.width.max(1))) {
        let (mut line, mut used) = (String::new(), None);
        for cell in row {
            if terminal.depth > Depth::Mono && used.replace((cell.fg, cell.bg)) != Some((cell.fg, cell.bg)) {
                line.push_str(&format!("\x1b[{};{}m", colour(cell.fg, 30), colour(cell.bg, 40)));
            }
            line.push_str(cell.symbol());
        }
        print::line(if used.is_some() { line + "\x1b[m" } else { line })?;
    }
    Ok(())
}

/// The number of one of the 16 colours.
fn palette_number(colour: Color) -> Option<u8> {
    use Color::{
        Black, Blue, Cyan, DarkGray, Gray, Green, LightBlue, LightCyan, LightGreen, LightMagenta, LightRed,
        LightYellow, Magenta, Red, White, Yellow,
    };
    let all = [
        Black,
        Red,
        Green,
        Yellow,
        Blue,
        Magenta,
        Cyan,
        Gray,
        DarkGray,
        LightRed,
        LightGreen,
        LightYellow,
        LightBlue,
        LightMagenta,
        LightCyan,
        White,
    ];
    (0..).zip(all).find(|(_, known)| *known == colour).map(|(number, _)| number)
}

/// Letters by brightness, for terminals without colours or half-blocks.
fn letters(picture: &RgbaImage, columns: u16, rows: u16, terminal: &Terminal) -> anyhow::Result<()> {
    let plain = Terminal { glyphs: Glyphs::Ascii, depth: Depth::Mono, ..terminal.clone() };
    let cells = graphics::paint(picture, columns, rows, &plain);
    for row in cells.content.chunks(usize::from(cells.area.width.max(1))) {
        let line: String = row.iter().map(|cell| cell.symbol()).collect();
        print::line(line.trim_end())?;
    }
    Ok(())
}
