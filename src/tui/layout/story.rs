//! A story as lines: words broken to a width, a line of its own for each picture. Needed to draw it and to scroll it.

use crate::domain::{Job, Passage};

use super::wrap::wrap;

/// A line of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// What it says.
    pub text: String,
    /// The picture it stands for, by its place among the job's pictures, from 0.
    pub picture: Option<u32>,
}

/// The story of a job in lines of at most `room` cells, one blank line between words and pictures.
pub fn story_lines(job: &Job, room: u16) -> Vec<StoryLine> {
    let mut lines: Vec<StoryLine> = Vec::new();
    let blank = || StoryLine { text: String::new(), picture: None };
    for passage in &job.story {
        if !lines.is_empty() {
            lines.push(blank());
        }
        match passage {
            Passage::Text(words) => {
                let wrapped = wrap(words.trim_matches('\n'), usize::from(room));
                lines.extend(wrapped.into_iter().map(|text| StoryLine { text, picture: None }));
            }
            Passage::Picture(index) => {
                let saved = job.images.iter().any(|image| image.id.index == *index);
                let text = match (saved, job.phase.is_ended()) {
                    (true, _) => format!("[picture {}]", index + 1),
                    (false, false) => format!("[picture {}: on its way]", index + 1),
                    (false, true) => format!("[picture {}: missing]", index + 1),
                };
                lines.push(StoryLine { text, picture: Some(*index) });
            }
        }
    }
    lines
}

/// The first line to show in a pane of `rows`: the one asked for, else the end while the story grows and its beginning
/// once it is whole.
pub fn story_top(job: &Job, asked: Option<usize>, lines: usize, rows: u16) -> usize {
    let last = lines.saturating_sub(usize::from(rows));
    match asked {
        Some(line) => line.min(last),
        None if job.phase.is_ended() => 0,
        None => last,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Cost, JobId, Mode, Phase, Request, Size, Stamp};

    fn told(phase: Phase, story: Vec<Passage>) -> Job {
        let request = Request {
            written: None,
            model: "wan2.6-image".into(),
            mode: Mode::Interleave,
            prompt: "tea".into(),
            negative_prompt: String::new(),
            images: Vec::new(),
            size: Size::Auto,
            n: 1,
            seed: None,
            options: Default::default(),
        };
        Job { phase, story, ..Job::queued(JobId(1), Arc::new(request), Cost::Unknown { images: 2 }, Stamp(0)) }
    }

    #[test]
    fn words_and_pictures_stand_in_turn_and_a_picture_says_whether_it_is_here() {
        let story = vec![Passage::Text("Warm the pot first.\n".into()), Passage::Picture(0)];
        let text =
            |phase| story_lines(&told(phase, story.clone()), 10).into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(text(Phase::Running), ["Warm the", "pot first.", "", "[picture 1: on its way]"]);
        assert_eq!(text(Phase::Partial)[3], "[picture 1: missing]");
    }

    #[test]
    fn a_growing_story_shows_its_end_and_a_whole_one_its_beginning() {
        let (growing, whole) = (told(Phase::Running, Vec::new()), told(Phase::Done, Vec::new()));
        assert_eq!((story_top(&growing, None, 30, 10), story_top(&whole, None, 30, 10)), (20, 0));
        assert_eq!((story_top(&whole, Some(5), 30, 10), story_top(&growing, Some(99), 30, 10)), (5, 20));
        assert_eq!(story_top(&growing, None, 3, 10), 0);
    }
}
