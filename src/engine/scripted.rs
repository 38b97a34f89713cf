//! A far side that says what a test wrote down for it, and remembers what it was asked.
#![allow(clippy::unwrap_used)]

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use sha2::Digest as _;

use super::Clock;
use super::remote::Remote;
use crate::api::{Answer, Download, Item, Listed, Partial, Refusal, Reply, TaskList, TaskState};
use crate::catalog::{Call, InputRule, Rate, Route, Shape};
use crate::domain::{Billed, Fault, FaultKind, Format, ModelId, Request, Stamp, TaskId, text};

/// One scripted saying: run when it is its turn, so that it may also panic or do something on the side.
pub(super) type Line<T> = Box<dyn FnOnce() -> T>;
type Lines<T> = RefCell<VecDeque<Line<T>>>;

/// The script, and the record of what happened. Where the script is silent, everything succeeds with one picture.
pub(super) struct Scripted {
    pub(super) clock: Clock,
    pub(super) rate: RefCell<Rate>,
    pub(super) routes: RefCell<Vec<Route>>,
    pub(super) submits: Lines<Result<Reply, Refusal>>,
    pub(super) tasks: Lines<Result<TaskState, Fault>>,
    pub(super) cancels: Lines<Result<bool, Fault>>,
    /// What the list says, look by look; empty when the script is silent.
    pub(super) lists: Lines<Vec<Listed>>,
    /// When the list was asked for.
    pub(super) listed: RefCell<Vec<Stamp>>,
    pub(super) downloads: RefCell<HashMap<String, VecDeque<Fault>>>,
    pub(super) uploads: Lines<Result<String, Fault>>,
    /// What the next call says of its answer before it ends, each after a pause.
    pub(super) says: RefCell<Vec<(Duration, Answer)>>,
    /// Each picture of a job is a request of its own.
    pub(super) splits: Cell<bool>,
    /// How far the service's clock is ahead of ours, as far as it told.
    pub(super) ahead: Cell<i64>,
    answers: Cell<u32>,
    /// Turns a submit takes until its answer is there.
    pub(super) slow: Cell<u32>,
    /// When each paid call came, its prompt and its path.
    pub(super) posts: RefCell<Vec<(Stamp, String, String)>>,
    /// The requests of the paid calls.
    pub(super) sent: RefCell<Vec<Request>>,
    /// When each upload came, for which model, how many bytes.
    pub(super) uploaded: RefCell<Vec<(Stamp, ModelId, usize)>>,
    pub(super) asked: RefCell<Vec<Stamp>>,
    pub(super) fetched: RefCell<Vec<(Stamp, String)>>,
    /// What comes instead of a small PNG.
    pub(super) content: RefCell<Option<Vec<u8>>>,
}

impl Scripted {
    pub(super) fn new(clock: Clock) -> Scripted {
        Scripted {
            clock,
            rate: RefCell::new(Rate { count: 5, per: Duration::from_secs(1), concurrent: 5 }),
            routes: RefCell::new(vec![route(Call::Async, "/a/image-generation/generation")]),
            submits: Lines::default(),
            tasks: Lines::default(),
            cancels: Lines::default(),
            lists: Lines::default(),
            listed: RefCell::default(),
            downloads: RefCell::default(),
            uploads: Lines::default(),
            says: RefCell::default(),
            splits: Cell::new(false),
            ahead: Cell::new(0),
            answers: Cell::new(0),
            slow: Cell::new(0),
            sent: RefCell::default(),
            uploaded: RefCell::default(),
            posts: RefCell::default(),
            asked: RefCell::default(),
            fetched: RefCell::default(),
            content: RefCell::default(),
        }
    }

    pub(super) fn on_submit(&self, line: impl FnOnce() -> Result<Reply, Refusal> + 'static) {
        self.submits.borrow_mut().push_back(Box::new(line));
    }

    /// An answer of one picture, each time another.
    pub(super) fn another(&self) -> Answer {
        let nth = self.answers.replace(self.answers.get() + 1);
        Answer { items: vec![picture(nth)], ..pictures(1) }
    }

    pub(super) fn on_task(&self, line: impl FnOnce() -> Result<TaskState, Fault> + 'static) {
        self.tasks.borrow_mut().push_back(Box::new(line));
    }
}

pub(super) fn route(call: Call, path: &str) -> Route {
    Route { call, shape: Shape::Messages, path: path.into() }
}

pub(super) fn task(id: &str) -> Result<Reply, Refusal> {
    Ok(Reply::Task { id: TaskId(id.into()), request_id: Some(format!("request-{id}")) })
}

pub(super) fn picture(nth: u32) -> Item {
    Item::Picture(format!("https://host/{nth}.png"))
}

pub(super) fn pictures(count: u32) -> Answer {
    Answer {
        items: (0..count).map(picture).collect(),
        billed: Some(count),
        request_id: Some("request".into()),
        ..Answer::default()
    }
}

pub(super) fn fault(kind: FaultKind, code: &str, retryable: bool) -> Fault {
    Fault { retryable, ..Fault::new(kind, code, format!("The service said {code}.")) }
}

impl Remote for Rc<Scripted> {
    fn rate(&self, _: &ModelId) -> Option<Rate> {
        Some(*self.rate.borrow())
    }

    fn routes(&self, request: &Request) -> Result<Vec<Route>, Fault> {
        assert!(request.prompt != "panic before", "a panic before anything is sent");
        Ok(self.routes.borrow().clone())
    }

    fn parts(&self, request: &Request) -> Vec<Request> {
        let part = |nth| Request { n: 1, seed: request.seed.map(|seed| seed + nth), ..request.clone() };
        if self.splits.get() { (0..request.n).map(part).collect() } else { vec![request.clone()] }
    }

    fn inputs(&self, _: &Request) -> InputRule {
        InputRule { max: 9, ..InputRule::default() }
    }

    fn pixels(&self, _: &Request) -> u64 {
        10_000_000
    }

    fn wire_name(&self, model: &ModelId) -> ModelId {
        ModelId(format!("{model}-here"))
    }

    async fn upload(&self, model: &ModelId, name: &str, _: Format, bytes: Vec<u8>) -> Result<String, Fault> {
        self.uploaded.borrow_mut().push((self.clock.now(), model.clone(), bytes.len()));
        let count = self.uploaded.borrow().len();
        tokio::task::yield_now().await;
        let line = self.uploads.borrow_mut().pop_front();
        line.map_or_else(|| Ok(format!("oss://{count}/{name}")), |line| line())
    }

    async fn submit(&self, request: &Request, route: &Route, hear: &mut dyn FnMut(&Answer)) -> Result<Reply, Refusal> {
        self.posts.borrow_mut().push((self.clock.now(), request.prompt.clone(), route.path.clone()));
        self.sent.borrow_mut().push(request.clone());
        let said: Vec<_> = self.says.borrow_mut().drain(..).collect();
        for (pause, answer) in said {
            self.clock.sleep(pause).await;
            hear(&answer);
        }
        for _ in 0..self.slow.get() {
            tokio::task::yield_now().await;
        }
        let count = self.posts.borrow().len();
        let line = self.submits.borrow_mut().pop_front();
        line.map_or_else(|| task(&format!("task-{count}")), |line| line())
    }

    async fn task(&self, _: &TaskId) -> Result<TaskState, Fault> {
        self.asked.borrow_mut().push(self.clock.now());
        let line = self.tasks.borrow_mut().pop_front();
        line.map_or_else(|| Ok(TaskState::Succeeded(self.another())), |line| line())
    }

    fn advise(&self, fault: Fault, _: &Request) -> Fault {
        fault
    }

    async fn cancel(&self, _: &TaskId) -> Result<bool, Fault> {
        let line = self.cancels.borrow_mut().pop_front();
        line.map_or(Ok(true), |line| line())
    }

    async fn tasks(&self, list: &mut TaskList) -> Result<Vec<Listed>, Fault> {
        self.listed.borrow_mut().push(self.clock.now());
        list.take(&serde_json::json!({"data": [], "total": 0}))?;
        let line = self.lists.borrow_mut().pop_front();
        Ok(line.map(|line| line()).unwrap_or_default())
    }

    fn ahead(&self) -> i64 {
        self.ahead.get()
    }

    async fn download(&self, url: &str, dir: &Path, _: &mut Partial) -> Result<Download, Fault> {
        self.fetched.borrow_mut().push((self.clock.now(), url.to_owned()));
        if let Some(fault) = self.downloads.borrow_mut().get_mut(url).and_then(VecDeque::pop_front) {
            return Err(Fault { billed: Billed::Yes, ..fault });
        }
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(2, 2).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let bytes = self.content.borrow().clone().unwrap_or(png.into_inner());
        let mut file = tempfile::NamedTempFile::new_in(dir).unwrap();
        file.write_all(&bytes).unwrap();
        let (length, sha256) = (bytes.len() as u64, text::hex(&sha2::Sha256::digest(&bytes)));
        Ok(Download { file, format: Format::Png, width: 2, height: 2, bytes: length, sha256 })
    }
}
