//! What holds for all batch files.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::expand::{Unfolding, Wildcards};
use super::tests::{reading, rows, with};
use super::*;

/// A row's fields, in an order of their own, as JSON and as the cells of a table.
fn fields() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    // Text that says something, and is no JSON.
    let words = "[a-z雪][a-z ,;\"'{}|_\\n雪]{0,12}[.x]";
    let names = prop::collection::vec("[a-z][a-z/ ,\"]{0,6}x", 1..3);
    let maybe = |value: BoxedStrategy<Value>| prop::option::of(value);
    let all = (
        words.prop_map(Value::from),
        maybe(words.prop_map(Value::from).boxed()),
        maybe((0u32..=2_147_483_647).prop_map(Value::from).boxed()),
        maybe((1u32..30).prop_map(Value::from).boxed()),
        maybe(names.prop_map(Value::from).boxed()),
        maybe(prop::sample::select(vec!["1K", "1280*720", "auto"]).prop_map(Value::from).boxed()),
        maybe(prop::sample::select(vec![json!(true), json!("warm"), json!([1, {"b": 2, "a": "x"}])]).boxed()),
        maybe(prop::sample::select(vec!["edit", "text", "story"]).prop_map(Value::from).boxed()),
    );
    let named = all.prop_map(|(prompt, negative, seed, n, refs, size, palette, mode)| {
        let rest = [
            ("negative", negative),
            ("seed", seed),
            ("n", n),
            ("refs", refs),
            ("size", size),
            ("color_palette", palette),
            ("mode", mode),
        ];
        let rest = rest.into_iter().filter_map(|(name, value)| Some((name, value?)));
        [("prompt", prompt)].into_iter().chain(rest).collect::<Vec<_>>()
    });
    named.prop_shuffle()
}

fn as_jsonl(rows: &[Vec<(&str, Value)>]) -> String {
    let line = |row: &Vec<(&str, Value)>| {
        let fields: Map<_, _> = row.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        format!("{}\n", Value::Object(fields))
    };
    rows.iter().map(line).collect()
}

fn as_csv(rows: &[Vec<(&str, Value)>]) -> String {
    let names = ["prompt", "negative", "seed", "n", "refs", "size", "color_palette", "mode"];
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(names).unwrap();
    for row in rows {
        let cell = |name: &str| match row.iter().find(|(other, _)| *other == name) {
            Some(("refs", Value::Array(refs))) => {
                refs.iter().map(|r| r.as_str().unwrap()).collect::<Vec<_>>().join(";")
            }
            Some((_, Value::String(text))) => text.clone(),
            Some((_, value)) => value.to_string(),
            None => String::new(),
        };
        out.write_record(names.map(cell)).unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

proptest! {
    #[test]
    fn one_batch_in_two_forms_is_the_same_rows(rows in prop::collection::vec(fields(), 1..5)) {
        let plain = |form, text: &str| {
            let mut rows = reading(form, text).unwrap().rows;
            rows.iter_mut().for_each(|row| row.line = 0);
            rows
        };
        prop_assert_eq!(plain(Form::Jsonl, &as_jsonl(&rows)), plain(Form::Csv, &as_csv(&rows)));
    }

    #[test]
    fn a_key_does_not_depend_on_the_order_of_fields(fields in fields()) {
        let mut turned = fields.clone();
        turned.reverse();
        let key = |fields| rows(Form::Jsonl, &format!("\n{}", as_jsonl(&[fields])))[0].key();
        prop_assert_eq!(key(fields), key(turned));
    }

    #[test]
    fn no_file_is_too_strange(
        text in "(\\PC|[\\x00-\\x1f\"',;{}=|#-]|\r\n|\n|prompt|--seed |\\{\"prompt\":\"|\"\\}\n|\\$defaults|__animal__){0,60}",
        axes in prop::collection::vec("(prompt|seed|n|[\"=,.0-9a])(\\PC|[\"=,.0-9]){0,12}", 0..3),
    ) {
        let unfolding = Unfolding { wildcards: Wildcards::All, matrix: true, limit: 10 };
        with(unfolding, |rules| {
            for form in [Form::Jsonl, Form::Csv, Form::Lines] {
                for text in [text.clone(), format!("prompt,seed\n{text}")] {
                    if let Ok(batch) = read(&text, form, rules) {
                        assert!(batch.rows.iter().all(|row| !row.prompt.is_empty() && row.line <= text.lines().count()));
                    }
                }
            }
            let axes: Vec<_> = axes.iter().map(String::as_str).collect();
            let _ = grid(&Map::from_iter([("prompt".to_owned(), Value::from(text.as_str()))]), &axes, rules);
        });
        let _ = decode(text.as_bytes());
    }
}
