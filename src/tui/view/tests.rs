//! Whole screens: what a user sees, with styles, at the sizes that matter; and that nothing ever breaks a border.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::catalog::Catalog;
use crate::domain::{
    Billed, Cost, Depth, Fault, FaultKind, Format, Image, ImageId, Job, JobId, Mode, Money, Phase, Region, Size, Stamp,
};
use crate::keymap::Keymap;
use crate::theme::Theme;
use crate::tui::layout::picture_pane;
use crate::tui::state::{
    Compose, Confirm, Editor, Header, HelpPage, ModelPicker, Pending, Preview, Queue, Shown, Toast, Tone,
};

const NOW: Stamp = Stamp(1_795_340_000_000);

/// The studio as it opens: nothing typed, nothing made.
fn studio(columns: u16, rows: u16) -> State {
    let catalog = Catalog::builtin();
    let model = &catalog.models()[0];
    let mut request = model.blank(Mode::TextToImage);
    request.size = Size::Pixels { width: 2048, height: 1152 };
    State {
        size: (columns, rows),
        keymap: Arc::new(Keymap::builtin()),
        theme: Arc::new(Theme::named("ink", Depth::True).unwrap()),
        unicode: true,
        ask_above: Some(Money::usd(500_000)),
        header: Header {
            demo: false,
            region: Region::Singapore,
            spent_today: vec![Money::usd(420_000)],
            spent_month: vec![Money::usd(18_400_000)],
        },
        pane: Pane::Prompt,
        typing: true,
        compose: Compose {
            prompt: Editor::new(""),
            negative: Editor::new(""),
            request,
            row: 0,
            typed: None,
            random_seed: true,
        },
        queue: Queue::default(),
        preview: Preview::default(),
        dialog: None,
        toasts: Vec::new(),
        dice: 1,
        catalog: Arc::new(catalog),
    }
}

fn job(id: i64, phase: Phase, prompt: &str) -> Job {
    let catalog = Catalog::builtin();
    let mut request = catalog.models()[0].blank(Mode::TextToImage);
    request.prompt = prompt.to_owned();
    let sent = Stamp(NOW.0 - 11_400);
    Job {
        id: JobId(id),
        phase,
        request: Arc::new(request),
        created: Stamp(NOW.0 - 12_000),
        since: sent,
        sent: Some(sent),
        ended: phase.is_ended().then(|| Stamp(sent.0 + 2_140)),
        estimate: Cost::Known { unit: Money::usd(75_000), images: 1, basis: "spec, 2026-04".to_owned() },
        billed_images: (phase == Phase::Done).then_some(1),
        task: None,
        request_id: None,
        actual_prompt: None,
        expected: 1,
        fault: None,
        note: String::new(),
        out: None,
        images: Vec::new(),
    }
}

fn failed(id: i64) -> Job {
    let mut job = job(id, Phase::Failed, "a portrait of a famous person, oil on canvas");
    let message =
        "The service refused the prompt: its content inspection found something it does not allow in the words.";
    job.fault = Some(
        Fault::new(FaultKind::Content, "DataInspectionFailed", message)
            .hint("Change the words and send it as a new job; sending the same ones again may flag the account.")
            .request_id(Some("7f3c2a10-9b1e-4e7a-8f0e-2d1c5b6a7e80".to_owned())),
    );
    job
}

/// A job with pictures on disk.
fn done(id: i64, pictures: u32) -> Job {
    let mut job = job(id, Phase::Done, "A cozy flower shop with a delicate wooden door, morning sunlight");
    job.billed_images = Some(pictures);
    job.expected = pictures;
    job.images = (0..pictures)
        .map(|index| Image {
            id: ImageId { job: job.id, index },
            path: PathBuf::from(
                "/home/ana/Pictures/pinxit/2026-11-22/093114-wan27pro-a-cozy-flower-shop-41870233-1.png",
            ),
            sha256: "0".repeat(64),
            width: 2048,
            height: 1152,
            bytes: 3_000_000,
            format: Format::Png,
            seed: Some(41_870_233),
            saved: NOW,
        })
        .collect();
    job
}

/// A dusk of half-blocks, as a painter would fit 16:9 into the pane.
fn painting(state: &State) -> Buffer {
    let (columns, rows) = picture_pane(state).unwrap_or((1, 1));
    let rows = rows.min((columns * 9 / 32).max(1));
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns.min(rows * 32 / 9 + 1), rows));
    let area = buffer.area;
    for position in area.positions() {
        let shade = |y: u16| {
            let (x, y) = (f32::from(position.x) / f32::from(area.width), f32::from(y) / f32::from(area.height * 2));
            let hill = 0.62 + 0.12 * (x * 7.0).sin() + 0.05 * (x * 19.0).cos();
            let sun = ((x - 0.7).powi(2) * 3.2 + (y - 0.32).powi(2)).sqrt() < 0.12;
            match (sun, y > hill) {
                (_, true) => Color::Rgb((60.0 * (1.4 - y)) as u8, (74.0 * (1.4 - y)) as u8, (84.0 * (1.4 - y)) as u8),
                (true, _) => Color::Rgb(214, 84, 60),
                _ => Color::Rgb((235.0 - 40.0 * y) as u8, (222.0 - 60.0 * y) as u8, (200.0 - 60.0 * y) as u8),
            }
        };
        let cell = &mut buffer[position];
        if state.unicode {
            cell.set_char('▀').set_fg(shade(position.y * 2)).set_bg(shade(position.y * 2 + 1));
        } else {
            cell.set_char(['.', ':', '+', '#'][usize::from(position.x + position.y) % 4]);
        }
    }
    buffer
}

/// Puts the job on top of the queue and its first picture, if any, on the screen.
fn with(mut state: State, job: Job) -> State {
    state.queue.selected = Some(job.id);
    state.preview.wanted = job.images.first().map(|image| image.id);
    state.queue.jobs.insert(0, job);
    repaint(&mut state);
    state
}

fn repaint(state: &mut State) {
    let cells = Arc::new(painting(state));
    let pane = picture_pane(state).unwrap_or_default();
    state.preview.shown = state.preview.wanted.map(|image| Shown { image, pane, cells: Ok(cells) });
}

/// Every screen worth looking at, by name.
fn screens(columns: u16, rows: u16) -> Vec<(&'static str, State)> {
    let empty = || studio(columns, rows);
    let wrote = |text: &str| {
        let mut state = empty();
        state.compose.prompt = Editor::new(text);
        state
    };
    let fox = "雪中红狐，宣纸水墨 🦊 a red fox in falling snow, ink wash on rice paper, cafe\u{301} light, one vermilion seal";
    let old = || with(with(empty(), failed(1)), done(2, 1));
    let in_queue = |mut state: State| {
        (state.typing, state.pane) = (false, Pane::Queue);
        repaint(&mut state);
        state
    };
    let over = |dialog: Dialog| {
        let mut state = with(wrote(fox), done(3, 1));
        (state.typing, state.dialog) = (false, Some(dialog));
        repaint(&mut state);
        state
    };
    let running = || {
        let mut job = job(3, Phase::Running, fox);
        job.note = "poll 3, next in 4 s".to_owned();
        job
    };
    let mut first = empty();
    first.header = Header { demo: true, ..Header::default() };
    first.ask_above = None;
    let mut violation = wrote("a long scroll of hills");
    (violation.typing, violation.pane, violation.compose.row) = (false, Pane::Settings, 2);
    violation.compose.request.size = Size::Pixels { width: 4096, height: 4096 };
    let mut typed = wrote("a long scroll of hills");
    (typed.typing, typed.pane, typed.compose.row, typed.compose.typed) =
        (false, Pane::Settings, 2, Some("1280x7".into()));
    let mut toasts = with(wrote(fox), done(3, 2));
    toasts.toasts = vec![
        Toast { text: "Saved #3a and #3b".into(), tone: Tone::Good, until: NOW },
        Toast { text: "The disk is nearly full: 180 MB are left for pictures.".into(), tone: Tone::Bad, until: NOW },
    ];
    toasts.compose.request.n = 4;
    toasts.compose.request.options.clear();
    let matches = Catalog::builtin().models().iter().map(|model| model.id.clone()).collect();
    let question = Confirm {
        title: "This costs more than $0.50".into(),
        lines: vec!["12 pictures x $0.075 = $0.900".into(), "wan2.7-image-pro, sequential, 2048*1152".into()],
        pending: Pending::Quit,
    };
    vec![
        ("first", first),
        ("typing", wrote(fox)),
        ("running", with(old(), running())),
        ("done", in_queue(with(with(old(), job(3, Phase::Queued, "tulips in zinc buckets")), done(4, 1)))),
        ("failed", in_queue(with(with(empty(), done(2, 1)), failed(3)))),
        ("violation", violation),
        ("value", typed),
        ("toasts", toasts),
        ("models", over(Dialog::Models(ModelPicker { filter: "im".into(), matches, selected: 1 }))),
        ("confirm", over(Dialog::Confirm(question))),
        ("help", over(Dialog::Help(HelpPage::default()))),
        ("zoom", over(Dialog::Zoom)),
    ]
}

/// The frame and the cursor, where one is shown.
fn draw(state: &State) -> (Buffer, Option<(u16, u16)>) {
    let mut terminal = Terminal::new(TestBackend::new(state.size.0, state.size.1)).unwrap();
    let mut shown = None;
    let frame = terminal
        .draw(|frame| {
            view(state, NOW, frame);
        })
        .unwrap();
    let buffer = frame.buffer.clone();
    if terminal.backend().cursor_visible() {
        let position = terminal.get_cursor_position().unwrap();
        shown = Some((position.x, position.y));
    }
    (buffer, shown)
}

/// The frame as text, and beside it a letter for each distinct style (`.` for none).
fn picture_of(state: &State) -> String {
    let (buffer, cursor) = draw(state);
    let mut styles: Vec<Style> = vec![Style::reset()];
    let (mut text, mut map) = (String::new(), String::new());
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    for y in 0..buffer.area.height {
        let mut hidden = 0;
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if hidden == 0 {
                text.push_str(cell.symbol());
                hidden = widgets::width(cell.symbol());
            }
            hidden = hidden.saturating_sub(1);
            // Pictures are the painter's: here only where they lie.
            let plain = if cell.symbol() == "▀" { Style::new().underlined().bg(Color::White) } else { cell.style() };
            let plain = if plain == Style::new() { Style::reset() } else { plain };
            let at = styles.iter().position(|style| *style == plain).unwrap_or_else(|| {
                styles.push(plain);
                styles.len() - 1
            });
            let default = plain.fg.is_none_or(|fg| fg == Color::Reset)
                && plain.bg.is_none_or(|bg| bg == Color::Reset)
                && plain.add_modifier.is_empty();
            map.push(if default { '.' } else { *letters.get(at.saturating_sub(1)).unwrap_or(&'?') });
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        map.truncate(map.trim_end_matches('.').len());
        map.push('\n');
    }
    let mut legend = String::new();
    for (letter, style) in letters.iter().zip(&styles[1..]) {
        let name = |colour: Option<Color>| colour.filter(|c| *c != Color::Reset).map(|c| c.to_string());
        let bg = name(style.bg).map(|bg| format!("on {bg}")).unwrap_or_default();
        let words = [name(style.fg).unwrap_or_default(), bg, format!("{:?}", style.add_modifier)];
        writeln!(legend, "{letter} {}", words.join(" ").replace("NONE", "").trim()).unwrap();
    }
    format!("{text}cursor {cursor:?}\n\n{map}\n{legend}")
}

/// `PINXIT_...` free by design: prints every screen as escape sequences, to be looked at in a real terminal.
#[test]
#[ignore = "prints frames for the eye: run with --ignored --nocapture"]
fn frames() {
    let looks = [
        ("ink", Depth::True, true),
        ("paper", Depth::True, true),
        ("ink", Depth::Indexed, true),
        ("paper", Depth::Indexed, true),
        ("ink", Depth::Ansi, true),
        ("paper", Depth::Ansi, true),
        ("ink", Depth::Mono, false),
    ];
    for (theme, depth, unicode) in looks {
        for (columns, rows) in [(80, 24), (120, 40), (100, 28), (64, 20), (44, 14), (38, 9)] {
            for (name, mut state) in screens(columns, rows) {
                state.theme = Arc::new(Theme::named(theme, depth).unwrap());
                state.unicode = unicode;
                repaint(&mut state);
                let look = if unicode { "" } else { "-ascii" };
                println!("=== {theme}-{depth}{look}-{columns}x{rows}-{name}");
                print!("{}", ansi(&state));
            }
        }
    }
}

fn ansi(state: &State) -> String {
    let (buffer, cursor) = draw(state);
    let mut out = String::from("\x1b[H\x1b[2J");
    for y in 0..buffer.area.height {
        write!(out, "\x1b[{};1H", y + 1).unwrap();
        let mut hidden = 0;
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if hidden == 0 {
                write!(
                    out,
                    "\x1b[0{}{}{}m{}",
                    sgr(cell.modifier),
                    colour(cell.fg, 30),
                    colour(cell.bg, 40),
                    cell.symbol()
                )
                .unwrap();
                hidden = widgets::width(cell.symbol());
            }
            hidden = hidden.saturating_sub(1);
        }
    }
    match cursor {
        Some((x, y)) => write!(out, "\x1b[0m\x1b[?25h\x1b[{};{}H\n", y + 1, x + 1).unwrap(),
        None => out.push_str("\x1b[0m\x1b[?25l\n"),
    }
    out
}

fn sgr(modifier: Modifier) -> String {
    let known = [
        (Modifier::BOLD, ";1"),
        (Modifier::DIM, ";2"),
        (Modifier::ITALIC, ";3"),
        (Modifier::UNDERLINED, ";4"),
        (Modifier::REVERSED, ";7"),
    ];
    known.iter().filter(|(flag, _)| modifier.contains(*flag)).map(|(_, code)| *code).collect()
}

fn colour(colour: Color, base: u8) -> String {
    match colour {
        Color::Reset => String::new(),
        Color::Rgb(r, g, b) => format!(";{};2;{r};{g};{b}", base + 8),
        Color::Indexed(i) => format!(";{};5;{i}", base + 8),
        named => {
            let names = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "Gray"];
            let bright = [
                "DarkGray",
                "LightRed",
                "LightGreen",
                "LightYellow",
                "LightBlue",
                "LightMagenta",
                "LightCyan",
                "White",
            ];
            let at = |list: [&str; 8]| list.iter().position(|name| *name == named.to_string());
            match (at(names), at(bright)) {
                (Some(i), _) => format!(";{}", usize::from(base) + i),
                (_, Some(i)) => format!(";{}", usize::from(base) + 60 + i),
                _ => String::new(),
            }
        }
    }
}
