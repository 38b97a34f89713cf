//! Key, address, clock and connection.

use std::time::Duration;

use crate::api::{Client, Endpoint};
use crate::catalog::Prefer;
use crate::config::{Class, Config, address};
use crate::domain::{Fault, FaultKind, Stamp};

use super::super::desk;
use super::Check;

/// The program is younger than this moment, 2026-01-01: a clock before it is wrong, and certificates will not hold.
const YOUNGEST: Stamp = Stamp(1_767_225_600_000);
/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(15);

/// All of them.
pub fn checks(config: &Config, now: Stamp) -> Vec<Check> {
    vec![key(config), place(config), way(config), clock(now), network(config)]
}

/// Which way to a model is tried first.
fn way(config: &Config) -> Check {
    let what = match config.settings.prefer {
        Prefer::Durable => "durable: a task, which outlives a dropped line",
        Prefer::Fast => "fast: the answer in the same request",
    };
    Check::good("route", format!("{what}; the others after it"))
}

fn key(config: &Config) -> Check {
    let found = match desk::key(config) {
        Ok(key) => key,
        Err(fault) => return Check::bad("key", fault.kind.exit(), fault.message, fault.hint),
    };
    let text = format!("{} ({})", found.masked(), found.origin);
    match found.class() {
        Class::Standard => Check::good("key", format!("standard, {text}")),
        _ => Check::note("key", text, "Keys of the service begin with sk-: this one may be something else."),
    }
}

fn place(config: &Config) -> Check {
    let region = config.settings.region;
    let base_url = match config.settings.base_url() {
        Ok(base_url) => base_url,
        Err(fault) => return Check::bad("address", fault.kind.exit(), fault.message, fault.hint),
    };
    let text = format!("{base_url}, region {} ({})", region.id(), region.city());
    match address::region_of(&base_url) {
        Some(host) if host != region => {
            let hint = format!("The address is {}'s: keys and prices of regions are not interchangeable.", host.city());
            Check::note("address", text, hint)
        }
        _ if address::is_local(&base_url) => Check::good("address", format!("{text}; this machine: an emulator")),
        _ => Check::good("address", text),
    }
}

fn clock(now: Stamp) -> Check {
    match now >= YOUNGEST {
        true => Check::good("clock", "plausible"),
        false => Check::note("clock", "before 2026: certificates will be refused", "Set the system's clock."),
    }
}

fn network(config: &Config) -> Check {
    let endpoint = config.settings.base_url().and_then(|base_url| {
        let key = desk::key(config)?.secret.clone();
        Ok(Endpoint { base_url, key })
    });
    let Ok(endpoint) = endpoint else {
        return Check::note("network", "not tried: key or address are missing", "");
    };
    match ping(endpoint) {
        Ok(span) => Check::good("network", format!("the service answers in {} ms", span.as_millis())),
        Err(fault) => Check::bad("network", fault.kind.exit(), fault.message, fault.hint),
    }
}

fn ping(endpoint: Endpoint) -> Result<Duration, Fault> {
    let own = |e: std::io::Error| Fault::new(FaultKind::Other, "runtime", format!("No connection can be tried: {e}."));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(own)?;
    runtime.block_on(async {
        let client = Client::new(endpoint)?;
        tokio::time::timeout(PATIENCE, client.ping()).await.unwrap_or_else(|_| {
            let message = format!("The service did not answer within {} s.", PATIENCE.as_secs());
            Err(Fault::new(FaultKind::Network, "no_answer", message).hint("Check the network, or a proxy in between."))
        })
    })
}
