//! What the studio asks about batches, answered by the same code as `pinxit batch` and `pinxit sheet`.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::domain::{BatchId, Fault, FaultKind, Request, Size, text};
use crate::store::Store;
use crate::tui::runtime::{Planner, Start};
use crate::tui::state::{PlanRow, PlanSheet, PlanSource};

use super::super::generate::{Leeway, Wish};
use super::super::{desk, failure, sheet};
use super::args::{RowFlags, Unfold};
use super::fate::Fate;
use super::plan::Plan;
use super::run::{begin, prepare};
use super::source::Source;
use super::{Faulty, Over, new_batch, orders, replace, write_new};

/// Rows of a plan the screen has; nobody reads more.
const SHOWN: usize = 500;

/// Pages of one batch beside each other.
const PAGES: u32 = 1000;

/// Plans for the studio, with its settings and into its store.
pub fn planner(config: &Config, store: &Store) -> Planner {
    let (ours, theirs, pages) = ((config.clone(), store.clone()), (config.clone(), store.clone()), store.clone());
    Planner::new(
        move |source| plan(&ours.0, &ours.1, source).map_err(|error| lines(&error)),
        move |id, request, cost, resend| replace(&theirs.1, &theirs.0.catalog, id, (request, cost), resend),
        move |batch| page(&pages, batch),
    )
}

/// What is wrong, a line each.
fn lines(error: &anyhow::Error) -> Vec<String> {
    match error.downcast_ref::<Faulty>() {
        Some(faulty) => faulty.lines(),
        None => {
            let fault = failure::fault(error);
            [fault.message, fault.hint].into_iter().filter(|line| !line.is_empty()).collect()
        }
    }
}

fn plan(config: &Config, store: &Store, source: PlanSource) -> anyhow::Result<(PlanSheet, Start)> {
    let flags = RowFlags::default();
    let source = match source {
        PlanSource::File(path) => Source::file(&near(&path), &flags, &config.catalog, &config.paths)?,
        PlanSource::Form(request, axes) => {
            let all = RowFlags { wildcards: Some(Unfold::All), ..flags };
            let name = if axes.is_empty() { "form" } else { "grid" };
            Source { name: name.into(), ..Source::grid(&axes, &wish(&request), &all, &config.catalog, &config.paths)? }
        }
    };
    let rows = RowFlags::default();
    let nothing = Over { model: None, style: None, set: &[], leeway: Leeway::default() };
    let orders = orders(config, &source, &rows, nothing)?;
    let what = new_batch(&source, None);
    let plan = Plan::of(&source.name, orders, (store, config), (None, false), desk::now())?;
    let sheet = shown(&plan);
    let store = store.clone();
    let start: Start = Box::new(move || {
        if plan.rows(Fate::sends) > 0 {
            plan.fits()?;
            prepare(&plan)?;
        }
        let begun = begin(&store, &what, plan, false).map_err(|error| failure::fault(&error))?;
        Ok(begun.batch)
    });
    Ok((sheet, start))
}

/// The path as the user would write it: from where the program runs.
fn near(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    short.to_string_lossy().into_owned()
}

fn shown(plan: &Plan) -> PlanSheet {
    let row = |line: &super::plan::Line| PlanRow {
        name: line.order.name.clone(),
        fate: line.fate.word(),
        model: line.order.request.model.clone(),
        cost: line.cost.clone(),
        prompt: line.order.request.prompt.clone(),
    };
    PlanSheet {
        words: plan.words(),
        rows: plan.lines.iter().take(SHOWN).map(row).collect(),
        more: plan.lines.len().saturating_sub(SHOWN),
        sends: plan.rows(Fate::sends),
        pictures: plan.price.images,
        total: plan.price.total(),
    }
}

/// What every row of the form asks for.
fn wish(request: &Request) -> Wish {
    Wish {
        model: Some(request.model.to_string()),
        prompt: Some(request.prompt.clone()),
        pictures: request.images.iter().map(ToString::to_string).collect(),
        mode: Some(request.mode),
        size: Some(request.size).filter(|size| *size != Size::Auto),
        n: Some(request.n),
        seed: request.seed,
        negative: Some(request.negative_prompt.clone()).filter(|text| !text.is_empty()),
        options: request.options.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        ..Wish::default()
    }
}

/// A page of a batch's pictures beside the pictures, under a name nobody has.
fn page(store: &Store, id: BatchId) -> Result<PathBuf, Fault> {
    let absent = || Fault::new(FaultKind::Invalid, "batch_unknown", format!("There is no batch b{id}."));
    let batch = store.batch(id)?.ok_or_else(absent)?;
    let html = sheet::page(batch.name.clone(), store.batch_jobs(id)?);
    let home = &store.places().pictures;
    let cannot = |error: std::io::Error| {
        let message = format!("{} cannot be made: {error}.", text::clean(&home.to_string_lossy()));
        Fault::new(FaultKind::Other, "file", message)
    };
    std::fs::create_dir_all(home).map_err(cannot)?;
    let stem = batch.name.rsplit_once('.').map_or(batch.name.as_str(), |(stem, _)| stem);
    let name = format!("b{id}-{}", text::slug(stem, 60));
    let name = name.trim_end_matches('-');
    let paths = (1..=PAGES).map(|number| match number {
        1 => home.join(format!("{name}.html")),
        number => home.join(format!("{name}-{number}.html")),
    });
    let path = paths.into_iter().find(|path| !path.exists()).unwrap_or_else(|| home.join(format!("{name}.html")));
    write_new(&path, html.as_bytes())?;
    Ok(path)
}
