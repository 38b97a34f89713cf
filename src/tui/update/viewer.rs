//! The picture on the whole screen: what is seen of it, its drawer, the pictures beside it, and taking it elsewhere.

use super::{Effects, compare, gallery, jobs, preview, thumb, toasts};
use crate::domain::{Fault, ImageId, Job, Now};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::layout::{DRAWER_LABELS, drawer_lines, drawer_rows, viewer};
use crate::tui::msg::PaintedPart;
use crate::tui::state::{Dialog, Lens, Part, Scope, Screen, State};

/// Opens it on the picture shown; on the history screen on the selected job, which need not have one.
pub(super) fn open(state: &mut State, now: Now) {
    if state.screen == Screen::History {
        let Some(job) = state.in_history().cloned() else {
            toasts::plain(state, now, "No job is selected");
            return;
        };
        state.preview.wanted = job.images.first().map(|image| image.id);
        (state.viewer.guest, state.viewer.drawer, state.viewer.top) = (Some(Box::new(job)), true, 0);
    } else if state.preview.wanted.is_none() {
        toasts::plain(state, now, "No picture to enlarge yet");
        return;
    }
    state.viewer.lens = Lens::default();
    state.dialog = Some(Dialog::Zoom);
}

/// Whatever closed it: the picture of the selected job is wanted again, whole.
pub(super) fn settle(state: &mut State) {
    if matches!(state.dialog, Some(Dialog::Zoom)) {
        return;
    }
    if state.viewer.guest.take().is_some() {
        preview::follow_selection(state);
    }
    state.viewer.lens = Lens::default();
    (state.viewer.asked, state.viewer.shown) = (None, None);
}

/// Shows what is known of the picture, or hides it.
pub(super) fn drawer(state: &mut State) {
    state.viewer.drawer = !state.viewer.drawer;
    state.viewer.top = 0;
}

/// Scrolls the drawer, where it is open; else the story, where one is told.
pub(super) fn scroll(state: &mut State, by: isize) {
    if !matches!(state.dialog, Some(Dialog::Zoom)) {
        return preview::scroll(state, by);
    }
    let place = viewer(state);
    let rows = drawer_rows(&place);
    let lines = drawer_lines(state, place.drawer.width.saturating_sub(4).max(DRAWER_LABELS + 8)).len();
    let page = isize::try_from(rows).unwrap_or(1).saturating_sub(1).max(1);
    state.viewer.top = state.viewer.top.saturating_add_signed(by * page).min(lines.saturating_sub(rows));
}

fn pane(state: &State) -> (u16, u16) {
    let picture = viewer(state).picture;
    (picture.width, picture.height)
}

/// The picture's size, where there is a picture.
fn size(state: &State) -> Option<(u32, u32)> {
    let image = state.preview.wanted.and_then(|id| state.image(id))?;
    Some((image.width.max(1), image.height.max(1)))
}

/// Halves what is seen, or doubles it.
pub(super) fn turn_lens(state: &mut State, by: i32) {
    if matches!(state.dialog, Some(Dialog::Compare(_))) {
        return compare::turn_lens(state, by);
    }
    let (Some(size), pane) = (size(state), pane(state)) else { return };
    if state.viewer.lens.turn(by, size, pane) && state.viewer.lens.zoom == 0 {
        preview::overtaken(state);
    }
}

/// The whole picture is seen.
pub(super) fn whole(state: &mut State) {
    if let Some(Dialog::Compare(compare)) = &mut state.dialog {
        compare.lens = Lens::default();
        return;
    }
    state.viewer.lens = Lens::default();
    preview::overtaken(state);
}

/// Moves what is seen.
pub(super) fn pan(state: &mut State, columns: i64, rows: i64) {
    if matches!(state.dialog, Some(Dialog::Compare(_))) {
        return compare::pan(state, columns, rows);
    }
    let (Some(size), pane) = (size(state), pane(state)) else { return };
    state.viewer.lens.pan((columns, rows), size, pane);
}

/// Goes to another picture of the job; past its last one to the next job of the list that has some.
pub(super) fn turn(state: &mut State, by: isize) {
    if state.screen == Screen::Gallery {
        gallery::step(state, by);
        (state.viewer.lens, state.viewer.top) = (Lens::default(), 0);
        return;
    }
    let Some((id, images)) = state.viewed().map(|job| (job.id, ids(job))) else { return };
    let at = images.iter().position(|image| Some(*image) == state.preview.wanted);
    let next = at.map_or(Some(0), |at| at.checked_add_signed(by)).and_then(|at| images.get(at)).copied();
    match next {
        Some(image) => state.preview.wanted = Some(image),
        None => {
            let listed: Vec<(crate::domain::JobId, Vec<ImageId>)> =
                state.listed().into_iter().map(|job| (job.id, ids(job))).collect();
            let Some(here) = listed.iter().position(|(other, _)| *other == id) else { return };
            let has = |(_, images): &&(crate::domain::JobId, Vec<ImageId>)| !images.is_empty();
            let found =
                if by > 0 { listed[here + 1..].iter().find(has) } else { listed[..here].iter().rev().find(has) };
            let Some((job, images)) = found else { return };
            jobs::select(state, *job);
            if state.screen == Screen::History {
                state.viewer.guest = state.in_history().cloned().map(Box::new);
            }
            state.preview.wanted = if by > 0 { images.first().copied() } else { images.last().copied() };
        }
    }
    (state.viewer.lens, state.viewer.top) = (Lens::default(), 0);
}

fn ids(job: &Job) -> Vec<ImageId> {
    job.images.iter().map(|image| image.id).collect()
}

/// Asks for the part that is seen, once; the whole picture is [`preview`]'s to ask for.
pub(super) fn ask(state: &mut State) -> Option<Effect> {
    if !matches!(state.dialog, Some(Dialog::Zoom)) || state.viewer.lens.zoom == 0 {
        return None;
    }
    let pane = pane(state);
    let image = state.preview.wanted.and_then(|id| state.image(id)).filter(|_| pane.0 > 0 && pane.1 > 0)?;
    let (lens, size) = (state.viewer.lens, (image.width.max(1), image.height.max(1)));
    let part = Part { path: image.path.clone(), region: lens.region(size, pane), pane: lens.cells(size, pane) };
    if state.viewer.asked.as_ref() == Some(&part) {
        return None;
    }
    state.viewer.asked = Some(part.clone());
    Some(Effect::PaintPart(part))
}

/// Takes a painted part.
pub(super) fn painted(state: &mut State, painted: &PaintedPart) {
    let shown = state.viewer.shown.as_ref().map(|(part, _)| part);
    if thumb::takes(state.viewer.asked.as_ref(), shown, &painted.part) {
        state.viewer.shown = Some((painted.part.clone(), painted.cells.clone()));
    }
}

/// The picture an action is about: the one shown, on a list of jobs the first one of the selected job.
pub(super) fn meant(state: &State) -> Option<ImageId> {
    if state.dialog.is_none() && state.screen == Screen::Gallery {
        return state.gallery.card().map(|card| card.image.id);
    }
    let lists = state.dialog.is_none() && state.screen != Screen::Compose;
    if lists {
        let wanted = state.preview.wanted;
        let job = state.chosen()?;
        let of_job = wanted.filter(|id| id.job == job.id);
        return of_job.or_else(|| job.images.first().map(|image| image.id));
    }
    state.preview.wanted
}

/// Opens the picture in a program of the user's own.
pub(super) fn open_outside(state: &mut State, now: Now) -> Effects {
    let Some(image) = meant(state).and_then(|id| state.image(id)) else {
        toasts::plain(state, now, "No picture is shown");
        return Effects::new();
    };
    vec![Effect::OpenOutside(image.path.clone())]
}

/// It was opened, or could not be: then there is another way to it.
pub(super) fn opened(state: &mut State, now: Now, result: Result<String, Fault>) -> Effects {
    match result {
        Ok(program) => toasts::good(state, now, format!("Opened with {program}")),
        Err(fault) => {
            let key = toasts::key(state, Scope::Zoom, Action::CopyScp);
            let other = key.map(|key| format!(" {key} copies the command that fetches it.")).unwrap_or_default();
            toasts::plain(state, now, format!("{}{other}", fault.message));
        }
    }
    Effects::new()
}

/// Copies the command that fetches the picture to the user's own machine.
pub(super) fn copy_scp(state: &mut State, now: Now) -> Effects {
    let Some(image) = meant(state).and_then(|id| state.image(id)) else {
        toasts::plain(state, now, "No picture is shown");
        return Effects::new();
    };
    let command = state.place.fetching(&image.path);
    toasts::good(state, now, format!("Copied (where the terminal allows it): {command}"));
    vec![Effect::Copy(command)]
}
