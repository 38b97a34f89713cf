//! The ways pictures can be drawn here, and the one in use: by what the terminal is, by what the user set, and by what
//! the user turned to since.

use crate::config::Graphics;
use crate::domain::Depth;
use crate::graphics::{Answer, Begun, Canvas, Glyphs, Grid, Outer, Protocol, Senses, Terminal};

/// A way to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Pixels.
    Pixels(Protocol),
    /// Cells.
    Cells(Glyphs),
}

impl Way {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Way::Pixels(Protocol::Kitty) => "kitty",
            Way::Pixels(Protocol::Iterm) => "iterm",
            Way::Pixels(Protocol::Sixel) => "sixel",
            Way::Cells(Glyphs::Mosaic(Grid::Quadrants)) => "quadrant",
            Way::Cells(Glyphs::Mosaic(Grid::Sextants)) => "sextant",
            Way::Cells(Glyphs::Mosaic(Grid::Octants)) => "octant",
            Way::Cells(Glyphs::HalfBlocks) => "half-block",
            Way::Cells(Glyphs::Ascii) => "ascii",
            Way::Cells(Glyphs::None) => "none",
        }
    }

    /// Whether somebody on the way may not know its glyphs, and leave them out or widen them: what was drawn then stands
    /// elsewhere than was thought.
    pub fn may_miss(self) -> bool {
        matches!(self, Way::Cells(Glyphs::Mosaic(Grid::Sextants | Grid::Octants)))
    }

    /// In a few words.
    pub fn describe(self) -> &'static str {
        match self {
            Way::Pixels(protocol) => protocol.describe(),
            Way::Cells(glyphs) => glyphs.describe(),
        }
    }
}

/// What pictures are drawn with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Means {
    /// The way.
    pub way: Way,
    /// Where pixels go.
    pub canvas: Canvas,
    /// Colours and glyphs there are for cells.
    pub terminal: Terminal,
}

/// All of them, and which.
#[derive(Debug, Clone)]
pub(super) struct Ways {
    wanted: Graphics,
    terminal: Terminal,
    canvas: Canvas,
    turned: Option<Way>,
}

impl Ways {
    /// Before anything is known but the environment.
    pub fn new(wanted: Graphics, terminal: Terminal) -> Ways {
        Ways { wanted, terminal, canvas: Canvas::none("not asked yet"), turned: None }
    }

    /// Learns what the terminal said, or why it said nothing, and what tmux said.
    pub fn learn(
        &mut self,
        var: &dyn Fn(&str) -> Option<String>,
        cell: Option<(u16, u16)>,
        answer: Result<Answer, &'static str>,
        outer: Option<Outer>,
    ) {
        let senses = Senses { var, cell, ask: &|| answer.clone(), tmux: &|| outer.clone() };
        let forced = |protocol| Canvas::forced(protocol, "as set", &senses);
        self.canvas = match self.wanted {
            Graphics::Kitty => forced(Protocol::Kitty),
            Graphics::Iterm => forced(Protocol::Iterm),
            Graphics::Sixel => forced(Protocol::Sixel),
            // Unlike a program that waits for it, the studio asks wherever it may: the terminal knows better.
            _ => match Canvas::begin(var, cell) {
                Begun::Done(canvas) => canvas,
                Begun::AskTmux => Canvas::in_tmux(outer.clone()),
                Begun::Ask(hint) => hint.settle(answer.as_ref().map_err(|why| *why)),
            },
        };
        // Places for pictures are text beyond ASCII.
        if !self.terminal.unicode && self.canvas.protocol == Some(Protocol::Kitty) {
            self.canvas = Canvas::none("no Unicode");
        }
    }

    /// A cell has other pixels now. False: it has not.
    pub fn learn_cell(&mut self, cell: Option<(u16, u16)>) -> bool {
        let new = cell.filter(|cell| *cell != self.canvas.cell);
        self.canvas.cell = new.unwrap_or(self.canvas.cell);
        new.is_some()
    }

    /// All that can be done here, pixels first. A tmux may drop octants from its rows, so there they have to be set.
    pub fn all(&self) -> Vec<Way> {
        let pixels = self.canvas.in_panes().ok().map(Way::Pixels);
        let mosaics = Grid::ALL.into_iter().filter(|grid| !self.terminal.tmux || *grid != Grid::Octants);
        let blocks = [Glyphs::HalfBlocks].into_iter().chain(mosaics.map(Glyphs::Mosaic)).map(Way::Cells);
        let blocks = blocks.filter(|_| self.terminal.unicode && self.terminal.depth > Depth::Mono);
        pixels.into_iter().chain(blocks).chain([Glyphs::Ascii, Glyphs::None].map(Way::Cells)).collect()
    }

    /// The one in use on a line that may be slow.
    pub fn now(&self, slow: bool) -> Way {
        let all = self.all();
        if let Some(turned) = self.turned.filter(|turned| all.contains(turned)) {
            return turned;
        }
        match (self.wanted, self.canvas.in_panes()) {
            (Graphics::Auto | Graphics::Kitty | Graphics::Iterm | Graphics::Sixel, Ok(protocol)) => {
                Way::Pixels(protocol)
            }
            _ => Way::Cells(self.glyphs(slow)),
        }
    }

    /// What cells are painted with where the user does not turn to others.
    fn glyphs(&self, slow: bool) -> Glyphs {
        if self.wanted != Graphics::Auto {
            return self.terminal.glyphs;
        }
        match self.canvas.glyphs(&self.terminal) {
            Glyphs::HalfBlocks if slow => Glyphs::Mosaic(Grid::Quadrants),
            glyphs => glyphs,
        }
    }

    /// Turns to the next one.
    pub fn turn(&mut self, slow: bool) {
        let (all, now) = (self.all(), self.now(slow));
        let at = all.iter().position(|way| *way == now).map_or(0, |at| (at + 1) % all.len());
        self.turned = all.get(at).copied();
    }

    /// What the painter is to use.
    pub fn means(&self, slow: bool) -> Means {
        let way = self.now(slow);
        let glyphs = match way {
            Way::Cells(glyphs) => glyphs,
            // Where pixels cost too much.
            Way::Pixels(_) => self.glyphs(slow),
        };
        // A colour of all there are takes twice the bytes of one of the 256.
        let few = slow && matches!(glyphs, Glyphs::Mosaic(_));
        let depth = if few { self.terminal.depth.min(Depth::Indexed) } else { self.terminal.depth };
        Means { way, canvas: self.canvas.clone(), terminal: Terminal { glyphs, depth, ..self.terminal.clone() } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(wanted: Graphics, environment: &str, answer: Result<Answer, &'static str>) -> Ways {
        let pairs: Vec<(&str, &str)> = environment.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
        let var = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let mut ways = Ways::new(wanted, Terminal::detect(var));
        ways.learn(&var, None, answer, None);
        ways
    }

    fn kitty() -> Result<Answer, &'static str> {
        Ok(Answer { name: Some("kitty(0.48.2)".into()), complete: true, ..Answer::default() })
    }

    const XTERM: &str = "TERM=xterm-256color COLORTERM=truecolor LANG=C.UTF-8";

    #[test]
    fn a_key_turns_through_what_this_terminal_can_do() {
        let mut turning = ways(Graphics::Auto, XTERM, kitty());
        let words: Vec<&str> = (0..8)
            .map(|_| {
                let word = turning.now(false).word();
                turning.turn(false);
                word
            })
            .collect();
        assert_eq!(words, ["kitty", "half-block", "quadrant", "sextant", "octant", "ascii", "none", "kitty"]);
        let tmux = format!("{XTERM} TMUX=/tmp/x");
        let tmux = ways(Graphics::Auto, &tmux, Err("not asked"));
        assert!(!tmux.all().contains(&Way::Cells(Glyphs::Mosaic(Grid::Octants))));
        let plain = ways(Graphics::Auto, "TERM=vt100", Err("mute"));
        assert_eq!(plain.all(), [Way::Cells(Glyphs::Ascii), Way::Cells(Glyphs::None)]);
    }

    #[test]
    fn what_is_set_holds_and_a_slow_line_gets_the_fewest_bytes() {
        assert_eq!(ways(Graphics::Half, XTERM, kitty()).now(true).word(), "half-block");
        assert_eq!(ways(Graphics::Sixel, XTERM, Err("mute")).now(false).word(), "sixel");
        assert_eq!(ways(Graphics::Auto, XTERM, Err("mute")).now(false).word(), "half-block");
        assert_eq!(ways(Graphics::Auto, XTERM, Err("mute")).now(true).word(), "quadrant");
        assert_eq!(ways(Graphics::Auto, XTERM, kitty()).now(true).word(), "kitty");
        let vte = || Ok(Answer { name: Some("VTE(7803)".into()), complete: true, ..Answer::default() });
        assert_eq!(ways(Graphics::Auto, XTERM, vte()).now(false).word(), "octant");
        assert_eq!(ways(Graphics::Auto, XTERM, vte()).means(false).terminal.depth, Depth::True);
        assert_eq!(ways(Graphics::Auto, XTERM, vte()).now(true).word(), "octant");
        assert_eq!(ways(Graphics::Auto, XTERM, vte()).means(true).terminal.depth, Depth::Indexed);
        assert_eq!(ways(Graphics::Half, XTERM, vte()).now(false).word(), "half-block");
        assert_eq!(ways(Graphics::Auto, &format!("{XTERM} LC_ALL=C"), vte()).now(false).word(), "ascii");
        let ascii = format!("TERM=xterm-kitty LANG=C {}", "COLORTERM=truecolor");
        assert_eq!(ways(Graphics::Auto, &ascii, kitty()).now(false).word(), "ascii");
    }
}
