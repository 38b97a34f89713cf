//! The two texts: the prompt, and what to keep out of the picture.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;

use super::widgets::{Brush, Heading, Pen, cut, frame, wrap};
use crate::catalog::Kind;
use crate::tui::action::Action;
use crate::tui::layout::TextView;
use crate::tui::layout::rows::{cells, column_at};
use crate::tui::state::{Editor, Pane, Scope, Unfold};

/// The unit that can be counted here.
const CHARACTERS: &str = "characters";

/// Draws one of the texts and gives the place of the cursor while it is being typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect, pane: Pane) -> Option<Position> {
    let state = brush.state;
    let editor = state.editor(pane);
    let title = title(brush, pane);
    if area.height == 1 {
        folded(brush, buffer, area, &title, editor);
        return None;
    }
    let focused = brush.focused(pane);
    let typing = focused && state.typing;
    let limit = limit(brush, pane);
    let count = counter(brush, editor, limit);
    let right = count.as_ref().map(|(text, style)| (text.as_str(), *style));
    let word = word(editor, typing);
    let cut = cut_off(editor, limit);
    let note = cut.map(|at| lost(brush, editor, at)).or_else(|| note(brush, pane)).map(|note| (note, "warn"));
    let note = note.or_else(|| expansion(brush).filter(|_| pane == Pane::Prompt));
    let foot = note.as_ref().map(|(note, role)| (note.as_str(), brush.style(role)));
    let heading = Heading { title: &title, word: &word, word_role: "pane.typing", right, foot, focused };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return None;
    }
    let view = TextView::new(editor, inside.width, inside.height);
    let shown = view.rows.iter().skip(view.top).take(usize::from(inside.height));
    for (y, row) in (inside.y..).zip(shown) {
        write(brush, buffer, Rect { y, height: 1, ..inside }, editor, row.clone(), cut);
    }
    if editor.as_str().is_empty() {
        placeholder(brush, buffer, inside, pane, typing);
    }
    if !typing {
        return None;
    }
    let column = column_at(editor.as_str(), &view.rows[view.row], editor.cursor());
    let column = u16::try_from(column).unwrap_or(u16::MAX).min(inside.width);
    let row = u16::try_from(view.row - view.top).unwrap_or(0).min(inside.height - 1);
    // At the end of a full line the cursor stands in the blank column before the border.
    Some(Position::new(inside.x + column, inside.y + row))
}

/// What is in the pane, and where it comes from.
fn title(brush: &Brush, pane: Pane) -> String {
    let compose = &brush.state.compose;
    match (pane, &compose.edit, compose.parent) {
        (Pane::Negative, ..) => "Negative".to_owned(),
        (_, Some(edit), _) => format!("Prompt of #{}", edit.job),
        (_, None, Some(parent)) => format!("Prompt from #{parent}"),
        (_, None, None) => "Prompt".to_owned(),
    }
}

/// What keys do to the text; a selection is told in words too.
fn word(editor: &Editor, typing: bool) -> String {
    let selected = editor.selected().map(|words| words.graphemes(true).count());
    match (typing, selected, editor.is_marking()) {
        (false, ..) => String::new(),
        (true, Some(count), _) => format!("{count} selected"),
        (true, None, true) => "selecting".to_owned(),
        (true, None, false) => "typing".to_owned(),
    }
}

/// Draws a row of the text.
fn write(brush: &Brush, buffer: &mut Buffer, line: Rect, editor: &Editor, row: Range<usize>, cut: Option<usize>) {
    let (text, selection) = (editor.as_str(), editor.selection());
    let style_at = |place: usize| {
        let style = if cut.is_some_and(|cut| place >= cut) {
            brush.style("bad").add_modifier(Modifier::CROSSED_OUT)
        } else {
            Style::new()
        };
        let selected = selection.as_ref().is_some_and(|range| range.contains(&place));
        if selected { style.patch(brush.style("selection")) } else { style }
    };
    let mut x = line.x;
    for (at, letter) in text[row.clone()].grapheme_indices(true) {
        let wide = u16::try_from(cells(letter)).unwrap_or(0);
        if x + wide > line.right() {
            break;
        }
        if wide > 0 {
            buffer.set_stringn(x, line.y, letter, usize::from(wide), style_at(row.start + at));
            x += wide;
        }
    }
    // A line feed that is selected shows as a blank.
    if x < line.right() && text[row.end..].starts_with('\n') && selection.is_some_and(|range| range.contains(&row.end))
    {
        buffer.set_style(Rect { x, width: 1, ..line }, brush.style("selection"));
    }
}

/// A line instead of a box.
fn folded(brush: &Brush, buffer: &mut Buffer, area: Rect, title: &str, editor: &Editor) {
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    pen.skip(2).write(title, brush.style("pane.title")).skip(2);
    let limit = negative_limit(brush);
    let text = match (limit, editor.is_blank()) {
        (None, _) => "not used by this model".to_owned(),
        (Some(_), true) => "nothing to keep out".to_owned(),
        (Some(_), false) => editor.text().replace('\n', " "),
    };
    let role = if editor.is_blank() || limit.is_none() { "muted" } else { "text" };
    let room = usize::from(pen.room().saturating_sub(1));
    pen.write(&cut(&text, room, brush.glyphs.more), brush.style(role));
    if let Some(note) = note(brush, Pane::Negative).filter(|_| pen.room() > 20) {
        pen.skip(2).write(&note, brush.style("warn"));
    }
}

/// What the prompt stands for, where that is more than itself.
fn expansion(brush: &Brush) -> Option<(String, &'static str)> {
    let expansion = &brush.state.compose.expansion;
    if let Some(trouble) = &expansion.made.trouble {
        return Some((trouble.clone(), "bad"));
    }
    let key = brush.key(Action::ShowExpansion.scopes(), Action::ShowExpansion);
    let shows = key.map(|key| format!(" ({key} shows them)")).unwrap_or_default();
    match (expansion.unfolds(), expansion.unfold, expansion.ways()) {
        (true, Unfold::One, ways) => Some((format!("one of {ways} prompts by chance{shows}"), "muted")),
        (true, _, ways) if ways > 1 => Some((format!("expands to {ways} prompts{shows}"), "strong")),
        _ => None,
    }
}

/// What the catalogue remarks on this text.
fn note(brush: &Brush, pane: Pane) -> Option<String> {
    let field = if pane == Pane::Negative { "negative_prompt" } else { "prompt" };
    let request = brush.state.compose.snapshot();
    let notes = brush.state.catalog.get(request.model.as_str())?.notes(&request);
    notes.into_iter().find(|note| note.field == field).map(|note| note.message)
}

/// The most the service reads of a text, and the unit it counts in.
fn limit<'a>(brush: &Brush<'a>, pane: Pane) -> Option<(usize, &'a str)> {
    if pane == Pane::Negative {
        return negative_limit(brush).map(|max| (max, CHARACTERS));
    }
    let model = &brush.state.compose.request.model;
    Some(brush.state.catalog.get(model.as_str())?.prompt_limit())
}

/// How much of the limit is used; it warns in words too.
fn counter(brush: &Brush, editor: &Editor, limit: Option<(usize, &str)>) -> Option<(String, Style)> {
    let (limit, unit) = limit?;
    let chars = editor.chars();
    if unit != CHARACTERS {
        // Tokens cannot be counted here; a character is about one at worst.
        let role = if chars > limit { "warn" } else { "muted" };
        return Some((format!("{chars} characters, limit {limit} {unit}"), brush.style(role)));
    }
    Some(match chars {
        n if n > limit => (format!("{n}/{limit}, {} too many", n - limit), brush.style("bad")),
        n if n * 10 >= limit * 9 => (format!("{n}/{limit}, {} left", limit - n), brush.style("warn")),
        n => (format!("{n}/{limit}"), brush.style("muted")),
    })
}

/// Where the service would cut the text; `None` where all of it is read, or where it counts what we cannot.
fn cut_off(editor: &Editor, limit: Option<(usize, &str)>) -> Option<usize> {
    let (limit, _) = limit.filter(|(_, unit)| *unit == CHARACTERS)?;
    editor.as_str().char_indices().nth(limit).map(|(at, _)| at)
}

/// Says in words what is struck through: not every terminal can.
fn lost(brush: &Brush, editor: &Editor, at: usize) -> String {
    let lost: String = editor.as_str()[at..].split_whitespace().collect::<Vec<_>>().join(" ");
    format!("would be cut off: {}", cut(&lost, 24, brush.glyphs.more))
}

/// Longest negative prompt in characters; `None` when the model takes none.
fn negative_limit(brush: &Brush) -> Option<usize> {
    match brush.state.parameter("negative_prompt")?.kind {
        Kind::Text { max } => Some(max),
        _ => None,
    }
}

/// What an empty text is for, and how to begin.
fn placeholder(brush: &Brush, buffer: &mut Buffer, area: Rect, pane: Pane, typing: bool) {
    let mut text = match pane {
        Pane::Negative if negative_limit(brush).is_none() => "This model takes no negative prompt.".to_owned(),
        Pane::Negative => "What to keep out of the picture: blurry, watermark, extra fingers".to_owned(),
        _ => "Describe the picture: subject, place, light, style.".to_owned(),
    };
    let useful = pane == Pane::Prompt || negative_limit(brush).is_some();
    if let Some(key) = brush.key(&[Scope::Text], Action::Insert).filter(|_| useful && !typing) {
        text += &format!("\nPress {key} to type.");
    }
    for (row, line) in (0u16..).zip(wrap(&text, usize::from(area.width))) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line, brush.style("placeholder"));
    }
}
