//! The picture shown: which one, and asking for it to be painted.

use super::{Effects, thumb, toasts, viewer};
use crate::domain::{ImageId, Now};
use crate::tui::effect::Effect;
use crate::tui::layout::{Layout, Panes, StoryLine, layout, picture_pane, story_lines, story_top};
use crate::tui::msg::Painted;
use crate::tui::state::{Dialog, Screen, Shown, State};

/// Wants the selected job's first picture, unless one of that job's is wanted already.
pub(super) fn follow_selection(state: &mut State) {
    if state.screen == Screen::Gallery {
        // What is shown there is the gallery's.
        return;
    }
    // Whatever changes below it, the picture on the whole screen stays.
    let viewed = state.preview.wanted.map_or(state.viewer.guest.is_some(), |id| state.image(id).is_some());
    if matches!(state.dialog, Some(Dialog::Zoom)) && viewed {
        return;
    }
    let first = state.queue.job().and_then(|job| Some(job.images.first()?.id));
    let of_job = |id: &ImageId| Some(id.job) == state.queue.selected;
    if !state.preview.wanted.as_ref().is_some_and(of_job) {
        state.preview.line = None;
    }
    state.preview.wanted = state.preview.wanted.filter(of_job).or(first);
}

/// Asks for the wanted picture at the size of its pane, once.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    let wanted = state.preview.wanted?;
    let pane = picture_pane(state).filter(|(columns, rows)| *columns > 0 && *rows > 0)?;
    if state.preview.asked == Some((wanted, pane)) {
        return None;
    }
    let path = state.image(wanted)?.path.clone();
    state.preview.asked = Some((wanted, pane));
    Some(Effect::Paint { image: wanted, path, pane })
}

/// Another picture was painted meanwhile, which may have overtaken the one asked for: it is asked for again.
pub(super) fn overtaken(state: &mut State) {
    let shown = state.preview.shown.as_ref().map(|shown| (shown.image, shown.pane));
    if state.preview.asked != shown {
        state.preview.asked = None;
    }
}

/// Takes a painted picture.
pub(super) fn painted(state: &mut State, painted: Painted) {
    let shown = state.preview.shown.as_ref().map(|shown| (shown.image, shown.pane));
    if thumb::takes(state.preview.asked.as_ref(), shown.as_ref(), &(painted.image, painted.pane)) {
        state.preview.shown = Some(Shown { image: painted.image, pane: painted.pane, cells: painted.cells });
    }
}

/// Turns to another picture of the same job.
pub(super) fn turn(state: &mut State, by: isize) {
    if matches!(state.dialog, Some(Dialog::Zoom)) {
        return viewer::turn(state, by);
    }
    let Some(job) = state.queue.job() else { return };
    let at = job.images.iter().position(|image| Some(image.id) == state.preview.wanted);
    let Some(next) = at.map_or(Some(0), |at| at.checked_add_signed(by)) else { return };
    let Some(id) = job.images.get(next).map(|image| image.id) else { return };
    state.preview.wanted = Some(id);
    show_mark(state, id);
}

/// Brings the place where a story shows a picture into sight.
fn show_mark(state: &mut State, id: ImageId) {
    let Some((lines, top, rows)) = story(state) else { return };
    let Some(at) = lines.iter().position(|line| line.picture == Some(id.index)) else { return };
    if !(top..top + usize::from(rows)).contains(&at) {
        state.preview.line = Some(at.saturating_sub(1));
    }
}

/// The selected job's story: its lines, the first one shown, and how many there is room for.
fn story(state: &State) -> Option<(Vec<StoryLine>, usize, u16)> {
    let Layout::Panes(Panes { story, .. }) = layout(state) else { return None };
    let job = state.queue.story().filter(|_| !story.is_empty())?;
    let lines = story_lines(job, story.width);
    let top = story_top(job, state.preview.line, lines.len(), story.height);
    Some((lines, top, story.height))
}

/// Scrolls the story by a screenful, less one line to read on from.
pub(super) fn scroll(state: &mut State, by: isize) {
    let Some((lines, top, rows)) = story(state) else { return };
    let last = lines.len().saturating_sub(usize::from(rows));
    let page = isize::try_from(rows).unwrap_or(1).saturating_sub(1).max(1);
    let to = top.saturating_add_signed(by * page).min(last);
    let grows = state.queue.story().is_some_and(|job| !job.phase.is_ended());
    // At the end of a story that grows, it is followed again.
    state.preview.line = if grows && to == last { None } else { Some(to) };
}

/// A story that ended stays where its reader was.
pub(super) fn hold(state: &mut State) {
    if let Some((_, top, _)) = story(state) {
        state.preview.line = Some(top);
    }
}

pub(super) fn copy_path(state: &mut State, now: Now) -> Effects {
    let Some(image) = viewer::meant(state).and_then(|id| state.image(id)) else {
        toasts::plain(state, now, "No picture is shown");
        return Effects::new();
    };
    let path = image.path.display().to_string();
    toasts::good(state, now, "Path copied (where the terminal allows it)");
    vec![Effect::Copy(path)]
}
