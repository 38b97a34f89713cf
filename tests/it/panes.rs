//! Pictures in the studio's panes, as they go over the line: what a terminal that draws them is sent, and when.

use std::path::Path;
use std::time::Duration;

use pinxit::emulator::{Delays, Emulator, Options};

use crate::cli::Home;
use crate::demo::stop_typing;
use crate::pty::{Pty, Start};

const KITTY: &str = "\x1bP>|kitty(0.48.2)\x1b\\\x1b[6;20;10t\x1b[?62;c";
const XTERM: &str = "\x1bP>|XTerm(412)\x1b\\\x1b[6;20;10t\x1b[?63;1;2;4;6;22c";
const WEZTERM: &str = "\x1bP>|WezTerm 20240203\x1b\\\x1b[6;20;10t\x1b[?65;4c";

/// A studio with one picture made, on a terminal that answers.
struct Studio {
    pty: Pty,
    _home: Home,
    _emulator: Emulator,
}

impl Studio {
    fn start(config: &str, args: &[&str], answer: &'static str, rate: Option<u64>) -> Studio {
        Studio::start_in(config, args, answer, rate, &[("SSH_TTY", "/dev/pts/7")])
    }

    /// The same with more in its environment.
    fn start_in(config: &str, args: &[&str], answer: &'static str, rate: Option<u64>, more: &[(&str, &str)]) -> Studio {
        let options = Options { delays: Delays::ByPoll, ..Options::default() };
        let (home, emulator) = (Home::new(), Emulator::spawn(options).unwrap());
        let folder = home.path().join("config");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), config).unwrap();
        let made = ["gen", "a red fox", "-m", "wan2.2-t2i-flash", "-s", "1024*1024", "--seed", "7"];
        home.on(&emulator, &made).assert().success();
        let (place, url) = (home.path().to_str().unwrap(), emulator.base_url());
        let env = [
            ("PINXIT_HOME", place),
            ("HOME", place),
            ("PATH", "/usr/bin:/bin"),
            ("PINXIT_WORKER", "inline"),
            ("DASHSCOPE_API_KEY", "sk-5ecre7-0123456789abcdef01234567"),
            ("DASHSCOPE_HTTP_BASE_URL", &url),
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LANG", "C.UTF-8"),
        ];
        let env = [&env[..], more].concat();
        let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
        let pty = Start { program, args, env: &env, size: (120, 40) }.start_on(Some(answer), rate);
        let mut studio = Studio { pty, _home: home, _emulator: emulator };
        studio.pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
        studio
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.pty.bytes).into_owned()
    }

    fn quit(&mut self) {
        stop_typing(&mut self.pty);
        self.pty.send("q");
        assert_eq!(self.pty.end(), 0);
        self.pty.assert_given_back();
    }
}

/// Every run of bytes of a kind of sequence.
fn sequences<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).map(|rest| rest.split_once(end).expect("whole").0).collect()
}

/// The numbers of pictures in commands that do this.
fn numbers(text: &str, does: &str) -> Vec<String> {
    let commands = sequences(text, "\x1b_G", "\x1b\\");
    let keys = commands.iter().map(|command| command.split_once(';').map_or(*command, |(keys, _)| keys));
    let of = |keys: &str| keys.split(',').find_map(|key| key.strip_prefix("i=").map(str::to_owned));
    keys.filter(|keys| keys.contains(does)).filter_map(of).collect()
}

/// Bytes of pictures: commands, what draws by the cursor, and cells that say where a picture lies.
fn picture_bytes(text: &str) -> usize {
    let sum = |start: &str, end: &str| {
        sequences(text, start, end).iter().map(|s| s.len() + start.len() + end.len()).sum::<usize>()
    };
    let places = text.matches('\u{10EEEE}').count() * 10;
    sum("\x1b_G", "\x1b\\") + sum("\x1bPq", "\x1b\\") + sum("\x1bP9", "\x1b\\") + sum("\x1b]1337", "\x07") + places
}

#[test]
fn a_terminal_that_takes_kittys_pictures_has_one_in_the_pane() {
    let mut studio = Studio::start("", &[], KITTY, None);
    studio.pty.wait("the picture", |screen| screen.contains('\u{10EEEE}') && screen.contains("Picture kitty, "));
    studio.pty.settle(Duration::from_millis(300));
    let text = studio.text();
    let asked = text.find("\x1b[>q").expect("asked");
    assert!(text.find("Prompt").is_some_and(|frame| frame < asked), "the first frame goes before the question");
    assert!(!text[..asked].contains("\x1b_G"));
    let sent = numbers(&text, "a=T");
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sequences(&text, "\x1b_G", "\x1b\\").iter().all(|command| command.len() <= 4096 + 80));
    let place = text.find('\u{10EEEE}').expect("its place");
    assert!(text.rfind("m=0;").is_some_and(|whole| whole < place), "its place is written once it is there");
    // Nothing more happens.
    assert_eq!(studio.pty.settle(Duration::from_millis(500)), 0);
    // A dialog over it costs no picture.
    stop_typing(&mut studio.pty);
    studio.pty.send(":");
    studio.pty.wait_for("Commands");
    studio.pty.send("\x1b");
    studio.pty.wait("the dialog gone", |screen| !screen.contains("Commands"));
    assert_eq!(numbers(&studio.text(), "a=T"), sent);
    studio.pty.send("q");
    assert_eq!(studio.pty.end(), 0);
    assert_eq!(numbers(&studio.text(), "a=d"), sent, "the terminal is to forget it");
    studio.pty.assert_given_back();
}

#[test]
fn sixel_and_iterm_are_drawn_in_bands_and_mended_behind_a_dialog() {
    for (answer, word, start) in [(XTERM, "sixel", "\x1bP9;"), (WEZTERM, "iterm", "\x1b]1337;File")] {
        let mut studio = Studio::start("", &[], answer, None);
        studio.pty.wait(word, |screen| screen.contains(&format!("Picture {word}, ")) && !screen.contains(", 0 KiB"));
        studio.pty.settle(Duration::from_millis(300));
        let bands = studio.text().matches(start).count();
        assert!(bands > 2, "{bands}");
        stop_typing(&mut studio.pty);
        studio.pty.settle(Duration::from_millis(300));
        assert_eq!(studio.text().matches(start).count(), bands, "typing costs no picture");
        studio.pty.send(":");
        studio.pty.wait_for("Commands");
        studio.pty.send("\x1b");
        studio.pty.wait("the dialog gone", |screen| !screen.contains("Commands"));
        studio.pty.settle(Duration::from_millis(300));
        let after = studio.text().matches(start).count();
        assert!(after > bands && after <= bands * 2, "{bands} {after}");
        assert!(!studio.text().contains("\x1b_G"));
    }
}

#[test]
fn no_picture_passes_the_cap_and_none_of_it_is_none() {
    for (answer, word) in [(KITTY, "kitty"), (XTERM, "sixel"), (WEZTERM, "iterm")] {
        for kib in [64, 20] {
            let mut studio = Studio::start(&format!("preview_cap = \"{kib}\"\n"), &[], answer, None);
            studio
                .pty
                .wait(word, |screen| screen.contains(&format!("Picture {word}, ")) && !screen.contains(", 0 KiB"));
            studio.pty.settle(Duration::from_millis(300));
            let bytes = picture_bytes(&studio.text());
            assert!(bytes > 2_000 && bytes <= kib * 1024, "{word}: {bytes} of {kib} KiB");
            studio.quit();
        }
    }
    for (config, args) in [("preview_cap = \"0\"\n", &[][..]), ("", &["--graphics", "none"])] {
        let mut studio = Studio::start(config, args, KITTY, None);
        studio.pty.wait_for("#1a");
        studio.pty.settle(Duration::from_millis(500));
        assert_eq!(picture_bytes(&studio.text()), 0);
        assert!(!studio.pty.screen().contains(['▀', '▄', '▚']), "{}", studio.pty.screen());
        studio.quit();
    }
}

#[test]
fn a_key_does_not_wait_behind_a_picture() {
    // Bytes that may come before the echo: what the line carries in the time a key may take.
    for (rate, most) in [(64 * 1024, 32 * 1024), (1_000_000, 50_000)] {
        let mut studio = Studio::start("preview_cap = \"976\"\ngraphics = \"kitty\"\n", &[], KITTY, Some(rate));
        studio.pty.wait_for_bytes("\x1b_Ga=T");
        studio.pty.send("zebra");
        let ahead = studio.pty.bytes_until("the echo", |screen| screen.contains("zebra"));
        assert!(ahead <= most, "{ahead} bytes before the echo at {rate} bytes a second");
        let text = studio.text();
        let whole = text.contains(",m=0;") || text.contains("q=2,m=0");
        assert!(!whole || rate > 500_000, "the picture was still on its way");
        studio.pty.wait("the picture", |screen| screen.contains('\u{10EEEE}'));
    }
}

#[test]
fn a_picture_too_heavy_for_the_line_is_sent_lighter_ssh_or_not() {
    // It would be 60 KiB and more; the line is found to be slow only under way.
    let mut studio = Studio::start_in("graphics = \"kitty\"\n", &[], KITTY, Some(20_000), &[]);
    studio.pty.wait("the picture", |screen| screen.contains('\u{10EEEE}'));
    studio.pty.wait("all of it", |screen| screen.contains("Picture kitty, ") && !screen.contains(", 0 KiB"));
    studio.pty.settle(Duration::from_millis(800));
    let text = studio.text();
    let (sent, gone) = (numbers(&text, "a=T"), numbers(&text, "a=d"));
    assert!(sent.len() >= 2 && gone.contains(&sent[0]), "begun, and given up: {sent:?}, {gone:?}");
    let last = text.rfind("\x1b_Ga=T").expect("sent anew");
    let light = picture_bytes(&text[last..]);
    assert!(light > 10_000 && light <= 32 * 1024, "{light}");
    studio.quit();
}

#[test]
fn a_key_turns_to_other_ways_and_back() {
    let mut studio = Studio::start("", &[], KITTY, None);
    studio.pty.wait("the picture", |screen| screen.contains('\u{10EEEE}'));
    stop_typing(&mut studio.pty);
    let ways = [
        ("half-block", '▄'..='▄'),
        ("quadrant", '▖'..='▖'),
        ("sextant", '\u{1fb00}'..='\u{1fb3b}'),
        ("octant", '\u{1cd00}'..='\u{1cde5}'),
        ("ascii", '@'..='@'),
    ];
    for (word, signs) in ways {
        studio.pty.send("#");
        studio.pty.wait(word, |screen| screen.contains(&format!("Picture {word}, ")) && !screen.contains('\u{10EEEE}'));
        studio.pty.wait(word, |screen| screen.chars().any(|c| signs.contains(&c)) || word == "ascii");
    }
    assert_eq!(numbers(&studio.text(), "a=d").len(), 1, "kitty is to forget its picture");
    studio.pty.send("#");
    studio.pty.wait_for("Pictures: none");
    studio.pty.send("#");
    studio.pty.wait("the picture", |screen| screen.contains('\u{10EEEE}'));
    studio.pty.send("q");
    assert_eq!(studio.pty.end(), 0);
}
