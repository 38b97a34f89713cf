//! The palette editor: a row for each colour with its share as number and bar, and the sum.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};

use super::widgets::{Brush, Heading, Pen, frame, typed, wrap};
use crate::domain::Depth;
use crate::tui::action::Action;
use crate::tui::state::{Line, PaletteEditor, Scope, Swatch};

/// All of it, in hundredths of a percent.
const WHOLE: u32 = 10_000;

/// Draws the dialog and gives the place of the cursor while a colour is typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, editor: &PaletteEditor) -> Option<Position> {
    let (least, most) = editor.range;
    let rows = u16::try_from(most).unwrap_or(10);
    let area = super::centred(over, over.width.saturating_sub(4).min(66), rows + 6);
    super::clear(brush, buffer, area);
    let (sum, count) = (editor.sum(), editor.swatches.len());
    let right = format!("{count} of {least} to {most} colours");
    let right = Some((right.as_str(), brush.style("muted")));
    let inside = frame(brush, buffer, area, &Heading { title: "Palette", right, focused: true, ..Heading::default() });
    if inside.is_empty() {
        return None;
    }
    let mut cursor = None;
    let list = Rect { height: inside.height.saturating_sub(3), ..inside };
    if editor.swatches.is_empty() {
        empty(brush, buffer, list);
    }
    let top = (editor.selected + 1).saturating_sub(usize::from(list.height));
    for (row, (at, swatch)) in (0u16..list.height).zip(editor.swatches.iter().enumerate().skip(top)) {
        let here = at == editor.selected;
        let entry = editor.typed.as_ref().filter(|_| here);
        let place = line(brush, buffer, (list, row), (at, swatch), here, entry);
        cursor = cursor.or(place);
    }
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(2), brush.glyphs.more);
    let total = format!("sum {}.{:02} %", sum / 100, sum % 100);
    let role = if sum == WHOLE || count == 0 { "good" } else { "warn" };
    pen.skip(4).write(&total, brush.style(role));
    if sum != WHOLE && count > 0 {
        let text = sum.abs_diff(WHOLE);
        let side = if sum < WHOLE { "missing" } else { "too much" };
        pen.skip(2).write(&format!("{}.{:02} {side}", text / 100, text % 100), brush.style("warn"));
    }
    keys(brush, buffer, inside);
    cursor
}

/// A colour; gives the place of the cursor while it is typed.
fn line(
    brush: &Brush,
    buffer: &mut Buffer,
    (list, row): (Rect, u16),
    (at, swatch): (usize, &Swatch),
    here: bool,
    entry: Option<&Line>,
) -> Option<Position> {
    let area = Rect { x: list.x - 1, width: list.width + 2, ..list };
    if here {
        buffer.set_style(Rect { y: area.y + row, height: 1, ..area }, brush.style("selection"));
    }
    let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
    let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
    pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
    pen.write(&format!("{:>2} ", at + 1), style("muted"));
    if let Some(entry) = entry {
        // The whole row is selected already: what the next letter replaces is told by the underline.
        let style = if entry.is_untouched() { style("text").underlined() } else { style("text") };
        return Some(Position::new(typed(&mut pen, entry, brush.glyphs, style), area.y + row));
    }
    if let Some(colour) = colour(brush, &swatch.hex) {
        pen.write("    ", Style::new().bg(colour)).skip(1);
    }
    pen.write(&swatch.hex, style("text")).skip(2);
    pen.write(&format!("{:>3}.{:02} %", swatch.share / 100, swatch.share % 100), style("text")).skip(2);
    pen.right(if swatch.locked { "locked " } else { "       " }, style("strong"));
    // A bar of the share, a cell for every so many percent.
    let room = u32::from(pen.room().saturating_sub(1));
    let cells = usize::try_from((swatch.share.min(WHOLE) * room).div_ceil(WHOLE)).unwrap_or(0);
    pen.write(&brush.glyphs.bar.repeat(cells), style("muted"));
    None
}

/// The colour itself, where the terminal shows it as it is.
fn colour(brush: &Brush, hex: &str) -> Option<Color> {
    let digits = hex.strip_prefix('#').filter(|_| brush.state.theme.depth == Depth::True)?;
    u32::from_str_radix(digits, 16).ok().map(Color::from_u32)
}

/// Before the first colour: three ways to get some.
fn empty(brush: &Brush, buffer: &mut Buffer, list: Rect) {
    let measure = usize::from(list.width);
    let mut lines =
        wrap("Colours the picture is to be made of, and how much of each. Without any the model chooses.", measure);
    lines.push(String::new());
    let named = |action, words: &str| brush.key(&[Scope::Palette], action).map(|key| format!("{key}  {words}"));
    lines.extend(named(Action::Extract, "takes the colours of the selected or shown picture"));
    lines.extend(named(Action::AddSwatch, "adds a colour"));
    lines.push("Or paste a list like #C2D1E6=23.51,#CDD8E9=20.13".to_owned());
    for (row, text) in (0u16..).zip(&lines) {
        Pen::new(buffer, list, row, brush.glyphs.more).write(text, brush.style("muted"));
    }
}

fn keys(brush: &Brush, buffer: &mut Buffer, inside: Rect) {
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    for action in [Action::Accept, Action::Balance, Action::LockSwatch, Action::Extract, Action::Close] {
        let word = if action == Action::Accept { "done" } else { action.short() };
        if let Some(key) = brush.key(&[Scope::Palette], action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(2);
        }
    }
}
