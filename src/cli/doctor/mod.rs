//! `pinxit doctor`: what works here and what does not, each with what to do about it. Sends nothing that costs.

mod places;
mod restore;
mod screen;
mod service;
mod store;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::config::Flags;
use crate::domain::text;

use super::{desk, keys, preview, print};

const EXAMPLES: &str = "\
Examples:
  pinxit doctor
  pinxit doctor --restore          # when the data store is damaged
  pinxit doctor --json | jq '.checks[] | select(.verdict != \"good\")'

Exit codes: 0 usable, 1 a place cannot be written to, 2 the base address, 3 the
key or region, 4 the network.
";

/// The flags of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DoctorArgs {
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
    /// Put the last good copy in the place of a damaged data store, which is kept
    #[arg(long, conflicts_with = "json")]
    pub restore: bool,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// As it should be, or simply so.
    Good,
    /// Works, but worth knowing.
    Note,
    /// Does not work.
    Bad,
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    text: String,
    /// What to do; empty for nothing.
    hint: String,
    /// Exit code when this is what stands in the way.
    #[serde(skip)]
    exit: u8,
}

impl Check {
    fn good(name: &'static str, text: impl Into<String>) -> Check {
        Check { name, verdict: Verdict::Good, text: text.into(), hint: String::new(), exit: 0 }
    }

    fn note(name: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Check {
        Check { verdict: Verdict::Note, hint: hint.into(), ..Check::good(name, text) }
    }

    fn bad(name: &'static str, exit: u8, text: impl Into<String>, hint: impl Into<String>) -> Check {
        Check { verdict: Verdict::Bad, hint: hint.into(), exit, ..Check::good(name, text) }
    }
}

/// Looks at everything; the exit code says what stands in the way.
pub fn run(flags: &Flags, args: &DoctorArgs) -> anyhow::Result<u8> {
    let config = desk::configure(flags)?;
    if args.restore {
        return restore::run(&config);
    }
    let notices = config.notices.iter().map(|notice| Check::note("settings", notice.to_string(), ""));
    let (_, keys) = keys::keymap(&config);
    let keys = keys.iter().map(|notice| Check::note("keys", notice.to_string(), ""));
    let canvas = preview::of_setting(&config);
    let mut checks = screen::checks(&desk::terminal(&config), &canvas, &desk::var);
    checks.extend(places::checks(&config));
    checks.extend(store::checks(&config, desk::now()));
    checks.extend(notices.chain(keys));
    checks.extend(service::checks(&config, desk::now()));
    let exit = exit(&checks);
    if args.json {
        print::json(&json!({"schema": "pinxit.doctor/1", "ok": exit == 0, "exit": exit, "checks": checks}))?;
    } else {
        checks.iter().try_for_each(|check| print::line(row(check)))?;
        let last = if exit == 0 { "everything that is needed works" } else { "not usable yet: see above" };
        print::line(format!("\n{last}"))?;
    }
    Ok(exit)
}

/// The first thing that stands in the way, the costliest to overlook first: key before network before places.
fn exit(checks: &[Check]) -> u8 {
    let bad = |code: u8| checks.iter().any(|check| check.verdict == Verdict::Bad && check.exit == code);
    let other = checks.iter().find(|check| check.verdict == Verdict::Bad).map_or(0, |check| check.exit);
    [3, 2, 4].into_iter().find(|code| bad(*code)).unwrap_or(other)
}

fn row(check: &Check) -> String {
    let mark = match check.verdict {
        Verdict::Good => "ok ",
        Verdict::Note => "-- ",
        Verdict::Bad => "BAD",
    };
    let row = format!("{mark} {:<10} {}", check.name, text::clean(&check.text));
    match check.hint.as_str() {
        "" => row,
        hint => format!("{row}\n    {:<10} {}", "", hint.replace('\n', "\n               ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stands_in_the_way_before_the_network_and_notes_do_not() {
        let checks =
            [Check::bad("pictures", 1, "", ""), Check::bad("network", 4, "", ""), Check::bad("key", 3, "", "")];
        assert_eq!(exit(&checks), 3);
        assert_eq!(exit(&checks[..2]), 4);
        assert_eq!(exit(&checks[..1]), 1);
        assert_eq!(exit(&[Check::note("tmux", "", ""), Check::good("clock", "")]), 0);
    }

    #[test]
    fn a_row_says_how_it_is_and_what_to_do() {
        let row = row(&Check::bad("key", 3, "none \u{1b}[2J", "set it\nor not"));
        assert_eq!(row, "BAD key        none ␛[2J\n               set it\n               or not");
    }
}
