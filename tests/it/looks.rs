//! Themes, as whoever chooses one meets them: at the keys, on the screen, in the bytes, at the next start.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pinxit::domain::{Depth, Phase, Stamp};
use pinxit::theme::{Theme, Themes};
use pinxit::tui::effect::Effect;
use pinxit::tui::layout::{Layout, layout};
use pinxit::tui::msg::{Mouse, Msg};
use pinxit::tui::state::{Dialog, Pane, State};
use pinxit::tui::update::wake_at;

use crate::cli::Home;
use crate::pty::{Pty, Start};
use crate::sample::job;
use crate::studio::Studio;

fn idle() -> Studio {
    let mut studio = Studio::new();
    studio.keys("<esc>");
    studio
}

#[test]
fn the_screen_wears_each_theme_while_choosing_and_escape_brings_the_old_one_back() {
    let mut studio = idle();
    assert_eq!(studio.keys("t"), []);
    let mut worn = vec![studio.state.theme.name.clone()];
    for _ in 0..7 {
        assert_eq!(studio.keys("<down>"), [], "looking is not choosing");
        worn.push(studio.state.theme.name.clone());
    }
    worn.dedup();
    assert_eq!(worn, Themes::builtin().names());
    assert_eq!(studio.keys("<esc>"), []);
    assert!(studio.state.dialog.is_none());
    assert_eq!(studio.state.theme.name, "ink");
    studio.keys("td");
    assert_eq!(studio.state.theme.name, "dusk", "a letter goes to the theme that begins with it");
    studio.keys("<ctrl+c>");
    assert_eq!((studio.state.theme.name.as_str(), studio.state.dialog.is_none()), ("ink", true));
}

#[test]
fn enter_keeps_the_theme_for_the_next_start_unless_the_settings_name_one() {
    let mut studio = idle();
    studio.keys("t<down>");
    assert_eq!(studio.keys("<enter>"), [Effect::KeepTheme("paper".into())]);
    assert!(studio.toasts().contains("Theme: paper"));
    assert_eq!(studio.keys("t<enter>"), [], "the same again is no choice");
    studio.state.looks.pinned = Some("/home/ana/.config/pinxit/config.toml:3".into());
    studio.keys("t<down>");
    assert_eq!(studio.keys("<enter>"), []);
    assert_eq!(studio.state.theme.name, "dusk", "it holds until the studio is left");
    assert!(studio.toasts().contains("until you leave") && studio.toasts().contains("config.toml:3"));
}

#[test]
fn a_theme_of_the_users_own_is_among_them_at_the_terminals_depth() {
    let mut studio = idle();
    studio.state.theme = Arc::new(Theme::named("ink", Depth::Ansi).unwrap());
    studio.state.looks.themes =
        Arc::new(Themes::builtin().with("sea", "inherits = \"ink\"\n[roles]\nmuted = \"#00ffff\"\n"));
    studio.keys("ts");
    assert_eq!((studio.state.theme.name.as_str(), studio.state.theme.depth), ("sea", Depth::Ansi));
    let Some(Dialog::Themes(picker)) = &studio.state.dialog else { panic!("the picker") };
    assert_eq!(picker.names.last().unwrap(), "sea");
}

#[test]
fn without_motion_ages_turn_once_a_minute_and_nothing_counts_down() {
    let mut studio = idle();
    let mut running = job(1, Phase::Running);
    running.sent = Some(Stamp(studio.now.0 - 11_400));
    running.until = Some(Stamp(studio.now.0 + 4_000));
    running.note = "poll 3, next".into();
    studio.jobs(vec![running]);
    let wait = |state: &State| wake_at(state, studio.now);
    assert_eq!(wait(&studio.state), Some(Duration::from_millis(600)));
    studio.state.looks.still = true;
    assert_eq!(wait(&studio.state), Some(Duration::from_millis(48_600)));
    let screen = crate::screens::text_of(&studio.state, studio.now);
    assert!(screen.contains("<1m") && screen.contains("poll 3, next soon") && !screen.contains("11s"), "{screen}");
}

/// Every role that a screen asks for is one that themes know.
#[test]
fn nothing_is_drawn_in_a_role_that_no_theme_has() {
    fn files(dir: &Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, into);
            } else {
                into.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let (mut texts, known) = (Vec::new(), Theme::roles().collect::<Vec<_>>());
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/view"), &mut texts);
    let mut asked = 0;
    for text in &texts {
        for rest in text.split("style(\"").skip(1) {
            let role = rest.split('"').next().unwrap();
            assert!(known.contains(&role), "{role}");
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked} only: the test no longer sees them");
}

#[test]
fn a_click_gives_a_pane_the_keys_and_the_wheel_scrolls() {
    let mut studio = idle();
    studio.jobs((1..=9).map(|id| job(id, Phase::Done)).collect());
    let Layout::Panes(panes) = layout(&studio.state) else { panic!("the panes") };
    let inside = |area: ratatui::layout::Rect, row: u16| Mouse::Click { x: area.x + 2, y: area.y + row };
    studio.send(Msg::Mouse(inside(panes.settings, 1)));
    assert_eq!((studio.state.pane, studio.state.typing), (Pane::Settings, false));
    studio.send(Msg::Mouse(inside(panes.negative, 1)));
    assert_eq!((studio.state.pane, studio.state.typing), (Pane::Negative, true));
    studio.send(Msg::Mouse(inside(panes.queue, 3)));
    assert_eq!(studio.state.pane, Pane::Queue);
    let second = studio.state.queue.jobs[1].id;
    assert_eq!(studio.state.queue.selected, Some(second), "the row under the titles and the first job");
    let wheel = |down| Msg::Mouse(Mouse::Wheel { x: panes.queue.x + 2, y: panes.queue.y + 2, down });
    studio.send(wheel(true));
    assert_eq!(studio.state.queue.index(), Some(2));
    studio.send(wheel(false));
    assert_eq!(studio.state.queue.selected, Some(second));
    // In a dialog a click does nothing, and the wheel moves the selection.
    studio.keys("t");
    assert_eq!(studio.send(Msg::Mouse(inside(panes.prompt, 1))), []);
    assert_eq!(studio.state.pane, Pane::Queue);
    studio.send(wheel(true));
    assert_eq!(studio.state.theme.name, "paper");
}

#[test]
fn the_mouse_is_the_terminals_unless_the_settings_say_so() {
    let home = tempfile::tempdir().unwrap();
    let mut pty = demo(home.path(), &UTF8);
    assert_eq!(pty.terminal.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    pty.send("\x03\x03");
    assert_eq!(pty.end(), 0);
    std::fs::create_dir_all(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/config.toml"), "mouse = true\n").unwrap();
    let mut pty = demo(home.path(), &UTF8);
    assert_eq!(pty.terminal.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::PressRelease);
    let row = pty.screen().lines().position(|line| line.contains("Settings")).unwrap() + 2;
    pty.send(&format!("\x1b[<0;5;{row}M\x1b[<0;5;{row}m"));
    pty.wait("the settings to have the keys", |screen| !screen.contains("Prompt typing"));
    pty.send("q");
    assert_eq!(pty.end(), 0);
    pty.assert_given_back();
}

const UTF8: [(&str, &str); 2] = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];

fn demo(home: &Path, terminal: &[(&str, &str)]) -> Pty {
    let place = home.to_str().unwrap();
    let mut env = vec![("PINXIT_HOME", place), ("HOME", place), ("PATH", "/usr/bin:/bin")];
    env.extend_from_slice(terminal);
    let program = Path::new(env!("CARGO_BIN_EXE_pinxit"));
    let mut pty = Start { program, args: &["demo"], env: &env, size: (80, 24) }.start();
    pty.wait("a whole first frame", |screen| screen.contains("Prompt typing") && screen.contains("f1 keys"));
    pty
}

/// The numbers of every style sequence in the bytes.
fn styles(bytes: &[u8]) -> Vec<Vec<u16>> {
    let text = String::from_utf8_lossy(bytes);
    let codes = text.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then(|| rest[..end].split(';').map(|code| code.parse().unwrap_or(0)).collect())
    });
    codes.collect()
}

fn is_coloured(codes: &[u16]) -> bool {
    codes.iter().any(|code| matches!(code, 30..=38 | 40..=48 | 90..=97 | 100..=107))
}

/// Goes through every theme in the picker, and keeps the last one seen.
fn wear_them_all(pty: &mut Pty) {
    crate::demo::stop_typing(pty);
    pty.send("t");
    pty.wait_for("high-contrast");
    for name in ["paper", "dusk", "mono", "high-contrast", "terminal"] {
        pty.send("\x1b[B");
        pty.wait(name, |screen| screen.lines().any(|line| line.contains(&format!("▸ {name}"))));
    }
    pty.send("\r");
    pty.wait_for("Theme: terminal");
}

#[test]
fn no_theme_brings_colours_where_none_are_wanted() {
    let home = tempfile::tempdir().unwrap();
    let mut pty = demo(home.path(), &[UTF8[0], UTF8[1], ("NO_COLOR", "1")]);
    wear_them_all(&mut pty);
    pty.settle(Duration::from_millis(300));
    let coloured: Vec<_> = styles(&pty.bytes).into_iter().filter(|codes| is_coloured(codes)).collect();
    assert_eq!(coloured, Vec::<Vec<u16>>::new());
}

#[test]
fn a_terminal_of_sixteen_colours_is_sent_no_others() {
    let home = tempfile::tempdir().unwrap();
    let mut pty = demo(home.path(), &[("TERM", "xterm"), UTF8[1]]);
    wear_them_all(&mut pty);
    pty.settle(Duration::from_millis(300));
    let styles = styles(&pty.bytes);
    assert!(styles.iter().any(|codes| is_coloured(codes)), "there are colours");
    let more: Vec<_> = styles.into_iter().filter(|codes| codes.contains(&38) || codes.contains(&48)).collect();
    assert_eq!(more, Vec::<Vec<u16>>::new());
}

#[test]
fn the_theme_chosen_is_worn_at_the_next_start_and_the_users_own_file_is_not_touched() {
    let home = tempfile::tempdir().unwrap();
    let mut pty = demo(home.path(), &UTF8);
    wear_them_all(&mut pty);
    pty.send("q");
    assert_eq!(pty.end(), 0);
    pty.assert_given_back();
    assert!(!home.path().join("config/config.toml").exists());
    let chosen = std::fs::read_to_string(home.path().join("config/chosen.toml")).unwrap();
    assert!(chosen.contains("theme = \"terminal\""), "{chosen}");
    let mut again = demo(home.path(), &UTF8);
    crate::demo::stop_typing(&mut again);
    again.send("t");
    again.wait("the picker where it was left", |screen| screen.contains("▸ terminal"));
}

#[test]
fn themes_are_listed_and_a_broken_one_of_the_users_is_said() {
    let home = Home::new();
    let folder = home.path().join("config/themes");
    std::fs::create_dir_all(&folder).unwrap();
    let text = "# sea: cold water\ninherits = \"ink\"\n[roles]\nmuted = \"#101010\"\nselecton = \"red\"\n";
    std::fs::write(folder.join("sea.toml"), text).unwrap();
    let output = home.pinxit(&["themes"]).assert().success();
    let (out, err) = (&output.get_output().stdout, &output.get_output().stderr);
    let (out, err) = (String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert_eq!(out.lines().count(), 7, "{out}");
    assert!(out.starts_with("* ink "), "{out}");
    let sea = out.lines().last().unwrap();
    assert!(sea.contains("yours: cold water") && sea.contains("stands out by 1."), "{sea}");
    assert!(err.contains("sea.toml:5: nothing is drawn as selecton: did you mean selection?"), "{err}");
    let json = home.pinxit(&["themes", "--json"]).assert().success();
    let json: serde_json::Value = serde_json::from_slice(&json.get_output().stdout).unwrap();
    assert_eq!((&json["holds"], &json["themes"][2]["name"]), (&"ink".into(), &"dusk".into()), "{json}");
    home.pinxit(&["themes", "dsuk"]).assert().code(2);
    let roles = home.pinxit(&["themes", "paper"]).env("COLORTERM", "truecolor").env("TERM", "xterm").assert().success();
    let roles = String::from_utf8_lossy(&roles.get_output().stdout).into_owned();
    assert!(roles.contains("queue.failed         bold #a8301a on #f5efe2"), "{roles}");
}
