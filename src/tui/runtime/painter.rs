//! Paints pictures on a thread of its own, by whatever means the terminal has. The newest wish goes first; of those it
//! overtakes a few are kept, the others dropped. What it overtakes is looked at again before cells are made.
//!
//! Where pixels can be sent, the cells it gives only say where a picture lies; the picture itself goes into the stock,
//! from where the lane takes it once those cells are on the screen.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
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
use crate::domain::{Depth, Fault, ImageId};
use crate::graphics::{self, Glyphs, Grid, Id, Ready, Terminal};
use crate::picture;
use crate::tui::msg::{Msg, Painted, PaintedPart};
use crate::tui::state::{HeatPart, Part};

mod content;
mod desk;
mod kept;
mod place;
mod trouble;

use content::Contents;
use desk::{AHEAD, Shared, Work};
use kept::{Kept, kept_cells};
use place::{key, pane};
use trouble::unusable;

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

/// Decodes what is wished for to at most so many pixels; or says which file is no picture to us.
type Open = Box<dyn Fn(&Wish, u32, u32) -> Result<RgbaImage, Fault> + Send>;

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
        let open = |wish: &Wish, width, height| {
            let part = |Part { path, region, .. }: &Part| {
                picture::open_part(path, *region, width, height).map_err(|error| unusable(path, &error))
            };
            match wish {
                Wish::Whole { path, .. } => {
                    picture::open_fit(path, width, height).map_err(|error| unusable(path, &error))
                }
                Wish::Part(it) => part(it),
                Wish::Heat(heat) => picture::heat(&part(&heat.first)?, part(&heat.second)?)
                    .map_err(|error| unusable(&heat.second.path, &error)),
            }
        };
        Painter::with(tools, send, Box::new(open))
    }

    fn with(tools: Tools, send: UnboundedSender<Msg>, open: Open) -> io::Result<Painter> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new().name("painter".into()).spawn(move || {
            let cache = tools.cache.as_deref().map(Cache::open);
            let (contents, kept) = (Contents::default(), VecDeque::new());
            let mut easel =
                Easel { shared: theirs, tools, cache, contents, open, means: None, kept, heavy: Vec::new(), count: 0 };
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

    /// These may be wished for next; in place of those that were.
    pub fn foresee(&self, wishes: Vec<Wish>) {
        self.shared.tell(|desk| desk.ahead = wishes.into());
    }

    /// Whether nothing of a picture is still to be sent.
    pub fn rest(&self, rests: bool) {
        self.shared.tell(|desk| desk.rests = rests);
    }

    /// The line does not bear this one: it is painted anew, for what a picture may cost now.
    pub fn lighten(&self, id: Id) {
        self.shared.tell(|desk| desk.heavy.push(id));
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

/// What the thread works with.
struct Easel {
    shared: Arc<Shared>,
    tools: Tools,
    cache: Option<Cache>,
    contents: Contents,
    open: Open,
    means: Option<Means>,
    /// Newest last.
    kept: VecDeque<Kept>,
    /// Too heavy for the line, and shown until they are painted anew.
    heavy: Vec<Kept>,
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
            Work::Arrived(ids) => ids.into_iter().flat_map(|id| self.arrived(id)).collect(),
            Work::Lighten(ids) => {
                ids.into_iter().for_each(|id| self.lighten(id));
                Vec::new()
            }
            Work::Foresee(wish) => {
                self.paint(AHEAD, wish);
                Vec::new()
            }
            Work::Paint(turn, wish) => self.paint(turn, wish).into_iter().collect(),
        }
    }

    /// Paints, or takes what was painted before. `None`: overtaken.
    fn paint(&mut self, turn: u64, wish: Wish) -> Option<Msg> {
        let means = self.means.clone()?;
        let cap = self.tools.cap.unwrap_or_else(|| self.tools.speed.cap());
        // Where nothing can be shown nothing is read.
        let key = if is_blank(&wish, &means, cap) { None } else { key(&wish, &means, cap, &mut self.contents) };
        if let Some(cells) = self.kept(&wish, key.as_deref()) {
            return Some(wish.answered(Ok(cells)));
        }
        // A decoder that fails over a damaged file is that picture's fault, not the screen's end.
        let painted = catch_unwind(AssertUnwindSafe(|| self.fresh((turn, &wish), &means, cap, key)))
            .unwrap_or_else(|payload| Some(Err(panic::fault(payload.as_ref(), "painting a picture"))))?;
        let cells = painted.map(|kept| {
            let kept = self.relieve(kept);
            let cells = kept.shown();
            self.kept.push_back(kept);
            self.sweep();
            cells
        });
        Some(wish.answered(cells))
    }

    fn fresh(
        &mut self,
        (turn, wish): (u64, &Wish),
        means: &Means,
        cap: usize,
        key: Option<String>,
    ) -> Option<Result<Kept, Fault>> {
        if self.shared.is_overtaken(turn, wish) {
            return None;
        }
        if is_blank(wish, means, cap) {
            return Some(Ok(kept_cells(wish, Buffer::empty(Rect::ZERO))));
        }
        let pixels = matches!(means.way, Way::Pixels(_));
        let ready = if pixels { self.ready((turn, wish), means, cap, key.as_deref())? } else { Ok(None) };
        let kept = match ready {
            Ok(Some(ready)) => Ok(self.numbered(wish, means, ready)),
            Ok(None) => self.cells((turn, wish), means, cap)?,
            Err(fault) => Err(fault),
        };
        // What was read may be another picture than the one that was told by its bytes.
        let key = key.filter(|key| self.is_still(wish, means, cap, key));
        Some(kept.map(|kept| Kept { key, ..kept }))
    }

    /// Whether the files of a wish hold what they did.
    fn is_still(&mut self, wish: &Wish, means: &Means, cap: usize, before: &str) -> bool {
        key(wish, means, cap, &mut self.contents).as_deref() == Some(before)
    }

    /// What is sent of a picture; `Ok(None)` where a cap is too small for any of it. `None`: overtaken.
    fn ready(
        &mut self,
        (turn, wish): (u64, &Wish),
        means: &Means,
        cap: usize,
        key: Option<&str>,
    ) -> Option<Result<Option<Ready>, Fault>> {
        let pane = pane(wish);
        if let (Some(cache), Some(key)) = (&self.cache, key)
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
        if let (Ok(Some(ready)), Some(key)) = (&made, key)
            && self.cache.is_some()
            && self.is_still(wish, means, cap, key)
            && let Some(cache) = &mut self.cache
        {
            cache.put(key, ready);
        }
        Some(made)
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
        Kept { wishes: vec![wish.clone()], key: None, cells, id: Some(id), first, ids, bytes }
    }

    /// Cells made of text.
    fn cells(&self, (turn, wish): (u64, &Wish), means: &Means, cap: usize) -> Option<Result<Kept, Fault>> {
        let (columns, rows) = wish.pane();
        // Twice the pixels the cells can show: the last step down is made in linear light, where it counts.
        let fine = means.terminal.glyphs.fineness();
        let opened = (self.open)(wish, u32::from(columns) * 2 * fine, u32::from(rows) * 4 * fine);
        if self.shared.is_overtaken(turn, wish) {
            return None;
        }
        Some(opened.map(|picture| kept_cells(wish, within(cap, &picture, (columns, rows), &means.terminal))))
    }
}

fn is_blank(wish: &Wish, means: &Means, cap: usize) -> bool {
    let (columns, rows) = wish.pane();
    columns == 0 || rows == 0 || cap == 0 || means.way == Way::Cells(Glyphs::None)
}

/// Cells that cost no more than `cap` bytes on the line: with fewer colours, then with letters, then with fewer cells.
fn within(cap: usize, picture: &RgbaImage, (columns, rows): (u16, u16), terminal: &Terminal) -> Buffer {
    let with = |glyphs, depth: Depth| Terminal { glyphs, depth: depth.min(terminal.depth), ..terminal.clone() };
    let cheap = match terminal.glyphs {
        Glyphs::HalfBlocks => Some(Grid::Quadrants),
        Glyphs::Mosaic(grid) if terminal.depth > Depth::Indexed => Some(grid),
        _ => None,
    };
    let cheap = cheap.filter(|_| terminal.depth >= Depth::Indexed);
    let looks = [
        Some(terminal.clone()),
        cheap.map(|grid| with(Glyphs::Mosaic(grid), Depth::Indexed)),
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

#[cfg(test)]
mod cost;
#[cfg(test)]
mod tests;
