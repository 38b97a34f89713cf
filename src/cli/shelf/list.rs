//! `pinxit list` and `pinxit search`: the pictures a query is about, newest first.

use clap::Args;
use serde_json::json;

use crate::config::{Config, Flags};
use crate::domain::query::{Query, Stretch};
use crate::domain::{Card, text};
use crate::store::Store;

use super::super::print::Json;
use super::super::{desk, print};
use super::{QUERIES, shown, which};

/// Pictures listed where nobody says how many.
const USUAL: usize = 100;

/// Pictures read at once.
const PAGE: usize = 500;

const LIST_EXAMPLES: &str = "\
Examples:
  pinxit list
  pinxit list star:yes --limit 20
  pinxit list tag:shop --limit 0 | xargs -d '\\n' cp -t best
  pinxit list --json since:7d | jq -r '.images[].id'

";

const SEARCH_EXAMPLES: &str = "\
Examples:
  pinxit search neon
  pinxit search '\"neon signs\" model:wan2.7* star:yes since:7d'
  pinxit search neon '!rain' --json | jq -r '.images[].path'

";

/// How to list.
#[derive(Debug, Args)]
pub struct How {
    /// So many at most; 0 for all
    #[arg(long, value_name = "N", default_value_t = USUAL)]
    limit: usize,
    /// One JSON object on stdout (`pinxit.list/1`)
    #[arg(long)]
    json: bool,
    /// A line of JSON for each picture (`pinxit.picture/1`)
    #[arg(long, conflicts_with = "json")]
    ndjson: bool,
}

impl How {
    /// How stdout is to be JSON, if it is.
    pub fn form(&self) -> Option<Json> {
        Json::of(self.json, self.ndjson)
    }
}

/// The flags of `list`.
#[derive(Debug, Args)]
#[command(after_help = format!("{LIST_EXAMPLES}In a pipe: a path on each line.\n\n{QUERIES}"))]
pub struct ListArgs {
    /// What they must be like; without it all are listed, newest first
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// How.
    #[command(flatten)]
    pub how: How,
}

/// The flags of `search`.
#[derive(Debug, Args)]
#[command(after_help = format!("{SEARCH_EXAMPLES}In a pipe: a path on each line.\n\n{QUERIES}"))]
pub struct SearchArgs {
    /// What they must be like: words of the prompt, and fields
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// How.
    #[command(flatten)]
    pub how: How,
}

/// Lists.
pub fn list(flags: &Flags, args: &ListArgs) -> anyhow::Result<u8> {
    run(flags, &args.query.join(" "), &args.how)
}

/// Searches.
pub fn search(flags: &Flags, args: &SearchArgs) -> anyhow::Result<u8> {
    run(flags, &args.query.join(" "), &args.how)
}

fn run(flags: &Flags, text: &str, how: &How) -> anyhow::Result<u8> {
    // What cannot be read needs no store to say so.
    let query = which::read(text)?;
    let config = desk::configure_aloud(flags)?;
    let store = desk::store(&config)?;
    let count = store.count(&query, desk::now())?;
    let most = if how.limit == 0 { usize::MAX } else { how.limit };
    match how.form() {
        Some(Json::Object) => {
            let mut images = Vec::new();
            let shown = each(&store, &query, most, |card| {
                images.push(shown::value(card));
                Ok(())
            })?;
            print::json(&json!({
                "schema": "pinxit.list/1", "ok": true, "query": text, "count": count, "shown": shown, "images": images
            }))?;
        }
        Some(Json::Lines) => {
            each(&store, &query, most, |card| {
                let mut value = shown::value(card);
                value["schema"] = "pinxit.picture/1".into();
                Json::Lines.write(&value)
            })?;
        }
        None => {
            let columns = print::columns();
            let shown = each(&store, &query, most, |card| {
                Ok(match columns {
                    Some(columns) => print::line(shown::line(card, columns)),
                    None => print::line(card.image.path.display()),
                }?)
            })?;
            tell(&query, shown, count, &config);
        }
    }
    Ok(0)
}

/// How many there are, where that is not plain to see.
fn tell(query: &Query, shown: usize, count: u64, config: &Config) {
    let plural = if count == 1 { "picture" } else { "pictures" };
    print::say(match shown {
        0 if query.is_open() => format!("No pictures yet.{}", desk::apart(config, "list")),
        0 => "No picture is like that.".to_owned(),
        _ if (shown as u64) < count => format!("{shown} of {count} pictures; --limit 0 lists all"),
        _ => format!("{count} {plural}"),
    });
}

/// Goes through the pictures, a page at a time; how many there were.
fn each(
    store: &Store,
    query: &Query,
    most: usize,
    mut show: impl FnMut(&Card) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let (mut shown, mut stretch, now) = (0, Stretch::First, desk::now());
    while shown < most {
        let page = store.shelf(query, stretch, PAGE.min(most - shown), now)?;
        let Some(last) = page.last() else { break };
        stretch = Stretch::After(query.sort.mark(last));
        page.iter().try_for_each(&mut show)?;
        shown += page.len();
    }
    Ok(shown)
}

/// Ids as a sentence has them: the first few, and how many more.
pub fn named(cards: &[Card]) -> String {
    const SAID: usize = 8;
    let ids: Vec<_> = cards.iter().take(SAID).map(|card| card.image.id.to_string()).collect();
    let more = cards.len().saturating_sub(SAID);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    text::clean(&(ids.join(", ") + &more)).into_owned()
}
