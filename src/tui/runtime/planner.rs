//! How a batch is planned, begun and written down, and how a failed row is made anew: whoever opens the studio knows. Called on a
//! thread of its own, since files are read and pictures looked at.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::ensure::Ensure;
use super::hand::Hand;
use super::panic;
use crate::domain::{BatchId, Cost, Fault, JobId, Request};
use crate::tui::msg::Msg;
use crate::tui::state::{PlanSheet, PlanSource};

/// Begins what was planned: only what its plan said is sent.
pub type Start = Box<dyn FnOnce() -> Result<BatchId, Fault> + Send>;

/// Makes a plan, and what begins it; or says everything that is wrong, a line each.
type Plan = dyn Fn(PlanSource) -> Result<(PlanSheet, Start), Vec<String>> + Send + Sync;
/// Makes a new job for the row of one that failed. The last word: it may be paid for twice.
type Replace = dyn Fn(JobId, &Request, &Cost, bool) -> Result<JobId, Fault> + Send + Sync;
/// Lays a batch's pictures out on a page; its path.
type Sheet = dyn Fn(BatchId) -> Result<PathBuf, Fault> + Send + Sync;

/// What the studio asks about batches.
#[derive(Clone)]
pub struct Planner {
    plan: Arc<Plan>,
    replace: Arc<Replace>,
    sheet: Arc<Sheet>,
}

impl Planner {
    /// By calling these.
    pub fn new(
        plan: impl Fn(PlanSource) -> Result<(PlanSheet, Start), Vec<String>> + Send + Sync + 'static,
        replace: impl Fn(JobId, &Request, &Cost, bool) -> Result<JobId, Fault> + Send + Sync + 'static,
        sheet: impl Fn(BatchId) -> Result<PathBuf, Fault> + Send + Sync + 'static,
    ) -> Planner {
        Planner { plan: Arc::new(plan), replace: Arc::new(replace), sheet: Arc::new(sheet) }
    }
}

impl fmt::Debug for Planner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Planner")
    }
}

/// Something to be done about batches.
#[derive(Debug)]
pub(super) enum Ask {
    /// A plan.
    Plan(u64, PlanSource),
    /// What was planned last, begun.
    Begin(u64),
    /// A failed row, anew.
    Replace(JobId, Box<Request>, Cost, bool),
    /// A page of pictures.
    Sheet(BatchId),
}

/// Hands what is asked to the thread. [`Hand::finish`] waits until all of it is done: an order given is never lost.
pub(super) type Plans = Hand<Ask>;

impl Plans {
    /// Starts the thread. Answers go to `answers`; somebody works on what was begun.
    pub fn planning(planner: Planner, ensure: Ensure, answers: UnboundedSender<Msg>) -> std::io::Result<Plans> {
        // Of the plan shown last.
        let mut begin: Option<(u64, Start)> = None;
        let act = move |ask| answer(&planner, &mut begin, ask);
        let is_work = |answer: &Msg| matches!(answer, Msg::Begun(Ok(_)) | Msg::Replaced { result: Ok(_), .. });
        Hand::start("plans", ensure, answers, act, is_work)
    }
}

fn answer(planner: &Planner, begin: &mut Option<(u64, Start)>, ask: Ask) -> Msg {
    match ask {
        Ask::Plan(ticket, source) => {
            *begin = None;
            let made = guarded("planning a batch", || Ok((planner.plan)(source)));
            let result = made.unwrap_or_else(|fault| Err(vec![fault.to_string()])).map(|(sheet, start)| {
                *begin = Some((ticket, start));
                sheet
            });
            Msg::Planned { ticket, result }
        }
        Ask::Begin(ticket) => {
            let start = begin.take().filter(|(planned, _)| *planned == ticket);
            Msg::Begun(match start {
                Some((_, start)) => guarded("beginning a batch", start),
                None => Err(gone()),
            })
        }
        Ask::Replace(job, request, cost, resend) => {
            let result = guarded("changing a row", || (planner.replace)(job, &request, &cost, resend));
            Msg::Replaced { job, result }
        }
        Ask::Sheet(batch) => Msg::Sheet(guarded("laying pictures out", || (planner.sheet)(batch))),
    }
}

fn guarded<T>(what: &str, act: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|payload| Err(panic::fault(payload.as_ref(), what)))
}

/// A plan is begun once.
fn gone() -> Fault {
    let words = "Nothing was sent: this plan is begun already, or another one took its place.";
    Fault::new(crate::domain::FaultKind::Invalid, "plan_gone", words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[test]
    fn a_plan_is_begun_once_and_only_the_one_that_was_made_last() {
        let begun = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&begun);
        let sheet = || PlanSheet { words: vec![], rows: vec![], more: 0, sends: 1, pictures: 1, total: None };
        let plan = move |source| {
            if source == PlanSource::File("bad".into()) {
                return Err(vec!["bad:1: no".to_owned()]);
            }
            let count = Arc::clone(&count);
            let start: Start = Box::new(move || Ok(BatchId(i64::from(count.fetch_add(1, Ordering::Relaxed)) + 1)));
            Ok((sheet(), start))
        };
        let planner = Planner::new(plan, |_, _, _, _| panic!("on purpose"), |_| Ok("/p/b1.html".into()));
        let (send, mut answers) = unbounded_channel();
        let plans = Plans::planning(planner, Ensure::new(|| Ok(())), send).unwrap();
        let file = |name: &str| PlanSource::File(name.into());
        plans.give(Ask::Plan(1, file("a")));
        plans.give(Ask::Plan(2, file("b")));
        plans.give(Ask::Begin(1));
        plans.give(Ask::Plan(3, file("c")));
        plans.give(Ask::Begin(3));
        plans.give(Ask::Begin(3));
        plans.give(Ask::Plan(4, file("bad")));
        plans.give(Ask::Begin(4));
        plans.give(Ask::Sheet(BatchId(1)));
        plans.finish();
        let said = std::iter::from_fn(|| answers.try_recv().ok()).map(|msg| match msg {
            Msg::Planned { ticket, result } => format!("{ticket} {}", if result.is_ok() { "planned" } else { "wrong" }),
            Msg::Begun(Ok(id)) => format!("b{id}"),
            Msg::Begun(Err(fault)) => fault.code,
            Msg::Sheet(path) => path.unwrap().display().to_string(),
            other => panic!("{other:?}"),
        });
        let said: Vec<String> = said.collect();
        let expected = [
            "1 planned",
            "2 planned",
            "plan_gone",
            "3 planned",
            "b1",
            "plan_gone",
            "4 wrong",
            "plan_gone",
            "/p/b1.html",
        ];
        assert_eq!(said, expected);
        assert_eq!(begun.load(Ordering::Relaxed), 1);
    }
}
