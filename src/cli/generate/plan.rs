//! What a command line comes to before anything is asked, paid or sent: model, request, price, and everything worth
//! saying about them.

use crate::catalog::{ModeSpec, Model, Violation};
use crate::config::Config;
use crate::domain::{Cost, Fault, FaultKind, Mode, Request, SEED_MAX};
use crate::prompt::expand::is_template;

use super::super::failure::Refused;
use super::super::recipe::{self, Begun};
use super::super::{desk, print};
use super::args::{Order, RequestFlags};
use super::unfold::{self, Prompts};
use super::wish::Wish;
use super::{choose, inputs, request, style, ticket, words};

/// Requests that may be sent, and what is known about them.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The settings it was made by.
    pub config: &'a Config,
    /// Its model.
    pub model: &'a Model,
    /// That model in the request's mode.
    pub spec: &'a ModeSpec,
    /// A request for each job, with what it costs at most; local pictures are still files. One at least, and all alike but for
    /// words and seeds.
    pub jobs: Vec<(Request, Cost)>,
    /// What all of them cost at most.
    pub cost: Cost,
    /// What the prompt stands for, where it was unfolded.
    pub prompts: Option<Prompts>,
    /// Remarks of the catalogue.
    pub notes: Vec<String>,
    /// What was done other than asked, or will be.
    pub warnings: Vec<String>,
    /// Seconds to wait for it.
    pub timeout: Option<u64>,
}

/// What may be done with a wish that cannot be met as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Leeway {
    /// No other model takes over.
    pub strict: bool,
    /// A prompt that is too long is cut.
    pub truncate: bool,
}

/// A request that keeps all rules, whoever asks for it: a command line, a row of a batch.
#[derive(Debug)]
pub struct Made<'a> {
    /// Its model.
    pub model: &'a Model,
    /// That model in the request's mode.
    pub spec: &'a ModeSpec,
    /// The request itself; local pictures are still files.
    pub request: Request,
    /// What it costs at most.
    pub cost: Cost,
    /// Remarks of the catalogue.
    pub notes: Vec<String>,
    /// What was done other than asked, or will be.
    pub warnings: Vec<String>,
}

/// Makes the request of a wish, or says every rule that is broken. Nothing is written and nothing is sent.
pub fn made<'a>(
    config: &'a Config,
    wish: &Wish,
    prompt: impl FnOnce() -> Result<String, Fault>,
    leeway: Leeway,
) -> anyhow::Result<Made<'a>> {
    let (catalog, settings) = (&config.catalog, &config.settings);
    let named = wish.model.as_deref().or(wish.base.as_ref().map(|base| base.model.as_str()));
    let choice = choose::choose(catalog, named, &settings.model, wish.mode(), leeway.strict)?;
    let mut warnings: Vec<_> = choice.said.iter().cloned().collect();
    let style = wish.style.as_deref().map(|name| style::find(config, name)).transpose()?;
    let written = prompt()?;
    let prompt = style.map_or_else(|| written.clone(), |style| style.around(&written));
    let prompt = match choice.model.prompt.cut(&prompt).filter(|_| leeway.truncate) {
        Some((kept, lost)) => {
            warnings.push(format!("the prompt is cut: its last {} characters are lost", lost.chars().count()));
            kept.to_owned()
        }
        None => prompt,
    };
    let mut request = request::build(wish, prompt, &choice, desk::dice())?;
    if wish.prompt.is_some() {
        request.written = None;
    }
    if let Some(style) = style {
        style::finish(style, written, choice.model, &mut request);
    }
    if choice.said.is_some() {
        warnings.extend(fit(choice.model, &mut request));
    }
    let Appraisal { model, spec, cost, notes, notices } = appraise(config, &request)
        .map_err(|Refused(broken)| Refused(broken.into_iter().map(with_a_way_out).collect()))?;
    warnings.extend(notices);
    Ok(Made { model, spec, cost, notes, warnings, request })
}

impl Plan<'_> {
    /// Makes the plan, or says every rule that is broken. Nothing is written and nothing is sent.
    pub fn make<'a>(config: &'a Config, flags: Wish, order: &Order) -> anyhow::Result<Plan<'a>> {
        let asked = &order.asked;
        let (wish, mut warnings) = match &asked.request {
            None => (flags, vec![]),
            Some(source) => {
                let (below, remarks) = ticket::read(source)?;
                (flags.over(below), remarks)
            }
        };
        let (wish, more) = begun(config, wish, asked)?;
        warnings.extend(more);
        let leeway = Leeway { strict: asked.strict, truncate: asked.truncate };
        let (all, prompts) = match order.unfold.wildcards {
            None => (vec![made(config, &wish, || words_of(&wish, asked), leeway)?], None),
            Some(how) => {
                let text = words_of(&wish, asked)?;
                let prompts = unfold::prompts(config, &order.unfold, how, wish.seed, &text)?;
                (prompts.made(config, &wish, &text, leeway)?, Some(prompts))
            }
        };
        let mut plan = Plan::of(config, all, warnings, wish.timeout)?;
        if prompts.is_none() && plan.jobs.iter().any(|(request, _)| is_template(&request.prompt)) {
            plan.notes.push("wildcards are sent as they are written; --wildcards all unfolds them".to_owned());
        }
        Ok(Plan { prompts, ..plan })
    }

    fn of<'a>(
        config: &'a Config,
        all: Vec<Made<'a>>,
        mut warnings: Vec<String>,
        timeout: Option<u64>,
    ) -> anyhow::Result<Plan<'a>> {
        let none = || anyhow::anyhow!("a prompt stands for one prompt at least");
        let (model, spec, cost) = all.first().map(|one| (one.model, one.spec, one.cost.clone())).ok_or_else(none)?;
        let images = all.iter().fold(0u32, |sum, one| sum.saturating_add(one.cost.images()));
        let (mut jobs, mut notes) = (Vec::with_capacity(all.len()), vec![]);
        for one in all {
            let new = |said: &Vec<String>, more: Vec<String>| {
                more.into_iter().filter(|words| !said.contains(words)).collect::<Vec<_>>()
            };
            notes.extend(new(&notes, one.notes));
            warnings.extend(new(&warnings, one.warnings));
            jobs.push((one.request, one.cost));
        }
        Ok(Plan { config, model, spec, jobs, cost: cost.for_images(images), prompts: None, notes, warnings, timeout })
    }

    /// What the model is asked to do.
    pub fn mode(&self) -> Mode {
        self.spec.mode
    }

    /// Says to the person what there is to say.
    pub fn tell(&self, quiet: bool) {
        self.warnings.iter().for_each(|warning| print::say(format!("warning: {warning}")));
        let notes = self.notes.iter().filter(|_| !quiet);
        notes.for_each(|note| print::say(format!("note: {note}")));
    }

    /// The same for a script.
    pub fn said(&self) -> Vec<String> {
        let notices = self.config.notices.iter().map(ToString::to_string);
        notices.chain(self.warnings.iter().cloned()).chain(self.notes.iter().cloned()).collect()
    }
}

/// A wish that begins with a recipe, where one was named; and what was left out of that.
fn begun(config: &Config, wish: Wish, asked: &RequestFlags) -> anyhow::Result<(Wish, Vec<String>)> {
    let Some(source) = &asked.recipe else { return Ok((wish, vec![])) };
    if source == "-" && wish.prompt.as_deref() == Some("-") {
        let fault = Fault::new(FaultKind::Invalid, "recipe", "Recipe and prompt cannot both come from stdin.");
        return Err(fault.into());
    }
    let Begun { mut request, is_foreign, remarks } =
        recipe::begin(config, source, wish.model.as_deref(), wish.pictures.is_empty())?;
    let takes_seed = |model: &Model| model.mode(request.mode).is_some_and(|spec| spec.parameter("seed").is_some());
    if is_foreign && request.seed.is_none() && config.catalog.get(request.model.as_str()).is_some_and(takes_seed) {
        request.seed = u32::try_from(desk::dice() % (u64::from(SEED_MAX) + 1)).ok();
    }
    let worn = request.written.as_ref().and_then(|written| config.styles.get(written.style.as_deref()?));
    if let Some(worn) = worn.filter(|_| wish.style.is_some()) {
        // The other style takes its place, with what it keeps out.
        let kept = request.negative_prompt.strip_suffix(&worn.negative).unwrap_or(&request.negative_prompt);
        request.negative_prompt = kept.trim_end_matches([',', ' ']).to_owned();
    }
    Ok((Wish { base: Some(request), ..wish }, remarks))
}

/// The words: given, or a recipe's. A style goes around what was written, not around another style.
fn words_of(wish: &Wish, asked: &RequestFlags) -> Result<String, Fault> {
    match &wish.base {
        Some(base) if wish.prompt.is_none() => {
            let written = base.written.as_ref().filter(|_| wish.style.is_some()).map(|written| &written.template);
            Ok(written.unwrap_or(&base.prompt).clone())
        }
        _ => words::prompt(wish.prompt.as_deref(), asked.request.is_some()),
    }
}

/// What a whole request comes to.
#[derive(Debug)]
pub struct Appraisal<'a> {
    /// Its model.
    pub model: &'a Model,
    /// That model in the request's mode.
    pub spec: &'a ModeSpec,
    /// What it costs at most.
    pub cost: Cost,
    /// Remarks of the catalogue.
    pub notes: Vec<String>,
    /// What will be done to copies of local pictures.
    pub notices: Vec<String>,
}

/// Looks at a request as it is, its local pictures included; or says every rule that it breaks.
pub fn appraise<'a>(config: &'a Config, request: &Request) -> Result<Appraisal<'a>, Refused> {
    let region = config.settings.region;
    let model = config.catalog.get(request.model.as_str());
    let spec = model.and_then(|model| model.mode(request.mode));
    let looked = spec.map(|spec| inputs::look(request, spec)).unwrap_or_default();
    let mut broken = config.catalog.check_in(request, region);
    broken.extend(looked.violations);
    let Some((model, spec)) = model.zip(spec).filter(|_| broken.is_empty()) else { return Err(Refused(broken)) };
    let notes = model.notes(request).into_iter().map(|note| format!("{}: {}", note.field, note.message)).collect();
    Ok(Appraisal { model, spec, cost: model.cost(request, region), notes, notices: looked.notices })
}

/// A size meant for the model that was asked for becomes the nearest of the one that takes over.
fn fit(model: &Model, request: &mut Request) -> Option<String> {
    let (meant, near) = (request.size, model.snap(request, "size")?);
    request.set("size", near);
    Some(format!("{meant} is no size of {}: {} is taken", model.id, request.size))
}

/// A prompt that is too long can be cut on purpose.
fn with_a_way_out(violation: Violation) -> Violation {
    match violation.rule {
        "prompt_length" => {
            Violation { message: format!("{}; --truncate accepts that", violation.message), ..violation }
        }
        _ => violation,
    }
}
