//! Every prompt the written one stands for, the selected one whole, and what they cost together.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, wrap};
use super::{clear, cost};
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::state::{ExpansionPage, Scope, Unfold};

/// Lines for the selected prompt, whole.
const WHOLE: u16 = 4;

/// Draws the page.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, page: &ExpansionPage) -> Option<Position> {
    let area = super::centred(over, over.width.saturating_sub(4).min(110), over.height.saturating_sub(2).min(34));
    clear(brush, buffer, area);
    let expansion = &brush.state.compose.expansion;
    let count = expansion.count();
    let right = match (expansion.unfolds(), expansion.unfold) {
        (_, Unfold::Off) => "sent as it is written".to_owned(),
        (true, Unfold::One) => format!("one of {} by chance", expansion.ways()),
        (true, _) if count == 1 => "1 prompt".to_owned(),
        (true, _) => format!("{count} prompts"),
        (false, _) => "no wildcards".to_owned(),
    };
    let right = Some((right.as_str(), brush.style("muted")));
    let inside = frame(brush, buffer, area, &Heading { title: "Prompts", right, focused: true, ..Heading::default() });
    if inside.height < 6 {
        return None;
    }
    let foot = Rect { y: inside.bottom() - 2, height: 1, ..inside };
    match &expansion.made.trouble {
        Some(trouble) => {
            for (row, line) in (0u16..).zip(wrap(&format!("! {trouble}"), usize::from(inside.width))) {
                Pen::new(buffer, Rect { height: inside.height - 3, ..inside }, row, brush.glyphs.more)
                    .write(&line, brush.style("bad"));
            }
        }
        None => list(brush, buffer, inside, page, count),
    }
    cost::draw(brush, buffer, Rect { x: foot.x.saturating_sub(2), width: foot.width + 2, ..foot });
    keys(brush, buffer, inside);
    None
}

fn list(brush: &Brush, buffer: &mut Buffer, inside: Rect, page: &ExpansionPage, count: u64) {
    let whole = if inside.height >= 12 { WHOLE } else { 0 };
    let rows = Rect { height: inside.height - 3 - whole, ..inside };
    let height = usize::from(rows.height);
    let top = (page.selected + 1).saturating_sub(height).min(page.prompts.len().saturating_sub(height));
    let numbers = page.prompts.len().to_string().len();
    let line = Rect { x: rows.x - 1, width: rows.width + 2, ..rows };
    for (row, (at, prompt)) in (0u16..).zip(page.prompts.iter().enumerate().skip(top).take(height)) {
        let here = at == page.selected;
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        let below = (page.prompts.len() as u64).max(count).saturating_sub((top + height) as u64);
        if usize::from(row) + 1 == height && below > 0 {
            pen.right(&format!("{below} more "), style("muted"));
        }
        pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
        pen.write(&format!("{:>numbers$}  ", at + 1), style("muted")).write(&clean(prompt), style("text"));
    }
    let selected = page.prompts.get(page.selected).filter(|_| whole > 0);
    let place = Rect { y: inside.bottom() - 2 - whole, height: whole, ..inside };
    for (row, text) in
        (0u16..).zip(selected.map(|prompt| wrap(&clean(prompt), usize::from(inside.width))).unwrap_or_default())
    {
        Pen::new(buffer, place, row, brush.glyphs.more).write(&text, brush.style("muted"));
    }
}

fn keys(brush: &Brush, buffer: &mut Buffer, inside: Rect) {
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    for action in [Action::Generate, Action::UnfoldAll, Action::UnfoldOne, Action::UnfoldOff, Action::Close] {
        if let Some(key) = brush.key(&[Scope::Expansion], action) {
            pen.write(&key, brush.style("key")).skip(1).write(action.short(), brush.style("muted")).skip(2);
        }
    }
}
