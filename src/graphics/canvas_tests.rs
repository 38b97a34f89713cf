//! What is chosen where.

use super::super::sample;
use super::*;

/// What a world of these variables, this answer and this tmux comes to.
fn world(environment: &str, answer: Result<Answer, &'static str>, outer: Option<Outer>) -> Canvas {
    let pairs: Vec<(&str, &str)> = environment.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
    let var = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Canvas::detect(&Senses { var: &var, cell: None, ask: &|| answer.clone(), tmux: &|| outer.clone() })
}

fn named(name: &str, kitty: bool, sixel: bool) -> Answer {
    Answer { name: Some(name.into()), kitty, sixel, cell: Some((9, 18)), complete: true }
}

#[test]
fn the_environment_speaks_first() {
    let table = [
        ("TERM=xterm-kitty KITTY_WINDOW_ID=1", Some(Protocol::Kitty)),
        ("TERM=xterm-kitty SSH_TTY=/dev/pts/1", Some(Protocol::Kitty)),
        ("TERM=xterm-256color KITTY_WINDOW_ID=1", Some(Protocol::Kitty)),
        ("TERM=xterm-256color KITTY_WINDOW_ID=1 XTERM_VERSION=XTerm(412)", None),
        ("TERM=xterm-256color KITTY_WINDOW_ID=1 VTE_VERSION=7600", None),
        ("TERM=xterm-ghostty", Some(Protocol::Kitty)),
        ("TERM=xterm-256color TERM_PROGRAM=iTerm.app", Some(Protocol::Iterm)),
        ("TERM=xterm-256color TERM_PROGRAM=WezTerm WEZTERM_PANE=0", Some(Protocol::Iterm)),
        ("TERM=xterm-256color LC_TERMINAL=iTerm2", Some(Protocol::Iterm)),
        ("TERM=xterm-256color KONSOLE_VERSION=250400", Some(Protocol::Iterm)),
        ("TERM=foot", Some(Protocol::Sixel)),
        ("TERM=foot-extra", Some(Protocol::Sixel)),
        ("TERM=xterm-256color", None),
    ];
    for (environment, protocol) in table {
        assert_eq!(world(environment, Err("mute"), None).protocol, protocol, "{environment}");
    }
}

#[test]
fn finer_blocks_are_for_terminals_known_to_draw_them() {
    let term = |unicode| {
        Terminal::detect(|name| match name {
            "TERM" => Some("xterm-256color".to_owned()),
            "LANG" => Some(if unicode { "C.UTF-8" } else { "C" }.to_owned()),
            _ => None,
        })
    };
    let asked = |name| world("TERM=xterm-256color", Ok(named(name, false, false)), None);
    assert_eq!(asked("VTE(7803)").glyphs(&term(true)), Glyphs::Mosaic(Grid::Octants));
    assert_eq!(asked("VTE(7600)").glyphs(&term(true)), Glyphs::Mosaic(Grid::Sextants));
    assert_eq!(asked("XTerm(412)").glyphs(&term(true)), Glyphs::HalfBlocks);
    assert_eq!(asked("VTE(7803)").glyphs(&term(false)), Glyphs::Ascii);
    let tmux = |name: &str, passes| Outer { name: name.into(), passes, ..Outer::default() };
    let inside = |name, passes| world("TMUX=/tmp/x", Err("mute"), Some(tmux(name, passes))).blocks;
    assert_eq!(inside("VTE(7803)", false), Some(Grid::Sextants), "tmux may drop octants");
    assert_eq!(inside("kitty(0.48.2)", false), Some(Grid::Sextants));
    assert_eq!(inside("xterm-256color", false), None);
}

#[test]
fn who_cannot_be_asked_is_not_asked() {
    let table = [
        "TERM=dumb",
        "TERM=linux",
        "TERM=vt220",
        "",
        "TERM=xterm-256color TERM_PROGRAM=Apple_Terminal",
        "TERM=screen.xterm-256color STY=1.x",
        "TERM=tmux-256color",
        "TERM=xterm-256color ZELLIJ=0",
        "TERM=xterm-kitty NO_COLOR=1",
    ];
    for environment in table {
        let canvas = world(environment, Ok(named("kitty(0.48.2)", true, true)), None);
        assert_eq!(canvas.protocol, None, "{environment}: {}", canvas.why);
        assert!(!canvas.why.is_empty());
    }
}

#[test]
fn the_terminal_is_asked_where_the_environment_says_nothing() {
    let ask = |answer| world("TERM=xterm-256color SSH_TTY=x", answer, None);
    let kitty = ask(Ok(named("kitty(0.48.2)", true, false)));
    assert_eq!((kitty.protocol, kitty.cell), (Some(Protocol::Kitty), (9, 18)));
    assert_eq!(kitty.why, "kitty(0.48.2) was asked and takes them");
    assert_eq!(ask(Ok(named("XTerm(412)", false, true))).protocol, Some(Protocol::Sixel));
    // WezTerm says yes to kitty's question.
    assert_eq!(ask(Ok(named("WezTerm 20240203", true, true))).protocol, Some(Protocol::Iterm));
    let plain = ask(Ok(Answer { complete: true, ..Answer::default() }));
    assert_eq!(plain.protocol, None);
    assert_eq!(plain.why, "the terminal was asked and knows neither kitty graphics nor sixel");
    let mute = ask(Err("it was asked and did not answer"));
    assert_eq!((mute.protocol, mute.cell, mute.why.as_str()), (None, CELL, "it was asked and did not answer"));
}

#[test]
fn a_known_terminal_is_asked_for_its_cells_only_where_the_system_is_silent() {
    let var = |name: &str| (name == "TERM").then(|| "xterm-kitty".to_owned());
    let never = || panic!("nothing is to be asked");
    let told = Canvas::detect(&Senses { var: &var, cell: Some((10, 19)), ask: &never, tmux: &|| None });
    assert_eq!((told.protocol, told.cell), (Some(Protocol::Kitty), (10, 19)));
    let asked = world("TERM=xterm-kitty", Ok(named("kitty(0.48.2)", true, false)), None);
    assert_eq!(asked.cell, (9, 18));
}

#[test]
fn in_tmux_only_places_of_text_survive_and_only_where_tmux_lets_them_through() {
    let inside = |name: &str, passes| {
        let outer =
            Outer { name: name.into(), cell: Some((10, 19)), passes, version: "3.3a".into(), ..Outer::default() };
        // The environment is the one tmux was started in, and the terminal is never asked.
        world("TERM=tmux-256color TMUX=/tmp/t,1,0 KITTY_WINDOW_ID=1", Err("asked"), Some(outer))
    };
    let kitty = inside("kitty(0.48.2)", true);
    assert_eq!((kitty.protocol, kitty.tmux, kitty.cell), (Some(Protocol::Kitty), true, (10, 19)));
    let barred = inside("kitty(0.48.2)", false);
    assert_eq!((barred.protocol, barred.barred), (None, true), "{}", barred.why);
    for name in ["XTerm(412)", "kitty(0.26.5)", "WezTerm 2024", "iTerm2 3.5", ""] {
        let canvas = inside(name, true);
        assert_eq!((canvas.protocol, canvas.barred), (None, false), "{name}: {}", canvas.why);
    }
    assert_eq!(inside("", true).why, "tmux 3.3a in no terminal: pictures would not survive in it");
    assert_eq!(world("TERM=tmux TMUX=/tmp/t", Err(""), None).protocol, None);
}

#[test]
fn what_the_user_says_holds() {
    let var = |name: &str| (name == "TERM").then(|| "dumb".to_owned());
    let senses = Senses { var: &var, cell: None, ask: &|| panic!("a dumb terminal"), tmux: &|| None };
    for protocol in [Protocol::Kitty, Protocol::Iterm, Protocol::Sixel] {
        let canvas = Canvas::forced(protocol, "--preview", &senses);
        assert_eq!((canvas.protocol, canvas.cell, canvas.tmux), (Some(protocol), CELL, false));
    }
    let var = |name: &str| (name == "TMUX").then(|| "/tmp/t".to_owned());
    let senses = Senses { var: &var, tmux: &|| None, ..senses };
    assert!(Canvas::forced(Protocol::Kitty, "--preview", &senses).barred);
    assert!(!Canvas::forced(Protocol::Sixel, "--preview", &senses).barred);
}

#[test]
fn panes_take_what_lies_where_text_says() {
    let ask = |name: &str, kitty, sixel| world("TERM=xterm-256color", Ok(named(name, kitty, sixel)), None);
    assert_eq!(ask("kitty(0.48.2)", true, false).in_panes(), Ok(Protocol::Kitty));
    assert_eq!(ask("ghostty 1.2", true, false).in_panes(), Ok(Protocol::Kitty));
    // These say yes to kitty's question too.
    assert!(ask("kitty(0.26.5)", true, false).in_panes().is_err());
    assert!(ask("Other 1", true, false).in_panes().is_err());
    assert_eq!(ask("XTerm(412)", false, true).in_panes(), Ok(Protocol::Sixel));
    assert_eq!(ask("WezTerm 2024", true, true).in_panes(), Ok(Protocol::Iterm));
    let known = world("TERM=xterm-kitty", Err("mute"), None);
    assert_eq!(known.in_panes(), Ok(Protocol::Kitty));
    let stale = world("TERM=xterm-256color KITTY_WINDOW_ID=1", Ok(named("XTerm(412)", false, true)), None);
    assert_eq!(stale.in_panes(), Ok(Protocol::Sixel), "the terminal knows better than its environment");
    let tmux = Canvas { protocol: Some(Protocol::Iterm), tmux: true, ..Canvas::none("") };
    assert!(tmux.in_panes().is_err());
    let barred = Canvas { protocol: Some(Protocol::Kitty), places: true, barred: true, ..Canvas::none("") };
    assert!(barred.in_panes().is_err());
}

#[test]
fn every_protocol_ends_in_a_line_of_its_own_and_keeps_the_cap() {
    let (picture, id) = (sample::noise(320, 160), Id::of(1, 17));
    for protocol in [Protocol::Kitty, Protocol::Iterm, Protocol::Sixel] {
        for tmux in [false, true] {
            let canvas = Canvas { protocol: Some(protocol), tmux, ..Canvas::none("") };
            let place = canvas.space(40, 10).place(320, 160);
            assert_eq!(canvas.pixels(&place), (320, 160));
            for cap in [200_000, 30_000] {
                let bytes = canvas.draw(&picture, place, id, cap).expect("room for it");
                assert!(bytes.len() <= cap && bytes.ends_with(b"\n"), "{protocol:?} {tmux} {cap}: {}", bytes.len());
            }
        }
    }
    assert_eq!(Canvas::none("").draw(&picture, Canvas::none("").space(4, 4).place(9, 9), id, 9999), None);
}
