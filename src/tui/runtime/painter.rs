//! Paints pictures on a thread of its own. Only the newest wish counts: what it overtakes is dropped before the file is
//! read and again before cells are made.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use image::RgbaImage;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::mpsc::UnboundedSender;

use super::panic;
use crate::domain::{Fault, FaultKind, ImageId, text};
use crate::graphics::{self, Glyphs, Terminal};
use crate::picture::{self, Unusable};
use crate::tui::msg::{Msg, Painted, PaintedPart};
use crate::tui::state::{HeatPart, Part};

/// Painted pictures kept: a few steps back and forth in the queue, in two sizes. A cell takes 56 bytes or so, so even
/// whole large screens stay below 10 MB.
const KEPT: usize = 12;

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

#[derive(Debug, Default)]
struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Desk {
    wish: Option<Wish>,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something newer is wanted.
    fn is_overtaken(&self) -> bool {
        let desk = self.lock();
        desk.closed || desk.wish.is_some()
    }

    /// Waits for the next wish; `None` at the end.
    fn next(&self) -> Option<Wish> {
        let waited = self.changed.wait_while(self.lock(), |desk| desk.wish.is_none() && !desk.closed);
        let mut desk = waited.unwrap_or_else(PoisonError::into_inner);
        if desk.closed { None } else { desk.wish.take() }
    }
}

impl Painter {
    /// Starts the thread.
    pub fn start(terminal: Terminal, send: UnboundedSender<Msg>) -> io::Result<Painter> {
        let open = |wish: &Wish, width, height| match wish {
            Wish::Whole { path, .. } => picture::open_fit(path, width, height),
            Wish::Part(Part { path, region, .. }) => picture::open_part(path, *region, width, height),
            Wish::Heat(heat) => {
                let part = |part: &Part| picture::open_part(&part.path, part.region, width, height);
                picture::heat(&part(&heat.first)?, &part(&heat.second)?)
            }
        };
        Painter::with(terminal, send, Box::new(open))
    }

    fn with(terminal: Terminal, send: UnboundedSender<Msg>, open: Open) -> io::Result<Painter> {
        let shared = Arc::new(Shared::default());
        let mut studio = Easel { shared: Arc::clone(&shared), terminal, open, kept: VecDeque::new() };
        std::thread::Builder::new().name("painter".into()).spawn(move || {
            while let Some(wish) = studio.shared.next() {
                if studio.paint(wish).is_some_and(|painted| send.send(painted).is_err()) {
                    return;
                }
            }
        })?;
        Ok(Painter { shared })
    }

    /// Wishes for a picture; wishes not begun are dropped.
    pub fn paint(&self, wish: Wish) {
        self.shared.lock().wish = Some(wish);
        self.shared.changed.notify_all();
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

/// What the thread works with.
struct Easel {
    shared: Arc<Shared>,
    terminal: Terminal,
    open: Open,
    /// Newest last.
    kept: VecDeque<(Wish, Arc<Buffer>)>,
}

impl Easel {
    /// Paints, or takes what was painted before. `None`: overtaken.
    fn paint(&mut self, wish: Wish) -> Option<Msg> {
        let cells = match self.kept.iter().position(|(kept, _)| *kept == wish).and_then(|at| self.kept.remove(at)) {
            Some((_, cells)) => Ok(cells),
            // A decoder that fails over a damaged file is that picture's fault, not the screen's end.
            None => catch_unwind(AssertUnwindSafe(|| self.fresh(&wish)))
                .unwrap_or_else(|payload| Some(Err(panic::fault(payload.as_ref(), "painting a picture"))))?,
        };
        if let Ok(cells) = &cells {
            self.kept.push_back((wish.clone(), Arc::clone(cells)));
            if self.kept.len() > KEPT {
                self.kept.pop_front();
            }
        }
        Some(wish.answered(cells))
    }

    fn fresh(&self, wish: &Wish) -> Option<Result<Arc<Buffer>, Fault>> {
        if self.shared.is_overtaken() {
            return None;
        }
        let (columns, rows) = wish.pane();
        if columns == 0 || rows == 0 || self.terminal.glyphs == Glyphs::None {
            return Some(Ok(Arc::new(Buffer::empty(Rect::ZERO))));
        }
        // Twice the pixels the cells can show: the last step down is made in linear light, where it counts.
        let opened = (self.open)(wish, u32::from(columns) * 2, u32::from(rows) * 4);
        if self.shared.is_overtaken() {
            return None;
        }
        Some(match opened {
            Ok(picture) => Ok(Arc::new(graphics::paint(&picture, columns, rows, &self.terminal))),
            Err(error) => Err(unusable(wish.path(), &error)),
        })
    }
}

fn unusable(path: &Path, error: &Unusable) -> Fault {
    let words = format!("{} cannot be shown: {error}.", path.display());
    Fault::new(FaultKind::Other, "picture_unusable", text::clean(&words)).hint("The file is left as it is.")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use image::Rgba;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;
    use crate::domain::{Depth, JobId};

    fn id(index: u32) -> ImageId {
        ImageId { job: JobId(1), index }
    }

    fn wish(index: u32) -> Wish {
        Wish::Whole { image: id(index), path: PathBuf::from(format!("{index}.png")), pane: (20, 10) }
    }

    fn terminal() -> Terminal {
        let (depth, glyphs) = (Depth::True, Glyphs::HalfBlocks);
        Terminal { depth, glyphs, unicode: true, tmux: false, ssh: false, reasons: Vec::new() }
    }

    /// A painter whose decoder says which file it opens and goes on when told.
    fn painter() -> (Painter, UnboundedReceiver<Msg>, mpsc::Receiver<PathBuf>, mpsc::Sender<()>) {
        let (send, painted) = unbounded_channel();
        let (opens, opened) = mpsc::channel();
        let (go, gone) = mpsc::channel();
        let open = move |wish: &Wish, width: u32, height: u32| {
            let path = wish.path();
            opens.send(path.to_owned()).expect("the test listens");
            gone.recv().expect("the test lets go on");
            match path.to_str() {
                Some("7.png") => Err(Unusable::Damaged("cut short".into())),
                Some("8.png") => panic!("the decoder gave up"),
                _ => Ok(RgbaImage::from_pixel(width, height, Rgba([200, 40, 40, 255]))),
            }
        };
        (Painter::with(terminal(), send, Box::new(open)).expect("a thread"), painted, opened, go)
    }

    fn next(painted: &mut UnboundedReceiver<Msg>) -> Painted {
        match painted.blocking_recv() {
            Some(Msg::Painted(painted)) => painted,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_the_newest_is_painted() {
        let (painter, mut painted, opened, go) = painter();
        painter.paint(wish(0));
        assert_eq!(opened.recv().expect("opened"), PathBuf::from("0.png"));
        // While the first is being decoded, three more are wished for.
        for index in 1..=3 {
            painter.paint(wish(index));
        }
        go.send(()).expect("decoding");
        assert_eq!(opened.recv().expect("opened"), PathBuf::from("3.png"));
        go.send(()).expect("decoding");
        let first = next(&mut painted);
        assert_eq!((first.image, first.pane), (id(3), (20, 10)));
        assert_eq!(first.cells.expect("cells").area.width, 20);
        assert!(painted.try_recv().is_err() && opened.try_recv().is_err());
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
        let blind = terminal().with_graphics(Glyphs::None);
        let open: Open = Box::new(|wish, _, _| panic!("{wish:?} was opened"));
        let painter = Painter::with(blind, send, open).expect("a thread");
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
