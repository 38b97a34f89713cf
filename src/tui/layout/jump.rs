//! Places that can be jumped to, each with the letter to type for it.

use super::{Layout, grove_window, layout, rows_window, window};
use crate::domain::JobId;
use crate::tui::state::{Pane, State};

/// Near letters first.
const LETTERS: &str = "asdfghjklqwertyuiopzxcvbnmASDFGHJKLQWERTYUIOPZXCVBNM";

/// A place to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// A pane of the compose screen.
    Pane(Pane),
    /// A row of the settings.
    Setting(usize),
    /// A picture of the request.
    Reference(usize),
    /// A job.
    Job(JobId),
    /// A picture of the gallery, by its place among those read.
    Picture(usize),
}

/// Every place in sight with its letter: panes first, then rows. On a screen with more places the last ones have none.
pub fn spots(state: &State) -> Vec<(char, Spot)> {
    let mut spots = Vec::new();
    match layout(state) {
        Layout::TooSmall => {}
        Layout::Panes(panes) => {
            let area = |pane: &Pane| match pane {
                Pane::Prompt => panes.prompt,
                Pane::Negative => panes.negative,
                Pane::References => panes.references,
                Pane::Settings => panes.settings,
                Pane::Queue => panes.queue,
            };
            spots.extend(state.panes().into_iter().filter(|pane| !area(pane).is_empty()).map(Spot::Pane));
            if panes.settings.height > 1 {
                spots.extend((0..state.setting_rows().len()).map(Spot::Setting));
            }
            if panes.references.height > 1 {
                spots.extend((0..state.compose.request.images.len()).map(Spot::Reference));
            }
            if panes.queue.height > 1 {
                let shown = window(panes.queue, state.queue.index().unwrap_or(0));
                let jobs = state.queue.jobs.iter().skip(shown.top).take(shown.rows);
                spots.extend(jobs.map(|job| Spot::Job(job.id)));
            }
        }
        Layout::History(grove) => {
            let (top, rows) = grove_window(state, grove.trees);
            let shown = state.lineage.shown().into_iter().skip(top).take(rows);
            spots.extend(shown.map(|kin| Spot::Job(kin.job.id)));
        }
        Layout::Queue(board) => {
            let shown = window(board.jobs, state.shown_at().unwrap_or(0));
            let jobs = state.shown_jobs().into_iter().skip(shown.top).take(shown.rows);
            spots.extend(jobs.map(|job| Spot::Job(job.id)));
        }
        Layout::Gallery(wall) => spots.extend(wall.sight(state).map(Spot::Picture)),
        Layout::Batch(stack) => {
            let shown = rows_window(state, &stack);
            let rows = state.shown_rows().into_iter().skip(shown.top).take(shown.rows);
            spots.extend(rows.map(|job| Spot::Job(job.id)));
        }
    }
    LETTERS.chars().zip(spots).collect()
}
