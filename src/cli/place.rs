//! Where pictures go when the user says so (`-o`), made before anything is paid.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::{Fault, FaultKind};

/// The place a path names, absolute, its directory made and found writable: better to fail before anything is paid. A name
/// with a picture's ending is the first picture's; anything else is a directory.
pub fn prepare(path: &Path) -> Result<PathBuf, Fault> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let is_name = ["png", "jpg", "jpeg", "webp"].contains(&ending.as_str()) && !path.is_dir();
    let name = path.file_name().filter(|_| is_name);
    let directory = match (name, path.parent()) {
        (Some(_), Some(parent)) if parent.as_os_str().is_empty() => Path::new("."),
        (Some(_), Some(parent)) => parent,
        _ => path,
    };
    let directory = self::directory(directory)?;
    Ok(name.map_or(directory.clone(), |name| directory.join(name)))
}

/// A directory, absolute, made and found writable.
pub fn directory(path: &Path) -> Result<PathBuf, Fault> {
    let cannot = |error: io::Error| {
        let message = format!("Pictures cannot be written to {}: {error}.", path.display());
        Fault::new(FaultKind::Invalid, "out", message)
    };
    std::fs::create_dir_all(path).map_err(cannot)?;
    tempfile::tempfile_in(path).map_err(cannot)?;
    path.canonicalize().map_err(cannot)
}
