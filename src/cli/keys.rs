//! `pinxit keys`: the studio's keys by where they work, the user's own marked; and what is wrong with the user's file.

use clap::Args;
use serde_json::{Value, json};

use crate::config::{Config, Flags, Notice};
use crate::domain::text::clean;
use crate::keymap::{Binding, Keymap};
use crate::tui::action::{Action, Actions};
use crate::tui::state::Scope;

use super::{desk, print};

const EXAMPLES: &str = "\
Keys of your own go into keymap.toml beside config.toml (`pinxit config path`),
in tables of scopes; \"none\" takes a key away:

  [jobs]
  \"g g\" = \"queue.first\"
  \"x\" = \"none\"

Examples:
  pinxit keys                    # all keys; * marks your own
  pinxit keys --scope jobs
  pinxit keys --check            # exit 2 where a line cannot be used
  pinxit keys --json | jq '.keys[] | select(.custom)'
";

/// `keys`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct KeysArgs {
    /// Only those of one scope
    #[arg(long, value_name = "NAME", value_parser = scope)]
    scope: Option<Scope>,
    /// Only say what is wrong with keymap.toml
    #[arg(long, conflicts_with_all = ["scope", "json"])]
    check: bool,
    /// One JSON object on stdout (`pinxit.keys/1`)
    #[arg(long)]
    pub json: bool,
}

fn scope(name: &str) -> Result<Scope, String> {
    Scope::parse(name).ok_or_else(|| format!("a scope is one of {}", Scope::ALL.map(Scope::name).join(", ")))
}

/// The preset with the user's file over it, and what of that file cannot be used.
pub fn keymap(config: &Config) -> (Keymap, Vec<Notice>) {
    let Some(text) = &config.keymap else { return (Keymap::builtin(), Vec::new()) };
    let origin = config.paths.keymap_file().display().to_string();
    let (keymap, problems) = Keymap::builtin().with_user(text, &origin, &Actions);
    let notice = |problem: crate::keymap::Problem| {
        Notice::new(origin.clone(), clean(&problem.message).into_owned()).at(problem.line)
    };
    (keymap, problems.into_iter().map(notice).collect())
}

/// Lists them, or checks the user's file.
pub fn run(flags: &Flags, args: &KeysArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let (keymap, wrong) = keymap(&config);
    wrong.iter().for_each(print::say);
    if args.check {
        return check(&config, &keymap, &wrong);
    }
    let rows = rows(&keymap, args.scope);
    if args.json {
        print::json(&json!({
            "schema": "pinxit.keys/1",
            "file": config.paths.keymap_file().display().to_string(),
            "keys": rows.iter().map(Row::json).collect::<Vec<_>>(),
            "notices": wrong,
        }))?;
    } else {
        list(&rows, &keymap)?;
    }
    Ok(0)
}

fn check(config: &Config, keymap: &Keymap, wrong: &[Notice]) -> anyhow::Result<u8> {
    let file = config.paths.keymap_file();
    let own = keymap.bindings().iter().filter(|binding| binding.line.is_some()).count();
    let file = file.display();
    match (&config.keymap, wrong.len()) {
        // A file that is there and cannot be read has been named.
        (None, _) if config.notices.iter().any(|notice| notice.origin == file.to_string()) => return Ok(2),
        (None, _) => print::line(format!("{file}: not there, so the keys are the preset's"))?,
        (Some(_), 0) => print::line(format!("{file}: good; keys of your own: {own}"))?,
        (Some(_), 1) => print::say("1 line is not used; the others hold"),
        (Some(_), many) => print::say(format!("{many} lines are not used; the others hold")),
    }
    Ok(if wrong.is_empty() { 0 } else { 2 })
}

/// An action in a scope.
struct Row<'a> {
    scope: Scope,
    action: Action,
    keys: Vec<&'a Binding>,
}

impl Row<'_> {
    fn is_custom(&self) -> bool {
        self.keys.iter().any(|binding| binding.line.is_some())
    }

    fn spelled(&self) -> String {
        let keys: Vec<_> = self.keys.iter().map(|binding| binding.keys.to_string()).collect();
        if keys.is_empty() { "no key".to_owned() } else { keys.join(", ") }
    }

    fn json(&self) -> Value {
        let keys: Vec<_> = self.keys.iter().map(|binding| binding.keys.to_string()).collect();
        let lines: Vec<_> = self.keys.iter().filter_map(|binding| binding.line).collect();
        json!({
            "scope": self.scope.name(),
            "action": self.action.name(),
            "keys": keys,
            "sentence": self.action.sentence(),
            "custom": self.is_custom(),
            "lines": lines,
        })
    }
}

fn rows(keymap: &Keymap, only: Option<Scope>) -> Vec<Row<'_>> {
    let scopes = Scope::ALL.into_iter().filter(|scope| only.is_none_or(|only| only == *scope));
    let row = |scope: Scope, action: Action| {
        let bound = |b: &&Binding| b.scope == scope.name() && b.action == action.name();
        Row { scope, action, keys: keymap.bindings().iter().filter(bound).collect() }
    };
    let in_scope = |scope: Scope| {
        let actions = Action::ALL.iter().filter(move |action| action.scopes().contains(&scope));
        actions.map(move |action| row(scope, *action))
    };
    scopes.flat_map(in_scope).collect()
}

fn list(rows: &[Row], keymap: &Keymap) -> anyhow::Result<()> {
    let widest = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let keys = widest(|row| row.spelled().chars().count()).min(26);
    let names = widest(|row| row.action.name().len());
    let columns = print::columns();
    let mut last = None;
    for row in rows {
        if last != Some(row.scope) {
            let gap = if last.is_some() { "\n" } else { "" };
            print::line(format!("{gap}[{}] {}", row.scope.name(), row.scope.place()))?;
            last = Some(row.scope);
        }
        let mark = if row.is_custom() { '*' } else { ' ' };
        let text = format!("{mark} {:<keys$}  {:<names$}  {}", row.spelled(), row.action.name(), row.action.sentence());
        print::line(print::cut(&text, columns))?;
    }
    if let Some(file) = keymap.origin().filter(|_| rows.iter().any(Row::is_custom)) {
        print::line(format!("\n* set in {file}"))?;
    }
    Ok(())
}
