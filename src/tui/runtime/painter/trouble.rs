//! Why a picture cannot be shown, and what to do.

use std::io;
use std::path::Path;

use crate::domain::{Fault, FaultKind, text};
use crate::picture::Unusable;

/// The fault of a file that is no picture to us.
pub(super) fn unusable(path: &Path, error: &Unusable) -> Fault {
    let kind = match error {
        Unusable::Io(error) => error.kind(),
        _ => io::ErrorKind::Other,
    };
    let (words, hint) = match kind {
        io::ErrorKind::NotFound => (
            format!("The file was moved or deleted: {}.", path.display()),
            "Put it back, or make it again from its prompt and settings.",
        ),
        io::ErrorKind::PermissionDenied => {
            (format!("You may not read {}.", path.display()), "Give yourself the right to read it, then open it again.")
        }
        _ => (format!("{} cannot be shown: {error}.", path.display()), "The file is left as it is."),
    };
    Fault::new(FaultKind::Other, "picture_unusable", text::clean(&words)).hint(hint)
}
