//! `pinxit gen` and `pinxit edit`: from words (and pictures) to pictures on disk. Checks, asks, writes a job into the store
//! and watches it end; or shows what would be sent.
//!
//! ```text
//!  args  wish  ticket   what was typed, what it means, the same as JSON
//!  choose  request      which model, and the request for it; style: the words around it
//!  inputs  plan         local pictures looked at; the whole before anything is sent
//!  draft                what would be sent (--dry-run, --curl)
//!  expand  unfold       what a prompt with wildcards stands for; a job for each of them
//!  consent              whether it may be paid for
//! ```

mod args;
mod choose;
mod consent;
mod draft;
mod expand;
mod inputs;
mod plan;
mod ratio;
mod request;
mod style;
pub(super) mod ticket;
mod unfold;
mod wish;
mod words;

use std::convert::Infallible;
use std::io::{self, IsTerminal};

use crate::config::{Config, Flags, amount};
use crate::domain::{Caps, Cost, Fault, FaultKind, Mode, Money, Origin, Spent};
use crate::store::{NewJob, Store};
use crate::tui::state::MANY_JOBS;

use super::desk::{self, Works};
use super::jobs::{Form, Manner, attend, inline};
use super::preview::Screen;
use super::{place, print};
use args::{MoneyFlags, OutputFlags};
use consent::{Consent, Terms};
use draft::Draft;
use plan::Plan;

pub use args::{EditArgs, GenArgs, Order, PictureFlags, RequestFlags, Way};
pub use expand::{ExpandArgs, expand};
pub use plan::{Appraisal, Leeway, Made, appraise, made};
pub use request::{put, reference};
pub use style::find as find_style;
pub use wish::Wish;

/// `gen`; the exit code.
pub fn generate(flags: &Flags, args: &GenArgs) -> anyhow::Result<u8> {
    run(flags, "gen", Wish::of_gen(args), &args.order)
}

/// `edit`; the exit code.
pub fn edit(flags: &Flags, args: &EditArgs) -> anyhow::Result<u8> {
    run(flags, "edit", Wish::of_edit(args), &args.order)
}

fn run(flags: &Flags, command: &'static str, wish: Wish, order: &Order) -> anyhow::Result<u8> {
    let prefer = order.service.prefer.map(|way| way.word().to_owned());
    let project = order.money.project.clone();
    let config = desk::configure_aloud(&Flags { prefer, project, ..inline(flags, order.service.inline) })?;
    let mut plan = Plan::make(&config, wish, order)?;
    let OutputFlags { out, quiet, dry_run, curl, preview, .. } = &order.output;
    if *dry_run || *curl {
        plan.notes.extend(too_dear(&config, &plan.cost)?);
    }
    plan.tell(*quiet);
    if let Some(prompts) = plan.prompts.as_ref().filter(|_| !quiet) {
        print::say(prompts.said(&plan.cost));
    }
    if *dry_run || *curl {
        let draft = Draft::of(&plan)?;
        if *dry_run {
            print::json(&draft.json(&plan))?
        } else {
            print::line(draft.curl())?
        }
        return Ok(0);
    }
    let demo = order.service.demo;
    if !demo {
        // A key that is missing is worth more words than a price that is high.
        config.settings.base_url()?;
        desk::key(&config)?;
    }
    let form = form(&order.output, &plan)?;
    let MoneyFlags { yes, max_cost, .. } = &order.money;
    agree(&config, &plan.cost, &Agreement { yes: *yes, most: max_cost.as_deref(), free: demo, jobs: plan.jobs.len() })?;
    let out = out.as_deref().filter(|_| form != Form::Bytes).map(place::prepare).transpose()?;
    let preview = preview.and_then(|preview| Screen::of(Some(preview), &config));
    let works = if demo { Works::demo(&config)? } else { Works::real(&config)? };
    let (timeout, catalog) = (plan.timeout, &config.catalog);
    let quiet = *quiet;
    let manner = Manner { command, form, preview: preview.as_ref(), quiet, demo, background: false, timeout, catalog };
    let warnings = plan.said();
    let project = Some(config.settings.project.clone()).filter(|name| !name.is_empty());
    let (parent, keeping) = (order.parent, order.output.keeping(config.settings.keeping));
    let job = |(request, cost)| {
        let (out, project) = (out.clone(), project.clone());
        NewJob { out, project, parent, keeping, ..NewJob::new(request, cost) }
    };
    let jobs: Vec<NewJob> = plan.jobs.into_iter().map(job).collect();
    attend(&manner, works, warnings, |store| {
        parent.map(|parent| known(store, parent)).transpose()?;
        let ids = store.enqueue(&jobs, desk::now())?;
        Ok(ids.into_iter().map(|id| (id, None)).collect())
    })
}

/// Refuses what a job cannot be made from: nothing that is not here.
fn known(store: &Store, parent: Origin) -> anyhow::Result<()> {
    let job = store.job(parent.job)?;
    let has = |index| job.as_ref().is_some_and(|job| job.images.iter().any(|image| image.id.index == index));
    if job.is_some() && parent.picture.is_none_or(has) {
        return Ok(());
    }
    let what = if parent.picture.is_some() { "picture" } else { "job" };
    let message = format!("Nothing was sent: there is no {what} {parent} to make it from.");
    Err(Fault::new(FaultKind::Invalid, "parent_unknown", message)
        .hint("`pinxit tree` shows the jobs there are.")
        .into())
}

/// What goes to stdout. A picture itself only where exactly one comes, and something can take it.
fn form(output: &OutputFlags, plan: &Plan) -> Result<Form, Fault> {
    let form = output.form();
    if !output.is_piped() {
        return Ok(form.map_or(Form::Paths, Form::Json));
    }
    let wrong = |message: &str| Err(Fault::new(FaultKind::Invalid, "out", message));
    if form.is_some() {
        return wrong("-o - and JSON both want stdout: choose one.");
    }
    if matches!(plan.mode(), Mode::Sequential | Mode::Interleave) || plan.cost.images() != 1 {
        return wrong("-o - writes one picture: no -n above 1, no series, no story, one prompt.");
    }
    match io::stdout().is_terminal() {
        true => wrong("-o - writes a picture's bytes, and stdout is a terminal: send it to a file or a pipe."),
        false => Ok(Form::Bytes),
    }
}

/// Why a dry run would not be sent if it were none: a limit of the user's. Makes no store to look into.
fn too_dear(config: &Config, cost: &Cost) -> anyhow::Result<Option<String>> {
    let (caps, next) = (config.settings.caps, cost.total());
    let over = match (next, desk::places(config)) {
        (Some(_), Ok(places)) if caps != Caps::NONE && Store::exists(&places) => {
            desk::store(config)?.overrun(&[cost], desk::now())?
        }
        (Some(next), _) => {
            let nothing =
                |cap: Money| Spent { billed: Money::zero(cap.currency), set_aside: Money::zero(cap.currency) };
            let Ok(over) = caps.broken_by(next, |_, cap| Ok::<_, Infallible>(nothing(cap)));
            over
        }
        (None, _) => None,
    };
    Ok(over.map(|over| format!("it would not be sent: {over}")))
}

/// What was said about a cost beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Agreement<'a> {
    /// `--yes`
    pub yes: bool,
    /// `--max-cost`
    pub most: Option<&'a str>,
    /// The money is not real.
    pub free: bool,
    /// How many jobs one command makes of one prompt.
    pub jobs: usize,
}

/// Goes on only when the cost is agreed to.
pub fn agree(config: &Config, cost: &Cost, said: &Agreement) -> Result<(), Fault> {
    agree_to(config, cost.total(), cost.images(), said)
}

/// The same for an amount, which may not be known, and the pictures it is for.
pub fn agree_to(config: &Config, total: Option<Money>, images: u32, said: &Agreement) -> Result<(), Fault> {
    let currency = config.settings.region.currency();
    let in_currency = |micros| Money { micros, currency };
    let terms = Terms {
        ask_above: (!said.free).then_some(config.settings.ask_above),
        most: said.most.and_then(amount::micros).map(in_currency),
        yes: said.yes,
        can_ask: can_ask(),
        many: Some(said.jobs).filter(|jobs| *jobs > MANY_JOBS),
    };
    match consent::consent(total, images, &terms) {
        Consent::Given => Ok(()),
        Consent::Ask(question) if asked(&question) => Ok(()),
        Consent::Ask(_) => Err(Fault::new(FaultKind::Budget, "declined", "Not sent: you said no.")),
        Consent::Missing(fault) => Err(fault),
    }
}

/// Whether there is somebody to ask.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks; anything but a yes is a no.
pub fn asked(question: &str) -> bool {
    use std::io::Write;
    eprint!("{question} Send it? [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
