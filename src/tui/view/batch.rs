//! The batch screen: the batches, how far one of them is, its rows, and what there is to say about the selected row.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::status;
use super::table::{Column, Table};
use super::widgets::{Brush, Heading, Pen, about, cut, frame, width, wrap};
use crate::domain::text::clean;
use crate::domain::{Batch, Job, Money, Phase};
use crate::tui::action::Action;
use crate::tui::layout::{Stack, rows_window};
use crate::tui::state::{RowFilter, Scope, can_refetch};

/// From left to right.
const ORDER: [Column; 6] = [Column::State, Column::Row, Column::Eta, Column::Model, Column::What, Column::Cost];

/// Without what the selected row says too.
const NARROW: [Column; 5] = [Column::State, Column::Row, Column::Eta, Column::Model, Column::What];

/// Which go first as room gets short.
const DROPPED: [Column; 3] = [Column::Cost, Column::Model, Column::Eta];

/// From this many columns on, what a row costs has its place in the table.
const WIDE: u16 = 84;

/// Cells of the bar, at most.
const BAR: usize = 60;

/// Draws the screen between header and footer.
pub(super) fn draw(brush: &Brush, buffer: &mut Buffer, stack: &Stack) {
    let Some(batch) = brush.state.batches.batch() else { return empty(brush, buffer, stack.rows) };
    list(brush, buffer, stack.batches);
    progress(brush, buffer, stack.progress, batch);
    rows(brush, buffer, stack, batch);
    row(brush, buffer, stack.row);
}

/// What a batch is, and how one is made.
fn empty(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let inside = frame(brush, buffer, area, &Heading { title: "Batch", focused: true, ..Heading::default() });
    let key = |scope, action| brush.key(&[scope], action).unwrap_or_default();
    let (plan, begin) = (key(Scope::Batch, Action::PlanFile), key(Scope::Plan, Action::Begin));
    let form = key(Scope::Form, Action::PlanForm);
    let lines = [
        ("No batches yet.".to_owned(), "text"),
        (String::new(), "text"),
        ("A batch is a file with a row for each request: JSON Lines, CSV,".to_owned(), "muted"),
        ("or a prompt on each line.".to_owned(), "muted"),
        (String::new(), "text"),
        (format!("{plan} plans a file: what it comes to is shown, nothing is sent."), "text"),
        (format!("{begin} then runs it. In the form, {form} plans all ways of {{a|b}}."), "text"),
        ("In a shell: pinxit batch run prompts.txt".to_owned(), "muted"),
    ];
    let styled: Vec<_> = lines.into_iter().map(|(line, role)| (line, brush.style(role))).collect();
    status::block(brush, buffer, inside, inside.width, &styled);
}

/// The batches, newest first: `b3 spring.jsonl  PAUSED 24/48`.
fn list(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let batches = &brush.state.batches;
    let at = batches.index().unwrap_or(0);
    let position = format!("{}/{}", at + 1, batches.list.len());
    let right = (batches.list.len() > 1).then(|| (position.as_str(), brush.style("muted")));
    let inside = frame(brush, buffer, area, &Heading { title: "Batches", right, ..Heading::default() });
    if inside.is_empty() {
        return;
    }
    let rows = usize::from(inside.height);
    let top = (at + 1).saturating_sub(rows);
    let line = Rect { x: inside.x - 1, width: inside.width + 2, ..inside };
    for (row, (place, batch)) in (0u16..).zip(batches.list.iter().enumerate().skip(top).take(rows)) {
        let chosen = place == at;
        let mut pen = Pen::new(buffer, line, row, brush.glyphs.more);
        pen.write(if chosen { brush.glyphs.marker } else { " " }, brush.style("mark"));
        let counts = &batch.counts;
        pen.right(&format!("{}/{} ", counts.over(), counts.all()), brush.style("muted"));
        let (word, role) = standing(batch);
        pen.right(word, brush.style(role));
        pen.write(&format!("b{:<3} ", batch.id.0), brush.style("muted"));
        pen.write(&clean(&batch.name), brush.style(if chosen { "strong" } else { "text" }));
    }
}

/// A batch in a word.
fn standing(batch: &Batch) -> (&'static str, &'static str) {
    let counts = &batch.counts;
    match batch {
        _ if counts.over() == counts.all() && counts.done == counts.all() => ("DONE", "queue.done"),
        _ if counts.over() == counts.all() => ("ENDED", "queue.short"),
        batch if batch.paused => ("PAUSED", "warn"),
        _ if counts.live > 0 => ("RUNNING", "queue.live"),
        _ => ("WAITING", "queue.waiting"),
    }
}

/// How far it is: a bar, who is where, money, pace, and what holds it up.
fn progress(brush: &Brush, buffer: &mut Buffer, area: Rect, batch: &Batch) {
    let title = format!("b{} {}", batch.id, clean(&batch.name));
    let (word, role) = standing(batch);
    let heading = Heading { title: &title, word, word_role: role, ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return;
    }
    let room = usize::from(inside.width);
    let mut pen = Pen::new(buffer, inside, 0, brush.glyphs.more);
    let (over, all) = (batch.counts.over(), batch.counts.all());
    let said = format!("{over}/{all}");
    pen.write(&bar(over, all, room.saturating_sub(width(&said) + 4).min(BAR)), brush.style("queue.live"));
    pen.skip(2).write(&said, brush.style("strong"));
    let mut pen = Pen::new(buffer, inside, 1, brush.glyphs.more);
    for (count, word, role) in counts(batch) {
        pen.write(&format!("{word} "), brush.style("muted")).write(&count.to_string(), brush.style(role)).skip(3);
    }
    let mut parts = money(brush);
    parts.extend(pace(brush));
    if batch.counts.over() < batch.counts.all() {
        parts.push(flight(batch));
    }
    Pen::new(buffer, inside, 2, brush.glyphs.more).write(&parts.join("   "), brush.style("text"));
    if let Some((words, role)) = news(brush, batch) {
        Pen::new(buffer, inside, 3, brush.glyphs.more).write(&words, brush.style(role));
    }
}

/// `[######......]`.
fn bar(over: u32, all: u32, cells: usize) -> String {
    // Full only when everything is over.
    let full = (cells as u64 * u64::from(over) / u64::from(all.max(1))) as usize;
    format!("[{}{}]", "#".repeat(full), ".".repeat(cells.saturating_sub(full)))
}

/// Who is where; what there is none of is not said, but for what is good.
fn counts(batch: &Batch) -> Vec<(u32, &'static str, &'static str)> {
    let counts = &batch.counts;
    let all = [
        (counts.done, "ok", "queue.done"),
        (counts.failed + counts.partial, "failed", "queue.failed"),
        (counts.unsure, "unsure", "queue.unsure"),
        (counts.cancelled, "cancelled", "queue.waiting"),
        (counts.live, "running", "queue.live"),
        (counts.waiting, "waiting", "queue.waiting"),
    ];
    all.into_iter().filter(|(count, word, _)| *count > 0 || *word == "ok").collect()
}

/// `spent $0.660 of $1.440`.
fn money(brush: &Brush) -> Vec<String> {
    let Some(purse) = brush.state.purse() else { return Vec::new() };
    let known = |amount: Money| brush.money(amount);
    let unknown = if purse.unknown { " and unknown prices" } else { "" };
    vec![format!("spent {} of {}{unknown}", known(purse.spent), known(purse.planned))]
}

/// `1.9 img/min   ~7m left`.
fn pace(brush: &Brush) -> Vec<String> {
    let Some(pace) = brush.state.batch_pace(brush.now) else { return Vec::new() };
    // Coarse where it is fast, so that it does not change all the time.
    let rate = if pace.a_minute < 10.0 { format!("{:.1}", pace.a_minute) } else { format!("{:.0}", pace.a_minute) };
    vec![format!("{rate} img/min"), format!("{} left", about(pace.left))]
}

/// `in flight 2 of 4`.
fn flight(batch: &Batch) -> String {
    match batch.parallel {
        Some(most) => format!("in flight {} of {most}", batch.counts.live),
        None => format!("in flight {}, no limit of its own", batch.counts.live),
    }
}

/// What keeps it, or what the user can do about what went wrong.
fn news(brush: &Brush, batch: &Batch) -> Option<(String, &'static str)> {
    let state = brush.state;
    let key = |action| brush.key(&[Scope::Batch], action).unwrap_or_default();
    let open = batch.counts.over() < batch.counts.all();
    if batch.paused && open {
        return Some((format!("PAUSED: {} lets it go on", key(Action::PauseBatch)), "warn"));
    }
    if state.queue.paused.all && open {
        return Some(("The whole queue is PAUSED: it goes on from the queue screen".to_owned(), "warn"));
    }
    if let Some(job) = state.held_up(brush.now) {
        return Some((format!("{}: {}", job.request.model, job.says(brush.now)), "warn"));
    }
    let wrong = batch.counts.failed + batch.counts.partial + batch.counts.unsure;
    (wrong > 0).then(|| {
        let words = format!(
            "{} shows what failed, {} changes a row, {} sends it again; {} marks all",
            key(Action::CycleRows),
            key(Action::EditJob),
            key(Action::Retry),
            key(Action::MarkAll)
        );
        (words, "muted")
    })
}

fn rows(brush: &Brush, buffer: &mut Buffer, stack: &Stack, batch: &Batch) {
    let state = brush.state;
    let shown = state.shown_rows();
    let mut aside = Vec::new();
    if state.marked() > 0 {
        aside.push(format!("{} marked", state.marked()));
    }
    if !state.batches.unseen.is_empty() {
        aside.push(format!("{} out of sight", state.batches.unseen.len()));
    }
    if !shown.is_empty() {
        aside.push(format!("{}/{}", state.shown_at().map_or(0, |at| at + 1), shown.len()));
    }
    let aside = aside.join("  ");
    let right = (!aside.is_empty()).then(|| (aside.as_str(), brush.style("muted")));
    let filter = RowFilter::ALL.map(|filter| match filter == state.batches.rows {
        true => format!("[{}]", filter.word()),
        false => filter.word().to_owned(),
    });
    let mut word = filter.join(" ");
    if stack.progress.is_empty() {
        word = format!("b{} {}/{}  {word}", batch.id, batch.counts.over(), batch.counts.all());
    }
    let focused = state.dialog.is_none();
    let heading = Heading { title: "Rows", word: &word, word_role: "muted", right, focused, ..Heading::default() };
    let inside = frame(brush, buffer, stack.rows, &heading);
    if inside.is_empty() {
        return;
    }
    if shown.is_empty() {
        let words = match state.batches.rows {
            RowFilter::All => "No row of it is in sight.".to_owned(),
            filter => format!("No row is {} now.", filter.word()),
        };
        status::block(brush, buffer, inside, inside.width, &[(words, brush.style("muted"))]);
        return;
    }
    let order: &[Column] = if stack.rows.width >= WIDE { &ORDER } else { &NARROW };
    let table = Table { jobs: &shown, order, dropped: &DROPPED, focused: true, marks: true };
    table.draw(brush, buffer, inside, rows_window(state, stack));
}

/// The selected row: what went wrong and what to do, or what it asks for.
fn row(brush: &Brush, buffer: &mut Buffer, area: Rect) {
    let Some(job) = brush.state.chosen() else {
        frame(brush, buffer, area, &Heading { title: "Row", ..Heading::default() });
        return;
    };
    let name = job.row.as_ref().map_or_else(String::new, |row| clean(&row.name).into_owned());
    let title = format!("{} #{}", cut(&name, 40, brush.glyphs.more), job.id);
    let word = format!("{}  {}", job.phase, status::price(brush, job));
    let heading = Heading { title: &title, word: &word, word_role: status::role(job.phase), ..Heading::default() };
    let inside = frame(brush, buffer, area, &heading);
    if inside.is_empty() {
        return;
    }
    let room = usize::from(inside.width);
    let mut lines: Vec<(String, &str)> = Vec::new();
    for (text, role) in said(brush, job) {
        lines.extend(wrap(&text, room).into_iter().map(|line| (line, role)));
    }
    let keys = what_next(brush, job);
    // What to do keeps the last line, whatever there is to read above it.
    let most = usize::from(inside.height) - usize::from(keys.is_some());
    if lines.len() > most.max(1) {
        lines.truncate(most.max(1));
        if let Some((last, _)) = lines.last_mut() {
            *last = cut(last, room.saturating_sub(width(brush.glyphs.more)), "").to_string() + brush.glyphs.more;
        }
    }
    lines.extend(keys.map(|keys| (keys, "good")));
    for (row, (text, role)) in (0u16..).zip(lines) {
        Pen::new(buffer, inside, row, brush.glyphs.more).write(&text, brush.style(role));
    }
}

fn said(brush: &Brush, job: &Job) -> Vec<(String, &'static str)> {
    let prompt = (job.request.prompt.replace('\n', " "), "text");
    match &job.fault {
        Some(fault) => {
            let (bill, role) = status::bill_words(fault, job.billed_images.unwrap_or(0));
            let why = (format!("{} ({})", fault.message, fault.code), "text");
            vec![why, (bill, role), (fault.hint.clone(), "text"), prompt]
                .into_iter()
                .filter(|(text, _)| !text.is_empty())
                .collect()
        }
        None => {
            let doing = job.says(brush.now);
            let doing = if doing.is_empty() || job.phase == Phase::Done { String::new() } else { format!(" {doing}") };
            let path = job.images.first().map(|image| (clean(&image.path.to_string_lossy()).into_owned(), "muted"));
            [(status::sentence(job) + &doing, "muted")].into_iter().chain([prompt]).chain(path).collect()
        }
    }
}

/// Keys for what the user has to decide.
fn what_next(brush: &Brush, job: &Job) -> Option<String> {
    let key = |action| brush.key(&[Scope::Batch], action).unwrap_or_default();
    let (edit, retry) = (key(Action::EditJob), key(Action::Retry));
    match job.phase {
        Phase::Unsure => {
            let (look, give_up) = (key(Action::LookAgain), key(Action::Cancel));
            Some(format!("{look} looks for it, {retry} sends it again (may bill twice), {give_up} gives it up"))
        }
        _ if can_refetch(job) => Some(format!("{} fetches what is missing. That costs nothing", key(Action::Refetch))),
        Phase::Failed | Phase::Expired | Phase::Cancelled | Phase::Partial => {
            Some(format!("{edit} changes it, {retry} sends it again as it is"))
        }
        _ => None,
    }
}
