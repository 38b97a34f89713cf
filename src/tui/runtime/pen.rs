//! Cells to terminal bytes, as few as will do. What reaches the terminal is decided by `screen`, not here.
//!
//! The pen remembers where the terminal's cursor stands and which style is on, across frames: a character typed at the
//! cursor costs the character. ratatui finds the cells that changed and hands them over as to any backend.

use std::convert::Infallible;
use std::io::Write;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

use super::sight::Sight;
use crate::graphics::{Id, Spot, is_spot};

/// Style on at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Look = Look { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

/// Attributes with the numbers that set and clear them.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// What shows on a blank; its colour and weight do not.
const ON_BLANKS: Modifier = Modifier::UNDERLINED
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// Blanks from this many on are erased in one go: the sequence and the way past it take up to ten bytes.
const ERASE_FROM: u16 = 11;

/// Sides of frames are put in order from this many on.
const SIDES_FROM: usize = 8;

/// Styles they may have between them.
const SIDES_OF: usize = 4;

/// An empty cell.
static BLANK: Cell = Cell::EMPTY;

/// Turns cells into bytes.
#[derive(Debug)]
pub(super) struct Pen {
    bytes: Vec<u8>,
    look: Look,
    /// Where the terminal's cursor stands; `None` when that depends on the terminal.
    at: Option<Position>,
    /// Where the frame wants the cursor.
    wanted: Option<Position>,
    size: Size,
    /// Whether anything beyond ASCII may be written.
    unicode: bool,
    /// Pictures are drawn over the text: cells that stand for them are made blank.
    beneath: bool,
    /// Rows of pictures made blank.
    blanked: Vec<(Sight, u16)>,
    /// Pictures the terminal has. Of others the places are left blank: kitty looks for a picture only when its place is
    /// written.
    here: Vec<Id>,
}

impl Pen {
    /// A pen on a terminal just cleared, its cursor anywhere.
    pub fn new(size: Size, unicode: bool) -> Pen {
        let (bytes, blanked) = (Vec::new(), Vec::new());
        Pen { bytes, look: PLAIN, at: None, wanted: None, size, unicode, beneath: false, blanked, here: Vec::new() }
    }

    /// Whether pictures are drawn over the text, or lie where it says.
    pub fn draw_beneath(&mut self, beneath: bool) {
        self.beneath = beneath;
    }

    /// These pictures the terminal has.
    pub fn know(&mut self, here: Vec<Id>) {
        self.here = here;
    }

    /// The pictures the terminal has, as far as was said.
    pub fn known(&self) -> Vec<Id> {
        self.here.clone()
    }

    /// Rows of pictures made blank since this was asked last.
    pub fn take_blanked(&mut self) -> Vec<(Sight, u16)> {
        std::mem::take(&mut self.blanked)
    }

    /// Cells as they are written: those that stand for a picture drawn over them are blank, or one that is not here yet.
    fn blank<'a>(&mut self, (x, y, cell): (u16, u16, &'a Cell)) -> (u16, u16, &'a Cell) {
        let Some(spot) = Spot::of(cell) else { return (x, y, cell) };
        if !self.beneath {
            return (x, y, if self.here.contains(&spot.id) { cell } else { &BLANK });
        }
        let row = (Sight::of(spot, (x, y)), spot.row);
        if self.blanked.last() != Some(&row) {
            self.blanked.push(row);
        }
        (x, y, &BLANK)
    }

    /// The bytes so far; none are left.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Where the frame wants the cursor.
    pub fn wanted(&self) -> Option<Position> {
        self.wanted
    }

    /// From now on the terminal shows nothing.
    pub fn restart(&mut self) {
        let here = std::mem::take(&mut self.here);
        *self = Pen { beneath: self.beneath, here, ..Pen::new(self.size, self.unicode) };
        // Plain first: many terminals clear with the background that is on.
        self.bytes.extend_from_slice(b"\x1b[m\x1b[2J");
    }

    /// Brings the cursor to `to`.
    pub fn go(&mut self, to: Position) {
        let (x, y) = (to.x + 1, to.y + 1);
        let gap = self.at.filter(|at| at.y == to.y).and_then(|at| to.x.checked_sub(at.x));
        // Just below what was written last.
        let is_below = self.at.is_some_and(|at| (at.x, at.y + 1) == (x, to.y));
        let done = match gap {
            None if is_below => self.bytes.write_all(b"\x1b[B\x08"),
            Some(0) => Ok(()),
            Some(1) => self.bytes.write_all(b"\x1b[C"),
            Some(gap) => write!(self.bytes, "\x1b[{gap}C"),
            None if x == 1 => write!(self.bytes, "\x1b[{y}H"),
            None => write!(self.bytes, "\x1b[{y};{x}H"),
        };
        done.expect("memory takes every byte");
        self.at = Some(to);
    }

    fn style(&mut self, cell: &Cell) {
        let mut look = Look { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        if cell.symbol() == " " && !cell.modifier.intersects(ON_BLANKS) {
            look = Look { fg: self.look.fg, bg: cell.bg, modifier: self.look.modifier - ON_BLANKS };
        }
        if look != self.look {
            self.bytes.extend_from_slice(&restyle(self.look, look));
            self.look = look;
        }
    }

    /// Makes `count` cells blank, on the terminal's own ground: not all terminals erase with another.
    fn erase(&mut self, at: Position, count: u16, blank: &Cell) {
        self.go(at);
        self.style(blank);
        write!(self.bytes, "\x1b[{count}X").expect("memory takes every byte");
    }

    fn put(&mut self, at: Position, cell: &Cell) {
        self.go(at);
        self.style(cell);
        let symbol = match cell.symbol() {
            "" => " ",
            // Text is made safe at the boundary; this is the last door, and no escape sequence passes it.
            symbol if symbol.chars().any(char::is_control) => "?",
            symbol if !self.unicode && !symbol.is_ascii() => ["?", "??"][usize::from(symbol.cell_width() > 1)],
            symbol => symbol,
        };
        self.bytes.extend_from_slice(symbol.as_bytes());
        let x = at.x + symbol.cell_width();
        self.at = (is_certain(symbol) && x < self.size.width).then_some(Position { x, y: at.y });
    }
}

/// How many cells from the first on are blank, side by side, on the terminal's own ground.
fn leading_blanks(cells: &[(u16, u16, &Cell)]) -> u16 {
    let Some((first, row, _)) = cells.first() else { return 0 };
    let blank = |cell: &Cell| cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(ON_BLANKS);
    let side_by_side = |((x, y, cell), wanted): &(&(u16, u16, &Cell), u16)| x == wanted && y == row && blank(cell);
    cells.iter().zip(*first..).take_while(side_by_side).count() as u16
}

/// Puts the sides of frames behind all other cells, style by style and column by column: row by row, where two frames stand
/// side by side, the style would change at each of them, and back.
fn sides_last(cells: Vec<(u16, u16, &Cell)>) -> Vec<(u16, u16, &Cell)> {
    let is_side = |(_, _, cell): &(u16, u16, &Cell)| matches!(cell.symbol(), "│" | "┃" | "|");
    let (sides, mut rest): (Vec<_>, Vec<_>) = cells.iter().copied().partition(is_side);
    let mut looks: Vec<Look> = Vec::new();
    let mut ranked = Vec::with_capacity(sides.len());
    for (x, y, cell) in sides {
        let look = Look { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        let rank = looks.iter().position(|known| *known == look).unwrap_or_else(|| {
            looks.push(look);
            looks.len() - 1
        });
        ranked.push((rank, x, y, cell));
        // Of many styles these are a picture, and not frames.
        if looks.len() > SIDES_OF {
            return cells;
        }
    }
    if ranked.len() < SIDES_FROM {
        return cells;
    }
    ranked.sort_by_key(|(rank, x, y, _)| (*rank, *x, *y));
    rest.extend(ranked.into_iter().map(|(_, x, y, cell)| (x, y, cell)));
    rest
}

/// Whether every terminal moves its cursor alike after this: not so for emoji, joined letters and late additions.
fn is_certain(symbol: &str) -> bool {
    // Terminals that show pictures so know how wide these are, and tmux counts the letter alone.
    if symbol.is_ascii() || is_spot(symbol) {
        return true;
    }
    let mut letters = symbol.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => match symbol.cell_width() {
            // Behind the emoji lie blocks that pictures are made of.
            1 => letter < '\u{1f000}' || matches!(letter, '\u{1fb00}'..='\u{1fbff}'),
            2 => matches!(letter, '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ff60}'),
            _ => false,
        },
        _ => false,
    }
}

/// The shortest sequence that turns one style into another.
fn restyle(from: Look, to: Look) -> Vec<u8> {
    let from_plain = sequence(&[&["0".to_owned()][..], &changes(PLAIN, to)].concat());
    let change = sequence(&changes(from, to));
    if to == PLAIN {
        b"\x1b[m".to_vec()
    } else if from_plain.len() < change.len() {
        from_plain
    } else {
        change
    }
}

fn sequence(parameters: &[String]) -> Vec<u8> {
    format!("\x1b[{}m", parameters.join(";")).into_bytes()
}

fn changes(from: Look, to: Look) -> Vec<String> {
    let mut parameters = Vec::new();
    let gone = from.modifier - to.modifier;
    let mut on = from.modifier;
    for (attribute, _, clear) in ATTRIBUTES {
        if gone.contains(attribute) && on.contains(attribute) {
            parameters.push(clear.to_string());
            // One number clears both bold and dim, and both blinks.
            for (other, _, also) in ATTRIBUTES {
                on -= if also == clear { other } else { Modifier::empty() };
            }
        }
    }
    for (attribute, set, _) in ATTRIBUTES {
        if to.modifier.contains(attribute) && !on.contains(attribute) {
            parameters.push(set.to_string());
        }
    }
    for (old, new, base) in [(from.fg, to.fg, 30), (from.bg, to.bg, 40)] {
        if old != new {
            parameters.push(colour(new, base));
        }
    }
    parameters
}

/// A colour as parameters; `base` is 30 for the letters, 40 for the ground.
fn colour(colour: Color, base: u8) -> String {
    let (bright, extended) = (base + 60, base + 8);
    match colour {
        Color::Reset => (base + 9).to_string(),
        Color::Black => base.to_string(),
        Color::Red => (base + 1).to_string(),
        Color::Green => (base + 2).to_string(),
        Color::Yellow => (base + 3).to_string(),
        Color::Blue => (base + 4).to_string(),
        Color::Magenta => (base + 5).to_string(),
        Color::Cyan => (base + 6).to_string(),
        Color::Gray => (base + 7).to_string(),
        Color::DarkGray => bright.to_string(),
        Color::LightRed => (bright + 1).to_string(),
        Color::LightGreen => (bright + 2).to_string(),
        Color::LightYellow => (bright + 3).to_string(),
        Color::LightBlue => (bright + 4).to_string(),
        Color::LightMagenta => (bright + 5).to_string(),
        Color::LightCyan => (bright + 6).to_string(),
        Color::White => (bright + 7).to_string(),
        Color::Indexed(index) => format!("{extended};5;{index}"),
        Color::Rgb(r, g, b) => format!("{extended};2;{r};{g};{b}"),
    }
}

impl Backend for Pen {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<(), Infallible> {
        let cells = sides_last(content.map(|cell| self.blank(cell)).collect());
        let mut rest = &cells[..];
        while let [(x, y, cell), after @ ..] = rest {
            let blanks = leading_blanks(rest);
            if blanks >= ERASE_FROM {
                self.erase(Position { x: *x, y: *y }, blanks - 1, cell);
                // The last one may have been the first half of a wide letter. A blank written over it takes the other half
                // away too; erased, that would be left behind on some terminals (tmux).
                self.put(Position { x: x + blanks - 1, y: *y }, cell);
                rest = &rest[usize::from(blanks)..];
                continue;
            }
            // ratatui blanks the second column of `❤️` and its like for terminals that draw them narrow, and does so
            // after them, which wipes them out on terminals that draw them wide. Before them it does no harm.
            let covers = x + 1..x + cell.cell_width();
            let covered = after.iter().take_while(|(x, row, _)| row == y && covers.contains(x)).count();
            for (x, y, cell) in &after[..covered] {
                self.put(Position { x: *x, y: *y }, cell);
            }
            self.put(Position { x: *x, y: *y }, cell);
            rest = &after[covered..];
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.wanted.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.restart();
        Ok(())
    }

    fn clear_region(&mut self, _region: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn cell(symbol: &str, style: Style) -> Cell {
        let mut cell = Cell::default();
        cell.set_symbol(symbol).set_style(style);
        cell
    }

    fn written(cells: &[(u16, u16, Cell)]) -> String {
        written_with(true, cells)
    }

    fn written_with(unicode: bool, cells: &[(u16, u16, Cell)]) -> String {
        let mut pen = Pen::new(Size::new(20, 5), unicode);
        let Ok(()) = pen.draw(cells.iter().map(|(x, y, cell)| (*x, *y, cell)));
        String::from_utf8(pen.take()).expect("text")
    }

    #[test]
    fn neighbours_cost_no_moves_and_no_styles() {
        let red = Style::new().fg(Color::Red);
        let row = [(2, 1, cell("a", red)), (3, 1, cell("b", red)), (6, 1, cell("c", red)), (0, 2, cell("d", red))];
        assert_eq!(written(&row), "\x1b[2;3H\x1b[31mab\x1b[2Cc\x1b[3Hd");
    }

    #[test]
    fn the_shorter_way_from_style_to_style_is_taken() {
        let look = |style: Style| Look {
            fg: style.fg.unwrap_or_default(),
            bg: style.bg.unwrap_or_default(),
            modifier: style.add_modifier,
        };
        let way = |from: Style, to: Style| String::from_utf8(restyle(look(from), look(to))).expect("text");
        let loud = Style::new().bold().fg(Color::Rgb(1, 2, 3)).bg(Color::Indexed(17));
        assert_eq!(way(loud, Style::new()), "\x1b[m");
        assert_eq!(way(Style::new().bold().dim(), Style::new().dim().red()), "\x1b[0;2;31m");
        assert_eq!(way(Style::new().bold().red(), Style::new().red()), "\x1b[22m");
        assert_eq!(way(loud, Style::new().green()), "\x1b[0;32m");
        assert_eq!(way(Style::new(), loud), "\x1b[1;38;2;1;2;3;48;5;17m");
        assert_eq!(way(Style::new(), Style::new().light_blue().on_white()), "\x1b[94;107m");
    }

    #[test]
    fn sides_of_frames_change_the_style_once_and_stand_where_they_stood() {
        let (grey, loud) = (Style::new().fg(Color::DarkGray), Style::new().fg(Color::Yellow).bold());
        let row = |y: u16| {
            let text = cell("a", grey);
            [
                (0, y, cell("│", grey)),
                (1, y, text),
                (8, y, cell("│", grey)),
                (9, y, cell("┃", loud)),
                (19, y, cell("┃", loud)),
            ]
        };
        let cells: Vec<_> = (0..5).flat_map(row).collect();
        let text = written(&cells);
        let styles = text.split('\u{1b}').filter(|sequence| sequence.contains('m')).count();
        assert_eq!(styles, 2, "{text:?}");
        let mut terminal = crate::tui::runtime::wire::tests::terminal(5, 20);
        terminal.process(text.as_bytes());
        let rows: Vec<String> = terminal.screen().rows(0, 20).collect();
        assert_eq!(rows, ["│a      │┃         ┃"; 5]);
        assert!(text.contains("│\u{1b}[B\u{8}│"), "a step down is not a way across the screen: {text:?}");
    }

    #[test]
    fn the_cursor_is_placed_afresh_where_terminals_disagree() {
        let plain = Style::new();
        let row = [(0, 0, cell("狐", plain)), (2, 0, cell("a", plain))];
        assert_eq!(written(&row), "\x1b[1H狐a");
        let row = [(0, 0, cell("🦊", plain)), (2, 0, cell("a", plain))];
        assert_eq!(written(&row), "\x1b[1H🦊\x1b[1;3Ha");
        let row = [(0, 0, cell("e\u{301}", plain)), (1, 0, cell("a", plain))];
        assert_eq!(written(&row), "\x1b[1He\u{301}\x1b[1;2Ha");
        let row = [(19, 0, cell("x", plain)), (0, 1, cell("y", plain))];
        assert_eq!(written(&row), "\x1b[1;20Hx\x1b[2Hy");
    }

    #[test]
    fn what_a_wide_symbol_covers_is_blanked_before_it() {
        let plain = Style::new();
        let row = [(0, 0, cell("❤\u{fe0f}", plain)), (1, 0, cell(" ", plain)), (2, 0, cell("a", plain))];
        assert_eq!(written(&row), "\x1b[1;2H \x1b[1H❤\u{fe0f}\x1b[1;3Ha");
    }

    #[test]
    fn long_blanks_are_erased_and_blanks_need_no_colour() {
        let red = Style::new().red().bold();
        let row = |count: u16| {
            let blanks = (1..=count).map(|x| (x, 0, Cell::default()));
            let all = [(0, 0, cell("a", red))].into_iter().chain(blanks).chain([(count + 1, 0, cell("b", red))]);
            written(&all.collect::<Vec<_>>())
        };
        assert_eq!(row(3), "\x1b[1H\x1b[1;31ma   b");
        assert_eq!(row(15), "\x1b[1H\x1b[1;31ma\x1b[14X\x1b[14C b");
        let lined = [(0, 0, cell("a", red.underlined())), (1, 0, Cell::default())];
        assert_eq!(written(&lined), "\x1b[1H\x1b[1;4;31ma\x1b[24m ");
        let ground: Vec<_> = (0..15).map(|x| (x, 0, cell(" ", Style::new().on_blue()))).collect();
        assert_eq!(written(&ground), format!("\x1b[1H\x1b[44m{}", " ".repeat(15)));
    }

    #[test]
    fn a_terminal_without_unicode_gets_ascii() {
        let plain = Style::new();
        let row = [(0, 0, cell("狐", plain)), (2, 0, cell("é", plain)), (3, 0, cell("a", plain))];
        assert_eq!(written_with(false, &row), "\x1b[1H???a");
    }

    #[test]
    fn no_escape_sequence_gets_through() {
        assert_eq!(written(&[(0, 0, cell("\x1b]0;x\x07", Style::new()))]), "\x1b[1H?");
    }
}
