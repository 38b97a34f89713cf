//! The data store: whole, copied, and on a disk of this machine.

use std::path::Path;

use crate::config::Config;
use crate::domain::{Fault, Now};
use crate::store::{check_store, good_copies, network_of};

use super::Check;

/// What is known of the database and its copies.
pub fn checks(config: &Config, now: Now) -> Vec<Check> {
    let data = &config.paths.data;
    [Some(database(data, now)), disk(data)].into_iter().flatten().collect()
}

fn database(data: &Path, now: Now) -> Check {
    let copy = good_copies(data)
        .pop()
        .map(|copy| format!("the last good copy is {} old: {}", copy.age(now), copy.path.display()));
    let copy = copy.unwrap_or_else(|| "no copy yet; one is made each day there is work".into());
    match check_store(data) {
        Ok(true) => Check::good("store", format!("whole; {copy}")),
        Ok(false) => Check::good("store", "none yet, made when needed"),
        Err(error) => {
            let fault = Fault::from(error);
            Check::bad("store", fault.kind.exit(), fault.message, fault.hint)
        }
    }
}

fn disk(data: &Path) -> Option<Check> {
    let name = network_of(data)?;
    let hint = "It works, slower. Two machines at once on one data directory see each other's news late.\n\
                PINXIT_HOME on a disk of this machine is better.";
    Some(Check::note("disk", format!("the data directory is on {name}: no write-ahead log there"), hint))
}
