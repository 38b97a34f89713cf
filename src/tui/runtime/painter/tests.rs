//! What is painted when, and what is not painted again.

use std::sync::mpsc;

use image::Rgba;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::super::pace::Pace;
use super::*;
use crate::domain::JobId;
use crate::graphics::{Canvas, Protocol, Spot};
use crate::picture::Unusable;

pub(super) fn id(index: u32) -> ImageId {
    ImageId { job: JobId(1), index }
}

fn wish(index: u32) -> Wish {
    Wish::Whole { image: id(index), path: PathBuf::from(format!("{index}.png")), pane: (20, 10) }
}

pub(super) fn means(way: Way) -> Means {
    let (depth, glyphs) = (Depth::True, if let Way::Cells(glyphs) = way { glyphs } else { Glyphs::HalfBlocks });
    let terminal = Terminal { depth, glyphs, unicode: true, tmux: false, ssh: false, reasons: Vec::new() };
    let protocol = if let Way::Pixels(protocol) = way { Some(protocol) } else { None };
    Means { way, canvas: Canvas { protocol, places: true, ..Canvas::none("") }, terminal }
}

const BLOCKS: Way = Way::Cells(Glyphs::HalfBlocks);
pub(super) const KITTY: Way = Way::Pixels(Protocol::Kitty);
pub(super) const ITERM: Way = Way::Pixels(Protocol::Iterm);

pub(super) fn tools() -> Tools {
    let (stock, speed) = (Stock::default(), Pace::new(None).speed());
    Tools { stock, speed, cap: None, cache: None, salt: 7 }
}

fn noise(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let mixed = x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263);
        let value = (mixed ^ mixed >> 13).wrapping_mul(1_274_126_177);
        Rgba([(value >> 24) as u8, (value >> 16) as u8, (value >> 8) as u8, 255])
    })
}

/// A painter whose decoder says which file it opens and goes on when told.
fn painter() -> (Painter, UnboundedReceiver<Msg>, mpsc::Receiver<PathBuf>, mpsc::Sender<()>) {
    let (painter, painted, opened, go) = painter_of(tools());
    painter.turn(means(BLOCKS));
    (painter, painted, opened, go)
}

/// One that is not told yet by what means.
fn painter_of(tools: Tools) -> (Painter, UnboundedReceiver<Msg>, mpsc::Receiver<PathBuf>, mpsc::Sender<()>) {
    let (send, painted) = unbounded_channel();
    let (opens, opened) = mpsc::channel();
    let (go, gone) = mpsc::channel();
    let open = move |wish: &Wish, width: u32, height: u32| {
        let (Wish::Whole { path, .. } | Wish::Part(Part { path, .. })) = wish else { panic!("{wish:?}") };
        opens.send(path.clone()).expect("the test listens");
        gone.recv().expect("the test lets go on");
        match path.to_str() {
            Some("noise.png") => Ok(noise(width, height)),
            Some("7.png") => Err(unusable(path, &Unusable::Damaged("cut short".into()))),
            Some("8.png") => panic!("the decoder gave up"),
            _ => Ok(RgbaImage::from_pixel(width, height, Rgba([200, 40, 40, 255]))),
        }
    };
    (Painter::with(tools, send, Box::new(open)).expect("a thread"), painted, opened, go)
}

pub(super) fn next(painted: &mut UnboundedReceiver<Msg>) -> Painted {
    match painted.blocking_recv() {
        Some(Msg::Painted(painted)) => painted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_newest_goes_first_and_of_many_the_oldest_are_dropped() {
    let (painter, mut painted, opened, go) = painter();
    painter.paint(wish(0));
    assert_eq!(opened.recv().expect("opened"), PathBuf::from("0.png"));
    // While the first is being decoded, three more are wished for.
    for index in 1..=3 {
        painter.paint(wish(index));
    }
    for index in [3, 2] {
        go.send(()).expect("decoding");
        assert_eq!(opened.recv().expect("opened"), PathBuf::from(format!("{index}.png")));
    }
    go.send(()).expect("decoding");
    let first = next(&mut painted);
    assert_eq!((first.image, first.pane), (id(3), (20, 10)));
    assert_eq!(first.cells.expect("cells").area.width, 20);
    assert_eq!(next(&mut painted).image, id(2));
    assert!(painted.try_recv().is_err() && opened.try_recv().is_err());
}

#[test]
fn nothing_is_painted_before_it_is_known_by_what_means() {
    let (painter, mut painted, opened, go) = painter_of(tools());
    painter.paint(wish(0));
    go.send(()).expect("decoding");
    assert!(painted.try_recv().is_err() && opened.try_recv().is_err());
    painter.turn(means(BLOCKS));
    assert_eq!(next(&mut painted).image, id(0));
}

#[test]
fn what_is_still_shown_is_painted_anew_by_other_means() {
    let tools = tools();
    let (painter, mut painted, _opened, go) = painter_of(tools.clone());
    painter.turn(means(KITTY));
    go.send(()).expect("decoding");
    go.send(()).expect("decoding");
    painter.paint(wish(0));
    let first = next(&mut painted).cells.expect("cells");
    let seen = Spot::of(&first.content[0]).expect("a place for a picture").id;
    assert!(tools.stock.get(seen).is_some());
    // The second one is not shown by anybody any more.
    painter.paint(wish(1));
    drop(next(&mut painted).cells);
    go.send(()).expect("decoding");
    painter.turn(means(BLOCKS));
    let again = next(&mut painted);
    assert_eq!(again.image, id(0));
    assert!(Spot::of(&again.cells.expect("cells").content[0]).is_none());
    assert!(tools.stock.get(seen).is_none());
    assert!(painted.try_recv().is_err());
    drop(first);
}

#[test]
fn on_a_slow_line_a_picture_comes_in_two_stages() {
    let speed = Pace::new(Some(300 * 1024)).speed();
    let (painter, mut painted, _opened, go) = painter_of(Tools { speed, ..tools() });
    painter.turn(means(KITTY));
    go.send(()).expect("decoding");
    let part = Part { path: "noise.png".into(), region: [0, 0, 800, 800], pane: (90, 40) };
    painter.paint(Wish::Part(part));
    let Some(Msg::PaintedPart(PaintedPart { cells, .. })) = painted.blocking_recv() else { panic!("a part") };
    let first = Spot::of(&cells.expect("cells").content[0]).expect("a place").id;
    // Numbers are given in order: the whole first.
    let whole = Id::coloured(7, 1);
    assert_eq!(first, Id::coloured(7, 2));
    painter.arrived(vec![first, whole]);
    let Some(Msg::PaintedPart(PaintedPart { cells, .. })) = painted.blocking_recv() else { panic!("a part") };
    assert_eq!(Spot::of(&cells.expect("cells").content[0]).expect("a place").id, whole);
}

#[test]
fn cells_keep_the_cap_too() {
    let noise = noise(320, 320);
    let terminal = means(BLOCKS).terminal;
    for cap in [1_000_000, 64 * 1024, 8 * 1024, 1024, 100, 0] {
        let cells = within(cap, &noise, (80, 40), &terminal);
        let cost = screen::cost(&cells);
        assert!(cost <= cap, "{cost} of {cap}");
        assert_eq!(cells.area.is_empty(), cap == 0, "{cap}");
    }
}

#[test]
fn a_picture_shown_before_is_not_opened_again() {
    let (painter, mut painted, opened, go) = painter();
    for index in [0, 1] {
        painter.paint(wish(index));
        go.send(()).expect("decoding");
        next(&mut painted);
    }
    painter.paint(wish(0));
    assert_eq!(next(&mut painted).image, id(0));
    assert_eq!(opened.try_iter().count(), 2);
}

#[test]
fn what_may_come_next_is_made_ready_at_rest_alone_and_shown_to_nobody() {
    let (painter, mut painted, opened, go) = painter();
    painter.foresee(vec![wish(1), wish(2), wish(4)]);
    painter.paint(wish(0));
    go.send(()).expect("decoding");
    assert_eq!(next(&mut painted).image, id(0));
    assert_eq!(opened.try_iter().count(), 1, "something is still to be sent");
    painter.rest(true);
    assert_eq!(opened.recv().expect("opened"), PathBuf::from("1.png"));
    // While it is being decoded, something is wished for: that goes first, and what it overtook is not forgotten.
    painter.paint(wish(3));
    for index in [3, 1, 2, 4] {
        go.send(()).expect("decoding");
        assert_eq!(opened.recv().expect("opened"), PathBuf::from(format!("{index}.png")));
    }
    assert_eq!(next(&mut painted).image, id(3), "of the others nobody is told");
    // While the last one is being decoded, the user turns to the others.
    painter.paint(wish(1));
    painter.paint(wish(2));
    go.send(()).expect("decoding");
    for index in [2, 1] {
        assert_eq!(next(&mut painted).image, id(index));
    }
    let again = |path: &PathBuf| path.ends_with("1.png") || path.ends_with("2.png");
    assert!(!opened.try_iter().any(|path| again(&path)), "nothing is decoded when they are turned to");
}

/// The number a picture of kitty's was painted under.
fn number(painted: Painted) -> Id {
    Spot::of(&painted.cells.expect("cells").content[0]).expect("a place for a picture").id
}

#[test]
fn the_same_picture_under_two_names_is_made_ready_and_sent_once() {
    let home = tempfile::tempdir().expect("a folder");
    let path = |name: &str| home.path().join(name);
    std::fs::write(path("a.png"), b"the decoder is a stand-in").expect("written");
    std::fs::copy(path("a.png"), path("b.png")).expect("copied");
    let wish = |index, name: &str| Wish::Whole { image: id(index), path: path(name), pane: (20, 10) };
    let cache = || Some(home.path().join("cache"));
    let (painter, mut painted, opened, go) = painter_of(Tools { cache: cache(), ..tools() });
    painter.turn(means(KITTY));
    go.send(()).expect("decoding");
    painter.paint(wish(0, "a.png"));
    let first = next(&mut painted);
    painter.paint(wish(1, "b.png"));
    let second = next(&mut painted);
    assert_eq!((first.image, second.image), (id(0), id(1)));
    assert_eq!(number(first), number(second), "one entry, sent once");
    assert_eq!(opened.try_iter().count(), 1);
    // Another start finds it under either name.
    let (later, mut painted, opened_later, _go) = painter_of(Tools { cache: cache(), ..tools() });
    later.turn(means(KITTY));
    later.paint(wish(1, "b.png"));
    assert!(next(&mut painted).cells.is_ok());
    assert_eq!(opened_later.try_iter().count(), 0);
}

#[test]
fn a_file_written_over_is_painted_anew_whatever_its_size_and_time_say() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("a.png");
    std::fs::write(&path, b"one").expect("written");
    let before = std::fs::metadata(&path).expect("there").modified().expect("a time");
    let wish = || Wish::Whole { image: id(0), path: path.clone(), pane: (20, 10) };
    for way in [KITTY, BLOCKS] {
        let cache = Some(home.path().join("cache"));
        let (painter, mut painted, opened, go) = painter_of(Tools { cache, ..tools() });
        painter.turn(means(way));
        for bytes in [b"two", b"six"] {
            let mut file = std::fs::File::options().write(true).open(&path).expect("opened");
            std::io::Write::write_all(&mut file, bytes).expect("written over");
            file.set_modified(before).expect("as if nothing had been");
            drop(file);
            go.send(()).expect("decoding");
            painter.paint(wish());
            assert!(next(&mut painted).cells.is_ok());
        }
        painter.paint(wish());
        assert!(next(&mut painted).cells.is_ok());
        assert_eq!(opened.try_iter().count(), 2, "{way:?}");
    }
}

#[test]
fn nothing_is_opened_where_nothing_can_be_shown() {
    let (send, mut painted) = unbounded_channel();
    let open: Open = Box::new(|wish, _, _| panic!("{wish:?} was opened"));
    let painter = Painter::with(tools(), send, open).expect("a thread");
    painter.turn(means(Way::Cells(Glyphs::None)));
    painter.paint(wish(0));
    assert!(next(&mut painted).cells.expect("cells, none of them").area.is_empty());
}

#[test]
fn damaged_files_and_decoders_that_fail_are_faults_and_painting_goes_on() {
    let (painter, mut painted, _opened, go) = painter();
    for (index, code) in [(7, "picture_unusable"), (8, "panic")] {
        painter.paint(wish(index));
        go.send(()).expect("decoding");
        assert_eq!(next(&mut painted).cells.expect_err("no cells").code, code);
    }
    painter.paint(wish(0));
    go.send(()).expect("decoding");
    assert!(next(&mut painted).cells.is_ok());
}

#[test]
fn of_two_pictures_compared_the_one_that_is_gone_is_named() {
    let home = tempfile::tempdir().expect("a folder");
    let part = |name: &str| Part { path: home.path().join(name), region: [0, 0, 8, 8], pane: (4, 2) };
    noise(8, 8).save(home.path().join("here.png")).expect("saved");
    let (send, mut painted) = unbounded_channel();
    let painter = Painter::start(tools(), send).expect("a thread");
    for (way, names) in [(KITTY, ["here.png", "gone.png"]), (BLOCKS, ["gone.png", "here.png"])] {
        painter.turn(means(way));
        let [first, second] = names.map(part);
        painter.paint(Wish::Heat(Box::new(HeatPart { first, second })));
        let Some(Msg::PaintedHeat { cells, .. }) = painted.blocking_recv() else { panic!("an answer") };
        let fault = cells.expect_err("one is gone");
        assert!(fault.message.contains("gone.png") && !fault.message.contains("here.png"), "{}", fault.message);
    }
}
