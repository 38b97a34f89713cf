//! `pinxit worker status`: who works on the jobs of this service, and on what.

use serde_json::{Value, json};

use crate::config::Flags;
use crate::domain::{Fault, FaultKind, Phase, text};
use crate::engine::{Engine, Holder};
use crate::store::{Paused, Places, Store};

use super::super::{desk, print};
use super::log;

/// What there is to do.
#[derive(Debug, Default)]
struct Work {
    live: usize,
    waiting: usize,
    paused: Paused,
}

impl Work {
    /// Reads it. A store that another version keeps is not touched for it.
    fn of(places: &Places) -> Result<Work, Fault> {
        if !places.data.exists() {
            return Ok(Work::default());
        }
        if let Some(found) = Store::pending(places)? {
            let message = format!("The data store has version {found}; the next command brings it up to date.");
            return Err(Fault::new(FaultKind::Other, "store_older", message));
        }
        let store = Store::open(places)?;
        let is_live = |phase: &Phase| phase.is_live();
        let live: Vec<Phase> = Phase::ALL.into_iter().filter(is_live).collect();
        Ok(Work {
            live: store.jobs_in(&live)?.len(),
            waiting: store.jobs_in(&[Phase::Queued])?.len(),
            paused: store.paused()?,
        })
    }

    /// `2 at work, 3 waiting`
    fn words(&self) -> String {
        let paused = match &self.paused {
            paused if paused.all => ", all paused".to_owned(),
            paused if paused.models.is_empty() => String::new(),
            paused => {
                let models: Vec<&str> = paused.models.iter().map(|model| model.as_str()).collect();
                format!(", paused: {}", models.join(", "))
            }
        };
        format!("{} at work, {} waiting{paused}", self.live, self.waiting)
    }
}

/// Tells; the exit code.
pub fn tell(flags: &Flags, json: bool) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let places = desk::places(&config)?;
    let holder = Engine::holder(&places);
    let work = Work::of(&places);
    let log = log::path(&config);
    if json {
        let log = Some(log).filter(|log| log.exists());
        print::json(&json!({
            "schema": "pinxit.worker/1",
            "running": holder.is_some(),
            "worker": holder.as_ref().map(about),
            "service": places.service,
            "data": places.data,
            "log": log,
            "live": work.as_ref().ok().map(|work| work.live),
            "waiting": work.as_ref().ok().map(|work| work.waiting),
            "paused": work.as_ref().ok().map(|work| json!({"all": work.paused.all, "models": work.paused.models})),
            "trouble": work.as_ref().err().map(|fault| &fault.message),
        }))?;
        return Ok(0);
    }
    match &holder {
        Some(holder) => print::line(format!("{:<8} {holder}, for {}", "worker", places.service))?,
        None => print::line(format!("{:<8} none runs for {}; the next order starts one", "worker", places.service))?,
    }
    if holder.as_ref().is_some_and(|holder| !holder.is_same_version()) {
        let ours = env!("CARGO_PKG_VERSION");
        print::line(format!("{:<8} it is another version than this one ({ours}); when idle it is replaced", "note"))?;
    }
    match &work {
        Ok(work) => print::line(format!("{:<8} {}", "jobs", work.words()))?,
        Err(fault) => print::line(format!("{:<8} {}", "jobs", text::clean(&fault.message)))?,
    }
    print::line(format!("{:<8} {}", "data", places.data.display()))?;
    if log.exists() {
        print::line(format!("{:<8} {}", "log", log.display()))?;
    }
    Ok(0)
}

fn about(holder: &Holder) -> Value {
    json!({
        "pid": holder.pid,
        "version": holder.version,
        "same_version": holder.is_same_version(),
        "schema_version": holder.schema,
        "host": holder.host,
        "since": holder.since,
    })
}
