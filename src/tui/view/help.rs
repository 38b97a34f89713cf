//! The keys of the pane below, made from the table of actions and the keymap.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, width, wrap};
use crate::keymap::Key;
use crate::tui::action::Action;
use crate::tui::state::{HelpPage, Scope, State};

/// From this many columns on, the pane's keys and the global ones stand side by side.
const TWO_COLUMNS: u16 = 96;
/// Cells for the keys themselves.
const KEYS: u16 = 16;

/// A line: a heading, or keys and the (wrapped) sentence beside them.
enum Line {
    Title(&'static str),
    Keys(String, String),
    Blank,
}

/// Draws the page.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, page: &HelpPage) -> Option<Position> {
    let outer = over.width.saturating_sub(4).min(124);
    let columns = if outer >= TWO_COLUMNS { 2 } else { 1 };
    let cells = (outer.saturating_sub(4) / columns).saturating_sub(columns - 1);
    // The keys of what lies below: the same state without this page.
    let scopes = State { dialog: None, ..brush.state.clone() }.scopes();
    let (own, rest): (Vec<Scope>, Vec<Scope>) = scopes.iter().partition(|scope| !everywhere(**scope));
    let mut pages = vec![lines(brush, &own, &scopes, cells), lines(brush, &rest, &scopes, cells)];
    if columns == 1 {
        let rest = pages.pop().unwrap_or_default();
        pages[0].push(Line::Blank);
        pages[0].extend(rest);
    }
    let longest = pages.iter().map(Vec::len).max().unwrap_or(0);
    let area = super::centred(over, outer, u16::try_from(longest).unwrap_or(u16::MAX).saturating_add(2));
    super::clear(brush, buffer, area);
    let height = usize::from(area.height.saturating_sub(2));
    let top = page.top.min(longest.saturating_sub(height));
    let range = format!("{}-{} of {longest}", top + 1, (top + height).min(longest));
    let right = (longest > height).then(|| (range.as_str(), brush.style("muted")));
    let inside = frame(brush, buffer, area, &Heading { title: "Keys", right, focused: true, ..Heading::default() });
    for (column, lines) in (0u16..).zip(&pages) {
        let area = Rect { x: inside.x + column * (cells + 2), width: cells.min(inside.width), ..inside };
        for (row, line) in (0u16..).zip(lines.iter().skip(top).take(height)) {
            let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
            match line {
                Line::Title(text) => pen.write(text, brush.style("mark")),
                Line::Keys(keys, words) => {
                    pen.write(keys, brush.style("key")).at(area.x + KEYS).write(words, brush.style("text"))
                }
                Line::Blank => &mut pen,
            };
        }
    }
    None
}

fn everywhere(scope: Scope) -> bool {
    matches!(scope, Scope::Global | Scope::Screen | Scope::Normal | Scope::Compose | Scope::Form)
}

fn heading(scope: Scope) -> &'static str {
    match scope {
        Scope::Text => "In a text",
        Scope::Insert => "While typing",
        Scope::Offer | Scope::Chosen => "While pictures to name are offered",
        Scope::References => "In the references",
        Scope::Settings => "In the settings",
        Scope::Value => "While typing a value",
        Scope::Queue => "In the queue pane",
        Scope::Jobs => "On the queue screen",
        Scope::Filter => "While typing a filter",
        Scope::Compose => "On the compose screen",
        Scope::Form => "On the compose screen, but not while typing",
        Scope::Edit => "While changing a waiting job",
        Scope::Normal => "Everywhere, but not while typing",
        Scope::Screen => "Everywhere, but not in dialogs",
        Scope::Global => "Everywhere",
        Scope::Entry => "While naming a picture",
        Scope::Picker => "In a list",
        Scope::Browser => "While looking for pictures",
        Scope::Advice => "While choosing by use",
        Scope::Page => "In a page to read",
        Scope::Boxes => "While marking boxes",
        Scope::Palette => "In the palette",
        Scope::Confirm => "In a question",
        Scope::Help => "In this help",
        Scope::Zoom => "With a picture enlarged",
    }
}

/// What can be asked for in these scopes, as the keymap has it; a key that a nearer one of `all` takes is not theirs.
fn lines(brush: &Brush, scopes: &[Scope], all: &[Scope], cells: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    for scope in scopes {
        if !lines.is_empty() {
            lines.push(Line::Blank);
        }
        lines.push(Line::Title(heading(*scope)));
        let nearer: Vec<&str> = all.iter().take_while(|other| *other != scope).map(|scope| scope.name()).collect();
        for action in Action::ALL.iter().filter(|action| action.scopes().contains(scope)) {
            let keys = spelled(brush, &nearer, *scope, *action);
            if keys.is_empty() {
                continue;
            }
            let room = usize::from(cells.saturating_sub(KEYS));
            for (at, words) in wrap(action.sentence(), room).into_iter().enumerate() {
                lines.push(Line::Keys(if at == 0 { keys.clone() } else { String::new() }, words));
            }
        }
        if matches!(lines.last(), Some(Line::Title(_))) {
            lines.pop();
            lines.pop();
        }
    }
    lines
}

/// The keys of an action, as many as fit.
fn spelled(brush: &Brush, nearer: &[&str], scope: Scope, action: Action) -> String {
    let mut text = String::new();
    let keymap = &brush.state.keymap;
    let own = |key: &Key| keymap.resolve(nearer, *key).is_none();
    for key in keymap.keys(scope.name(), action.name()).into_iter().filter(own) {
        let next = if text.is_empty() { key.to_string() } else { format!("{text} {key}") };
        if width(&next) >= usize::from(KEYS) && !text.is_empty() {
            break;
        }
        text = next;
    }
    text
}
