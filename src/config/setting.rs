//! The settings there are: name, what a legal value looks like, and its normal form.

use crate::catalog::Catalog;
use crate::domain::{Metadata, Region};
use crate::theme::Themes;

use super::{address, amount};

/// What values may name.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The models there are.
    pub catalog: &'a Catalog,
    /// The themes there are.
    pub themes: &'a Themes,
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its key in the file.
    pub name: &'static str,
    /// The normal form of a value, or what would be legal.
    normal: fn(&str, Known<'_>) -> Result<String, String>,
    /// A broken value still stands, and nothing is sent until it is mended: with another host in its place the key would go
    /// where the user did not say, and without a limit money would.
    pub stands_broken: bool,
}

/// All of them, in the order `config print` shows them.
pub const SETTINGS: [Setting; 20] = [
    Setting { name: "region", normal: region, stands_broken: false },
    Setting { name: "base_url", normal: |text, _| address::base_url(text), stands_broken: true },
    Setting { name: "model", normal: model, stands_broken: false },
    Setting { name: "prefer", normal: prefer, stands_broken: false },
    Setting { name: "theme", normal: theme, stands_broken: false },
    Setting { name: "motion", normal: switch, stands_broken: false },
    Setting { name: "mouse", normal: switch, stands_broken: false },
    Setting { name: "ask_above", normal: amount_of_money, stands_broken: false },
    Setting { name: "budget_day", normal: limit, stands_broken: true },
    Setting { name: "budget_month", normal: limit, stands_broken: true },
    Setting { name: "project", normal: project, stands_broken: false },
    Setting { name: "worker", normal: worker, stands_broken: false },
    Setting { name: "worker_idle", normal: worker_idle, stands_broken: false },
    Setting { name: "graphics", normal: graphics, stands_broken: false },
    Setting { name: "preview_cap", normal: preview_cap, stands_broken: false },
    Setting { name: "line_speed", normal: line_speed, stands_broken: false },
    Setting { name: "opener", normal: opener, stands_broken: false },
    Setting { name: "pictures", normal: pictures, stands_broken: false },
    Setting { name: "metadata", normal: metadata, stands_broken: false },
    Setting { name: "sidecar", normal: switch, stands_broken: false },
];

impl Setting {
    /// Finds a setting by its name.
    pub fn named(name: &str) -> Option<&'static Setting> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// The setting whose name is nearest to a mistyped one, if any is near.
    pub fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, SETTINGS.iter().map(|setting| setting.name))
    }

    /// The normal form of a value.
    pub fn normal(&self, text: &str, known: Known<'_>) -> Result<String, String> {
        (self.normal)(text.trim(), known)
    }
}

/// The name nearest to a mistyped one; `None` when none is near enough to be meant.
pub fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase().replace('-', "_");
    let near = names.map(|name| (strsim::jaro_winkler(&wrong, &name.replace('-', "_")), name));
    near.filter(|(likeness, _)| *likeness > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

fn region(text: &str, _: Known<'_>) -> Result<String, String> {
    let names = || Region::ALL.map(|region| format!("{} ({})", region.id(), region.city())).join(", ");
    Region::parse(text).map(|region| region.id().to_owned()).ok_or_else(|| format!("a region is one of {}", names()))
}

fn model(text: &str, known: Known<'_>) -> Result<String, String> {
    if let Some(model) = known.catalog.get(text) {
        // A dated snapshot is a name of its own on the wire.
        return Ok(if model.id.as_str() == text { model.id.0.clone() } else { text.to_owned() });
    }
    let near = nearest(text, known.catalog.models().iter().map(|model| model.id.as_str()));
    Err(match near {
        Some(near) => format!("there is no such model, the nearest is {near}"),
        None => "there is no such model; `pinxit models` lists them".to_owned(),
    })
}

fn prefer(text: &str, _: Known<'_>) -> Result<String, String> {
    match text {
        "durable" | "fast" => Ok(text.to_owned()),
        _ => Err("prefer is durable (a task that outlives the line) or fast (the answer in one request)".to_owned()),
    }
}

fn theme(text: &str, known: Known<'_>) -> Result<String, String> {
    let names = known.themes.names();
    match names.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(format!("a theme is one of {}", names.join(", "))),
    }
}

fn switch(text: &str, _: Known<'_>) -> Result<String, String> {
    match text {
        "on" | "true" => Ok("on".to_owned()),
        "off" | "false" => Ok("off".to_owned()),
        _ => Err("write on or off".to_owned()),
    }
}

fn amount_of_money(text: &str, _: Known<'_>) -> Result<String, String> {
    amount::micros(text)
        .map(|_| text.trim_start_matches(['$', '¥']).trim().to_owned())
        .ok_or_else(|| "an amount is written like 0.50, with at most six decimals".to_owned())
}

fn limit(text: &str, known: Known<'_>) -> Result<String, String> {
    match text {
        "none" => Ok(text.to_owned()),
        _ => amount_of_money(text, known).map_err(|why| format!("{why}; or none for no limit")),
    }
}

fn project(text: &str, _: Known<'_>) -> Result<String, String> {
    let name = crate::domain::text::clean(text);
    match name.trim().chars().count() {
        0..=60 => Ok(name.trim().to_owned()),
        _ => Err("a project's name has at most 60 characters".to_owned()),
    }
}

fn worker(text: &str, _: Known<'_>) -> Result<String, String> {
    match text {
        "background" | "inline" => Ok(text.to_owned()),
        _ => Err("worker is background (the work outlives the program that asks) or inline".to_owned()),
    }
}

fn worker_idle(text: &str, _: Known<'_>) -> Result<String, String> {
    match text.parse::<u32>() {
        Ok(seconds) if seconds <= 86_400 => Ok(seconds.to_string()),
        _ => Err("worker_idle is a number of seconds, at most 86400".to_owned()),
    }
}

fn graphics(text: &str, _: Known<'_>) -> Result<String, String> {
    match text {
        "auto" | "kitty" | "iterm" | "sixel" | "ascii" | "none" => Ok(text.to_owned()),
        "octant" | "sextant" | "quadrant" | "half" => Ok(text.to_owned()),
        "octants" | "sextants" | "quadrants" => Ok(text.trim_end_matches('s').to_owned()),
        _ => {
            Err("graphics is one of auto, kitty, iterm, sixel, octant, sextant, quadrant, half, ascii, none".to_owned())
        }
    }
}

fn preview_cap(text: &str, _: Known<'_>) -> Result<String, String> {
    match text.parse::<u32>() {
        _ if text == "auto" => Ok(text.to_owned()),
        Ok(kib) if kib <= 65_536 => Ok(kib.to_string()),
        _ => Err("preview_cap is auto or a number of KiB, at most 65536; 0 for no pictures".to_owned()),
    }
}

fn line_speed(text: &str, _: Known<'_>) -> Result<String, String> {
    match text.parse::<u32>() {
        _ if text == "auto" => Ok(text.to_owned()),
        Ok(kib) if (1..=10_485_760).contains(&kib) => Ok(kib.to_string()),
        _ => Err("line_speed is auto or a number of KiB a second".to_owned()),
    }
}

fn opener(text: &str, _: Known<'_>) -> Result<String, String> {
    let (mut quote, mut letters) = (None, text.chars());
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            (letter, _) if letter.is_control() => {
                return Err("write a program and its arguments on one line".to_owned());
            }
            ('\\', None | Some('"')) => drop(letters.next()),
            ('"' | '\'', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            _ => {}
        }
    }
    match quote {
        None => Ok(text.to_owned()),
        Some(open) => Err(format!("a quote {open} is not closed; write a program and its arguments, like feh -F")),
    }
}

fn metadata(text: &str, _: Known<'_>) -> Result<String, String> {
    let known = Metadata::parse(text).map(|metadata| metadata.word().to_owned());
    known.ok_or_else(|| "metadata is full, minimal (no paths, ids and costs) or none".to_owned())
}

fn pictures(text: &str, _: Known<'_>) -> Result<String, String> {
    match text.starts_with('/') || text == "~" || text.starts_with("~/") {
        true => Ok(text.to_owned()),
        false => Err("write a whole path, beginning with / or ~/".to_owned()),
    }
}
