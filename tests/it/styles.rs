//! Styles and wildcards on the command line: what is put around the words, what a prompt stands for, what it would cost.

use std::fs;

use pinxit::domain::{Job, Phase, Written};
use pinxit::emulator::Emulator;
use serde_json::Value;

use crate::cli::{Home, emulator, json};
use crate::queue::store;

const SMALL: [&str; 4] = ["-m", "wan2.2-t2i-flash", "--set", "size=512*512"];

/// Every job there is.
fn jobs(home: &Home, emulator: &Emulator) -> Vec<Job> {
    store(home, emulator).jobs_in(&Phase::ALL).unwrap()
}

fn written(template: &str) -> Option<Written> {
    Some(Written { template: template.into(), style: Some("ink-wash".into()) })
}

#[test]
fn a_style_goes_around_the_words_of_gen_and_what_was_written_is_kept() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let args = ["gen", "a fox", "--style", "ink-wash", "--negative", "snow", "--yes"];
    home.on(&emulator, &[&args[..], &SMALL].concat()).assert().success();
    let job = jobs(&home, &emulator).remove(0);
    assert!(job.request.prompt.starts_with("a fox, traditional Chinese ink wash painting"), "{}", job.request.prompt);
    assert_eq!(job.request.negative_prompt, "snow, photograph, saturated colours");
    assert_eq!(job.request.written, written("a fox"));
    let sent = emulator.requests().remove(0).body.to_string();
    assert!(sent.contains("rice paper") && !sent.contains("ink-wash"), "{sent}");
}

#[test]
fn a_style_goes_around_every_row_and_every_cell_and_makes_them_other_rows() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    fs::write(home.path().join("rows.txt"), "a {red|blue} fox\n").unwrap();
    let run = ["batch", "run", "rows.txt", "--wildcards", "all", "--yes"];
    home.on(&emulator, &[&run[..], &SMALL].concat()).assert().success();
    home.on(&emulator, &[&run[..], &["--style", "ink-wash"], &SMALL].concat()).assert().success();
    home.on(&emulator, &[&run[..], &["--style", "ink-wash"], &SMALL].concat()).assert().success();
    assert_eq!(emulator.ledger().submits, 4, "other rows once, the same ones never twice");
    let grid = ["grid", "--axis", "seed=1,2", "--style", "ink-wash", "--yes", "a hen"];
    home.on(&emulator, &[&grid[..], &SMALL].concat()).assert().success();
    let all: Vec<_> = jobs(&home, &emulator).into_iter().filter_map(|job| job.request.written.clone()).collect();
    let count = |words: &str| all.iter().filter(|made| Some((*made).clone()) == written(words)).count();
    let plain = all.iter().filter(|made| made.template == "a {red|blue} fox" && made.style.is_none()).count();
    assert_eq!((count("a {red|blue} fox"), plain, count("a hen"), all.len()), (2, 2, 2, 6));
}

#[test]
fn a_style_nobody_has_is_refused_before_anything_is_sent() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    fs::write(home.path().join("rows.txt"), "a fox\na hen\n").unwrap();
    for args in [
        &["gen", "a fox"][..],
        &["edit", "https://example.com/a.png", "-p", "as ink"],
        &["batch", "plan", "rows.txt"],
        &["batch", "run", "rows.txt", "--yes"],
        &["grid", "--axis", "seed=1,2", "a fox"],
        &["expand", "a fox"],
    ] {
        let mut command = home.on(&emulator, &[args, &["--style", "ink-wsh"]].concat());
        let output = command.assert().code(2);
        let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        let words = "There is no style ink-wsh. Did you mean ink-wash?";
        assert_eq!(said.matches(words).count(), 1, "{args:?}: {said}");
    }
    assert_eq!(emulator.requests().len(), 0);
}

#[test]
fn styles_are_listed_with_the_users_own() {
    let home = Home::new();
    fs::create_dir_all(home.path().join("config")).unwrap();
    fs::write(home.path().join("config/styles.toml"), "[mine]\nprompt = \"oil: {prompt}\"\n").unwrap();
    let output = home.pinxit(&["styles"]).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.contains("ink-wash") && text.contains("Chinese ink on rice paper"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("mine ") && line.ends_with("oil: {prompt}")), "{text}");
    let (code, listed) = json(&mut home.pinxit(&["styles", "--json"]));
    assert_eq!((code, listed["schema"].as_str()), (0, Some("pinxit.styles/1")));
    let mine = listed["styles"].as_array().unwrap().iter().find(|style| style["name"] == "mine").unwrap();
    assert_eq!((mine["prompt"].as_str(), mine["negative"].as_str()), (Some("oil: {prompt}"), Some("")));
}

fn expanded(home: &Home, args: &[&str]) -> Value {
    let (code, told) = json(&mut home.pinxit(&[&["expand", "--json"], args].concat()));
    assert_eq!((code, told["schema"].as_str()), (0, Some("pinxit.expand/1")));
    told
}

#[test]
fn a_prompt_is_expanded_with_its_lists_and_priced_without_a_key() {
    let home = Home::new();
    fs::create_dir_all(home.path().join("lists")).unwrap();
    fs::write(home.path().join("lists/pet.txt"), "fox\nhen\n").unwrap();
    let prompt = "a {red|blue} __pet__";
    let output = home.pinxit(&["expand", prompt, "-m", "wan2.2-t2i-flash", "-n", "2"]).assert().success();
    let output = output.get_output();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a red fox\na red hen\na blue fox\na blue hen\n");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("4 prompts, 8 pictures: up to $0.200"), "{said}");

    let told = expanded(&home, &[prompt, "--limit", "1", "--style", "ink-wash", "-m", "wan2.2-t2i-flash"]);
    assert_eq!((told["count"].as_u64(), told["price"]["images"].as_u64()), (Some(4), Some(4)));
    assert_eq!(told["price"]["total"].as_f64(), Some(0.1));
    let prompts = told["prompts"].as_array().unwrap();
    assert!(prompts.len() == 1 && prompts[0].as_str().unwrap().starts_with("a red fox, traditional"), "{told}");
    assert_eq!(expanded(&home, &["plain"])["count"], 1);

    let wrong = home.pinxit(&["expand", "a __pets__"]).assert().code(2);
    let said = String::from_utf8(wrong.get_output().stderr.clone()).unwrap();
    assert!(said.contains("There is no list pets. Did you mean pet?"), "{said}");
    home.pinxit(&["expand", "--limit", "0", prompt]).assert().code(2);
}
