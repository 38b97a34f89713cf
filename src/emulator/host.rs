//! What every request shares: clock, ids, tasks, files, faults, ledger. Not here: routes
//! (`server`) and what a request does (`submit`, `server`).

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Notify;

use super::check::{Draft, Order};
use super::clock::Clock;
use super::easel::Piece;
use super::faults::{Fault, FaultRule, Faults, Moment};
use super::files::Files;
use super::ids::{Ids, chosen_seed, mix};
use super::ledger::{Ledger, Received};
use super::models::Route;
use super::options::{Delays, Options, Region, Variants};
use super::rates::Rates;
use super::tasks::Tasks;
use super::uploads::Uploads;

/// The server's state.
#[derive(Debug)]
pub struct Host {
    /// `http://127.0.0.1:PORT`.
    pub origin: String,
    /// The one right key, if there is only one.
    pub key: Option<String>,
    /// How tasks move.
    pub delays: Delays,
    /// Readings shown where sources disagree.
    pub variants: Variants,
    /// Where it seems to stand.
    pub region: Region,
    /// Time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// Result pictures.
    pub files: Files,
    orders: AtomicU64,
    tasks: Mutex<Tasks>,
    others: Mutex<Tasks>,
    faults: Mutex<Faults>,
    ledger: Mutex<Ledger>,
    received: Mutex<Vec<Received>>,
    uploads: Mutex<Uploads>,
    rates: Mutex<Rates>,
    /// The last answer to each task's query.
    told: Mutex<HashMap<String, Value>>,
    knock: Notify,
    shut: AtomicBool,
}

impl Host {
    /// # Errors
    /// Why a fault rule could never strike.
    pub fn new(port: u16, options: Options) -> Result<Host, String> {
        let mut faults = Faults::default();
        for rule in options.faults {
            faults.add(rule)?;
        }
        let from_clock = || Timestamp::now().as_nanosecond() as u64 ^ u64::from(port);
        let seed = options.seed.unwrap_or_else(from_clock);
        Ok(Host {
            origin: format!("http://127.0.0.1:{port}"),
            key: options.key,
            delays: options.delays,
            variants: options.variants,
            clock: Clock::new(),
            ids: Ids::new(seed),
            files: Files::new(mix(seed), options.plain),
            orders: AtomicU64::new(0),
            region: options.region.unwrap_or_default(),
            tasks: Mutex::new(Tasks::new(options.delays, options.rates)),
            others: Mutex::new(Tasks::new(Delays::default(), false)),
            faults: Mutex::new(faults),
            ledger: Mutex::default(),
            received: Mutex::default(),
            uploads: Mutex::new(Uploads::new(mix(!seed))),
            rates: Mutex::new(Rates::new(options.rates, options.region).telling(options.variants.retry_after)),
            told: Mutex::default(),
            knock: Notify::new(),
            shut: AtomicBool::new(false),
        })
    }

    /// Notes a generation request as it arrived; gives its number.
    pub fn record(&self, route: Route, headers: &HeaderMap, body: &[u8]) -> usize {
        let body: Value =
            serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
        let model = body["model"].as_str().unwrap_or_default().to_owned();
        self.ledger().submit(route.path(), &model);
        let mut received = lock(&self.received);
        received.push(Received {
            method: "POST".into(),
            path: format!("/api/v1{}", route.path()),
            headers: of_interest(headers),
            body,
            negative_prompt: None,
            unread: Vec::new(),
        });
        received.len() - 1
    }

    /// Notes what was heard of request `number`.
    pub fn heard(&self, number: usize, draft: &Draft) {
        self.ledger().unread(&draft.unread);
        if let Some(received) = lock(&self.received).get_mut(number) {
            received.negative_prompt.clone_from(&draft.negative_prompt);
            received.unread.clone_from(&draft.unread);
        }
    }

    /// The seed of the next order that names none.
    pub fn next_seed(&self, draft: &Draft) -> u32 {
        chosen_seed(&draft.prompt, self.orders.fetch_add(1, Ordering::Relaxed))
    }

    /// Takes the order's pictures in and gives their URLs.
    pub fn hang(&self, order: &Order) -> Vec<String> {
        let id = self.ids.next();
        let now = self.clock.now_ms();
        (0..)
            .zip(1..=order.images)
            .map(|(index, nth)| {
                let name = format!("{id}-{nth}.png");
                let path = self.files.add(&name, Piece::of(order, index), order.route, now);
                format!("{}{path}", self.origin)
            })
            .collect()
    }

    /// Paints while the client waits for its answer.
    pub fn paint_ahead(self: &Arc<Self>, urls: &[String]) {
        let Delays::After { .. } = self.delays else { return };
        let name = |url: &String| Some(url.rsplit_once('/')?.1.split_once('?')?.0.to_owned());
        let names: Vec<String> = urls.iter().filter_map(name).collect();
        let host = Arc::clone(self);
        tokio::spawn(async move {
            for plate in names.iter().filter_map(|name| host.files.find(name)) {
                // A failure is told to whoever asks for the file.
                let _ = host.files.png(&plate).await;
            }
        });
    }

    /// What goes wrong at this moment, if anything. A late answer is late here, and right.
    pub async fn strike(&self, moment: Moment) -> Option<Fault> {
        let fault = lock(&self.faults).strike(moment);
        self.ledger().faults += u64::from(fault.is_some());
        let Some(Fault::Late { ms }) = fault else {
            return fault;
        };
        tokio::time::sleep(Duration::from_millis(ms)).await;
        None
    }

    /// The next rule that shuts the door, if there is one.
    pub fn closes(&self) -> Option<Fault> {
        let fault = lock(&self.faults).strike(Moment::Door);
        self.ledger().faults += u64::from(fault.is_some());
        fault
    }

    /// Waits until a rule was added that may shut the door.
    pub async fn knocked(&self) {
        self.knock.notified().await;
    }

    /// Notes whether the door is shut, for connections that are inside already.
    pub fn shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::Relaxed);
    }

    pub fn is_shut(&self) -> bool {
        self.shut.load(Ordering::Relaxed)
    }

    /// Adds a rule; gives how many are in force, or why the rule could never strike.
    pub fn inject(&self, rule: FaultRule) -> Result<usize, String> {
        let shuts = matches!(rule.fault, Fault::Closed { .. });
        let mut faults = lock(&self.faults);
        faults.add(rule)?;
        if shuts {
            // From now on, not from when the listener hears of it.
            self.shut(true);
            self.knock.notify_one();
        }
        Ok(faults.rules().len())
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub fn uploads(&self) -> MutexGuard<'_, Uploads> {
        lock(&self.uploads)
    }

    pub fn rates(&self) -> MutexGuard<'_, Rates> {
        lock(&self.rates)
    }

    /// The last answer to a task's query.
    pub fn told(&self) -> MutexGuard<'_, HashMap<String, Value>> {
        lock(&self.told)
    }

    pub fn tasks(&self) -> MutexGuard<'_, Tasks> {
        lock(&self.tasks)
    }

    /// Tasks of other keys of the account.
    pub fn others(&self) -> MutexGuard<'_, Tasks> {
        lock(&self.others)
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    pub fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }
}

// A panic elsewhere must not silence the ledger that explains it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn of_interest(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in headers {
        let name = name.as_str();
        let text = String::from_utf8_lossy(value.as_bytes());
        let told = match name {
            "authorization" => "present",
            "content-type" | "accept" | "user-agent" => &text,
            _ if name.starts_with("x-dashscope-") => &text,
            _ => continue,
        };
        kept.insert(name.to_owned(), told.to_owned());
    }
    kept
}
