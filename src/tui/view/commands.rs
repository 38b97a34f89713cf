//! The command palette: what is typed, and the actions that match, each with where it works and its key.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, find, frame, width};
use crate::tui::action::Action;
use crate::tui::state::{Choice, Commands, Scope};

/// Actions shown at once.
const ROWS: u16 = 14;
/// Columns inside from which the place is shown too.
const WITH_PLACE: u16 = 64;
/// Cells of the place.
const PLACE: usize = 17;

/// An action as it is drawn.
struct Entry {
    sentence: &'static str,
    place: &'static str,
    key: String,
    here: bool,
}

/// Draws the list and gives the place of the cursor.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, commands: &Commands) -> Option<Position> {
    let area = super::centred(over, over.width.saturating_sub(4).min(92), ROWS + 4);
    super::clear(brush, buffer, area);
    let here = commands.matches.iter().filter(|choice| choice.here).count();
    let count = format!("{here} here, {} elsewhere", commands.matches.len() - here);
    let right = Some((count.as_str(), brush.style("muted")));
    let foot = selected(commands).map(|action| action.name());
    let foot = foot.map(|name| (name, brush.style("muted")));
    let heading = Heading { title: "Commands", right, foot, focused: true, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return None;
    }
    let (cursor, list) = find(brush, buffer, inside, ("Do:", "type what it is about"), &commands.filter);
    if commands.matches.is_empty() {
        let clear = brush.key(&[Scope::Picker], Action::Close).unwrap_or_default();
        let text = format!("No command matches. Backspace takes a letter back, {clear} closes.");
        Pen::new(buffer, list, 0, brush.glyphs.more).write(&text, brush.style("muted"));
    }
    entries(brush, buffer, list, commands);
    Some(cursor)
}

fn selected(commands: &Commands) -> Option<Action> {
    commands.matches.get(commands.selected).and_then(|choice| Action::parse(choice.action))
}

fn entries(brush: &Brush, buffer: &mut Buffer, list: Rect, commands: &Commands) {
    let reach = brush.state.scopes_in_reach();
    let rows = usize::from(list.height);
    let top = (commands.selected + 1).saturating_sub(rows);
    let shown = commands.matches.iter().enumerate().skip(top).take(rows);
    let shown: Vec<(usize, Entry)> =
        shown.filter_map(|(at, choice)| Some((at, entry(brush, &reach, *choice)?))).collect();
    let keys = shown.iter().map(|(_, entry)| width(&entry.key)).max().unwrap_or(0);
    let line = Rect { x: list.x.saturating_sub(1), width: list.width + 2, ..list };
    for (row, (at, entry)) in (0u16..).zip(shown) {
        let chosen = at == commands.selected;
        if chosen {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| match (chosen, entry.here) {
            (true, _) => brush.style("selection"),
            (false, true) => brush.style(role),
            (false, false) => brush.style("muted"),
        };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        let pad = |text: &str, cells: usize| format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))));
        pen.right(&format!("{} ", pad(&entry.key, keys)), style("key"));
        if list.width >= WITH_PLACE {
            pen.right(&pad(entry.place, PLACE), style("muted"));
        }
        pen.write(if chosen { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
        pen.write(entry.sentence, style("text"));
    }
}

/// An action with the scope it would be asked for in: one that holds, else the first.
fn entry(brush: &Brush, reach: &[Scope], choice: Choice) -> Option<Entry> {
    let action = Action::parse(choice.action)?;
    let scopes = action.scopes();
    let near = reach.iter().find(|scope| scopes.contains(scope)).or(scopes.first())?;
    let key = brush.key(reach, action).filter(|_| choice.here).or_else(|| brush.key(scopes, action));
    Some(Entry { sentence: action.sentence(), place: near.title(), key: key.unwrap_or_default(), here: choice.here })
}
