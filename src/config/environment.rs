//! Environment variables as a layer: the names other tools for the service use (contract 8).

use super::address;
use super::layer::Gather;
use super::notice::Notice;
use super::setting::Setting;

/// Variables of a setting, the one that wins first.
const BASE_URL: [&str; 3] = ["DASHSCOPE_HTTP_BASE_URL", "DASHSCOPE_BASE_URL", "QWEN_BASE_URL"];
const REGION: [&str; 3] = ["DASHSCOPE_API_REGION", "DASHSCOPE_REGION", "QWEN_REGION"];

/// Variables of our own.
const OURS: [(&str, &str); 4] = [
    ("project", "PINXIT_PROJECT"),
    ("worker", "PINXIT_WORKER"),
    ("worker_idle", "PINXIT_WORKER_IDLE"),
    ("opener", "PINXIT_OPENER"),
];

/// A variable that is set to something.
pub fn set(var: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    var(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Takes what the environment says.
pub fn gather(var: &dyn Fn(&str) -> Option<String>, layer: &mut Gather) {
    // `QWEN_REGION=none` means: take QWEN_BASE_URL as it stands.
    let verbatim = set(var, "QWEN_REGION").is_some_and(|region| region == "none");
    for (setting, names) in [("base_url", BASE_URL), ("region", REGION)] {
        let mut found = names.iter().filter_map(|name| Some((*name, set(var, name)?)));
        let Some(setting) = Setting::named(setting) else { continue };
        let Some((name, text)) = found.find(|(_, text)| text != "none") else { continue };
        for (other, different) in found.filter(|(_, other)| *other != text && other != "none") {
            let different = crate::domain::text::clean(&different);
            layer.notice(Notice::new(format!("${other}"), format!("{different} is not used: ${name} goes first")));
        }
        let text = if name == "QWEN_BASE_URL" && !verbatim { address::native(&text) } else { text };
        layer.take(setting, &text, &format!("${name}"), 0);
    }
    for (setting, name) in OURS {
        if let (Some(setting), Some(text)) = (Setting::named(setting), set(var, name)) {
            layer.take(setting, &text, &format!("${name}"), 0);
        }
    }
}
