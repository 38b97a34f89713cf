//! What the terminal in front of us can show, read from the environment only: nothing is asked of the terminal.

use super::grid::Grid;
use crate::domain::{Depth, text};

/// Glyphs pictures are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Glyphs {
    /// `▀`: two pixels a cell.
    HalfBlocks,
    /// `▚` and finer: a grid of pixels a cell, of two colours.
    Mosaic(Grid),
    /// Letters by brightness: every byte is ASCII.
    Ascii,
    /// No pictures.
    None,
}

impl Glyphs {
    /// The names `--graphics` takes.
    pub const NAMES: [&'static str; 6] = ["half", "quadrant", "sextant", "octant", "ascii", "none"];

    /// Finds glyphs by the name `--graphics` takes.
    pub fn parse(name: &str) -> Option<Glyphs> {
        match name {
            "half" => Some(Glyphs::HalfBlocks),
            "quadrant" => Some(Glyphs::Mosaic(Grid::Quadrants)),
            "sextant" => Some(Glyphs::Mosaic(Grid::Sextants)),
            "octant" => Some(Glyphs::Mosaic(Grid::Octants)),
            "ascii" => Some(Glyphs::Ascii),
            "none" => Some(Glyphs::None),
            _ => None,
        }
    }

    /// What it is, in a few words.
    pub fn describe(self) -> &'static str {
        match self {
            Glyphs::HalfBlocks => "half blocks, two pixels a cell",
            Glyphs::Mosaic(Grid::Quadrants) => "quadrant blocks, four pixels a cell, of the 256 colours",
            Glyphs::Mosaic(Grid::Sextants) => "sextant blocks, six pixels a cell",
            Glyphs::Mosaic(Grid::Octants) => "octant blocks, eight pixels a cell",
            Glyphs::Ascii => "ASCII letters by brightness",
            Glyphs::None => "none",
        }
    }

    /// Pixels across that a cell can show something of; twice as many down.
    pub fn fineness(self) -> u32 {
        match self {
            Glyphs::Mosaic(_) => 2,
            Glyphs::HalfBlocks | Glyphs::Ascii | Glyphs::None => 1,
        }
    }
}

/// The terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// Colours.
    pub depth: Depth,
    /// Glyphs for pictures.
    pub glyphs: Glyphs,
    /// Whether anything beyond ASCII can be shown (borders, `…`).
    pub unicode: bool,
    /// Inside tmux.
    pub tmux: bool,
    /// Over SSH.
    pub ssh: bool,
    /// Why each was chosen, for `doctor`: `colours: true (COLORTERM=truecolor)`.
    pub reasons: Vec<String>,
}

/// `TERM` names of terminals that show 24 bits and may not say so over SSH, where `COLORTERM` is not passed on.
const TRUE_COLOUR: [&str; 9] =
    ["xterm-kitty", "kitty", "alacritty", "foot", "wezterm", "xterm-ghostty", "ghostty", "contour", "rio"];

/// `TERM_PROGRAM` of terminals that show 24 bits.
const TRUE_PROGRAMS: [&str; 7] = ["iTerm.app", "WezTerm", "vscode", "ghostty", "rio", "WarpTerminal", "Hyper"];

impl Terminal {
    /// Reads the environment through `var`. A variable that is set but empty counts as not set.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Terminal {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        let tmux = var("TMUX").is_some();
        let multiplexer = match (tmux, var("STY").is_some()) {
            (true, _) => "tmux (TMUX)",
            (false, true) => "screen (STY)",
            (false, false) => "none",
        };
        let line = ["SSH_CONNECTION", "SSH_TTY"].into_iter().find(|name| var(name).is_some());
        let (depth, why_depth) = depth(&var);
        let (unicode, why_unicode) = unicode(&var);
        let (glyphs, why_glyphs) = match (unicode, depth) {
            (false, _) => (Glyphs::Ascii, "no Unicode"),
            (true, Depth::Mono) => (Glyphs::Ascii, "no colours"),
            (true, _) => (Glyphs::HalfBlocks, "Unicode and colours"),
        };
        let reasons = vec![
            format!("colours: {depth} ({why_depth})"),
            format!("letters: {} ({why_unicode})", if unicode { "Unicode" } else { "ASCII" }),
            format!("pictures: {} ({why_glyphs})", glyphs.describe()),
            format!("multiplexer: {multiplexer}"),
            line.map_or_else(|| "ssh: no".to_owned(), |name| format!("ssh: yes ({name})")),
        ];
        Terminal { depth, glyphs, unicode, tmux, ssh: line.is_some(), reasons }
    }

    /// The same terminal with the glyphs the user asked for (`--graphics`).
    pub fn with_graphics(mut self, glyphs: Glyphs) -> Terminal {
        self.glyphs = glyphs;
        self.reasons.retain(|reason| !reason.starts_with("pictures: "));
        self.reasons.push(format!("pictures: {} (--graphics)", glyphs.describe()));
        self
    }
}

/// Colours, and why. What the user says comes first, then what the terminal is known not to do, then what it claims.
fn depth(var: &impl Fn(&str) -> Option<String>) -> (Depth, String) {
    let named = |name: &str, value: &str| format!("{name}={}", text::clean(value));
    let term = var("TERM").unwrap_or_default();
    let program = var("TERM_PROGRAM").unwrap_or_default();
    let claim = var("COLORTERM").filter(|value| matches!(value.to_lowercase().as_str(), "truecolor" | "24bit"));
    if let Some(value) = var("NO_COLOR") {
        (Depth::Mono, named("NO_COLOR", &value))
    } else if term.is_empty() {
        (Depth::Mono, "TERM is not set".to_owned())
    } else if is_plain(&term) || term.ends_with("-mono") || term.ends_with("-m") {
        (Depth::Mono, named("TERM", &term))
    } else if let Some(value) = claim {
        (Depth::True, named("COLORTERM", &value))
    } else if term.ends_with("-direct") || TRUE_COLOUR.iter().any(|name| is_kind(&term, name)) {
        (Depth::True, named("TERM", &term))
    } else if TRUE_PROGRAMS.contains(&program.as_str()) {
        (Depth::True, named("TERM_PROGRAM", &program))
    } else if var("WT_SESSION").is_some() {
        (Depth::True, "WT_SESSION: Windows Terminal".to_owned())
    } else if term.ends_with("-256color") || ["tmux", "screen"].iter().any(|name| is_kind(&term, name)) {
        (Depth::Indexed, named("TERM", &term))
    } else {
        (Depth::Ansi, named("TERM", &term))
    }
}

/// Whether more than ASCII can be shown, and why.
fn unicode(var: &impl Fn(&str) -> Option<String>) -> (bool, String) {
    let term = var("TERM").unwrap_or_default();
    if term.is_empty() || is_plain(&term) {
        return (
            false,
            if term.is_empty() { "TERM is not set".into() } else { format!("TERM={}", text::clean(&term)) },
        );
    }
    // The first of these that is set decides, as in the C library.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| Some((name, var(name)?)));
    let Some((name, value)) = locale else {
        return (false, "LC_ALL, LC_CTYPE and LANG are not set".to_owned());
    };
    let lower = value.to_lowercase();
    (lower.contains("utf-8") || lower.contains("utf8"), format!("{name}={}", text::clean(&value)))
}

/// Terminals with neither colours nor letters beyond ASCII.
fn is_plain(term: &str) -> bool {
    let number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    matches!(term, "dumb" | "unknown" | "emacs") || term.strip_prefix("vt").is_some_and(number)
}

/// `name` itself or a variant of it (`foot-extra`).
fn is_kind(term: &str, name: &str) -> bool {
    term.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(environment: &str) -> Terminal {
        let pairs: Vec<(&str, &str)> = environment.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
        Terminal::detect(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn colours_come_from_the_environment() {
        let table = [
            ("TERM=xterm-256color COLORTERM=truecolor", Depth::True),
            ("TERM=xterm COLORTERM=24bit", Depth::True),
            ("TERM=xterm-256color", Depth::Indexed),
            ("TERM=xterm-256color COLORTERM=yes", Depth::Indexed),
            ("TERM=xterm-direct", Depth::True),
            ("TERM=xterm-kitty", Depth::True),
            ("TERM=alacritty", Depth::True),
            ("TERM=foot-extra", Depth::True),
            ("TERM=wezterm", Depth::True),
            ("TERM=xterm-ghostty", Depth::True),
            ("TERM=xterm-256color TERM_PROGRAM=iTerm.app", Depth::True),
            ("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", Depth::Indexed),
            ("TERM=xterm-256color WT_SESSION=1", Depth::True),
            ("TERM=tmux-256color TMUX=/tmp/x", Depth::Indexed),
            ("TERM=tmux TMUX=/tmp/x", Depth::Indexed),
            ("TERM=screen STY=1.x", Depth::Indexed),
            ("TERM=screen.xterm-256color", Depth::Indexed),
            ("TERM=tmux-256color COLORTERM=truecolor", Depth::True),
            ("TERM=xterm", Depth::Ansi),
            ("TERM=linux", Depth::Ansi),
            ("TERM=rxvt-16color", Depth::Ansi),
            ("TERM=vt100", Depth::Mono),
            ("TERM=vt220 COLORTERM=truecolor", Depth::Mono),
            ("TERM=vte-256color", Depth::Indexed),
            ("TERM=dumb COLORTERM=truecolor", Depth::Mono),
            ("", Depth::Mono),
            ("TERM=xterm-kitty COLORTERM=truecolor NO_COLOR=1", Depth::Mono),
            ("TERM=xterm-kitty NO_COLOR=", Depth::True),
        ];
        for (environment, depth) in table {
            assert_eq!(seen(environment).depth, depth, "{environment}");
        }
    }

    #[test]
    fn letters_come_from_the_first_locale_variable_that_is_set() {
        let table = [
            ("TERM=xterm LANG=C.UTF-8", true),
            ("TERM=xterm LANG=de_DE.utf8", true),
            ("TERM=xterm LANG=C", false),
            ("TERM=xterm LANG=en_US.UTF-8 LC_ALL=C", false),
            ("TERM=xterm LANG=C LC_CTYPE=en_US.UTF-8", true),
            ("TERM=xterm LANG=C.UTF-8 LC_ALL=", true),
            ("TERM=xterm", false),
            ("TERM=vt100 LANG=C.UTF-8", false),
            ("LANG=C.UTF-8", false),
        ];
        for (environment, unicode) in table {
            assert_eq!(seen(environment).unicode, unicode, "{environment}");
        }
    }

    #[test]
    fn pictures_are_letters_where_blocks_cannot_be_shown() {
        assert_eq!(seen("TERM=xterm LANG=C.UTF-8").glyphs, Glyphs::HalfBlocks);
        assert_eq!(seen("TERM=xterm LANG=C").glyphs, Glyphs::Ascii);
        assert_eq!(seen("TERM=xterm LANG=C.UTF-8 NO_COLOR=1").glyphs, Glyphs::Ascii);
        let forced = seen("TERM=xterm LANG=C.UTF-8").with_graphics(Glyphs::None);
        assert_eq!(forced.glyphs, Glyphs::None);
        assert_eq!(forced.reasons.iter().filter(|r| r.starts_with("pictures")).count(), 1);
        for name in Glyphs::NAMES {
            assert!(Glyphs::parse(name).is_some(), "{name}");
        }
        assert_eq!(Glyphs::parse("sixel"), None);
    }

    #[test]
    fn the_line_and_the_multiplexer_are_named_with_their_reasons() {
        let plain = seen("TERM=xterm");
        assert!(!plain.tmux && !plain.ssh);
        let far = seen("TERM=tmux-256color TMUX=/tmp/t,1,0 SSH_TTY=/dev/pts/3");
        assert!(far.tmux && far.ssh);
        assert!(far.reasons.contains(&"ssh: yes (SSH_TTY)".to_owned()), "{:?}", far.reasons);
        assert!(far.reasons.contains(&"colours: 256 (TERM=tmux-256color)".to_owned()), "{:?}", far.reasons);
        let nasty = Terminal::detect(|name| (name == "TERM").then(|| "x\x1b[2J".to_owned()));
        assert!(nasty.reasons.iter().all(|reason| !reason.contains('\x1b')));
    }
}
