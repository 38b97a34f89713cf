//! One more of a job, before it is paid for: what it asks for, what differs, what it costs, and the key that sends it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, wrap};
use crate::domain::Cost;
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::state::{AgainPage, Scope};

/// Lines of the prompt shown at most.
const PROMPT: usize = 3;

/// Draws the page.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, page: &AgainPage) -> Option<Position> {
    let outer = over.width.saturating_sub(4).min(70);
    let lines = lines(brush, page, usize::from(outer.saturating_sub(4)));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let area = super::centred(over, outer, height);
    super::clear(brush, buffer, area);
    let title =
        if page.exact { format!("#{} exactly as it was", page.of) } else { format!("One more like #{}", page.of) };
    let inside = frame(brush, buffer, area, &Heading { title: &title, focused: true, ..Heading::default() });
    let text = Rect { height: inside.height.saturating_sub(2), ..inside };
    for (row, (line, role)) in (0u16..).zip(&lines) {
        Pen::new(buffer, text, row, brush.glyphs.more).write(line, brush.style(role));
    }
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    let rolls = !page.exact && page.request.seed.is_some();
    let keys = [(Action::SendAgain, "mark", true), (Action::RollAgain, "key", rolls), (Action::Close, "key", true)];
    for (action, role, _) in keys.into_iter().filter(|(_, _, works)| *works) {
        if let Some(key) = brush.key(&[Scope::Again], action) {
            pen.write(&key, brush.style(role)).skip(1).write(action.short(), brush.style("text")).skip(4);
        }
    }
    None
}

fn lines(brush: &Brush, page: &AgainPage, room: usize) -> Vec<(String, &'static str)> {
    let request = &page.request;
    let mut prompt = wrap(&clean(&request.prompt.replace('\n', " ")), room);
    if prompt.len() > PROMPT {
        prompt.truncate(PROMPT);
        if let Some(last) = prompt.last_mut() {
            *last += brush.glyphs.more;
        }
    }
    let mut lines: Vec<(String, &str)> = prompt.into_iter().map(|line| (line, "text")).collect();
    let mut say = |text: String, role| lines.extend(wrap(&text, room).into_iter().map(|line| (line, role)));
    say(format!("{}, {}, {}", request.model, request.mode, request.size), "muted");
    let seed = match (page.exact, request.seed) {
        (_, None) => "This model takes no seed: it never makes the same twice.".to_owned(),
        (true, Some(seed)) => format!("Seed {seed}, as it was."),
        (false, Some(seed)) => format!("Seed {seed}, a new one; all else as it was."),
    };
    say(seed, "strong");
    let images = page.cost.images();
    let price = match &page.cost {
        Cost::Known { unit, basis, .. } => {
            format!("{images} x {} = {} ({basis})", brush.money(*unit), brush.money(unit.times(images)))
        }
        Cost::Unknown { .. } => format!("{images} x price unknown: the catalogue has none for {}", request.model),
    };
    say(price, "strong");
    let from = page.parent.map_or_else(String::new, |parent| format!(" It is made from #{parent} too."));
    say(format!("A job of its own: #{} and its pictures stay as they are.{from}", page.of), "muted");
    lines
}
