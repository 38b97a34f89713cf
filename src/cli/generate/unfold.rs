//! `--wildcards`: a prompt that stands for many, each of them a job of its own.

use crate::config::Config;
use crate::domain::{Cost, Fault, FaultKind, Written, text};
use crate::prompt::expand::{Unfolded, Unfolding, Wildcards, Wordbook, is_template, unfold};
use crate::tui::state::PROMPTS_AT_ONCE;

use super::super::batch::{Unfold, lists};
use super::super::desk;
use super::super::failure::Refused;
use super::args::UnfoldFlags;
use super::expand::basis;
use super::plan::{Leeway, Made, made};
use super::wish::Wish;

/// The prompts that are sent, and how many there are in all.
#[derive(Debug)]
pub struct Prompts {
    all: Vec<String>,
    count: u64,
}

/// Unfolds what was written. More than are sent at once are refused, unless a limit says which.
pub fn prompts(
    config: &Config,
    flags: &UnfoldFlags,
    how: Unfold,
    seed: Option<u32>,
    text: &str,
) -> Result<Prompts, Fault> {
    let wrong = |message: String| Fault::new(FaultKind::Invalid, "prompt", message);
    let here = std::env::current_dir().map_err(|error| wrong(format!("There is no place to be: {error}.")))?;
    let folders = lists(flags.list_dir.clone(), &here, &config.paths);
    let limit = flags.limit.map(|limit| limit as usize);
    let wildcards = match how {
        Unfold::All => Wildcards::All,
        // With a seed the same command asks for the same.
        Unfold::Random => {
            Wildcards::Random { seed: seed.map_or_else(desk::dice, u64::from), picks: limit.unwrap_or(1) }
        }
    };
    let most = limit.unwrap_or(PROMPTS_AT_ONCE as usize);
    let unfolding = Unfolding { wildcards, matrix: false, limit: most };
    let unfolded = unfold(text, &unfolding, &mut Wordbook::new(&folders));
    let Unfolded { count, prompts: all } =
        unfolded.map_err(|error| wrong(text::clean(&error.to_string()).into_owned()))?;
    if limit.is_none() && count > PROMPTS_AT_ONCE {
        let message = format!("The prompt stands for {count} prompts; at most {PROMPTS_AT_ONCE} are sent at once.");
        return Err(Fault::new(FaultKind::Invalid, "too_many_prompts", message)
            .hint("--limit takes the first ones, --wildcards random some by chance; `pinxit batch` takes more."));
    }
    Ok(Prompts { all, count })
}

impl Prompts {
    /// A request for each, with a seed of its own where none was given, and with what was written kept; or what is wrong with
    /// the first one that breaks a rule.
    pub fn made<'a>(
        &self,
        config: &'a Config,
        wish: &Wish,
        text: &str,
        leeway: Leeway,
    ) -> anyhow::Result<Vec<Made<'a>>> {
        let count = self.all.len();
        let one = |(at, prompt): (usize, &String)| {
            let mut one = made(config, wish, || Ok(prompt.clone()), leeway).map_err(|error| named(error, at, count))?;
            if is_template(text) {
                let style = one.request.written.take().and_then(|written| written.style);
                one.request.written = Some(Written { template: text.to_owned(), style });
            }
            Ok(one)
        };
        self.all.iter().enumerate().map(one).collect()
    }

    /// `3 of 8 prompts, 3 pictures: up to $0.090 (...)`.
    pub fn said(&self, cost: &Cost) -> String {
        let plural = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        let sent = self.all.len() as u64;
        let part = if sent < self.count { format!("{sent} of ") } else { String::new() };
        let pictures = plural(cost.images().into(), "picture");
        let price = match cost.total() {
            Some(total) => format!("up to {total} ({})", basis(cost)),
            None => "price unknown".to_owned(),
        };
        format!("{part}{}, {pictures}: {price}", plural(self.count, "prompt"))
    }
}

/// Says which of the prompts breaks a rule.
fn named(error: anyhow::Error, at: usize, count: usize) -> anyhow::Error {
    match error.downcast::<Refused>() {
        Ok(Refused(mut broken)) => {
            for violation in broken.iter_mut().filter(|violation| violation.field == "prompt") {
                violation.message = format!("prompt {} of {count}: {}", at + 1, violation.message);
            }
            Refused(broken).into()
        }
        Err(other) => other,
    }
}
