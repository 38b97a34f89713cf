//! `pinxit show`: pictures in the terminal, each with a line about it; in a pipe the lines alone. With `--json` everything
//! known about them, and nothing is drawn: that is `told`.

mod told;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::{Config, Flags, Graphics};
use crate::domain::{Card, Fault, FaultKind, JobId, text};
use crate::picture::{self, Header};
use crate::store::Store;

use super::preview::{Screen, unusable};
use super::print::Json;
use super::{desk, failure, print};

const EXAMPLES: &str = "\
An ID is a job's number (12: all its pictures) or a picture's name (12b). A file
of that name goes first.

Real pictures need kitty, Ghostty, iTerm2, WezTerm, Konsole, foot, xterm with
sixel, or another terminal that says it draws them; `pinxit doctor` tells what
was found and why. Others get blocks, or letters: octants or sextants in
terminals known to draw these whatever the font, else half blocks. Inside tmux
real pictures need kitty or Ghostty around it, and
`tmux set -g allow-passthrough on`. In a pipe nothing is drawn unless --preview
names a way.

Examples:
  pinxit show fox.png
  pinxit show 12 13b
  pinxit show ~/Pictures/pinxit/*/*.png
  pinxit show *.png | cat              # a line about each: path, size, format
  pinxit show --recipe 12b             # and what it was made from
  pinxit show --preview sixel fox.png > fox.six
  pinxit show --json fox.png 12b | jq '.images[] | {path, model, prompt, seed}'
  pinxit show --ndjson *.png | jq -r 'select(.recipe == null).path'
";

/// The flags of `show`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// Picture files, jobs (12) and pictures of jobs (12b)
    #[arg(required = true, value_name = "FILE|ID")]
    pub what: Vec<OsString>,
    /// How to draw: auto (what the terminal can), kitty, iterm, sixel,
    /// octant, sextant, quadrant, half, ascii, none
    // The studio's name for it is taken, too.
    #[arg(long, alias = "graphics", value_name = "HOW", hide_possible_values = true)]
    pub preview: Option<Graphics>,
    /// What it was made from below each: the prompt, model, size and seed, as its
    /// file tells them (`pinxit recipe` prints all of it)
    #[arg(long)]
    pub recipe: bool,
    /// One JSON object on stdout (`pinxit.show/1`): the file, what the shelf knows
    /// of it, and the recipe in it; nothing is drawn
    #[arg(long, conflicts_with = "preview")]
    pub json: bool,
    /// The same as a line of JSON for each picture (`pinxit.picture/1`)
    #[arg(long, conflicts_with_all = ["json", "preview"])]
    pub ndjson: bool,
}

impl ShowArgs {
    /// How stdout is to be JSON, if it is.
    pub fn form(&self) -> Option<Json> {
        Json::of(self.json, self.ndjson)
    }
}

/// A picture to show.
struct Item {
    path: PathBuf,
    /// What the shelf knows of it, where it was asked for by its name.
    card: Option<Card>,
}

/// Shows them; what is no picture is said and the others are shown all the same.
pub fn run(flags: &Flags, args: &ShowArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    if let Some(form) = args.form() {
        return told::run(&config, form, &args.what);
    }
    let (mut code, mut store) = (0, None);
    let mut items = vec![];
    for what in &args.what {
        match find(what, &config, &mut store) {
            Ok(found) => items.extend(found),
            Err(error) => refuse(error, &mut code)?,
        }
    }
    let screen = Screen::wherever(args.preview, &config);
    for item in &items {
        show(item, screen.as_ref())
            .and_then(|()| if args.recipe { told::recipe(item, &config) } else { Ok(()) })
            .or_else(|error| refuse(error, &mut code))?;
    }
    Ok(code)
}

/// Shows a picture that was just saved; one that cannot be drawn is said.
pub fn preview(path: &Path, screen: &Screen) -> anyhow::Result<()> {
    let drawn = look(path).map_err(Into::into).and_then(|header| screen.draw(path, &header, 0));
    drawn.or_else(|error| refuse(error, &mut 0))
}

fn show(item: &Item, screen: Option<&Screen>) -> anyhow::Result<()> {
    let header = look(&item.path)?;
    if let Some(screen) = screen {
        screen.draw(&item.path, &header, 1)?;
    }
    caption(item, &header)
}

/// What a word means: a file, or pictures of a job.
fn find(what: &OsString, config: &Config, store: &mut Option<Store>) -> anyhow::Result<Vec<Item>> {
    let path = PathBuf::from(what);
    let Some((id, name)) = what.to_str().and_then(named).filter(|_| !path.exists()) else {
        return Ok(vec![Item { path, card: None }]);
    };
    let store = match store {
        Some(store) => store,
        None => store.insert(desk::store(config)?),
    };
    let unknown = |what: String| Fault::new(FaultKind::Invalid, "picture_unknown", what);
    if store.job(id)?.is_none() {
        let fault = unknown(format!("There is neither a file nor a job {id}."));
        return Err(fault.hint("`pinxit queue` lists the jobs there are.").into());
    }
    let wanted = |card: &Card| name.is_empty() || card.image.id.to_string() == format!("{id}{name}");
    let (gone, here): (Vec<Card>, Vec<Card>) =
        store.cards_of(id)?.into_iter().filter(wanted).partition(|card| card.purged.is_some());
    if let (Some(card), true) = (gone.first(), here.is_empty()) {
        return Err(unknown(format!("The file of picture {} was deleted for good.", card.image.id)).into());
    }
    let items: Vec<Item> =
        here.into_iter().map(|card| Item { path: card.image.path.clone(), card: Some(card) }).collect();
    match items.is_empty() {
        true if name.is_empty() => Err(unknown(format!("Job {id} has no pictures here.")).into()),
        true => Err(unknown(format!("Job {id} has no picture {id}{name} here.")).into()),
        false => Ok(items),
    }
}

/// A job's number and the letters of one of its pictures, if a word is like that.
pub fn named(word: &str) -> Option<(JobId, &str)> {
    let word = word.strip_prefix('#').unwrap_or(word);
    let (number, letters) = word.split_at(word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len()));
    let id = number.parse().ok()?;
    letters.chars().all(|c| c.is_ascii_lowercase()).then_some((id, letters))
}

/// What a line says that only the shelf knows: seed and price, and whether it is in the bin.
fn made(card: &Card) -> Vec<String> {
    let seed = card.image.seed.map(|seed| format!("seed {seed}"));
    let binned = card.binned.map(|_| "in the bin".to_owned());
    [seed, card.price.map(|price| price.to_string()), binned].into_iter().flatten().collect()
}

/// Says a fault and goes on; anything else ends the command.
fn refuse(error: anyhow::Error, code: &mut u8) -> anyhow::Result<()> {
    let fault = error.downcast::<Fault>()?;
    failure::tell(&fault);
    *code = fault.kind.exit();
    Ok(())
}

fn look(path: &Path) -> Result<Header, Fault> {
    picture::header(path).map_err(|error| unusable(path, &error))
}

/// The line about a picture: the whole path in a pipe, the name alone and no more than a line on a terminal.
fn caption(item: &Item, header: &Header) -> anyhow::Result<()> {
    let columns = print::columns();
    let name = match (columns, item.path.file_name()) {
        (Some(_), Some(name)) => PathBuf::from(name),
        _ => std::path::absolute(&item.path).unwrap_or_else(|_| item.path.clone()),
    };
    let Header { format, width, height } = header;
    let facts = [format!("{width}x{height}"), format.extension().to_owned()];
    let facts: Vec<String> = facts.into_iter().chain(item.card.iter().flat_map(made)).collect();
    let (name, facts) = (name.display().to_string(), facts.join("  "));
    // The name gives way, not what is known about the picture.
    let room = columns.map(|columns| columns.saturating_sub(facts.len() + 2).max(8));
    Ok(print::line(format!("{}  {facts}", print::cut(&text::clean(&name), room)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_name_jobs_and_pictures() {
        assert_eq!(named("12"), Some((JobId(12), "")));
        assert_eq!(named("#12"), Some((JobId(12), "")));
        assert_eq!(named("12b"), Some((JobId(12), "b")));
        assert_eq!(named("12aa"), Some((JobId(12), "aa")));
        for word in ["", "fox.png", "12.png", "b3", "12B", "1/2", "99999999999999999999999"] {
            assert_eq!(named(word), None, "{word}");
        }
    }
}
