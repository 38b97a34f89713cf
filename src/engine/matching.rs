//! Which task of the service's list belongs to which call whose answer was lost. Pure, and never bold: a task is a call's
//! only when nothing else could be.

use std::collections::HashSet;
use std::time::Duration;

use crate::api::Listed;
use crate::domain::{JobId, Stamp, TaskId};

/// How far a task's moment may lie outside its call: the service's clock is known to half a second and the time its answers
/// take.
const SKEW: Duration = Duration::from_secs(3);

/// The longest a call is under way: what was found dead later was given up then (contract 1.4; the client waits 330 s).
const UNDER_WAY: Duration = Duration::from_secs(330);

/// A call, and when it can have reached the service, by the service's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) job: JobId,
    pub(super) from: Stamp,
    pub(super) to: Stamp,
}

impl Call {
    /// Of a call that left and was given up at moments of this machine, whose clock is so many milliseconds behind the
    /// service's.
    pub(super) fn new(job: JobId, from: Stamp, to: Stamp, ahead: i64) -> Call {
        let there = |moment: Stamp| Stamp(moment.0.saturating_add(ahead));
        let skew = i64::try_from(SKEW.as_millis()).unwrap_or(0);
        let to = to.min(from.after(UNDER_WAY));
        Call { job, from: Stamp(there(from).0 - skew), to: there(to).after(SKEW) }
    }

    fn may_have_made(&self, task: &Listed) -> bool {
        task.created.is_some_and(|at| self.from <= at && at <= self.to)
    }
}

/// What the list says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// One task can be its, and can be no other call's.
    One(TaskId),
    /// Several can, or one that can be another call's too: their words have to tell.
    Several(Vec<TaskId>),
    /// None can.
    None,
}

/// Judges calls of one model by the tasks of that model that no job here knows.
pub(super) fn judge(calls: &[Call], strangers: &[Listed]) -> Vec<(JobId, Verdict)> {
    let verdict = |call: &Call| {
        let own: Vec<&Listed> = strangers.iter().filter(|task| call.may_have_made(task)).collect();
        let shared = |task: &Listed| calls.iter().any(|other| other.job != call.job && other.may_have_made(task));
        match own[..] {
            [] => Verdict::None,
            [only] if !shared(only) => Verdict::One(only.task.clone()),
            _ => Verdict::Several(own.iter().map(|task| task.task.clone()).collect()),
        }
    };
    calls.iter().map(|call| (call.job, verdict(call))).collect()
}

/// The tasks of a list that no job here knows and that this key may have made. Tasks of ours in the list tell what the
/// service calls our key; while none is there, any key may be ours.
pub(super) fn strangers(listed: Vec<Listed>, known: &HashSet<TaskId>) -> Vec<Listed> {
    let (ours, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|task| known.contains(&task.task));
    let keys: HashSet<_> = ours.into_iter().filter_map(|task| task.api_key).collect();
    let may_be_ours = |task: &Listed| keys.is_empty() || task.api_key.as_ref().is_none_or(|key| keys.contains(key));
    others.into_iter().filter(may_be_ours).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::TaskStatus;

    fn call(job: i64, from: i64, to: i64) -> Call {
        Call::new(JobId(job), Stamp(from * 1000), Stamp(to * 1000), 0)
    }

    fn listed(name: &str, at: i64, key: &str) -> Listed {
        Listed {
            task: TaskId(name.into()),
            model: "m".into(),
            created: Some(Stamp(at * 1000)),
            status: TaskStatus::Running,
            request_id: None,
            api_key: (!key.is_empty()).then(|| key.to_owned()),
        }
    }

    fn verdicts(calls: &[Call], tasks: &[Listed]) -> Vec<Verdict> {
        judge(calls, tasks).into_iter().map(|(_, verdict)| verdict).collect()
    }

    fn one(name: &str) -> Verdict {
        Verdict::One(TaskId(name.into()))
    }

    #[test]
    fn a_task_is_a_calls_only_when_it_can_be_no_others() {
        let (a, b) = (listed("a", 100, ""), listed("b", 200, ""));
        assert_eq!(verdicts(&[call(1, 99, 101)], &[a.clone(), b.clone()]), [one("a")]);
        assert_eq!(verdicts(&[call(1, 99, 101), call(2, 198, 201)], &[a.clone(), b.clone()]), [one("a"), one("b")]);
        assert_eq!(verdicts(&[call(1, 300, 301)], std::slice::from_ref(&a)), [Verdict::None]);
        let near = listed("near", 102, "");
        let both = Verdict::Several(vec![TaskId("a".into()), TaskId("near".into())]);
        assert_eq!(verdicts(&[call(1, 99, 101)], &[a.clone(), near]), [both], "a stranger's task, as near as ours");
        let only = Verdict::Several(vec![TaskId("a".into())]);
        assert_eq!(verdicts(&[call(1, 99, 101), call(2, 100, 102)], &[a]), [only.clone(), only], "whose is it?");
    }

    #[test]
    fn a_program_found_dead_a_day_later_had_given_up_long_before() {
        let stray = listed("stray", 40_000, "");
        assert_eq!(verdicts(&[call(1, 100, 80_000)], &[stray]), [Verdict::None]);
    }

    #[test]
    fn the_services_clock_may_be_another() {
        let ahead = Call::new(JobId(1), Stamp(100_000), Stamp(101_000), 600_000);
        assert_eq!(verdicts(&[ahead], &[listed("a", 700, ""), listed("b", 100, "")]), [one("a")]);
    }

    #[test]
    fn tasks_of_another_key_are_a_colleagues() {
        let list = vec![listed("ours", 1, "k1"), listed("x", 2, "k2"), listed("y", 3, "k1"), listed("z", 4, "")];
        let names = |known: &[&str]| {
            let known = known.iter().map(|name| TaskId((*name).into())).collect();
            strangers(list.clone(), &known).into_iter().map(|task| task.task.0).collect::<Vec<_>>()
        };
        assert_eq!(names(&["ours"]), ["y", "z"]);
        assert_eq!(names(&[]), ["ours", "x", "y", "z"], "nobody knows yet which key is ours");
    }
}
