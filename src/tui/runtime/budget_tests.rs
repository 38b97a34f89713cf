//! What goes over the line, as the pen writes it: painted pictures, and a queue at work.

use image::{Rgba, RgbaImage};
use ratatui::Frame;
use ratatui::layout::Rect;

use super::screen::Screen;
use crate::catalog::Catalog;
use crate::domain::{Caps, Cost, Depth, Job, JobId, Mode, Phase, Region, Request, Stamp};
use crate::graphics::{Glyphs, Terminal, paint};
use crate::keymap::Keymap;
use crate::theme::Theme;
use crate::tui::msg::{Changed, Msg};
use crate::tui::state::{Opening, Screen as Shown, State};
use crate::tui::update::{update, wake_at};
use crate::tui::view::view;

/// A picture with what photographs have: soft sky, a sun, hills with edges, and texture at several scales.
fn photo() -> RgbaImage {
    let hash = |x: i32, y: i32, seed: i32| {
        let mut h = (x.wrapping_mul(374_761_393)).wrapping_add(y.wrapping_mul(668_265_263)).wrapping_add(seed);
        h = (h ^ (h >> 13)).wrapping_mul(1_274_126_177);
        f64::from((h ^ (h >> 16)) & 0xffff) / 65535.0
    };
    let smooth = |x: f64, y: f64, seed: i32| {
        let (xi, yi) = (x.floor(), y.floor());
        let ease = |t: f64| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - xi), ease(y - yi));
        let at = |dx: i32, dy: i32| hash(xi as i32 + dx, yi as i32 + dy, seed);
        let (upper, lower) = (at(0, 0) * (1.0 - u) + at(1, 0) * u, at(0, 1) * (1.0 - u) + at(1, 1) * u);
        upper * (1.0 - v) + lower * v
    };
    let texture = |x: f64, y: f64, seed: i32| {
        (0..6).map(|i| smooth(x * f64::from(1 << i), y * f64::from(1 << i), seed + i) / f64::from(1 << i)).sum::<f64>()
            / 2.0
    };
    RgbaImage::from_fn(320, 320, |px, py| {
        let (x, y) = (f64::from(px) / 320.0, f64::from(py) / 320.0);
        let hill = 0.55 + 0.15 * (texture(x * 3.0, 0.5, 7) - 0.5) * 2.0;
        let sun = (1.0 - ((x - 0.7).hypot(y - 0.25) / 0.12).powi(4)).clamp(0.0, 1.0);
        let grain = (texture(x * 6.0, y * 6.0, 40) + 0.6 * texture(x * 40.0, y * 40.0, 60)) / 1.4;
        let (r, g, b) = if y < hill {
            (60.0 + 150.0 * y + 120.0 * sun, 110.0 + 90.0 * y + 90.0 * sun, 190.0 - 40.0 * y + 10.0 * sun)
        } else {
            (30.0 + 150.0 * grain, 50.0 + 140.0 * grain * y, 20.0 + 90.0 * grain * grain)
        };
        let cloud = (texture(x * 2.0, y * 6.0, 90) - 0.45).max(0.0) * 200.0;
        let value = |v: f64| (v + if y < hill { cloud } else { 0.0 }).clamp(0.0, 255.0) as u8;
        Rgba([value(r), value(g), value(b), 255])
    })
}

fn cost(photo: &RgbaImage, depth: Depth, glyphs: Glyphs) -> usize {
    let terminal = Terminal { depth, glyphs, unicode: true, tmux: false, ssh: false, reasons: Vec::new() };
    let cells = paint(photo, 80, 40, &terminal);
    assert_eq!(cells.area, Rect::new(0, 0, 80, 40));
    let show = |frame: &mut Frame| frame.buffer_mut().merge(&cells);
    let bytes = Screen::new(80, 40, true).frame(show).expect("a picture is a frame");
    if let Ok(folder) = std::env::var("LOOK") {
        std::fs::write(format!("{folder}/{depth}-{glyphs:?}.ans"), &bytes).expect("look");
        photo.save(format!("{folder}/photo.png")).expect("look");
    }
    eprintln!("{depth} {glyphs:?}: {} bytes", bytes.len());
    bytes.len()
}

#[test]
fn pictures_keep_to_their_budget() {
    let photo = photo();
    assert!(cost(&photo, Depth::True, Glyphs::HalfBlocks) <= 120_000);
    assert!(cost(&photo, Depth::Indexed, Glyphs::HalfBlocks) <= 55_000);
    assert!(cost(&photo, Depth::Ansi, Glyphs::HalfBlocks) <= 55_000);
    assert!(cost(&photo, Depth::Mono, Glyphs::HalfBlocks) <= 12_000);
    assert!(cost(&photo, Depth::True, Glyphs::Ascii) <= 60_000);
    assert!(cost(&photo, Depth::Ansi, Glyphs::Ascii) <= 20_000);
    assert!(cost(&photo, Depth::Mono, Glyphs::Ascii) <= 4_000);
}

/// The queue screen with 500 jobs at work and 500 behind them.
fn crowd(size: (u16, u16), now: Stamp) -> State {
    let mut state = State::new(Opening {
        catalog: Catalog::builtin().into(),
        keymap: Keymap::builtin().into(),
        theme: Theme::named("ink", Depth::True).expect("a theme of ours").into(),
        unicode: true,
        model: "wan2.6-t2i".into(),
        ask_above: None,
        caps: Caps::NONE,
        region: Region::Singapore,
        demo: false,
        dice: 1,
    });
    let mut request = Request::new("wan2.6-t2i".into(), Mode::TextToImage);
    request.prompt = "雪中红狐 a red fox in falling snow, ink wash on rice paper".into();
    let request = std::sync::Arc::new(request);
    let job = |id: i64| Job::queued(JobId(id), request.clone(), Cost::Unknown { images: 1 }, now);
    let live = |id: i64| Job { phase: Phase::Running, sent: Some(Stamp(now.0 - id * 137)), ..job(id) };
    let medians = [("wan2.6-t2i".into(), std::time::Duration::from_secs(17))].into();
    let jobs = (1..=500).map(live).chain((501..=1000).map(job)).collect();
    update(&mut state, now, Msg::Resize(size.0, size.1));
    update(&mut state, now, Msg::Changed(Changed { jobs, medians, ..Changed::default() }));
    state.show(Shown::Queue);
    state
}

#[test]
fn five_hundred_live_jobs_cost_a_trickle() {
    let mut now = Stamp(1_795_339_800_000);
    for size in [(80, 24), (120, 40)] {
        let mut state = crowd(size, now);
        let mut screen = Screen::new(size.0, size.1, true);
        screen.frame(|frame| view(&state, now, frame)).expect("a first frame");
        let (end, mut bytes, mut draws) = (now.0 + 60_000, 0, 0);
        while now.0 < end {
            let span = wake_at(&state, now).expect("ages are in sight");
            now = now.after(span);
            update(&mut state, now, Msg::Wake);
            bytes += screen.frame(|frame| view(&state, now, frame)).map_or(0, |frame| frame.len());
            draws += 1;
        }
        eprintln!("{size:?}: {bytes} bytes and {draws} draws a minute");
        assert!(bytes <= 20_000, "{size:?}: {bytes} bytes a minute");
        assert!(draws <= 61, "{size:?}: {draws} draws a minute");
    }
}
