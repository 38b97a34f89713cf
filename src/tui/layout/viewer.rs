//! The whole screen for one picture, with a drawer beside or below it, and what stands in that drawer.

use ratatui::layout::Rect;

use super::change::{Toned, change_lines};
use super::lineage::{cost_words, count};
use super::wrap::wrap;
use super::{take_bottom, take_right};
use crate::domain::change::told;
use crate::domain::text::{clean, clean_lines};
use crate::domain::{Away, Job, Passage, Reference};
use crate::tui::state::State;

/// Columns from which the drawer stands beside the picture.
const BESIDE: u16 = 76;

/// Cells for the names of what is told.
pub const DRAWER_LABELS: u16 = 9;

/// Rectangles of the picture on the whole screen; a drawer of zero size is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ViewerPlace {
    /// The picture.
    pub picture: Rect,
    /// What is known about it, with its frame.
    pub drawer: Rect,
    /// The line at the bottom.
    pub line: Rect,
}

/// A line of the drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A name, or nothing where the line goes on, and what is told in which role.
    Fact(&'static str, String, &'static str),
    /// What was changed.
    Change(Toned),
}

/// Divides the screen.
pub fn viewer(state: &State) -> ViewerPlace {
    let (width, height) = state.size;
    let mut screen = Rect::new(0, 0, width, height);
    let line = take_bottom(&mut screen, 1);
    let mut drawer = Rect::default();
    if state.viewer.drawer {
        drawer = match width {
            BESIDE.. => take_right(&mut screen, (width * 5 / 12).clamp(38, 56)),
            _ => take_bottom(&mut screen, height / 2),
        };
    }
    ViewerPlace { picture: screen, drawer, line }
}

/// Lines of the drawer there is room for.
pub fn drawer_rows(place: &ViewerPlace) -> usize {
    usize::from(place.drawer.height.saturating_sub(2))
}

/// Everything that is known about the job whose picture is on the whole screen, in lines of at most `room` cells.
pub fn drawer_lines(state: &State, room: u16) -> Vec<Told> {
    let Some(job) = state.viewed() else { return Vec::new() };
    let mut lines = Vec::new();
    picture(state, job, room, &mut lines);
    asked(job, room, &mut lines);
    kin(state, job, room, &mut lines);
    words(job, room, &mut lines);
    sent(job, room, &mut lines);
    lines
}

fn say(lines: &mut Vec<Told>, room: u16, label: &'static str, text: &str, role: &'static str) {
    let measure = usize::from(room.saturating_sub(DRAWER_LABELS).max(8));
    for (at, line) in wrap(text, measure).into_iter().enumerate() {
        lines.push(Told::Fact(if at == 0 { label } else { "" }, line, role));
    }
}

/// The picture itself, and what it cost.
fn picture(state: &State, job: &Job, room: u16, lines: &mut Vec<Told>) {
    if let Some(name) = &job.name {
        say(lines, room, "name", &clean(name), "strong");
    }
    say(lines, room, "state", &job.phase.to_string(), "text");
    let image = state.preview.wanted.filter(|id| id.job == job.id).and_then(|id| state.image(id));
    if let Some(image) = image {
        let bytes = match image.bytes {
            1_000_000.. => format!("{:.1} MB", image.bytes as f64 / 1e6),
            few => format!("{} kB", few.div_ceil(1000)),
        };
        let facts = format!("{}x{} {}, {bytes}", image.width, image.height, image.format.id());
        say(lines, room, "picture", &facts, "text");
        match state.away(image.id) {
            Some(Away::Binned) => {
                let id = image.id;
                say(lines, room, "shelf", &format!("in the bin; `pinxit bin --back {id}` brings it back"), "mark");
            }
            Some(Away::Purged) => say(lines, room, "shelf", "its file was deleted for good", "mark"),
            None => {}
        }
        if let Some(seed) = image.seed {
            say(lines, room, "seed", &seed.to_string(), "text");
        }
    }
    say(lines, room, "cost", &cost_words(state, job), "text");
}

/// What was set.
fn asked(job: &Job, room: u16, lines: &mut Vec<Told>) {
    let request = &job.request;
    say(lines, room, "model", request.model.as_str(), "text");
    say(lines, room, "mode", &request.mode.to_string(), "text");
    say(lines, room, "asked", &format!("{}, {}", request.size, count(request.n as usize, "picture")), "text");
    let options = request.options.iter().filter_map(|(name, value)| Some((name, told(value)?)));
    let options: Vec<String> = options.map(|(name, value)| clean(&format!("{name} {value}")).into_owned()).collect();
    if !options.is_empty() {
        say(lines, room, "with", &options.join(", "), "text");
    }
    for (at, reference) in request.images.iter().enumerate() {
        let name = match reference {
            Reference::Url(address) => address.chars().take(60).collect(),
            Reference::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        say(lines, room, if at == 0 { "from" } else { "" }, &format!("image {}: {}", at + 1, clean(&name)), "text");
    }
}

/// Where it comes from, what was changed, and what was made from it.
fn kin(state: &State, job: &Job, room: u16, lines: &mut Vec<Told>) {
    if let Some(origin) = job.parent {
        let parent = state.parent_of(job);
        let name = parent.and_then(|parent| parent.name.as_deref()).map(|name| format!(" '{}'", clean(name)));
        say(lines, room, "parent", &format!("#{origin}{}", name.unwrap_or_default()), "strong");
        match parent.map(|parent| change_lines(&parent.request, &job.request, room.saturating_sub(2))) {
            Some(changes) if changes.is_empty() => say(lines, room, "", "nothing changed: made once more", "muted"),
            Some(changes) => lines.extend(changes.into_iter().map(|line| {
                let mut line = line;
                line.insert(0, ("  ".to_owned(), super::Tone::Same));
                Told::Change(line)
            })),
            None => {}
        }
    }
    let near = state.viewer.near.here.as_ref().filter(|near| near.of == job.id);
    let children = near.map(|near| near.children.iter().map(|id| format!("#{id}")).collect::<Vec<_>>());
    if let Some(children) = children.filter(|children| !children.is_empty()) {
        say(lines, room, "children", &children.join(" "), "text");
    }
}

/// The words: as they were sent, as the service rewrote them, and those of a story.
fn words(job: &Job, room: u16, lines: &mut Vec<Told>) {
    let blank = || Told::Fact("", String::new(), "text");
    lines.push(blank());
    say(lines, room, "prompt", &clean_lines(&job.request.prompt), "text");
    if !job.request.negative_prompt.is_empty() {
        say(lines, room, "without", &clean_lines(&job.request.negative_prompt), "text");
    }
    if let Some((_, after)) = job.rewritten() {
        say(lines, room, "became", &clean_lines(after), "text");
    }
    if !job.story.is_empty() {
        lines.push(blank());
    }
    for (at, passage) in job.story.iter().enumerate() {
        let text = match passage {
            Passage::Text(words) => clean_lines(words.trim_matches('\n')).into_owned(),
            Passage::Picture(index) => format!("[picture {}]", index + 1),
        };
        say(lines, room, if at == 0 { "story" } else { "" }, &text, "text");
    }
    lines.push(blank());
}

/// What the service calls it, and where the files are.
fn sent(job: &Job, room: u16, lines: &mut Vec<Told>) {
    if let Some(fault) = &job.fault {
        say(lines, room, "fault", &format!("{} ({})", fault.message, fault.code), "text");
    }
    if let Some(id) = &job.request_id {
        say(lines, room, "request", &clean(id), "muted");
    }
    if let Some(task) = &job.task {
        say(lines, room, "task", &clean(&task.0), "muted");
    }
    if let Some(project) = &job.project {
        say(lines, room, "project", &clean(project), "muted");
    }
    for (at, image) in job.images.iter().enumerate() {
        let label = if at == 0 { "files" } else { "" };
        say(lines, room, label, &clean(&image.path.to_string_lossy()), "muted");
    }
    if let Some(document) = &job.document {
        say(lines, room, "", &clean(&document.to_string_lossy()), "muted");
    }
}
