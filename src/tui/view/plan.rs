//! What a batch comes to, before it is begun: words, then its rows; or everything that is wrong with it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, cut, frame, width};
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::layout::{plan_area, plan_words};
use crate::tui::state::{PlanPage, PlanRow, PlanSheet, Scope};

/// Widest name of a row.
const NAME: usize = 24;

/// Draws the page.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, page: &PlanPage) -> Option<Position> {
    let area = plan_area(brush.state.size);
    super::clear(brush, buffer, area);
    let measure = usize::from(area.width.saturating_sub(4));
    let lines = match &page.outcome {
        None => vec![("Being looked at ...".to_owned(), "muted")],
        Some(Err(wrong)) => plan_words(wrong, measure).into_iter().map(|line| (line, "text")).collect(),
        Some(Ok(sheet)) => sheet_lines(brush, sheet, measure),
    };
    let room = usize::from(area.height.saturating_sub(4));
    let top = page.top.min(lines.len().saturating_sub(room));
    let (word, role) = match &page.outcome {
        None => ("", "muted"),
        Some(Err(_)) => ("cannot be run: nothing was sent", "warn"),
        Some(Ok(_)) => ("nothing is sent yet", "muted"),
    };
    let name = clean(&page.name);
    let title = format!("Plan of {}", cut(&name, measure / 2, brush.glyphs.more));
    let more = format!("{}-{} of {} lines", top + 1, (top + room).min(lines.len()), lines.len());
    let foot = (lines.len() > room).then(|| (more.as_str(), brush.style("muted")));
    let inside = frame(
        brush,
        buffer,
        area,
        &Heading { title: &title, word, word_role: role, foot, focused: true, ..Heading::default() },
    );
    if inside.is_empty() {
        return None;
    }
    let text = Rect { height: inside.height.saturating_sub(2), ..inside };
    for (row, (line, role)) in (0u16..).zip(lines.iter().skip(top).take(room)) {
        Pen::new(buffer, text, row, brush.glyphs.more).write(line, brush.style(role));
    }
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    let runs = matches!(page.outcome, Some(Ok(_)));
    for (action, word, role) in
        [(Action::Begin, "run it", "mark"), (Action::Close, "leave it", "key"), (Action::PlanForth, "read on", "key")]
    {
        if (action == Action::Begin && !runs) || (action == Action::PlanForth && lines.len() <= room) {
            continue;
        }
        if let Some(key) = brush.key(&[Scope::Plan], action) {
            pen.write(&key, brush.style(role)).skip(1).write(word, brush.style("text")).skip(4);
        }
    }
    None
}

/// The words, a blank line, and a line for each row.
fn sheet_lines(brush: &Brush, sheet: &PlanSheet, measure: usize) -> Vec<(String, &'static str)> {
    let role = |line: &str| match line {
        _ if line.contains("it does not fit") => "warn",
        _ if line.starts_with("note:") => "muted",
        _ => "text",
    };
    let words = plan_words(&sheet.words, measure);
    let mut lines: Vec<(String, &'static str)> = words.into_iter().map(|line| (line.clone(), role(&line))).collect();
    if sheet.rows.is_empty() {
        return lines;
    }
    lines.push((String::new(), "text"));
    let widest = |of: fn(&PlanRow) -> usize| sheet.rows.iter().map(of).max().unwrap_or(0);
    let name = widest(|row| width(&clean(&row.name))).min(NAME);
    let model = widest(|row| width(row.model.as_str()));
    let fate = widest(|row| width(row.fate));
    for row in &sheet.rows {
        let price = row.cost.total().map_or_else(|| "?".to_owned(), |total| brush.money(total));
        let cells = [
            fit(brush, &clean(&row.name), name),
            fit(brush, row.fate, fate),
            fit(brush, row.model.as_str(), model),
            format!("{price:>8}"),
            clean(&row.prompt).into_owned(),
        ];
        lines.push((cells.join("  "), "muted"));
    }
    if sheet.more > 0 {
        lines.push((format!("and {} rows more", sheet.more), "muted"));
    }
    lines
}

/// Text in so many cells, whatever its letters.
fn fit(brush: &Brush, text: &str, cells: usize) -> String {
    let text = cut(text, cells, brush.glyphs.more).to_string();
    let blank = " ".repeat(cells.saturating_sub(width(&text)));
    text + &blank
}
