//! Words that choose jobs of a list. All of them must hold. Pure.

use std::str::FromStr;

use crate::config::nearest;
use crate::domain::{BatchId, Job, Phase};

const KEYS: [&str; 4] = ["state", "model", "batch", "project"];

/// Commands a slip of the pen may have made a filter of.
const COMMANDS: [&str; 16] = [
    "list",
    "pause",
    "resume",
    "hold",
    "release",
    "front",
    "move",
    "edit",
    "set",
    "retry",
    "cancel",
    "duplicate",
    "look",
    "lost",
    "clear",
    "unclear",
];

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    inverted: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    State(Vec<Phase>),
    Model(String),
    Batch(Vec<BatchId>),
    Project(String),
    /// Part of the prompt, or the job's number; in lower case.
    Text(String),
}

impl FromStr for Word {
    type Err = String;

    fn from_str(text: &str) -> Result<Word, String> {
        let (inverted, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        let test = match text.split_once(':') {
            Some(("state", states)) => {
                Test::State(states.split(',').map(state).collect::<Result<Vec<_>, _>>()?.concat())
            }
            Some(("model", model)) => Test::Model(model.to_lowercase()),
            Some(("batch", batches)) => Test::Batch(batches.split(',').map(batch).collect::<Result<_, _>>()?),
            Some(("project", project)) => Test::Project(project.to_lowercase()),
            Some((key, _)) if let Some(near) = nearest(key, KEYS.into_iter()) => {
                return Err(format!("{key}: is nothing a filter knows; did you mean {near}:?"));
            }
            _ => Test::Text(text.to_lowercase()),
        };
        Ok(Word { inverted, test })
    }
}

/// The phases a word names: one of them, `live` or `ended`.
fn state(word: &str) -> Result<Vec<Phase>, String> {
    let all = |wanted: fn(Phase) -> bool| Phase::ALL.into_iter().filter(|phase| wanted(*phase)).collect();
    match word.trim().to_uppercase().as_str() {
        "LIVE" => Ok(all(Phase::is_live)),
        "ENDED" => Ok(all(Phase::is_ended)),
        word => Phase::parse(word).map(|phase| vec![phase]).ok_or_else(|| {
            let words: Vec<_> = Phase::ALL.into_iter().map(|phase| phase.word().to_lowercase()).collect();
            format!("a state is one of {}, live, ended", words.join(", "))
        }),
    }
}

fn batch(text: &str) -> Result<BatchId, String> {
    text.trim().parse().map(BatchId).map_err(|_| "a batch is a number".to_owned())
}

impl Word {
    /// Whether a job has what the word says, or lacks it where the word is inverted.
    pub fn holds(&self, job: &Job) -> bool {
        let has = match &self.test {
            Test::State(phases) => phases.contains(&job.phase),
            Test::Model(pattern) => is_like(&job.request.model.as_str().to_lowercase(), pattern),
            Test::Batch(batches) => job.row.as_ref().is_some_and(|row| batches.contains(&row.batch)),
            Test::Project(pattern) => is_like(&job.project.as_deref().unwrap_or_default().to_lowercase(), pattern),
            Test::Text(text) => {
                job.request.prompt.to_lowercase().contains(text) || job.id.to_string() == text.trim_start_matches('#')
            }
        };
        has != self.inverted
    }

    /// The command of `queue` that a plain word was perhaps meant to be.
    pub fn near_command(&self) -> Option<&'static str> {
        match &self.test {
            Test::Text(text) if !self.inverted => nearest(text, COMMANDS.into_iter()),
            _ => None,
        }
    }

    /// Whether the word asks for jobs that have ended.
    pub fn asks_for_ended(&self) -> bool {
        matches!(&self.test, Test::State(phases) if !self.inverted && phases.iter().any(|phase| phase.is_ended()))
    }
}

/// Whether a name fits a pattern, in which `*` stands for anything.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces: Vec<_> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;
    use crate::domain::Row;

    fn holds(words: &[&str], job: &Job) -> bool {
        words.iter().all(|word| word.parse::<Word>().unwrap().holds(job))
    }

    #[test]
    fn all_words_must_hold_and_a_mark_inverts() {
        let row = Some(Row { batch: BatchId(3), name: "hero".into() });
        let job = Job { phase: Phase::Failed, row, project: Some("Flower shop".into()), ..sample::job() };
        let yes: [&[&str]; 9] = [
            &["state:failed"],
            &["state:unsure,failed"],
            &["state:ended", "red FOX"],
            &["model:wan2.7*"],
            &["model:*image"],
            &["batch:3", "!batch:4"],
            &["project:flower*"],
            &["1043"],
            &["#1043", "!state:done", "!model:qwen*"],
        ];
        for words in yes {
            assert!(holds(words, &job), "{words:?}");
        }
        let no: [&[&str]; 7] = [
            &["!state:failed"],
            &["state:live"],
            &["model:wan2.7"],
            &["batch:4"],
            &["project:flower"],
            &["104"],
            &["blue"],
        ];
        for words in no {
            assert!(!holds(words, &job), "{words:?}");
        }
        assert!(holds(&["batch:3", "fox"], &job) && !holds(&["batch:3", "blue"], &job));
    }

    #[test]
    fn a_slip_of_the_pen_is_told() {
        let said = |word: &str| word.parse::<Word>().unwrap_err();
        assert!(said("sate:failed").contains("state:"));
        assert!(said("state:broken").contains("failed"));
        assert!(said("batch:spring").contains("number"));
        assert!("https://host/a.png".parse::<Word>().is_ok(), "a prompt may hold a colon");
        let asks = |word: &str| word.parse::<Word>().unwrap().asks_for_ended();
        let meant = |word: &str| word.parse::<Word>().unwrap().near_command();
        assert_eq!((meant("frnt"), meant("lighthouse"), meant("!hold")), (Some("front"), None, None));
        assert!(asks("state:failed") && !asks("state:held") && !asks("!state:failed") && !asks("fox"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (name, pattern, fits) in [
            ("wan2.7-image", "wan*image", true),
            ("wan2.7-image", "*", true),
            ("wan", "wan*wan", false),
            ("aba", "a*b*a", true),
            ("", "", true),
            ("x", "", false),
        ] {
            assert_eq!(is_like(name, pattern), fits, "{name} {pattern}");
        }
    }
}
