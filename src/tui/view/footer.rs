//! Key hints, made from the table of actions and the keymap: the most useful first, as many as fit, help always.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Pen, width};
use crate::domain::Phase;
use crate::tui::action::Action;
use crate::tui::state::{Dialog, Scope, Screen, can_refetch};

/// What a hint is worth; an action that is not here comes after these, in the order of the table.
const USEFUL: [Action; 74] = [
    Action::Yes,
    Action::TakeMention,
    Action::NextMention,
    Action::FreezeRewrite,
    Action::Accept,
    Action::BrowseMark,
    Action::BrowseUp,
    Action::BrowseFilter,
    Action::BrowseShelf,
    Action::OtherModel,
    Action::AddBox,
    Action::OtherCorner,
    Action::ZoomIn,
    Action::TypeBox,
    Action::NextCanvas,
    Action::RemoveBox,
    Action::AddSwatch,
    Action::Extract,
    Action::Balance,
    Action::TypeSwatch,
    Action::MoreShare,
    Action::CompleteEntry,
    Action::CommitField,
    Action::AbandonField,
    Action::KeepFilter,
    Action::DropFilter,
    Action::SaveEdit,
    Action::Generate,
    Action::AddReference,
    Action::BrowseReferences,
    Action::WordsAlone,
    Action::Insert,
    Action::SnapField,
    Action::Normal,
    Action::DropEdit,
    Action::Unmark,
    Action::Refetch,
    Action::LookAgain,
    Action::Retry,
    Action::Cancel,
    Action::EditJob,
    Action::Hold,
    Action::ToFront,
    Action::Clear,
    Action::RemoveReference,
    Action::RaiseReference,
    Action::ChangeReference,
    Action::Increase,
    Action::Decrease,
    Action::EditField,
    Action::Zoom,
    Action::PauseAll,
    Action::Mark,
    Action::Close,
    Action::EditPicture,
    Action::ScrollDown,
    Action::NextPicture,
    Action::NextPane,
    Action::PickModel,
    Action::ShowQueue,
    Action::Filter,
    Action::Recall,
    Action::LowerJob,
    Action::RaiseJob,
    Action::Duplicate,
    Action::PauseModel,
    Action::ClearAll,
    Action::Unclear,
    Action::ShowCompose,
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
    let named = actions.into_iter().filter_map(|action| Some((brush.key(scopes, action)?, word(brush, action))));
    // `down down` tells nobody anything.
    named.filter(|(key, word)| key != word).collect()
}

/// What a key does now, where that is the contrary of what it mostly does.
fn word(brush: &Brush, action: Action) -> &'static str {
    let state = brush.state;
    match action {
        Action::PauseAll if state.queue.paused.all => "go on",
        Action::Hold if !state.targets().iter().any(|job| job.phase == Phase::Queued) => "let go",
        Action::Unmark if state.jobs.marks.is_empty() => "show all",
        Action::Accept if matches!(state.dialog, Some(Dialog::Boxes(_) | Dialog::Palette(_))) => "done",
        _ => action.short(),
    }
}

/// Whether a hint is worth its place: hints that would do nothing now only hide the ones that do.
fn helps_now(brush: &Brush, action: Action) -> bool {
    let state = brush.state;
    let targets = state.targets();
    let any = |which: fn(Phase) -> bool| targets.iter().any(|job| which(job.phase));
    let waits: fn(Phase) -> bool = |phase| matches!(phase, Phase::Held | Phase::Queued);
    match action {
        Action::Help | Action::Redraw | Action::Suspend | Action::PreviousPane | Action::PreviousScreen => false,
        Action::CompleteEntry => matches!(state.dialog, Some(Dialog::Picture(_))),
        Action::ShowCompose => state.screen != Screen::Compose,
        Action::ShowQueue => state.screen != Screen::Queue && !state.queue.jobs.is_empty(),
        Action::Unmark => !state.jobs.marks.is_empty() || !state.jobs.filter.is_empty(),
        Action::LookAgain => any(|phase| phase == Phase::Unsure),
        Action::Hold | Action::ToFront => any(waits),
        Action::EditJob => state.queue.job().is_some_and(|job| waits(job.phase)),
        Action::NextJob | Action::PreviousJob | Action::FirstJob | Action::LastJob => state.queue.jobs.len() > 1,
        Action::RaiseJob | Action::LowerJob => any(waits),
        Action::Clear => any(Phase::is_ended),
        Action::ClearAll => state.queue.jobs.iter().any(|job| job.phase.is_ended()),
        Action::Unclear => !state.jobs.cleared.is_empty(),
        Action::PauseAll => state.queue.paused.all || state.queue.jobs.iter().any(|job| !job.phase.is_ended()),
        Action::Mark | Action::MarkAll | Action::Filter => state.queue.jobs.len() > 1,
        Action::PauseModel | Action::Duplicate => !targets.is_empty(),
        Action::LogUp | Action::LogDown => false,
        Action::ShowRewrite => state.queue.job().is_some_and(|job| job.rewritten().is_some()),
        Action::FreezeRewrite => matches!(state.dialog, Some(Dialog::Rewrite(_))),
        Action::OtherModel => match &state.dialog {
            Some(Dialog::Advice(picker)) => picker.chosen().is_some_and(|(advice, _)| advice.models.len() > 1),
            _ => false,
        },
        Action::MadeReferences => state.queue.jobs.iter().any(|job| !job.images.is_empty()),
        Action::MarkBoxes => state.picture_sizes().iter().any(Option::is_some),
        Action::NextCanvas => state.compose.request.images.len() > 1,
        Action::SnapField => super::settings::selected_is_wrong(brush),
        Action::RemoveReference | Action::ChangeReference => !state.compose.request.images.is_empty(),
        Action::RaiseReference | Action::LowerReference => state.compose.request.images.len() > 1,
        Action::NextReference | Action::PreviousReference => state.compose.request.images.len() > 1,
        Action::WordsAlone => state.words_alone().is_some(),
        Action::ScrollDown | Action::ScrollUp => state.queue.story().is_some(),
        Action::Refetch => targets.iter().any(|job| can_refetch(job)),
        Action::Cancel => any(|phase| !phase.is_ended() && phase != Phase::Submitting),
        Action::Retry => targets.iter().any(|job| state.can_resend(job)),
        Action::Recall => !targets.is_empty(),
        Action::Zoom | Action::EditPicture | Action::CopyPath | Action::KeepSeed => {
            state.preview.wanted.is_some() && !targets.is_empty()
        }
        Action::Interrupt => state.jobs.before.is_none(),
        Action::NextPicture | Action::PreviousPicture => {
            let shown = state.preview.wanted.and_then(|id| state.queue.get(id.job));
            shown.is_some_and(|job| job.images.len() > 1)
        }
        _ => true,
    }
}
