//! Batch files as people write them, and what holds for all.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::expand::{Unfolding, Wildcards};
use super::*;
use crate::domain::Mode;

const PARAMETERS: [&str; 9] = [
    "size",
    "n",
    "seed",
    "negative_prompt",
    "thinking_mode",
    "prompt_extend",
    "watermark",
    "bbox_list",
    "color_palette",
];

pub(super) fn with<T>(unfolding: Unfolding, act: impl FnOnce(&Rules<'_>) -> T) -> T {
    let lists = BTreeMap::from([("animal".to_owned(), "fox\nowl\n".to_owned())]);
    act(&Rules { parameters: &PARAMETERS, unfolding, lists: &lists })
}

pub(super) fn reading(form: Form, text: &str) -> Result<Batch, Vec<Problem>> {
    with(Unfolding::default(), |rules| read(text, form, rules))
}

pub(super) fn rows(form: Form, text: &str) -> Vec<Row> {
    reading(form, text).unwrap().rows
}

fn problems(form: Form, text: &str) -> Vec<String> {
    reading(form, text).unwrap_err().iter().map(Problem::to_string).collect()
}

#[test]
fn a_row_holds_what_the_line_says() {
    let text = r##"{"id":"hero-red","prompt":"a red hero","model":"wan2.7-image","size":"1472*1104","n":1,
        "refs":["a.jpg"],"seed":7,"out":"hero/{id}.{ext}","tags":["spring"],"project":"p","mode":"series",
        "negative":"blur","thinking_mode":true,"color_palette":[{"hex":"#C2D1E6","ratio":"23.51%"}]}"##;
    let row = Row {
        line: 1,
        id: Some("hero-red".into()),
        prompt: "a red hero".into(),
        model: Some("wan2.7-image".into()),
        mode: Some(Mode::Sequential),
        negative: Some("blur".into()),
        size: Some("1472*1104".parse().unwrap()),
        n: Some(1),
        seed: Some(7),
        refs: vec!["a.jpg".into()],
        out: Some("hero/{id}.{ext}".into()),
        tags: vec!["spring".into()],
        project: Some("p".into()),
        options: BTreeMap::from([
            ("thinking_mode".into(), json!(true)),
            ("color_palette".into(), json!([{"hex": "#C2D1E6", "ratio": "23.51%"}])),
        ]),
        occurrence: 1,
        ..Row::default()
    };
    assert_eq!(rows(Form::Jsonl, &text.replace('\n', "")), [row]);
}

#[test]
fn defaults_lie_under_every_row() {
    let text = r#"{"$defaults":true,"model":"qwen-image","size":"1K","seed":7,"tags":["a"],"watermark":true}

{"prompt":"one"}
{"prompt":"two","ar":"16:9","seed":null,"tags":[],"negative_prompt":"blur","reference_images":["x.png"]}
{"prompt":"three","watermark":null,"enable_interleave":true}"#;
    let rows = rows(Form::Jsonl, text);
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 4, 5]);
    let [one, two, three] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((one.seed, one.size, one.tags.len()), (Some(7), Some("1K".parse().unwrap()), 1));
    assert_eq!((two.seed, two.size, two.ar.as_deref(), two.tags.len()), (None, None, Some("16:9"), 0));
    assert_eq!((two.negative.as_deref(), two.refs.as_slice()), (Some("blur"), &["x.png".to_owned()][..]));
    assert_eq!((two.options.len(), three.options.len(), three.mode), (1, 0, Some(Mode::Interleave)));
    assert!(rows.iter().all(|row| row.model == Some("qwen-image".into())));
}

#[test]
fn every_problem_is_told_with_its_line() {
    let text = r#"{"$defaults":true,"n":0,"id":"x"}
{"prompt":"a","sede":1,"id":"twin"}
{"prompt":"a
[1]
{"prompt":"a","id":"twin","size":"big","seed":-1,"n":"2","mode":"video","ar":"wide","zzz":1}
{"seed":1}
{"prompt":"a\u0007b","seed":1,"seed":2,"negative":"a","negative_prompt":"b"}
{"$defaults":true}
{"prompt":"a","size":"1K","ar":"1:1","refs":[1],"tags":"fine","mode":"edit","enable_sequential":true}"#;
    let expected = "\
line 1: id: An id is a row's own; take it out of the defaults.
line 1: n: This is a whole number, 1 or more, not 0.
line 2: sede: There is no such field. Did you mean seed?
line 3: This is not a JSON object on one line: EOF while parsing a string, at column 12.
line 4: This is not a JSON object on one line: invalid type: sequence, expected an object.
line 5: zzz: There is no such field.
line 5: mode: A mode is one of text, series, edit, story, not \"video\".
line 5: size: A size is 1280*1280, 1K, 2K, 4K or auto, not \"big\".
line 5: ar: A shape is written W:H, like 16:9, not \"wide\".
line 5: n: This is a whole number, 1 or more, not \"2\".
line 5: seed: This is a whole number, 0 to 2147483647, not -1.
line 5: id: twin is the id of line 2 too. Ids are different.
line 6: prompt: There is no prompt.
line 7: seed: seed is given twice.
line 7: negative_prompt: negative is given twice.
line 7: prompt: There is a control character in it (U+0007); take it out.
line 8: $defaults: Only the first row can hold the defaults.
line 9: refs: This is text, not 1.
line 9: mode: One row asks for one mode.
line 9: ar: Give a size or a shape, not both.";
    assert_eq!(problems(Form::Jsonl, text).join("\n"), expected);
    assert_eq!(problems(Form::Jsonl, "\n \n"), ["There are no rows."]);
    let long = format!("{{\"prompt\":\"a\"}}\n{{\"prompt\":\"{}\"}}", "a".repeat(LINE_MAX));
    assert_eq!(problems(Form::Jsonl, &long), ["line 2: The line is longer than 1 MB."]);
}

#[test]
fn a_table_is_read_as_spreadsheets_write_it() {
    let text = "\u{feff}id,prompt,n,refs,watermark,color_palette,thinking_mode,seed\r\n\
        a,\"a \"\"red\"\" fox,\r\nin snow\",2,a.jpg; b.jpg,TRUE,\"[{\"\"hex\"\":\"\"#fff\"\"}]\",,\r\n\
        \r\n,,,,,,,\r\n\
        b,an owl,,,false,warm,null,7\r\n";
    let rows = rows(Form::Csv, text);
    let [fox, owl] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((fox.line, owl.line), (2, 6));
    assert_eq!((fox.prompt.as_str(), fox.n), ("a \"red\" fox,\nin snow", Some(2)));
    assert_eq!(fox.refs, ["a.jpg", "b.jpg"]);
    assert_eq!(json!(fox.options), json!({"watermark": true, "color_palette": [{"hex": "#fff"}]}));
    assert_eq!((json!(owl.options), owl.seed), (json!({"watermark": false, "color_palette": "warm"}), Some(7)));
    let defaults = "$defaults;prompt;seed\ntrue;;7\n;a, b;\n";
    assert_eq!(rows_of(defaults), [("a, b".to_owned(), Some(7))]);
}

fn rows_of(csv: &str) -> Vec<(String, Option<u32>)> {
    rows(Form::Csv, csv).into_iter().map(|row| (row.prompt, row.seed)).collect()
}

#[test]
fn a_table_tells_what_is_wrong_with_it() {
    let text = "prompt,sede,n,,negative,negative_prompt\na,1,2.5,,x,\nb,1\n\"c,1,,,,\nd,1,,,,\n";
    let expected = [
        "line 1: sede: There is no such field. Did you mean seed?",
        "line 1: negative_prompt: There are two columns for negative.",
        "line 2: n: This is a whole number, 1 or more, not \"2.5\".",
        "line 3: The row has 2 cells, the header 6.",
        "line 4: A quote is opened in this row and never closed.",
    ];
    assert_eq!(problems(Form::Csv, text), expected);
    assert_eq!(rows_of("prompt\na 5\" nail"), [("a 5\" nail".to_owned(), None)]);
    let huge = format!("prompt\n\"{}\"\nb\n", "a\n".repeat(LINE_MAX));
    assert_eq!(problems(Form::Csv, &huge), ["line 2: The row is longer than 1 MB."]);
}

#[test]
fn lines_of_other_tools_are_understood() {
    let text = r#"# from the old folder
--prompt "a red fox, \"at\" dusk" --negative_prompt blurry hands --width 1024 --height 768 --seed 7 --n_iter 2 --batch_size 2 --steps 20 --cfg_scale 7
it's "one" fox -- really {x}

a lighthouse --ar 16:9 --no people, text --seed -1 --v 6.1 --stylize 100
"an owl" --model=qwen-image --thinking on --ref a.png --ref b.png --id owl"#;
    let batch = reading(Form::Lines, text).unwrap();
    let [fox, bare, light, owl] = batch.rows.as_slice() else { panic!("{batch:?}") };
    assert_eq!((fox.prompt.as_str(), fox.negative.as_deref()), ("a red fox, \"at\" dusk", Some("blurry hands")));
    assert_eq!((fox.size, fox.seed, fox.n), (Some("1024*768".parse().unwrap()), Some(7), Some(4)));
    assert_eq!((bare.line, bare.prompt.as_str()), (3, "it's \"one\" fox -- really {x}"));
    assert_eq!((light.ar.as_deref(), light.negative.as_deref()), (Some("16:9"), Some("people, text")));
    assert_eq!((light.prompt.as_str(), light.seed), ("a lighthouse", None));
    assert_eq!((owl.prompt.as_str(), &owl.model, owl.refs.len()), ("an owl", &Some("qwen-image".into()), 2));
    assert_eq!((owl.id.as_deref(), json!(owl.options)), (Some("owl"), json!({"thinking_mode": true})));
    let notes: Vec<_> = batch.notes.iter().map(Note::to_string).collect();
    let left_out = "Left out, as these models have no use for it";
    assert_eq!(
        notes,
        [format!("line 2: {left_out}: --steps, --cfg_scale."), format!("line 5: {left_out}: --v, --stylize.")]
    );
}

#[test]
fn flags_that_make_no_sense_are_told() {
    let text = "a --sede 7\nb --width 100\nc --seed x --n 0\nd --no 'x\ne --seed\nf --prompt g";
    let expected = [
        "line 1: --sede: There is no such flag. Did you mean --seed?",
        "line 2: Give --width and --height both, or neither.",
        "line 3: --n: This is a whole number, 1 or more, not \"0\".",
        "line 3: seed: This is a whole number, 0 to 2147483647, not \"x\".",
        "line 4: Behind the prompt a quote (') is opened and never closed.",
        "line 5: --seed: There is no value behind it.",
        "line 6: prompt: prompt is given twice.",
    ];
    assert_eq!(problems(Form::Lines, text), expected);
}

#[test]
fn a_template_makes_rows_that_remember_it() {
    let unfolding = Unfolding { wildcards: Wildcards::All, matrix: true, limit: 3 };
    let text = r#"{"id":"x","prompt":"a {red|blue} fox | snow","seed":1}
{"prompt":"plain"}
{"id":"y","prompt":"an \\_owl"}"#;
    let batch = with(unfolding, |rules| read(text, Form::Jsonl, rules)).unwrap();
    let said = |row: &Row| (row.line, row.id.clone(), row.prompt.clone(), row.template.is_some());
    let id = |id: &str| Some(id.to_owned());
    let expected = [
        (1, id("x-1"), "a red fox".to_owned(), true),
        (1, id("x-2"), "a blue fox".to_owned(), true),
        (1, id("x-3"), "a red fox, snow".to_owned(), true),
        (2, None, "plain".to_owned(), false),
        (3, id("y"), "an _owl".to_owned(), true),
    ];
    assert_eq!(batch.rows.iter().map(said).collect::<Vec<_>>(), expected);
    assert_eq!(batch.rows[0].template.as_deref(), Some("a {red|blue} fox | snow"));
    let notes: Vec<_> = batch.notes.iter().map(Note::to_string).collect();
    assert_eq!(notes, ["line 1: Of 4 prompts this stands for, 3 are made."]);
    let wrong =
        "{\"id\":\"x\",\"prompt\":\"{a|b}\"}\n{\"id\":\"x-2\",\"prompt\":\"__animl__ {\"}\n{\"prompt\":\"{a|}\"}";
    let problems = with(unfolding, |rules| read(wrong, Form::Jsonl, rules)).unwrap_err();
    let problems: Vec<_> = problems.iter().map(Problem::to_string).collect();
    let expected = [
        "line 2: id: x-2 is the id of line 1 too. Ids are different.",
        r"line 2: prompt: A { is never closed; write \{ for the character. (character 11: {)",
        "line 3: prompt: One of the prompts this stands for is empty.",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn a_key_is_what_is_asked_for_and_nothing_else() {
    let key = |row: &str| rows(Form::Jsonl, row)[0].key();
    let one = key(r##"{"prompt":"a","n":1,"color_palette":[{"hex":"#fff","ratio":"1"}]}"##);
    assert!(one.len() == 64 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
    let same = r##"{"color_palette":[{"ratio":"1","hex":"#fff"}],"id":"x","out":"y","tags":["z"],"project":"q","n":1,"prompt":" a "}"##;
    assert_eq!(key(same), one);
    let base = key(r#"{"prompt":"a"}"#);
    let other = [
        r#"{"prompt":"b"}"#,
        r#"{"prompt":"a","model":"m"}"#,
        r#"{"prompt":"a","mode":"edit"}"#,
        r#"{"prompt":"a","negative":"m"}"#,
        r#"{"prompt":"a","size":"1K"}"#,
        r#"{"prompt":"a","ar":"1:1"}"#,
        r#"{"prompt":"a","n":1}"#,
        r#"{"prompt":"a","seed":1}"#,
        r#"{"prompt":"a","refs":["m"]}"#,
        r#"{"prompt":"a","watermark":true}"#,
    ];
    let mut keys: Vec<_> = other.iter().map(|row| key(row)).chain([base.clone()]).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), other.len() + 1);
    let mut twins = rows(
        Form::Jsonl,
        "{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\n{\"prompt\":\"a\",\"model\":\"m\"}\n{\"prompt\":\"a\"}",
    );
    assert_eq!((twins[0].key(), twins[3].key()), (base.clone(), format!("{base}#2")));
    twins.iter_mut().for_each(|row| row.model = Some("m".into()));
    tell_apart(&mut twins);
    assert_eq!(twins.iter().map(|row| row.occurrence).collect::<Vec<_>>(), [1, 1, 2, 3]);
}

fn cells(base: Value, axes: &[&str]) -> Result<Batch, Vec<String>> {
    let Value::Object(base) = base else { panic!("{base}") };
    let grid = with(Unfolding::default(), |rules| grid(&base, axes, rules));
    grid.map_err(|problems| problems.iter().map(Problem::to_string).collect())
}

#[test]
fn a_grid_crosses_its_axes_the_last_one_fastest() {
    let base = json!({"id": "fox", "prompt": "a fox", "size": "1K", "n": 1});
    let batch = cells(base, &["model=qwen-image, wan2.7-image", "seed=1..2,9", "ar=16:9,"]).unwrap();
    let id = |row: &Row| row.id.clone().unwrap();
    assert_eq!(batch.rows.len(), 12);
    assert_eq!(
        batch.rows.iter().take(3).map(id).collect::<Vec<_>>(),
        ["fox_qwen-image_1_16-9", "fox_qwen-image_1_2", "fox_qwen-image_2_16-9"]
    );
    let row = &batch.rows[0];
    assert_eq!((row.line, row.seed, row.size, row.ar.as_deref()), (1, Some(1), None, Some("16:9")));
    assert_eq!((batch.rows[1].size, &batch.rows[1].ar), (Some("1K".parse().unwrap()), &None));
    assert_eq!(batch.rows[11].model, Some("wan2.7-image".into()));
}

#[test]
fn an_axis_can_be_the_prompt_or_a_parameter() {
    let axes = [r#"prompt="a red, ""old"" fox", an owl, 1..3"#, r#"bbox_list="[[[1,2,3,4]]]",null"#];
    let batch = cells(json!({}), &axes).unwrap();
    let prompts: Vec<_> = batch.rows.iter().map(|row| row.prompt.as_str()).collect();
    assert_eq!(prompts, ["a red, \"old\" fox", "a red, \"old\" fox", "an owl", "an owl", "1..3", "1..3"]);
    assert_eq!(
        (json!(batch.rows[0].options), batch.rows[1].options.len()),
        (json!({"bbox_list": [[[1, 2, 3, 4]]]}), 0)
    );
    let alike = cells(json!({}), &["prompt=a fox,A Fox!,\"a fox\"", "n=1,1"]).unwrap();
    let ids: Vec<_> = alike.rows.iter().map(|row| row.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["a-fox_1", "a-fox_1_2", "a-fox_1_3", "a-fox_1_4", "a-fox_1_5", "a-fox_1_6"]);
}

#[test]
fn a_grid_tells_each_thing_once() {
    let axes = ["seed=4..1", "sede=1", "model", "n=0,1", "size=1K,2K", "size=3", "prompt=\"a", "id=x"];
    let expected = [
        "seed: The range ends before it begins.",
        "sede: There is no such field. Did you mean seed?",
        "model: An axis is written field=v1,v2.",
        "size: There are two axes for it.",
        "prompt: A quote is opened and never closed.",
        "id: Ids are made of the values; they are no axis.",
        "line 1: n: This is a whole number, 1 or more, not 0.",
    ];
    assert_eq!(cells(json!({"prompt": "a"}), &axes).unwrap_err(), expected);
    let large = ["seed=1..1000", "n=1..1000"];
    assert_eq!(cells(json!({"prompt": "a"}), &large).unwrap_err()[0], "The grid has more than 100000 cells.");
}

#[test]
fn files_come_in_other_encodings_and_their_form_is_found() {
    let wide = |order: fn(u16) -> [u8; 2]| "\u{feff}雪 fox".encode_utf16().flat_map(order).collect::<Vec<_>>();
    for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes), "\u{feff}雪 fox".into(), "雪 fox".into()] {
        assert_eq!(decode(&bytes).unwrap(), "雪 fox");
    }
    let wrong = decode(b"a\nb\n\xffc").unwrap_err().to_string();
    assert_eq!(wrong, "line 3: This is not UTF-8 text. Save the file as UTF-8.");
    assert!(decode(&[0xff, 0xfe, 0x00]).is_err());
    let form = |name, text| Form::of(name, text);
    assert_eq!((form("a.JSONL", ""), form("a.tsv", ""), form("a.txt", "{a|b}")), (Form::Jsonl, Form::Csv, Form::Lines));
    assert_eq!(form("-", "\n{\"prompt\":1}"), Form::Jsonl);
}

#[test]
fn a_hundred_thousand_rows_are_read_and_one_more_is_not() {
    let mut text = String::new();
    for number in 0..ROWS_MAX {
        writeln!(text, r#"{{"id":"r{number}","prompt":"a fox {number}","seed":{number}}}"#).unwrap();
    }
    assert_eq!(rows(Form::Jsonl, &text).len(), ROWS_MAX);
    text.push_str("{\"prompt\":\"one more\"}\n{\"prompt\":\"and one\"}\n");
    assert_eq!(
        problems(Form::Jsonl, &text),
        ["line 100001: From here on there are more than 100000 rows. Split the file."]
    );
}
