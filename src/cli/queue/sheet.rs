//! A job's request as a text to edit: written as TOML with remarks, and read back with the line of everything that is
//! wrong. Pure.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::de::DeTable;

use crate::catalog::Catalog;
use crate::domain::{Job, Mode, Reference, Request, text};

use super::super::generate::reference;
use super::again::price;

/// Longer addresses (pictures written into the request itself) are not shown.
const ADDRESS_MAX: usize = 500;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The request.
    pub request: Request,
    /// Where each field is written, from 1.
    lines: BTreeMap<String, usize>,
}

/// Something that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The line, from 1; 0 for none.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            line => write!(f, "line {line}: {}", self.message),
        }
    }
}

impl Sheet {
    /// Where a field is written; 0 where it is not.
    pub fn line(&self, field: &str) -> usize {
        self.lines.get(field).copied().unwrap_or(0)
    }
}

/// The text for a job that asks for `request`.
pub fn write(job: &Job, request: &Request, catalog: &Catalog) -> String {
    let mut out = format!(
        "# Job {}: {}. Save and close to change it.\n# Nothing is changed while the text is as it was, or empty.\n\n",
        job.id,
        price(&job.estimate)
    );
    let mut put = |name: &str, value: toml::Value| out.push_str(&format!("{name} = {value}\n"));
    put("model", request.model.as_str().into());
    put("mode", request.mode.id().into());
    put("prompt", request.prompt.as_str().into());
    if !request.images.is_empty() {
        let shown = |(at, image)| toml::Value::from(shown(at, image));
        put("images", toml::Value::Array(request.images.iter().enumerate().map(shown).collect()));
    }
    let spec = catalog.get(request.model.as_str()).and_then(|model| model.mode(request.mode));
    let parameters = spec.map_or(&[][..], |spec| &spec.parameters);
    let known = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let rest = request.options.keys().map(String::as_str).filter(|name| !known(name));
    let own = ["size", "n", "seed", "negative_prompt"].into_iter().filter(|name| !known(name) && *name == "n");
    let names = parameters.iter().map(|parameter| parameter.name.as_str()).chain(own).chain(rest);
    let mut unset = vec![];
    for name in names {
        match request.get(name).and_then(|value| toml::Value::try_from(value).ok()) {
            Some(value) => put(name, value),
            None => unset.push(name),
        }
    }
    if !unset.is_empty() {
        out.push_str(&format!("\n# Left to the service: {}.\n", unset.join(", ")));
    }
    if !parameters.is_empty() {
        out.push_str("\n# What they are:\n");
    }
    for parameter in parameters {
        let legal = if parameter.name == "size" { String::new() } else { format!(" ({})", parameter.kind.legal()) };
        out.push_str(&format!("#   {}: {}{legal}\n", parameter.name, parameter.help));
    }
    out
}

/// A picture as the text names it.
fn shown(at: usize, image: &Reference) -> String {
    match image {
        Reference::File(path) => path.to_string_lossy().into_owned(),
        Reference::Url(url) if url.len() <= ADDRESS_MAX => url.clone(),
        Reference::Url(_) => kept(at),
    }
}

fn kept(at: usize) -> String {
    format!("(picture {} as it is)", at + 1)
}

/// Whether a text says anything at all.
pub fn is_blank(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

/// Reads a text back. `original` is what it was written from.
pub fn read(text: &str, original: &Request) -> Result<Sheet, Vec<Trouble>> {
    let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let (table, errors) = DeTable::parse_recoverable(text);
    let trouble = |error: &toml::de::Error| Trouble {
        line: error.span().map_or(0, |span| line_of(span.start)),
        message: text::clean(error.message().lines().next().unwrap_or("not TOML")).into_owned(),
    };
    if let Some(first) = errors.first() {
        return Err(vec![trouble(first)]);
    }
    let keys = table.get_ref().keys();
    let lines: BTreeMap<_, _> = keys.map(|key| (key.get_ref().to_string(), line_of(key.span().start))).collect();
    let fields: toml::Table = toml::from_str(text).map_err(|error| vec![trouble(&error)])?;
    let mut troubles = vec![];
    let mut fail = |name: &str, message: String| {
        troubles.push(Trouble { line: lines.get(name).copied().unwrap_or(0), message });
    };
    let mut request = original.clone();
    request.options.clear();
    (request.prompt, request.images, request.n) = (String::new(), vec![], 1);
    for name in ["size", "seed", "negative_prompt"] {
        request.set(name, Value::Null);
    }
    for (name, value) in fields {
        let value = serde_json::to_value(&value).unwrap_or(Value::Null);
        if let Err(message) = take(&mut request, original, &name, value) {
            fail(&name, format!("{}: {message}", text::clean(&name)));
        }
    }
    troubles.sort_by_key(|trouble| trouble.line);
    if troubles.is_empty() { Ok(Sheet { request, lines }) } else { Err(troubles) }
}

fn take(request: &mut Request, original: &Request, name: &str, value: Value) -> Result<(), String> {
    let words = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| "write a text in quotes".to_owned());
    match name {
        "model" => request.model = words(&value)?.as_str().into(),
        "prompt" => request.prompt = words(&value)?,
        "mode" => {
            let modes = || format!("a mode is one of {}", Mode::ALL.map(Mode::id).join(", "));
            request.mode = serde_json::from_value(value).map_err(|_| modes())?;
        }
        "images" => {
            let list = value.as_array().ok_or_else(|| "write a list of paths or addresses".to_owned())?;
            request.images = list.iter().map(|image| picture(&words(image)?, original)).collect::<Result<_, _>>()?;
        }
        _ => {
            let form = match name {
                "size" => "a size is like \"1280*1280\", \"2K\" or \"auto\"",
                "n" | "seed" => "write a whole number",
                _ => "write a text in quotes",
            };
            if !request.set(name, value) {
                return Err(form.to_owned());
            }
        }
    }
    Ok(())
}

fn picture(text: &str, original: &Request) -> Result<Reference, String> {
    let same = original.images.iter().enumerate().find(|(at, _)| kept(*at) == text);
    match same {
        Some((_, image)) => Ok(image.clone()),
        None => reference(text).map_err(|fault| fault.message),
    }
}

/// What differs between two requests, a line each.
pub fn differences(before: &Request, after: &Request) -> Vec<String> {
    let mut out = vec![];
    let mut tell = |name: &str, was: Option<String>, is: Option<String>| {
        if was != is {
            let shown =
                |value: Option<String>| value.map_or("left out".to_owned(), |value| text::clean(&value).into_owned());
            out.push(format!("{name}: {} -> {}", shown(was), shown(is)));
        }
    };
    tell("model", Some(before.model.to_string()), Some(after.model.to_string()));
    tell("mode", Some(before.mode.to_string()), Some(after.mode.to_string()));
    tell("prompt", Some(before.prompt.clone()), Some(after.prompt.clone()));
    let pictures = |request: &Request| {
        let all: Vec<_> = request.images.iter().enumerate().map(|(at, image)| shown(at, image)).collect();
        (!all.is_empty()).then(|| all.join(" "))
    };
    tell("images", pictures(before), pictures(after));
    let own = ["size", "n", "seed", "negative_prompt"].map(str::to_owned);
    let options = before.options.keys().chain(after.options.keys()).cloned();
    let names: std::collections::BTreeSet<_> = own.into_iter().chain(options).collect();
    let word = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    for name in names {
        tell(&name, before.get(&name).map(word), after.get(&name).map(word));
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cli::envelope::sample;
    use serde_json::json;

    fn rich() -> Request {
        let catalog = Catalog::builtin();
        let mut request = catalog.get("wan2.7-image").unwrap().blank(Mode::Edit);
        request.prompt = "a \"red\" fox\n雪中红狐 \\ '''".into();
        request.images = vec![
            Reference::File("/p/a b.png".into()),
            Reference::Url("https://h/a.png".into()),
            Reference::Url(format!("data:image/png;base64,{}", "A".repeat(9_000))),
        ];
        request.seed = Some(7);
        request.negative_prompt = "blur".into();
        request.set("bbox_list", json!([[], [[1, 2, 3, 4]], []]));
        request
    }

    fn text_of(request: &Request) -> String {
        let job = Job { request: Arc::new(request.clone()), ..sample::job() };
        write(&job, request, &Catalog::builtin())
    }

    #[test]
    fn what_is_written_is_read_back_for_every_model_and_mode() {
        let catalog = Catalog::builtin();
        let blank = catalog.models().iter().flat_map(|model| model.modes.iter().map(|spec| model.blank(spec.mode)));
        for request in blank.chain([rich()]) {
            let text = text_of(&request);
            assert_eq!(read(&text, &request).unwrap().request, request, "{text}");
            assert!(text.lines().all(|line| line.len() < 600), "no picture's bytes in an editor");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let original = rich();
        let lines = |text: &str| -> Vec<usize> {
            read(text, &original).unwrap_err().iter().map(|trouble| trouble.line).collect()
        };
        assert_eq!(lines("model = \"wan2.7-image\"\nprompt = \"fox\nn = 1\n"), [2]);
        assert_eq!(lines("prompt = \"x\"\nn = \"many\"\n\nmode = \"dream\"\n"), [2, 4]);
        assert_eq!(lines("prompt = 1\nimages = \"a.png\"\n"), [1, 2]);
        let sheet = read("# a remark\nprompt = \"fox\"\n\nn = 99\n", &original).unwrap();
        assert_eq!((sheet.line("n"), sheet.line("seed"), sheet.request.seed), (4, 0, None));
        assert_eq!(sheet.request.model, original.model, "what is not said of model and mode stays");
        assert!(is_blank("# only\n\n  # remarks\n") && !is_blank("n = 1"));
    }

    #[test]
    fn differences_are_told_field_by_field() {
        let before = rich();
        let mut after = before.clone();
        (after.n, after.seed) = (4, None);
        after.set("watermark", json!(true));
        let told = differences(&before, &after);
        assert_eq!(told, ["n: 1 -> 4", "seed: 7 -> left out", "watermark: false -> true"]);
        assert_eq!(differences(&before, &before), [""; 0]);
    }
}
