//! `pinxit themes`: the looks there are, and one of them in its own colours.

use clap::Args;
use ratatui::style::Color;
use serde_json::{Value, json};

use crate::config::{Config, Flags, nearest};
use crate::domain::{Depth, Fault, FaultKind, text};
use crate::theme::Theme;

use super::{desk, print};

const EXAMPLES: &str = "\
The studio's t chooses one, and keeps it for the next start; `theme = \"...\"` in
config.toml goes over that. Themes of your own are files in the folder themes
beside config.toml: `inherits` names the one to start from.

Examples:
  pinxit themes                          # names, and the one that holds
  pinxit themes dusk                     # its roles
  pinxit themes --json | jq -r '.themes[].name'
";

/// What letters need to be read (WCAG 2, AA).
const READABLE: f64 = 4.5;

/// The flags of `themes`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ThemesArgs {
    /// One theme, by its name
    pub name: Option<String>,
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Prints them.
pub fn run(flags: &Flags, args: &ThemesArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let names = config.themes.names();
    let chosen: Vec<&str> = match &args.name {
        None => names,
        Some(name) => vec![names.iter().copied().find(|known| known == name).ok_or_else(|| unknown(name, &names))?],
    };
    if args.json {
        let themes: Vec<Value> = chosen.iter().map(|name| told(&config, name)).collect();
        print::json(&json!({"schema": "pinxit.themes/1", "holds": config.settings.theme, "themes": themes}))?;
        return Ok(0);
    }
    match &args.name {
        None => chosen.iter().try_for_each(|name| print::line(row(&config, name)))?,
        Some(name) => roles(&config, name).iter().try_for_each(print::line)?,
    }
    Ok(0)
}

fn unknown(name: &str, names: &[&str]) -> Fault {
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("There are {}.", names.join(", ")),
    };
    Fault::new(FaultKind::Invalid, "theme_unknown", format!("There is no theme {}.", text::clean(name))).hint(hint)
}

/// `* dusk           the last light ...`
fn row(config: &Config, name: &str) -> String {
    let mark = if config.settings.theme == name { '*' } else { ' ' };
    let yours = if config.themes.is_own(name) { "yours: " } else { "" };
    let pale = match least(config, name) {
        Some((role, least)) if least < READABLE => format!("  ({role} stands out by {least:.1}:1 only)"),
        _ => String::new(),
    };
    format!("{mark} {name:<16} {yours}{}{pale}", text::clean(config.themes.about(name)))
}

/// The letters that stand out least, in a black terminal where the theme paints no ground.
fn least(config: &Config, name: &str) -> Option<(&'static str, f64)> {
    config.themes.named(name, Depth::True)?.least_contrast(Color::Rgb(0, 0, 0))
}

fn told(config: &Config, name: &str) -> Value {
    let least =
        least(config, name).map(|(role, least)| json!({"role": role, "contrast": (least * 10.0).round() / 10.0}));
    json!({
        "name": name,
        "about": text::clean(config.themes.about(name)),
        "own": config.themes.is_own(name),
        "paints": config.themes.named(name, Depth::True).is_some_and(|theme| theme.paints()),
        "least": least,
    })
}

/// Each role and its style, as this terminal gets it.
fn roles(config: &Config, name: &str) -> Vec<String> {
    let Some(theme) = config.themes.named(name, desk::terminal(config).depth) else { return Vec::new() };
    let ground = theme.style("ground");
    let words = |role: &str| {
        let style = theme.style(role);
        let colour = |colour: Option<Color>| colour.map(|colour| colour.to_string().to_lowercase());
        let fg = colour(style.fg.or(ground.fg)).unwrap_or_else(|| "default".into());
        let bg = colour(style.bg.or(ground.bg)).map(|bg| format!(" on {bg}")).unwrap_or_default();
        let weight = format!("{:?}", style.add_modifier).to_lowercase().replace(" | ", " ");
        let weight = if style.add_modifier.is_empty() { String::new() } else { format!("{weight} ") };
        format!("{role:<20} {weight}{fg}{bg}")
    };
    Theme::roles().map(words).collect()
}
