//! `pinxit doctor --restore`: a damaged data store, and its last good copy put in its place.

use crate::config::Config;
use crate::domain::{Fault, FaultKind};
use crate::engine::Engine;
use crate::store::{Restored, StoreError, check_store, restore};

use super::super::{desk, print};

/// Puts the copy in place and says what that means; refuses while the store is whole, or somebody works there.
pub fn run(config: &Config) -> anyhow::Result<u8> {
    let data = &config.paths.data;
    match check_store(data) {
        Ok(_) => {
            let message = "The data store is whole: nothing was put back.";
            return Err(Fault::new(FaultKind::Invalid, "store_whole", message).into());
        }
        Err(StoreError::Damaged { .. }) => {}
        Err(other) => return Err(other.into()),
    }
    if let Some((_, holder)) = Engine::holders(data).into_iter().next() {
        let message = format!("Another pinxit is at work here ({holder}).");
        let hint = "Stop it, and leave every studio, before the data store is put back.";
        return Err(Fault::new(FaultKind::Invalid, "worker_busy", message).hint(hint).into());
    }
    let now = desk::now();
    let Restored { copy, aside, waiting } = restore(data, now)?;
    print::line(format!("put back: {}, {} old", copy.path.display(), copy.age(now)))?;
    print::line(format!("kept: the damaged files, in {}", aside.display()))?;
    let jobs = match waiting {
        0 => "Everything is paused: ".to_owned(),
        1 => "Everything is paused: 1 job waits, and may have been sent and billed since; ".to_owned(),
        many => format!("Everything is paused: {many} jobs wait, and may have been sent and billed since; "),
    };
    print::line(format!("{jobs}look first, then `pinxit queue resume`."))?;
    print::line(
        "Pictures are not in the store: they are where they were. Tasks of the last 24 hours that the copy does not know\n\
         are listed by `pinxit rescue`; `pinxit fetch TASK` brings the pictures of one.",
    )?;
    Ok(0)
}
