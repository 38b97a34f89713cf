//! The history screen divided, and the stems that join what was made to what it was made from.

use ratatui::layout::Rect;

use super::change::{Toned, change_lines};
use super::wrap::wrap;
use super::{Tone, take_bottom, take_right, take_top};
use crate::domain::lineage::Kin;
use crate::domain::text::clean;
use crate::domain::{Billed, Job, Phase};
use crate::tui::state::State;

/// Columns from which the tree and what was changed stand side by side.
const SIDE_BY_SIDE: u16 = 100;

/// Steps of a stem that are drawn: what is deeper begins at the last of them.
const DEEPEST: usize = 8;

/// Rectangles of the history screen, borders included; one of zero size is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grove {
    /// The line at the top.
    pub header: Rect,
    /// The trees.
    pub trees: Rect,
    /// What was changed to make the selected job.
    pub change: Rect,
    /// Small pictures in it: of the selected job, and of what it was made from.
    pub pictures: [Rect; 2],
    /// What there is to say, beside or below them.
    pub words: Rect,
    /// Key hints.
    pub footer: Rect,
}

/// Divides the rows between header and footer.
pub(super) fn grove(state: &State, mut screen: Rect) -> Grove {
    let change = match screen.width {
        _ if state.lineage.rows.is_empty() => Rect::default(),
        SIDE_BY_SIDE.. => {
            let columns = screen.width * 2 / 5;
            take_right(&mut screen, columns)
        }
        _ if screen.height >= 14 => {
            let rows = (screen.height * 2 / 5 + 1).clamp(6, 14);
            take_bottom(&mut screen, rows)
        }
        _ => Rect::default(),
    };
    let (pictures, words) = hung(state, change);
    Grove { trees: screen, change, pictures, words, ..Grove::default() }
}

/// The small pictures and the words in their frame: the pictures side by side above the words, or the selected job's alone
/// on their right. Where nothing can be shown, the words have all of it.
fn hung(state: &State, change: Rect) -> ([Rect; 2], Rect) {
    let (width, height) = (change.width.saturating_sub(4), change.height.saturating_sub(2));
    let mut words = Rect { x: change.x + 2, y: change.y + 1, width, height };
    let none = [Rect::default(); 2];
    let shown = state.in_grove().map(|image| image.is_some() && !state.gallery.blind);
    if change.width * 2 < state.size.0 && shown != [false, false] && height >= 14 {
        let half = (width - 2) / 2;
        // A row is twice as high as a column is wide.
        let rows = (half / 2).min(height / 3);
        let top = take_top(&mut words, rows + 2);
        let own = Rect { y: top.y + 1, width: half, height: rows, ..top };
        return ([own, Rect { x: own.x + half + 2, ..own }], words);
    }
    if change.width == state.size.0 && shown[0] && height >= 4 && width >= 40 {
        let own = take_right(&mut words, (height * 5 / 2).min(width * 2 / 5));
        words.width -= 2;
        return ([own, Rect::default()], words);
    }
    (none, words)
}

/// Rows of the trees that are in sight: the first one, and how many there is room for. They are turned over page by page,
/// so that most steps move nothing; a row of the page before and one of the page behind stay in sight.
pub fn grove_window(state: &State, trees: Rect) -> (usize, usize) {
    let rows = usize::from(trees.height.saturating_sub(2));
    let at = state.lineage.at().unwrap_or(0);
    let (page, last) = (rows.saturating_sub(2).max(1), state.lineage.shown().len().saturating_sub(rows));
    let top = if at + 1 < rows { 0 } else { at.saturating_sub(1) / page * page };
    (top.min(last), rows)
}

/// A step of a stem: four cells before a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stem {
    /// Nothing.
    Blank,
    /// It goes on further down.
    On,
    /// Here is one, and there are more below.
    Fork,
    /// Here is the last one.
    Last,
    /// It is deeper than is drawn.
    Deep,
}

/// The stems of rows, in their order.
pub fn stems(rows: &[&Kin]) -> Vec<Vec<Stem>> {
    let mut stems = vec![Vec::new(); rows.len()];
    // Levels at which something comes further down.
    let mut open: Vec<bool> = Vec::new();
    for (at, kin) in rows.iter().enumerate().rev() {
        let depth = kin.depth;
        let is_open = |level: usize| open.get(level).copied().unwrap_or(false);
        let shown = depth.min(DEEPEST);
        let first = depth - shown + 1;
        let mut stem: Vec<Stem> =
            (first..depth).map(|level| if is_open(level) { Stem::On } else { Stem::Blank }).collect();
        if depth > 0 {
            stem.push(if is_open(depth) { Stem::Fork } else { Stem::Last });
        }
        if depth > DEEPEST {
            stem[0] = Stem::Deep;
        }
        stems[at] = stem;
        open.resize(depth + 1, false);
        open[depth] = true;
    }
    stems
}

/// What there is to say about the selected job: what was changed to make it, and what it and its branch come to.
pub fn grove_lines(state: &State, room: u16) -> Vec<Toned> {
    let mut lines: Vec<Toned> = Vec::new();
    let Some(kin) = state.lineage.chosen() else { return lines };
    let (job, measure) = (&kin.job, usize::from(room));
    let mut say = |text: &str| lines.extend(wrap(text, measure).into_iter().map(|line| vec![(line, Tone::Same)]));
    let spell = |amount: String| if state.unicode { amount } else { amount.replace('¥', "CNY ") };
    say(&format!("{}, {}, {}", job.phase, count(job.images.len(), "picture"), cost_words(state, job)));
    for (id, away) in job.images.iter().filter_map(|image| Some((image.id, job.away(image.id)?))) {
        say(&format!("#{id} is {}", away.words()));
    }
    if let Some(branch) = state.lineage.branch().filter(|branch| branch.jobs > 1) {
        let billed: Vec<String> = branch.billed.iter().map(|amount| spell(amount.rounded())).collect();
        let billed = if billed.is_empty() { "nothing billed".to_owned() } else { billed.join(" + ") };
        say(&format!("its branch: {} jobs, {}, {billed}", branch.jobs, count(branch.pictures, "picture")));
    }
    match (job.parent, state.parent_of(job)) {
        (Some(_), Some(parent)) => {
            let changes = change_lines(&parent.request, &job.request, room);
            if changes.is_empty() {
                say("nothing changed: made once more");
            }
            lines.extend(changes);
        }
        (Some(origin), None) => say(&format!("made from #{origin}, which is not read here")),
        (None, _) => {}
    }
    if job.parent.is_none() || kin.depth == 0 {
        lines.push(Vec::new());
        let prompt = clean(&job.request.prompt).into_owned();
        lines.extend(wrap(&prompt, measure).into_iter().map(|line| vec![(line, Tone::Same)]));
    }
    lines
}

/// What a job cost, or may come to: `$0.075 at most`, and that nothing is billed where that is known.
pub fn cost_words(state: &State, job: &Job) -> String {
    let Some(total) = job.cost().total() else { return "price unknown".to_owned() };
    let billed = job.fault.as_ref().map(|fault| fault.billed);
    let ended = matches!(job.phase, Phase::Failed | Phase::Cancelled | Phase::Expired);
    let free = billed == Some(Billed::No) || (billed.is_none() && job.sent.is_none());
    if ended && job.billed_images.is_none() && free {
        return "nothing billed".to_owned();
    }
    let total = if state.unicode { total.to_string() } else { total.to_string().replace('¥', "CNY ") };
    let known = job.billed_images.is_some() || billed == Some(Billed::Yes);
    if known { total } else { format!("{total} at most") }
}

/// `1 picture`, `no pictures`.
pub fn count(number: usize, of: &str) -> String {
    match number {
        0 => format!("no {of}s"),
        1 => format!("1 {of}"),
        many => format!("{many} {of}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::lineage::arrange;
    use crate::domain::{Cost, JobId, Mode, Request, Stamp};

    fn rows(jobs: &[(i64, Option<i64>)]) -> Vec<Kin> {
        let request = Arc::new(Request::new("wan2.7-image".into(), Mode::TextToImage));
        let job = |&(id, parent): &(i64, Option<i64>)| {
            let job = Job::queued(JobId(id), Arc::clone(&request), Cost::Unknown { images: 1 }, Stamp(0));
            Job { parent: parent.map(|id| JobId(id).into()), ..job }
        };
        arrange(jobs.iter().map(job).collect())
    }

    fn drawn(rows: &[Kin]) -> Vec<String> {
        let word = |stem: &Stem| match stem {
            Stem::Blank => "   ",
            Stem::On => "|  ",
            Stem::Fork => "+- ",
            Stem::Last => "`- ",
            Stem::Deep => ".. ",
        };
        let shown: Vec<&Kin> = rows.iter().collect();
        let lines = stems(&shown).into_iter().zip(rows);
        lines.map(|(stem, kin)| stem.iter().map(word).collect::<String>() + &kin.job.id.to_string()).collect()
    }

    #[test]
    fn stems_join_each_job_to_the_one_it_was_made_from() {
        let rows = rows(&[(1, None), (2, Some(1)), (3, Some(2)), (4, Some(2)), (5, Some(1)), (6, Some(5)), (7, None)]);
        assert_eq!(drawn(&rows), ["7", "1", "+- 2", "|  +- 3", "|  `- 4", "`- 5", "   `- 6"]);
    }

    #[test]
    fn what_is_deep_keeps_room_for_its_words() {
        let chain: Vec<(i64, Option<i64>)> = (1..=12).map(|id| (id, (id > 1).then_some(id - 1))).collect();
        let drawn = drawn(&rows(&chain));
        assert_eq!(drawn[8], format!("{}`- 9", "   ".repeat(7)));
        assert_eq!(drawn[11], format!(".. {}`- 12", "   ".repeat(6)));
    }
}
