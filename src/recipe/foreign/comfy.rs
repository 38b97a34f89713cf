//! ComfyUI: the graph of nodes that made the picture, as its API takes it. The sampler is the middle: from it wires lead to
//! the words, the size and the seed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Foreign, is_empty, named, object, told};

/// Wires followed from the sampler to the words.
const STEPS_MAX: usize = 24;

/// Inputs a text stands in, the likeliest first.
const TEXTS: [&str; 10] =
    ["text", "prompt", "text_g", "t5xxl", "clip_l", "text_l", "string", "value", "wildcard_text", "positive"];
/// Inputs a wire to words comes in by.
const WIRES: [&str; 9] = [
    "conditioning",
    "positive",
    "conditioning_1",
    "conditioning_to",
    "text",
    "string",
    "prompt",
    "conditioning_2",
    "value",
];

pub(super) fn read(texts: &[(&str, &str)]) -> Option<Foreign> {
    // In WebP the graph stands in a tag of EXIF, with its name before it.
    let tagged = || texts.iter().find_map(|(_, text)| text.strip_prefix("prompt:"));
    let graph = Graph(object(named(texts, &["prompt"]).or_else(tagged)?)?);
    let sampler = graph.sampler()?;
    let latent = graph.latent(sampler);
    let side = |name: &str| u32::try_from(graph.number(latent?, &[name])?).ok();
    Some(Foreign {
        tool: "ComfyUI",
        prompt: graph.words(sampler, &["positive", "conditioning"]),
        negative: graph.words(sampler, &["negative"]),
        size: side("width").zip(side("height")),
        seed: graph.seed(sampler),
        n: side("batch_size"),
        unmapped: graph.rest(sampler),
    })
}

struct Graph(Map<String, Value>);

/// The node a wire comes from: `["6", 0]`.
fn wire(value: &Value) -> Option<&str> {
    value.as_array()?.first()?.as_str()
}

fn nothing() -> &'static Map<String, Value> {
    static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    &NOTHING
}

impl Graph {
    fn nodes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(id, node)| Some((id.as_str(), node.get("class_type")?.as_str()?)))
    }

    fn inputs(&self, id: &str) -> &Map<String, Value> {
        self.0.get(id).and_then(|node| node.get("inputs")).and_then(Value::as_object).unwrap_or(nothing())
    }

    /// The node that paints: the first whose name says so and that has words or a guider.
    fn sampler(&self) -> Option<&str> {
        let paints = |id: &str| ["positive", "guider"].iter().any(|name| self.inputs(id).contains_key(*name));
        let mut samplers = self.nodes().filter(|(id, kind)| kind.contains("Sampler") && paints(id));
        samplers.next().map(|(id, _)| id)
    }

    /// The node whose wire leads into an input.
    fn source(&self, id: &str, input: &str) -> Option<&str> {
        wire(self.inputs(id).get(input)?)
    }

    /// The words that come into the sampler, or into its guider, by one of these inputs.
    fn words(&self, sampler: &str, inputs: &[&str]) -> String {
        let into = |id: &str| inputs.iter().find_map(|input| self.source(id, input));
        let start = into(sampler).or_else(|| into(self.source(sampler, "guider")?));
        start.and_then(|id| self.text(id, inputs[0])).unwrap_or_default()
    }

    /// Of the sampler itself, or of the noise it is given.
    fn seed(&self, sampler: &str) -> Option<u64> {
        let ids = [Some(sampler), self.source(sampler, "noise")];
        ids.into_iter().flatten().find_map(|id| self.number(self.inputs(id), &["seed", "noise_seed"]))
    }

    /// What the sampler begins with, where that says a size; else whatever looks like it.
    fn latent(&self, sampler: &str) -> Option<&Map<String, Value>> {
        let has = |inputs: &Map<String, Value>, names: &[&str]| names.iter().all(|name| inputs.contains_key(*name));
        let own = self.source(sampler, "latent_image").map(|id| self.inputs(id));
        let mut all = self.nodes().map(|(id, _)| self.inputs(id));
        let alike = || all.find(|inputs| has(inputs, &["width", "height", "batch_size"]));
        own.filter(|inputs| has(inputs, &["width"])).or_else(alike)
    }

    /// The first text along the wires.
    fn text(&self, id: &str, side: &str) -> Option<String> {
        let mut at = id;
        for _ in 0..STEPS_MAX {
            let inputs = self.inputs(at);
            let own = TEXTS.iter().filter_map(|name| inputs.get(*name)?.as_str()).find(|text| !text.trim().is_empty());
            if let Some(text) = own {
                return Some(text.to_owned());
            }
            at = std::iter::once(&side).chain(&WIRES).find_map(|name| wire(inputs.get(*name)?))?;
        }
        None
    }

    /// A number, also where a wire brings it.
    fn number(&self, inputs: &Map<String, Value>, names: &[&str]) -> Option<u64> {
        let value = names.iter().find_map(|name| inputs.get(*name))?;
        let brought = || {
            let from = self.inputs(wire(value)?);
            ["seed", "noise_seed", "value", "int", "number"].iter().find_map(|name| from.get(*name)?.as_u64())
        };
        value.as_u64().or_else(brought)
    }

    /// Settings of the sampler, and what was loaded.
    fn rest(&self, sampler: &str) -> BTreeMap<String, String> {
        const MAPPED: [&str; 2] = ["seed", "noise_seed"];
        let plain = |value: &Value| !value.is_array() && !value.is_object() && !is_empty(value);
        let own = self.inputs(sampler).iter().filter(|(name, value)| plain(value) && !MAPPED.contains(&name.as_str()));
        let mut rest: BTreeMap<String, String> = own.map(|(name, value)| (name.clone(), told(value))).collect();
        for (id, kind) in self.nodes().filter(|(id, _)| *id != sampler) {
            let inputs = self.inputs(id).iter().filter(|(name, value)| plain(value) && name.ends_with("_name"));
            inputs.for_each(|(name, value)| drop(rest.insert(format!("{kind}.{name}"), told(value))));
        }
        rest.insert("nodes".into(), self.0.len().to_string());
        rest
    }
}
