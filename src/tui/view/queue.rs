//! The jobs: a table that loses columns in a fixed order as it gets narrower, or one line that sums it up.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::status;
use super::widgets::{Brush, Heading, Pen, frame, width, wrap};
use crate::domain::{Job, Phase};
use crate::tui::action::Action;
use crate::tui::state::Pane;

/// A column. The prompt takes what the others leave.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Id,
    State,
    Time,
    Model,
    Count,
    Prompt,
    Cost,
    Note,
}

/// From left to right.
const ORDER: [Column; 8] =
    [Column::Id, Column::State, Column::Time, Column::Model, Column::Count, Column::Prompt, Column::Cost, Column::Note];

/// Which go first as room gets short.
const DROPPED: [Column; 5] = [Column::Note, Column::Model, Column::Count, Column::Cost, Column::Time];

/// The least a prompt needs to be told from another.
const PROMPT_LEAST: usize = 14;

/// Draws the jobs.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let queue = &brush.state.queue;
    if area.height == 1 {
        let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
        pen.skip(2).write("Queue", brush.style("pane.title")).skip(2);
        pen.write(&summary(brush), brush.style("muted"));
        return;
    }
    let focused = brush.focused(Pane::Queue);
    let word = if queue.jobs.is_empty() { String::new() } else { summary(brush) };
    let rows = usize::from(area.height.saturating_sub(2));
    let titles = usize::from(rows >= 5);
    let at = queue.index().unwrap_or(0);
    let position = format!("{}/{}", at + 1, queue.jobs.len());
    let right = (queue.jobs.len() > rows - titles.min(rows)).then(|| (position.as_str(), brush.style("muted")));
    let heading = Heading { title: "Queue", word: &word, word_role: "muted", right, focused, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return;
    }
    if queue.jobs.is_empty() {
        empty(brush, buffer, inside);
        return;
    }
    table(brush, buffer, inside, at, titles);
}

fn table(brush: &Brush, buffer: &mut Buffer, inside: Rect, at: usize, titles: usize) {
    let queue = &brush.state.queue;
    let line = Rect { x: inside.x - 1, width: inside.width + 2, ..inside };
    let columns = columns(brush, usize::from(line.width));
    if titles > 0 {
        let mut pen = Pen::new(buffer, line, 0, brush.glyphs.more);
        pen.skip(2);
        for (column, cells) in &columns {
            let end = pen.x() + *cells;
            pen.write(&fit(title(*column), *column, *cells), brush.style("muted")).at(end).skip(1);
        }
    }
    let rows = usize::from(inside.height) - titles;
    let top = (at + 1).saturating_sub(rows);
    for (row, job) in (titles..).zip(queue.jobs.iter().skip(top).take(rows)) {
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        draw_row(brush, buffer, line, row, &columns, job);
    }
}

fn draw_row(brush: &Brush, buffer: &mut Buffer, line: Rect, row: u16, columns: &[(Column, u16)], job: &Job) {
    let chosen = brush.state.queue.selected == Some(job.id);
    let here = chosen && brush.focused(Pane::Queue);
    if here && row < line.height {
        buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
    }
    let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
    let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
    pen.write(if chosen { brush.glyphs.marker } else { " " }, style("mark")).skip(1);
    for (column, cells) in columns {
        let role = match column {
            Column::State => status::role(job.phase),
            Column::Id | Column::Prompt => "text",
            _ => "muted",
        };
        let end = pen.x() + *cells;
        let text = super::widgets::cut(&content(brush, job, *column), usize::from(*cells), brush.glyphs.more);
        pen.write(&fit(&text, *column, *cells), style(role)).at(end).skip(1);
    }
}

/// The text, moved to the right in columns of numbers.
fn fit(text: &str, column: Column, cells: u16) -> String {
    match column {
        Column::Time | Column::Count | Column::Cost => {
            format!("{}{text}", " ".repeat(usize::from(cells).saturating_sub(width(text))))
        }
        _ => text.to_owned(),
    }
}

fn title(column: Column) -> &'static str {
    match column {
        Column::Id => "id",
        Column::State => "state",
        Column::Time => "time",
        Column::Model => "model",
        Column::Count => "n",
        Column::Prompt => "prompt",
        Column::Cost => "cost",
        Column::Note => "note",
    }
}

fn content(brush: &Brush, job: &Job, column: Column) -> String {
    match column {
        Column::Id => format!("#{}", job.id),
        Column::State => job.phase.word().to_owned(),
        Column::Time => status::elapsed(brush, job),
        Column::Model => job.request.model.to_string(),
        Column::Count => job.estimate.images().to_string(),
        Column::Prompt => job.request.prompt.replace('\n', " "),
        Column::Cost => status::price(brush, job),
        Column::Note => {
            let note = match &job.fault {
                Some(fault) if job.note.is_empty() => fault.message.clone(),
                _ => job.says(brush.now),
            };
            let requests = status::requests(brush, job).unwrap_or_default();
            let parts = [requests, note];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The columns that fit, with their cells.
fn columns(brush: &Brush, room: usize) -> Vec<(Column, u16)> {
    let jobs = &brush.state.queue.jobs;
    let cells = |column: Column| {
        let widest = jobs.iter().map(|job| width(&content(brush, job, column))).max().unwrap_or(0);
        match column {
            Column::Prompt => PROMPT_LEAST,
            // As wide as the widest state there is, so that nothing moves when a state changes.
            Column::State => width(Phase::Submitting.word()),
            Column::Time => widest.max(5),
            Column::Note => widest.clamp(4, 30),
            _ => widest.max(width(title(column))),
        }
    };
    let mut kept: Vec<(Column, usize)> = ORDER.map(|column| (column, cells(column))).to_vec();
    if jobs.iter().all(|job| content(brush, job, Column::Note).is_empty()) {
        kept.retain(|(column, _)| *column != Column::Note);
    }
    let total = |kept: &[(Column, usize)]| 1 + kept.iter().map(|(_, cells)| cells + 1).sum::<usize>();
    for column in DROPPED {
        if total(&kept) >= room {
            kept.retain(|(kept, _)| *kept != column);
        }
    }
    let spare = room.saturating_sub(total(&kept) + 1);
    let wide = kept.into_iter().map(|(column, cells)| match column {
        Column::Prompt => (column, cells + spare),
        _ => (column, cells),
    });
    wide.map(|(column, cells)| (column, u16::try_from(cells).unwrap_or(u16::MAX))).collect()
}

/// How many are where: `1 running, 2 waiting, 1 failed`.
fn summary(brush: &Brush) -> String {
    let jobs = &brush.state.queue.jobs;
    let count = |which: fn(Phase) -> bool| jobs.iter().filter(|job| which(job.phase)).count();
    let parts = [
        (count(Phase::is_live), "running"),
        (count(|phase| matches!(phase, Phase::Queued | Phase::Held)), "waiting"),
        (count(|phase| phase == Phase::Unsure), "unsure"),
        (count(|phase| phase == Phase::Failed), "failed"),
        (count(|phase| matches!(phase, Phase::Done | Phase::Partial)), "done"),
    ];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if said.is_empty() { "no jobs yet".to_owned() } else { said.join(", ") }
}

/// Before the first job.
fn empty(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let key = brush.key(Action::Generate.scopes(), Action::Generate).unwrap_or_default();
    let text = format!("No jobs yet. Type a prompt and press {key}.");
    for (row, line) in (0u16..).zip(wrap(&text, usize::from(area.width))) {
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line, brush.style("muted"));
    }
}
