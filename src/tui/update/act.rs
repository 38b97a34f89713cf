//! What the user asked, sent to where it happens. No wildcard arm.

mod pictures;

use super::{Effects, dialog, jobs, panes, picture_entry, preview, references, settings, submit, texts};
use super::{
    advice, batches, browser, clear, commands, edit, expansion, filter, gallery, history, lineage, log, looks, marks,
    mention, models, plan, recall, rewrite, turns, viewer, welcome,
};
use crate::domain::Now;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::state::{Dialog, HelpPage, Screen, Shelf, State, Unfold};
use pictures::{on_boxes, on_gallery, on_lineage, on_pictures, on_swatches};

#[rustfmt::skip]
pub(super) fn act(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::Generate => return submit::generate(state, now),
        Action::ShowCompose | Action::ShowQueue | Action::ShowGallery | Action::ShowHistory | Action::ShowBatch
        | Action::PreviousScreen | Action::NextPane | Action::PreviousPane => go(state, now, action),
        Action::Insert | Action::Normal | Action::Undo | Action::Redo | Action::SetMark | Action::CopyText
        | Action::OpenEditor | Action::SearchHistory | Action::Peek | Action::PeekDown | Action::PeekUp
        | Action::DropParent => return on_texts(state, now, action),
        Action::NextField | Action::PreviousField | Action::Increase | Action::Decrease | Action::EditField
        | Action::CommitField | Action::AbandonField | Action::SnapField | Action::ResetField
        | Action::RandomSeed | Action::KeepSeed | Action::NextReference | Action::PreviousReference
        | Action::AddReference | Action::ChangeReference | Action::RemoveReference | Action::LowerReference
        | Action::RaiseReference | Action::EditPicture | Action::WordsAlone | Action::ShowExpansion | Action::UnfoldAll
        | Action::UnfoldOne | Action::UnfoldOff => return on_form(state, now, action),
        Action::BrowseReferences | Action::MadeReferences | Action::BrowseUp | Action::BrowseMark
        | Action::BrowseFilter | Action::BrowseShelf | Action::RaiseSeed | Action::Advise | Action::OtherModel
        | Action::ShowRewrite | Action::FreezeRewrite | Action::ShowCost | Action::NextMention
        | Action::PreviousMention | Action::TakeMention | Action::CloseMention
        | Action::PickModel | Action::LoadRecipe => on_helps(state, now, action),
        Action::NextJob | Action::PreviousJob | Action::FirstJob | Action::LastJob | Action::Recall
        | Action::LookAgain | Action::Hold | Action::ToFront | Action::RaiseJob | Action::LowerJob | Action::EditJob
        | Action::Duplicate | Action::PauseAll | Action::PauseModel | Action::Mark | Action::MarkAll | Action::Unmark
        | Action::Filter | Action::KeepFilter | Action::DropFilter | Action::Clear | Action::ClearAll
        | Action::Unclear | Action::LogUp | Action::LogDown | Action::Cancel | Action::Retry | Action::Refetch
        | Action::SaveEdit | Action::DropEdit | Action::Zoom | Action::CopyPath | Action::NextPicture
        | Action::PreviousPicture | Action::ScrollDown | Action::ScrollUp => return on_jobs(state, now, action),
        Action::NextBatch | Action::PreviousBatch | Action::CycleRows | Action::PlanFile | Action::PlanForm
        | Action::PauseBatch | Action::MoreAtOnce | Action::FewerAtOnce | Action::LiftLimit | Action::StopBatch
        | Action::ExportSheet | Action::Begin | Action::PlanForth | Action::PlanBack => return on_batches(state, now, action),
        Action::GalleryLeft | Action::GalleryRight | Action::GalleryDown | Action::GalleryUp | Action::GalleryPageDown
        | Action::GalleryPageUp | Action::GalleryFirst | Action::GalleryLast | Action::OpenPicture
        | Action::SearchGallery | Action::SortGallery | Action::ListGallery | Action::MarkPicture | Action::MarkPictures
        | Action::UnmarkPictures | Action::StarPicture | Action::RejectPicture | Action::TagPicture | Action::BinPicture
        | Action::EmptyBin | Action::UndoPicture | Action::UseAll => return on_gallery(state, now, action),
        Action::MarkBoxes | Action::BoxLeft | Action::BoxRight | Action::BoxUp | Action::BoxDown | Action::BoxFarLeft
        | Action::BoxFarRight | Action::BoxFarUp | Action::BoxFarDown | Action::OtherCorner | Action::ZoomIn
        | Action::ZoomOut | Action::TypeBox | Action::TypePercent | Action::AddBox | Action::RemoveBox
        | Action::NextBox | Action::NextCanvas | Action::PreviousCanvas | Action::BareBoxes => on_boxes(state, now, action),
        Action::AddSwatch | Action::RemoveSwatch | Action::TypeSwatch | Action::MoreShare | Action::LessShare
        | Action::LockSwatch | Action::Balance | Action::Extract | Action::ExtractMore
        | Action::ExtractFewer => return on_swatches(state, now, action),
        Action::Facts | Action::Closer | Action::Farther | Action::WholePicture | Action::PanLeft | Action::PanRight
        | Action::PanUp | Action::PanDown | Action::OpenOutside | Action::CopyScp | Action::CopyCommand | Action::Compare | Action::Flip
        | Action::CompareWay | Action::KeepFirst | Action::KeepSecond | Action::EditMeant => return on_pictures(state, now, action),
        Action::Vary | Action::Rerun | Action::SendAgain | Action::RollAgain | Action::BranchOff | Action::NameJob
        | Action::HideJob | Action::LookCloser | Action::PageDown | Action::PageUp | Action::HalfDown | Action::HalfUp
        | Action::FindJob => return on_lineage(state, now, action),
        Action::OtherGraphics | Action::Theme | Action::GiveKey | Action::Commands | Action::Jump | Action::Help | Action::Redraw | Action::Suspend
        | Action::Interrupt | Action::Quit => return on_app(state, now, action),
        Action::Accept | Action::Yes | Action::Close | Action::CompleteEntry | Action::NextEntry
        | Action::PreviousEntry | Action::NextPage | Action::PreviousPage => return in_dialog(state, now, action),
    }
    Effects::new()
}

/// What is done with the studio as a whole.
fn on_app(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::Theme => looks::open(state),
        Action::GiveKey => welcome::open(state),
        Action::Commands => commands::open(state),
        Action::Jump => state.dialog = Some(Dialog::Jump),
        Action::Help => state.dialog = Some(Dialog::Help(HelpPage::default())),
        Action::OtherGraphics => return vec![Effect::OtherGraphics],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Interrupt => return dialog::interrupt(state, now),
        Action::Quit => return dialog::quit(state),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// What is done in dialogs.
fn in_dialog(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::Accept => return dialog::accept(state, now),
        Action::Yes => return dialog::yes(state, now),
        Action::Close => dialog::close(state),
        Action::CompleteEntry => picture_entry::complete(state),
        Action::NextEntry => dialog::step(state, 1),
        Action::PreviousEntry => dialog::step(state, -1),
        Action::NextPage => dialog::step(state, 10),
        Action::PreviousPage => dialog::step(state, -10),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// What is done with the request: its settings, its pictures, what its prompt stands for.
fn on_form(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::NextField => settings::select(state, 1),
        Action::PreviousField => settings::select(state, -1),
        Action::Increase => settings::nudge(state, now, 1),
        Action::Decrease => settings::nudge(state, now, -1),
        Action::EditField => settings::edit(state, now),
        Action::CommitField => settings::commit(state, now),
        Action::AbandonField => settings::abandon(state),
        Action::SnapField => settings::snap(state, now),
        Action::ResetField => settings::reset(state),
        Action::RandomSeed => settings::random_seed(state),
        Action::KeepSeed => settings::keep_seed(state, now),
        Action::NextReference => references::select(state, 1),
        Action::PreviousReference => references::select(state, -1),
        Action::AddReference => references::open(state),
        Action::ChangeReference => references::change(state),
        Action::RemoveReference => references::remove(state, now),
        Action::LowerReference => references::shift(state, 1),
        Action::RaiseReference => references::shift(state, -1),
        Action::EditPicture if state.screen == Screen::Gallery => gallery::edit_from(state, now),
        Action::EditPicture => references::take_shown(state, now),
        Action::WordsAlone => references::words_alone(state, now),
        Action::ShowExpansion => return expansion::open(state),
        Action::UnfoldAll => expansion::unfold(state, Unfold::All),
        Action::UnfoldOne => expansion::unfold(state, Unfold::One),
        Action::UnfoldOff => expansion::unfold(state, Unfold::Off),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// What helps to fill the form: finding pictures and naming them, choosing a model, rewritten prompts, what it costs.
fn on_helps(state: &mut State, now: Now, action: Action) {
    match action {
        Action::BrowseReferences => browser::open(state, Shelf::Folders),
        Action::MadeReferences => browser::open(state, Shelf::Made),
        Action::BrowseUp => browser::up(state),
        Action::BrowseMark => browser::mark(state, now),
        Action::BrowseFilter => browser::filter(state),
        Action::BrowseShelf => browser::turn(state),
        Action::RaiseSeed => settings::raise_seed(state, now),
        Action::PickModel => models::open(state),
        Action::LoadRecipe => recall::name_file(state),
        Action::Advise => advice::open(state),
        Action::OtherModel => advice::other(state),
        Action::ShowRewrite => rewrite::open(state, now),
        Action::FreezeRewrite => rewrite::freeze(state, now),
        Action::ShowCost => state.dialog = Some(Dialog::Cost),
        Action::NextMention => mention::step(state, 1),
        Action::PreviousMention => mention::step(state, -1),
        Action::TakeMention => mention::take(state),
        Action::CloseMention => mention::close(state),
        // `act` sends nothing else here.
        _ => {}
    }
}

/// From screen to screen, and from pane to pane.
fn go(state: &mut State, now: Now, action: Action) {
    let screen = match action {
        Action::NextPane => return panes::step(state, now, 1),
        Action::PreviousPane => return panes::step(state, now, -1),
        Action::ShowCompose => Screen::Compose,
        Action::ShowQueue => Screen::Queue,
        Action::ShowGallery => Screen::Gallery,
        Action::ShowHistory => Screen::History,
        Action::ShowBatch => Screen::Batch,
        _ => state.previous,
    };
    panes::show(state, screen);
}

/// What is done with batches, and with plans of them.
fn on_batches(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::NextBatch => batches::select_by(state, 1),
        Action::PreviousBatch => batches::select_by(state, -1),
        Action::CycleRows => batches::cycle(state),
        Action::PlanFile => plan::name_file(state),
        Action::PlanForm => return plan::form(state, now, Vec::new()),
        Action::PauseBatch => return batches::pause(state, now),
        Action::MoreAtOnce => return batches::at_once(state, now, 1),
        Action::FewerAtOnce => return batches::at_once(state, now, -1),
        Action::LiftLimit => return batches::unlimited(state, now),
        Action::StopBatch => batches::stop(state, now),
        Action::ExportSheet => return batches::sheet(state, now),
        Action::Begin => return plan::begin(state, now),
        Action::PlanForth => plan::scroll(state, 1, true),
        Action::PlanBack => plan::scroll(state, -1, true),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// What is done with the texts, and with those that were sent before.
fn on_texts(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::Insert => state.typing = state.pane.is_text(),
        Action::Normal => {
            state.typing = false;
            state.editor_mut(state.pane).unmark();
        }
        Action::Undo => texts::undo(state, now),
        Action::Redo => texts::redo(state, now),
        Action::SetMark => texts::mark(state),
        Action::CopyText => return texts::copy(state, now),
        Action::OpenEditor => return texts::open_editor(state),
        Action::SearchHistory => history::open(state),
        Action::Peek => history::peek(state),
        Action::PeekDown => history::scroll(state, 5),
        Action::PeekUp => history::scroll(state, -5),
        Action::DropParent => recall::drop_parent(state, now),
        // The match above sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// What is done with jobs and their pictures, and with the list of them.
fn on_jobs(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::NextJob => jobs::select_by(state, 1),
        Action::PreviousJob => jobs::select_by(state, -1),
        Action::FirstJob => jobs::select_at(state, 0),
        Action::LastJob => jobs::select_at(state, usize::MAX),
        Action::Recall => jobs::recall(state, now),
        Action::LookAgain => return jobs::look_again(state, now),
        Action::Hold => return turns::hold(state, now),
        Action::ToFront => return turns::to_front(state, now),
        Action::RaiseJob => return turns::shift(state, now, -1),
        Action::LowerJob => return turns::shift(state, now, 1),
        Action::EditJob => return edit::begin(state, now),
        Action::SaveEdit => return edit::save(state, now),
        Action::DropEdit => return edit::leave(state, now),
        Action::Duplicate => return jobs::duplicate(state, now),
        Action::PauseAll => return turns::pause(state, now),
        Action::PauseModel => return turns::pause_model(state, now),
        Action::Mark => marks::toggle(state),
        Action::MarkAll => marks::all(state),
        Action::Unmark => marks::none(state),
        Action::Filter => filter::open(state),
        Action::KeepFilter => return filter::keep(state, now),
        Action::DropFilter if state.screen == Screen::History => lineage::show_all(state),
        Action::DropFilter => filter::drop(state),
        Action::Clear => return clear::ended(state, now),
        Action::ClearAll => return clear::all(state, now),
        Action::Unclear => return clear::back(state, now),
        Action::LogUp => log::scroll(state, 1),
        Action::LogDown => log::scroll(state, -1),
        Action::Cancel => return jobs::cancel(state, now),
        Action::Retry => jobs::retry(state, now),
        Action::Refetch => return jobs::refetch(state, now),
        Action::NextPicture if state.screen == Screen::Gallery => gallery::step(state, 1),
        Action::PreviousPicture if state.screen == Screen::Gallery => gallery::step(state, -1),
        Action::NextPicture => preview::turn(state, 1),
        Action::PreviousPicture => preview::turn(state, -1),
        Action::ScrollDown => viewer::scroll(state, 1),
        Action::ScrollUp => viewer::scroll(state, -1),
        Action::Zoom => viewer::open(state, now),
        Action::CopyPath if state.screen == Screen::Gallery => return gallery::copy_path(state, now),
        Action::CopyPath => return preview::copy_path(state, now),
        // The match above sends nothing else here.
        _ => {}
    }
    Effects::new()
}
