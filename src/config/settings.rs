//! The settings after all layers have been laid over each other.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::catalog::Prefer;
use crate::domain::{Caps, Currency, Fault, FaultKind, Keeping, Metadata, ModelId, Money, Region};

use super::layer::{Gather, Layer};
use super::paths::CHOSEN_FILE;
use super::setting::{Known, SETTINGS, Setting};
use super::{Flags, Notice, Paths, address, amount, environment, file};

/// The built-in layer.
const DEFAULTS: &str = include_str!("default.toml");
/// What the built-in layer calls itself.
const BUILT_IN: &str = "built in";

/// Whether a value's origin is the file of what was chosen in the studio.
fn is_chosen(origin: &str) -> bool {
    origin.rsplit_once(':').is_some_and(|(path, _)| Path::new(path).ends_with(CHOSEN_FILE))
}

/// How pictures are shown in the terminal: as set, or as `--graphics` and `--preview` say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Graphics {
    /// By what the terminal can show.
    Auto,
    /// Kitty's graphics.
    Kitty,
    /// iTerm2's inline images.
    Iterm,
    /// Sixel.
    Sixel,
    /// Octant blocks.
    #[value(alias = "octants")]
    Octant,
    /// Sextant blocks.
    #[value(alias = "sextants")]
    Sextant,
    /// Quadrant blocks of 256 colours.
    #[value(alias = "quadrants")]
    Quadrant,
    /// Half-blocks.
    Half,
    /// Letters.
    Ascii,
    /// Not at all.
    None,
}

/// A setting's value and where it comes from, for `config print`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The setting.
    pub name: String,
    /// Its value now.
    pub value: String,
    /// `built in`, a file and line, a variable or a flag.
    pub origin: String,
}

/// What was set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whose prices and rates.
    pub region: Region,
    /// The model a form starts with.
    pub model: ModelId,
    /// Which route to a model is tried first.
    pub prefer: Prefer,
    /// The theme's name.
    pub theme: String,
    /// Whether anything on the screen may move by itself.
    pub motion: bool,
    /// Whether the studio takes the mouse.
    pub mouse: bool,
    /// Submits that cost more than this ask first.
    pub ask_above: Money,
    /// The most that may be spent.
    pub caps: Caps,
    /// What new jobs are booked under; empty for nothing.
    pub project: String,
    /// Whether the work is left to a process of its own, which outlives the one that asks.
    pub background: bool,
    /// How long that process stays when there is nothing to do.
    pub worker_idle: Duration,
    /// How pictures are shown.
    pub graphics: Graphics,
    /// What opens pictures beyond the studio; empty: what the desktop has.
    pub opener: String,
    /// What is kept with pictures.
    pub keeping: Keeping,
    /// Bytes a picture may cost in the studio; `None`: by what the line bears. 0: no pictures.
    pub preview_cap: Option<usize>,
    /// Bytes a second the line to the terminal carries; `None`: as measured.
    pub line_speed: Option<u64>,
    values: Vec<Shown>,
}

impl Settings {
    /// Every setting with its value and origin.
    pub fn values(&self) -> &[Shown] {
        &self.values
    }

    /// Where a setting was set by the user's own hand: what is chosen in the studio does not hold against that. `None` where it
    /// is built in, or was chosen in the studio itself.
    pub fn pinned(&self, name: &str) -> Option<&str> {
        let shown = self.values.iter().find(|shown| shown.name == name)?;
        let loose = shown.origin == BUILT_IN || is_chosen(&shown.origin);
        (!loose).then_some(shown.origin.as_str())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|shown| shown.name == name).map(|shown| shown.value.as_str())
    }

    /// The base URL requests go to.
    pub fn base_url(&self) -> Result<String, Fault> {
        if let Some(set) = self.values.iter().find(|shown| shown.name == "base_url") {
            return address::base_url(&set.value).map_err(|why| {
                let message = format!("The base address {} ({}) cannot be used: {why}.", set.value, set.origin);
                Fault::new(FaultKind::Invalid, "base_url", message)
            });
        }
        self.region.base_url().map(str::to_owned).ok_or_else(|| {
            let (id, city) = (self.region.id(), self.region.city());
            Fault::new(FaultKind::Access, "no_shared_host", format!("{city} has no shared address."))
                .hint(format!("Set --base-url to your workspace's: https://WORKSPACE.{id}.maas.aliyuncs.com/api/v1"))
        })
    }

    /// Where the user wants pictures, when set.
    pub fn pictures(&self, home: Option<&Path>) -> Option<PathBuf> {
        let text = self.text("pictures")?;
        match text.strip_prefix('~') {
            Some(rest) => home.map(|home| home.join(rest.trim_start_matches('/'))),
            None => Some(PathBuf::from(text)),
        }
    }
}

/// Lays the layers over each other.
pub fn layered(
    paths: &Paths,
    known: Known<'_>,
    var: &dyn Fn(&str) -> Option<String>,
    flags: &Flags,
    notices: &mut Vec<Notice>,
) -> Settings {
    let path = paths.config_file();
    let text = file::read(&path, notices).unwrap_or_default();
    let chosen_path = paths.chosen_file();
    let chosen = file::read(&chosen_path, notices).unwrap_or_default();
    let mut gather = |fill: &dyn Fn(&mut Gather)| {
        let mut layer = Gather::new(known, notices);
        fill(&mut layer);
        layer.done()
    };
    let layers = [
        gather(&|layer| file::gather(DEFAULTS, BUILT_IN, layer)),
        gather(&|layer| file::gather(&chosen, &chosen_path.display().to_string(), layer)),
        gather(&|layer| file::gather(&text, &path.display().to_string(), layer)),
        gather(&|layer| environment::gather(var, layer)),
        gather(&|layer| from_flags(flags, layer)),
    ];
    let mut settings = typed(values(layers));
    settle_region(&mut settings, notices);
    settings
}

fn from_flags(flags: &Flags, layer: &mut Gather) {
    let given = [
        ("base_url", "--base-url", &flags.base_url),
        ("region", "--region", &flags.region),
        ("prefer", "--prefer", &flags.prefer),
        ("project", "--project", &flags.project),
        ("worker", "--inline", &flags.worker),
        ("worker_idle", "--idle", &flags.worker_idle),
        ("graphics", "--graphics", &flags.graphics),
    ];
    for (name, flag, value) in given {
        if let (Some(setting), Some(value)) = (Setting::named(name), value) {
            layer.take(setting, value, flag, 0);
        }
    }
}

/// The value of each setting that has one, in the order of [`SETTINGS`].
fn values(layers: [Layer; 5]) -> Vec<Shown> {
    let mut builder = config::Config::builder();
    for layer in layers {
        builder = builder.add_source(layer);
    }
    // Layers hold texts under plain names only: nothing in them can fail to build.
    let merged = builder.build().unwrap_or_default();
    let table = merged.cache.into_table().unwrap_or_default();
    let shown = |setting: &Setting| {
        let value = table.get(setting.name)?;
        // Lines of the built-in file mean nothing to its reader.
        let origin = value.origin().filter(|o| !o.starts_with(BUILT_IN)).unwrap_or(BUILT_IN).to_owned();
        Some(Shown { name: setting.name.to_owned(), value: value.clone().into_string().ok()?, origin })
    };
    SETTINGS.iter().filter_map(shown).collect()
}

fn typed(values: Vec<Shown>) -> Settings {
    let text = |name: &str| values.iter().find(|shown| shown.name == name).map_or("", |shown| shown.value.as_str());
    let region = Region::parse(text("region")).unwrap_or_default();
    Settings {
        region,
        model: ModelId::from(text("model")),
        prefer: match text("prefer") {
            "fast" => Prefer::Fast,
            _ => Prefer::Durable,
        },
        theme: text("theme").to_owned(),
        motion: text("motion") != "off",
        mouse: text("mouse") == "on",
        ask_above: Money { micros: amount::micros(text("ask_above")).unwrap_or(0), currency: region.currency() },
        caps: Caps {
            day: cap(text("budget_day"), region.currency()),
            month: cap(text("budget_month"), region.currency()),
        },
        project: text("project").to_owned(),
        background: text("worker") != "inline",
        worker_idle: Duration::from_secs(text("worker_idle").parse().unwrap_or(120)),
        graphics: match text("graphics") {
            "kitty" => Graphics::Kitty,
            "iterm" => Graphics::Iterm,
            "sixel" => Graphics::Sixel,
            "octant" => Graphics::Octant,
            "sextant" => Graphics::Sextant,
            "quadrant" => Graphics::Quadrant,
            "half" => Graphics::Half,
            "ascii" => Graphics::Ascii,
            "none" => Graphics::None,
            _ => Graphics::Auto,
        },
        opener: text("opener").to_owned(),
        keeping: Keeping {
            metadata: Metadata::parse(text("metadata")).unwrap_or_default(),
            sidecar: text("sidecar") == "on",
        },
        preview_cap: text("preview_cap").parse().ok().map(|kib: usize| kib * 1024),
        line_speed: text("line_speed").parse().ok().map(|kib: u64| kib * 1024),
        values,
    }
}

/// A limit that cannot be read lets nothing through.
fn cap(text: &str, currency: Currency) -> Option<Money> {
    (text != "none").then(|| Money { micros: amount::micros(text).unwrap_or(0), currency })
}

/// A base URL whose host tells its region decides the region, unless the user set one; then a contradiction is said.
fn settle_region(settings: &mut Settings, notices: &mut Vec<Notice>) {
    let Some(address) = settings.values.iter().find(|shown| shown.name == "base_url").cloned() else { return };
    let Some(host) = address::region_of(&address.value).filter(|host| *host != settings.region) else { return };
    let Some(region) = settings.values.iter_mut().find(|shown| shown.name == "region") else { return };
    if region.origin == BUILT_IN || is_chosen(&region.origin) {
        region.value = host.id().to_owned();
        region.origin = format!("host of base_url ({})", address.origin);
        settings.region = host;
        settings.ask_above.currency = host.currency();
        for cap in [&mut settings.caps.day, &mut settings.caps.month].into_iter().flatten() {
            cap.currency = host.currency();
        }
        return;
    }
    let message = format!(
        "the address is {}'s, but the region is {} ({}): keys and prices of regions are not interchangeable",
        host.city(),
        settings.region.city(),
        region.origin
    );
    notices.push(Notice::new(address.origin, message));
}
