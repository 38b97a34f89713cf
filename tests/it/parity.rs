//! Filling the form by keys gives the request that the command line gives: every model in every mode, as it opens and with
//! every setting changed, and every example of the specification.

use std::collections::BTreeMap;

use pinxit::api::call;
use pinxit::catalog::{Kind, Prefer};
use pinxit::domain::{Mode, Region, Request, Size};
use pinxit::tui::effect::Effect;
use pinxit::tui::state::{Pane, SettingRow};
use serde_json::{Value, json};

use crate::cli::{Home, json as run};
use crate::dry_run::{Example, examples};
use crate::studio::Studio;

/// What is wanted, as a person would say it: nothing in it knows of a form or of flags.
#[derive(Debug, Clone)]
struct Wanted {
    model: String,
    mode: Mode,
    prompt: String,
    negative: String,
    pictures: Vec<String>,
    /// Other settings by their API name, in their short form.
    settings: BTreeMap<String, String>,
    prefer: Prefer,
    region: Region,
}

impl Wanted {
    fn new(model: &str, mode: Mode) -> Wanted {
        let (prompt, negative) = ("a red fox, 雪中红狐".to_owned(), String::new());
        let (pictures, settings) = (vec![], BTreeMap::from([("seed".to_owned(), "7".to_owned())]));
        let (prefer, region) = (Prefer::Durable, Region::Singapore);
        Wanted { model: model.to_owned(), mode, prompt, negative, pictures, settings, prefer, region }
    }

    fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }
}

/// The panes from the first on, until one has the keys.
fn go_to(studio: &mut Studio, pane: Pane) {
    for _ in 0..6 {
        if studio.state.pane == pane {
            break;
        }
        studio.keys("<tab>");
    }
    assert_eq!(studio.state.pane, pane);
    if pane.is_text() && !studio.state.typing {
        studio.keys("i");
    }
}

/// Goes down the settings to a row.
fn go_to_row(studio: &mut Studio, row: &SettingRow) {
    go_to(studio, Pane::Settings);
    let at = studio.state.setting_rows().iter().position(|known| known == row);
    let at = at.unwrap_or_else(|| panic!("the form has no {row:?}"));
    studio.keys(&"k".repeat(20));
    studio.keys(&"j".repeat(at));
    assert_eq!(studio.state.compose.row, at);
}

/// A value put into its row by the keys its kind has.
fn fill(studio: &mut Studio, name: &str, value: &str) {
    go_to_row(studio, &SettingRow::Parameter(name.to_owned()));
    let request = &studio.state.compose.request;
    let catalog = studio.state.catalog.clone();
    let spec = catalog.get(request.model.as_str()).unwrap().mode(request.mode).unwrap();
    match spec.parameter(name).unwrap().kind {
        Kind::Bool => drop(studio.keys(if value == "true" { "l" } else { "h" })),
        Kind::Palette { .. } => {
            studio.keys("<enter>");
            for colour in value.split(',') {
                studio.keys(&format!("a{colour}<enter>"));
            }
            studio.keys("<enter>");
        }
        _ => drop(studio.keys(&format!("<enter><ctrl+u>{value}<enter>"))),
    }
    assert!(studio.state.compose.typed.is_none() && studio.state.dialog.is_none(), "{name}: {}", studio.toasts());
}

/// A form filled by keys.
fn filled(wanted: &Wanted) -> Studio {
    let mut studio = Studio::new();
    studio.state.header.region = wanted.region;
    studio.keys(&format!("<esc>m{}<enter>", wanted.model));
    assert_eq!(studio.state.compose.request.model.as_str(), wanted.model);
    for _ in 0..4 {
        if studio.state.compose.request.mode != wanted.mode {
            go_to_row(&mut studio, &SettingRow::Mode);
            studio.keys("l");
        }
    }
    assert_eq!(studio.state.compose.request.mode, wanted.mode);
    for picture in &wanted.pictures {
        go_to(&mut studio, Pane::References);
        studio.keys(&format!("a{picture}<enter>"));
    }
    for (name, value) in &wanted.settings {
        fill(&mut studio, name, value);
    }
    go_to(&mut studio, Pane::Prompt);
    studio.keys(&wanted.prompt);
    if !wanted.negative.is_empty() {
        studio.keys("<tab>");
        studio.keys(&wanted.negative);
    }
    studio
}

/// What is sent once the form is filled by keys.
fn by_keys(wanted: &Wanted) -> Vec<(Value, String)> {
    let mut studio = filled(wanted);
    let mut effects = studio.keys("<ctrl+g>");
    if studio.state.dialog.is_some() {
        effects = studio.keys("y");
    }
    let sent = effects.into_iter().find_map(|effect| match effect {
        Effect::Submit { orders, .. } => Some(orders),
        _ => None,
    });
    let orders = sent.unwrap_or_else(|| panic!("not sent: {wanted:?}: {}", studio.toasts()));
    let [(request, _)] = orders.as_slice() else { panic!("{} orders: {wanted:?}", orders.len()) };
    on_the_wire(&studio, request, wanted)
}

/// The bodies and paths a request becomes, as the engine makes them.
fn on_the_wire(studio: &Studio, request: &Request, wanted: &Wanted) -> Vec<(Value, String)> {
    let model = studio.state.catalog.get(request.model.as_str()).unwrap();
    let route = model.mode(request.mode).unwrap().ways(wanted.prefer).remove(0);
    let calls = model.parts(request).into_iter().map(|part| call(model, &route, wanted.region, &part));
    calls.map(|call| (call.body, call.path)).collect()
}

/// What the command line would send.
fn by_flags(home: &Home, wanted: &Wanted) -> Vec<(Value, String)> {
    let mut typed =
        vec!["gen".to_owned(), wanted.prompt.clone(), "-m".into(), wanted.model.clone(), "--dry-run".into()];
    let mut flag = |words: &[&str]| typed.extend(words.iter().map(|word| (*word).to_owned()));
    match wanted.mode {
        Mode::Sequential => flag(&["--sequential"]),
        Mode::Interleave => flag(&["--interleave"]),
        _ => {}
    }
    wanted.pictures.iter().for_each(|picture| flag(&["--ref", picture]));
    if !wanted.negative.is_empty() {
        flag(&["--negative", &wanted.negative]);
    }
    if wanted.prefer == Prefer::Fast {
        flag(&["--prefer", "fast"]);
    }
    for (name, value) in &wanted.settings {
        match name.as_str() {
            "size" => flag(&["-s", value]),
            "n" => flag(&["-n", value]),
            "seed" => flag(&["--seed", value]),
            "color_palette" => flag(&["--palette", value]),
            "bbox_list" => flag(&["--bbox", value]),
            name => flag(&["--set", &format!("{name}={value}")]),
        }
    }
    dry_run(home, &typed, wanted)
}

/// What the command would send that the form copies, once a shell has read it.
fn by_copied_command(home: &Home, wanted: &Wanted) -> Vec<(Value, String)> {
    let mut studio = filled(wanted);
    let copied = studio.keys("<esc>Y").into_iter().find_map(|effect| match effect {
        Effect::Copy(command) => Some(command),
        _ => None,
    });
    let command = copied.unwrap_or_else(|| panic!("nothing copied: {}", studio.toasts()));
    let script = format!("for word in {command}; do printf '%s\\0' \"$word\"; done");
    let read = std::process::Command::new("sh").args(["-c", &script]).output().unwrap().stdout;
    let read = String::from_utf8(read).unwrap();
    let words: Vec<_> = read.split_terminator('\0').map(str::to_owned).collect();
    assert_eq!(words[0], "pinxit", "{command}");
    // Flags come before the prompt, which may look like one.
    let typed: Vec<_> = [words[1].clone(), "--dry-run".into()].into_iter().chain(words[2..].iter().cloned()).collect();
    dry_run(home, &typed, wanted)
}

fn dry_run(home: &Home, typed: &[String], wanted: &Wanted) -> Vec<(Value, String)> {
    let words: Vec<&str> = typed.iter().map(String::as_str).collect();
    let region = if wanted.region == Region::Beijing { "cn-beijing" } else { "ap-southeast-1" };
    let (code, draft) = run(home.pinxit(&words).env("DASHSCOPE_API_REGION", region));
    assert_eq!(code, 0, "{typed:?}: {draft:#}");
    let path = |url: &str| url.split_once("/api/v1").unwrap().1.to_owned();
    let requests = draft["requests"].as_array().unwrap().iter();
    requests.map(|request| (request["body"].clone(), path(request["url"].as_str().unwrap()))).collect()
}

/// Every model in every mode, once as it opens and once with every setting that applies changed.
fn all_of_the_catalogue() -> Vec<Wanted> {
    let studio = Studio::new();
    let mut all = Vec::new();
    for model in studio.state.catalog.models() {
        for spec in &model.modes {
            let mut plain = Wanted::new(model.id.as_str(), spec.mode);
            plain.pictures = (0..spec.images.min).map(|nth| format!("https://host/{nth}.png")).collect();
            if !model.regions.contains(&Region::Singapore) {
                plain.region = Region::Beijing;
            }
            let mut changed = plain.clone();
            if spec.images.max > 0 {
                changed.pictures = (0..spec.images.max.min(2)).map(|nth| format!("https://host/{nth}.png")).collect();
            }
            let blank = Request {
                images: vec![pinxit::domain::Reference::Url("x".into()); changed.pictures.len()],
                ..model.blank(spec.mode)
            };
            for parameter in spec.parameters.iter().filter(|parameter| parameter.idle_reason(&blank).is_none()) {
                let value = match (&parameter.kind, parameter.name.as_str()) {
                    (Kind::Text { .. }, _) => {
                        changed.negative = "blur, 低分辨率".into();
                        continue;
                    }
                    (_, "seed") => "2147483647".to_owned(),
                    (Kind::Int { .. }, _) => "3".to_owned(),
                    (Kind::Bool, _) => (parameter.default != json!(true)).to_string(),
                    (Kind::Size, _) => {
                        let is_other = |size: &&Size| {
                            json!(size.to_string()) != parameter.default && !matches!(size.to_string().as_str(), "4K")
                        };
                        model.sizes(spec.mode).iter().rfind(is_other).unwrap().to_string()
                    }
                    (Kind::Palette { .. }, _) => "#C2D1E6=23.51,#E65C45=40,#5F9F7B=36.49".to_owned(),
                    (Kind::Boxes { .. }, _) => "2:989,515,1138,681".to_owned(),
                };
                changed.set(&parameter.name, &value);
            }
            all.extend([plain, changed]);
        }
    }
    all
}

#[test]
fn every_model_and_mode_is_filled_by_keys_into_the_request_the_command_line_makes() {
    let home = Home::new();
    let all = all_of_the_catalogue();
    assert!(all.len() > 40, "{} rows", all.len());
    for wanted in all {
        let flags = by_flags(&home, &wanted);
        assert_eq!(by_keys(&wanted), flags, "{wanted:#?}");
        assert_eq!(by_copied_command(&home, &wanted), flags, "{wanted:#?}");
        let changed = wanted.settings.len() > 1;
        let parameters = flags[0].0["parameters"].as_object().unwrap();
        let is_there =
            |name: &String| parameters.contains_key(name) || ["size", "n", "max_images"].contains(&name.as_str());
        assert!(!changed || wanted.settings.keys().all(is_there), "what was set is sent: {flags:#?}");
    }
}

/// What an example's command line asks for, and the parameters that it leaves to the service.
fn wanted_by(example: &Example) -> (Wanted, Vec<String>) {
    let mut wanted = Wanted { settings: BTreeMap::new(), ..Wanted::new("", Mode::TextToImage) };
    let mut left_out = Vec::new();
    let mut words = example.typed.iter().map(String::as_str);
    let edits = words.next() == Some("edit");
    while let Some(word) = words.next() {
        let mut next = || words.next().unwrap();
        match word {
            "-m" => wanted.model = next().to_owned(),
            "-p" => wanted.prompt = next().to_owned(),
            "-s" => wanted.set("size", next()),
            "-n" => wanted.set("n", next()),
            "--ref" => wanted.pictures.push(next().to_owned()),
            "--negative" => wanted.negative = next().to_owned(),
            "--sequential" => wanted.mode = Mode::Sequential,
            "--interleave" => wanted.mode = Mode::Interleave,
            "--max-images" => wanted.set("max_images", next()),
            "--bbox" => wanted.set("bbox_list", next()),
            "--prefer" => wanted.prefer = if next() == "fast" { Prefer::Fast } else { Prefer::Durable },
            "--set" => left_out.push(next().strip_suffix("=null").unwrap().to_owned()),
            flag if flag.starts_with('-') => panic!("{flag} has no key here"),
            picture if edits => wanted.pictures.push(picture.to_owned()),
            prompt => wanted.prompt = prompt.to_owned(),
        }
    }
    if wanted.mode == Mode::TextToImage && !wanted.pictures.is_empty() {
        wanted.mode = Mode::Edit;
    }
    (wanted, left_out)
}

#[test]
fn every_example_of_the_specification_is_made_by_keys() {
    let all = examples();
    assert_eq!(all.len(), 14);
    for example in all {
        let (wanted, left_out) = wanted_by(&example);
        let sent = by_keys(&wanted);
        let [(mut body, path)] = <[_; 1]>::try_from(sent).unwrap_or_else(|sent| panic!("{wanted:?}: {sent:?}"));
        // The form always sends a seed, so that the picture can be made again, and says of each switch what it is.
        for name in left_out {
            assert!(body["parameters"].as_object_mut().unwrap().remove(&name).is_some(), "{name}: {body:#}");
        }
        assert_eq!((body, path.as_str()), (example.body, example.path), "{:?}", example.typed);
    }
}
