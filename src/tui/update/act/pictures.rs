//! What is asked about pictures: on the shelf, on the whole screen, side by side, in their families; boxes on them, and
//! colours out of them.

use super::super::{Effects, again, boxes, command, compare, gallery, lineage, picture_marks, swatches, viewer};
use crate::domain::Now;
use crate::tui::action::Action;
use crate::tui::state::State;

/// What is done in the gallery.
pub(super) fn on_gallery(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::GalleryLeft => gallery::step(state, -1),
        Action::GalleryRight => gallery::step(state, 1),
        Action::GalleryDown => gallery::step_row(state, 1),
        Action::GalleryUp => gallery::step_row(state, -1),
        Action::GalleryPageDown => gallery::turn(state, 1),
        Action::GalleryPageUp => gallery::turn(state, -1),
        Action::GalleryFirst => return gallery::first(state),
        Action::GalleryLast => return gallery::last(state),
        Action::OpenPicture => gallery::open(state, now),
        Action::SearchGallery => gallery::search(state),
        Action::SortGallery => gallery::sort(state, now),
        Action::ListGallery => gallery::turn_list(state, now),
        Action::MarkPicture => picture_marks::toggle(state),
        Action::MarkPictures => return picture_marks::all(state, now),
        Action::UnmarkPictures => picture_marks::none(state),
        Action::StarPicture => return picture_marks::star(state, now),
        Action::RejectPicture => return picture_marks::reject(state, now),
        Action::TagPicture => picture_marks::open_tags(state, now),
        Action::BinPicture => return picture_marks::bin(state, now),
        Action::EmptyBin => return picture_marks::ask_to_empty(state),
        Action::UndoPicture => return picture_marks::undo(state, now),
        Action::UseAll => gallery::use_all(state, now),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// What is done with pictures on the whole screen, one or two.
pub(super) fn on_pictures(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::Facts => viewer::drawer(state),
        Action::Closer => viewer::turn_lens(state, 1),
        Action::Farther => viewer::turn_lens(state, -1),
        Action::WholePicture => viewer::whole(state),
        Action::PanLeft => viewer::pan(state, -1, 0),
        Action::PanRight => viewer::pan(state, 1, 0),
        Action::PanUp => viewer::pan(state, 0, -1),
        Action::PanDown => viewer::pan(state, 0, 1),
        Action::OpenOutside => return viewer::open_outside(state, now),
        Action::CopyScp => return viewer::copy_scp(state, now),
        Action::CopyCommand => return command::copy(state, now),
        Action::Compare => compare::choose(state, now),
        Action::Flip => compare::flip(state),
        Action::CompareWay => compare::other_way(state),
        Action::KeepFirst => return compare::keep(state, now, 0),
        Action::KeepSecond => return compare::keep(state, now, 1),
        Action::EditMeant => compare::edit(state, now),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// One more of what there is, and what is done on the history screen.
pub(super) fn on_lineage(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::Vary => again::vary(state, now),
        Action::Rerun => again::exactly(state, now),
        Action::RollAgain => again::roll(state, now),
        Action::SendAgain => return again::send(state, now),
        Action::BranchOff => lineage::branch_off(state, now),
        Action::NameJob => lineage::name(state, now),
        Action::HideJob => return lineage::hide(state, now),
        Action::LookCloser => viewer::open(state, now),
        Action::PageDown => lineage::turn(state, 1, 1),
        Action::PageUp => lineage::turn(state, -1, 1),
        Action::HalfDown => lineage::turn(state, 1, 2),
        Action::HalfUp => lineage::turn(state, -1, 2),
        Action::FindJob => lineage::find(state),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}

/// What is done with boxes on pictures.
pub(super) fn on_boxes(state: &mut State, now: Now, action: Action) {
    match action {
        Action::MarkBoxes => {
            boxes::open(state, now);
        }
        Action::BoxLeft => boxes::shift(state, -1, 0),
        Action::BoxRight => boxes::shift(state, 1, 0),
        Action::BoxUp => boxes::shift(state, 0, -1),
        Action::BoxDown => boxes::shift(state, 0, 1),
        Action::BoxFarLeft => boxes::shift(state, -boxes::FAR, 0),
        Action::BoxFarRight => boxes::shift(state, boxes::FAR, 0),
        Action::BoxFarUp => boxes::shift(state, 0, -boxes::FAR),
        Action::BoxFarDown => boxes::shift(state, 0, boxes::FAR),
        Action::OtherCorner => boxes::other_corner(state),
        Action::ZoomIn => boxes::zoom(state, 1),
        Action::ZoomOut => boxes::zoom(state, -1),
        Action::TypeBox => boxes::type_numbers(state, false),
        Action::TypePercent => boxes::type_numbers(state, true),
        Action::AddBox => boxes::add(state, now),
        Action::RemoveBox => boxes::remove(state),
        Action::NextBox => boxes::next(state),
        Action::NextCanvas => boxes::turn(state, now, 1),
        Action::PreviousCanvas => boxes::turn(state, now, -1),
        Action::BareBoxes => boxes::bare(state),
        // `act` sends nothing else here.
        _ => {}
    }
}

/// What is done with the colours of a palette.
pub(super) fn on_swatches(state: &mut State, now: Now, action: Action) -> Effects {
    match action {
        Action::AddSwatch => swatches::add(state, now),
        Action::RemoveSwatch => swatches::remove(state),
        Action::TypeSwatch => swatches::begin(state),
        Action::MoreShare => swatches::nudge(state, 100),
        Action::LessShare => swatches::nudge(state, -100),
        Action::LockSwatch => swatches::lock(state),
        Action::Balance => swatches::level(state, now),
        Action::Extract => return swatches::extract(state, now, 0),
        Action::ExtractMore => return swatches::extract(state, now, 1),
        Action::ExtractFewer => return swatches::extract(state, now, -1),
        // `act` sends nothing else here.
        _ => {}
    }
    Effects::new()
}
