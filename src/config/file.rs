//! The user's `config.toml` as a layer. A broken line costs that line, never the file.

use std::io::ErrorKind;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::layer::Gather;
use super::notice::Notice;
use super::setting::Setting;

/// Reads a text file that need not exist; what else goes wrong is a notice.
pub fn read(path: &Path, notices: &mut Vec<Notice>) -> Option<String> {
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Some(text),
        Ok(Err(_)) => {
            notices.push(Notice::new(path.display().to_string(), "not UTF-8 text; not used"));
            None
        }
        Err(e) if e.kind() == ErrorKind::NotFound => None,
        Err(e) => {
            notices.push(Notice::new(path.display().to_string(), format!("cannot be read ({e}); not used")));
            None
        }
    }
}

/// Takes every good line of a settings file.
pub fn gather(text: &str, origin: &str, layer: &mut Gather) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let mut broken = Vec::new();
    for error in errors {
        let line = error.span().map_or(0, |span| line_of(span.start));
        // One slip of the pen often gives several errors; the first says it best.
        if !broken.contains(&line) {
            broken.push(line);
            let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
            layer.notice(Notice::new(origin, format!("{message}; the line is not used")).at(line));
        }
    }
    let mut pairs: Vec<_> = table.get_ref().iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in pairs {
        let (name, line) = (key.get_ref().as_ref(), line_of(key.span().start));
        if broken.contains(&line) {
            continue;
        }
        match (Setting::named(name), scalar(value.get_ref())) {
            (Some(setting), Some(text)) => layer.take(setting, text, origin, line),
            (Some(_), None) => {
                layer.notice(Notice::new(origin, format!("{name} takes a text in quotes; not used")).at(line));
            }
            (None, _) => layer.notice(Notice::new(origin, unknown(name)).at(line)),
        }
    }
}

/// Text as it is, yes and no, numbers as they are written: amounts of money must not pass through a float.
fn scalar<'a>(value: &'a DeValue<'_>) -> Option<&'a str> {
    match value {
        DeValue::String(text) => Some(text),
        DeValue::Integer(number) => Some(number.as_str()),
        DeValue::Float(number) => Some(number.as_str()),
        DeValue::Boolean(yes) => Some(if *yes { "true" } else { "false" }),
        _ => None,
    }
}

fn unknown(name: &str) -> String {
    let name = crate::domain::text::clean(name);
    if name.contains("key") {
        return format!(
            "there is no setting {name}: the key is read from DASHSCOPE_API_KEY or a file named by \
             DASHSCOPE_API_KEY_FILE_PATH, so that this file can be shown to others"
        );
    }
    match Setting::nearest(&name) {
        Some(near) => format!("there is no setting {name}: did you mean {near}?"),
        None => format!("there is no setting {name}; `pinxit config print` lists them"),
    }
}
