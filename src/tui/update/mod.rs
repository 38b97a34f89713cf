//! Every change. Pure: nothing here reads a clock, a file or the environment.
//!
//! The top match only routes and has no wildcard arm: a new message or action does not compile until it has a place.

mod act;
mod advice;
mod again;
mod batches;
mod boxes;
mod browser;
mod changed;
mod clear;
mod command;
mod commands;
mod compare;
mod dialog;
mod drafts;
mod edit;
mod expansion;
mod filter;
mod foresight;
mod fuzzy;
mod gallery;
mod history;
mod jobs;
mod jump;
mod keys;
mod line;
mod lineage;
mod log;
mod looks;
mod marks;
mod mention;
mod models;
mod mouse;
mod near;
mod panes;
mod picture_entry;
mod picture_marks;
mod plan;
mod preview;
mod recall;
mod references;
mod rewrite;
mod settings;
mod submit;
mod swatches;
mod texts;
mod thumb;
mod toasts;
mod turns;
mod viewer;
mod welcome;
mod word;

use std::time::Duration;

use super::effect::Effect;
use super::layout::jobs_in_sight;
use super::msg::Msg;
use super::state::{Drawn, Prefix, Sheet, State};
use crate::domain::Now;

/// What we ask of the world, in order.
pub type Effects = Vec<Effect>;

/// Lets a message happen.
pub fn update(state: &mut State, now: Now, msg: Msg) -> Effects {
    toasts::expire(state, now);
    let mut effects = match msg {
        Msg::Key(key) => keys::press(state, now, key),
        Msg::Paste(text) => keys::paste(state, now, &text),
        Msg::Mouse(mouse) => mouse::happen(state, now, mouse),
        Msg::Resize(columns, rows) => {
            state.size = (columns, rows);
            Effects::new()
        }
        Msg::Wake => Effects::new(),
        Msg::Changed(changed) => changed::changed(state, now, changed),
        Msg::Submitted(result) => submit::submitted(state, now, result),
        Msg::Asked(Ok(())) => Effects::new(),
        Msg::Asked(Err(fault)) | Msg::Trouble(fault) => {
            toasts::bad(state, now, fault.to_string());
            Effects::new()
        }
        Msg::Revised { job, result } => edit::revised(state, now, job, result),
        Msg::Replaced { job, result } => edit::replaced(state, now, job, result),
        Msg::Planned { ticket, result } => plan::planned(state, ticket, result),
        Msg::Begun(result) => batches::begun(state, now, result),
        Msg::Rows { batch, jobs } => batches::rows(state, batch, jobs),
        Msg::Shelf { ticket, result } => {
            gallery::arrived(state, ticket, result);
            Effects::new()
        }
        Msg::Counted { ticket, count } => {
            gallery::counted(state, ticket, count);
            Effects::new()
        }
        Msg::Sheet(result) => batches::laid_out(state, now, result),
        Msg::KeyKept(result) => welcome::kept(state, now, result),
        Msg::Opened(result) => viewer::opened(state, now, result),
        Msg::Lineage { words, most, result } => lineage::here(state, now, words, most, result),
        #[rustfmt::skip]
        Msg::Log { .. } | Msg::Looked { .. } | Msg::Browsed { .. } | Msg::Listed { .. } | Msg::Lists(_) | Msg::Painted(_) | Msg::PaintedPart(_) | Msg::PaintedHeat { .. } | Msg::Measured { .. } | Msg::Near(_)
        | Msg::Loaded { .. } | Msg::ShelfIds { .. } | Msg::Marked(_) | Msg::BinSize(..) | Msg::Extracted { .. } | Msg::Found { .. } | Msg::DraftKept(_) | Msg::Edited(_) => {
            seen(state, now, msg);
            Effects::new()
        }
        Msg::Drawn { how, kib } => {
            state.drawn = Drawn { how, kib };
            state.gallery.blind = how == "none";
            Effects::new()
        }
        Msg::Turned(how) => {
            toasts::plain(state, now, format!("Pictures: {how}"));
            Effects::new()
        }
        Msg::Resumed => vec![Effect::Redraw],
    };
    if effects.iter().any(|effect| matches!(effect, Effect::Submit { .. })) {
        settings::submitted(state);
    }
    effects.extend(settle(state, now));
    effects
}

/// Whatever happened, files may now have to be looked at, the picture pane may want another picture or size, the queue
/// screen another log, the batch screen other rows, and the form may have to be kept.
fn settle(state: &mut State, now: Now) -> Effects {
    gallery::leave(state);
    let mut effects: Effects = expansion::settle(state).into_iter().collect();
    viewer::settle(state);
    effects.extend(references::settle(state));
    effects.extend(picture_entry::ask(state));
    effects.extend(browser::ask(state));
    let picture = preview::ask(state);
    if picture.is_some() {
        thumb::overtaken(state);
    }
    effects.extend(picture);
    effects.extend(thumb::ask(state, now));
    effects.extend(boxes::ask(state));
    effects.extend(viewer::ask(state));
    effects.extend(compare::ask(state));
    effects.extend(compare::measure(state));
    effects.extend(near::ask(state));
    effects.extend(lineage::ask(state));
    effects.extend(log::ask(state));
    effects.extend(batches::ask(state));
    effects.extend(history::ask(state));
    effects.extend(gallery::settle(state, now));
    effects.extend(foresight::ask(state, now));
    texts::settle(state);
    effects.extend(drafts::settle(state, now));
    effects
}

/// What is still to be done when nothing more will happen.
pub fn last(state: &mut State) -> Effects {
    drafts::last(state)
}

/// Something asked for was looked at.
fn seen(state: &mut State, now: Now, msg: Msg) {
    match msg {
        Msg::Log { job, lines } => log::here(state, job, lines),
        Msg::Looked { path, found } => {
            browser::looked(state, &path, &found);
            references::looked(state, path, found);
        }
        Msg::Loaded { name, result } => recall::loaded(state, now, &name, result),
        Msg::Browsed { folder, found } => browser::browsed(state, &folder, found),
        Msg::Listed { folder, names } => picture_entry::listed(state, folder, names),
        Msg::Lists(found) => expansion::lists(state, found),
        Msg::Painted(painted) => preview::painted(state, painted),
        Msg::PaintedPart(painted) => {
            thumb::painted(state, &painted);
            gallery::painted(state, &painted);
            viewer::painted(state, &painted);
            compare::painted(state, Sheet::Part(painted.part.clone()), &painted.cells);
            boxes::painted(state, painted);
        }
        Msg::PaintedHeat { heat, cells } => compare::painted(state, Sheet::Heat(heat), &cells),
        Msg::Measured { pair, difference } => compare::measured(state, &pair, difference),
        Msg::Near(result) => near::here(state, result),
        Msg::ShelfIds { ticket, result } => picture_marks::gathered(state, now, ticket, result),
        Msg::Marked(result) => picture_marks::marked(state, now, result),
        Msg::BinSize(pictures, bytes) => picture_marks::bin_size(state, pictures, bytes),
        Msg::Extracted { path, count, colours } => swatches::extracted(state, now, (path, count), colours),
        Msg::Found { query, result } => history::found(state, now, query, result),
        Msg::DraftKept(result) => drafts::kept(state, now, result),
        Msg::Edited(result) => texts::edited(state, now, result),
        // `update` sends nothing else here.
        _ => {}
    }
}

/// How long the screen stays right without any message; `None`: until something happens.
pub fn wake_at(state: &State, now: Now) -> Option<Duration> {
    let toast = state.toasts.iter().map(|toast| toast.until.since(now)).min();
    let seen = jobs_in_sight(state);
    // Ages are whole seconds: the next one turns when a live job's elapsed time does. One job's seconds do for all of them:
    // a screen full of jobs is drawn once a second, not once for each.
    let still = state.looks.still;
    let to_turn = |span| if still { to_next_minute(span) } else { to_next(span) };
    let age = seen.iter().find(|job| job.phase.is_live()).map(|job| to_turn(job.elapsed(now)));
    let counts = || {
        seen.iter().filter_map(|job| job.until).find(|until| *until > now).map(|until| {
            let left = until.since(now).subsec_millis();
            Duration::from_millis(if left == 0 { 1000 } else { u64::from(left) })
        })
    };
    let shows = state.prefix.as_ref().map(|prefix| prefix.since.after(Prefix::QUIET).since(now));
    let shows = shows.filter(|left| !left.is_zero());
    toast
        .into_iter()
        .chain(shows)
        .chain(thumb::wait(state, now))
        .chain(foresight::wait(state, now))
        .chain(drafts::wake(state, now))
        .chain(age.or_else(|| counts().filter(|_| !still)))
        .min()
}

/// From a span to its next whole minute.
fn to_next_minute(span: Duration) -> Duration {
    Duration::from_secs(60 * (span.as_secs() / 60 + 1)).saturating_sub(span)
}

/// From a span to its next whole second.
fn to_next(span: Duration) -> Duration {
    Duration::from_millis(1000 - u64::from(span.subsec_millis()))
}
