//! The lane between the studio's frames and a model of the terminal.

use std::sync::Arc;

use image::{Rgba, RgbaImage};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::super::model::Model;
use super::super::pace::PROBE;
use super::super::screen::Screen;
use super::*;
use crate::graphics::{Canvas, Pane, cells, is_spot};

fn canvas(protocol: Protocol) -> Canvas {
    Canvas { protocol: Some(protocol), places: true, cell: (10, 20), ..Canvas::none("") }
}

fn picture(seed: u32, side: u32) -> RgbaImage {
    RgbaImage::from_fn(side, side, |x, y| {
        let noise = (x * 31 + y * 17 + seed * 7919).wrapping_mul(2_654_435_761) >> 26;
        Rgba([(x + seed * 40) as u8, (y * 2) as u8, (noise * 3) as u8, 255])
    })
}

/// A terminal, what goes to it, and pictures.
struct Rig {
    model: Model,
    screen: Screen,
    lane: Lane,
    stock: Stock,
    /// Bytes of each write of a picture's piece.
    pieces: Vec<usize>,
    arrived: Vec<Id>,
    count: u32,
}

impl Rig {
    fn new(size: (u16, u16), protocol: Protocol) -> Rig {
        let stock = Stock::default();
        let mut screen = Screen::new(size.0, size.1, true);
        screen.draw_beneath(protocol != Protocol::Kitty);
        let lane = Lane::new(stock.clone(), Pace::new(None));
        Rig {
            model: Model::new(size.0, size.1),
            screen,
            lane,
            stock,
            pieces: Vec::new(),
            arrived: Vec::new(),
            count: 0,
        }
    }

    /// Makes a picture ready: the cells to show.
    fn ready(&mut self, protocol: Protocol, seed: u32, pane: (u16, u16)) -> (Id, Buffer) {
        let pane = Pane { columns: pane.0, rows: pane.1, filled: false };
        let ready = canvas(protocol).ready(&picture(seed, 200), pane, 1_000_000).expect("room");
        self.count += 1;
        let id = Id::coloured(77, self.count);
        let cells = cells(ready.columns, ready.rows, id);
        self.stock.put(id, Item { ready: Arc::new(ready), better: None });
        (id, cells)
    }

    fn frame(&mut self, view: impl FnOnce(&mut Frame)) {
        self.screen.know(self.lane.held());
        if let Some(bytes) = self.screen.frame(view) {
            self.model.write(&bytes);
        }
        let blanked = self.screen.take_blanked();
        self.lane.see(self.screen.sights(), blanked);
    }

    /// Sends so many pieces at most; how many went.
    fn send(&mut self, most: usize) -> usize {
        for sent in 0..most {
            let screen = &self.screen;
            let above = |place, sight| screen.above(place, sight);
            let Some(bytes) = self.lane.next(Instant::now(), screen.area(), &above) else {
                return sent;
            };
            self.pieces.push(bytes.len());
            self.model.write(&bytes);
            // As the loop does it.
            let arrived = self.lane.arrived();
            self.screen.know(self.lane.held());
            for id in &arrived {
                let shows = self.screen.reveal(*id, usize::MAX);
                self.model.write(&shows);
            }
            self.arrived.extend(arrived);
            for _ in 0..std::mem::take(&mut self.model.asked) {
                self.lane.pace.answered(Instant::now());
            }
        }
        most
    }
}

fn put(frame: &mut Frame, cells: &Buffer, (x, y): (u16, u16)) {
    let area = frame.area();
    for (at, cell) in cells.content().iter().enumerate() {
        let (dx, dy) = cells.pos_of(at);
        if x + dx < area.width && y + dy < area.height {
            frame.buffer_mut()[(x + dx, y + dy)] = cell.clone();
        }
    }
}

#[test]
fn pictures_in_sight_are_sent_in_small_pieces_and_no_others() {
    let mut rig = Rig::new((80, 24), Protocol::Kitty);
    let (one, cells) = rig.ready(Protocol::Kitty, 1, (20, 10));
    rig.ready(Protocol::Kitty, 2, (20, 10));
    assert_eq!(rig.send(99), 0, "nothing is in sight");
    rig.frame(|frame| put(frame, &cells, (3, 2)));
    assert!(rig.send(99) > 1);
    assert_eq!(rig.model.held, [one.number()].into());
    assert!(rig.pieces.iter().all(|length| *length <= 4096 + 80 + PROBE.len()), "{:?}", rig.pieces);
    assert_eq!(rig.arrived, [one]);
    assert_eq!(rig.lane.spent() as usize + rig.pieces.len() * PROBE.len(), rig.pieces.iter().sum::<usize>());
    assert!(rig.lane.is_at_rest() && rig.lane.wait(Instant::now()).is_none());
    // It stays there while it is out of sight, and is not sent again.
    rig.frame(|_| ());
    rig.frame(|frame| put(frame, &cells, (5, 2)));
    assert_eq!(rig.send(99), 0);
    rig.lane.resend();
    assert!(rig.send(99) > 1);
    assert!(!rig.lane.farewell().is_empty());
}

#[test]
fn what_is_not_wanted_any_more_is_taken_back() {
    let mut rig = Rig::new((80, 24), Protocol::Kitty);
    let (one, first) = rig.ready(Protocol::Kitty, 1, (20, 10));
    let (two, second) = rig.ready(Protocol::Kitty, 2, (20, 10));
    rig.frame(|frame| put(frame, &first, (0, 0)));
    rig.send(1);
    rig.frame(|frame| put(frame, &second, (0, 0)));
    // The model knows that two pictures at once are a mistake.
    rig.send(99);
    assert_eq!(rig.model.held, [two.number()].into());
    assert!(!rig.arrived.contains(&one));
    let bytes = rig.lane.farewell();
    rig.model.write(&bytes);
    assert!(rig.model.held.is_empty());
}

#[test]
fn the_first_stage_is_followed_by_the_second_and_then_forgotten() {
    let mut rig = Rig::new((80, 24), Protocol::Kitty);
    let (whole, better) = rig.ready(Protocol::Kitty, 1, (20, 10));
    let mut ready = Ready::clone(&rig.stock.get(whole).expect("ready").ready);
    ready.first = Some(ready.pieces[0][..500].to_vec());
    let ready = Arc::new(ready);
    rig.stock.put(whole, Item { ready: Arc::clone(&ready), better: None });
    let first = Id::coloured(78, 1);
    rig.stock.put(first, Item { ready, better: Some(whole) });
    let cells = cells(20, 10, first);
    rig.frame(|frame| put(frame, &cells, (0, 0)));
    assert_eq!(rig.send(1), 1);
    assert_eq!(rig.arrived, [first]);
    rig.send(99);
    assert_eq!(rig.arrived, [first, whole]);
    assert_eq!(rig.model.held.len(), 2);
    rig.frame(|frame| put(frame, &better, (0, 0)));
    rig.send(99);
    assert_eq!(rig.model.held, [whole.number()].into());
}

#[test]
fn the_terminal_is_left_a_number_of_pictures_the_last_ones() {
    let mut rig = Rig::new((80, 24), Protocol::Kitty);
    let mut last = Vec::new();
    for seed in 0..70 {
        let (id, cells) = rig.ready(Protocol::Kitty, seed, (2, 1));
        rig.frame(|frame| put(frame, &cells, (0, 0)));
        rig.send(99);
        last.push(id.number());
    }
    assert_eq!((rig.model.held.len(), rig.model.most), (MOST, MOST));
    assert!(last[6..].iter().all(|id| rig.model.held.contains(id)));
}

#[test]
fn nothing_goes_where_nobody_looks() {
    let mut rig = Rig::new((80, 24), Protocol::Kitty);
    let (one, cells) = rig.ready(Protocol::Kitty, 1, (20, 10));
    rig.frame(|frame| put(frame, &cells, (0, 0)));
    rig.send(99);
    rig.lane.hide(true, false, Instant::now());
    assert_eq!(rig.send(99), 0);
    rig.lane.hide(false, false, Instant::now());
    assert!(rig.send(99) == 0 && rig.lane.wait(Instant::now()).is_some_and(|wait| wait > DRAWS / 2), "not at once");
    // It was some time ago.
    rig.lane.hide(true, false, Instant::now() - DRAWS);
    rig.lane.hide(false, false, Instant::now() - DRAWS);
    assert!(rig.send(99) > 0, "it may have been lost");
    assert!(rig.model.held.contains(&one.number()));
    // Where it cannot be lost, what was begun is ended, and nothing else is sent.
    let (two, more) = rig.ready(Protocol::Kitty, 2, (20, 10));
    let (_, last) = rig.ready(Protocol::Kitty, 3, (20, 10));
    rig.frame(|frame| put(frame, &more, (0, 0)));
    assert_eq!(rig.send(1), 1);
    rig.lane.hide(true, true, Instant::now());
    assert!(rig.send(99) > 0 && rig.model.held.contains(&two.number()));
    rig.frame(|frame| put(frame, &last, (0, 0)));
    assert_eq!(rig.send(99), 0);
    rig.lane.hide(false, true, Instant::now());
    rig.frame(|frame| {
        put(frame, &cells, (0, 0));
        put(frame, &more, (30, 0));
    });
    assert_eq!(rig.send(99), 0, "both are there");
}

#[test]
fn bands_are_drawn_around_what_covers_them_and_mended_when_it_goes() {
    for protocol in [Protocol::Iterm, Protocol::Sixel] {
        let mut rig = Rig::new((60, 20), protocol);
        let (_, cells) = rig.ready(protocol, 1, (20, 13));
        let popup = |frame: &mut Frame| {
            let area = Rect::new(6, 4, 8, 3);
            frame.render_widget(Clear, area);
            frame.render_widget(Paragraph::new("over\nthe\npicture"), area);
        };
        let under = |frame: &mut Frame| put(frame, &cells, (4, 2));
        // The popup is there first, then the picture comes.
        rig.frame(|frame| {
            under(frame);
            popup(frame);
        });
        assert_eq!(rig.send(99), 2, "{protocol:?}: two bands of six rows and less");
        let over = rig.model.cells().into_iter().filter(|(_, seen)| seen.over.is_some()).count();
        assert_eq!(over, 20 * 10 - 8 * 3, "{protocol:?}");
        rig.frame(under);
        assert_eq!(rig.send(99), 1, "the covered band alone");
        let over = rig.model.cells().into_iter().filter(|(_, seen)| seen.over.is_some()).count();
        assert_eq!(over, 20 * 10, "{protocol:?}");
        rig.frame(|_| ());
        assert!(rig.model.cells().is_empty());
        assert_eq!(rig.send(99), 0);
    }
}

/// What a screen should show.
#[derive(Debug, Clone)]
struct Scene {
    size: (u16, u16),
    pictures: Vec<(usize, (u16, u16))>,
    popups: Vec<Rect>,
    scroll: u16,
}

fn show(scene: &Scene, cells: &[Buffer], frame: &mut Frame) {
    let lines: Vec<String> = (0..40).map(|line| format!("line {} of a long text", line + scene.scroll)).collect();
    frame.render_widget(Paragraph::new(lines.join("\n")), frame.area());
    for (which, (x, y)) in &scene.pictures {
        put(frame, &cells[*which], (*x, y.saturating_sub(scene.scroll)));
    }
    for area in &scene.popups {
        let area = area.intersection(frame.area());
        frame.render_widget(Clear, area);
        frame.render_widget(Paragraph::new("a page of help").block(Block::bordered()), area);
    }
}

#[test]
fn whatever_happened_the_screen_is_as_if_drawn_afresh() {
    let mut state = 0x2545_f491_u32;
    let mut dice = move |sides: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % sides
    };
    for protocol in [Protocol::Kitty, Protocol::Iterm, Protocol::Sixel] {
        for round in 0..20 {
            let mut scene = Scene { size: (70, 22), pictures: vec![(0, (2, 3))], popups: vec![], scroll: 0 };
            let mut rig = Rig::new(scene.size, protocol);
            let cells: Vec<Buffer> =
                (0..3).map(|seed| rig.ready(protocol, seed, (16 + seed as u16 * 4, 9)).1).collect();
            for _ in 0..30 {
                let spot = (dice(50) as u16, 1 + dice(12) as u16);
                match dice(8) {
                    0 | 1 => scene.popups.push(Rect::new(spot.0, spot.1, 4 + dice(20) as u16, 3 + dice(6) as u16)),
                    2 | 3 => drop(scene.popups.pop()),
                    4 => scene.scroll = dice(4) as u16,
                    5 => scene.pictures = vec![(dice(3) as usize, spot)],
                    6 => scene.pictures = Vec::new(),
                    _ => {
                        scene.size = (50 + dice(40) as u16, 16 + dice(14) as u16);
                        rig.model.resize(scene.size.0, scene.size.1);
                        rig.screen.restart(scene.size.0, scene.size.1);
                    }
                }
                rig.frame(|frame| show(&scene, &cells, frame));
                rig.send(dice(4) as usize);
            }
            rig.send(999);
            let mut fresh = Rig::new(scene.size, protocol);
            (fresh.stock, fresh.lane) = (rig.stock.clone(), Lane::new(rig.stock.clone(), Pace::new(None)));
            fresh.frame(|frame| show(&scene, &cells, frame));
            fresh.send(999);
            let words = |model: &Model| {
                let told = |(at, seen): ((u16, u16), &super::super::model::Seen)| {
                    let spot = is_spot(&seen.symbol).then(|| seen.style.clone());
                    format!("{at:?} {} {:?} {:?}", seen.symbol, seen.over, spot)
                };
                model.cells().into_iter().map(told).collect::<Vec<_>>()
            };
            let (is, wanted) = (words(&rig.model), words(&fresh.model));
            let wrong: Vec<_> = is.iter().filter(|cell| !wanted.contains(cell)).take(5).collect();
            let lacking: Vec<_> = wanted.iter().filter(|cell| !is.contains(cell)).take(5).collect();
            assert!(
                wrong.is_empty() && lacking.is_empty(),
                "{protocol:?} {round}: {wrong:?} for {lacking:?}\n{scene:?}"
            );
            if protocol == Protocol::Kitty {
                let shown = rig.screen.sights().iter().map(|sight| sight.id.number());
                assert_eq!(rig.model.holes(shown), Vec::<u32>::new());
            }
        }
    }
}
