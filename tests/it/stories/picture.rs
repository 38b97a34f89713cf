//! S1, the first picture, and S5, iterating, where the terminal is bare; S7, pointing at the thing.

use std::path::Path;
use std::time::Duration;

use image::{Rgb, RgbImage};
use pinxit::emulator::Emulator;
use serde_json::{Value, json};

use super::{BARE, RICH, STAGES, Sitting, Terminal, assert_fits};
use crate::cli::Home;
use crate::demo::{choose_small, stop_typing};
use crate::pty::{Pty, Start};
use crate::queue::configure;

fn demo(home: &Path, size: (u16, u16), terminal: Terminal) -> Pty {
    let place = home.to_str().unwrap();
    let mut env = vec![("PINXIT_HOME", place), ("HOME", place), ("PATH", "/usr/bin:/bin")];
    env.extend_from_slice(&terminal);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &["demo"], env: &env, size }.start();
    pty.wait("a whole first frame", |screen| screen.contains(" typing ") && screen.contains("f1 keys"));
    pty
}

/// The last path on the screen, put together from the lines it is broken over.
fn ends_in_a_saved_file(screen: &str, home: &Home) -> bool {
    let names = |dir: &Path| -> Vec<String> {
        walk(dir).into_iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
    };
    names(home.path()).iter().any(|name| screen.contains(&name[name.len() - 14..]))
}

fn walk(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path());
    let below = |path: std::path::PathBuf| if path.is_dir() { walk(&path) } else { vec![path] };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|ending| ending == "png")).collect()
}

#[test]
fn story_s1_a_picture_its_path_and_its_price_come_from_one_line_and_one_chord() {
    for (size, terminal) in STAGES {
        let home = Home::new();
        let mut pty = demo(home.path(), size, terminal);
        choose_small(&mut pty);
        pty.send("a red fox in snow");
        pty.wait_for("a red fox in snow");
        pty.send("\x07");
        pty.wait_for("DONE");
        pty.wait("the path", |screen| ends_in_a_saved_file(screen, &home));
        pty.wait("the price", |screen| screen.contains("$0.025"));
        if terminal == RICH {
            pty.wait("a picture of half-blocks", |screen| screen.contains(['▀', '▄']));
        } else {
            // A picture of letters: more of the shades' signs than any text has.
            pty.wait("a picture of letters", |screen| {
                screen
                    .lines()
                    .filter(|line| line.matches(['#', '%', '@', '*', '+', '=', ':', '.']).count() > 20)
                    .count()
                    > 4
            });
        }
        assert_eq!(walk(home.path()).len(), 1);
        stop_typing(&mut pty);
        pty.send("q");
        assert_eq!(pty.end(), 0);
        pty.assert_given_back();
        assert_fits(&pty.bytes, terminal);
    }
}

#[test]
fn story_s5_a_child_is_made_found_again_and_undone_where_there_is_only_ascii() {
    for size in [(80, 24), (120, 40)] {
        let home = Home::new();
        let mut pty = demo(home.path(), size, BARE);
        choose_small(&mut pty);
        pty.send("a cozy flower shop, roses, mist\x07");
        pty.wait_for("DONE");
        // What is typed while a job runs is there in its order.
        pty.send("\x07");
        pty.wait_for("#2 ");
        let words =
            ", peonies in zinc buckets, an old bicycle, a cat asleep on the sill, light from the left, shot on 85mm";
        assert!(words.len() >= 100);
        pty.send(words);
        let all = "rosesmistpeoniesinzincbucketsanoldbicycleacatasleeponthesilllightfromtheleftshoton85mm";
        pty.wait("every letter in order", |screen| letters(screen).contains(all));
        pty.send("\x12roses");
        pty.wait("it and how often", |screen| screen.contains("roses, mist") && screen.contains("1 prompt "));
        pty.send("\t");
        pty.wait_for("wan2.2-t2i-flash, text-to-image, 1024*1024, seed ");
        pty.send("\t\x1b");
        pty.wait("the draft as it was", |screen| letters(screen).contains(all) && !screen.contains("Prompts sent"));
        // Enter before the answer is there would take nothing.
        pty.send("\x12");
        pty.wait_for("2x,");
        pty.send("\r");
        pty.wait_for("Prompt from #");
        pty.send("\x1bu");
        pty.wait("the draft from before", |screen| letters(screen).contains(all) && !screen.contains("Prompt from #"));
        stop_typing(&mut pty);
        pty.wait("both jobs done", |screen| screen.contains("2 done"));
        pty.send("q");
        assert_eq!(pty.end(), 0);
        assert_fits(&pty.bytes, BARE);
    }
}

/// What the emulator has billed, once nothing is under way.
fn billed(it: &Sitting) -> (u64, u64) {
    let ledger = it.emulator.ledger();
    (ledger.submits, ledger.billed_images)
}

#[test]
fn story_s5_two_words_of_a_picture_are_edited_and_one_more_is_had_and_all_of_it_stands_in_the_tree() {
    for stage in STAGES {
        let mut it = Sitting::new(stage);
        choose_small(&mut it.pty);
        it.pty.send("a cozy flower shop, roses, mist\x07");
        it.pty.wait("the picture", |screen| screen.contains("1 done"));
        it.stop_typing();
        assert_eq!(billed(&it), (1, 1));
        // Its recipe into the form, two words of it cut and written anew.
        it.pty.send("\t");
        it.pty.settle(Duration::from_millis(60));
        it.pty.send("\t\t");
        it.pty.settle(Duration::from_millis(60));
        it.then("a", "Prompt from #1");
        it.pty.send("\x17\x17\x17peonies, snow\x07");
        it.pty.wait("both", |screen| screen.contains("2 done"));
        assert_eq!(billed(&it), (2, 2));
        it.stop_typing();
        it.then("4", "[4 Hist");
        it.pty.wait("both in the tree", |screen| {
            screen.contains("2 +peonies +snow") && screen.contains("1 a cozy flower")
        });
        it.pty.send("gj");
        it.pty.wait("only the words that changed", |screen| {
            screen.contains("#2 from #1")
                && ["[-roses-]{+peonies+},", "[-mist-]{+snow+}"].iter().all(|words| screen.contains(words))
        });
        assert!(!it.pty.screen().contains("seed  "), "{}", it.pty.screen());

        // Once the small picture of where one stands is there, nothing happens by itself. What a step costs without it stands
        // with the other bounds of the history screen.
        it.answer("k");
        it.answer("j");
        // On a busy machine that picture takes a while.
        assert!((0..20).any(|_| it.answer("").is_empty()), "it comes to rest");
        assert_eq!(it.answer("").len(), 0, "and rests");

        // One more: its price is shown, a letter and Enter send nothing, the chord sends one.
        it.then("v", "One more like #2");
        it.pty.wait_for("1 x $0.025 = $0.025");
        it.pty.send("\ry");
        it.pty.settle(Duration::from_millis(200));
        assert_eq!(billed(&it), (2, 2), "{}", it.pty.screen());
        it.pty.send("\x07");
        it.pty.wait("the sibling", |screen| screen.contains("3 +peonies +snow") && !screen.contains("One more like"));
        it.then("2", "[2 Queue]");
        it.pty.wait("all three", |screen| screen.matches("DONE").count() >= 3);
        assert_eq!(billed(&it), (3, 3), "one sibling, once");
        it.then("4", "[4 Hist");
        it.pty.settle(Duration::from_millis(200));
        let tree = it.home.pinxit(&["tree", "--json"]).output().unwrap();
        let tree: Value = serde_json::from_slice(&tree.stdout).unwrap();
        let job = |at: usize| &tree["jobs"][at];
        assert_eq!((job(1)["parent"].as_str(), job(2)["parent"].as_str()), (Some("1"), Some("1")), "{tree}");
        assert_eq!(job(1)["prompt"], job(2)["prompt"]);
        assert_ne!(job(1)["seed"], job(2)["seed"]);
        assert_eq!(
            (job(1)["changed"].clone(), job(2)["changed"].clone()),
            (json!(["prompt"]), json!(["prompt", "seed"]))
        );

        // Looking at one whole loads nothing, and the name of the branch stays.
        it.then("p", "prompt   a cozy flower shop,");
        it.pty.send("\x1b");
        it.pty.wait_for("[4 Hist");
        it.then("m", "Name #");
        it.pty.send("winter\r");
        it.pty.wait_for("'winter'");
        it.leave();
    }
}

#[test]
fn story_s5_a_picture_is_looked_at_closely_and_compared_with_another() {
    for stage in STAGES {
        let mut it = Sitting::new(stage);
        choose_small(&mut it.pty);
        it.pty.send("a red fox in snow\x07");
        it.pty.wait_for("1 done");
        it.pty.send("\x17rain\x07");
        it.pty.wait_for("2 done");
        it.stop_typing();
        it.then("p", "#2a");
        it.then("i", "wan2.2-t2i-flash");
        it.then("+", " 2x ");
        it.pty.send("+");
        it.pty.wait("closer still", |screen| screen.contains("x  1024x1024") && !screen.contains(" 2x "));
        it.pty.send("lljj");
        it.pty.settle(Duration::from_millis(100));
        it.pty.send("0");
        it.pty.wait("the whole of it", |screen| screen.contains("#2a  1024x1024"));
        it.then("S", "scp ");
        it.then("o", "There is no display here");
        it.then("c", "is the first");
        it.then("]", "#1a");
        it.then("c", "Compare");
        it.pty.wait("what differs", |screen| screen.contains("[A #2a]") && screen.contains("[-rain-]{+snow+}"));
        it.then(" ", "[B #1a]");
        it.then("m", "[side by side]");
        it.then("m", "[difference]");
        it.pty.settle(Duration::from_millis(300));
        it.then("m", "[recipe]");
        it.pty.send("q");
        it.pty.wait_for("1 Compose]");
        assert_eq!(billed(&it), (2, 2), "looking costs nothing");
        it.leave();
    }
}

/// The letters of the prompt, whatever is between and around them.
fn letters(screen: &str) -> String {
    screen.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn picture(path: &Path, width: u32, height: u32) {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x % 251) as u8, (y % 241) as u8, 90])).save(path).unwrap();
}

/// Two pictures and an editing model that takes boxes, at the smallest size; the keys in the references, on the second.
fn two_pictures(stage: ((u16, u16), Terminal), graphics: &str) -> Sitting {
    let mut it = Sitting::with(stage, vec![], &[], |home: &Home, _: &Emulator| {
        configure(home, &format!("graphics = \"{graphics}\"\n"));
        picture(&home.path().join("clock.png"), 400, 300);
        picture(&home.path().join("room.jpg"), 1706, 1279);
    });
    let place = it.home.path().to_str().unwrap().to_owned();
    it.pty.send("put the clock of image 1 at the marked place in image 2");
    it.stop_typing();
    it.then("m", "Choose a model");
    it.pty.send("wan2.7-image\r");
    it.pty.wait("the model", |screen| screen.contains("wan2.7-image ") && !screen.contains("Choose a model"));
    it.pty.send("\t\t");
    it.go_to("Mode");
    it.then("l", "sequential");
    it.pty.send("l");
    it.pty.wait("editing", |screen| !screen.contains("sequential") && screen.contains("References"));
    it.go_to("Size");
    it.then("l", "1K");
    it.pty.send("\x1b[Z");
    it.then("a", "Picture 1");
    it.pty.send(&format!("{place}/clock.png\r"));
    it.pty.wait_for("400x300 png");
    it.then("a", "Picture 2");
    it.pty.send(&format!("{place}/room.jpg\r"));
    it.pty.wait_for("1706x1279 jpeg");
    it.then("b", "on image 2 of 2");
    it
}

/// Four numbers and how many pixels a step is, as the screen says.
fn numbers(screen: &str) -> ([i64; 4], (i64, i64)) {
    let all = |text: &str| -> Vec<i64> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
    };
    let step = screen.split_once("1 step = ").unwrap().1;
    let step = all(step.split_once(" px").unwrap().0);
    let step = (step[0], *step.get(1).unwrap_or(&step[0]));
    // `989,515` and `1138,681`, on one line or on two; news may lie below them.
    let is_pair = |word: &&str| word.split_once(',').is_some_and(|(x, y)| !x.is_empty() && !y.is_empty());
    let words = screen.split(|c: char| !c.is_ascii_digit() && c != ',').filter(is_pair);
    let pairs: Vec<i64> = words.flat_map(all).take(4).collect();
    (<[i64; 4]>::try_from(pairs).unwrap_or_else(|pairs| panic!("{pairs:?} in\n{screen}")), step)
}

/// Presses one key of the editor, and waits for what it does to the screen.
fn press(it: &mut Sitting, key: &str) {
    let before = it.pty.screen();
    it.pty.send(key);
    it.pty.wait(key, |screen| screen != before);
    it.pty.settle(Duration::from_millis(30));
}

/// Moves the corner that moves to a place, as near as its steps allow.
fn move_to(it: &mut Sitting, first: usize, target: (i64, i64)) {
    for (axis, keys) in [(0, ["h", "l", "H", "L"]), (1, ["k", "j", "K", "J"])] {
        for _ in 0..80 {
            let (corners, step) = numbers(&it.pty.screen());
            let step = if axis == 0 { step.0 } else { step.1 };
            let left = [target.0, target.1][axis] - corners[first + axis];
            if left.abs() < step {
                break;
            }
            let key = usize::from(left > 0) + if left.abs() >= 8 * step { 2 } else { 0 };
            press(it, keys[key]);
        }
    }
}

fn sent(it: &mut Sitting, nth: usize) -> Value {
    it.pty.send("\x07");
    it.pty.wait("it done", |screen| screen.contains(&format!("{nth} done")));
    let asked = it.emulator.requests();
    let bodies: Vec<_> = asked.into_iter().filter(|asked| asked.method == "POST").collect();
    assert_eq!((bodies.len(), it.emulator.ledger().billed_submits), (nth, nth as u64));
    bodies[nth - 1].body["parameters"]["bbox_list"].clone()
}

const CLOCK: [i64; 4] = [989, 515, 1138, 681];

#[test]
fn story_s7_a_box_is_typed_walked_to_within_a_cell_and_zoomed_to_the_pixel() {
    let stages = STAGES.map(|stage| (stage, "auto")).into_iter().chain([(((80, 24), RICH), "none")]);
    for (stage, graphics) in stages {
        let mut it = two_pictures(stage, graphics);
        // Outside, and inside out: not taken.
        it.then("=", "x1,y1,x2,y2 in px");
        it.then("300,20,10,400\r", "no area");
        it.then("\x15989,515,1707,681\r", "1706,1279");
        it.then("\x15989,515,1138,681\r", "149x166 px");
        it.pty.send("\r");
        it.pty.wait("the form", |screen| screen.contains("References") && !screen.contains("on image 2 of 2"));
        assert_eq!(sent(&mut it, 1), json!([[], [CLOCK]]), "{stage:?} {graphics}");

        // The same by walking: within one cell of the whole picture.
        it.then("b", "on image 2 of 2");
        it.pty.send("d");
        it.pty.wait("none", |screen| !screen.contains("1 box") && !screen.contains("149x166 px"));
        it.then("a", "1 box");
        it.pty.settle(Duration::from_millis(100));
        let (_, cell) = numbers(&it.pty.screen());
        move_to(&mut it, 0, (CLOCK[0], CLOCK[1]));
        press(&mut it, "\t");
        move_to(&mut it, 2, (CLOCK[2], CLOCK[3]));
        let (near, _) = numbers(&it.pty.screen());
        for (side, (is, wanted)) in near.into_iter().zip(CLOCK).enumerate() {
            let cell = if side % 2 == 0 { cell.0 } else { cell.1 };
            assert!((is - wanted).abs() < cell, "{near:?}, a cell is {cell}: {stage:?}");
        }
        // And to the pixel, once a step is one.
        for _ in 0..12 {
            if !it.pty.screen().contains("1 step = 1 px") {
                press(&mut it, "z");
            }
        }
        assert!(it.pty.screen().contains("1 step = 1 px"), "{}", it.pty.screen());
        move_to(&mut it, 2, (CLOCK[2], CLOCK[3]));
        press(&mut it, "\t");
        move_to(&mut it, 0, (CLOCK[0], CLOCK[1]));
        it.pty.send("\r");
        it.pty.wait("the form", |screen| screen.contains("References") && !screen.contains("on image 2 of 2"));
        assert_eq!(sent(&mut it, 2), json!([[], [CLOCK]]), "{stage:?} {graphics}");
        if graphics == "none" {
            assert!(!String::from_utf8_lossy(&it.pty.bytes).contains(['▀', '▄']), "a picture was sent");
        }
        it.leave();
    }
}
