//! What the core asks of the world beyond the screen, carried out on other threads; answers come back as messages.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::changes::{Bell, Medians, Reader};
use super::cycle::Outside;
use super::decode::Input;
use super::ensure::Ensure;
use super::eyes::{Eyes, Glance};
use super::finder::Finder;
use super::input::Listening;
use super::keeper::Keeper;
use super::librarian::{Librarian, Request};
use super::orders::{Order, Orders};
use super::outer::Watch;
use super::outside;
use super::painter::{Painter, Tools, Wish};
use super::planner::{Ask, Planner, Plans};
use super::recipes::Recipes;
use super::tracer::{Tracer, Trail};
use super::ways::Means;
use super::{clock, elsewhere, input, signals};
use crate::config::Paths;
use crate::domain::{Fault, FaultKind, ModelId, text};
use crate::graphics::{self, Id, Outer};
use crate::store::{self, Changes, Intent, Store, StoreError};
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::state::{Ahead, Place};

/// The threads behind the screen, started when there is something for them to do.
#[derive(Debug)]
pub(super) struct World {
    store: Store,
    tools: Tools,
    /// By what pictures are painted, once that is known.
    means: Option<Means>,
    /// Nothing of a picture is still to be sent.
    rests: bool,
    outer: UnboundedSender<Option<Outer>>,
    tmux: Option<Watch>,
    ensure: Ensure,
    send: UnboundedSender<Msg>,
    orders: Option<Orders>,
    painter: Option<Painter>,
    eyes: Option<Eyes>,
    keeper: Keeper,
    planner: Planner,
    plans: Option<Plans>,
    finder: Option<Finder>,
    librarian: Option<Librarian>,
    tracer: Option<Tracer>,
    listening: Option<Listening>,
    watch: Option<(store::Watch, Reader)>,
    recipes: Recipes,
    /// What opens pictures beyond the studio, as the user names it.
    opener: String,
}

impl World {
    /// Nothing runs yet.
    pub fn new(
        store: Store,
        tools: Tools,
        (ensure, planner): (Ensure, Planner),
        paths: Paths,
        send: UnboundedSender<Msg>,
        outer: UnboundedSender<Option<Outer>>,
    ) -> World {
        let keeper = Keeper::new(paths, send.clone());
        let (orders, painter, eyes, plans, watch) = (None, None, None, None, None);
        let (finder, librarian, tracer, listening) = (None, None, None, None);
        let (means, tmux) = (None, None);
        World {
            store,
            tools,
            means,
            rests: false,
            outer,
            tmux,
            ensure,
            send,
            orders,
            painter,
            eyes,
            keeper,
            planner,
            plans,
            finder,
            librarian,
            tracer,
            listening,
            watch,
            recipes: Recipes::default(),
            opener: String::new(),
        }
    }

    /// Names what opens pictures beyond the studio, and who reads recipes.
    pub fn with(self, opener: String, recipes: Recipes) -> World {
        World { opener, recipes, ..self }
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
        self.tmux = None;
        self.eyes = None;
        self.keeper.finish();
        self.finder = None;
        self.librarian = None;
        self.tracer = None;
        self.listening = None;
        if let Some(orders) = self.orders.take() {
            orders.finish();
        }
        if let Some(plans) = self.plans.take() {
            plans.finish();
        }
    }

    fn order(&mut self, order: Order) -> std::io::Result<()> {
        let orders = match self.orders.take() {
            Some(orders) => orders,
            None => Orders::writing(self.store.clone(), self.ensure.clone(), self.send.clone())?,
        };
        self.orders.insert(orders).give(order);
        Ok(())
    }

    fn look(&mut self, glance: Glance) -> std::io::Result<()> {
        let eyes = match self.eyes.take() {
            Some(eyes) => eyes,
            None => Eyes::start(self.recipes.clone(), self.send.clone())?,
        };
        self.eyes.insert(eyes).look(glance);
        Ok(())
    }

    fn ask(&mut self, ask: Ask) -> std::io::Result<()> {
        let plans = match self.plans.take() {
            Some(plans) => plans,
            None => Plans::planning(self.planner.clone(), self.ensure.clone(), self.send.clone())?,
        };
        self.plans.insert(plans).give(ask);
        Ok(())
    }

    fn find(&mut self, query: String, most: usize) -> std::io::Result<()> {
        let finder = match self.finder.take() {
            Some(finder) => finder,
            None => Finder::start(self.store.clone(), self.send.clone())?,
        };
        self.finder.insert(finder).ask(query, most);
        Ok(())
    }

    fn read(&mut self, request: Request) -> std::io::Result<()> {
        let librarian = match self.librarian.take() {
            Some(librarian) => librarian,
            None => Librarian::start(self.store.clone(), self.send.clone())?,
        };
        self.librarian.insert(librarian).ask(request);
        Ok(())
    }

    fn trace(&mut self, trail: Trail) -> std::io::Result<()> {
        let tracer = match self.tracer.take() {
            Some(tracer) => tracer,
            None => Tracer::start(self.store.clone(), self.send.clone())?,
        };
        self.tracer.insert(tracer).ask(trail);
        Ok(())
    }

    fn foresee(&self, ahead: Vec<Ahead>) -> std::io::Result<()> {
        let wish = |ahead| match ahead {
            Ahead::Whole { image, path, pane } => Wish::Whole { image, path, pane },
            Ahead::Part(part) => Wish::Part(part),
        };
        // Who has painted nothing yet has nothing to be ahead of.
        if let Some(painter) = &self.painter {
            painter.foresee(ahead.into_iter().map(wish).collect());
        }
        Ok(())
    }

    fn wish(&mut self, effect: Effect) -> std::io::Result<()> {
        match effect {
            Effect::Paint { image, path, pane } => self.paint(Wish::Whole { image, path, pane }),
            Effect::PaintPart(part) => self.paint(Wish::Part(part)),
            Effect::PaintHeat(heat) => self.paint(Wish::Heat(heat)),
            _ => Ok(()),
        }
    }

    fn paint(&mut self, wish: Wish) -> std::io::Result<()> {
        let painter = match self.painter.take() {
            Some(painter) => painter,
            None => {
                let painter = Painter::start(self.tools.clone(), self.send.clone())?;
                self.means.iter().for_each(|means| painter.turn(means.clone()));
                painter.rest(self.rests);
                painter
            }
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
            Effect::Submit { orders, parent } => self.order(Order::Submit(orders, parent)),
            Effect::SubmitAlike { of, request, estimate } => self.order(Order::Alike(of, request, estimate)),
            Effect::KeepDraft(draft) => self.order(Order::Draft(draft)),
            Effect::Search { query, most } => self.find(query, most),
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
            Effect::List(folder, wanted) => self.look(Glance::List(folder, wanted)),
            Effect::Browse(folder) => self.look(Glance::Browse(folder)),
            Effect::Lists(folders) => self.look(Glance::Lists(folders)),
            Effect::ReadRecipe(path, model) => self.look(Glance::Recipe(path, model)),
            Effect::Replace { job, request, estimate, resend } => {
                self.ask(Ask::Replace(job, request, estimate, resend))
            }
            Effect::Plan { ticket, source } => self.ask(Ask::Plan(ticket, source)),
            Effect::Begin(ticket) => self.ask(Ask::Begin(ticket)),
            Effect::Sheet(batch) => self.ask(Ask::Sheet(batch)),
            Effect::Rows(batch) => self.order(Order::Rows(batch)),
            Effect::PauseBatch { batch, paused } => self.order(Order::PauseBatch(batch, paused)),
            Effect::AtOnce { batch, most } => self.order(Order::AtOnce(batch, most)),
            Effect::StopBatch(batch) => self.order(Order::StopBatch(batch)),
            Effect::Paint { .. } | Effect::PaintPart(_) | Effect::PaintHeat(_) => self.wish(effect),
            Effect::Foresee(ahead) => self.foresee(ahead),
            Effect::Shelf { ticket, query, stretch, most, count } => {
                self.read(Request { ticket, query: *query, stretch, most, count })
            }
            Effect::EmptyBin => self.order(Order::EmptyBin),
            Effect::SizeBin => self.order(Order::SizeBin),
            Effect::ShelfIds { ticket, query } => self.order(Order::Ids(ticket, query)),
            Effect::MarkAll { images, marks, turn } => self.order(Order::MarkAll(images, marks, turn)),
            Effect::MarkPictures { images, mark } => self.order(Order::Mark(images, mark)),
            Effect::Measure(pair) => self.look(Glance::Differ(pair)),
            Effect::Lineage { words, most } => self.trace(Trail::Families(words, most)),
            Effect::Near(job) => self.trace(Trail::Near(job)),
            Effect::NameJob { job, name } => self.order(Order::Name(job, name)),
            Effect::Hide { job, hidden } => self.order(Order::Hide(job, hidden)),
            Effect::OpenOutside(path) => outside::open(self.opener.clone(), path, self.send.clone()),
            Effect::Extract { path, count } => self.look(Glance::Colours(path, count)),
            Effect::KeepTheme(name) => self.keeper.theme(name),
            Effect::KeepKey { key, region } => self.keeper.key(key, region),
            // These are the screen's.
            Effect::Open(_) | Effect::Copy(_) | Effect::EditText(_) | Effect::OtherGraphics => Ok(()),
            Effect::Redraw | Effect::Suspend | Effect::Quit => Ok(()),
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

    fn listen(&mut self) -> std::io::Result<UnboundedReceiver<Input>> {
        let (send, receive) = unbounded_channel();
        self.listening = Some(input::listen(std::io::stdin(), send)?);
        Ok(receive)
    }

    fn deafen(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.end();
        }
    }

    fn editor(&self) -> Result<String, Fault> {
        elsewhere::usual_command()
    }

    fn cell(&self) -> Option<(u16, u16)> {
        graphics::cell()
    }

    fn paint_by(&mut self, means: Means) {
        self.painter.iter().for_each(|painter| painter.turn(means.clone()));
        self.means = Some(means);
    }

    fn rest(&mut self, rests: bool) {
        self.rests = rests;
        self.painter.iter().for_each(|painter| painter.rest(rests));
    }

    fn lighten(&mut self, id: Id) {
        self.painter.iter().for_each(|painter| painter.lighten(id));
    }

    fn arrived(&mut self, ids: Vec<Id>) {
        self.painter.iter().for_each(|painter| painter.arrived(ids.clone()));
    }

    fn ask_tmux(&mut self) {
        match Watch::start(self.outer.clone()) {
            Ok(watch) => self.tmux = Some(watch),
            // As if it had not answered.
            Err(_) => drop(self.outer.send(None)),
        }
    }

    fn watch_tmux(&mut self, watching: bool) {
        self.tmux.iter().for_each(|tmux| tmux.watch(watching));
    }

    fn look_at_tmux(&mut self, can_wait: bool) {
        self.tmux.iter().for_each(if can_wait { Watch::glance } else { Watch::look });
    }

    fn edit(&mut self, command: String, text: String) {
        if let Err(error) = elsewhere::start(command, text, self.send.clone()) {
            let _ = self.send.send(Msg::Edited(Err(no_thread(&error))));
        }
    }
}

/// Where paths the user types begin.
pub(super) fn place() -> Place {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_else(|| PathBuf::from("/"));
    let (host, port) = outside::reached_by(|name| std::env::var(name).ok(), &outside::name_of_machine());
    Place { here: std::env::current_dir().unwrap_or_else(|_| home.clone()), home, host, port }
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
