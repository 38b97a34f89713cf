//! Paints pictures on a thread of its own, by whatever means the terminal has. The newest wish goes first; of those it
//! overtakes a few are kept, the others dropped. What it overtakes is looked at again before cells are made.
//!
//! Where pixels can be sent, the cells it gives only say where a picture lies; the picture itself goes into the stock,
//! from where the lane takes it once those cells are on the screen.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use image::RgbaImage;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::mpsc::UnboundedSender;

use super::cache::Cache;
use super::pace::Speed;
use super::panic;
use super::screen;
use super::stock::{Item, Stock};
use super::ways::{Means, Way};
use crate::domain::{Depth, Fault, FaultKind, ImageId, text};
use crate::graphics::{self, Glyphs, Id, Ready, Terminal};
use crate::picture::{self, Unusable};
use crate::tui::msg::{Msg, Painted, PaintedPart};
use crate::tui::state::{HeatPart, Part};

mod desk;
mod place;

use desk::{Shared, Work};
use place::{key, pane};

/// Painted pictures kept, while they have no more cells or bytes than these.
const KEPT: usize = 200;

/// A cell takes 56 bytes or so.
const CELLS: usize = 200_000;

/// Bytes of pictures made ready.
const BYTES: usize = 64 << 20;

/// A picture that takes longer comes in two stages.
const PATIENCE: Duration = Duration::from_millis(300);

/// What to paint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// A picture of ours.
    Whole {
        /// Which.
        image: ImageId,
        /// Its file.
        path: PathBuf,
        /// Columns and rows of the pane.
        pane: (u16, u16),
    },
    /// A part of a picture file.
    Part(Part),
    /// Where two pictures differ.
    Heat(Box<HeatPart>),
}

impl Wish {
    fn path(&self) -> &Path {
        match self {
            Wish::Whole { path, .. } | Wish::Part(Part { path, .. }) => path,
            Wish::Heat(heat) => &heat.first.path,
        }
    }

    fn pane(&self) -> (u16, u16) {
        match self {
            Wish::Whole { pane, .. } | Wish::Part(Part { pane, .. }) => *pane,
            Wish::Heat(heat) => heat.first.pane,
        }
    }

    /// The answer to this wish.
    fn answered(self, cells: Result<Arc<Buffer>, Fault>) -> Msg {
        match self {
            Wish::Whole { image, pane, .. } => Msg::Painted(Painted { image, pane, cells }),
            Wish::Part(part) => Msg::PaintedPart(PaintedPart { part, cells }),
            Wish::Heat(heat) => Msg::PaintedHeat { heat, cells },
        }
    }
}

/// Decodes what is wished for to at most so many pixels.
type Open = Box<dyn Fn(&Wish, u32, u32) -> Result<RgbaImage, Unusable> + Send>;

/// Hands wishes to the thread; dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Painter {
    shared: Arc<Shared>,
}

/// What the painter works with.
#[derive(Debug, Clone)]
pub(super) struct Tools {
    /// Where pictures made ready go.
    pub stock: Stock,
    /// How fast the line is.
    pub speed: Speed,
    /// Bytes a picture may cost, where the user says.
    pub cap: Option<usize>,
    /// Where they are kept between one start and the next.
    pub cache: Option<PathBuf>,
    /// What makes its numbers differ from other programs'.
    pub salt: u32,
}

impl Painter {
    /// Starts the thread, which paints nothing before it is told by what means.
    pub fn start(tools: Tools, send: UnboundedSender<Msg>) -> io::Result<Painter> {
        let open = |wish: &Wish, width, height| match wish {
            Wish::Whole { path, .. } => picture::open_fit(path, width, height),
            Wish::Part(Part { path, region, .. }) => picture::open_part(path, *region, width, height),
            Wish::Heat(heat) => {
                let part = |part: &Part| picture::open_part(&part.path, part.region, width, height);
                picture::heat(&part(&heat.first)?, part(&heat.second)?)
            }
        };
        Painter::with(tools, send, Box::new(open))
    }

    fn with(tools: Tools, send: UnboundedSender<Msg>, open: Open) -> io::Result<Painter> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new().name("painter".into()).spawn(move || {
            let cache = tools.cache.as_deref().map(Cache::open);
            let mut easel = Easel { shared: theirs, tools, cache, open, means: None, kept: VecDeque::new(), count: 0 };
            while let Some(work) = easel.shared.next() {
                if easel.work(work).into_iter().any(|painted| send.send(painted).is_err()) {
                    return;
                }
            }
        })?;
        Ok(Painter { shared })
    }

    /// Wishes for a picture.
    pub fn paint(&self, wish: Wish) {
        self.shared.tell(|desk| desk.wish(wish));
    }

    /// From now on pictures are painted by these means; those somebody still shows are painted anew.
    pub fn turn(&self, means: Means) {
        self.shared.tell(|desk| {
            desk.turned |= desk.means.as_ref() != Some(&means);
            desk.means = Some(means);
        });
    }

    /// The terminal has these whole.
    pub fn arrived(&self, ids: Vec<Id>) {
        self.shared.tell(|desk| desk.arrived.extend(ids));
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        self.shared.tell(|desk| desk.closed = true);
    }
}

/// A picture painted before.
struct Kept {
    wish: Wish,
    cells: Arc<Buffer>,
    /// Its number, where pixels are sent.
    id: Option<Id>,
    /// The cells of its first stage, while the second is not in the terminal.
    first: Option<Arc<Buffer>>,
    /// All its numbers.
    ids: Vec<Id>,
    bytes: usize,
}

impl Kept {
    /// Whether somebody shows it, or may.
    fn is_held(&self) -> bool {
        let held = |cells: &Arc<Buffer>| Arc::strong_count(cells) > 1;
        held(&self.cells) || self.first.as_ref().is_some_and(held)
    }

    /// What is shown of it now.
    fn shown(&self) -> Arc<Buffer> {
        Arc::clone(self.first.as_ref().unwrap_or(&self.cells))
    }
}

/// What the thread works with.
struct Easel {
    shared: Arc<Shared>,
    tools: Tools,
    cache: Option<Cache>,
    open: Open,
    means: Option<Means>,
    /// Newest last.
    kept: VecDeque<Kept>,
    /// Numbers given so far.
    count: u32,
}

impl Easel {
    fn work(&mut self, work: Work) -> Vec<Msg> {
        match work {
            Work::Turn(means) => {
                self.turn(means);
                Vec::new()
            }
            Work::Arrived(ids) => ids.into_iter().filter_map(|id| self.arrived(id)).collect(),
            Work::Paint(turn, wish) => self.paint(turn, wish).into_iter().collect(),
        }
    }

    /// Wishes anew for all that somebody still shows, and forgets the rest.
    fn turn(&mut self, means: Means) {
        let kept = std::mem::take(&mut self.kept);
        kept.iter().flat_map(|kept| &kept.ids).for_each(|id| self.tools.stock.forget(*id));
        let again: Vec<Wish> = kept.into_iter().filter(Kept::is_held).map(|kept| kept.wish).collect();
        let mut desk = self.shared.lock();
        let newer = std::mem::take(&mut desk.wishes).into_iter().map(|(_, wish)| wish);
        again.into_iter().chain(newer).for_each(|wish| desk.wish(wish));
        drop(desk);
        self.means = Some(means);
    }

    /// The second stage of a picture is in the terminal: what is shown turns to it.
    fn arrived(&mut self, id: Id) -> Option<Msg> {
        let kept = self.kept.iter_mut().find(|kept| kept.id == Some(id))?;
        kept.first.take()?;
        Some(kept.wish.clone().answered(Ok(Arc::clone(&kept.cells))))
    }

    /// Paints, or takes what was painted before. `None`: overtaken.
    fn paint(&mut self, turn: u64, wish: Wish) -> Option<Msg> {
        if let Some(kept) = self.kept.iter().position(|kept| kept.wish == wish).and_then(|at| self.kept.remove(at)) {
            let cells = kept.shown();
            self.kept.push_back(kept);
            return Some(wish.answered(Ok(cells)));
        }
        // A decoder that fails over a damaged file is that picture's fault, not the screen's end.
        let painted = catch_unwind(AssertUnwindSafe(|| self.fresh(turn, &wish)))
            .unwrap_or_else(|payload| Some(Err(panic::fault(payload.as_ref(), "painting a picture"))))?;
        let cells = painted.map(|kept| {
            let cells = kept.shown();
            self.kept.push_back(kept);
            self.sweep();
            cells
        });
        Some(wish.answered(cells))
    }

    /// Forgets pictures nobody shows, the oldest first, until the rest is few enough.
    fn sweep(&mut self) {
        loop {
            let cells: usize = self.kept.iter().map(|kept| kept.cells.content.len()).sum();
            let bytes: usize = self.kept.iter().map(|kept| kept.bytes).sum();
            if self.kept.len() <= KEPT && cells <= CELLS && bytes <= BYTES {
                return;
            }
            // The newest is on its way to whoever asked.
            let last = self.kept.len().saturating_sub(1);
            let oldest = self.kept.iter().take(last).position(|kept| !kept.is_held());
            let Some(kept) = oldest.and_then(|at| self.kept.remove(at)) else { return };
            kept.ids.iter().for_each(|id| self.tools.stock.forget(*id));
        }
    }

    fn fresh(&mut self, turn: u64, wish: &Wish) -> Option<Result<Kept, Fault>> {
        if self.shared.is_overtaken(turn, wish) {
            return None;
        }
        let means = self.means.clone()?;
        let (columns, rows) = wish.pane();
        let cap = self.tools.cap.unwrap_or_else(|| self.tools.speed.cap());
        let blank = columns == 0 || rows == 0 || cap == 0 || means.way == Way::Cells(Glyphs::None);
        if blank {
            return Some(Ok(kept_cells(wish, Buffer::empty(Rect::ZERO))));
        }
        let pixels = matches!(means.way, Way::Pixels(_));
        match if pixels { self.ready((turn, wish), &means, cap)? } else { Ok(None) } {
            Ok(Some(ready)) => Some(Ok(self.numbered(wish, &means, ready))),
            Ok(None) => self.cells((turn, wish), &means, cap),
            Err(fault) => Some(Err(fault)),
        }
    }

    /// What is sent of a picture; `Ok(None)` where a cap is too small for any of it. `None`: overtaken.
    fn ready(&mut self, (turn, wish): (u64, &Wish), means: &Means, cap: usize) -> Option<Result<Option<Ready>, Fault>> {
        let pane = pane(wish);
        let key = self.cache.as_ref().and_then(|_| key(wish, means, pane, cap));
        if let (Some(cache), Some(key)) = (&self.cache, &key)
            && let Some(ready) = cache.get(key)
        {
            return Some(Ok(Some(ready)));
        }
        let (width, height) = means.canvas.pane_pixels(pane);
        let opened = (self.open)(wish, width, height);
        if self.shared.is_overtaken(turn, wish) {
            return None;
        }
        let made = opened.map(|picture| means.canvas.ready(&picture, pane, cap));
        if let (Ok(Some(ready)), Some(cache), Some(key)) = (&made, &mut self.cache, &key) {
            cache.put(key, ready);
        }
        Some(made.map_err(|error| unusable(wish.path(), &error)))
    }

    /// Gives what is sent a number, or two where it comes in two stages, and makes the cells that stand for it.
    fn numbered(&mut self, wish: &Wish, means: &Means, ready: Ready) -> Kept {
        let (columns, rows, bytes) = (ready.columns, ready.rows, ready.weight());
        let staged = ready.first.is_some() && self.tools.speed.takes(ready.weight() * 4 / 3) > PATIENCE;
        let ready = Arc::new(ready);
        let mut number = |better| {
            self.count += 1;
            let new = if means.canvas.tmux { Id::of } else { Id::coloured };
            let id = new(self.tools.salt, self.count);
            self.tools.stock.put(id, Item { ready: Arc::clone(&ready), better });
            (id, Arc::new(graphics::cells(columns, rows, id)))
        };
        let (id, cells) = number(None);
        let first = staged.then(|| number(Some(id)));
        let ids = [id].into_iter().chain(first.as_ref().map(|(id, _)| *id)).collect();
        let first = first.map(|(_, cells)| cells);
        Kept { wish: wish.clone(), cells, id: Some(id), first, ids, bytes }
    }

    /// Cells made of text.
    fn cells(&self, (turn, wish): (u64, &Wish), means: &Means, cap: usize) -> Option<Result<Kept, Fault>> {
        let (columns, rows) = wish.pane();
        // Twice the pixels the cells can show: the last step down is made in linear light, where it counts.
        let across = if means.terminal.glyphs == Glyphs::Quadrants { 4 } else { 2 };
        let opened = (self.open)(wish, u32::from(columns) * across, u32::from(rows) * 4);
        if self.shared.is_overtaken(turn, wish) {
            return None;
        }
        Some(match opened {
            Ok(picture) => Ok(kept_cells(wish, within(cap, &picture, (columns, rows), &means.terminal))),
            Err(error) => Err(unusable(wish.path(), &error)),
        })
    }
}

fn kept_cells(wish: &Wish, cells: Buffer) -> Kept {
    Kept { wish: wish.clone(), cells: Arc::new(cells), id: None, first: None, ids: Vec::new(), bytes: 0 }
}

/// Cells that cost no more than `cap` bytes on the line: with fewer colours, then with letters, then with fewer cells.
fn within(cap: usize, picture: &RgbaImage, (columns, rows): (u16, u16), terminal: &Terminal) -> Buffer {
    let with = |glyphs, depth: Depth| Terminal { glyphs, depth: depth.min(terminal.depth), ..terminal.clone() };
    let cheap = terminal.glyphs == Glyphs::HalfBlocks && terminal.depth >= Depth::Indexed;
    let looks = [
        Some(terminal.clone()),
        cheap.then(|| with(Glyphs::Quadrants, Depth::Indexed)),
        Some(with(Glyphs::Ascii, terminal.depth)),
        Some(with(Glyphs::Ascii, Depth::Mono)),
    ];
    for look in looks.into_iter().flatten() {
        let cells = graphics::paint(picture, columns, rows, &look);
        if screen::cost(&cells) <= cap {
            return cells;
        }
    }
    let (mut columns, mut rows) = (columns, rows);
    while columns > 1 && rows > 1 {
        (columns, rows) = (columns * 3 / 4, rows * 3 / 4);
        let cells = graphics::paint(picture, columns, rows, &with(Glyphs::Ascii, Depth::Mono));
        if screen::cost(&cells) <= cap {
            return cells;
        }
    }
    Buffer::empty(Rect::ZERO)
}

fn unusable(path: &Path, error: &Unusable) -> Fault {
    let kind = match error {
        Unusable::Io(error) => error.kind(),
        _ => io::ErrorKind::Other,
    };
    let (words, hint) = match kind {
        io::ErrorKind::NotFound => (
            format!("The file was moved or deleted: {}.", path.display()),
            "Put it back, or make it again from its prompt and settings.",
        ),
        io::ErrorKind::PermissionDenied => {
            (format!("You may not read {}.", path.display()), "Give yourself the right to read it, then open it again.")
        }
        _ => (format!("{} cannot be shown: {error}.", path.display()), "The file is left as it is."),
    };
    Fault::new(FaultKind::Other, "picture_unusable", text::clean(&words)).hint(hint)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use image::Rgba;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::super::pace::Pace;
    use super::*;
    use crate::domain::JobId;
    use crate::graphics::{Canvas, Protocol, Spot};

    fn id(index: u32) -> ImageId {
        ImageId { job: JobId(1), index }
    }

    fn wish(index: u32) -> Wish {
        Wish::Whole { image: id(index), path: PathBuf::from(format!("{index}.png")), pane: (20, 10) }
    }

    fn means(way: Way) -> Means {
        let (depth, glyphs) = (Depth::True, if let Way::Cells(glyphs) = way { glyphs } else { Glyphs::HalfBlocks });
        let terminal = Terminal { depth, glyphs, unicode: true, tmux: false, ssh: false, reasons: Vec::new() };
        let protocol = if let Way::Pixels(protocol) = way { Some(protocol) } else { None };
        Means { way, canvas: Canvas { protocol, places: true, ..Canvas::none("") }, terminal }
    }

    const BLOCKS: Way = Way::Cells(Glyphs::HalfBlocks);
    const KITTY: Way = Way::Pixels(Protocol::Kitty);

    fn tools() -> Tools {
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
            let path = wish.path();
            opens.send(path.to_owned()).expect("the test listens");
            gone.recv().expect("the test lets go on");
            match path.to_str() {
                Some("noise.png") => Ok(noise(width, height)),
                Some("7.png") => Err(Unusable::Damaged("cut short".into())),
                Some("8.png") => panic!("the decoder gave up"),
                _ => Ok(RgbaImage::from_pixel(width, height, Rgba([200, 40, 40, 255]))),
            }
        };
        (Painter::with(tools, send, Box::new(open)).expect("a thread"), painted, opened, go)
    }

    fn next(painted: &mut UnboundedReceiver<Msg>) -> Painted {
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
    fn nothing_is_opened_where_nothing_can_be_shown() {
        let (send, mut painted) = unbounded_channel();
        let open: Open = Box::new(|wish, _, _| panic!("{} was opened", wish.path().display()));
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
}
