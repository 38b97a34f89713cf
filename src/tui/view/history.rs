//! The history, searched: what is typed, and the prompts that have it, or the selected one whole.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;

use super::widgets::{Brush, Heading, Pen, find, frame, width, wrap};
use crate::domain::Found;
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::layout::rows::cells;
use crate::tui::state::{History, Scope};

/// Draws the list, or the prompt, and gives the place of the cursor in what is typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, history: &History) -> Option<Position> {
    let area = super::centred(over, over.width.saturating_sub(4).min(110), over.height.saturating_sub(2).min(26));
    super::clear(brush, buffer, area);
    let count = match (history.found.len(), &history.answered) {
        (_, answered) if answered.as_deref() != Some(history.query.text()) => "searching".to_owned(),
        (History::MOST.., _) => format!("the newest {}", History::MOST),
        (1, _) => "1 prompt".to_owned(),
        (count, _) => format!("{count} prompts"),
    };
    let right = Some((count.as_str(), brush.style("muted")));
    let heading = Heading { title: "Prompts sent before", right, focused: true, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return None;
    }
    let (cursor, list) = find(brush, buffer, inside, ("Find:", "some words of it"), &history.query);
    match history.chosen().filter(|_| history.peek) {
        Some(found) => whole(brush, buffer, list, found, history.top),
        None if history.found.is_empty() && history.answered.as_deref() == Some(history.query.text()) => {
            let words = if history.query.text().trim().is_empty() {
                "Nothing was sent yet: prompts stand here once they are."
            } else {
                "No prompt has these words, or nearly these."
            };
            Pen::new(buffer, list, 0, brush.glyphs.more).write(words, brush.style("muted"));
        }
        None => entries(brush, buffer, list, history),
    }
    Some(cursor)
}

fn entries(brush: &Brush, buffer: &mut Buffer, list: Rect, history: &History) {
    let line = Rect { x: list.x.saturating_sub(1), width: list.width + 2, ..list };
    let top = (history.selected + 1).saturating_sub(usize::from(list.height));
    let shown = history.found.iter().enumerate().skip(top).take(usize::from(list.height));
    for (row, (at, found)) in (0u16..).zip(shown) {
        let here = at == history.selected;
        if here {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        let mut about = age(brush, found);
        if line.width > 60 {
            about = format!("{}  {about}", counts(found));
        }
        if line.width > 90 {
            about = format!("{}  {about}", found.request.model);
        }
        pen.right(&format!("{about} "), style("muted"));
        pen.write(if here { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
        let id = format!("#{}", found.job);
        pen.write(&id, style("key"));
        // Numbers of jobs differ by a digit at most on one screen; the words begin below each other.
        pen.at(line.x + 2 + 7).skip(u16::from(width(&id) >= 7));
        let room = Rect { x: pen.x(), y: line.y + row, width: pen.room(), height: 1 };
        words(brush, buffer, room, found, style("text"));
    }
}

/// A prompt in one line, from a little before the first thing looked for; what was looked for is underlined.
fn words(brush: &Brush, buffer: &mut Buffer, room: Rect, found: &Found, style: Style) {
    let text = &found.request.prompt;
    let wide = usize::from(room.width);
    let first = found.marks.first().map_or(0, |mark| mark.start);
    let before: usize = text[..first].graphemes(true).map(cells).sum();
    let begins = if before + 12 < wide {
        0
    } else {
        text[..first].rmatch_indices([' ', '，']).nth(2).map_or(first, |(at, _)| at + 1)
    };
    let mut x = room.x;
    if begins > 0 {
        x = buffer.set_stringn(x, room.y, brush.glyphs.before, wide, style).0;
    }
    let mark = style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
    let is_marked = |at: usize| found.marks.iter().any(|mark: &Range<usize>| mark.contains(&at));
    for (at, letter) in text[begins..].grapheme_indices(true) {
        let shown = if letter == "\n" { " ".into() } else { clean(letter) };
        let cells = u16::try_from(width(&shown)).unwrap_or(0);
        let is_last = begins + at + letter.len() == text.len();
        if x + cells + u16::from(!is_last) > room.right() {
            buffer.set_stringn(x, room.y, brush.glyphs.more, usize::from(room.right().saturating_sub(x)), style);
            break;
        }
        let style = if is_marked(begins + at) { mark } else { style };
        x = buffer.set_stringn(x, room.y, &*shown, usize::from(cells), style).0;
    }
}

/// The prompt whole, and what was set with it.
fn whole(brush: &Brush, buffer: &mut Buffer, area: Rect, found: &Found, top: usize) {
    let request = &found.request;
    let room = usize::from(area.width);
    let plain = |text: &str| text.lines().map(|line| clean(line).into_owned()).collect::<Vec<_>>().join("\n");
    let mut lines: Vec<(String, &str)> =
        wrap(&plain(&request.prompt), room).into_iter().map(|line| (line, "text")).collect();
    lines.push((String::new(), "text"));
    if !request.negative_prompt.is_empty() {
        let negative = format!("Negative: {}", plain(&request.negative_prompt));
        lines.extend(wrap(&negative, room).into_iter().map(|line| (line, "text")));
    }
    let seed = request.seed.map_or_else(|| "random seed".to_owned(), |seed| format!("seed {seed}"));
    let mut set = vec![request.model.to_string(), request.mode.to_string(), request.size.to_string(), seed];
    set.extend(request.options.iter().map(|(name, value)| clean(&format!("{name} {value}")).into_owned()));
    lines.extend(wrap(&set.join(", "), room).into_iter().map(|line| (line, "muted")));
    let told = format!("#{}, {}, {}", found.job, counts(found), age(brush, found));
    lines.push((told, "muted"));
    let top = top.min(lines.len().saturating_sub(usize::from(area.height)));
    let rest = lines.len() - top > usize::from(area.height);
    for (row, (line, role)) in (0..area.height).zip(&lines[top..]) {
        let mut pen = Pen::new(buffer, area, row, brush.glyphs.more);
        if rest && row + 1 == area.height {
            let key = brush.key(&[Scope::History], Action::PeekDown).unwrap_or_default();
            pen.write(&format!("{key} reads on"), brush.style("muted"));
        } else {
            pen.write(line, brush.style(role));
        }
    }
}

/// How often it was asked for, and what the last time brought.
fn counts(found: &Found) -> String {
    let pictures = match found.pictures {
        0 => "no picture".to_owned(),
        1 => "1 picture".to_owned(),
        many => format!("{many} pictures"),
    };
    if found.times > 1 { format!("{}x, {pictures}", found.times) } else { pictures }
}

/// How long ago, in one unit.
fn age(brush: &Brush, found: &Found) -> String {
    match brush.now.since(found.at).as_secs() / 60 {
        0 => "just now".to_owned(),
        minutes @ 1..60 => format!("{minutes} min ago"),
        minutes @ 60..1440 => format!("{} h ago", minutes / 60),
        minutes @ 1440..2880 => format!("{} day ago", minutes / 1440),
        minutes => format!("{} days ago", minutes / 1440),
    }
}
