//! The pictures a request is made from: a line for each, numbered as the prompt counts them, with what it is, what will be
//! done to a copy of it, or what is wrong.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Heading, Pen, cut, cut_left, frame, width, wrap};
use crate::domain::text::clean;
use crate::domain::{InputFacts, Reference};
use crate::tui::action::Action;
use crate::tui::layout::Spot;
use crate::tui::state::{Pane, Scope, Standing};

/// Lines one picture takes.
struct Entry {
    name: String,
    facts: String,
    /// The role of the facts.
    role: &'static str,
    /// Lines below, each with its role.
    below: Vec<(String, &'static str)>,
}

/// Draws the list, or a line that sums it up.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    if area.height == 1 {
        folded(brush, buffer, area);
        return;
    }
    let state = brush.state;
    let focused = brush.focused(Pane::References);
    let images = &state.compose.request.images;
    let legal = state.input_rule().map(|rule| rule.legal()).unwrap_or_default();
    let count = match state.input_rule().map_or(0, |rule| rule.max) {
        _ if images.is_empty() => legal,
        0 => "not taken in this mode".to_owned(),
        most => format!("{} of at most {most}", images.len()),
    };
    let foot = (images.len() > 1).then_some(("the prompt says image 1, image 2", brush.style("muted")));
    let right = Some((count.as_str(), brush.style("muted")));
    let heading = Heading { title: "References", right, focused, foot, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return;
    }
    if images.is_empty() {
        explain(brush, buffer, inside);
        return;
    }
    let selected = state.references.selected.min(images.len() - 1);
    let entries: Vec<Entry> = (0..images.len()).map(|at| entry(brush, at, focused && at == selected, inside)).collect();
    let rows = usize::from(inside.height);
    let lines = |from: usize| entries[from..=selected].iter().map(|entry| 1 + entry.below.len()).sum::<usize>();
    let top = (0..selected).find(|from| lines(*from) <= rows).unwrap_or(selected);
    let line = Rect { x: inside.x - 1, width: inside.width + 2, ..inside };
    let mut row = 0;
    for (at, entry) in entries.iter().enumerate().skip(top) {
        let here = focused && at == selected;
        if here && row < line.height {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        pen.right(&format!("{} ", entry.facts), style(entry.role));
        let (marker, role) = brush.marker(Spot::Reference(at), here);
        pen.write(&marker, if role == "mark" { style(role) } else { brush.style(role) }).skip(1);
        pen.write(&format!("{} ", at + 1), style("key")).write(&entry.name, style("text"));
        row += 1;
        for (text, role) in &entry.below {
            Pen::new(buffer, inside, row, brush.glyphs.more).skip(3).write(text, brush.style(role));
            row += 1;
        }
    }
}

fn entry(brush: &Brush, at: usize, here: bool, inside: Rect) -> Entry {
    let room = usize::from(inside.width.saturating_sub(3));
    let reference = &brush.state.compose.request.images[at];
    let standing = brush.state.standing(at);
    let (facts, role) = match &standing {
        Standing::Address => ("by address".to_owned(), "muted"),
        Standing::Looking => ("looking".to_owned(), "muted"),
        Standing::Fits(facts, _) | Standing::Wrong(Some(facts), _) => (describe(facts), "muted"),
        Standing::Wrong(None, _) => ("cannot be used".to_owned(), "bad"),
        Standing::Surplus => (surplus(brush), "warn"),
    };
    let mut below = Vec::new();
    if here {
        below.push((origin(reference, room, brush), "muted"));
    }
    let said = match &standing {
        Standing::Wrong(_, why) => Some((format!("! {}", clean(why)), "bad")),
        Standing::Fits(_, notices) if !notices.is_empty() => Some((notices.join("; "), "warn")),
        _ => None,
    };
    if let Some((text, role)) = said {
        // All of it where the user looks; elsewhere the list stays a list.
        let most = if here { 4 } else { 2 };
        let mut lines = wrap(&text, room);
        if lines.len() > most {
            let rest = lines.split_off(most - 1).join(" ");
            lines.push(cut(&rest, room, brush.glyphs.more));
        }
        below.extend(lines.into_iter().map(|line| (line, role)));
    }
    Entry { name: name(brush, reference), facts, role, below }
}

/// A short name: the picture's own where it was made here, else the file's, else the host's.
pub(super) fn name(brush: &Brush, reference: &Reference) -> String {
    match reference {
        Reference::File(path) => match brush.state.queue.image_at(path) {
            Some(id) => format!("#{id}"),
            None => path.file_name().map(|name| clean(&name.to_string_lossy()).into_owned()).unwrap_or_default(),
        },
        Reference::Url(address) => match address.split_once("://") {
            Some((_, rest)) => clean(rest.split(['/', '?', '#']).next().unwrap_or(rest)).into_owned(),
            None => "data in the request".to_owned(),
        },
    }
}

/// The whole path or address, as far as there is room.
fn origin(reference: &Reference, room: usize, brush: &Brush) -> String {
    match reference {
        Reference::File(path) => cut_left(&clean(&path.to_string_lossy()), room, brush.glyphs.before),
        Reference::Url(address) => cut(&clean(address.get(..512).unwrap_or(address)), room, brush.glyphs.more),
    }
}

/// `1200x800 png 340 kB`
pub(super) fn describe(facts: &InputFacts) -> String {
    format!("{}x{} {} {}", facts.width, facts.height, facts.format.id(), weight(facts.bytes))
}

/// `340 kB`
pub(super) fn weight(bytes: u64) -> String {
    match bytes {
        0..=999 => format!("{bytes} B"),
        1000..=999_499 => format!("{} kB", (bytes + 500) / 1000),
        bytes => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn surplus(brush: &Brush) -> String {
    match brush.state.input_rule().map_or(0, |rule| rule.max) {
        0 => format!("not taken in {}", brush.state.compose.request.mode),
        most => format!("too many: {most} at most"),
    }
}

/// A line instead of a box.
fn folded(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let state = brush.state;
    let images = &state.compose.request.images;
    let rule = state.input_rule();
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    pen.skip(2).write("References", brush.style("pane.title")).skip(2);
    if images.is_empty() {
        let needed = rule.is_some_and(|rule| rule.min > 0);
        let legal = rule.map(|rule| rule.legal()).unwrap_or_default();
        let role = if needed { "warn" } else { "muted" };
        pen.write(&format!("none{}, {legal}", if needed { " yet" } else { "" }), brush.style(role));
        return;
    }
    if let Some(at) = state.ill_reference() {
        let why = match state.standing(at) {
            Standing::Wrong(_, why) => clean(&why).into_owned(),
            _ => surplus(brush),
        };
        pen.write(&format!("{}  ", images.len()), brush.style("text"));
        let text = if why.contains("image ") { format!("! {why}") } else { format!("! image {}: {why}", at + 1) };
        pen.write(&text, brush.style("bad"));
        return;
    }
    let names: Vec<String> =
        images.iter().enumerate().map(|(at, image)| format!("{} {}", at + 1, name(brush, image))).collect();
    let mut text = names.join("  ");
    if width(&text) > usize::from(pen.room()) {
        text = format!("{} pictures: {text}", images.len());
    }
    pen.write(&text, brush.style("text"));
}

/// Before the first picture: what belongs here, and the keys that bring it here.
fn explain(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let state = brush.state;
    let rule = state.input_rule();
    let needed = rule.is_some_and(|rule| rule.min > 0);
    let legal = rule.map(|rule| rule.legal()).unwrap_or_default();
    let first = format!("This mode {} {legal}.", if needed { "needs" } else { "takes" });
    let role = if needed { "warn" } else { "muted" };
    Pen::new(buffer, area, 0, brush.glyphs.more).write(&first, brush.style(role));
    let way = state.words_alone().map(|way| {
        let same = way.model == state.compose.request.model;
        format!("takes {} for words alone", if same { way.mode.to_string() } else { way.model.to_string() })
    });
    let keys = [
        (Scope::Form, Action::WordsAlone, way),
        (Scope::References, Action::AddReference, Some("adds one by path or address".to_owned())),
        (Scope::References, Action::BrowseReferences, Some("looks through folders".to_owned())),
        (Scope::Form, Action::EditPicture, Some("adds the picture shown".to_owned())),
    ];
    let lines = keys.into_iter().filter_map(|(scope, action, words)| Some((brush.key(&[scope], action)?, words?)));
    for (row, (key, words)) in (1u16..).zip(lines) {
        let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
        pen.write(&key, brush.style("key")).skip(2).write(&words, brush.style("text"));
    }
}
