//! Looking through folders for pictures: names with sizes on the left, the selected picture and what is known of it on the
//! right, or below the names where the screen is narrow.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, cut, cut_left, frame, typed, width, wrap};
use super::{preview, references, status};
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::layout::{self, BrowserPlace};
use crate::tui::state::{Browser, Listing, Look, OnShelf, Scope, Shelf};

/// Draws the browser and gives the place of the filter's cursor while it is typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, browser: &Browser) -> Option<Position> {
    let place = layout::browser(brush.state.size);
    super::clear(brush, buffer, place.area);
    let right = right(browser);
    let room = usize::from(place.area.width).saturating_sub(width(&right) + 10);
    let title = match browser.shelf {
        Shelf::Folders => cut_left(&clean(&browser.folder.to_string_lossy()), room, brush.glyphs.before),
        Shelf::Made => "Pictures made here".to_owned(),
    };
    let right = Some((right.as_str(), brush.style("muted")));
    let inside =
        frame(brush, buffer, place.area, &Heading { title: &title, right, focused: true, ..Heading::default() });
    if inside.is_empty() || place.list.is_empty() {
        return None;
    }
    match &browser.listing {
        Listing::Reading => say(brush, buffer, place.list, "Reading", "muted"),
        Listing::Unreadable(fault) => say(brush, buffer, place.list, &format!("! {}", fault.message), "bad"),
        Listing::Read(_) => names(brush, buffer, place.list, browser),
    }
    thumb(brush, buffer, &place, browser);
    about(brush, buffer, place.about, browser);
    foot(brush, buffer, place.foot, browser)
}

/// How many there are, and how many of them are marked.
fn right(browser: &Browser) -> String {
    let pictures = browser.entries().iter().filter(|found| !found.is_folder).count();
    let count = if pictures == 1 { "1 picture".to_owned() } else { format!("{pictures} pictures") };
    match browser.marks.len() {
        0 => count,
        marked => format!("{count}, {marked} marked"),
    }
}

fn say(brush: &Brush, buffer: &mut Buffer, area: Rect, text: &str, role: &str) {
    for (row, line) in (0u16..).zip(wrap(&clean(text), usize::from(area.width))) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line, brush.style(role));
    }
}

fn names(brush: &Brush, buffer: &mut Buffer, list: Rect, browser: &Browser) {
    let entries = browser.entries();
    if entries.is_empty() {
        let text = match (browser.shelf, browser.filter.is_empty()) {
            (_, false) => "No name here holds these words.",
            (Shelf::Folders, true) => "No pictures and no folders here.",
            (Shelf::Made, true) => "Nothing was made yet.",
        };
        say(brush, buffer, list, text, "muted");
        return;
    }
    let rows = usize::from(list.height);
    let top = (browser.selected + 1).saturating_sub(rows);
    let line = Rect { x: list.x - 1, width: list.width + 2, ..list };
    for (row, (at, found)) in (0u16..).zip(entries.iter().enumerate().skip(top).take(rows)) {
        let here = at == browser.selected;
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        entry(brush, buffer, (line, row), (found, here), browser);
    }
}

/// A line: the mark with its number, the name, what it was made from, and its size.
fn entry(
    brush: &Brush,
    buffer: &mut Buffer,
    (line, row): (Rect, u16),
    (found, here): (&OnShelf, bool),
    browser: &Browser,
) {
    let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
    let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
    let size = match browser.size_of(found) {
        Some((width, height)) => format!("{width}x{height}"),
        None if matches!(browser.looks.get(&found.path), Some(Look::Failed(_))) => "no picture".to_owned(),
        None => String::new(),
    };
    if !found.is_folder {
        // Of a picture made here the words matter more than the weight.
        let about = !found.about.is_empty();
        let weight =
            if about { format!("{size} ") } else { format!("{size:>10} {:>7} ", references::weight(found.bytes)) };
        let fits = usize::from(line.width) > width(&weight) + 20;
        pen.right(if fits { &weight } else { "" }, style("muted"));
    }
    pen.write(if here { brush.glyphs.marker } else { " " }, style("mark"));
    let mark =
        browser.mark_of(&found.path).map_or_else(|| "  ".to_owned(), |at| format!("{:<2}", format!("*{}", at + 1)));
    pen.write(&mark, style("mark")).skip(1);
    if found.is_folder {
        pen.write(&format!("{}/", clean(&found.name)), style("strong"));
    } else {
        pen.write(&clean(&found.name), style("text"));
    }
    if !found.about.is_empty() && pen.room() > 6 {
        let room = usize::from(pen.room()) - 3;
        pen.skip(2).write(&cut(&clean(&found.about), room, brush.glyphs.more), style("muted"));
    }
}

/// The painted picture, as high up as it can be; an older one stays until its successor is ready.
fn thumb(brush: &Brush, buffer: &mut Buffer, place: &BrowserPlace, browser: &Browser) {
    let Some((_, cells)) = browser.thumb.shown.as_ref().filter(|_| !place.thumb.is_empty()) else { return };
    match cells {
        Ok(cells) => {
            let height = cells.area.height.min(place.thumb.height);
            preview::copy(buffer, Rect { height, ..place.thumb }, cells);
        }
        Err(fault) => status::draw_fault(brush, buffer, place.thumb, "The picture cannot be shown", fault),
    }
}

/// What is known of the selected picture, and what would be done to a copy of it before it is sent.
fn about(brush: &Brush, buffer: &mut Buffer, area: Rect, browser: &Browser) {
    let Some(found) = browser.chosen().filter(|found| !found.is_folder) else { return };
    let room = usize::from(area.width);
    let mut lines = vec![(cut(&clean(&found.name), room, brush.glyphs.more), "strong")];
    match browser.looks.get(&found.path) {
        Some(Look::Seen(facts)) => {
            lines.push((references::describe(facts), "muted"));
            match brush.state.input_rule().map(|rule| rule.plan(facts)) {
                Some(Ok(mending)) if !mending.notices.is_empty() => {
                    lines.extend(wrap(&mending.notices.join("; "), room).into_iter().map(|line| (line, "warn")));
                }
                Some(Err(broken)) => {
                    let text = format!("! {}", clean(&broken.message));
                    lines.extend(wrap(&text, room).into_iter().map(|line| (line, "bad")));
                }
                _ => {}
            }
        }
        Some(Look::Failed(fault)) => {
            lines.extend(wrap(&format!("! {}", clean(&fault.message)), room).into_iter().map(|line| (line, "bad")));
        }
        _ => {
            let known =
                found.size.map(|(width, height)| format!("{width}x{height} {}", references::weight(found.bytes)));
            lines.push((known.unwrap_or_else(|| "looking".to_owned()), "muted"));
        }
    }
    for (row, (line, role)) in (0u16..area.height).zip(lines) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line, brush.style(role));
    }
}

/// The filter while there is one, else the keys.
fn foot(brush: &Brush, buffer: &mut Buffer, area: Rect, browser: &Browser) -> Option<Position> {
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    if browser.typing || !browser.filter.is_empty() {
        pen.write("Filter: ", brush.style("muted"));
        let cursor = typed(&mut pen, &browser.filter, brush.glyphs, brush.style("text"));
        return browser.typing.then(|| Position::new(cursor.min(area.right()), area.y));
    }
    let folder = browser.chosen().is_some_and(|found| found.is_folder);
    let marked = format!("take {}", browser.marks.len());
    let take = match browser.marks.len() {
        _ if folder => "open",
        0 => "take",
        _ => &marked,
    };
    let shelf = if browser.shelf == Shelf::Folders { "made here" } else { "folders" };
    let keys = [
        (Action::Accept, take),
        (Action::BrowseMark, "mark"),
        (Action::BrowseUp, "up"),
        (Action::BrowseFilter, "filter"),
        (Action::BrowseShelf, shelf),
        (Action::Close, "close"),
    ];
    for (action, word) in
        keys.into_iter().filter(|(action, _)| *action != Action::BrowseUp || browser.shelf == Shelf::Folders)
    {
        if let Some(key) = brush.key(&[Scope::Browser], action) {
            pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(2);
        }
    }
    None
}
