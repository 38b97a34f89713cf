//! `pinxit show`: pictures in the terminal, each with a line about it; in a pipe the lines alone.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::{Config, Flags, Graphics};
use crate::domain::{Fault, FaultKind, Image, Job, JobId, Money, text};
use crate::picture::{self, Header};
use crate::store::Store;

use super::preview::{Screen, unusable};
use super::{desk, failure, print};

const EXAMPLES: &str = "\
An ID is a job's number (12: all its pictures) or a picture's name (12b). A file
of that name goes first.

Real pictures need kitty, Ghostty, iTerm2, WezTerm, Konsole, foot, xterm with
sixel, or another terminal that says it draws them; `pinxit doctor` tells what
was found and why. Others get blocks, or letters: octants or sextants in terminals
known to draw these whatever the font, else half blocks. Inside tmux real pictures
need kitty or Ghostty around it, and `tmux set -g allow-passthrough on`.
In a pipe nothing is drawn unless --preview names a way.

Examples:
  pinxit show fox.png
  pinxit show 12 13b
  pinxit show ~/Pictures/pinxit/*/*.png
  pinxit show *.png | cat              # a line about each: path, size, format
  pinxit show --preview sixel fox.png > fox.six
";

/// Bytes that are enough to tell what a file is.
const HEAD: u64 = 1 << 16;

/// The flags of `show`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// Picture files, jobs (12) and pictures of jobs (12b)
    #[arg(required = true, value_name = "FILE|ID")]
    pub what: Vec<OsString>,
    /// How to draw: auto (what the terminal can), kitty, iterm, sixel,
    /// octant, sextant, quadrant, half, ascii, none
    #[arg(long, value_name = "HOW", hide_possible_values = true)]
    pub preview: Option<Graphics>,
}

/// A picture to show.
struct Item {
    path: PathBuf,
    /// What only a job knows: seed and price.
    made: Vec<String>,
}

/// Shows them; what is no picture is said and the others are shown all the same.
pub fn run(flags: &Flags, args: &ShowArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
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
        show(item, screen.as_ref()).or_else(|error| refuse(error, &mut code))?;
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
        return Ok(vec![Item { path, made: vec![] }]);
    };
    let store = match store {
        Some(store) => store,
        None => store.insert(desk::store(config)?),
    };
    let unknown = |what: String| Fault::new(FaultKind::Invalid, "picture_unknown", what);
    let job = store.job(id)?.ok_or_else(|| {
        unknown(format!("There is neither a file nor a job {id}.")).hint("`pinxit queue` lists the jobs there are.")
    })?;
    let wanted = |image: &&Image| name.is_empty() || image.id.to_string() == format!("{id}{name}");
    let (gone, here): (Vec<_>, Vec<_>) = {
        let purged: Vec<_> =
            store.cards_of(id)?.iter().filter(|card| card.purged.is_some()).map(|card| card.image.id).collect();
        job.images.iter().filter(wanted).partition(|image| purged.contains(&image.id))
    };
    if let (Some(image), true) = (gone.first(), here.is_empty()) {
        return Err(unknown(format!("The file of picture {} was deleted for good.", image.id)).into());
    }
    let items: Vec<Item> = here.into_iter().map(|image| item(&job, image)).collect();
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

fn item(job: &Job, image: &Image) -> Item {
    let cost = job.cost();
    let each = cost.total().map(|total| Money { micros: total.micros / i64::from(cost.images().max(1)), ..total });
    let seed = image.seed.map(|seed| format!("seed {seed}"));
    let made = seed.into_iter().chain(each.map(|each| each.to_string())).collect();
    Item { path: image.path.clone(), made }
}

/// Says a fault and goes on; anything else ends the command.
fn refuse(error: anyhow::Error, code: &mut u8) -> anyhow::Result<()> {
    let fault = error.downcast::<Fault>()?;
    failure::tell(&fault);
    *code = fault.kind.exit();
    Ok(())
}

fn look(path: &Path) -> Result<Header, Fault> {
    use std::io::Read;
    let unusable = |e: picture::Unusable| unusable(path, &e);
    let read = || {
        let mut head = Vec::new();
        std::fs::File::open(path)?.take(HEAD).read_to_end(&mut head)?;
        Ok(head)
    };
    let head: std::io::Result<Vec<u8>> = read();
    picture::sniff(&head.map_err(|e| unusable(e.into()))?).map_err(unusable)
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
    let facts: Vec<String> = facts.into_iter().chain(item.made.iter().cloned()).collect();
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
