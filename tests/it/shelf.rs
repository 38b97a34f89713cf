//! The shelf as a script uses it: pictures listed, searched, marked, binned, brought back, and deleted only when that is
//! said twice.

use std::path::{Path, PathBuf};

use pinxit::emulator::Emulator;
use serde_json::Value;

use crate::cli::{Home, emulator, json};

/// Two foxes and a car.
fn stocked() -> (Home, Emulator) {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let small = ["-m", "wan2.2-t2i-flash", "-s", "512*512", "--yes"];
    for args in
        [&["gen", "a red fox in snow", "-n", "2", "--seed", "7"][..], &["gen", "蓝色汽车", "--project", "garage"]]
    {
        home.on(&emulator, &[args, &small].concat()).assert().success();
    }
    (home, emulator)
}

fn out(home: &Home, args: &[&str]) -> (i32, String, String) {
    let output = home.pinxit(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn ids(home: &Home, args: &[&str]) -> Vec<String> {
    let (code, told) = json(&mut home.pinxit(&[args, &["--json"]].concat()));
    assert_eq!(
        (code, told["schema"].as_str(), told["ok"].as_bool()),
        (0, Some("pinxit.list/1"), Some(true)),
        "{told:#}"
    );
    told["images"].as_array().unwrap().iter().map(|image| image["id"].as_str().unwrap().to_owned()).collect()
}

fn path(home: &Home, id: &str) -> PathBuf {
    let (_, told) = json(&mut home.pinxit(&["list", id_query(id).as_str(), "bin:all", "--json"]));
    PathBuf::from(told["images"][0]["path"].as_str().unwrap())
}

fn id_query(id: &str) -> String {
    format!("id:{id}")
}

fn changed(told: &Value) -> Vec<&str> {
    assert_eq!((told["schema"].as_str(), told["ok"].as_bool()), (Some("pinxit.marks/1"), Some(true)), "{told:#}");
    told["changed"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
}

#[test]
fn pictures_are_listed_and_searched_without_a_key() {
    let (home, _emulator) = stocked();
    assert_eq!(ids(&home, &["list"]), ["2a", "1a", "1b"]);
    assert_eq!(ids(&home, &["list", "--limit", "2"]), ["2a", "1a"]);
    assert_eq!(ids(&home, &["search", "fox", "seed:7"]), ["1a", "1b"]);
    assert_eq!(ids(&home, &["search", "汽车", "project:garage", "model:wan2.2*", "ratio:1:1"]), ["2a"]);
    assert_eq!(ids(&home, &["search", "!fox"]), ["2a"]);
    let (code, told, said) = out(&home, &["list", "fox"]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!((code, lines.len(), said.trim()), (0, 2, "2 pictures"));
    assert!(lines.iter().all(|line| Path::new(line).is_file()), "a path on each line: {told}");
    let (_, told, _) = out(&home, &["list", "--ndjson", "sort:old"]);
    let rows: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = &rows[0];
    assert_eq!((rows.len(), &row["id"], &row["schema"]), (3, &"1a".into(), &"pinxit.picture/1".into()));
    assert_eq!((&row["prompt"], &row["star"], &row["seed"]), (&"a red fox in snow".into(), &false.into(), &7.into()));
    assert_eq!(out(&home, &["search", "zebra"]).2.trim(), "No picture is like that.");
    assert_eq!(out(&Home::new(), &["list"]).2.trim(), "No pictures yet.");
}

#[test]
fn where_there_is_nothing_the_demos_pictures_are_pointed_to() {
    let home = Home::new();
    let plain = home.pinxit(&["list"]).assert().success();
    assert_eq!(String::from_utf8_lossy(&plain.get_output().stderr), "No pictures yet.\n");
    home.pinxit(&["gen", "--demo", "-q", "-m", "wan2.2-t2i-flash", "-s", "512*512", "a fox"]).assert().success();
    for (command, nothing) in [("list", "No pictures yet."), ("tree", "There are no jobs here.")] {
        let output = home.pinxit(&[command]).assert().success();
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(said.starts_with(nothing) && said.contains("PINXIT_HOME="), "{said}");
        let place = said.split("PINXIT_HOME=").nth(1).unwrap().split(' ').next().unwrap();
        let there = home.pinxit(&[command]).env("PINXIT_HOME", place).assert().success();
        assert!(!there.get_output().stdout.is_empty(), "{place}");
    }
}

#[test]
fn the_picture_one_was_made_from_has_the_same_name_everywhere() {
    let (home, emulator) = stocked();
    let small = ["-m", "wan2.2-t2i-flash", "-s", "512*512", "--yes", "--json"];
    let made = json(&mut home.on(&emulator, &[&["gen", "a blue fox", "--parent", "1b"][..], &small].concat())).1;
    let again = json(&mut home.on(&emulator, &[&["gen", "a green fox", "--parent", "1"][..], &small].concat())).1;
    let told = |args: &[&str]| json(&mut home.pinxit(&[args, &["--json"]].concat())).1;
    let (list, search) = (told(&["list", "id:3a"]), told(&["search", "blue"]));
    let (show, tree, wait) = (told(&["show", "3a"]), told(&["tree", "3"]), told(&["wait", "3"]));
    let row = tree["jobs"].as_array().unwrap().iter().find(|job| job["job"] == "3").unwrap();
    for images in [&made, &list, &search, &show, &wait, row].map(|told| &told["images"]) {
        assert_eq!((&images[0]["id"], &images[0]["parent"]), (&"3a".into(), &"1b".into()), "{images:#}");
    }
    assert_eq!(row["parent"], "1b");
    // Made from the words of a job, and from none of its pictures.
    for told in [&again, &told(&["list", "id:4a"])] {
        assert_eq!(told["images"][0]["parent"], "1");
    }
    assert_eq!(told(&["list", "id:1a"])["images"][0]["parent"], Value::Null);
}

#[test]
fn show_tells_scripts_what_the_file_and_the_shelf_know() {
    let (home, _emulator) = stocked();
    home.pinxit(&["tag", "雪", "1b"]).assert().success();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let list = json(&mut home.pinxit(&["list", "id:1b", "--json"])).1;
    let (code, told) = json(&mut home.pinxit(&["show", "1b", "2", "--json"]));
    assert_eq!((code, &told["schema"], &told["ok"]), (0, &"pinxit.show/1".into(), &true.into()));
    let ids: Vec<_> = told["images"].as_array().unwrap().iter().map(|image| image["id"].as_str().unwrap()).collect();
    assert_eq!((ids, &told["errors"]), (vec!["1b", "2a"], &serde_json::json!([])));
    let mut fox = told["images"][0].clone();
    let recipe = fox.as_object_mut().unwrap().remove("recipe").unwrap();
    assert_eq!(fox, list["images"][0], "the same as the list says");
    assert_eq!((&recipe["schema"], &recipe["picture"]["number"]), (&"pinxit.recipe/1".into(), &2.into()));
    let lies = fox["path"].as_str().unwrap();
    // By its file, and a copy of it elsewhere; a stranger's file by what is in it, and one that says nothing.
    let copy = home.path().join("a copy.png");
    std::fs::copy(lies, &copy).unwrap();
    let bare = home.path().join("bare.png");
    image::RgbaImage::new(9, 7).save(&bare).unwrap();
    let bare = bare.to_str().unwrap();
    let output = home.pinxit(&["show", "--ndjson", lies, copy.to_str().unwrap(), bare, "9z", "nowhere.png"]).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let rows: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((output.status.code(), rows.len(), said.matches("error:").count()), (Some(2), 3, 2), "{said}");
    assert_eq!((&rows[0]["id"], &rows[1]["id"], &rows[2]["id"]), (&"1b".into(), &"1b".into(), &Value::Null));
    assert_eq!((&rows[1]["tags"][0], rows[1]["path"].as_str()), (&"雪".into(), copy.to_str()));
    assert_eq!(keys(&rows[0]), keys(&rows[2]), "a stranger's file has the same names");
    assert_eq!((&rows[2]["width"], &rows[2]["recipe"], &rows[2]["model"]), (&9.into(), &Value::Null, &Value::Null));
    let (code, told, _) = out(&home, &["show", "--recipe", "1b", bare]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        (code, lines[1], lines[4]),
        (0, "  a red fox in snow", "  It does not say what it was made from."),
        "{told}"
    );
    assert!(lines[2].starts_with("  Seed: ") && lines[2].contains("Model: wan2.2-t2i-flash"), "{told}");
    // The shelf does not know it, its recipe does: what was made elsewhere says so by itself.
    let elsewhere = Home::new();
    let (_, told) = json(&mut elsewhere.pinxit(&["show", "--json", copy.to_str().unwrap()]));
    let row = &told["images"][0];
    assert_eq!((&row["id"], &row["job"], &row["seed"]), (&Value::Null, &Value::Null, &fox["seed"]), "{row:#}");
    assert_eq!((&row["prompt"], &row["model"]), (&fox["prompt"], &fox["model"]));
    assert_eq!((&row["cost"], &row["cost_usd"]), (&fox["cost"], &fox["cost_usd"]));
    assert!(!elsewhere.path().join("data").exists(), "looking makes no store");
}

#[test]
fn a_query_that_cannot_be_read_says_what_is_legal() {
    let home = Home::new();
    for (query, words) in [("modle:wan", "did you mean model:?"), ("star:maybe", "star takes yes or no")] {
        let (code, told, said) = out(&home, &["search", query, "--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((code, &told["error"]["code"], &told["command"]), (2, &"query".into(), &"search".into()));
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(out(&home, &["search"]).0, 2, "a query is needed");
}

#[test]
fn stars_tags_and_projects_are_put_on_and_taken_off() {
    let (home, _emulator) = stocked();
    let run = |args: &[&str]| json(&mut home.pinxit(&[args, &["--json"]].concat())).1;
    assert_eq!(changed(&run(&["star", "1b,2"])), ["1b", "2a"]);
    assert_eq!(changed(&run(&["star", "1b"])), [""; 0], "it has one");
    assert_eq!(ids(&home, &["list", "star:yes"]), ["2a", "1b"]);
    assert_eq!(changed(&run(&["star", "--off", "--matching", "star:yes !fox"])), ["2a"]);
    assert_eq!(changed(&run(&["reject", "1a"])), ["1a"]);
    assert_eq!(changed(&run(&["tag", "late night,雪", "1"])), ["1a", "1b"]);
    assert_eq!(changed(&run(&["untag", "late night", "1a"])), ["1a"]);
    assert_eq!(ids(&home, &["list", "tag:\"late night\""]), ["1b"]);
    assert_eq!(ids(&home, &["list", "tag:雪 rejected:yes"]), ["1a"]);
    assert_eq!(run(&["project", "winter", "1-2"])["count"], 2);
    assert_eq!(ids(&home, &["list", "project:winter"]), ["2a", "1a", "1b"]);
    let (code, _, said) = out(&home, &["star", "9z"]);
    assert!(code == 2 && said.contains("There is no picture 9z."), "{said}");
    let (code, _, said) = out(&home, &["star", "9"]);
    assert!(code == 2 && said.contains("There is no job 9 with pictures here."), "{said}");
    assert_eq!(out(&home, &["tag", " , ", "1a"]).0, 2);
}

#[test]
fn what_is_binned_comes_back_and_only_a_purge_that_is_agreed_to_deletes() {
    let (home, _emulator) = stocked();
    let (fox, car) = (path(&home, "1a"), path(&home, "2a"));
    let bytes = std::fs::read(&fox).unwrap();
    assert_eq!(out(&home, &["bin", "1a", "1b"]).2.trim(), "1a, 1b in the bin; `pinxit undo` brings back what is there");
    home.pinxit(&["bin", "2a"]).assert().success();
    assert_eq!(ids(&home, &["list"]), [""; 0]);
    assert_eq!(out(&home, &["undo"]).2.trim(), "2a back on the shelf");
    assert_eq!(out(&home, &["undo"]).2.trim(), "1a, 1b back on the shelf");
    assert_eq!(out(&home, &["undo"]).0, 2, "nothing is left to undo");
    assert_eq!(std::fs::read(&fox).unwrap(), bytes);
    home.pinxit(&["bin", "1a", "2"]).assert().success();
    home.pinxit(&["star", "2a"]).assert().success();
    let (code, told, said) = out(&home, &["purge"]);
    assert_eq!((code, told.trim()), (7, fox.to_str().unwrap()));
    assert!(said.contains("1 picture would be deleted for good") && said.contains("1 with a star stays"), "{said}");
    assert!(fox.exists());
    let told = json(&mut home.pinxit(&["purge", "--yes", "--json"])).1;
    assert_eq!((changed(&told), &told["starred"]), (vec!["1a"], &1.into()));
    assert!(!fox.exists() && car.exists());
    assert_eq!(ids(&home, &["list", "bin:yes"]), ["2a"]);
    let (code, _, said) = out(&home, &["show", "1a"]);
    assert!(code == 2 && said.contains("was deleted for good"), "{said}");
    let (code, told, _) = out(&home, &["show", "1"]);
    assert!(code == 0 && told.lines().count() == 1, "the other one is shown: {told}");
    let (code, _, said) = out(&home, &["bin", "1a"]);
    assert!(code == 2 && said.contains("was deleted for good"), "{said}");
}

#[test]
fn a_purge_lists_and_deletes_the_recipe_it_wrote_beside_a_picture_and_nobody_elses_file() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let small = ["-m", "wan2.2-t2i-flash", "-s", "512*512", "--yes", "--sidecar", "-o", "out/"];
    home.on(&emulator, &[&["gen", "a fox", "-n", "4"][..], &small].concat()).assert().success();
    home.on(&emulator, &[&["gen", "a bare fox", "--metadata", "minimal"][..], &small].concat()).assert().success();
    let ids = ["1a", "1b", "1c", "1d", "2a"];
    let pictures = ids.map(|id| path(&home, id));
    let beside = pictures.each_ref().map(|path| PathBuf::from(format!("{}.json", path.display())));
    assert!(beside.iter().all(|path| path.is_file()));
    // Somebody else's, one that was changed by hand, and the recipe of another picture.
    let hand = std::fs::read_to_string(&beside[1]).unwrap().replace("a fox", "a fox\",\n\"note\":\"mine");
    for (at, text) in [(0, "{\"mine\": true}\n"), (1, hand.as_str())] {
        std::fs::write(&beside[at], text).unwrap();
    }
    std::fs::copy(&beside[3], &beside[2]).unwrap();
    home.pinxit(&["bin", "1", "2"]).assert().success();
    let (code, told, said) = out(&home, &["purge"]);
    let mut listed: Vec<PathBuf> = told.lines().map(PathBuf::from).collect();
    listed.sort();
    let mut doomed: Vec<PathBuf> = pictures.iter().chain(&beside[3..]).cloned().collect();
    doomed.sort();
    assert_eq!((code, listed), (7, doomed), "the recipes are listed too");
    assert!(said.contains("5 pictures and the recipes beside 2 would be deleted for good"), "{said}");
    let told = json(&mut home.pinxit(&["purge", "--yes", "--json"])).1;
    assert_eq!((changed(&told).len(), &told["recipes"]), (5, &2.into()));
    assert!(pictures.iter().all(|path| !path.exists()));
    assert_eq!(beside.each_ref().map(|path| path.exists()), [true, true, true, false, false]);
    assert_eq!(std::fs::read_to_string(&beside[1]).unwrap(), hand, "to the letter");
}
