//! Jobs as lines that fit the terminal: columns leave in a fixed order as it gets narrow. Pure.

use unicode_width::UnicodeWidthStr;

use crate::domain::{Billed, Job, Phase, Stamp, text};

use super::super::{calendar, print};
use super::list::Entry;

/// Addresses of pictures live this long (contract 4.6).
const URL_LIFE: std::time::Duration = std::time::Duration::from_secs(24 * 3_600);
/// What is asked for gets at least this many columns.
const WHAT_MIN: usize = 12;

/// A column: its head, the least width of the terminal it is shown at, whether it stands right.
struct Column {
    head: &'static str,
    from: usize,
    right: bool,
    cell: fn(&Entry, Stamp) -> String,
}

const COLUMNS: [Column; 9] = [
    Column { head: "ID", from: 0, right: true, cell: |entry, _| entry.job.id.to_string() },
    Column { head: "STATE", from: 0, right: false, cell: |entry, _| entry.job.phase.word().to_owned() },
    Column {
        head: "TURN",
        from: 60,
        right: true,
        cell: |entry, _| entry.turn.map_or("-".into(), |turn| turn.to_string()),
    },
    Column { head: "AGE", from: 60, right: true, cell: age },
    Column { head: "MODEL", from: 70, right: false, cell: |entry, _| entry.job.request.model.to_string() },
    Column { head: "N", from: 80, right: true, cell: |entry, _| entry.job.estimate.images().to_string() },
    Column { head: "WHAT", from: 0, right: false, cell: |entry, _| what(&entry.job) },
    Column { head: "COST", from: 100, right: true, cell: |entry, _| cost(&entry.job) },
    Column { head: "URL", from: 100, right: true, cell: left },
];

/// The table, heads first; nothing for no jobs. `columns` is the width to fit, `None` for none.
pub fn rows(entries: &[Entry], columns: Option<usize>, now: Stamp) -> Vec<String> {
    if entries.is_empty() {
        return vec![];
    }
    let shown: Vec<&Column> = COLUMNS.iter().filter(|column| columns.is_none_or(|all| all >= column.from)).collect();
    let heads: Vec<String> = shown.iter().map(|column| column.head.to_owned()).collect();
    let cells = entries.iter().map(|entry| shown.iter().map(|column| (column.cell)(entry, now)).collect());
    let table: Vec<Vec<String>> = std::iter::once(heads).chain(cells).collect();
    let mut widths: Vec<usize> =
        (0..shown.len()).map(|at| table.iter().map(|row| row[at].width()).max().unwrap_or(0)).collect();
    let what = shown.iter().position(|column| column.head == "WHAT").unwrap_or(0);
    if let Some(all) = columns {
        let others: usize = widths.iter().sum::<usize>() - widths[what] + 2 * (widths.len() - 1);
        widths[what] = widths[what].min(all.saturating_sub(others).max(WHAT_MIN));
    }
    table.iter().map(|row| print::cut(&line(row, &shown, &widths), columns)).collect()
}

fn line(row: &[String], shown: &[&Column], widths: &[usize]) -> String {
    let cells = row.iter().zip(shown).zip(widths).map(|((cell, column), width)| {
        let cell = print::cut(cell, Some(*width));
        let gap = " ".repeat(width.saturating_sub(cell.width()));
        if column.right { gap + &cell } else { cell + &gap }
    });
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

fn age(entry: &Entry, now: Stamp) -> String {
    match entry.job.phase {
        Phase::Held | Phase::Queued => "-".to_owned(),
        _ => calendar::span(entry.job.elapsed(now)),
    }
}

/// What went wrong, or what it does just now; then what is asked for.
fn what(job: &Job) -> String {
    let news = match &job.fault {
        Some(fault) if job.phase != Phase::Done => fault.code.as_str(),
        _ if job.phase.is_ended() => "",
        _ => job.note.as_str(),
    };
    let prompt = text::clean(&job.request.prompt);
    match news {
        "" => prompt.into_owned(),
        news => format!("{}: {prompt}", text::clean(news)),
    }
}

fn cost(job: &Job) -> String {
    let doubt = if job.phase == Phase::Unsure { "?" } else { "" };
    let is_free = job.fault.as_ref().is_none_or(|fault| fault.billed == Billed::No);
    let is_unpaid = job.phase.is_ended() && job.billed_images.is_none() && is_free;
    let cost = if is_unpaid { job.estimate.for_images(0) } else { job.cost() };
    cost.total().map_or("unknown".to_owned(), |total| format!("{total}{doubt}"))
}

/// How long the pictures' addresses live, while they are needed.
fn left(entry: &Entry, now: Stamp) -> String {
    match entry.job.phase {
        Phase::Fetching => calendar::span(URL_LIFE.saturating_sub(now.since(entry.job.since))),
        _ => "-".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cli::envelope::sample;
    use crate::domain::{JobId, Request};

    fn entry(phase: Phase, prompt: &str) -> Entry {
        let job = sample::job();
        let request = Arc::new(Request { prompt: prompt.into(), ..(*job.request).clone() });
        Entry { job: Job { id: JobId(7), phase, request, ended: None, ..job }, turn: None }
    }

    #[test]
    fn lines_fit_any_terminal_and_chinese_counts_double() {
        let entries = [entry(Phase::Running, &"雪中红狐，".repeat(40)), entry(Phase::Queued, "a red fox")];
        for columns in [40, 60, 79, 80, 100, 200] {
            for line in rows(&entries, Some(columns), Stamp(11_002)) {
                assert!(line.width() <= columns, "{columns}: {line}");
            }
        }
        let wide = rows(&entries, None, Stamp(11_002));
        assert!(wide[1].contains("0:11") && wide[1].matches("雪中红狐").count() == 40, "{}", wide[1]);
        assert_eq!(rows(&[], Some(80), Stamp(0)), [""; 0]);
    }

    #[test]
    fn narrow_terminals_lose_columns_in_a_fixed_order() {
        let head = |columns| rows(&[entry(Phase::Held, "fox")], Some(columns), Stamp(0)).swap_remove(0);
        let names = |columns| head(columns).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names(100), ["ID", "STATE", "TURN", "AGE", "MODEL", "N", "WHAT", "COST", "URL"]);
        assert_eq!(names(80), ["ID", "STATE", "TURN", "AGE", "MODEL", "N", "WHAT"]);
        assert_eq!(names(40), ["ID", "STATE", "WHAT"]);
    }

    #[test]
    fn a_row_says_what_went_wrong_and_what_is_still_to_be_had() {
        let mut failed = entry(Phase::Failed, "fox\u{1b}[2J");
        failed.job.fault =
            Some(crate::domain::Fault::new(crate::domain::FaultKind::Content, "DataInspectionFailed", "no"));
        let line = rows(&[failed], None, Stamp(0)).swap_remove(1);
        assert!(line.contains("DataInspectionFailed: fox␛[2J") && !line.contains('\u{1b}'), "{line}");
        let fetching = entry(Phase::Fetching, "fox");
        assert!(rows(&[fetching], None, Stamp(60_005)).swap_remove(1).ends_with("23h59"));
        let mut unsure = entry(Phase::Unsure, "fox");
        unsure.job.billed_images = None;
        assert!(rows(&[unsure], None, Stamp(0)).swap_remove(1).contains("$0.060?"));
    }
}
