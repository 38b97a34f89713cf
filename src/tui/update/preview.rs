//! The picture shown: which one, and asking for it to be painted.

use super::{Effects, toasts};
use crate::domain::{ImageId, Now};
use crate::tui::effect::Effect;
use crate::tui::layout::picture_pane;
use crate::tui::msg::Painted;
use crate::tui::state::{Dialog, Shown, State};

/// Wants the selected job's first picture, unless one of that job's is wanted already.
pub(super) fn follow_selection(state: &mut State) {
    let first = state.queue.job().and_then(|job| Some(job.images.first()?.id));
    let of_job = |id: &ImageId| Some(id.job) == state.queue.selected;
    state.preview.wanted = state.preview.wanted.filter(of_job).or(first);
}

/// Asks for the wanted picture at the size of its pane, once.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let wanted = state.preview.wanted?;
    let pane = picture_pane(state).filter(|(columns, rows)| *columns > 0 && *rows > 0)?;
    if state.preview.asked == Some((wanted, pane)) {
        return None;
    }
    let path = state.queue.image(wanted)?.path.clone();
    state.preview.asked = Some((wanted, pane));
    Some(Effect::Paint { image: wanted, path, pane })
}

/// Takes a painted picture, unless something else has been asked for since.
pub(super) fn painted(state: &mut State, painted: Painted) {
    if state.preview.asked == Some((painted.image, painted.pane)) {
        state.preview.shown = Some(Shown { image: painted.image, pane: painted.pane, cells: painted.cells });
    }
}

/// Turns to another picture of the same job.
pub(super) fn turn(state: &mut State, by: isize) {
    let Some(job) = state.queue.job() else { return };
    let at = job.images.iter().position(|image| Some(image.id) == state.preview.wanted);
    let Some(next) = at.map_or(Some(0), |at| at.checked_add_signed(by)) else { return };
    if let Some(image) = job.images.get(next) {
        state.preview.wanted = Some(image.id);
    }
}

pub(super) fn zoom(state: &mut State, now: Now) {
    if state.preview.wanted.is_some() {
        state.dialog = Some(Dialog::Zoom);
    } else {
        toasts::plain(state, now, "No picture to enlarge yet");
    }
}

pub(super) fn copy_path(state: &mut State, now: Now) -> Effects {
    let Some(image) = state.preview.wanted.and_then(|id| state.queue.image(id)) else {
        toasts::plain(state, now, "No picture is shown");
        return Effects::new();
    };
    let path = image.path.display().to_string();
    toasts::good(state, now, "Path copied (where the terminal allows it)");
    vec![Effect::Copy(path)]
}
