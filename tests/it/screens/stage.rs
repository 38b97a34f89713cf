//! Studios and jobs to draw.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use pinxit::catalog::Catalog;
use pinxit::domain::{
    Caps, Card, Cost, Depth, Fault, FaultKind, Format, Image, ImageId, InputFacts, Job, JobId, Mode, Money, Passage,
    Phase, Reference, Region, Size, Stamp,
};
use pinxit::keymap::Keymap;
use pinxit::theme::Theme;
use pinxit::tui::layout::{Grove, Layout, layout, picture_pane};
use pinxit::tui::state::{Line, Look, Opening, Part, Screen, Shown, State};

pub const NOW: Stamp = Stamp(1_795_340_000_000);

/// The studio as it opens: nothing typed, nothing made.
pub fn studio(columns: u16, rows: u16) -> State {
    let mut state = State::new(Opening {
        catalog: Arc::new(Catalog::builtin()),
        keymap: Arc::new(Keymap::builtin()),
        theme: Arc::new(Theme::named("ink", Depth::True).unwrap()),
        unicode: true,
        model: "wan2.7-image-pro".into(),
        ask_above: Some(Money::usd(500_000)),
        caps: Caps::NONE,
        region: Region::Singapore,
        demo: false,
        styles: Arc::new(pinxit::prompt::style::Styles::builtin()),
        lists: Vec::new(),
        dice: 1,
        draft: None,
    });
    state.size = (columns, rows);
    state.compose.request.size = Size::Pixels { width: 2048, height: 1152 };
    state.header.spent_today = vec![Money::usd(420_000)];
    state.header.spent_month = vec![Money::usd(18_400_000)];
    state
}

/// The studio about to edit: a picture of our own, one that must be mended, one that is gone.
pub fn editing(columns: u16, rows: u16) -> State {
    let mut state = studio(columns, rows);
    state.compose.request = state.catalog.get("wan2.7-image-pro").unwrap().blank(Mode::Edit);
    let seen = |format, width, height, bytes, alpha| {
        Look::Seen(InputFacts { format, width, height, bytes, alpha, turned: false })
    };
    for (path, look) in [
        ("/home/ana/Pictures/cat.png", seen(Format::Png, 1200, 800, 340_000, true)),
        ("/home/ana/Pictures/雪山的黄昏和一条长长的小路.jpg", seen(Format::Jpeg, 4000, 3000, 5_210_000, false)),
        ("/mnt/share/2026/harbour/dog.webp", gone()),
    ] {
        state.compose.request.images.push(Reference::File(path.into()));
        state.references.looks.insert(path.into(), look);
    }
    state
}

fn gone() -> Look {
    Look::Failed(Fault::new(FaultKind::Invalid, "picture_unusable", "there is no such file"))
}

/// A story of three pictures, two of them here.
pub fn story(id: i64, phase: Phase) -> Job {
    let mut job = job(id, phase, "how to brew green tea, step by step");
    let mut request = Catalog::builtin().get("wan2.6-image").unwrap().blank(Mode::Interleave);
    request.prompt.clone_from(&job.request.prompt);
    job.request = Arc::new(request);
    let text = |words: &str| Passage::Text(words.to_owned());
    job.story = vec![
        text(
            "# Green tea in three steps\n\nWarm the pot first: pour in a little hot water, turn it once, and pour it out. 温杯洁具。",
        ),
        Passage::Picture(0),
        text("Add two spoons of leaves. They should lie loose and dry; a good tea smells of cut grass."),
        Passage::Picture(1),
        text("Pour water of eighty degrees over them and wait for two minutes."),
        Passage::Picture(2),
    ];
    job.images = done(id, if phase == Phase::Done { 3 } else { 1 }).images;
    job.expected = job.images.len() as u32;
    if phase == Phase::Done {
        job.document =
            Some(PathBuf::from("/home/ana/Pictures/pinxit/2026-11-22/093114-wan26-how-to-brew-green-tea/story.md"));
    } else {
        job.story.truncate(4);
    }
    job
}

pub fn job(id: i64, phase: Phase, prompt: &str) -> Job {
    let catalog = Catalog::builtin();
    let mut request = catalog.get("wan2.7-image-pro").unwrap().blank(Mode::TextToImage);
    request.prompt = prompt.to_owned();
    let sent = Stamp(NOW.0 - 11_400);
    let estimate = Cost::Known { unit: Money::usd(75_000), images: 1, basis: "price file, 2026-04".to_owned() };
    Job {
        phase,
        since: sent,
        sent: Some(sent),
        ended: phase.is_ended().then(|| Stamp(sent.0 + 2_140)),
        billed_images: (phase == Phase::Done).then_some(1),
        expected: 1,
        ..Job::queued(JobId(id), Arc::new(request), estimate, Stamp(NOW.0 - 12_000))
    }
}

pub fn failed(id: i64) -> Job {
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
pub fn done(id: i64, pictures: u32) -> Job {
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
pub fn painting(state: &State) -> Buffer {
    let (columns, rows) = picture_pane(state).unwrap_or((1, 1));
    let rows = rows.min((columns * 9 / 32).max(1));
    painting_of(state, (columns.min(rows * 32 / 9 + 1), rows))
}

/// The same in exactly so many columns and rows.
pub fn painting_of(state: &State, (columns, rows): (u16, u16)) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
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
pub fn with(mut state: State, job: Job) -> State {
    state.queue.selected = Some(job.id);
    state.preview.wanted = job.images.first().map(|image| image.id);
    state.queue.jobs.insert(0, job);
    repaint(&mut state);
    state
}

pub fn repaint(state: &mut State) {
    let cells = Arc::new(painting(state));
    let pane = picture_pane(state).unwrap_or_default();
    state.preview.shown = state.preview.wanted.map(|image| Shown { image, pane, cells: Ok(cells) });
    hang(state);
}

/// The gallery's small pictures, but for the last one in sight, which is on its way; or those beside the tree.
fn hang(state: &mut State) {
    let wall = match layout(state) {
        Layout::Gallery(wall) => wall,
        Layout::History(grove) => return hang_in_grove(state, &grove),
        _ => return,
    };
    let parts = wall.parts(state);
    let (columns, rows) = wall.pane();
    let high = rows.min((columns * 9 / 32).max(1));
    let cells = Arc::new(painting_of(state, (columns, high)));
    let painted = parts.iter().take(parts.len().saturating_sub(1));
    state.gallery.thumbs.shown = painted.map(|part| (part.clone(), Ok(cells.clone()))).collect();
}

fn hang_in_grove(state: &mut State, grove: &Grove) {
    let sights = state.sights_in_grove().unwrap_or_default();
    for (at, (sight, pane)) in sights.into_iter().zip(grove.pictures).enumerate() {
        let Some(sight) = sight.filter(|_| !pane.is_empty()) else { continue };
        let pane = (pane.width, pane.height.min(pane.width * 9 / 32));
        let part = Part { path: sight.path, region: [0, 0, sight.size.0, sight.size.1], pane };
        state.lineage.thumbs[at].shown = Some((part, Ok(Arc::new(painting_of(state, pane)))));
    }
}

/// A gallery of so many pictures, the newest first, some of them thought well of.
pub fn gallery(mut state: State, count: u32) -> State {
    state.show(Screen::Gallery);
    state.gallery.cards = (0..count).map(|nth| card(1042 - i64::from(nth) / 2, nth)).collect();
    state.gallery.read = Some(Default::default());
    (state.gallery.count, state.gallery.more) = (Some(2311), count > 0);
    if count > 2 {
        let cards = &mut state.gallery.cards;
        (cards[0].star, cards[2].rejected, cards[1].children) = (true, true, 2);
        cards[0].tags = vec!["morning".into(), "夜市".into(), "shop".into()];
        cards[0].parent = Some(ImageId { job: JobId(1039), index: 0 }.into());
        cards[0].project = Some("flower-shop".into());
        state.gallery.marks.insert(cards[1].image.id);
    }
    if count == 0 {
        state.gallery.count = Some(0);
    }
    hang(&mut state);
    state
}

/// The same while something is looked for.
pub fn searching(mut state: State, text: &str) -> State {
    state.gallery.before = Some(String::new());
    state.gallery.search = Line::new(text);
    match text.parse() {
        Ok(query) => state.gallery.read = Some(query),
        Err(wrong) => state.gallery.wrong = Some(wrong),
    }
    hang(&mut state);
    state
}

fn card(job: i64, nth: u32) -> Card {
    let made = done(job, 2);
    let image = made.images[nth as usize % 2].clone();
    let path = PathBuf::from(format!("/home/ana/Pictures/pinxit/2026-11-22/093114-wan27pro-flower-shop-{nth}.png"));
    let words = if nth.is_multiple_of(2) {
        "A cozy flower shop with a delicate wooden door"
    } else {
        "雪中红狐，宣纸水墨 🦊"
    };
    let mut request = (*made.request).clone();
    request.prompt = format!("{words}, morning sunlight through mist, shot on 85mm, take {nth}");
    Card {
        image: Image { path, ..image },
        request: Arc::new(request),
        asked: made.created,
        took: Some(std::time::Duration::from_millis(18_200)),
        price: Some(Money::usd(75_000)),
        ..crate::sample::card(job, nth)
    }
}
