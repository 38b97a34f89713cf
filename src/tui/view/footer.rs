//! Key hints, made from the table of actions and the keymap: the most useful first, as many as fit, help always.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Pen, width};
use crate::domain::query::Bin;
use crate::domain::{Counts, Phase};
use crate::tui::action::Action;
use crate::tui::state::{
    Confirm, Dialog, Manner, Pane, Pending, Purpose, RowFilter, Scope, Screen, State, can_refetch,
};

/// What a hint is worth; an action that is not here comes after these, in the order of the table.
const USEFUL: [Action; 115] = [
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
    Action::Flip,
    Action::CompareWay,
    Action::KeepFirst,
    Action::KeepSecond,
    Action::EditMeant,
    Action::Closer,
    Action::BranchOff,
    Action::LookCloser,
    Action::TypeBox,
    Action::NextCanvas,
    Action::RemoveBox,
    Action::AddSwatch,
    Action::Extract,
    Action::Balance,
    Action::TypeSwatch,
    Action::MoreShare,
    Action::CompleteEntry,
    Action::Peek,
    Action::CommitField,
    Action::AbandonField,
    Action::KeepFilter,
    Action::DropFilter,
    Action::SaveEdit,
    Action::Generate,
    Action::Begin,
    Action::AddReference,
    Action::BrowseReferences,
    Action::WordsAlone,
    Action::Insert,
    Action::SnapField,
    Action::Normal,
    Action::DropEdit,
    Action::UnmarkPictures,
    Action::OpenPicture,
    Action::SearchGallery,
    Action::StarPicture,
    Action::TagPicture,
    Action::BinPicture,
    Action::UndoPicture,
    Action::EmptyBin,
    Action::MarkPicture,
    Action::UseAll,
    Action::RejectPicture,
    Action::SortGallery,
    Action::ListGallery,
    Action::Unmark,
    Action::Refetch,
    Action::LookAgain,
    Action::Retry,
    Action::Cancel,
    Action::EditJob,
    Action::PlanFile,
    Action::CycleRows,
    Action::PauseBatch,
    Action::NextBatch,
    Action::StopBatch,
    Action::ExportSheet,
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
    Action::Vary,
    Action::Rerun,
    Action::FindJob,
    Action::NameJob,
    Action::HideJob,
    Action::ScrollDown,
    Action::NextPicture,
    Action::NextPane,
    Action::SearchHistory,
    Action::PickModel,
    Action::ShowQueue,
    Action::ShowGallery,
    Action::ShowBatch,
    Action::GalleryDown,
    Action::GalleryRight,
    Action::PlanForm,
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
    Action::DropParent,
    Action::RandomSeed,
    Action::KeepSeed,
    Action::Quit,
    Action::Theme,
];

/// Columns from which the way to every command is among the hints.
const COMMANDS: u16 = 72;

/// Draws the hints for where the keys go now.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let scopes = brush.state.scopes();
    let mut pen = Pen::new(buffer, Rect { width: area.width.saturating_sub(1), ..area }, 0, brush.glyphs.more);
    pen.skip(1);
    // On a wide enough line the way to everything else stands there too.
    let always = [(Action::Help, 0), (Action::Commands, COMMANDS)];
    for (action, _) in always.into_iter().filter(|(_, least)| area.width >= *least) {
        if let Some(key) = brush.key(&scopes, action) {
            let gap = if action == Action::Help { "" } else { "  " };
            pen.right(&format!("{}{gap}", action.short()), brush.style("muted")).right(&key, brush.style("key"));
        }
    }
    if matches!(brush.state.dialog, Some(Dialog::Jump)) {
        pen.write("type a letter", brush.style("text")).skip(3);
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
    let mut hints: Vec<(String, &str)> = Vec::new();
    for (key, word) in named {
        // `down down` tells nobody anything, nor does a second way to do the same.
        if key != word && hints.iter().all(|(_, said)| *said != word) {
            hints.push((key, word));
        }
    }
    hints
}

/// What a key does now, where that is the contrary of what it mostly does.
fn word(brush: &Brush, action: Action) -> &'static str {
    let state = brush.state;
    match action {
        Action::PauseAll if state.queue.paused.all => "go on",
        Action::Hold if !state.targets().iter().any(|job| job.phase == Phase::Queued) => "let go",
        Action::Unmark if state.jobs.marks.is_empty() => "show all",
        Action::PauseBatch if state.batches.batch().is_some_and(|batch| batch.paused) => "go on",
        Action::CycleRows => match state.batches.rows.next() {
            RowFilter::All => "all rows",
            RowFilter::Failed => "failed rows",
            RowFilter::Running => "running rows",
        },
        Action::UnmarkPictures if state.gallery.marks.is_empty() => "show all",
        Action::StarPicture if state.gallery.card().is_some_and(|card| card.star) => "no star",
        Action::BinPicture if state.gallery.card().is_some_and(|card| card.binned.is_some()) => "bring back",
        Action::ListGallery if state.gallery.list => "as pictures",
        Action::SortGallery => {
            super::gallery::order(state.gallery.read.as_ref().map_or_else(Default::default, |query| query.sort))
        }
        Action::KeepFilter if state.gallery.tags.is_some() => "put on",
        Action::DropFilter if state.gallery.tags.is_some() => "leave as it was",
        Action::Interrupt if closes(state) => Action::Close.short(),
        Action::HideJob if state.in_history().is_some_and(|job| job.hidden) => "unfold",
        Action::Accept if matches!(&state.dialog, Some(Dialog::Word(entry)) if entry.purpose == Purpose::Find) => {
            "find"
        }
        Action::Accept if matches!(state.dialog, Some(Dialog::Word(_))) => "name it",
        Action::Accept if matches!(state.dialog, Some(Dialog::Boxes(_) | Dialog::Palette(_))) => "done",
        _ => action.short(),
    }
}

/// Whether there is a dialog that Ctrl+C closes: it leaves only from the question whether to leave.
fn closes(state: &State) -> bool {
    let is_leaving = |dialog: &Dialog| matches!(dialog, Dialog::Confirm(Confirm { pending: Pending::Quit, .. }));
    state.dialog.as_ref().is_some_and(|dialog| !is_leaving(dialog))
}

/// Whether the batch looked at has rows that have not ended.
fn open(state: &State) -> bool {
    state.batches.batch().is_some_and(|batch| batch.counts.over() < batch.counts.all())
}

/// Whether rows of the batch looked at failed, or are in doubt.
fn has_wrong_rows(state: &State) -> bool {
    let wrong = |counts: &Counts| counts.failed + counts.partial + counts.unsure > 0;
    state.batches.batch().is_some_and(|batch| wrong(&batch.counts))
}

/// Whether a hint is worth its place: hints that would do nothing now only hide the ones that do.
fn helps_now(brush: &Brush, action: Action) -> bool {
    let state = brush.state;
    if let Some(helps) = gallery_helps(state, action) {
        return helps;
    }
    let targets = state.targets();
    let any = |which: fn(Phase) -> bool| targets.iter().any(|job| which(job.phase));
    let waits: fn(Phase) -> bool = |phase| matches!(phase, Phase::Held | Phase::Queued);
    match action {
        Action::Help
        | Action::Commands
        | Action::Jump
        | Action::Redraw
        | Action::Suspend
        | Action::PreviousPane
        | Action::PreviousScreen => false,
        Action::CompleteEntry => matches!(state.dialog, Some(Dialog::Picture(_))),
        Action::ShowCompose => state.screen != Screen::Compose,
        Action::ShowQueue => state.screen != Screen::Queue && !state.queue.jobs.is_empty(),
        Action::Unmark if state.screen == Screen::Batch => {
            !state.jobs.marks.is_empty() || state.batches.rows != RowFilter::All
        }
        Action::Unmark => !state.jobs.marks.is_empty() || !state.jobs.filter.is_empty(),
        Action::ShowBatch => state.screen != Screen::Batch && !state.batches.list.is_empty(),
        Action::LookAgain => any(|phase| phase == Phase::Unsure),
        Action::Hold | Action::ToFront => any(waits),
        Action::EditJob => state.chosen().is_some_and(|job| {
            waits(job.phase) || (job.row.is_some() && (job.phase == Phase::Failed || job.phase == Phase::Expired))
        }),
        Action::NextJob | Action::PreviousJob | Action::FirstJob | Action::LastJob => state.queue.jobs.len() > 1,
        Action::RaiseJob | Action::LowerJob => any(waits),
        Action::Clear => any(Phase::is_ended),
        Action::ClearAll => state.queue.jobs.iter().any(|job| job.phase.is_ended()),
        Action::Unclear => !state.jobs.cleared.is_empty(),
        Action::PauseAll if state.screen != Screen::Queue => state.queue.paused.all,
        Action::PauseAll => state.queue.paused.all || state.queue.jobs.iter().any(|job| !job.phase.is_ended()),
        Action::Mark | Action::MarkAll | Action::Filter => state.queue.jobs.len() > 1,
        Action::ShowRewrite | Action::FreezeRewrite | Action::OtherModel | Action::MadeReferences => {
            helps_to_fill(state, action)
        }
        Action::MarkBoxes | Action::NextCanvas | Action::BrowseReferences => helps_to_fill(state, action),
        Action::SnapField => super::settings::selected_is_wrong(brush),
        Action::RemoveReference | Action::ChangeReference => !state.compose.request.images.is_empty(),
        Action::RaiseReference | Action::LowerReference => state.compose.request.images.len() > 1,
        Action::NextReference | Action::PreviousReference => state.compose.request.images.len() > 1,
        Action::ScrollDown | Action::ScrollUp => state.queue.story().is_some(),
        Action::Refetch => targets.iter().any(|job| can_refetch(job)),
        Action::Cancel => any(|phase| !phase.is_ended() && phase != Phase::Submitting),
        Action::Retry => targets.iter().any(|job| state.can_resend(job)),
        Action::Recall | Action::PauseModel | Action::Duplicate => !targets.is_empty(),
        Action::Zoom | Action::EditPicture | Action::CopyPath | Action::KeepSeed => {
            state.preview.wanted.is_some() && !targets.is_empty()
        }
        Action::NextPicture | Action::PreviousPicture => {
            let shown = state.preview.wanted.and_then(|id| state.queue.get(id.job));
            shown.is_some_and(|job| job.images.len() > 1)
        }
        _ => text_or_batch_helps(state, action),
    }
}

/// The same for what is done in the gallery; `None` for what is not.
fn gallery_helps(state: &State, action: Action) -> Option<bool> {
    let (gallery, here) = (&state.gallery, state.screen == Screen::Gallery);
    let (any, several) = (gallery.card().is_some(), gallery.cards.len() > 1);
    Some(match action {
        Action::ShowGallery => !here && state.queue.jobs.iter().any(|job| !job.images.is_empty()),
        Action::EditPicture | Action::CopyPath | Action::KeepSeed | Action::Vary if here => any,
        Action::NextPicture | Action::PreviousPicture if here => several,
        Action::ShowRewrite if here => {
            let job = gallery.card().and_then(|card| state.queue.get(card.image.id.job));
            job.is_some_and(|job| job.rewritten().is_some())
        }
        Action::UnmarkPictures => !gallery.marks.is_empty() || !gallery.search.is_empty(),
        Action::UndoPicture => !gallery.undo.is_empty(),
        Action::SearchGallery => true,
        Action::EmptyBin => any && gallery.read.as_ref().is_some_and(|query| query.bin == Bin::In),
        Action::ListGallery => !gallery.blind && any,
        Action::GalleryPageDown | Action::GalleryPageUp | Action::GalleryFirst | Action::GalleryLast => false,
        Action::GalleryLeft | Action::GalleryRight | Action::GalleryDown | Action::GalleryUp => several,
        Action::SortGallery | Action::MarkPicture | Action::MarkPictures => several,
        _ if action.scopes() == [Scope::Gallery] => any,
        _ => return None,
    })
}

/// The same for what is done with texts and batches.
fn text_or_batch_helps(state: &State, action: Action) -> bool {
    match action {
        Action::PlanForm | Action::ShowExpansion => state.compose.expansion.ways() > 1,
        Action::DropParent => state.compose.parent.is_some(),
        Action::Interrupt => state.jobs.before.is_none() && !state.gallery.is_typing(),
        Action::CopyText => state.editor(state.pane).selection().is_some(),
        Action::PeekDown | Action::PeekUp | Action::SetMark => false,
        Action::CycleRows => state.batches.rows != RowFilter::All || open(state) || has_wrong_rows(state),
        Action::ExportSheet => state.batches.batch().is_some_and(|batch| batch.counts.done + batch.counts.partial > 0),
        Action::PauseBatch => open(state),
        Action::MoreAtOnce | Action::FewerAtOnce => open(state),
        Action::LiftLimit => open(state) && state.batches.batch().is_some_and(|batch| batch.parallel.is_some()),
        Action::StopBatch => state.batches.batch().is_some_and(|batch| batch.counts.waiting > 0),
        Action::NextBatch => state.batches.list.len() > 1,
        Action::PreviousBatch => false,
        Action::PlanForth | Action::PlanBack | Action::LogUp | Action::LogDown => false,
        Action::NextPage | Action::PreviousPage => false,
        Action::WordsAlone => state.words_alone().is_some(),
        Action::CopyScp | Action::CopyCommand => false,
        Action::Vary | Action::Rerun | Action::BranchOff | Action::NameJob | Action::HideJob | Action::Compare => {
            !state.targets().is_empty()
        }
        // What repeats a job exactly keeps its seed, and some models take none.
        Action::RollAgain => {
            matches!(&state.dialog, Some(Dialog::Again(page)) if !page.exact && page.request.seed.is_some())
        }
        Action::Closer | Action::Farther | Action::WholePicture | Action::PanLeft | Action::PanRight => {
            shows_a_picture(state)
        }
        Action::PanUp | Action::PanDown => shows_a_picture(state),
        Action::FindJob => !state.lineage.rows.is_empty() || !state.lineage.words.is_empty(),
        Action::LookCloser => state.in_history().is_some(),
        Action::PageDown | Action::PageUp | Action::HalfDown | Action::HalfUp => false,
        Action::DropFilter if state.screen == Screen::History => !state.lineage.words.is_empty(),
        Action::ShowHistory => state.screen != Screen::History && !state.queue.jobs.is_empty(),
        Action::Begin => {
            matches!(&state.dialog, Some(Dialog::Plan(page)) if matches!(page.outcome, Some(Ok(_))))
        }
        _ => true,
    }
}

/// Whether there is a picture to look at more closely.
fn shows_a_picture(state: &State) -> bool {
    !matches!(&state.dialog, Some(Dialog::Compare(page)) if page.way == Manner::Recipe)
}

/// The same of what helps to fill the form.
fn helps_to_fill(state: &State, action: Action) -> bool {
    match (action, &state.dialog) {
        (Action::ShowRewrite, _) => state.queue.job().is_some_and(|job| job.rewritten().is_some()),
        (Action::FreezeRewrite, Some(Dialog::Rewrite(_))) => true,
        (Action::OtherModel, Some(Dialog::Advice(picker))) => {
            picker.chosen().is_some_and(|(advice, _)| advice.models.len() > 1)
        }
        // Elsewhere it works too, and the room is for what is done more often.
        (Action::BrowseReferences, _) => state.pane == Pane::References,
        (Action::MarkBoxes, _) => state.picture_sizes().iter().any(Option::is_some),
        (Action::NextCanvas, _) => state.compose.request.images.len() > 1,
        (Action::MadeReferences, _) => state.queue.jobs.iter().any(|job| !job.images.is_empty()),
        _ => false,
    }
}
