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
mod ticket;
mod wish;
mod words;

use std::io::{self, IsTerminal};

use crate::config::{Config, Flags, amount};
use crate::domain::{Cost, Fault, FaultKind, Money};
use crate::store::NewJob;

use super::desk::{self, Works};
use super::jobs::{Manner, attend};
use super::{place, print};
use args::{Order, OutputFlags};
use consent::{Consent, Terms};
use draft::Draft;
use plan::Plan;
use wish::Wish;

pub use args::{EditArgs, GenArgs};

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
    let OutputFlags { out, json, quiet, dry_run, curl } = &order.output;
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
    agree(order, &config, &plan.cost)?;
    let out = out.as_deref().map(place::prepare).transpose()?;
    let works = if demo { Works::demo(&config)? } else { Works::real(&config)? };
    let manner = Manner { command, json: *json, quiet: *quiet, demo, timeout: plan.timeout, catalog: &config.catalog };
    let warnings = plan.said();
    let job = NewJob { request: plan.request, estimate: plan.cost, out };
    attend(&manner, works, warnings, |store| {
        let ids = store.enqueue(&[job], desk::now())?;
        Ok(ids.into_iter().map(|id| (id, None)).collect())
    })
}

/// Goes on only when the cost is agreed to.
fn agree(order: &Order, config: &Config, cost: &Cost) -> Result<(), Fault> {
    let currency = config.settings.region.currency();
    let in_currency = |micros| Money { micros, currency };
    let terms = Terms {
        ask_above: (!order.service.demo).then_some(config.settings.ask_above),
        most: order.money.max_cost.as_deref().and_then(amount::micros).map(in_currency),
        yes: order.money.yes,
        can_ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
    };
    match consent::consent(cost, &terms) {
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
