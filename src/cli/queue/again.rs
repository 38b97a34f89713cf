//! Jobs that ended, made once more: sent again, made anew, searched for, or given up. Whatever may be paid for is said
//! before, with whether it may have been paid for already.

use clap::{Args, ValueEnum};

use crate::config::{Config, Flags};
use crate::domain::{Billed, Cost, Event, Fault, FaultKind, Job, Phase, SEED_MAX};
use crate::store::{Intent, NewJob, Store};

use super::super::desk::{self, Works};
use super::super::generate::{self, Agreement, agree, appraise};
use super::super::jobs::take_back;
use super::super::numbers::{Numbers, is_ours, known, named};
use super::super::print;
use super::verdict::{Verdicts, misplaced};
use super::work;

const RETRY: &str = "\
Says what it may cost and whether the first try may have been billed. Where it
may have been, it asks; in a script it needs --yes (exit code 7).

Examples:
  pinxit queue retry 12
  pinxit queue retry 12-14 --yes
";

const DUPLICATE: &str = "\
Examples:
  pinxit queue duplicate 12
  pinxit wait $(pinxit queue duplicate 12 --seed keep)
";

/// The flags of `queue retry`.
#[derive(Debug, Args)]
#[command(after_help = RETRY)]
pub struct RetryArgs {
    /// Jobs: 12, 12-18, 12,14
    #[arg(required = true, value_name = "ID")]
    ids: Vec<Numbers>,
    /// Agree to the cost without being asked
    #[arg(short, long)]
    yes: bool,
}

/// What becomes of the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Seed {
    /// Another one.
    New,
    /// The same.
    Keep,
}

/// The flags of `queue duplicate`.
#[derive(Debug, Args)]
#[command(after_help = DUPLICATE)]
pub struct DuplicateArgs {
    /// Jobs: 12, 12-18, 12,14
    #[arg(required = true, value_name = "ID")]
    ids: Vec<Numbers>,
    /// Another seed, or the same: new or keep
    #[arg(long, default_value = "new", value_name = "new|keep", hide_possible_values = true)]
    seed: Seed,
    /// Agree to the cost without being asked
    #[arg(short, long)]
    yes: bool,
}

/// Sends jobs again.
pub fn retry(flags: &Flags, args: &RetryArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let (jobs, others): (Vec<_>, Vec<_>) =
        known(&store, &named(&args.ids))?.into_iter().partition(|job| job.phase.on(Event::Retry).is_some());
    let mut verdicts = Verdicts::default();
    for job in &others {
        match job.phase {
            Phase::Done => verdicts.no(&misplaced(job, "what is finished is made anew with `pinxit queue duplicate`")),
            _ => verdicts.misplaced(job, "only a job that failed, fell short or got no answer is sent again"),
        }
    }
    if jobs.is_empty() {
        return Ok(verdicts.exit());
    }
    jobs.iter().try_for_each(|job| is_ours(&store, job))?;
    desk::key(&config)?;
    consent(&config, &store, &jobs, args.yes)?;
    let after = work::set_going(&config, &jobs, &mut verdicts, |store, verdicts| {
        let mut asked = vec![];
        for job in &jobs {
            match store.ask(Intent::Retry(job.id), desk::now()) {
                Ok(()) => asked.push(job.id),
                Err(error) => verdicts.no(&Fault::from(error)),
            }
        }
        Ok(asked)
    })?;
    for job in after {
        match jobs.iter().any(|before| before.id == job.id && before.since == job.since) {
            true => verdicts.no(&work::unheard(&job)),
            false => verdicts.yes(format!("#{} was sent again: `pinxit wait {}` brings the pictures", job.id, job.id)),
        }
    }
    Ok(verdicts.exit())
}

/// Says what sending again costs, and goes on only when that is agreed to.
fn consent(config: &Config, store: &Store, jobs: &[Job], yes: bool) -> anyhow::Result<()> {
    let (mut costs, mut is_doubtful) = (vec![], false);
    for job in jobs {
        let cost = store.cost_again(job.id)?;
        print::say(format!("#{} again: {}", job.id, price(&cost)));
        if let Some(doubt) = doubt(store, job)? {
            print::say(format!("  {doubt}"));
            is_doubtful = true;
        }
        if job.phase != Phase::Expired && !store.missing(job.id)?.is_empty() {
            print::say(format!("  `pinxit fetch {}` brings pictures that are paid for, and costs nothing", job.id));
        }
        costs.push(cost);
    }
    if !is_doubtful || yes {
        return Ok(agree(config, &together(&costs), &Agreement { yes, ..Agreement::default() })?);
    }
    let question = "This may be paid for twice.";
    let fault = |code: &str, words: &str| Fault::new(FaultKind::Budget, code, words.to_owned());
    match generate::can_ask() {
        true if generate::asked(question) => Ok(()),
        true => Err(fault("declined", "Not sent: you said no.").into()),
        false => Err(fault("consent_missing", &format!("Not sent: {question}")).hint("Add --yes to agree.").into()),
    }
}

/// Why the first try may have been billed, if it may.
fn doubt(store: &Store, job: &Job) -> anyhow::Result<Option<String>> {
    let here = u32::try_from(job.images.len()).unwrap_or(u32::MAX);
    if let Some(billed) = job.billed_images.filter(|billed| *billed > here) {
        return Ok(Some(format!("the first try was billed for {billed} pictures, and {here} are here")));
    }
    let is_lost = job.phase == Phase::Unsure || store.lost_calls(job.id)? > 0;
    let may_be = job.fault.as_ref().is_some_and(|fault| fault.billed != Billed::No);
    Ok((is_lost || may_be).then(|| "the first try may have been billed".to_owned()))
}

/// `up to $0.300 (4 pictures)`
pub fn price(cost: &Cost) -> String {
    let pictures = match cost.images() {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    };
    cost.total().map_or(format!("price unknown ({pictures})"), |total| format!("up to {total} ({pictures})"))
}

/// One cost for several; of different prices the highest counts for all, so that it is never too low.
fn together(costs: &[Cost]) -> Cost {
    let images = costs.iter().fold(0_u32, |sum, cost| sum.saturating_add(cost.images()));
    let dearest = costs.iter().filter_map(|cost| match cost {
        Cost::Known { unit, basis, .. } => Some((unit, basis)),
        Cost::Unknown { .. } => None,
    });
    let is_mixed = costs.iter().any(|cost| match (cost, &costs[0]) {
        (Cost::Known { unit: a, .. }, Cost::Known { unit: b, .. }) => a.currency != b.currency,
        _ => true,
    });
    match dearest.max_by_key(|(unit, _)| unit.micros) {
        Some((unit, basis)) if !is_mixed => Cost::Known { unit: *unit, images, basis: basis.clone() },
        _ => Cost::Unknown { images },
    }
}

/// Makes new jobs that ask for the same.
pub fn duplicate(flags: &Flags, args: &DuplicateArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let jobs = known(&store, &named(&args.ids))?;
    jobs.iter().try_for_each(|job| is_ours(&store, job))?;
    desk::key(&config)?;
    let mut twins = vec![];
    for job in &jobs {
        let twin = store.twin(job.id)?;
        let mut request = twin.request.clone();
        if args.seed == Seed::New && request.seed.is_some() {
            request.seed = u32::try_from(desk::dice() % (u64::from(SEED_MAX) + 1)).ok();
        }
        // What is legal may have changed since, and so may the price.
        let estimate = appraise(&config, &request)?.cost;
        twins.push(NewJob { request, estimate, ..twin });
    }
    let costs: Vec<_> = twins.iter().map(|twin| twin.estimate.clone()).collect();
    agree(&config, &together(&costs), &Agreement { yes: args.yes, ..Agreement::default() })?;
    let mut verdicts = Verdicts::default();
    work::set_going(&config, &[], &mut verdicts, |store, verdicts| {
        let ids = store.enqueue(&twins, desk::now())?;
        for ((id, job), cost) in ids.iter().zip(&jobs).zip(&costs) {
            print::line(id)?;
            verdicts.yes(format!("#{id} asks for the same as #{}: {}", job.id, price(cost)));
        }
        Ok(ids)
    })?;
    Ok(verdicts.exit())
}

const LOST: &str = "its answer was not lost";

/// Searches the service once more for lost calls.
pub fn look(flags: &Flags, ids: &[Numbers]) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let mut verdicts = Verdicts::default();
    let lost = in_doubt(&store, ids, &mut verdicts)?;
    if lost.is_empty() {
        return Ok(verdicts.exit());
    }
    desk::key(&config)?;
    let ask = |store: &Store| lost.iter().try_for_each(|job| store.ask(Intent::Look(job.id), desk::now()));
    if config.settings.background {
        ask(&store)?;
        let works = Works::real(&config)?;
        works.ensure_worker()?;
        works.stop();
    } else {
        work::set_going(&config, &lost, &mut verdicts, |store, _| {
            ask(store)?;
            Ok(lost.iter().map(|job| job.id).collect())
        })?;
    }
    for job in &lost {
        verdicts.yes(format!("#{} is searched for: `pinxit watch {}` tells what is found", job.id, job.id));
    }
    Ok(verdicts.exit())
}

/// Gives lost calls up.
pub fn lost(flags: &Flags, ids: &[Numbers]) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let mut verdicts = Verdicts::default();
    let lost = in_doubt(&store, ids, &mut verdicts)?;
    take_back(&config, &store, &lost)?;
    let ids: Vec<_> = lost.iter().map(|job| job.id).collect();
    for job in known(&store, &ids)? {
        match job.phase {
            Phase::Cancelled => verdicts.yes(format!(
                "#{} is given up; it may have been billed ({}), which counts against this month's budget",
                job.id,
                price(&job.estimate)
            )),
            _ => verdicts.misplaced(&job, "its task was found meanwhile"),
        }
    }
    Ok(verdicts.exit())
}

/// Those of some jobs whose answer was lost.
fn in_doubt(store: &Store, ids: &[Numbers], verdicts: &mut Verdicts) -> anyhow::Result<Vec<Job>> {
    let (lost, others): (Vec<_>, Vec<_>) =
        known(store, &named(ids))?.into_iter().partition(|job| job.phase == Phase::Unsure);
    others.iter().for_each(|job| verdicts.misplaced(job, LOST));
    lost.iter().try_for_each(|job| is_ours(store, job))?;
    Ok(lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Money};

    #[test]
    fn a_sum_of_costs_is_never_too_low() {
        let known = |micros, images| Cost::Known { unit: Money::usd(micros), images, basis: "b".into() };
        let total = |costs: &[Cost]| together(costs).total().map(|money| money.micros);
        assert_eq!(total(&[known(30_000, 2), known(30_000, 1)]), Some(90_000));
        assert_eq!(total(&[known(30_000, 2), known(75_000, 1)]), Some(225_000));
        assert_eq!(total(&[known(30_000, 2), Cost::Unknown { images: 1 }]), None);
        let yuan = Cost::Known { unit: Money { micros: 1, currency: Currency::Cny }, images: 1, basis: "b".into() };
        assert_eq!(together(&[known(1, 1), yuan]), Cost::Unknown { images: 2 });
    }
}
