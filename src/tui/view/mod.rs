//! Every glyph. Pure: draws, decides nothing. One file for each pane and each dialog, `widgets` for what they share.

mod advice;
mod again;
mod batch;
mod beside;
mod boxes;
mod browser;
mod commands;
mod compare;
mod confirm;
mod cost;
mod cost_page;
mod detail;
mod expansion;
mod following;
mod footer;
mod gallery;
mod header;
mod help;
mod history;
mod jobs;
mod letters;
mod lineage;
mod looks;
mod mention;
mod models;
mod picture_entry;
mod plan;
mod preview;
mod prompt;
mod queue;
mod references;
mod rewrite;
mod settings;
mod status;
mod story;
mod swatches;
mod table;
mod toast;
mod toned;
mod welcome;
mod widgets;
mod word;
mod zoom;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::layout::{self, Layout, Panes, SMALLEST};
use super::state::{Dialog, Pane, State};
use crate::domain::Now;
use widgets::{Brush, Pen, wrap};

/// Draws the whole screen. `now` is only for ages and countdowns.
pub fn view(state: &State, now: Now, frame: &mut Frame) {
    let brush = Brush::new(state, now);
    let area = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(area, brush.style("ground"));
    let cursor = match layout::layout(state) {
        // The state learns of a new size by a message; a frame drawn before that has no place for the old one.
        _ if state.size != (area.width, area.height) => None,
        Layout::TooSmall => {
            too_small(&brush, buffer, area);
            None
        }
        Layout::Panes(panes) => screen(&brush, buffer, area, panes.header, panes.footer, |brush, buffer| {
            let cursor = compose(brush, buffer, &panes);
            // The cost is never covered: where it lies at the bottom, news come above it.
            let floor = if panes.cost.bottom() == panes.footer.y { panes.cost.y } else { panes.footer.y };
            (cursor, floor)
        }),
        Layout::Queue(board) => screen(&brush, buffer, area, board.header, board.footer, |brush, buffer| {
            let floor = if board.filter.is_empty() { board.footer.y } else { board.filter.y };
            (jobs::draw(brush, buffer, &board), floor)
        }),
        Layout::Gallery(wall) => screen(&brush, buffer, area, wall.header, wall.footer, |brush, buffer| {
            (gallery::draw(brush, buffer, &wall), wall.footer.y)
        }),
        Layout::History(grove) => screen(&brush, buffer, area, grove.header, grove.footer, |brush, buffer| {
            lineage::draw(brush, buffer, &grove);
            (None, grove.footer.y)
        }),
        Layout::Batch(stack) => screen(&brush, buffer, area, stack.header, stack.footer, |brush, buffer| {
            batch::draw(brush, buffer, &stack);
            (None, stack.footer.y)
        }),
    };
    if !state.unicode {
        to_ascii(buffer);
    }
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
}

/// A screen in its lines at the top and the bottom, and what lies over it. `draw` gives the place of the text cursor, and
/// the row above which there is room for news.
fn screen(
    brush: &Brush,
    buffer: &mut Buffer,
    area: Rect,
    top: Rect,
    bottom: Rect,
    draw: impl FnOnce(&Brush, &mut Buffer) -> (Option<Position>, u16),
) -> Option<Position> {
    let state = brush.state;
    if matches!(state.dialog, Some(Dialog::Zoom)) {
        zoom::draw(brush, buffer);
        toast::draw(brush, buffer, area.height - 1);
        following::draw(brush, buffer, Rect { height: area.height - 1, ..area });
        return None;
    }
    if let Some(Dialog::Boxes(editor)) = &state.dialog {
        let place = layout::boxes(state.size);
        let cursor = boxes::draw(brush, buffer, &place, editor);
        footer::draw(brush, buffer, place.footer);
        toast::draw(brush, buffer, place.footer.y);
        following::draw(brush, buffer, Rect { height: place.footer.y, ..area });
        return cursor;
    }
    if let Some(Dialog::Compare(page)) = &state.dialog {
        let place = compare::draw(brush, buffer, page);
        footer::draw(brush, buffer, place.footer);
        toast::draw(brush, buffer, place.footer.y);
        following::draw(brush, buffer, Rect { height: place.footer.y, ..area });
        return None;
    }
    header::draw(brush, buffer, top);
    let (cursor, floor) = draw(brush, buffer);
    footer::draw(brush, buffer, bottom);
    let over = Rect { y: 1, height: area.height - 2, ..area };
    let asked = match &state.dialog {
        Some(Dialog::Models(picker)) => models::draw(brush, buffer, over, picker),
        Some(Dialog::Themes(picker)) => looks::draw(brush, buffer, over, picker),
        Some(Dialog::Welcome(step)) => welcome::draw(brush, buffer, over, step),
        Some(Dialog::Picture(entry)) => picture_entry::draw(brush, buffer, over, entry),
        Some(Dialog::Browser(found)) => browser::draw(brush, buffer, found),
        Some(Dialog::Advice(picker)) => advice::draw(brush, buffer, over, picker),
        Some(Dialog::Rewrite(page)) => rewrite::draw(brush, buffer, *page),
        Some(Dialog::Cost) => cost_page::draw(brush, buffer, over),
        Some(Dialog::Expansion(page)) => expansion::draw(brush, buffer, over, page),
        Some(Dialog::Plan(page)) => plan::draw(brush, buffer, page),
        Some(Dialog::History(history)) => history::draw(brush, buffer, over, history),
        Some(Dialog::Palette(editor)) => swatches::draw(brush, buffer, over, editor),
        Some(Dialog::Confirm(question)) => confirm::draw(brush, buffer, over, question),
        Some(Dialog::Help(page)) => help::draw(brush, buffer, page),
        Some(Dialog::Commands(commands)) => commands::draw(brush, buffer, over, commands),
        Some(Dialog::Again(page)) => again::draw(brush, buffer, over, page),
        Some(Dialog::Word(entry)) => word::draw(brush, buffer, over, entry),
        Some(Dialog::Zoom | Dialog::Boxes(_) | Dialog::Compare(_) | Dialog::Jump) | None => None,
    };
    toast::draw(brush, buffer, floor);
    following::draw(brush, buffer, over);
    asked.or(cursor)
}

/// The panes of the compose screen.
fn compose(brush: &Brush, buffer: &mut Buffer, panes: &Panes) -> Option<Position> {
    let prompt = prompt::draw(brush, buffer, panes.prompt, Pane::Prompt);
    let negative = prompt::draw(brush, buffer, panes.negative, Pane::Negative);
    references::draw(brush, buffer, panes.references);
    let typed = settings::draw(brush, buffer, panes.settings);
    cost::draw(brush, buffer, panes.cost);
    queue::draw(brush, buffer, panes.queue);
    preview::draw(brush, buffer, panes);
    mention::draw(brush, buffer, panes.prompt, prompt);
    letters::draw(brush, buffer, panes);
    prompt.or(negative).or(typed)
}

fn too_small(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let (columns, rows) = SMALLEST;
    let text = format!("pinxit needs {columns}x{rows}; this is {}x{}. Jobs go on.", area.width, area.height);
    for (row, line) in (0u16..).zip(wrap(&text, usize::from(area.width))) {
        Pen::new(buffer, area, row, "").write(&line, brush.style("text"));
    }
}

/// What is not ASCII becomes a question mark: the user's own text, since none of our chrome is left by now.
fn to_ascii(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    for at in 0..buffer.content.len() {
        if buffer.content[at].symbol().is_ascii() {
            continue;
        }
        let (style, wide) = (buffer.content[at].style(), widgets::width(buffer.content[at].symbol()) > 1);
        buffer.content[at].set_symbol("?");
        // The second cell of a wide letter was hidden by it until now.
        if wide && (at + 1) % width != 0 {
            buffer.content[at + 1].set_symbol(" ").set_style(style);
        }
    }
}

/// A box of this size in the middle of `over`.
fn centred(over: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(over.width), height.min(over.height));
    Rect::new(over.x + (over.width - width) / 2, over.y + (over.height - height) / 2, width, height)
}

/// Empties a box, so that a dialog can be drawn over what is there.
fn clear(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    // A wide letter cut in half by the box's edge would show its other half.
    for y in area.top()..area.bottom() {
        let edge = area.x.checked_sub(1).and_then(|x| buffer.cell_mut((x, y)));
        if let Some(cell) = edge.filter(|cell| widgets::width(cell.symbol()) > 1) {
            cell.set_symbol(" ");
        }
    }
    for position in area.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
    buffer.set_style(area, brush.style("ground"));
}
