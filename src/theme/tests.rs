//! Themes as their authors and their readers would meet them.
#![allow(clippy::unwrap_used)]

use super::*;

const DEPTHS: [Depth; 4] = [Depth::Mono, Depth::Ansi, Depth::Indexed, Depth::True];
const BLACK: Color = Color::Rgb(0, 0, 0);
const WHITE: Color = Color::Rgb(255, 255, 255);

/// A theme of the user's own, and what in it cannot be used.
fn mine(text: &str) -> (Theme, Vec<Problem>) {
    let themes = Themes::builtin().with("mine", text);
    (themes.named("mine", Depth::True).unwrap(), themes.problems("mine"))
}

#[test]
fn five_themes_and_more_ship_with_the_program_and_have_no_problems() {
    let themes = Themes::builtin();
    assert_eq!(themes.names(), ["ink", "paper", "dusk", "mono", "high-contrast", "terminal"]);
    for name in themes.names() {
        assert_eq!(themes.problems(name), [], "{name}");
        assert!(themes.about(name).len() > 10, "{name}: {:?}", themes.about(name));
        for depth in DEPTHS {
            let theme = themes.named(name, depth).unwrap();
            assert!(Theme::roles().all(|role| theme.roles.contains_key(role)), "{name} leaves a role out");
        }
    }
    assert_eq!(themes.named("noir", Depth::True), None);
    assert_eq!(themes.about("ink"), "the default, for dark terminals.");
}

#[test]
fn a_role_without_an_entry_takes_its_parents() {
    let (theme, problems) =
        mine("[roles]\ntext = \"red\"\npane = \"blue\"\n\"pane.title\" = \"green\"\nqueue = \"cyan\"\n");
    assert_eq!(problems, []);
    let fg = |role| theme.style(role).fg.unwrap();
    assert_eq!(fg("pane.title.focused"), Color::Green);
    assert_eq!(fg("pane.border.focused"), Color::Blue);
    assert_eq!(fg("queue.failed"), Color::Cyan);
    assert_eq!(fg("toast"), Color::Red);
}

#[test]
fn a_theme_that_inherits_changes_only_what_it_says() {
    let (mine, problems) = mine("inherits = \"paper\"\n[palette]\njade = \"#00ff00\"\n");
    let paper = Theme::named("paper", Depth::True).unwrap();
    assert_eq!(problems, []);
    assert_eq!(mine.style("good").fg, Some(Color::Rgb(0, 255, 0)));
    assert_eq!(mine.style("ground"), paper.style("ground"));
    assert_eq!(mine.style("key"), paper.style("key"));
}

#[test]
fn a_theme_of_the_users_may_start_from_another_and_from_the_one_it_goes_over() {
    let themes = Themes::builtin()
        .with("ink", "inherits = \"ink\"\n[palette]\nseal = \"#ff0000\"\n")
        .with("deep", "inherits = \"ink\"\n[roles]\nmuted = \"blue\"\n");
    for name in ["ink", "deep"] {
        assert_eq!(themes.problems(name), [], "{name}");
        assert_eq!(themes.named(name, Depth::True).unwrap().style("bad").fg, Some(Color::Rgb(255, 0, 0)), "{name}");
    }
    assert_eq!(themes.named("deep", Depth::True).unwrap().style("muted").fg, Some(Color::Blue));
    assert_eq!(themes.names().last(), Some(&"deep"));
    assert!(themes.is_own("ink") && !themes.is_own("paper"));
}

#[test]
fn a_circle_is_named_with_its_line_and_the_rest_holds() {
    let themes = Themes::builtin()
        .with("a", "inherits = \"b\"\n[roles]\ntext = \"red\"\n")
        .with("b", "# b\ninherits = \"a\"\n[roles]\nmuted = \"blue\"\n");
    for (name, line) in [("a", 1), ("b", 2)] {
        let problems = themes.problems(name);
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [line], "{name}: {problems:?}");
        assert!(problems[0].message.contains("a circle"), "{problems:?}");
    }
    let a = themes.named("a", Depth::True).unwrap();
    assert_eq!((a.style("text").fg, a.style("muted").fg), (Some(Color::Red), Some(Color::Blue)));
    let (_, alone) = mine("inherits = \"mine\"");
    assert_eq!(alone.len(), 1, "a theme cannot start from itself: {alone:?}");
}

#[test]
fn what_cannot_be_used_is_named_with_its_line_and_the_rest_holds() {
    let text = "inherits = \"noir\"\nfont = 3\n[palette]\nsea = \"blueish\"\n[roles]\ntext = \"bold sea\"\n\
                key = 7\nwarn = { style = \"red\", vga = \"x\" }\ngood = \"green\"\n\"queue.fialed\" = \"red\"\n\
                bad = { style = \"red\", mono = \"blod\" }\n";
    let (theme, problems) = mine(text);
    let lines: Vec<_> = problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [1, 2, 4, 6, 7, 8, 10, 11], "{problems:#?}");
    assert!(problems[0].message.contains("ink, paper"));
    assert!(problems[6].message.contains("did you mean queue.failed?"), "{problems:#?}");
    assert_eq!(theme.style("good").fg, Some(Color::Green));
    assert_eq!(theme.style("text").add_modifier, Modifier::BOLD);
    assert_eq!(mine("[roles]\ntext = \n").1[0].line, 2);
}

#[test]
fn another_files_mistakes_are_not_told_of_this_one() {
    let themes = Themes::builtin().with("broken", "[roles]\ntext = \"blod\"\nnothing = \"red\"\n");
    let themes = themes.with("mine", "inherits = \"broken\"\n");
    assert_eq!(themes.problems("mine"), []);
    assert_eq!(themes.problems("broken").len(), 2);
}

/// Letters against what is behind them, at every depth at which a colour is known: 4.5:1 and more, in every theme.
#[test]
fn text_can_be_read_on_its_ground() {
    for name in Themes::builtin().names() {
        for depth in [Depth::True, Depth::Indexed, Depth::Ansi] {
            let theme = Theme::named(name, depth).unwrap();
            // Who paints none is for dark terminals, up to #1e1e1e; the sixteen are known of xterm's black only.
            let behind = if depth == Depth::Ansi { BLACK } else { Color::Rgb(0x1e, 0x1e, 0x1e) };
            let least = theme.least_contrast(behind);
            let wanted = if name == "high-contrast" { 7.0 } else { 4.5 };
            match (name, least) {
                ("mono", least) => assert_eq!(least, None),
                // Its sixteen on its owner's ground.
                ("terminal", _) => assert!(theme.least_contrast(BLACK).unwrap().1 >= wanted, "{name} at {depth}"),
                (_, least) => assert!(least.unwrap().1 >= wanted, "{name} at {depth}: {least:?}"),
            }
        }
    }
    // The default, opened in a light terminal.
    let ink = Theme::named("ink", Depth::True).unwrap();
    assert!(ink.least_contrast(WHITE).unwrap().1 >= 3.0);
}

#[test]
fn the_measure_of_contrast_sees_what_cannot_be_read() {
    let (grey, _) = mine("[roles]\nground = \"#101010 on #000000\"\nmuted = \"#333333\"\ntext = \"#ffffff\"\n");
    let (role, contrast) = grey.least_contrast(WHITE).unwrap();
    assert!(role == "muted" && contrast < 2.0, "{role} {contrast}");
    let (reversed, _) = mine("[roles]\nground = \"#ffffff on #000000\"\nselection = \"reverse\"\n");
    assert!(reversed.least_contrast(WHITE).unwrap().1 > 20.0);
}

#[test]
fn without_colours_only_weight_and_reverse_remain() {
    for name in Themes::builtin().names() {
        let theme = Theme::named(name, Depth::Mono).unwrap();
        assert!(theme.roles.values().all(|style| style.fg.is_none() && style.bg.is_none()), "{name}");
        assert_eq!(theme.style("selection").add_modifier, Modifier::REVERSED, "{name}");
        let ansi = Theme::named(name, Depth::Ansi).unwrap();
        let sixteen = |c: Color| !matches!(c, Color::Rgb(..) | Color::Indexed(_));
        assert!(
            ansi.roles.values().all(|style| style.fg.is_none_or(sixteen) && style.bg.is_none_or(sixteen)),
            "{name}"
        );
    }
    let mono = Theme::named("mono", Depth::True).unwrap();
    assert!(mono.roles.values().all(|style| style.fg.is_none() && style.bg.is_none()));
    let terminal = Theme::named("terminal", Depth::True).unwrap();
    assert!(terminal.roles.values().all(|style| !matches!(style.fg, Some(Color::Rgb(..)))), "its own sixteen alone");
    assert!(!terminal.paints() && !mono.paints() && Theme::named("dusk", Depth::Ansi).unwrap().paints());
}
