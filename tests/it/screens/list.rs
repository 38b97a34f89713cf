//! Every screen worth looking at.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::stage::{NOW, done, editing, failed, gallery, job, painting_of, repaint, searching, story, studio, with};
use crate::studio::keys;
use pinxit::catalog::Catalog;
use pinxit::domain::lineage::{Lineage as Families, Near, arrange};
use pinxit::domain::{
    Batch, BatchId, Billed, Caps, Cost, Counts, Difference, Fault, FaultKind, Format, Found, InputFacts, JobId, Mode,
    Money, Phase, Reference, Region, Row, Secret, Size, Stamp,
};
use pinxit::keymap::Keymap;
use pinxit::tui::action::Actions;
use pinxit::tui::layout;
use pinxit::tui::msg::Msg;
use pinxit::tui::state::{
    Access, AdvicePicker, AgainPage, BoxEditor, BoxNumbers, Browser, Canvas, Compare, Confirm, Corner, Dialog, Edit,
    Editor, ExpansionPage, Header, HelpPage, History, KeyEntry, Line, Lineage, Listing, Log, Look, Made, Manner,
    Mention, ModelPicker, OnShelf, PaletteEditor, Pane, Part, Pending, Picked, PictureEntry, PlanPage, PlanRow,
    PlanSheet, Purpose, RewritePage, RowFilter, Screen, Sheet, Shelf, State, Swatch, ThemePicker, Toast, Tone, Trigger,
    Wanted, Welcome, WordEntry,
};
use pinxit::tui::update::update;

/// A prompt with wide letters, an emoji and a combining mark.
pub const FOX: &str =
    "雪中红狐，宣纸水墨 🦊 a red fox in falling snow, ink wash on rice paper, cafe\u{301} light, one vermilion seal";

/// A screen that is made when it is wanted.
pub type Lazy = Box<dyn FnOnce() -> State>;

macro_rules! lazily {
    ($($name:literal => $state:expr,)+) => { vec![$(($name, Box::new(move || $state) as Lazy)),+] };
}

/// All of them, by name.
pub fn screens(columns: u16, rows: u16) -> Vec<(&'static str, State)> {
    lazily(columns, rows).into_iter().map(|(name, screen)| (name, screen())).collect()
}

/// The same, none of them made yet.
pub fn lazily(columns: u16, rows: u16) -> Vec<(&'static str, Lazy)> {
    let empty = move || studio(columns, rows);
    let mut first = empty();
    first.header = Header { demo: true, ..Header::default() };
    first.ask_above = None;
    let old = move || with(with(empty(), failed(1)), done(2, 1));
    let mut running = job(3, Phase::Running, FOX);
    running.note = "poll 3, next in 4 s".to_owned();
    let matches = Catalog::builtin().models().iter().map(|model| model.id.clone()).collect();
    let question = Confirm {
        title: "This costs more than $0.50".into(),
        lines: vec!["12 pictures x $0.075 = $0.900".into(), "wan2.7-image-pro, sequential, 2048*1152".into()],
        pending: Pending::Quit,
    };
    let over = move |dialog| over(wrote(empty(), FOX), dialog);
    lazily![
        "first" => first,
        "typing" => wrote(empty(), FOX),
        "running" => with(old(), running),
        "done" => in_queue(with(with(old(), job(3, Phase::Queued, "tulips in zinc buckets")), done(4, 1))),
        "failed" => in_queue(with(with(empty(), done(2, 1)), failed(3))),
        "violation" => violation(empty()),
        "value" => value(empty()),
        "toasts" => toasts(empty()),
        "models" => over(Dialog::Models(ModelPicker { filter: Line::new("im"), matches, selected: 1 })),
        "confirm" => over(Dialog::Confirm(question)),
        "help" => over(Dialog::Help(HelpPage::default())),
        "help-found" => pressed(keyed(wrote(empty(), FOX)), "<f1>pause job"),
        "commands" => pressed(keyed(busy(empty())), ":"),
        "commands-found" => pressed(keyed(busy(empty())), ":hold"),
        "jump" => jumping(editing(columns, rows)),
        "following" => following(busy(empty())),
        "zoom" => over(Dialog::Zoom),
        "references" => in_references(wrote(editing(columns, rows), FOX)),
        "folded" => with(wrote(editing(columns, rows), FOX), done(4, 1)),
        "no-pictures" => in_references(needy(empty())),
        "naming" => naming(editing(columns, rows)),
        "palette" => palette(editing(columns, rows)),
        "boxes" => boxes(editing(columns, rows)),
        "boxes-typing" => boxes_typing(editing(columns, rows)),
        "swatches" => swatches(empty()),
        "swatches-empty" => over(Dialog::Palette(PaletteEditor { range: (3, 10), ..PaletteEditor::default() })),
        "browser" => browsing(editing(columns, rows), Shelf::Folders),
        "browser-made" => browsing(with(editing(columns, rows), done(4, 2)), Shelf::Made),
        "browser-unreadable" => unreadable(editing(columns, rows)),
        "beside" => beside(wrote(editing(columns, rows), FOX)),
        "mention" => mention(editing(columns, rows)),
        "advice" => over(Dialog::Advice(advised())),
        "rewrite" => rewritten(empty()),
        "cost" => over(Dialog::Cost),
        "expansion" => expansion(empty(), "{red|grey|snow white} fox in {falling snow|rain}, 雪中红狐, ink wash, one seal"),
        "expansion-trouble" => expansion(empty(), "a {red|{grey} fox"),
        "story" => with(needy(empty()), story(5, Phase::Running)),
        "story-done" => with(needy(empty()), story(5, Phase::Done)),
        "split" => split(empty()),
        "queue" => busy(empty()),
        "queue-empty" => first_queue(empty()),
        "queue-failed" => queue_failed(empty()),
        "queue-fetching" => on(busy(empty()), 1),
        "queue-filter" => filtering(empty()),
        "queue-stop" => stopping(empty()),
        "editing" => changing(empty()),
        "themes" => themes(with(wrote(empty(), FOX), done(4, 1)), "dusk"),
        "welcome" => keyless(empty(), Welcome::Ways { selected: 0 }),
        "welcome-key" => keyless(empty(), Welcome::Key(wrong_key())),
        "welcome-region" => keyless(empty(), Welcome::Region { key: Secret::default(), selected: 1 }),
        "welcome-guide" => keyless(empty(), Welcome::Guide { top: 0 }),
        "batch" => batch(empty()),
        "batch-empty" => first_batch(empty()),
        "batch-failed" => batch_failed(empty()),
        "batch-naming" => naming_rows(batch(empty())),
        "gallery" => gallery(empty(), 40),
        "gallery-names" => names(gallery(empty(), 40)),
        "gallery-empty" => gallery(empty(), 0),
        "gallery-search" => searching(gallery(empty(), 5), "flower model:wan2.7* star:yes"),
        "gallery-nothing" => searching(gallery(empty(), 0), "zebra"),
        "gallery-wrong" => searching(gallery(empty(), 5), "flower star:perhaps"),
        "gallery-tags" => tagging(gallery(empty(), 5)),
        "plan" => planned(first_batch(empty())),
        "plan-wrong" => plan_wrong(first_batch(empty())),
        "history" => over(history("flower", found())),
        "history-none" => over(history("flamingo", Vec::new())),
        "history-peek" => over(peeking(history("flower", found()))),
        "too-long" => too_long(empty()),
        "selected" => selected(empty()),
        "from" => from(empty()),
        "again" => again(empty()),
        "viewer" => viewer(empty()),
        "compare" => comparing(empty(), Manner::Flip),
        "compare-side" => comparing(empty(), Manner::Side),
        "compare-heat" => counted(comparing(empty(), Manner::Heat)),
        "compare-heat-fitted" => fitted(comparing(empty(), Manner::Heat)),
        "compare-gone" => gone_in_compare(comparing(empty(), Manner::Heat)),
        "compare-recipe" => comparing(empty(), Manner::Recipe),
        "lineage" => grove(empty()),
        "lineage-failed" => grove_failed(empty()),
        "lineage-gone" => grove_gone(empty()),
        "lineage-empty" => first_grove(empty()),
        "lineage-found" => grove_found(empty()),
        "lineage-name" => naming_branch(grove(empty())),
    ]
}

/// The pictures of a gallery by name.
fn names(mut state: State) -> State {
    state.gallery.list = true;
    state
}

/// Tags being typed for pictures.
fn tagging(mut state: State) -> State {
    state.gallery.marks.clear();
    state.gallery.tags = Some(Line::new("morning, shop, 夜市, rain"));
    state
}

/// Keys of somebody's own.
fn keyed(mut state: State) -> State {
    let mine = "[normal]\n\"Q\" = \"queue.pause\"\n[jobs]\n\"z\" = \"job.hold\"\n\"ctrl+x h\" = \"job.hold\"\n\"ctrl+x ctrl+f\" = \"job.front\"\n\"ctrl+x d\" = \"job.duplicate\"\n";
    let (keymap, problems) = Keymap::builtin().with_user(mine, "/home/ana/.config/pinxit/keymap.toml", &Actions);
    assert_eq!(problems, []);
    state.keymap = std::sync::Arc::new(keymap);
    state
}

fn pressed(mut state: State, text: &str) -> State {
    for key in keys(text) {
        update(&mut state, NOW, Msg::Key(key));
    }
    state
}

/// Letters on every place.
fn jumping(state: State) -> State {
    let mut state = with(with(wrote(state, FOX), job(1, Phase::Running, FOX)), done(2, 1));
    state.typing = false;
    pressed(state, ";")
}

/// A key that needs more, and time enough for the list of what may follow.
fn following(state: State) -> State {
    let mut state = pressed(keyed(state), "<ctrl+x>");
    if let Some(prefix) = &mut state.prefix {
        prefix.since = Stamp(NOW.0 - 300);
    }
    state
}

pub fn wrote(mut state: State, text: &str) -> State {
    state.compose.prompt = Editor::new(text);
    state
}

/// A search that was answered.
fn history(query: &str, found: Vec<Found>) -> Dialog {
    let (asked, answered) = (Some(query.to_owned()), Some(query.to_owned()));
    Dialog::History(History { query: Line::new(query), found, asked, answered, selected: 1, ..History::default() })
}

fn found() -> Vec<Found> {
    let one = |id: i64, minutes: i64, times, pictures, prompt: &str| {
        let mut request = (*job(id, Phase::Done, prompt).request).clone();
        request.seed = Some(41_870_233);
        request.negative_prompt = "blurry, watermark, extra fingers".into();
        let at = Stamp(NOW.0 - minutes * 60_000);
        let marks = prompt.match_indices("flower").map(|(at, word)| at..at + word.len()).collect();
        Found { job: JobId(id), request: request.into(), at, times, pictures, marks }
    };
    let long = "A cozy shop on the corner of a quiet street, seen through a rainy window at dusk; inside, under a lamp, \
                every flower of the season in zinc buckets, 雪中红狐 on the sign above the door, and a flower girl asleep.\n\
                Shot on 85 mm, soft light, nobody else about.";
    vec![
        one(1042, 0, 1, 0, "a flower market by the harbour"),
        one(1039, 75, 3, 2, long),
        one(7, 60 * 24 * 9, 12, 1, "one flower, ink wash on rice paper, 宣纸水墨"),
    ]
}

fn peeking(dialog: Dialog) -> Dialog {
    let Dialog::History(history) = dialog else { return dialog };
    Dialog::History(History { peek: true, ..history })
}

/// A prompt that is longer than the model reads.
fn too_long(mut state: State) -> State {
    state.compose.request = state.catalog.get("z-image-turbo").unwrap().blank(Mode::TextToImage);
    wrote(state, &format!("{}, and here it ends: 红狐 and the rest", "a red fox in snow ".repeat(44)))
}

fn selected(state: State) -> State {
    let mut state = wrote(state, FOX);
    let at = FOX.find("falling").unwrap();
    state.compose.prompt.go(at, false);
    state.compose.prompt.mark();
    state.compose.prompt.go(at + "falling snow".len(), false);
    state
}

fn from(state: State) -> State {
    let mut state = wrote(with(state, done(4, 1)), FOX);
    state.compose.parent = Some(JobId(4).into());
    (state.pane, state.typing) = (Pane::Prompt, false);
    state
}

/// What was made from what: a family of several steps, one of them a dead end, and others.
fn families() -> Families {
    let made = |id: i64, parent: Option<&str>, prompt: &str, pictures: u32| {
        let mut job = if pictures > 0 { done(id, pictures) } else { failed(id) };
        let mut request = (*job.request).clone();
        (request.prompt, request.seed) = (prompt.to_owned(), Some(41_870_233));
        (job.request, job.parent) = (request.into(), parent.map(|name| name.parse().unwrap()));
        job
    };
    let roses =
        "A cozy flower shop with a delicate wooden door, morning sunlight through the window, roses in zinc buckets";
    let tulips = roses.replace("roses", "tulips").replace("the window", "__mist__");
    let mut jobs = vec![
        made(1031, None, "a flower shop", 4),
        made(1034, Some("1031"), "a cozy flower shop with a wooden door", 2),
        made(1039, Some("1034b"), roses, 1),
        made(1040, Some("1034"), "a shop of glass", 4),
        made(1041, Some("1040"), "a shop of glass at night", 1),
        made(1042, Some("1039a"), &tulips, 2),
        made(1043, Some("1039a"), &roses.replace("roses", "牡丹 peonies"), 0),
        made(1050, None, FOX, 1),
    ];
    (jobs[1].name, jobs[3].hidden) = (Some("wooden door 木门".into()), true);
    Families { rows: arrange(jobs), families: Some(2311), more: true, cut: false }
}

/// The history screen, with the grandchild selected.
fn grove(mut state: State) -> State {
    state.show(Screen::History);
    let Families { rows, families, more, .. } = families();
    let asked = Some((String::new(), 100));
    state.lineage =
        Lineage { rows, families, more, most: 100, asked: asked.clone(), answered: asked, ..Lineage::default() };
    state.lineage.selected = Some(JobId(1042));
    repaint(&mut state);
    state
}

/// A job that failed, beside the picture it was to be made from.
fn grove_failed(state: State) -> State {
    let mut state = grove(state);
    state.lineage.selected = Some(JobId(1043));
    repaint(&mut state);
    state
}

/// A picture whose file is gone.
fn grove_gone(state: State) -> State {
    let mut state = grove(state);
    for (_, cells) in state.lineage.thumbs.iter_mut().filter_map(|thumb| thumb.shown.as_mut()) {
        *cells = Err(Fault::new(FaultKind::Other, "picture_unusable", "it is gone"));
    }
    state
}

fn first_grove(mut state: State) -> State {
    state.show(Screen::History);
    let asked = Some((String::new(), 100));
    state.lineage =
        Lineage { most: 100, families: Some(0), asked: asked.clone(), answered: asked, ..Lineage::default() };
    state
}

fn grove_found(state: State) -> State {
    let mut state = grove(state);
    state.lineage.words = "牡丹".into();
    state.lineage.rows.retain(|kin| kin.job.id.0 != 1050);
    let asked = Some(("牡丹".to_owned(), 100));
    (state.lineage.asked, state.lineage.answered) = (asked.clone(), asked);
    (state.lineage.families, state.lineage.more, state.lineage.selected) = (None, false, Some(JobId(1031)));
    state
}

fn naming_branch(mut state: State) -> State {
    let line = Line::new("autumn 秋");
    state.dialog = Some(Dialog::Word(WordEntry { purpose: Purpose::Name(JobId(1042)), line }));
    state
}

/// One more of a picture, before it is paid for.
fn again(state: State) -> State {
    let mut state = in_queue(with(wrote(state, "a quiet harbour"), done(4, 1)));
    let mut job = done(4, 1);
    job.parent = Some("3b".parse().unwrap());
    let request = pinxit::domain::Request { prompt: FOX.into(), seed: Some(1_151_149_761), ..(*job.request).clone() };
    let page = AgainPage { of: job.id, cost: job.estimate, request, parent: job.parent, exact: false };
    state.dialog = Some(Dialog::Again(Box::new(page)));
    state
}

/// A picture on the whole screen, with everything that is known of it.
fn viewer(state: State) -> State {
    let rows = families().rows;
    let job = |id: i64| rows.iter().find(|kin| kin.job.id.0 == id).unwrap().job.clone();
    let mut child = job(1042);
    child.name = Some("mist".into());
    child.request_id = Some("7f3c2a10-9b1e-4e7a-8f0e-2d1c5b6a7e80".into());
    let mut state = with(with(state, job(1039)), child);
    (state.typing, state.dialog, state.viewer.drawer) = (false, Some(Dialog::Zoom), true);
    let children = vec![JobId(1044), JobId(1047)];
    state.viewer.near.here = Some(Near { of: JobId(1042), job: None, parent: None, children });
    repaint(&mut state);
    state
}

fn comparing(mut state: State, way: Manner) -> State {
    let rows = families().rows;
    let picked = |id: i64| {
        let job = &rows.iter().find(|kin| kin.job.id.0 == id).unwrap().job;
        Picked { image: job.images[0].clone(), request: job.request.clone() }
    };
    let mut compare = Compare { way, ..Compare::new(picked(1039), picked(1042)) };
    let pane = layout::compare_pane(state.size, &compare);
    for (at, sheet) in compare.wanted(pane) {
        let pane = match &sheet {
            Sheet::Part(part) => part.pane,
            Sheet::Heat(heat) => heat.first.pane,
        };
        let cells = painting_of(&state, pane);
        compare.painted[at] = Some((sheet, Ok(Arc::new(cells))));
    }
    (state.typing, state.dialog) = (false, Some(Dialog::Compare(Box::new(compare))));
    state
}

/// How much they differ is known.
fn counted(mut state: State) -> State {
    if let Some(Dialog::Compare(compare)) = &mut state.dialog {
        let sizes = [compare.size(0), compare.size(1)];
        let (other, seen, apart) = (2_250_000, 974_389, 42_880_900);
        compare.difference = Some(Ok(Difference { pixels: 2_359_296, other, seen, apart, sizes }));
    }
    state
}

/// The second picture has another shape.
fn fitted(mut state: State) -> State {
    if let Some(Dialog::Compare(compare)) = &mut state.dialog {
        (compare.pair[1].image.width, compare.pair[1].image.height) = (1280, 1280);
    }
    counted(state)
}

/// The second picture's file is gone.
fn gone_in_compare(mut state: State) -> State {
    if let Some(Dialog::Compare(compare)) = &mut state.dialog {
        let fault = Fault::new(FaultKind::Other, "picture_unusable", "there is no such file");
        compare.difference = Some(Err(fault.clone()));
        if let Some((_, cells)) = &mut compare.painted[2] {
            *cells = Err(fault.hint("Put it back, or make it again from its prompt and settings."));
        }
    }
    state
}

pub fn in_queue(mut state: State) -> State {
    (state.typing, state.pane) = (false, Pane::Queue);
    repaint(&mut state);
    state
}

fn in_references(mut state: State) -> State {
    (state.typing, state.pane, state.references.selected) = (false, Pane::References, 2);
    repaint(&mut state);
    state
}

/// The model that only edits, before any picture.
fn needy(mut state: State) -> State {
    state.compose.request = state.catalog.get("wan2.6-image").unwrap().blank(Mode::Edit);
    wrote(state, "make it evening")
}

fn naming(mut state: State) -> State {
    let listed = ["Old/", "Trips/", "cat.png", "catalogue.jpg", "dog.png"].map(str::to_owned).to_vec();
    let entry = PictureEntry { text: Line::new("~/Pictures/ca"), listed, selected: Some(1), ..PictureEntry::default() };
    (state.typing, state.pane, state.dialog) = (false, Pane::References, Some(Dialog::Picture(entry)));
    state
}

fn palette(state: State) -> State {
    let mut state = wrote(state, "a quiet harbour");
    (state.typing, state.pane) = (false, Pane::Settings);
    let colours = [("#C2D1E6", "23.51%"), ("#E65C45", "40.00%"), ("#5F9F7B", "36.49%")];
    let palette = colours.map(|(hex, ratio)| serde_json::json!({"hex": hex, "ratio": ratio}));
    state.compose.request.options.insert("color_palette".into(), palette.to_vec().into());
    let boxes = serde_json::json!([[[10, 20, 310, 220]], [], []]);
    state.compose.request.options.insert("bbox_list".into(), boxes);
    state.compose.row = row_of(&state, "color_palette");
    state
}

/// A folder, or the pictures made here; one of them marked, the selected one painted.
fn browsing(mut state: State, shelf: Shelf) -> State {
    let folder = PathBuf::from("/home/ana/Pictures/2026 秋天");
    let found = |name: &str, is_folder| OnShelf {
        name: name.into(),
        path: folder.join(name),
        is_folder,
        bytes: 1_340_000,
        size: None,
        about: String::new(),
    };
    let files =
        ["cat.png", "room with a view over the harbour at dusk.jpg", "雪山的黄昏和一条长长的小路.jpg", "fake.jpg"];
    let folders = ["Old", "旅行"].into_iter().map(|name| found(name, true));
    let all: Vec<OnShelf> = folders.chain(files.into_iter().map(|name| found(name, false))).collect();
    let mut browser = Browser { shelf, folder: folder.clone(), selected: 3, ..Browser::default() };
    browser.marks = vec![folder.join(files[2]), folder.join(files[0])];
    let facts =
        InputFacts { format: Format::Png, width: 1706, height: 1279, bytes: 1_340_000, alpha: true, turned: false };
    browser.looks.extend(files.iter().map(|name| (folder.join(name), Look::Seen(facts))));
    let fault = Fault::new(FaultKind::Invalid, "x", "not a picture: it begins like HTML");
    browser.looks.insert(folder.join("fake.jpg"), Look::Failed(fault));
    browser.listing = Listing::Read(all);
    if shelf == Shelf::Made {
        (browser.listing, browser.selected) = (Listing::Read(state.queue.made()), 1);
    }
    let place = layout::browser(state.size).thumb;
    if let Some(path) = browser.chosen().map(|found| found.path.clone()).filter(|_| !place.is_empty()) {
        let pane = (place.width, place.height.min(place.width * 3 / 8));
        let part = Part { path, region: [0, 0, 1706, 1279], pane };
        browser.thumb.shown = Some((part, Ok(Arc::new(painting_of(&state, pane)))));
    }
    (state.typing, state.pane, state.dialog) = (false, Pane::References, Some(Dialog::Browser(Box::new(browser))));
    state
}

fn unreadable(state: State) -> State {
    let mut state = browsing(state, Shelf::Folders);
    if let Some(Dialog::Browser(browser)) = &mut state.dialog {
        let words = "The folder cannot be read: you may not read it.";
        browser.listing = Listing::Unreadable(Fault::new(FaultKind::Invalid, "x", words));
        (browser.thumb.shown, browser.filter, browser.typing) = (None, Line::new("秋"), true);
    }
    state
}

/// The first picture of the request, in the picture pane.
fn beside(mut state: State) -> State {
    (state.typing, state.pane, state.references.selected) = (false, Pane::References, 0);
    let pane = layout::beside(&state);
    let sight = state.beside().unwrap();
    let pane = (pane.width, pane.height.min(pane.width / 3));
    let part = Part { path: sight.path, region: [0, 0, 1200, 800], pane };
    state.references.beside.shown = Some((part, Ok(Arc::new(painting_of(&state, pane)))));
    state
}

fn mention(state: State) -> State {
    let mut state = wrote(state, "雪中红狐 put the cat of image ");
    state.references.mention = Some(Mention { trigger: Trigger::Image, chosen: Some(1) });
    state
}

fn advised() -> AdvicePicker {
    let catalog = Catalog::builtin();
    let mut request = catalog.get("wan2.7-image-pro").unwrap().blank(Mode::TextToImage);
    request.prompt = "a poster that says \"open\"".into();
    AdvicePicker { advice: catalog.advise(&request, Some(Region::Singapore)), ..AdvicePicker::default() }
}

fn rewritten(state: State) -> State {
    let mut job = job(4, Phase::Done, FOX);
    job.images = done(4, 1).images;
    job.actual_prompt = Some(
        FOX.replace("red fox in falling snow", "silver fox standing in deep, softly falling snow") + "，远山如黛，留白",
    );
    let mut state = with(wrote(state, FOX), job);
    (state.typing, state.dialog) = (false, Some(Dialog::Rewrite(RewritePage { job: JobId(4), top: 0 })));
    state
}

/// What the prompt stands for, over the form.
fn expansion(state: State, prompt: &str) -> State {
    let mut state = wrote(state, prompt);
    let made = Made::of(state.expansion_source(), &state.compose.expansion);
    state.compose.expansion.made = made;
    let prompts = state.compose.expansion.prompts(prompt, 1000);
    state.dialog = Some(Dialog::Expansion(ExpansionPage { prompts, selected: 1 }));
    state
}

/// Two boxes on the second picture, the second one selected.
fn boxes(mut state: State) -> State {
    let canvas = |reference: &Reference| Canvas {
        path: match reference {
            Reference::File(path) => Some(path.clone()),
            Reference::Url(_) => None,
        },
        size: None,
        boxes: Vec::new(),
    };
    let mut canvases: Vec<Canvas> = state.compose.request.images.iter().map(canvas).collect();
    canvases[0].size = Some((1200, 800));
    canvases[1] = Canvas {
        size: Some((4000, 3000)),
        boxes: vec![[200, 300, 1500, 1400], [1989, 1515, 3138, 2681]],
        ..canvases[1].clone()
    };
    let mut editor = BoxEditor {
        canvases,
        picture: 1,
        selected: 1,
        corner: Corner { right: true, bottom: true },
        zoom: 0,
        centre: (2000, 1500),
        typed: None,
        bare: false,
        most: 2,
        asked: None,
        shown: None,
    };
    let pane = layout::boxes(state.size).pane;
    let size = (pane.width, pane.height);
    let (path, pane) = (editor.canvas().unwrap().path.clone().unwrap(), editor.cells(size));
    let part = Part { path, region: editor.region(size), pane };
    editor.shown = Some((part, Ok(Arc::new(painting_of(&state, pane)))));
    (state.typing, state.pane, state.dialog) = (false, Pane::References, Some(Dialog::Boxes(editor)));
    state
}

fn boxes_typing(state: State) -> State {
    let mut state = boxes(state);
    if let Some(Dialog::Boxes(editor)) = &mut state.dialog {
        let line = Line::new("49.73,50.5,78.45");
        (editor.typed, editor.bare) = (Some(BoxNumbers { line, percent: true }), true);
    }
    state
}

fn swatches(state: State) -> State {
    let mut state = wrote(state, "a quiet harbour");
    let colours = [("#C2D1E6", 2351, false), ("#E65C45", 4000, true), ("#5F9F7B", 3449, false)];
    let swatch = |(hex, share, locked): (&str, u32, bool)| Swatch { hex: hex.into(), share, locked };
    let swatches = colours.into_iter().map(swatch).collect();
    let editor = PaletteEditor { swatches, selected: 1, range: (3, 10), ..PaletteEditor::default() };
    (state.typing, state.pane, state.dialog) = (false, Pane::Settings, Some(Dialog::Palette(editor)));
    state
}

/// More pictures than one request makes, and a job at its second request.
fn split(state: State) -> State {
    let mut state = wrote(state, "tulips in zinc buckets");
    state.compose.request = state.catalog.get("qwen-image-plus").unwrap().blank(Mode::TextToImage);
    state.compose.request.n = 3;
    let mut job = job(6, Phase::Partial, "tulips in zinc buckets");
    job.request = std::sync::Arc::new(state.compose.snapshot());
    (job.answered, job.expected) = (2, 2);
    job.estimate = job.estimate.for_images(3);
    job.images = done(6, 1).images;
    in_queue(with(state, job))
}

fn on(mut state: State, id: i64) -> State {
    state.queue.selected = Some(JobId(id));
    state
}

fn first_queue(mut state: State) -> State {
    state.show(Screen::Queue);
    state
}

/// Jobs in every corner of a life, the first of them selected.
fn busy(mut state: State) -> State {
    let mut counting = job(3, Phase::Running, "tulips in zinc buckets\nmorning mist");
    counting.note = "the service is busy, next try".into();
    counting.until = Some(Stamp(NOW.0 + 3_200));
    let mut fetching = job(1, Phase::Fetching, "four seasons of one tree, sequential");
    (fetching.note, fetching.expected) = ("3/4 saved".into(), 4);
    fetching.sent = Some(Stamp(NOW.0 - 131_000));
    fetching.estimate = fetching.estimate.for_images(4);
    let mut unsure = job(4, Phase::Unsure, "peonies");
    unsure.fault = Some(
        Fault::new(FaultKind::Unsure, "answer_lost", "The line dropped while the paid call was under way.")
            .billed(Billed::Unknown),
    );
    let mut row = job(9, Phase::Queued, "hero picture, red");
    row.row = Some(Row { batch: BatchId(1), name: "hero-red".into() });
    row.place = 1 << 40;
    let waiting = [
        job(6, Phase::Queued, FOX),
        job(7, Phase::Held, "kept for later"),
        job(8, Phase::Queued, "a quiet harbour at dusk"),
    ];
    let mut front = waiting[2].clone();
    front.place = 2;
    let jobs = [fetching, done(2, 1), counting, unsure, failed(5), waiting[0].clone(), waiting[1].clone(), front, row];
    for job in jobs {
        state.queue.jobs.insert(0, job);
    }
    state.queue.medians.insert("wan2.7-image-pro".into(), Duration::from_secs(17));
    state.queue.selected = Some(JobId(3));
    let lines = [
        ("09:31:02", "queued"),
        ("09:31:02", "getting ready"),
        (
            "09:31:03",
            "sending by asynchronous image-generation; it is written down before it leaves, and never sent twice",
        ),
        ("09:31:04", "the service took it: task 9c1e7a20-54b1-4a6e-9a39-0f8e2b7f3c11"),
        ("09:31:09", "the service is busy (Throttling), next try in 4.0 s"),
    ];
    let lines = lines.map(|(time, text)| (time.to_owned(), text.to_owned())).to_vec();
    state.jobs.log = Log { asked: Some(JobId(3)), job: Some(JobId(3)), lines, back: 0 };
    state.header.set_aside = vec![Money::usd(450_000)];
    state.show(Screen::Queue);
    state
}

/// Paused, limits, a failed job, and some marks.
fn queue_failed(state: State) -> State {
    let mut state = on(busy(state), 5);
    state.queue.paused.all = true;
    state.header.caps = Caps { day: Some(Money::usd(5_000_000)), month: Some(Money::usd(30_000_000)) };
    state.jobs.marks = [JobId(5), JobId(6), JobId(8)].into();
    state
}

fn filtering(state: State) -> State {
    let mut state = busy(state);
    (state.jobs.filter, state.jobs.before) = (Line::new("state:queued !狐"), Some(String::new()));
    state.queue.selected = Some(JobId(8));
    state
}

fn stopping(state: State) -> State {
    let mut state = busy(state);
    let lines = vec![
        "2 jobs: dropped. Nothing was sent, nothing is billed.".to_owned(),
        "#3: at work at the service: this stops the waiting, not the bill.".to_owned(),
    ];
    let pending = Pending::Cancel(vec![JobId(3), JobId(6), JobId(8)]);
    state.dialog = Some(Dialog::Confirm(Confirm { title: "Stop 3 jobs?".into(), lines, pending }));
    state
}

/// A waiting job in the form.
fn changing(state: State) -> State {
    let mut state = wrote(busy(state), "a quiet harbour at dusk, lanterns");
    let draft = state.compose.form();
    state.compose.edit = Some(Edit { job: JobId(8), held: true, anew: false, draft });
    state.queue.paused.models.insert("wan2.7-image-pro".into());
    state.show(Screen::Compose);
    state.typing = true;
    state
}

/// So many rows of a batch, the first ones done.
fn batch(mut state: State) -> State {
    use Phase as P;
    let phases = [P::Done, P::Done, P::Done, P::Failed, P::Unsure, P::Running, P::Running, P::Queued, P::Queued];
    let names = [
        "hero-red",
        "雪山黄昏",
        "a-name-that-goes-on-and-on-for-ever",
        "hero-gold",
        "hero-blue",
        "河边",
        "r7",
        "r8",
        "r9",
    ];
    let mut counts = Counts::default();
    for (id, (phase, name)) in (20..).zip(phases.into_iter().zip(names)) {
        let mut job = if phase == P::Failed { failed(id) } else { job(id, phase, FOX) };
        if phase == P::Done {
            job.images = done(id, 1).images;
            (job.sent, job.ended) = (Some(Stamp(NOW.0 - 60_000)), Some(Stamp(NOW.0 - 42_000)));
        }
        if phase == P::Queued {
            (job.sent, job.place) = (None, id + (1 << 40));
        }
        job.expected = u32::from(phase == P::Done);
        job.row = Some(Row { batch: BatchId(3), name: name.into() });
        counts.add(phase, 1);
        state.queue.jobs.insert(0, job);
    }
    let batch = |id, name: &str, paused, counts| Batch {
        id: BatchId(id),
        name: name.into(),
        source: None,
        created: NOW,
        parallel: Some(2),
        paused,
        counts,
    };
    state.batches.list = vec![
        batch(3, "spring.jsonl", false, counts),
        batch(2, "国画四季.csv", true, Counts { done: 12, waiting: 36, ..Counts::default() }),
        batch(1, "form", false, Counts { done: 6, ..Counts::default() }),
    ];
    state.batches.selected = Some(BatchId(3));
    state.queue.selected = Some(JobId(25));
    state.show(Screen::Batch);
    state
}

fn first_batch(mut state: State) -> State {
    state.show(Screen::Batch);
    state
}

/// Paused, its failed rows alone, one of them selected and marked.
fn batch_failed(state: State) -> State {
    let mut state = on(batch(state), 23);
    state.batches.list[0].paused = true;
    state.batches.rows = RowFilter::Failed;
    state.jobs.marks = [JobId(23)].into();
    state
}

fn naming_rows(mut state: State) -> State {
    let listed = ["Old/", "spring.jsonl", "summer.csv"].map(str::to_owned).to_vec();
    let entry = PictureEntry { text: Line::new("~/s"), wanted: Wanted::Rows, listed, ..PictureEntry::default() };
    state.dialog = Some(Dialog::Picture(entry));
    state
}

fn planned(mut state: State) -> State {
    let row = |number: usize| PlanRow {
        name: if number == 2 { "雪山黄昏".into() } else { format!("hero-{number}") },
        fate: if number == 3 { "finished" } else { "new" },
        model: "wan2.7-image".into(),
        cost: Cost::Known { unit: Money::usd(30_000), images: u32::from(number != 3), basis: "b".into() },
        prompt: FOX.into(),
    };
    let words = [
        "spring.jsonl: 40 rows, 40 pictures, 40 requests",
        "  to send    39 rows, 39 pictures: up to $1.170 (price file, 2026-04)",
        "  finished   1 row, not sent again",
        "  time       about 7 min at 2 in flight (rates of Singapore; wan2.7-image: 5 a second, 2 at once, 20 s a request assumed)",
        "  disk       about 92 MB of 41.2 GB free in /home/ana/Pictures/pinxit",
        "  budget     $0.950 left of $5.000 this day: it does not fit",
        "note: line 7: wildcards are sent as they are written; --wildcards all unfolds them",
    ];
    let sheet = PlanSheet {
        words: words.map(str::to_owned).to_vec(),
        rows: (1..=40).map(row).collect(),
        more: 0,
        sends: 39,
        pictures: 39,
        total: Some(Money::usd(1_170_000)),
    };
    let page = PlanPage { ticket: 1, name: "spring.jsonl".into(), outcome: Some(Ok(sheet)), top: 0 };
    state.dialog = Some(Dialog::Plan(Box::new(page)));
    state
}

fn plan_wrong(mut state: State) -> State {
    let wrong = (1..=30).map(|line| format!("spring.jsonl:{line}: size: 8000*8000 has 64,000,000 pixels; legal: 589,824 to 4,194,304 pixels, sides 512 to 4096"));
    let page = PlanPage { ticket: 1, name: "spring.jsonl".into(), outcome: Some(Err(wrong.collect())), top: 0 };
    state.dialog = Some(Dialog::Plan(Box::new(page)));
    state
}

fn over(state: State, dialog: Dialog) -> State {
    let mut state = with(state, done(3, 1));
    (state.typing, state.dialog) = (false, Some(dialog));
    repaint(&mut state);
    state
}

fn violation(state: State) -> State {
    let mut state = wrote(state, "a long scroll of hills");
    (state.typing, state.pane) = (false, Pane::Settings);
    state.compose.row = row_of(&state, "size");
    state.compose.request.size = Size::Pixels { width: 8192, height: 8192 };
    state
}

fn value(state: State) -> State {
    let mut state = wrote(state, "a long scroll of hills");
    (state.typing, state.pane, state.compose.typed) = (false, Pane::Settings, Some(Line::new("1280x7")));
    state.compose.row = row_of(&state, "size");
    state
}

fn row_of(state: &State, name: &str) -> usize {
    let wanted = pinxit::tui::state::SettingRow::Parameter(name.into());
    state.setting_rows().iter().position(|row| *row == wanted).unwrap()
}

fn toasts(state: State) -> State {
    let mut state = with(wrote(state, FOX), done(3, 2));
    let until = super::stage::NOW;
    state.toasts = vec![
        Toast { text: "Saved #3a and #3b".into(), tone: Tone::Good, until },
        Toast { text: "The disk is nearly full: 180 MB are left for pictures.".into(), tone: Tone::Bad, until },
    ];
    state.compose.request.n = 4;
    state
}

/// Choosing a theme, with one of them on.
pub fn themes(mut state: State, name: &str) -> State {
    let names: Vec<String> = state.looks.themes.names().into_iter().map(str::to_owned).collect();
    let selected = names.iter().position(|known| known == name).unwrap();
    let before = state.theme.clone();
    state.theme = std::sync::Arc::new(state.looks.themes.named(name, before.depth).unwrap());
    state.dialog = Some(Dialog::Themes(ThemePicker { names, selected, before }));
    state
}

/// A studio that was opened without a key.
fn keyless(mut state: State, welcome: Welcome) -> State {
    let file = "/home/ana/.config/pinxit/api_key".to_owned();
    state.access = Access { missing: true, asks_region: true, file, ..Access::default() };
    state.typing = false;
    state.dialog = Some(Dialog::Welcome(welcome));
    state
}

fn wrong_key() -> KeyEntry {
    let typed = Secret::new("sk-sp-0123456789abcdef0123456789".to_owned());
    let wrong = typed.flaw().map(str::to_owned);
    KeyEntry { typed, wrong, doubted: false }
}
