//! Frames turned into something that can be read: text with a map of styles, and escape sequences for the eye.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::stage::NOW;
use pinxit::tui::state::State;
use pinxit::tui::view::view;

/// The frame and the cursor, where one is shown.
pub fn draw(state: &State) -> (Buffer, Option<(u16, u16)>) {
    let mut terminal = Terminal::new(TestBackend::new(state.size.0, state.size.1)).unwrap();
    let mut shown = None;
    let frame = terminal
        .draw(|frame| {
            view(state, NOW, frame);
        })
        .unwrap();
    let buffer = frame.buffer.clone();
    if terminal.backend().cursor_visible() {
        let position = terminal.get_cursor_position().unwrap();
        shown = Some((position.x, position.y));
    }
    (buffer, shown)
}

/// The frame as text, and beside it a letter for each distinct style (`.` for none).
pub fn picture_of(state: &State) -> String {
    let (buffer, cursor) = draw(state);
    let mut styles: Vec<Style> = vec![Style::reset()];
    let (mut text, mut map) = (String::new(), String::new());
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    for y in 0..buffer.area.height {
        let mut hidden = 0;
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if hidden == 0 {
                text.push_str(cell.symbol());
                hidden = cell.symbol().width();
            }
            hidden = hidden.saturating_sub(1);
            // Pictures are the painter's: here only where they lie.
            let plain = if cell.symbol() == "▀" { Style::new().underlined().bg(Color::White) } else { cell.style() };
            let plain = if plain == Style::new() { Style::reset() } else { plain };
            let at = styles.iter().position(|style| *style == plain).unwrap_or_else(|| {
                styles.push(plain);
                styles.len() - 1
            });
            let default = plain.fg.is_none_or(|fg| fg == Color::Reset)
                && plain.bg.is_none_or(|bg| bg == Color::Reset)
                && plain.add_modifier.is_empty();
            map.push(if default { '.' } else { *letters.get(at.saturating_sub(1)).unwrap_or(&'?') });
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        map.truncate(map.trim_end_matches('.').len());
        map.push('\n');
    }
    let mut legend = String::new();
    for (letter, style) in letters.iter().zip(&styles[1..]) {
        let name = |colour: Option<Color>| colour.filter(|c| *c != Color::Reset).map(|c| c.to_string());
        let bg = name(style.bg).map(|bg| format!("on {bg}")).unwrap_or_default();
        let words = [name(style.fg).unwrap_or_default(), bg, format!("{:?}", style.add_modifier)];
        writeln!(legend, "{letter} {}", words.join(" ").replace("NONE", "").trim()).unwrap();
    }
    format!("{text}cursor {cursor:?}\n\n{map}\n{legend}")
}

/// The frame as escape sequences, the cursor where it belongs.
pub fn ansi(state: &State) -> String {
    let (buffer, cursor) = draw(state);
    let mut out = String::from("\x1b[H\x1b[2J");
    for y in 0..buffer.area.height {
        write!(out, "\x1b[{};1H", y + 1).unwrap();
        let mut hidden = 0;
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if hidden == 0 {
                write!(
                    out,
                    "\x1b[0{}{}{}m{}",
                    sgr(cell.modifier),
                    colour(cell.fg, 30),
                    colour(cell.bg, 40),
                    cell.symbol()
                )
                .unwrap();
                hidden = cell.symbol().width();
            }
            hidden = hidden.saturating_sub(1);
        }
    }
    match cursor {
        Some((x, y)) => writeln!(out, "\x1b[0m\x1b[?25h\x1b[{};{}H", y + 1, x + 1).unwrap(),
        None => out.push_str("\x1b[0m\x1b[?25l\n"),
    }
    out
}

fn sgr(modifier: Modifier) -> String {
    let known = [
        (Modifier::BOLD, ";1"),
        (Modifier::DIM, ";2"),
        (Modifier::ITALIC, ";3"),
        (Modifier::UNDERLINED, ";4"),
        (Modifier::REVERSED, ";7"),
    ];
    known.iter().filter(|(flag, _)| modifier.contains(*flag)).map(|(_, code)| *code).collect()
}

fn colour(colour: Color, base: u8) -> String {
    match colour {
        Color::Reset => String::new(),
        Color::Rgb(r, g, b) => format!(";{};2;{r};{g};{b}", base + 8),
        Color::Indexed(i) => format!(";{};5;{i}", base + 8),
        named => {
            let names = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "Gray"];
            let bright = [
                "DarkGray",
                "LightRed",
                "LightGreen",
                "LightYellow",
                "LightBlue",
                "LightMagenta",
                "LightCyan",
                "White",
            ];
            let at = |list: [&str; 8]| list.iter().position(|name| *name == named.to_string());
            match (at(names), at(bright)) {
                (Some(i), _) => format!(";{}", usize::from(base) + i),
                (_, Some(i)) => format!(";{}", usize::from(base) + 60 + i),
                _ => String::new(),
            }
        }
    }
}
