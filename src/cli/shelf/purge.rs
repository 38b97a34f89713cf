//! `pinxit purge`: the files of what is in the bin, deleted for good.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::Flags;
use crate::domain::query::{Bin, Query, Stretch};
use crate::domain::{Card, Fault, FaultKind, ImageId, text};
use crate::store::written_beside;

use super::super::{desk, print};

/// The flags of `purge`.
#[derive(Debug, Args)]
#[command(
    after_help = "Only what is in the bin and has no star is deleted, and the recipe pinxit wrote\nbeside it (fox.png.json), unless somebody changed that. What it was made with\nand what it cost stays in the history.\n\nExamples:\n  pinxit list bin:yes       # what is in the bin\n  pinxit purge              # lists what would go\n  pinxit purge --yes"
)]
pub struct PurgeArgs {
    /// Delete; without it, only say what would be
    #[arg(short, long)]
    yes: bool,
    /// One JSON object on stdout (`pinxit.marks/1`)
    #[arg(long)]
    pub json: bool,
}

/// Empties the bin.
pub fn purge(flags: &Flags, args: &PurgeArgs) -> anyhow::Result<u8> {
    let store = desk::store(&desk::configure_aloud(flags)?)?;
    let query = Query { bin: Bin::In, ..Query::default() };
    let (starred, doomed): (Vec<Card>, Vec<Card>) =
        store.shelf(&query, Stretch::First, usize::MAX >> 1, desk::now())?.into_iter().partition(|card| card.star);
    let stay = match starred.len() {
        0 => String::new(),
        count => format!("; {count} with a star {}", if count == 1 { "stays" } else { "stay" }),
    };
    let bytes: u64 = doomed.iter().map(|card| card.image.bytes).sum();
    let recipes: Vec<PathBuf> =
        doomed.iter().filter_map(|card| written_beside(card.image.id, &card.image.path)).collect();
    if doomed.is_empty() {
        print::say(format!("Nothing in the bin to delete{stay}."));
    } else if !args.yes {
        if !args.json {
            let files = doomed.iter().map(|card| &card.image.path).chain(&recipes);
            files.into_iter().try_for_each(|path| print::line(text::clean(&path.to_string_lossy())))?;
        }
        let what = count(doomed.len()) + &beside(recipes.len());
        let message = format!("{what} would be deleted for good ({}){stay}.", megabytes(bytes));
        return Err(Fault::new(FaultKind::Budget, "needs_consent", message)
            .hint("`pinxit purge --yes` does it; `pinxit list bin:yes` shows them.")
            .into());
    }
    let ids: Vec<ImageId> = doomed.iter().map(|card| card.image.id).collect();
    let purged = store.purge(&ids, desk::now())?;
    for (id, path, why) in &purged.kept {
        print::say(format!("note: {id} is kept: {}: {why}", text::clean(&path.to_string_lossy())));
    }
    if args.json {
        print::json(&json!({
            "schema": "pinxit.marks/1", "ok": purged.kept.is_empty(), "command": "purge", "count": purged.gone.len(),
            "changed": purged.gone.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "kept": purged.kept.iter().map(|(id, ..)| id.to_string()).collect::<Vec<_>>(),
            "starred": starred.len(), "bytes": purged.bytes, "recipes": purged.recipes.len(),
        }))?;
    } else if !doomed.is_empty() {
        let what = count(purged.gone.len()) + &beside(purged.recipes.len());
        print::say(format!("{what} deleted for good ({}){stay}", megabytes(purged.bytes)));
    }
    Ok(if purged.kept.is_empty() { 0 } else { FaultKind::Partial.exit() })
}

fn count(pictures: usize) -> String {
    format!("{pictures} {}", if pictures == 1 { "picture" } else { "pictures" })
}

fn beside(recipes: usize) -> String {
    match recipes {
        0 => String::new(),
        1 => " and the recipe beside one".to_owned(),
        many => format!(" and the recipes beside {many}"),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
