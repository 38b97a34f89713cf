//! Errors at the edge: one `error: ...` for the person, one envelope for the script, one exit code for both.

use std::ffi::OsString;
use std::io;

use crate::catalog::Violation;
use crate::domain::{Fault, FaultKind, text};
use crate::store::StoreError;

use super::batch::Faulty;
use super::envelope::Envelope;
use super::print::{self, Json};

/// A request that breaks rules of the catalogue. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("the request breaks {} of the model's rules", .0.len())]
pub struct Refused(pub Vec<Violation>);

/// Says what went wrong and tells the exit code.
pub fn report(command: &'static str, json: Option<Json>, error: &anyhow::Error) -> u8 {
    if is_closed_pipe(error) {
        return print::PIPE_CLOSED;
    }
    if let Some(faulty) = error.downcast_ref::<Faulty>() {
        return faulty.report(command, json);
    }
    let violations = error.downcast_ref::<Refused>().map_or(&[][..], |refused| &refused.0);
    let fault = fault(error);
    match violations {
        [] => tell(&fault),
        _ => violations.iter().for_each(|violation| print::say(format!("error: {}", sentence(violation)))),
    }
    if json.is_some_and(|json| json.write(&Envelope::failed(command, &fault).violations(violations)).is_err()) {
        return print::PIPE_CLOSED;
    }
    fault.kind.exit()
}

/// Says a fault to the person: what happened, then what to do.
pub fn tell(fault: &Fault) {
    print::say(format!("error: {}", text::clean_lines(&fault.message)));
    if !fault.hint.is_empty() {
        print::say(format!("  {}", text::clean_lines(&fault.hint)));
    }
    if fault.billed != crate::domain::Billed::No {
        print::say(format!("  {}", fault.billed));
    }
    if let Some(id) = &fault.request_id {
        print::say(format!("  request {}", text::clean(id)));
    }
}

/// A broken rule in one sentence: field, what is wrong, what would be legal. Who says so is for scripts.
pub fn sentence(violation: &Violation) -> String {
    let Violation { field, message, legal, .. } = violation;
    format!("{field}: {}; legal: {}", text::clean(message), text::clean(legal))
}

/// Any error as a fault.
pub fn fault(error: &anyhow::Error) -> Fault {
    if let Some(fault) = error.downcast_ref::<Fault>() {
        return fault.clone();
    }
    if let Some(Refused(violations)) = error.downcast_ref::<Refused>() {
        let code = violations.first().map_or("invalid_request", |violation| violation.rule);
        let said: Vec<_> = violations.iter().map(sentence).collect();
        return Fault::new(FaultKind::Invalid, code, said.join("\n"));
    }
    if let Some(error) = error.downcast_ref::<StoreError>() {
        return Fault::from(error);
    }
    let code = if error.downcast_ref::<io::Error>().is_some() { "file" } else { "other" };
    Fault::new(FaultKind::Other, code, format!("{error:#}"))
}

/// A command line that cannot be read, or help that was asked for.
pub fn usage(given: &[OsString], error: &clap::Error) -> u8 {
    let is_help = !error.use_stderr();
    let is_given = |flag| given.iter().skip(1).take_while(|word| *word != "--").any(|word| word == flag);
    let json = Json::of(is_given("--json"), is_given("--ndjson")).filter(|_| !is_help);
    if let Some(json) = json {
        let said = error.to_string();
        let message = said.trim_start_matches("error: ").lines().next().unwrap_or_default();
        let fault = Fault::new(FaultKind::Invalid, "usage", text::clean(message)).hint("See pinxit --help.");
        if json.write(&Envelope::failed(typed_command(given), &fault)).is_err() {
            return print::PIPE_CLOSED;
        }
    }
    match error.print() {
        Ok(()) => u8::try_from(error.exit_code()).unwrap_or(2),
        Err(_) => print::PIPE_CLOSED,
    }
}

/// The command that was meant, for the envelope of a line that could not be read.
fn typed_command(given: &[OsString]) -> &'static str {
    const NAMES: [&str; 22] = [
        "demo", "gen", "edit", "batch", "grid", "sheet", "queue", "watch", "wait", "fetch", "cancel", "rescue", "cost",
        "recipe", "meta", "models", "show", "emulator", "config", "themes", "doctor", "worker",
    ];
    given.iter().skip(1).find_map(|word| NAMES.into_iter().find(|name| word == name)).unwrap_or("studio")
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    kinds.into_iter().any(|kind| kind == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_an_exit_code() {
        let code = |error: anyhow::Error| fault(&error).kind.exit();
        assert_eq!(code(Fault::new(FaultKind::Access, "x", "y").into()), 3);
        assert_eq!(code(Refused(vec![]).into()), 2);
        assert_eq!(code(anyhow::anyhow!("odd")), 1);
        let newer = StoreError::Newer { found: 9, known: 1 };
        assert_eq!(fault(&newer.into()).code, "store_newer");
    }

    #[test]
    fn a_broken_rule_is_told_with_its_range() {
        let violation = Violation {
            field: "size".into(),
            rule: "size_pixels",
            message: "8000*8000 has 64,000,000 pixels".into(),
            legal: "589,824 to 4,194,304 pixels".into(),
            source: "contract 3.3".into(),
        };
        let fault = fault(&Refused(vec![violation]).into());
        assert_eq!(fault.code, "size_pixels");
        assert_eq!(fault.message, "size: 8000*8000 has 64,000,000 pixels; legal: 589,824 to 4,194,304 pixels");
    }

    #[test]
    fn a_reader_who_leaves_early_is_no_error() {
        let gone = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).context("writing");
        assert_eq!(report("models", Some(Json::Object), &gone), print::PIPE_CLOSED);
    }
}
