//! Records of a file on disk, and files given others in one step.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::super::decode;
use super::{Record, Unusable, Unwritable, records};

/// The texts of a picture file.
///
/// # Errors
/// [`Unusable`] for what cannot be read or is no picture of a kind we know.
pub fn open(path: &Path) -> Result<Vec<Record>, Unusable> {
    let bytes = decode::read(path)?;
    super::known(&bytes)?;
    Ok(records(&bytes))
}

/// Changes a file in one step: whoever looks sees the old one or the new one, whole. Its rights stay. Says whether it changed.
///
/// # Errors
/// As `change` says, or the disk; the file is then as it was.
pub fn rewrite(path: &Path, change: impl FnOnce(&[u8]) -> Result<Vec<u8>, Unwritable>) -> Result<bool, Unwritable> {
    // A link stays a link.
    let path = path.canonicalize()?;
    let bytes = decode::read(&path)?;
    let changed = change(&bytes)?;
    if changed == bytes {
        return Ok(false);
    }
    let directory = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::Builder::new().prefix(".pinxit-").tempfile_in(directory)?;
    file.write_all(&changed)?;
    file.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|refused| refused.error)?;
    File::open(directory).and_then(|directory| directory.sync_all())?;
    Ok(true)
}
