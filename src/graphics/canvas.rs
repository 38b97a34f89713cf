//! How real pictures are put on the terminal in front of us: which protocol, through what, at how many pixels a cell, and
//! why. The environment speaks first, then tmux or the terminal. Pure: who asks them is handed in.

use image::RgbaImage;

use super::answer::Answer;
use super::grid::Grid;
use super::place::{CELL, Place, Space};
use super::placeholder::{Id, MOST};
use super::terminal::{Glyphs, Terminal};
use super::tmux::{self, Outer};
use super::{drawn, iterm, kitty, sixel};
use crate::domain::text;

/// The longest side that is sent where the terminal scales by itself: fine cells would quadruple the bytes.
pub(super) const SIDE: u32 = 1000;

/// A way to send pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Kitty's graphics.
    Kitty,
    /// iTerm2's inline images.
    Iterm,
    /// Sixel.
    Sixel,
}

impl Protocol {
    /// What it is, in a few words.
    pub fn describe(self) -> &'static str {
        match self {
            Protocol::Kitty => "kitty graphics",
            Protocol::Iterm => "iTerm2 inline images",
            Protocol::Sixel => "sixel",
        }
    }
}

/// Who knows something about the terminal.
pub struct Senses<'a> {
    /// The environment.
    pub var: &'a dyn Fn(&str) -> Option<String>,
    /// Pixels of a cell, as the system says.
    pub cell: Option<(u16, u16)>,
    /// The terminal; why it does not say.
    pub ask: &'a dyn Fn() -> Result<Answer, &'static str>,
    /// tmux.
    pub tmux: &'a dyn Fn() -> Option<Outer>,
}

/// How pictures are put on the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// The way to send pixels; `None` leaves letters and blocks.
    pub protocol: Option<Protocol>,
    /// Pixels of a cell.
    pub cell: (u16, u16),
    /// Through tmux.
    pub tmux: bool,
    /// The terminal paints kitty's pictures where text says so.
    pub places: bool,
    /// tmux is there and lets no pictures through, though the terminal around it would show them.
    pub barred: bool,
    /// The finest blocks the terminal is known to draw whatever its font.
    pub blocks: Option<Grid>,
    /// Why, in a few words.
    pub why: String,
}

impl Canvas {
    /// No pixels.
    pub fn none(why: impl Into<String>) -> Canvas {
        let (protocol, blocks, why) = (None, None, why.into());
        Canvas { protocol, cell: CELL, tmux: false, places: false, barred: false, blocks, why }
    }

    /// Finds out what goes here.
    pub fn detect(senses: &Senses<'_>) -> Canvas {
        match Canvas::begin(senses.var, senses.cell) {
            Begun::Done(canvas) => canvas,
            Begun::AskTmux => Canvas::in_tmux((senses.tmux)()),
            // A known terminal is asked for the size of a cell alone, and only where the system does not say.
            Begun::Ask(hint) if hint.known.is_some() && hint.cell.is_some() => hint.settle(Err("not asked")),
            Begun::Ask(hint) => hint.settle((senses.ask)().as_ref().map_err(|why| *why)),
        }
    }

    /// What the environment says before anybody is asked; `cell` is the pixels of one, as the system says.
    pub fn begin(var: &dyn Fn(&str) -> Option<String>, cell: Option<(u16, u16)>) -> Begun {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        if var("TMUX").is_some() {
            return Begun::AskTmux;
        }
        match blind(&var) {
            Some(why) => Begun::Done(Canvas::none(why)),
            None => Begun::Ask(Hint { known: known(&var), cell }),
        }
    }

    /// As the user says, whatever the terminal says.
    pub fn forced(protocol: Protocol, why: impl Into<String>, senses: &Senses<'_>) -> Canvas {
        let canvas = Canvas { protocol: Some(protocol), places: true, why: why.into(), ..Canvas::none("") };
        if (senses.var)("TMUX").is_some_and(|value| !value.is_empty()) {
            let outer = (senses.tmux)().unwrap_or_default();
            let barred = !outer.passes && protocol != Protocol::Sixel;
            return Canvas { cell: outer.cell.or(senses.cell).unwrap_or(CELL), tmux: true, barred, ..canvas };
        }
        let may_ask = blind(&senses.var).is_none();
        let cell = senses.cell.or_else(|| may_ask.then(|| (senses.ask)().ok()?.cell)?);
        Canvas { cell: cell.unwrap_or(CELL), ..canvas }
    }

    /// What goes inside tmux, by what that says.
    pub fn in_tmux(outer: Option<Outer>) -> Canvas {
        let Some(outer) = outer else { return Canvas::none("tmux does not say what it runs in") };
        let name = if outer.name.is_empty() { "no terminal" } else { &outer.name };
        let around = format!("tmux {} in {name}", outer.version);
        // Text that says where a picture lies came with kitty 0.28; what other protocols draw, tmux overwrites.
        // A tmux drops what its own tables do not know, as those of 2022 do octants.
        let blocks = drawn::finest(&outer.name).map(|_| Grid::Sextants);
        if !text_places(&outer.name) {
            return Canvas { blocks, ..Canvas::none(format!("{around}: pictures would not survive in it")) };
        }
        if !outer.passes {
            let why = format!("{around}: tmux lets no pictures through");
            return Canvas { barred: true, blocks, ..Canvas::none(why) };
        }
        let cell = outer.cell.unwrap_or(CELL);
        Canvas { protocol: Some(Protocol::Kitty), cell, tmux: true, places: true, blocks, ..Canvas::none(around) }
    }

    /// The way to send pixels into a pane, where text and pictures lie side by side and over each other; or why there
    /// is none.
    ///
    /// # Errors
    /// In a few words.
    pub fn in_panes(&self) -> Result<Protocol, &str> {
        match self.protocol {
            None => Err(&self.why),
            Some(_) if self.barred => Err("tmux lets no pictures through"),
            Some(Protocol::Kitty) if !self.places => Err("its pictures do not lie where text says"),
            // What goes through tmux knows nothing of the pane it is in.
            Some(Protocol::Iterm) if self.tmux => Err("iTerm2's pictures know nothing of tmux's panes"),
            Some(protocol) => Ok(protocol),
        }
    }

    /// The glyphs for pictures where no pixels go and the user does not say: the finest that are sure to be seen.
    pub fn glyphs(&self, terminal: &Terminal) -> Glyphs {
        match (terminal.glyphs, self.blocks) {
            (Glyphs::HalfBlocks, Some(grid)) => Glyphs::Mosaic(grid),
            (glyphs, _) => glyphs,
        }
    }

    /// The room on a screen of so many cells.
    pub fn space(&self, columns: u16, rows: u16) -> Space {
        Space { columns: columns.min(MOST), rows: rows.min(MOST), cell: self.cell }
    }

    /// The pixels worth sending for a place.
    pub fn pixels(&self, place: &Place) -> (u32, u32) {
        match self.protocol {
            Some(Protocol::Sixel) | None => (place.width, place.height),
            Some(Protocol::Kitty | Protocol::Iterm) => place.at_most(SIDE),
        }
    }

    /// The bytes that draw a picture of [`pixels`](Self::pixels) at the cursor, never more than `cap`, and leave the
    /// cursor in a line of its own below. `None` when that is too few, or there is no protocol.
    pub fn draw(&self, picture: &RgbaImage, place: Place, id: Id, cap: usize) -> Option<Vec<u8>> {
        let cap = cap.checked_sub(1)?;
        let mut bytes = match (self.protocol?, self.tmux) {
            // Its rows end in line feeds already.
            (Protocol::Kitty, true) => return kitty::draw_in_tmux(picture, place, id, cap),
            (Protocol::Kitty, false) => kitty::draw(picture, place, cap)?,
            (Protocol::Iterm, false) => iterm::draw(picture, place, cap)?,
            (Protocol::Iterm, true) => tmux::through(&iterm::draw(picture, place, cap.checked_sub(16)?)?),
            // tmux draws sixels itself, where it can.
            (Protocol::Sixel, _) => sixel::draw(picture, cap)?,
        };
        bytes.push(b'\n');
        Some(bytes)
    }
}

/// How far the environment alone goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// All the way.
    Done(Canvas),
    /// tmux has to be asked, and nobody else.
    AskTmux,
    /// The terminal may be asked.
    Ask(Hint),
}

/// What the environment says of a terminal that may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    known: Option<(Protocol, String)>,
    cell: Option<(u16, u16)>,
}

impl Hint {
    /// Whether the environment names a way already.
    pub fn names_a_way(&self) -> bool {
        self.known.is_some()
    }

    /// What follows from an answer, or from why there is none.
    pub fn settle(&self, answer: Result<&Answer, &str>) -> Canvas {
        let name = answer.ok().and_then(|answer| answer.name.clone()).unwrap_or_default();
        let refuted = |protocol: &Protocol| {
            let other = |answer: &Answer| answer.complete && !answer.kitty && !name.is_empty() && !text_places(&name);
            *protocol == Protocol::Kitty && answer.is_ok_and(other)
        };
        let (protocol, why) = match (&self.known, answer) {
            (Some((protocol, why)), _) if !refuted(protocol) => (Some(*protocol), why.clone()),
            (_, Ok(answer)) => judge(answer),
            (_, Err(why)) => (None, why.to_owned()),
        };
        let cell = self.cell.or(answer.ok().and_then(|answer| answer.cell)).unwrap_or(CELL);
        let kitty = protocol == Some(Protocol::Kitty);
        let places = kitty && (text_places(&name) || (name.is_empty() && self.known.is_some()));
        Canvas { protocol, cell, places, blocks: drawn::finest(&name), why, ..Canvas::none("") }
    }
}

/// Why nothing is asked and nothing sent.
fn blind(var: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| var(name).filter(|value| !value.is_empty());
    let term = set("TERM").unwrap_or_default();
    // These print what they do not know.
    let plain = term.starts_with("vt") && !term.starts_with("vte");
    if term.is_empty() || plain || matches!(term.as_str(), "dumb" | "linux" | "unknown" | "emacs") {
        return Some(if term.is_empty() { "TERM is not set".into() } else { format!("TERM={}", text::clean(&term)) });
    }
    if set("TERM_PROGRAM").is_some_and(|program| program == "Apple_Terminal") {
        return Some("TERM_PROGRAM=Apple_Terminal".into());
    }
    let name = ["STY", "ZELLIJ", "INSIDE_EMACS", "NO_COLOR"].into_iter().find(|name| set(name).is_some());
    name.map(|name| format!("{name} is set")).or_else(|| {
        let around = ["screen", "tmux"].into_iter().find(|name| term.starts_with(name));
        around.map(|name| format!("TERM={}: {name} around us, which cannot be asked", text::clean(&term)))
    })
}

/// What the environment says plainly.
fn known(var: &dyn Fn(&str) -> Option<String>) -> Option<(Protocol, String)> {
    let named = |name: &str, protocol| Some((protocol, format!("{name}={}", text::clean(&var(name)?))));
    match var("TERM").unwrap_or_default().as_str() {
        "xterm-kitty" | "xterm-ghostty" | "ghostty" | "rio" => return named("TERM", Protocol::Kitty),
        "wezterm" => return named("TERM", Protocol::Iterm),
        term if term == "foot" || term.starts_with("foot-") => return named("TERM", Protocol::Sixel),
        _ => {}
    }
    match var("TERM_PROGRAM").unwrap_or_default().as_str() {
        "ghostty" | "rio" | "kitty" => return named("TERM_PROGRAM", Protocol::Kitty),
        "iTerm.app" | "WezTerm" | "WarpTerminal" | "vscode" | "mintty" | "Tabby" | "Hyper" => {
            return named("TERM_PROGRAM", Protocol::Iterm);
        }
        _ => {}
    }
    if let Some(name) = ["WEZTERM_PANE", "KONSOLE_VERSION"].into_iter().find(|name| var(name).is_some()) {
        return named(name, Protocol::Iterm);
    }
    if var("LC_TERMINAL").is_some_and(|name| name == "iTerm2") {
        return named("LC_TERMINAL", Protocol::Iterm);
    }
    // Others that were started from a kitty have its number too: they are asked.
    let other = ["VTE_VERSION", "XTERM_VERSION", "WT_SESSION"].into_iter().any(|name| var(name).is_some());
    if other { None } else { named("KITTY_WINDOW_ID", Protocol::Kitty) }
}

/// What follows from an answer. Some that say yes to kitty's question draw its pictures in the wrong place.
fn judge(answer: &Answer) -> (Option<Protocol>, String) {
    let name = answer.name.clone().unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|known| name.to_lowercase().starts_with(known));
    let who = if name.is_empty() { "the terminal" } else { &name };
    if is(&["wezterm", "iterm2", "konsole", "mintty"]) {
        (Some(Protocol::Iterm), format!("{who} was asked for its name"))
    } else if answer.kitty || text_places(&name) {
        (Some(Protocol::Kitty), format!("{who} was asked and takes them"))
    } else if answer.sixel {
        (Some(Protocol::Sixel), format!("{who} was asked and draws them"))
    } else {
        (None, format!("{who} was asked and knows neither kitty graphics nor sixel"))
    }
}

/// Whether a terminal paints pictures where text says so.
fn text_places(name: &str) -> bool {
    let lower = name.to_lowercase();
    match lower.strip_prefix("kitty(") {
        Some(version) => {
            let mut parts = version.trim_end_matches(')').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
            (parts.next(), parts.next()) >= (Some(0), Some(28))
        }
        None => ["ghostty", "xterm-kitty", "xterm-ghostty", "rio"].iter().any(|known| lower.starts_with(known)),
    }
}

#[cfg(test)]
#[path = "canvas_tests.rs"]
mod tests;
