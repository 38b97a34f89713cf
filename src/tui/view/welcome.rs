//! The ways on without a key, the key being given, and how to get one. Of the key only its length is drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, wrap};
use crate::domain::Region;
use crate::tui::action::Action;
use crate::tui::state::{KeyEntry, Scope, WayOn, Welcome};

/// The widest it gets.
const MEASURE: u16 = 74;
/// Dots drawn for a key at most.
const DOTS: usize = 48;

/// Draws the step the user is at; gives the place of the cursor where something is typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, welcome: &Welcome) -> Option<Position> {
    match welcome {
        Welcome::Ways { selected } => ways(brush, buffer, over, *selected),
        Welcome::Key(entry) => return key(brush, buffer, over, entry),
        Welcome::Region { selected, .. } => regions(brush, buffer, over, *selected),
        Welcome::Guide { top } => guide(brush, buffer, over, *top),
    }
    None
}

/// A box with a title, lines of text at its top, room for `rows` more, and keys at its foot. Gives the room below the text.
fn sheet(
    brush: &Brush,
    buffer: &mut Buffer,
    over: Rect,
    (title, text): (&str, &[String]),
    rows: u16,
    keys: (&[Scope], &[(Action, &str)]),
) -> Rect {
    let outer = over.width.saturating_sub(2).min(MEASURE);
    let measure = usize::from(outer.saturating_sub(4));
    let mut lines: Vec<String> = text.iter().flat_map(|line| wrap(line, measure)).collect();
    // Where there is little room, blank lines go first.
    let around = if lines.is_empty() { 4 } else { 5 };
    let needed = |lines: &[String]| u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(rows + around);
    if needed(&lines) > over.height {
        lines.retain(|line| !line.is_empty());
    }
    let area = super::centred(over, outer, needed(&lines));
    super::clear(brush, buffer, area);
    let inside = frame(brush, buffer, area, &Heading { title, focused: true, ..Heading::default() });
    if inside.is_empty() {
        return inside;
    }
    let said = usize::from(inside.height.saturating_sub(rows + 2)).min(lines.len());
    for (row, line) in (0u16..).zip(&lines[..said]) {
        Pen::new(buffer, inside, row, brush.glyphs.more).write(line, brush.style("text"));
    }
    let mut pen = Pen::new(buffer, inside, inside.height - 1, brush.glyphs.more);
    for (action, word) in keys.1 {
        if let Some(key) = brush.key(keys.0, *action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(3);
        }
    }
    let used = u16::try_from(said).unwrap_or(0);
    let gap = u16::from(used > 0 && inside.height >= used + rows + 3);
    let y = (inside.y + used + gap).min(inside.bottom());
    Rect { y, height: rows.min(inside.bottom().saturating_sub(y)), ..inside }
}

/// Entries, one of them selected: what it is, and what that means.
fn entries(brush: &Brush, buffer: &mut Buffer, list: Rect, selected: usize, all: &[(String, String)]) {
    let line = Rect { x: list.x.saturating_sub(1), width: list.width + 2, ..list };
    let top = (selected + 1).saturating_sub(usize::from(list.height));
    for (row, (at, (name, about))) in (0u16..).zip(all.iter().enumerate().skip(top).take(usize::from(list.height))) {
        let here = at == selected;
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
        let after = pen.x() + 20;
        pen.write(name, style("strong")).at(after).write(about, style("muted"));
    }
}

fn ways(brush: &Brush, buffer: &mut Buffer, over: Rect, selected: usize) {
    let (state, access) = (brush.state, &brush.state.access);
    let mut text = match (&access.refused, &access.held) {
        (Some(why), _) => vec![why.clone()],
        (None, Some(place)) => vec![format!("The key in {place} is used. It goes before one given here.")],
        (None, None) if state.header.demo => {
            vec!["This is the demo: pictures are painted by pinxit itself, and nothing is paid.".to_owned()]
        }
        (None, None) if access.missing => {
            vec![
                "Pictures are made by Alibaba Cloud Model Studio, and that takes a key. There is none here yet.".into(),
            ]
        }
        (None, None) => vec!["A key given here takes the place of the one that is used now.".to_owned()],
    };
    if access.missing {
        text.push(String::new());
        text.push("Ways on:".to_owned());
    }
    let of = |way: &WayOn| match way {
        WayOn::Demo => ("Try the demo", "all of it works; nothing is sent, nothing paid"),
        WayOn::Give => ("Give a key", "paste or type it; it is never shown"),
        WayOn::Guide => ("How to get one", "where keys are made, and which of them work"),
    };
    let all: Vec<_> = state.ways_on().iter().map(of).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    let rows = u16::try_from(all.len()).unwrap_or(3);
    let leave = if access.missing { "look around without" } else { "close" };
    let keys = [(Action::Accept, "choose"), (Action::NextEntry, "next"), (Action::Close, leave)];
    let title = if access.missing { "Welcome to pinxit" } else { "Key" };
    let list = sheet(brush, buffer, over, (title, &text), rows, (&[Scope::Picker], &keys));
    entries(brush, buffer, list, selected, &all);
}

fn key(brush: &Brush, buffer: &mut Buffer, over: Rect, entry: &KeyEntry) -> Option<Position> {
    let text = [
        "Paste the key, or type it. Only its length is shown.".to_owned(),
        format!("It is kept in {}, which only you can read.", brush.state.access.file),
    ];
    let keys = [(Action::Accept, "take it"), (Action::Close, "back")];
    let room = sheet(brush, buffer, over, ("Your key", &text), 4, (&[Scope::Entry], &keys));
    let count = entry.typed.chars();
    let dot = if brush.state.unicode { "•" } else { "*" };
    let mut pen = Pen::new(buffer, room, 0, brush.glyphs.more);
    let (letters, end) = match count {
        0 => (String::new(), 0),
        1 => ("1 letter".to_owned(), 1),
        many => (format!("{many} letters"), many),
    };
    let cells = end.min(DOTS).min(usize::from(room.width.saturating_sub(20)));
    pen.write("Key: ", brush.style("muted")).write(&dot.repeat(cells), brush.style("strong"));
    let cursor = Position::new(pen.x().min(room.right()), room.y);
    pen.skip(2).write(&letters, brush.style("muted"));
    if let Some(why) = &entry.wrong {
        for (row, line) in (2u16..).zip(wrap(why, usize::from(room.width))) {
            Pen::new(buffer, room, row, brush.glyphs.more).write(&line, brush.style("bad"));
        }
    }
    (!room.is_empty()).then_some(cursor)
}

fn regions(brush: &Brush, buffer: &mut Buffer, over: Rect, selected: usize) {
    let text = [
        "Which region was the key made in? Keys, prices and addresses of regions are not interchangeable, and a key cannot \
         be told by its looks. The console shows the region at its top."
            .to_owned(),
        "A key of Frankfurt: set base_url in config.toml to the address of your workspace.".to_owned(),
    ];
    let host = |region: Region| region.base_url().and_then(|url| url.split('/').nth(2)).unwrap_or_default();
    let row = |region: &Region| {
        let currency = region.currency().sign();
        let money = if brush.state.unicode || currency.is_ascii() { currency } else { "CNY" };
        (region.city().to_owned(), format!("{}, prices in {money}", host(*region)))
    };
    let all: Vec<_> = Welcome::REGIONS.iter().map(row).collect();
    let keys = [(Action::Accept, "take it"), (Action::NextEntry, "next"), (Action::Close, "back")];
    let list = sheet(brush, buffer, over, ("Region of the key", &text), 3, (&[Scope::Picker], &keys));
    entries(brush, buffer, list, selected, &all);
}

/// How to get a key, in paragraphs.
fn guide_text(file: &str) -> Vec<String> {
    let console = |region: Region| region.console();
    vec![
        "1. Open the console of the region you want, and make an account if you have none:".to_owned(),
        format!("   {}", console(Region::Singapore)),
        "   Singapore, Virginia, Frankfurt; the region is chosen at the top".to_owned(),
        format!("   {}", console(Region::Beijing)),
        "   Beijing".to_owned(),
        String::new(),
        "2. Activate Model Studio there, then make a key under \"API keys\". It begins with sk- and is shown in full once: copy \
         it then."
            .to_owned(),
        String::new(),
        "3. Give it here; or export DASHSCOPE_API_KEY, or put it in a file only you can read:".to_owned(),
        format!("   {file}"),
        String::new(),
        "A key of one region does not work in another. A Coding Plan key (sk-sp-...) has no image models, and an AccessKey \
         (LTAI...) is no key of Model Studio. `pinxit doctor` says what is wrong."
            .to_owned(),
    ]
}

fn guide(brush: &Brush, buffer: &mut Buffer, over: Rect, top: usize) {
    let outer = over.width.saturating_sub(2).min(MEASURE);
    let measure = usize::from(outer.saturating_sub(4));
    let lines: Vec<String> = guide_text(&brush.state.access.file)
        .iter()
        .flat_map(|line| if line.is_empty() { vec![String::new()] } else { wrap(line, measure) })
        .collect();
    let room = usize::from(over.height.saturating_sub(4)).min(lines.len());
    let top = top.min(lines.len() - room);
    let keys = [(Action::Close, "back"), (Action::NextEntry, "read on")];
    let keys = if room < lines.len() { &keys[..] } else { &keys[..1] };
    let rows = u16::try_from(room).unwrap_or(0);
    let list = sheet(brush, buffer, over, ("How to get a key", &[]), rows, (&[Scope::Help], keys));
    for (row, line) in (0u16..).zip(lines.iter().skip(top).take(usize::from(list.height))) {
        Pen::new(buffer, list, row, brush.glyphs.more).write(line, brush.style("text"));
    }
}
