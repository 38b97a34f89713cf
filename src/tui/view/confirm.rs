//! A question before something is done. It says which key does it; Enter is never one of them.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::widgets::{Brush, Heading, Pen, frame, wrap};
use crate::tui::action::Action;
use crate::tui::state::{Confirm, Pending, Scope};

/// Draws the question.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, over: Rect, question: &Confirm) -> Option<Position> {
    let outer = over.width.saturating_sub(4).min(66);
    let measure = usize::from(outer.saturating_sub(4));
    let lines: Vec<String> = question.lines.iter().flat_map(|line| wrap(line, measure)).collect();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let area = super::centred(over, outer, height);
    super::clear(brush, buffer, area);
    let inside = frame(brush, buffer, area, &Heading { title: &question.title, focused: true, ..Heading::default() });
    // The answers stay in sight, whatever has to be left out above them.
    let said = Rect { height: inside.height.saturating_sub(2), ..inside };
    for (row, line) in (0u16..).zip(&lines) {
        Pen::new(buffer, said, row, brush.glyphs.more).write(line, brush.style("text"));
    }
    let mut pen = Pen::new(buffer, inside, inside.height.saturating_sub(1), brush.glyphs.more);
    let (yes, no) = match &question.pending {
        Pending::Submit(..) | Pending::SubmitAlike(..) => ("send it", "do not send"),
        Pending::Retry(jobs) if jobs.len() > 1 => ("send them again", "leave them"),
        Pending::Retry(_) => ("send it again", "leave it"),
        Pending::Revise(..) => ("change it", "go on editing"),
        Pending::Replace(..) => ("send it", "go on editing"),
        Pending::Begin(_) => ("run it", "back to the plan"),
        Pending::StopBatch(_) => ("stop it", "let it go on"),
        Pending::Duplicate(_) => ("make it", "leave it"),
        Pending::Cancel(jobs) if jobs.len() > 1 => ("stop them", "let them run"),
        Pending::Cancel(_) => ("cancel the job", "let it run"),
        Pending::Take(..) => ("take it", "stay"),
        Pending::Bin(_, true) => ("put them there", "leave them"),
        Pending::Bin(_, false) => ("bring them back", "leave them"),
        Pending::EmptyBin => ("delete them", "keep them"),
        Pending::Quit => ("quit", "stay"),
    };
    for (action, word, role) in [(Action::Yes, yes, "mark"), (Action::Close, no, "key")] {
        if let Some(key) = brush.key(&[Scope::Confirm], action) {
            pen.write(&key, brush.style(role)).skip(1).write(word, brush.style("text")).skip(4);
        }
    }
    None
}
