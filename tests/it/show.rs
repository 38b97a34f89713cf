//! `pinxit show` as a terminal sees it: what is asked, what is drawn, and what a pipe gets.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{Rgba, RgbaImage};
use pinxit::domain::Depth;
use pinxit::emulator::Emulator;
use pinxit::graphics::{Canvas, Glyphs, Grid, Id, PATIENCE, Protocol, Terminal, paint};
use pinxit::picture::open_fit;
use ratatui::buffer::Buffer;
use ratatui::style::Color;

use crate::cli::{Home, emulator};
use crate::pty::{Pty, Start};

/// The end of the question every terminal is asked.
const ASKED: &str = "\x1b[16t\x1b[c";

/// A sun over a hill.
fn scene(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let sun = (u - 0.7).hypot((v - 0.3) * height as f32 / width as f32) < 0.12;
        let hill = v > 0.75 - 0.2 * (u * 3.1).sin();
        Rgba(match (sun, hill) {
            (_, true) => [20, (90.0 + u * 100.0) as u8, 40, 255],
            (true, _) => [255, 210, 60, 255],
            _ => [(90.0 + v * 120.0) as u8, 130, 220, 255],
        })
    })
}

fn picture(home: &Home, name: &str) -> PathBuf {
    let path = home.path().join(name);
    scene(640, 320).save(&path).unwrap();
    path
}

/// `pinxit` with these arguments on a terminal of 80 by 24 cells.
fn start(home: &Home, args: &[&str], env: &[(&str, &str)]) -> Pty {
    let place = home.path().to_str().unwrap();
    let mut all = vec![("PINXIT_HOME", place), ("HOME", place), ("LANG", "C.UTF-8"), ("COLORTERM", "truecolor")];
    all.extend_from_slice(env);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    Start { program, args, env: &all, size: (80, 24) }.start()
}

const XTERM: &[(&str, &str)] = &[("TERM", "xterm-256color"), ("PATH", "/usr/bin:/bin")];

/// What the program makes of an answer. A machine under load may miss the quarter of a second it has: then once more.
fn answered(home: &Home, args: &[&str], env: &[(&str, &str)], answer: &str, wanted: &str) -> Pty {
    for _ in 0..5 {
        let mut pty = start(home, args, env);
        pty.wait_for_bytes(ASKED);
        pty.send(answer);
        pty.end();
        if text(&pty).contains(wanted) {
            return pty;
        }
    }
    panic!("{answer:?} never came to {wanted:?}");
}

fn text(pty: &Pty) -> String {
    String::from_utf8_lossy(&pty.bytes).into_owned()
}

/// The picture that kitty's commands carry.
fn carried(bytes: &str) -> RgbaImage {
    let chunks = bytes.split("\x1b_G").skip(1).filter(|command| !command.starts_with("i=31"));
    let data: String = chunks.map(|c| c.split_once(';').unwrap().1.split_once('\x1b').unwrap().0).collect();
    image::load_from_memory(&STANDARD.decode(data).unwrap()).unwrap().into_rgba8()
}

#[test]
fn a_terminal_that_takes_kittys_pictures_gets_one() {
    let home = Home::new();
    let path = picture(&home, "fox.png");
    let line =
        format!("{} show {}; echo ended; read line; echo \"[$line]\"", env!("CARGO_BIN_EXE_pinxit"), path.display());
    let place = home.path().to_str().unwrap();
    let env = [("PINXIT_HOME", place), ("LANG", "C.UTF-8"), ("TERM", "xterm-256color"), ("PATH", "/usr/bin:/bin")];
    let shell = Path::new("/bin/sh");
    let begin = || {
        let mut pty = Start { program: shell, args: &["-c", &line], env: &env, size: (80, 24) }.start();
        pty.wait_for_bytes(ASKED);
        pty.send("\x1bP>|kitty(0.48.2)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62;c");
        pty.wait_for("ended");
        pty
    };
    // A machine under load may miss the quarter of a second it has.
    let heard = |pty: &Pty| text(pty).contains("\x1b_Ga=T");
    let mut pty = (0..5).map(|_| begin()).find(heard).expect("it hears the answer");
    let told = text(&pty);
    // As wide as the terminal would be 800 pixels: it is not enlarged.
    assert!(told.contains("\x1b_Ga=T,f=100,q=2,c=64,r=16,m="), "{:?}", &told[..200]);
    assert_eq!(carried(&told).dimensions(), (640, 320));
    assert!(pty.screen().contains("fox.png  640x320  png"), "{}", pty.screen());
    assert!(!told.contains("i=31;OK"), "the answer is echoed");
    // What was typed next is all that the next program reads.
    pty.send("mine\r");
    pty.wait_for("[mine]");
    assert_eq!(pty.end(), 0);
}

#[test]
fn sixel_goes_where_it_is_drawn_and_iterm_where_it_is_known() {
    let home = Home::new();
    let path = picture(&home, "fox.png");
    let path = path.to_str().unwrap();
    let xterm = "\x1bP>|XTerm(412)\x1b\\\x1b[?63;1;2;4;6;22c";
    // Cells of 8 by 16 pixels hold it as it is.
    answered(&home, &["show", path], XTERM, xterm, "\"1;1;640;320");
    let known = [XTERM, &[("TERM_PROGRAM", "iTerm.app")]].concat();
    // Fine cells: as many pixels on half the cells.
    answered(&home, &["show", path], &known, "\x1b[6;40;20t\x1b[?62;4c", ";width=32;height=8;");
}

#[test]
fn a_mute_terminal_gets_half_blocks_soon() {
    assert!(PATIENCE <= Duration::from_millis(300));
    let home = Home::new();
    let path = picture(&home, "fox.png");
    let mut pty = start(&home, &["show", path.to_str().unwrap()], XTERM);
    pty.wait_for_bytes(ASKED);
    let asked = Instant::now();
    pty.wait_for("fox.png  640x320");
    // Far more than the patience, for slow machines, and far less than for ever.
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    assert_eq!(pty.end(), 0);
    assert!(text(&pty).matches('▄').count() > 100, "{}", pty.screen());
}

#[test]
fn what_prints_questions_is_not_asked() {
    let home = Home::new();
    let path = picture(&home, "fox.png");
    for env in [&[("TERM", "linux")], &[("TERM", "vt100")], &[("TERM", "dumb")]] {
        let mut pty = start(&home, &["show", path.to_str().unwrap()], env);
        assert_eq!(pty.end(), 0);
        assert!(!text(&pty).contains("\x1b[c") && !text(&pty).contains("\x1b_G"), "{env:?}");
        assert!(pty.screen().contains("fox.png  640x320  png"), "{}", pty.screen());
    }
}

/// Inside a tmux that says this of itself.
fn in_tmux(says: &str, args: &[&str]) -> (String, Pty) {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let path = picture(&home, "fox.png");
    let program = home.path().join("tmux");
    std::fs::write(&program, format!("#!/bin/sh\n{says}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let paths = format!("{}:/usr/bin:/bin", home.path().display());
    let env = [("TERM", "tmux-256color"), ("TMUX", "/tmp/none,1,0"), ("PATH", paths.as_str())];
    let mut pty = start(&home, &[&["show", path.to_str().unwrap()], args].concat(), &env);
    assert_eq!(pty.end(), 0, "{}", pty.screen());
    let told = text(&pty);
    assert!(!told.contains("\x1b[c"), "what is asked of the terminal ends in the pane's title");
    (told, pty)
}

#[test]
fn tmux_gets_blocks_unless_it_lets_pictures_through() {
    let (told, _) = in_tmux("echo 'kitty(0.48.2)|xterm-kitty|10x20|3.3a|0'", &[]);
    assert!(!told.contains("\x1bP") && sextants(&told) > 20);
    let (told, _) = in_tmux("echo 'XTerm(412)|xterm|10x20|3.3a|1'", &[]);
    assert!(!told.contains("\x1bP") && told.matches('▄').count() > 100);
    let (told, _) = in_tmux("exec sleep 60", &[]);
    assert!(!told.contains("\x1bP") && told.matches('▄').count() > 100, "a tmux that hangs is not waited for");
    let (told, _) = in_tmux("echo 'kitty(0.48.2)|xterm-kitty|10x20|3.3a|on'", &[]);
    assert!(told.starts_with("\x1bPtmux;\x1b\x1b_Ga=T,U=1,f=100,q=2,i="), "{:?}", &told[..80]);
    assert_eq!(told.matches('\u{10EEEE}').count(), 64 * 16);
    assert_eq!(carried(&told.replace("\x1b\x1b", "\x1b")).dimensions(), (640, 320));
    let (told, pty) = in_tmux("echo 'kitty(0.48.2)|xterm-kitty|10x20|3.3a|off'", &["--preview", "kitty"]);
    assert!(told.contains("\x1bPtmux;") && pty.screen().contains("allow-passthrough"), "asked for, and warned");
}

fn sextants(told: &str) -> usize {
    told.chars().filter(|c| ('\u{1fb00}'..='\u{1fb3b}').contains(c)).count()
}

#[test]
fn finer_blocks_go_where_the_terminal_is_known_to_draw_them() {
    let (told, _) = in_tmux("echo 'foot(1.28.0)|foot|10x20|3.3a|0'", &[]);
    assert!(sextants(&told) > 20 && told.contains("38;2;"), "{told:?}");
    for unknown in ["foot(1.20.0)|foot", "XTerm(412)|xterm", "|alacritty"] {
        let (told, _) = in_tmux(&format!("echo '{unknown}|10x20|3.3a|0'"), &[]);
        assert_eq!(sextants(&told), 0, "{unknown}");
    }
    let home = Home::new();
    let vte = "\x1bP>|VTE(7803)\x1b\\\x1b[?65;1;9c";
    let said =
        "octant blocks, eight pixels a cell: drawn by the terminal itself, whatever the font (VTE(7803) was asked";
    answered(&home, &["doctor"], XTERM, vte, said);
    let path = picture(&home, "fox.png");
    // A machine under load may miss the quarter of a second it has.
    let drawn = (0..5).any(|_| {
        let mut pty = start(&home, &["show", path.to_str().unwrap()], XTERM);
        pty.wait_for_bytes(ASKED);
        pty.send(vte);
        pty.end();
        text(&pty).chars().filter(|c| ('\u{1cd00}'..='\u{1cde5}').contains(c)).count() > 20
    });
    assert!(drawn, "a terminal that draws octants gets them");
}

#[test]
fn a_pipe_gets_lines_and_what_is_named() {
    let home = Home::new();
    let path = picture(&home, "fox.png");
    let path = path.to_str().unwrap();
    let line = format!("{path}  640x320  png\n");
    let told = |args: &[&str]| {
        let output = home.pinxit(&[&["show", path], args].concat()).assert().success();
        output.get_output().stdout.clone()
    };
    assert_eq!(told(&[]), line.as_bytes());
    assert_eq!(told(&["--preview", "auto"]), line.as_bytes());
    assert_eq!(told(&["--preview", "none"]), line.as_bytes());
    let kitty = String::from_utf8(told(&["--preview", "kitty"])).unwrap();
    assert!(kitty.starts_with("\x1b_Ga=T") && kitty.ends_with(&line));
    assert!(told(&["--preview", "sixel"]).starts_with(b"\x1bP"));
    assert!(told(&["--preview", "iterm"]).starts_with(b"\x1b]1337;File=inline=1"));
    assert!(told(&["--preview", "ascii"]).is_ascii());
    for (way, first, last) in [("sextant", '\u{1fb00}', '\u{1fb3b}'), ("octants", '\u{1cd00}', '\u{1cde5}')] {
        let blocks = String::from_utf8(told(&["--preview", way])).unwrap();
        assert!(blocks.chars().any(|c| (first..=last).contains(&c)) && blocks.ends_with(&line), "{way}: {blocks}");
    }
    let dir = home.path().join("config");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("config.toml"), "graphics = \"kitty\"\n").unwrap();
    assert_eq!(told(&[]), line.as_bytes(), "a setting names nothing for a pipe");
}

#[test]
fn jobs_and_their_pictures_are_shown_by_number() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let args = ["gen", "two foxes", "-m", "wan2.2-t2i-flash", "-s", "512*512", "-n", "2", "--seed", "7"];
    home.on(&emulator, &args).assert().success();
    let told = |args: &[&str]| {
        let output = home.on(&emulator, args).assert();
        let output = output.get_output();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, all) = told(&["show", "1"]);
    assert_eq!((code, all.lines().count()), (Some(0), 2), "{all}");
    assert!(all.lines().all(|line| line.contains("  512x512  png") && line.contains("  $")), "{all}");
    let (code, one) = told(&["show", "#1b"]);
    assert_eq!((code, one.lines().next()), (Some(0), all.lines().nth(1)));
    for wrong in ["1c", "99"] {
        assert_eq!(told(&["show", wrong, "1a"]), (Some(2), format!("{}\n", all.lines().next().unwrap())), "{wrong}");
    }
}

#[test]
fn hostile_files_are_said_and_the_others_shown() {
    let home = Home::new();
    let good = picture(&home, "good.png");
    let whole = std::fs::read(&good).unwrap();
    let mut bomb = whole.clone();
    // Width and height of the header; its checksum is wrong then too.
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let files =
        [("bomb.png", bomb), ("short.png", whole[..whole.len() / 2].to_vec()), ("text\x1b[2J.png", b"<html>".into())];
    let mut args = vec!["show".to_owned(), "--preview".into(), "kitty".into()];
    for (name, bytes) in &files {
        let path = home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        args.push(path.to_str().unwrap().to_owned());
    }
    args.push(good.to_str().unwrap().to_owned());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = home.pinxit(&args).assert().code(2);
    let output = output.get_output();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.matches("cannot be shown").count(), 3, "{said}");
    assert!(!said.contains('\x1b'), "{said:?}");
    assert!(output.stdout.starts_with(b"\x1b_Ga=T"), "the good one is drawn");
    assert!(String::from_utf8_lossy(&output.stdout).contains("good.png  640x320  png"));
}

#[test]
fn doctor_says_what_show_draws_with_and_why() {
    let home = Home::new();
    let xterm = "\x1bP>|XTerm(412)\x1b\\\x1b[6;20;10t\x1b[?63;1;4c";
    let said = "sixel, cells of 10x20 pixels (XTerm(412) was asked and draws them)";
    answered(&home, &["doctor"], XTERM, xterm, said);
    let output = home.pinxit(&["doctor"]).env("TERM", "xterm-kitty").assert();
    let told = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(told.contains("kitty graphics, cells of 8x16 pixels (TERM=xterm-kitty)"), "{told}");
}

/// Half blocks as letters: what stands in each cell, then its colours as hexadecimal numbers of the sixteen.
fn blocks() -> String {
    let terminal = Terminal {
        depth: Depth::Ansi,
        glyphs: Glyphs::HalfBlocks,
        unicode: true,
        tmux: false,
        ssh: false,
        reasons: vec![],
    };
    let cells = paint(&scene(400, 200), 32, 8, &terminal);
    let number = |colour: Color| match colour {
        Color::Reset => '.',
        named => char::from_digit(NAMES.iter().position(|name| *name == named).unwrap() as u32, 16).unwrap(),
    };
    let width = usize::from(cells.area.width);
    let rows = cells.content.chunks(width).map(|row| {
        let symbols: String = row.iter().map(|cell| cell.symbol()).collect();
        let fg: String = row.iter().map(|cell| number(cell.fg)).collect();
        let bg: String = row.iter().map(|cell| number(cell.bg)).collect();
        format!("{symbols}| {fg} {bg}")
    });
    rows.collect::<Vec<_>>().join("\n")
}

const NAMES: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

#[test]
fn half_blocks_look_as_they_did() {
    insta::assert_snapshot!(blocks());
}

/// A mosaic of the 256 colours: what stands in each cell, then its colours wherever they change.
fn mosaic(grid: Grid) -> String {
    let terminal = Terminal {
        depth: Depth::Indexed,
        glyphs: Glyphs::Mosaic(grid),
        unicode: true,
        tmux: false,
        ssh: false,
        reasons: vec![],
    };
    let cells = paint(&scene(320, 160), 40, 10, &terminal);
    let number = |colour| if let Color::Indexed(index) = colour { index } else { panic!("{colour:?}") };
    let rows = cells.content().chunks(40).map(|row| {
        let glyphs: String = row.iter().map(|cell| cell.symbol()).collect();
        let mut colours: Vec<String> =
            row.iter().map(|cell| format!("{}/{}", number(cell.fg), number(cell.bg))).collect();
        colours.dedup();
        format!("{glyphs} {}\n", colours.join(" "))
    });
    rows.collect()
}

#[test]
fn quadrants_look_as_they_did() {
    insta::assert_snapshot!(mosaic(Grid::Quadrants));
}

#[test]
fn sextants_look_as_they_did() {
    insta::assert_snapshot!(mosaic(Grid::Sextants));
}

#[test]
fn octants_look_as_they_did() {
    insta::assert_snapshot!(mosaic(Grid::Octants));
}

/// From PNG file to the terminal's bytes, on 80 by 40 cells of 10 by 20 pixels. The figures of the README:
/// `cargo test --release --test it show::what_a_picture_costs -- --ignored --nocapture`. `PINXIT_BENCH` names other
/// files, separated by colons.
#[test]
#[ignore = "prints figures"]
fn what_a_picture_costs() {
    let (home, emulator) = (Home::new(), emulator(vec![]));
    let files: Vec<PathBuf> = match std::env::var("PINXIT_BENCH") {
        Ok(files) => files.split(':').map(PathBuf::from).collect(),
        Err(_) => ["1280*1280", "2048*2048"].map(|size| paint_one(&home, &emulator, size)).into(),
    };
    let say = |what: &str, path: &Path, draw: &dyn Fn() -> usize| {
        let (width, height) = image::image_dimensions(path).unwrap();
        let run = || {
            let begun = Instant::now();
            let bytes = draw();
            (begun.elapsed(), bytes)
        };
        let mut runs: Vec<_> = (0..7).map(|_| run()).collect();
        runs.sort_unstable();
        let (time, bytes) = runs[3];
        println!("{what:<44} {width}x{height}  {bytes:>8} bytes  {:>6.1} ms", time.as_secs_f64() * 1000.0);
        assert!(bytes <= 1_000_000);
    };
    for protocol in [Protocol::Kitty, Protocol::Iterm, Protocol::Sixel] {
        let canvas = Canvas {
            protocol: Some(protocol),
            cell: (10, 20),
            tmux: false,
            places: true,
            barred: false,
            blocks: None,
            why: String::new(),
        };
        for path in &files {
            let (width, height) = image::image_dimensions(path).unwrap();
            let draw = || {
                let place = canvas.space(80, 40).place(width, height);
                let (across, down) = canvas.pixels(&place);
                let picture = open_fit(path, across, down).unwrap();
                canvas.draw(&picture, place, Id::of(1, 1), 1_000_000).unwrap().len()
            };
            say(protocol.describe(), path, &draw);
        }
    }
    let fine =
        [Grid::Sextants, Grid::Octants].into_iter().flat_map(|grid| [(grid, Depth::Indexed), (grid, Depth::True)]);
    let mosaics = [(Grid::Quadrants, Depth::Indexed)].into_iter().chain(fine);
    let mosaics = mosaics.map(|(grid, depth)| (Glyphs::Mosaic(grid), depth));
    for (glyphs, depth) in [(Glyphs::HalfBlocks, Depth::True)].into_iter().chain(mosaics) {
        let terminal = Terminal { depth, glyphs, unicode: true, tmux: false, ssh: false, reasons: vec![] };
        for path in &files {
            let fine = glyphs.fineness();
            let draw = || on_the_line(&paint(&open_fit(path, 160 * fine, 160 * fine).unwrap(), 80, 40, &terminal));
            say(&format!("{}, {depth}", glyphs.describe().split(',').next().unwrap()), path, &draw);
        }
    }
    files.iter().for_each(|path| beside(path));
}

/// Bytes of cells row by row, each colour named where it changes.
fn on_the_line(cells: &Buffer) -> usize {
    let named = |colour: Color| match colour {
        Color::Rgb(r, g, b) => format!("8;2;{r};{g};{b}"),
        Color::Indexed(index) => format!("8;5;{index}"),
        _ => "9".to_owned(),
    };
    let rows = cells.content.chunks(usize::from(cells.area.width)).map(|row| {
        let (mut used, mut bytes) = ((Color::Reset, Color::Reset), "\x1b[m\r\n".len());
        for cell in row {
            let changed = [(used.0, cell.fg, '3'), (used.1, cell.bg, '4')];
            let new: Vec<String> = changed
                .into_iter()
                .filter(|(old, new, _)| old != new)
                .map(|(_, new, base)| format!("{base}{}", named(new)))
                .collect();
            used = (cell.fg, cell.bg);
            bytes += if new.is_empty() { 0 } else { "\x1b[m".len() + new.join(";").len() } + cell.symbol().len();
        }
        bytes
    });
    rows.sum()
}

/// What other programs make of the same file in the same room: a whole process each, so some milliseconds are its start.
fn beside(path: &Path) {
    let (width, height) = image::image_dimensions(path).unwrap();
    for line in [
        "chafa -f kitty -s 80x40",
        "chafa -f iterm -s 80x40",
        "chafa -f sixels -s 80x40",
        "chafa -f symbols --symbols half -c full -s 80x40",
        "chafa -f symbols --symbols quad -c 256 -s 80x40",
        "chafa -f symbols --symbols sextant -c full -s 80x40",
        "timg -pk -g80x40",
        "timg -pi -g80x40",
        "timg -pq -g80x40",
        "viu -b -h 40",
    ] {
        let mut words = line.split(' ');
        let program = words.next().unwrap();
        let run = || {
            let begun = Instant::now();
            let ended = std::process::Command::new(program)
                .args(words.clone())
                .arg(path)
                .envs([("TERM", "xterm-256color"), ("COLORTERM", "truecolor")])
                .stdin(std::process::Stdio::null())
                .output();
            ended.map(|ended| (begun.elapsed(), ended.stdout.len()))
        };
        let Ok(mut runs) = (0..7).map(|_| run()).collect::<std::io::Result<Vec<_>>>() else {
            println!("{line:<44} is not installed");
            continue;
        };
        runs.sort_unstable();
        let (time, bytes) = runs[3];
        println!("{line:<44} {width}x{height}  {bytes:>8} bytes  {:>6.1} ms", time.as_secs_f64() * 1000.0);
    }
}

fn paint_one(home: &Home, emulator: &Emulator, size: &str) -> PathBuf {
    let args = ["gen", "a red fox in snow", "-m", "wan2.7-image", "-s", size, "--seed", "7"];
    let output = home.on(emulator, &args).assert().success();
    PathBuf::from(String::from_utf8_lossy(&output.get_output().stdout).trim())
}
