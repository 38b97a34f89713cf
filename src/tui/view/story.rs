//! A story: its words with the places of its pictures, and where it lies as a document.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::status;
use super::widgets::{Brush, Pen, cut_left};
use crate::domain::{Job, Phase};
use crate::tui::layout::{story_lines, story_top};

/// Draws the words, and below them the document's path or what is happening.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect, job: &Job) {
    let lines = story_lines(job, area.width);
    let top = story_top(job, brush.state.preview.line, lines.len(), area.height);
    let shown = brush.state.preview.wanted.filter(|id| id.job == job.id).map(|id| id.index);
    for (row, line) in (0u16..).zip(lines.iter().skip(top).take(usize::from(area.height))) {
        let role = match line.picture {
            Some(index) if Some(index) == shown => "mark",
            Some(_) => "queue.live",
            None => "text",
        };
        Pen::new(buffer, area, row, brush.glyphs.more).write(&line.text, brush.style(role));
    }
    let last = Rect { y: area.bottom(), height: 1, ..area };
    let mut pen = Pen::new(buffer, last, 0, brush.glyphs.more);
    let (end, count) = (top + usize::from(area.height), lines.len());
    if count > usize::from(area.height) {
        pen.right(&format!("{}-{} of {count}", top + 1, end.min(count)), brush.style("muted"));
    }
    match &job.document {
        Some(path) => {
            let path = cut_left(&path.to_string_lossy(), usize::from(pen.room()), brush.glyphs.before);
            pen.write(&path, brush.style("muted"));
        }
        None if job.phase == Phase::Failed || job.phase == Phase::Partial => {
            let why = job.fault.as_ref().map_or("some pictures are missing", |fault| fault.message.as_str());
            pen.write(why, brush.style("bad"));
        }
        None => {
            let text = format!("{}  {}", job.phase, status::elapsed(brush, job));
            pen.write(&text, brush.style(status::role(job.phase)));
        }
    }
}
