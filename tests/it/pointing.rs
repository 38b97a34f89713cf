//! S7, point at the thing: two pictures found in the browser, named in the prompt by the keys, a box marked on the second
//! one, and the request the service got. The same keys on three terminals, one of which can show no picture at all.

use std::path::Path;
use std::time::Duration;

use image::{Rgb, RgbImage};
use pinxit::emulator::{Delays, Emulator, Options};
use serde_json::{Value, json};

use crate::cli::Home;
use crate::demo::stop_typing;
use crate::pty::{Pty, Start};

type Terminal<'a> = &'a [(&'a str, &'a str)];

const PICTURES: Terminal = &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")];
const BARE: Terminal = &[("TERM", "vt100"), ("LANG", "C")];

/// What pictures are painted with.
const CELLS: [char; 2] = ['▀', '▄'];

fn picture(path: &Path, width: u32, height: u32) {
    let shade = |x: u32, y: u32| Rgb([(x % 251) as u8, (y % 241) as u8, 90]);
    RgbImage::from_fn(width, height, shade).save(path).unwrap();
}

/// The model that takes boxes, editing, in its smallest size; the keys in the references.
fn set_up(pty: &mut Pty) {
    stop_typing(pty);
    pty.send("mwan2.7-image\r");
    pty.wait("the model", |screen| screen.contains("wan2.7-image ") && !screen.contains("Choose a model"));
    pty.send("\t\t");
    pty.wait("the settings", |screen| screen.contains("▸ Model") || screen.contains("> Model"));
    pty.send("j+");
    pty.wait_for("sequential");
    pty.send("+");
    pty.wait("editing", |screen| !screen.contains("sequential") && screen.contains("References"));
    pty.send("j+");
    pty.wait_for("1K");
}

fn marked(terminal: Terminal, graphics: &str) -> Value {
    let emulator = Emulator::spawn(Options { delays: Delays::ByPoll, plain: true, ..Options::default() }).unwrap();
    let home = Home::new();
    let art = home.path().join("art");
    std::fs::create_dir(&art).unwrap();
    std::fs::create_dir(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/config.toml"), format!("graphics = '{graphics}'\n")).unwrap();
    picture(&art.join("clock.jpg"), 400, 300);
    picture(&art.join("room.jpg"), 1706, 1279);
    let (place, url) = (home.path().to_str().unwrap(), emulator.base_url());
    let mut env = vec![("PINXIT_HOME", place), ("HOME", place), ("PATH", "/usr/bin:/bin"), ("PINXIT_WORKER", "inline")];
    env.extend_from_slice(&[("DASHSCOPE_API_KEY", "sk-test"), ("DASHSCOPE_HTTP_BASE_URL", &url)]);
    env.extend_from_slice(terminal);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &[], env: &env, size: (80, 24) }.start();
    pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
    set_up(&mut pty);
    // Back to the references, and through the folders: into the one there is, both pictures marked and taken.
    pty.send("\x1b[Z");
    pty.wait_for("looks through folders");
    pty.send("o/art\r");
    pty.wait_for("art/");
    pty.send("\r");
    pty.wait("both pictures", |screen| screen.contains("clock.jpg") && screen.contains("1706x1279"));
    pty.send("  ");
    pty.wait_for("2 marked");
    // Walking costs little. Counted where no picture can come in between.
    pty.settle(Duration::from_millis(600));
    let before = pty.bytes.len();
    pty.send("k");
    pty.wait("the step", |screen| screen.contains("▸*1") || screen.contains(">*1"));
    let spent = pty.bytes.len() - before;
    assert!(graphics != "none" || spent <= 1600, "a step took {spent} bytes");
    pty.send("\r");
    pty.wait("both in the list", |screen| screen.contains("2 of at most 9") && screen.contains("1706x1279 jpeg"));
    pty.settle(Duration::from_millis(600));
    let before = pty.bytes.len();
    pty.send("\t");
    pty.wait("the keys in the settings", |screen| screen.contains("▸ Size") || screen.contains("> Size"));
    let spent = pty.bytes.len() - before;
    assert!(graphics != "none" || spent <= 1600, "to the next pane it took {spent} bytes");
    pty.send("\x1b[Z");
    pty.wait("the keys back", |screen| screen.contains("▸ 2 room") || screen.contains("> 2 room"));
    pty.send("b");
    pty.wait_for("Boxes on image 2 of 2");
    if graphics == "half" {
        pty.wait("the picture", |screen| screen.contains(CELLS));
    }
    pty.send("=989,515,1138,681\r");
    pty.wait_for("149x166 px");
    pty.send("aHK\tLJzzlj\r");
    pty.wait_for("2 boxes are marked");
    pty.send("\x1b[Z\x1b[Z");
    pty.wait_for("Prompt typing");
    pty.send("put the clock of image ");
    pty.wait_for("image 2  room.jpg");
    pty.send("\x1b[B\t");
    pty.wait("its name", |screen| screen.contains("of image 1") && !screen.contains("image 2  room.jpg"));
    pty.send(" into image ");
    pty.wait_for("image 2  room.jpg");
    pty.send("\x1b[B\x1b[B\r");
    pty.wait_for("into image 2");
    pty.send("\x07");
    pty.wait_for("DONE");
    let asked = emulator.requests();
    assert_eq!((asked.len(), emulator.ledger().billed_submits), (1, 1));
    assert!(terminal != BARE || pty.bytes.is_ascii(), "something beyond ASCII was sent");
    assert!(graphics != "none" || !String::from_utf8_lossy(&pty.bytes).contains(CELLS), "a picture was sent");
    stop_typing(&mut pty);
    pty.send("q");
    assert_eq!(pty.end(), 0);
    pty.assert_given_back();
    asked[0].body.clone()
}

#[test]
fn two_pictures_are_named_and_a_box_is_marked_to_the_pixel_whatever_the_terminal_shows() {
    let first = marked(PICTURES, "half");
    let boxes = &first["parameters"]["bbox_list"];
    assert_eq!((&boxes[0], &boxes[1][0]), (&json!([]), &json!([989, 515, 1138, 681])), "{first:#}");
    let [x1, y1, x2, y2] = [0, 1, 2, 3].map(|side| boxes[1][1][side].as_u64().unwrap());
    assert!(x1 < x2 && y1 < y2 && x2 <= 1706 && y2 <= 1279, "{boxes}");
    let content = first["input"]["messages"][0]["content"].as_array().unwrap();
    assert_eq!(content.len(), 3);
    let text = content.iter().find_map(|item| item["text"].as_str()).unwrap();
    assert_eq!(text, "put the clock of image 1 into image 2");
    for (terminal, graphics) in [(BARE, "auto"), (PICTURES, "none")] {
        let other = marked(terminal, graphics);
        assert_eq!(other["parameters"]["bbox_list"], *boxes, "{terminal:?} {graphics}");
    }
}
