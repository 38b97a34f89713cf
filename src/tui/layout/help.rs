//! The page of keys: what is on it, in how many columns, and how far it scrolls. Everything comes from the table of
//! actions and the keymap.

use ratatui::layout::Rect;

use super::wrap::{width, wrap};
use crate::keymap::{Binding, Found, Keys};
use crate::tui::action::Action;
use crate::tui::state::{HelpPage, Scope, State};

/// From this many columns on, sections stand side by side.
const TWO_COLUMNS: u16 = 96;
/// Cells for the keys themselves.
pub const KEYS: u16 = 16;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpLine {
    /// Where the keys below work, and whether that is here.
    Title(String, bool),
    /// Keys, whether they are the user's own, and the (wrapped) sentence beside them.
    Keys(String, bool, String),
    /// Between two sections.
    Blank,
}

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpSheet {
    /// The frame.
    pub area: Rect,
    /// Lines of each column, whole.
    pub columns: Vec<Vec<HelpLine>>,
    /// Cells of a column.
    pub cells: u16,
    /// Lines there is room for.
    pub rows: usize,
    /// The first one shown.
    pub top: usize,
    /// The last one that can be.
    pub last_top: usize,
}

/// The page of keys for what lies below it: the focused pane, then what holds everywhere, then all the rest.
pub fn help(state: &State, page: &HelpPage) -> HelpSheet {
    let over = Rect::new(0, 1, state.size.0, state.size.1.saturating_sub(2));
    let outer = over.width.saturating_sub(4).min(124);
    let count: u16 = if outer >= TWO_COLUMNS { 2 } else { 1 };
    let cells = (outer.saturating_sub(4) / count).saturating_sub(count - 1);
    let columns = columns(state, page.filter.text(), usize::from(count), cells);
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    // The height is the whole page's: it does not jump about while words are typed.
    let height = over.height;
    let area = Rect::new(over.x + (over.width - outer) / 2, over.y, outer, height);
    // Two for the frame, two for the words typed.
    let rows = usize::from(height.saturating_sub(4));
    let last_top = longest.saturating_sub(rows);
    HelpSheet { area, columns, cells, rows, top: page.top.min(last_top), last_top }
}

fn columns(state: &State, filter: &str, count: usize, cells: u16) -> Vec<Vec<HelpLine>> {
    let here = state.scopes_below();
    let (own, rest): (Vec<Scope>, Vec<Scope>) = here.iter().partition(|scope| !holds_everywhere(**scope));
    let elsewhere = Scope::ALL.into_iter().filter(|scope| !here.contains(scope));
    let sections = [(own, 0), (rest, 1)]
        .into_iter()
        .flat_map(|(scopes, column)| scopes.into_iter().map(move |scope| (scope, Some(column))));
    let mut columns: Vec<Vec<HelpLine>> = vec![Vec::new(); count];
    for (scope, column) in sections.chain(elsewhere.map(|scope| (scope, None))) {
        let nearer: Vec<&str> = here.iter().take_while(|other| **other != scope).map(|scope| scope.name()).collect();
        // Elsewhere nothing of what is near here stands in the way.
        let nearer = if here.contains(&scope) { nearer } else { Vec::new() };
        let lines = section(state, scope, &nearer, filter, cells);
        if lines.is_empty() {
            continue;
        }
        let shortest = (0..count).min_by_key(|at| columns[*at].len()).unwrap_or(0);
        let column = &mut columns[column.map_or(shortest, |column| column.min(count - 1))];
        if !column.is_empty() {
            column.push(HelpLine::Blank);
        }
        let near = here.contains(&scope);
        let title = if near { titled(scope.place()) } else { format!("Elsewhere: {}", scope.place()) };
        column.push(HelpLine::Title(title, near));
        column.extend(lines);
    }
    columns
}

fn holds_everywhere(scope: Scope) -> bool {
    matches!(scope, Scope::Global | Scope::Screen | Scope::Normal | Scope::Compose | Scope::Form)
}

/// What can be asked for in a scope; a key that a nearer one takes is not its.
fn section(state: &State, scope: Scope, nearer: &[&str], filter: &str, cells: u16) -> Vec<HelpLine> {
    let words: Vec<String> = filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let room = usize::from(cells.saturating_sub(KEYS));
    let mut lines = Vec::new();
    for action in Action::ALL.iter().filter(|action| action.scopes().contains(&scope)) {
        let (keys, custom) = match spelled(state, scope, nearer, *action) {
            Spelled::Keys(keys, custom) => (keys, custom),
            Spelled::None => ("no key".to_owned(), false),
            Spelled::Hidden => continue,
        };
        let text = format!("{keys} {} {}", action.sentence(), action.name()).to_lowercase();
        if !words.iter().all(|word| text.contains(word.as_str())) {
            continue;
        }
        for (at, words) in wrap(action.sentence(), room).into_iter().enumerate() {
            let first = at == 0;
            let keys = if first { keys.clone() } else { String::new() };
            lines.push(HelpLine::Keys(keys, custom && first, words));
        }
    }
    lines
}

/// Keys of an action in a scope.
enum Spelled {
    /// As many as fit, and whether one of them is the user's own.
    Keys(String, bool),
    /// It has none, anywhere.
    None,
    /// It has some, but not here.
    Hidden,
}

fn spelled(state: &State, scope: Scope, nearer: &[&str], action: Action) -> Spelled {
    let keymap = &state.keymap;
    let bound = |b: &&Binding| b.scope == scope.name() && b.action == action.name();
    let free = |keys: &Keys| keymap.lookup(nearer, keys.as_slice()) == Found::Nothing;
    let (mut text, mut custom) = (String::new(), false);
    for binding in keymap.bindings().iter().filter(bound).filter(|binding| free(&binding.keys)) {
        let mark = if binding.line.is_some() { "*" } else { "" };
        let key = format!("{}{mark}", binding.keys);
        let next = if text.is_empty() { key } else { format!("{text} {key}") };
        if width(&next) >= usize::from(KEYS) && !text.is_empty() {
            break;
        }
        (text, custom) = (next, custom || binding.line.is_some());
    }
    let anywhere = || keymap.bindings().iter().any(|binding| binding.action == action.name());
    match text.is_empty() {
        false => Spelled::Keys(text, custom),
        true if anywhere() => Spelled::Hidden,
        true => Spelled::None,
    }
}

/// `In the settings`
fn titled(place: &str) -> String {
    let mut letters = place.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
