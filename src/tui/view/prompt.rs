//! The two texts: the prompt, and what to keep out of the picture.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::Widget;

use super::widgets::{Brush, Heading, Pen, cut, frame, wrap};
use crate::catalog::Kind;
use crate::tui::action::Action;
use crate::tui::state::{Editor, Pane, Scope, Unfold};

/// Draws one of the texts and gives the place of the cursor while it is being typed.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect, pane: Pane) -> Option<Position> {
    let state = brush.state;
    let (title, editor) = match pane {
        Pane::Negative => ("Negative", &state.compose.negative),
        _ => ("Prompt", &state.compose.prompt),
    };
    let changing = state.compose.edit.as_ref().filter(|_| pane == Pane::Prompt);
    let changing = changing.map(|edit| format!("Prompt of #{}", edit.job));
    let title = changing.as_deref().unwrap_or(title);
    if area.height == 1 {
        folded(brush, buffer, area, title, editor);
        return None;
    }
    let focused = brush.focused(pane);
    let typing = focused && state.typing;
    let count = counter(brush, pane, editor);
    let right = count.as_ref().map(|(text, style)| (text.as_str(), *style));
    let word = if typing { "typing" } else { "" };
    let note = note(brush, pane).map(|note| (note, "warn"));
    let note = note.or_else(|| expansion(brush).filter(|_| pane == Pane::Prompt));
    let foot = note.as_ref().map(|(note, role)| (note.as_str(), brush.style(role)));
    let heading = Heading { title, word, word_role: "pane.typing", right, foot, focused };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return None;
    }
    (&editor.area).render(inside, buffer);
    if editor.chars() == 0 {
        placeholder(brush, buffer, inside, pane, typing);
    }
    if !typing {
        return None;
    }
    let (cursor, (top, left)) = (editor.area.screen_cursor(), editor.area.scroll_offset());
    let column = u16::try_from(cursor.col).unwrap_or(u16::MAX).saturating_sub(left);
    let row = u16::try_from(cursor.row).unwrap_or(u16::MAX).saturating_sub(top);
    // At the end of a full line the cursor stands in the blank column before the border.
    Some(Position::new(inside.x + column.min(inside.width), inside.y + row.min(inside.height - 1)))
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

/// How much of the limit is used; it warns in words too.
fn counter(brush: &Brush, pane: Pane, editor: &Editor) -> Option<(String, Style)> {
    let request = &brush.state.compose.request;
    let chars = editor.chars();
    let limit = match pane {
        Pane::Negative => negative_limit(brush)?,
        _ => {
            let (max, unit) = brush.state.catalog.get(request.model.as_str())?.prompt_limit();
            if unit != "characters" {
                // Tokens cannot be counted here; a character is about one at worst.
                let role = if chars > max { "warn" } else { "muted" };
                return Some((format!("{chars} characters, limit {max} {unit}"), brush.style(role)));
            }
            max
        }
    };
    Some(match chars {
        n if n > limit => (format!("{n}/{limit}, {} too many", n - limit), brush.style("bad")),
        n if n * 10 >= limit * 9 => (format!("{n}/{limit}, {} left", limit - n), brush.style("warn")),
        n => (format!("{n}/{limit}"), brush.style("muted")),
    })
}

/// Longest negative prompt in characters; `None` when the model takes none.
fn negative_limit(brush: &Brush) -> Option<usize> {
    let request = &brush.state.compose.request;
    let spec = brush.state.catalog.get(request.model.as_str())?.mode(request.mode)?;
    let parameter = spec.parameters.iter().find(|parameter| parameter.name == "negative_prompt")?;
    match parameter.kind {
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
