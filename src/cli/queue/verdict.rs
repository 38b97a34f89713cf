//! What was done for each of several jobs, and the exit code that follows.

use crate::domain::{Fault, FaultKind, Job};

use super::super::{failure, print};

/// The exit code when only some of the jobs could have it.
const PARTLY: u8 = 9;

/// What was said so far.
#[derive(Debug, Default)]
pub struct Verdicts {
    done: usize,
    worst: Option<u8>,
}

impl Verdicts {
    /// It is so for one job; says it.
    pub fn yes(&mut self, words: impl std::fmt::Display) {
        print::say(words);
        self.done += 1;
    }

    /// It cannot be for one job; says why.
    pub fn no(&mut self, fault: &Fault) {
        failure::tell(fault);
        self.worst = self.worst.max(Some(fault.kind.exit()));
    }

    /// It cannot be for a job where it is; `needs` says what could have it.
    pub fn misplaced(&mut self, job: &Job, needs: &str) {
        self.no(&misplaced(job, needs));
    }

    /// 0 when it is so for all, the cause when it is so for none.
    pub fn exit(&self) -> u8 {
        match (self.done, self.worst) {
            (_, None) => 0,
            (0, Some(code)) => code,
            _ => PARTLY,
        }
    }
}

/// Why it cannot be for a job where it is.
pub fn misplaced(job: &Job, needs: &str) -> Fault {
    Fault::new(FaultKind::Invalid, "job_moved", format!("#{} is {}: {needs}.", job.id, job.phase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_none_and_some_have_codes_of_their_own() {
        let mut verdicts = Verdicts::default();
        assert_eq!(verdicts.exit(), 0);
        verdicts.no(&Fault::new(FaultKind::Invalid, "x", "y"));
        assert_eq!(verdicts.exit(), 2);
        verdicts.no(&Fault::new(FaultKind::Budget, "x", "y"));
        assert_eq!(verdicts.exit(), 7);
        verdicts.yes("#1 is held");
        assert_eq!(verdicts.exit(), 9);
    }
}
