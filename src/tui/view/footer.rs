//! Key hints, made from the table of actions and the keymap: the most useful first, as many as fit, help always.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Pen, width};
use crate::domain::Phase;
use crate::tui::action::Action;
use crate::tui::state::{Scope, can_refetch};

/// What a hint is worth; an action that is not here comes after these, in the order of the table.
const USEFUL: [Action; 33] = [
    Action::Yes,
    Action::Accept,
    Action::CompleteEntry,
    Action::CommitField,
    Action::AbandonField,
    Action::Generate,
    Action::AddReference,
    Action::WordsAlone,
    Action::Insert,
    Action::SnapField,
    Action::Normal,
    Action::Refetch,
    Action::Retry,
    Action::Cancel,
    Action::RemoveReference,
    Action::RaiseReference,
    Action::ChangeReference,
    Action::Increase,
    Action::Decrease,
    Action::EditField,
    Action::Zoom,
    Action::Close,
    Action::EditPicture,
    Action::ScrollDown,
    Action::NextPicture,
    Action::NextPane,
    Action::PickModel,
    Action::Recall,
    Action::CopyPath,
    Action::RandomSeed,
    Action::KeepSeed,
    Action::Quit,
    Action::Theme,
];

/// Draws the hints for where the keys go now.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let scopes = brush.state.scopes();
    let mut pen = Pen::new(buffer, Rect { width: area.width.saturating_sub(1), ..area }, 0, brush.glyphs.more);
    pen.skip(1);
    if let Some(key) = brush.key(&scopes, Action::Help) {
        let word = Action::Help.short();
        pen.right(word, brush.style("muted")).right(&key, brush.style("key"));
    }
    for (key, word) in hints(brush, &scopes) {
        if width(&key) + 1 + width(word) + 1 > usize::from(pen.room()) {
            break;
        }
        pen.write(&key, brush.style("key")).skip(1).write(word, brush.style("muted")).skip(3);
    }
}

/// Keys and words, the most useful first.
fn hints(brush: &Brush, scopes: &[Scope]) -> Vec<(String, &'static str)> {
    let mut actions: Vec<Action> = Action::ALL.iter().copied().filter(|action| helps_now(brush, *action)).collect();
    actions.sort_by_key(|action| USEFUL.iter().position(|useful| useful == action).unwrap_or(USEFUL.len()));
    let named = actions.into_iter().filter_map(|action| Some((brush.key(scopes, action)?, action.short())));
    // `down down` tells nobody anything.
    named.filter(|(key, word)| key != word).collect()
}

/// Whether a hint is worth its place: hints that would do nothing now only hide the ones that do.
fn helps_now(brush: &Brush, action: Action) -> bool {
    let state = brush.state;
    let phase = state.queue.job().map(|job| job.phase);
    match action {
        Action::Help | Action::Redraw | Action::Suspend | Action::PreviousPane => false,
        Action::SnapField => super::settings::selected_is_wrong(brush),
        Action::RemoveReference | Action::ChangeReference => !state.compose.request.images.is_empty(),
        Action::RaiseReference | Action::LowerReference => state.compose.request.images.len() > 1,
        Action::NextReference | Action::PreviousReference => state.compose.request.images.len() > 1,
        Action::WordsAlone => state.words_alone().is_some(),
        Action::ScrollDown | Action::ScrollUp => state.queue.story().is_some(),
        Action::Refetch => state.queue.job().is_some_and(can_refetch),
        Action::Cancel => phase.is_some_and(|phase| !phase.is_ended() && phase != Phase::Submitting),
        Action::Retry => state.queue.job().is_some_and(|job| state.can_resend(job)),
        Action::Recall => phase.is_some(),
        Action::Zoom | Action::EditPicture | Action::CopyPath | Action::KeepSeed => state.preview.wanted.is_some(),
        Action::NextPicture | Action::PreviousPicture => {
            let shown = state.preview.wanted.and_then(|id| state.queue.get(id.job));
            shown.is_some_and(|job| job.images.len() > 1)
        }
        _ => true,
    }
}
