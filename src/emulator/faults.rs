//! What can be made to go wrong, and a queue of rules that says when. Not here: carrying a fault
//! out (`submit`, `tasks`, `files`).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::ids::mix;
use super::refusal::ErrorShape;

/// One thing that goes wrong. As JSON, `"lost_reply"` or
/// `{"refuse": {"code": "Throttling.RateQuota"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// An error answer in the service's shape (XML for a file). Any scope.
    Refuse {
        /// HTTP status, 200 to 599; 200 gives the oddity of contract 6.1. `None`: the one usual
        /// for that code (contract 6.2).
        #[serde(default)]
        status: Option<u16>,
        /// The service's code, for example `Throttling.RateQuota`.
        code: String,
        /// `None`: what the service usually says with that code.
        #[serde(default)]
        message: Option<String>,
        /// The order is carried out and paid for all the same. Submits only.
        #[serde(default)]
        billed: bool,
        /// How the JSON is written (contract 6.1).
        #[serde(default)]
        shape: ErrorShape,
        /// Seconds for a `Retry-After` header (contract 13.8). JSON answers only.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// A gateway's page instead of JSON; nothing is carried out. Any scope.
    Html {
        /// HTTP status, 200 to 599.
        status: u16,
    },
    /// The connection ends without an answer although the order was carried out and paid for;
    /// for a file, ends halfway. Any scope.
    LostReply,
    /// Carried out, but only the first half of the JSON comes, as if it were all. Any scope of the
    /// API.
    HalfReply,
    /// Carried out, but the connection ends after the first half of what its head promised. Any
    /// scope.
    CutReply,
    /// The right answer, so many milliseconds later. Any scope.
    Late {
        /// Milliseconds.
        ms: u64,
    },
    /// The task ends as FAILED: from a submit at its due time, from a poll at once.
    TaskFailed {
        /// Code inside the task.
        code: String,
        /// `None`: what the service usually says with that code.
        #[serde(default)]
        message: Option<String>,
    },
    /// The task is UNKNOWN from now on; what was paid stays paid. Submit of a task, or poll.
    TaskUnknown,
    /// A task ends as SUCCEEDED with the last `failed` images missing; FAILED when none is left.
    /// Submit.
    PartialFailure {
        /// Images that fail.
        failed: u32,
    },
    /// The task stays where it is and the answer tells the state before: PENDING after RUNNING,
    /// as answers that overtake each other. Poll.
    StalePoll,
    /// The task stays where it is and the last answer comes once more, byte for byte. Poll.
    SamePoll,
    /// The stream's connection ends after so many pictures. Submit of a stream.
    StreamCut {
        /// Pictures that still come, and are paid for.
        after: u32,
    },
    /// The stream tells an error after so many pictures and ends. Submit of a stream.
    StreamError {
        /// Pictures that still come, and are paid for.
        after: u32,
        /// The service's code.
        code: String,
        /// `None`: what the service usually says with that code.
        #[serde(default)]
        message: Option<String>,
    },
    /// The connection is reset before a byte of the request is read. Connection.
    Reset,
    /// Nothing listens for so many milliseconds: new connections are refused. Requests on
    /// connections that are still open go unanswered, and nothing is carried out. Connection.
    Closed {
        /// Milliseconds.
        ms: u64,
    },
    /// The picture comes slowly. File.
    Trickle {
        /// Bytes each second.
        bytes_per_second: u32,
    },
    /// The first half of the PNG, as if it were all. File.
    TruncatedPng,
    /// Status 200 and type image/png, but the body is an XML error. File.
    XmlForPng,
    /// Bytes of the right length that are no picture. File.
    WrongBytes,
    /// A JPEG where the URL says PNG. File.
    Jpeg,
    /// 403 XML as for a URL past its time. File.
    ExpiredUrl,
}

impl Fault {
    /// A refusal with the usual words, nothing billed.
    pub fn refuse(status: u16, code: &str) -> Fault {
        Fault::Refuse {
            status: Some(status),
            code: code.into(),
            message: None,
            billed: false,
            shape: ErrorShape::Native,
            retry_after: None,
        }
    }

    /// 429 `Throttling.RateQuota`.
    pub fn throttled() -> Fault {
        Fault::refuse(429, "Throttling.RateQuota")
    }

    /// 500 `InternalError`, after or before the work was done and paid for.
    pub fn internal_error(billed: bool) -> Fault {
        let mut fault = Fault::refuse(500, "InternalError");
        if let Fault::Refuse { billed: after, .. } = &mut fault {
            *after = billed;
        }
        fault
    }

    /// 503 `ModelUnavailable`.
    pub fn unavailable() -> Fault {
        Fault::refuse(503, "ModelUnavailable")
    }

    /// 400 `DataInspectionFailed`.
    pub fn inspection() -> Fault {
        Fault::refuse(400, "DataInspectionFailed")
    }

    /// 400 `Arrearage`.
    pub fn arrearage() -> Fault {
        Fault::refuse(400, "Arrearage")
    }

    fn fits(&self, moment: Moment) -> bool {
        use Moment::{Accept, Door, File, Poll, PromptTask, Stream, Sync, Task, Upload};
        match self {
            Fault::Reset => moment == Accept,
            Fault::Closed { .. } => moment == Door,
            _ if matches!(moment, Accept | Door) => false,
            Fault::Refuse { billed: true, .. } => matches!(moment, Sync | Stream | Task | PromptTask),
            Fault::Refuse { .. } | Fault::Html { .. } | Fault::LostReply | Fault::CutReply | Fault::Late { .. } => true,
            // An upload has no JSON to halve, a file has faults of its own for it.
            Fault::HalfReply => !matches!(moment, Upload | File | Stream),
            Fault::TaskFailed { .. } | Fault::TaskUnknown => matches!(moment, Task | PromptTask | Poll),
            Fault::PartialFailure { .. } => matches!(moment, Task | PromptTask),
            Fault::StalePoll | Fault::SamePoll => moment == Poll,
            Fault::StreamCut { .. } | Fault::StreamError { .. } => moment == Stream,
            Fault::Trickle { .. }
            | Fault::TruncatedPng
            | Fault::XmlForPng
            | Fault::WrongBytes
            | Fault::Jpeg
            | Fault::ExpiredUrl => moment == File,
        }
    }

    fn status(&self) -> Option<u16> {
        match self {
            Fault::Refuse { status, .. } => *status,
            Fault::Html { status } => Some(*status),
            _ => None,
        }
    }
}

/// Which requests a rule watches. Only requests that would have succeeded use a rule up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Generation POSTs.
    Submit,
    /// Task queries.
    Poll,
    /// Task lists.
    List,
    /// Cancel requests.
    Cancel,
    /// Requests for an upload policy.
    Policy,
    /// Forms at the upload host.
    Upload,
    /// Result files.
    File,
    /// Connections, before anything is read.
    Connection,
}

/// The instant a fault can strike, finer than a scope: some faults need a task to strike at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A synchronous submit.
    Sync,
    /// A synchronous submit answered by a stream.
    Stream,
    /// A messages submit that gives a task.
    Task,
    /// A submit of the older protocol.
    PromptTask,
    /// A task query.
    Poll,
    /// A task list.
    List,
    /// A cancel request.
    Cancel,
    /// A request for an upload policy.
    Policy,
    /// A form at the upload host.
    Upload,
    /// A result file.
    File,
    /// A connection is accepted.
    Accept,
    /// A rule was added that closes the door.
    Door,
}

impl Scope {
    fn moments(self) -> &'static [Moment] {
        match self {
            Scope::Submit => &[Moment::Sync, Moment::Stream, Moment::Task, Moment::PromptTask],
            Scope::Poll => &[Moment::Poll],
            Scope::List => &[Moment::List],
            Scope::Cancel => &[Moment::Cancel],
            Scope::Policy => &[Moment::Policy],
            Scope::Upload => &[Moment::Upload],
            Scope::File => &[Moment::File],
            Scope::Connection => &[Moment::Accept, Moment::Door],
        }
    }
}

/// A fault, where it strikes and how often. Without `count` and `probability`: always.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Which requests.
    pub scope: Scope,
    /// What happens to them.
    pub fault: Fault,
    /// Strikes this many times, then is gone.
    #[serde(default)]
    pub count: Option<u32>,
    /// Strikes with this chance, 0.0 to 1.0.
    #[serde(default)]
    pub probability: Option<f64>,
    /// Fixes the draws of `probability`.
    #[serde(default)]
    pub seed: u64,
}

impl FaultRule {
    /// Always.
    pub fn new(scope: Scope, fault: Fault) -> FaultRule {
        FaultRule { scope, fault, count: None, probability: None, seed: 0 }
    }

    /// The next `count` matching requests only.
    pub fn times(mut self, count: u32) -> FaultRule {
        self.count = Some(count);
        self
    }

    /// A matching request with this chance, drawn from `seed`.
    pub fn chance(mut self, probability: f64, seed: u64) -> FaultRule {
        self.probability = Some(probability);
        self.seed = seed;
        self
    }

    fn check(&self) -> Result<(), String> {
        let moments = self.scope.moments();
        if !moments.iter().any(|moment| self.fault.fits(*moment)) {
            return Err(format!("{:?} cannot happen at scope {:?}", self.fault, self.scope));
        }
        if self.fault.status().is_some_and(|status| !(200..600).contains(&status)) {
            return Err("status must be within 200..600".into());
        }
        if self.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Err("probability must be within 0..=1".into());
        }
        if self.count == Some(0) {
            return Err("count must be at least 1".into());
        }
        Ok(())
    }
}

/// The rules in force, oldest first.
#[derive(Debug, Default)]
pub struct Faults {
    rules: VecDeque<Armed>,
}

#[derive(Debug)]
struct Armed {
    rule: FaultRule,
    struck: u32,
    draws: u64,
}

impl Faults {
    /// Adds a rule behind the others; says why not when it could never strike.
    pub fn add(&mut self, mut rule: FaultRule) -> Result<(), String> {
        rule.check()?;
        if matches!(rule.fault, Fault::Closed { .. }) {
            // A door that closes for ever is an emulator that was never started.
            rule.count.get_or_insert(1);
        }
        self.rules.push_back(Armed { rule, struck: 0, draws: 0 });
        Ok(())
    }

    /// The rules in force, oldest first.
    pub fn rules(&self) -> Vec<FaultRule> {
        self.rules.iter().map(|armed| armed.rule.clone()).collect()
    }

    /// Nothing goes wrong any more.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// What goes wrong now, if anything: the first rule that watches this moment and strikes.
    pub fn strike(&mut self, moment: Moment) -> Option<Fault> {
        let at = self.rules.iter_mut().position(|armed| {
            let rule = &armed.rule;
            if !rule.scope.moments().contains(&moment) || !rule.fault.fits(moment) {
                return false;
            }
            let Some(chance) = rule.probability else {
                return true;
            };
            armed.draws += 1;
            let drawn = mix(rule.seed ^ mix(armed.draws)) >> 11;
            (drawn as f64) < chance * (1_u64 << 53) as f64
        })?;
        let armed = &mut self.rules[at];
        armed.struck += 1;
        let fault = armed.rule.fault.clone();
        if armed.rule.count == Some(armed.struck) {
            self.rules.remove(at);
        }
        Some(fault)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_rule_strikes_so_often_and_then_the_next_one() {
        let mut faults = Faults::default();
        let throttled = FaultRule::new(Scope::Submit, Fault::throttled()).times(2);
        faults.add(throttled).unwrap();
        faults.add(FaultRule::new(Scope::Submit, Fault::LostReply).times(1)).unwrap();
        assert_eq!(faults.strike(Moment::Poll), None);
        assert_eq!(faults.strike(Moment::Sync), Some(Fault::throttled()));
        assert_eq!(faults.strike(Moment::Task), Some(Fault::throttled()));
        assert_eq!(faults.strike(Moment::Sync), Some(Fault::LostReply));
        assert_eq!(faults.strike(Moment::Sync), None);
    }

    #[test]
    fn a_chance_is_drawn_the_same_way_from_the_same_seed() {
        let draw = |seed| {
            let mut faults = Faults::default();
            let rule = FaultRule::new(Scope::File, Fault::WrongBytes).chance(0.3, seed);
            faults.add(rule).unwrap();
            (0..1_000).map(|_| faults.strike(Moment::File).is_some()).collect::<Vec<_>>()
        };
        let struck = draw(1).iter().filter(|struck| **struck).count();
        assert!((200..400).contains(&struck), "{struck}");
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn task_faults_wait_for_a_task() {
        let mut faults = Faults::default();
        let partial = Fault::PartialFailure { failed: 1 };
        faults.add(FaultRule::new(Scope::Submit, partial.clone()).times(1)).unwrap();
        assert_eq!(faults.strike(Moment::Sync), None);
        assert_eq!(faults.strike(Moment::Stream), None);
        assert_eq!(faults.strike(Moment::PromptTask), Some(partial));
    }

    #[test]
    fn rules_that_could_never_strike_are_turned_down() {
        let wrong = [
            FaultRule::new(Scope::Submit, Fault::TruncatedPng),
            FaultRule::new(Scope::File, Fault::TaskUnknown),
            FaultRule::new(Scope::Poll, Fault::internal_error(true)),
            FaultRule::new(Scope::Poll, Fault::Html { status: 99 }),
            FaultRule::new(Scope::Poll, Fault::LostReply).times(0),
            FaultRule::new(Scope::Poll, Fault::LostReply).chance(1.5, 0),
            FaultRule::new(Scope::Connection, Fault::LostReply),
            FaultRule::new(Scope::Upload, Fault::HalfReply),
            FaultRule::new(Scope::List, Fault::StalePoll),
        ];
        for rule in wrong {
            assert!(Faults::default().add(rule.clone()).is_err(), "{rule:?}");
        }
    }

    #[test]
    fn rules_are_read_from_json_and_typos_are_refused() {
        let rule: FaultRule = serde_json::from_str(
            r#"{"scope":"submit","fault":{"refuse":{"status":429,"code":"Throttling.RateQuota"}},"count":2}"#,
        )
        .unwrap();
        assert_eq!(rule, FaultRule::new(Scope::Submit, Fault::throttled()).times(2));
        let rule: FaultRule = serde_json::from_str(r#"{"scope":"file","fault":"truncated_png"}"#).unwrap();
        assert_eq!(rule.fault, Fault::TruncatedPng);
        let rule: FaultRule = serde_json::from_str(
            r#"{"scope":"submit","fault":{"refuse":{"code":"Arrearage","shape":"open_ai","retry_after":3}}}"#,
        )
        .unwrap();
        assert!(matches!(
            rule.fault,
            Fault::Refuse { status: None, shape: ErrorShape::OpenAi, retry_after: Some(3), .. }
        ));
        let typo = r#"{"scope":"file","fault":"truncated_png","cuont":1}"#;
        assert!(serde_json::from_str::<FaultRule>(typo).is_err());
    }
}
