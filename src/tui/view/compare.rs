//! Two pictures compared: one in the place of the other, side by side, or where they differ; and what they were asked by.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Heading, Pen, frame};
use super::{preview, status, toned};
use crate::tui::layout::{ComparePlace, compare, compare_lines, compare_pane};
use crate::tui::state::{Compare, Manner};

/// Draws the comparison, all but its hints; the row above which there is room for news.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, page: &Compare) -> ComparePlace {
    let place = compare(brush.state.size, page);
    title(brush, buffer, place.title, page);
    told(brush, buffer, place.told, page);
    match page.way {
        Manner::Flip => painted(brush, buffer, place.first, page, page.meant),
        Manner::Side => {
            painted(brush, buffer, place.first, page, 0);
            painted(brush, buffer, place.second, page, 1);
        }
        Manner::Heat => painted(brush, buffer, place.first, page, 2),
        Manner::Recipe => {}
    }
    recipe(brush, buffer, place.recipe, page);
    place
}

/// Both names, the one that is meant in brackets, and how they are compared.
fn title(brush: &Brush, buffer: &mut Buffer, line: Rect, page: &Compare) {
    let mut pen = Pen::new(buffer, line, 0, brush.glyphs.more);
    pen.skip(1).write("Compare", brush.style("strong")).skip(2);
    for (at, picked) in page.pair.iter().enumerate() {
        let away = brush.state.away(picked.image.id).map(|away| format!(", {}", away.words())).unwrap_or_default();
        let (name, letter) = (format!("#{}{away}", picked.image.id), ['A', 'B'][at]);
        if at == page.meant {
            pen.write(&format!("[{letter} {name}]"), brush.style("mark")).skip(1);
        } else {
            pen.write(&format!(" {letter} {name} "), brush.style("muted")).skip(1);
        }
    }
    let times = page.lens.times(page.size(0), compare_pane(brush.state.size, page));
    if times > 1 {
        pen.right(&format!("{times}x both "), brush.style("mark"));
    }
    for way in [Manner::Recipe, Manner::Heat, Manner::Side, Manner::Flip] {
        if way == page.way {
            pen.right(&format!("[{}]", way.word()), brush.style("strong"));
        } else if line.width >= 80 {
            pen.right(&format!(" {} ", way.word()), brush.style("muted"));
        }
    }
}

/// How much they differ: two sentences below each other, or in one line.
fn told(brush: &Brush, buffer: &mut Buffer, area: Rect, page: &Compare) {
    let role = match &page.difference {
        Some(Ok(_)) => "text",
        Some(Err(_)) => "bad",
        None => "muted",
    };
    let sentences = page.told();
    let lines = if area.height > 1 { sentences } else { vec![sentences.join("; ")] };
    for (row, line) in (0..area.height).zip(lines) {
        Pen::new(buffer, area, row, brush.glyphs.more).skip(1).write(&line, brush.style(role));
    }
}

/// One of the pictures, or where they differ; the last one painted stays until its successor is ready.
fn painted(brush: &Brush, buffer: &mut Buffer, area: Rect, page: &Compare, which: usize) {
    let say = |buffer: &mut Buffer, text: &str| {
        status::block(brush, buffer, area, area.width, &[(text.to_owned(), brush.style("muted"))]);
    };
    match page.painted[which.min(2)].as_ref().map(|(_, cells)| cells) {
        Some(Ok(cells)) if cells.area.is_empty() => say(buffer, "Pictures are not shown in this terminal."),
        Some(Ok(cells)) => preview::copy(buffer, area, cells),
        Some(Err(fault)) => status::draw_fault(brush, buffer, area, "It cannot be shown", fault),
        None => say(buffer, "Opening"),
    }
}

/// What differs in what they were asked by.
fn recipe(brush: &Brush, buffer: &mut Buffer, area: Rect, page: &Compare) {
    let heading = Heading { title: "what differs, from A to B", focused: true, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    let lines = compare_lines(page, inside.width);
    if lines.is_empty() {
        Pen::new(buffer, inside, 0, brush.glyphs.more).write("Nothing: the same was asked for.", brush.style("muted"));
    }
    if page.way == Manner::Recipe && !lines.is_empty() && lines.len() + 1 < usize::from(inside.height) {
        let row = u16::try_from(lines.len() + 1).unwrap_or(u16::MAX);
        Pen::new(buffer, inside, row, brush.glyphs.more).write("All else is the same.", brush.style("muted"));
    }
    for (row, line) in (0..inside.height).zip(&lines) {
        let mut pen = Pen::new(buffer, inside, row, brush.glyphs.more);
        if row + 1 == inside.height && lines.len() > usize::from(inside.height) {
            let rest = lines.len() + 1 - usize::from(inside.height);
            pen.write(&format!("{rest} more lines: the way 'recipe' has room for them"), brush.style("muted"));
        } else {
            toned::write(brush, &mut pen, line);
        }
    }
}
