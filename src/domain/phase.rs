//! The life of a job: the one state machine worth drawing.
//!
//! ```text
//!  Held <-> Queued -> Preparing -> Submitting -> Waiting -> Running -> Fetching -> Done | Partial
//!                                      |  sync answer -------------------^
//!                 ^------------------------ next request of the same job --'
//!                                      `-- sent, no answer -> Unsure -> Adopted (found on the server) -> as Waiting
//!  any unfinished -> Failed | Cancelled        Waiting, Running past 24 h -> Expired
//!  any live -> Partial, when no more can be had and pictures of earlier requests are on disk
//!  Failed, Cancelled, Expired, Partial, Unsure -> Queued, by the user's wish
//! ```
//!
//! Late, duplicate and out-of-order events do not apply; the caller logs and drops them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Phase {
    /// Kept back by the user.
    Held,
    /// Waiting for its turn here; free to cancel.
    Queued,
    /// Inputs are being made ready; nothing paid yet.
    Preparing,
    /// The paid call is journalled and under way.
    Submitting,
    /// Accepted by the service, not begun (server: PENDING).
    Waiting,
    /// The service is at work.
    Running,
    /// Pictures exist and are being brought home.
    Fetching,
    /// Every picture is on disk.
    Done,
    /// Some pictures are on disk, some could not be had.
    Partial,
    /// Ended without pictures.
    Failed,
    /// Stopped by the user.
    Cancelled,
    /// Sent, and no answer: may be billed. Never sent again silently.
    Unsure,
    /// The service forgot it: past 24 hours.
    Expired,
    /// Found on the server after its answer was lost; followed like any other task.
    Adopted,
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The user keeps it back.
    Hold,
    /// The user lets it go.
    Release,
    /// The engine takes it up.
    Start,
    /// Inputs are ready and the intent to pay is on disk.
    Send,
    /// The service took it and gave a task id.
    Accept,
    /// The service refused in a way that proves nothing was billed; it may go again.
    Return,
    /// The service has not begun (PENDING).
    Wait,
    /// The service is at work (RUNNING).
    Run,
    /// The answer is here: pictures can be fetched.
    Answer,
    /// The pictures of this request are saved, and the job has another request to send.
    Next,
    /// All pictures are saved.
    Complete,
    /// No more pictures can be had; some were saved, by this request or an earlier one of the job.
    FallShort,
    /// It ended without pictures.
    Fail,
    /// The user stopped it, or the service says it was cancelled.
    Cancel,
    /// Sent, and the answer never came.
    Lose,
    /// Its task was found on the server.
    Adopt,
    /// The service no longer knows the task.
    Expire,
    /// The user asks for it again, knowing what that may cost.
    Retry,
    /// The user wants pictures fetched that the service still keeps; costs nothing.
    Refetch,
}

impl Phase {
    /// All of them, in the order of a life.
    pub const ALL: [Phase; 14] = [
        Phase::Held,
        Phase::Queued,
        Phase::Preparing,
        Phase::Submitting,
        Phase::Waiting,
        Phase::Running,
        Phase::Fetching,
        Phase::Done,
        Phase::Partial,
        Phase::Failed,
        Phase::Cancelled,
        Phase::Unsure,
        Phase::Expired,
        Phase::Adopted,
    ];

    /// The word on screens and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Held => "HELD",
            Phase::Queued => "QUEUED",
            Phase::Preparing => "PREPARING",
            Phase::Submitting => "SUBMITTING",
            Phase::Waiting => "WAITING",
            Phase::Running => "RUNNING",
            Phase::Fetching => "FETCHING",
            Phase::Done => "DONE",
            Phase::Partial => "PARTIAL",
            Phase::Failed => "FAILED",
            Phase::Cancelled => "CANCELLED",
            Phase::Unsure => "UNSURE",
            Phase::Expired => "EXPIRED",
            Phase::Adopted => "ADOPTED",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.word() == word)
    }

    /// Nothing more will happen by itself, and the user need not decide anything.
    pub fn is_ended(self) -> bool {
        matches!(self, Phase::Done | Phase::Partial | Phase::Failed | Phase::Cancelled | Phase::Expired)
    }

    /// The engine is (or should be) at work on it.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            Phase::Preparing | Phase::Submitting | Phase::Waiting | Phase::Running | Phase::Fetching | Phase::Adopted
        )
    }

    /// Where `event` leads from here; `None` when it does not apply.
    pub fn on(self, event: Event) -> Option<Phase> {
        use Event as E;
        use Phase as P;
        Some(match (self, event) {
            (P::Queued, E::Hold) => P::Held,
            (P::Held, E::Release) => P::Queued,
            (P::Queued, E::Start) => P::Preparing,
            (P::Preparing, E::Send) => P::Submitting,
            (P::Preparing | P::Submitting, E::Return) => P::Queued,
            (P::Submitting, E::Accept) => P::Waiting,
            (P::Submitting | P::Waiting | P::Running | P::Adopted, E::Answer) => P::Fetching,
            (P::Submitting, E::Lose) => P::Unsure,
            (P::Waiting | P::Adopted, E::Run) => P::Running,
            (P::Adopted, E::Wait) => P::Waiting,
            (P::Unsure, E::Adopt) => P::Adopted,
            (P::Fetching, E::Next) => P::Queued,
            (P::Fetching, E::Complete) => P::Done,
            (phase, E::FallShort) if phase.is_live() => P::Partial,
            (P::Waiting | P::Running | P::Fetching | P::Adopted, E::Expire) => P::Expired,
            (P::Failed | P::Partial | P::Cancelled | P::Expired | P::Unsure, E::Retry) => P::Queued,
            (P::Failed | P::Partial | P::Expired | P::Cancelled, E::Refetch) => P::Fetching,
            (phase, E::Fail) if !phase.is_ended() => P::Failed,
            // A call under way cannot be taken back: it ends by its answer, never by the user's wish.
            (P::Submitting, E::Cancel) => return None,
            (phase, E::Cancel) if !phase.is_ended() => P::Cancelled,
            _ => return None,
        })
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 19] = [
        Event::Hold,
        Event::Release,
        Event::Start,
        Event::Send,
        Event::Accept,
        Event::Return,
        Event::Wait,
        Event::Run,
        Event::Answer,
        Event::Next,
        Event::Complete,
        Event::FallShort,
        Event::Fail,
        Event::Cancel,
        Event::Lose,
        Event::Adopt,
        Event::Expire,
        Event::Retry,
        Event::Refetch,
    ];

    #[test]
    fn an_ended_job_only_starts_again_by_the_users_wish() {
        for phase in Phase::ALL.into_iter().filter(|p| p.is_ended()) {
            for event in EVENTS.into_iter().filter(|e| !matches!(e, Event::Retry | Event::Refetch)) {
                assert_eq!(phase.on(event), None, "{phase} on {event:?}");
            }
        }
        assert_eq!(Phase::Done.on(Event::Retry), None, "a finished job is duplicated, not sent again");
    }

    #[test]
    fn a_job_whose_answer_was_lost_is_sent_again_by_no_event_but_the_users() {
        let leads: Vec<_> = EVENTS.into_iter().filter_map(|e| Some((e, Phase::Unsure.on(e)?))).collect();
        assert_eq!(
            leads,
            [
                (Event::Fail, Phase::Failed),
                (Event::Cancel, Phase::Cancelled),
                (Event::Adopt, Phase::Adopted),
                (Event::Retry, Phase::Queued)
            ]
        );
    }

    #[test]
    fn only_a_queued_job_is_taken_up_and_only_a_prepared_one_is_sent() {
        for phase in Phase::ALL {
            assert_eq!(phase.on(Event::Start).is_some(), phase == Phase::Queued);
            assert_eq!(phase.on(Event::Send).is_some(), phase == Phase::Preparing);
        }
    }

    #[test]
    fn every_pair_of_phase_and_event_has_the_answer_of_the_drawing() {
        // One row a phase; `.` = does not apply. The columns are EVENTS in order.
        let table: Vec<String> = Phase::ALL
            .into_iter()
            .map(|phase| {
                let cells: Vec<_> =
                    EVENTS.into_iter().map(|event| phase.on(event).map_or(".", |p| &p.word()[..2])).collect();
                format!("{:<10} {}", phase.word(), cells.join(" "))
            })
            .collect();
        assert_eq!(
            table.join("\n"),
            "\
HELD       . QU . . . . . . . . . . FA CA . . . . .
QUEUED     HE . PR . . . . . . . . . FA CA . . . . .
PREPARING  . . . SU . QU . . . . . PA FA CA . . . . .
SUBMITTING . . . . WA QU . . FE . . PA FA . UN . . . .
WAITING    . . . . . . . RU FE . . PA FA CA . . EX . .
RUNNING    . . . . . . . . FE . . PA FA CA . . EX . .
FETCHING   . . . . . . . . . QU DO PA FA CA . . EX . .
DONE       . . . . . . . . . . . . . . . . . . .
PARTIAL    . . . . . . . . . . . . . . . . . QU FE
FAILED     . . . . . . . . . . . . . . . . . QU FE
CANCELLED  . . . . . . . . . . . . . . . . . QU FE
UNSURE     . . . . . . . . . . . . FA CA . AD . QU .
EXPIRED    . . . . . . . . . . . . . . . . . QU FE
ADOPTED    . . . . . . WA RU FE . . PA FA CA . . EX . ."
        );
    }
}
