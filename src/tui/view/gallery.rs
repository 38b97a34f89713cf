//! The gallery: small pictures with their names above them, or names and facts alone; beside them what is known of the
//! selected one; above them what is looked for.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::status;
use super::widgets::{Brush, Heading, Pen, cut, cut_left, frame, taken, typed, width, wrap};
use crate::domain::query::{Bin, Sort};
use crate::domain::text::clean;
use crate::domain::{Card, Size, Stamp};
use crate::tui::action::Action;
use crate::tui::layout::{Spot, Wall, part};
use crate::tui::state::{Line, Scope};

/// Draws the screen between header and footer, and gives the place of the text cursor.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, wall: &Wall) -> Option<Position> {
    let gallery = &brush.state.gallery;
    let cursor = search(brush, buffer, wall.search);
    match (&gallery.fault, gallery.cards.is_empty()) {
        (Some(fault), _) => status::draw_fault(brush, buffer, wall.grid, "The pictures cannot be read", fault),
        (None, true) => empty(brush, buffer, wall.grid),
        (None, false) if gallery.is_list() => names(brush, buffer, wall),
        (None, false) => pictures(brush, buffer, wall),
    }
    info(brush, buffer, wall.info);
    cursor
}

/// What is looked for, or what is typed; how many there are, or why it cannot be read.
fn search(brush: &Brush, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let gallery = &brush.state.gallery;
    let mut pen = Pen::new(buffer, Rect { width: area.width.saturating_sub(1), ..area }, 0, brush.glyphs.more);
    pen.skip(1);
    let line = |pen: &mut Pen, title: &str, line: &Line| {
        pen.write(title, brush.style("pane.title.focused")).skip(1);
        let x = typed(pen, line, brush.glyphs, brush.style("text"));
        Some(Position { x, y: area.y })
    };
    if let Some(tags) = &gallery.tags {
        let count = gallery.targeted();
        let whose = if count == 1 { String::new() } else { format!("{count} pictures ") };
        pen.right(&format!("{whose}commas between tags"), brush.style("muted"));
        return line(&mut pen, "Tags", tags);
    }
    if gallery.wrong.is_some() {
        // Why, is said where the selected picture's facts stand: it takes more than a line.
        pen.right("cannot be read", brush.style("bad"));
    } else {
        if !gallery.marks.is_empty() {
            pen.right(&format!("{} marked", gallery.marks.len()), brush.style("mark"));
        }
        pen.right(&count(brush), brush.style("muted"));
    }
    if gallery.before.is_some() && brush.uncovered() {
        return line(&mut pen, "Search", &gallery.search);
    }
    if gallery.search.is_empty() {
        let key = brush.key(&[Scope::Gallery], Action::SearchGallery).unwrap_or_default();
        pen.write("All pictures, newest first", brush.style("strong")).skip(2);
        pen.write(&format!("{key} searches"), brush.style("muted"));
    } else {
        pen.write("Search", brush.style("pane.title")).skip(1);
        pen.write(&clean(gallery.search.text()), brush.style("strong"));
    }
    None
}

/// `12 of 2311`.
fn count(brush: &Brush) -> String {
    let gallery = &brush.state.gallery;
    let at = if gallery.cards.is_empty() { 0 } else { gallery.place() + 1 };
    match gallery.count {
        Some(count) => format!("{at} of {count}"),
        None if gallery.read.is_none() => "reading".to_owned(),
        None => format!("{at}"),
    }
}

/// Before the first picture, and where nothing is found.
fn empty(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let gallery = &brush.state.gallery;
    let key = |scope, action| brush.key(&[scope], action).unwrap_or_default();
    let lines = match &gallery.read {
        None => vec![("Reading the pictures".to_owned(), "muted")],
        Some(query) if query.is_open() => vec![
            ("No pictures yet.".to_owned(), "text"),
            (String::new(), "text"),
            ("Whatever is made here is kept here.".to_owned(), "muted"),
            (format!("{} goes to the form.", key(Scope::Normal, Action::ShowCompose)), "muted"),
        ],
        Some(query) if query.bin == Bin::In && query.terms.is_empty() => {
            vec![("The bin is empty.".to_owned(), "text")]
        }
        Some(_) => vec![
            ("Nothing matches.".to_owned(), "text"),
            (String::new(), "text"),
            (format!("{} searches again.", key(Scope::Gallery, Action::SearchGallery)), "muted"),
            (format!("{} shows everything.", key(Scope::Gallery, Action::UnmarkPictures)), "muted"),
        ],
    };
    let styled: Vec<_> = lines.into_iter().map(|(line, role)| (line, brush.style(role))).collect();
    status::block(brush, buffer, area, area.width.saturating_sub(2), &styled);
}

/// The grid: a line with the name, and the picture below it.
fn pictures(brush: &Brush, buffer: &mut Buffer, wall: &Wall) {
    let gallery = &brush.state.gallery;
    let (sight, offset) = (wall.sight(brush.state), wall.offset(brush.state));
    for at in sight.clone() {
        let (card, cell) = (&gallery.cards[at], wall.cell(at - sight.start + offset));
        if cell.height == 0 {
            continue;
        }
        let label = Rect { width: cell.width.saturating_sub(1), height: 1, ..cell };
        if at == gallery.selected {
            buffer.set_style(label, brush.style("selection"));
        }
        name(brush, &mut Pen::new(buffer, label, 0, brush.glyphs.more), at, card);
        let picture = Rect { y: cell.y + 1, width: cell.width - 1, height: cell.height - 1, ..cell };
        match gallery.thumbs.get(&part(card, wall.pane())) {
            // Right below its name, however low it is.
            Some(Ok(cells)) => {
                let height = cells.area.height.min(picture.height);
                super::preview::copy(buffer, Rect { height, ..picture }, cells);
            }
            // Below its name.
            Some(Err(_)) => {
                let below = Rect { x: picture.x + 1, width: picture.width.saturating_sub(1), ..picture };
                say(brush, buffer, below, "cannot be shown");
            }
            None => {}
        }
    }
}

/// Where a picture should be.
fn say(brush: &Brush, buffer: &mut Buffer, area: Rect, words: &str) {
    for (row, line) in (0u16..).zip(wrap(words, usize::from(area.width))) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line, brush.style("muted"));
    }
}

/// `>#1042a * 2 tags`: which, marked, and what is thought of it.
fn name(brush: &Brush, pen: &mut Pen, at: usize, card: &Card) {
    let gallery = &brush.state.gallery;
    let chosen = at == gallery.selected;
    let (marker, role) = brush.marker(Spot::Picture(at), chosen);
    pen.write(&marker, brush.style(role));
    let marked = gallery.marks.contains(&card.image.id);
    let id = format!("#{}", card.image.id);
    pen.write(if marked { "+" } else { "" }, brush.style("mark"));
    pen.write(&id, brush.style(if chosen { "selection" } else { "muted" }));
    for (words, role) in thought(card) {
        if width(words) < usize::from(pen.room()) {
            pen.skip(1).write(words, brush.style(role));
        }
    }
    if card.children > 0 && pen.room() > 4 {
        pen.skip(1).write(&format!(">{}", card.children), brush.style("muted"));
    }
}

/// What the user thinks of it, in words or signs that every terminal has.
fn thought(card: &Card) -> Vec<(&'static str, &'static str)> {
    let all =
        [(card.star, "*", "warn"), (card.rejected, "rejected", "bad"), (card.binned.is_some(), "in the bin", "bad")];
    all.into_iter().filter(|(is, ..)| *is).map(|(_, words, role)| (words, role)).collect()
}

/// Names and facts below each other.
fn names(brush: &Brush, buffer: &mut Buffer, wall: &Wall) {
    let gallery = &brush.state.gallery;
    let sight = wall.sight(brush.state);
    for at in sight.clone() {
        let (card, area) = (&gallery.cards[at], wall.cell(at - sight.start + wall.offset(brush.state)));
        let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
        let (marker, marker_role) = brush.marker(Spot::Picture(at), at == gallery.selected);
        let marked = gallery.marks.contains(&card.image.id);
        pen.write(&marker, brush.style(marker_role)).write(if marked { "+" } else { " " }, brush.style("mark"));
        let role = if at == gallery.selected { "text" } else { "muted" };
        pen.write(&format!("#{:<7}", card.image.id.to_string()), brush.style(role));
        pen.write(if card.star { "*" } else { " " }, brush.style("warn"));
        pen.write(if card.rejected { "x" } else { " " }, brush.style("bad")).skip(1);
        if area.width >= 76 {
            let model = pen.x();
            pen.write(&clean(card.request.model.as_str()), brush.style(role)).at(model + 20);
        }
        if area.width >= 50 {
            let size = pen.x();
            pen.write(&format!("{}x{}", card.image.width, card.image.height), brush.style(role)).at(size + 10);
        }
        pen.write(&clean(&card.request.prompt), brush.style(role));
    }
}

/// What is known of the selected picture: a column, or a line or three below the others.
fn info(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    if let Some(wrong) = &brush.state.gallery.wrong {
        return explain(brush, buffer, area, &clean(&wrong.to_string()));
    }
    let Some(card) = brush.state.gallery.card() else {
        if area.height > 3 {
            frame(brush, buffer, area, &Heading::default());
        }
        return;
    };
    let facts = facts(brush, card);
    if area.height <= 3 {
        let line: Vec<&str> = facts.iter().map(|(text, _)| text.as_str()).take(4).collect();
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        Pen::new(buffer, inside, 0, brush.glyphs.more).write(&line.join("  "), brush.style("muted"));
        let room = usize::from(inside.width);
        for (row, line) in (1u16..).zip(wrap(&clean(&card.request.prompt), room).into_iter().take(2)) {
            Pen::new(buffer, inside, row, brush.glyphs.more).write(&line, brush.style("text"));
        }
        return;
    }
    let title = format!("#{}", card.image.id);
    let words: Vec<_> =
        thought(card).into_iter().map(|(words, _)| if words == "*" { "* star" } else { words }).collect();
    let word = words.join(", ");
    let heading = Heading { title: &title, word: &word, word_role: "warn", ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    let room = usize::from(inside.width);
    let mut row = 0;
    for (text, role) in facts {
        Pen::new(buffer, inside, row, brush.glyphs.more).write(&text, brush.style(role));
        row += 1;
    }
    let name = card.image.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // The file's name has the last line, the prompt what is between.
    let rows = usize::from(inside.height.saturating_sub(row + 3));
    let mut lines = wrap(&clean(&card.request.prompt), room);
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.last_mut() {
            *last = cut(last, room.saturating_sub(width(brush.glyphs.more)), "").to_string() + brush.glyphs.more;
        }
    }
    for (at, line) in (row + 1..).zip(lines) {
        Pen::new(buffer, inside, at, brush.glyphs.more).write(&line, brush.style("text"));
    }
    let name = cut_left(&clean(&name), room, brush.glyphs.before);
    Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more).write(&name, brush.style("muted"));
}

/// Why a search cannot be read, whole.
fn explain(brush: &Brush, buffer: &mut Buffer, area: Rect, words: &str) {
    let inside = match area.height > 3 {
        true => frame(brush, buffer, area, &Heading { title: "Search", ..Heading::default() }),
        false => Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area },
    };
    for (row, line) in (0u16..).zip(wrap(words, usize::from(inside.width))) {
        Pen::new(buffer, inside, row, brush.glyphs.more).write(&line, brush.style("bad"));
    }
}

/// A line for each, as far as there is something to say.
fn facts(brush: &Brush, card: &Card) -> Vec<(String, &'static str)> {
    let image = &card.image;
    let size = Size::Pixels { width: image.width, height: image.height };
    let ratio = size.ratio().map(|ratio| format!("  {ratio}")).unwrap_or_default();
    let price = card.price.map_or_else(|| "price unknown".to_owned(), |price| brush.money(price));
    let took = card.took.map(|took| format!("  {}", taken(took))).unwrap_or_default();
    let mut lines = vec![
        (clean(card.request.model.as_str()).into_owned(), "strong"),
        (format!("{}x{}{ratio}", image.width, image.height), "text"),
        (image.seed.map_or_else(String::new, |seed| format!("seed {seed}")), "text"),
        (format!("{price}{took}"), "text"),
        (ago(brush, image.saved), "muted"),
    ];
    if !card.tags.is_empty() {
        lines.push((format!("tags {}", clean(&card.tags.join(", "))), "good"));
    }
    if let Some(project) = &card.project {
        lines.push((format!("project {}", clean(project)), "muted"));
    }
    if let Some(name) = &card.name {
        lines.push((format!("called {}", clean(name)), "muted"));
    }
    let parent = card.parent.map(|parent| format!("from #{parent}"));
    let children = (card.children > 0).then(|| format!("{} made from it", card.children));
    let kin: Vec<String> = parent.into_iter().chain(children).collect();
    if !kin.is_empty() {
        lines.push((kin.join(", "), "muted"));
    }
    lines.retain(|(text, _)| !text.is_empty());
    lines
}

/// How long it has been there, in one unit.
fn ago(brush: &Brush, saved: Stamp) -> String {
    let minutes = brush.now.since(saved).as_secs() / 60;
    match minutes {
        0 => "made just now".to_owned(),
        1..=119 => format!("made {minutes} min ago"),
        120..=2879 => format!("made {} h ago", minutes / 60),
        _ => format!("made {} days ago", minutes / 1440),
    }
}

/// What a picture is, on the line under it when it is enlarged.
pub(super) fn caption(brush: &Brush, card: &Card) -> String {
    let image = &card.image;
    let seed = image.seed.map(|seed| format!("seed {seed}")).unwrap_or_default();
    let price = card.price.map(|price| brush.money(price)).unwrap_or_default();
    let all = [format!("{}x{}", image.width, image.height), seed, price];
    all.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join("  ")
}

/// The word for an order.
pub(super) fn order(sort: Sort) -> &'static str {
    match sort {
        Sort::New => "oldest first",
        Sort::Old => "dearest first",
        Sort::Cost => "largest first",
        Sort::Size => "newest first",
    }
}
