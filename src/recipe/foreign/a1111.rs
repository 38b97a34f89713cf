//! AUTOMATIC1111 and its kin: the prompt, a line for what to keep out, and one of names and values.

use std::collections::BTreeMap;

use super::{Foreign, parameters, sides};

/// Fewer pairs are a line of the prompt.
const PAIRS_MIN: usize = 3;

pub(super) fn read(texts: &[(&str, &str)]) -> Option<Foreign> {
    let text = parameters(texts)?.replace("\r\n", "\n");
    let text = text.trim();
    let (head, last) = text.rsplit_once('\n').unwrap_or(("", text));
    let mut values = pairs(last);
    if values.len() < PAIRS_MIN {
        return None;
    }
    let (mut prompt, mut negative) = (vec![], None::<Vec<&str>>);
    for line in head.lines() {
        match (line.trim_start().strip_prefix("Negative prompt:"), &mut negative) {
            (Some(words), None) => negative = Some(vec![words.trim()]),
            (_, Some(lines)) => lines.push(line.trim()),
            (None, None) => prompt.push(line),
        }
    }
    let mut take = |name: &str| {
        let at = values.iter().position(|(known, _)| known == name)?;
        Some(values.remove(at).1)
    };
    let seed = take("Seed");
    let size = take("Size");
    let n = take("Batch size");
    let mut foreign = Foreign {
        tool: "A1111",
        prompt: prompt.join("\n").trim().to_owned(),
        negative: negative.unwrap_or_default().join("\n").trim().to_owned(),
        size: size.as_deref().and_then(sides),
        seed: seed.as_deref().and_then(|seed| seed.trim().parse().ok()),
        n: n.as_deref().and_then(|n| n.trim().parse().ok()),
        unmapped: BTreeMap::new(),
    };
    foreign.unmapped.extend(values);
    for (name, value, is_read) in [
        ("Seed", seed, foreign.seed.is_some()),
        ("Size", size, foreign.size.is_some()),
        ("Batch size", n, foreign.n.is_some()),
    ] {
        foreign.unmapped.extend(value.filter(|_| !is_read).map(|value| (name.to_owned(), value)));
    }
    Some(foreign)
}

/// `Steps: 20, Sampler: Euler a, Lora hashes: "x: 1, y: 2"`.
fn pairs(line: &str) -> Vec<(String, String)> {
    let (mut pairs, mut rest) = (vec![], line.trim());
    while let Some((name, after)) = rest.split_once(':') {
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || " -_/.()".contains(c));
        if !is_name {
            return pairs;
        }
        let after = after.trim_start();
        let (value, next) = match after.starts_with('"').then(|| quoted(after)).flatten() {
            Some((value, next)) => (value, next.trim_start().trim_start_matches(',')),
            None => {
                let (value, next) = after.split_once(',').unwrap_or((after, ""));
                (value.trim().to_owned(), next)
            }
        };
        pairs.push((name.trim().to_owned(), value));
        rest = next.trim_start();
    }
    pairs
}

/// A text in quotes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find_map(|(at, c)| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends.then_some(at + 1)
    })?;
    let inner = serde_json::from_str(&text[..end]).unwrap_or_else(|_| text[1..end - 1].to_owned());
    Some((inner, &text[end..]))
}
