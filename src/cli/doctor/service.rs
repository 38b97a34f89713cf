//! Key, address, clock and connection.

use std::time::Duration;

use secrecy::SecretString;

use crate::api::{Client, Endpoint};
use crate::catalog::Prefer;
use crate::config::{Class, Config, address};
use crate::domain::{Fault, FaultKind, Stamp, text};

use super::super::desk;
use super::{Check, Verdict};

/// The program is younger than this moment, 2026-01-01: a clock before it is wrong, and certificates will not hold.
const YOUNGEST: Stamp = Stamp(1_767_225_600_000);
/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(15);

/// A clock this far from the service's is worth a word: uploads and task windows are told by it.
const SKEW: u64 = 120;

/// All of them.
pub fn checks(config: &Config, now: Stamp) -> Vec<Check> {
    let (network, offset) = network(config);
    let key_works = network.verdict == Verdict::Good && desk::key(config).is_ok();
    vec![key(config), place(config, key_works), way(config), network, clock(now, offset)]
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
    let unused = config.paths.key_file();
    let unused = match unused.exists() && found.origin != unused.display().to_string() {
        true => format!("; it goes before the one in {}", unused.display()),
        false => String::new(),
    };
    let text = format!("{} ({}){unused}", found.masked(), found.origin);
    match found.class() {
        Class::Standard => Check::good("key", format!("standard, {text}")),
        _ => Check::note("key", text, "Keys of the service begin with sk-: this one may be something else."),
    }
}

fn place(config: &Config, key_works: bool) -> Check {
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
        _ if !key_works && config.settings.pinned("region").is_none() && base_url_is_built_in(config) => {
            let hint = "Nothing else is set. A key of another region fails here: set region in config.toml, or\n\
                        DASHSCOPE_API_REGION.";
            Check { hint: hint.to_owned(), ..Check::good("address", text) }
        }
        _ if address::is_local(&base_url) => Check::good("address", format!("{text}; this machine: an emulator")),
        _ => Check::good("address", text),
    }
}

fn base_url_is_built_in(config: &Config) -> bool {
    !config.settings.values().iter().any(|shown| shown.name == "base_url")
}

/// The clock against the service's, where it answered; else whether it can be right at all.
fn clock(now: Stamp, offset: Option<i64>) -> Check {
    if now < YOUNGEST {
        return Check::note("clock", "before 2026: certificates will be refused", "Set the system's clock.");
    }
    let Some(ahead) = offset else { return Check::good("clock", "plausible; not compared, nobody answered") };
    let seconds = ahead.unsigned_abs().div_ceil(1000);
    let side = if ahead > 0 { "behind" } else { "ahead of" };
    match seconds {
        0..=2 => Check::good("clock", "as the service's"),
        3..=SKEW => Check::good("clock", format!("{} {side} the service's", text::span(Duration::from_secs(seconds)))),
        _ => {
            let text = format!("{} {side} the service's", text::span(Duration::from_secs(seconds)));
            let hint = "Set the system's clock (timedatectl set-ntp true): with a wrong one connections and uploads are \
                        refused, and the 24 hours results are kept are counted wrong.";
            Check::note("clock", text, hint)
        }
    }
}

/// Whether the service answers, and takes the key where there is one; and how far its clock is ahead, in milliseconds.
fn network(config: &Config) -> (Check, Option<i64>) {
    let Ok(base_url) = config.settings.base_url() else {
        return (Check::note("network", "not tried: there is no address", ""), None);
    };
    let secret = desk::key(config).ok().map(|key| key.secret.clone());
    let (answer, offset) = ask(base_url, secret.clone());
    let check = match answer {
        Ok(span) if secret.is_some() => {
            Check::good("network", format!("the service answers in {} ms and takes the key", span.as_millis()))
        }
        Ok(span) => {
            Check::good("network", format!("the service answers in {} ms; the key was not tried", span.as_millis()))
        }
        Err(fault) => Check::bad("network", fault.kind.exit(), fault.message, fault.hint),
    };
    (check, offset)
}

/// The round trip, or why there is none; and how far the service's clock is ahead, where anything came back.
fn ask(base_url: String, key: Option<SecretString>) -> (Result<Duration, Fault>, Option<i64>) {
    let has_key = key.is_some();
    // A client wants a key; knocking does not send it.
    let key = key.unwrap_or_else(|| SecretString::from("sk-none"));
    let client = match Client::new(Endpoint { base_url, key }) {
        Ok(client) => client,
        Err(fault) => return (Err(fault), None),
    };
    let answer = wait(async { if has_key { client.ping().await } else { client.knock().await } });
    (answer, client.clock_offset())
}

fn wait(question: impl Future<Output = Result<Duration, Fault>>) -> Result<Duration, Fault> {
    let own = |e: std::io::Error| Fault::new(FaultKind::Other, "runtime", format!("No connection can be tried: {e}."));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(own)?;
    runtime.block_on(async {
        tokio::time::timeout(PATIENCE, question).await.unwrap_or_else(|_| {
            let message = format!("The service did not answer within {} s.", PATIENCE.as_secs());
            Err(Fault::new(FaultKind::Network, "no_answer", message).hint("Check the network, or a proxy in between."))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_measured_against_the_services() {
        let of = |offset| clock(YOUNGEST, offset);
        assert_eq!(of(Some(-1400)).text, "as the service's");
        assert_eq!(of(Some(45_000)).text, "45 s behind the service's");
        let wrong = of(Some(-600_000));
        assert_eq!((wrong.verdict, wrong.text.as_str()), (Verdict::Note, "10 min ahead of the service's"));
        assert!(wrong.hint.contains("timedatectl"), "{wrong:?}");
        assert_eq!(of(None).verdict, Verdict::Good);
        assert_eq!(clock(Stamp(0), Some(0)).verdict, Verdict::Note, "certificates are what fails first");
    }
}
