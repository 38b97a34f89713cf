//! What the core asks of the world beyond the screen, carried out on other threads; answers come back as messages.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tokio::sync::mpsc::UnboundedSender;

use super::changes::{Bell, Medians, Reader};
use super::cycle::Outside;
use super::ensure::Ensure;
use super::eyes::{Eyes, Glance};
use super::keeper::Keeper;
use super::orders::{Order, Orders};
use super::painter::{Painter, Wish};
use super::{clock, signals};
use crate::config::Paths;
use crate::domain::{Fault, FaultKind, ModelId, text};
use crate::graphics::Terminal;
use crate::store::{Changes, Intent, Store, StoreError, Watch};
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::state::Place;

/// The threads behind the screen, started when there is something for them to do.
#[derive(Debug)]
pub(super) struct World {
    store: Store,
    terminal: Terminal,
    ensure: Ensure,
    send: UnboundedSender<Msg>,
    orders: Option<Orders>,
    painter: Option<Painter>,
    eyes: Option<Eyes>,
    keeper: Keeper,
    watch: Option<(Watch, Reader)>,
}

impl World {
    /// Nothing runs yet.
    pub fn new(store: Store, terminal: Terminal, ensure: Ensure, paths: Paths, send: UnboundedSender<Msg>) -> World {
        let keeper = Keeper::new(paths, send.clone());
        World { store, terminal, ensure, send, orders: None, painter: None, eyes: None, keeper, watch: None }
    }

    /// Reads the store, and again whenever it changes.
    pub fn follow(&mut self) -> Result<(), Fault> {
        let bell = Bell::default();
        let ring = bell.clone();
        let watch = self.store.watch(move || ring.ring()).map_err(Fault::from)?;
        let store = self.store.clone();
        let read = move |since| look(&store, since).map_err(Fault::from);
        let reader =
            Reader::start(bell, read, self.ensure.clone(), self.send.clone()).map_err(|error| no_thread(&error))?;
        self.watch = Some((watch, reader));
        Ok(())
    }

    /// Waits until every order is written.
    pub fn finish(&mut self) {
        self.watch = None;
        self.painter = None;
        self.eyes = None;
        self.keeper.finish();
        if let Some(orders) = self.orders.take() {
            orders.finish();
        }
    }

    fn order(&mut self, order: Order) -> std::io::Result<()> {
        let orders = match self.orders.take() {
            Some(orders) => orders,
            None => Orders::start(self.store.clone(), self.ensure.clone(), self.send.clone())?,
        };
        self.orders.insert(orders).give(order);
        Ok(())
    }

    fn look(&mut self, glance: Glance) -> std::io::Result<()> {
        let eyes = match self.eyes.take() {
            Some(eyes) => eyes,
            None => Eyes::start(self.send.clone())?,
        };
        self.eyes.insert(eyes).look(glance);
        Ok(())
    }

    fn paint(&mut self, wish: Wish) -> std::io::Result<()> {
        let painter = match self.painter.take() {
            Some(painter) => painter,
            None => Painter::start(self.terminal.clone(), self.send.clone())?,
        };
        self.painter.insert(painter).paint(wish);
        Ok(())
    }
}

/// What changed, and how long requests take of the models that have news.
fn look(store: &Store, since: u64) -> Result<(Changes, Medians), StoreError> {
    let changes = store.changes(since, clock::now())?;
    let models: BTreeSet<&ModelId> = changes.jobs.iter().map(|job| &job.request.model).collect();
    let mut medians = Medians::new();
    for model in models {
        medians.extend(store.median_run(model)?.map(|median| (model.clone(), median)));
    }
    Ok((changes, medians))
}

impl Outside for World {
    fn perform(&mut self, effect: Effect) {
        let done = match effect {
            Effect::Submit { request, estimate } => self.order(Order::Submit(request, estimate)),
            Effect::Cancel(id) => self.order(Order::Ask(Intent::Cancel(id))),
            Effect::Retry(id) => self.order(Order::Ask(Intent::Retry(id))),
            Effect::Refetch(id) => self.order(Order::Ask(Intent::Refetch(id))),
            Effect::Seek(id) => self.order(Order::Ask(Intent::Look(id))),
            Effect::Hold { jobs, held } => self.order(Order::Hold(jobs, held)),
            Effect::ToFront(jobs) => self.order(Order::ToFront(jobs)),
            Effect::Shift { jobs, by } => self.order(Order::Shift(jobs, by)),
            Effect::Pause { model, paused } => self.order(Order::Pause(model, paused)),
            Effect::Revise { job, request, estimate } => self.order(Order::Revise(job, request, estimate)),
            Effect::Duplicate(jobs) => self.order(Order::Duplicate(jobs)),
            Effect::Clear { jobs, cleared } => self.order(Order::Clear(jobs, cleared)),
            Effect::Log(job) => self.order(Order::Log(job)),
            Effect::Look(path) => self.look(Glance::Look(path)),
            Effect::List(folder) => self.look(Glance::List(folder)),
            Effect::Browse(folder) => self.look(Glance::Browse(folder)),
            Effect::Paint { image, path, pane } => self.paint(Wish::Whole { image, path, pane }),
            Effect::PaintPart(part) => self.paint(Wish::Part(part)),
            Effect::Extract { path, count } => self.look(Glance::Colours(path, count)),
            Effect::KeepTheme(name) => self.keeper.theme(name),
            Effect::KeepKey { key, region } => self.keeper.key(key, region),
            // These are the screen's.
            Effect::Open(_) | Effect::Copy(_) | Effect::Redraw | Effect::Suspend | Effect::Quit => Ok(()),
        };
        if let Err(error) = done {
            let _ = self.send.send(Msg::Trouble(no_thread(&error)));
        }
    }

    fn size(&self) -> (u16, u16) {
        size()
    }

    fn has_shell(&self) -> bool {
        signals::has_shell()
    }

    fn stop(&mut self) -> bool {
        signals::stop()
    }
}

/// Where paths the user types begin.
pub(super) fn place() -> Place {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_else(|| PathBuf::from("/"));
    Place { here: std::env::current_dir().unwrap_or_else(|_| home.clone()), home }
}

/// Columns and rows of the terminal; 80x24 where it does not say.
pub(super) fn size() -> (u16, u16) {
    let said = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    said.map(|size| (size.ws_col, size.ws_row)).filter(|(columns, rows)| *columns > 0 && *rows > 0).unwrap_or((80, 24))
}

fn no_thread(error: &std::io::Error) -> Fault {
    let words = format!("The system has no room for another thread: {error}.");
    Fault::new(FaultKind::Other, "no_thread", text::clean(&words)).retryable()
}
