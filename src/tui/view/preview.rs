//! The picture pane: the picture with its caption, or what is happening instead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::status;
use super::widgets::{Brush, Heading, Pen, cut_left, frame, taken, width, wrap};
use crate::domain::{Away, Image, ImageId, Job, Phase};
use crate::tui::action::Action;
use crate::tui::layout::{Panes, change_words};
use crate::tui::state::{Scope, Shown};

/// Draws the pane.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, panes: &Panes) {
    let (area, picture) = (panes.preview, panes.picture);
    if area.is_empty() {
        return;
    }
    if super::beside::draw(brush, buffer, area) {
        return;
    }
    let state = brush.state;
    let shown = on_screen(brush);
    let (selected, count) = (state.queue.job(), shown.map(|shown| place(brush, shown.image)).unwrap_or_default());
    // A picture may belong to another job than the one now selected and still at work.
    let other = selected.filter(|job| shown.is_some_and(|shown| shown.image.job != job.id));
    // One that is not whole says so beside its pictures.
    let short = selected.filter(|job| other.is_none() && shown.is_some() && job.phase == Phase::Partial);
    let unfinished = short.map(|job| {
        let requests = status::requests(brush, job).map(|text| format!(", {text}")).unwrap_or_default();
        (format!("{}{requests}", job.phase), brush.style(status::role(job.phase)))
    });
    let news = other.map(|job| (format!("#{} {}", job.id, job.phase), brush.style(status::role(job.phase))));
    let news = news.or(unfinished);
    let right = match &news {
        Some((text, style)) => Some((text.as_str(), *style)),
        None if count.is_empty() => None,
        None => Some((count.as_str(), brush.style("muted"))),
    };
    let title = if panes.story.is_empty() { "Picture" } else { "Story" };
    let drawn = drawn(brush, shown.is_some());
    let back = shown.and_then(|shown| way_back(brush, shown.image));
    let told: Vec<String> = [back, descent(brush), rewritten(brush)].into_iter().flatten().collect();
    let told = (!told.is_empty()).then(|| told.join("; "));
    let foot = told.as_deref().map(|told| (told, brush.style("mark")));
    let inside = frame(
        brush,
        buffer,
        area,
        &Heading { title, word: &drawn, word_role: "muted", right, foot, ..Heading::default() },
    );
    if let Some(job) = state.queue.story().filter(|_| !panes.story.is_empty()) {
        super::story::draw(brush, buffer, panes.story, job);
        if let Some(shown) = shown.filter(|shown| shown.image.job == job.id && !picture.is_empty()) {
            draw_shown(brush, buffer, picture, shown);
            caption(brush, buffer, Rect { y: picture.bottom(), height: 1, ..inside }, shown.image);
        }
        return;
    }
    match (shown, state.preview.wanted, selected) {
        (Some(shown), _, _) => {
            draw_shown(brush, buffer, picture, shown);
            let below = Rect { y: inside.bottom().saturating_sub(2), height: 2.min(inside.height), ..inside };
            caption(brush, buffer, below, shown.image);
        }
        (None, Some(id), _) => words(brush, buffer, inside, &format!("Opening #{id}")),
        (None, None, Some(job)) => status::draw(brush, buffer, inside, job),
        (None, None, None) => empty(brush, buffer, inside),
    }
}

/// How the picture is drawn, and what pictures have cost on the line so far: `kitty, 114 KiB`.
fn drawn(brush: &Brush, shown: bool) -> String {
    let drawn = brush.state.drawn;
    if shown && !drawn.how.is_empty() { format!("{}, {} KiB", drawn.how, drawn.kib) } else { String::new() }
}

/// That the service tells what it made of the prompt, and the key that shows it.
fn rewritten(brush: &Brush) -> Option<String> {
    brush.state.queue.job()?.rewritten()?;
    let key = brush.key(&[Scope::Form], Action::ShowRewrite);
    Some(key.map_or_else(|| "prompt rewritten".to_owned(), |key| format!("prompt rewritten: {key} compares")))
}

/// What the selected job was made from, and what was changed: `from #12b: 2 words changed`.
fn descent(brush: &Brush) -> Option<String> {
    let job = brush.state.queue.job()?;
    let origin = job.parent?;
    let parent = brush.state.parent_of(job);
    let told = parent.map(|parent| format!(": {}", change_words(&parent.request, &job.request)));
    Some(format!("from #{origin}{}", told.unwrap_or_default()))
}

/// How a picture comes back out of the bin, where it is there.
pub(super) fn way_back(brush: &Brush, id: ImageId) -> Option<String> {
    let binned = brush.state.away(id) == Some(Away::Binned);
    binned.then(|| format!("pinxit bin --back {id} brings it back"))
}

/// What is painted, as long as a picture is wanted at all: an older one stays until its successor is ready.
pub(super) fn on_screen<'a>(brush: &Brush<'a>) -> Option<&'a Shown> {
    let preview = &brush.state.preview;
    preview.wanted.and(preview.shown.as_ref())
}

/// Copies the painted cells to the middle of `area`, or says why there are none.
pub(super) fn draw_shown(brush: &Brush, buffer: &mut Buffer, area: Rect, shown: &Shown) {
    let cells = match &shown.cells {
        Ok(cells) => cells,
        Err(_) if brush.state.away(shown.image) == Some(Away::Purged) => {
            words(brush, buffer, area, &format!("#{} was deleted for good. How it was made is kept.", shown.image));
            return;
        }
        Err(fault) => {
            status::draw_fault(brush, buffer, area, &format!("#{} cannot be shown", shown.image), fault);
            return;
        }
    };
    copy(buffer, area, cells);
}

/// Copies painted cells to the middle of `area`.
pub(super) fn copy(buffer: &mut Buffer, area: Rect, cells: &Buffer) {
    let place = super::centred(area, cells.area.width, cells.area.height);
    for y in 0..place.height {
        for x in 0..place.width {
            let from = cells.cell((cells.area.x + x, cells.area.y + y));
            if let (Some(from), Some(to)) = (from, buffer.cell_mut((place.x + x, place.y + y))) {
                *to = from.clone();
            }
        }
    }
}

/// `2 of 4`, when the job has several.
pub(super) fn place(brush: &Brush, id: ImageId) -> String {
    let images = brush.state.job(id.job).map(|job| job.images.as_slice()).unwrap_or_default();
    match images.iter().position(|image| image.id == id) {
        Some(at) if images.len() > 1 => format!("{} of {}", at + 1, images.len()),
        _ => String::new(),
    }
}

/// What a picture is: pixels, seed, time and cost. Where they do not all fit, the seed and then the time go: what was
/// paid stays.
pub(super) fn facts(brush: &Brush, job: &Job, image: &Image, room: u16) -> String {
    let size = format!("{}x{}", image.width, image.height);
    let seed = image.seed.map(|seed| format!("seed {seed}")).unwrap_or_default();
    let time = if job.ended.is_some() { taken(job.elapsed(brush.now)) } else { String::new() };
    let cost = status::price(brush, job);
    let join = |facts: &[&str]| facts.iter().copied().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join("  ");
    let choices = [join(&[&size, &seed, &time, &cost]), join(&[&size, &time, &cost]), join(&[&size, &cost])];
    let fits = choices.iter().find(|text| width(text) <= usize::from(room));
    fits.unwrap_or(&cost).clone()
}

fn caption(brush: &Brush, buffer: &mut Buffer, area: Rect, id: ImageId) {
    let mut pen = Pen::new(buffer, area, 0, brush.glyphs.more);
    pen.write(&format!("#{id}"), brush.style("strong")).skip(2);
    let (Some(job), Some(image)) = (brush.state.job(id.job), brush.state.image(id)) else { return };
    if let Some(away) = brush.state.away(id) {
        pen.write(away.words(), brush.style("mark")).skip(2);
    }
    let room = pen.room();
    pen.write(&facts(brush, job, image, room), brush.style("muted"));
    let path = cut_left(&image.path.to_string_lossy(), usize::from(area.width), brush.glyphs.before);
    Pen::new(buffer, area, 1, brush.glyphs.more).write(&path, brush.style("muted"));
}

fn words(brush: &Brush, buffer: &mut Buffer, area: Rect, text: &str) {
    status::block(brush, buffer, area, area.width, &[(text.to_owned(), brush.style("muted"))]);
}

/// Before the first job: what will be here and how to get there.
fn empty(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let measure = area.width.saturating_sub(2).min(40);
    let send = brush.key(Action::Generate.scopes(), Action::Generate).unwrap_or_default();
    let mut lines = vec![("Your picture appears here.".to_owned(), brush.style("text"))];
    let steps =
        ["Describe it in the prompt.".to_owned(), format!("{send} sends it."), "It is saved, then shown.".to_owned()];
    lines.push((String::new(), brush.style("muted")));
    for (number, step) in (1..).zip(steps) {
        let wrapped = wrap(&format!("{number}  {step}"), usize::from(measure));
        lines.extend(wrapped.into_iter().map(|line| (line, brush.style("muted"))));
    }
    status::block(brush, buffer, area, measure, &lines);
}
