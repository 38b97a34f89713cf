//! The terminal in front of us.

use std::io::{self, IsTerminal};

use crate::domain::Depth;
use crate::graphics::{Canvas, Glyphs, Grid, Terminal};

use super::super::preview::PASSTHROUGH;
use super::Check;

/// What the terminal is and shows, and why we think so.
pub fn checks(terminal: &Terminal, canvas: &Canvas, var: &dyn Fn(&str) -> Option<String>) -> Vec<Check> {
    let kind = var("TERM").unwrap_or_else(|| "not set".into());
    let mut out = vec![size(&kind)];
    // Reasons are written `colours: 256 (TERM=...)`.
    let why = |about: &str, else_: &str| {
        let said = terminal.reasons.iter().rev().find_map(|reason| reason.strip_prefix(about)?.strip_prefix(": "));
        said.unwrap_or(else_).to_owned()
    };
    let depth = why("colours", &terminal.depth.to_string());
    out.push(match terminal.depth {
        Depth::Mono => Check::note("colours", depth, "States are words, nothing depends on colours."),
        _ => Check::good("colours", depth),
    });
    out.push(match terminal.unicode {
        true => Check::good("letters", why("letters", "Unicode")),
        false => Check::note("letters", why("letters", "ASCII"), "For more set a UTF-8 locale: export LANG=C.UTF-8"),
    });
    let chosen = canvas.glyphs(terminal);
    let glyphs = match chosen {
        Glyphs::HalfBlocks => "half-blocks",
        Glyphs::Mosaic(Grid::Quadrants) => "quadrant blocks",
        Glyphs::Mosaic(Grid::Sextants) => "sextant blocks",
        Glyphs::Mosaic(Grid::Octants) => "octant blocks",
        Glyphs::Ascii => "letters",
        Glyphs::None => "none",
    };
    let cells = match chosen == terminal.glyphs {
        true => why("pictures", glyphs),
        false => format!("{}: drawn by the terminal itself, whatever the font ({})", chosen.describe(), canvas.why),
    };
    out.push(studio(canvas, cells));
    out.push(show(canvas, glyphs));
    out.push(Check::good("tmux", if terminal.tmux { "yes" } else { "no" }));
    out.push(Check::good("ssh", if terminal.ssh { "yes" } else { "no" }));
    out
}

/// What the studio draws pictures with.
fn studio(canvas: &Canvas, cells: String) -> Check {
    match canvas.in_panes() {
        Ok(protocol) => Check::good("graphics", format!("{} ({})", protocol.describe(), canvas.why)),
        Err(_) if canvas.protocol.is_none() => Check::good("graphics", cells),
        Err(why) => Check::good("graphics", format!("{cells}; no pixels in panes: {why}")),
    }
}

/// What `show` and `gen --preview` draw with.
fn show(canvas: &Canvas, glyphs: &str) -> Check {
    let why = &canvas.why;
    match canvas.protocol {
        Some(protocol) => {
            let (across, down) = canvas.cell;
            Check::good("show", format!("{}, cells of {across}x{down} pixels ({why})", protocol.describe()))
        }
        None if canvas.barred => Check::note("show", format!("{glyphs} ({why})"), PASSTHROUGH),
        None => Check::good("show", format!("{glyphs} ({why})")),
    }
}

fn size(kind: &str) -> Check {
    if !io::stdout().is_terminal() {
        return Check::note("terminal", format!("TERM={kind}, stdout is no terminal"), "");
    }
    match crossterm::terminal::size() {
        Ok((columns, rows)) if columns >= 40 && rows >= 10 => {
            Check::good("terminal", format!("TERM={kind}, {columns}x{rows}"))
        }
        Ok((columns, rows)) => {
            let text = format!("TERM={kind}, {columns}x{rows}");
            Check::note("terminal", text, "The studio needs 40x10; 80x24 is comfortable.")
        }
        Err(e) => Check::note("terminal", format!("TERM={kind}, size unknown ({e})"), ""),
    }
}
