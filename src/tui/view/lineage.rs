//! The history screen: families of jobs as trees, and what was changed to make the selected one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::widgets::{Brush, Heading, Pen, frame, wrap};
use super::{preview, status, toned};
use crate::domain::Away;
use crate::domain::lineage::Kin;
use crate::domain::text::clean;
use crate::tui::action::Action;
use crate::tui::layout::{Grove, Spot, Stem, change_brief, count, grove_lines, grove_window, stems};
use crate::tui::state::{Lineage, Scope};

/// Draws the screen between header and footer.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, grove: &Grove) {
    trees(brush, buffer, grove.trees);
    change(brush, buffer, grove);
}

/// The trees, or why there are none.
fn trees(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let lineage = &brush.state.lineage;
    let word = if lineage.words.is_empty() { String::new() } else { format!("with: {}", clean(&lineage.words)) };
    let told = told(lineage);
    let right = (!told.is_empty()).then(|| (told.as_str(), brush.style("muted")));
    let heading =
        Heading { title: "History", word: &word, word_role: "mark", right, focused: true, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    let shown = lineage.shown();
    if shown.is_empty() {
        return empty(brush, buffer, inside);
    }
    let stems = stems(&shown);
    let (top, rows) = grove_window(brush.state, area);
    let line = Rect { x: inside.x.saturating_sub(1), width: inside.width + 2, ..inside };
    for (row, (kin, stem)) in (0u16..).zip(shown.iter().zip(&stems).skip(top).take(rows)) {
        let line = Rect { y: line.y + row, height: 1, ..line };
        one(brush, buffer, line, kin, stem);
    }
}

/// How many families there are.
fn told(lineage: &Lineage) -> String {
    let here = lineage.rows.iter().filter(|kin| kin.depth == 0).count();
    let cut = if lineage.cut { ", cut short" } else { "" };
    match (&lineage.answered, lineage.families, lineage.more) {
        (None, ..) => "reading".to_owned(),
        _ if !lineage.is_here() => "reading".to_owned(),
        (_, Some(all), true) => format!("the newest {here} of {all} families{cut}"),
        (_, None, true) => format!("the newest {here} families{cut}"),
        _ if here == 1 => format!("1 family{cut}"),
        _ if here == 0 => String::new(),
        _ => format!("{here} families{cut}"),
    }
}

/// What will be here.
fn empty(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let lineage = &brush.state.lineage;
    let form = brush.key(&[Scope::Normal], Action::ShowCompose);
    let lines = match (lineage.answered.is_some(), lineage.words.is_empty()) {
        (false, _) => vec![],
        (true, true) => vec![
            ("Nothing was made yet.".to_owned(), "text"),
            (String::new(), "text"),
            ("Each job will stand here below the one it was made from:".to_owned(), "muted"),
            ("by editing its picture, or by loading its words.".to_owned(), "muted"),
            (format!("{} goes to the form.", form.unwrap_or_default()), "muted"),
        ],
        (true, false) => {
            let key = brush.key(&[Scope::Lineage], Action::DropFilter).unwrap_or_default();
            vec![
                ("No job has all of these words.".to_owned(), "text"),
                (format!("{key} shows everything again."), "muted"),
            ]
        }
    };
    let styled: Vec<_> = lines.into_iter().map(|(line, role)| (line, brush.style(role))).collect();
    status::block(brush, buffer, area, area.width, &styled);
}

/// A job: its stem, number and name, its words, and how it stands.
fn one(brush: &Brush, buffer: &mut Buffer, line: Rect, kin: &Kin, stem: &[Stem]) {
    let job = &kin.job;
    let here = Some(job.id) == brush.state.lineage.selected;
    if here {
        buffer.set_style(line, brush.style("selection"));
    }
    let style = |role: &str| if here { brush.style("selection") } else { brush.style(role) };
    let mut pen = Pen::new(buffer, line, 0, brush.glyphs.more);
    let state = if job.hidden { "HIDDEN".to_owned() } else { job.phase.to_string() };
    let role = if job.hidden { "muted" } else { status::role(job.phase) };
    pen.right(&format!("{state:<9} "), style(role));
    if line.width >= 60 {
        pen.right(&format!("{:>7} ", status::price(brush, job)), style("muted"));
    }
    if line.width >= 70 {
        pen.right(&format!("{:>2} img ", job.images.len()), style("muted"));
    }
    let (mark, role) = brush.marker(Spot::Job(job.id), here);
    pen.write(&mark, brush.style(role)).skip(1);
    for step in stem {
        pen.write(drawn(brush, *step), style("muted"));
    }
    pen.write(&format!("{}", job.id), style("key")).skip(1);
    if let Some(origin) = job.parent.filter(|origin| origin.picture.is_some()) {
        pen.write(&format!("<{origin}"), style("muted")).skip(1);
    }
    if let Some(name) = &job.name {
        pen.write(&format!("'{}'", clean(name)), style("strong")).skip(1);
    }
    if job.hidden && kin.below > 0 {
        pen.write(&format!("({} below)", count(kin.below, "job")), style("muted")).skip(1);
    }
    let found = brush.state.lineage.is_found(job);
    // Below its parent, what a child has of it is known.
    let parent = brush.state.parent_of(job).filter(|_| kin.depth > 0);
    let words = match parent {
        Some(parent) => change_brief(&parent.request, &job.request),
        None => clean(&job.request.prompt.replace('\n', " ")).into_owned(),
    };
    pen.write(&words, style(if found { "mark" } else { "text" }));
}

/// A step of a stem.
fn drawn(brush: &Brush, stem: Stem) -> &'static str {
    match (stem, brush.state.unicode) {
        (Stem::Blank, _) => "   ",
        (Stem::On, true) => "│  ",
        (Stem::On, false) => "|  ",
        (Stem::Fork, true) => "├─ ",
        (Stem::Fork, false) => "+- ",
        (Stem::Last, true) => "└─ ",
        (Stem::Last, false) => "`- ",
        (Stem::Deep, true) => "…  ",
        (Stem::Deep, false) => ".. ",
    }
}

/// What was changed to make the selected job, and what it comes to.
fn change(brush: &Brush, buffer: &mut Buffer, grove: &Grove) {
    if grove.change.is_empty() {
        return;
    }
    let job = brush.state.in_history();
    let title = match job.map(|job| (job.id, job.parent)) {
        Some((id, Some(origin))) => format!("#{id} from #{origin}"),
        Some((id, None)) => format!("#{id}, first of its family"),
        None => String::new(),
    };
    frame(brush, buffer, grove.change, &Heading { title: &title, ..Heading::default() });
    pictures(brush, buffer, grove);
    let inside = grove.words;
    let lines = grove_lines(brush.state, inside.width);
    let rest = lines.len() > usize::from(inside.height);
    for (row, line) in (0..inside.height).zip(&lines) {
        let mut pen = Pen::new(buffer, inside, row, brush.glyphs.more);
        if rest && row + 1 == inside.height {
            let key = brush.key(&[Scope::Lineage], Action::LookCloser).unwrap_or_default();
            pen.write(&format!("{key} shows all of it"), brush.style("muted"));
        } else {
            toned::write(brush, &mut pen, line);
        }
    }
}

/// The small pictures, each below its name where there are two; one that is on its way leaves its place empty.
fn pictures(brush: &Brush, buffer: &mut Buffer, grove: &Grove) {
    let (images, [_, second]) = (brush.state.in_grove(), grove.pictures);
    for (at, area) in grove.pictures.into_iter().enumerate().filter(|(_, area)| !area.is_empty()) {
        let say = |buffer: &mut Buffer, words: &str| {
            let lines = wrap(words, usize::from(area.width)).into_iter().map(|line| (line, brush.style("muted")));
            status::block(brush, buffer, area, area.width, &lines.collect::<Vec<_>>());
        };
        let Some(image) = images[at] else {
            let phase = brush.state.in_history().filter(|_| at == 0).map(|job| format!("no picture: {}", job.phase));
            say(buffer, &phase.unwrap_or_default());
            continue;
        };
        if !second.is_empty() {
            let name = Rect { y: area.y - 1, height: 1, ..area };
            let mut pen = Pen::new(buffer, name, 0, brush.glyphs.more);
            match brush.state.in_history().and_then(|job| job.parent).filter(|_| at == 1) {
                Some(origin) => pen.write(&format!("from #{origin}"), brush.style("muted")),
                None => pen.write(&format!("#{}", image.id), brush.style("strong")),
            };
        }
        if let Some(away) = brush.state.away(image.id).filter(|away| *away == Away::Purged) {
            say(buffer, away.words());
            continue;
        }
        let shown = brush.state.lineage.thumbs[at].shown.as_ref().filter(|(part, _)| part.path == image.path);
        match shown.map(|(_, cells)| cells) {
            Some(Ok(cells)) => {
                let height = cells.area.height.min(area.height);
                preview::copy(buffer, Rect { height, ..area }, cells);
            }
            Some(Err(_)) => {
                let key = brush.key(&[Scope::Lineage], Action::LookCloser).filter(|_| at == 0);
                let why = key.map(|key| format!(": {key} says why")).unwrap_or_default();
                say(buffer, &format!("cannot be shown{why}"));
            }
            None => {}
        }
    }
}
