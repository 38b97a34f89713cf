//! Jobs as a table that loses columns in a fixed order as it gets narrower.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::status;
use super::widgets::{Brush, Pen, about, cut, hours, width};
use crate::domain::text::clean;
use crate::domain::{Job, Phase};
use crate::tui::layout::{Spot, Window};
use crate::tui::state::kept_for;

/// A column. The words take what the others leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Column {
    Id,
    /// The row of a batch it is made for.
    Row,
    State,
    /// How long it took, or has been going on for.
    Time,
    /// The same for what was sent; about how long until it is done for what waits.
    Eta,
    Model,
    Count,
    /// The prompt.
    Prompt,
    /// What is happening or went wrong, then the prompt.
    What,
    Cost,
    Note,
    /// How long the service keeps its pictures.
    Url,
}

/// The least a prompt needs to be told from another.
const PROMPT_LEAST: usize = 14;

/// A table.
pub(super) struct Table<'a> {
    /// Its jobs, top to bottom.
    pub jobs: &'a [&'a Job],
    /// Columns from left to right.
    pub order: &'a [Column],
    /// Which go first as room gets short.
    pub dropped: &'a [Column],
    /// The selected row has the keys.
    pub focused: bool,
    /// Marked jobs show it.
    pub marks: bool,
}

impl Table<'_> {
    /// Draws the rows of `window` inside a frame.
    pub fn draw(&self, brush: &Brush, buffer: &mut Buffer, inside: Rect, window: Window) {
        let line = Rect { x: inside.x - 1, width: inside.width + 2, ..inside };
        let columns = self.columns(brush, usize::from(line.width));
        if window.titles > 0 {
            let mut pen = Pen::new(buffer, line, 0, brush.glyphs.more);
            pen.skip(2);
            for (column, cells) in &columns {
                let end = pen.x() + *cells;
                pen.write(&fit(title(*column), *column, *cells), brush.style("muted")).at(end).skip(1);
            }
        }
        for (row, job) in (window.titles..).zip(self.jobs.iter().skip(window.top).take(window.rows)) {
            let row = u16::try_from(row).unwrap_or(u16::MAX);
            self.row(brush, buffer, line, row, &columns, job);
        }
    }

    fn row(&self, brush: &Brush, buffer: &mut Buffer, line: Rect, row: u16, columns: &[(Column, u16)], job: &Job) {
        let chosen = brush.state.queue.selected == Some(job.id);
        let here = chosen && self.focused;
        if here && row < line.height {
            buffer.set_style(Rect { y: line.y + row, height: 1, ..line }, brush.style("selection"));
        }
        let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        let marked = self.marks && brush.state.jobs.marks.contains(&job.id);
        let (marker, role) = brush.marker(Spot::Job(job.id), chosen);
        pen.write(&marker, if role == "mark" { style(role) } else { brush.style(role) });
        pen.write(if marked { "*" } else { " " }, style("mark"));
        for (column, cells) in columns {
            let role = match column {
                Column::State => status::role(job.phase),
                Column::What if job.fault.is_some() => "muted",
                Column::Id | Column::Row | Column::Prompt | Column::What => "text",
                _ => "muted",
            };
            let end = pen.x() + *cells;
            let text = cut(&content(brush, job, *column), usize::from(*cells), brush.glyphs.more);
            pen.write(&fit(&text, *column, *cells), style(role)).at(end).skip(1);
        }
    }

    /// The columns that fit, with their cells.
    fn columns(&self, brush: &Brush, room: usize) -> Vec<(Column, u16)> {
        let cells = |column: Column| {
            let widest = || self.jobs.iter().map(|job| width(&content(brush, job, column))).max().unwrap_or(0);
            match column {
                Column::Prompt | Column::What => PROMPT_LEAST,
                // As wide as the widest state there is, so that nothing moves when a state changes.
                Column::State => width(Phase::Submitting.word()),
                Column::Time => widest().max(5),
                Column::Eta => 6,
                Column::Url => 5,
                Column::Note => widest().clamp(4, 30),
                Column::Row => widest().clamp(4, 24),
                _ => widest().max(width(title(column))),
            }
        };
        let mut kept: Vec<(Column, usize)> = self.order.iter().map(|column| (*column, cells(*column))).collect();
        if self.jobs.iter().all(|job| content(brush, job, Column::Note).is_empty()) {
            kept.retain(|(column, _)| *column != Column::Note);
        }
        let total = |kept: &[(Column, usize)]| 1 + kept.iter().map(|(_, cells)| cells + 1).sum::<usize>();
        for column in self.dropped {
            if total(&kept) >= room {
                kept.retain(|(kept, _)| kept != column);
            }
        }
        let spare = room.saturating_sub(total(&kept) + 1);
        let wide = kept.into_iter().map(|(column, cells)| match column {
            Column::Prompt | Column::What => (column, cells + spare),
            _ => (column, cells),
        });
        wide.map(|(column, cells)| (column, u16::try_from(cells).unwrap_or(u16::MAX))).collect()
    }
}

/// The text, moved to the right in columns of numbers.
fn fit(text: &str, column: Column, cells: u16) -> String {
    match column {
        Column::Time | Column::Eta | Column::Count | Column::Cost | Column::Url => {
            format!("{}{text}", " ".repeat(usize::from(cells).saturating_sub(width(text))))
        }
        _ => text.to_owned(),
    }
}

fn title(column: Column) -> &'static str {
    match column {
        Column::Id => "id",
        Column::Row => "row",
        Column::State => "state",
        Column::Time | Column::Eta => "time",
        Column::Model => "model",
        Column::Count => "n",
        Column::Prompt => "prompt",
        Column::What => "what",
        Column::Cost => "cost",
        Column::Note => "note",
        Column::Url => "url",
    }
}

fn content(brush: &Brush, job: &Job, column: Column) -> String {
    match column {
        Column::Id => format!("#{}", job.id),
        Column::Row => job.row.as_ref().map(|row| clean(&row.name).into_owned()).unwrap_or_default(),
        Column::State => job.phase.word().to_owned(),
        Column::Time => status::elapsed(brush, job),
        Column::Eta => time(brush, job),
        Column::Model => job.request.model.to_string(),
        Column::Count => job.estimate.images().to_string(),
        Column::Prompt => job.request.prompt.replace('\n', " "),
        Column::What => {
            let parts = [doing(brush, job), job.request.prompt.replace('\n', " ")];
            let dot = format!(" {} ", brush.glyphs.dot);
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&dot)
        }
        Column::Cost => status::price(brush, job),
        Column::Note => doing(brush, job),
        Column::Url => kept_for(job, brush.now).map(hours).unwrap_or_default(),
    }
}

/// How far it is and what it does, or what went wrong.
fn doing(brush: &Brush, job: &Job) -> String {
    let note = match &job.fault {
        Some(fault) if job.note.is_empty() => fault.message.clone(),
        // That every picture is saved says the state.
        _ if job.phase == Phase::Done => String::new(),
        _ => brush.doing(job),
    };
    let requests = status::requests(brush, job).unwrap_or_default();
    [requests, note].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn time(brush: &Brush, job: &Job) -> String {
    match job.phase {
        Phase::Held => "-".to_owned(),
        Phase::Queued if brush.state.queue.paused.holds(&job.request.model) => "paused".to_owned(),
        Phase::Queued => brush.state.estimated_wait(job, brush.now).map_or_else(|| "-".to_owned(), about),
        _ => status::elapsed(brush, job),
    }
}
