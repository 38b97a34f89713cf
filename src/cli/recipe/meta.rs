//! `pinxit meta`: the words in picture files, read, written, taken out. Pixels are never touched.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::config::{Config, Flags};
use crate::domain::{Fault, FaultKind, text};
use crate::picture::{self, meta};
use crate::store::Store;

use super::super::{desk, failure, print};
use super::source;

const EXAMPLES: &str = "\
A file is changed in one step, and where that fails it is as it was. Pixels, and
what others put into a file, stay byte for byte.

Examples:
  pinxit meta read fox.png                # every text in it, whoever wrote it
  pinxit meta read --json *.png | jq '.files[].records[].key'
  pinxit meta strip fox.png               # what pinxit wrote is gone
  pinxit meta strip --all *.jpg           # every tool's words, EXIF and XMP too
  pinxit meta write fox.png --recipe fox.json
  pinxit meta write fox.png --recipe 12b  # from the store
";

/// The flags of `meta`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MetaArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with them.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Print every text in picture files
    #[command(after_help = "Example:\n  pinxit meta read fox.png")]
    Read {
        /// Picture files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// One JSON object on stdout
        #[arg(long)]
        json: bool,
    },
    /// Put a recipe into picture files, in the place of an earlier one
    #[command(after_help = "Example:\n  pinxit meta write fox.png --recipe fox.json")]
    Write {
        /// Picture files: PNG, JPEG, WebP
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The recipe: its JSON, a picture that has it, - for stdin, a job (12) or
        /// its picture (12b)
        #[arg(long, value_name = "FILE|ID|-")]
        recipe: PathBuf,
    },
    /// Take recipes out of picture files
    #[command(after_help = "Example:\n  pinxit meta strip fox.png")]
    Strip {
        /// Picture files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Every tool's words, EXIF, XMP and IPTC too
        #[arg(long)]
        all: bool,
    },
}

impl MetaArgs {
    /// Whether stdout is to be JSON.
    pub fn wants_json(&self) -> bool {
        matches!(self.what, What::Read { json: true, .. })
    }
}

/// Does it, file by file; what is wrong with one is said, and the others are done all the same.
pub fn meta(flags: &Flags, args: &MetaArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    match &args.what {
        What::Read { files, json } => read(files, *json),
        What::Write { files, recipe } => write(&config, files, recipe),
        What::Strip { files, all } => {
            let what = if *all { meta::Strip::All } else { meta::Strip::Ours };
            change(&config, files, "had nothing to take out", |bytes| meta::strip(bytes, what))
        }
    }
}

fn read(files: &[PathBuf], json: bool) -> anyhow::Result<u8> {
    let (mut code, mut told) = (0, vec![]);
    for file in files {
        let records = match meta::open(file) {
            Ok(records) => records,
            Err(why) => {
                refuse(file, &why.to_string(), &mut code);
                continue;
            }
        };
        if json {
            let records = records.iter().map(|one| json!({"place": one.place, "key": one.key, "text": one.text}));
            told.push(json!({"path": file.display().to_string(), "records": records.collect::<Vec<_>>()}));
            continue;
        }
        print::line(format!("{}  {}", shown(file), counted(records.len())))?;
        for record in &records {
            print::line(format!("  {} ({})", text::clean(&record.key), record.place))?;
            // A line is a line, whatever is in it.
            text::clean_lines(&record.text).lines().try_for_each(|line| print::line(format!("    {line}")))?;
        }
    }
    if json {
        print::safe_json(&json!({"schema": "pinxit.meta/1", "files": told}))?;
    }
    Ok(code)
}

fn write(config: &Config, files: &[PathBuf], recipe: &Path) -> anyhow::Result<u8> {
    let recipe = source::find(recipe.as_os_str(), config, None)?;
    let text = recipe.to_text();
    change(config, files, "had this recipe already", |bytes| {
        let header = picture::sniff(bytes)?;
        meta::write(bytes, &text, &recipe.words((header.width, header.height)))
    })
}

fn change(
    config: &Config,
    files: &[PathBuf],
    unchanged: &str,
    how: impl Fn(&[u8]) -> Result<Vec<u8>, meta::Unwritable>,
) -> anyhow::Result<u8> {
    let mut code = 0;
    for file in files {
        match meta::rewrite(file, &how) {
            Ok(true) => {
                record(config, file)?;
                print::line(shown(file))?;
            }
            Ok(false) => print::say(format!("note: {} {unchanged}", shown(file))),
            Err(why) => refuse(file, &why.to_string(), &mut code),
        }
    }
    Ok(code)
}

/// Tells the store, where the file is a picture of its own.
fn record(config: &Config, file: &Path) -> anyhow::Result<()> {
    if !desk::places(config).is_ok_and(|places| Store::exists(&places)) {
        return Ok(());
    }
    let (store, bytes) = (desk::store(config)?, std::fs::read(file)?);
    let sha256 = text::hex(&Sha256::digest(&bytes));
    for name in [std::path::absolute(file)?, file.canonicalize()?] {
        if store.reworded(&name, bytes.len() as u64, &sha256)? {
            break;
        }
    }
    Ok(())
}

fn refuse(file: &Path, why: &str, code: &mut u8) {
    let fault = Fault::new(FaultKind::Invalid, "file", format!("{}: {}.", shown(file), why.trim_end_matches('.')));
    failure::tell(&fault);
    *code = fault.kind.exit();
}

fn shown(file: &Path) -> String {
    text::clean(&file.display().to_string()).into_owned()
}

fn counted(count: usize) -> String {
    match count {
        0 => "no texts".to_owned(),
        1 => "1 text".to_owned(),
        count => format!("{count} texts"),
    }
}
