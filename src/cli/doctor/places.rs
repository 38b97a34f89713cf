//! The directories: there, writable, how much room is left, and who works there.

use std::path::Path;

use rustix::fs::{Access, access, statvfs};

use crate::config::Config;
use crate::engine::Engine;

use super::super::desk;
use super::Check;

/// Less room than this for pictures is worth a word: some twenty of the largest.
const SCARCE: u64 = 500 << 20;

/// Each place of ours, and who works on the jobs kept there.
pub fn checks(config: &Config) -> Vec<Check> {
    let paths = &config.paths;
    let places = [
        ("config", &paths.config, Access::READ_OK),
        ("data", &paths.data, Access::WRITE_OK),
        ("state", &paths.state, Access::WRITE_OK),
        ("cache", &paths.cache, Access::WRITE_OK),
        ("pictures", &paths.pictures, Access::WRITE_OK),
    ]
    .map(|(name, path, needs)| check(name, path, needs));
    places.into_iter().chain(worker(config)).collect()
}

/// Who does the work; not said where it is not known which service is meant.
fn worker(config: &Config) -> Option<Check> {
    let places = desk::places(config).ok()?;
    let text = match Engine::holder(&places) {
        Some(holder) => format!("{holder}, for {}", places.service),
        None => format!("none now; the next order for {} starts one", places.service),
    };
    Some(Check::good("worker", text))
}

fn check(name: &'static str, path: &Path, needs: Access) -> Check {
    // What is not there yet is made in the nearest directory that is.
    let Some(there) = path.ancestors().find(|path| path.exists()) else {
        return Check::bad(name, 1, format!("{} cannot be reached", path.display()), "");
    };
    let new = if there == path { "" } else { ", made when needed" };
    if !there.is_dir() || access(there, needs | Access::EXEC_OK).is_err() {
        let text = format!("{} cannot be used: see {}", path.display(), there.display());
        return Check::bad(name, 1, text, "Give yourself the right to write there, or set PINXIT_HOME elsewhere.");
    }
    let room = statvfs(there).map(|facts| facts.f_bavail.saturating_mul(facts.f_frsize));
    let left = room.as_ref().map_or(String::new(), |room| format!(", {} free", size(*room)));
    let text = format!("{}{new}{left}", path.display());
    match room {
        Ok(room) if room < SCARCE && name != "config" => Check::note(name, text, "Little room is left."),
        _ => Check::good(name, text),
    }
}

/// `1.4 GB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_place_that_is_not_there_yet_is_judged_by_where_it_will_be() {
        let home = tempfile::tempdir().unwrap();
        let new = check("data", &home.path().join("a/b"), Access::WRITE_OK);
        assert!(new.verdict != Verdict::Bad && new.text.contains("made when needed"), "{new:?}");
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let blocked = check("data", &file.join("b"), Access::WRITE_OK);
        assert_eq!((blocked.verdict, blocked.exit), (Verdict::Bad, 1), "{blocked:?}");
    }

    #[test]
    fn room_is_told_in_the_unit_that_fits() {
        assert_eq!((size(12_345_678).as_str(), size(1_440_000_000).as_str()), ("12 MB", "1.4 GB"));
    }
}
