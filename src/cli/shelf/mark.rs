//! What the user thinks of pictures: `star`, `reject`, `tag`, `untag`, `project`, `bin` and `undo`.

use clap::Args;
use serde_json::json;

use crate::config::Flags;
use crate::domain::{Card, Fault, FaultKind, ImageId, JobId, Mark};
use crate::store::Store;

use super::super::{desk, print};
use super::list::named;
use super::which::Which;

/// Pictures marked in one commit.
const AT_ONCE: usize = 2_000;

/// The flags of `star` and `reject`.
#[derive(Debug, Args)]
pub struct MarkArgs {
    /// Which.
    #[command(flatten)]
    which: Which,
    /// Take it back
    #[arg(long)]
    off: bool,
    /// One JSON object on stdout (`pinxit.marks/1`)
    #[arg(long)]
    pub json: bool,
}

/// The flags of `tag` and `untag`.
#[derive(Debug, Args)]
pub struct TagArgs {
    /// A word, or several with commas between
    #[arg(value_name = "TAG,...")]
    tags: String,
    /// Which.
    #[command(flatten)]
    which: Which,
    /// One JSON object on stdout (`pinxit.marks/1`)
    #[arg(long)]
    pub json: bool,
}

/// The flags of `project`.
#[derive(Debug, Args)]
#[command(
    after_help = "What a job cost counts for its project: pinxit cost --by project.\n\nExamples:\n  pinxit project spring 12-18\n  pinxit project - 12      # none"
)]
pub struct ProjectArgs {
    /// Its name; - for none
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: String,
    /// Which.
    #[command(flatten)]
    which: Which,
    /// One JSON object on stdout (`pinxit.marks/1`)
    #[arg(long)]
    pub json: bool,
}

/// The flags of `bin`.
#[derive(Debug, Args)]
#[command(
    after_help = "A picture in the bin is out of sight; its file stays where it is until a purge.\n\nExamples:\n  pinxit bin 12b 14\n  pinxit bin --matching 'star:no batch:3'\n  pinxit list bin:yes\n  pinxit bin --back 12b\n  pinxit undo              # what was put in last comes back"
)]
pub struct BinArgs {
    /// Which.
    #[command(flatten)]
    which: Which,
    /// Bring them back
    #[arg(long)]
    back: bool,
    /// One JSON object on stdout (`pinxit.marks/1`)
    #[arg(long)]
    pub json: bool,
}

/// The flags of `undo`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pinxit undo")]
pub struct UndoArgs {
    /// One JSON object on stdout (`pinxit.marks/1`)
    #[arg(long)]
    pub json: bool,
}

/// Gives stars, or takes them off.
pub fn star(flags: &Flags, args: &MarkArgs) -> anyhow::Result<u8> {
    let said = if args.off { "without its star" } else { "starred" };
    mark(flags, "star", &args.which, &[Mark::Star(!args.off)], said, args.json)
}

/// Turns pictures down, or takes that back.
pub fn reject(flags: &Flags, args: &MarkArgs) -> anyhow::Result<u8> {
    let said = if args.off { "not rejected any more" } else { "rejected" };
    mark(flags, "reject", &args.which, &[Mark::Reject(!args.off)], said, args.json)
}

/// Puts words on pictures.
pub fn tag(flags: &Flags, args: &TagArgs) -> anyhow::Result<u8> {
    mark(flags, "tag", &args.which, &tags(&args.tags, true)?, "tagged", args.json)
}

/// Takes words off pictures.
pub fn untag(flags: &Flags, args: &TagArgs) -> anyhow::Result<u8> {
    mark(flags, "untag", &args.which, &tags(&args.tags, false)?, "without that tag", args.json)
}

/// Puts pictures into the bin, or brings them back.
pub fn bin(flags: &Flags, args: &BinArgs) -> anyhow::Result<u8> {
    let said = if args.back { "back on the shelf" } else { "in the bin; `pinxit undo` brings back what is there" };
    mark(flags, "bin", &args.which, &[Mark::Bin(!args.back)], said, args.json)
}

/// Books jobs under a project.
pub fn project(flags: &Flags, args: &ProjectArgs) -> anyhow::Result<u8> {
    let store = open(flags)?;
    let cards = args.which.find(&store)?;
    let name = Some(args.name.trim()).filter(|name| !matches!(*name, "" | "-"));
    let mut jobs: Vec<JobId> = cards.iter().map(|card| card.image.id.job).collect();
    jobs.dedup();
    let changed = store.book(&jobs, name)?;
    let plural = if changed == 1 { "job" } else { "jobs" };
    match args.json {
        true => print::json(&json!({
            "schema": "pinxit.marks/1", "ok": true, "command": "project", "count": changed, "project": name,
            "jobs": jobs.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }))?,
        false => print::say(format!("{changed} {plural} booked under {}", name.unwrap_or("nothing"))),
    }
    Ok(0)
}

/// Brings back what was put into the bin last.
pub fn undo(flags: &Flags, args: &UndoArgs) -> anyhow::Result<u8> {
    let store = open(flags)?;
    let back = store.mark(&store.last_binned()?, &Mark::Bin(false), desk::now())?;
    if back.is_empty() {
        let fault = Fault::new(FaultKind::Invalid, "nothing_to_undo", "There is nothing in the bin to bring back.");
        return Err(fault.into());
    }
    let mut cards = Vec::new();
    for id in &back {
        cards.extend(store.card(*id)?);
    }
    tell("undo", &cards, &back, "back on the shelf", args.json)
}

fn open(flags: &Flags) -> anyhow::Result<Store> {
    desk::store(&desk::configure_aloud(flags)?)
}

fn tags(text: &str, on: bool) -> Result<Vec<Mark>, Fault> {
    let marks: Vec<_> = text.split(',').filter_map(crate::domain::tag).map(|word| Mark::Tag(word, on)).collect();
    let none = || Fault::new(FaultKind::Invalid, "tag_empty", "A tag needs letters.");
    if marks.is_empty() { Err(none()) } else { Ok(marks) }
}

fn mark(
    flags: &Flags,
    command: &'static str,
    which: &Which,
    marks: &[Mark],
    said: &str,
    json: bool,
) -> anyhow::Result<u8> {
    let store = open(flags)?;
    let cards = which.find(&store)?;
    let ids: Vec<ImageId> = cards.iter().map(|card| card.image.id).collect();
    let (mut changed, now) = (Vec::new(), desk::now());
    // Who else has something to write does not wait for all of them.
    for (mark, some) in marks.iter().flat_map(|mark| ids.chunks(AT_ONCE).map(move |some| (mark, some))) {
        changed.extend(store.mark(some, mark, now)?);
    }
    changed.sort_unstable();
    changed.dedup();
    tell(command, &cards, &changed, said, json)
}

fn tell(command: &str, cards: &[Card], changed: &[ImageId], said: &str, json: bool) -> anyhow::Result<u8> {
    if json {
        let ids = |ids: &mut dyn Iterator<Item = ImageId>| ids.map(|id| id.to_string()).collect::<Vec<_>>();
        print::json(&json!({
            "schema": "pinxit.marks/1", "ok": true, "command": command, "count": changed.len(),
            "changed": ids(&mut changed.iter().copied()),
            "images": ids(&mut cards.iter().map(|card| card.image.id)),
        }))?;
        return Ok(0);
    }
    let touched: Vec<Card> = cards.iter().filter(|card| changed.contains(&card.image.id)).cloned().collect();
    print::say(match (cards.is_empty(), touched.is_empty()) {
        (true, _) => "No picture is like that.".to_owned(),
        (false, true) => format!("nothing changed: {} {said} already", named(cards)),
        (false, false) => format!("{} {said}", named(&touched)),
    });
    Ok(0)
}
