//! `pinxit show`: pictures in the terminal, by half-blocks; in a pipe a line about each.

use std::path::{Path, PathBuf};

use clap::Args;
use image::{DynamicImage, RgbaImage};

use crate::config::Flags;
use crate::domain::{Depth, Fault, FaultKind, text};
use crate::graphics::{self, Glyphs, Terminal};
use crate::picture::{self, Header};

use super::{desk, failure, print};

const EXAMPLES: &str = "\
Examples:
  pinxit show fox.png
  pinxit show ~/Pictures/pinxit/*/*.png
  pinxit show *.png | cat              # a line about each: path, size, format
";

/// Bytes that are enough to tell what a file is.
const HEAD: u64 = 1 << 16;

/// The flags of `show`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// Picture files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Shows them; a file that is no picture is said and the others are shown all the same.
pub fn run(flags: &Flags, args: &ShowArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let terminal = desk::terminal(&config);
    let mut code = 0;
    for path in &args.files {
        match look(path) {
            Ok(header) => match print::terminal_size().filter(|_| terminal.glyphs != Glyphs::None) {
                Some(size) => draw(path, size, &terminal).or_else(|error| refuse(error, &mut code))?,
                None => caption(path, &header)?,
            },
            Err(fault) => refuse(fault.into(), &mut code)?,
        }
    }
    Ok(code)
}

/// Shows a picture that was just saved, where there is a terminal to show it in; one that cannot be drawn is said.
pub fn preview(path: &Path, terminal: &Terminal) -> anyhow::Result<()> {
    match print::terminal_size().filter(|_| terminal.glyphs != Glyphs::None) {
        Some(size) => draw(path, size, terminal).or_else(|error| refuse(error, &mut 0)),
        None => Ok(()),
    }
}

/// Says a fault and goes on; anything else ends the command.
fn refuse(error: anyhow::Error, code: &mut u8) -> anyhow::Result<()> {
    let fault = error.downcast::<Fault>()?;
    failure::tell(&fault);
    *code = fault.kind.exit();
    Ok(())
}

fn look(path: &Path) -> Result<Header, Fault> {
    use std::io::Read;
    let unusable = |e: picture::Unusable| unusable(path, &e);
    let read = || {
        let mut head = Vec::new();
        std::fs::File::open(path)?.take(HEAD).read_to_end(&mut head)?;
        Ok(head)
    };
    let head: std::io::Result<Vec<u8>> = read();
    picture::sniff(&head.map_err(|e| unusable(e.into()))?).map_err(unusable)
}

fn unusable(path: &Path, why: &picture::Unusable) -> Fault {
    let (path, why) = (path.display().to_string(), why.to_string());
    let message = format!("{} cannot be shown: {}.", text::clean(&path), text::clean(&why));
    Fault::new(FaultKind::Invalid, "not_a_picture", message)
}

fn caption(path: &Path, header: &Header) -> anyhow::Result<()> {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
    let Header { format, width, height } = header;
    Ok(print::line(format!("{}  {width}x{height}  {}", text::clean(&whole), format.extension()))?)
}

/// Draws a picture as wide as the terminal at most, and no higher than it.
fn draw(path: &Path, (columns, rows): (u16, u16), terminal: &Terminal) -> anyhow::Result<()> {
    // A row stays free for the shell's prompt.
    let rows = rows.saturating_sub(1).max(1);
    let picture = picture::open_fit(path, u32::from(columns), u32::from(rows) * 2).map_err(|e| unusable(path, &e))?;
    match terminal.glyphs {
        Glyphs::HalfBlocks if terminal.depth > Depth::Mono => half_blocks(picture, terminal),
        _ => letters(&picture, columns, rows, terminal),
    }
}

fn half_blocks(picture: RgbaImage, terminal: &Terminal) -> anyhow::Result<()> {
    let config = viuer::Config {
        absolute_offset: false,
        transparent: true,
        width: Some(picture.width()),
        height: Some(picture.height().div_ceil(2)),
        truecolor: terminal.depth == Depth::True,
        // Both would ask the terminal, and wait for its answer.
        use_kitty: false,
        use_iterm: false,
        ..viuer::Config::default()
    };
    viuer::print(&DynamicImage::ImageRgba8(picture), &config).map(|_| ()).map_err(|error| match error {
        viuer::ViuError::Io(error) => error.into(),
        other => Fault::new(FaultKind::Other, "show", format!("The picture cannot be drawn: {other}.")).into(),
    })
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
