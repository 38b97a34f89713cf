//! `pinxit emulator`: the local stand-in for the service, until it is stopped.

use std::io::{self, Write};
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;

use crate::domain::{Fault, FaultKind};
use crate::emulator::{Delays, Emulator, FaultRule, Options, Region, Scope, Variants};

use super::print;
use super::signals::{self, HangUp};

const EXAMPLES: &str = "\
The first line on stdout is the base address. Any key that starts with sk- is
taken, unless --key names one.
What was asked, billed and delivered is counted at /__ledger of the same host.
Faults can be added while it runs: POST a rule to /__faults, GET them, DELETE
them all.

Scopes: submit poll list cancel policy upload file connection
Faults: lost_reply half_reply cut_reply same_poll stale_poll task_unknown
  truncated_png xml_for_png wrong_bytes jpeg expired_url reset; as JSON: refuse
  html late task_failed partial_failure stream_cut stream_error closed trickle
Variants: unknown_model_404 failure_on_top qwen_image_max_async wan27_async
  wan_one_choice qwen_choice_each canceled_times cancelled_spelling early_times
  retry_after large_data_uris wan26_t2i_edits qwen2_async qwen2_snaps
  wan27_strict loose_sizes small_sizes short_series oss_header_inspection
  sse_pair sse_crlf sse_pings sse_finished sse_error_status small_pages
  list_delay_ms=MS foreign_tasks=N

Examples:
  pinxit emulator --port 8787
  pinxit emulator --latency 0 --key sk-right
  pinxit emulator --fault submit:lost_reply:1 --fault file:wrong_bytes:2
  pinxit emulator --fault \\
  '{\"scope\":\"submit\",\"fault\":{\"refuse\":{\"status\":500,\"code\":\"InternalError\"}}}'
  pinxit emulator --rates --variant wan27_async=false
";

/// The flags of `emulator`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct EmulatorArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// The one key that is right (of a stand-in: no secret)
    #[arg(long)]
    pub key: Option<String>,
    /// How long a task takes: a quarter of it waiting, the rest painting
    #[arg(long, value_name = "MS")]
    pub latency: Option<u64>,
    /// Fixes ids and signatures
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Keep the service's rates: too much is answered with 429, tasks queue
    #[arg(long)]
    pub rates: bool,
    /// Stand in one region, with its rates and models only: ap-southeast-1, cn-beijing, us-east-1, eu-central-1
    #[arg(long = "as", value_name = "REGION", value_parser = region)]
    pub stands_in: Option<Region>,
    /// Something that goes wrong: SCOPE:FAULT[:COUNT], or a rule as JSON; repeat for more
    #[arg(long = "fault", value_name = "RULE", value_parser = rule)]
    pub faults: Vec<FaultRule>,
    /// Another reading of an unclear point: NAME, NAME=false or NAME=NUMBER; repeat for more
    #[arg(long = "variant", value_name = "NAME")]
    pub variants: Vec<String>,
}

fn region(text: &str) -> Result<Region, String> {
    let known = Region::ALL.iter().copied().find(|region| region.id() == text);
    known.ok_or_else(|| format!("one of {}", Region::ALL.map(Region::id).join(", ")))
}

/// Reads `submit:lost_reply:1`, or what `POST /__faults` takes.
fn rule(text: &str) -> Result<FaultRule, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    let word = |text: &str| serde_json::Value::String(text.to_owned());
    let mut parts = text.splitn(3, ':');
    let scope: Scope = serde_json::from_value(word(parts.next().unwrap_or_default())).map_err(|e| e.to_string())?;
    let name = parts.next().ok_or("SCOPE:FAULT[:COUNT]")?;
    let fault = serde_json::from_value(word(name)).map_err(|error| error.to_string())?;
    let rule = FaultRule::new(scope, fault);
    match parts.next() {
        None => Ok(rule),
        Some(count) => count.parse().map(|count| rule.times(count)).map_err(|_| format!("{count} is no count")),
    }
}

/// The readings chosen by name, the others as ever.
fn variants(chosen: &[String]) -> Result<Variants, Fault> {
    let wrong = |name: &str, why: String| {
        Fault::new(FaultKind::Invalid, "variant", format!("--variant {name} is not understood: {why}."))
    };
    let mut all = Variants::default();
    for text in chosen {
        let (name, value) = text.split_once('=').unwrap_or((text, "true"));
        let value: serde_json::Value =
            value.parse().map_err(|_| wrong(text, "true, false or a number behind =".into()))?;
        let mut named = serde_json::to_value(all).map_err(|error| wrong(text, error.to_string()))?;
        named[name] = value;
        all = serde_json::from_value(named).map_err(|error| wrong(text, error.to_string()))?;
    }
    Ok(all)
}

/// Runs until Ctrl+C or TERM.
pub fn run(args: &EmulatorArgs) -> anyhow::Result<u8> {
    let mut options = Options {
        port: args.port,
        key: args.key.clone(),
        faults: args.faults.clone(),
        seed: args.seed,
        variants: variants(&args.variants)?,
        rates: args.rates,
        region: args.stands_in,
        ..Options::default()
    };
    if let Some(latency) = args.latency {
        let pending = Duration::from_millis(latency / 4);
        options.delays = Delays::After { pending, running: Duration::from_millis(latency) - pending };
    }
    let (bell, rung) = mpsc::channel();
    signals::watch(HangUp::Stops, move || bell.send(()).is_ok())?;
    let emulator = Emulator::spawn(options).map_err(|e| {
        if e.kind() == io::ErrorKind::InvalidInput {
            return Fault::new(FaultKind::Invalid, "fault", format!("A --fault can never happen: {e}."));
        }
        let message = format!("The emulator cannot listen on port {} of 127.0.0.1: {e}.", args.port);
        Fault::new(FaultKind::Other, "listen", message).hint("Choose another --port, or leave it out.")
    })?;
    let base_url = emulator.base_url();
    print::line(&base_url)?;
    io::stdout().flush()?;
    print::say("In another shell:");
    print::say(format!("  export DASHSCOPE_HTTP_BASE_URL={base_url}"));
    print::say(format!("  export DASHSCOPE_API_KEY={}", args.key.as_deref().unwrap_or("sk-emulator")));
    print::say("  pinxit");
    print::say("Ctrl+C ends it.");
    // The other end is held by the signals' thread: an error means it is gone, and so should we be.
    let _ = rung.recv();
    Ok(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_three_words_or_json() {
        let short = rule("file:wrong_bytes:2").unwrap();
        let long = rule(r#"{"scope":"file","fault":"wrong_bytes","count":2}"#).unwrap();
        assert_eq!(short, long);
        assert_eq!(rule("poll:same_poll").unwrap().count, None);
        for wrong in ["", "file", "file:nothing", "shelf:jpeg", "file:jpeg:many", "{}", "submit:refuse"] {
            assert!(rule(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn variants_are_switched_by_name() {
        let chosen = variants(&["sse_crlf".into(), "wan27_async=false".into()]).unwrap();
        assert_eq!(chosen, Variants { sse_crlf: true, wan27_async: false, ..Variants::default() });
        assert!(variants(&["nonsense".into()]).unwrap_err().message.contains("nonsense"));
        for wrong in ["sse_crlf=maybe", "sse_crlf=1", "list_delay_ms", "foreign_tasks=-1"] {
            assert!(variants(&[wrong.into()]).is_err(), "{wrong}");
        }
        let counted = variants(&["list_delay_ms=3000".into(), "foreign_tasks=2".into()]).unwrap();
        assert_eq!(counted, Variants { list_delay_ms: 3000, foreign_tasks: 2, ..Variants::default() });
    }

    #[test]
    fn every_variant_stands_in_the_help() {
        let all = serde_json::to_value(Variants::default()).unwrap();
        for name in all.as_object().unwrap().keys() {
            assert!(EXAMPLES.contains(name.as_str()), "{name}");
        }
    }
}
