//! Panics while the screen is ours: recorded, and told when the terminal is back.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use crate::domain::{Fault, FaultKind, text};

/// Reports kept: the first is the cause, the rest are seldom more than its echo.
const REPORTS_MAX: usize = 4;

static RECORDING: AtomicBool = AtomicBool::new(false);
static REPORTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// While this lives panics print nothing and are recorded.
#[derive(Debug)]
pub(super) struct Recording(());

impl Recording {
    /// Starts recording.
    pub fn start() -> Recording {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| match RECORDING.load(Ordering::SeqCst) {
                true => record(info),
                false => usual(info),
            }));
        });
        RECORDING.store(true, Ordering::SeqCst);
        Recording(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORDING.store(false, Ordering::SeqCst);
    }
}

fn record(info: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let report = format!(
        "thread {} failed at {place}: {}\n{}",
        thread.name().unwrap_or("?"),
        text::clean(&said(info.payload())),
        Backtrace::force_capture()
    );
    let mut reports = REPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    if reports.len() < REPORTS_MAX {
        reports.push(report);
    }
}

/// What panicked while the screen was ours: message, place and backtrace of each. For `main` to print once the terminal
/// is back. `None` when nothing did; the next call has none.
pub fn take_panic_report() -> Option<String> {
    let reports = std::mem::take(&mut *REPORTS.lock().unwrap_or_else(PoisonError::into_inner));
    (!reports.is_empty()).then(|| reports.join("\n"))
}

/// The words of a panic.
fn said(payload: &(dyn std::any::Any + Send)) -> String {
    let words = payload.downcast_ref::<&str>().map(|words| (*words).to_owned());
    words.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}

/// A panic as a fault: `doing` what.
pub(super) fn fault(payload: &(dyn std::any::Any + Send), doing: &str) -> Fault {
    let message = format!("pinxit made a mistake while {doing}: {}.", text::clean(&said(payload)));
    Fault::new(FaultKind::Other, "panic", message).hint("Jobs and pictures are safe in the store; please report this.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_recorded_with_its_place_and_told_once() {
        let recording = Recording::start();
        let payload = std::panic::catch_unwind(|| panic!("the ink ran \x1b[31mout")).expect_err("it panics");
        drop(recording);
        let report = take_panic_report().expect("a report");
        assert!(report.contains("the ink ran ␛[31mout") && report.contains("panic.rs"), "{report}");
        assert!(!take_panic_report().is_some_and(|report| report.contains("the ink ran")));
        let fault = fault(payload.as_ref(), "drawing");
        assert!(fault.message.contains("while drawing: the ink ran ␛[31mout"), "{fault}");
        assert_eq!(fault.kind.exit(), 1);
    }
}
