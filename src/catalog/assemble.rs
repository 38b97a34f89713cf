//! A catalogue entry to a model: what must be there is asked for, names are looked up, and figures that contradict each
//! other are refused, so that the rules never meet a model that makes no sense.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::domain::{Currency, Mode, ModelId, Money, Region};

use super::entry::{KindName, ModeEntry, ModelEntry, ParameterEntry, PicturesEntry, PriceEntry, RateEntry, SizeEntry};
use super::parts::splits;
use super::{
    Call, Catalog, InputRule, Kind, ModeSpec, Model, PICTURES_MAX, Parameter, Price, PromptRule, Rate, Route, SizeRule,
};

/// No price of a picture is near this: a slip of the decimal point is caught, and sums cannot overflow.
const PRICE_MAX: f64 = 10_000.0;

/// Makes the model, or says which key is missing or wrong.
pub(super) fn assemble(catalog: &Catalog, entry: ModelEntry) -> Result<Model, String> {
    let id = entry.id.clone();
    build(catalog, entry).map_err(|message| format!("model {id}: {message}"))
}

fn build(catalog: &Catalog, entry: ModelEntry) -> Result<Model, String> {
    let source = entry.source.unwrap_or_else(|| "the user's catalogue file".into());
    let prompt = need(entry.prompt, "prompt")?;
    let pictures = entry.pictures;
    let mode = |(mode, entry): (Mode, ModeEntry)| {
        mode_spec(catalog, mode, entry, &pictures, &source).map_err(|message| format!("mode {mode}: {message}"))
    };
    let modes = entry.mode.into_iter().map(mode).collect::<Result<Vec<_>, _>>()?;
    if entry.id.trim().is_empty() {
        return Err("`id` is empty".into());
    }
    if modes.is_empty() {
        return Err("it has no mode: write [model.mode.text-to-image], or like = \"...\"".into());
    }
    Ok(Model {
        id: ModelId(entry.id),
        about: entry.about.unwrap_or_default(),
        modes,
        names: entry.names.into_iter().map(|(region, name)| (region, ModelId(name))).collect(),
        snapshots: entry.snapshots.into_iter().map(ModelId).collect(),
        regions: entry.regions,
        prompt: PromptRule {
            max: need(prompt.max.filter(|max| *max > 0), "prompt.max")?,
            unit: need(prompt.unit, "prompt.unit")?,
            source: prompt.source.unwrap_or_else(|| source.clone()),
        },
        output: need(entry.output, "output")?,
        prices: by_region(entry.price, price)?,
        rates: by_region(entry.rate, rate)?,
        instead: entry.instead.into_iter().map(|(mode, id)| (mode, ModelId(id))).collect(),
        source,
    })
}

fn need<T>(value: Option<T>, key: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("`{key}` is missing"))
}

fn by_region<E, T>(
    entries: BTreeMap<Region, E>,
    make: impl Fn(E) -> Result<T, String>,
) -> Result<BTreeMap<Region, T>, String> {
    let one = |(region, entry): (Region, E)| {
        make(entry).map(|made| (region, made)).map_err(|message| format!("{}: {message}", region.id()))
    };
    entries.into_iter().map(one).collect()
}

fn price(entry: PriceEntry) -> Result<Price, String> {
    let currency = need(entry.currency, "price.currency")?;
    let basis = need(entry.basis, "price.basis")?;
    let when_on = entry.when_on.into_iter().map(|(name, amount)| Ok((name, money(amount, currency)?)));
    Ok(Price {
        amount: money(need(entry.amount, "price.amount")?, currency)?,
        when_on: when_on.collect::<Result<_, String>>()?,
        basis: entry.date.map_or(basis.clone(), |date| format!("{basis}, {date}")),
    })
}

fn money(amount: f64, currency: Currency) -> Result<Money, String> {
    match amount {
        amount if (0.0..=PRICE_MAX).contains(&amount) => Ok(Money { micros: (amount * 1e6).round() as i64, currency }),
        amount => Err(format!("a price of {amount} is not between 0 and {PRICE_MAX}")),
    }
}

fn rate(entry: RateEntry) -> Result<Rate, String> {
    let positive = |value: Option<u32>, key| need(value.filter(|count| *count > 0), key);
    let count = positive(entry.count, "rate.count")?;
    Ok(Rate {
        count,
        per: Duration::from_secs(need(entry.seconds.filter(|seconds| *seconds > 0), "rate.seconds")?),
        concurrent: positive(entry.concurrent.or(Some(count)), "rate.concurrent")?,
    })
}

fn mode_spec(
    catalog: &Catalog,
    mode: Mode,
    entry: ModeEntry,
    pictures: &PicturesEntry,
    source: &str,
) -> Result<ModeSpec, String> {
    if let Some(name) = entry.with.keys().find(|name| !entry.parameters.contains(name)) {
        return Err(format!("`with.{name}` changes a parameter that `parameters` does not list"));
    }
    let size = match (entry.parameters.iter().any(|name| name == "size"), entry.size) {
        (true, size) => size_rule(need(size, "size")?, source)?,
        (false, None) => SizeRule::follows_input(source),
        (false, Some(_)) => return Err("`size` is given, but `parameters` does not list it".into()),
    };
    let change = |name: &String| entry.with.get(name).cloned().unwrap_or_default();
    let parameter = |name: &String| {
        let known = catalog.parameters.get(name).cloned().unwrap_or_default();
        parameter(name, known.with(change(name)), &size, source).map_err(|message| format!("{name}: {message}"))
    };
    let mut parameters = entry.parameters.iter().map(parameter).collect::<Result<Vec<_>, _>>()?;
    let billed_by = entry.billed_by.unwrap_or_else(|| "n".into());
    if billed_by != "n" && !parameters.iter().any(|parameter| parameter.name == billed_by) {
        return Err(format!("`billed_by` names {billed_by}, which `parameters` does not list"));
    }
    Ok(ModeSpec {
        mode,
        routes: routes(catalog, mode, &entry.routes)?,
        sends: entry.sends,
        size,
        images: input_rule(entry.images, pictures, source)?,
        order: entry.order,
        per_request: per_request(mode, &billed_by, &mut parameters)?,
        parameters,
        billed_by,
    })
}

/// How many pictures one request makes: the most that `n` may be. Where several requests can share them the form's `n`
/// goes further than that, as far as we say and no page of the service.
fn per_request(mode: Mode, billed_by: &str, parameters: &mut [Parameter]) -> Result<u32, String> {
    let Some(parameter) = parameters.iter_mut().find(|parameter| parameter.name == billed_by) else { return Ok(1) };
    let Kind::Int { min, max } = &mut parameter.kind else { return Err(format!("`{billed_by}` is not a number")) };
    let most = u32::try_from(*max).ok().filter(|most| *most > 0);
    let most = most.ok_or_else(|| format!("`{billed_by}` is at most {max}"))?;
    if splits(mode) && *min <= 1 {
        if most < PICTURES_MAX {
            parameter.source = format!("pinxit: at most {PICTURES_MAX} pictures a job");
        }
        *max = i64::from(most.max(PICTURES_MAX));
    }
    Ok(most)
}

fn routes(catalog: &Catalog, mode: Mode, names: &[String]) -> Result<Vec<Route>, String> {
    let known = || catalog.routes.keys().cloned().collect::<Vec<_>>().join(", ");
    let route = |name: &String| match catalog.routes.get(name) {
        Some(route) if route.call == Call::Stream && mode != Mode::Interleave => {
            Err(format!("route {name} is a stream, and only interleave streams"))
        }
        Some(route) => Ok(route.clone()),
        None => Err(format!("there is no route {name}; there are {}", known())),
    };
    match names {
        [] => Err(format!("`routes` is missing or empty; there are {}", known())),
        names => names.iter().map(route).collect(),
    }
}

fn parameter(name: &str, entry: ParameterEntry, size: &SizeRule, source: &str) -> Result<Parameter, String> {
    let kind = match need(entry.kind, "kind")? {
        KindName::Size => Kind::Size,
        KindName::Bool => Kind::Bool,
        KindName::Int => Kind::Int { min: need(entry.min, "min")?, max: need(entry.max, "max")? },
        KindName::Text => Kind::Text { max: count(entry.max, "max")? },
        KindName::Boxes => Kind::Boxes { max: count(entry.max, "max")? },
        KindName::Palette => Kind::Palette { min: count(entry.min, "min")?, max: count(entry.max, "max")? },
    };
    let is_empty = match kind {
        Kind::Int { min, max } => min > max,
        Kind::Palette { min, max } => min > max,
        _ => false,
    };
    if is_empty {
        return Err("`min` is above `max`".into());
    }
    let default = match kind {
        Kind::Size => Value::from(size.default.to_string()),
        _ => entry.default.unwrap_or(Value::Null),
    };
    if let Some(breach) = kind.breach("default", &default).filter(|_| !default.is_null()) {
        return Err(format!("{}, legal is {}", breach.message, breach.legal));
    }
    Ok(Parameter {
        name: name.to_owned(),
        label: entry.label.unwrap_or_else(|| name.to_owned()),
        help: entry.help.unwrap_or_default(),
        kind,
        default,
        sent: entry.sent.unwrap_or(true),
        when: entry.when.unwrap_or_default(),
        note: entry.note,
        source: entry.source.unwrap_or_else(|| source.to_owned()),
    })
}

fn count(value: Option<i64>, key: &str) -> Result<usize, String> {
    let value = need(value, key)?;
    usize::try_from(value).map_err(|_| format!("`{key}` is {value}"))
}

fn size_rule(entry: SizeEntry, source: &str) -> Result<SizeRule, String> {
    let mut presets = entry.presets;
    presets.sort_by_key(|named| named.name);
    let rule = SizeRule {
        default: need(entry.default, "size.default")?,
        auto: entry.auto,
        presets,
        recommended: entry.recommended,
        offers: entry.offers,
        pixels: entry.pixels,
        sides: entry.sides,
        ratio: entry.ratio,
        multiple: entry.multiple,
        source: entry.source.unwrap_or_else(|| source.to_owned()),
    };
    let is_empty = |(min, max): (u64, u64)| min == 0 || min > max;
    let sides = rule.sides.map(|(min, max)| (u64::from(min), u64::from(max)));
    if rule.pixels.is_some_and(is_empty) || sides.is_some_and(is_empty) {
        return Err("`size` has a range that is empty or begins at 0".into());
    }
    if rule.ratio == Some(0) || rule.multiple == Some(0) || rule.presets.iter().any(|named| named.side == 0) {
        return Err("`size` has a 0 where a count of at least 1 belongs".into());
    }
    match rule.choices().into_iter().find(|size| !rule.is_legal(*size)) {
        Some(size) => Err(format!("`size` offers {size}, which is not legal: {}", rule.legal())),
        None => Ok(rule),
    }
}

fn input_rule((min, max): (usize, usize), entry: &PicturesEntry, source: &str) -> Result<InputRule, String> {
    if min > max {
        return Err(format!("`images` asks for at least {min} and at most {max}"));
    }
    let entry = entry.clone();
    Ok(InputRule {
        min,
        max,
        formats: entry.formats,
        sides: entry.sides,
        sides_advised: entry.sides_advised,
        ratio: entry.ratio,
        megabytes: entry.megabytes,
        alpha: entry.alpha,
        source: entry.source.unwrap_or_else(|| source.to_owned()),
    })
}
