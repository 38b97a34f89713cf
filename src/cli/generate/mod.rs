//! `pinxit gen` and `pinxit edit`: from words (and pictures) to pictures on disk. Checks, asks, writes a job into the store
//! and watches it end; or shows what would be sent.
//!
//! ```text
//!  args  wish  ticket   what was typed, what it means, the same as JSON
//!  choose  request      which model, and the request for it
//!  inputs  plan         local pictures looked at; the whole before anything is sent
//!  draft                what would be sent (--dry-run, --curl)
//!  consent              whether it may be paid for
//! ```

mod args;
mod choose;
mod consent;
mod draft;
mod inputs;
mod plan;
mod ratio;
mod request;
pub(super) mod ticket;
mod wish;
mod words;

pub(super) use args::{Order, PictureFlags, RequestFlags};
pub(super) use plan::{Leeway, Made, made};
pub(super) use wish::Wish;

use std::io::{self, IsTerminal};

use crate::config::{Config, Flags, amount};
use crate::domain::{Cost, Fault, FaultKind, Mode, Money};
use crate::graphics::{Glyphs, Terminal};
use crate::store::NewJob;

use super::desk::{self, Works};
use super::jobs::{Form, Manner, attend};
use super::{place, print};
pub use args::{EditArgs, GenArgs};
use args::{OutputFlags, Preview};
use consent::{Consent, Terms};
use draft::Draft;
use plan::Plan;

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
    let config = desk::configure_aloud(&Flags { prefer, ..flags.clone() })?;
    let plan = Plan::make(&config, wish, order)?;
    let OutputFlags { out, quiet, dry_run, curl, preview, .. } = &order.output;
    plan.tell(*quiet);
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
    agree(order, &config, &plan.cost)?;
    let out = out.as_deref().filter(|_| form != Form::Bytes).map(place::prepare).transpose()?;
    let preview = preview.and_then(|preview| screen(preview, &config));
    let works = if demo { Works::demo(&config)? } else { Works::real(&config)? };
    let (timeout, catalog) = (plan.timeout, &config.catalog);
    let manner = Manner { command, form, preview: preview.as_ref(), quiet: *quiet, demo, timeout, catalog };
    let warnings = plan.said();
    let job = NewJob { out, ..NewJob::new(plan.request, plan.cost) };
    attend(&manner, works, warnings, |store| {
        let ids = store.enqueue(&[job], desk::now())?;
        Ok(ids.into_iter().map(|id| (id, None)).collect())
    })
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
    if matches!(plan.request.mode, Mode::Sequential | Mode::Interleave) || plan.cost.images() != 1 {
        return wrong("-o - writes one picture: no -n above 1, no series, no story.");
    }
    match io::stdout().is_terminal() {
        true => wrong("-o - writes a picture's bytes, and stdout is a terminal: send it to a file or a pipe."),
        false => Ok(Form::Bytes),
    }
}

/// The terminal as pictures are to be shown in it; `None` for not at all.
fn screen(preview: Preview, config: &Config) -> Option<Terminal> {
    let terminal = desk::terminal(config);
    match preview {
        Preview::Auto => Some(terminal),
        Preview::Half => Some(Terminal { glyphs: Glyphs::HalfBlocks, ..terminal }),
        Preview::Ascii => Some(Terminal { glyphs: Glyphs::Ascii, ..terminal }),
        Preview::None => None,
    }
}

/// What a user says about money on the command line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    /// Agreed beforehand.
    pub yes: bool,
    /// The most it may cost, whatever else is said.
    pub max_cost: Option<&'a str>,
    /// The demo's money is not real.
    pub demo: bool,
}

fn agree(order: &Order, config: &Config, cost: &Cost) -> Result<(), Fault> {
    let (yes, max_cost, demo) = (order.money.yes, order.money.max_cost.as_deref(), order.service.demo);
    agree_to(cost.total(), cost.images(), Word { yes, max_cost, demo }, config)
}

/// Goes on only when a cost (`None`: not known) is agreed to.
pub(super) fn agree_to(total: Option<Money>, images: u32, word: Word, config: &Config) -> Result<(), Fault> {
    let currency = config.settings.region.currency();
    let in_currency = |micros| Money { micros, currency };
    let terms = Terms {
        ask_above: (!word.demo).then_some(config.settings.ask_above),
        most: word.max_cost.and_then(amount::micros).map(in_currency),
        yes: word.yes,
        can_ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
    };
    match consent::consent(total, images, &terms) {
        Consent::Given => Ok(()),
        Consent::Ask(question) if asked(&question) => Ok(()),
        Consent::Ask(_) => Err(Fault::new(FaultKind::Budget, "declined", "Not sent: you said no.")),
        Consent::Missing(fault) => Err(fault),
    }
}

fn asked(question: &str) -> bool {
    use std::io::Write;
    eprint!("{question} Send it? [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
