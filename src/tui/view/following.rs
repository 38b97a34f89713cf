//! What may follow the keys pressed so far. It waits a moment: who knows the next key never sees it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Heading, Pen, frame, width};
use crate::keymap::spell;
use crate::tui::action::Action;
use crate::tui::state::{Prefix, Scope};

/// Draws the list at the bottom of `over`.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect) {
    let state = brush.state;
    let shown = |prefix: &&Prefix| brush.now.since(prefix.since) >= Prefix::QUIET;
    let Some(prefix) = state.prefix.as_ref().filter(shown) else { return };
    let scopes: Vec<&str> = state.scopes().into_iter().map(Scope::name).collect();
    let begun = prefix.keys.len();
    let lines: Vec<(String, &str)> = state
        .keymap
        .after(&scopes, &prefix.keys)
        .filter_map(|binding| {
            Some((spell(&binding.keys.as_slice()[begun..]), Action::parse(&binding.action)?.sentence()))
        })
        .collect();
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(over.height);
    let area = Rect { y: over.bottom() - height, height, ..over };
    super::clear(brush, buffer, area);
    let title = format!("{} and then", spell(&prefix.keys));
    let right = Some(("esc drops it", brush.style("muted")));
    let inside = frame(brush, buffer, area, &Heading { title: &title, right, focused: true, ..Heading::default() });
    let keys = lines.iter().map(|(keys, _)| width(keys)).max().unwrap_or(0);
    let keys = u16::try_from(keys).unwrap_or(0);
    for (row, (key, words)) in (0u16..).zip(&lines) {
        let mut pen = Pen::new(buffer, inside, row, brush.glyphs.more);
        pen.write(key, brush.style("key")).at(inside.x + keys + 2).write(words, brush.style("text"));
    }
}
